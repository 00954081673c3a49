"""What git knows of the notes: dates, revisions, what happened when. Nothing is checked out.

Each name is imported on first use: asking for a commit needs no parser of notes.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
