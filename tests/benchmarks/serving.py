"""Requests per second and milliseconds of a running server, beside servers of the same bytes.

`python -m tests.benchmarks.serving [--sizes 1000,10000,100000] [--seconds 3] [--rounds 3]`. The
load comes from Debian's `wrk` over loopback. Each round asks in turn alpgraph, a bare ASGI
application and Starlette on the same uvicorn, and nginx with files, all for the same bytes; ratios
are medians over rounds of figures of one round, since other work on the machine slows all alike.
"""

import argparse
import http.client
import marshal
import math
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.corpus import WORDS, write_notes
from tests.benchmarks.notes import cpu_of, get, memory_of, served, waited

NOTES = 50
"""Pages of a kind that are asked for in turn."""
CONNECTIONS = 16
TARGET = 0.85
KINDS = {"note": "/n/{}", "walk": "/walk/{}", "API": "/api/notes/{}"}
_SCRIPT = """
local paths, at = {{ {paths} }}, 0
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at], {{ ["Accept-Encoding"] = "gzip", ["Host"] = "{host}" }})
end
done = function(summary, latency, requests)
  print(string.format("TOLD %f %f %f %f %d %d", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout,
    summary.requests))
end
"""


class Peer(NamedTuple):
    """A running server."""

    netloc: str
    pid: int


class Load(NamedTuple):
    """What a server bore: requests per second, milliseconds, its processor's microseconds."""

    rate: float
    p50: float
    p95: float
    p99: float
    cpu: float
    """For each request; other work on the machine changes it least."""


def load(peer: Peer, paths: list[str], seconds: int, connections: int = CONNECTIONS) -> Load:
    """Ask a server on loopback for so many seconds; every answer must be good."""
    netloc, begun = peer.netloc, cpu_of(peer.pid)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        quoted = ", ".join(f'"{path}"' for path in paths)
        script.write(_SCRIPT.format(paths=quoted, host=netloc))
        script.flush()
        command = ("wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", script.name)
        done = subprocess.run(
            [*command, f"http://{netloc}/"], capture_output=True, text=True, check=True
        )
    spent = cpu_of(peer.pid) - begun
    found = re.search(r"TOLD (\S+) (\S+) (\S+) (\S+) (\d+) (\d+)", done.stdout)
    assert found, done.stdout
    assert found[5] == "0", done.stdout
    rate, p50, p95, p99 = map(float, found.groups()[:4])
    return Load(rate, p50, p95, p99, spent / int(found[6]) * 1e6)


