"""Find PostgreSQL's server programs; installs Debian's package when root and there are none.

Tests bring their own cluster: started in a temporary folder, reached by a socket in it only.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

INSTALL = (
    "apt-get update -qq; "
    "DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql"
)


def find_programs() -> Path | None:
    """Return the folder that holds `initdb` and `postgres`, the newest first."""
    found = Path(shutil.which("initdb") or "/nowhere").resolve()  # it may be a link
    if found.with_name("postgres").is_file():
        return found.parent
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name)
    )
    return next((path for path in reversed(folders) if (path / "initdb").is_file()), None)


def install() -> Path:
    """Return the programs' folder, installing them now if need be, or end with a message."""
    if folder := find_programs():
        return folder
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("tests of runs need PostgreSQL; installing Debian's", file=sys.stderr)
        subprocess.run(INSTALL, shell=True, stdout=subprocess.DEVNULL, check=False)
        if folder := find_programs():
            return folder
    raise RuntimeError("tests of runs need PostgreSQL's server: apt-get install postgresql")


def _unprivileged() -> tuple[int, int] | None:
    """PostgreSQL refuses to run as root: the user and group to run it as, if so."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return entry.pw_uid, entry.pw_gid


def _answers(socket: str) -> bool:
    try:
        psycopg.connect(f"postgresql:///postgres?host={socket}&user=tests").close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def running_postgres() -> Iterator[str]:
    """Start a fresh cluster; gives the folder of its socket, user `tests`, database `postgres`."""
    programs, who = install(), _unprivileged()
    options = {"user": who[0], "group": who[1], "extra_groups": []} if who else {}
    with tempfile.TemporaryDirectory(prefix="alp-pg-", dir="/tmp") as name:
        if who:
            os.chown(name, *who)
        data = Path(name) / "data"
        subprocess.run(
            [
                programs / "initdb",
                "-D",
                data,
                "-U",
                "tests",
                "-A",
                "trust",
                "--no-sync",
                "-E",
                "UTF8",
            ],
            check=True,
            capture_output=True,
            cwd=name,
            **options,  # type: ignore[call-overload]
        )
        settings = ["listen_addresses=", f"unix_socket_directories={name}", "fsync=off"]
        with (Path(name) / "log").open("wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, *(w for s in settings for w in ("-c", s))],
                stdout=log,
                stderr=log,
                cwd=name,
                **options,  # type: ignore[call-overload]
            )
        try:
            deadline = time.monotonic() + 60
            while not _answers(name):
                if server.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((Path(name) / "log").read_text())
                time.sleep(0.02)
            yield name
        finally:
            server.send_signal(signal.SIGINT)  # clients are sent away
            server.wait(timeout=20)


if __name__ == "__main__":
    print(install())
