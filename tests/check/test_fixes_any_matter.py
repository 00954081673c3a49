"""Whatever the front matter, mending changes in it what was found and nothing besides."""

import tempfile
import tomllib
from pathlib import Path

import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alpgraph.check import apply_fixes, check_notebook
from alpgraph.graph import build_graph
from alpgraph.notes import read_notebook

SLIPS = {"sumary": "summary", "titel": "title", "paralel": "parallels", "wy": "why", "C d": "c-d"}
ODD = st.text("ab \t\u2028\u2029\x85\xa0\ufeff\u202e漢🙂e\u0301:#'", max_size=6)
QUOTED = st.sampled_from(['"%s"', "'%s'"])
WORDS = st.sampled_from(sorted(SLIPS))
YAML_LINES = st.one_of(
    st.builds("{}: {}".format, WORDS | st.just("tags"), ODD),
    st.builds(lambda key, quotes, text: f"{key}: {quotes % text}", WORDS, QUOTED, ODD),
    st.builds(lambda key, quotes: f"{quotes % key}: x", WORDS, QUOTED),
    st.builds("relations: [{{type: {}, to: {}, wy: some of it}}]".format, WORDS, WORDS),
    st.builds('relations: [{{"type":"{}","wy":"{}", to: b}}]'.format, WORDS, ODD),
    st.builds("relations:\n  - type: {}\n    to: {}\n    wy: {}".format, WORDS, WORDS, ODD),
    st.builds("relations:\n- to: [[{}]]\n  wy: >\n    {}\n  type: paralel".format, WORDS, ODD),
    st.builds("relations:\n\n  paralel: {}".format, WORDS),
    st.builds("# {}".format, ODD),
)
TOML_LINES = st.one_of(
    st.builds('{} = "{}"'.format, WORDS, ODD),
    st.builds("\"{}\" = '''\nsumary = 1\n{}'''".format, WORDS, ODD),
    st.builds('relations = [{{type = "{}", to = "{}"}}]'.format, WORDS, WORDS),
    st.builds('[[relations]]\ntype = "paralel"\nto = "{}"\nwy = "{}"'.format, WORDS, ODD),
)
MATTERS = st.lists(YAML_LINES, max_size=4).map(lambda lines: ("---", lines)) | st.lists(
    TOML_LINES, max_size=4
).map(lambda lines: ("+++", lines))


def said(mark: str, matter: str) -> object:
    """What front matter says, by parsers that alpgraph does not use for it; pairs for mappings."""

    def of(value: object) -> object:
        if isinstance(value, yaml.MappingNode):
            return [[of(key), of(item)] for key, item in value.value]
        if isinstance(value, yaml.SequenceNode):
            return [of(item) for item in value.value]
        if isinstance(value, dict):
            return [[key, of(item)] for key, item in value.items()]
        if isinstance(value, list):
            return [of(item) for item in value]
        return value.value if isinstance(value, yaml.ScalarNode) else value

    try:
        return of(
            tomllib.loads(matter)
            if mark == "+++"
            else yaml.compose(matter.lstrip("\ufeff"), Loader=yaml.SafeLoader)
        )
    except (yaml.YAMLError, tomllib.TOMLDecodeError, AttributeError):
        return None


def differences(a: object, b: object) -> list[tuple[object, object]]:
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return [one for pair in zip(a, b, strict=True) for one in differences(*pair)]
    return [] if a == b else [(a, b)]


@settings(max_examples=200)
@given(MATTERS, st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(["", "\ufeff"]))
@example(("+++", ['sumary = "keep me"', '[[relations]]\ntype = "paralel"\nto = "b"']), "\n", "")
@example(("---", ['titel: "C\u2028d"', "relations:\n  - type: paralel\n    to: b"]), "\r\n", "")
def test_mending_changes_what_was_found_and_nothing_besides(
    matter: tuple[str, list[str]], line_end: str, bom: str
) -> None:
    mark, lines = matter
    text = "\n".join([mark, *lines, mark, "Body \u2028 of paralel sumary\n"])
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "a.md").write_bytes((bom + text.replace("\n", line_end)).encode())
        (root / "c-d.md").write_bytes(b"x")
        notebook = read_notebook(root)
        found = check_notebook(notebook, build_graph(notebook), {})
        outcome = apply_fixes(notebook, found)
        data = (root / "a.md").read_bytes().decode()
    assert data.startswith(bom)
    after = data.removeprefix(bom).replace("\r\n", "\n").replace("\r", "\n")
    assert after.rpartition(mark)[2] == text.rpartition(mark)[2]
    old, new = (said(mark, one.partition("\n")[2].rpartition(mark)[0]) for one in (text, after))
    changed = differences(old, new)
    assert all(SLIPS.get(str(a)) == b for a, b in changed)
    assert text.count("\n") == after.count("\n")
    mended = {edit.place for one in outcome.fixed if one.fix for edit in one.fix.edits}
    if old is not None:  # the parser in Python refuses some of what libyaml reads
        assert len(changed) == len(mended)
    if not mended:
        assert after == text
