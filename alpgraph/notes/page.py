"""What rendering one body needs to know: the note, the addresses, the slots of our markup."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from alpgraph.notes.anchors import AnchorNames, wanted_anchor
from alpgraph.notes.model import Note
from alpgraph.notes.notebook import Notebook
from alpgraph.notes.sanitize import Placeholders
from alpgraph.notes.wikilinks import Wikilink

NoteUrl = Callable[[str, str], str]
FileUrl = Callable[[str], str]


@dataclass(slots=True)
class Page:
    """What rendering one body needs to know."""

    notebook: Notebook
    note: Note
    note_url: NoteUrl
    file_url: FileUrl
    embed: "Callable[[Page, Wikilink], str | None]"
    """Renders a note that is shown inside this one."""
    prefix: str = ""
    """Stands before ids that would otherwise occur twice on a page."""
    depth: int = 0
    """0 for the note itself, 1 for a note embedded in it."""
    embeds: int = 0
    closing: str = ""
    """What ends the Markdown link that is being rendered; empty outside of one."""
    slots: Placeholders = field(default_factory=Placeholders)
    names: AnchorNames = field(default_factory=AnchorNames)

    def link(self, to: str, heading: str, label: str) -> str | None:
        """Return the address of the note a link means, or nothing when it dangles."""
        if not to:
            return "#" + wanted_anchor(heading)
        resolution = self.notebook.index.resolve(to, self.note.slug, label=label)
        if resolution.slug is None:
            return None
        anchor = resolution.heading
        if heading:
            anchor = self.notebook.index.anchor(resolution.slug, heading) or anchor
        return self.note_url(resolution.slug, anchor)

    def wiki(self, link: Wikilink) -> str | None:
        """Return the address of the note a wikilink means; `[[type:id]]` means `id`."""
        kind, _, rest = link.to.partition(":")
        if rest and self.notebook.types.read(kind):
            return self.link(rest.strip(), link.heading, "")
        return self.link(link.to, link.heading, link.text)

    def file(self, path: str) -> str | None:
        """Return the path below the notes folder of the file that is meant by one in the note."""
        return self.notebook.file(path, self.note.path)

    def candidates(self, to: str) -> tuple[str, ...]:
        """Return the notes among which a link cannot decide."""
        return self.notebook.index.resolve(to, self.note.slug).candidates


def page_of(env: Any) -> Page:
    """Return the page that a rendering is for."""
    page: Page = env["page"]
    return page
