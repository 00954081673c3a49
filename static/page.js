// What several scripts share: settings kept in this browser, a live region, elements made safely.
import { at, served } from "./addresses.js";

/** Read a setting, write it when a value is given, or remove it with `null`; storage may be forbidden. */
export function setting(name, value) {
  try {
    if (value === undefined) return localStorage.getItem(name);
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch { /* a private window: the page works without */ }
  return value;
}

export const RECENT = 8;

/** The notes that were read last, this one first. */
export function recent() {
  try {
    return JSON.parse(setting("recent")) || [];
  } catch {
    return [];
  }
}

/** Keep a note among those that were read last. */
export function remember(slug, title) {
  const rest = recent().filter((entry) => entry.slug !== slug);
  setting("recent", JSON.stringify([{ slug, title }, ...rest].slice(0, RECENT + 1)));
}

/** Whether keys go into a field. */
export function typing(target) {
  return Boolean(target.closest?.("input, textarea, select, [contenteditable]"));
}

/** Make an element: attributes by name, children as nodes or text. Nothing is parsed as HTML. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

let region = null;

/** Say something to screen readers; `beside` shows it for a moment too. */
export function announce(text, beside) {
  region ||= document.body.appendChild(make("p", { class: "vh", role: "status" }));
  region.textContent = text;
  if (!beside) return;
  const note = make("span", { class: "hint", "aria-hidden": "true" }, ` ${text}`);
  beside.after(note);
  setTimeout(() => note.remove(), 2000);
}

const SHAPES = {
  supported: ["path", { d: "M8 1.5 15 14H1z" }],
  contradicted: ["path", { d: "M8 14.5 1 2h14z" }],
  "no effect": ["path", { d: "M1 6h14v4H1z" }],
  inconclusive: ["circle", { class: "fog", cx: 8, cy: 8, r: 5.4 }],
};

/** A verdict as a landform and a word. */
export function verdictMark(verdict) {
  const [name, attributes] = SHAPES[verdict] || SHAPES.inconclusive;
  const svg = svgElement("svg", { viewBox: "0 0 16 16", width: 14, height: 14, "aria-hidden": "true" });
  svg.append(svgElement(name, attributes));
  return make("span", { class: `v v-${verdict.replace(" ", "-")}` }, svg, verdict);
}

export function svgElement(name, attributes = {}) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** Ask the API, or the files that hold its answers; `null` when there is no answer. */
export async function ask(address) {
  try {
    if (!served && address.startsWith("/api/search?")) {
      const asked = new URLSearchParams(address.split("?")[1]), { search } = await import("./found.js");
      return await search(asked.get("q"), { limit: Number(asked.get("limit")) || 20 });
    }
    const answer = await fetch(at(address), { headers: { accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
