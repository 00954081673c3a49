// The view in the address: centre, nearness, filters, the note one is at. Choosing a note is a step
// that the back button takes back; moving and filtering are not.

import { frame } from "./tools.js";

const LATER = 250;

/** Keep the address of the page true to the sheet, and the sheet to the address when one goes back. */
export function keepAddress(sheet, filters) {
  const { view } = sheet;
  let timer = 0, notes = null, acts = null, restoring = false;

  const write = (how) => {
    if (restoring) return;
    clearTimeout(timer);
    const address = new URL(location), { searchParams: asked } = address;
    const here = [view.cx, view.cy].map(Math.round).join(",");
    asked.set("view", `${here},${view.zoom.toPrecision(3)}`);
    if (notes) sheet.chosen >= 0 ? asked.set("focus", notes.titles[sheet.chosen][0]) : asked.delete("focus");
    if (notes && !sheet.path.length) asked.delete("path");
    filters.write(asked);
    history[how](null, "", address);
  };
  const restoreView = () => {
    cancelAnimationFrame(sheet.flight);
    const asked = new URL(location).searchParams;
    const [x, y, zoom] = (asked.get("view") ?? "").split(",").map(Number);
    if (zoom > 0 && Number.isFinite(x + y)) {
      Object.assign(view, { cx: x, cy: y, k: view.whole });
      view.scale(zoom);
    } else view.fit();
    filters.read(asked);
    sheet.refresh();
  };
  const restoreChosen = (fly) => {
    const asked = new URL(location).searchParams;
    const find = (slug) => notes.bySlug.get(slug) ?? -1;
    const focus = find(asked.get("focus")), anew = fly && !asked.has("view");
    if (focus >= 0 && anew) acts.fly(focus);
    else acts.choose(focus);
    sheet.path = asked.getAll("path").map(find).filter((i) => i >= 0);
    if (!sheet.path.length) return;
    if (focus < 0 && anew) frame(sheet, sheet.path);
    sheet.tell("choose");
    sheet.over();
  };

  sheet.addEventListener("move", () => { clearTimeout(timer); timer = setTimeout(write, LATER, "replaceState"); });
  sheet.addEventListener("choose", () => write("pushState"));
  filters.form.addEventListener("change", () => write("replaceState"));
  addEventListener("popstate", () => {
    restoring = true;
    restoreView();
    if (notes) restoreChosen(false);
    restoring = false;
  });
  return {
    restoreView,
    takeNotes(known, actions) {
      [notes, acts] = [known, actions];
      restoring = true;
      restoreChosen(true);
      restoring = false;
    },
  };
}
