"""The pages that gather notes: topics, relations, experiments, walks worth reading, the past."""

from collections.abc import Iterator
from functools import partial
from urllib.parse import urlsplit

from alpgraph.check import RULES
from alpgraph.experiments import Experiment, all_experiments
from alpgraph.graph import Area, degrees
from alpgraph.history import HistoryError, commit_id
from alpgraph.notes.digests import digest
from alpgraph.pages import Collection
from alpgraph.pages.addresses import (
    experiment_url,
    help_url,
    network_url,
    path_url,
    relation_url,
    standing_url,
    timeline_url,
    topic_url,
    trail_url,
)
from alpgraph.pages.experiment import experiment_page, experiments_page
from alpgraph.pages.finding import absent_page, search_page
from alpgraph.pages.help import help_index, help_page
from alpgraph.pages.home import NEWEST, home_page
from alpgraph.pages.lists import edges_by_type, newest, rows, topics
from alpgraph.pages.network import LISTED, network_page
from alpgraph.pages.panel import Question
from alpgraph.pages.retelling import tours, trail_markdown, trail_page
from alpgraph.pages.standing import standing_page
from alpgraph.pages.timeline import timeline_page, timeline_starts
from alpgraph.pages.topics import list_page, relation_page, topic_page, topics_page
from alpgraph.pages.ways import End, path_page
from alpgraph.search import topic_key
from alpgraph.site.digests import Digests
from alpgraph.site.part import Made, Part, file_part, page_files, page_part, published

CLAIM = "claim"
"""The preset that the page of an experiment asks."""


def list_parts(collection: Collection, digests: Digests) -> Iterator[Part]:
    """Return every page that is not of one note, the slowest first."""
    notes_digest, map_digest = digests.everything, digest(digests.everything, digests.map)
    one = partial(page_part, collection)
    yield one(standing_url(), map_digest, partial(standing_page, collection))
    yield one(network_url(), map_digest, partial(network_page, collection))
    key = digest(notes_digest, _head(collection))
    yield Part(timeline_url(), key, partial(_timeline, collection))
    dated = [(row.slug, row.date) for row in newest(collection, NEWEST)]
    yield one("/", digest(map_digest, dated), partial(home_page, collection))
    yield from _relations(collection, digests)
    yield from _topics(collection, digests)
    yield from _areas(collection, digests)
    yield from _trails(collection, notes_digest)
    yield from _experiments(collection, digests)
    yield one("/topics", digests.relations, partial(topics_page, collection))
    yield one(path_url(), notes_digest, partial(path_page, collection, End(""), End("")))
    yield one("/search", digests.lists, partial(search_page, collection, "", 0, ()))
    yield one("/help", digests.base, partial(help_index, collection))
    for code in RULES:
        yield one(help_url(code), digests.base, partial(help_page, collection, code))
    yield Part("/404", digests.base, partial(_away, collection))


def _topics(collection: Collection, digests: Digests) -> Iterator[Part]:
    counts = degrees(collection.graph)
    for name, slugs in topics(collection):
        rows = [(digests.listed[slug], counts[slug]) for slug in slugs]
        page = partial(topic_page, collection, topic_key(name))
        yield page_part(collection, topic_url(name), digest(digests.base, name, rows), page)


def _relations(collection: Collection, digests: Digests) -> Iterator[Part]:
    by_type, titles = edges_by_type(collection), collection.graph.nodes(data="title")
    names = {slug: (title, collection.apart(slug)) for slug, title in titles}
    for kind in collection.notebook.types.types:
        told = [
            (a, names[a], b, names[b], edge["why"], edge["basis"])
            for a, b, edge in by_type.get(kind.id, ())
        ]
        key = digest(digests.base, told)
        page = partial(relation_page, collection, kind.id)
        yield page_part(collection, relation_url(kind.id), key, page)


def _areas(collection: Collection, digests: Digests) -> Iterator[Part]:
    """Return a list for each area of a map that does not name all its notes."""
    if len(collection.notes) <= LISTED:
        return
    for area in collection.layout.areas:
        key = digest(digests.base, area.name, [digests.listed.get(slug) for slug in area.slugs])
        page = partial(_area, collection, area)
        yield page_part(collection, network_url(area=area.id), key, page)


def _area(collection: Collection, area: Area) -> str:
    listed = rows(collection, area.slugs)
    heading, lead = area.name[:1].upper() + area.name[1:], f"{len(listed)} notes of one area."
    return list_page(collection, heading, "/network", lead=lead, rows=listed)


def _trails(collection: Collection, key: str) -> Iterator[Part]:
    yield page_part(collection, trail_url(), key, partial(trail_page, collection, ()))
    for tour in tours(collection):
        page = partial(trail_page, collection, tour.slugs)
        yield page_part(collection, tour.url, key, page)
        text = partial(trail_markdown, collection, tour.slugs)
        yield file_part(collection, f"{tour.url}&format=md", key, text)


def _experiments(collection: Collection, digests: Digests) -> Iterator[Part]:
    key = digest(digests.base, [digests.summaries[slug] for slug in collection.attached])
    one = partial(page_part, collection)
    yield one("/experiments", key, partial(experiments_page, collection))
    for name, experiment in all_experiments().items():
        yield one(experiment_url(name), key, partial(_experiment, collection, experiment, None))
        for preset in experiment.presets:
            if preset != CLAIM:
                page = partial(_experiment, collection, experiment, preset)
                yield one(f"{experiment_url(name)}/{preset}", key, page)


def _experiment(collection: Collection, experiment: Experiment, preset: str | None) -> str | None:
    question = Question(experiment.presets[preset].params) if preset else None
    server = published(collection).server
    return experiment_page(collection, experiment.name, question, may_run=bool(server))


def _head(collection: Collection) -> str:
    """Name the commit up to which git knows the notes; empty where there is none."""
    try:
        return commit_id(collection.notebook.root, "HEAD")
    except HistoryError:
        return ""


def _timeline(collection: Collection) -> Made:
    pages: dict[str, bytes] = {}
    for start in timeline_starts(collection):
        page = timeline_page(collection, start) or ""
        pages |= page_files(collection, timeline_url(start), page)
    return pages


def _away(collection: Collection) -> Made:
    """Return the page for wrong addresses: it is shown at any, so its links begin at the root."""
    site = published(collection)
    root = site.base or f"{urlsplit(collection.config.url).path.rstrip('/')}/"
    return {
        "404.html": site.files.rewrite_page(absent_page(collection), root).encode(
            "utf-8", "replace"
        )
    }
