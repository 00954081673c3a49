"""The map in a browser: bytes, first picture and pans, ours beside force-graph and sigma.

Run `python tests/benchmarks/map.py [--sizes 1000,10000,50000]`. Peers are installed by npm into a
temporary folder and draw the same notes at the same places, as their documentation tells. All run
in one Chromium without a graphics card; sigma, which needs WebGL, gets a software one. Figures are
medians of `--rounds`; the first picture counts from the start of navigation until it is drawn.
"""

import argparse
import functools
import gzip
import http.server
import json
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from conftest import running_server
from find_browser import FLAGS, install
from layout import notes_like

PACKAGES = ("force-graph@1.52.0", "sigma@3.0.3", "graphology@0.26.0", "esbuild@0.25.0")
SOFTWARE_GL = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist")
PAN_SECONDS = 2
WORDS = (
    *("why", "does", "a", "loss", "weight", "harm", "choose", "learn", "model", "score", "reward"),
    *("proxy", "threshold", "cost", "label", "noise", "shift", "data", "policy", "bound", "proof"),
)
FORCE_GRAPH = """
const data = await (await fetch("data.json")).json();
for (const node of data.nodes) Object.assign(node, { fx: node.x, fy: node.y });
const graph = ForceGraph()(document.querySelector("#map")).cooldownTicks(0).nodeLabel("title")
  .nodeAutoColorBy("group").linkColor(() => "rgba(60,60,60,.15)").graphData(data);
graph.zoomToFit(0);
graph.onRenderFramePost(() => { window.first ??= performance.now(); });
"""
SIGMA = """
import { Sigma, Graph } from "./sigma.js";
const data = await (await fetch("data.json")).json(), graph = new Graph({ multi: true });
const colours = ["#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377"];
for (const { id, title, x, y, group } of data.nodes) graph.addNode(id, { label: title, x, y, size: 2, color: colours[group % 6] });
for (const { source, target } of data.links) graph.addEdge(source, target, { color: "#ddd", size: 0.5 });
const sigma = new Sigma(graph, document.querySelector("#map"));
const drawn = () => {
  const gl = document.querySelector("canvas.sigma-nodes").getContext("webgl2");
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4)); // waits for the picture
  window.first ??= performance.now();
};
sigma.once("afterRender", drawn);
sigma.refresh();
"""  # noqa: E501 code of another language
FRAMES = """(seconds) => {
  window.frames_drawn = new Promise((done) => {
    const start = performance.now();
    let frames = 0;
    const frame = () => {
      frames += 1;
      const passed = performance.now() - start;
      passed < seconds * 1000 ? requestAnimationFrame(frame) : done(frames / passed * 1000);
    };
    requestAnimationFrame(frame);
  });
}"""


def write_notes(size: int, root: Path) -> None:
    """Write notes with the links of a grown graph."""
    rng = random.Random(1)
    graph, group = notes_like(size)
    root.mkdir(parents=True)
    for i, slug in enumerate(graph):
        title = " ".join(rng.choice(WORDS) for _ in range(rng.randint(6, 12))).capitalize()
        rows = "".join(
            f"  - {{type: {kind}, to: {other}, why: {' '.join(rng.sample(WORDS, 6))}}}\n"
            for _, other, kind in graph.out_edges(slug, keys=True)
        )
        said = f"relations:\n{rows}" if rows else ""
        text = f"---\ntitle: {title}\ntopics: [topic {group[i] % 40}]\n{said}---\nText.\n"
        (root / f"{slug}.md").write_text(text)


