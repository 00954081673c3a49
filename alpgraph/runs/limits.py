"""How much a visitor may ask for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of runs; each is named in the message of who passes it."""

    queue: int = 200
    """Runs that may wait at once."""
    per_visitor: int = 20
    """Runs one visitor may have waiting or running; visitors without a name are not counted."""
    least_replicates: int = 2
    replicates: int = 256
    largest_seed: int = 2**53 - 1
    """Largest whole number that every JSON reader keeps exact."""
    seconds: float = 600.0
    """Wall time of one attempt."""
    memory: int = 2 * 2**30
    """Bytes of data one worker may hold."""
    result: int = 2 * 2**20
    """Bytes of a result as JSON."""
    attempts: int = 3
    """Times a run is started before a dying worker counts as the run's own fault."""
    retry_after: int = 15
    """Seconds after which a refused visitor may come back."""
