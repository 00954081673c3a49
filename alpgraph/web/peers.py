"""Several servers of one collection on one socket: which state of the notes each has reached."""

import asyncio
import time
from collections.abc import MutableSequence
from hashlib import blake2b

PATIENCE = 10.0
"""Seconds to wait for the others before a change is told; one that ended is not waited for."""
BEHIND = 3.0
"""Seconds a page ahead of its server waits; longer than servers take to look for new verdicts."""
TURN = 0.005
MOMENT = 0.5
"""Seconds given to the others where files changed that no stamp tells of, as pictures."""


class Peers:
    """The state of each worker, in memory that all of them share.

    An open page is told of a change once every worker has it: whichever answers the page's next
    request, the answer is not older than what was told.
    """

    def __init__(self, states: MutableSequence[int], own: int) -> None:
        """Take one number for each worker, 0 for those that do not serve, and which is ours."""
        self._states, self._own = states, own

    def reach(self, stamp: str) -> None:
        """Tell the others that our pages are made from the state `stamp` now."""
        self._states[self._own] = _number(stamp)

    async def agree(self, stamp: str) -> None:
        """Wait until all have reached `stamp`, or this worker has gone on; a moment at most."""
        wanted, deadline = _number(stamp), time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self._states[self._own] == wanted:
            if all(state in (0, wanted) for state in self._states):
                return
            await asyncio.sleep(TURN)


def _number(stamp: str) -> int:
    """Return a number of 64 bits that is not 0."""
    return int.from_bytes(blake2b(stamp.encode(), digest_size=8).digest(), "big") or 1
