# Everything runs in a virtual environment of its own. Paths are relative: the checkout may lie in a folder with a space.
PYTHON ?= python3
ARGS ?=

VENV := .venv
BENCH := .venv-bench
PIP := -m pip --disable-pip-version-check --quiet install -c constraints.txt

# idle threads of a worker must not spin while others compute
export OMP_WAIT_POLICY := PASSIVE

.DEFAULT_GOAL := help
.PHONY: help serve class check test portable bench cuda wheels format

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile
	@echo '  ARGS="..." is handed on: make serve ARGS="--port 5007", make test ARGS="-k live"'
	@echo '  PYTHON=python3.12 picks another Python (3.11 or newer)'

serve: $(VENV)/.core ## set up and start the app; prints its address
	$(VENV)/bin/python -m explorer serve $(ARGS)

class: $(VENV)/.core ## as serve, for a class: listens on the network, prints address, token and QR code
	$(VENV)/bin/python -m explorer serve --class $(ARGS)

check: export OMP_NUM_THREADS := 1
check: $(VENV)/.test ## lint, types, layers, and the quick tests of what was changed: about a minute
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	touched="$$($(VENV)/bin/python tools/touched.py)" && \
	{ [ -z "$$touched" ] || $(VENV)/bin/python -m pytest -m "not slow and not walk" $(ARGS) $$touched; }

test: export OMP_NUM_THREADS := 1
test: $(VENV)/.test ## set up, a browser too; then lint, types, layers, tests
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	chromium="$$($(VENV)/bin/python tools/browser.py)" && \
	CHROMIUM="$$chromium" $(VENV)/bin/python -m pytest -n logical --maxprocesses 4 --dist loadgroup --no-loadscope-reorder $(ARGS)

portable: $(VENV)/.test ## the numeric tests as other processors would run them
	$(VENV)/bin/python tools/portable.py $(ARGS)

bench: export OMP_NUM_THREADS := 1
bench: $(BENCH)/.bench ## ours beside its peers, in an environment of its own
	chromium="$$($(BENCH)/bin/python tools/browser.py)" && \
	CHROMIUM="$$chromium" $(BENCH)/bin/python -m explorer bench $(ARGS)

cuda: ## tests marked cuda, and kernels on a card beside the CPU and torch.func.vmap; any PYTHON that has torch
	$(PYTHON) tools/cuda.py $(ARGS)

wheels: ## what else `make cuda` imports, into .wheels, to be carried to a machine without network
	$(PYTHON) -m pip download --quiet --no-deps -c constraints.txt -d .wheels beartype jaxtyping param platformdirs wadler-lindig

format: $(VENV)/.test ## let ruff format the code and mend what it can
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

# A stamp says what was installed; it is as new as the list of what to install.
$(VENV)/.core: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing explorer into $(VENV) (the first time takes some minutes)"
	$(VENV)/bin/python $(PIP) -e .
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing explorer and what its tests need into $(VENV) (the first time takes some minutes)"
	$(VENV)/bin/python $(PIP) -e '.[test,notebook]'
	@touch $@ $(VENV)/.core

$(BENCH)/.bench: pyproject.toml constraints.txt | $(BENCH)/bin/python
	@echo "Installing explorer and its peers into $(BENCH) (the first time takes some minutes)"
	$(BENCH)/bin/python $(PIP) -e '.[bench]'
	$(BENCH)/bin/python $(PIP) --no-deps torchattacks
	@touch $@

%/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	{ echo "explorer needs Python 3.11 or newer; name one with: make PYTHON=python3.11 ..." >&2; exit 1; }
	$(PYTHON) -m venv $* || { rm -rf $*; exit 1; } # half an environment would look like a whole one
