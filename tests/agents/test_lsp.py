"""The LSP server through its own door: a process, pygls' client, standard streams."""

import json
import queue
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.lsp.client import LanguageClient

Run = Callable[..., "subprocess.CompletedProcess[str]"]
HEAD = """---
title: %s
summary: Words for a card.
claim: %s
topics: [%s]
sources: ["https://example.org/work"]
"""
A = (
    HEAD % ("Does the first claim hold?", "It holds where costs are known.", "costs")
    + """relations:
  - {type: explained-by, to: b, why: B tells by which mechanism it comes about}
experiment:
  name: utility-weighted-loss
  params: {data: digits, miss_cost: 30}
---
A 😀 link to [[c#Two words]].
"""
)
B = (
    HEAD % ("The mechanism behind it", "A mechanism is at work.", "costs, mechanisms")
    + """relations:
  - type: supports
    to: a
    why: what is measured here makes A more credible
---
Words.
"""
)
C = (
    HEAD % ("A third note", "There is a third thing.", "costs")
    + "---\nText about [[b]].\n\n## Two words\n\nMore.\n"
)
NO = HEAD % ("A word of YAML", "No is no.", "words") + "---\nText about [[a]].\n"
FILES = {"a.md": A, "b.md": B, "c.md": C, "no.md": NO}


class Client(LanguageClient):
    """A client that remembers how its server ended."""

    exit_code: int | None = None
    errors = b""

    async def server_exit(self, server: Any) -> None:
        self.exit_code, self.errors = server.returncode, await server.stderr.read()


