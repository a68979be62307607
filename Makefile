# Every command a newcomer needs. Each one does all the set-up that it depends on.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ASSETS := intake/static/vendor/.ready
# one more than there are cores: tests wait for processes, databases and browsers
WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
ARGS ?=
DEVELOPMENT := INTAKE_ENVIRONMENT=development

.DEFAULT_GOAL := help
.PHONY: help setup assets demo run test check bench

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## Create the virtual environment and install everything into it

assets: $(ASSETS) ## Fetch the browser assets and build intake/static/vendor

demo: setup assets ## Start a complete demonstration with made-up cases (ARGS="--port 8000")
	$(BIN)/intake demo $(ARGS)

run: setup assets ## Start the development server on your own database in instance/
	$(DEVELOPMENT) $(BIN)/intake db upgrade
	$(DEVELOPMENT) $(BIN)/intake directory load intake/demo/directory.json
	$(DEVELOPMENT) $(BIN)/intake keys init
	$(DEVELOPMENT) $(BIN)/intake forms publish
	$(DEVELOPMENT) $(BIN)/intake run $(ARGS)

# one run starts a hundred processes of this code: they share its bytecode
test: PYTHONDONTWRITEBYTECODE :=
test: setup assets ## Run every test (ARGS="-k links" for some)
	$(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: setup assets ## Check format, lint, types, import rules, forms and translations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/intake forms check
	$(BIN)/python tools/extract_platform_texts.py --check

bench: setup assets ## Measure the figures of the design against their yardsticks
	$(BIN)/python -m benchmarks $(ARGS)

$(READY): requirements/dev.txt requirements/installer.txt setup.cfg pyproject.toml tools/set_up.py
	$(PYTHON) tools/set_up.py

$(ASSETS): $(READY) package.json package-lock.json tools/build_assets.py
	$(BIN)/python tools/set_up.py --assets
