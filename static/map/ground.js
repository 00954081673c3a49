// Crowded ground is high ground: contour lines of how densely the notes stand.
// alpgraph/graph/contours.py draws the same lines for the page without scripts.

const LINES = 7;
const EVEN = 0.6; // share of the mean height of the ground below which it is no hill
const CELLS = 2.5; // grid cells to the reach of one dot
const MOST = 700; // cells along one side
// for each pattern of high corners (1 top left, 2 top right, 4 bottom right, 8 bottom left) the turns
// a contour takes from side to side (0 top, 1 right, 2 bottom, 3 left), high ground on its left
const TURNS = ["", "30", "01", "31", "12", "3012", "02", "32", "23", "20", "0123", "21", "13", "10", "03", ""];

// how far a dot counts, in pixels at the scale of each level; nearer than the last, lines only grow
const REACH = 28, LEVELS = 3;

/** Return the painter of a sheet's hills; lines are found once for each level of nearness. */
export function ground({ x, y, count, view }) {
  let levels = [], whole = 0;
  return (pen, { look }) => {
    if (whole !== view.whole) [levels, whole] = [[], view.whole]; // the window has another size
    const level = Math.max(0, Math.min(LEVELS - 1, Math.round(Math.log2(view.zoom))));
    const crowd = Math.max(0.45, Math.min(1, Math.sqrt(300 / count)));
    levels[level] ??= hills(x, y, count, REACH * view.room * crowd / (whole * 2 ** level));
    paintHills(pen, view, look, levels[level]);
  };
}

function paintHills(pen, view, look, levels) {
  pen.strokeStyle = look.iso;
  pen.fillStyle = look.hill;
  levels.forEach((rings, height) => {
    pen.beginPath();
    for (const ring of rings) {
      for (let i = 0; i < ring.length; i += 2) {
        const x = view.px(ring[i]), y = view.py(ring[i + 1]);
        i ? pen.lineTo(x, y) : pen.moveTo(x, y);
      }
      pen.closePath();
    }
    if (!height) pen.fill();
    pen.lineWidth = height === 3 ? 1.3 : 0.9;
    pen.stroke();
  });
}

/** Return for each height its rings, flat [x, y, x, y, …] in map units; `reach` is how far a dot counts. */
function hills(x, y, count, reach) {
  if (!count) return [];
  const field = crowding(x, y, count, reach);
  const peak = field.grid.reduce((high, value) => Math.max(high, value), 0);
  const low = Math.max(field.alone / 4, EVEN * count / field.grid.length);
  return Array.from({ length: LINES }, (_, i) => rings(field, low * (peak / low) ** (i / LINES)));
}

/** Lay the dots on a grid and blur it; `alone` is the height of one dot by itself. */
function crowding(x, y, count, reach) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < count; i++) {
    left = Math.min(left, x[i]); right = Math.max(right, x[i]);
    top = Math.min(top, y[i]); bottom = Math.max(bottom, y[i]);
  }
  const cell = Math.max(reach / CELLS, Math.max(right - left, bottom - top) / MOST);
  const room = Math.max(4 * reach, 6 * cell); // or lines would run off the grid, open
  const wide = Math.ceil((right - left + 2 * room) / cell) + 1;
  const tall = Math.ceil((bottom - top + 2 * room) / cell) + 1;
  left -= room; top -= room;
  let grid = new Float32Array(wide * tall);
  for (let i = 0; i < count; i++) {
    const u = (x[i] - left) / cell, v = (y[i] - top) / cell, a = u | 0, b = v | 0, p = b * wide + a;
    const s = u - a, t = v - b;
    grid[p] += (1 - s) * (1 - t); grid[p + 1] += s * (1 - t);
    grid[p + wide] += (1 - s) * t; grid[p + wide + 1] += s * t;
  }
  // three box blurs are a bell curve to the eye
  const radius = Math.max(1, Math.round(reach / cell * 0.8));
  for (let turn = 0; turn < 3; turn++) {
    grid = blur(grid, wide, tall, 1, wide, radius);
    grid = blur(grid, tall, wide, wide, 1, radius);
  }
  const variance = 3 * ((2 * radius + 1) ** 2 - 1) / 12;
  return { grid, wide, tall, left, top, cell, alone: 1 / (2 * Math.PI * variance) };
}

/** Average each cell with its neighbours along lines of `length` cells that lie `step` apart. */
function blur(grid, length, lines, step, next, radius) {
  const out = new Float32Array(grid.length), share = 1 / (2 * radius + 1);
  for (let line = 0; line < lines; line++) {
    const start = line * next;
    let sum = 0;
    for (let i = -radius; i < length; i++) {
      if (i + radius < length) sum += grid[start + (i + radius) * step];
      if (i > radius) sum -= grid[start + (i - radius - 1) * step];
      if (i >= 0) out[start + i * step] = sum * share;
    }
  }
  return out;
}

/** Walk round every ring at one height, from side to side of the grid's cells. */
function rings({ grid, wide, tall, left, top, cell }, level) {
  // a side is named by the cell corner it starts from: even numbers run right, odd ones down
  const follow = new Int32Array(2 * wide * tall);
  const starts = [];
  for (let v = 0; v < tall - 1; v++) {
    for (let u = 0, p = v * wide; u < wide - 1; u++, p++) {
      const high = (grid[p] > level) | (grid[p + 1] > level) << 1 | (grid[p + wide + 1] > level) << 2 | (grid[p + wide] > level) << 3;
      if (!high || high === 15) continue;
      const sides = [2 * p, 2 * p + 3, 2 * (p + wide), 2 * p + 1], turns = TURNS[high];
      for (let i = 0; i < turns.length; i += 2) {
        follow[sides[turns[i]]] = sides[turns[i + 1]];
        starts.push(sides[turns[i]]);
      }
    }
  }
  const found = [];
  for (const start of starts) {
    const ring = [];
    for (let side = start; follow[side];) {
      const p = side >> 1, down = side & 1;
      const part = (level - grid[p]) / (grid[p + (down ? wide : 1)] - grid[p]);
      ring.push(left + (p % wide + (down ? 0 : part)) * cell, top + (Math.floor(p / wide) + (down ? part : 0)) * cell);
      const next = follow[side];
      follow[side] = 0;
      side = next;
    }
    if (ring.length > 4) found.push(ring);
  }
  return found;
}
