"""Notebooks built by hand, without parsing, and graphs of them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pytest

from alpgraph.diagnostics import Place
from alpgraph.graph.build import build_graph
from alpgraph.notes.model import ExperimentRef, Mention, Note, Relation
from alpgraph.notes.relation_types import RelationTypes

TYPES = RelationTypes()
INSTALL = (
    "apt-get update -qq; "
    "DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends graphviz"
)


@dataclass(frozen=True)
class HandMade:
    notes: dict[str, Note]
    types: RelationTypes = TYPES


def hand_made(*statements: tuple[Any, ...], notes: Iterable[str] = (), **options: Any) -> HandMade:
    """Build from (author, type, target, why="", basis="") and (author, "mention", target, why).

    A target that is no author and not in `notes` is dangling. Options: `topics`, `claims`,
    `experiments` by slug.
    """
    slugs = list(dict.fromkeys([*notes, *(row[0] for row in statements)]))
    made = {}
    for slug in slugs:
        relations, mentions = [], []
        for line, row in enumerate((row for row in statements if row[0] == slug), 3):
            _, kind, to, why, basis = (*row, *("", "")[len(row) - 3 :])
            place = Place(f"{slug}.md", line)
            target = to if to in slugs else None
            if kind == "mention":
                mentions.append(Mention(to, to, "", why, place, target=target))
            else:
                relations.append(
                    Relation(
                        kind, kind, to, why, basis, "native", place, place, place, target=target
                    )
                )
        name = options.get("experiments", {}).get(slug)
        made[slug] = Note(
            slug=slug,
            path=f"{slug}.md",
            title=options.get("titles", {}).get(slug, slug.title()),
            claim=options.get("claims", {}).get(slug, ""),
            topics=tuple(options.get("topics", {}).get(slug, ())),
            relations=tuple(relations),
            mentions=tuple(mentions),
            experiment=ExperimentRef(name, {}, Place(f"{slug}.md")) if name else None,
        )
    return HandMade(made)


@pytest.fixture(scope="session")
def dot() -> str:
    """Graphviz's own reader; Debian's is installed when root and there is none."""
    if not shutil.which("dot") and os.geteuid() == 0 and shutil.which("apt-get"):
        print("tests of exports need Graphviz; installing Debian's", file=sys.stderr)
        subprocess.run(INSTALL, shell=True, stdout=subprocess.DEVNULL, check=False)
    found = shutil.which("dot")
    if not found:
        raise RuntimeError("tests of exports need Graphviz's dot: apt-get install graphviz")
    return found


@pytest.fixture(scope="session")
def notebook() -> Callable[..., HandMade]:
    return hand_made


@pytest.fixture(scope="session")
def graph() -> Callable[..., Any]:
    return lambda *relations, **options: build_graph(hand_made(*relations, **options))