class Editor:
    """An editor that is used without `await`."""

    def __init__(self, portal: BlockingPortal, root: Path) -> None:
        self.portal, self.root = portal, root
        self.client = Client("editor", "1")
        self.told: dict[str, list[lsp.Diagnostic]] = {}
        self.news: queue.Queue[str] = queue.Queue()
        self.messages: queue.Queue[str] = queue.Queue()
        self.registered: list[str] = []
        self.opened: set[str] = set()
        self.texts: dict[str, str] = {}
        self.version = 0

        @self.client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def told(params: lsp.PublishDiagnosticsParams) -> None:
            self.told[params.uri] = list(params.diagnostics)
            self.news.put(params.uri)

        @self.client.feature(lsp.WINDOW_SHOW_MESSAGE)
        def show(params: lsp.ShowMessageParams) -> None:
            self.messages.put(params.message)

        @self.client.feature(lsp.CLIENT_REGISTER_CAPABILITY)
        def register(params: lsp.RegistrationParams) -> None:
            self.registered += [one.method for one in params.registrations]

    def start(
        self,
        *args: str,
        workspace: Path,
        encodings: list[Any] | None = None,
        resources: Sequence[lsp.ResourceOperationKind] = (lsp.ResourceOperationKind.Rename,),
    ) -> None:
        watched = lsp.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True)
        capabilities = lsp.ClientCapabilities(
            workspace=lsp.WorkspaceClientCapabilities(
                did_change_watched_files=watched,
                workspace_edit=lsp.WorkspaceEditClientCapabilities(
                    document_changes=True, resource_operations=resources
                ),
            ),
            general=lsp.GeneralClientCapabilities(position_encodings=encodings),
        )
        hello = lsp.InitializeParams(capabilities=capabilities, root_uri=workspace.as_uri())
        command = [sys.executable, "-m", "alpgraph", "lsp", *args]
        self.portal.call(self.client.start_io, *command)
        self.hello = self.portal.call(self.client.initialize_async, hello)
        self.portal.call(self.client.initialized, lsp.InitializedParams())

    def stop(self) -> tuple[int, str]:
        """Leave politely; return the exit code and what stands on standard error."""
        self.portal.call(self.client.shutdown_async, None)
        self.portal.call(self.client.exit, None)
        self.portal.call(self.client.stop)
        assert self.client.exit_code is not None
        return self.client.exit_code, self.client.errors.decode()

    def uri(self, name: str) -> str:
        return (self.root / name).as_uri()

    def type(self, name: str, text: str) -> None:
        """Open a text, or change it."""
        self.version += 1
        self.texts[name] = text
        uri, client = self.uri(name), self.client
        if name not in self.opened:
            self.opened.add(name)
            item = lsp.TextDocumentItem(uri, "markdown", self.version, text)
            self.portal.call(client.text_document_did_open, lsp.DidOpenTextDocumentParams(item))
        else:
            change = lsp.TextDocumentContentChangeWholeDocument(text)
            document = lsp.VersionedTextDocumentIdentifier(self.version, uri)
            self.portal.call(
                client.text_document_did_change, lsp.DidChangeTextDocumentParams(document, [change])
            )

    def close(self, name: str) -> None:
        self.opened.discard(name)
        self.texts.pop(name, None)
        document = lsp.TextDocumentIdentifier(self.uri(name))
        self.portal.call(
            self.client.text_document_did_close, lsp.DidCloseTextDocumentParams(document)
        )

    def findings(self, name: str, *codes: str) -> list[lsp.Diagnostic]:
        """Wait until a file has findings of just these codes, in this order."""
        deadline = time.monotonic() + 60
        while [one.code for one in self.told.get(self.uri(name), [])] != list(codes):
            assert time.monotonic() < deadline, self.told.get(self.uri(name))
            try:
                self.news.get(timeout=1)
            except queue.Empty:
                continue
        return self.told.get(self.uri(name), [])

    def at(self, name: str, line: int, character: int) -> dict[str, Any]:
        return {
            "text_document": lsp.TextDocumentIdentifier(self.uri(name)),
            "position": lsp.Position(line, character),
        }

    def complete(self, name: str, text: str) -> dict[str, str]:
        """Return the words offered at the mark `|` of a text, with the text each would make."""
        before, _, after = text.partition("|")
        whole = before + after
        self.type(name, whole)
        line, character = before.count("\n"), len(before.rpartition("\n")[2])
        params = lsp.CompletionParams(**self.at(name, line, character))
        found = self.portal.call(self.client.text_document_completion_async, params)
        items = found.items if isinstance(found, lsp.CompletionList) else []
        return {one.label: edited(whole, [one.text_edit]).split("\n")[line] for one in items}

    def shown(self) -> str:
        """Wait for a message to the person."""
        return self.messages.get(timeout=60)

    def hover(self, name: str, line: int, character: int) -> str:
        params = lsp.HoverParams(**self.at(name, line, character))
        found: Any = self.portal.call(self.client.text_document_hover_async, params)
        return found.contents.value if found else ""

    def changes(self, found: Any) -> tuple[dict[str, str], dict[str, str]]:
        """Return the texts that a change makes, and which files it moves, by their names."""
        texts, moves = {}, {}
        for one in found.document_changes:
            if isinstance(one, lsp.RenameFile):
                moves[self.name(one.old_uri)] = self.name(one.new_uri)
            else:
                name = self.name(one.text_document.uri)
                text = self.texts.get(name) or (self.root / name).read_text()
                texts[name] = edited(text, list(one.edits))
        return texts, moves

    def name(self, uri: str) -> str:
        return uri.removeprefix(self.uri("") + "/")


def edited(text: str, edits: list[Any]) -> str:
    """Apply edits to a text without characters outside the basic plane."""
    lines = text.split("\n")
    starts = [sum(len(line) + 1 for line in lines[:n]) for n in range(len(lines) + 1)]

    def offset(position: lsp.Position) -> int:
        return starts[position.line] + position.character

    for edit in sorted(edits, key=lambda one: offset(one.range.start), reverse=True):
        text = text[: offset(edit.range.start)] + edit.new_text + text[offset(edit.range.end) :]
    return text


@contextmanager
def editing(root: Path, *args: str, **options: Any) -> Iterator[Editor]:
    with start_blocking_portal() as portal:
        editor = Editor(portal, root)
        editor.start(*args, **options)
        yield editor
        assert editor.stop() == (0, "")


def write(root: Path) -> Path:
    root.mkdir(parents=True)
    for name, text in FILES.items():
        (root / name).write_text(text)
    return root


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """Start the server as an editor does, in a workspace that has a folder `notes`."""
    workspace = tmp_path_factory.mktemp("lsp")
    with editing(write(workspace / "notes"), workspace=workspace) as started:
        yield started


