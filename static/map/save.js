// The map as a file: the same painters with a pen that writes SVG, or a canvas of twice the size.

import { paintAbove } from "./over.js";
import { paint } from "./paint.js";

const escapes = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text) => String(text).replace(/[&<>"]/g, (found) => escapes[found]);
const short = (number) => Math.round(number * 10) / 10;

/** As much of a canvas pen as the painters use. */
class SvgPen {
  globalAlpha = 1;
  lineWidth = 1;
  lineCap = "butt";
  lineJoin = "miter";
  letterSpacing = "0px";
  textAlign = "left";
  dashes = "";
  path = [];
  parts = [];

  beginPath() { this.path = []; }
  closePath() { this.path.push("Z"); }
  moveTo(x, y) { this.path.push(`M${short(x)} ${short(y)}`); }
  lineTo(x, y) { this.path.push(`L${short(x)} ${short(y)}`); }
  quadraticCurveTo(a, b, x, y) { this.path.push(`Q${short(a)} ${short(b)} ${short(x)} ${short(y)}`); }
  rect(x, y, w, h) { this.path.push(`M${short(x)} ${short(y)}h${short(w)}v${short(h)}h${short(-w)}Z`); }
  arc(x, y, r, from, to, back) {
    const sweep = back ? 0 : 1;
    this.path.push(`M${short(x + r)} ${short(y)}A${short(r)} ${short(r)} 0 0 ${sweep} ${short(x - r)} ${short(y)}A${short(r)} ${short(r)} 0 0 ${sweep} ${short(x + r)} ${short(y)}Z`);
  }
  setLineDash(dashes) { this.dashes = dashes.join(" "); }
  measureText(text) { return SvgPen.ruler(this).measureText(text); }
  fillRect(x, y, w, h) { this.parts.push(`<rect x="${x}" y="${y}" width="${w}" height="${h}" ${this.filled()}/>`); }
  strokeRect(x, y, w, h) { this.parts.push(`<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="none" ${this.stroked()}/>`); }
  fill() { this.parts.push(`<path d="${this.path.join("")}" ${this.filled()}/>`); }
  stroke() { this.parts.push(`<path d="${this.path.join("")}" fill="none" ${this.stroked()}/>`); }
  fillText(text, x, y) { this.write(text, x, y, this.filled()); }
  strokeText(text, x, y) { this.write(text, x, y, `fill="none" ${this.stroked()}`); }

  filled() { return `fill="${this.fillStyle}"${this.alpha()}`; }
  stroked() {
    const dashes = this.dashes && ` stroke-dasharray="${this.dashes}"`;
    return `stroke="${this.strokeStyle}" stroke-width="${short(this.lineWidth)}" stroke-linecap="${this.lineCap}" stroke-linejoin="${this.lineJoin}"${dashes}${this.alpha()}`;
  }
  alpha() { return this.globalAlpha < 1 ? ` opacity="${this.globalAlpha}"` : ""; }
  write(text, x, y, how) {
    const anchor = { left: "start", right: "end", center: "middle" }[this.textAlign];
    const [, weight = "", size, face] = /^(\d+ )?([\d.]+px) (.*)$/.exec(this.font);
    this.parts.push(`<text x="${short(x)}" y="${short(y)}" text-anchor="${anchor}" dominant-baseline="central" font-size="${size}" font-weight="${weight.trim() || 400}" font-family="${escaped(face)}" letter-spacing="${this.letterSpacing}" ${how}>${escaped(text)}</text>`);
  }

  static ruler({ font, letterSpacing }) {
    SvgPen.canvas ??= document.createElement("canvas").getContext("2d");
    return Object.assign(SvgPen.canvas, { font, letterSpacing });
  }
}

/** Save what is seen as SVG. */
export function saveSvg(sheet) {
  const pen = new SvgPen(), { w, h } = sheet.view;
  paintAll(pen, sheet);
  const text = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}">${pen.parts.join("")}</svg>`;
  download(new Blob([text], { type: "image/svg+xml" }), "network.svg");
}

/** Save what is seen as PNG, twice as fine. */
export function savePng(sheet) {
  const canvas = document.createElement("canvas"), { w, h } = sheet.view;
  canvas.width = 2 * w;
  canvas.height = 2 * h;
  const pen = canvas.getContext("2d");
  pen.scale(2, 2);
  paintAll(pen, sheet);
  canvas.toBlob((blob) => download(blob, "network.png"));
}

function paintAll(pen, sheet) {
  paint(pen, sheet);
  if (sheet.chosen < 0 && !sheet.path.length) sheet.names(pen);
  paintAbove(pen, sheet);
}

function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
