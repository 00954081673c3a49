"""Markdown notes whose links carry meaning, walked in a browser, with evidence to re-run."""

__version__ = "0.1.0"
