# Everything one does with Letterbook. `make help` says what each does.

PYTHON ?= python3
STAGE ?= production
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
VENDORS := $(addprefix tests/e2e/test_,providers.py post.py peppol.py chorus_pro.py)
# Whose token: `make token USER=agent`. The environment's own USER is not meant.
TOKEN_USER := $(if $(filter command line,$(origin USER)),$(USER),admin)

export SAM_CLI_TELEMETRY := 0
# What one process has compiled, the next need not compile again.
unexport PYTHONDONTWRITEBYTECODE
ifdef PORT
export PORT
endif

.DEFAULT_GOAL := help
.PHONY: help up down reset token logs format check lint quick test unit contract integration faults e2e vendors browser chaos compare fuzz chromium bench structure openapi library lock screenshots released deploy redrive provider reindex templates

help: ## Show this list
	@awk -F ':.*## ' '/^# ---- /{title = substr($$0, 8)} /^[a-z0-9 -]+:.*## /{if (title) print "\n" title; title = ""; printf "  %-33s%s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# ---- the cloud on one machine

up: $(READY) ## Start the local cloud, deploy to it, seed a firm; again: update it in place. PORT=9700 uses other ports
	@$(BIN)/python -m local up

down: ## Stop the local cloud; its data is kept
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m local down; else echo "Nothing was running."; fi

reset: ## Stop the local cloud and forget all its data
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m local reset; else rm -rf .local; fi

token: ## Print an ID token: make token USER=agent
	@$(BIN)/python -m local token $(TOKEN_USER)

logs: ## Follow the logs of all functions
	@$(BIN)/python -m local logs

# ---- before a commit

format: $(READY) ## Format the code, and mend what can be mended by itself
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

check: lint quick ## The quick half: format, lint, types, layers, template, OpenAPI, and all tests but end to end

lint: $(READY) ## What is found without running anything: format, lint, types, layers, template
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	PYTHONPATH=shared:functions $(BIN)/lint-imports --no-cache
	$(BIN)/cfn-lint --regions eu-west-2 us-east-1 -- template.yaml

# Whoever has nothing left to do takes over half of what waits for another: some tests take a hundred times as long as most. They
# take what is left of the processors: beside them others wait for a page or a message.
quick: $(READY) ## All tests but end to end, by two at once
	nice -n 5 $(BIN)/pytest -n 2 --dist worksteal tests/unit tests/contract tests/integration tests/faults

test: chromium ## Everything, at once: the checks; end to end, the vendors and the browser, each on a local cloud of its own
	@$(MAKE) --no-print-directory --jobs=5 lint quick vendors e2e browser

# ---- one kind of tests

unit contract integration faults: $(READY) ## One kind of tests: make unit, make contract, make integration, make faults
	$(BIN)/pytest tests/$@

e2e: $(READY) ## The end-to-end tests, all but the vendors'
	$(BIN)/pytest tests/e2e $(VENDORS:%=--ignore %)

vendors: $(READY) ## The end-to-end tests of the vendors, who mostly wait: LETTERBOOK_STORM=1000 posts them a thousand each
	LETTERBOOK_TEST_PORT=$${LETTERBOOK_VENDORS_PORT:-20700} $(BIN)/pytest $(VENDORS)

browser: $(READY) chromium ## The console in a real browser (needs chromium), and its accessibility
	LETTERBOOK_TEST_PORT=$${LETTERBOOK_BROWSER_PORT:-19700} $(BIN)/pytest tests/browser

chaos: $(READY) ## Break a running cloud in every known way, and count what became of each message: make chaos SCALE=small
	@PYTHONPATH=shared:functions $(BIN)/python -m tests.chaos --scale $(or $(SCALE),full) $(if $(PROVE),--prove)

compare: $(READY) ## Read the corpus of mail with two other readers, and explain each difference (needs npm)
	@PYTHONPATH=shared:functions $(BIN)/python -m tests.compare

fuzz: $(READY) ## Read mail, and posts of providers, that a fuzzer makes of samples, for SECONDS=60 each (installs atheris)
	@$(BIN)/pip install --quiet --disable-pip-version-check -r tests/fuzz/requirements.txt
	@PYTHONPATH=shared:functions SECONDS=$(or $(SECONDS),60) $(BIN)/python -m tests.fuzz
	@PYTHONPATH=shared:functions SECONDS=$(or $(SECONDS),60) $(BIN)/python -m tests.fuzz.webhooks

