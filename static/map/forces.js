// A note pulled by the mouse pulls its neighbours: springs at their rest, dots that keep apart.

const WHOLE = 300; // notes up to which all of them move
const BESIDE = 200; // neighbours that move otherwise
const SPRING = 0.09, HOME = 0.03, APART = 0.35;
const CALM_STEPS = 60;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let pulled = null;

/** Pull note `i` to (x, y); -1 lets go. */
export function pull(sheet, i, x, y) {
  if (i < 0) return letGo();
  if (pulled?.held !== i) pulled = start(sheet, i);
  Object.assign(pulled, { x, y, heat: 1 });
  sheet.x[i] = x;
  sheet.y[i] = y;
  if (calm.matches) sheet.over();
  else pulled.frame ??= requestAnimationFrame(() => run(pulled));
}

/** Who moves, along which lines, and where each is at home. */
function start(sheet, held) {
  const { data, ends, count, x, y, view } = sheet;
  const edges = [...ends.items.subarray(ends.starts[held], ends.starts[held + 1])];
  const beside = [...new Set(edges.flatMap((e) => [data.from[e], data.to[e]]))].filter((i) => i !== held && i < count);
  const members = count <= WHOLE ? [...Array(count).keys()].filter((i) => i !== held) : beside.slice(0, BESIDE);
  const moving = new Set([held, ...members]), springs = [], pairs = new Set();
  for (const i of moving) {
    for (let j = ends.starts[i]; j < ends.starts[i + 1]; j++) {
      const e = ends.items[j], a = data.from[e], b = data.to[e], pair = Math.min(a, b) * data.n + Math.max(a, b);
      if (a === b || pairs.has(pair) || !moving.has(a) || !moving.has(b) || data.type[e] === sheet.mention) continue;
      pairs.add(pair);
      springs.push({ a, b, rest: Math.hypot(x[a] - x[b], y[a] - y[b]) });
    }
  }
  const homes = new Map(members.map((i) => [i, [x[i], y[i]]]));
  return { sheet, held, members, springs, homes, gap: Math.min(40 / view.k, 2 * Math.sqrt(view.span.x * view.span.y / count)), frame: null };
}

function run(one) {
  one.frame = null;
  step(one);
  const { sheet } = one;
  sheet.cost < 12 ? sheet.draw() : sheet.over();
  if (one.heat > 0.02) one.frame = requestAnimationFrame(() => run(one));
  else sheet.draw();
}

/** Let what was pulled settle where it was left. */
function letGo() {
  const one = pulled;
  pulled = null;
  if (!one) return;
  one.settling = true;
  if (!calm.matches) return;
  for (let i = 0; i < CALM_STEPS; i++) step(one);
  one.sheet.draw();
}

function step(one) {
  const { sheet: { x, y }, held, members, springs, homes, gap } = one;
  if (one.settling) one.heat *= 0.95;
  const force = new Map(members.map((i) => [i, [(homes.get(i)[0] - x[i]) * HOME, (homes.get(i)[1] - y[i]) * HOME]]));
  const push = (i, dx, dy) => {
    const sum = force.get(i);
    if (sum) { sum[0] += dx; sum[1] += dy; }
  };
  for (const { a, b, rest } of springs) {
    const dx = x[b] - x[a], dy = y[b] - y[a], long = Math.hypot(dx, dy) || 1, part = SPRING * (long - rest) / long;
    push(a, dx * part, dy * part);
    push(b, -dx * part, -dy * part);
  }
  const all = [held, ...members];
  for (let i = 0; i < all.length; i++) {
    for (let j = i + 1; j < all.length; j++) {
      const dx = x[all[j]] - x[all[i]], dy = y[all[j]] - y[all[i]];
      if (Math.abs(dx) > gap || Math.abs(dy) > gap) continue;
      const far = Math.hypot(dx, dy) || 1, part = Math.max(0, gap - far) * APART * 0.5 / far;
      push(all[i], -dx * part, -dy * part);
      push(all[j], dx * part, dy * part);
    }
  }
  for (const [i, [dx, dy]] of force) {
    x[i] += dx * one.heat;
    y[i] += dy * one.heat;
  }
}
