// A card shows a note before one goes there: title, claim, verdict, why it is related to the note
// being read, three ways on. It can be pointed at, stays while it is, and Escape puts it away
// (WCAG 1.4.13). It floats above the page, so nothing moves.
import { noteUrl, segment, slugOf } from "./addresses.js";
import { ask, make, verdictMark } from "./page.js";

const WAIT = 350, LEAVE = 250; // milliseconds
const known = new Map(); // slug -> promise of what /api/walk says
const card = document.body.appendChild(make("div", { class: "card", popover: "manual", role: "complementary", "aria-label": "Preview" }));
let timer = 0, shown = null;

/** Show the card of a link soon, unless the pointer goes elsewhere first. */
export function aim(link) {
  if (link === shown || !slugOf(link.href) || slugOf(link.href) === slugOf(location.href)) return;
  clearTimeout(timer);
  timer = setTimeout(() => show(link), WAIT);
  link.addEventListener("pointerleave", leave, { once: true });
  link.addEventListener("blur", leave, { once: true });
}

function leave() {
  clearTimeout(timer);
  timer = setTimeout(hide, LEAVE);
}

function hide() {
  if (card.matches(":popover-open")) card.hidePopover();
  shown = null;
}

card.addEventListener("pointerenter", () => clearTimeout(timer));
card.addEventListener("pointerleave", leave);
card.addEventListener("focusin", () => clearTimeout(timer));
card.addEventListener("focusout", leave);
addEventListener("keydown", (event) => {
  if (event.key === "Escape") { clearTimeout(timer); hide(); }
});
addEventListener("scroll", () => {
  if (!shown || card.matches(":hover")) return;
  if (shown === document.activeElement) place(shown); // the focus brought the page along
  else hide();
}, { passive: true });
addEventListener("pagehide", hide);

function walk(slug) {
  if (!known.has(slug)) {
    known.set(slug, ask(`/api/walk/${segment(slug)}`).then((walk) => walk ?? (known.delete(slug), null)));
  }
  return known.get(slug);
}

async function show(link) {
  const slug = slugOf(link.href), here = slugOf(location.href);
  const [there, from] = await Promise.all([walk(slug), here ? walk(here) : null]);
  const still = link.matches(":hover") || link === document.activeElement;
  if (!there || !still) return;
  fill(there, from, slug, here);
  card.showPopover();
  place(link);
  shown = link;
}

function fill(there, from, slug, here) {
  const { centre, nodes, edges } = there;
  const joined = (from?.edges || []).filter((edge) => edge.to === slug && edge.from === here && edge.why);
  const onward = nodes.filter((node) => !node.ghost && node.slug !== here).sort((a, b) => b.degree - a.degree).slice(0, 3);
  const says = (node) => edges.find((edge) => edge.from === slug && edge.to === node.slug);
  card.replaceChildren(
    make("p", { class: "card-t" }, centre.title),
    ...(centre.claim ? [make("p", { class: "card-c" }, centre.claim)] : centre.summary ? [make("p", {}, centre.summary)] : []),
    ...(centre.verdict ? [make("p", {}, verdictMark(centre.verdict))] : []),
    ...joined.slice(0, 2).map((edge) => make("p", { class: "why" }, make("span", { class: `rt r-${edge.type}` }, `${edge.label}: `), edge.why)),
    ...(onward.length ? [make("ul", { "aria-label": "From there" }, ...onward.map((node) => make("li", {},
      make("span", { class: `rt r-${says(node)?.type}` }, says(node)?.label || ""), " ", make("a", { href: noteUrl(node.slug) }, node.title))))] : []),
  );
}

/** Below the link, or above it where there is more room; always inside the window. */
function place(link) {
  const box = link.getClientRects()[0] || link.getBoundingClientRect();
  const gap = 6, over = box.top - 2 * gap, under = innerHeight - box.bottom - 2 * gap;
  card.style.maxHeight = "";
  const below = card.offsetHeight <= under || under >= over;
  card.style.maxHeight = `${Math.min(card.offsetHeight, below ? under : over)}px`;
  const width = card.offsetWidth, height = card.offsetHeight;
  card.style.left = `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`;
  card.style.top = `${below ? box.bottom + gap : box.top - gap - height}px`;
}
