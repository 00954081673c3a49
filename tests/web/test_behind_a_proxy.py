"""The examples of RUNNING.md, started as they stand but for ports, paths and a certificate."""

import http.client
import json
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

NAME = "notes.example.org"
PAGE = Path(__file__).resolve().parents[2] / ".github" / "RUNNING.md"
pytestmark = pytest.mark.soak


def example(language: str) -> str:
    blocks = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    assert len(blocks) == 1
    return str(blocks[0])


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def needed(program: str) -> str:
    found = shutil.which(program)
    assert found, f"this test tries {program}: apt-get install {program}"
    return found


def nginx(folder: Path, behind: int, port: int, plain: int) -> list[str]:
    key, certificate = folder / "key", folder / "certificate"
    subject = ("-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}")
    kind = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
    files = ("-keyout", str(key), "-out", str(certificate))
    subprocess.run(
        [needed("openssl"), "req", "-x509", *kind, *subject, *files],
        check=True,
        capture_output=True,
    )
    text = example("nginx")
    for before, after in (
        ("127.0.0.1:8000", f"127.0.0.1:{behind}"),
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        (f"/etc/ssl/{NAME}.pem", str(certificate)),
        (f"/etc/ssl/{NAME}.key", str(key)),
    ):
        assert before in text
        text = text.replace(before, after)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    conf = folder / "nginx.conf"
    conf.write_text(
        f"daemon off;\npid {folder}/pid;\nerror_log stderr;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{paths}{text}}}\n"
    )
    words = [needed("nginx"), "-c", str(conf), "-p", str(folder)]
    subprocess.run([*words, "-t"], check=True, capture_output=True)
    return words


def caddy(folder: Path, behind: int, port: int, plain: int) -> list[str]:
    text = example("caddyfile").replace("127.0.0.1:8000", f"127.0.0.1:{behind}")
    text = text.replace(f"{NAME} {{", f"{NAME}:{port} {{\n\ttls internal", 1)
    own = ("admin off", f"http_port {plain}", "skip_install_trust", f"storage file_system {folder}")
    file = folder / "Caddyfile"
    file.write_text("{\n" + "".join(f"\t{line}\n" for line in own) + "}\n" + text)
    words = [needed("caddy"), "run", "--adapter", "caddyfile", "--config", str(file)]
    subprocess.run(
        [words[0], "validate", *words[2:]],
        check=True,
        capture_output=True,
        env={"HOME": str(folder)},
    )
    return words


class Named(http.client.HTTPSConnection):
    """A connection to this machine for somebody who typed the name."""

    def connect(self) -> None:
        trust = ssl.create_default_context()
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
        plain = socket.create_connection((self.host, self.port), timeout=60)
        self.sock = trust.wrap_socket(plain, server_hostname=NAME)


class Visitor:
    """A browser far away, as the proxy sees it."""

    def __init__(self, port: int) -> None:
        self.port = port

    @contextmanager
    def asking(
        self, path: str, method: str = "GET", body: str | None = None, **headers: str
    ) -> Iterator[http.client.HTTPResponse]:
        sent = {"host": NAME, **{key.replace("_", "-"): value for key, value in headers.items()}}
        connection = Named("127.0.0.1", self.port)
        try:
            connection.request(method, path, body, sent)
            yield connection.getresponse()
        finally:
            connection.close()

    def status(self, path: str, method: str = "GET", body: str | None = None, **h: str) -> int:
        with self.asking(path, method, body, **h) as answer:
            answer.read()
            return answer.status


@pytest.mark.parametrize("proxy", [nginx, caddy])
def test_visitors_read_watch_and_are_refused_what_the_page_says(
    proxy: Callable[..., list[str]], start_server: Any, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.md").write_text("# Note A\n\nfirst words\n")
    port, plain = free_port(), free_port()
    words = (str(notes), "--state", str(tmp_path / "state"), "--workers", "2")
    named = ("--url", f"https://{NAME}", "--allow-host", NAME, "--allow-host", f"{NAME}:{port}")
    with ExitStack() as stack:
        server = stack.enter_context(start_server(*words, *named))
        behind = int(server.url.rpartition(":")[2])
        command = proxy(tmp_path, behind, port, plain)
        process = subprocess.Popen(
            command, stderr=subprocess.DEVNULL, env={"HOME": str(tmp_path), "PATH": ""}
        )
        stack.callback(process.wait, 20)
        stack.callback(process.terminate)
        deadline = time.monotonic() + 60
        while True:
            try:
                Visitor(port).status("/healthz")
                break
            except OSError:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
        visit(Visitor(port), notes, behind)


def visit(visitor: Visitor, notes: Path, behind: int) -> None:
    with visitor.asking("/n/a", accept_encoding="gzip") as page:
        assert page.status == 200
        assert page.getheader("content-encoding") in (None, "gzip")
        assert "default-src 'none'" in (page.getheader("content-security-policy") or "")
        tag = page.getheader("etag") or ""
        page.read()
    assert visitor.status("/n/a", if_none_match=tag) == 304
    with visitor.asking("/feed.atom") as feed:
        assert f"https://{NAME}/n/a" in feed.read().decode()
    with visitor.asking("/events") as stream:  # each event comes when it happens
        while not stream.readline().startswith(b"data: "):
            pass
        (notes / "a.md").write_text("# Note A\n\nother words\n")
        while not (line := stream.readline()).startswith(b"data: "):
            assert line, "the stream ended"
    with visitor.asking("/n/a") as page:
        assert "other words" in page.read().decode()
    asked = json.dumps({"experiment": "utility-weighted-loss", "seed": 99})
    origin = {"content_type": "application/json", "origin": f"https://{NAME}"}
    assert visitor.status("/api/runs", "POST", asked, **origin) == 403  # not without --allow-runs
    note = json.dumps({"path": "b.md", "text": "# B\n"})
    assert visitor.status("/api/check", "POST", note, **origin) == 200
    foreign = origin | {"origin": "https://evil.example"}
    assert visitor.status("/api/check", "POST", note, **foreign) == 403
    for host in (NAME, f"127.0.0.1:{behind}", f"localhost:{behind}"):
        with visitor.asking("/diff", host=host) as page:  # for the machine itself
            assert "<form" not in page.read().decode() or page.status == 404
    with visitor.asking("/n/a", host="evil.example") as page:
        assert "words" not in page.read().decode()
