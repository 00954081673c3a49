// The whole network on a canvas: positions come from the server, this draws and answers hands.
// Data: /api/network (format in alpgraph/graph/binary.py), names second from /api/network/titles.
const box = document.querySelector("#network"), status = document.querySelector("#net-status"), cardBox = document.querySelector("#net-card");
const DASH = { long: [11, 4], short: [5, 3.5], dots: [1.5, 4], dashdot: [10, 3.5, 2, 3.5], ticks: [2, 3] };
const WIDE = { heavy: 2.6, double: 2.6, ticks: 3 };

function decode(buffer) {
  const head = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, head)));
  let at = 4 + head;
  const take = (Kind, count) => { const part = new Kind(buffer, at, count); at += count * Kind.BYTES_PER_ELEMENT; return part; };
  const { n, m } = header;
  return { ...header, from: take(Uint32Array, m), to: take(Uint32Array, m), x: take(Uint16Array, n), y: take(Uint16Array, n),
    area: take(Uint8Array, n), verdict: take(Uint8Array, n), flags: take(Uint8Array, n), type: take(Uint8Array, m), basis: take(Uint8Array, m) };
}

class Map2D {
  constructor(data) {
    this.data = data; this.shown = data.n - data.ghosts; this.hidden = new Set(); this.chosen = -1; this.hovered = -1; this.titles = null;
    this.x = Float32Array.from(data.x); this.y = Float32Array.from(data.y);
    this.degree = new Uint32Array(data.n); this.beside = Array.from({ length: data.n }, () => []);
    this.mention = data.types.length - 1;
    for (let e = 0; e < data.m; e++) {
      if (data.type[e] === this.mention) continue;
      const a = data.from[e], b = data.to[e];
      this.degree[a]++; this.degree[b]++; this.beside[a].push(e); if (a !== b) this.beside[b].push(e);
    }
    this.order = Array.from({ length: this.shown }, (_, i) => i).sort((a, b) => this.degree[b] - this.degree[a] || a - b);
    const live = document.createElement("div"); live.className = "net-live";
    this.canvas = document.createElement("canvas"); this.canvas.tabIndex = 0; this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", `Map of ${this.shown} notes; arrow keys move, plus and minus zoom, Tab goes from note to note, Enter opens`);
    live.append(this.canvas); box.replaceChildren(live, this.tools());
    this.live = live; this.pen = this.canvas.getContext("2d");
    this.style(); this.resize(); this.fit(); this.restore(); this.listen(); this.draw();
    new ResizeObserver(() => { this.resize(); this.draw(); }).observe(live);
    box.dataset.ready = String(this.shown);
  }
  tools() {
    const bar = document.createElement("p"); bar.className = "tools";
    for (const [text, label, act] of [["+", "Zoom in", () => this.zoom(1.4)], ["−", "Zoom out", () => this.zoom(1 / 1.4)], ["All", "Show all", () => { this.fit(); this.changed(); }], ["PNG", "Save as picture", () => this.save()]]) {
      const button = document.createElement("button"); button.type = "button"; button.className = "btn btn-q"; button.textContent = text; button.ariaLabel = text === label ? null : `${text}: ${label}`;
      button.addEventListener("click", act); bar.append(button);
    }
    return bar;
  }
  style() {
    const probe = document.createElement("i"); box.append(probe);
    const colour = (name) => { probe.className = name; return getComputedStyle(probe); };
    const signature = new Map([...document.querySelectorAll("[data-type]")].map((input) => [input.dataset.type, input.dataset.signature]));
    this.kinds = this.data.types.map(({ id }) => ({ id, colour: colour(`rt r-${id}`).color, signature: signature.get(id) || "solid" }));
    this.verdicts = this.data.verdicts.map((name) => name && colour(`v-${name.replace(" ", "-")}`).color);
    probe.remove();
    const body = getComputedStyle(document.body); this.ink = body.color; this.ground = body.backgroundColor; this.face = body.fontFamily; this.way = "#ffd400";
  }
  resize() {
    const { width, height } = this.live.getBoundingClientRect(); this.w = width; this.h = height; this.ratio = Math.min(2, devicePixelRatio || 1);
    this.canvas.width = Math.round(width * this.ratio); this.canvas.height = Math.round(height * this.ratio);
  }
  fit() {
    let [l, t, r, b] = [65535, 65535, 0, 0];
    for (let i = 0; i < this.shown; i++) { l = Math.min(l, this.x[i]); r = Math.max(r, this.x[i]); t = Math.min(t, this.y[i]); b = Math.max(b, this.y[i]); }
    this.k = this.shown > 1 ? Math.min((this.w - 120) / Math.max(1, r - l), (this.h - 80) / Math.max(1, b - t)) : 0.01;
    this.cx = (l + r) / 2; this.cy = (t + b) / 2;
  }
  px(i) { return (this.x[i] - this.cx) * this.k + this.w / 2; }
  py(i) { return (this.y[i] - this.cy) * this.k + this.h / 2; }
  size(i) { return Math.min(11, 3.5 + Math.sqrt(this.degree[i]) * 0.9) * Math.min(1.4, Math.max(0.5, Math.sqrt(this.k * 70))); }
  draw() {
    const g = this.pen, d = this.data, focus = this.hovered >= 0 ? this.hovered : this.chosen;
    g.setTransform(this.ratio, 0, 0, this.ratio, 0, 0); g.fillStyle = this.ground; g.fillRect(0, 0, this.w, this.h);
    const near = new Set(focus >= 0 ? [focus] : []); for (const e of focus >= 0 ? this.beside[focus] : []) { near.add(d.from[e]); near.add(d.to[e]); }
    this.kinds.forEach((kind, type) => {
      if (type === this.mention || this.hidden.has(kind.id)) return;
      g.strokeStyle = kind.colour; g.lineWidth = WIDE[kind.signature] || 1.2; g.setLineDash(DASH[kind.signature] || []);
      for (const strong of [false, true]) {
        g.globalAlpha = strong ? 1 : focus >= 0 ? 0.1 : d.m > 20000 ? 0.08 : d.m > 3000 ? 0.25 : 0.6; g.beginPath();
        for (let e = 0; e < d.m; e++) {
          if (d.type[e] !== type) continue; const a = d.from[e], b = d.to[e];
          if (a >= this.shown || b >= this.shown || strong !== (focus >= 0 && (a === focus || b === focus))) continue;
          this.line(g, a, b);
        }
        g.stroke();
        if (kind.signature === "double" && d.m < 3000) { g.strokeStyle = this.ground; g.lineWidth = 1; g.stroke(); g.strokeStyle = kind.colour; g.lineWidth = WIDE.double; }
      }
    });
    g.setLineDash([]); this.drawn = 0;
    for (let i = 0; i < this.shown; i++) {
      const x = this.px(i), y = this.py(i), z = this.size(i); if (x < -z || y < -z || x > this.w + z || y > this.h + z) continue;
      g.globalAlpha = focus >= 0 && !near.has(i) ? 0.25 : 1;
      if (i === this.chosen) { g.fillStyle = this.way; g.beginPath(); g.moveTo(x, y - z - 10); g.lineTo(x + z + 10, y); g.lineTo(x, y + z + 10); g.lineTo(x - z - 10, y); g.fill(); }
      this.dot(g, i, x, y, z); this.drawn++;
    }
    g.globalAlpha = 1; this.areas(g); if (this.titles) this.names(g, focus >= 0 ? [focus, ...[...near].filter((i) => i !== focus && i < this.shown)] : this.order);
    window.alpgraphNetwork = { drawn: this.drawn, chosen: this.chosen };
  }
  line(g, a, b) {
    const x = this.px(a), y = this.py(a), u = this.px(b), v = this.py(b);
    if ((x < 0 && u < 0) || (y < 0 && v < 0) || (x > this.w && u > this.w) || (y > this.h && v > this.h)) return;
    if (a === b) { g.moveTo(x + 12, y - 10); g.arc(x, y - 10, 12, 0, 7); return; }
    g.moveTo(x, y); this.data.m > 20000 ? g.lineTo(u, v) : g.quadraticCurveTo((x + u) / 2 + 0.08 * (v - y), (y + v) / 2 - 0.08 * (u - x), u, v);
  }
  dot(g, i, x, y, z) {
    const verdict = this.data.verdicts[this.data.verdict[i]]; g.fillStyle = this.verdicts[this.data.verdict[i]] || this.ink; g.beginPath();
    if (verdict === "supported") { g.moveTo(x, y - z); g.lineTo(x + z, y + z * 0.8); g.lineTo(x - z, y + z * 0.8); }
    else if (verdict === "contradicted") { g.moveTo(x, y + z); g.lineTo(x + z, y - z * 0.8); g.lineTo(x - z, y - z * 0.8); }
    else if (verdict === "no effect") g.rect(x - z, y - z * 0.35, 2 * z, z * 0.7);
    else g.arc(x, y, z * 0.8, 0, 7);
    g.fill(); if (verdict === "inconclusive") { g.fillStyle = this.ground; g.beginPath(); g.arc(x, y, z * 0.45, 0, 7); g.fill(); }
  }
  areas(g) {
    if (this.shown < 150 || this.k * 65535 > 2.5 * this.w) return;
    g.font = `600 16px ${this.face}`; g.textAlign = "center"; g.lineWidth = 4; g.strokeStyle = this.ground; g.fillStyle = this.ink;
    for (const area of this.data.areas.slice(0, 24)) { const x = (area.x - this.cx) * this.k + this.w / 2, y = (area.y - this.cy) * this.k + this.h / 2; g.strokeText(area.name, x, y); g.fillText(area.name, x, y); }
  }
  names(g, list) {
    g.font = `13px ${this.face}`; g.textAlign = "left"; g.textBaseline = "middle"; g.lineWidth = 3.5; g.lineJoin = "round"; g.strokeStyle = this.ground; g.fillStyle = this.ink;
    const taken = []; let count = 0;
    for (const i of list.slice(0, 600)) {
      if (count >= 40) break; const x = this.px(i), y = this.py(i), z = this.size(i) + 5; if (x < 0 || y < 0 || x > this.w || y > this.h) continue;
      let text = this.titles[i][1]; if (text.length > 46) text = `${text.slice(0, 45).trimEnd()}…`; const wide = g.measureText(text).width;
      for (const [l, m] of [[x + z, y], [x - z - wide, y], [x - wide / 2, y - z - 8], [x - wide / 2, y + z + 8]]) {
        const spot = [l - 3, m - 9, l + wide + 3, m + 9];
        if (spot[0] < 0 || spot[1] < 0 || spot[2] > this.w || spot[3] > this.h || taken.some((o) => o[0] < spot[2] && spot[0] < o[2] && o[1] < spot[3] && spot[1] < o[3])) continue;
        taken.push(spot); g.strokeText(text, l, m); g.fillText(text, l, m); count++; break;
      }
    }
  }
  pick(x, y, slack) {
    let best = -1, reach = slack;
    for (let i = 0; i < this.shown; i++) { const far = Math.hypot(this.px(i) - x, this.py(i) - y) - this.size(i); if (far < reach) { reach = far; best = i; } }
    return best;
  }
  zoom(f, x = this.w / 2, y = this.h / 2) {
    const gx = (x - this.w / 2) / this.k + this.cx, gy = (y - this.h / 2) / this.k + this.cy;
    this.k = Math.max(0.002, Math.min(3, this.k * f)); this.cx = gx - (x - this.w / 2) / this.k; this.cy = gy - (y - this.h / 2) / this.k; this.changed();
  }
  changed() {
    cancelAnimationFrame(this.frame); this.frame = requestAnimationFrame(() => this.draw()); clearTimeout(this.kept);
    this.kept = setTimeout(() => {
      const url = new URL(location); url.searchParams.set("view", `${Math.round(this.cx)},${Math.round(this.cy)},${this.k.toPrecision(4)}`);
      if (this.chosen >= 0 && this.titles) url.searchParams.set("focus", this.titles[this.chosen][0]); else url.searchParams.delete("focus");
      url.searchParams.delete("type"); if (this.hidden.size) for (const kind of this.kinds) if (!this.hidden.has(kind.id) && kind.id !== "mention") url.searchParams.append("type", kind.id);
      history.replaceState(null, "", url);
    }, 300);
  }
  restore() {
    const asked = new URL(location).searchParams, view = (asked.get("view") || "").split(",").map(Number);
    if (view.length === 3 && view.every(Number.isFinite) && view[2] > 0) [this.cx, this.cy, this.k] = view;
    const types = asked.getAll("type"); if (types.length) for (const kind of this.kinds) if (!types.includes(kind.id)) this.hidden.add(kind.id);
  }
  named(titles) {
    this.titles = titles; const focus = box.dataset.focus, at = focus ? titles.findIndex(([slug]) => slug === focus) : -1;
    const list = document.createElement("datalist"); list.id = "net-titles";
    for (const i of this.order.slice(0, 2000)) { const option = document.createElement("option"); option.value = titles[i][1]; list.append(option); }
    box.append(list); if (at >= 0) this.choose(at, !new URL(location).searchParams.has("view")); else this.draw();
  }
  choose(i, fly = false) {
    this.chosen = i; cardBox.replaceChildren(); if (i < 0 || !this.titles) { this.changed(); return; }
    if (fly) { this.cx = this.x[i]; this.cy = this.y[i]; if (this.shown > 150) this.k = Math.max(this.k, 0.05); }
    const [slug, title] = this.titles[i]; status.textContent = `${title}: ${this.beside[i].length} relations`; this.card(i, slug, title); this.changed();
  }
  async card(i, slug, title) {
    const card = document.createElement("div"); card.className = "net-card"; const link = document.createElement("a");
    link.href = `/n/${slug.split("/").map(encodeURIComponent).join("/")}`; link.textContent = title; card.append(link); cardBox.replaceChildren(card);
    const answer = await fetch(`/api/walk/${slug.split("/").map(encodeURIComponent).join("/")}`); if (!answer.ok || this.chosen !== i) return;
    const { edges, nodes, centre } = await answer.json(), names = new Map(nodes.map((node) => [node.slug, node.title]));
    for (const edge of edges.filter((edge) => edge.from === centre.slug && edge.label && edge.type !== "mention").slice(0, 8)) {
      const row = document.createElement("p"), label = document.createElement("span"); label.className = `rt r-${edge.type}`; label.textContent = edge.label;
      row.append(label, ` ${names.get(edge.to)}${edge.why ? `: ${edge.why}` : ""}`); card.append(row);
    }
  }
  open(i) { if (i >= 0 && this.titles) location.href = `/n/${this.titles[i][0].split("/").map(encodeURIComponent).join("/")}`; }
  save() { const link = document.createElement("a"); link.download = "network.png"; link.href = this.canvas.toDataURL("image/png"); link.click(); }
  listen() {
    const c = this.canvas, fingers = new Map(); let moved = 0, spread = 0, held = -1;
    const at = (event) => { const r = c.getBoundingClientRect(); return [event.clientX - r.left, event.clientY - r.top]; };
    c.addEventListener("pointerdown", (event) => { c.setPointerCapture(event.pointerId); fingers.set(event.pointerId, at(event)); moved = 0; spread = 0; held = event.pointerType === "mouse" ? this.pick(...at(event), 6) : -1; });
    c.addEventListener("pointermove", (event) => {
      const now = at(event), was = fingers.get(event.pointerId);
      if (!was) { const over = this.pick(...now, 8); if (over !== this.hovered) { this.hovered = over; c.title = over >= 0 && this.titles ? this.titles[over][1] : ""; this.draw(); } return; }
      moved += Math.abs(now[0] - was[0]) + Math.abs(now[1] - was[1]); fingers.set(event.pointerId, now);
      if (fingers.size === 2) { const [a, b] = [...fingers.values()], wide = Math.hypot(a[0] - b[0], a[1] - b[1]); if (spread) this.zoom(wide / spread, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2); spread = wide; return; }
      if (held >= 0) { if (moved > 5) this.drag(held, (now[0] - was[0]) / this.k, (now[1] - was[1]) / this.k); return; }
      this.cx -= (now[0] - was[0]) / this.k; this.cy -= (now[1] - was[1]) / this.k; this.changed();
    });
    const lift = (event) => { if (!fingers.delete(event.pointerId) || event.type === "pointercancel") return; if (moved <= 6) this.choose(this.pick(...at(event), event.pointerType === "mouse" ? 8 : 18)); held = -1; };
    c.addEventListener("pointerup", lift); c.addEventListener("pointercancel", lift);
    c.addEventListener("pointerleave", () => { if (this.hovered >= 0) { this.hovered = -1; this.draw(); } });
    c.addEventListener("dblclick", (event) => this.open(this.pick(...at(event), 10)));
    c.addEventListener("wheel", (event) => { event.preventDefault(); this.zoom(Math.exp(-event.deltaY * 0.0015), ...at(event)); }, { passive: false });
    c.addEventListener("keydown", (event) => {
      const step = 60 / this.k, way = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
      if (way) { this.cx += way[0]; this.cy += way[1]; this.changed(); }
      else if (event.key === "+" || event.key === "=") this.zoom(1.4); else if (event.key === "-") this.zoom(1 / 1.4);
      else if (event.key === "0") { this.fit(); this.changed(); } else if (event.key === "Enter") this.open(this.chosen); else if (event.key === "Escape") this.choose(-1);
      else if (event.key === "n" || event.key === "p") { const here = this.order.indexOf(this.chosen), next = here + (event.key === "n" ? 1 : -1); this.choose(this.order[(next + this.shown) % this.shown], true); }
      else return; event.preventDefault();
    });
    document.querySelector("#net-q").addEventListener("input", (event) => this.find(event.target.value));
    document.querySelector("#net-q").form.addEventListener("submit", (event) => { if (this.find(event.target.q.value)) { event.preventDefault(); this.canvas.focus(); } });
    for (const input of document.querySelectorAll("[data-type]")) { input.hidden = false; input.checked = !this.hidden.has(input.dataset.type); input.addEventListener("change", () => { this.hidden[input.checked ? "delete" : "add"](input.dataset.type); this.changed(); }); }
    const recolour = () => { this.style(); this.draw(); }; addEventListener("themechange", recolour); matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
  }
  drag(i, dx, dy) {
    this.x[i] += dx; this.y[i] += dy;
    for (const e of this.beside[i]) { const other = this.data.from[e] === i ? this.data.to[e] : this.data.from[e]; if (other !== i) { this.x[other] += dx * 0.25; this.y[other] += dy * 0.25; } }
    this.changed();
  }
  find(text) {
    const wanted = text.trim().toLowerCase(); if (wanted.length < 2 || !this.titles) return false;
    const at = this.order.find((i) => this.titles[i][1].toLowerCase().includes(wanted)); if (at === undefined) { status.textContent = "no note on the map is called so"; return false; }
    this.choose(at, true); return true;
  }
}

if (box) {
  const answer = await fetch("/api/network");
  if (answer.ok) {
    const map = new Map2D(decode(await answer.arrayBuffer()));
    const names = await (await fetch("/api/network/titles")).text();
    map.named(names.split("\n").filter(Boolean).map((line) => line.split("\t")));
  }
}
