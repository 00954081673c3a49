"""What may stand in a query: values out of bounds are answered with 422, and to programs unknown
names too. Pages pass over unknown names, which others append to links that they follow."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from alpgraph.search import MAX_CHARACTERS

Slug = Annotated[str, Field(max_length=300)]
Trail = Annotated[list[Slug], Field(default_factory=list, max_length=12)]
Words = Annotated[str, Field(max_length=MAX_CHARACTERS)]


class Closed(BaseModel):
    """A query without unknown names."""

    model_config = ConfigDict(extra="forbid")


class Open(BaseModel):
    """A query of a page."""


class Nothing(Closed):
    """No parameter at all."""


class NoteQuery(Open):
    """The walk that led to a note."""

    trail: Trail


class WalkQuery(Open):
    """How a walk is shown."""

    depth: int = Field(1, ge=1, le=2)
    type: list[Annotated[str, Field(max_length=40)]] = Field(default_factory=list, max_length=40)
    basis: list[Literal["paper", "measured", "reading", "unsaid", "none"]] = Field(
        default_factory=list, max_length=5
    )
    trail: Trail


Kinds = Annotated[
    list[Annotated[str, Field(max_length=40)]], Field(default_factory=list, max_length=300)
]
Day = Annotated[
    str, Field(pattern=r"^(\d{4}-\d\d-\d\d)?$", description="a date such as 2026-01-31")
]
"""An ISO date, or nothing."""


class NetworkQuery(Open):
    """What the map shows."""

    focus: Slug = ""
    type: Kinds
    basis: Kinds
    verdict: Kinds
    topic: Annotated[str, Field(max_length=200)] = ""
    color: Literal["", "verdict", "area", "topic"] = ""
    ghosts: Literal["", "1"] = ""
    view: Annotated[str, Field(max_length=80)] = ""
    path: Annotated[list[Slug], Field(default_factory=list, max_length=50)]
    area: Annotated[int | None, Field(ge=0, le=255)] = None
    at: Day = ""


class AtQuery(Closed):
    """A past date, or now."""

    at: Day = ""


class WalkAtQuery(WalkQuery):
    """A walk on a past date, or now, as a program asks for it."""

    model_config = ConfigDict(extra="forbid")
    at: Day = ""


class EventsQuery(Closed):
    """The state a page was made from."""

    since: Annotated[str, Field(max_length=40)] = ""


class SearchQuery(Open):
    """What is looked for."""

    q: Words = ""
    limit: int = Field(20, ge=1, le=100)
    offset: int = Field(0, ge=0, le=10_000)


class SearchDataQuery(SearchQuery):
    """What a program looks for."""

    model_config = ConfigDict(extra="forbid")


class RunQuery(Open):
    """What a run is compared with."""

    with_: Annotated[str, Field(max_length=60)] = Field("", alias="with")


class PageQuery(Open):
    """A page of a list that is turned."""

    page: int = Field(1, ge=1, le=100_000)


class PathQuery(Closed):
    """Two notes."""

    from_: Slug = Field(alias="from")
    to: Slug
    k: int = Field(3, ge=1, le=5)


class WaysQuery(Open):
    """Two notes as one writes them: slugs, titles or other names."""

    from_: Words = Field("", alias="from")
    to: Words = ""
    k: int = Field(3, ge=1, le=5)


class TrailQuery(Open):
    """The notes of a walk."""

    note: Annotated[list[Slug], Field(default_factory=list, max_length=50)]
    format: Literal["", "html", "md"] = ""


class TimelineQuery(Open):
    """Where in time a page begins."""

    before: Annotated[
        str, Field(pattern=r"^([0-9a-f]{4,64})?$", description="the hash of a commit")
    ] = ""


class ListQuery(Closed):
    """A page of a list."""

    limit: int = Field(100, ge=1, le=1000)
    offset: int = Field(0, ge=0)
    topic: Annotated[str, Field(max_length=100)] = ""


class CheckBody(Closed):
    """A draft to check."""

    path: Annotated[str, Field(min_length=1, max_length=300)]
    text: Annotated[str, Field(max_length=300_000)]
