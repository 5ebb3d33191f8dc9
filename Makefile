# DEEP's commands for its own developers. Every target prepares what it needs; a second run finds it prepared.
#
#   PORT=8000      where `make run` serves
#   ARGS=...       more arguments for pytest (`make test ARGS='-k todo'`)

PORT ?= 8000
ARGS ?=
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
STAMPS := .venv/stamps
JUDGES := .venv/judges
ENGINES := src/deep/local/engines/bin
LIBRARY := src/deep/bundle/browser
TOLD = @printf '  %s\n'

.PHONY: help setup run test judges check lint bench docs lock format build clean

help: ## This list
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- What everything needs ----------------------------------------------------------------------------------------------------------------------

setup: $(STAMPS)/editable $(STAMPS)/engines $(STAMPS)/library ## Everything DEEP needs, in .venv and node_modules
	@:

$(STAMPS)/venv:
	$(TOLD) 'Python environment (.venv)'
	@tools/find_python -m venv .venv
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/locked: requirements/dev.txt | $(STAMPS)/venv
	$(TOLD) 'Python packages, by hash (requirements/dev.txt)'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r requirements/dev.txt
	@touch $@

$(STAMPS)/editable: pyproject.toml tools/wheel_contents.py $(STAMPS)/locked
	$(TOLD) 'deep, from src/'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMPS)/engines: package.json package-lock.json | $(STAMPS)/venv
	$(TOLD) 'table engine (node_modules)'
	@npm ci --silent --no-progress --ignore-scripts
	@tools/place_engines $(ENGINES)
	@touch $@

$(STAMPS)/browser-packages: browser/package.json browser/package-lock.json | $(STAMPS)/venv
	$(TOLD) 'browser tools (browser/node_modules)'
	@cd browser && npm ci --silent --no-progress
	@touch $@

$(STAMPS)/library: $(STAMPS)/browser-packages $(shell find browser/src -type f) $(wildcard browser/*.mjs browser/tsconfig.json)
	$(TOLD) 'browser library'
	@cd browser && npm run --silent build >/dev/null
	@mkdir -p $(LIBRARY) && cp -R browser/dist/. $(LIBRARY)/
	@touch $@

# What only tests need, and only a whole machine can give: a browser, a sandbox.
$(STAMPS)/machine: tools/machine_packages | $(STAMPS)/venv
	@tools/machine_packages
	@touch $@

# Judges of compiled policies that others wrote, for the tests alone: each in an environment of its own (tests/judges).
$(STAMPS)/judge-%: requirements/judge-%.txt | $(STAMPS)/venv
	$(TOLD) 'judges ($*), by hash (requirements/judge-$*.txt)'
	@rm -rf $(JUDGES)/$* && tools/find_python -m venv $(JUDGES)/$*
	@$(JUDGES)/$*/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r $<
	@touch $@

$(STAMPS)/judge-simulator: tests/judges/package.json tests/judges/package-lock.json | $(STAMPS)/venv
	$(TOLD) 'judges (simulator)'
	@cd tests/judges && npm ci --silent --no-progress --ignore-scripts
	@touch $@

# --- What people type ---------------------------------------------------------------------------------------------------------------------------

run: setup ## The article's Todo app at http://localhost:8000
	@cd apps/todo && ../../$(BIN)/deepify install --replace --loglevel error ../root > /dev/null
	@exec $(BIN)/deepify server apps/todo -p $(PORT)

test: setup judges $(STAMPS)/machine ## Every test: units, journeys, the browser
	@$(BIN)/python -m pytest $(ARGS)

judges: $(STAMPS)/judge-cloud $(STAMPS)/judge-http $(STAMPS)/judge-linters $(STAMPS)/judge-scanner $(STAMPS)/judge-templates $(STAMPS)/judge-simulator
	@:

check: lint ## `make lint`, house rules and unit tests: before each commit
	@echo '  house rules and unit tests' && $(BIN)/python -m pytest -q tests/house tests/unit tests/contracts $(ARGS)

lint: setup ## Lint, types, import stairs, the browser library's own tests
	@echo '  ruff'         && $(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check .
	@echo '  mypy'         && $(BIN)/mypy --no-error-summary src tests tools
	@echo '  import-linter' && $(BIN)/lint-imports --no-logo > .venv/lint-imports.log || { cat .venv/lint-imports.log; exit 1; }
	@echo '  tsc'          && cd browser && npm run --silent typecheck
	@echo '  browser unit tests' && cd browser && npm test --silent > ../.venv/browser-tests.log 2>&1 || { cat ../.venv/browser-tests.log; exit 1; }

bench: setup ## Ratios against boto3, FastAPI and serverless-offline
	@$(BIN)/python -m benches $(ARGS)

docs: setup ## The generated pages of docs/reference
	@$(BIN)/python -m tools.command_reference
	@$(BIN)/python -m tools.error_reference
	@$(BIN)/python -m tools.model_docs

# --- What developers type now and then ----------------------------------------------------------------------------------------------------------

format: setup ## Rewrite the Python in the house's form
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

lock: setup ## Newest versions of every Python package, by hash
	@$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --upgrade --quiet \
		--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' --output-file requirements/dev.txt
	@for judge in cloud http linters scanner templates; do $(BIN)/uv pip compile --group judge-$$judge --universal --python-version 3.11 --generate-hashes --upgrade --quiet \
		--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' --output-file requirements/judge-$$judge.txt; done

build: setup ## A wheel, in dist/
	@$(BIN)/python -m hatchling build --target wheel

clean: ## Everything that was built or installed
	@rm -rf .venv node_modules browser/node_modules tests/judges/node_modules browser/dist dist $(ENGINES) $(LIBRARY)
