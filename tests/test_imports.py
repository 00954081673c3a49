"""Rooms import only from rooms below them: the table of the design, held by reading the code."""

import ast
import importlib
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "alpgraph"
# from the top floor to the ground; rooms of one floor do not know each other
FLOORS = [
    {"cli"},
    {"web"},
    {"site"},
    {"agents"},
    {"pages"},
    {"authoring"},
    {"review"},
    {"check"},
    {"search"},
    {"runs"},
    {"graph"},
    {"experiments"},
    {"history"},
    {"notes"},
    {"trainer"},
    {"config"},
    {"diagnostics", "processes", "resources", "state"},
    {"locks"},
]
# what design section 1 says a room never knows of, beyond the floors
NEVER = {
    "cli": set(),
    "web": {"cli"},
    "graph": {"experiments", "history", "trainer"},
    "experiments": {"notes", "history"},
    "history": set(),
    "notes": {"trainer"},
    "search": {"graph", "runs", "experiments", "trainer"},
    "runs": {"graph", "notes", "history"},
    "trainer": {"diagnostics", "config", "locks", "processes", "resources", "state"},
}
LEVEL = {room: level for level, floor in enumerate(FLOORS) for room in floor}
FILES = sorted(path for path in PACKAGE.rglob("*.py") if "_bundled" not in path.parts)


def room_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    return parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[tuple[str, int]]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "alpgraph" and len(parts) > 1 and parts[1] != "__version__":
                found.add((parts[1], node.lineno))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_rooms_import_only_from_rooms_below(path: Path) -> None:
    room = room_of(path)
    if room in ("__init__", "__main__"):
        assert {name for name, _ in imported_rooms(path)} <= {"cli"}
        return
    assert room in LEVEL, f"{room} is not in the table of rooms"
    wrong = [
        f"{path.relative_to(PACKAGE)}:{line} imports {other}"
        for other, line in imported_rooms(path)
        if other != room
        and (LEVEL.get(other, -1) <= LEVEL[room] or other in NEVER.get(room, set()))
    ]
    assert not wrong


def test_every_room_of_the_table_that_exists_is_not_empty() -> None:
    for folder in PACKAGE.iterdir():
        if folder.is_dir() and folder.name not in ("__pycache__", "_bundled"):
            assert any(path.name != "__init__.py" for path in folder.glob("*.py")), folder


@pytest.mark.parametrize("room", sorted(path.parent.name for path in PACKAGE.glob("*/*.pyi")))
def test_every_name_of_a_lazy_room_can_be_imported(room: str) -> None:
    module = importlib.import_module(f"alpgraph.{room}")
    assert len(module.__all__) > 10
    for name in module.__all__:
        assert getattr(module, name).__class__.__name__ != "module", name
