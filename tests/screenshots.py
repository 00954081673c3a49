"""Pictures of the running app: `make screenshots` has every page type, five widths, light and dark.

`python -m tests.screenshots --readme` renews the README's pictures instead.
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from conftest import ROOT, running_server
from find_browser import FLAGS, install

PAGES = {
    "home": "/",
    "note": "/n/utility-weighted-loss",
    "walk": "/walk/utility-weighted-loss",
    "network": "/network",
    "topics": "/topics",
    "relation": "/relations/has-instance",
    "experiments": "/experiments",
    "experiment": "/experiments/utility-weighted-loss",
    "search": "/search?q=calibration",
    "help": "/help/ALP011",
    "path": "/path?from=utility-weighted-loss&to=majority-voting",
    "trail": "/trail?note=utility-weighted-loss&note=thresholds-for-unequal-costs",
    "timeline": "/timeline",
    "standing": "/standing",
    "new": "/new",
}
IN_README = ("walk", "network", "experiment")
WIDTHS = (320, 375, 768, 1280, 1920)


def main() -> None:
    """Take the pictures."""
    from playwright.sync_api import sync_playwright

    readme = "--readme" in sys.argv
    out = ROOT / ".github" / "pictures" if readme else ROOT / "build" / "screenshots"
    out.mkdir(parents=True, exist_ok=True)
    names, widths = (IN_README, (1280,)) if readme else (tuple(PAGES), WIDTHS)
    with (
        tempfile.TemporaryDirectory() as state,
        running_server(str(ROOT / "notes"), "--state", state) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=install(), args=FLAGS)
        for scheme in ("light", "dark"):
            for width in widths:
                context = browser.new_context(
                    viewport={"width": width, "height": 860}, color_scheme=scheme
                )
                page = context.new_page()
                for name in names:
                    page.goto(server.url + PAGES[name])
                    page.wait_for_timeout(600)
                    stem = f"{name}-{scheme}" if readme else f"{name}-{width}-{scheme}"
                    page.screenshot(path=out / f"{stem}.png", full_page=not readme)
                    print(out / f"{stem}.png")
                context.close()
        browser.close()


if __name__ == "__main__":
    main()
