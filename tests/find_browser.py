"""Find the Chromium that browser tests drive; `--install` fetches one where there is none.

Order: the system's own, Debian's package when root, Playwright's download, else a clear failure.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_browser() -> str | None:
    """Return the path of a Chromium, or None."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    try:
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            path = playwright.chromium.executable_path
    except Exception:  # no driver, no browser: the same answer
        return None
    return path if Path(path).is_file() else None


def install() -> str:
    """Return a Chromium, installed now if need be; exit with a message when none can be had."""
    if path := find_browser():
        return path
    attempts = []
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        attempts.append(
            "apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium"
        )
    attempts.append(f"{sys.executable} -m playwright install chromium")
    for command in attempts:
        print(f"browser tests need Chromium; trying: {command}", file=sys.stderr)
        subprocess.run(command, shell=True, stdout=subprocess.DEVNULL, check=False)
        if path := find_browser():
            return path
    sys.exit("browser tests need Chromium and none could be installed: install it and run again")


if __name__ == "__main__":
    print(install() if "--install" in sys.argv else find_browser())
