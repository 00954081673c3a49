"""What an experiment raised, told in a line to who wrote it."""

import traceback
from pathlib import Path

from alpgraph.experiments.model import Experiment

MOST_LETTERS = 500


def failure(error: BaseException, experiment: Experiment | None = None) -> str:
    """Say what was raised: type, first line, and where in the experiment's own folder.

    What is wrong with the measurements that it returned is told with the place of its `measure`.

    >>> failure(ValueError("no such row: 7\\nrow 7 of 3"))
    'ValueError: no such row: 7'
    """
    try:
        text = str(error)
    except Exception:  # another package's exception may fail at that, too
        text = ""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    said = "".join(letter if letter.isprintable() else " " for letter in first)[:MOST_LETTERS]
    where = _place(error, experiment) if experiment else ""
    return f"{type(error).__name__}{': ' if said else ''}{said}{where}"


def _place(error: BaseException, experiment: Experiment) -> str:
    code = getattr(experiment.measure, "__code__", None)
    if code is None:
        return ""
    places = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    folder = Path(code.co_filename).parent
    own = [place for place in places if Path(place[0]).parent == folder]
    path, line = own[-1] if own else (code.co_filename, code.co_firstlineno)
    return f" ({Path(path).name}, line {line})"
