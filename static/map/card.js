// The card of a note: its claim, and for each relation why it is there.

import { at } from "../addresses.js";

const PATIENCE = 140; // milliseconds a pointer rests on a note before its reasons are fetched
const SHOWN = 12;

/** Show the card of the note in focus in `#map-card`, and say in `#map-status` where one is. */
export function cards(box, sheet, acts, { titles, bySlug }) {
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
    place.classList.toggle("mc-right", sheet.view.px(sheet.x[i]) < sheet.view.w / 2);
    const missing = sheet.data.flags[i] & 1;
    place.replaceChildren(...head(i, missing));
    const walk = missing ? null : await fetchWalk(i);
    if (walk && mine === turn) place.append(...reasons(walk), foot(i, walk.hidden));
  };
  const head = (i, missing) => {
    const title = element("p", "mc-t", element(missing ? "span" : "a", "", titles[i][1]));
    if (!missing) title.firstChild.href = acts.address(box.dataset.note, i);
    const shut = element("button", "mc-x", "×");
    shut.ariaLabel = "Close";
    shut.type = "button";
    shut.addEventListener("click", () => { acts.choose(-1); sheet.top.focus(); });
    return missing ? [title, shut, element("p", "hint", "No note answers to this name yet.")] : [title, shut];
  };
  const reasons = ({ centre, nodes, edges }) => {
    const names = new Map(nodes.map((node) => [node.slug, node.title]));
    const rows = edges.filter((edge) => edge.label && edge.type !== "mention").slice(0, SHOWN).map((edge) => {
      const other = element("button", "lnk", names.get(edge.to));
      other.type = "button";
      const i = bySlug.get(edge.to) ?? -1;
      other.disabled = i < 0;
      other.addEventListener("click", () => acts.fly(i));
      const row = element("li", "", element("span", `rt r-${edge.type}`, edge.label), " ", other);
      if (edge.why) row.append(element("p", "why", edge.why));
      return row;
    });
    const sign = centre.verdict && document.querySelector(`#legend [value="${centre.verdict}"] ~ .v`);
    const verdict = sign && element("p", "", sign.cloneNode(true));
    return [centre.claim && element("p", "mc-c", centre.claim), verdict, element("ul", "", ...rows)].filter(Boolean);
  };
  const foot = (i, hidden) => {
    const link = (prefix, text) => {
      const made = element("a", "", text);
      made.href = acts.address(prefix, i);
      return made;
    };
    const related = element("a", "", "How is it related to …");
    related.href = at(`${box.dataset.path}?from=${encodeURIComponent(titles[i][0])}`);
    const walk = hidden ? `Walk from here (${hidden} more)` : "Walk from here";
    return element("p", "more", link(box.dataset.note, "Open note"), link(box.dataset.walkPage, walk), related);
  };
  const say = (i) => {
    if (i < 0 && sheet.path.length) return `A way by ${sheet.path.map((at) => titles[at][1]).join(", ")}`;
    if (i < 0) return "Nothing is chosen.";
    const { data, degree, x, y, view } = sheet, area = data.areas.find(({ id }) => id === data.area[i]);
    const where = [area && `area ${area.name}`, `square ${view.square(x[i], y[i])}`].filter(Boolean).join(", ");
    return `${titles[i][1]} ${degree[i]} relation${degree[i] === 1 ? "" : "s"}, ${where}.`;
  };

  sheet.addEventListener("choose", () => {
    clearTimeout(timer);
    show(sheet.chosen);
    place.classList.remove("mc-passing");
    status.textContent = say(sheet.chosen);
    box.dataset.chosen = sheet.chosen < 0 ? "" : titles[sheet.chosen][0];
  });
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
