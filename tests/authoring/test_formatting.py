import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from alpgraph.authoring import format_folder, format_matter, format_note
from alpgraph.authoring.matter import meaning, written
from alpgraph.notes import read_notebook

Folder = Callable[[dict[str, str | bytes]], Path]

CASES = {
    "keys in order": (
        "claim: c\ntitle: t\nsummary: s\n",
        "title: t\nsummary: s\nclaim: c\n",
    ),
    "other tools' keys follow": (
        "tags: [x]\nclaim: c\ndate: 2020-01-01\ntitle: t\n",
        "title: t\nclaim: c\ntags: [x]\ndate: 2020-01-01\n",
    ),
    "comments stay with what they speak of": (
        "# about the claim\nclaim: c  # surely\n# about the title\ntitle: t\n# at the end\n",
        "# about the title\ntitle: t\n# about the claim\nclaim: c  # surely\n# at the end\n",
    ),
    "comment on the file stays on top": (
        "# a template\n\nclaim: c\ntitle: t\n",
        "# a template\n\ntitle: t\nclaim: c\n",
    ),
    "indented comment stays below its list": (
        "relations:\n  - type: up\n    to: b\n  # - type: down\n  #   to: c\ntitle: t\n",
        "title: t\nrelations:\n  - type: up\n    to: b\n  # - type: down\n  #   to: c\n",
    ),
    "block scalar keeps what looks like a comment": (
        "summary: |\n  one\n\n  # two\nrelations: []\ntitle: >-\n  a\n  b\n",
        "title: >-\n  a\n  b\nsummary: |\n  one\n\n  # two\nrelations: []\n",
    ),
    "quoted scalar over lines": (
        'summary: "one\n  two"\ntitle: t\n',
        'title: t\nsummary: "one\n  two"\n',
    ),
    "flow relations become blocks": (
        "relations: [{why: 'x, y', to: b, type: up}, {type: down, to: c, basis: paper}]  # two\n",
        "relations:\n  - type: up\n    to: b\n    why: 'x, y'\n"
        "  - type: down\n    to: c\n    basis: paper  # two\n",
    ),
    "flow items become blocks": (
        "relations:\n  - {to: b, type: up}  # first\n\n  # between\n  - {type: down, to: c}\n",
        "relations:\n  - type: up\n    to: b  # first\n\n  # between\n  - type: down\n    to: c\n",
    ),
    "block items in order": (
        "relations:\n- why: because of this\n    and that\n  to: b # there\n  type: up\n",
        "relations:\n- type: up\n  to: b # there\n  why: because of this\n    and that\n",
    ),
    "block items one after another": (
        "relations:\n- to: b\n  type: up\n# between\n- to: c\n  type: down\n- to: d\n  type: up\n",
        "relations:\n- type: up\n  to: b\n# between\n- type: down\n  to: c\n- type: up\n  to: d\n",
    ),
    "value over lines in flow style": (
        'relations:\n  - {type: up, to: b, why: "one\n    two"}\n',
        "relations:\n  - type: up\n    to: b\n    why: one two\n",
    ),
    "empty value": (
        "relations: [{type: up, to: b, why: }]\n",
        "relations:\n  - type: up\n    to: b\n    why:\n",
    ),
    "wikilink in flow style": (
        'relations: [{type: up, to: "[[b#c]]"}]\n',
        'relations:\n  - type: up\n    to: "[[b#c]]"\n',
    ),
}
LEFT_ALONE = {
    "comment inside brackets": "relations: [\n  # why not\n  {type: up, to: b}\n]\n",
    "comment between lines of an item": "relations:\n  - to: b\n    # hm\n    type: up\n",
    "map of another tool": "relations:\n  supports: ['[[b]]']\n",
    "flow mapping as a whole": "{title: t, claim: c}\n",
    "not YAML": "claim: c: d\ntitle: t\n",
    "repeated key": "claim: c\ntitle: t\nclaim: d\n",
    "anchor": "claim: &a c\ntitle: *a\n",
    "text": "only words\n",
    "nothing": "",
    "comment only": "# nothing\n",
    "kept blank lines": "claim: |+\n  c\n\n\ntitle: t\n",
    "list of texts": "relations: [a, b]\n",
    "no keys": "relations: [{}]\n",
    "other lists in flow style": "sources: [{url: u, title: t}]\n",
}


@pytest.mark.parametrize("case", CASES)
def test_front_matter_becomes_tidy(case: str) -> None:
    before, after = CASES[case]
    assert format_matter(before) == after
    assert format_matter(after) == after


@pytest.mark.parametrize("case", LEFT_ALONE)
def test_doubtful_front_matter_is_left_alone(case: str) -> None:
    assert format_matter(LEFT_ALONE[case]) == LEFT_ALONE[case]


NAMES = st.sampled_from(["title", "claim", "summary", "tags", "x-y", "sources", "aliases"])
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12
) | st.sampled_from(["no", "3.10", "a: b", "# c", "- d", "[[e]]", "'", '"', "a # b", "|", "&a"])
ITEMS = st.dictionaries(st.sampled_from(["type", "to", "why", "basis", "odd"]), TEXTS, min_size=1)
COMMENTS = st.sampled_from(["", "# one\n", "\n", "  # two\n", "\n# three\n\n"])


