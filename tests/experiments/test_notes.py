"""What our notes say of our experiments is what is stored, rounded as the pages round it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from alpgraph.experiments import references
from alpgraph.notes import read_notebook
from alpgraph.pages.formats import number

FOLDER = Path(__file__).resolve().parents[2] / "notes"
NOTES = {slug: note for slug, note in read_notebook(FOLDER).notes.items() if note.experiment}
FIGURE = re.compile(r"(?<![\d.])\d{1,3}\.\d{3,}(?!\d|\.\d)")
ALSO_TOLD = {
    "label-smoothing": "smoothing-and-temperature",
    "last-layer-retraining": "features-or-head",
}
"""Notes that tell of a second experiment of ours."""
DRAWN = {"fine-tuning-distorts-features", "learned-refusal"}
"""Notes that also tell of what is drawn in a picture alone."""
EXPLORED = {
    "fine-tuning-distorts-features": {"0.000", "0.005", "0.714"},
    "guessing-under-binary-grading": {"0.311"},
    "soft-targets": {"0.653"},
    "utility-weighted-loss": {"0.001", "0.012", "0.024"},
}
"""Figures that are not stored, of exploring or of a later look; the notes say which."""


def told(result, drawn: bool) -> Iterator[float]:
    """Yield what a note may say of a result: means, differences, half-widths of intervals."""
    for row in (result["primary"], *result["secondary"]):
        yield from (row["control"], row["treatment"], row["difference"])
        yield (row["high"] - row["low"]) / 2
    for series in (one for picture in result["pictures"] for one in picture["series"]):
        yield from series["y"] if drawn else ()


@pytest.mark.parametrize("slug", NOTES)
def test_figures_of_a_note_are_stored_numbers_rounded_once(slug):
    note = NOTES[slug]
    figures = set(FIGURE.findall(note.body)) - EXPLORED.get(slug, set())
    names = {note.experiment.name, ALSO_TOLD.get(slug, note.experiment.name)}
    results = [found["result"] for name in names for found in references(name).values()]
    values = [value for result in results for value in told(result, slug in DRAWN)]
    known = {number(abs(value), digits) for value in values for digits in (3, 4)}
    assert figures <= known, sorted(figures - known)
