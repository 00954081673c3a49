// The sheet of the map: canvases and what is on them. The finished picture and its names, which a pan
// only slides; above them what changes with the hand: the notes around the one in focus, the neat line.
// What draws hills, names and what lies above is added by map/furnish.js after the first picture.

import { index } from "./data.js";
import { readLook } from "./look.js";
import { paint } from "./paint.js";
import { View } from "./view.js";

const QUICK = 12; // milliseconds of drawing that a hand does not feel
const STILL = 120; // milliseconds without a move after which the slid picture is drawn anew

/** Tells by events: `choose` and `hover` when the note in focus changed, `move` when the view did, `refresh` when what is drawn did. */
export class Sheet extends EventTarget {
  chosen = -1;
  hovered = -1;
  path = []; // notes of a path that is shown
  cost = 0;

  constructor(box, data) {
    super();
    Object.assign(this, { box, data, x: data.x, y: data.y, ...index(data) });
    this.count = data.n - data.ghosts;
    this.mention = data.types.length - 1;
    this.types = new Uint8Array(data.types.length).fill(1);
    this.types[this.mention] = 0;
    this.bases = new Uint8Array(data.bases.length).fill(1);
    this.clear = new Uint8Array(data.n).fill(1); // notes that no filter fades
    this.order = new Uint32Array(data.n).map((_, i) => i).sort((a, b) => this.degree[b] - this.degree[a] || a - b);
    this.look = readLook(box, data);
    this.view = new View(this.x, this.y, this.count);
    [this.base, this.words, this.top] = ["base", "words", "top"].map((name) => this.layer(name));
    this.resize();
    this.view.fit();
    this.draw();
    new ResizeObserver(() => { if (this.resize()) this.draw(); }).observe(box);
  }

  layer(name) {
    const canvas = document.createElement("canvas");
    canvas.className = `map-${name}`;
    this.box.append(canvas);
    // a browser that believes in a graphics card it does not have draws 25 times slower without this
    canvas.pen = canvas.getContext("2d", { willReadFrequently: true });
    return canvas;
  }

  /** Take the size of the box; says whether it changed. */
  resize() {
    const { clientWidth: w, clientHeight: h } = this.box, { view } = this;
    if (w === view.w && h === view.h) return false;
    const zoom = view.w ? view.zoom : 1;
    Object.assign(view, { w, h });
    view.k = view.whole * zoom;
    this.ratio = Math.min(2, devicePixelRatio || 1);
    for (const canvas of [this.base, this.words, this.top]) {
      canvas.width = Math.round(w * this.ratio);
      canvas.height = Math.round(h * this.ratio);
    }
    return true;
  }

  /** Radius of a dot in pixels. */
  size = (i) => Math.min(10, 2.6 + Math.sqrt(this.degree[i]) * 0.62) * this.dotScale;

  /** Whether an edge passes the filters. */
  shows = (e) => {
    const { type, basis, from, to } = this.data;
    return this.types[type[e]] && this.bases[basis[e]] && this.clear[from[e]] && this.clear[to[e]];
  };

  /** Lines of a note that are drawn. */
  linesOf = (i) => {
    const { ends, data: { from, to }, count } = this;
    return [...ends.items.subarray(ends.starts[i], ends.starts[i + 1])]
      .filter((e) => this.shows(e) && from[e] < count && to[e] < count);
  };

  /** Colour of a dot; the legend has others. */
  colourOf = (i) => this.look.verdicts[this.data.verdict[i]];

  /** Dots by what they are drawn with; kept until `refresh`. */
  dots = () => {
    if (this.groups) return this.groups;
    const groups = new Map(), { verdict, verdicts, flags } = this.data;
    for (let i = this.count; i--;) {
      const missing = flags[i] & 1, colour = missing ? this.look.thin : this.colourOf(i);
      const key = colour + (verdict[i] * 4 + missing * 2 + this.clear[i]);
      if (!groups.has(key)) groups.set(key, { shape: missing ? "missing" : verdicts[verdict[i]], colour, faint: !this.clear[i], members: [] });
      groups.get(key).members.push(i);
    }
    return (this.groups = [...groups.values()]);
  };

  /** Draw anew after filters, colours or data changed. */
  refresh() {
    this.groups = null;
    this.draw();
    this.tell("refresh");
  }

  restyle() {
    this.look = readLook(this.box, this.data);
    this.refresh();
  }

  draw() {
    clearTimeout(this.later);
    const start = performance.now(), { view, base, words } = this;
    const crowd = Math.max(0.3, Math.min(1, Math.sqrt(260 / this.count))) * Math.max(0.7, view.room);
    this.dotScale = Math.min(1.25, crowd * Math.max(0.8, Math.sqrt(view.zoom)));
    paint(this.wiped(base), this);
    this.names?.(this.wiped(words));
    base.style.transform = words.style.transform = "";
    this.drawn = { cx: view.cx, cy: view.cy, k: view.k };
    this.cost = performance.now() - start;
    this.over();
  }

  /** Return a layer's pen, measured in pixels of the page, with nothing on the layer. */
  wiped({ pen }) {
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    pen.clearRect(0, 0, this.view.w, this.view.h);
    return pen;
  }

  /** Draw what lies above the picture. */
  over() {
    this.above?.(this.wiped(this.top), this);
  }

  /** Follow a changed view: draw where that is quick, else slide the finished picture. */
  moved() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = null;
      if (this.cost < QUICK) this.draw();
      else this.slide();
    });
    this.tell("move");
  }

  slide() {
    const { view, drawn, base, words } = this, grown = view.k / drawn.k;
    const x = (drawn.cx - view.cx) * view.k + (view.w / 2) * (1 - grown);
    const y = (drawn.cy - view.cy) * view.k + (view.h / 2) * (1 - grown);
    base.style.transform = words.style.transform = `translate(${x}px, ${y}px) scale(${grown})`;
    this.over();
    clearTimeout(this.later);
    this.later = setTimeout(() => this.draw(), STILL);
  }

  tell(type) { this.dispatchEvent(new Event(type)); }
}
