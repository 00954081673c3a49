"""`alpgraph check` and `alpgraph explain`."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alpgraph.cli.options import (
    find,
    find_own,
    folder_of,
    notes_argument,
    notes_option,
    read,
    state_option,
)

if TYPE_CHECKING:
    from alpgraph.config import Config, Location
    from alpgraph.diagnostics import Diagnostic
    from alpgraph.notes import Notebook

FORMATS = ("full", "concise", "json", "github", "sarif")
FOR_PEOPLE = ("full", "concise")


@click.command(epilog="Examples: `alpgraph check`; `alpgraph check notes/ --select ALP1 --fix`.")
@notes_argument
@click.option("--output-format", type=click.Choice(FORMATS), help="full, or github in its CI.")
@click.option("--select", multiple=True, metavar="CODE", help="Only codes that start so.")
@click.option("--ignore", multiple=True, metavar="CODE", help="No codes that start so.")
@click.option("--fix", is_flag=True, help="Mend what can be mended with certainty; shows the diff.")
@click.option("--changed-since", metavar="REV", help="Only notes changed since, and what it broke.")
@click.option("--error-on-warning", is_flag=True, help="Exit 1 on warnings too.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 whatever is found.")
@state_option
def check(
    notes: Path | None,
    output_format: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fix: bool,
    changed_since: str | None,
    error_on_warning: bool,
    exit_zero: bool,
    state: Path | None,
) -> int:
    """Find faults in notes and point at file, line and column.

    Exit codes: 0 clean, 1 errors found, 2 wrong use, 101 our own fault.
    """
    from alpgraph.check import chosen, summary_line, summary_table
    from alpgraph.diagnostics import Severity

    location, config = (find_own if fix else find)(notes, state)
    name = output_format or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "full")
    try:
        every, count = _findings(location, config, changed_since)
        findings = chosen(every, select=select, ignore=ignore)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if fix:
        from alpgraph.check import apply_fixes

        outcome = apply_fixes(read(location, config), findings)
        if name in FOR_PEOPLE:  # what programs read holds nothing else
            click.echo(outcome.diff, nl=False)
        click.echo(outcome.summary, err=True)
        every, count = _findings(location, config, changed_since)
        findings = chosen(every, select=select, ignore=ignore)
    click.echo(_report(name, findings, location.notes), nl=False)
    if name == "github":
        _add_to_summary(findings, location.notes)
    if name in FOR_PEOPLE:
        click.echo(summary_table(findings), err=True, nl=False)
    click.echo(summary_line(findings, count), err=True)
    if location.bundled:
        click.echo("these are the bundled notes, since there is no ./notes here", err=True)
    bad = {Severity.ERROR, Severity.WARNING} if error_on_warning else {Severity.ERROR}
    return int(not exit_zero and any(finding.severity in bad for finding in findings))


def _findings(
    location: "Location", config: "Config", changed_since: str | None
) -> "tuple[list[Diagnostic], int]":
    """Return the findings and the number of notes: those of the last run if nothing changed."""
    from importlib.metadata import entry_points

    from alpgraph.check import FindingsCache
    from alpgraph.notes import types_of
    from alpgraph.resources import EXPERIMENTS

    folder, types = location.cache(), types_of(config.relation_types)
    # experiments of other packages judge parameters too
    points = [f"{point.value}{point.dist}" for point in entry_points(group=EXPERIMENTS)]
    cache = FindingsCache(location.notes, folder, types, repr(points))
    if changed_since is None and (cached := cache.load()):
        return cached.found, cached.notes
    notebook = read(location, config)
    findings = findings_of(notebook, changed_since)
    if changed_since is None:
        FindingsCache(location.notes, folder, types, repr(points)).save(
            findings, len(notebook.notes)
        )
    return findings, len(notebook.notes)


def findings_of(notebook: "Notebook", changed_since: str | None) -> "list[Diagnostic]":
    """Run every rule, or those findings that a change since a revision touches."""
    from alpgraph.check import check_notebook, findings_of_change
    from alpgraph.experiments import fault_finders
    from alpgraph.graph import build_graph, patch_graph

    experiments, graph = fault_finders(), build_graph(notebook)
    findings = check_notebook(notebook, graph, experiments)
    if changed_since is None:
        return findings
    from alpgraph.history import changed_paths, notebook_at

    before = notebook_at(notebook.root, changed_since, like=notebook)
    earlier = check_notebook(before, patch_graph(graph, notebook, before), experiments)
    return findings_of_change(earlier, findings, changed_paths(notebook.root, changed_since))


def _report(name: str, findings: "list[Diagnostic]", root: Path) -> str:
    """Format findings as asked."""
    from alpgraph import check as reports

    if name == "full":
        colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        prefix = shown_prefix(root)
        few, more = reports.without_repeats(findings)
        return reports.to_full(few, source_reader(root), colour=colour, prefix=prefix) + more
    # each is looked up, and so imported, only when it is asked for
    plain: dict[str, Callable[[list[Diagnostic]], str]] = {
        "concise": lambda findings: reports.to_concise(findings, prefix=shown_prefix(root)),
        "json": lambda findings: reports.to_json(findings),
        "github": lambda findings: reports.to_github(findings, prefix=_prefix(root)),
        "sarif": lambda findings: reports.to_sarif(findings, prefix=_prefix(root)),
    }
    return plain[name](findings)


def shown_prefix(root: Path) -> str:
    """Return what stands before a note's path, so that terminals and editors can open it."""
    inside = root.is_relative_to(Path.cwd())
    shown = root.relative_to(Path.cwd()) if inside else root
    return "" if shown == Path() else f"{shown.as_posix()}/"


