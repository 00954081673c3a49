"""Page data and HTML: made from the notebook, its graph and the stored evidence.

Each name is imported on first use: most pages need neither NumPy nor a database.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
