"""Runs: one question, one answer, stored before anybody is told; computed by killable workers.

Each name is imported on first use: the pages of notes need no database.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
