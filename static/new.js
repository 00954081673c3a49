// The form of a note, live: each change is sent as the button Check would send it, and the parts of
// the answer that are not fields take the place of those shown. The draft stays in this browser.
import { announce, ask, make, setting } from "./page.js";

const main = document.querySelector("main.draft");
const form = main.querySelector("form.form");
const told = main.querySelector(".told"), refused = main.querySelector(".told-fault");
const about = `draft:${form.getAttribute("action")}?${new URLSearchParams(location.search).get("from") || ""}#`;
let key = (refused && kept("sent")) || about + (kept("tab") || nameTab());
const WAIT = 400; // milliseconds after the last letter
const HOLDS = "a, button, input, textarea, summary"; // what may hold the focus in a part
let timer = 0, busy = false, pressed = false, again = false, pristine = snapshot(), offered = null;

// ---- the token that lets a local server write files: from the printed address, kept for this tab ----

const given = new URLSearchParams(location.search).get("token");
if (given) {
  kept("token", given);
  history.replaceState(null, "", location.pathname + location.search.replace(/([?&])token=[^&]*&?/, "$1").replace(/[?&]$/, ""));
}

function kept(name, value) {
  try {
    if (value !== undefined) sessionStorage.setItem(name, value);
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}

function fillToken() {
  const field = form.elements.namedItem("token");
  if (field?.type === "hidden") kept("token", field.value);
  else if (field && !field.value && kept("token")) {
    field.value = kept("token");
    field.closest("[data-part]").hidden = true;
  }
}

/** The server was started anew, and has another token. */
function forgetToken() {
  kept("token", "");
  const field = form.elements.namedItem("token");
  field.value = "";
  field.closest("[data-part]").hidden = false;
}

// ---- the draft: each tab keeps its own at each change, and puts it back after Back or a reload;
// a tab that has none is offered the newest of another tab, which may have been closed ----

function nameTab() {
  return kept("tab", Math.random().toString(36).slice(2));
}

function snapshot() {
  const skipped = new Set(["token", "action"]); // the digest says of which file it is a draft
  return JSON.stringify([...new FormData(form)].filter(([name]) => !skipped.has(name)));
}

/** What a tab kept: `{ at, fields }`, or null. */
function draft(name) {
  try {
    const { at, fields } = JSON.parse(setting(name));
    return fields.every(([field, value]) => typeof field === "string" && typeof value === "string") ? { at, fields } : null;
  } catch {
    return null;
  }
}

function restore() {
  const saved = draft(key);
  if (told) return;
  if (!saved) return offer();
  if (JSON.stringify(saved.fields) === pristine) return;
  const digest = form.elements.namedItem("digest").value;
  put(saved.fields);
  const older = form.elements.namedItem("digest").value !== digest;
  if (older) form.querySelector("[data-discard]").after(make("span", { class: "hint" }, " The file was changed after this draft was begun: discard the draft to see it."));
  announce(`Your draft was put back.${older ? " The file was changed after it was begun." : ""}`);
  keep();
  check();
}

/** Offer the newest draft that another tab keeps, until something is written here. */
function offer() {
  offered?.remove();
  const others = everyName().filter((name) => name.startsWith(about)).map((name) => ({ name, ...draft(name) })).filter(({ at }) => at);
  if (!others.length) return;
  const { name, at, fields } = others.reduce((one, other) => (other.at > one.at ? other : one)), title = new Map(fields).get("title");
  const when = new Date(at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  const back = make("button", { type: "button", class: "lnk" }, "Put it back"), away = make("button", { type: "button", class: "lnk" }, "Discard it");
  back.addEventListener("click", () => {
    offered.remove();
    setting(key, setting(name));
    setting(name, null);
    restore();
    form.querySelector("input:not([type=hidden]), textarea").focus();
  });
  away.addEventListener("click", () => { setting(name, null); offer(); });
  offered = make("p", { class: "told" }, `A draft from another tab is kept${title ? `, “${title}”` : ""}, last changed ${when}. `, back, " ", away);
  main.querySelector(".page-h").append(offered);
  announce("A draft from another tab is kept.");
}

function everyName() {
  try {
    return Object.keys(localStorage);
  } catch {
    return [];
  }
}

addEventListener("storage", (event) => {
  if (event.key !== key) return;
  key = key.replace(/[^#]*$/, nameTab()); // this tab is a copy of the other, or its draft was put back there
  keep();
});

function put(pairs) {
  for (const kind of ["relation", "source"]) {
    const numbers = pairs.map(([name]) => Number(name.match(`^${kind}-(\\d+)-`)?.[1])).filter(Number.isInteger);
    while (rows(kind).length <= Math.max(-1, ...numbers)) addRow(kind);
    [...rows(kind)].slice(Math.max(-1, ...numbers) + 1).forEach((row) => row.remove());
  }
  for (const [name, value] of pairs) {
    const field = form.elements.namedItem(name);
    if (field && "value" in field) field.value = value;
  }
  form.querySelectorAll("[data-length]").forEach(measure);
}

function keep() {
  const now = snapshot();
  setting(key, now === pristine ? null : JSON.stringify({ at: Date.now(), fields: JSON.parse(now) }));
  form.querySelector("[data-discard]").hidden = now === pristine;
}

// ---- live check: one request at a time, the latest state last ----

function changed(event) {
  offered?.remove();
  keep();
  measure(event?.target);
  clearTimeout(timer);
  timer = setTimeout(check, WAIT);
}

async function check() {
  if (busy) { again = true; return; }
  busy = true;
  try {
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { accept: "text/html" } });
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      await letGo();
      take(page);
    } else unchecked(`the server refuses it (${answer.status})`);
  } catch {
    unchecked("the server does not answer");
  }
  busy = false;
  if (again) { again = false; check(); }
}

/** Wait while a pointer is pressed: what it is on must still be there when it is let go. */
function letGo() {
  return pressed && new Promise((done) => {
    const end = () => setTimeout(done); // after the click
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, end, { once: true });
  });
}

