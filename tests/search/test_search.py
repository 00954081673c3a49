from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tantivy
from hypothesis import assume, given
from hypothesis import strategies as st

from alpgraph.notes import read_notebook
from alpgraph.search import open_index, parse_query
from alpgraph.search.finder import Finder, within_one_edit
from alpgraph.search.snippets import mark
from alpgraph.search.words import fold, spans

Folder = Callable[[dict[str, str | bytes]], Path]

NOTES: dict[str, str | bytes] = {
    "calibration.md": "---\ntitle: Can confidence be trusted?\ntopics: [Proper scores]\n"
    "claim: Calibration fades.\n---\nTemperature scaling repairs a network.\n",
    "abstain.md": "---\ntitle: When to refuse?\nrelations:\n  - type: parallel\n"
    "    to: calibration\n    why: a threshold on confidence does both jobs\n---\n"
    "A chapter on refusing, with a reject option.\n",
    "cjk.md": "---\ntitle: 知識グラフの校正\n---\n学習と選択は別の仕事である。\n",
    "accents.md": "---\ntitle: Über die Schätzung\n---\nEine naïve Wahl.\n",
}


def slugs(hits: list) -> list[str]:  # type: ignore[type-arg]
    return [hit.slug for hit in hits]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("confidence trusted", "calibration"),
        ("tempreature", "calibration"),
        ("calibr", "calibration"),
        ("threshold jobs", "abstain"),
        ('"reject option"', "abstain"),
        ("topic:proper-scores", "calibration"),
        ("links:calibration", "abstain"),
        ("type:parallels", "abstain"),
        ("has:claim", "calibration"),
        ("学習", "cjk"),
        ("校正", "cjk"),
        ("uber", "accents"),
        ("naive", "accents"),
    ],
)
def test_a_note_is_found_by_what_a_person_types(folder: Folder, text: str, first: str) -> None:
    total, hits = open_index(read_notebook(folder(NOTES))).search(text)
    assert total >= 1
    assert hits[0].slug == first


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("tempreature", ["tempreature"]),
        ("calibr", []),  # begun
        ("calibr ", ["calibr"]),
        ("confidence zebra trusted", ["zebra"]),
        ("Über", []),
        ("topic:proper-scores", []),
        ("", []),
    ],
)
def test_words_that_stand_in_no_note_are_told(folder: Folder, text: str, absent: list[str]) -> None:
    assert open_index(read_notebook(folder(NOTES))).absent(text) == absent


def test_nothing_typed_and_nothing_found_are_no_errors(folder: Folder) -> None:
    index = open_index(read_notebook(folder(NOTES)))
    assert index.search("") == (0, [])
    assert index.search("zzzzqqq")[0] == 0
    assert index.search("zzzzqqq\udcff topic:\udcff links:\udcff")[0] == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("verdict:no-effect", ["abstain"]),
        ('verdict:"no effect"', ["abstain"]),
        ("verdict:supported verdict:no-effect", ["abstain"]),
        ("verdict:supported", []),
        ("verdict:none", ["calibration"]),  # a claim that nothing tests
        ('verdict:"not tested"', ["calibration"]),
    ],
)
def test_the_verdict_filter_follows_the_verdicts_given(
    folder: Folder, text: str, found: list[str]
) -> None:
    index = open_index(read_notebook(folder(NOTES)))
    total, hits = index.search(text, verdicts={"abstain": "no effect"})
    assert (total, slugs(hits)) == (len(found), found)


