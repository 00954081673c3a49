// Names on the map: each where it touches no other name, or not at all.

import { BAND } from "./view.js";

const LINE = 15, WIDE = 168; // height and greatest width of a line of a title, in pixels
const TITLES = 60, FAR_TITLES = 12, TRIES = 900, CELL = 64;
const NEAR = 2.4; // zoom from which areas are no longer named
// where a name may stand beside its dot: left or right, above or below
const SPOTS = [[1, 0], [-1, 0], [0, -1], [0, 1], [1, -1], [1, 1], [-1, -1], [-1, 1]];
const ALIGN = { 1: "left", 0: "center", [-1]: "right" };
const SPARSE = 300; // notes up to which every dot keeps names off

/** Places taken, found again by a grid of cells. */
class Room {
  cells = new Map();

  constructor(view) { this.view = view; }

  /** Take a box, unless it leaves the sheet or touches one that is taken. */
  take(box, always = false) {
    const [left, top, right, bottom] = box, { w, h } = this.view, keys = [];
    if (!always && (left < BAND + 2 || top < BAND + 2 || right > w - BAND - 2 || bottom > h - BAND - 2)) return false;
    for (let u = Math.floor(left / CELL); u <= right / CELL; u++) {
      for (let v = Math.floor(top / CELL); v <= bottom / CELL; v++) {
        const key = u * 4096 + v, here = this.cells.get(key) ?? [];
        if (!always && here.some((o) => o[0] < right && left < o[2] && o[1] < bottom && top < o[3])) return false;
        keys.push([key, here]);
      }
    }
    for (const [key, here] of keys) { here.push(box); this.cells.set(key, here); }
    return true;
  }
}

/** Return the painters of names: `all` for the picture, `these` for notes that stand out; titles may be absent. */
export function names(sheet, titles) {
  const { view, x, y } = sheet;
  const measured = new Map();
  const reaches = areaReaches(sheet);

  /** A title as at most two lines, with the width of the longer. */
  const lay = (pen, i) => {
    if (!measured.has(i)) {
      pen.font = `13px ${sheet.look.face}`;
      const lines = wrap(pen, titles[i][1], WIDE);
      measured.set(i, { lines, wide: Math.max(...lines.map((line) => pen.measureText(line).width)) });
    }
    return measured.get(i);
  };

  /** Write the titles of notes in this order as far as there is room; returns where they stand. */
  const write = (pen, list, room, most) => {
    const boxes = [];
    let tries = 0;
    for (const i of list) {
      if (boxes.length >= most || tries > TRIES) break;
      const px = view.px(x[i]), py = view.py(y[i]);
      if (px < BAND || py < BAND || px > view.w - BAND || py > view.h - BAND) continue;
      tries++;
      const { lines, wide } = lay(pen, i), r = sheet.size(i) + 5, tall = LINE * lines.length;
      for (const [side, level] of SPOTS) {
        const left = px - wide / 2 + side * (wide / 2 + (level ? r * 0.7 : r));
        const top = py - tall / 2 + level * (tall / 2 + (side ? 0 : r - 1));
        const box = [left - 3, top, left + wide + 3, top + tall];
        if (!room.take(box)) continue;
        boxes.push({ i, box });
        halo(pen, lines, left + wide * (1 - side) / 2, top, ALIGN[side], sheet.look);
        break;
      }
    }
    return boxes;
  };

  const all = (pen) => {
    const room = new Room(view);
    if (sheet.count <= SPARSE) for (let i = 0; i < sheet.count; i++) keepOff(room, sheet, i);
    if (view.zoom < NEAR) writeAreas(pen, sheet, reaches, room);
    if (titles) sheet.named = write(pen, clearOnes(sheet), room, sheet.count > SPARSE && view.zoom < NEAR ? FAR_TITLES : TITLES);
  };
  const these = (pen, list) => {
    if (!titles) return;
    const room = new Room(view);
    for (const i of list) keepOff(room, sheet, i);
    write(pen, list, room, list.length);
  };
  return { all, these };
}

