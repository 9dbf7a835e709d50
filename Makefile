.PHONY: install demo dev chaos failure-modes mutants soak bench bench-fairness bench-sandbox test test-unit test-scenarios test-system test-rest test-first-units test-other-units test-browser coverage check audit lock schemas histories
PYTHON ?= python3
VENV := .venv
ARGS ?=
# A text for a shell, whatever it contains, such as the path of this folder.
quoted = '$(subst ','\'',$(1))'

install: $(VENV)/.installed $(VENV)/bin/holdfast

$(VENV)/.installed: requirements/test.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Holdfast needs Python 3.11 or newer (set PYTHON=...)")'
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --require-hashes -r requirements/test.txt
	touch $@

# The command line, run from this checkout as worker.py is: the checkout is not installed into the environment.
$(VENV)/bin/holdfast: $(VENV)/.installed
	printf '%s\n' '#!/bin/sh' $(call quoted,PYTHONPATH=$(call quoted,$(CURDIR)) exec $(call quoted,$(abspath $(VENV))/bin/python) -P -m holdfast "$$@") > $@
	chmod +x $@

demo: install
	$(VENV)/bin/python -m tools.demo $(ARGS)

dev: install
	$(VENV)/bin/python -m tools.demo --no-scenarios $(ARGS)

chaos: install
	$(VENV)/bin/python -m tools.chaos $(ARGS)

failure-modes: install
	$(VENV)/bin/python -m tests.system.failure_modes

mutants: install
	$(VENV)/bin/python -m tests.mutants $(ARGS)

soak: install
	$(VENV)/bin/python -m pytest tests -m soak
	$(VENV)/bin/python -m tests.system.hostile
	$(VENV)/bin/python -m tests.system.leaks

bench: install
	$(VENV)/bin/python -m tools.bench $(ARGS)

bench-sandbox: install
	$(VENV)/bin/python -m tools.bench.sandbox $(ARGS)

bench-fairness: install
	$(VENV)/bin/python -m tools.bench.fairness $(ARGS)


# A dev server that the other tests keep busy may not route a task queue to another build within a minute.
DEPLOYMENT := tests/scenarios/operations/test_open_payment_survives_a_deployment.py

test: install
ifeq ($(strip $(ARGS)),)
	$(MAKE) --no-print-directory --jobs 3 test-system test-scenarios test-rest test-browser
	$(VENV)/bin/python -m pytest $(DEPLOYMENT)
else
	$(VENV)/bin/python -m pytest $(ARGS)
endif

# Two halves that take about as long as each other.
FIRST_HALF := tests/unit/settlement tests/unit/simulator

test-unit: install
	$(MAKE) --no-print-directory --jobs 2 test-first-units test-other-units

test-first-units: install
	$(VENV)/bin/python -m pytest $(FIRST_HALF)

test-other-units: install
	$(VENV)/bin/python -m pytest tests/unit $(FIRST_HALF:%=--ignore=%)

test-system: install
	$(VENV)/bin/python -m pytest tests/system

test-scenarios: install
	$(VENV)/bin/python -m pytest tests/scenarios --ignore=$(DEPLOYMENT)

# Debian's Chromium is installed when there is none; no browser comes from a package registry.
test-browser: install
	$(VENV)/bin/python -m tests.support.browser.chromium
	$(VENV)/bin/python -m pytest tests/browser

test-rest: install
	$(VENV)/bin/python -m pytest tests/unit tests/replay tests/mutants

# Branch coverage of the product folders; the report lists the lines and branches that no test reaches.
coverage: install
	$(VENV)/bin/coverage run -m pytest tests/unit tests/scenarios $(ARGS)
	$(VENV)/bin/coverage report

check: install
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy .
	$(VENV)/bin/lint-imports
	$(VENV)/bin/python -m tools.checks.schemas --check
	$(VENV)/bin/python -m tools.checks.diagram --check
	$(VENV)/bin/python -m tools.checks.simulator_page --check
	$(VENV)/bin/python -m tools.checks.locks

# The only check that needs the network, and therefore not a part of `check`.
audit: install
	$(VENV)/bin/python -m tools.checks.audit

schemas: install
	$(VENV)/bin/python -m tools.checks.schemas
	$(VENV)/bin/python -m tools.checks.diagram
	$(VENV)/bin/python -m tools.checks.simulator_page

histories: install
	$(VENV)/bin/python -m tests.replay

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra processes --extra redis --extra cli -o requirements/run.txt pyproject.toml
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra processes --extra redis --extra cli --extra demo --extra test -o requirements/test.txt pyproject.toml
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra simulator --constraint requirements/test.txt -o requirements/simulator.txt pyproject.toml
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements/vendor.txt requirements/vendor.in
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements/audit.txt requirements/audit.in
	$(VENV)/bin/npm --prefix examples/typescript install --package-lock-only
