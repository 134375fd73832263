PORT ?= 8000
VENV := .venv
PYTHON := $(VENV)/bin/python
DATA_DIR ?= var
export DATA_DIR

.DEFAULT_GOAL := help

help:  ## Say what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 12

run: free-port ready  ## Start the site as it runs in production, with sample monographs and demo accounts
	@$(PYTHON) manage.py load_sample
	@PORT=$(PORT) exec $(VENV)/bin/gunicorn

dev: free-port ready  ## Start the site with DEBUG on; it restarts when code changes
	@$(PYTHON) manage.py load_sample
	@DEBUG=true $(PYTHON) manage.py runserver $(PORT)

# Half of the time tests wait, for servers and browsers.
test: $(VENV)/.installed  ## Run the tests
	$(PYTHON) -m pytest --numprocesses 3 --dist worksteal

bench: $(VENV)/.installed  ## Measure the site with 1,000, 20,000 and 100,000 monographs, or SIZES="1000"
	@$(PYTHON) -m bench $(SIZES)

lint: $(VENV)/.installed  ## Check style, formatting and migrations
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	SECRET_KEY=lint $(PYTHON) manage.py makemigrations --check --dry-run

free-port: $(VENV)/.installed
	@$(PYTHON) -c 'import socket, sys; socket.create_server(("127.0.0.1", int(sys.argv[1]) or -1))' \
		"$(PORT)" 2>/dev/null || { echo "Port $(PORT) is taken, or is none from 1 to 65535." \
		"Choose another one: make run PORT=8001" >&2; exit 1; }

ready: $(VENV)/.installed $(DATA_DIR)/env $(DATA_DIR)/.collected
	@$(PYTHON) manage.py migrate --verbosity 0

$(VENV)/.installed: requirements.txt requirements-dev.txt
	$(shell command -v python3.11 || echo python3) -m venv $(VENV)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	@touch $@

$(DATA_DIR)/env: | $(VENV)/.installed
	@mkdir -p -m 700 $(DATA_DIR)
	@umask 077; $(PYTHON) -c 'import secrets; print("SECRET_KEY=" + secrets.token_urlsafe(50))' > $@

# Hashing and compressing take longer than all the rest of a start.
$(DATA_DIR)/.collected: $(shell find static -type f) requirements.txt | $(DATA_DIR)/env
	@$(PYTHON) manage.py collectstatic --no-input --clear --verbosity 0
	@touch $@

.PHONY: help run dev test bench lint ready free-port
