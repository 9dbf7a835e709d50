.PHONY: install demo chaos failure-modes mutants soak bench bench-fairness test test-unit test-scenarios test-system test-rest check lock schemas histories
PYTHON ?= python3
VENV := .venv
ARGS ?=

install: $(VENV)/.installed

$(VENV)/.installed: requirements/test.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Holdfast needs Python 3.11 or newer (set PYTHON=...)")'
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --require-hashes -r requirements/test.txt
	touch $@

demo: install
	$(VENV)/bin/python tools/demo/__main__.py $(ARGS)

chaos: install
	$(VENV)/bin/python -m chaos $(ARGS)

failure-modes: install
	$(VENV)/bin/python -m tests.failure_modes

mutants: install
	$(VENV)/bin/python -m tests.mutants $(ARGS)

soak: install
	$(VENV)/bin/python -m pytest tests -m soak
	$(VENV)/bin/python -m tests.hostile
	$(VENV)/bin/python -m tests.leaks

bench: install
	$(VENV)/bin/python -m bench $(ARGS)

bench-fairness: install
	$(VENV)/bin/python -m tools.bench.fairness $(ARGS)

# tests in one process, tests that start our processes, and scenarios: the last two wait more than they work
UNIT := tests/activities tests/antom tests/card_vault tests/docs tests/packaging tests/payments tests/simulator tests/unit/support/test_each_case.py
PROCESSES := tests/unit/simulator/test_process.py tests/unit/simulator/test_vendor_client.py
SYSTEM := tests/bench tests/chaos tests/crashes tests/hostile tests/leaks tests/processes tests/stage $(PROCESSES)
SCENARIOS := tests/scenarios

test: install
ifeq ($(strip $(ARGS)),)
	$(MAKE) --no-print-directory --jobs 3 test-system test-scenarios test-rest
else
	$(VENV)/bin/python -m pytest $(ARGS)
endif

test-unit: install
	$(VENV)/bin/python -m pytest $(UNIT) $(PROCESSES:%=--ignore=%)

test-system: install
	$(VENV)/bin/python -m pytest $(SYSTEM)

test-scenarios: install
	$(VENV)/bin/python -m pytest $(SCENARIOS)

test-rest: install
	$(VENV)/bin/python -m pytest tests $(SYSTEM:%=--ignore=%) $(SCENARIOS:%=--ignore=%)

check: install
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy .
	$(VENV)/bin/lint-imports
	$(VENV)/bin/python -m tools.checks.schemas --check
	$(VENV)/bin/python -m tools.checks.diagram --check
	$(VENV)/bin/python -m tools.checks.locks
	$(VENV)/bin/python -m tools.checks.audit

schemas: install
	$(VENV)/bin/python -m tools.checks.schemas
	$(VENV)/bin/python -m tools.checks.diagram

histories: install
	$(VENV)/bin/python -m tests.replay

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra processes --extra redis -o requirements/run.txt pyproject.toml
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra processes --extra redis --extra demo --extra test -o requirements/test.txt pyproject.toml
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements/vendor.txt requirements/vendor.in
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements/audit.txt requirements/audit.in
