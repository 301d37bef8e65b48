# The course's commands. Each sets itself up: Python 3.11 or newer and make are enough.
# Written for GNU make 3.81 (macOS) and later.

PYTHON      ?=
TORCH_INDEX ?=
LAB_ARGS    ?=
PYTEST_ARGS ?=
JOBS        ?= 3
# For `make quick`: the units that differ from the last commit.
UNIT        ?= $(shell git status --porcelain -uall solutions dwsep_helpers tests/checks 2>/dev/null | \
                   sed -nE 's/.*(solutions\/|unit_)([0-9][0-9]).*/\2/p' | sort -u)

VENV   := .venv
READY  := $(VENV)/ready
python := $(VENV)/bin/python

# nbgrader starts `alembic` by name, so the environment's programs must be on PATH. Building
# the environment keeps the PATH there was: a Python inside .venv can't be what it is built on.
path_before := $(PATH)
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

# JupyterLab refuses to run as root, as one is in a container, unless it is told.
allow_root := $(if $(filter 0,$(shell id -u)),--allow-root)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help lab test quick lint demo notebooks site bench experiment measurements lock clean

help:  ## list these commands
	@echo "make TARGET, where TARGET is one of:"
	@sed -n 's/^\([a-z]*\):[^#]*## */  \1	/p' Makefile | expand -t 16
	@echo "PYTHON=…      the Python to build on (3.11 or newer), instead of the first one found"
	@echo "TORCH_INDEX=… take torch from another index, such as https://download.pytorch.org/whl/cpu"
	@echo "LAB_ARGS=…    more arguments for JupyterLab;  PYTEST_ARGS=… for pytest;  JOBS=… tests at once"
	@echo "UNIT=…        for quick: such as 03_pointwise, instead of those that changed"

# JupyterLab's settings for learners: they create no assignments.
for_learners := $(CURDIR)/tools/learners

lab: $(READY)  ## open the course in JupyterLab
	JUPYTER_CONFIG_PATH="$(for_learners)$${JUPYTER_CONFIG_PATH:+:$$JUPYTER_CONFIG_PATH}" $(python) -m jupyterlab --ServerApp.root_dir=notebooks \
	    --LabApp.default_url=/lab/tree/00_start_here/00_start_here.ipynb $(allow_root) $(LAB_ARGS)

# One thread per test process; one process more than cores, since graders and browsers wait a lot.
# Modules are compiled once for all of them, also where the environment says otherwise.
test: $(READY)  ## check everything: style, types, library, notebooks, grading
	OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE= $(python) -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder \
	    $(PYTEST_ARGS)

# Style and types, then the tests that need no class, browser or other environment.
quick: lint  ## check in a minute what an author edits: style, types, the UNITs that changed
	$(if $(UNIT),OMP_NUM_THREADS=1 $(python) -m pytest -n $(JOBS) $(addprefix --unit=,$(UNIT)) \
	    tests/notebooks/test_lint.py tests/notebooks/test_generated.py \
	    tests/notebooks/test_base_environment.py \
	    tests/checks tests/test_authoring.py tests/test_predictions.py $(PYTEST_ARGS))

lint: $(READY)  ## check style and types alone
	$(python) -m ruff check
	$(python) -m ruff format --check
	$(python) -m mypy

demo: $(READY)  ## grade the example classes and show the tables of scores
	$(python) -m demo

notebooks: $(READY)  ## generate the learners' notebooks from solutions/
	$(python) -m dwsep_helpers.authoring

# The builder says what else it needs: Node 20 or later, and a Chromium for the PDF.
site: $(READY)  ## build the course's web site in build/site; needs Node 20 or later
	PYTHONPATH=site $(python) -m builder

bench: $(READY)  ## time the NumPy kernels against torch, and grading against nbgrader's
	$(python) -m benchmarks

experiment: $(READY)  ## go on with unit 05's experiment on overfitting, about an hour; to repeat it, remove its table
	$(python) -m dwsep_helpers.mobilenet.overfitting

measurements: $(READY)  ## record the measurements of units 06 and 07 anew, on this machine
	$(python) -m dwsep_helpers.hardware.record

lock:  ## renew constraints.txt (on Python 3.11; TORCH=2.x to move torch)
	@python=$$(sh tools/find_python.sh "$(or $(PYTHON),python3.11)") && "$$python" tools/lock.py $(TORCH)

clean:  ## remove the environment and everything made on the way
	rm -rf $(VENV) build dist site/node_modules *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp is newer than what it was made from, or the environment is brought up to date.
# It counts for nothing where the folder was moved or its Python is gone.
built_in := $(shell $(python) -c 'print(open("$(VENV)/home").read())' 2>/dev/null)
ifneq ($(built_in),$(CURDIR))
.PHONY: $(READY)
endif

$(READY): pyproject.toml constraints.txt tools/setup.sh
	@if [ -L $(VENV) ]; then rm $(VENV); fi  # what a link leads to is another folder's
	@rm -f $@
	@PATH="$(path_before)" PYTHON="$(PYTHON)" TORCH_INDEX="$(TORCH_INDEX)" sh tools/setup.sh
	@touch $@
