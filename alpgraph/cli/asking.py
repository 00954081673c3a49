"""`alpgraph export`, `search`, `path`, `stats`, `layout`: the pages' answers in the terminal."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alpgraph.cli.options import find, json_option, notes_option, read, state_option

if TYPE_CHECKING:
    import networkx as nx

    from alpgraph.config import Location
    from alpgraph.graph import GraphPath
    from alpgraph.notes import Notebook

EXPORTS = ("json", "graphml", "gexf", "jsonld", "ttl", "dot")


def _read_graph(
    notes: Path | None, state: Path | None
) -> "tuple[Location, Notebook, nx.MultiDiGraph[str]]":
    """Read the collection and its graph."""
    from alpgraph.graph import build_graph

    location, config = find(notes, state)
    notebook = read(location, config)
    return location, notebook, build_graph(notebook)


@click.command(epilog="Examples: `alpgraph export graphml > notes.graphml`; `alpgraph export dot`.")
@click.argument("format", type=click.Choice(EXPORTS))
@notes_option
@state_option
def export(format: str, notes: Path | None, state: Path | None) -> None:
    """Print the graph as JSON, GraphML, GEXF, JSON-LD, Turtle or DOT."""
    from alpgraph.graph import export as export_graph
    from alpgraph.pages.state import verdicts_of

    _, notebook, graph = _read_graph(notes, state)
    verdicts = {slug: info.verdict for slug, info in verdicts_of(notebook).items()}
    data = export_graph(graph, format, verdicts=verdicts)
    if isinstance(data, bytes):
        sys.stdout.buffer.write(data)
    else:
        click.echo(data, nl=not data.endswith("\n"))


@click.command(
    epilog="Examples: `alpgraph search calibration`; `alpgraph search 'topic:abstention'`."
)
@click.argument("query", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True)
@json_option
@notes_option
@state_option
def search(
    query: tuple[str, ...], limit: int, as_json: bool, notes: Path | None, state: Path | None
) -> int:
    """Search titles, claims, summaries, text, the reasons on links and sources."""
    from alpgraph.search import open_index

    location, config = find(notes, state)
    notebook = read(location, config)
    index = open_index(notebook, location.cache())
    text = " ".join(query)
    verdicts = _verdicts(notebook) if "verdict:" in text else {}
    total, hits = index.search(text, limit=limit, verdicts=verdicts)
    unknown = index.unknown(text)
    if as_json:
        items = [
            {
                "slug": hit.slug,
                "title": notebook.notes[hit.slug].title,
                "snippet": hit.text,
                "score": hit.score,
            }
            for hit in hits
        ]
        answer = {"total": total, "items": items, "unknown": unknown}
        click.echo(json.dumps(answer, indent=2, ensure_ascii=False))
        return 0
    from alpgraph.check.terminal import escape

    for hit in hits:
        lines = (notebook.notes[hit.slug].title, f"  {hit.slug}", f"  {hit.text}")
        click.echo("\n".join(map(escape, lines)) + "\n")
    for sentence in unknown:
        click.echo(escape(sentence), err=True)
    lacks = [repr(word) for word in index.absent(text)] if total else []
    summary = f"{total} found" + (f"; no note has {' or '.join(lacks)}" if lacks else "")
    click.echo(summary if total else "nothing found", err=True)
    return 0


def _verdicts(notebook: "Notebook") -> dict[str, str]:
    """Return the verdicts of the stored references by slug."""
    from alpgraph.pages.state import verdicts_of

    return {slug: info.verdict for slug, info in verdicts_of(notebook).items()}


@click.command(epilog="Example: `alpgraph path utility-weighted-loss start-abstention`.")
@click.argument("start", metavar="A")
@click.argument("end", metavar="B")
@click.option("-k", "count", type=click.IntRange(1, 10), default=3, show_default=True)
@json_option
@notes_option
@state_option
def path(
    start: str, end: str, count: int, as_json: bool, notes: Path | None, state: Path | None
) -> int:
    """Tell how two notes are related, by the best typed paths between them."""
    from alpgraph.graph import explain_no_path, find_paths, path_to_json

    _, notebook, graph = _read_graph(notes, state)
    ends = [_slug_of(notebook, word) for word in (start, end)]
    if ends[0] == ends[1]:
        raise click.UsageError(f"{start!r} and {end!r} are the same note")
    paths = find_paths(graph, ends[0], ends[1], k=count)
    if as_json:
        click.echo(json.dumps({"paths": [path_to_json(one) for one in paths]}, indent=2))
        return 0
    from alpgraph.check.terminal import escape

    if not paths:
        click.echo(escape(explain_no_path(graph, ends[0], ends[1])))
        return 1
    titles = {slug: note.title for slug, note in notebook.notes.items()}
    for number, one in enumerate(paths, 1):
        click.echo("\n".join(map(escape, _steps(number, one, titles))) + "\n")
    return 0


def _steps(number: int, path: "GraphPath", titles: Mapping[str, str]) -> Iterator[str]:
    """Tell a path as a row of notes, with the reason below each step."""
    yield f"{number}. {titles[path.steps[0].from_]}"
    for step in path.steps:
        yield f"   {step.label} {titles[step.to]}"
        if step.why:
            yield f"      {step.why}"


def _slug_of(notebook: "Notebook", word: str) -> str:
    """Resolve a note by slug, alias or title, as a link would."""
    if word in notebook.notes:
        return word
    answer = notebook.resolve(word, "")
    if answer.slug is None:
        import difflib

        near = difflib.get_close_matches(word, notebook.notes, 3)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise click.UsageError(f"no note {word!r}{hint}")
    return answer.slug


@click.command(epilog="Example: `alpgraph stats --json`.")
@json_option
@notes_option
@state_option
def stats(as_json: bool, notes: Path | None, state: Path | None) -> None:
    """Count and weigh the collection; each figure says how it was computed."""
    from alpgraph.graph import find_areas, load_layout, stats_to_json, stats_to_text
    from alpgraph.graph import stats as compute

    location, notebook, graph = _read_graph(notes, state)
    stored = load_layout(location.cache())
    areas = find_areas(graph, stored.communities if stored else None)
    sources = {slug: len(note.sources) for slug, note in notebook.notes.items()}
    figures = compute(graph, sources=sources, areas=areas)
    if as_json:
        click.echo(json.dumps(stats_to_json(figures), indent=2, ensure_ascii=False))
        return
    from alpgraph.check.terminal import escape

    click.echo("\n".join(map(escape, stats_to_text(figures).split("\n"))))


@click.command(epilog="Example: `alpgraph layout --fresh`.")
@click.option("--fresh", is_flag=True, help="Forget the stored positions and start over.")
@json_option
@notes_option
@state_option
def layout(fresh: bool, as_json: bool, notes: Path | None, state: Path | None) -> None:
    """Lay out the map; stored positions stay where they are unless `--fresh`."""
    from alpgraph.graph import load_layout, stored_layout

    location, notebook, graph = _read_graph(notes, state)
    cache = location.cache()
    result = stored_layout(graph, cache, fresh=fresh)
    if as_json:
        click.echo(json.dumps({slug: list(xy) for slug, xy in result.positions.items()}))
    else:
        from alpgraph.check.terminal import counted, escape

        for area in result.areas:
            click.echo(f"{len(area.slugs):5d}  {escape(area.name)}")
        placed = counted(len(notebook.notes), "note")  # ghosts are on the map too, but no notes
        click.echo(f"{placed} placed in {counted(len(result.areas), 'area')}", err=True)
    if load_layout(cache) != result:
        raise OSError(f"the map cannot be kept in '{location.state}'; choose another with --state")
