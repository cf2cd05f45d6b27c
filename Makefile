# Everything needs only Python 3.11+ and make; the first target that runs sets up .venv from the pinned constraints.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
WORKERS ?= 2

.PHONY: demo own-servers test lint types perf clean help

help:
	@echo "make demo         run the whole loop: tasks, training, evaluation, report (about 15 minutes on 2 cores)"
	@echo "make own-servers  the same on MCP servers that others wrote (needs npm)"
	@echo "make test         the whole test suite"
	@echo "make lint types   ruff and mypy"
	@echo "make perf         the benchmark scripts"

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[train,openai,dev]"
	@touch $(STAMP)

demo: $(STAMP)
	$(BIN)/enterpriselab run configs/demo.toml

own-servers: $(STAMP)
	bash scripts/install-own-servers.sh
	$(BIN)/enterpriselab run configs/own-servers.toml

test: $(STAMP)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

lint: $(STAMP)
	$(BIN)/ruff check src tests perf
	$(BIN)/ruff format --check src tests perf

types: $(STAMP)
	$(BIN)/mypy

perf: $(STAMP)
	for script in perf/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

clean:
	rm -rf $(VENV) build dist
