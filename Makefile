# What a user types. `make help` lists it; engine/ holds what is behind it.

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help setup workloads-setup up preview down recover test test-platform test-workloads story check format bench lock docs bundle estimate prices clean

# Any Python 3.11 or newer creates the virtual environment; its own does everything after that.
PYTHON ?= $(or $(wildcard .venv/bin/python),python3)
VENV := .venv/bin
# Where the workloads run: .venv, or an environment beside it for the Python that ON names.
WORKLOADS := .venv$(addprefix -,$(notdir $(ON)))/bin
STACKS := $(or $(STACK),$(patsubst Pulumi.%.yaml,%,$(wildcard Pulumi.*.yaml)))

help: ## This list
	@echo "Usage: make TARGET [STACK=dev|test|prod]   (no STACK: all stacks, the shared estate's owner first)"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Virtual environment, Pulumi CLI and the sandbox's schema; quick when they are there
	@$(PYTHON) engine/setup.py

up: setup ## Deploy into the sandbox, with all policy rules on, and show what there is
	@$(VENV)/python engine up $(STACK)

preview: setup ## Show what `up` would do
	@$(VENV)/python engine preview $(STACK)

down: setup ## Destroy what `up` deployed, protected resources too
	@$(VENV)/python engine down $(STACK)

recover: setup ## Take up a stack whose run was killed: unlock it, bring in what was made, refresh
	@$(VENV)/python engine recover $(STACK)

estimate: setup ## What the stacks cost in a month, as previewed: FORMAT=markdown PLOT=folder
	@$(VENV)/python engine snapshots $(STACK)
	@$(VENV)/python -m policies.estimate show $(STACKS:%=.cache/preview-%.json) \
		--format $(or $(FORMAT),text) $(if $(PLOT),--plot $(PLOT))

prices: setup ## The price book anew from the Azure Retail Prices API; prints what changes
	@$(VENV)/python -m policies.estimate prices --refresh

# Side by side, dots mixed: each spends half of its time waiting for servers and engines it started.
test: workloads-setup ## The whole test suite with coverage of our own code, which must reach its bound
	@$(MAKE) -j2 test-platform test-workloads

test-platform: setup ## The tests of all but the workloads: real engine and policy packs, with their coverage
	@$(VENV)/coverage erase
	@$(VENV)/coverage run -m pytest $(ARGS)
	@$(VENV)/coverage combine --quiet
	@$(VENV)/coverage report

workloads-setup: setup ## The workloads' own virtual environment, with Spark, Delta Lake and MLflow
	@$(PYTHON) engine/workloads.py $(ON)

test-workloads: workloads-setup ## The workloads' tests: real MLflow, Spark, Delta Lake; ON=python3.12 names another Python
	@cd workloads && $(WORKLOADS)/coverage erase
	@cd workloads && $(WORKLOADS)/coverage run -m pytest $(ARGS)
	@cd workloads && $(WORKLOADS)/coverage combine --quiet
	@cd workloads && $(WORKLOADS)/coverage report

story: workloads-setup ## One model's whole story on real processes, told line by line (some minutes); ON as above
	@cd workloads && $(WORKLOADS)/python -m pytest -q -s --no-header tests/test_story.py $(ARGS)

check: workloads-setup ## Format, lint, types and the tests that need no engine and no server
	$(VENV)/ruff format --check .
	$(VENV)/ruff check .
	$(VENV)/pyright
	$(VENV)/pyright -p workloads
	$(VENV)/python -m pytest -q -m "not engine" $(ARGS)
	cd workloads && .venv/bin/python -m pytest -q -m "not mlflow and not spark and not serving" $(ARGS)

format: setup ## Format the code and fix what lint can fix
	$(VENV)/ruff check --fix-only --quiet .
	$(VENV)/ruff format .

bench: setup ## The measured ratios the project promises
	@$(VENV)/python -m benchmarks $(ARGS)

lock: setup ## Both requirements.txt anew from requirements.in, for every platform, with hashes
	@for folder in . workloads; do (cd $$folder && $(CURDIR)/$(VENV)/uv pip compile --quiet --universal \
		--generate-hashes --python-version 3.11 --no-strip-extras --no-emit-index-url \
		--no-emit-find-links requirements.in -o requirements.txt) || exit 1; done

# In a sandbox of its own, where nothing is deployed: the picture shows all that would be created.
docs: export SANDBOX_DIR := $(CURDIR)/.cache/docs-sandbox
docs: setup ## The generated reference and the README's picture
	@./engine/sandboxed pulumi stack select --create prod >/dev/null 2>&1 || true
	@./engine/sandboxed pulumi preview --stack prod --json > .cache/preview.json
	@$(VENV)/python -m docs --preview .cache/preview.json

# Where `make bundle` writes the project.
OUT ?= .cache/bundle
bundle: setup ## The teams' bundle project, from the stacks deployed in the sandbox, into OUT
	@for stack in $(STACKS); do ./engine/sandboxed pulumi stack output --json --stack $$stack \
		> .cache/outputs-$$stack.json || exit 1; done
	@$(VENV)/python -m bundle --out $(OUT) \
		--outputs $(foreach stack,$(STACKS),$(stack)=.cache/outputs-$(stack).json)

clean: ## Remove what is made in this folder: environment, sandbox, caches (not the built CLI)
	rm -rf .venv .sandbox .cache .pytest_cache .ruff_cache .hypothesis .coverage .coverage.* coverage.xml
	cd workloads && rm -rf .venv .venv-* .pytest_cache .hypothesis .coverage .coverage.* build dist src/*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
