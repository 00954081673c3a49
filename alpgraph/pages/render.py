"""Templates to HTML: the one place that escapes."""

from datetime import date
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from alpgraph import __version__
from alpgraph.notes import render_inline
from alpgraph.pages import addresses
from alpgraph.resources import resource_dir


def signed(value: float, digits: int = 3) -> str:
    """Write a number with its sign, a minus being a minus.

    >>> signed(-0.0761), signed(0.05)
    ('−0.076', '+0.050')
    """
    return f"{value:+.{digits}f}".replace("-", "−")


def number(value: float, digits: int = 3) -> str:
    """Write a number without a plus."""
    return f"{value:.{digits}f}".replace("-", "−")


def plain_date(text: str) -> str:
    """Write an ISO date as people do: 23 November 2026."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return text
    return f"{day.day} {day:%B %Y}"


@cache
def environment() -> Environment:
    """Return the template environment: everything is escaped but what the sanitiser made."""
    env = Environment(
        loader=FileSystemLoader(resource_dir("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in dir(addresses):
        if name.endswith("_url"):
            env.globals[name] = getattr(addresses, name)
    env.globals["version"] = __version__
    env.filters |= {
        "signed": signed,
        "number": number,
        "plain_date": plain_date,
        "inline": render_inline,
    }
    return env


def render(name: str, **data: Any) -> str:
    """Render the template `name`."""
    return environment().get_template(name).render(data)
