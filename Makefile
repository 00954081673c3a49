# alpgraph: `make serve` and `make test` are all a newcomer needs. Python 3.11+, venv, make.
PYTHON ?= python3
BIN := .venv/bin
# set to nothing: where it is set, each of the many commands that tests start compiles alpgraph anew
export PYTHONDONTWRITEBYTECODE :=
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
.PHONY: serve test check soak bench references screenshots lock browser clean

serve: .venv/run               ## serve the bundled notes at http://127.0.0.1:8000
	$(BIN)/alpgraph serve $(ARGS)

test: .venv/dev browser        ## run every test (installs a browser if there is none)
	$(BIN)/python -m pytest -n 3 --dist loadfile --max-worker-restart 0 -m "not soak" $(ARGS)

check: test                    ## what CI runs: tests, format, lint, types, spelling, notes
	$(BIN)/ruff format --check . && $(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/codespell notes templates README.md .github/*.md
	$(BIN)/alpgraph check --error-on-warning

soak: .venv/dev browser        ## what takes longer than CI may
	$(BIN)/python -m pytest -m soak -o faulthandler_timeout=0 $(ARGS)

bench: .venv/dev               ## speed, as ratios against peers in the same run
	$(BIN)/python -m tests.benchmarks $(ARGS)

references: .venv/run          ## renew the stored reference results of the experiments
	$(BIN)/python -m alpgraph.experiments.renew $(ARGS)

screenshots: .venv/dev browser ## ten page types, five widths, light and dark
	$(BIN)/python -m tests.screenshots $(ARGS)

lock:                          ## renew .ci/lock from pyproject.toml; needs uv
	uv export -q --no-header --no-emit-project --no-annotate --group build --no-default-groups -o .ci/lock/run.txt
	uv export -q --no-header --no-emit-project --no-annotate --all-groups -o .ci/lock/dev.txt
	rm -f uv.lock

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run: .ci/lock/run.txt pyproject.toml | .venv/bin/python
	$(PIP) install --require-hashes -r .ci/lock/run.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev: .ci/lock/dev.txt .venv/run
	$(PIP) install --require-hashes -r .ci/lock/dev.txt
	@touch $@

browser: .venv/dev             ## the system's Chromium, else Debian's when root, else Playwright's own
	@$(BIN)/python tests/find_browser.py --install

clean:
	rm -rf .venv build dist .alpgraph
