# Everything a newcomer or a pipeline needs, on a machine that has Python 3.11 or newer and nothing else.

VENV := .venv
BIN := $(VENV)/bin
# The first that really runs: a version manager's shim may exist and fail.
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3 python; do \
	$$name -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
WORKERS ?= 2
PYTEST = $(BIN)/python -m pytest -n $(WORKERS)
ARGS ?=

# Without compiled modules every start takes three times as long.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
.PHONY: help run test check lint soak bench lock clean

help:  ## print this
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1#\2/p' $(MAKEFILE_LIST) | awk -F'#' '{printf "%-14s %s\n", $$1, $$2}'

run: $(VENV)/.run  ## start the service; ARGS='--port 9000 --demo'
	exec $(BIN)/privacy up $(ARGS)

test: $(VENV)/.dev  ## all tests, on SQLite and, where there is one, PostgreSQL
	$(PYTEST) $(ARGS)

check: lint  ## what continuous integration runs: format, lint, types, imports, tests with branch coverage
	$(PYTEST) --cov --cov-report=term $(ARGS)

lint: $(VENV)/.dev  ## format, lint, types and imports only
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

soak: $(VENV)/.dev  ## the long loops: races, kills, thousands of examples
	PRIVACY_TEST_SIZE=soak $(PYTEST) --timeout=7200 $(ARGS)

bench: $(VENV)/.dev  ## measure, each figure against its floor in the same run; writes bench/results.json
	$(BIN)/python -m bench $(ARGS)

lock: $(VENV)/.dev  ## choose the versions in requirements.lock anew
	cd $(CURDIR) && $(BIN)/uv pip compile --universal --quiet --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-header --python-version 3.11 --extra dev pyproject.toml --output-file requirements.lock

clean:  ## remove the virtual environment and what tools have left
	rm -rf $(VENV) build dist .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with its venv module is needed (Debian: apt-get install python3-venv)." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# uv installs in seconds where it can be had; pip does the same in a minute.
define install
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv 2>/dev/null || true
	@echo "Installing..."
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --editable '$(1)' 2>/dev/null \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check --compile --editable '$(1)'
	@touch $@
endef

$(VENV)/.run: pyproject.toml | $(BIN)/python
	$(call install,.)

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	$(call install,.[dev])
	@touch $(VENV)/.run
