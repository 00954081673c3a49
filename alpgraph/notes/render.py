"""A note's body as safe HTML: Markdown's tokens, our own rules, the sanitiser, then our markup."""

from collections.abc import Callable
from html import escape

from alpgraph.notes.anchors import KnownAnchors, wanted_anchors
from alpgraph.notes.markdown import BODY_LIMIT, markdown, parse, within_limit
from alpgraph.notes.model import Note
from alpgraph.notes.notebook import Notebook
from alpgraph.notes.page import FileUrl, NoteUrl, Page
from alpgraph.notes.rules import renderer
from alpgraph.notes.sanitize import SafeHtml, TagRewriter
from alpgraph.notes.shaping import shape
from alpgraph.notes.wikilinks import Wikilink, address_path, note_address

EMBED_LIMIT = 20
"""Notes that one page shows inside itself."""


def render_body(notebook: Notebook, slug: str, *, note_url: NoteUrl, file_url: FileUrl) -> SafeHtml:
    """Render the body of a note.

    `note_url(slug, anchor)` gives a note's address, `file_url(path)` that of a file below the
    notes folder. Raises `KeyError` when there is no note `slug`.
    """
    note = notebook.notes[slug]
    return render_markdown(note.body, Page(notebook, note, note_url, file_url, _embedded))


def render_markdown(text: str, page: Page) -> SafeHtml:
    """Render Markdown for a page."""
    text, rest = within_limit(text)
    tokens = shape(parse(text), page.note.title)
    html = renderer().render(tokens, markdown().options, {"page": page})
    if rest:
        message = f"Only the first {BODY_LIMIT // 1024} kB are rendered; the rest follows as text."
        html += page.slots.put(f'<p class="limit">{message}</p><pre>{escape(rest)}</pre>')
    return page.slots.sanitised(html, TagRewriter(_raw_link(page), _raw_image(page)))


def _raw_link(page: Page) -> Callable[[str], str | None]:
    """Resolve the addresses of links that are written as HTML."""

    def resolve(address: str) -> str | None:
        target = note_address(address) if address.lower().endswith((".md", ".markdown")) else None
        return page.link(*target, "") if target else None

    return resolve


def _raw_image(page: Page) -> Callable[[str], str | None]:
    def resolve(address: str) -> str | None:
        path = page.file(address_path(address))
        return page.file_url(path) if path else None

    return resolve


def _embedded(page: Page, link: Wikilink) -> str | None:
    """Render the note or the section that `![[note#heading]]` shows, one level deep."""
    resolution = page.notebook.index.resolve(link.to, page.note.slug)
    if resolution.slug is None or page.embeds >= EMBED_LIMIT:
        return None
    note = page.notebook.notes[resolution.slug]
    text = section(note, link.heading) if link.heading else note.body
    if not text or len(text) > BODY_LIMIT // 4:
        return None
    page.embeds += 1
    inner = Page(
        page.notebook,
        note,
        page.note_url,
        page.file_url,
        _embedded,
        prefix=f"e{page.embeds}-",
        depth=1,
    )
    body = render_markdown(text, inner)
    url = page.link(link.to, link.heading, "") or ""
    title = f'<p class="embed-title"><a href="{escape(url)}">{escape(note.title)}</a></p>'
    return f'<div class="embed">{title}{body}</div>'


def section(note: Note, heading: str) -> str:
    """Return the part of a note's body under a heading, or the paragraph a block name marks."""
    lines = note.body.split("\n")
    anchor = next(wanted_anchors(heading))
    if anchor.startswith("b-"):
        return _paragraph(lines, anchor.removeprefix("b-"))
    start_anchor = KnownAnchors(start.anchor for start in note.headings).find(heading)
    for index, start in enumerate(note.headings):
        if start.anchor == start_anchor:
            later = note.headings[index + 1 :]
            end = next((item.line for item in later if item.level <= start.level), None)
            first = start.line - note.body_line
            return "\n".join(lines[first : end - note.body_line if end else None])
    return ""


def _paragraph(lines: list[str], name: str) -> str:
    for number, line in enumerate(lines):
        if line.rstrip().lower().endswith("^" + name):
            first = number
            while first > 0 and lines[first - 1].strip():
                first -= 1
            return "\n".join(lines[first : number + 1])
    return ""
