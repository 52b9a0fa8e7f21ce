# `make help` lists the targets; `make demo` and `make test` set up all they need by themselves.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
in_env := source .work/env.sh;
PYTEST_ARGS ?=

.PHONY: help setup unit typing format

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## the development environment: packages, virtual environment, dependencies
	@tests/env/setup

unit: setup ## unit tests
	@$(in_env) pytest tests/unit $(PYTEST_ARGS)

style: setup ## ruff and mypy
	@$(in_env) ruff check . && ruff format --check . && tests/env/typing

format: setup ## let ruff format the code
	@$(in_env) ruff check --fix -q . ; ruff format -q .
