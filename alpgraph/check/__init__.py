"""Faults of notes: the rules, the findings, reports of them, and fixes where these are certain.

Each name is imported on first use: findings that are kept need no rules.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
