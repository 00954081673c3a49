// Mouse, fingers and keys. A finger never drags a note: it moves the sheet, and a tap chooses.

const TAP = 7; // pixels a press may wander and still be a tap
const SLACK = { mouse: 6, pen: 10, touch: 20 };
const STRIDE = 90;

/** Return the note at a place on the sheet, or -1: one whose dot or name is there, else the nearest. */
function noteAt(sheet, px, py, slack) {
  const { view, x, y, size, clear, count } = sheet, reach = (slack + 10) / view.k;
  const ux = view.ux(px), uy = view.uy(py);
  let best = -1, least = Infinity;
  for (let i = 0; i < count; i++) {
    const dx = Math.abs(x[i] - ux), dy = Math.abs(y[i] - uy);
    if (dx > reach || dy > reach || !clear[i]) continue;
    const far = Math.hypot(dx, dy) * view.k;
    if (far < least && far < size(i) + slack) { best = i; least = far; }
  }
  if (best >= 0 && least < size(best) + 2) return best;
  const name = sheet.named?.find(({ box }) => px > box[0] && px < box[2] && py > box[1] && py < box[3]);
  return name ? name.i : best;
}

/** Let hands move the sheet; `acts` has choose, hover, open, drag, drop. */
export function takeHands(sheet, acts) {
  const { top, view } = sheet;
  const fingers = new Map();
  let wandered = 0, apart = 0, held = -1;
  const place = (event) => {
    const { left, top: high } = top.getBoundingClientRect();
    return [event.clientX - left, event.clientY - high];
  };

  Object.assign(top, { tabIndex: 0, role: "application", ariaLabel: `Map of ${sheet.count} notes` });
  top.setAttribute("aria-describedby", "map-keys");
  top.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    top.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, place(event));
    if (fingers.size === 1) wandered = 0;
    else wandered = Infinity; // two fingers are no tap
    apart = fingers.size === 2 ? gapOf(fingers) : 0;
    held = event.pointerType === "mouse" && fingers.size === 1 ? noteAt(sheet, ...place(event), 2) : -1;
  });
  top.addEventListener("pointermove", (event) => {
    const now = place(event), was = fingers.get(event.pointerId);
    if (!was) {
      if (event.pointerType !== "touch") acts.hover(noteAt(sheet, ...now, SLACK.mouse));
      return;
    }
    const dx = now[0] - was[0], dy = now[1] - was[1];
    fingers.set(event.pointerId, now);
    if (fingers.size === 2) {
      const [[x1, y1], [x2, y2]] = [...fingers.values()], gap = gapOf(fingers);
      view.cx -= dx / 2 / view.k;
      view.cy -= dy / 2 / view.k;
      if (apart) view.scale(gap / apart, (x1 + x2) / 2, (y1 + y2) / 2);
      apart = gap;
      return sheet.moved();
    }
    wandered += Math.abs(dx) + Math.abs(dy);
    if (wandered <= TAP) return;
    if (held >= 0) return acts.drag(held, view.ux(now[0]), view.uy(now[1]));
    view.cx -= dx / view.k;
    view.cy -= dy / view.k;
    sheet.moved();
  });
  const lift = (event) => {
    if (!fingers.delete(event.pointerId)) return;
    apart = 0;
    if (held >= 0 && wandered > TAP) acts.drop(held);
    else if (event.type === "pointerup" && wandered <= TAP) acts.choose(noteAt(sheet, ...place(event), SLACK[event.pointerType] ?? SLACK.mouse));
    held = -1;
  };
  top.addEventListener("pointerup", lift);
  top.addEventListener("pointercancel", lift);
  top.addEventListener("pointerleave", (event) => { if (!fingers.size && event.pointerType !== "touch") acts.hover(-1); });
  top.addEventListener("dblclick", (event) => {
    const i = noteAt(sheet, ...place(event), SLACK.mouse);
    if (i >= 0) return acts.open(i);
    view.scale(1.8, ...place(event));
    sheet.moved();
  });
  top.addEventListener("wheel", (event) => {
    event.preventDefault();
    view.scale(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), ...place(event));
    sheet.moved();
  }, { passive: false });
  top.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !press(event, sheet, acts)) return;
    event.preventDefault();
  });
}

function gapOf(fingers) {
  const [[x1, y1], [x2, y2]] = [...fingers.values()];
  return Math.hypot(x1 - x2, y1 - y2);
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Do what a key means; says whether it means anything. */
function press({ key, shiftKey }, sheet, acts) {
  const { view, chosen } = sheet;
  if (ARROWS[key]) {
    const next = chosen < 0 || shiftKey ? -1 : neighbourTowards(sheet, chosen, ...ARROWS[key]);
    if (next >= 0) {
      acts.choose(next);
      return true;
    }
    view.cx += ARROWS[key][0] * STRIDE / view.k;
    view.cy += ARROWS[key][1] * STRIDE / view.k;
  } else if (key === "+" || key === "=") view.scale(1.4);
  else if (key === "-") view.scale(1 / 1.4);
  else if (key === "0") view.fit();
  else if (key === "Enter" && chosen >= 0) return acts.open(chosen), true;
  else if ((key === "Enter" || key === " ") && sheet.count) return acts.choose(noteAt(sheet, view.w / 2, view.h / 2, view.w)), true;
  else if (key === "Escape" && (chosen >= 0 || sheet.path.length)) return acts.choose(-1), true;
  else return false;
  sheet.moved();
  return true;
}

/** The neighbour that lies best in a direction: near, and at most 60 degrees aside. */
function neighbourTowards(sheet, i, dx, dy) {
  const { ends, data, x, y } = sheet;
  let best = -1, least = Infinity;
  for (let j = ends.starts[i]; j < ends.starts[i + 1]; j++) {
    const e = ends.items[j], other = data.from[e] === i ? data.to[e] : data.from[e];
    if (other === i || other >= sheet.count || !sheet.shows(e)) continue;
    const ox = x[other] - x[i], oy = y[other] - y[i], far = Math.hypot(ox, oy), along = (ox * dx + oy * dy) / far;
    if (along > 0.5 && far / along < least) { best = other; least = far / along; }
  }
  return best;
}