@pytest.mark.parametrize(
    "written", ["part-of", "parent", "has-part", "Child", '"is part of"', '"has the part"']
)
def test_a_relation_is_found_at_both_ends_under_any_name_of_its_type(
    folder: Folder, tmp_path: Path, written: str
) -> None:
    whole = "---\ntitle: The whole\n---\n"
    part = "---\ntitle: A part\nrelations:\n  - {type: part-of, to: Whole}\n---\n"
    root = folder({"Whole.md": whole, "part.md": part, "other.md": "# Other\n"})
    index = open_index(read_notebook(root), tmp_path)
    assert sorted(slugs(index.search(f"type:{written}")[1])) == ["Whole", "part"]
    assert slugs(index.search("links:whole")[1]) == ["part"]
    (root / "part.md").write_text("---\ntitle: A part\n---\n")
    (root / "other.md").write_text(part.replace("part-of", "has-part"))
    index.update(read_notebook(root))
    assert sorted(slugs(index.search(f"type:{written}")[1])) == ["Whole", "other"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("has:foo", "“has:” knows experiment, claim, source, relation and finding; not “foo”."),
        ("verdict:maybe", "supported, contradicted, no effect, inconclusive or not tested; not"),
        ("type:nothing", "parallels, has-instance, framed-by"),
        ("topic:scores", "No topic is called “scores”; nearest is “proper-scores”."),
        ("topic:zzz", "No topic is called “zzz”."),
        ("links:zzz", "none answers to “zzz”"),
    ],
)
def test_a_filter_with_a_value_that_nothing_has_says_which_there_are(
    folder: Folder, text: str, says: str
) -> None:
    index = open_index(read_notebook(folder(NOTES)))
    assert index.search(text)[0] == 0
    assert [says in told for told in index.unknown(f"calibration {text}")] == [True]


@pytest.mark.parametrize(
    "text", ["has:claim", "verdict:none", "type:limit", "topic:proper-scores", "links:abstain", "a"]
)
def test_of_a_filter_that_a_note_may_pass_nothing_is_said(folder: Folder, text: str) -> None:
    assert open_index(read_notebook(folder(NOTES))).unknown(text) == []


def test_the_index_follows_the_notes(folder: Folder, tmp_path: Path) -> None:
    root = folder(NOTES)
    index = open_index(read_notebook(root), tmp_path)
    assert index.search("ptarmigan")[0] == 0
    (root / "abstain.md").write_text("---\ntitle: A ptarmigan\n---\n")
    (root / "cjk.md").unlink()
    assert index.update(read_notebook(root)) == 2
    assert slugs(index.search("ptarmigan")[1]) == ["abstain"]
    assert index.search("校正")[0] == 0


def test_a_stored_index_is_used_again_and_a_damaged_one_rebuilt(
    folder: Folder, tmp_path: Path
) -> None:
    notebook = read_notebook(folder(NOTES))
    place = tmp_path
    open_index(notebook, place)
    assert open_index(notebook, place).search("refuse")[0] == 1
    for path in list((place / "search").iterdir()):
        path.unlink()  # never cut short in place: the first index still maps the old file
        path.write_bytes(b"damaged")
    assert open_index(notebook, place).search("refuse")[0] == 1


def test_a_folder_that_another_process_writes_keeps_nobody_from_searching(
    folder: Folder, tmp_path: Path
) -> None:
    notebook = read_notebook(folder(NOTES))
    place = tmp_path
    open_index(notebook, place)
    writer = tantivy.Index.open(str(place / "search")).writer()
    index = open_index(
        read_notebook(folder({"new.md": "# An entirely fresh word: gelato\n"})), place
    )
    assert index.search("gelato")[0] == 1
    del writer
    assert open_index(notebook, place).search("refuse")[0] == 1


def test_a_snippet_shows_the_words_of_a_link_and_not_its_address(folder: Folder) -> None:
    note = "# Links\nSee [[hidden-slug|the shown words]], [a page](hidden.md) and [[plain]].\n"
    hit = open_index(read_notebook(folder({"a.md": note}))).search("shown")[1][0]
    assert "See the shown words, a page and plain." in hit.text


HIDDEN = """---
title: A note
---
# Heading <!-- secretone -->

Shown %% secrettwo %% words, 50%% of `%% coded %%`.

%%
secretthree

secretfour
%%

<!-- secretfive
secretsix -->

<div>kept<!-- secretseven --></div>

[secreteight]: https://example.org/secretnine
"""


