"""Text of files in; notes, relations, safe HTML and findings out.

Each name is imported on first use: what reads kept values needs no parser.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