def peers(folder: Path) -> dict[str, tuple[Path, ...]]:
    """Install the peers, write their pages and return each page's scripts."""
    npm = ["npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(folder)]
    subprocess.run([*npm, *PACKAGES], check=True)
    modules = folder / "node_modules"
    entry = folder / "entry.js"
    entry.write_text(
        'export { default as Sigma } from "sigma"; export { Graph } from "graphology";'
    )
    bundle = ["--bundle", "--minify", "--format=esm", f"--outfile={folder / 'sigma.js'}"]
    subprocess.run([str(modules / ".bin" / "esbuild"), str(entry), *bundle], check=True)
    plain = folder / "force-graph.js"
    plain.write_bytes((modules / "force-graph" / "dist" / "force-graph.min.js").read_bytes())
    head = "<!doctype html><meta charset=utf-8><style>#map{width:872px;height:662px}</style>"
    for name, script, before in (
        ("force-graph", FORCE_GRAPH, '<script src="force-graph.js"></script>'),
        ("sigma", SIGMA, ""),
    ):
        page = f'{head}<div id="map"></div>{before}<script type="module">{script}</script>'
        (folder / f"{name}.html").write_text(page)
    return {"force-graph": (plain,), "sigma": (folder / "sigma.js",)}


class Zipped(http.server.SimpleHTTPRequestHandler):
    """Serves files zipped, as any host does."""

    def do_GET(self) -> None:
        """Answer with a file that lies zipped in memory."""
        path = Path(self.translate_path(self.path))
        data = zipped(path) if path.is_file() else b""
        self.send_response(200 if data else 404)
        self.send_header("content-type", self.guess_type(str(path)))
        self.send_header("content-encoding", "gzip")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@functools.cache
def zipped(path: Path) -> bytes:
    """Return a file's content zipped."""
    return gzip.compress(path.read_bytes(), 6)


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port."""
    handler = functools.partial(Zipped, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def for_peers(url: str, folder: Path, state: Path) -> None:
    """Write the notes, links and places of our map as the peers take them."""
    import urllib.request

    with urllib.request.urlopen(f"{url}/api/graph.json", timeout=600) as answer:
        graph = json.load(answer)
    kept = json.loads(next(state.glob("cache/*/layout.json")).read_text())
    nodes = [
        {
            "id": node["id"],
            "title": node["title"],
            "x": kept["positions"][node["id"]][0],
            "y": kept["positions"][node["id"]][1],
            "group": kept["communities"][node["id"]],
        }
        for node in graph["nodes"]
    ]
    links = [{key: edge[key] for key in ("source", "target", "type")} for edge in graph["edges"]]
    (folder / "data.json").write_text(json.dumps({"nodes": nodes, "links": links}))
    zipped.cache_clear()


def visit(browser: Any, url: str, drawn: str) -> dict[str, float]:
    """Open a page, wait for its first picture, pan, and return what was measured."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    sizes: dict[str, int] = {}
    first: list[str] = []

    def note_size(request: Any) -> None:
        sizes[request.url] = request.sizes()["responseBodySize"]

    page.on("requestfinished", note_size)
    page.goto(url, wait_until="commit")
    while not (at := page.evaluate(drawn)):
        if faults:
            raise RuntimeError(faults[0])
        page.wait_for_timeout(20)
    first += [address for address in sizes if "favicon" not in address]
    page.wait_for_timeout(1500)
    box = page.locator("#map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 30, box["y"] + box["height"] - 40)
    page.mouse.down()
    page.evaluate(FRAMES, PAN_SECONDS)
    frames = page.evaluate_handle("window.frames_drawn")
    over = time.monotonic() + PAN_SECONDS
    for step in range(60):
        page.mouse.move(x - 200 + 4 * step, y + 100 - 2 * step)
        if time.monotonic() > over:  # where a frame takes seconds, so does each move
            break
    rate = page.evaluate("window.frames_drawn")
    page.mouse.up()
    frames.dispose()
    page.close()
    return {"first": at, "rate": rate, "bytes": sum(sizes[address] for address in first)}


def measure(size: int, rounds: int, folder: Path) -> None:
    """Measure one size and print a line for each viewer."""
    from playwright.sync_api import sync_playwright

    notes, state = folder / str(size) / "notes", folder / str(size) / "state"
    write_notes(size, notes)
    command = [sys.executable, "-m", "alpgraph", "layout", "--notes", str(notes)]
    subprocess.run([*command, "--state", str(state)], check=True, capture_output=True)
    ours = "performance.getEntriesByName('map drawn')[0]?.startTime"
    found: dict[str, list[dict[str, float]]] = {}
    with (
        running_server(str(notes), "--state", str(state)) as server,
        serving(folder / "peers") as peer_url,
        sync_playwright() as playwright,
    ):
        for_peers(server.url, folder / "peers", state)
        server.get("/network")  # what a server keeps is kept from now on, as is what peers read
        flags = {
            "alpgraph": ["--disable-gpu"],
            "force-graph": ["--disable-gpu"],
            "sigma": [*SOFTWARE_GL],
        }
        for _ in range(rounds):
            for name, more in flags.items():
                url = server.url + "/network" if name == "alpgraph" else f"{peer_url}/{name}.html"
                drawn = ours if name == "alpgraph" else "window.first"
                browser = playwright.chromium.launch(
                    executable_path=install(), args=[*FLAGS, *more]
                )
                found.setdefault(name, []).append(visit(browser, url, drawn))
                browser.close()
    report(size, found)


def report(size: int, found: dict[str, list[dict[str, float]]]) -> None:
    """Print medians, and each peer's as multiples of ours."""
    middle = {
        name: {key: statistics.median(row[key] for row in rows) for key in rows[0]}
        for name, rows in found.items()
    }
    ours = middle["alpgraph"]
    for name, row in middle.items():
        ratio = f"{row['first'] / ours['first']:6.1f} x" if name != "alpgraph" else ""
        print(
            f"{size:>7} {name:<12} {row['bytes'] / 1000:9.0f} kB {row['first']:8.0f} ms "
            f"{row['rate']:6.1f} /s {ratio}",
            flush=True,
        )


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,10000,50000")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    head = f"{'notes':>7} {'viewer':<12} {'to first':>12} {'picture':>11} {'pan':>8}"
    print(f"{head}  first picture, as multiple of ours")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "peers").mkdir()
        for viewer, scripts in peers(folder / "peers").items():
            size = sum(len(zipped(path)) for path in scripts) / 1000
            print(f"{'':>7} {viewer:<12} {size:9.1f} kB of script")
        for size in map(int, options.sizes.split(",")):
            measure(size, options.rounds, folder)


if __name__ == "__main__":
    main()
