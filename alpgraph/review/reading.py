"""Read both sides of a change from git's objects and say what it means; nothing of theirs runs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from alpgraph.check import FaultFinder, check_change
from alpgraph.graph import changed_sides
from alpgraph.history import common_ancestor, notebook_at, unread_at
from alpgraph.notes import Notebook, changed_slugs
from alpgraph.notes.packing import experiment_of
from alpgraph.notes.reading import collector_paused
from alpgraph.review.model import Review, review_change


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two states of one collection, and what lies between them."""

    before: Notebook
    after: Notebook
    changed: frozenset[str]
    """Slugs of the notes that came, went or became others."""
    review: Review

    @property
    def experiments(self) -> tuple[str, ...]:
        """Slugs of the new and the changed notes that attach an experiment."""
        changed = [slug for slug in self.after.notes if slug in self.changed and slug.isprintable()]
        return tuple(
            slug
            for slug in changed
            if self.after.notes[slug].experiment
            and self._digest(slug) != self.after.notes[slug].digest
        )

    def _digest(self, slug: str) -> str:
        return self.before.notes[slug].digest if slug in self.before.notes else ""


def compare_revisions(now: Notebook, base: str, head: str = "") -> Comparison:
    """Compare two revisions of the folder of `now`, the notes on disk; without `head`, with these.

    `BASE...` or `BASE...HEAD` means what was done since the two parted. Raises HistoryError when
    there is no such revision or no repository.
    """
    base, dots, other = base.partition("...")
    if dots:
        head = head or other
        base = common_ancestor(now.root, base, head or "HEAD")
    # collecting would look through every note again and again while these stay alive anyway
    with collector_paused():
        return _compared(now, base, head)


def _compared(now: Notebook, base: str, head: str) -> Comparison:
    after = notebook_at(now.root, head, like=now) if head else now
    before = notebook_at(now.root, base, like=after)
    changed = changed_slugs(before.notes, after.notes)
    sides = changed_sides(before, after, changed)
    finders, verdicts = _evidence(before, after, base, head)
    findings = check_change(*sides, changed, finders)
    review = review_change(*sides, changed, findings=findings, verdicts=verdicts)
    if head:
        known = unread_at(now.root, base)
        fresh = sorted((p, w) for p, w in unread_at(now.root, head).items() if known.get(p) != w)
        review = replace(review, unread=tuple(fresh))
    return Comparison(before, after, frozenset(changed), review)


def _evidence(
    before: Notebook, after: Notebook, base: str, head: str
) -> tuple[Mapping[str, FaultFinder], tuple[Mapping[str, str], Mapping[str, str]]]:
    """Return what judges parameters, and the verdicts before and after."""
    names = _experiments_of(before) | _experiments_of(after)
    if not names:
        return {}, ({}, {})
    # imported late: experiments bring NumPy, a third of a second that most changes can do without
    from alpgraph.experiments import fault_finders
    from alpgraph.review.evidence import stored_at, stored_now, verdicts_of

    installed, root = stored_now(names), after.root
    earlier = stored_at(root, base) or installed
    later = (stored_at(root, head) if head else {}) or installed
    return fault_finders(), (verdicts_of(before, earlier), verdicts_of(after, later))


def _experiments_of(notebook: Notebook) -> set[str]:
    return set(filter(None, map(experiment_of, notebook.index.notes.values())))
