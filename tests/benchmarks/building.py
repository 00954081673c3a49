"""Seconds and memory of `alpgraph build` of generated notes, beside Hugo and MkDocs.

`python -m tests.benchmarks.building [--sizes 1000,10000]`. Hugo and MkDocs are those that are
installed; both write a page a note without backlinks, walk, twins or search (MkDocs at most 1,000
notes: it lists all of them on each page). Judge by CPU seconds on a machine that others use too.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.corpus import write_notes
from tests.benchmarks.notes import (
    HEAD,
    Cost,
    allow_files,
    hugo,
    print_growth,
    print_row,
    run,
    waited,
)

MKDOCS_MOST = 1_000


def mkdocs(notes: Path) -> Cost:
    """Build the folder with MkDocs and its default theme."""
    site = notes.parent / "mkdocs"
    site.mkdir()
    (site / "mkdocs.yml").write_text(f"site_name: n\ndocs_dir: {notes}\nplugins: []\n")
    return run("mkdocs", "build", "--quiet", cwd=site)


def builds(notes: Path, slug: str) -> Iterator[tuple[str, Cost]]:
    """Build the folder, build it again, and again after an edit of a text and of a title."""
    command = (sys.executable, "-m", "alpgraph", "build", "site", str(notes))
    alpgraph = (*command, "--state", str(notes.parent / "state"))
    yield "build, cold", run(*alpgraph, cwd=notes.parent)
    time.sleep(2.5)  # files as young as the cache are read once more
    run(*alpgraph, cwd=notes.parent)
    yield "build, nothing changed", run(*alpgraph, cwd=notes.parent)
    path = notes / f"{slug}.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\nAn edit.\n", encoding="utf-8")
    yield "build, one edit", run(*alpgraph, cwd=notes.parent)
    path.write_text(text.replace("title: ", "title: Renamed: ", 1), encoding="utf-8")
    yield "build, one title", run(*alpgraph, cwd=notes.parent)


def measure(size: int) -> dict[str, Cost]:
    """Print a table for a folder of so many notes and return its rows."""
    with tempfile.TemporaryDirectory(prefix="alpgraph-bench-") as folder:
        notes = Path(folder) / "notes"
        slugs = write_notes(notes, size)
        print(f"\n{size:,} notes of about 500 words; waiting for processors: {waited()}\n{HEAD}")
        rows: dict[str, Cost] = {}
        yardstick = hugo(notes) if shutil.which("hugo") else None
        if yardstick:
            rows["Hugo, full build"] = yardstick
        if shutil.which("mkdocs") and size <= MKDOCS_MOST:
            rows["MkDocs, full build"] = mkdocs(notes)
        rows |= builds(notes, slugs[len(slugs) // 2])
        for name, cost in rows.items():
            print_row(name, cost, yardstick)
        print(f"waiting now: {waited()}")
    return rows


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,10000")
    allow_files()
    sizes = [int(size) for size in parser.parse_args().sizes.split(",")]
    print_growth({size: measure(size) for size in sizes})


if __name__ == "__main__":
    main()
