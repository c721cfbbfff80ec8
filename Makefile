# Everything a newcomer needs: make demo, make test. Each target sets up what it needs by itself.
.PHONY: help demo demo-tls demo-reset test browser-test stack-test screenshots lighthouse bench load faults attack lint reference lock audit clean
.PHONY: up down logs upgrade rollback certificates secret timers watch

# The first Python that is new enough; PYTHON=/path/to/python3.13 make … names another.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$python; exit; }; \
	done; echo python3)
IN_VENV = PYTHONPATH=infra .venv/bin/python
STACK = PYTHONPATH=infra $(PYTHON) -m stack
SET_UP = @command -v $(PYTHON) >/dev/null || { echo "AzioneLab needs Python 3.11 or newer; $(PYTHON) is not here." >&2; exit 5; }; \
	PYTHONPATH=infra $(PYTHON) -m demo.bootstrap

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while IFS='	' read -r name text; do printf '  make %-14s %s\n' "$$name" "$$text"; done

demo: ## set everything up and run the site at http://localhost:8000 (AZIONE_PORT, AZIONE_DEMO_DIR: see .env.example)
	$(SET_UP) demo
	@exec env $(IN_VENV) -m demo.demo

demo-tls: ## the same over HTTPS at https://THIS-MACHINE:8443, for phones in your network: a camera needs it
	$(SET_UP) demo-tls
	@exec env $(IN_VENV) -m demo.demo tls

demo-reset: ## throw the demo's data away
	$(SET_UP) demo-reset

up: ## start the site for real, in Docker: makes what is missing, waits until it is healthy (settings: .env)
	$(SET_UP) stack
	@exec env $(STACK) up

down: ## stop it; the data stays
	@exec env $(STACK) down

logs: ## what it says, as it comes
	@exec env $(STACK) logs

upgrade: ## back up, build what this checkout holds, switch over; goes back by itself where that fails
	$(SET_UP) stack
	@exec env $(STACK) upgrade

rollback: ## go back to the version before the last upgrade
	@exec env $(STACK) rollback

certificates: ## check TLS_CERTIFICATE and TLS_KEY and hand them to nginx, which takes them up by itself
	@exec env $(STACK) certificates

secret: ## set a secret of the stack: make secret NAME=SMTP_PASSWORD
	@exec env $(STACK) secret $(NAME)

timers: ## have systemd make backups, send mails, forget guests and start again what was killed
	@sh infra/systemd/install.sh "$(CURDIR)"

watch: ## start again what was killed; for a timer
	@exec env $(STACK) watch

test: ## set everything up and pass every check and test but the browser's
	$(SET_UP) test
	@exec env $(IN_VENV) -m checks test

browser-test: ## walk the whole way in Chromium against the demo's own processes
	$(SET_UP) browser-test
	@exec env $(IN_VENV) -m checks browser-test

stack-test: ## try the real stack in Docker, and follow every runbook on it (docs/production.md)
	$(SET_UP) browser-test
	@exec env $(IN_VENV) -m checks stack-test

screenshots: ## take every page of the site, on a phone and a desk, in both languages and themes, into build/screenshots/
	$(SET_UP) browser-test
	@exec env $(IN_VENV) -m checks screenshots

lighthouse: ## have Lighthouse look at the production build on the real stack, and write docs/lighthouse.md
	$(SET_UP) browser-test
	@exec env $(IN_VENV) -m checks lighthouse

bench: ## print how long the large things take; nothing fails for being slow
	$(SET_UP) browser-test
	@exec env $(IN_VENV) -m checks bench

load: ## measure what the real stack can do beside what it could, and write docs/proof/load.md (LOAD=--short: see that it works)
	$(SET_UP) proof
	@exec env $(IN_VENV) -m checks load $(LOAD)

faults: ## break one thing after the other on the real stack, and write docs/proof/faults.md (FAULTS=--short: only a few)
	$(SET_UP) proof
	@exec env $(IN_VENV) -m checks faults $(FAULTS)

attack: ## attack the real stack in every way we know, and write docs/proof/attack.md (ATTACK=--short: see that it works)
	$(SET_UP) proof
	@exec env $(IN_VENV) -m checks attack $(ATTACK)

lint: ## the checks without the tests
	$(SET_UP) test
	@exec env $(IN_VENV) -m checks lint

reference: ## write docs/cli-reference.md anew from azione's own help
	$(SET_UP) test
	@exec env PYTHONPATH=infra:cli .venv/bin/python -m reference

lock: ## resolve requirements/*.txt anew from pyproject.toml
	@sh infra/lock.sh $(PYTHON)

audit: ## ask the registries whether anything that ships has a known flaw (docs/updates.md)
	$(SET_UP) test
	@exec env $(IN_VENV) -m audit

clean: ## remove what the set-up made; the demo's data stays
	rm -rf .venv .cache .mypy_cache .ruff_cache .hypothesis build frontend/node_modules frontend/dist frontend/.angular