def test_findings_of_an_unsaved_text_are_those_of_check(editor: Editor, alpgraph: Run) -> None:
    text = A.replace("explained-by", "explaind-by").replace("[[c#", "[[absent]] 😀 [[c#no ")
    editor.type("draft.md", text)
    found = editor.findings("draft.md", "ALP011", "ALP205", "ALP104", "ALP105")
    assert not (editor.root / "draft.md").exists()
    (editor.root / "draft.md").write_text(text)
    try:
        done = alpgraph("check", str(editor.root), "--output-format", "json")
    finally:
        (editor.root / "draft.md").unlink()
    expected = [one for one in json.loads(done.stdout) if one["file"] == "draft.md"]
    lines = text.split("\n")

    def place(line: int, column: int) -> tuple[int, int]:
        return line - 1, len(lines[line - 1][: column - 1].encode("utf-16-le")) // 2

    assert [(one.code, one.message, one.range) for one in found] == [
        (
            one["code"],
            f"{one['message']}\n{one['hint']}".rstrip(),
            lsp.Range(
                lsp.Position(*place(one["line"], one["column"])),
                lsp.Position(*place(one["end_line"], one["end_column"])),
            ),
        )
        for one in expected
    ]
    editor.close("draft.md")


def test_columns_are_counted_as_the_editor_asks(tmp_path: Path) -> None:
    root = write(tmp_path / "texts")
    options: dict[str, Any] = {"workspace": tmp_path, "encodings": ["utf-8", "utf-16"]}
    with editing(root, str(root), **options) as other:
        assert other.hello.capabilities.position_encoding == "utf-8"
        other.type("c.md", C.replace("Text", "é 😀 [[gone]]"))
        (found,) = other.findings("c.md", "ALP104")
        assert found.range == lsp.Range(lsp.Position(7, 8), lsp.Position(7, 16))


def test_findings_go_when_a_text_is_mended_and_stay_while_it_is_not(editor: Editor) -> None:
    editor.type("b.md", B.replace("to: a", "to: aa"))
    found = editor.findings("b.md", "ALP101")
    assert found[0].severity is lsp.DiagnosticSeverity.Error
    editor.type("b.md", B)
    editor.findings("b.md")
    editor.close("b.md")


def test_an_unsaved_text_breaks_links_of_other_notes(editor: Editor) -> None:
    editor.type("c.md", C.replace("Two words", "Other words"))
    editor.findings("a.md", "ALP105")
    editor.close("c.md")
    editor.findings("a.md")


def test_changes_on_disk_are_followed(editor: Editor) -> None:
    assert lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES in editor.registered
    path = editor.root / "b.md"
    event = lsp.FileEvent(path.as_uri(), lsp.FileChangeType.Changed)
    told = lsp.DidChangeWatchedFilesParams([event])
    try:
        path.write_text(B.replace("to: a", "to: nowhere"))
        editor.portal.call(editor.client.workspace_did_change_watched_files, told)
        editor.findings("b.md", "ALP101")
    finally:
        path.write_text(B)
    editor.portal.call(editor.client.workspace_did_change_watched_files, told)
    editor.findings("b.md")


MATTER = "---\ntitle: T\nrelations:\n  - type: parallels\n    %s\n---\n"


def test_targets_are_completed_and_quoted_where_yaml_needs_it(editor: Editor) -> None:
    found = editor.complete("new.md", MATTER % "to: |")
    assert found["b"] == "    to: b"
    assert found["no"] == '    to: "no"'
    assert editor.complete("new.md", MATTER % 'to: "x|"')["no"] == '    to: "no"'
    flow = editor.complete("new.md", "---\nrelations:\n  - {type: cause, to: x|y, why: z}\n---\n")
    assert flow["c"] == "  - {type: cause, to: c, why: z}"


def test_relation_types_are_completed_with_their_sentences(editor: Editor) -> None:
    text = "---\nrelations:\n  - type: ex|\n"
    assert editor.complete("new.md", text)["explains"] == "  - type: explains"
    params = lsp.CompletionParams(**editor.at("new.md", 2, 12))
    found: Any = editor.portal.call(editor.client.text_document_completion_async, params)
    told = {one.label: (one.detail, one.documentation) for one in found.items}
    assert told["explains"] == (
        "this note explains the other",
        "B gives A's mechanism or cause",
    )
    assert next(iter(told)) == "parallels"


