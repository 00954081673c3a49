"""Experiments: a hypothesis, two arms, one metric, a verdict. One file each.

How to add one: see `README.md` in this folder, or `experiment_template(name)`.

Each name is imported on first use: most notes attach none, and these need NumPy.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
