"""`alpgraph diff` between two commits of 10,000 notes of which 1,000 changed, cold and warm.

Run `python tests/benchmarks/review.py [--notes 10000] [--changed 1000]`. Wall and CPU seconds of
the whole command, beside `import networkx` and `git archive` of a tree in the same minute; a run
under heavy load (Linux `/proc/pressure/cpu` above 50 %) is marked.
"""

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WORDS = [f"word{i}" for i in range(3000)]
TYPES = ("parallels", "has-instance", "framed-by", "leads-to", "explained-by", "extends", "related")
AUTHOR = ("-c", "user.name=A. Writer", "-c", "user.email=writer@example.org", "-c", "gc.auto=0")


def note(number: int, size: int, version: int) -> str:
    """Return a note of about 500 words with four relations and six links."""
    rng = random.Random(number * 2 + version)

    def words(count: int) -> str:
        return " ".join(rng.choices(WORDS, k=count))

    relations = "".join(
        f"  - type: {rng.choice(TYPES)}\n    to: note-{rng.randrange(size)}\n"
        f"    why: {words(8)} {number} {k}\n"
        for k in range(4)
    )
    text = "\n\n".join(f"{words(80)} see [[note-{rng.randrange(size)}]]." for _ in range(6))
    return (
        f"---\ntitle: Question {number} about {words(3)}?\nsummary: {words(20)}\n"
        f"claim: {words(12)}\nsources: [{{arxiv: '2511.{number % 10000:05}'}}]\n"
        f"relations:\n{relations}---\n\n{text}\n"
    )


def collection(root: Path, size: int, changed: int) -> None:
    """Make a repository with two commits."""
    folder = root / "notes"
    folder.mkdir()
    for number in range(size):
        (folder / f"note-{number}.md").write_text(note(number, size, 0))
    for command in (["init", "-q"], ["add", "-A"], [*AUTHOR, "commit", "-qm", "Begin"]):
        subprocess.run(["git", *command], cwd=root, check=True)
    for number in random.Random(1).sample(range(size), changed):
        (folder / f"note-{number}.md").write_text(note(number, size, 1))
    subprocess.run(["git", *AUTHOR, "commit", "-qam", "Change"], cwd=root, check=True)
    subprocess.run(["git", "repack", "-adq"], cwd=root, check=True)


def seconds(root: Path, *command: str) -> tuple[float, float]:
    """Return wall and CPU seconds of a command."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, cwd=root, check=True, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu


def pressure() -> float:
    """Return the share of the last ten seconds in which something waited for a core."""
    place = Path("/proc/pressure/cpu")
    if not place.exists():
        return 0.0
    return float(place.read_text().split("avg10=")[1].split()[0])


def main() -> None:
    """Print a line for each command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=int, default=10_000)
    parser.add_argument("--changed", type=int, default=1_000)
    asked = parser.parse_args()
    os.environ.setdefault("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        collection(root, asked.notes, asked.changed)
        diff = (sys.executable, "-m", "alpgraph", "diff", "HEAD~1", "HEAD", "--format", "md")
        for label, command in (
            ("diff, cold", diff),
            ("diff, warm", diff),
            ("diff, warm", diff),
            ("import networkx", (sys.executable, "-c", "import networkx")),
            ("git archive of one tree", ("git", "archive", "HEAD")),
        ):
            wall, cpu = seconds(root, *command)
            load = pressure()
            mark = f"  not judged: load {load:.0f} %" if load > 50 else ""
            print(f"{label:26} {wall:7.2f} s wall {cpu:7.2f} s CPU{mark}")


if __name__ == "__main__":
    main()
