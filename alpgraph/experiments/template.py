"""The files of a new experiment: a small package of its own that alpgraph finds once installed."""

import keyword
import re
from pathlib import Path
from string import Template

from alpgraph.experiments.registry import find_experiment

FOLDER = Path(__file__).resolve().parent / "templates"
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST = 60


def experiment_template(name: str) -> dict[str, str]:
    """Return relative path -> text of a working experiment, its test and its pyproject.toml.

    Raises ValueError for a name that is not lower-case words joined by hyphens, or is taken.

    >>> sorted(experiment_template("label-noise"))
    ['label-noise/label_noise.py', 'label-noise/pyproject.toml', 'label-noise/test_label_noise.py']
    """
    module = name.replace("-", "_")
    if not NAME.fullmatch(name) or len(name) > LONGEST or keyword.iskeyword(module):
        raise ValueError(f"{name!r} is no name of an experiment: write words-with-hyphens")
    if find_experiment(name):
        raise ValueError(f"there is an experiment {name!r} already, and a second one is ignored")
    words = {
        "name": name,
        "module": module,
        "class": "".join(word.capitalize() for word in name.split("-")),
        "title": name.replace("-", " ").capitalize(),
    }
    files = {
        f"{module}.py": "experiment.py.txt",
        f"test_{module}.py": "test_experiment.py.txt",
        "pyproject.toml": "pyproject.toml.txt",
    }
    return {
        f"{name}/{path}": Template((FOLDER / text).read_text("utf-8")).substitute(words)
        for path, text in files.items()
    }
