# `make` alone lists what can be made. Another Python: make PYTHON=python3.12 …
PYTHON ?= python3
CONFIG ?= config.toml
ARGS ?=

VENV := .venv
LOCKED := $(VENV)/.locked
INSTALLED := $(VENV)/.installed
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check --no-input

.DEFAULT_GOAL := help
.PHONY: help install demo run test check pictures lock clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

install: $(INSTALLED) ## make .venv with the locked packages and mailbot itself

# A stamp is newer than what it was made from, so that a second run does nothing.
$(LOCKED): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "mailbot needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 …" >&2; exit 1; }
	@PYTHON="$(PYTHON)" deploy/system-packages python
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --require-hashes --only-binary :all: -r requirements.lock
	@touch $@

$(INSTALLED): $(LOCKED) pyproject.toml
	$(PIP) install --quiet --no-index --no-deps --no-build-isolation --editable .
	@touch $@

demo: install ## try it: a mail server with sample mail on this machine (ARGS=--once ends after one pass)
	$(VENV)/bin/mailbot demo $(ARGS)

run: install ## run the service with the settings in config.toml (CONFIG=FILE for another file)
	$(VENV)/bin/mailbot run -c $(CONFIG) $(ARGS)

test: install ## run the tests (ARGS=tests/core for some of them)
	deploy/system-packages test
	$(VENV)/bin/pytest $(ARGS)

check: install ## formatting, lint, types and who may import whom
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/ruff check
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

pictures: install ## draw the procedures anew for docs/ (after a change in rules/workflows)
	$(VENV)/bin/mailbot workflows docs/workflows

lock: ## write requirements.lock anew from pyproject.toml (ARGS=--upgrade for newer versions)
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip --disable-pip-version-check install --quiet 'uv>=0.9'
	build/lock/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
	    --python-version 3.11 --group dev pyproject.toml --output-file requirements.lock $(ARGS)

clean: ## remove .venv and everything else that was made, but no data
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .hypothesis .import_linter_cache
