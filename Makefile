# make serve: set everything up and serve the dashboard.   make test: set everything up and test it.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
RIVALS := .venv-rivals
CLASS := .venv-load
# Small matrices: threads of the linear algebra cost more than they bring, and fight over the cores.
export OPENBLAS_NUM_THREADS ?= 1
# What is installed uncompiled, for most of it is never imported, is compiled when it is.
unexport PYTHONDONTWRITEBYTECODE
TEST := $(BIN)/pytest --numprocesses=3 --dist=worksteal
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --no-compile --requirement

.PHONY: serve test lint types warm scripts unit thorough browser bench rivals axe load image-check claims power clean
.DEFAULT_GOAL := serve

$(VENV)/runtime: requirements.txt
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	@echo "Installing the runtime (once) …"
	@$(INSTALL) requirements.txt
	@touch $@

$(VENV)/develop: requirements.txt requirements-dev.txt $(VENV)/runtime
	@echo "Installing the test tools (once) …"
	@$(INSTALL) requirements-dev.txt
	@touch $@

serve: warm
	@echo "Depth over Width: http://$(HOST):$(PORT)"
	@$(BIN)/gunicorn --config gunicorn.conf.py --bind $(HOST):$(PORT) app:server

warm: $(VENV)/warm

$(VENV)/warm: $(VENV)/runtime $(shell find compute -name '*.py')
	@echo "Warming up (compiles what has changed) …"
	@$(BIN)/python -m compute.warm
	@touch $@

# Two cores: what is compiled warms up beside the checks that run nothing of it.
test: $(VENV)/runtime
	@$(MAKE) --jobs=2 warm lint types scripts
	@sh tests/browser/chromium.sh
	$(TEST)

lint: $(VENV)/develop
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/oxlint assets/edition tests/browser
	$(BIN)/hadolint Dockerfile

types: $(VENV)/develop
	$(BIN)/mypy compute components pages app.py

# The modules that know nothing of a document, in the node that playwright brings.
scripts: $(VENV)/develop
	$(BIN)/python -m tests.browser.unit

unit: $(VENV)/develop
	$(TEST) -m "not browser"

# All random settings, seeds and pages, of which "make test" tries some.
thorough: $(VENV)/develop warm
	@sh tests/browser/chromium.sh
	THOROUGH=1 $(TEST)

browser: $(VENV)/develop
	@sh tests/browser/chromium.sh
	$(TEST) -m browser

# Every page and tab in every look, or WHAT: "make axe WHAT=gp_kernels". "make test" has a look at some.
axe: $(VENV)/develop warm
	@sh tests/browser/chromium.sh
	@$(BIN)/python -m tests.browser.axe $(WHAT)

# All of it, or WHAT: "make bench WHAT=partitions", "make bench WHAT='browser ntk_regime'".
bench: $(VENV)/develop warm
	@sh tests/browser/chromium.sh
	@$(BIN)/python -m tests.benchmarks $(WHAT)

# Those that the project does without; the bench leaves out what is not installed, and says so.
rivals: $(RIVALS)/ready

$(RIVALS)/ready: requirements-bench.txt
	@test -d $(RIVALS) || $(PYTHON) -m venv $(RIVALS)
	@echo "Installing the rivals (once) …"
	@$(RIVALS)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

# A class at the server as deployed, on this machine alone; all of it, or WHAT: "make load
# WHAT='sliders --students 30 --seconds 60'". About 20 minutes.
load: $(VENV)/develop warm $(CLASS)/ready
	@sh tests/browser/chromium.sh
	@$(BIN)/python -m tests.load $(WHAT)

$(CLASS)/ready: requirements-load.txt
	@test -d $(CLASS) || $(PYTHON) -m venv $(CLASS)
	@echo "Installing the class (once) …"
	@$(CLASS)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

# Builds the image, looks into it and runs it as it is deployed: docker, podman, or buildah as root.
image-check: $(VENV)/develop
	@$(BIN)/python -m tests.image $(WHAT)

claims: $(VENV)/runtime
	@$(BIN)/python -m compute.claims

power: $(VENV)/runtime
	@$(BIN)/python -m compute.claims --power

clean:
	rm -rf $(VENV) $(RIVALS) $(CLASS) .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks artifacts