def ask(netloc: str, path: str) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Return headers and bytes of an answer as a browser gets it."""
    connection = http.client.HTTPConnection(netloc, timeout=60)
    connection.request("GET", path, headers={"accept-encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200, (path, answer.status)
    connection.close()
    left_out = ("date", "transfer-encoding")
    kept = [(k, v) for k, v in answer.getheaders() if k.lower() not in left_out]
    return [(k.lower().encode(), v.encode()) for k, v in kept], body


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def running(*command: str, port: int) -> Iterator[Peer]:
    """Run a server until the block ends."""
    process = subprocess.Popen(command)
    try:
        while True:
            assert process.poll() is None, command
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield Peer(f"127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        process.wait()


@contextmanager
def nginx(folder: Path, paths: list[str], netloc: str) -> Iterator[Peer]:
    """Serve the same bytes as files, packed beforehand, by one process of nginx."""
    root, port = folder / "files", free_port()
    for path in paths:
        file = root / path.removeprefix("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        file.with_name(f"{file.name}.gz").write_bytes(ask(netloc, path)[1])
    conf = folder / "nginx.conf"
    owner = "user root;\n" if os.geteuid() == 0 else ""  # a temporary folder is its own alone
    conf.write_text(
        f"daemon off; master_process off; {owner}pid {folder}/pid; error_log /dev/null;\n"
        f"events {{ worker_connections 256; }}\nhttp {{ access_log off; default_type text/html;\n"
        f"client_body_temp_path {folder}/t; server {{ listen 127.0.0.1:{port}; root {root};\n"
        "gzip_static always; sendfile on; keepalive_requests 1000000; } }\n"
    )
    with running("nginx", "-c", str(conf), "-p", str(folder), port=port) as peer:
        yield peer


@contextmanager
def peers(folder: Path, netloc: str, paths: list[str]) -> Iterator[dict[str, Peer]]:
    """Start the servers to measure against."""
    answers = folder / "answers"
    answers.write_bytes(marshal.dumps({path: ask(netloc, path) for path in paths}))
    with ExitStack() as stack:
        found = {}
        for kind in ("bare", "starlette"):
            command = (sys.executable, "-m", "tests.benchmarks.peers", kind, str(answers))
            port = free_port()
            found[kind] = stack.enter_context(running(*command, str(port), port=port))
        if shutil.which("nginx"):
            found["nginx"] = stack.enter_context(nginx(folder, paths, netloc))
        yield found


def compare(folder: Path, ours: Peer, slugs: list[str], seconds: int, rounds: int) -> None:
    """Print a table of the kept pages of one server beside its peers."""
    netloc = ours.netloc
    addresses = {kind: [pattern.format(slug) for slug in slugs] for kind, pattern in KINDS.items()}
    for paths in addresses.values():
        for path in paths:
            ask(netloc, path)
    print(f"{'':<8}{'':<12}{'req/s':>8}{'p50 ms':>8}{'p95':>8}{'p99':>8}{'CPU us':>8}"
          f"{'alpgraph is':>16}{'by CPU':>8}")  # fmt: skip
    with peers(folder, netloc, [path for paths in addresses.values() for path in paths]) as others:
        servers = {"alpgraph": ours, **others}
        for kind, paths in addresses.items():
            seen: dict[str, list[Load]] = {name: [] for name in servers}
            for _ in range(rounds):
                for name, where in servers.items():
                    seen[name].append(load(where, paths, seconds))
            for name, loads in seen.items():
                pairs = list(zip(seen["alpgraph"], loads, strict=True))
                rate = statistics.median(own.rate / other.rate for own, other in pairs)
                cpu = statistics.median(other.cpu / own.cpu for own, other in pairs)
                ratio = f"{rate:>14.2f} x{cpu:>6.2f} x" if name != "alpgraph" else ""
                ratio += f"  (target {TARGET})" if name == "bare" else ""
                middle = [statistics.median(column) for column in zip(*loads, strict=True)]
                figures = "".join(f"{value:>8.2f}" for value in middle[1:4])
                row = f"{kind:<8}{name:<12}{middle[0]:>8.0f}{figures}{middle[4]:>8.0f}{ratio}"
                print(row, flush=True)


def queries(seed: int) -> list[str]:
    """Return searches of one to three words, every third with a typing error."""
    rng = random.Random(seed)
    long = [word for word in WORDS if len(word) > 4]
    found = []
    for number in range(200):
        words = rng.sample(long, 1 + number % 3)
        if number % 3 == 0:
            at = rng.randrange(1, len(words[0]) - 1)
            words[0] = words[0][:at] + words[0][at + 1 :]
        found.append("+".join(words))
    return found


def late(values: list[float], share: float = 0.95) -> float:
    """Return the value that so large a share does not pass."""
    return sorted(values)[int(share * (len(values) - 1))]


def first_renders(netloc: str, slugs: list[str]) -> list[float]:
    """Return the milliseconds that pages take which nobody asked for before."""
    connection = http.client.HTTPConnection(netloc, timeout=60)
    taken = []
    for slug in slugs:
        begun = time.perf_counter()
        connection.request("GET", f"/n/{slug}", headers={"accept-encoding": "gzip"})
        connection.getresponse().read()
        taken.append((time.perf_counter() - begun) * 1e3)
    connection.close()
    return taken


def measure(size: int, seconds: int, rounds: int) -> dict[str, float]:
    """Print what a server of so many notes bears; return the figures whose growth is told."""
    print(f"\n{size:,} notes; waiting for processors: {waited()}", flush=True)
    with tempfile.TemporaryDirectory(prefix="alpgraph-bench-") as name:
        folder = Path(name)
        slugs = write_notes(folder / "notes", size)
        chosen = random.Random(2).sample(slugs, 250)
        with served(folder / "notes", folder / "state", slugs[-1]) as server:
            netloc = server.url.removeprefix("http://")
            get(f"{server.url}/search?q=ready")  # once it is indexed
            get(f"{server.url}/network")  # once the map is drawn
            renders = first_renders(netloc, chosen[NOTES:])
            own = Peer(netloc, server.pid)
            compare(folder, own, chosen[:NOTES], seconds, rounds)
            addresses = queries(3)
            pages = load(own, [f"/search?q={words}" for words in addresses], seconds, 1)
            api = load(own, [f"/api/search?q={words}" for words in addresses], seconds, 1)
            crowd = load(own, [f"/api/search?q={words}" for words in addresses], seconds)
            memory = memory_of(server.pid)
            cold = server.whole
    for what, result in (("search page", pages), ("search API", api), ("search API, x16", crowd)):
        print(f"{what:<18}{result.rate:>8.0f} req/s, p50 {result.p50:.1f} ms, p95 {result.p95:.1f},"
              f" p99 {result.p99:.1f}, {result.cpu / 1000:.1f} ms of a processor")  # fmt: skip
    print(f"first render of a note: p50 {statistics.median(renders):.1f} ms,"
          f" p95 {late(renders):.1f} ms (target 15)")  # fmt: skip
    print(f"cold start until all is read: {cold.wall:.1f} s, {cold.cpu:.1f} s of processors;"
          f" most memory {memory:.0f} MB; waiting now: {waited()}", flush=True)  # fmt: skip
    return {
        "cold start, CPU": cold.cpu,
        "memory": memory,
        "first render, p50": statistics.median(renders),
        "first render, p95": late(renders),
        "search page, p50": pages.p50,
        "search page, p95": pages.p95,
    }


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if not shutil.which("wrk"):
        raise SystemExit("the load comes from wrk: apt-get install wrk nginx-light")
    sizes = [int(size) for size in options.sizes.split(",")]
    found = [measure(size, options.seconds, options.rounds) for size in sizes]
    if len(sizes) > 1:
        print(f"\ngrowth from {sizes[0]:,} to {sizes[-1]:,} notes, as an exponent of their number")
        for name, first in found[0].items():
            exponent = math.log(found[-1][name] / first) / math.log(sizes[-1] / sizes[0])
            print(f"{name:<24}{exponent:>6.2f}")


if __name__ == "__main__":
    main()
