# What a person runs. Each installs first when that is needed.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
# One more than cores: some tests wait for a process that waits.
WORKERS = $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')
# Which Dagster instance follows from the credentials (roster_pipeline/config.py).
unexport DAGSTER_HOME
# Set on some machines; it would compile every module anew at every start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install sync test dev docs screenshots bench bench-ui bench-crash bench-days bench-sandbox bench-one-site accidents suggestions format

install: .venv/installed

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Python 3.11 or newer is needed; set PYTHON=..."'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,postgres,production]'
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --target .venv/oldest-duckdb duckdb==1.2.2  # tests open the published copy with it
	$(BIN)/python -m compileall -q roster_pipeline clever_sandbox
	touch $@

sync: .venv/installed  ## Sync Now for every district; without Clever credentials, the local Clever's demo district
	$(BIN)/roster sync

test: .venv/installed  ## Lint, types, layers, dependencies, tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/deptry roster_pipeline clever_sandbox
	$(BIN)/deptry tests benchmarks docs --exclude 'benchmarks/(peer_|plot)' --ignore DEP002,DEP004
	$(BIN)/pytest -n $(WORKERS) --dist worksteal

dev: .venv/installed  ## The Dagster UI on http://127.0.0.1:3000, or on another PORT
	$(BIN)/python -m roster_pipeline.cli.dev --host 127.0.0.1 --port $(or $(PORT),3000)

screenshots: .venv/installed  ## Take the pictures of docs/tour.md anew, in Chromium
	ROSTER_SCREENSHOTS=$(CURDIR)/docs/img $(BIN)/pytest -q -n 0 tests/test_browser.py

docs: .venv/installed  ## Rewrite what is made from the code: data dictionary, guards' table, picture of the house
	$(BIN)/python -m docs

# SIZE=1000, 10000, 100000 or 1000000; PEERS=0 without dlt and pandas; ONLY=floor, ours, dlt, dlt_plain or pandas.
bench-days: .venv/installed  ## Sync DAYS generated days of a district, and compare each with what really happened
	$(BIN)/python -m benchmarks.days --days $(or $(DAYS),300) --write

bench: .venv/installed  ## Measure the sync of a generated district, and rewrite docs/performance.md
	$(BIN)/python -m benchmarks --size $(or $(SIZE),1000) $(if $(filter 0,$(PEERS)),--no-peers) $(ONLY:%=--only %)

bench-sandbox: .venv/installed  ## Measure the local Clever with a district of SIZE students, and rewrite docs/performance.md
	$(BIN)/python -m benchmarks.sandbox --size $(or $(SIZE),1000000) --write

bench-one-site: .venv/installed  ## Measure one site's Sync Now beside a whole sync, and rewrite docs/performance.md
	$(BIN)/python -m benchmarks.one_site --size $(or $(SIZE),100000) --write

bench-ui: .venv/installed  ## Measure the wait from the click on Launch in the Dagster UI to success
	$(BIN)/python -m benchmarks.click

# ONLY="names_rotated lists_rotated" measures these and rewrites nothing.
accidents: .venv/installed  ## Replay every accident and an ordinary year through the guards, and rewrite docs/operations.md
	$(BIN)/python -m benchmarks.accidents $(ONLY)

suggestions: .venv/installed  ## Measure the suggested courses on names with known answers, and rewrite docs/mapping.md
	$(BIN)/python -m benchmarks.suggestions

bench-crash: .venv/installed  ## Kill syncs at every failpoint and at random moments of SEEDS workloads
	$(BIN)/python -m benchmarks.crash --every-failpoint --seeds $(or $(SEEDS),200) --write

format: .venv/installed
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