def test_topics_bases_experiments_and_keys_are_completed(editor: Editor) -> None:
    flow = editor.complete("new.md", "---\ntopics: [costs, me|]\n---\n")
    assert flow["mechanisms"] == "topics: [costs, mechanisms]"
    assert editor.complete("new.md", "---\ntopics:\n  - |\n")["costs"] == "  - costs"
    assert "measured" in editor.complete("new.md", MATTER % "basis: |")
    named = editor.complete("new.md", "---\nexperiment: {name: |}\n---\n")
    assert named["utility-weighted-loss"] == "experiment: {name: utility-weighted-loss}"
    keys = editor.complete("new.md", "---\ntitle: T\ncl|\n---\n")
    assert keys["claim"] == "claim: "
    assert "title" not in keys
    inside = "---\nexperiment:\n  name: toy\n%s\n  params:\n    x: 1\n%s\ntitle: T\n---\n"
    assert editor.complete("new.md", inside % ("  s|", "")) == {"scope": "  scope: "}
    assert editor.complete("new.md", inside % ("", "    |")) == {}  # a parameter's place


def test_wiki_links_and_their_headings_are_completed_in_the_body(editor: Editor) -> None:
    body = "---\ntitle: T\n---\n%s"
    assert editor.complete("new.md", body % "See [[th|")["c"] == "See [[c]]"
    assert editor.complete("new.md", body % "See [[|]] too")["b"] == "See [[b]] too"
    assert editor.complete("new.md", body % "See [[x|#h]]")["c"] == "See [[c#h]]"
    assert editor.complete("new.md", body % "See [[c#|") == {"Two words": "See [[c#Two words]]"}
    assert editor.complete("new.md", body % "to: |") == {}
    assert editor.complete("new.md", body % "Plain words |") == {}


def test_hover_tells_what_a_link_leads_to_and_why(editor: Editor) -> None:
    told = editor.hover("b.md", 8, 8).split("\n")
    assert told[:2] == ["Does the first claim hold?", "It holds where costs are known."]
    assert told[2].startswith("verdict of utility-weighted-loss: supported (+0.129")
    assert "supports: what is measured here makes A more credible" in told
    assert "explains: B tells by which mechanism it comes about (told there)" in told
    assert editor.hover("b.md", 7, 12).startswith("this note supports the other\n")
    assert editor.hover("b.md", 11, 2) == ""
    editor.type("new.md", "---\ntitle: T\n---\n[[nothing]]\n")
    assert editor.hover("new.md", 3, 4) == "no note `nothing`"


def test_a_link_leads_to_the_note_or_its_heading(editor: Editor) -> None:
    def definition(*place: int) -> tuple[str, int]:
        params = lsp.DefinitionParams(**editor.at("a.md", *place))
        found: Any = editor.portal.call(editor.client.text_document_definition_async, params)
        return found.uri, found.range.start.line

    assert definition(7, 30) == (editor.uri("b.md"), 0)
    assert definition(12, 17) == (editor.uri("c.md"), 9)


def test_references_are_the_places_that_link_to_a_note(editor: Editor) -> None:
    def references(*place: int) -> list[tuple[str, int, int]]:
        context = lsp.ReferenceContext(include_declaration=False)
        params = lsp.ReferenceParams(context, **editor.at("b.md", *place))
        found = editor.portal.call(editor.client.text_document_references_async, params) or []
        return [(one.uri, one.range.start.line, one.range.start.character) for one in found]

    assert references(11, 0) == [(editor.uri("a.md"), 7, 29), (editor.uri("c.md"), 7, 11)]
    assert references(8, 8) == [(editor.uri("b.md"), 8, 8), (editor.uri("no.md"), 7, 11)]