chromium: ## Install Chromium for the browser tests, where this machine lets us (Debian, as root)
	@command -v chromium-headless-shell >/dev/null || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq chromium-headless-shell >/dev/null; } || \
	  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || \
	  echo "There is no chromium on this machine, so the browser tests are skipped: install it to run them."

# ---- measure

bench: $(READY) ## Measure, in a quarter of an hour (pages: with Java and npm): make bench ROWS="dispatch receipt" BEFORE=path-of-a-checkout
	@$(BIN)/pip install --quiet --disable-pip-version-check -r tests/bench/requirements.txt
	@PYTHONPATH=shared:functions $(BIN)/python -m tests.bench

structure: $(READY) ## Count how the code hangs together: arrows, circles, long files; of another checkout with ROOT=path
	@$(BIN)/python -m tests.bench.structure $(or $(ROOT),.)

# ---- what is written by a tool

openapi: $(READY) ## Write functions/query/openapi.json from the contracts
	PYTHONPATH=shared $(BIN)/python -m letterbook.http.openapi > functions/query/openapi.json.new
	mv functions/query/openapi.json.new functions/query/openapi.json

library: $(READY) ## Write down the digests of the library's texts, after one was changed
	PYTHONPATH=shared $(BIN)/python -m letterbook.adapters.shipped_library > shared/letterbook/library/digests.json.new
	mv shared/letterbook/library/digests.json.new shared/letterbook/library/digests.json

lock: ## Write requirements.txt anew from requirements.in
	rm -rf $(VENV)-lock
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/pip install --quiet -r requirements.in
	(echo "# Written by make lock. What it is made of: requirements.in."; $(VENV)-lock/bin/pip freeze) > requirements.txt
	rm -rf $(VENV)-lock

screenshots: $(READY) chromium ## Take the pictures in docs/images anew, of the local cloud that runs (make up)
	@$(BIN)/python -m tests.browser.screenshots

released: $(READY) ## Write down what this release makes on AWS, which no later one may delete: when a release is made
	PYTHONPATH=shared:functions $(BIN)/python -m tests.support.released

# ---- a deployed cloud

deploy: $(READY) ## Deploy to AWS with your own credentials: make deploy STAGE=staging
	PYTHON=$(CURDIR)/$(BIN)/python $(BIN)/sam build && $(BIN)/sam deploy --config-env $(STAGE)

redrive: $(READY) ## Put dead letters back on their queue: make redrive QUEUE=email (or sms, post, einvoice, receipts, inbound, bulk, lookup, render) STAGE=local
	@$(BIN)/python -m local.redrive $(QUEUE) $(STAGE)

provider: $(READY) ## Set a provider up, or give it new credentials: make provider NAME=sendgrid STAGE=production
	@PYTHONPATH=shared $(BIN)/python -m local.provider $(or $(NAME),-) $(STAGE)

reindex: $(READY) ## Make the search index again from the log; it goes on where it stopped: make reindex STAGE=local [ANEW=1] [PACE=50]
	@$(BIN)/python -m local.reindex $(STAGE) $(if $(ANEW),--anew) $(if $(PACE),--pace $(PACE))

templates: $(READY) ## Install or update the templates that come with Letterbook; what the firm changed stays: make templates STAGE=local
	@$(BIN)/python -m local.templates $(STAGE)

# ---- setting up

# The lock names everything, so that nothing is resolved. uv does in seconds what takes pip minutes; where it may not reach an index
# that only pip is told of, pip does it.
$(READY): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Letterbook needs Python 3.11 or newer; this is $$($(PYTHON) --version). Name another with make PYTHON=python3.12 ..."; exit 1; }
	@echo "setting up $(VENV): this takes a minute, once"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check $$(grep ^uv== requirements.txt)
	@$(BIN)/uv pip install --quiet --native-tls --no-deps --compile-bytecode --python $(BIN)/python -r requirements.txt || \
	  $(BIN)/pip install --quiet --disable-pip-version-check --no-deps -r requirements.txt
	@touch $(READY)
