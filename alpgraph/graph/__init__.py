"""The notes as a frozen multigraph, and questions to it: pure functions of the graph.

What needs NumPy or writes other formats is imported on first use: `check` needs none of it.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