def test_a_fix_of_check_is_a_code_action_that_mends_the_text(editor: Editor) -> None:
    text = B.replace("type: supports", "type: suports")
    editor.type("b.md", text)
    (found,) = editor.findings("b.md", "ALP011")
    document = lsp.TextDocumentIdentifier(editor.uri("b.md"))
    params = lsp.CodeActionParams(document, found.range, lsp.CodeActionContext([found]))
    actions: Any = editor.portal.call(editor.client.text_document_code_action_async, params)
    assert [one.title for one in actions] == ["write `supports`"]
    assert edited(text, actions[0].edit.changes[editor.uri("b.md")]) == B
    elsewhere = lsp.Range(lsp.Position(0, 0), lsp.Position(1, 0))
    params = lsp.CodeActionParams(document, elsewhere, lsp.CodeActionContext([]))
    assert not editor.portal.call(editor.client.text_document_code_action_async, params)
    editor.close("b.md")


def test_a_note_is_renamed_with_the_links_of_unsaved_texts(editor: Editor) -> None:
    editor.type("c.md", C + "And [[b]] 😀 [[b]] again.\n")
    prepared: Any = editor.portal.call(
        editor.client.text_document_prepare_rename_async,
        lsp.PrepareRenameParams(**editor.at("a.md", 7, 30)),
    )
    assert (prepared.placeholder, prepared.range.start.line) == ("b", 7)
    params = lsp.RenameParams(new_name="topic/two", **editor.at("a.md", 7, 30))
    found = editor.portal.call(editor.client.text_document_rename_async, params)
    assert editor.changes(found) == (
        {
            "a.md": A.replace("to: b", "to: topic/two"),
            "b.md": B.replace("---\nWords", "aliases: [b]\n---\nWords"),
            "c.md": C.replace("[[b]]", "[[topic/two]]")
            + "And [[topic/two]] 😀 [[topic/two]] again.\n",
        },
        {"b.md": "topic/two.md"},
    )
    assert (editor.root / "topic").is_dir()  # which not every editor makes
    (editor.root / "topic").rmdir()
    itself = lsp.RenameParams(new_name="d", **editor.at("b.md", 11, 0))
    found = editor.portal.call(editor.client.text_document_rename_async, itself)
    assert editor.changes(found)[1] == {"b.md": "d.md"}
    editor.close("c.md")
    with pytest.raises(JsonRpcException, match=r"there is a note at 'a\.md' already"):
        editor.portal.call(
            editor.client.text_document_rename_async,
            lsp.RenameParams(new_name="a", **editor.at("b.md", 11, 0)),
        )


def test_files_that_an_editor_moves_take_their_links_along(editor: Editor) -> None:
    def move(old: str, new: str) -> Any:
        params = lsp.RenameFilesParams([lsp.FileRename(editor.uri(old), editor.uri(new))])
        return editor.portal.call(editor.client.workspace_will_rename_files_async, params)

    texts, moves = editor.changes(move("c.md", "x/see.md"))
    assert moves == {}
    assert texts == {
        "a.md": A.replace("[[c#", "[[x/see#"),
        "c.md": C.replace("---\nText", "aliases: [c]\n---\nText"),
    }
    assert move("c.md", "../c.md") is None
    assert move("plot.svg", "x/plot.svg") is None
    assert move("c.md", "a.md") is None
    assert editor.shown() == "links stay: there is a note at 'a.md' already"


def test_an_editor_that_moves_no_files_is_told_what_does(tmp_path: Path) -> None:
    root = write(tmp_path / "notes")
    with editing(root, workspace=tmp_path, resources=()) as editor:
        params = lsp.RenameParams(new_name="d", **editor.at("b.md", 11, 0))
        with pytest.raises(JsonRpcException, match="`alpgraph rename OLD NEW` does"):
            editor.portal.call(editor.client.text_document_rename_async, params)


def test_files_outside_the_notes_get_no_answers(editor: Editor) -> None:
    for name in ("../README.md", ".obsidian/a.md", "page.html"):
        assert editor.complete(name, "---\ntitle: T\n---\n[[|") == {}
        assert editor.uri(name) not in editor.told


def test_a_missing_folder_is_wrong_use(alpgraph: Run, tmp_path: Path) -> None:
    done = alpgraph("lsp", str(tmp_path / "absent"))
    assert done.returncode == 2
    assert "absent" in done.stderr
    assert done.stdout == ""
