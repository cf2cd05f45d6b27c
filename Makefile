# Everything needs only Python 3.11+ and make; the first target that runs sets up .venv from the pinned constraints.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
WORKERS ?= 2

.PHONY: demo own-servers test lint types perf clean help

help:
	@echo "make demo         run the whole loop: tasks, training, evaluation, report (about 12 minutes on 2 cores)"
	@echo "make own-servers  the same on MCP servers that others wrote (needs npm)"
	@echo "make test         the whole test suite"
	@echo "make lint types   ruff and mypy"
	@echo "make perf         the benchmark scripts"

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[train,openai]"
	@touch $(STAMP)

# What only tests and checks need: their tools, and every extra.
$(DEV_STAMP): $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $(DEV_STAMP)

demo: $(STAMP)
	$(BIN)/enterpriselab run configs/demo.toml

own-servers: $(STAMP)
	bash scripts/install-own-servers.sh
	$(BIN)/enterpriselab run configs/own-servers.toml

test: $(DEV_STAMP)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

lint: $(DEV_STAMP)
	$(BIN)/ruff check src tests perf
	$(BIN)/ruff format --check src tests perf

types: $(DEV_STAMP)
	$(BIN)/mypy

perf: $(DEV_STAMP)
	for script in perf/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

clean:
	rm -rf $(VENV) build dist
