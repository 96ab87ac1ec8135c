# `make demo` and `make test` set up everything they need; a second run installs nothing again.
.DEFAULT_GOAL := help
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
BIN := .venv/bin
PORT ?= 8000
DEMO_ARGS ?=
BENCH_ARGS ?=
PYTEST_ARGS ?=
WORKERS ?= 2
export PORT PYTHON
# Compiled modules are kept: without them each worker, and each command that a test starts, compiles thousands anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test test-long check lint styles types borders fix docs bench bench-store lock clean chromium postgresql r venv-web venv-dev venv-bench

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

venv-web:
	@tools/venv.sh core web

venv-dev:
	@tools/venv.sh core web dev

venv-bench:
	@tools/venv.sh core web dev bench

demo: venv-web ## make synthetic national data, run the monitor, serve the application on localhost (PORT=8000)
	$(BIN)/pakkeforlop demo --port $(PORT) $(DEMO_ARGS)

chromium:
	@tools/debian.sh chromium "the browser tests" $(CHROMIUM) chromium chromium-browser google-chrome

postgresql:
	@tools/debian.sh postgresql "the tests on PostgreSQL" /usr/lib/postgresql/*/bin/initdb /usr/local/bin/initdb initdb

r:
	@tools/debian.sh r-base-core "the tests of the R example" Rscript

test: venv-bench chromium postgresql r ## every test but the long ones, browser and PostgreSQL too; under 15 minutes on two cores
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not long" $(PYTEST_ARGS)
	@if $(BIN)/python -m tools.postgresql; then set -x; \
	PAKKEFORLOP_TEST_DATABASE=postgresql $(BIN)/python -m pytest tests/app -n $(WORKERS) \
	--dist worksteal -q -m "not slow and not browser" $(PYTEST_ARGS); fi

test-long: venv-bench chromium postgresql ## the long ones: killed at any moment, full disks, histories at length, every public page in a browser
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m long $(PYTEST_ARGS)

check: venv-dev ## the inner loop: lint beside the tests of the rules and the engine; under a minute on two cores
	@tools/check.sh -n $(WORKERS) $(PYTEST_ARGS)

lint: styles types borders ## style, types and the borders between folders; changes nothing

styles: venv-dev
	$(BIN)/ruff check

types: venv-dev
	$(BIN)/mypy

borders: venv-dev
	@$(BIN)/lint-imports --no-cache > .make-lint.tmp 2>&1 || { cat .make-lint.tmp; rm -f .make-lint.tmp; exit 1; }
	@grep '^Contracts:' .make-lint.tmp; rm -f .make-lint.tmp

fix: venv-dev ## what ruff can mend by itself
	$(BIN)/ruff check --fix
	$(BIN)/ruff format tools tests/docs

docs: venv-dev ## write docs/reference and the catalogue's schemas again from the code
	@$(BIN)/pakkeforlop catalogue schema --lang en
	$(BIN)/python -m tools.reference

bench: venv-bench ## the benchmark: ratios against one scan, DuckDB SQL and pandas on the same data
	$(BIN)/python -m bench $(BENCH_ARGS)

bench-store: venv-bench postgresql ## one code and the worklist's page in a store of a million registrations, SQLite and PostgreSQL
	$(BIN)/python -m bench.store $(BENCH_ARGS)

lock: ## resolve the locked lists again (needs the package index)
	@tools/venv.sh tools
	@tools/lock.sh

clean: ## remove what the commands above made, the environment too
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage* htmlcov demo-data bench-data
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
