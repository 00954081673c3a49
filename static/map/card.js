// The card of a note: its claim, and for each relation why it is there.

import { at } from "../addresses.js";

const PATIENCE = 140; // milliseconds a pointer rests on a note before its reasons are fetched
const SHOWN = 12;
const ASIDE = 26; // pixels between a dot and its card
const EDGE = { left: 30, right: 84 }; // pixels kept free beside a card, on the right for the buttons

/** Show the card of the note in focus in `#map-card`, and say in `#map-status` where one is. */
export function cards(box, sheet, acts, { titles }) {
  const place = document.querySelector("#map-card"), status = document.querySelector("#map-status");
  const known = new Map();
  let timer = 0, shown = -1, turn = 0;

  const fetchWalk = (i) => {
    if (!known.has(i)) {
      const asked = fetch(acts.address(box.dataset.walk, i) + box.dataset.query);
      known.set(i, asked.then((answer) => (answer.ok ? answer.json() : Promise.reject())).catch(() => { known.delete(i); return null; }));
    }
    return known.get(i);
  };
  const show = async (i) => {
    const mine = ++turn;
    shown = i;
    place.hidden = i < 0;
    if (i < 0) return;
    const missing = sheet.data.flags[i] & 1;
    place.replaceChildren(...head(i, missing));
    stand();
    const walk = missing ? null : await fetchWalk(i);
    if (!walk || mine !== turn) return;
    const lines = linesOf(i);
    place.append(...reasons(i, lines, walk), foot(i, lines));
    stand();
  };
  /** Put the card beside its dot, on the side with more room; on a phone the style has it below. */
  const stand = () => {
    if (shown < 0) return;
    const { view } = sheet, within = (value, most) => Math.max(0, Math.min(value, most));
    const px = within(view.px(sheet.x[shown]), view.w), py = view.py(sheet.y[shown]);
    const left = px - ASIDE - EDGE.left, right = view.w - px - ASIDE - EDGE.right;
    place.style.setProperty("--room", `${Math.max(left, right)}px`);
    place.style.setProperty("--left", right >= left ? `${px + ASIDE}px` : "auto");
    place.style.setProperty("--right", right >= left ? "auto" : `${view.w - px + ASIDE}px`);
    place.style.setProperty("--top", `${Math.max(EDGE.left, within(py - ASIDE, view.h - EDGE.left - place.offsetHeight))}px`);
  };
  /** The lines to other notes that are drawn, in the order of the legend. */
  const linesOf = (i) => sheet.linesOf(i).map((e) => {
    const { type, from, to } = sheet.data, out = from[e] === i;
    return { type: type[e], out, other: out ? to[e] : from[e] };
  }).filter(({ other }) => other !== i).sort((a, b) => a.type - b.type || b.out - a.out);
  const count = (lines) => new Set(lines.map(({ other }) => other)).size;
  const head = (i, missing) => {
    const title = element("p", "mc-t", element(missing ? "span" : "a", "", titles[i][1]));
    if (!missing) title.firstChild.href = acts.address(box.dataset.note, i);
    const shut = element("button", "mc-x", "×");
    shut.ariaLabel = "Close";
    shut.type = "button";
    shut.addEventListener("click", () => { acts.choose(-1); sheet.top.focus(); });
    return missing ? [title, shut, element("p", "hint", "No note answers to this name yet.")] : [title, shut];
  };
  const reasons = (i, lines, { centre, edges }) => {
    const rows = lines.slice(0, SHOWN).map(({ type, out, other }) => {
      const { id, label, inverse } = sheet.data.types[type];
      const told = edges.find((edge) => edge.to === titles[other][0] && edge.type === id && (edge.direction === "out") === out);
      const there = element("button", "lnk", titles[other][1]);
      there.type = "button";
      there.addEventListener("click", () => acts.fly(other));
      const row = element("li", "", element("span", `rt r-${id}`, out ? label : inverse), " ", there);
      if (told?.why) row.append(element("p", "why", told.why));
      return row;
    });
    const away = !rows.length && sheet.degree[i] > 0 && element("p", "hint", "No relation of this note passes the filters.");
    const sign = centre.verdict && document.querySelector(`#legend [value="${centre.verdict}"] ~ .v`);
    const verdict = sign && element("p", "", sign.cloneNode(true));
    return [centre.claim && element("p", "mc-c", centre.claim), verdict, away, element("ul", "", ...rows)].filter(Boolean);
  };
  const foot = (i, lines) => {
    const more = count(lines) - count(lines.slice(0, SHOWN));
    const link = (prefix, text) => {
      const made = element("a", "", text);
      made.href = acts.address(prefix, i);
      return made;
    };
    const related = element("a", "", "How is it related to …");
    related.href = at(`${box.dataset.path}?from=${encodeURIComponent(titles[i][0])}`);
    const walk = more ? `Walk from here (${more} more)` : "Walk from here";
    return element("p", "more", link(box.dataset.note, "Open note"), link(box.dataset.walkPage, walk), related);
  };
  const say = (i) => {
    if (i < 0 && sheet.path.length) return `A way by ${sheet.path.map((at) => titles[at][1]).join(", ")}`;
    if (i < 0) return "Nothing is chosen.";
    const { data, degree, x, y, view } = sheet, lines = linesOf(i), notes = count(lines), area = data.areas.find(({ id }) => id === data.area[i]);
    const where = [area && `area ${area.name}`, `square ${view.square(x[i], y[i])}`].filter(Boolean).join(", ");
    const filtered = lines.length < degree[i] ? " as filtered" : "";
    return `${titles[i][1]} ${notes} note${notes === 1 ? "" : "s"} one step away${filtered}, ${where}.`;
  };

  sheet.addEventListener("choose", () => {
    clearTimeout(timer);
    show(sheet.chosen);
    place.classList.remove("mc-passing");
    status.textContent = say(sheet.chosen);
    box.dataset.chosen = sheet.chosen < 0 ? "" : titles[sheet.chosen][0];
  });
  sheet.addEventListener("refresh", () => {
    show(shown);
    if (sheet.chosen >= 0) status.textContent = say(sheet.chosen);
  });
  sheet.addEventListener("move", stand);
  const passing = () => {
    clearTimeout(timer);
    const i = sheet.hovered < 0 ? sheet.chosen : sheet.hovered;
    timer = setTimeout(() => {
      if (i === shown || place.matches(":hover")) return;
      place.classList.toggle("mc-passing", i !== sheet.chosen);
      show(i);
    }, PATIENCE * (sheet.hovered < 0 ? 2 : 1));
  };
  sheet.addEventListener("hover", passing);
  place.addEventListener("pointerleave", passing);
  place.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    acts.choose(-1);
    sheet.top.focus();
  });
}

function element(name, classes, ...children) {
  const made = document.createElement(name);
  if (classes) made.className = classes;
  made.append(...children);
  return made;
}
