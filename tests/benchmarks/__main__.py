"""Run every benchmark of this folder, each in a process of its own, and print its tables.

`python -m tests.benchmarks [NAME ...]` runs some of them; options are those of the files.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
NOT_RUN = {"__main__", "corpus", "peers"}


def main() -> None:
    """Run what is named, or all."""
    every = sorted(path.stem for path in HERE.glob("*.py") if path.stem not in NOT_RUN)
    wanted = sys.argv[1:] or every
    unknown = [name for name in wanted if name not in every]
    if unknown:
        raise SystemExit(f"there is no benchmark {unknown[0]!r}; there are: {', '.join(every)}")
    failed = []
    for name in wanted:
        print(f"== {name}", flush=True)
        command = [sys.executable, "-m", f"tests.benchmarks.{name}"]
        if subprocess.run(command, cwd=HERE.parents[1], check=False).returncode:
            failed.append(name)
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
