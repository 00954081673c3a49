// Single keys, and the sheet that lists them and switches them off (WCAG 2.1.4).
import { at, pathOf, segment, slugOf } from "./addresses.js";
import { make, setting } from "./page.js";

const PLACES = { h: "/", n: "/network", t: "/topics", e: "/experiments", s: "/search#q", w: null };
const KEYS = [
  ["Ctrl K or /", "find notes, topics, commands"],
  ["j, k", "next and previous link of the list or the walk"],
  ["g then h", "home"],
  ["g then n", "the whole network"],
  ["g then t", "topics"],
  ["g then e", "experiments"],
  ["g then s", "search"],
  ["g then w", "walk from the note one is at"],
  ["?", "this sheet"],
];

/** Go to the place that a key after `g` names. */
export function go(key) {
  const slug = slugOf(location.href);
  if (key === "w" && slug) location.href = at(`/walk/${segment(slug)}`);
  else if (PLACES[key]) location.href = at(PLACES[key]);
}

/** Move the focus along the links that lead to notes, past those that stay on this page. */
export function step(by) {
  const here = pathOf(location.href);
  const leads = (link) => {
    const path = pathOf(link.href.baseVal ?? link.href);
    return path !== here && /^\/(?:n|walk)\//.test(path);
  };
  const links = [...document.querySelectorAll("main a[href]")].filter((link) => link.getClientRects().length && leads(link));
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + by))];
  next.focus({ focusVisible: true });
  next.scrollIntoView({ block: "nearest" });
}

/** Show the sheet of keys. */
export function sheet() {
  const single = make("input", { type: "checkbox", id: "single-keys" });
  single.checked = setting("keys") !== "off";
  single.addEventListener("change", () => setting("keys", single.checked ? "on" : "off"));
  const close = make("button", { class: "btn btn-q", type: "button", autofocus: "" }, "Close"); // a key pressed on arrival switches nothing
  const dialog = make("dialog", { class: "palette keys", "aria-labelledby": "keys-h" },
    make("h2", { id: "keys-h" }, "Keys"),
    make("dl", {}, ...KEYS.flatMap(([keys, says]) => [make("dt", {}, make("kbd", {}, keys)), make("dd", {}, says)])),
    make("p", {}, make("label", {}, single, "single keys (Ctrl K, / and ? always work)")),
    make("p", {}, close));
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