for (const name of ["pointerdown", "pointerup", "pointercancel"]) {
  addEventListener(name, (event) => { pressed = name === "pointerdown" && event.button === 0; }, true);
}

/** What was said of an earlier state of the form is not said of this one. */
function unchecked(why) {
  form.querySelector("[data-part=state]").textContent = `Not checked: ${why}. Your draft is kept here.`;
  announce(`Not checked: ${why}.`);
}

/** Take the parts that hold no field being typed in; what is wrong shows at the fields. */
function take(page) {
  let focused = null;
  if (kept("token") && page.querySelector("[name=token][type=password]")) forgetToken();
  for (const part of main.querySelectorAll("[data-part]")) {
    const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!fresh || part.isEqualNode(fresh)) continue;
    const open = part.querySelector("details")?.open;
    const held = [...part.querySelectorAll(HOLDS)].indexOf(document.activeElement);
    part.replaceChildren(...document.importNode(fresh, true).childNodes);
    if (open) part.querySelector("details")?.setAttribute("open", "");
    if (held >= 0) focused = [part, held];
  }
  for (const field of form.querySelectorAll("[aria-describedby]")) {
    const twin = page.getElementsByName(field.name)[0];
    if (twin?.hasAttribute("aria-invalid")) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
  dress();
  if (!focused) return;
  const [part, held] = focused, field = part.id && form.querySelector(`[aria-describedby~="${part.id}"]`);
  (part.querySelectorAll(HOLDS)[held] || field)?.focus({ preventScroll: true }); // the field, where nothing is wrong with it any more
}

/** What only works with scripts shows only with them. */
function dress() {
  for (const button of main.querySelectorAll("[data-remove], [data-relate], [data-fill]")) button.hidden = false;
  form.querySelector("[data-check]").hidden = true;
  fillToken();
}

// ---- rows ----

function rows(kind) {
  return form.querySelectorAll(`[data-row="${kind}"]`);
}

function addRow(kind) {
  const row = document.getElementById(`${kind}-row`).content.firstElementChild.cloneNode(true);
  const last = [...rows(kind)].at(-1);
  if (last) last.after(row);
  else document.getElementById(kind === "relation" ? "relations" : "sources-in").prepend(row);
  number(kind);
  prepare(row);
  return row;
}

function number(kind) {
  const full = rows(kind).length >= Number(form.dataset.most);
  form.querySelector(`[data-add="${kind}"]`).disabled = full;
  form.querySelector(`[data-full="${kind}"]`).hidden = !full;
  rows(kind).forEach((row, index) => {
    row.querySelector(".number").textContent = index + 1;
    for (const element of row.querySelectorAll("*")) {
      for (const attribute of ["name", "id", "data-part", "aria-describedby", "data-length-of"]) {
        const value = element.getAttribute(attribute);
        if (value) element.setAttribute(attribute, value.replace(new RegExp(`${kind}-(\\d+|N)-`), `${kind}-${index}-`));
      }
    }
  });
}

