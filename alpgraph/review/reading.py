"""Read both sides of a change from git's objects and say what it means; nothing of theirs runs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from alpgraph.check import FaultFinder, check_notebook
from alpgraph.graph import NoteGraph, build_graph, patch_graph
from alpgraph.history import common_ancestor, notebook_at, unread_at
from alpgraph.notes import Notebook
from alpgraph.notes.reading import collector_paused
from alpgraph.review.model import Review, review_change


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two states of one collection, and what lies between them."""

    before: Notebook
    after: Notebook
    graph_before: NoteGraph
    graph_after: NoteGraph
    review: Review

    @property
    def experiments(self) -> tuple[str, ...]:
        """Slugs of the new and the changed notes that attach an experiment."""
        return tuple(
            slug
            for slug, note in self.after.notes.items()
            if note.experiment and self._digest(slug) != note.digest and slug.isprintable()
        )

    def _digest(self, slug: str) -> str:
        return self.before.notes[slug].digest if slug in self.before.notes else ""


def compare_revisions(
    now: Notebook, base: str, head: str = "", *, graph: NoteGraph | None = None
) -> Comparison:
    """Compare two revisions of the folder of `now`, the notes on disk; without `head`, with these.

    `BASE...` or `BASE...HEAD` means what was done since the two parted; `graph`, that of `now`,
    saves building it. Raises HistoryError when there is no such revision or no repository.
    """
    base, dots, other = base.partition("...")
    if dots:
        head = head or other
        base = common_ancestor(now.root, base, head or "HEAD")
    # collecting would look through every note again and again while these stay alive anyway
    with collector_paused():
        return _compared(now, base, head, graph)


def _compared(now: Notebook, base: str, head: str, graph: NoteGraph | None) -> Comparison:
    after = notebook_at(now.root, head, like=now) if head else now
    # first, since the notes it makes are then shared
    graph_after = graph if graph is not None and after is now else build_graph(after)
    before = notebook_at(now.root, base, like=after)
    graphs = patch_graph(graph_after, after, before), graph_after
    finders, *verdicts = _evidence(before, after, base, head)
    review = review_change(
        before,
        after,
        *graphs,
        check_notebook(before, graphs[0], finders),
        check_notebook(after, graphs[1], finders),
        verdicts_before=verdicts[0],
        verdicts_after=verdicts[1],
    )
    if head:
        known = unread_at(now.root, base)
        fresh = sorted((p, w) for p, w in unread_at(now.root, head).items() if known.get(p) != w)
        review = replace(review, unread=tuple(fresh))
    return Comparison(before, after, *graphs, review)


def _evidence(
    before: Notebook, after: Notebook, base: str, head: str
) -> tuple[Mapping[str, FaultFinder], dict[str, str], dict[str, str]]:
    """Return what judges parameters, and the verdicts before and after."""
    names = _experiments_of(before) | _experiments_of(after)
    if not names:
        return {}, {}, {}
    # imported late: experiments bring NumPy, a third of a second that most changes can do without
    from alpgraph.experiments import fault_finders
    from alpgraph.review.evidence import stored_at, stored_now, verdicts_of

    installed, root = stored_now(names), after.root
    earlier = stored_at(root, base) or installed
    later = (stored_at(root, head) if head else {}) or installed
    return fault_finders(), verdicts_of(before, earlier), verdicts_of(after, later)


def _experiments_of(notebook: Notebook) -> set[str]:
    return {note.experiment.name for note in notebook.notes.values() if note.experiment}
