# Everything here sets itself up; nothing needs to be activated or installed first.

PYTHON ?= python3
# How many tests run side by side. 0: one after another, for a debugger. Three are right for two
# cores: a third of the time a test waits for a server, a disk or a browser.
TEST_JOBS ?= 3
# More words for pytest, for example: make test ARGS="-k receipt"
ARGS ?=

# What was compiled once need not be compiled by every worker, and every bot that a test starts.
unexport PYTHONDONTWRITEBYTECODE

VENV_PYTHON := .venv/bin/python
FOLDERS := $(wildcard bot adapters cogs tests benchmarks scripts)

.DEFAULT_GOAL := help
.PHONY: help run test test-fast cover lint lint-style lint-types lint-imports format bench lock \
  pictures data-map setup setup-dev setup-homeserver clean

help:
	@echo "Circlekeeper"
	@echo
	@echo "  make run         start the bot; with no token in .env it starts the sandbox,"
	@echo "                   a circle to play with in your browser"
	@echo "  make test        every test (some 15 minutes on two cores)"
	@echo "  make test-fast   the quick ones, while you work"
	@echo "  make lint        formatting, types and who may import whom"
	@echo "  make format      let ruff put the formatting right"
	@echo "  make bench       the benchmarks, as JSON lines"
	@echo "  make pictures    take the docs' pictures again from a real run of the sandbox"
	@echo "  make data-map    write docs/privacy.md's map of all that is stored, after a migration"
	@echo "  make cover       the tests with branch coverage, as htmlcov/index.html"
	@echo "  make lock        pin the packages again after a change in pyproject.toml;"
	@echo "                   ARGS=--upgrade takes the newest allowed (needs the network)"
	@echo "  make clean       remove what the targets above made; .env and data stay"
	@echo
	@echo "The first of these takes one to three minutes to set up .venv; after that none of"
	@echo "run, test, lint and bench needs the network."

# One message instead of a shell's "not found" when there is no Python at all.
define SETUP
@command -v "$(PYTHON)" >/dev/null 2>&1 || { \
  echo "Circlekeeper needs Python 3.11 or newer: sudo apt-get install -y python3 python3-venv" >&2; \
  exit 1; }
@"$(PYTHON)" scripts/setup.py
endef

setup:
	$(SETUP) runtime

setup-dev:
	$(SETUP) dev

# Without it the tests on Matrix are skipped, and the run says so at its start and at its end.
setup-homeserver:
	$(SETUP) homeserver || true

# exec: Ctrl-C reaches the bot itself, and its exit status is the one that counts.
run: setup
	@exec $(VENV_PYTHON) -m bot $(ARGS)

test: setup-dev setup-homeserver
	@exec $(VENV_PYTHON) -m pytest -n $(TEST_JOBS) --dist worksteal $(ARGS)

test-fast: setup-dev
	@exec $(VENV_PYTHON) -m pytest -n $(TEST_JOBS) --dist worksteal -m "not slow" \
	  --ignore=tests/end_to_end --ignore=tests/crash $(ARGS)

cover: setup-dev setup-homeserver
	@$(VENV_PYTHON) -m pytest -n $(TEST_JOBS) --dist worksteal \
	  --cov --cov-report=term --cov-report=html $(ARGS)

lint: lint-style lint-types lint-imports

lint-style: setup-dev
	@$(VENV_PYTHON) -m ruff check .
	@$(VENV_PYTHON) -m ruff format --check .

lint-types: setup-dev
	@$(VENV_PYTHON) -m mypy $(FOLDERS)

lint-imports: setup-dev
	@$(VENV_PYTHON) -c 'from importlinter.cli import lint_imports_command as main; main()' --no-logo

format: setup-dev
	@$(VENV_PYTHON) -m ruff check --fix .
	@$(VENV_PYTHON) -m ruff format .

bench: setup-dev
	@exec $(VENV_PYTHON) -m benchmarks $(ARGS)

pictures: setup-dev
	@exec $(VENV_PYTHON) scripts/pictures.py $(ARGS)

data-map: setup-dev
	@exec $(VENV_PYTHON) scripts/data_map.py

lock:
	@PYTHON="$(PYTHON)" sh scripts/lock.sh $(ARGS)

clean:
	rm -rf .venv .venv-synapse build dist htmlcov .coverage .coverage.* \
	  .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache \
	  tests/end_to_end/node_modules tests/matrix/careful/node_modules \
	  tests/discord_server/judges/types/node_modules
	find $(FOLDERS) -name __pycache__ -type d -prune -exec rm -rf {} +
