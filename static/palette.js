// The palette: notes, headings of this page, topics and commands from the keyboard.
// A combobox with a listbox (ARIA Authoring Practices): the field keeps the focus.
import { at as place, noteUrl, segment, served, slugOf } from "./addresses.js";
import { RECENT, announce, ask, make, recent, verdictMark } from "./page.js";

let dialog = null, field = null, list = null, options = [], at = -1, asked = 0, looking = null, away = false;
let topics = null, context = {};

/** Open the palette; `chooseTheme` is what its colour commands call. */
export function open(given) {
  context = given;
  if (!dialog) build();
  field.value = "";
  dialog.showModal();
  look();
}

function build() {
  field = make("input", {
    type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list", "aria-autocomplete": "list",
    "aria-label": "Find notes, topics and commands", placeholder: "Find notes, topics, commands", autocomplete: "off", spellcheck: "false", maxlength: 400,
  });
  list = make("ul", { id: "palette-list", role: "listbox", "aria-label": "Found" });
  dialog = make("dialog", { class: "palette", "aria-label": "Find anything" }, field, list);
  document.body.append(dialog);
  field.addEventListener("input", look);
  field.addEventListener("keydown", onKey);
  list.addEventListener("click", (event) => run(event.target.closest("li")?.dataset.at));
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
}

function look() {
  looking = update();
}

async function onKey(event) {
  if (event.isComposing) return; // the key belongs to the input method
  const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
  if (event.key in moves) {
    event.preventDefault();
    choose(options.length ? Math.min(options.length - 1, Math.max(0, at + moves[event.key])) : -1);
  } else if (event.key === "Enter") {
    event.preventDefault();
    const elsewhere = event.ctrlKey || event.metaKey, turn = asked;
    await looking; // what stands there may be of fewer letters
    if (turn !== asked || !dialog.open) return;
    if (options.length) run(Math.max(0, at), elsewhere);
    else if (away) look();
    else if (field.value.trim()) location.href = place(`/search?q=${encodeURIComponent(field.value)}`);
  }
}

async function update() {
  const text = field.value.trim(), turn = ++asked;
  const here = [...commands(), ...headings()];
  if (!text) {
    show([...recent().filter((entry) => entry.slug !== slugOf(location.href)).slice(0, RECENT).map((entry) => ({ kind: "recent", title: entry.title, url: noteUrl(entry.slug) })), ...here]);
    return;
  }
  topics ||= ask("/api/topics");
  const [found, known] = await Promise.all([ask(`/api/search?q=${encodeURIComponent(field.value)}&limit=12`), topics]);
  if (!known) topics = null; // asked for again next time
  if (turn !== asked) return; // a later letter has been asked about meanwhile
  const fits = (entry) => text.toLowerCase().split(/\s+/).every((word) => entry.title.toLowerCase().includes(word));
  const named = (known?.items || []).map((topic) => ({ kind: `topic, ${topic.count}`, title: topic.name, url: place(topic.url) }));
  const notes = (found?.items || []).map((item) => ({ kind: "note", title: item.title, apart: item.apart, says: item.snippet, verdict: item.verdict, url: noteUrl(item.slug) }));
  const offered = [...here.filter(fits).slice(0, 3), ...notes, ...named.filter(fits).slice(0, 4)];
  away = !found;
  if (away) show(offered, "The server does not answer. Enter or the next letter asks again.");
  else show(offered, offered.length ? "" : `Nothing is called “${text}”. Enter searches all text.`);
}

function commands() {
  const slug = slugOf(location.href), path = segment(slug), query = encodeURIComponent(slug);
  const own = slug ? [["Walk from this note", `/walk/${path}`], ["Path from this note to another", `/path?from=${query}`], ["Network around this note", `/network?focus=${query}`], ...(served ? [["All links of this note", `/links/${path}`]] : [])] : [];
  const places = [["Home", "/"], ["The whole network", "/network"], ["Topics", "/topics"], ["Experiments", "/experiments"], ["Timeline", "/timeline"], ["How are two notes related?", "/path"], ["Help", "/help"]];
  const writing = served ? [["Add a note that links to this one", `/new?from=${query}`], ["New note", "/new"]].slice(slug ? 0 : 1) : [];
  const themes = ["system", "light", "dark"].map((name) => ({ title: `Colours: ${name}`, act: () => context.chooseTheme(name) }));
  return [...[...own, ...places, ...writing].map(([title, address]) => ({ title, url: place(address) })), ...themes].map((entry) => ({ kind: "command", ...entry }));
}

function headings() {
  const titleOf = ({ childNodes }) => [...childNodes].filter((part) => !part.matches?.(".anchor")).map((part) => part.textContent).join("").trim();
  return [...document.querySelectorAll("main .body :is(h2, h3, h4)[id]")].map((heading) => ({ kind: "heading here", title: titleOf(heading), url: `#${heading.id}` }));
}

function show(found, lack = "") {
  options = found;
  list.replaceChildren(...found.map((entry, index) => make("li", { role: "option", id: `palette-${index}`, "data-at": index, "aria-selected": "false" },
    make("b", {}, entry.title, entry.apart ? make("i", { class: "apart" }, ` ${entry.apart}`) : null), make("span", {}, entry.verdict ? verdictMark(entry.verdict) : entry.kind), entry.says ? make("small", {}, entry.says) : null)));
  if (lack) list.append(make("li", { class: "p-none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, lack));
  choose(found.length ? 0 : -1);
  announce(lack || `${found.length} found`);
}

function choose(index) {
  list.children[at]?.setAttribute("aria-selected", "false");
  at = index;
  const option = at < 0 ? null : list.children[at];
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
}

function run(index, elsewhere = false) {
  const entry = options[index];
  if (!entry) return;
  dialog.close();
  if (entry.act) entry.act();
  else if (elsewhere) open_(entry.url);
  else location.href = entry.url;
}

function open_(url) {
  window.open(url, "_blank", "noopener");
}
