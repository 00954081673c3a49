import subprocess
import sys
from importlib import import_module

import pytest


@pytest.mark.parametrize("name", ["alpgraph.check", "alpgraph.notes"])
def test_every_public_name_is_there(name: str) -> None:
    package = import_module(name)
    assert all(getattr(package, public) is not None for public in package.__all__)
    with pytest.raises(AttributeError, match="nothing_such"):
        _ = package.nothing_such


def test_kept_findings_need_no_parser() -> None:
    code = (
        "import sys; from alpgraph.check import FindingsCache, chosen, summary_line, to_full; "
        "sys.exit(bool({'markdown_it', 'yaml', 'alpgraph.check.rules'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
