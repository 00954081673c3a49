"""More connections than a process may have open, and those who never read when it is to end."""

import resource
import signal
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Folder = Callable[[dict[str, str]], Path]
MOST = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
FEW = 96


def connected(stack: ExitStack, server: Any, count: int) -> list[socket.socket]:
    place = urlsplit(server.url)
    address = (str(place.hostname), int(place.port or 0))
    return [stack.enter_context(socket.create_connection(address, 60)) for _ in range(count)]


def limited(most: int) -> Callable[[], None]:
    return partial(resource.setrlimit, resource.RLIMIT_NOFILE, (FEW, most))


def test_a_server_takes_as_many_connections_as_the_system_lets_it(
    folder: Folder, start_server: Any, tmp_path: Path
) -> None:
    words = (str(folder({"a.md": "# A\n"})), "--state", str(tmp_path / "state"))
    with start_server(*words, preexec_fn=limited(MOST)) as server, ExitStack() as stack:
        connected(stack, server, 3 * FEW)
        assert "# A" in server.get("/n/a.md")
        assert len(server.lines) == 1


def test_where_no_more_can_be_taken_it_is_said_once_and_passes(
    folder: Folder, start_server: Any, tmp_path: Path
) -> None:
    words = (str(folder({"a.md": "# A\n"})), "--state", str(tmp_path / "state"))
    with start_server(*words, preexec_fn=limited(FEW)) as server:
        with ExitStack() as stack:
            connected(stack, server, 3 * FEW)
            deadline = time.monotonic() + 60
            while "no more connections are taken for now" not in "".join(server.lines):
                assert time.monotonic() < deadline
                time.sleep(0.05)
        assert "# A" in server.get("/n/a.md")
        output = "".join(server.lines)
        assert output.count("no more connections are taken for now") == 1
        assert "out of system resource" not in output


def test_who_never_reads_keeps_no_server_and_leaves_no_traceback(
    folder: Folder, start_server: Any, tmp_path: Path
) -> None:
    root = folder({"a.md": f"# A\n\n{'words ' * 30_000}\n"})
    with start_server(str(root), "--state", str(tmp_path / "state")) as server:
        server.get("/n/a")
        place = urlsplit(server.url)
        ask = f"GET /n/a HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode()
        with socket.socket() as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            one.connect((place.hostname, place.port))
            one.sendall(ask * 200)
            time.sleep(2)
            assert server.stop(signal.SIGTERM) == -signal.SIGTERM
    output = "".join(server.lines)
    assert "timeout graceful shutdown exceeded" in output
    assert "Traceback" not in output
