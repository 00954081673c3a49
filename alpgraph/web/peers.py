"""Several servers of one collection on one socket: which state of the notes each has reached."""

import asyncio
import time
from collections.abc import MutableSequence
from hashlib import blake2b

TIMEOUT_SECONDS = 10.0
"""How long the others are waited for before a change is told; one that ended is not."""
POLL_SECONDS = 0.005


class Peers:
    """The state of each worker, in memory that all of them share.

    An open page is told of a change once every worker has it: whichever answers the page's next
    request, the answer is not older than what was told.
    """

    def __init__(self, states: MutableSequence[int], own: int) -> None:
        """Take one number for each worker, 0 for those that do not serve, and which is ours."""
        self._states, self._own = states, own

    def set_stamp(self, stamp: str) -> None:
        """Tell the others that our pages are made from the state `stamp` now."""
        self._states[self._own] = _number(stamp)

    async def wait_for(self, stamp: str) -> None:
        """Wait until all have reached `stamp`, or this worker has gone on; a moment at most."""
        target, deadline = _number(stamp), time.monotonic() + TIMEOUT_SECONDS
        while time.monotonic() < deadline and self._states[self._own] == target:
            if all(state in (0, target) for state in self._states):
                return
            await asyncio.sleep(POLL_SECONDS)


def _number(stamp: str) -> int:
    """Return a number of 64 bits that is not 0."""
    return int.from_bytes(blake2b(stamp.encode(), digest_size=8).digest(), "big") or 1
