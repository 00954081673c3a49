// Search on the map: a combobox over titles and file names, else over what the search of the text
// finds; Enter without a choice searches all the text.

import { ask } from "../page.js";

const MOST = 9;
const WAIT = 200; // milliseconds without a key before the text is searched
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Let `#map-find` find notes by words of their titles, names or texts, and fly to them. */
export function finder(sheet, acts, { titles, bySlug }) {
  const field = document.querySelector("#map-find"), list = document.querySelector("#map-found");
  const status = document.querySelector("#map-status");
  const folded = titles.map(([, title]) => fold(title)), named = titles.map(([slug]) => fold(slug));
  let found = [], at = -1, timer = 0, said = "";

  const search = (text) => {
    const words = fold(text).split(/\s+/).filter(Boolean), hits = [[], [], [], []];
    if (!words.length) return [];
    for (const i of sheet.order) {
      if (i >= sheet.count) continue;
      if (!words.every((word) => folded[i].includes(word))) {
        if (words.every((word) => folded[i].includes(word) || named[i].includes(word))) hits[3].push(i);
        continue;
      }
      const first = folded[i].indexOf(words[0]);
      hits[first === 0 ? 0 : folded[i][first - 1] === " " ? 1 : 2].push(i);
    }
    return hits.flat().slice(0, MOST);
  };
  const searchText = async (text) => {
    const answer = await ask(`/api/search?limit=${2 * MOST}&q=${encodeURIComponent(text)}`);
    if (field.value !== text || document.activeElement !== field) return;
    const hits = (answer?.items ?? []).map(({ slug }) => bySlug.get(slug) ?? -1).filter((i) => i >= 0 && i < sheet.count);
    open(hits.slice(0, MOST));
    say(`No title has “${text.trim()}”; ${hits.length ? "the search of the text finds these." : "Enter searches the text."}`);
  };
  const say = (words) => {
    if (words || status.textContent === said) status.textContent = words; // else the card has said something since
    said = words;
  };
  const look = () => {
    clearTimeout(timer);
    const text = field.value, hits = search(text);
    open(hits);
    say("");
    if (!hits.length && text.trim()) timer = setTimeout(searchText, WAIT, text);
  };
  const mark = (next) => {
    at = next;
    [...list.children].forEach((option, i) => option.setAttribute("aria-selected", i === at));
    at < 0 ? field.removeAttribute("aria-activedescendant") : field.setAttribute("aria-activedescendant", `found-${at}`);
    list.children[at]?.scrollIntoView({ block: "nearest" });
  };
  const open = (hits) => {
    found = hits;
    list.replaceChildren(...found.map((i, row) => {
      const option = document.createElement("li");
      option.id = `found-${row}`;
      option.role = "option";
      option.textContent = titles[i][1];
      option.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
      option.addEventListener("click", () => take(row)); // not before: a finger may scroll the list
      return option;
    }));
    list.hidden = !found.length;
    field.setAttribute("aria-expanded", String(found.length > 0));
    mark(-1);
  };
  const take = (row) => {
    field.value = titles[found[row]][1];
    const i = found[row];
    open([]);
    acts.fly(i);
  };

  field.addEventListener("input", look);
  field.addEventListener("blur", () => {
    clearTimeout(timer);
    open([]);
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // the key belongs to the input method
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      if (!found.length) look();
      if (found.length) mark((at + step + found.length + (at < 0 && step < 0 ? 1 : 0)) % found.length);
    } else if (event.key === "Enter" && found.length) take(Math.max(0, at));
    else if (event.key === "Escape" && found.length) open([]);
    else return;
    event.preventDefault();
  });
}
