import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

CODE = """
import sys
from pathlib import Path
import alpgraph.web
from alpgraph.config import Config
from alpgraph.pages import build_collection
from alpgraph.pages.note import note_page
from alpgraph.pages.walk import walk_page
collection = build_collection(Path(sys.argv[1]), None, Config())
assert "Alpha" in note_page(collection, "b") and "Alpha" in walk_page(collection, "b")
print(*sorted({"numpy", "sqlalchemy"} & sys.modules.keys()))
"""


def test_a_note_without_experiment_is_served_without_numpy_and_a_database(
    folder: Callable[..., Path],
) -> None:
    linked = "---\ntitle: Beta\nrelations: [{type: leads-to, to: a, why: it goes on}]\n---\n"
    root = folder({"a.md": "# Alpha\n", "b.md": linked})
    command = [sys.executable, "-c", CODE, str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
