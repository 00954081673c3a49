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
    showArea(sheet, Number(link.dataset.area));
    sheet.top.focus({ preventScroll: true });
    box.scrollIntoView({ block: "nearest" });
  });
}

/** Show one area whole. */
function showArea(sheet, area) {
  const { data, x, y, view } = sheet;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < sheet.count; i++) {
    if (data.area[i] !== area) continue;
    left = Math.min(left, x[i]); right = Math.max(right, x[i]);
    top = Math.min(top, y[i]); bottom = Math.max(bottom, y[i]);
  }
  if (left > right) return;
  const room = 160;
  const k = Math.min((view.w - room) / (right - left + 1), (view.h - room) / (bottom - top + 1));
  view.scale(k / view.k);
  view.cx = (left + right) / 2;
  view.cy = (top + bottom) / 2;
  sheet.moved();
}
