// Search on the map: a combobox over the titles; Enter without a choice searches all the text.

const MOST = 9;
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Let `#map-find` find notes by words of their titles and fly to them. */
export function finder(sheet, acts, { titles }) {
  const field = document.querySelector("#map-find"), list = document.querySelector("#map-found");
  const folded = titles.map(([, title]) => fold(title));
  let found = [], at = -1;

  const search = (text) => {
    const words = fold(text).split(/\s+/).filter(Boolean), hits = [[], [], []];
    if (!words.length) return [];
    for (const i of sheet.order) {
      if (i >= sheet.count || !words.every((word) => folded[i].includes(word))) continue;
      const first = folded[i].indexOf(words[0]);
      hits[first === 0 ? 0 : folded[i][first - 1] === " " ? 1 : 2].push(i);
    }
    return hits.flat().slice(0, MOST);
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

  field.addEventListener("input", () => open(search(field.value)));
  field.addEventListener("blur", () => open([]));
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // the key belongs to the input method
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      if (!found.length) open(search(field.value));
      if (found.length) mark((at + step + found.length + (at < 0 && step < 0 ? 1 : 0)) % found.length);
    } else if (event.key === "Enter" && found.length) take(Math.max(0, at));
    else if (event.key === "Escape" && found.length) open([]);
    else return;
    event.preventDefault();
  });
}
