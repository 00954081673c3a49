"""The map as tests see it: where notes stand, what the address says, what is drawn."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

INK = """() => {
  const { width, height, pen } = document.querySelector(".map-base");
  const pixels = new Uint32Array(pen.getImageData(0, 0, width, height).data.buffer);
  const ground = pixels[0];
  return pixels.reduce((inked, pixel) => inked + (pixel !== ground), 0);
}"""
PLACE = """(slug) => {
  const { sheet } = document.querySelector("#map"), i = sheet.slugs.get(slug);
  const { left, top } = sheet.top.getBoundingClientRect();
  return [left + sheet.view.px(sheet.x[i]), top + sheet.view.py(sheet.y[i])];
}"""
GROUND = """(slug) => {
  const { sheet } = document.querySelector("#map"), i = sheet.slugs.get(slug);
  return [sheet.x[i], sheet.y[i]];
}"""
CHOOSE = """(slug) => {
  const { sheet, acts } = document.querySelector("#map");
  acts.choose(slug === null ? sheet.count - 1 : sheet.slugs.get(slug));
}"""
WRITTEN = """async () => {
  for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
  const { view } = document.querySelector("#map").sheet;
  const here = [view.cx, view.cy].map(Math.round).join(",");
  return new URL(location).searchParams.get("view") === `${here},${view.zoom.toPrecision(3)}`;
}"""
WRITTEN_MS = 450
"""After which a moved view stands in the address."""


@dataclass
class MapPage:
    """An open map."""

    page: Any
    server: Any

    @property
    def card(self) -> Any:
        return self.page.locator("#map-card")

    @property
    def chosen(self) -> str:
        return str(self.page.locator("#map").get_attribute("data-chosen") or "")

    def asked(self) -> dict[str, list[str]]:
        """What the address asks for."""
        return parse_qs(urlsplit(self.page.url).query)

    def view(self) -> list[float]:
        """Centre and nearness as the address has them, once it is written."""
        self.page.wait_for_timeout(WRITTEN_MS)
        self.until(lambda: bool(self.page.evaluate(WRITTEN)))
        return [float(part) for part in self.asked()["view"][0].split(",")]

    def place(self, slug: str) -> list[float]:
        """Where a note stands on the screen."""
        return list(self.page.evaluate(PLACE, slug))

    def ground(self, slug: str) -> list[float]:
        """Where a note stands on the map."""
        return list(self.page.evaluate(GROUND, slug))

    def ink(self) -> int:
        """Number of pixels that are not ground."""
        return int(self.page.evaluate(INK))

    def sheet(self, what: str) -> Any:
        """A value of the sheet, by a JavaScript expression of `sheet`."""
        return self.page.evaluate(f"(({{ sheet }}) => {what})(document.querySelector('#map'))")

    def choose(self, slug: str | None) -> None:
        """Choose a note, or the last one of all."""
        self.page.evaluate(CHOOSE, slug)

    def wait_chosen(self, slug: str) -> None:
        self.page.wait_for_selector(f'#map[data-chosen="{slug}"]')

    def wait_ready(self) -> None:
        self.page.wait_for_selector("#map[data-ready]")

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds, however slow the machine."""
        for _ in range(1200):
            if holds():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("it never came true")

    def neighbours(self, slug: str) -> set[str]:
        walk = json.loads(self.server.get(f"/api/walk/{slug}"))
        return {node["slug"] for node in walk["nodes"]}


@pytest.fixture
def open_map(server: Any, open_page: Callable[..., Any]) -> Callable[..., MapPage]:
    """Open a map in a fresh page and wait until it answers."""

    def open_it(query: str = "", *, at: Any = None, **options: Any) -> MapPage:
        shown = MapPage(open_page(**options), at or server)
        shown.page.goto(f"{shown.server.url}/network{query}")
        shown.wait_ready()
        return shown

    return open_it
