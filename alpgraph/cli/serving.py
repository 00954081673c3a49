"""`alpgraph serve`."""

import os
import secrets
import socket
import sys
import webbrowser
from pathlib import Path
from typing import NoReturn

import click

from alpgraph.cli.options import find, notes_argument, state_option

DEFAULT_PORT = 8000
LOOPBACK = ("127.0.0.1", "localhost", "::1")
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""What listens on every address of the machine, and where that is reached from itself."""


@click.command(epilog="Examples: `alpgraph serve notes/`; `alpgraph serve --port 8080 --no-open`.")
@notes_argument
@click.option("--host", help="Address to listen on; 127.0.0.1 unless told.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 8000, else the next free one.")
@state_option
@click.option("--no-open", is_flag=True, help="Do not open a browser.")
@click.option("--url", help="Public address of the site, for feeds and links.")
@click.option(
    "--allow-host",
    multiple=True,
    metavar="NAME",
    help="Also answer to this Host; runs then need --allow-runs.",
)
@click.option("--allow-runs", is_flag=True, default=None, help="Accept runs where others reach it.")
@click.option(
    "--allow-origin", metavar="URL", multiple=True, help="Take runs that a static site there sends."
)
@click.option("--edit", is_flag=True, help="Let the form write notes (loopback only).")
@click.option("--dask", metavar="ADDRESS", help="Dask scheduler that runs the experiments.")
@click.option("--database", metavar="URL", help="Database for runs; SQLite in the state folder.")
@click.option("--workers", type=click.IntRange(1, 64), help="Server processes; 1 unless told.")
def serve(
    notes: Path | None,
    host: str | None,
    port: int | None,
    state: Path | None,
    no_open: bool,
    url: str | None,
    allow_host: tuple[str, ...],
    allow_runs: bool | None,
    allow_origin: tuple[str, ...],
    edit: bool,
    dask: str | None,
    database: str | None,
    workers: int | None,
) -> None:
    """Serve a folder of notes with live reload.

    NOTES is ./notes where there is one, else the bundled collection.
    """
    flags = {
        "host": host,
        "port": port,
        "url": url,
        "allow_hosts": allow_host or None,
        "allow_runs": allow_runs,
        "allow_origins": allow_origin or None,
        "dask": dask,
        "database": database,
        "workers": workers,
    }
    location, config = find(notes, state, flags)
    if edit and config.host not in LOOPBACK:
        raise click.UsageError(f"--edit writes files, so it needs a loopback host: {config.host!r}")
    if config.dask:
        from alpgraph.cli.cluster import reach_scheduler

        reach_scheduler(config.dask)
    if edit and location.bundled:
        raise click.UsageError("--edit writes notes; make a folder of your own (`alpgraph init`)")
    token = secrets.token_urlsafe(24) if edit else ""
    listener = listen(config.host, config.port)
    bound = listener.getsockname()[1]
    address = f"http://{_reached(config.host)}:{bound}"
    if config.port is None and bound != DEFAULT_PORT:
        click.echo(f"port {DEFAULT_PORT} is taken, so this is {bound}", err=True)
    click.echo(f"serving {location.notes} at {address}  (Ctrl-C ends it)", err=True)
    if config.host in EVERYWHERE and not config.allow_hosts:
        message = (
            "other machines are answered under the names that --allow-host gives; there is none"
        )
        click.echo(message, err=True)
    if edit:
        address = f"{address}/new?token={token}"
        click.echo(f"the form that writes notes is at {address}", err=True)
    if not no_open and _has_screen():
        webbrowser.open(address)
    from alpgraph.web import Settings, serve_app

    settings = Settings(location=location, config=config, port=bound, edit=edit, token=token)
    _leave(serve_app(settings, listener))


def _leave(code: int) -> NoReturn:
    """End the process at once: to free many notes one by one would take seconds after Ctrl-C."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _reached(host: str) -> str:
    """Return the name in an address that a browser on this machine is answered under."""
    name = EVERYWHERE.get(host, host)
    return f"[{name}]" if ":" in name else name


def listen(host: str, port: int | None) -> socket.socket:
    """Bind `port`, or the first free one from the default upwards when none was asked for."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    ports = [port] if port is not None else [*range(DEFAULT_PORT, DEFAULT_PORT + 50), 0]
    reason = ""
    for candidate in ports:
        # asyncio sends small pieces at once only where the protocol is said, else 40 ms later
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
            listener.listen(2048)
        except OSError as error:
            listener.close()
            reason = error.strerror or str(error)
            continue
        listener.set_inheritable(True)
        return listener
    raise click.UsageError(f"cannot listen on {host} port {ports[0]}: {reason.lower()}")


def _has_screen() -> bool:
    """Whether opening a browser can show anything to the person who typed the command."""
    if not sys.stdout.isatty():
        return False
    graphical = sys.platform in ("darwin", "win32")
    return graphical or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
