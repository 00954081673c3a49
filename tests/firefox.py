"""Drive the system's own Firefox over Marionette, which it speaks itself: no driver to download.

The protocol is `LENGTH:[type, id, name or error, parameters or result]` over TCP, as geckodriver
sends it: https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
"""

import base64
import json
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
PREFERENCES = {
    "marionette.port": 0,
    "app.update.disabledForTesting": True,
    "browser.aboutwelcome.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "",
    "toolkit.telemetry.server": "",
}
FAULTS = """
  const said = Services.console.getMessageArray();
  Services.console.reset();
  return said.filter((one) => one instanceof Ci.nsIScriptError)
    .filter((one) => one.sourceName.startsWith("http") && !(one.flags & one.warningFlag))
    .map((one) => one.toString());
"""
MIDDLE = """
  const [element] = arguments;
  // a link within a picture has no place of its own to Firefox, the shape in it has
  const shape = element.ownerSVGElement ? element.firstElementChild ?? element : element;
  shape.scrollIntoView({ block: "center", behavior: "instant" });
  const { left, top, width, height } = shape.getBoundingClientRect();
  return [Math.round(left + width / 2), Math.round(top + height / 2)];
"""
STILL = "return document.getAnimations().every((one) => one.playState !== 'running')"
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the key of a reference, by the standard
RESIZE = """
  const { style } = gBrowser.selectedBrowser;
  for (const bound of ["", "min-", "max-"]) {
    style.setProperty(`${bound}width`, arguments[0], "important");
    style.setProperty(`${bound}height`, arguments[1], "important");
  }
"""
KEYS = {"Enter": "\ue007", "Tab": "\ue004", "Escape": "\ue00c"}
FLAGS = ("--headless", "--marionette", "--remote-allow-system-access", "--no-remote")
PATIENCE_S = 60


