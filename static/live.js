// A saved note shows itself. One stream serves all tabs: whoever holds the lock listens and tells
// the others; hidden tabs let go, since a browser has six connections a host.
import { make } from "./page.js";

// which state of the notes the page was made from: told beside the page, whose bytes outlive edits
const made = performance.getEntriesByType("navigation")[0]?.serverTiming?.find((entry) => entry.name === "stamp")?.description || "";
const KEPT = "alpgraph-place", NAME = "alpgraph-events";
const AGAIN = 5000; // milliseconds after which a refused stream is asked for again
const channel = "BroadcastChannel" in window ? new BroadcastChannel(NAME) : null;
let known = made, queue = null, release = null, offer = null;

function concerns(slugs) {
  const { live } = document.body.dataset; // a walk goes on to other notes
  return slugs === null || (slugs.length > 0 && (live === "" || slugs.includes(live)));
}

function take(told) {
  if (told.stamp === known && told.slugs !== null) return;
  known = told.stamp;
  if (concerns(told.slugs)) renew();
}

// ---- the stream: one for all tabs where the browser has locks, else one for each seen tab ----

function listen() {
  const stream = new EventSource(`/events?since=${encodeURIComponent(known)}`);
  stream.addEventListener("changed", (event) => {
    const told = JSON.parse(event.data);
    channel?.postMessage(told);
    take(told);
  });
  // an answer that is no stream, as a proxy's while the server starts anew, ends it for good
  stream.addEventListener("error", () => {
    if (stream.readyState !== EventSource.CLOSED) return;
    leave();
    setTimeout(() => { if (!document.hidden) follow(); }, AGAIN);
  });
  return stream;
}

function follow() {
  if (queue || release) return;
  if (!navigator.locks || !channel) {
    const stream = listen();
    release = () => stream.close();
    return;
  }
  const mine = (queue = new AbortController());
  const held = () => new Promise((done) => {
    if (mine.signal.aborted) return done();
    const stream = listen();
    release = () => { stream.close(); done(); };
  });
  navigator.locks.request(NAME, { signal: mine.signal }, held).catch(() => {});
}

function leave() {
  queue?.abort();
  release?.();
  queue = release = null;
}

// what was told while nobody here listened is asked for once
async function catchUp() {
  try {
    const answer = await fetch(`/events?since=${encodeURIComponent(known)}`, { headers: { accept: "application/json" } });
    if (answer.ok) take(await answer.json());
  } catch { /* the server is away; the stream will tell */ }
}

if (channel) {
  channel.onmessage = ({ data }) => {
    if (data.ask) release && channel.postMessage({ at: known });
    else if (data.at) data.at !== known && !document.hidden && catchUp();
    else if (!document.hidden) take(data);
  };
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return leave();
  follow();
  catchUp();
});
addEventListener("pagehide", leave);
addEventListener("pageshow", (event) => {
  if (event.persisted && !document.hidden) { follow(); catchUp(); }
});

// ---- the page anew, with the reader where they were: browsers keep the scroll, we keep the focus ----

function renew() {
  const at = document.activeElement;
  if (fields().some((field) => field === at ? written(field) : filledIn(field))) return wait();
  try { sessionStorage.setItem(KEPT, JSON.stringify({ page: location.href, ...placeOf(at) })); } catch { /* no storage: only the focus is lost */ }
  location.reload();
}

/** Let the reader say when: what is written in a field would be lost. Fields that are as they came end the wait. */
function wait() {
  if (offer) return;
  const again = make("button", { type: "button", class: "lnk" }, "Reload");
  again.addEventListener("click", () => location.reload());
  offer = document.body.appendChild(make("p", { class: "anew", role: "status" }));
  offer.append("This page has changed. ", again); // put into what is there already, it is read out
  document.addEventListener("focusout", () => setTimeout(renew)); // by then it is known where the focus went
}

/** The fields in sight; a choice of colours is kept elsewhere. */
function fields() {
  return [...document.querySelectorAll(":is(input, select, textarea):not(.theme *)")].filter((field) => field.getClientRects().length);
}

function written(field) {
  return !["radio", "checkbox"].includes(field.type) || filledIn(field);
}

function filledIn(field) {
  if (["radio", "checkbox"].includes(field.type)) return field.checked !== field.defaultChecked;
  if (field.localName !== "select") return field.value !== field.defaultValue;
  const given = [...field.options].findIndex((option) => option.defaultSelected);
  return field.selectedIndex !== Math.max(0, given);
}

function placeOf(element) {
  if (!element || element === document.body) return {};
  if (element.id) return { selector: `#${CSS.escape(element.id)}`, nth: 0 };
  const href = element.getAttribute("href");
  const selector = element.localName + (href ? `[href="${CSS.escape(href)}"]` : "");
  return { selector, nth: [...document.querySelectorAll(selector)].indexOf(element) };
}

try {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
  sessionStorage.removeItem(KEPT);
  if (kept.page === location.href && kept.selector) {
    document.querySelectorAll(kept.selector)[kept.nth]?.focus({ preventScroll: true });
  }
} catch { /* no storage */ }

if (!document.hidden) follow();
channel?.postMessage({ ask: true });
