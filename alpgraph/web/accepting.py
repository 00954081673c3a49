"""What a request says that it takes, in `Accept` and `Accept-Encoding` (RFC 9110)."""

from functools import lru_cache


@lru_cache(maxsize=256)  # each cached response asks, and browsers say few things
def quality(header: str, name: str) -> float:
    """Return how gladly `name` is taken: 0 where the header does not name it, or refuses it.

    >>> quality("gzip;q=0, br", "gzip"), quality("br, GZIP", "gzip"), quality("br", "gzip")
    (0.0, 1.0, 0.0)
    """
    for part in header.lower().split(","):
        kind, *settings = (piece.strip() for piece in part.split(";"))
        if kind == name:
            weight = next((one[2:] for one in settings if one.startswith("q=")), "1")
            try:
                return float(weight)
            except ValueError:
                return 0.0
    return 0.0


def wants_text(accept: str) -> bool:
    """Whether a note is asked for as Markdown rather than as a page.

    >>> wants_text("text/markdown, text/html"), wants_text("text/html, text/markdown;q=0.5")
    (True, False)
    """
    text = quality(accept, "text/markdown") if "markdown" in accept.lower() else 0.0
    return text > 0 and text >= quality(accept, "text/html")
