// The ways between two notes on a static site, found in the data of the map; alpgraph/graph/paths.py
// does it on a server. A step costs the weight of its strongest link; missing notes are no way through.
import { at, segment } from "./addresses.js";
import { decode, group } from "./map/data.js";

/** Load the network with the slugs and titles of its notes. */
export async function load() {
  const [bytes, lines] = await Promise.all(["/api/network", "/api/network/titles"].map(async (address) => {
    const answer = await fetch(at(address));
    if (!answer.ok) throw new Error(`the data of the network is away (${answer.status})`);
    return address.endsWith("titles") ? answer.text() : answer.arrayBuffer();
  }));
  const data = decode(bytes), titles = lines.split("\n").slice(0, -1).map((line) => line.split("\t"));
  return { ...data, ...joined(data), titles, bySlug: new Map(titles.map(([slug], i) => [slug, i])) };
}

/** For each pair of notes its strongest link, indexed by its ends. */
function joined({ n, m, from, to, type, types, flags }) {
  const best = new Map();
  for (let e = 0; e < m; e++) {
    const a = Math.min(from[e], to[e]), b = Math.max(from[e], to[e]);
    if (a === b || (flags[a] | flags[b]) & 1) continue;
    const pair = a * n + b, other = best.get(pair);
    if (other === undefined || types[type[e]].weight < types[type[other]].weight) best.set(pair, e);
  }
  const edges = [...best.values()];
  const ways = group(n, (add) => { for (const e of edges) { add(from[e], e); add(to[e], e); } });
  return { ways };
}

/** Return up to `most` loopless paths as lists of edges, the best first (Yen's algorithm). */
export function findPaths(net, start, end, most = 3) {
  const found = [], candidates = [], seen = new Set();
  const offer = (path) => {
    const name = path && path.edges.join();
    if (!path || seen.has(name)) return;
    seen.add(name);
    candidates.push(path);
  };
  offer(shortest(net, start, end, new Set(), new Set(), { cost: 0, edges: [] }));
  while (candidates.length && found.length < most) {
    candidates.sort((a, b) => a.cost - b.cost || a.edges.length - b.edges.length);
    const path = candidates.shift(), stops = stopsOf(net, path.edges, start);
    found.push(path);
    if (found.length === most) break;
    const root = { cost: 0, edges: [] }, passed = new Set();
    for (let i = 0; i < path.edges.length; i++) {
      const same = found.filter(({ edges }) => root.edges.every((e, j) => edges[j] === e));
      offer(shortest(net, stops[i], end, new Set(same.map(({ edges }) => edges[i])), passed, root));
      passed.add(stops[i]);
      root.cost += costOf(net, path.edges[i]);
      root.edges.push(path.edges[i]);
    }
  }
  return found;
}

/** The notes that a path leads by, both ends among them. */
export function stopsOf({ from, to }, edges, start) {
  return edges.reduce((stops, e) => [...stops, from[e] === stops.at(-1) ? to[e] : from[e]], [start]);
}

const costOf = ({ types, type }, e) => types[type[e]].weight;

/** The best path from one note to another without some edges and notes, after a given beginning. */
function shortest(net, start, end, banned, passed, root) {
  const { n, from, to, ways } = net, cost = new Float64Array(n).fill(Infinity), by = new Int32Array(n).fill(-1);
  const heap = [[0, start]], done = new Uint8Array(n);
  cost[start] = 0;
  while (heap.length) {
    const [, at] = pop(heap);
    if (done[at]) continue;
    if (at === end) break;
    done[at] = 1;
    for (let j = ways.starts[at]; j < ways.starts[at + 1]; j++) {
      const e = ways.items[j], next = from[e] === at ? to[e] : from[e], far = cost[at] + costOf(net, e);
      if (banned.has(e) || passed.has(next) || far >= cost[next]) continue;
      cost[next] = far;
      by[next] = e;
      push(heap, [far, next]);
    }
  }
  if (cost[end] === Infinity) return null;
  const edges = [];
  for (let at = end; at !== start; at = from[by[at]] === at ? to[by[at]] : from[by[at]]) edges.unshift(by[at]);
  return { cost: root.cost + cost[end], edges: [...root.edges, ...edges] };
}

function push(heap, item) {
  let i = heap.push(item) - 1;
  for (let up; i && heap[(up = (i - 1) >> 1)][0] > item[0]; i = up) heap[i] = heap[up];
  heap[i] = item;
}

function pop(heap) {
  const top = heap[0], last = heap.pop();
  if (!heap.length) return top;
  let i = 0;
  for (let low; (low = 2 * i + 1) < heap.length; i = low) {
    if (low + 1 < heap.length && heap[low + 1][0] < heap[low][0]) low++;
    if (heap[low][0] >= last[0]) break;
    heap[i] = heap[low];
  }
  heap[i] = last;
  return top;
}

/** Number of the notes that can be reached from one. */
export function partOf({ n, from, to, ways }, start) {
  const seen = new Uint8Array(n), front = [start];
  let count = 0;
  seen[start] = 1;
  while (front.length) {
    const at = front.pop();
    count++;
    for (let j = ways.starts[at]; j < ways.starts[at + 1]; j++) {
      const e = ways.items[j], next = from[e] === at ? to[e] : from[e];
      if (!seen[next]) { seen[next] = 1; front.push(next); }
    }
  }
  return count;
}

/** Why a link is there, as one of its ends tells: `{ why, basis }`. */
export async function reasonOf({ titles, from, to, type, types }, e) {
  for (const [here, there] of [[from[e], to[e]], [to[e], from[e]]]) {
    const answer = await fetch(at(`/api/walk/${segment(titles[here][0])}`));
    const walk = answer.ok ? await answer.json() : { edges: [] };
    const told = walk.edges.find((edge) => edge.from === titles[here][0] && edge.to === titles[there][0] && edge.type === types[type[e]].id);
    if (told) return told; // a note with many links tells the strongest alone
  }
  return { why: "", basis: null };
}
