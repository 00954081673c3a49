import subprocess
import sys

import pytest

import alpgraph.graph


def test_every_public_name_is_there() -> None:
    assert all(getattr(alpgraph.graph, name) is not None for name in alpgraph.graph.__all__)
    with pytest.raises(AttributeError, match="nothing_such"):
        _ = alpgraph.graph.nothing_such


def test_building_a_graph_does_not_import_numpy() -> None:
    code = "import sys, alpgraph.graph as g; g.build_graph; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_layout_function_is_no_module() -> None:
    from alpgraph.graph import layout
    from alpgraph.graph.placing import layout as placed

    assert layout is placed