def _prefix(root: Path) -> str:
    """Return the notes folder's path in its repository, by which forges place findings."""
    from alpgraph.history import HistoryError
    from alpgraph.history.git import prefix_of

    try:
        return prefix_of(root)
    except HistoryError:
        return ""


def _add_to_summary(findings: "list[Diagnostic]", root: Path) -> None:
    """Add all findings to the summary of a GitHub job, which holds more than annotations do."""
    from alpgraph.check import to_summary

    place = os.environ.get("GITHUB_STEP_SUMMARY")
    if place:
        with Path(place).open("a", encoding="utf-8") as file:
            file.write(f"## Findings\n\n{to_summary(findings, prefix=_prefix(root))}\n")


def source_reader(root: Path) -> Callable[[str], str]:
    """Return a function that reads a note's text for the lines a report quotes."""

    def read_source(file: str) -> str:
        try:
            return (root / file).read_text(encoding="utf-8-sig", errors="replace")
        except OSError:
            return ""

    return read_source


def _folder_around(file: Path) -> Path:
    """Return the notes folder around a file, else the current folder if that is around it."""
    current, resolved = Path.cwd(), file.resolve()
    return folder_of(file) or (current if resolved.is_relative_to(current) else resolved.parent)


@click.command(epilog="Examples: `alpgraph explain ALP011`; `alpgraph explain notes/a.md`.")
@click.argument("what", metavar="CODE|FILE")
@notes_option
@state_option
def explain(what: str, notes: Path | None, state: Path | None) -> int:
    """Say what a finding means, with a wrong and a right example, or what a note's lines became."""
    from alpgraph.check import RULES
    from alpgraph.check import explain as explain_code

    if what.upper() in RULES:
        click.echo(explain_code(what.upper()))
        return 0
    path = Path(what)
    location, config = find(notes or (_folder_around(path) if path.is_file() else None), state)
    notebook = read(location, config)
    relative = path.resolve()
    by_path = {note.path: slug for slug, note in notebook.notes.items()}
    name = (
        relative.relative_to(location.notes).as_posix()
        if relative.is_relative_to(location.notes)
        else what
    )
    slug = by_path.get(name) or (what if what in notebook.notes else None)
    if slug is None:
        codes = f"codes are {min(RULES)} to {max(RULES)}, as `alpgraph check` prints them"
        raise click.UsageError(f"{what!r} is neither a code of a finding nor a note; {codes}")
    from alpgraph.authoring import explain_file

    click.echo(explain_file(notebook, slug))
    return 0
