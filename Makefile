# Everything happens inside this folder: .venv/ holds the tools, var/ holds the data of `make run`.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run test faults soak lint fix bench bench-scale bench-queue bench-desk bench-scaleout bench-webhooks bench-peers bench-scorers bench-widget models simulate-site messages migration screenshots lock lock-examples clean

BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
LOCK = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock" $(UPGRADE)
WORKERS ?= 2
DATA ?= ../shared/data
OUT ?= moderation/adapters/scorers/trained/shipped
VERSION ?= $(shell cat moderation/adapters/scorers/trained/shipped/VERSION)
models: SEED ?= 2026

# A stamp is younger than the locks it was made from; while it is, installing costs nothing.
RUN := .venv/run.stamp
DEV := .venv/dev.stamp

help:  ## List what can be asked for.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(RUN)  ## Make .venv and install what running needs.

run: $(RUN)  ## Start everything on this machine and say where to look.
	@$(BIN)/lychgate up

test: $(DEV)  ## Run every test against real parts; ARGS="tests/unit -k mask" narrows it.
	@$(BIN)/python tests/browser.py
	$(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)

faults: $(DEV)  ## Play every fault under load and count; SEED=… gives the same again, ONLY="F3 F6 power" plays these.
	@cd tests && PYTHONPATH=. SEED="$(SEED)" ONLY="$(ONLY)" ../$(BIN)/python -m faults.plan

soak: $(DEV)  ## Play faults by chance for HOURS=1 (or 0.05) and watch what grows; SEED=… gives the same again.
	@cd tests && PYTHONPATH=. SEED="$(SEED)" HOURS="$(HOURS)" ../$(BIN)/python -m faults.soak

lint: $(DEV)  ## Check format, rules, types, imports and templates.
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --check --lint moderation/http/templates

fix: $(DEV)  ## Put right what the checks can put right themselves.
	$(BIN)/ruff format
	$(BIN)/ruff check --fix
	$(BIN)/djlint --quiet --reformat moderation/http/templates

bench: $(DEV)  ## Measure speed, memory and overload, both databases side by side; ARGS="--write" keeps the table.
	@PYTHONPATH=tests $(BIN)/python -m bench $(ARGS)

bench-scale: $(DEV)  ## Measure pages and inserts among many rows; ROWS="10000 1000000".
	@PYTHONPATH=tests $(BIN)/python -m bench.scale $(ARGS) $(ROWS)

bench-queue: $(DEV)  ## Measure every tab, order and filter of the queue among many rows; ROWS="10000 1000000".
	@PYTHONPATH=tests $(BIN)/python -m bench.finding $(ARGS) $(ROWS)

bench-desk: $(DEV)  ## Measure how fast the desk is worked by keys in a browser, 100 000 comments held and 1 000 appealed.
	@PYTHONPATH=tests $(BIN)/python -m bench.desk $(ARGS)

bench-scaleout: $(DEV)  ## Measure one, two and four workers, and kill each of eight processes; ARGS="--write".
	@PYTHONPATH=tests $(BIN)/python -m bench.scaleout $(ARGS)

bench-webhooks: $(DEV)  ## Measure deliveries to a receiver here beside bare calls, and how late events come.
	@PYTHONPATH=tests $(BIN)/python -m bench.webhooks $(ARGS)

bench-peers: $(DEV)  ## Measure posting and reading beside Isso, which is fetched into var/.
	@PYTHONPATH=tests $(BIN)/python -m bench.peers $(ARGS)

bench-scorers: $(DEV)  ## Measure every tier of the scorers beside a peer, which is fetched into var/; ARGS="--write".
	@PYTHONPATH=tests $(BIN)/python -m bench.scorers $(ARGS)

bench-widget: $(DEV)  ## Measure the first painting of a hundred comments in Chromium; ARGS="--write".
	@$(BIN)/python tests/browser.py
	@PYTHONPATH=tests $(BIN)/python -m bench.widget $(ARGS)

models: $(DEV)  ## Train the models that ship anew from DATA=../shared/data; ARGS=--encoder trains the encoder too, OUT=… leaves them elsewhere.
	$(if $(findstring --encoder,$(ARGS)),@$(PIP) install --editable '.[encoder-lab]')
	$(BIN)/lychgate train --data "$(DATA)/train" --out "$(OUT)" --version "$(VERSION)" --seed $(SEED) $(ARGS)

simulate-site: $(DEV)  ## Simulate a new site that learns, and draw it into the docs; DATA=FOLDER with train/.
	@PYTHONPATH=tests $(BIN)/python -m bench.newcomer --data "$(DATA)" $(ARGS)

messages: $(DEV)  ## Bring the message files of the desk up to its texts; what is left to translate is listed.
	@$(BIN)/python scripts/messages.py

migration: $(DEV)  ## Start a migration from what changed in the models; NAME="what it does".
	@$(BIN)/python scripts/migration.py "$$NAME"
	@$(BIN)/ruff format --quiet moderation/adapters/db/migrations

screenshots: $(DEV)  ## Take the pictures of the documentation anew.
	@$(BIN)/python tests/browser.py
	$(BIN)/python scripts/screenshots.py

lock:  ## Pin every dependency anew; UPGRADE=--upgrade takes the newest.
	@command -v uv >/dev/null || { echo 'make lock needs uv: install it with "pipx install uv".' >&2; exit 1; }
	$(LOCK) --extra encoder --extra test --extra lint --extra lab pyproject.toml --output-file requirements/dev.txt
	$(LOCK) --extra encoder --constraint requirements/dev.txt pyproject.toml --output-file requirements/run.txt
	$(LOCK) --constraint requirements/dev.txt requirements/build.in --output-file requirements/build.txt

lock-examples: $(DEV)  ## Pin anew what the example projects in examples/frontends need, by content.
	@for lock in examples/frontends/*/package-lock.json; do \
		(cd "$$(dirname "$$lock")" && PATH="$(CURDIR)/$(BIN):$$PATH" npm update --package-lock-only --no-audit --no-fund) || exit 1; \
	done

clean:  ## Remove .venv and every cache; what is in var/ stays.
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@scripts/make-venv

# The project itself is installed editable, by the locked hatchling and not by one fetched on the way.
$(RUN): $(BIN)/python requirements/build.txt requirements/run.txt pyproject.toml
	@echo 'Installing what running needs (about half a minute).'
	@$(PIP) install --require-hashes -r requirements/build.txt -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): $(RUN) requirements/dev.txt
	@echo 'Installing what tests and checks need (about half a minute).'
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@
