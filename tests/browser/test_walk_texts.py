"""No two texts of the walk's picture overlap, whatever the number, length and script of titles."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TITLES = [
    "Short?",
    "A title of the usual length that asks whether something holds?",
    "An unusually long title which goes on and on, with sub-clauses, until nobody remembers what "
    "was asked at its beginning, and then some more words to be sure that it is cut nowhere",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsordnung",
    "知識のグラフを歩く:学習と選択は別の仕事である",
    "هل يضر التعلم المرجح بالمنفعة الهدف الذي يمثله فعلا؟",
    "האם אימון משוקלל פוגע במטרה שהוא אמור לשרת?",
    "Wörter mit Ümläuten und ß – sowie „Anführung“ … 100 %",
    "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
    "Ελληνικά και Кириллица в одном заголовке, довольно длинном",
]
WHY = "since one of them takes the place of the other once the weights have faded ({})"
KINDS = ["parallels", "has-instance", "framed-by", "leads-to", "explains", "qualified-by"]


def notes(count: int) -> dict[str, str | bytes]:
    files: dict[str, str | bytes] = {}
    relations = ""
    for i in range(count):
        title = f"{TITLES[i % len(TITLES)]} {i}"
        why = WHY.format(TITLES[(i + 3) % len(TITLES)][:120])
        relations += f"  - {{type: {KINDS[i % 6]}, to: n{i}, why: {why!r}}}\n"
        if i % 4 == 0:  # two relations with one neighbour
            relations += f"  - {{type: {KINDS[(i + 1) % 6]}, to: n{i}, why: {why!r}}}\n"
        extra = "\n".join(f"  - {{type: extends, to: m{i}-{j}, why: {why!r}}}" for j in range(3))
        files[f"n{i}.md"] = f"---\ntitle: {title!r}\nrelations:\n{extra}\n---\ntext\n"
        for j in range(3):
            files[f"m{i}-{j}.md"] = f"---\ntitle: {TITLES[(i + j) % len(TITLES)]!r}\n---\ntext\n"
    files["hub.md"] = f"---\ntitle: {TITLES[2]!r}\nrelations:\n{relations}---\ntext\n"
    return files


OVERLAPS = """svg => {
  const boxes = [...svg.querySelectorAll('tspan, text')]
    .filter(one => !one.querySelector('tspan') && one.textContent.trim())
    .filter(one => !(one.tagName === 'tspan' && one.parentElement.tagName === 'tspan'))
    .map(one => {
      const range = document.createRange();
      range.selectNodeContents(one);
      return [one.textContent, range.getBoundingClientRect()];
    });
  const found = [];
  for (let i = 0; i < boxes.length; i++)
    for (let j = i + 1; j < boxes.length; j++) {
      const [a, p] = boxes[i], [b, q] = boxes[j];
      // the boxes of two lines of one text may touch by their ascenders
      const across = p.left + 1 < q.right && q.left + 1 < p.right;
      if (across && p.top + 4 < q.bottom && q.top + 4 < p.bottom)
        found.push(a.trim() + ' | ' + b.trim());
    }
  return found;
}"""
OUTSIDE = """svg => [...svg.querySelectorAll('a, g.ghost')].flatMap(one => {
  const card = one.querySelector('.w-card');
  if (!card) return [];
  const box = card.getBoundingClientRect();
  return [...one.querySelectorAll('text')].filter(text => {
    const inner = text.getBoundingClientRect();
    const aside = inner.left < box.left - 1 || inner.right > box.right + 1;
    return aside || inner.bottom > box.bottom + 1;
  }).map(text => text.textContent);
})"""


@pytest.mark.parametrize("count", [1, 7, 15, 24, 40, 2697])
def test_no_two_texts_of_the_walk_overlap(
    count: int,
    folder: Callable[..., Path],
    start_server: Any,
    page: Any,
    tmp_path: Path,
) -> None:
    many = notes(min(count, 60))
    back = "---\ntitle: Note number {}\nrelations: [{{type: related, to: hub}}]\n---\ntext\n"
    many |= {f"x{i}.md": back.format(i) for i in range(60, count)}
    with start_server(str(folder(many)), "--state", str(tmp_path / "state")) as server:
        for depth in (1, 2):
            page.goto(f"{server.url}/walk/hub?depth={depth}")
            picture = page.locator("svg.fans")
            page.evaluate("document.fonts.ready.then(() => undefined)")
            assert picture.evaluate(OVERLAPS) == []
            assert picture.evaluate(OUTSIDE) == []
            drawn = picture.locator(".w-card").count()
            assert drawn == min(count, 24)
        if count > 24:
            page.get_by_role("link", name=f"{count - 24} more").click()
            page.wait_for_url("**/links/hub")
            assert page.locator(".rel li").count() == min(200, count + min(count, 60) // 4)
