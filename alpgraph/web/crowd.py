"""Many connections at once: each takes a file descriptor, of which the system gives so many."""

import asyncio
import sys
import time
from typing import Any

ENOUGH = 65_536
"""Descriptors that a server asks for; where it may have less, it takes what it may."""
MESSAGE_SECONDS = 60.0
"""Seconds until it is said again that there are none left."""


def raise_descriptor_limit() -> None:
    """Raise the limit of this process: a shell or a service manager often gives 1,024."""
    if sys.platform == "win32":  # where there is no such limit
        return
    import resource

    few, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = ENOUGH if most == resource.RLIM_INFINITY else min(most, ENOUGH)
    if few != resource.RLIM_INFINITY and few < limit:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, most))


class Refusals:
    """Says, once in a while, that no connection can be taken; asyncio would thousands of times."""

    def __init__(self) -> None:
        """Begin without any."""
        self._last_message = float("-inf")

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Handle what the loop tells of a fault that nobody waits for."""
        fault = context.get("exception")
        if not (isinstance(fault, OSError) and str(context["message"]).startswith("socket.accept")):
            loop.default_exception_handler(context)
            return
        if time.monotonic() - self._last_message < MESSAGE_SECONDS:
            return
        self._last_message = time.monotonic()
        message = f"no more connections are taken for now: {fault.strerror}; raise `ulimit -n`"
        print(message, file=sys.stderr, flush=True)
