"""Seconds and memory from a folder of notes to pages and findings, beside Hugo's full build of it.

`python -m tests.benchmarks.notes [--sizes 1000,10000,100000] [--edits 30]`. Hugo is Debian's
`hugo` with the smallest layout: it follows no wikilink, lists no backlinks and checks nothing.
CPU seconds are those of the process and its children, memory that of the largest process. On a
machine that others use too, judge by CPU seconds; the share of time somebody waited for a
processor is printed where Linux tells it.
"""

import argparse
import json
import math
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.corpus import write_notes

TARGETS = {
    "cold start": 0.3,
    "warm start": 0.12,
    "check, cold": 0.35,
    "check, warm": 0.1,
    "build, cold": 1.0,
    "build, one edit": 0.1,
}
HEAD = f"{'':<28}{'wall s':>9}{'CPU s':>9}{'MB':>7}{'x Hugo: wall':>14}{'CPU':>7}{'target':>8}"
_LAYOUT = "<!doctype html><title>{{ .Title }}</title><h1>{{ .Title }}</h1>"
_CONFIG = 'title = "n"\ndisableKinds = ["taxonomy", "term", "RSS", "sitemap", "404"]\n'


class Cost(NamedTuple):
    """What a command took: seconds, seconds of processors, megabytes."""

    wall: float
    cpu: float
    memory: float


class Served(NamedTuple):
    """A running server."""

    url: str
    pid: int
    cost: Cost
    """Until its first page was answered."""
    whole: Cost
    """Until all notes were read."""


def waited() -> str:
    """Return the share of the last ten seconds in which somebody waited for a processor."""
    try:
        told = Path("/proc/pressure/cpu").read_text(encoding="ascii")
    except OSError:
        return "?"
    found = re.search(r"avg10=([\d.]+)", told)
    return f"{float(found[1]):.0f}%" if found else "?"


def run(*command: str, cwd: Path) -> Cost:
    """Run a command to its end."""
    begun = time.perf_counter()
    with (cwd / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=cwd, stdout=log, stderr=log)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit((cwd / "log").read_text()[-2000:])
    wall = time.perf_counter() - begun
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def hugo(notes: Path) -> Cost:
    """Build the folder with Hugo."""
    site = notes.parent / "hugo"
    shutil.rmtree(site, ignore_errors=True)
    layouts = site / "layouts" / "_default"
    layouts.mkdir(parents=True)
    (site / "config.toml").write_text(f'contentDir = "{notes}"\n{_CONFIG}')
    (layouts / "single.html").write_text(_LAYOUT + "{{ .Content }}")
    (layouts / "list.html").write_text(_LAYOUT + "{{ range .Pages }}<p>{{ .Title }}{{ end }}")
    return run("hugo", "--quiet", cwd=site)


@contextmanager
def served(notes: Path, state: Path, slug: str) -> Iterator[Served]:
    """Serve the folder; the cost is that until a note's page has come."""
    words = ("serve", str(notes), "--no-open", "--port", "0", "--state", str(state))
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "alpgraph", *words], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    try:
        url = ""
        for line in process.stderr:
            if found := re.search(r" at (http://\S+)", line):
                url = found[1]
                break
        page = get(f"{url}/n/{slug}", process)
        assert "</html>" in page, page[:200]
        first = spent(process.pid, begun)
        get(f"{url}/api/notes?limit=1", process)
        yield Served(url, process.pid, first, spent(process.pid, begun))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()
        process.stderr.close()


def get(url: str, process: "subprocess.Popen[str] | None" = None) -> str:
    """Return a page, waiting for the server to begin."""
    while process is None or process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=600) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as answer:
            if answer.code != 503:
                raise
            time.sleep(0.05)
        except OSError:  # not yet
            time.sleep(0.01)
    raise SystemExit(f"the server ended: {process.stderr.read() if process.stderr else ''}")


def spent(pid: int, begun: float) -> Cost:
    """Return what a process took since `begun`, on the clock of `time.perf_counter`."""
    return Cost(time.perf_counter() - begun, cpu_of(pid), memory_of(pid))


