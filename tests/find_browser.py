"""Find the browsers that tests drive; `--install` fetches a Chromium where there is none.

Order: the system's own, Debian's package when root, Playwright's download, else a clear failure.
Firefox, which only `make soak` needs, is the system's own or Debian's: Playwright's is another.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
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
    attempts = [*_from_debian("chromium"), f"{sys.executable} -m playwright install chromium"]
    return _install("Chromium", attempts, find_browser)


def find_firefox() -> str | None:
    """Return the path of a Firefox as it is released, or None."""
    return shutil.which("firefox-esr") or shutil.which("firefox")


def install_firefox() -> str:
    """Return a Firefox, installed now if need be; exit with a message when none can be had."""
    return find_firefox() or _install("Firefox", _from_debian("firefox-esr"), find_firefox)


def _from_debian(package: str) -> list[str]:
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not shutil.which("apt-get"):
        return []
    install = f"apt-get install -y -qq --no-install-recommends {package}"
    return [f"apt-get update -qq && {install}"]


def _install(name: str, attempts: list[str], find: Callable[[], str | None]) -> str:
    for command in attempts:
        print(f"browser tests need {name}; trying: {command}", file=sys.stderr)
        subprocess.run(command, shell=True, stdout=subprocess.DEVNULL, check=False)
        if path := find():
            return path
    sys.exit(f"browser tests need {name} and none could be installed: install it and run again")


if __name__ == "__main__":
    print(install() if "--install" in sys.argv else find_browser())