def test_comments_are_neither_searched_nor_shown(folder: Folder) -> None:
    index = open_index(read_notebook(folder({"a.md": HIDDEN, "b.md": "# Other\nsecretary\n"})))
    assert [slugs(index.search(f'"{w}"')[1]) for w in ("shown words", "coded", "kept")] == (
        [["a"]] * 3
    )
    for word in ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]:
        assert index.absent(f"secret{word} ") == [f"secret{word}"]
    assert index.search("words")[1][0].text == ("Heading Shown words, 50%% of %% coded %%. kept")


@pytest.mark.parametrize("hides", ["", "%% hidden %%\n"])
@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("![[attachments/wide.png]]\n\nword", "word"),
        ("![[attachments/wide.png|300]]\n\nword", "word"),
        ("![a drawing](wide.png) word", "a drawing word"),
        ("![[other|the other]] word", "the other word"),
        ("> [!warning]\n> word", "Warning word"),
        ("> [!tip]- Take care\n> word", "Take care word"),
        ("- [ ] todo word", "todo word"),
        ("- [x] done word", "done word"),
        ("a ==lit word== here", "a lit word here"),
        ("*a* **word** and `code`", "a word and code"),
        ("See [[hidden-slug|the shown]] [word](hidden.md)", "See the shown word"),
    ],
)
def test_a_snippet_shows_what_a_page_shows(
    folder: Folder, written: str, shown: str, hides: str
) -> None:
    root = folder({"a.md": f"---\ntitle: A\n---\n{hides}\n{written}\n"})
    hit = open_index(read_notebook(root)).search("word")[1][0]
    assert hit.text.removeprefix("- ") == shown


SOURCE = """---
title: A note
sources:
  - arxiv: "2511.07699"
    title: On grues
    authors: [Ada Peregrine]
    year: "2025"
---
It says [more](https://grebe.example.org/loon). %% [no](https://merganser.example.org) %%
"""


@pytest.mark.parametrize(
    "text", ["2511.07699", "arxiv 2511.07699", "arxiv:2511.07699", "peregrine", "grues", "grebe"]
)
def test_a_note_is_found_by_its_sources(folder: Folder, text: str) -> None:
    other = SOURCE.replace("07699", "07698").replace("grues", "owls")
    other = other.replace("Peregrine", "Heron").replace("grebe", "plover")
    index = open_index(read_notebook(folder({"a.md": SOURCE, "b.md": other})))
    assert slugs(index.search(text)[1]) == ["a"]
    assert index.search("merganser")[0] == 0
    if text != "grebe":
        assert "Ada Peregrine, On grues, 2025, arxiv:2511.07699" in index.search(text)[1][0].text


def test_near_notes_leave_out_the_note_itself(folder: Folder) -> None:
    index = open_index(read_notebook(folder(NOTES)))
    near = slugs(index.near("confidence and a threshold to refuse", without="abstain"))
    assert near
    assert "abstain" not in near


def test_found_words_are_marked_and_the_text_is_whole() -> None:
    pieces = mark("Calibration <b>is</b> hard", parse_query("calibraton "))
    assert "".join(piece.text for piece in pieces) == "Calibration <b>is</b> hard"
    assert [piece.text for piece in pieces if piece.marked] == ["Calibration"]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Costs of models", ["Costs"]),
        ("Casts, costs and a caste", ["Casts"]),
    ],
)
def test_words_like_one_that_was_typed_are_marked_where_it_is_missing(
    text: str, marked: list[str]
) -> None:
    assert [piece.text for piece in mark(text, parse_query("casts ")) if piece.marked] == marked


@given(st.text(max_size=80), st.text(max_size=40))
def test_marking_never_loses_text(text: str, query: str) -> None:
    assert "".join(piece.text for piece in mark(text, parse_query(query))) == text


WORDS = st.text(alphabet="abX2 _-–é知", max_size=60)


