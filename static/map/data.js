// The network as the server packs it; alpgraph/graph/binary.py lays the format down.

/** Return the header with typed arrays for nodes (n) and edges (m). */
export function decode(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const { n, m } = header;
  let at = 4 + length;
  const take = (Kind, count) => {
    const part = new Kind(buffer, at, count);
    at += part.byteLength;
    return part;
  };
  const out = take(Uint32Array, n);
  const x = Float32Array.from(take(Uint16Array, n)), y = Float32Array.from(take(Uint16Array, n));
  const low = take(Uint16Array, m), high = take(Uint8Array, m);
  const from = new Uint32Array(m), to = new Uint32Array(m);
  for (let i = 0, e = 0; i < n; i++) {
    for (const end = e + out[i]; e < end; e++) {
      from[e] = i;
      to[e] = low[e] + high[e] * 65536;
    }
  }
  const bytes = () => take(Uint8Array, n);
  const [area, verdict, flags] = [bytes(), bytes(), bytes()];
  return { ...header, from, to, x, y, area, verdict, flags, type: take(Uint8Array, m), basis: take(Uint8Array, m) };
}

/** Index edges by their ends and by type: those of key i are `items[starts[i]]` up to `items[starts[i + 1]]`. */
export function index({ n, m, from, to, type, types }) {
  const ends = group(n, (add) => {
    for (let e = 0; e < m; e++) {
      add(from[e], e);
      if (from[e] !== to[e]) add(to[e], e);
    }
  });
  const kinds = group(types.length, (add) => { for (let e = 0; e < m; e++) add(type[e], e); });
  const degree = new Uint32Array(n), mention = types.length - 1;
  for (let i = 0; i < n; i++) {
    for (let j = ends.starts[i]; j < ends.starts[i + 1]; j++) degree[i] += type[ends.items[j]] !== mention;
  }
  return { ends, kinds, degree };
}

/** Collect items by key in two passes: `walk` is called with `add(key, item)` to count, then to place. */
export function group(keys, walk) {
  const starts = new Uint32Array(keys + 1);
  walk((key) => { starts[key + 1]++; });
  for (let i = 0; i < keys; i++) starts[i + 1] += starts[i];
  const items = new Uint32Array(starts[keys]), next = starts.slice();
  walk((key, item) => { items[next[key]++] = item; });
  return { starts, items };
}
