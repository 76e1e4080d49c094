# Everything that is done with this project; `make help` lists it.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: help decks test check format bench clean

help: ## list what there is to do
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

decks: $(STAMP) ## build decks/ from notes/
	$(BIN)/mlopscards build notes -o decks

test: $(STAMP) ## run the tests, with the real Anki library and a real browser
	$(BIN)/python -m pytest -n auto

check: $(STAMP) ## the whole gate: format, lint, types, tests with coverage, decks up to date
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto --cov --cov-report=term:skip-covered --cov-fail-under=95

format: $(STAMP) ## put the code into shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP) ## compare the speed with bare markdown-it-py and genanki
	$(BIN)/python bench/ratio.py

clean: ## remove what can be made again
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .coverage dist build

$(STAMP): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@
