# `make` alone lists the verbs. Each does all its own set-up.
ifeq ($(OS),Windows_NT)
PYTHON ?= python
BIN := .venv/Scripts
WORKER_BIN := .venv-worker/Scripts
else
PYTHON ?= python3
BIN := .venv/bin
WORKER_BIN := .venv-worker/bin
endif

.PHONY: help run setup setup-tests test check bench bench-engine chaos words sample pictures lock clean

help: ## list the verbs
	@$(PYTHON) -c "import re; [print('  make %-12s %s' % v) for v in re.findall(r'^([a-z-]+):.*?## (.*)', open('Makefile').read(), re.M)]"

run: setup ## set up what is missing and open the window
	@$(BIN)/python -m gui

setup: ## system packages, environments and translations
	@$(PYTHON) packaging/setup.py

setup-tests:
	@$(PYTHON) packaging/setup.py --tests

test: setup-tests check ## check, then all tests
	@$(BIN)/python -m pytest tests --ignore tests/worker --ignore tests/bench -n 4 --dist worksteal -q -m "not alone and not live and not gpu"
	@$(BIN)/python -m pytest tests/gui -q -m alone
	@$(WORKER_BIN)/python -m pytest tests/worker -n 2 --dist worksteal -q

check: setup-tests ## format, lint, types, layers
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo 2>&1 | $(BIN)/python -c "import sys; t = sys.stdin.read(); b = ' 0 broken' not in t; b and print(t); sys.exit(b)"

bench: setup-tests ## benchmarks; numbers go to tests/bench/RESULTS.md by hand
	@$(BIN)/python -m tests.bench

bench-engine: setup-tests ## the worker against a loop and sentence-transformers
	@$(WORKER_BIN)/python -m tests.bench engine

chaos: setup-tests ## 500 random fault schedules over whole runs
	@EMBARK_CHAOS=500 $(BIN)/python -m pytest tests/chaos -n 3 --dist worksteal -q

words: setup-tests ## collect the window's words for translation
	@$(BIN)/python packaging/words.py

sample: setup-tests ## draw the sample data anew
	@$(BIN)/python assets/sample/make_sample.py

pictures: setup-tests ## take the pictures of README.md anew
	@$(BIN)/python -m pytest tests/gui/pictures.py -q

lock: setup-tests ## pin today's versions
	@$(PYTHON) packaging/lock.py

clean: ## remove both environments
	@$(PYTHON) -c "import shutil; [shutil.rmtree(d, True) for d in ('.venv', '.venv-worker', '.venv-vastai')]"
