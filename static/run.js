// A run that is not over: its progress, the time left and both arms' curves as they grow.
// The page is whole without this script; then it reloads itself until the run has ended.
const SVG = "http://www.w3.org/2000/svg";
const BOX = { left: 52, right: 352, top: 12, bottom: 190, width: 480, height: 234 };
const ENDS = { done: "done", failed: "failed", cancelled: "cancelled", "timed out": "out of time" };

const place = document.querySelector("[data-run-id]");
const bar = place.querySelector("progress");
const status = place.querySelector("[data-status]");
const curves = place.querySelector("[data-curves]");
const names = { control: place.dataset.control || "control", treatment: place.dataset.treatment || "treatment" };
// what changes many times a second is for the eye; the live region speaks at every quarter
const numbers = document.createElement("span");
numbers.setAttribute("aria-hidden", "true");
numbers.textContent = status.textContent;
status.classList.add("vh");
status.after(numbers);
let spoken = "";

function say(text, seen = text) {
  if (text !== spoken) status.textContent = spoken = text;
  numbers.textContent = seen;
}

function show(run) {
  bar.value = run.progress;
  if (run.state === "queued") {
    say(run.position ? `waiting, ${run.position} ahead` : "waiting, next in line");
    return;
  }
  const quarter = Math.floor(run.progress * 4) * 25;
  const left = run.eta === null ? "" : `, about ${Math.max(1, Math.round(run.eta))} s left`;
  const again = run.attempts > 1 ? ` (attempt ${run.attempts})` : "";
  say(quarter ? `running, over ${quarter} %` : "running", `running, ${Math.floor(100 * run.progress)} %${left}${again}`);
  if (run.curves.length) draw(run.curves);
}

function element(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

function draw(all) {
  const groups = new Map();
  for (const curve of all) groups.set(curve.name, [...(groups.get(curve.name) || []), curve]);
  const figures = [...groups].filter(([, group]) => group.some(lastOf)).map(([name, group]) => {
    const figure = document.createElement("figure"), caption = document.createElement("figcaption");
    const title = document.createElement("b");
    figure.className = "fig";
    title.textContent = name[0].toUpperCase() + name.slice(1);
    caption.append(title, " so far, mean and 95 % interval over replicates");
    figure.append(caption, chart(group));
    return figure;
  });
  curves.className = "figs";
  curves.replaceChildren(...figures);
}

function chart(group) {
  const xs = group.flatMap((curve) => curve.x).filter((v) => v !== null);
  const ys = group.flatMap((c) => [...c.mean, ...c.low, ...c.high]).filter((v) => v !== null);
  const x = scale(Math.min(...xs), Math.max(...xs), BOX.left, BOX.right);
  const y = scale(Math.min(...ys), Math.max(...ys), BOX.bottom, BOX.top);
  const last = group.map((c) => `${names[c.arm] || c.arm} ${lastOf(c)?.[1] ?? "–"}`).join(", ");
  const svg = element("svg", { class: "chart", viewBox: `0 0 ${BOX.width} ${BOX.height}`, role: "img", "aria-label": `So far: ${last}` });
  for (const tick of ticks(Math.min(...ys), Math.max(...ys))) {
    svg.append(element("path", { class: "c-grid", d: `M${BOX.left} ${y(tick)}H${BOX.right}` }));
    svg.append(element("text", { class: "c-tick", x: BOX.left - 8, y: y(tick) + 4, "text-anchor": "end" }, label(tick)));
  }
  for (const tick of ticks(Math.min(...xs), Math.max(...xs)))
    svg.append(element("text", { class: "c-tick", x: x(tick), y: 208, "text-anchor": "middle" }, label(tick)));
  svg.append(element("text", { class: "c-side", x: 202, y: 228, "text-anchor": "middle" }, group[0].x_label));
  const known = group.map((curve, i) => [curve, i]).filter(([curve]) => lastOf(curve));
  const heights = apart(known.map(([curve]) => y(lastOf(curve)[1])));
  known.forEach(([curve, i], k) => svg.append(...arm(curve, i, x, y, heights[k])));
  return svg;
}

// a value is null where there is no number: a gap
function points(curve, values) {
  return curve.x.map((v, k) => (v === null || values[k] === null ? null : [v, values[k]]));
}

function lastOf(curve) {
  return points(curve, curve.mean).findLast(Boolean);
}

function arm(curve, i, x, y, height) {
  const style = ["c-a", "c-b"][i % 2], at = (values) => curve.x.map((v, k) => `${x(v)} ${y(values[k])}`);
  const mean = points(curve, curve.mean), end = lastOf(curve);
  const way = mean.map((p, k) => (p ? `${mean[k - 1] ? "L" : "M"}${x(p[0])} ${y(p[1])}` : "")).join("");
  const parts = [];
  if (!curve.x.includes(null) && !curve.low.includes(null) && !curve.high.includes(null))
    parts.push(element("path", { class: `c-band ${style}`, d: `M${[...at(curve.high), ...at(curve.low).reverse()].join(" ")}z` }));
  parts.push(element("path", { class: `c-line ${style}`, d: way }));
  parts.push(element("circle", { class: `c-end ${style}`, cx: x(end[0]), cy: y(end[1]), r: 3.6 }));
  const lines = wrap(names[curve.arm] || curve.arm);
  lines.forEach((line, row) => parts.push(element("text", { class: `c-name ${style}`, x: BOX.right + 10, y: height + 4 + 16 * row }, line)));
  return parts;
}

function scale(low, high, from, to) {
  return (value) => Math.round(10 * (from + ((value - low) / (high - low || 1)) * (to - from))) / 10;
}

function ticks(low, high) {
  const rough = (high - low) / 4;
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough);
  const found = [];
  for (let at = Math.ceil(low / step) * step; at <= high; at += step) found.push(at);
  return found;
}

function label(value) {
  return String(Number(value.toPrecision(6))).replace("-", "−");
}

function wrap(text) {
  const lines = [];
  for (const word of text.split(" ")) {
    if (lines.length && `${lines.at(-1)} ${word}`.length <= 15) lines[lines.length - 1] += ` ${word}`;
    else lines.push(word);
  }
  return lines.slice(0, 3);
}

function apart(heights) {
  if (heights.length !== 2 || Math.abs(heights[0] - heights[1]) >= 36) return heights;
  const middle = Math.min(Math.max((heights[0] + heights[1]) / 2, 30), 158);
  return heights[0] <= heights[1] ? [middle - 18, middle + 18] : [middle + 18, middle - 18];
}

// a hidden page lets go, since a browser has six connections a host
let stream = null;

function follow() {
  if (stream || document.hidden) return;
  const mine = (stream = new EventSource(`/api/runs/${place.dataset.runId}/events`));
  mine.addEventListener("progress", (event) => show(JSON.parse(event.data)));
  mine.addEventListener("end", (event) => end(JSON.parse(event.data)));
  mine.addEventListener("error", () => {
    if (mine.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 3000);
  });
}

function end(run) {
  leave();
  if (run.state === "done") bar.value = 1;
  say(run.result ? `${ENDS[run.state]}: ${run.result.verdict}` : ENDS[run.state]);
  setTimeout(() => location.reload(), 400); // the page of an ended run is written by the server
}

function leave() {
  stream?.close();
  stream = null;
}

follow();
document.addEventListener("visibilitychange", () => (document.hidden ? leave() : follow()));
addEventListener("pagehide", leave);
addEventListener("pageshow", follow); // also of a page that Back took out of the browser's memory
