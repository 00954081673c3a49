"""Code blocks, coloured by Pygments where it is installed; the classes are ours."""

from html import escape
from importlib.util import find_spec

_LIMIT = 50_000


def code_html(source: str, language: str) -> str:
    """Return a code block with the language's classes, escaped.

    >>> code_html("a < b", "")
    '<pre><code>a &lt; b</code></pre>'
    """
    name = "".join(char for char in language.lower() if char.isalnum() or char in "+#-")[:30]
    inner = _coloured(source, name) if name and len(source) <= _LIMIT else None
    mark = f' class="language-{escape(name)}"' if name else ""
    return f"<pre><code{mark}>{inner if inner is not None else escape(source)}</code></pre>"


def _coloured(source: str, language: str) -> str | None:
    if find_spec("pygments") is None:
        return None
    from pygments import highlight  # type: ignore[import-untyped]
    from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
    from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]
    from pygments.util import ClassNotFound  # type: ignore[import-untyped]

    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return None
    return str(highlight(source, lexer, HtmlFormatter(nowrap=True, classprefix="k-")))
