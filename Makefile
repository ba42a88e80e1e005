# Everything a newcomer or a pipeline needs, on a machine that has Python 3.11 or newer and nothing else.

VENV := .venv
BIN := $(VENV)/bin
# The first that really runs: a version manager's shim may exist and fail.
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3 python; do \
	$$name -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
WORKERS ?= 2
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check
UV = $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode
COMPILE = $(BIN)/uv pip compile --universal --quiet --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links
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

lock: $(VENV)/.dev  ## choose the locked versions anew, with their hashes
	$(COMPILE) pyproject.toml --output-file requirements.lock
	$(COMPILE) --extra dev --constraints requirements.lock pyproject.toml --output-file requirements-dev.lock

clean:  ## remove the virtual environment and what tools have left
	rm -rf $(VENV) build dist .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with its venv module is needed (Debian: apt-get install python3-venv)." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The locked versions, checked by hash; by uv in seconds where it can be had, else by pip in a minute. Where neither can
# get them (a mirror that lacks one), whatever satisfies pyproject.toml, and it says so.
define install
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@$(PIP) uv 2>/dev/null || true
	@echo "Installing the versions in $(1)..."
	@if $(UV) --require-hashes --requirement $(1) 2>/dev/null || $(PIP) --require-hashes --requirement $(1); then \
		$(UV) --no-deps --editable . 2>/dev/null || $(PIP) --no-deps --editable .; \
	else \
		echo "The locked versions can't be had here; taking others that pyproject.toml allows." >&2; \
		$(UV) --editable '$(2)' 2>/dev/null || $(PIP) --editable '$(2)'; \
	fi
	@touch $@
endef

$(VENV)/.run: pyproject.toml requirements.lock | $(BIN)/python
	$(call install,requirements.lock,.)

$(VENV)/.dev: pyproject.toml requirements-dev.lock | $(BIN)/python
	$(call install,requirements-dev.lock,.[dev])
	@touch $(VENV)/.run
