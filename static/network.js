// The whole network on a canvas. First the picture, then names, hands and everything else.

import { decode } from "./map/data.js";
import { Sheet } from "./map/sheet.js";

const box = document.querySelector("#map");
const fetched = await fetch(box.dataset.network);
if (fetched.ok) {
  const live = document.createElement("div");
  live.className = "map-live";
  const data = decode(await fetched.arrayBuffer());
  box.querySelector(".map").after(live);
  const sheet = new Sheet(live, data);
  box.classList.add("map-on");
  box.dataset.drawn = sheet.count;
  performance.mark("map drawn");
  const { furnish } = await import("./map/furnish.js");
  furnish(box, sheet);
}
