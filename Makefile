# `make help` lists the targets. `make demo` and `make test` set up all that they need by themselves.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# CORE=2.21 make ... runs a part with another ansible-core.
export CORE
in_env := source .work/env$(if $(CORE),-$(CORE)).sh;
# More arguments for pytest, ansible-test or molecule, as in: make unit ARGS='-k domain -x'
ARGS ?=

.PHONY: help setup lab demo test clone-test style unit models-test python39 sanity lint build peer-test libvirt-test lab-test lab-matrix figure molecule-cluster molecule-site interruption-test mutants fuzz hostile-test reply-mutations fault-matrix vsrx bench docs docs-look outputs screenshots release-check release changelog lock format clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## the development environment: packages, virtual environment, dependencies
	@tests/env/setup

lab: setup ## the virtual SR-IOV host: build it and bring it up
	@tests/env/lab-packages.sh
	@$(in_env) tests/lab/lab up

demo: setup ## the whole job on the lab and the Junos peer, twice, and the result
	@tests/env/lab-packages.sh
	@$(in_env) tests/stage/demo

# Two lanes at once: the virtual SR-IOV host uses one core, and the peer's nodes are waited for.
host := lab-test molecule-site
rest := clone-test models-test python39 sanity lint build docs peer-test libvirt-test molecule-cluster

test: setup ## everything that continuous integration runs
	@tests/env/lab-packages.sh
	@tests/env/lanes $(host) -- $(rest)
	@echo "All parts passed: $(host) $(rest)"

# Style and unit tests run here, once: where nothing helps them that git does not know.
clone-test: setup ## style and unit tests in a clone of this revision, in an empty folder, without Juniper's models
	@tests/env/clone-test

style: setup ## ruff, mypy, shellcheck, vermin, the changelog's fragments, and what antsibull-nox.toml names: YAML, licences, action group
	@$(in_env) ruff check . && ruff format --check . && tests/env/typing && antsibull-changelog lint && nox
	@$(in_env) vermin --quiet --no-tips --violations --target=3.9- --eval-annotations plugins
	@shellcheck .ci/run $$(git ls-files tests | xargs grep -lE '^#!.*(bash|/sh)$$')

unit: setup ## unit tests
	@$(in_env) pytest -q -n auto tests/unit $(ARGS)

models-test: setup ## the unit tests that need Juniper's YANG models (JUNOS_YANG_DIR); skipped by name where there are none
	@$(in_env) pytest -q -n auto -m models tests/unit $(ARGS)

python39: setup ## the unit tests of plugins on Python 3.9, the lowest of managed hosts
	@$(in_env) tests/env/python39 $(ARGS)

sanity: setup ## ansible-test sanity (CORE=2.21 make sanity: with another ansible-core)
	@$(in_env) tests/env/sanity $(ARGS)

lint: setup ## ansible-lint, production profile
	@$(in_env) ansible-lint --offline

build: setup ## the collection's artifact, built, verified and installed into an empty folder
	@$(in_env) tests/env/artifact

# Much of the time the roles wait for nodes to boot: more tests at once than there are cores of a small machine.
peer-test: setup ## modules and roles against the Junos peer
	@$(in_env) pytest -q -n 3 --dist worksteal tests/integration/peer tests/integration/libvirt_test_driver $(ARGS)

libvirt-test: setup ## domains of 180 shapes on a libvirtd started for it, and their order against that of QEMU (less than three minutes)
	@tests/env/lab-packages.sh
	@$(in_env) pytest -q -rs -n 2 tests/integration/libvirtd $(ARGS)

lab-test: lab ## modules and roles on the virtual SR-IOV host
	@$(in_env) pytest -q -x -raR --reruns 1 --only-rerun BrokenLabHostError tests/integration/lab $(ARGS)

lab-matrix: setup ## the same on each Debian release that the lab has, as a table for the docs; two hours (ARGS="bookworm sriov_vfs -- -k reboot")
	@tests/env/lab-packages.sh
	@$(in_env) python -m lab.matrix $(ARGS)

# A failed task is repeated at the end of the output, where people and continuous integration look first, without ncclient's lines.
molecule = log=$$PWD/.work/molecule-$(1).log; rm -f "$$log"; cd extensions; ANSIBLE_LOG_PATH=$$log molecule test -s $(1) $(ARGS) \
	|| { status=$$?; grep -vE "n=(ncclient|paramiko)|<nc:|^b'" "$$log" | grep -A 40 -E ' (fatal|failed): ' | cut -c 1-400 | head -n 120 || true; exit $$status; }

figure: lab ## the figure of the MAC addresses on the wire, drawn from a run on the virtual SR-IOV host
	@$(in_env) python tests/integration/lab/wire_figure.py

molecule-cluster: setup ## molecule scenario on the Junos peer alone
	@$(in_env) $(call molecule,cluster)

