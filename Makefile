# One door to everything. `make run` and `make test` need Python 3.11 and make, nothing else; all they install lies in .venv and var.

PYTHON ?= $(shell for p in python3.11 python3 python; do if $$p -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then echo $$p; exit; fi; done; echo python3.11)
BOOTSTRAP = @$(PYTHON) -m config.local.bootstrap
WITH_TOOLS = @$(PYTHON) -m config.local.bootstrap exec

.PHONY: help env run test test-fast lint types imports templates fmt bench curriculum
.DEFAULT_GOAL := help

help: ## What can be done here
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

env: ## Make .venv with everything that the site needs, PyTorch included
	$(BOOTSTRAP) env

run: ## Install, start the whole site on 127.0.0.1:$PORT (8000) and keep it running; Ctrl-C stops it
	$(BOOTSTRAP) run

test: ## Everything that must hold: lint, types, imports, migrations, templates, and every test
	$(WITH_TOOLS) config.local.checks all

test-fast: ## The quick tests alone: no browser, nothing slow
	$(WITH_TOOLS) config.local.checks fast

lint: ## ruff: rules and format
	$(WITH_TOOLS) config.local.checks lint

types: ## mypy, strict
	$(WITH_TOOLS) config.local.checks types

imports: ## The direction of imports between the parts
	$(WITH_TOOLS) config.local.checks imports

templates: ## djlint over the templates
	$(WITH_TOOLS) config.local.checks templates

fmt: ## Put the code into its format
	$(WITH_TOOLS) config.local.checks fmt

bench: ## Benchmarks, with their numbers
	$(WITH_TOOLS) config.local.checks bench

curriculum: ## Every lesson through the grader: reference, starter and known mistakes
	$(WITH_TOOLS) config.local.checks curriculum
