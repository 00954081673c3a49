// Titles to choose from while one writes the ends of a way: those that the search finds.

import { served } from "./addresses.js";
import { ask } from "./page.js";

const LATER = 150;
const list = document.querySelector("#p-titles"), first = [...list.children];
let timer = 0, asked = "";

for (const field of document.querySelectorAll(".ends input")) {
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(suggest, LATER, field.value.trim());
  });
}

async function suggest(words) {
  asked = words;
  if (words.length < 2) return list.replaceChildren(...first);
  const found = await ask(`/api/search?limit=12&q=${encodeURIComponent(words)}`);
  if (!found || asked !== words) return undefined;
  const options = found.items.map(({ title }) => Object.assign(document.createElement("option"), { value: title }));
  return list.replaceChildren(...options, ...first.filter(({ value }) => value.toLowerCase().includes(words.toLowerCase())));
}

if (!served) import("./way.js");
