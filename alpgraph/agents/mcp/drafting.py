"""What the tools say of a text that is not among the notes yet; nothing is written."""

from typing import Any

from alpgraph.agents.following import Follower
from alpgraph.agents.mcp.answers import RefusedError
from alpgraph.agents.mcp.arguments import CheckArguments, ProposeArguments
from alpgraph.authoring import DraftRelation, DraftSource, find_forge, new_note, parse_source
from alpgraph.check import check_notebook, diagnostic_record, findings_of_change
from alpgraph.diagnostics import Diagnostic, Severity
from alpgraph.experiments import fault_finders
from alpgraph.graph import patch_graph
from alpgraph.notes import with_file
from alpgraph.notes.files import is_note_name
from alpgraph.pages import Collection
from alpgraph.pages.lists import rows
from alpgraph.pages.ways import find_end

MAX_FINDINGS = 200
"""Findings of the text that an answer lists."""
MAX_ELSEWHERE = 50
"""Findings in other notes that an answer lists."""


def check_note(follower: Follower, arguments: CheckArguments) -> dict[str, Any]:
    """Return what is wrong with a text at a path, and what it would break elsewhere."""
    return _check_result(
        follower, follower.collection(), _note_path(arguments.path), arguments.text
    )


def propose_note(follower: Follower, arguments: ProposeArguments) -> dict[str, Any]:
    """Return the file of a new note, what is wrong with it, and where it can be proposed."""
    collection = follower.collection()
    notebook, config = collection.notebook, collection.config
    try:
        sources = [_source(text) for text in arguments.sources]
        slug = _note_path(f"{arguments.slug.removesuffix('.md')}.md")[:-3] if arguments.slug else ""
        draft = new_note(
            notebook,
            title=arguments.title,
            claim=arguments.claim,
            summary=arguments.summary,
            topics=arguments.topics,
            sources=sources,
            relations=[
                DraftRelation(one.type, find_end(collection, one.to).slug or one.to, one.why,
                              one.basis)
                for one in arguments.relations
            ],
            body=arguments.body,
            slug=slug,
        )  # fmt: skip
    except ValueError as error:
        raise RefusedError(str(error)) from None
    forge = find_forge(
        config.repository, kind=config.forge, branch=config.branch, notes_path=config.notes_path
    )
    whole = forge.new_url(draft.path, draft.text) if forge else None
    words = f"{arguments.title} {arguments.claim} {arguments.summary}"
    near = [hit.slug for hit in follower.search(collection).near(words)]
    return _check_result(follower, collection, draft.path, draft.text) | {
        "text": draft.text,
        "near": [{"slug": row.slug, "title": row.title} for row in rows(collection, near)],
        "url": whole or (forge.blank_url(draft.path) if forge else ""),
        "next": _next(draft.path, linked=bool(forge), whole=bool(whole)),
    }


def _note_path(path: str) -> str:
    """Return a path below the notes folder, or refuse what could not be a note's there."""
    parts = path.removeprefix("./").split("/")
    hidden = any(not part or part.startswith(".") for part in parts[:-1])
    if hidden or "\\" in path or "\0" in path or not is_note_name(parts[-1]):
        raise RefusedError(
            f"'{path}' is no path of a note; write one below the notes folder, as topic/name.md"
        )
    return "/".join(parts)


def _source(text: str) -> DraftSource:
    try:
        return parse_source(text)
    except ValueError as error:
        raise RefusedError(f"{error}; write it as arxiv:2511.07699") from None


def _check_result(
    follower: Follower, collection: Collection, path: str, text: str
) -> dict[str, Any]:
    before = collection.notebook
    after = with_file(before, path, text.encode("utf-8", "replace"))
    graph = patch_graph(collection.graph, before, after)
    found = check_notebook(after, graph, fault_finders())
    change = findings_of_change(follower.findings(collection), found, {path})
    here = [one for one in change if one.place.file == path]
    elsewhere = change[len(here) :]
    return {
        "path": path,
        "exists": any(note.path == path for note in before.notes.values()),
        "errors": sum(one.severity is Severity.ERROR for one in here),
        "total": len(here),
        "findings": [_record(one) for one in here[:MAX_FINDINGS]],
        "total_elsewhere": len(elsewhere),
        "elsewhere": [_record(one) for one in elsewhere[:MAX_ELSEWHERE]],
    }


def _record(one: Diagnostic) -> dict[str, Any]:
    """Return a finding with its place as `check` prints it."""
    place = one.place
    return {"at": f"{place.file}:{place.line}:{place.column}"} | diagnostic_record(one)


def _next(path: str, *, linked: bool, whole: bool) -> str:
    """Say what a person does with the text; nothing was written."""
    if whole:
        return "open the url: the text is filled in there, and a pull request can be made of it"
    if linked:
        return "open the url and paste the text, which is too long for the address"
    return f"save the text as {path} in the notes folder, then `alpgraph propose` it"
