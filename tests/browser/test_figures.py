"""Figures at the width of a desk and of a phone: what tells their rows apart is there to read."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

ROWS = """() => {
  const figure = [...document.querySelectorAll("figure.fig")]
    .find((one) => one.querySelector("b").textContent === "After tuning");
  const rows = [];
  for (const part of figure.querySelector("svg").children) {
    const row = rows.at(-1);
    if (part.matches("text.c-tick[text-anchor=end]")) {
      const { left, top, bottom } = part.getBoundingClientRect();
      if (!row || row.done) rows.push({ text: part.textContent, left, top, bottom });
      else Object.assign(row, {
        text: `${row.text} ${part.textContent}`, left: Math.min(left, row.left), bottom,
      });
    } else if (row) row.done = true;
  }
  return { rows, left: figure.getBoundingClientRect().left };
}"""


@pytest.mark.parametrize("width", [1280, 375])
def test_rows_of_a_picture_are_told_apart_by_their_names(
    server: Any, open_page: Callable[..., Any], width: int
) -> None:
    page = open_page(viewport={"width": width, "height": 900})
    page.goto(f"{server.url}/experiments/unused-steps")
    seen = page.evaluate(ROWS)
    rows = seen["rows"]
    names = [row["text"] for row in rows]
    assert names[:2] == [
        "answers that need the steps, a cue that tells nothing",
        "answers that need the steps, a cue that tells",
    ]
    assert len(set(names)) == len(names) == 8
    assert min(row["left"] for row in rows) >= seen["left"] - 1
    for above, below in pairwise(rows):
        assert above["bottom"] <= below["top"] + 1, (above, below)
