# Thin on purpose: what a target takes, and in which order, is in xtask/ (`cargo xtask help`). docs/building.md explains.

# The script makes sure of Rust and of a C compiler, without which xtask cannot be built; xtask of the rest.
XTASK = sh xtask/start.sh

# For the target's own program: make test ARGS=journal, make run ARGS=--help.
ARGS =

.DEFAULT_GOAL := help
.PHONY: help demo test run build bench fuzz suites schemathesis clients lint fresh clean

help: ## Show this list
	@echo "Dynamic Orchestrator: make <target>"
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "Needs Rust (rustup); what else it takes is installed or built on the way. See docs/building.md."

demo: ## Build a small project with a scripted model: no key, no network, half a minute once built
	@$(XTASK) demo

test: ## Run every test
	@$(XTASK) test -- $(ARGS)

run: ## Start the server with its defaults (other options: make run ARGS=--help)
	@$(XTASK) run -- $(ARGS)

build: ## Build the release program: bin/orchestrator
	@$(XTASK) build

bench: ## Run the benchmarks
	@$(XTASK) bench -- $(ARGS)

fuzz: ## Fuzz the parsers of models' text, a minute each
	@$(XTASK) fuzz

suites: ## Run the patch engine over cases from elsewhere: make suites DIR=folder
	@$(XTASK) suites "$(DIR)"

schemathesis: ## Send the server what its OpenAPI document allows and what it does not, half a minute
	@$(XTASK) schemathesis

clients: ## Try the libraries and generators that frontends use against the program, two minutes
	@$(XTASK) clients

lint: ## Check formatting, lints, documentation, dependencies, licences and advisories
	@$(XTASK) lint

fresh: ## Try the first two commands in a bare Debian root, as root and as a user who may not install
	@$(XTASK) fresh

clean: ## Remove everything that was built from this checkout (caches in ~/.cache stay)
	cargo clean
	rm -rf bin
