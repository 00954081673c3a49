"""Whatever a text holds and wherever an editor points, there is an answer and never a fault."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lsprotocol import types as lsp
from pygls.workspace import PositionCodec

from alpgraph.agents.following import Follower
from alpgraph.agents.lsp import answers
from alpgraph.agents.lsp.documents import OpenDocuments
from alpgraph.config import load_config, locate

MARKS = ["[[", "]]", "#", "|", "[x](b.md#", "^", "'", '"', "{", "}", "[", "]", "\\", "`", "<!--"]
KEYS = ["relations:", "type:", "to:", "why:", "topics:", "experiment:", "name:", "title:", "---"]
OTHERS = ["\n", "\r\n", "\r", "\t", "  - ", "\u2028", "\x0c", "\x00", "\u202e", "😀", "a", "b.md"]
PART = st.sampled_from([*MARKS, *KEYS, *OTHERS])
TEXT = st.lists(st.one_of(PART, st.characters()), max_size=60).map(" ".join)
NUMBER = st.one_of(st.integers(0, 30), st.just(10**6))
SPOT = st.builds(lsp.Position, NUMBER, NUMBER)


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> OpenDocuments:
    root = tmp_path_factory.mktemp("texts") / "notes"
    root.mkdir()
    (root / "b.md").write_text("---\ntitle: B\n---\nSee [[a]].\n")
    location = locate(Path(root))
    return OpenDocuments(Follower(location, load_config(location.notes)))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    text=TEXT, front=st.booleans(), spots=st.tuples(SPOT, SPOT), units=st.sampled_from([8, 16, 32])
)
def test_every_place_of_every_text_has_an_answer(
    documents: OpenDocuments, text: str, front: bool, spots: tuple[Any, Any], units: int
) -> None:
    uri, codec = documents.uri_of("a.md"), PositionCodec(f"utf-{units}")
    documents.set_text(uri, f"---\n{text}" if front else text)
    document, lines = lsp.TextDocumentIdentifier(uri), documents.lines("a.md")
    for one in documents.findings()["a.md"]:
        told = answers.finding_of(one, lines, codec).range
        assert min(told.start.line, told.start.character) >= 0
        assert told.end.line <= len(lines)
    for spot in spots:
        answers.complete(documents, codec, lsp.CompletionParams(document, spot))
        answers.hover(documents, codec, lsp.HoverParams(document, spot))
        answers.definition(documents, codec, lsp.DefinitionParams(document, spot))
        context = lsp.ReferenceContext(include_declaration=True)
        answers.references(documents, codec, lsp.ReferenceParams(context, document, spot))
    asked = lsp.CodeActionParams(document, lsp.Range(*spots), lsp.CodeActionContext([]))
    answers.actions(documents, codec, asked)
