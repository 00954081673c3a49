// Where the ground lies under the glass: a centre in map units, a scale in pixels for each unit.

/** Width of the band between the two neat lines, in pixels. */
export const BAND = 22;
export const COLUMNS = "ABCDEF", ROWS = 4;
// the printed sheet of alpgraph/pages/map_sheet.py: its squares are the ones the list of areas names
const SHEET = { width: 1000, height: 760, margin: 74 };
const NEAREST = 3, FARTHEST = 0.5;

export class View {
  w = 0;
  h = 0;
  k = 0;

  /** `count` leading points say how far the ground reaches. */
  constructor(x, y, count) {
    let [left, top, right, bottom] = count ? [Infinity, Infinity, -Infinity, -Infinity] : [0, 0, 0, 0];
    for (let i = 0; i < count; i++) {
      left = Math.min(left, x[i]); right = Math.max(right, x[i]);
      top = Math.min(top, y[i]); bottom = Math.max(bottom, y[i]);
    }
    this.span = { x: Math.max(1, right - left), y: Math.max(1, bottom - top) };
    this.middle = { x: (left + right) / 2, y: (top + bottom) / 2 };
    const { width, height, margin } = SHEET;
    const unit = Math.max(this.span.x / (width - 2 * margin), this.span.y / (height - 2 * margin));
    this.sheet = {
      left: this.middle.x - width * unit / 2, top: this.middle.y - height * unit / 2,
      column: width * unit / COLUMNS.length, row: height * unit / ROWS,
    };
    this.cx = this.middle.x;
    this.cy = this.middle.y;
  }

  px(x) { return (x - this.cx) * this.k + this.w / 2; }
  py(y) { return (y - this.cy) * this.k + this.h / 2; }
  ux(px) { return (px - this.w / 2) / this.k + this.cx; }
  uy(py) { return (py - this.h / 2) / this.k + this.cy; }

  /** The scale at which everything is seen. */
  get whole() {
    const room = BAND + (this.w < 600 ? 14 : 50);
    return Math.max(1e-6, Math.min((this.w - 2 * room) / this.span.x, (this.h - 2 * room) / this.span.y));
  }

  /** Side of the window as a share of an ordinary one, at most 1. */
  get room() { return Math.min(1, Math.sqrt(this.w * this.h) / 760); }

  /** How near one stands: 1 sees everything. */
  get zoom() { return this.k / this.whole; }

  fit() { Object.assign(this, { cx: this.middle.x, cy: this.middle.y, k: this.whole }); }

  /** Come nearer by a factor, the ground under (px, py) staying there. */
  scale(factor, px = this.w / 2, py = this.h / 2) {
    const [x, y] = [this.ux(px), this.uy(py)];
    const far = this.whole * FARTHEST, near = Math.max(NEAREST, this.whole);
    this.k = Math.min(near, Math.max(far, this.k * factor));
    this.cx = x - (px - this.w / 2) / this.k;
    this.cy = y - (py - this.h / 2) / this.k;
  }

  /** Name the square of the sheet that a point lies in, as `C2`. */
  square(x, y) {
    const { left, top, column, row } = this.sheet;
    const inside = (value, most) => Math.max(0, Math.min(most - 1, Math.floor(value)));
    return COLUMNS[inside((x - left) / column, COLUMNS.length)] + (inside((y - top) / row, ROWS) + 1);
  }
}