function prepare(row) {
  row.querySelectorAll("[data-remove]").forEach((button) => { button.hidden = false; });
  const target = row.querySelector(".target");
  if (target) pick(target);
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("button, .fault[data-end]");
  if (!button) return;
  if (button.dataset.add) {
    event.preventDefault();
    addRow(button.dataset.add).querySelector("select, input").focus();
    changed();
  } else if ("remove" in button.dataset) {
    const row = button.closest("[data-row]"), kind = row.dataset.row;
    row.remove();
    number(kind);
    form.querySelector(`[data-add="${kind}"]`).focus();
    changed();
  } else if (button.dataset.fill) {
    const field = button.closest("[data-row]").querySelector(".target");
    field.value = button.dataset.fill;
    field.focus();
    changed();
  } else if ("discard" in button.dataset) {
    setting(key, null);
    location.replace(location.pathname + location.search); // not sent again, as a reload would be
  } else if (button.dataset.end) {
    const text = form.elements.namedItem("body") || form.elements.namedItem("text");
    text.focus();
    const units = (characters) => [...text.value].slice(0, Number(characters)).join("").length; // places are told in characters
    text.setSelectionRange(units(button.dataset.start), units(button.dataset.end));
  }
});

main.addEventListener("click", (event) => {
  const near = event.target.closest("[data-relate]");
  if (near) {
    const free = [...rows("relation")].find((row) => !row.querySelector(".target").value);
    const row = free || (form.querySelector("[data-add=relation]").disabled ? null : addRow("relation"));
    if (!row) return;
    row.querySelector(".target").value = near.dataset.relate;
    row.querySelector("select").focus();
    changed();
  }
  if (event.target.closest("[data-copies]")) navigator.clipboard?.writeText(form.querySelector("[data-file]").value);
});

// ---- a reason's length ----

function measure(field) {
  if (!field?.dataset?.length) return;
  const [least, most] = field.dataset.length.split(" ").map(Number);
  const shown = form.querySelector(`[data-length-of="${field.name}"]`);
  if (!shown) return;
  const length = [...field.value.trim()].length;
  shown.textContent = length ? `${length} of ${least} to ${most} characters` : "";
  shown.classList.toggle("short", length > 0 && (length < least || length > most));
}

// ---- a target: a combobox over titles (ARIA Authoring Practices), the field keeps the focus ----

let picks = 0;

function pick(field) {
  if (field.parentElement.classList.contains("pick")) return;
  const list = make("ul", { class: "pick-list", role: "listbox", id: `pick-${++picks}`, "aria-label": "Notes", hidden: true });
  const box = make("div", { class: "pick" });
  field.replaceWith(box);
  box.append(field, list);
  field.removeAttribute("list");
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" })) field.setAttribute(name, value);
  let at = -1, turn = 0;

  const close = () => {
    list.hidden = true;
    at = -1;
    turn += 1; // an answer that is still under way opens nothing
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    list.children[at]?.setAttribute("aria-selected", "false");
    at = index;
    const option = list.children[at];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) field.setAttribute("aria-activedescendant", option.id);
  };
  const choose = (option) => {
    field.value = option.dataset.name;
    close();
    changed({ target: field });
  };
  field.addEventListener("input", async () => {
    const mine = ++turn, text = field.value.trim();
    if (text.length < 2) { close(); return; }
    const found = await ask(`/api/search?q=${encodeURIComponent(text)}&limit=8`);
    if (mine !== turn || document.activeElement !== field) return;
    const items = (found?.items || []).filter((item) => item.slug !== main.dataset.note);
    list.replaceChildren(...items.map((item, index) => make("li", { role: "option", id: `${list.id}-${index}`, "aria-selected": "false", "data-name": item.apart || item.title }, item.title, item.apart ? make("span", { class: "apart" }, ` ${item.apart}`) : null)));
    if (!items.length) { close(); return; }
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    at = -1;
    announce(`${items.length} notes`);
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // the key belongs to the input method
    if (event.key === "Escape") {
      if (!list.hidden) event.stopPropagation();
      close();
    } else if (list.hidden) {
      return;
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const count = list.children.length;
      mark((at + (event.key === "ArrowDown" ? 1 : -1) + count) % count);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      choose(list.children[at]);
    }
  });
  field.addEventListener("blur", () => setTimeout(close, 150));
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => { // not before: a finger may scroll the list
    const option = event.target.closest("li");
    if (option) choose(option);
  });
}

// ---- begin ----

form.addEventListener("input", changed);
form.addEventListener("change", changed);
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input, .because textarea")) event.preventDefault(); // never sends half a note
});
form.addEventListener("submit", (event) => {
  if (event.submitter?.value === "write") kept("sent", key);
});
if (told && !refused && kept("sent")) {
  setting(kept("sent"), null); // the file holds it now
  kept("sent", "");
}
form.querySelectorAll(".target").forEach(pick);
form.querySelectorAll("[data-length]").forEach(measure);
dress();
restore();
if (main.dataset.note && !told) check();