function* clearOnes(sheet) {
  for (const i of sheet.order) if (i < sheet.count && sheet.clear[i]) yield i;
}

function keepOff(room, { view, x, y, size }, i) {
  const px = view.px(x[i]), py = view.py(y[i]), r = size(i) + 1;
  room.take([px - r, py - r, px + r, py + r], true);
}

function halo(pen, lines, at, top, align, look) {
  pen.font = `13px ${look.face}`;
  pen.textAlign = align;
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  pen.lineWidth = 3.5;
  pen.strokeStyle = look.ground;
  pen.fillStyle = look.ink;
  lines.forEach((line, row) => {
    pen.strokeText(line, at, top + LINE * (row + 0.5));
    pen.fillText(line, at, top + LINE * (row + 0.5));
  });
}

/** How far up and down each area reaches. */
function areaReaches({ data, count, y }) {
  const reaches = new Map(data.areas.map(({ id }) => [id, [Infinity, -Infinity]]));
  for (let i = 0; i < count; i++) {
    const reach = reaches.get(data.area[i]);
    if (reach) reaches.set(data.area[i], [Math.min(reach[0], y[i]), Math.max(reach[1], y[i])]);
  }
  return reaches;
}

/** Name the areas, the largest first: over or under their notes where these are few, else among them. */
function writeAreas(pen, sheet, reaches, room) {
  const { data, view, look, count } = sheet;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  pen.lineWidth = 4;
  pen.strokeStyle = look.ground;
  pen.fillStyle = look.soft;
  pen.letterSpacing = "1px";
  for (const area of [...data.areas].sort((a, b) => b.size - a.size)) {
    const size = Math.max(12, view.room * (count <= SPARSE ? 16 : Math.min(19, 9 + 22 * Math.sqrt(area.size / count))));
    pen.font = `600 ${size}px ${look.face}`;
    const lines = wrap(pen, area.name[0].toUpperCase() + area.name.slice(1), 190), tall = lines.length * (size + 2);
    const wide = Math.max(...lines.map((line) => pen.measureText(line).width));
    const px = Math.max(BAND + 4 + wide / 2, Math.min(view.w - BAND - 4 - wide / 2, view.px(area.x)));
    const [high, low] = reaches.get(area.id), over = view.py(high) - tall - 12, among = view.py(area.y) - tall / 2;
    for (const top of count <= SPARSE ? [over, view.py(low) + 12, over - 12, among] : [among, among - tall, among + tall]) {
      if (!room.take([px - wide / 2 - 4, top, px + wide / 2 + 4, top + tall])) continue;
      lines.forEach((line, row) => {
        pen.strokeText(line, px, top + (size + 2) * (row + 0.5));
        pen.fillText(line, px, top + (size + 2) * (row + 0.5));
      });
      break;
    }
  }
  pen.letterSpacing = "0px";
}

const FROM_RIGHT = /^\P{L}*[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}]/u;
const PIECES = /\s*[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}][\p{P}ー]*|\s*[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu;

/** Break a text into at most two lines, each in the direction of the text (UAX 9, isolates). */
function wrap(pen, text, width) {
  const lines = broken(pen, text, width);
  return FROM_RIGHT.test(text) ? lines.map((line) => `\u2067${line}\u2069`) : lines;
}

/** Break after words, or letters of a script without spaces; an ellipsis ends what is cut. */
function broken(pen, text, width) {
  const fits = (line) => pen.measureText(line).width <= width;
  if (fits(text)) return [text];
  const words = text.match(PIECES) ?? [text];
  let cut = 1;
  while (cut < words.length && fits(words.slice(0, cut + 1).join(""))) cut++;
  const shorten = (line) => {
    if (fits(line)) return line;
    let end = line.length;
    while (end > 1 && !fits(`${line.slice(0, end)}…`)) end--;
    return `${line.slice(0, end).trimEnd()}…`;
  };
  const rest = words.slice(cut).join("").trimStart();
  return [shorten(words.slice(0, cut).join("")), ...(rest ? [shorten(rest)] : [])];
}
