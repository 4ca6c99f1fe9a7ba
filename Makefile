# Two commands do everything: `make study` and `make test`. See README.md.
PYTHON ?= python3
CORES ?= 2
VENV := .venv
BIN := $(VENV)/bin
RUN := PYTHONPATH=scripts $(BIN)/python -m stellar.workflow.run --cores $(CORES)
FIND_PYTHON := command -v $(PYTHON) >/dev/null || \
  { echo "error: there is no $(PYTHON); try: make setup PYTHON=python3.12" >&2; exit 1; }
LOOK := $(FIND_PYTHON); $(PYTHON) envs/environment.py --check

.PHONY: help setup study quick audit model classify compare explain progress check test test-all coverage lint format bench clean lock config-docs docs dag
help:  ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 13

setup:  ## make .venv from the hash-checked lock; nothing the second time
	@$(FIND_PYTHON); $(PYTHON) envs/environment.py

study: setup  ## the whole study, or with CONFIG=mine.yaml yours; it says where the report will be
	@$(RUN) $(if $(CONFIG),--configfile $(CONFIG))

quick: setup  ## the same DAG, shrunk to minutes, under results/quick
	@$(RUN) --configfile config/presets/quick.yaml

audit: setup  ## do the features leak the label? no network is trained; CONFIG=mine.yaml as above
	@$(RUN) --target audit $(if $(CONFIG),--configfile $(CONFIG))

model: setup  ## models to classify your own stars with, in a minute; CONFIG=mine.yaml as in study
	@PYTHONPATH=scripts $(BIN)/python -m stellar.workflow.config_files $(CONFIG)
	@PATH="$(CURDIR)/$(BIN):$$PATH" snakemake model --cores $(CORES) --quiet rules \
	  $(if $(CONFIG),--configfile $(CONFIG))

classify: setup  ## types for your own tables, as docs/classify.md has it: make classify CONFIG=mine.yaml
	@$(RUN) --target classify $(if $(CONFIG),--configfile $(CONFIG))

compare: setup  ## two finished runs on one page: make compare A=results B=other/results
	@PYTHONPATH=scripts $(BIN)/python -m stellar.two_runs.program "$$A" "$$B"

explain:  ## what make study would do now, and why; CONFIG=mine.yaml as there
	@$(LOOK)
	@$(RUN) --explain $(if $(CONFIG),--configfile $(CONFIG))

progress:  ## how far a run is, and how much longer it will take; in another terminal
	@$(LOOK)
	@PYTHONPATH=scripts $(BIN)/python -m stellar.workflow.progress

PYTEST := PATH="$(CURDIR)/$(BIN):$$PATH" python -m pytest --numprocesses $(CORES)

check: lint  ## lint and unit tests but the long ones, in a minute: for every save
	$(PYTEST) -m "not long and not slow" tests/unit

test: setup  ## all tests but the slow ones, in minutes: for every commit
	$(PYTEST) -m "not slow"

test-all: test  ## the slow ones too (SLURM, kills, full disks, whole studies): before a merge
	$(PYTEST) -m slow

coverage: setup  ## lines and branches of scripts/stellar that make test runs, in all processes
	@rm -f .coverage .coverage.*
	COVERAGE_FILE="$(CURDIR)/.coverage" PATH="$(CURDIR)/$(BIN):$$PATH" coverage run -m pytest \
	  --numprocesses $(CORES) -m "not slow"
	$(BIN)/coverage combine --quiet && $(BIN)/coverage report

lint: setup  ## style and types: ruff, snakefmt, mypy, snakemake --lint
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile rules
	$(BIN)/mypy
	PATH="$(CURDIR)/$(BIN):$$PATH" snakemake --lint

format: setup  ## put style right
	$(BIN)/ruff check --fix . && $(BIN)/ruff format . && $(BIN)/snakefmt Snakefile rules

bench: setup  ## seconds a training epoch, ours against others: results/bench/training.json
	@PATH="$(CURDIR)/$(BIN):$$PATH" TF_CPP_MIN_LOG_LEVEL=3 python tests/bench/training.py

lock: setup  ## resolve envs/requirements.in to envs/lock.txt and the conda files anew
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate \
	  --no-header --no-emit-index-url --default-index https://pypi.org/simple \
	  envs/requirements.in -o envs/lock.txt
	$(BIN)/python envs/conda_files.py

config-docs: setup  ## tables in documents: keys of the configuration, columns of all files, from the code
	@PYTHONPATH=scripts $(BIN)/python -m stellar.documentation.keys
	@PYTHONPATH=scripts $(BIN)/python -m stellar.documentation.columns

docs: setup  ## the documentation as a site to open from disk: site/index.html
	@$(BIN)/zensical build --clean --strict

dag: setup  ## draw docs/dag.svg without its short cuts (needs Graphviz)
	PATH="$(CURDIR)/$(BIN):$$PATH" snakemake --rulegraph dot 2>/dev/null | tred | dot -Tsvg > docs/dag.svg

clean:  ## delete all results, and Snakemake's notes on them
	rm -rf results .snakemake
