"""What is looked at of a change gives what looking at everything gives."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from alpgraph.check import ParamFault, check_change, check_notebook
from alpgraph.diagnostics import Diagnostic
from alpgraph.graph import build_graph, changed_sides, diff_graphs, linked_groups
from alpgraph.notes import Notebook, changed_slugs, notebook_of, with_files

NAMES = ("a", "b", "topic/a", "topic/d", "index", "e.f")
TARGETS = (*NAMES, "gone", "Title", "a.md", "old")
PICTURES = ("p.svg", "topic/p.svg", "Q%20R.svg")
FILES = ("p.svg", "topic/p.svg", "old/p.svg", "q r.svg", "q%20r.svg")
BACKING = ("supported-by", "supports", "tested-by")
KINDS = ("parallels", "leads-to", "results-from", "extends", "extended-by", "misspelt", *BACKING)
WHYS = ("both give a mistake the same weight", "Both give a  mistake the same weight", "short")
EXPERIMENTS = {"known": lambda params: [ParamFault("cost", "is too large")] if params else []}

relations = st.lists(
    st.tuples(*(st.sampled_from(words) for words in (KINDS, TARGETS, WHYS))), max_size=4
)
bodies = st.lists(
    st.one_of(
        st.sampled_from(TARGETS).map("See [[{}]].".format),
        st.sampled_from("ab").map("See [[{}#Head]].".format),
        st.sampled_from(TARGETS).map("extends:: [[words|{}]]".format),
        st.just("## Head"),
        st.sampled_from(PICTURES).map("![a plot]({})".format),
    ),
    max_size=3,
)
fields = st.tuples(
    st.sampled_from(("title: Title", "title: A", "title: Head")),
    st.sampled_from(("", "claim: It holds.", "claim: It may hold.\naliases: [old]")),
    st.sampled_from(("", "sources: []", *(f"sources: [{{arxiv: '1', title: {x}}}]" for x in "BC"))),
    st.sampled_from(("", "experiment: {name: known, params: {cost: 3}}", "experiment: {name: no}")),
)


def _note(head: tuple[str, ...], told: list[tuple[str, str, str]], body: list[str]) -> bytes:
    rows = [f"  - {{type: {kind}, to: {to!r}, why: {why}}}" for kind, to, why in told]
    lines = ["---", *filter(None, head), *(["relations:", *rows] if rows else []), "---"]
    return "\n\n".join(["\n".join(lines), *body]).encode()


texts = st.builds(_note, fields, relations, bodies)
collections = st.fixed_dictionaries({f"{name}.md": texts for name in NAMES[:4]})
changes = st.dictionaries(
    st.sampled_from((*NAMES, "new")).map("{}.md".format), st.none() | texts, max_size=3
)
others = st.lists(st.sampled_from(FILES), unique=True).map(sorted)


def _found(findings: Iterable[Diagnostic]) -> Counter[tuple[str, str, str]]:
    return Counter((one.code, one.place.file, one.message) for one in findings)


def _everything(book: Notebook) -> Counter[tuple[str, str, str]]:
    return _found(check_notebook(book, build_graph(book), EXPERIMENTS))


CLAIM = _note(("title: A", "claim: It holds.", "sources: []"), [], [])
SUPPORT = _note(("title: B",), [("supports", "a", WHYS[0])], [])


@settings(deadline=None, max_examples=300)
@given(collections, changes, others, others)
@example({"a.md": CLAIM, "b.md": b"Text."}, {"b.md": SUPPORT}, [], [])
@example({"a.md": b"![[q%20r.svg]]"}, {}, ["q%20r.svg"], [])
def test_the_changed_part_tells_what_the_whole_tells(
    files: dict[str, bytes], change: dict[str, bytes | None], had: list[str], has: list[str]
) -> None:
    before = replace(notebook_of(files, root=Path()), others=had)
    after = replace(with_files(before, change), others=has)
    changed = changed_slugs(before.notes, after.notes)
    sides = changed_sides(before, after, changed)

    groups = linked_groups(sides[0].links), linked_groups(sides[1].links)
    whole = diff_graphs(build_graph(before), build_graph(after))
    assert diff_graphs(sides[0].graph, sides[1].graph, groups=groups) == whole

    old, new = map(_found, check_change(*sides, changed, EXPERIMENTS))
    every_old, every_new = _everything(before), _everything(after)
    assert (new - old, old - new) == (every_new - every_old, every_old - every_new)


@settings(deadline=None)
@given(collections, changes)
def test_notes_that_were_never_made_are_known_to_have_changed(
    files: dict[str, bytes], change: dict[str, bytes | None]
) -> None:
    before = notebook_of(files, root=Path())
    after = with_files(before, change)
    plain = dict(notebook_of(files, root=Path()).notes), dict(with_files(before, change).notes)
    assert changed_slugs(before.notes, after.notes) == changed_slugs(*plain)
