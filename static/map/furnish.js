// All that follows the first picture: hills and names, hands and keys, search, legend, address, card.

import { at } from "../addresses.js";
import { keepAddress } from "./address.js";
import { cards } from "./card.js";
import { finder } from "./finder.js";
import { ground } from "./ground.js";
import { takeHands } from "./hands.js";
import { legend } from "./legend.js";
import { names } from "./names.js";
import { paintAbove } from "./over.js";
import { tools } from "./tools.js";

/** Make the sheet in `box` answer; `box` carries the addresses in its data attributes. */
export async function furnish(box, sheet) {
  // the picture does not wait for the rest of the page; what follows needs it
  if (document.readyState === "loading") await new Promise((done) => { addEventListener("DOMContentLoaded", done); });
  const unnamed = names(sheet, null);
  Object.assign(sheet, { ground: ground(sheet), above: paintAbove, names: unnamed.all, nameThese: unnamed.these });
  const acts = actions(box, sheet);
  Object.assign(box, { sheet, acts }); // for other scripts of the page, and the console
  takeHands(sheet, acts);
  tools(box, sheet, acts);
  const filters = legend(sheet);
  const address = keepAddress(sheet, filters);
  address.restoreView();
  listenForLook(sheet);

  const answer = await fetch(box.dataset.titles);
  if (!answer.ok) return;
  const titles = (await answer.text()).split("\n").slice(0, -1).map((line) => line.split("\t"));
  tellApart(titles);
  const notes = { titles, bySlug: new Map(titles.map(([slug], i) => [slug, i])) };
  const named = names(sheet, titles);
  Object.assign(sheet, { names: named.all, nameThese: named.these });
  acts.notes = notes;
  sheet.slugs = notes.bySlug;
  filters.takeTopics(titles);
  cards(box, sheet, acts, notes);
  finder(sheet, acts, notes);
  address.takeNotes(notes, acts);
  followLists(sheet, acts, notes);
  sheet.refresh();
  box.dataset.ready = sheet.count;
}

/** Add to a title that several notes have which of them it is. */
function tellApart(titles) {
  const counts = new Map();
  for (const [, title] of titles) counts.set(title, (counts.get(title) ?? 0) + 1);
  for (const row of titles) if (counts.get(row[1]) > 1) row[1] += ` ${row[0]}`;
}

/** What hands, keys, search and cards may do with a note. */
function actions(box, sheet) {
  const acts = {
    notes: null,
    address: (prefix, i) => at(prefix + acts.notes.titles[i][0].split("/").map(encodeURIComponent).join("/")),
    open(i) { if (acts.notes && !(sheet.data.flags[i] & 1)) location.assign(acts.address(box.dataset.note, i)); },
    choose(i) {
      if (i === sheet.chosen && !(i < 0 && sheet.path.length)) return;
      sheet.chosen = i;
      sheet.hovered = -1;
      if (i < 0) sheet.path = [];
      bringIn(sheet, i);
      sheet.over();
      sheet.tell("choose");
    },
    hover(i) {
      if (i === sheet.hovered) return;
      sheet.hovered = i;
      sheet.top.style.cursor = i < 0 ? "" : "pointer";
      sheet.over();
      sheet.tell("hover");
    },
    fly(i) {
      acts.choose(i);
      flyTo(sheet, i);
    },
    async drag(i, x, y) {
      acts.hover(i);
      acts.held = i;
      acts.pull ??= (await import("./forces.js")).pull;
      if (acts.held === i) acts.pull(sheet, i, x, y); // else it was let go meanwhile
    },
    drop() {
      acts.held = -1;
      acts.pull?.(sheet, -1);
    },
  };
  return acts;
}

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const FLIGHT = 450; // milliseconds
const PHONE = 600; // width below which the card lies along the lower edge

/** Move the sheet until a note stands clear of its card, near enough to read its name. */
function flyTo(sheet, i) {
  const { view } = sheet, start = { cx: view.cx, cy: view.cy, k: view.k }, begun = performance.now();
  const k = Math.max(view.k, Math.min(0.06, view.whole * Math.max(1, Math.sqrt(sheet.count / 60))));
  const phone = view.w < PHONE;
  const x = sheet.x[i] + (phone ? 0 : view.w * 0.16) / k, y = sheet.y[i] + (phone ? view.h * 0.22 : 0) / k;
  cancelAnimationFrame(sheet.flight);
  const frame = (now) => {
    const part = calm.matches ? 1 : Math.min(1, Math.max(0, (now - begun) / FLIGHT)), eased = part * part * (3 - 2 * part);
    view.cx = start.cx + (x - start.cx) * eased;
    view.cy = start.cy + (y - start.cy) * eased;
    view.k = start.k * (k / start.k) ** eased;
    sheet.moved();
    if (part < 1) sheet.flight = requestAnimationFrame(frame);
  };
  frame(begun);
}

/** Slide the sheet just so far that a chosen note is seen. */
function bringIn(sheet, i) {
  if (i < 0) return;
  const { view } = sheet, room = 60, low = view.w < PHONE ? view.h * 0.55 : room;
  const px = view.px(sheet.x[i]), py = view.py(sheet.y[i]);
  const dx = Math.min(0, px - room) || Math.max(0, px - view.w + room);
  const dy = Math.min(0, py - room) || Math.max(0, py - view.h + low);
  if (!dx && !dy) return;
  view.cx += dx / view.k;
  view.cy += dy / view.k;
  sheet.moved();
}

/** Links in the lists beside the map show their note on it. */
function followLists(sheet, acts, { bySlug }) {
  const noteOf = (event) => bySlug.get(event.target.closest?.("[data-slug]")?.dataset.slug) ?? -1;
  const lists = document.querySelector("#areas");
  for (const type of ["pointerover", "focusin"]) lists.addEventListener(type, (event) => acts.hover(noteOf(event)));
  for (const type of ["pointerleave", "focusout"]) lists.addEventListener(type, () => acts.hover(-1));
}

/** Take the colours anew when the theme, the system's scheme or forced colours change. */
function listenForLook(sheet) {
  const anew = () => sheet.restyle();
  addEventListener("themechange", anew);
  for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) matchMedia(query).addEventListener("change", anew);
  document.fonts?.ready.then(() => sheet.draw());
}
