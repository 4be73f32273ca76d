# Radix. `make` alone lists what can be done.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup demo up test extended quick explore lint format schemas docs bench clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: .venv/.ready  ## install Radix and what it needs into .venv, pinned by hash

.venv/.ready: constraints.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q radix_assets radix_resources
	@touch $@

demo: setup  ## the whole way on a real sample: raw tables to a live, judged model
	$(BIN)/radix demo

up: setup  ## the UI, the daemon and the endpoints, on this machine
	$(BIN)/radix up

test: setup  ## the tests of CI; those of Spark beside the others, since they often wait for their cluster
	@output=$$(mktemp); $(BIN)/python -m pytest -m "not extended" tests/spark > $$output 2>&1 & spark=$$!; \
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not extended" --ignore tests/spark; rest=$$?; \
	wait $$spark; code=$$?; echo "Spark:"; cat $$output; rm $$output; exit $$((rest + code))

extended: setup  ## the tests that repeat others at more places or with more data; CI runs them after `test`
	$(BIN)/python -m pytest -n 2 --dist loadfile -m extended

quick: setup  ## the tests that take seconds
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow"

explore: setup  ## the property tests, with other examples each time
	$(BIN)/python -m pytest -n 2 -m hypothesis --hypothesis-profile explore

lint: setup  ## style, layers and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

format: setup  ## mend the style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schemas: setup  ## write the JSON Schemas of project.yaml and tags.yaml from their models
	$(BIN)/python -m radix_assets.schemas.build

bench: setup  ## the figures of docs/benchmarks.md
	$(BIN)/python benchmarks/all.py

clean:  ## remove caches; data, models and logs stay
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
