"""The collection for machines: feed, sitemap, llms.txt."""

from xml.sax.saxutils import escape, quoteattr

from alpgraph.graph.exports.rows import clean
from alpgraph.pages.addresses import markdown_url, note_url
from alpgraph.pages.dates import file_date, instant
from alpgraph.pages.formats import markdown_link
from alpgraph.pages.lists import topics
from alpgraph.pages.state import Collection

MAX_ENTRIES = 50
LLMS = "/llms.txt"


def _xml(text: str) -> str:
    """Write a text as XML 1.0 can hold it."""
    return escape(clean(text))


def changed_at(collection: Collection, slug: str) -> str:
    """Return when a note last changed, as an RFC 3339 date: from git, else from the file."""
    dates = collection.dates.get(collection.notes[slug].path)
    if dates:
        return dates[1]
    return file_date(collection.notes, slug)


def atom_feed(collection: Collection, base: str) -> str:
    """Return the newest notes as an Atom feed (RFC 4287)."""
    changed = {slug: changed_at(collection, slug) for slug in collection.notes}
    order = sorted(changed, key=lambda slug: instant(changed[slug]), reverse=True)
    newest = changed[order[0]] if order else "1970-01-01T00:00:00Z"
    entries = []
    for slug in order[:MAX_ENTRIES]:
        note, url = collection.notes[slug], base + collection.place(note_url(slug))
        entries.append(
            f"<entry><title>{_xml(note.title)}</title><id>{_xml(url)}</id>"
            f"<link href={quoteattr(url)}/><updated>{changed[slug]}</updated>"
            f"<summary>{_xml(note.summary or note.claim)}</summary></entry>"
        )
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{_xml(collection.config.title)}</title><id>{_xml(base)}/</id>"
        f"<link href={quoteattr(base + '/')}/>"
        f'<link rel="self" href={quoteattr(base + "/feed.atom")}/>'
        f"<author><name>{_xml(collection.config.title)}</name></author>"
        f"<updated>{newest}</updated>{''.join(entries)}</feed>"
    )


def sitemap(collection: Collection, base: str) -> str:
    """Return every note's address (sitemaps.org 0.9)."""
    rows = "".join(
        f"<url><loc>{_xml(base + collection.place(note_url(slug)))}</loc>"
        f"<lastmod>{changed_at(collection, slug)}</lastmod></url>"
        for slug in collection.notes
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
    )


def llms_text(collection: Collection) -> str:
    """Return the collection as a list of Markdown links (llms.txt)."""
    config = collection.config
    lines = [f"# {config.title}", ""]
    if config.about or config.tagline:
        lines += [f"> {config.about or config.tagline}", ""]
    whole = f"Whole graph: [graph.json]({collection.link('/api/graph.json', LLMS)})."
    lines += [whole if collection.published else f"{whole} API: [openapi.json](/openapi.json)."]
    lines += [""]
    listed: set[str] = set()
    for name, slugs in [*topics(collection), ("Other", list(collection.notes))]:
        fresh = [slug for slug in slugs if slug not in listed]
        listed.update(fresh)
        if fresh:
            lines += [f"## {name}", ""]
            for slug in fresh:
                note = collection.notes[slug]
                text = " ".join((note.claim or note.summary).split())
                address = collection.link(markdown_url(slug), LLMS)
                linked = markdown_link(note.title, address)
                lines.append(f"- {linked}{': ' + text if text else ''}")
            lines.append("")
    return "\n".join(lines)
