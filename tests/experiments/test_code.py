import ast
import inspect
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from alpgraph.experiments import code_hash, get_experiment
from alpgraph.experiments.code import dump_tree, source_files

ROOT = Path(__file__).resolve().parents[2]


def dumped(text):
    return "".join(dump_tree(ast.parse(text)))


def test_comments_docstrings_and_layout_do_not_count():
    assert dumped('"""Doc."""\nx = f( 1 )  # why') == dumped("x = f(1)")
    plain = dumped("def f(a: int) -> int:\n    return a")
    assert dumped('def f(a: int) -> int:\n    """Say."""\n\n    return a\n') == plain


def test_the_wording_of_prose_does_not_count():
    one = dumped("ABOUT = 'a'\nf(1, about=ABOUT, title='x')")
    assert one == dumped("ABOUT = 'b'\nf(1, about='c', title='y')")
    assert one != dumped("ABOUT = 'b'\nf(2, about='c', title='y')")


@pytest.mark.parametrize("other", ["x = f(2)", "y = f(1)", "x = f(1.0)", "x = f('1')", "x = -f(1)"])
def test_whatever_changes_numbers_counts(other):
    assert dumped(other) != dumped("x = f(1)")


def test_the_hash_covers_what_numbers_pass_through_and_no_more():
    own = Path(inspect.getsourcefile(get_experiment("utility-weighted-loss").measure))
    names = {path.name for path in source_files(own)}
    assert {own.name, "arms.py", "data.py", "model.py", "results.py", "statistics.py"} <= names
    assert not names & {"__init__.py", "registry.py", "running.py", "references.py"}


def test_the_hash_is_short_and_stays():
    assert code_hash("utility-weighted-loss") == code_hash("utility-weighted-loss")
    assert len(code_hash("utility-weighted-loss")) == 16


def test_numbers_do_not_depend_on_threads_or_the_process():
    program = (
        "import json; from alpgraph.experiments import run_experiment;"
        "print(json.dumps(run_experiment('utility-weighted-loss', {'steps': 60}, 3, 8)))"
    )
    results = []
    for threads in ("1", "2"):
        env = os.environ | {"OPENBLAS_NUM_THREADS": threads, "PYTHONHASHSEED": threads}
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=True)
        results.append(json.loads(done.stdout))
    assert results[0] == results[1]
