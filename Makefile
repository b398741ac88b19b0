# Floyd's commands. They need Python 3.11 or newer with venv, and make; no root, no keys, no Redis.

SHELL := /bin/sh
VENV  ?= .venv
BIN   := $(VENV)/bin
SEED  ?= 0
STORY ?= all
SECONDS_TO_RUN ?= $(if $(CI),60,600)
JOBS  ?= 3
# The first Python that is new enough and can make a virtual environment.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)

.DEFAULT_GOAL := help
.PHONY: help setup demo sandbox test check bench chaos format lock

help: ## print this help
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(BIN)/.installed ## make the virtual environment and install Floyd into it

demo: setup ## play three errands in this terminal, from text to call to text (SEED=0 STORY=all)
	@$(BIN)/floyd demo --seed $(SEED) --story $(STORY)

sandbox: setup ## keep the phone world running, for floyd text "..." and floyd watch
	@$(BIN)/floyd sandbox --seed $(SEED)

test: setup ## run all tests, three at a time (JOBS=3)
	@$(BIN)/python -m pytest --numprocesses $(JOBS)

check: setup ## lint, formatting and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: setup ## measure how fast Floyd is, in twelve minutes (ARGS=--short)
	@$(BIN)/python -m bench $(ARGS)

chaos: setup ## kill processes at random under fifty errands, and see that none is lost (SEED=0)
	@$(BIN)/python -m chaos --seed $(SEED) --seconds $(SECONDS_TO_RUN)

format: setup ## let ruff format and mend what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: $(BIN)/uv ## choose the newest dependencies and write requirements.lock
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 \
		--extra dev --extra sandbox --generate-hashes --upgrade \
		--no-emit-index-url --no-emit-find-links --no-header --quiet \
		--output-file requirements.lock

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Floyd needs Python 3.11 or newer with venv." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The stamp makes the second run quick. Everything is pinned by hash, setuptools too, so that
# nothing is fetched that the lock does not name.
$(BIN)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--no-deps --no-build-isolation --editable .
	@touch $@

$(BIN)/uv: | setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
