"""Without an extra its command says how to install it."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(("command", "package"), [("mcp", "mcp"), ("lsp", "pygls")])
def test_a_missing_extra_is_wrong_use_with_the_line_that_installs_it(
    command: str, package: str
) -> None:
    code = f"""import sys
sys.modules[{package!r}] = None  # as where it is not installed
sys.argv = ["alpgraph", {command!r}]
from alpgraph.cli import main
main()"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert f"pip install 'alpgraph[{command}]'" in done.stderr
    assert done.stdout == ""
