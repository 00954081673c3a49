"""What a site consists of: every page that needs no server, and the data that scripts ask for."""

from collections.abc import Mapping

from alpgraph.experiments import all_experiments
from alpgraph.pages import Collection
from alpgraph.pages.addresses import network_url
from alpgraph.pages.experiment import preset_urls
from alpgraph.pages.network import LISTED
from alpgraph.pages.retelling import tours
from alpgraph.site.data import data_parts
from alpgraph.site.digests import take_digests
from alpgraph.site.lists import CLAIM, list_parts
from alpgraph.site.notes import Near, note_parts
from alpgraph.site.part import Part


def own_files(collection: Collection) -> Mapping[str, str]:
    """Return which addresses with a query have a file of their own, and which."""
    files: dict[str, str] = {}
    for number, tour in enumerate(tours(collection), 1):
        files[tour.url] = f"trail/{number}.html"
        files[f"{tour.url}&format=md"] = f"trail/{number}.md"
    for name, experiment in all_experiments().items():
        for preset in experiment.presets:
            lies = f"experiments/{name}{'' if preset == CLAIM else '/' + preset}.html"
            files |= dict.fromkeys(preset_urls(experiment, preset), lies)
    if len(collection.notes) > LISTED:
        for area in collection.layout.areas:
            files[network_url(area=area.id)] = f"network/area-{area.id}.html"
    return files


def plan_site(collection: Collection, near: Near) -> list[Part]:
    """Return the parts of the site of a published collection, the slowest first.

    `near` returns what is like a note that nothing is linked to.
    """
    digests = take_digests(collection)
    return [
        *list_parts(collection, digests),
        *data_parts(collection, digests),
        *note_parts(collection, digests, near),
    ]