class Firefox:
    """One window of a running Firefox."""

    def __init__(self, port: int) -> None:
        """Connect and begin a session."""
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        self._stream = self._socket.makefile("rb")
        self._sent = 0
        self._read()  # the greeting
        self.command("WebDriver:NewSession", capabilities={"alwaysMatch": {}})

    def _read(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            length += self._stream.read(1) or b":"
        return json.loads(self._stream.read(int(length[:-1])))

    def command(self, name: str, **parameters: Any) -> Any:
        """Send a command; return its result."""
        self._sent += 1
        message = json.dumps([0, self._sent, name, parameters]).encode()
        self._socket.sendall(b"%d:%b" % (len(message), message))
        _, _, error, result = self._read()
        if error:
            raise AssertionError(f"{name} {parameters}: {error['message']}")
        return result["value"] if isinstance(result, dict) and "value" in result else result

    def goto(self, url: str) -> None:
        """Open an address and wait until the page is loaded."""
        self.command("WebDriver:Navigate", url=url)

    def url(self) -> str:
        """Return the address of the page."""
        return str(self.command("WebDriver:GetCurrentURL"))

    def find(self, selector: str) -> str:
        """Return the first element of a CSS selector that is shown, once there is one."""

        def shown() -> str | None:
            found = self.command("WebDriver:FindElements", using="css selector", value=selector)
            ids = [one[ELEMENT] for one in found]
            return next((one for one in ids if self._is_shown(one)), None)

        return self.until(shown, selector)

    def _is_shown(self, element: str) -> bool:
        return bool(self.command("WebDriver:IsElementDisplayed", id=element))

    def text(self, selector: str) -> str:
        """Return what an element says."""
        return str(self.command("WebDriver:GetElementText", id=self.find(selector)))

    def click(self, selector: str) -> None:
        """Click the middle of an element as a mouse does, scrolled into view."""
        self.find(selector)
        x, y = self.until(lambda: self._place(selector), f"{selector} at rest")
        steps: list[dict[str, Any]] = [{"type": "pointerMove", "x": x, "y": y}]
        steps += [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
        mouse = {"type": "pointer", "id": "mouse", "actions": steps}
        self.command("WebDriver:PerformActions", actions=[mouse])

    def _place(self, selector: str) -> list[int] | None:
        """Return where the middle of an element stands, unless something moves."""
        before = self.run(MIDDLE, {ELEMENT: self.find(selector)})
        time.sleep(0.2)
        still = self.run(STILL) and self.run(MIDDLE, {ELEMENT: self.find(selector)}) == before
        return before if still else None

    def press(self, key: str) -> None:
        """Press a key of `KEYS`, or a letter, wherever the focus is."""
        steps = [{"type": kind, "value": KEYS.get(key, key)} for kind in ("keyDown", "keyUp")]
        keys = {"type": "key", "id": "keys", "actions": steps}
        self.command("WebDriver:PerformActions", actions=[keys])

    def type(self, selector: str, text: str) -> None:
        """Type into an element; names of `KEYS` in braces are keys: `calibration{Enter}`."""
        for name, code in KEYS.items():
            text = text.replace(f"{{{name}}}", code)
        self.command("WebDriver:ElementSendKeys", id=self.find(selector), text=text)

    def run(self, script: str, *args: Any) -> Any:
        """Run a function's body in the page and return its value."""
        return self.command("WebDriver:ExecuteScript", script=script, args=list(args))

    def back(self) -> None:
        """Go back one page."""
        self.command("WebDriver:Back")

    def resize(self, width: int, height: int) -> None:
        """Give the page this size, in pixels; a window is never narrower than 500."""
        self._privileged(RESIZE, f"{width}px", f"{height}px")
        self.until(lambda: self.run("return [innerWidth, innerHeight]") == [width, height])

    def set(self, preference: str, value: bool | int) -> None:
        """Set a preference of the browser."""
        kind = "Bool" if isinstance(value, bool) else "Int"
        self._privileged(f"Services.prefs.set{kind}Pref(...arguments)", preference, value)

    def faults(self) -> list[str]:
        """Return the errors of pages that the console has had since it was last asked."""
        return [str(one) for one in self._privileged(FAULTS)]

    def _privileged(self, script: str, *args: Any) -> Any:
        self.command("Marionette:SetContext", value="chrome")
        try:
            return self.run(script, *args)
        finally:
            self.command("Marionette:SetContext", value="content")

    def screenshot(self, path: Path, *, full: bool = True) -> None:
        """Write a picture of the page."""
        data = self.command("WebDriver:TakeScreenshot", full=full)
        path.write_bytes(base64.b64decode(data))

    def until(self, holds: Callable[[], T], what: str = "it") -> T:
        """Wait until something is true, however slow the machine; return it."""
        deadline = time.monotonic() + PATIENCE_S
        while not (value := holds()):
            assert time.monotonic() < deadline, f"never came true: {what}"
            time.sleep(0.05)
        return value

    def close(self) -> None:
        """End the browser."""
        self.command("Marionette:Quit", flags=["eForceQuit"])
        self._stream.close()
        self._socket.close()


@contextmanager
def running_firefox(path: str) -> Iterator[Firefox]:
    """Start a Firefox without a window, with a profile of its own."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        lines = (f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFERENCES.items())
        (Path(profile) / "user.js").write_text("\n".join(lines))
        process = subprocess.Popen(
            [path, *FLAGS, "--profile", profile],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            browser = Firefox(_port(Path(profile), process))
            yield browser
            browser.close()
            process.wait(timeout=PATIENCE_S)
        finally:
            process.kill()
            process.wait()


def _port(profile: Path, process: subprocess.Popen[bytes]) -> int:
    """Return the port that Firefox has chosen and written into its profile."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        assert process.poll() is None, f"Firefox ended with {process.returncode}"
        written = profile / "MarionetteActivePort"
        if written.is_file() and (text := written.read_text().strip()):
            return int(text)
        time.sleep(0.1)
    raise AssertionError("Firefox did not answer")
