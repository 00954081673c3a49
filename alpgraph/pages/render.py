"""Templates to HTML: the one place that escapes."""

from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from alpgraph import __version__
from alpgraph.notes import render_inline
from alpgraph.pages import addresses, formats
from alpgraph.pages.assets import static_url
from alpgraph.resources import resource_dir
from alpgraph.search import MAX_CHARACTERS


@cache
def environment() -> Environment:
    """Return the template environment: everything is escaped but what the sanitiser made."""
    env = Environment(
        loader=FileSystemLoader(resource_dir("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # or every page would look at the dates of eight files
    )
    for name in dir(addresses):
        if name.endswith("_url"):
            env.globals[name] = getattr(addresses, name)
    env.globals |= {
        "version": __version__,
        "static_url": static_url,
        "most_characters": MAX_CHARACTERS,
    }
    for name in (
        "signed", "number", "signed_interval", "decimals", "plain_date", "short_date", "duration",
        "moment", "written", "message_html", "in_words",
    ):  # fmt: skip
        env.filters[name] = getattr(formats, name)
    env.filters["inline"] = render_inline
    return env


def render(name: str, **data: Any) -> str:
    """Render the template `name`."""
    return environment().get_template(name).render(data)
