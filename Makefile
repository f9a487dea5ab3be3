# Everything a user or CI runs. `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export DO_NOT_TRACK := 1
export PYTHONHASHSEED := 0
export NO_MKDOCS_2_WARNING := 1
# where this is set, every process would compile thousands of modules anew
unexport PYTHONDONTWRITEBYTECODE
PIN = $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11

.PHONY: help setup run test check audit format api app architecture image screenshots bench benchmark reliability docs notebooks viz viz-site mlflow-ui lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(VENV)/.ready: requirements.lock requirements-uv.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v=sys.version_info[:2]; sys.exit(0 if (3,11)<=v<=(3,13) else f"gpu_kedro needs Python 3.11 to 3.13, {sys.executable} is {v[0]}.{v[1]}: set PYTHON=python3.12, say")'
	@echo "Setting up $(VENV) from requirements.lock ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock requirements-uv.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

setup: $(VENV)/.ready  ## make .venv from requirements.lock (hash-pinned)

run: setup  ## train, evaluate and report everything (kedro run)
	@$(BIN)/kedro run

test: setup  ## run the tests, a file at a time in each of at most 4 processes, the longest first
	@$(BIN)/python -m pytest -m "not reliability" --numprocesses auto --dist loadfile --no-loadscope-reorder

reliability: setup  ## keep what is promised under load, faults and attacks, as a table (half an hour, Linux; ROUNDS=5 ONLY=load)
	@$(BIN)/python -m bench.reliability --rounds $(or $(ROUNDS),1) $(addprefix --only ,$(ONLY))

check: setup  ## format, lint, types, import contracts, weaknesses, secrets, notebooks without outputs, documentation with its links
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/bandit --quiet --configfile pyproject.toml --recursive src api bench docs streamlit_app
	@git ls-files -z | xargs -0 $(BIN)/detect-secrets-hook --baseline .secrets.baseline
	@shopt -s nullglob; notebooks=(notebooks/*.ipynb); if (( $${#notebooks[@]} )); then $(BIN)/nbstripout --verify "$${notebooks[@]}"; fi
	@GPU_KEDRO_DATA_DIR=build/no-run $(BIN)/mkdocs build --quiet --site-dir build/site-check

audit: setup  ## ask the registry for known weaknesses of every pinned package (pip-audit, needs network)
	@for lock in requirements.lock requirements-uv.lock bench/autogluon/requirements.lock deploy/locks/*.lock; do \
	  echo "$$lock"; $(BIN)/pip-audit --progress-spinner off --disable-pip --require-hashes --requirement "$$lock"; done

format: setup  ## format the code and strip the notebooks
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@shopt -s nullglob; notebooks=(notebooks/*.ipynb); if (( $${#notebooks[@]} )); then $(BIN)/nbstripout "$${notebooks[@]}"; fi

api: setup  ## start the HTTP service on $$PORT, else 8000
	@$(BIN)/gpu-kedro serve

app: setup  ## start the Streamlit app on port 8501, and the service with it when none answers
	@$(BIN)/gpu-kedro app

screenshots: setup  ## draw every page of the app into docs/images and print how fast it is (needs chromium and a trained bundle)
	@$(BIN)/python -m bench.app

bench: setup  ## measure the service beside other ways to serve the same models (5 minutes, Linux)
	@$(BIN)/python -m bench.serving

$(VENV)-autogluon/.ready: bench/autogluon/requirements.lock | $(VENV)/.ready
	@echo "Setting up $(VENV)-autogluon from bench/autogluon/requirements.lock ..."
	@$(BIN)/python -m venv $(VENV)-autogluon
	@$(BIN)/uv pip sync --quiet --python $(VENV)-autogluon/bin/python --require-hashes bench/autogluon/requirements.lock
	@touch $@

benchmark: setup $(VENV)-autogluon/.ready  ## compare with baselines and AutoGluon, tune inside folds, report it (about 2 hours on two cores)
	@$(BIN)/kedro run --pipelines tuning,benchmark

docs: setup  ## build the documentation site into build/site, with the results of the last run
	@$(BIN)/mkdocs build --quiet
	@echo "open build/site/index.html"

notebooks: setup  ## run the notebooks on what the last run left (they open in any Jupyter; outputs are not kept)
	@$(BIN)/python -m pytest --nbmake --nbmake-timeout=120 notebooks

viz: setup  ## explore the pipelines in the browser (Kedro-Viz)
	@echo "the pipelines at a glance: http://127.0.0.1:4141/?types=nodes&expandAllPipelines=false (datasets are switched on at the left)"
	@$(BIN)/kedro viz run

viz-site: setup  ## build the graph with previews of the last run as a static site into build/viz (Kedro-Viz)
	@$(BIN)/kedro viz build --include-hooks --include-previews
	@rm -rf build/viz && mkdir build/viz   # it writes to build, beside other sites: what is its own goes below
	@html=$$($(BIN)/python -c 'import kedro_viz, pathlib; print(pathlib.Path(kedro_viz.__file__).parent / "html")'); \
	  cd build && mv api $$(ls "$$html") viz
	@echo "serve it: $(BIN)/python -m http.server --directory build/viz"

mlflow-ui: setup  ## look at the recorded runs in the browser (MLflow)
	@exec $(BIN)/kedro mlflow ui

architecture: setup  ## draw docs/architecture.md from the code
	@$(BIN)/python docs/draw_architecture.py

image:  ## build the container image of the service with the current bundle (needs docker; gpu_kedro:api)
	@docker build --tag gpu_kedro:api .

lock: setup  ## pin the dependencies again, and those of each image (needs network)
	@$(PIN) --group dev pyproject.toml -o requirements.lock
	@echo "uv" | $(PIN) - -o requirements-uv.lock
	@$(PIN) --constraint requirements.lock --group api -o deploy/locks/api.lock
	@$(PIN) --constraint requirements.lock --group app -o deploy/locks/app.lock
	@$(PIN) --constraint requirements.lock --group dask pyproject.toml -o deploy/locks/train.lock
	@$(PIN) bench/autogluon/requirements.in -o bench/autogluon/requirements.lock

clean:  ## remove everything that runs and builds wrote (the raw tables stay)
	@rm -rf build mlruns .viz data/test_run data/.run.lock
	@find data -mindepth 2 -not -path 'data/01_raw/*' -not -name .gitkeep -delete
