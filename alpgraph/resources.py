"""Where the bundled folders lie: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
CHECKOUT, BUNDLED = PACKAGE.parent, PACKAGE / "_bundled"


def resource_dir(name: str) -> Path:
    """Return the folder `notes`, `templates` or `static` that came with this alpgraph.

    Raises FileNotFoundError when this installation lacks it.
    """
    root = CHECKOUT if (CHECKOUT / "pyproject.toml").is_file() else BUNDLED
    if not (root / name).is_dir():
        raise FileNotFoundError(f"this installation of alpgraph has no {name}/ folder in {root}")
    return root / name