molecule-site: lab ## molecule scenario with the whole site on the lab and the peer (STAGE_HOSTS=2: a KVM host for each node)
	@$(in_env) $(call molecule,site)

interruption-test: lab ## the site interrupted wherever it can be, then run again; an hour and more (ARGS=--help)
	@$(in_env) tests/stage/stage up && python tests/stage/interruption.py $(ARGS)

mutants: setup ## which random changes of module_utils no unit test notices (ARGS="--count 100 --seed 1 --under plugins/module_utils/_sriov_vfs")
	@$(in_env) python tests/env/mutants.py $(ARGS)

fuzz: setup ## damaged inputs for every parser and border (ARGS="--minutes 10"; ARGS=--help)
	@$(in_env) python -m fuzz $(ARGS)

# HOSTILE_SEED=7 HOSTILE_PAIRS=20 make hostile-test: other answers, and more of them
cores = $$(awk '/^[0-9]/ {print $$1}' tests/env/releases.tsv | sed -n '1p;$$p')
hostile := $(addprefix tests/unit/playbooks/test_hostile_,answers.py host.py reboot.py)

hostile-test: ## hosts and nodes that answer anything, over the playbooks, on the lowest and the highest ansible-core (ARGS for pytest)
	@for core in $(cores); do CORE=$$core tests/env/setup; \
	(source .work/env-$$core.sh; ansible --version | sed 1q; pytest -q -n auto $(hostile) $(ARGS)); done

# ARGS="50000 1000": how many calls, and the first seed
reply-mutations: setup ## calls on a cluster whose replies are changed at random, never taken for more than they say (ARGS="COUNT SEED")
	@$(in_env) export REPLY_MUTATIONS="$(or $(word 1,$(ARGS)),50000)" REPLY_SEED="$(or $(word 2,$(ARGS)),$$((RANDOM * 100000)))"; \
	echo "seeds $$REPLY_SEED to $$((REPLY_SEED + REPLY_MUTATIONS - 1))"; \
	pytest -q -n auto tests/unit/plugins/module_utils/_junos_cluster_mac/test_mutated_replies.py

fault-matrix: setup ## each kind of fault at each request of a run: the table as JSON (ARGS=FILE)
	@$(in_env) python tests/integration/peer/fault_matrix.py "$(or $(ARGS),.work/fault-matrix.json)"

vsrx: setup ## two nodes of a real vSRX image: cluster, MAC mode twice, and a record in one file (VSRX_IMAGE=FILE; ARGS=--help)
	@$(in_env) python -m vsrx "$(VSRX_IMAGE)" $(ARGS)

io-faults: setup ## each system call of the writing modules on files that the collection keeps, made to fail by strace (ARGS="--every 10 --module sriov_vfs")
	@$(in_env) python -m io_faults $(ARGS)

bench: lab ## ratios beside what people do instead, in one table; needs a quiet machine (ARGS="host junos": only those parts)
	@$(in_env) python -m benchmarks $(ARGS)

docs: setup ## the docs site, strict (ARGS=--links: links into other sites, too)
	@$(in_env) tests/env/docs $(ARGS)

docs-look: setup ## every page of the docs site in headless Chromium, at two widths, light and dark: nothing is cut
	@tests/env/browser
	@$(in_env) tests/env/docs --look

outputs: lab ## the expected output that the docs show, from a run of each playbook on the lab and the Junos peer
	@$(in_env) python tests/stage/outputs.py

screenshots: setup ## pictures of the report that `make demo` left and of made-up ones (ARGS=FILE: another site.json; ARGS=--made-up)
	@tests/env/browser
	@$(in_env) python tests/stage/screenshots.py $(ARGS)

release-check: setup ## the artifact installed into an empty environment and looked at (ARGS=--demo: and the demo run from it)
	@$(in_env) tests/env/release-check $(ARGS)

release: setup ## check, changelog, tag, for the version in galaxy.yml (ARGS=--dry-run: say what would be done)
	@$(in_env) tests/env/release $(ARGS)

changelog: setup ## CHANGELOG.md from the fragments
	@$(in_env) antsibull-changelog release

lock: setup ## pin what comes from PyPI, with hashes, in tests/env/lock and execution-environment.txt (ARGS=--upgrade: newer releases)
	@$(in_env) tests/env/lock-requirements $(ARGS)

format: setup ## let ruff format the code
	@$(in_env) ruff check --fix -q . || true; ruff format -q .

clean: ## stop what runs and remove what was made in the checkout (caches stay)
	@[ ! -e .work/env.sh ] || { $(in_env) tests/stage/stage down || true; tests/lab/lab down --all || true; }
	@rm -rf .work .nox .mypy_cache .ruff_cache .pytest_cache .hypothesis tests/output collections
