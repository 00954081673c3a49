// Shows the ways between the two notes that the address of a static site asks for.
import { at, noteUrl } from "./addresses.js";
import { search } from "./found.js";
import { make, svgElement } from "./page.js";
import { findPaths, load, partOf, reasonOf, stopsOf } from "./ways.js";

const BASES = { paper: "paper", measured: "measured here", reading: "our reading" };
const asked = new URLSearchParams(location.search);
const written = ["from", "to"].map((name) => (asked.get(name) ?? "").trim());
const most = Math.min(5, Number(asked.get("k")) || 3);
const place = document.querySelector("#ways");

/** The note that a slug or a title means, or -1. */
function find({ titles, bySlug, flags }, text) {
  const known = bySlug.get(text) ?? titles.findIndex(([, title]) => title.toLowerCase() === text.toLowerCase());
  return known >= 0 && !(flags[known] & 1) ? known : -1;
}

async function show() {
  const net = await load(), ends = written.map((text) => find(net, text));
  ["from", "to"].forEach((name, i) => {
    document.querySelector(`#p-${name}`).value = ends[i] < 0 ? written[i] : net.titles[ends[i]][1];
  });
  if (written.includes("")) return;
  for (const [i, end] of ends.entries()) if (end < 0) place.append(await unknown(i));
  if (ends.includes(-1)) return;
  const [start, end] = ends;
  if (start === end) return place.append(make("p", { class: "nowhere" }, "Both ends are the same note."));
  const paths = findPaths(net, start, end, most);
  if (!paths.length) return place.append(make("p", { class: "nowhere" }, nowhere(net, start, end)));
  document.title = `From “${net.titles[start][1]}” to “${net.titles[end][1]}” · ${document.title}`;
  for (const [i, path] of paths.entries()) place.append(await way(net, path, start, i === 0));
  if (paths.length === most && most < 5) {
    place.append(make("p", { class: "more" }, make("a", { href: at(`/path?${new URLSearchParams({ from: net.titles[start][0], to: net.titles[end][0], k: 5 })}`) }, "More ways")));
  }
}

async function unknown(i) {
  const { items } = await search(written[i], { limit: 5 });
  const lead = (slug) => at(`/path?${new URLSearchParams(i ? { from: written[0], to: slug } : { from: slug, to: written[1] })}`);
  const rows = items.map(({ slug, title }) => make("li", {}, make("a", { href: lead(slug) }, title)));
  return make("section", { class: "sec" }, make("h2", {}, i ? "To?" : "From?"),
    make("div", {}, make("p", {}, `No note is called “${written[i]}”${rows.length ? "; perhaps one of these:" : "."}`), make("ul", { class: "notes" }, ...rows)));
}

function nowhere(net, start, end) {
  const [one, other] = [start, end].map((note) => partOf(net, note)).map((size) => `${size} note${size === 1 ? "" : "s"}`);
  return `No path: “${net.titles[start][1]}” stands in a part of ${one}, and “${net.titles[end][1]}” in another of ${other}. A relation between the two parts would join them.`;
}

async function way(net, { edges }, start, first) {
  const stops = stopsOf(net, edges, start);
  const reasons = await Promise.all(edges.map((e) => reasonOf(net, e)));
  const posts = stops.map((note, i) => make("li", {},
    make("p", { class: "post" }, make("a", { href: noteUrl(net.titles[note][0]) }, net.titles[note][1])),
    i < edges.length ? leads(net, edges[i], note, reasons[i]) : null));
  const map = at(`/network?${new URLSearchParams(stops.map((note) => ["path", net.titles[note][0]]))}`);
  return make("section", { class: "way" },
    make("h2", {}, first ? "The strongest way " : "Another way ", make("span", { class: "count" }, `${edges.length} step${edges.length === 1 ? "" : "s"}`)),
    make("ol", { class: "posts" }, ...posts), make("p", { class: "more" }, make("a", { href: map }, "Show on the map")));
}

function leads({ from, type, types }, e, here, { why, basis }) {
  const kind = types[type[e]], label = from[e] === here ? kind.label : kind.inverse, mention = type[e] === types.length - 1;
  const line = svgElement("svg", { class: "sig", viewBox: "0 0 44 10", width: 44, height: 10, "aria-hidden": "true" });
  line.append(svgElement("path", { class: `r r-${kind.id} s-${kind.signature}`, d: "M1 5H43" }));
  if (kind.signature === "double") line.append(svgElement("path", { class: "s-gap", d: "M1 5H43" }));
  const based = basis ? make("span", { class: "basis" }, BASES[basis]) : null;
  return make("p", { class: "leads" }, line, make("span", { class: `rt r-${kind.id}` }, mention ? `${label} in its text` : label),
    why ? make("span", { class: "why" }, why, based ? " " : null, based) : null);
}

if (written.some(Boolean)) show().catch((fault) => { place.append(make("p", { class: "nowhere" }, `The ways cannot be found: ${fault.message}.`)); });
