// The picture itself: lines in their signatures, notes as their verdict's landform.
// The pen is a canvas or anything with its methods; map/save.js has one that writes SVG.

// width, dashes and cap of each line signature, as in the legend
const SIGNATURES = {
  solid: [1.2], double: [3.4], heavy: [2.4], long: [1.2, [11, 4]], short: [1.2, [5, 3.5]],
  dashdot: [1.2, [10, 3.5, 2, 3.5]], ticks: [3.5, [2, 3]], dots: [2, [0.1, 4.6], "round"],
};
const FEW = 500, FINE = 3000; // lines up to which all, or those inside areas, keep their signatures
const BEND = 0.07;

/** Draw the ground with its lines and notes. */
export function paint(pen, sheet) {
  const { view, look } = sheet;
  pen.globalAlpha = 1;
  pen.fillStyle = look.ground;
  pen.fillRect(0, 0, view.w, view.h);
  sheet.ground?.(pen, sheet);
  paintLines(pen, sheet, visibleLines(sheet));
  paintDots(pen, sheet);
}

/** Lines that pass the filters and cross the window, by type. */
function visibleLines({ data, x, y, kinds, count, view, shows }) {
  const [left, top, right, bottom] = [view.ux(0), view.uy(0), view.ux(view.w), view.uy(view.h)];
  const { from, to, types } = data;
  const found = types.map(() => []);
  let total = 0;
  for (let type = 0; type < types.length; type++) {
    for (let j = kinds.starts[type]; j < kinds.starts[type + 1]; j++) {
      const e = kinds.items[j], a = from[e], b = to[e];
      if (!shows(e) || a >= count || b >= count) continue;
      if ((x[a] < left && x[b] < left) || (x[a] > right && x[b] > right)) continue;
      if ((y[a] < top && y[b] < top) || (y[a] > bottom && y[b] > bottom)) continue;
      found[type].push(e);
      total++;
    }
  }
  return { found, total };
}

function paintLines(pen, sheet, { found, total }) {
  const { data, look, view } = sheet, crowd = total / view.room ** 2, fine = total <= FINE, few = crowd <= FEW;
  // the more there are, the fainter each, and those that cross the sheet before all others
  const [near, far] = [Math.max(0.05, 0.8 * thinned(crowd, 0.45)), Math.max(0.02, 0.42 * thinned(crowd, 0.6))];
  const lanes = fine && lanesOf(data, found.flat());
  found.forEach((edges, type) => {
    for (const apart of [true, false]) {
      pen.beginPath();
      let any = false;
      for (const e of edges) {
        if ((data.area[data.from[e]] !== data.area[data.to[e]]) !== apart) continue;
        traceEdge(pen, sheet, e, lanes);
        any = true;
      }
      if (any) stroke(pen, look, look.kinds[type], { alpha: apart ? far : near, fine: few || (fine && !apart), wider: few ? 1 : 0.7 });
    }
  });
}

const thinned = (crowd, power) => Math.min(1, (FEW / crowd) ** power);

/** Give each line between two notes a lane of its own: edge -> how far it bends aside. */
export function lanesOf({ n, from, to }, edges) {
  const pairs = new Map();
  for (const e of edges) {
    const key = Math.min(from[e], to[e]) * n + Math.max(from[e], to[e]);
    const lane = pairs.get(key);
    lane ? lane.push(e) : pairs.set(key, [e]);
  }
  const lanes = new Map();
  for (const together of pairs.values()) {
    together.forEach((e, i) => {
      const aside = together.length > 1 ? (i - (together.length - 1) / 2) * 2 * BEND : BEND;
      lanes.set(e, from[e] < to[e] ? aside : -aside);
    });
  }
  return lanes;
}

/** Add one edge to the pen's path, bent into its lane if it has one. */
export function traceEdge(pen, { data, x, y, view, size }, e, lanes) {
  const a = data.from[e], b = data.to[e];
  const x1 = view.px(x[a]), y1 = view.py(y[a]), x2 = view.px(x[b]), y2 = view.py(y[b]);
  if (a === b) { // a note that points at itself
    const r = size(a) + 4 + Math.abs((lanes && lanes.get(e)) || 0) * 30;
    pen.moveTo(x1 + r, y1 - r);
    pen.arc(x1, y1 - r, r, 0, 7);
    return;
  }
  pen.moveTo(x1, y1);
  const bend = lanes ? lanes.get(e) : 0;
  bend ? pen.quadraticCurveTo((x1 + x2) / 2 + bend * (y2 - y1), (y1 + y2) / 2 - bend * (x2 - x1), x2, y2) : pen.lineTo(x2, y2);
}

/** Stroke the pen's path in the signature of a relation type; what is not `fine` is a hair line. */
export function stroke(pen, look, { signature, colour }, { alpha = 1, fine = true, wider = 1 }) {
  const [width, dashes = [], cap = "butt"] = fine ? SIGNATURES[signature] : [1];
  pen.globalAlpha = alpha;
  pen.strokeStyle = colour;
  pen.lineWidth = width * wider;
  pen.lineCap = cap;
  pen.setLineDash(dashes);
  pen.stroke();
  if (fine && signature === "double") {
    pen.globalAlpha = 1;
    pen.strokeStyle = look.ground;
    pen.lineWidth = 1.3 * wider;
    pen.stroke();
  }
  pen.globalAlpha = 1;
  pen.setLineDash([]);
}

function paintDots(pen, sheet) {
  const { x, y, view, size, dots } = sheet;
  const { w, h } = view;
  for (const { shape, colour, faint, members } of dots()) {
    pen.globalAlpha = faint ? 0.15 : 1;
    pen.fillStyle = colour;
    pen.beginPath();
    for (const i of members) {
      const px = view.px(x[i]), py = view.py(y[i]);
      if (px > -9 && py > -9 && px < w + 9 && py < h + 9) traceDot(pen, shape, px, py, size(i));
    }
    pen.fill();
  }
  pen.globalAlpha = 1;
}

/** Add a dot to the pen's path: peak, hollow, plain, fog, or a round one where nothing was tested. */
export function traceDot(pen, shape, x, y, r) {
  if (r < 1.7) return pen.rect(x - r, y - r, 2 * r, 2 * r);
  const big = r + 1.5;
  if (shape === "supported" || shape === "contradicted") {
    const up = shape === "supported" ? -big : big;
    pen.moveTo(x, y + up);
    pen.lineTo(x + big, y - up * 0.8);
    pen.lineTo(x - big, y - up * 0.8);
    return pen.closePath();
  }
  if (shape === "missing") { // a target that no note answers to
    pen.rect(x - r, y - 0.6, 2 * r, 1.2);
    return pen.rect(x - 0.6, y - r, 1.2, 2 * r);
  }
  if (shape === "no effect") return pen.rect(x - big, y - big * 0.4, 2 * big, big * 0.8);
  pen.moveTo(x + r, y);
  pen.arc(x, y, r, 0, 7);
  if (shape === "inconclusive") { // a ring: the inner circle runs the other way round
    pen.moveTo(x + r * 0.5, y);
    pen.arc(x, y, r * 0.5, 0, 7, true);
  }
}
