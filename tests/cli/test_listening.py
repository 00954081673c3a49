"""The socket that `alpgraph serve` listens on."""

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from alpgraph.cli.serving import listen


def test_no_answer_waits_for_the_reader_s_acknowledgement() -> None:
    async def no_delay() -> int:
        found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def accepted(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            option = (socket.IPPROTO_TCP, socket.TCP_NODELAY)
            found.set_result(writer.get_extra_info("socket").getsockopt(*option))
            writer.close()

        listener = listen("127.0.0.1", 0)
        async with await asyncio.start_server(accepted, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            answer = await found
            writer.close()
            return answer

    with ThreadPoolExecutor(1) as pool:  # a browser's fixture may have a loop in this thread
        assert pool.submit(asyncio.run, no_delay()).result()


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_the_address_that_is_told_is_answered_wherever_a_serverlistens(
    start_server: Any, folder: Callable[..., Path], host: str
) -> None:
    with start_server(
        str(folder({"a.md": "# A ptarmigan\n"})), "--host", host
    ) as server:  # it asks at the address told
        assert "ptarmigan" in server.get("/n/a")
        assert "--allow-host" in server.lines[1]
