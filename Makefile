# make demo   the shipped case: picture, summary, trajectory
# make test   style, types and the whole suite, without the hours-long tests
#
# Both need only make and Python 3.11 or newer; PYTHON=python3.12 chooses another one. Everything lands in .venv.

PYTHON ?= python3
EXTRAS := lab,cluster,sbml,sensitivity,dev
VENV := .venv
BIN := $(VENV)/bin
# One mark per place and per content of these files: the environment is renewed when one of them changes, not before.
READY := $(VENV)/ready-$(firstword $(shell { pwd; cat pyproject.toml constraints.txt; } | cksum))
NEW_ENOUGH := import sys; sys.exit(0 if sys.version_info >= (3, 11) else "itsim needs Python 3.11 or newer; \
$(PYTHON) is " + sys.version.split()[0] + ". Name a newer one: make $(or $(MAKECMDGOALS),demo) PYTHON=python3.12")
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check --no-input

# One thread per process: pytest already runs one process per core.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export MKL_NUM_THREADS := 1

.DEFAULT_GOAL := help
.PHONY: help demo test test-long figures schemas constraints clean

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile
	@echo "make test-long   the hours-long tests too; make figures, schemas   write figures/, schemas/ anew"
	@echo "make constraints   pin anew what is installed; make clean   remove what make has made"

# The command prints the path of its picture last.
demo: $(READY)
	@$(BIN)/itsim run --out itsim-out/vorenkamp_2023

test: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pytest -n auto --dist loadgroup -m "not long"

test-long: $(READY)
	$(BIN)/pytest -n auto --dist loadgroup --hypothesis-profile long

figures: $(READY)
	@$(BIN)/itsim figures
	@for study in scenarios/studies/*.yaml; do name=$$(basename $$study .yaml); \
	$(BIN)/itsim sweep $$name --out itsim-out/$$name --picture figures/$$name.svg || exit 1; done

schemas: $(READY)
	@$(BIN)/python -c "from itsim.catalogue import write_schemas; write_schemas('schemas')"
	@$(BIN)/python -c "from itsim.study.study_schema import write_schema; write_schema('schemas')"

constraints:
	@rm -rf build/constraints
	@$(PYTHON) -m venv build/constraints
	@build/constraints/bin/python -m pip -qq install -e ".[$(EXTRAS)]"
	@sed -n '/^#/p' constraints.txt > build/constraints/header
	@build/constraints/bin/python -m pip freeze --exclude-editable | cat build/constraints/header - > constraints.txt
	@rm -rf build/constraints

clean:
	rm -rf $(VENV) build dist itsim-out .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# An environment that was copied from elsewhere, or whose Python is gone or too old, is made from scratch.
$(READY):
	@{ grep -qsF '$(CURDIR)/$(VENV)' $(BIN)/activate && $(BIN)/python -c '$(NEW_ENOUGH)' 2>/dev/null; } \
	|| { command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON): itsim needs Python 3.11 or newer." >&2; exit 1; }; \
	$(PYTHON) -c '$(NEW_ENOUGH)' && $(PYTHON) -m venv --clear $(VENV); }
	@echo "Preparing $(VENV) (once; a minute or two) ..."
	@rm -f $(VENV)/ready-*
	@$(PIP) install -c constraints.txt -e ".[$(EXTRAS)]"
	@touch $@
