// Walking without a reload: the next page is fetched and its main part takes the place of this one.
// The bytes are those that a plain visit would read, parsed the same way; address, history, focus
// and what screen readers hear go along. Without this script every step is a plain link.
import { pathOf } from "./addresses.js";
import { announce } from "./page.js";

const calm = matchMedia("(prefers-reduced-motion: reduce)");
let turn = 0, shown = addressOf(location);

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const url = new URL(link.href.baseVal ?? link.href, location.href);
  if (!pathOf(url).startsWith("/walk/") || (url.hash && addressOf(url) === shown)) return;
  event.preventDefault();
  move(url, { from: link });
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches(".filters")) return;
  event.preventDefault();
  filter(event.target);
});

document.addEventListener("change", (event) => {
  const form = event.target.closest(".filters");
  if (form) filter(form, event.target);
});

addEventListener("popstate", () => {
  if (addressOf(location) === shown) return; // a step to a part of this page
  if (pathOf(location.href).startsWith("/walk/")) move(new URL(location.href), { back: true });
});

withoutButton(document.querySelector("main"));

function addressOf({ pathname, search }) {
  return pathname + search;
}

// what stays on the page has to lead to the same places from addresses of another depth
for (const kept of document.querySelectorAll(".top [href], .top [action], .foot [href]")) {
  for (const name of ["href", "action"]) if (kept.hasAttribute(name)) kept.setAttribute(name, kept[name]);
}

function filter(form, box) {
  const url = new URL(form.action);
  const data = new FormData(form);
  for (const name of ["type", "basis"]) {
    const boxes = [...form.querySelectorAll(`[type=checkbox][name=${name}]`)], ticked = boxes.filter((one) => one.checked);
    data.delete(name);
    // every relation and no mention is what no filter means
    if (!boxes.length || (ticked.length && boxes.every((one) => one.checked === (one.value !== "mention")))) continue;
    for (const value of ticked.length ? ticked.map((one) => one.value) : ["none"]) data.append(name, value);
  }
  url.search = new URLSearchParams(data);
  move(url, { keep: box && { name: box.name, value: box.value } });
}

async function move(url, { from = null, back = false, keep = null }) {
  const mine = ++turn;
  let next;
  try {
    const answer = await fetch(url, { headers: { accept: "text/html" } });
    if (!answer.ok) throw new Error(answer.status);
    next = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    location.href = url; // let the browser say what is wrong
    return;
  }
  if (mine !== turn) return; // a later step was taken meanwhile
  if (!back) {
    history.replaceState({ y: scrollY }, "");
    history.pushState(null, "", url);
  }
  shown = addressOf(url);
  const put = () => place(next, keep, back);
  if (calm.matches || !document.startViewTransition) put();
  else await grow(from, put);
}

/** Let the card that was chosen grow into the new centre. */
async function grow(from, put) {
  const card = from?.querySelector(".w-card");
  if (card) card.style.viewTransitionName = "here";
  const transition = document.startViewTransition(() => {
    put();
    const plate = document.querySelector(".w-plate");
    if (card && plate) plate.style.viewTransitionName = "here";
  });
  transition.ready.catch(() => {}); // a step taken meanwhile, or a visit elsewhere, cuts it short
  await transition.finished.catch(() => {});
  const plate = document.querySelector(".w-plate");
  if (plate) plate.style.viewTransitionName = "";
}

/** With this script every filter acts at once. */
function withoutButton(main) {
  main.querySelector(".filters button")?.remove();
  return main;
}

function place(next, keep, back) {
  const main = withoutButton(document.adoptNode(next.querySelector("main")));
  const trail = next.querySelector("nav.trail");
  document.querySelector("nav.trail")?.remove();
  document.querySelector("main").replaceWith(main);
  if (trail) main.before(document.adoptNode(trail));
  document.title = next.title;
  if (next.body.dataset.live) document.body.dataset.live = next.body.dataset.live;
  announce(main.dataset.says);
  const kept = keep && main.querySelector(`[type=checkbox][name="${keep.name}"][value="${CSS.escape(keep.value)}"]`);
  const centre = [...main.querySelectorAll(".w-centre, .spine-c")].find((one) => one.getClientRects().length);
  const target = kept || centre || main;
  target.focus({ preventScroll: back || Boolean(kept) });
  if (back) scrollTo(0, history.state?.y ?? scrollY);
  else if (!kept) scrollTo(0, 0);
}