def cpu_of(pid: int) -> float:
    """Return processor seconds of a process and its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    running = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    own = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return own + sum(cpu_of(int(child)) for child in running)


def memory_of(pid: int) -> float:
    """Return the most memory a process had resident so far, in megabytes."""
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def edits(server: Served, notes: Path, slugs: list[str], count: int) -> list[float]:
    """Return for each of some edits the seconds from the save to the new page."""
    stream = urllib.request.urlopen(f"{server.url}/events", timeout=600)
    taken = []
    for number in range(count):
        slug = slugs[number * len(slugs) // count]
        path = notes / f"{slug}.md"
        text = path.read_text(encoding="utf-8")
        begun = time.perf_counter()
        path.write_text(f"{text}\nEdit {number} of it.\n", encoding="utf-8")
        while f"Edit {number} of it." not in get(f"{server.url}/n/{slug}"):
            while not (line := stream.readline()).startswith(b"data:"):
                assert line, "the stream ended"
        taken.append(time.perf_counter() - begun)
        path.write_text(text, encoding="utf-8")
        while json.loads(_event(stream.readline))["slugs"] == []:
            pass
        time.sleep(0.3)
    stream.close()
    return sorted(taken)


def _event(readline: Callable[[], bytes]) -> bytes:
    while not (line := readline()).startswith(b"data:"):
        assert line, "the stream ended"
    return line.removeprefix(b"data:")


def measure(size: int, count: int) -> dict[str, Cost]:
    """Print a table for a folder of so many notes and return its rows."""
    with tempfile.TemporaryDirectory(prefix="alpgraph-bench-") as folder:
        notes, state = Path(folder) / "notes", Path(folder) / "state"
        slugs = write_notes(notes, size)
        print(f"\n{size:,} notes of about 500 words; waiting for processors: {waited()}")
        print(HEAD)
        yardstick = hugo(notes) if shutil.which("hugo") else None
        rows: list[tuple[str, Cost]] = [("Hugo, full build", yardstick)] if yardstick else []
        check = (
            sys.executable,
            "-m",
            "alpgraph",
            "check",
            str(notes),
            "--output-format",
            "concise",
        )
        rows.append(("check, cold", run(*check, "--state", f"{state}-check", cwd=Path(folder))))
        time.sleep(2.5)  # files as young as the cache are read once more
        run(*check, "--state", f"{state}-check", cwd=Path(folder))
        rows.append(("check, warm", run(*check, "--state", f"{state}-check", cwd=Path(folder))))
        with served(notes, state, slugs[-1]) as server:
            rows.append(("cold start to a note's page", server.cost))
            rows.append(("all read, cold", server.whole))
        with served(notes, state, slugs[-1]) as server:
            rows.append(("warm start to a note's page", server.cost))
            rows.append(("all read, warm", server.whole))
            time.sleep(2)
            taken = edits(server, notes, slugs, count)
            resident = memory_of(server.pid)
        if yardstick:
            rows.append(("Hugo, again", hugo(notes)))
        for name, cost in rows:
            print_row(name, cost, yardstick)
        middle, late = taken[len(taken) // 2], taken[int(0.95 * (len(taken) - 1))]
        print(f"save to updated page: median {middle * 1000:.0f} ms, p95 {late * 1000:.0f} ms"
              f" of {count} (target p95 150 ms at 10,000)")  # fmt: skip
        print(f"server's memory after that: {resident:.0f} MB; waiting now: {waited()}")
    return dict(rows)


def print_growth(tables: dict[int, dict[str, Cost]]) -> None:
    """Print the exponent by which each row's processor time grows between neighbouring sizes."""
    for (small, few), (large, many) in pairwise(sorted(tables.items())):
        print(f"\nfrom {small:,} to {large:,} notes processor time grows by the power of")
        for name in (name for name in few if name in many):
            power = math.log(many[name].cpu / few[name].cpu) / math.log(large / small)
            print(f"{name:<28}{power:>9.2f}")


def print_row(name: str, cost: Cost, yardstick: Cost | None) -> None:
    """Print what something took, beside the yardstick."""
    line = f"{name:<28}{cost.wall:>9.2f}{cost.cpu:>9.2f}{cost.memory:>7.0f}"
    if yardstick:
        line += f"{cost.wall / yardstick.wall:>14.2f}{cost.cpu / yardstick.cpu:>7.2f}"
    target = next((at for key, at in TARGETS.items() if name.startswith(key)), None)
    print(line + (f"{target:>8}" if target else ""), flush=True)


def allow_files() -> None:
    """Let a server have a file for each connection, and Hugo one for each page it writes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard) if soft < 4096 else soft, hard))


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--edits", type=int, default=30)
    options = parser.parse_args()
    allow_files()
    sizes = [int(size) for size in options.sizes.split(",")]
    print_growth({size: measure(size, options.edits) for size in sizes})


if __name__ == "__main__":
    main()
