"""What agents may send: every text and list has a bound, unknown names are refused."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[
    str,
    Field(min_length=1, max_length=300, description="Slug of a note; its title or alias will do."),
]
Line = Annotated[str, Field(max_length=2_000)]
Word = Annotated[str, Field(min_length=1, max_length=100)]


class Closed(BaseModel):
    """Arguments without unknown names."""

    model_config = ConfigDict(extra="forbid")


class SearchArguments(Closed):
    """What is looked for."""

    query: str = Field(
        min_length=1,
        max_length=400,
        description='Words, "a phrase", and filters: topic:, type:, has:, verdict:, links:.',
    )
    limit: int = Field(10, ge=1, le=50)
    offset: int = Field(0, ge=0, le=10_000)


class NoteArguments(Closed):
    """A note to read."""

    note: Name
    start: int = Field(0, ge=0, description="Character of the file to go on from.")


class NeighbourArguments(Closed):
    """A note whose surroundings are wanted."""

    note: Name
    types: list[Word] = Field(
        default_factory=list,
        max_length=40,
        description="Only relations of these types; `mention` is a link in running text.",
    )
    depth: int = Field(1, ge=1, le=2, description="2 also names notes behind the neighbours.")
    limit: int = Field(24, ge=1, le=100)


class PathArguments(Closed):
    """Two notes."""

    start: Name
    end: Name
    count: int = Field(3, ge=1, le=5, description="Ways that are told, the best first.")


class ExperimentArguments(Closed):
    """One experiment, or all of them in short."""

    name: str = Field("", max_length=100, description="Of one whose whole design is wanted.")


class CheckArguments(Closed):
    """A text to check."""

    path: str = Field(
        min_length=4,
        max_length=300,
        description="File below the notes folder, as `topic/name.md`; it need not be there.",
    )
    text: str = Field(max_length=300_000, description="The whole file, front matter included.")


class RelationArguments(Closed):
    """A relation of a proposed note."""

    type: Word = Field(description="Id or plain word of a type; `related` when none fits.")
    to: Name
    why: Line = Field(description="What the link means here, in 20 to 500 characters.")
    basis: Literal["", "paper", "measured", "reading"] = ""


class ProposeArguments(Closed):
    """A note that does not exist yet."""

    title: str = Field(min_length=1, max_length=400, description="The question the note asks.")
    claim: Line = Field("", description="One sentence that could be false.")
    summary: Line = Field("", description="Two or three lines for cards.")
    topics: list[Word] = Field(default_factory=list, max_length=20)
    sources: list[Line] = Field(
        default_factory=list,
        max_length=50,
        description="Works it reports on, as arxiv:2511.07699, doi:…, isbn:… or an address.",
    )
    relations: list[RelationArguments] = Field(default_factory=list, max_length=100)
    body: str = Field("", max_length=250_000, description="Markdown; `[[slug]]` links to a note.")
    slug: str = Field("", max_length=200, description="Name of the file without .md; else made.")