@given(WORDS, st.text(alphabet='ab2 "é知', max_size=24))
def test_the_found_words_are_those_that_comparing_every_word_finds(text: str, typed: str) -> None:
    query = parse_query(typed)
    finder = Finder(query)
    every = [place for place in spans(text) if finder[place[2]]]
    last = query.words[-1] if query.words and query.unfinished else ""
    whole = {word for phrase in query.phrases for word in phrase} | set(query.words)
    as_typed = [p for p in every if p[2] in whole or (last and p[2].startswith(last))]
    found = {word for _, _, word in as_typed}
    missing = [word for word in whole if word not in found and word != last]
    missing += [last] if last and not any(word.startswith(last) for word in found) else []
    assert list(finder.places(text)) == (every if missing else as_typed)


@given(WORDS, st.data())
def test_any_single_error_in_a_long_word_is_found(text: str, data: st.DataObject) -> None:
    word = data.draw(st.text(alphabet="abc", min_size=6, max_size=9))
    assume(word not in fold(text))  # where it stands itself, none like it is looked for
    at = data.draw(st.integers(0, len(word) - 2))
    written = data.draw(
        st.sampled_from(
            [
                word[:at] + word[at + 1 :],
                f"{word[:at]}x{word[at:]}",
                f"{word[:at]}x{word[at + 1 :]}",
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            ]
        )
    )
    found = [place[2] for place in Finder(parse_query(f"{word} ")).places(f"{text} {written}")]
    assert found[-1:] == [written]


@given(st.text(max_size=200))
def test_any_query_can_be_asked(folder_index: object, text: str) -> None:
    total, _ = folder_index.search(text)  # type: ignore[attr-defined]
    assert total >= 0


@pytest.fixture(scope="module")
def folder_index(tmp_path_factory: pytest.TempPathFactory) -> object:
    root = tmp_path_factory.mktemp("notes")
    for name, text in NOTES.items():
        (root / name).write_text(str(text), encoding="utf-8")
    return open_index(read_notebook(root))


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("abcd", "abdc", True),
        ("abcd", "abc", True),
        ("abcd", "xabcd", True),
        ("abcd", "abxd", True),
        ("abcd", "badc", False),
        ("abcd", "ab", False),
    ],
)
def test_one_edit_is_forgiven_and_two_are_not(one: str, other: str, near: bool) -> None:
    assert within_one_edit(one, other) is near


def test_a_note_that_goes_while_a_search_runs_is_not_among_the_hits(folder: Folder) -> None:
    root = folder(NOTES)
    index = open_index(read_notebook(root))

    class Meanwhile(dict[str, str]):
        """Verdicts; while they are asked for, another thread follows the notes."""

        def items(self) -> Any:
            (root / "abstain.md").unlink(missing_ok=True)
            index.update(read_notebook(root))
            return super().items()

    assert index.search("verdict:no-effect", verdicts=Meanwhile(abstain="no effect"))[1] == []


def overwritten(path: Path) -> None:
    """Put a file in the place of another whose middle is nothing but ones."""
    data, middle = path.read_bytes(), path.stat().st_size // 2
    path.unlink()  # never in place: an index of this process still maps the file
    path.write_bytes(data[: middle - 8] + b"\xff" * 16 + data[middle + 8 :])


@pytest.mark.parametrize("ending", ["term", "idx", "pos", "store", "fast", "fieldnorm"])
def test_a_damaged_part_of_an_index_is_no_fault_and_none_at_the_next_start(
    folder: Folder, tmp_path: Path, ending: str
) -> None:
    notebook = read_notebook(folder(NOTES))
    open_index(notebook, tmp_path)
    overwritten(next((tmp_path / "search").glob(f"*.{ending}")))
    for _ in range(2):
        assert slugs(open_index(notebook, tmp_path).search("refuse")[1]) == ["abstain"]


@pytest.mark.parametrize("change", [Path.unlink, overwritten])
def test_an_index_that_lost_its_notes_is_made_anew(
    folder: Folder, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    notebook = read_notebook(folder(NOTES))
    open_index(notebook, tmp_path)
    change(tmp_path / "search" / "meta.json")
    assert open_index(notebook, tmp_path).search("refuse")[0] == 1
