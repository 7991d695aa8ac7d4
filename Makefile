# `make` lists what there is; each target sets up what it needs.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
# For commands that load the settings without touching a database.
OFFLINE := SENDPOINT_LOCAL=1 DATABASE_URL=postgres://localhost/none REDIS_URL=redis://localhost

# Compiled once, a process starts in two thirds of the time; a system has seven of them.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test soak check bench screenshots format requirements clean

help: ## List the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'

$(STAMP): requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Sendpoint needs Python 3.11 or newer; set PYTHON=/path/to/it."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the pinned packages into .venv ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $(STAMP)

run: $(STAMP) ## Start everything on this machine: web, worker, beat, database, simulated AWS
	@exec $(BIN)/python -m config.local --end-with-parent

test: $(STAMP) ## Run every test, with real servers and a real browser (ARGS="-k name" to choose)
	@$(BIN)/python -m config.local.browser
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

soak: $(STAMP) ## The long runs: faults, scale, thousands of random histories (ARGS="-k name")
	$(BIN)/python -m pytest -m soak $(ARGS)

check: $(STAMP) ## Formatting, lint, types, import contract, migrations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(OFFLINE) $(BIN)/mypy .
	$(BIN)/lint-imports
	$(OFFLINE) $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(OFFLINE) $(BIN)/python manage.py check

bench: $(STAMP) ## Run every benchmark, each against its peer (NAME=import for one)
	@set -e; for file in benchmarks/bench_$(or $(NAME),*).py; do \
		test -e "$$file" || { echo "There is no $$file."; exit 1; }; \
		$(BIN)/python -m "benchmarks.$$(basename "$$file" .py)"; \
	done

screenshots: $(STAMP) ## Take the pictures of docs/screenshots anew, light, dark and phone
	@$(BIN)/python -m config.local.browser
	$(BIN)/python -m tests.screenshots

format: $(STAMP) ## Format the code and mend what lint can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

requirements: $(STAMP) ## Compile requirements*.txt anew from requirements*.in
	$(BIN)/python -m pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --upgrade -o requirements.txt requirements.in
	$(BIN)/pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --upgrade -o requirements-dev.txt requirements-dev.in

clean: ## Remove the virtual environment and all local data
	rm -rf .venv .local .mypy_cache .ruff_cache .pytest_cache .hypothesis
