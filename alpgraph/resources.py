"""Where the bundled folders lie: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
CHECKOUT, BUNDLED = PACKAGE.parent, PACKAGE / "_bundled"
EXPERIMENTS = "alpgraph.experiments"
"""Entry points by which other packages offer experiments."""
_CODE = (".py", ".json", ".toml")


def resource_dir(name: str) -> Path:
    """Return the folder `notes`, `templates` or `static` that came with this alpgraph.

    Raises FileNotFoundError when this installation lacks it.
    """
    root = CHECKOUT if (CHECKOUT / "pyproject.toml").is_file() else BUNDLED
    if not (root / name).is_dir():
        raise FileNotFoundError(f"this installation of alpgraph has no {name}/ folder in {root}")
    return root / name


def program_stamp(*folders: str) -> str:
    """Return what tells, without reading, that a file of alpgraph or of `folders` changed."""
    files = [path for path in PACKAGE.rglob("*") if path.suffix in _CODE]
    files += [path for name in folders for path in resource_dir(name).rglob("*")]
    stats = ((path, path.stat()) for path in sorted(files))
    return ";".join(f"{path}{s.st_size}{s.st_mtime_ns}{s.st_ctime_ns}" for path, s in stats)
