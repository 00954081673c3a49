"""A process that measures what it is asked: `python -m alpgraph.experiments.worker`.

It belongs to whoever holds its pipes and ends with them, however they end. A question is one line
of JSON: `experiment`, `params`, `seed`, `first` and `count` (which replicates), `whole` (a result
is wanted, else measurements that can be put together), `code` (the hash that must answer),
`memory` (bytes of data it may hold) and `limit` (bytes of the answer). Back come lines
`{"progress": …, "curves": …}`, then `{"failed": why}`, or `{"answer": true}` and the answer as one
line of JSON.
"""

import json
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, BinaryIO

from alpgraph.experiments.code import code_hash
from alpgraph.experiments.failures import failure
from alpgraph.experiments.model import Curve
from alpgraph.experiments.params import validate_params
from alpgraph.experiments.parts import pack, pack_curves
from alpgraph.experiments.registry import all_experiments, get_experiment
from alpgraph.experiments.results import curves_json, result_of

PAUSE, CURVES_PAUSE = 0.1, 0.25
"""Seconds between two reports, and between two with curves, which cost more to make."""
NICE = 5
"""How far a worker steps back for whoever answers visitors on the same machine."""
Tell = Callable[[float, list[dict[str, Any]] | None], None]


class AnswerError(Exception):
    """Says in a line why there is no answer."""


class Reporter:
    """Passes progress on, not more often than anybody can see."""

    def __init__(self, tell: Tell, draw: Callable[[Any], list[dict[str, Any]]]) -> None:
        """Report through `tell`, with curves as `draw` makes them."""
        self._tell, self._draw = tell, draw
        self._next = self._next_curves = 0.0

    def __call__(self, fraction: float, curves: Mapping[str, Curve] | None = None) -> None:
        """Take a report of the experiment."""
        now = time.monotonic()
        if now < self._next or not math.isfinite(fraction):
            return
        self._next = now + PAUSE
        drawn = None
        if curves and now >= self._next_curves:
            self._next_curves = now + CURVES_PAUSE
            drawn = self._draw(curves.values())
        self._tell(min(max(float(fraction), 0.0), 1.0), drawn)


def answer(question: Mapping[str, Any], tell: Tell) -> str:
    """Return the answer as JSON text; raises AnswerError, or MemoryError."""
    experiment = get_experiment(question["experiment"])
    if (own := code_hash(experiment.name)) != question["code"]:
        raise AnswerError(
            f"the code of {experiment.name!r} is {own} here and {question['code']} where it was "
            "asked: install the same alpgraph in both places, or restart the server"
        )
    params = validate_params(experiment, question["params"])
    first, whole = question["first"], question["whole"]
    seeds = [(question["seed"], i) for i in range(first, first + question["count"])]
    report = Reporter(tell, curves_json if whole else pack_curves)
    try:
        measured = experiment.measure(params, seeds, report)
        given = result_of(experiment, params, seeds, measured) if whole else pack(measured)
        text = json.dumps(given, separators=(",", ":"), allow_nan=not whole)
    except MemoryError:
        raise
    except BaseException as error:  # whatever another package's experiment does
        raise AnswerError(failure(error, experiment)) from None
    if len(text) > question["limit"]:
        raise AnswerError(f"its result takes {len(text)} bytes; the limit is {question['limit']}")
    return text


def limit_memory(limit: int) -> None:
    """Let this process hold `limit` bytes of data, where the system can hold it to that."""
    if sys.platform != "linux":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def main() -> None:
    """Answer questions until the input ends."""
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # experiments that ask get nothing, and what they print is thrown away: it could be anything,
    # without end, and would stand among the server's own messages
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    waiting: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_read, args=(questions, waiting), daemon=True).start()
    with suppress(OSError, AttributeError):  # not everywhere, and not for everybody
        os.nice(NICE)
    all_experiments()
    os.dup2(nothing, 2)

    def say(told: Mapping[str, Any]) -> None:
        answers.write(json.dumps(told).encode() + b"\n")
        answers.flush()

    def tell(fraction: float, curves: list[dict[str, Any]] | None) -> None:
        say({"progress": fraction, "curves": curves})

    while True:
        question = json.loads(waiting.get())
        try:
            limit_memory(question["memory"])
            text = answer(question, tell)
        except MemoryError:
            room = f"{question['memory'] / 2**20:.0f} MB"
            say({"failed": f"it needed more memory than the {room} it may have"})
        except AnswerError as why:
            say({"failed": str(why)})
        except BaseException as error:
            say({"failed": failure(error)})
        else:
            answers.write(b'{"answer": true}\n' + text.encode() + b"\n")
            answers.flush()


def _read(questions: BinaryIO, waiting: "SimpleQueue[bytes]") -> None:
    """Take questions in, and leave at once when the other end of the pipe is gone."""
    with suppress(OSError):
        for line in questions:
            waiting.put(line)
    os._exit(0)


if __name__ == "__main__":
    main()
