// Comfort on every page; nothing here is needed to read, walk or search.
// Parts that few visits use are fetched when they are first asked for.
import { pathOf, slugOf } from "./addresses.js";
import { announce, remember, setting, typing } from "./page.js";

// ---- colours: the system's, light or dark ----

const form = document.querySelector(".theme");
if (form) {
  const chosen = setting("theme") || "system";
  form.hidden = false;
  (form.querySelector(`[value="${CSS.escape(chosen)}"]`) || form.querySelector("input")).checked = true;
  form.addEventListener("change", (event) => chooseTheme(event.target.value));
}

export function chooseTheme(theme) {
  setting("theme", theme);
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  const radio = form?.querySelector(`[value="${CSS.escape(theme)}"]`);
  if (radio) radio.checked = true;
  dispatchEvent(new Event("themechange"));
}

// ---- keys: Ctrl-K and / find anything, the others can be switched off ----

let leader = -Infinity; // when g was pressed: the next key within a second says where to go

addEventListener("keydown", (event) => {
  const command = event.ctrlKey || event.metaKey;
  if (command && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
    return;
  }
  if (command || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "/") {
    event.preventDefault();
    openPalette();
  } else if (event.key === "?" || setting("keys") !== "off") {
    pressed(event);
  }
});

async function pressed(event) {
  const going = event.timeStamp - leader < 1000;
  leader = event.key === "g" && !going ? event.timeStamp : -Infinity;
  if (!going && !"jk?".includes(event.key)) return;
  const keys = await import("./keys.js");
  if (going) keys.go(event.key);
  else if (event.key === "?") keys.sheet();
  else keys.step(event.key === "j" ? 1 : -1);
}

async function openPalette() {
  const { open } = await import("./palette.js");
  open({ chooseTheme });
}

// ---- cards: what a link leads to, before one goes there; never on touch ----

let cards = null;

function wantCard(event) {
  if (event.pointerType === "touch") return;
  const link = event.target.closest?.("a[href]");
  if (!link || !link.closest("main") || link.closest("svg") || !pathOf(link.href).startsWith("/n/")) return;
  cards ||= import("./cards.js");
  cards.then((module) => module.aim(link));
}

document.addEventListener("pointerover", wantCard, { passive: true });
document.addEventListener("focusin", (event) => {
  const { target } = event;
  if (target.matches(":focus-visible")) wantCard(event);
  // Firefox does not bring a link within a picture into view, but the shape in it
  if (target.ownerSVGElement) requestAnimationFrame(() => target.firstElementChild?.scrollIntoView({ block: "nearest" }));
});

// ---- copy a reference instead of opening it ----

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-copy]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  try {
    const answer = await fetch(link.href);
    if (!answer.ok) throw new Error(answer.status);
    await navigator.clipboard.writeText(await answer.text());
    announce(`${link.textContent} copied`, link);
  } catch {
    location.href = link.href; // no clipboard, or no answer: show it, so that it can be copied by hand
  }
});

// ---- copy what stands on the page ----

for (const button of document.querySelectorAll("[data-copy-text]")) {
  button.hidden = !navigator.clipboard; // there is none over plain http
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copyText).textContent);
    announce("copied", button);
  });
}

const title = document.querySelector("article.note h1")?.textContent;
if (title) remember(slugOf(location.href), title);

if ("live" in document.body.dataset) import("./live.js");
