# `make` lists what there is. Paths are relative throughout, so that the folder's name may hold spaces.

PORT ?= 8000
ARGS ?=
PROCESSES ?= 2
# One more than a small machine has processors: now and then a test waits.
WORKERS ?= 3
SEED ?= 1
KILLS ?= 20
TO ?=
TRIAL ?=
BIN = .venv/bin/python
EMBEDDED = $(BIN) -m embedded $(if $(TRIAL),--name "$(TRIAL)")
# The first python that runs, is 3.11 and can make environments, else any 3.11. A distribution's own comes first: it is built with
# profile-guided optimisation and runs the site a sixth faster than one that was compiled with the defaults.
FIND_PYTHON = for able in ", ensurepip" ""; do \
	for python in "$(PYTHON)" /usr/bin/python3.11 python3.11 python3 python; do \
	if [ -n "$$python" ] && "$$python" -c "import sys$$able; sys.exit(sys.version_info[:2] != (3, 11))" 2>/dev/null; \
	then echo "$$python"; exit; fi; done; done

.DEFAULT_GOAL := help
.PHONY: help setup setup-tests run real test coverage mutants fuzz campaign lint benchmark manage backup restore stop status reset constraints acceptance validation security protocol-reference role-table pictures

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile
	@echo "  Options: PORT=8000, PROCESSES=2 for run, TRIAL=name for run, stop, status, reset, manage, backup, restore, acceptance, PYTHON=/path/to/python3.11, ARGS=\"...\" for test and manage, WORKERS=3 for test"

setup: ## prepare .venv with the pinned requirements
	@$(call with-python,embedded/environment.py)

setup-tests: ## the same, with what the tests, the linters and the real data need
	@$(call with-python,embedded/environment.py requirements-dev.txt)

define with-python
python="$$($(FIND_PYTHON))"; \
if [ -z "$$python" ]; then echo "Python 3.11 was not found. Install it, or say where it is: make PYTHON=/path/to/python3.11" >&2; exit 1; fi; \
exec "$$python" $(1)
endef

run: setup ## start everything: with the demonstration trial; TRIAL=name PROTOCOL_FILE=file: with an empty one
	@exec $(EMBEDDED) run --port "$(PORT)" --processes "$(PROCESSES)" $(if $(TRIAL),--empty)

real: setup-tests ## the same with pharmaverse's oncology data, in a trial of its own
	@exec $(BIN) -m embedded --name real run --port "$(PORT)"

test: setup-tests ## run the whole suite on servers of its own
	@exec $(BIN) -m pytest -n "$(WORKERS)" --dist loadfile $(ARGS)

mutants: ## whether tests notice each small change of arithmetic and laboratory, for hours: ARGS="laboratory/units.py"
	@$(call with-python,embedded/environment.py requirements-dev.txt requirements-mutants.txt)
	@exec nice -n 15 $(BIN) -m tests.mutants --children "$(WORKERS)" $(ARGS)

fuzz: setup-tests ## made-up requests to the API at length: ARGS="--examples 50 --seconds 900"
	@exec $(BIN) -m tests.api.fuzz $(ARGS)

coverage: setup-tests ## which branches the suite takes, by group: ARGS="tests/checks" for a part
	@$(BIN) -m pytest -n "$(WORKERS)" --dist loadfile --cov --cov-report= $(ARGS)
	@exec $(BIN) -m tests.covered

campaign: setup-tests ## each part killed, held and away under load: SEED=1 KILLS=20
	@exec $(BIN) -m tests.campaign --seed "$(SEED)" --kills "$(KILLS)"

lint: setup-tests ## style, types, the direction of imports, templates, migrations
	@sh deploy/lint.sh

benchmark: setup-tests ## make benchmark NAME=saves: a measurement of benchmarks/, on an installation of its own
	@exec $(BIN) -m benchmarks.$(NAME)

manage: setup ## make manage ARGS="migrate --plan": a management command, with the servers it needs
	@exec $(EMBEDDED) with -- $(BIN) manage.py $(ARGS)

backup: setup ## back the database of `make run` up, encrypted, and check it; from then on each second is kept
	@exec $(EMBEDDED) backup

restore: setup ## make restore TO="2026-11-29 20:15:07": put it back to that second (UTC), or to the end of its backup
	@exec $(EMBEDDED) restore --to "$(TO)"

stop: ## stop what `make run` started
	@$(EMBEDDED) stop
	@$(if $(TRIAL),,$(EMBEDDED) --name real stop)

status: ## say whether it runs
	@$(EMBEDDED) status

reset: ## delete the demonstration with all that was typed into it; TRIAL=name: that trial
	@$(EMBEDDED) remove

constraints: setup-tests ## write constraints.txt anew from what is installed
	@$(BIN) -m pip freeze --exclude-editable > constraints.txt

acceptance: setup-tests ## every test that shows a requirement, and a file to sign off: PROTOCOL_FILE=file, WORKERS=3
	@$(if $(TRIAL),INSTALLATION="$(TRIAL)") exec $(BIN) -m tests.acceptance -n "$(WORKERS)" --dist loadfile $(ARGS)

validation: setup-tests ## write docs/validation.md anew from the marks of the tests
	@$(BIN) -m tests.validation

security: setup-tests ## write docs/security.md anew from docs/asvs.toml
	@$(BIN) -m tests.security

pictures: setup-tests ## make docs/pictures anew from the demonstration that `make run` shows at this PORT
	@$(BIN) -m tests.pictures "$(PORT)"

protocol-reference: setup ## write docs/protocol.md anew from the schema of the protocol file
	@$(BIN) -m protocol.reference

role-table: setup ## write the table of roles in docs/users.md anew
	@$(BIN) -m accounts.role_table
