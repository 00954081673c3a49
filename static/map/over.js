// What lies over the finished picture: the notes around the one in focus, a path, the neat line.

import { lanesOf, stroke, traceDot, traceEdge } from "./paint.js";
import { BAND, COLUMNS, ROWS } from "./view.js";

const SIGNED = 400; // lines of one note up to which each keeps its signature
const NAMED = 24;

/** Draw all that lies over the picture. */
export function paintAbove(pen, sheet) {
  paintAround(pen, sheet);
  paintNeatLine(pen, sheet);
}

/** The note in focus and its neighbours, over a picture that steps back. */
function paintAround(pen, sheet) {
  const { base, words, chosen, hovered, path, data, view, look, x, y, size } = sheet;
  const focus = hovered >= 0 ? hovered : chosen, busy = focus >= 0 || path.length;
  base.style.opacity = hovered >= 0 || path.length ? "0.25" : busy ? "0.45" : "";
  words.style.opacity = busy ? "0" : "";
  if (path.length > 1) paintPath(pen, sheet);
  if (focus < 0) return;
  const edges = sheet.linesOf(focus);
  paintEdges(pen, sheet, edges);
  const near = new Set(edges.flatMap((e) => [data.from[e], data.to[e]]).filter((i) => i !== focus));
  if (focus === chosen) paintHere(pen, look, view.px(x[focus]), view.py(y[focus]), size(focus));
  const shown = [focus, ...[...near].sort((a, b) => sheet.degree[b] - sheet.degree[a])];
  paintDots(pen, sheet, shown);
  sheet.nameThese?.(pen, shown.slice(0, NAMED));
}

function paintPath(pen, sheet) {
  const { path, data, ends, view, look, x, y } = sheet;
  pen.strokeStyle = look.way;
  pen.lineWidth = 9;
  pen.lineCap = pen.lineJoin = "round";
  pen.beginPath();
  path.forEach((i, step) => { step ? pen.lineTo(view.px(x[i]), view.py(y[i])) : pen.moveTo(view.px(x[i]), view.py(y[i])); });
  pen.stroke();
  const edges = path.slice(1).flatMap((b, step) => {
    const a = path[step], beside = [...ends.items.subarray(ends.starts[a], ends.starts[a + 1])];
    const joining = beside.filter((e) => data.from[e] === b || data.to[e] === b), told = joining.filter(sheet.shows);
    return told.length ? told : joining;
  });
  paintEdges(pen, sheet, edges);
  paintDots(pen, sheet, path);
  if (sheet.hovered < 0) sheet.nameThese?.(pen, path);
}

function paintEdges(pen, sheet, edges) {
  const { data, look } = sheet, fine = edges.length <= SIGNED, lanes = fine && lanesOf(data, edges);
  look.kinds.forEach((kind, type) => {
    const some = edges.filter((e) => data.type[e] === type);
    if (!some.length) return;
    pen.beginPath();
    for (const e of some) traceEdge(pen, sheet, e, lanes);
    stroke(pen, look, kind, { alpha: fine ? 1 : 0.4, fine, wider: 1.25 });
    if (fine && data.types[type].inverse !== data.types[type].label) paintHeads(pen, sheet, some, lanes, kind.colour);
  });
}

/** A small head where a relation arrives, since most read one way only. */
function paintHeads(pen, { data, x, y, view, size }, edges, lanes, colour) {
  pen.fillStyle = colour;
  pen.beginPath();
  for (const e of edges) {
    const a = data.from[e], b = data.to[e];
    const x2 = view.px(x[b]), y2 = view.py(y[b]), dx = x2 - view.px(x[a]), dy = y2 - view.py(y[a]);
    const long = Math.hypot(dx, dy);
    if (long < 30) continue;
    const bend = lanes.get(e), turn = Math.atan2(dy, dx) + Math.atan(bend * 2), back = size(b) + 4;
    const point = (far, aside) => [
      x2 - Math.cos(turn) * far - Math.sin(turn) * aside, y2 - Math.sin(turn) * far + Math.cos(turn) * aside,
    ];
    pen.moveTo(...point(back, 0));
    pen.lineTo(...point(back + 8, 3.5));
    pen.lineTo(...point(back + 8, -3.5));
    pen.closePath();
  }
  pen.fill();
}

function paintDots(pen, { data, x, y, view, look, size }, members) {
  for (const i of members) {
    pen.beginPath();
    pen.fillStyle = look.verdicts[data.verdict[i]];
    traceDot(pen, data.verdicts[data.verdict[i]], view.px(x[i]), view.py(y[i]), Math.max(3.5, size(i)));
    pen.fill();
  }
}

/** The waymark under the place one is at. */
function paintHere(pen, look, x, y, r) {
  const d = r + 10;
  pen.fillStyle = look.way;
  pen.beginPath();
  pen.moveTo(x, y - d);
  pen.lineTo(x + d, y);
  pen.lineTo(x, y + d);
  pen.lineTo(x - d, y);
  pen.closePath();
  pen.fill();
}

/** The neat line: a clean band all round, with the letters and figures of the sheet's squares. */
function paintNeatLine(pen, { view, look }) {
  const { w, h, sheet } = view;
  pen.fillStyle = look.ground;
  for (const side of [[0, 0, w, BAND], [0, h - BAND, w, BAND], [0, 0, BAND, h], [w - BAND, 0, BAND, h]]) pen.fillRect(...side);
  pen.setLineDash([]);
  pen.strokeStyle = look.thin;
  pen.lineWidth = 0.75;
  pen.strokeRect(BAND, BAND, w - 2 * BAND, h - 2 * BAND);
  pen.fillStyle = look.soft;
  pen.font = `12px ${look.face}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  const mark = (count, from, to, place) => {
    for (let i = 0; i <= count; i++) {
      const at = from(i), next = Math.min(to - BAND, from(i + 1)), start = Math.max(BAND, at);
      if (at > BAND && at < to - BAND) place(at, "");
      if (i < count && next - start > 20) place((start + next) / 2, i);
    }
  };
  const tick = (...ends) => { pen.beginPath(); pen.moveTo(ends[0], ends[1]); pen.lineTo(ends[2], ends[3]); pen.stroke(); };
  mark(COLUMNS.length, (i) => view.px(sheet.left + i * sheet.column), w, (x, i) => {
    for (const y of [0, h - BAND]) i === "" ? tick(x, y, x, y + BAND) : pen.fillText(COLUMNS[i], x, y + BAND / 2 + 1);
  });
  mark(ROWS, (i) => view.py(sheet.top + i * sheet.row), h, (y, i) => {
    for (const x of [0, w - BAND]) i === "" ? tick(x, y, x + BAND, y) : pen.fillText(i + 1, x + BAND / 2, y + 1);
  });
}
