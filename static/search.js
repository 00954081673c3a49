// The page of a search on a static site: what the address asks for is looked up here.
import { noteUrl } from "./addresses.js";
import { search } from "./found.js";
import { make, verdictMark } from "./page.js";

const SHOWN = 20;
const asked = new URLSearchParams(location.search).get("q")?.trim() ?? "";
const list = document.querySelector("#found"), said = document.querySelector("#said"), more = document.querySelector("#more");
let shown = 0;

async function show() {
  said.textContent = shown ? "" : "Looking …";
  try {
    const { total, items, unknown } = await search(asked, { limit: SHOWN, offset: shown });
    const first = shown === 0;
    shown += items.length;
    const rows = items.map(({ slug, title, apart, snippet, verdict }) => make("li", {},
      make("a", { href: noteUrl(slug) }, title), apart ? make("span", { class: "n apart" }, apart) : null, verdict ? verdictMark(verdict) : null, make("p", {}, snippet)));
    list.append(...rows);
    if (first) say(total, unknown);
    more.hidden = shown >= total;
    if (!first) rows[0]?.querySelector("a").focus();
  } catch (fault) {
    said.textContent = `The search cannot be done: ${fault.message}.`;
  }
}

function say(total, unknown) {
  const heading = `${total} note${total === 1 ? "" : "s"} for “${asked}”`;
  document.querySelector("h1").textContent = heading;
  document.title = `${asked} · ${document.title}`;
  said.textContent = total ? "" : unknown.join(" ") || "Nothing found. Fewer or shorter words may help; one typing error in a longer word is forgiven.";
  if (total) document.querySelector("#topics")?.remove();
}

if (asked) {
  document.querySelector("#q").value = asked;
  more.addEventListener("click", show);
  show();
}
