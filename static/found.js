// The search of a static site: the index lies in a file that is loaded when one first searches.
// alpgraph/site/finding.py makes it; words are cut and folded here by the same rule as there.
import { at } from "./addresses.js";
import MiniSearch from "./vendor/minisearch.js";

const CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff";
const RUN = new RegExp(`[${CJK}]+|(?:(?![${CJK}])[\\p{L}\\p{N}])+`, "gu");
const PART = /(?:(topic|verdict|has|type):)?(?:"([^"]*)"?|(\S+))/g;
const FIELDS = ["title", "claim", "summary", "topics", "why", "body", "sources"];
const boost = { title: 6, claim: 3, topics: 3, summary: 2, why: 1.5, sources: 0.7 };
const LONG = 5; // letters from which one typing error is forgiven
const ALIKE = 0.6, MAX_NEAR = 5; // of topics that may have been meant
let loading = null;

function words(text) {
  const folded = text.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f]/g, "").normalize("NFC");
  return (folded.match(RUN) || []).flatMap((run) => (run[0] < "\u3040" || run.length < 2 || !new RegExp(`^[${CJK}]`).test(run) ? [run.slice(0, 60)] : pairs(run)));
}

function pairs(run) {
  return [...run].slice(1).map((_, i) => run.slice(i, i + 2));
}

// alpgraph/search/query.py has the same rule
const key = (topic) => topic.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || [...topic].filter((sign) => sign.trim()).map((sign) => sign.codePointAt(0).toString(16)).join("-");

const folded = (title) => title.normalize("NFC").toLowerCase();

async function load() {
  const answer = await fetch(at("/api/search.json"));
  if (!answer.ok) throw new Error(`the index of the search is away (${answer.status})`);
  const { notes, filters, index } = await answer.json();
  const titled = new Map();
  for (const [, title] of notes) titled.set(folded(title), (titled.get(folded(title)) ?? 0) + 1);
  return { notes, alone: (title) => titled.get(folded(title)) === 1, known: filters, index: MiniSearch.loadJS(index, { fields: FIELDS, tokenize: words, processTerm: (term) => term }) };
}

const spaced = (label) => label.toLowerCase().replace(/[\s_-]+/g, " ").trim();

// Likeness and sentence are those of alpgraph/search/filters.py, where difflib measures (Ratcliff and Obershelp).
function alike(a, b) {
  let size = 0, i = 0, j = 0;
  for (let x = 0; x + size < a.length; x++) {
    for (let y = 0; y + size < b.length; y++) {
      let more = 0;
      while (x + more < a.length && a[x + more] === b[y + more]) more++;
      if (more > size) [size, i, j] = [more, x, y];
    }
  }
  return size && size + alike(a.slice(0, i), b.slice(0, j)) + alike(a.slice(i + size), b.slice(j + size));
}

function noTopic(value, notes) {
  const topics = [...new Set(notes.flatMap(([, , , , own]) => own.map(key)))].sort();
  const like = topics.map((topic) => [(2 * alike(topic, value)) / (topic.length + value.length), topic]);
  const close = like.filter(([ratio]) => ratio >= ALIKE).sort(([a, one], [b, other]) => b - a || (one < other ? 1 : -1));
  const near = new Set([...topics.filter((topic) => topic.includes(value)), ...close.slice(0, MAX_NEAR).map(([, topic]) => topic)]);
  const names = [...near].slice(0, MAX_NEAR).map((topic) => `“${topic}”`), last = names.pop();
  const listed = names.length ? `are ${names.join(", ")} and ${last}` : `is ${last}`;
  return `No topic is called “${value}”${last ? `; nearest ${listed}` : ""}.`;
}

/** Make of a filter what says whether a note passes it, or what tells which values it takes. */
function read([name, value], known, notes) {
  if (name === "topic") {
    const passes = ([, , , , topics]) => topics.some((topic) => key(topic) === key(value));
    return notes.some(passes) ? { passes } : { unknown: noTopic(key(value), notes) };
  }
  const asked = name === "type" ? known.names[spaced(value)] : name === "verdict" && spaced(value) === "none" ? "not tested" : spaced(value);
  const number = known[name].indexOf(asked);
  if (number < 0) return { unknown: `“${name}:” takes ${known[name].join(", ")}; not “${value}”.` };
  if (name !== "verdict") return { passes: (note) => note[name === "has" ? 5 : 6].includes(number) };
  if (asked !== "not tested") return { passes: ([, , , verdict]) => verdict === asked };
  const claim = known.has.indexOf("claim");
  return { passes: ([, , , verdict, , has]) => ["", "-"].includes(verdict) && has.includes(claim) };
}

/** Find notes as the API of a server does: `{ total, items: [{ slug, title, apart, snippet, verdict, score }], unknown }`. */
export async function search(text, { limit = 20, offset = 0 } = {}) {
  loading ??= load().catch((fault) => { loading = null; throw fault; });
  const { notes, alone, known, index } = await loading;
  const filters = [], asked = [];
  for (const [, name, quoted, plain] of text.matchAll(PART)) name ? filters.push([name, quoted ?? plain]) : asked.push(quoted ?? plain);
  const tests = filters.filter(([, value]) => value).map((filter) => read(filter, known, notes));
  const unknown = tests.flatMap((filter) => filter.unknown ?? []);
  if (unknown.length) return { total: 0, items: [], unknown };
  const open = !/[\s"]$/.test(text); // the last word may be the beginning of one
  const query = words(asked.join(" ")).length ? asked.join(" ") : filters.length ? MiniSearch.wildcard : "";
  const found = index.search(query, {
    boost, combineWith: "AND",
    prefix: (_, i, all) => open && i === all.length - 1,
    fuzzy: (term) => (term.length >= LONG && !/^\d+$/.test(term) ? 1 : false),
    filter: ({ id }) => tests.every(({ passes }) => passes(notes[id])),
  });
  const items = found.slice(offset, offset + limit).map(({ id, score }) => {
    const [slug, title, snippet, verdict] = notes[id];
    return { slug, title, apart: alone(title) ? "" : slug, snippet, verdict: verdict === "-" ? "" : verdict, score };
  });
  return { total: found.length, items, unknown };
}
