// The buttons on the sheet, the way to an area, and the picture to take along.

/** Bring `#map-tools` and the buttons that save to life. */
export function tools(box, sheet, acts) {
  const { view } = sheet;
  const deeds = {
    near: () => view.scale(1.5),
    far: () => view.scale(1 / 1.5),
    all: () => view.fit(),
  };
  const bar = document.querySelector("#map-tools");
  bar.hidden = false;
  bar.addEventListener("click", (event) => {
    const deed = deeds[event.target.closest("button")?.value];
    if (!deed) return;
    deed();
    sheet.moved();
  });
  const along = document.querySelector("#map-save");
  along.hidden = false;
  along.addEventListener("click", async (event) => {
    const kind = event.target.closest("button")?.value;
    if (!kind) return;
    const { savePng, saveSvg } = await import("./save.js");
    kind === "svg" ? saveSvg(sheet) : savePng(sheet);
  });
  document.querySelector("#areas").addEventListener("click", (event) => {
    const link = event.target.closest("[data-area]");
    if (!link) return;
    event.preventDefault();
    acts.choose(-1);
    const area = Number(link.dataset.area);
    frame(sheet, [...sheet.order].filter((i) => i < sheet.count && sheet.data.area[i] === area));
    sheet.top.focus({ preventScroll: true });
    box.scrollIntoView({ block: "nearest" });
  });
}

/** Move the sheet so that all of these notes are seen. */
export function frame(sheet, members) {
  if (!members.length) return;
  const { view } = sheet, room = 160;
  const reach = (places) => members.reduce(([low, high], i) => [Math.min(low, places[i]), Math.max(high, places[i])], [Infinity, -Infinity]);
  const [left, right] = reach(sheet.x), [top, bottom] = reach(sheet.y);
  view.scale(Math.min((view.w - room) / (right - left + 1), (view.h - room) / (bottom - top + 1)) / view.k);
  view.cx = (left + right) / 2;
  view.cy = (top + bottom) / 2;
  sheet.moved();
}
