"""One worker process, as whoever started it sees it."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress

from alpgraph.runs.errors import Failed, WorkerDied
from alpgraph.runs.executors.base import OnProgress

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""Variables that keep linear algebra from starting a thread per core in every worker."""


class Child:
    """A process that answers one question at a time and can be killed at any moment.

    It is started by its own command line, not by multiprocessing: Dask's workers are daemonic,
    and those may have no children of that kind.
    """

    def __init__(self) -> None:
        """Start it; raises WorkerDied."""
        paths = os.pathsep.join(path for path in sys.path if path)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "alpgraph.experiments.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=dict.fromkeys(THREADS, "1") | dict(os.environ) | {"PYTHONPATH": paths},
                start_new_session=True,  # Ctrl-C is for the server, which then hangs up
            )
        except OSError as error:
            raise WorkerDied(f"no worker process could be started: {error}") from None

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def ask(self, question: str, tell: OnProgress) -> str:
        """Return the answer as JSON text; raises Failed, or WorkerDied once it is gone.

        What `tell` raises ends the process too: it would give this answer to the next question.
        """
        try:
            return self._ask(question, tell)
        except Failed:
            raise
        except BaseException:
            self.kill()
            self._process.wait()  # till then it seems to be alive
            raise

    def _ask(self, question: str, tell: OnProgress) -> str:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        with suppress(BrokenPipeError):
            stdin.write(question.encode() + b"\n")
            stdin.flush()
        while (line := stdout.readline()).endswith(b"\n"):  # a dying process may leave half a line
            message = json.loads(line)
            if "failed" in message:
                raise Failed(message["failed"])
            if "progress" in message:
                tell(message["progress"], message["curves"])
            elif (text := stdout.readline()).endswith(b"\n"):
                return text[:-1].decode()
        self.kill()
        code = self._process.wait()
        how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        raise WorkerDied(f"its worker process {how}")

    def kill(self) -> None:
        """End it now, with whatever processes its experiment started."""
        with suppress(ProcessLookupError, PermissionError):
            if self.alive:
                if os.name == "posix":
                    os.killpg(self._process.pid, signal.SIGKILL)
                else:
                    self._process.kill()

    def close(self) -> None:
        """End it and let go of its pipes."""
        self.kill()
        with suppress(OSError):
            self._process.communicate()