@st.composite
def matters(draw: st.DrawFn) -> str:
    """Front matter in every style, with comments between the keys and behind values."""
    parts = []
    keys = draw(st.lists(NAMES, unique=True, max_size=5))
    if draw(st.booleans()):
        keys.insert(draw(st.integers(0, len(keys))), "relations")
    for key in keys:
        flow = draw(st.sampled_from([True, False, None]))
        value = draw(st.lists(ITEMS, max_size=3)) if key == "relations" else draw(TEXTS)
        text = yaml.safe_dump(
            {key: value},
            default_flow_style=flow,
            allow_unicode=draw(st.booleans()),
            sort_keys=False,
            width=draw(st.sampled_from([10, 1000])),
            default_style=draw(st.sampled_from([None, '"', "'", "|", ">"])),
        )
        if flow:
            text = text.strip().removeprefix("{").removesuffix("}") + "\n"
        parts += [draw(COMMENTS), text]
    return "".join([*parts, draw(COMMENTS)])


@given(matters() | st.text())
def test_tidying_keeps_the_meaning_and_every_comment(raw: str) -> None:
    tidy = format_matter(raw)
    assert meaning(tidy) == meaning(raw)
    assert format_matter(tidy) == tidy
    if meaning(raw) is not None:
        for comment in ("# one\n", "# two\n", "# three\n"):
            assert tidy.count(comment) == raw.count(comment)


@given(st.text())
def test_quoting_reads_back(text: str) -> None:
    value = written(text)
    assert yaml.safe_load(f"key: {value}\n") == {"key": text}
    assert yaml.safe_load(f"[{written(text, flow=True)}, 1]") == [text, 1]


@pytest.mark.parametrize("text", ["no", "3.10", "2020-01-01", "~", "", " a", "a: b", "a #b", "@a"])
def test_texts_that_others_read_as_something_else_are_quoted(text: str) -> None:
    assert written(text) == f'"{text}"'


def test_only_front_matter_is_touched() -> None:
    body = "\n\n# claim: c\n---\ntrailing   \n\n\nno end"
    text = f"---\nclaim: c\ntitle: t\n---{body}"
    assert format_note(text.encode()) == f"---\ntitle: t\nclaim: c\n---{body}".encode()


def test_windows_line_ends_and_byte_order_mark_stay() -> None:
    text = "\ufeff---\r\nclaim: c\r\ntitle: t\r\n---\r\nText\r\n"
    expected = "\ufeff---\r\ntitle: t\r\nclaim: c\r\n---\r\nText\r\n"
    assert format_note(text.encode()) == expected.encode()


@pytest.mark.parametrize(
    "data", [b"---\nclaim: c\r\ntitle: t\n---\n", b"---\nclaim: \xff\ntitle: t\n---\n", b"", b"x"]
)
def test_odd_files_are_left_alone(data: bytes) -> None:
    assert format_note(data) == data


def test_four_times_the_relations_take_about_four_times_as_long() -> None:
    def seconds(count: int) -> float:
        items = (f"  - to: n{i}\n    type: leads-to\n    why: because {i}\n" for i in range(count))
        data = f"---\nrelations:\n{''.join(items)}---\n".encode()
        begun = time.process_time()
        assert format_note(data) != data
        return time.process_time() - begun

    few = min(seconds(1500) for _ in range(3))
    assert seconds(6000) < 8 * few  # 16 times, were each relation to touch all the text


def test_folder_is_tidied_once(folder: Folder) -> None:
    root = folder({"a.md": "---\nclaim: c\ntitle: t\n---\n", "b.md": "Text.", "c/d.md": b"\xff"})
    shown = format_folder(root, read_notebook(root), write=False)
    assert shown.changed == ("a.md",)
    assert "+title: t\n claim: c\n-title: t\n" in shown.diff
    assert (root / "a.md").read_text().startswith("---\nclaim")
    done = format_folder(root, read_notebook(root), write=True)
    assert (shown.summary, done.summary) == ("1 file to tidy", "tidied 1 file")
    assert (root / "a.md").read_text() == "---\ntitle: t\nclaim: c\n---\n"
    assert format_folder(root, read_notebook(root), write=True).summary == "all is tidy"


def test_only_the_named_file_is_tidied(folder: Folder) -> None:
    text = "---\nclaim: c\ntitle: t\n---\n"
    root = folder({"a.md": text, "b.md": text})
    assert format_folder(root, read_notebook(root), write=True, only="b.md").changed == ("b.md",)
    assert (root / "a.md").read_text() == text


def test_file_that_changed_meanwhile_is_not_tidied(folder: Folder) -> None:
    root = folder({"a.md": "---\nclaim: c\ntitle: t\n---\n"})
    notebook = read_notebook(root)
    (root / "a.md").write_text("---\nclaim: d\ntitle: t\n---\n")
    outcome = format_folder(root, notebook, write=True)
    assert outcome.changed == ()
    assert "left alone" in outcome.summary


def test_bundled_notes_are_tidy() -> None:
    root = Path(__file__).parents[2] / "notes"
    assert format_folder(root, read_notebook(root), write=False).changed == ()
