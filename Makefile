# Radix. `make` alone lists the targets.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup demo up test extended quick explore lint format schemas picture docs bench clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: .venv/.ready  ## install Radix and its dependencies into .venv, pinned by hash

.venv/.ready: constraints.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q radix_assets radix_resources
	@touch $@

demo: setup  ## run the whole pipeline on a real sample, to a live model
	$(BIN)/radix demo

up: setup  ## start the UI, the daemon and the endpoints on this machine
	$(BIN)/radix up

test: setup  ## the tests of every change
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not extended"

extended: setup  ## whole projects at more places, clusters, more data; CI runs them too. Spark's in parallel: they wait often
	@output=$$(mktemp); $(BIN)/python -m pytest -m extended tests/spark > $$output 2>&1 & spark=$$!; \
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m extended --ignore tests/spark; rest=$$?; \
	wait $$spark; code=$$?; echo "Spark:"; cat $$output; rm $$output; exit $$((rest + code))

quick: setup  ## the tests that take seconds
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow"

explore: setup  ## the property tests, with other examples each time
	$(BIN)/python -m pytest -n 2 -m hypothesis --hypothesis-profile explore

lint: setup  ## style, layers and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

format: setup  ## fix the style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schemas: setup  ## generate the JSON Schemas of project.yaml and tags.yaml from their models
	$(BIN)/python -m radix_assets.schemas.build

picture: setup  ## draw docs/pictures/architecture.svg from the import contracts
	$(BIN)/python tools/picture.py

docs: setup  ## build the documentation site into build/site
	$(BIN)/python tools/build_site.py

bench: setup  ## measure the figures of docs/benchmarks.md
	$(BIN)/python benchmarks/all.py

clean:  ## remove caches; keep data, models and logs
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
