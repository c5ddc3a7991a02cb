# make demo    build, install into .venv, run the main job on the embedded example and write its page
# make test    build, install and run the whole test suite
# make check   static checks: format, lint, types, layers
# make dist    build the sdist, install it in a fresh environment and run it away from the checkout
# make bench   the benchmark table for this machine (rivals that are not installed are named and skipped)
# make record  what was promised against what came, on the chains and prices in DATA (../shared/data)
# make sanitize  run the kernels' unit tests under the address and undefined-behaviour sanitizers
# Nothing but Python 3.11+, a C compiler and a reachable package index is needed.

PYTHON ?= python3
VENV   ?= .venv
DATA   ?= ../shared/data
BIN    := $(CURDIR)/$(VENV)/bin
export PATH := $(BIN):$(PATH)
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
KERNELS := $(basename $(notdir $(wildcard hedgekit/core/*.pyx)))
SOURCES := pyproject.toml setup.py $(wildcard hedgekit/core/*.pyx hedgekit/core/*.px[di] hedgekit/core/c/*)

.PHONY: demo test check dist bench record sanitize clean
.DELETE_ON_ERROR:

demo: $(VENV)/.installed
	@mkdir -p build
	$(BIN)/hedgekit hedge --shares 1700 --chain examples/data/iwm.json --by 2027-01-15 --floor 0.90 --html build/hedge.html

test: $(VENV)/.installed $(VENV)/.test
	$(BIN)/pytest -n auto --dist loadfile
	$(BIN)/pytest --import-mode=importlib --doctest-modules --pyargs hedgekit -q

check: $(VENV)/.installed $(VENV)/.test $(VENV)/.check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/cython-lint hedgekit/core
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest --mypy-config-file pyproject.toml --allowlist tests/typing/stubtest-allowlist.txt --ignore-unused-allowlist $(KERNELS:%=hedgekit.core.%)
	@if command -v node >/dev/null; then $(BIN)/pyright --pythonpath $(BIN)/python tests/typing; else echo "node is not on the path: pyright is not run"; fi
	$(BIN)/lint-imports

dist: $(VENV)/.installed
	tests/dist.sh $(BIN)/python

bench: $(VENV)/.installed $(VENV)/.test
	$(BIN)/python tests/bench/run.py

record: $(VENV)/.installed
	$(BIN)/hedgekit record --data $(DATA)

sanitize: $(VENV)/.test
	tests/sanitize.sh $(BIN)/python

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "hedgekit needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name another: make PYTHON=python3.12 ..."; exit 1; }
	@cc=$${CC:-$$($(PYTHON) -c 'import sysconfig; print((sysconfig.get_config_var("CC") or "cc").split()[0])')}; command -v $$cc >/dev/null || command -v cc >/dev/null || { echo "hedgekit needs a C compiler to build its pricing core and '$$cc' is not on this machine. Install one: Debian/Ubuntu 'apt install build-essential python3-dev', Fedora 'dnf install gcc python3-devel', macOS 'xcode-select --install'."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "$(PYTHON) cannot make a virtual environment. Debian/Ubuntu: apt install python3-venv"; exit 1; }
	@touch $@

$(VENV)/.installed: $(VENV)/.python $(SOURCES)
	$(PIP) install --upgrade 'pip>=24'
	$(PIP) install --editable '.[report]'
	@touch $@

$(VENV)/.test: $(VENV)/.installed
	$(PIP) install 'hedgekit[test]'
	@touch $@

$(VENV)/.check: $(VENV)/.installed
	$(PIP) install 'hedgekit[check]'
	@touch $@

clean:
	rm -rf $(VENV) build *.egg-info hedgekit/core/*.c hedgekit/core/*.so .hypothesis .pytest_cache .mypy_cache .ruff_cache
