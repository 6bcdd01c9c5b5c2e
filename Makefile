# The commands of this project. `make help` lists them.
PORT ?= 8000
REQUIRE ?=
VENV := .venv
PYTHON := $(VENV)/bin/python
STATIC := $(or $(DATA_DIR),var)/static/staticfiles.json
INSTALL := $(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r
PYTEST := $(PYTHON) -m pytest -n auto --dist worksteal
# What is compiled is kept, also where the environment says otherwise: else each process of the tests compiles it anew.
unexport PYTHONDONTWRITEBYTECODE
# The tests of the middle circle; those of the small one are chosen in pyproject.toml. What is dear and asks something of
# the database runs on PostgreSQL alone.
VERIFY := (verify and not both_databases or services or browser or ocr or shared) and not soak and not content
# A container engine, for the image that `make soak` builds and starts.
ENGINE := $(firstword $(foreach name,docker podman,$(if $(shell command -v $(name)),$(name))))
# The parts of `make check`, the longest first.
CHECKS := check-types check-deployment check-migrations check-code check-content check-imports check-layout check-catalogues
EMBEDDED_ENV := EMBEDDED=1 DJANGO_SETTINGS_MODULE=lawcompare.settings

.PHONY: help setup run fresh test verify verify-rest check format fit bench soak golden audit secrets lock sbom images image release outside $(CHECKS)

help: ## list the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(VENV)/ready ## make .venv with what running needs; the commands below add what they need beyond that

# A candidate counts only if it runs: a version manager's shim may exist and fail.
$(VENV)/ready: requirements.lock
	@for python in python3.14 python3.13 python3.12 python3 /usr/bin/python3 $(VENV)/bin/python; do \
	  if $$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then \
	    echo "Using $$($$python --version) for .venv"; \
	    test -x $(PYTHON) && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null \
	      || $$python -m venv --clear $(VENV) || exit 1; \
	    $(INSTALL) requirements.lock || exit 1; \
	    touch $@; exit 0; \
	  fi; \
	done; \
	echo "lawcompare needs Python 3.12 or newer with venv. On Debian: apt-get install python3 python3-venv" >&2; exit 1

$(VENV)/ready-test: requirements-test.lock $(VENV)/ready
	@$(INSTALL) requirements-test.lock
	@touch $@

$(VENV)/ready-dev: requirements-dev.lock $(VENV)/ready-test
	@$(INSTALL) requirements-dev.lock
	@touch $@

# Fonts and static files are made anew when a file of ours or a dependency changed; compressing them takes a while.
$(STATIC): $(VENV)/ready $(shell find static docs -type f)
	@$(EMBEDDED_ENV) $(PYTHON) manage.py build_fonts
	@$(EMBEDDED_ENV) $(PYTHON) manage.py collectstatic --no-input --verbosity 0
	@touch $@

run: setup $(STATIC) ## everything: database, demonstration corpus, server on http://127.0.0.1:8000 (PORT= changes it)
	@$(EMBEDDED_ENV) $(PYTHON) manage.py migrate --verbosity 0
	@$(EMBEDDED_ENV) TASKS=inline $(PYTHON) manage.py demo
	@$(EMBEDDED_ENV) $(PYTHON) manage.py index --missing
	@$(EMBEDDED_ENV) TASKS=inline $(PYTHON) manage.py examine
	@echo "lawcompare is at http://127.0.0.1:$(PORT)"
	@$(EMBEDDED_ENV) $(VENV)/bin/gunicorn lawcompare.wsgi --bind 127.0.0.1:$(PORT) --threads 8 --log-level warning

# What is set aside keeps its keys and its database; fonts and static files stay, since they hold nothing of a site.
DATA := $(patsubst %/,%,$(or $(DATA_DIR),var))

fresh: ## set the data folder (DATA_DIR, else var) aside under a dated name and begin anew; deletes nothing
	@test -e "$(DATA)" || { echo "There is no folder $(DATA), so there is nothing to set aside."; exit 0; }; \
	aside="$(DATA)-$$(date +%Y-%m-%d-%H%M%S)"; \
	if test -e "$$aside"; then echo "$$aside is there already; try again in a second." >&2; exit 1; fi; \
	mv "$(DATA)" "$$aside" && mkdir -p "$(DATA)" || exit 1; \
	for made in static fonts; do if test -d "$$aside/$$made"; then mv "$$aside/$$made" "$(DATA)/$$made" || exit 1; fi; done; \
	echo "What was in $(DATA) is in $$aside. \`make run\` begins anew."; \
	if test -n "$(DATABASE_URL)"; then echo "The database of DATABASE_URL is as it was."; fi

test: $(VENV)/ready-test ## the small circle of tests: how the program behaves, on SQLite; needs no service, browser or recogniser
	@$(PYTEST) $(addprefix --ignore=tests/,browser content services)
	@echo "Left to \`make verify\`: PostgreSQL, Redis and nginx, browsers, recognition of scans, the texts of ../shared," \
	  "every role at every address, planted names, hostile files, faults, backups, the upgrade."

verify: ## make check test, and all that a change must pass; REQUIRE=services,browser,ocr,shared: none of these may be missing
	@$(MAKE) --no-print-directory check
	@$(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory verify-rest

# What `make verify` has beyond `make check test`.
verify-rest: $(VENV)/ready-test
	@REQUIRE=$(REQUIRE) $(PYTEST) -m "$(VERIFY)" --ignore=tests/content
	@echo "What asks something of the database, on PostgreSQL and Redis:"
	@REQUIRE=$(REQUIRE) $(PYTHON) -m tests.services.private $(PYTEST) -m "both_databases and not soak" $$(grep -rl both_databases --include="test_*.py" tests)

format: $(VENV)/ready-test ## rewrite Python files, templates and style sheets in their one form
	$(VENV)/bin/ruff format .
	$(VENV)/bin/djangofmt templates
	$(PYTHON) -m tests.tools.formatting

# Two at a time, each with its output in one piece. One that fails fails the whole when all have run.
TOGETHER := --keep-going --jobs=2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

check: $(VENV)/ready-test ## format, lint, types, arrows between apps, missing migrations, deployment, catalogues, what fixtures/ says
	@$(MAKE) --no-print-directory $(TOGETHER) $(CHECKS)

check-types:
	$(VENV)/bin/mypy

check-layout:
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/djangofmt --check templates
	$(PYTHON) -m tests.tools.formatting --check

check-catalogues:
	$(PYTHON) -m tests.tools.catalogues

# Laws and translations of the demonstration, catalogues, templates, documents, requirements: every row of each file.
check-content:
	@$(PYTHON) -m pytest -m content tests/content

check-code:
	$(VENV)/bin/ruff check .

check-imports:
	$(VENV)/bin/lint-imports

check-migrations:
	@EMBEDDED=1 $(PYTHON) manage.py makemigrations --check --dry-run

check-deployment:
	@SECRET_KEY=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(60))') \
	  ORIGINALS_KEY=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(32))') ALLOWED_HOSTS=example.org EMAIL_HOST=mail.example.org \
	  $(PYTHON) manage.py check --deploy --fail-level WARNING

# Bound into containers, whose users are others than here: readable files in a folder that nobody else enters.
secrets: ## draw the keys and passwords of compose.yaml, each into a file under secrets/; those that are there stay
	@install -d -m 700 secrets
	@for name in secret-key originals-key postgres-password redis-password; do \
	  test -s secrets/$$name || head -c 48 /dev/urandom | base64 | tr -d '/+=\n' > secrets/$$name; \
	done
	@test -s secrets/mirror-key || head -c 32 /dev/urandom | base64 > secrets/mirror-key
	@for name in queue cache; do \
	  printf 'redis://:%s@%s:6379/0' "$$(cat secrets/redis-password)" $$name > secrets/$$name-url; \
	done
	@chmod 644 secrets/*

# For every Python from 3.12 on and every platform; with the hash of each file, and no address of an index.
LOCK := $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-emit-index-url --no-header

lock: ## compile requirements*.txt into the lock files from which all is installed; needs the network
	@test -x $(VENV)/bin/uv || $(MAKE) --no-print-directory $(VENV)/ready-dev
	@for name in requirements requirements-test requirements-dev; do $(LOCK) $$name.txt --output-file $$name.lock || exit 1; done

audit: $(VENV)/ready-dev ## known weaknesses of all packages of the lock files; needs the network and says so
	@$(VENV)/bin/pip-audit --strict --requirement requirements-dev.lock --disable-pip --require-hashes --timeout 20 || { \
	  echo "make audit: a weakness was found, or the advisory database could not be asked (see above); nothing is proven." >&2; \
	  exit 1; }

sbom: $(VENV)/ready-dev ## list what a site is made of (CycloneDX), into var/sbom.cdx.json
	@mkdir -p var
	@$(VENV)/bin/cyclonedx-py requirements requirements.lock --output-reproducible --output-file var/sbom.cdx.json

images: $(VENV)/ready ## write the digests of the container images, asked of their registry; needs docker and the network
	@$(PYTHON) -m tests.tools.images pin

release: audit sbom ## what a release must pass beside the tests: nothing known to be weak, and images by digest
	@$(PYTHON) -m tests.tools.images check

fit: $(VENV)/ready-test ## fit the weights of the engine again to cases of this repository; shows what each feature is good for
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(PYTHON) -m tests.tools.fit

bench: $(VENV)/ready-dev ## the benchmarks, each beside its peers in the same run
	@$(PYTHON) -m tests.tools.bench

outside: $(VENV)/ready-dev ## our outputs under other people's tools, as far as npm and Debian give them; PARTS= some, REQUIRE=outside all
	@REQUIRE=$(REQUIRE) $(PYTHON) -m tests.tools.outside $(PARTS)

soak: $(VENV)/ready-dev ## what takes longest: odd values by every role, axe on every page, long properties, outside tools, load, the image
	@$(PYTHON) -m tests.tools.soak
	@HYPOTHESIS_PROFILE=soak REQUIRE=services,office $(PYTHON) -m tests.services.private $(PYTEST) -m "not services and not browser and not content"
	@HYPOTHESIS_PROFILE=soak $(PYTEST) -m "verify and both_databases"
	@REQUIRE=services,browser $(PYTEST) -m "soak and (services or browser)"
	@$(MAKE) --no-print-directory outside image

# Built and started as the Dockerfile and compose.yaml say, where a container engine is found; it must give a page.
CONFINED := --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges
IMAGE_SITE := --env HTTPS=off --env ALLOWED_HOSTS=127.0.0.1 --env DATABASE_URL=sqlite:////tmp/site.sqlite3 \
  --env SECRET_KEY=of-no-site-that-anybody-visits-but-long-enough --env ORIGINALS_KEY=encrypts-nothing-of-anybody-at-all
ASK := import urllib.request as u; [u.urlopen(f"http://127.0.0.1:8000{page}") for page in ("/healthz", "/")]

image:
	@if test -z "$(ENGINE)"; then \
	  echo "The image was neither built nor started: neither docker nor podman is here."; exit 0; \
	fi; \
	$(ENGINE) build --quiet --tag lawcompare-soak . || exit 1; \
	name=$$($(ENGINE) run --detach --rm $(CONFINED) $(IMAGE_SITE) lawcompare-soak \
	  sh -c 'python manage.py migrate -v0 && exec gunicorn lawcompare.wsgi --bind 127.0.0.1:8000') || exit 1; \
	for second in $$(seq 60); do \
	  if $(ENGINE) exec $$name python -c '$(ASK)' 2>/dev/null; then answered=yes; break; fi; sleep 1; \
	done; \
	if test "$$answered" != yes; then $(ENGINE) logs $$name >&2; fi; \
	$(ENGINE) stop $$name >/dev/null; \
	if test "$$answered" != yes; then echo "The image was built, and gave no page within a minute." >&2; exit 1; fi; \
	echo "The image was built, started without rights and gave its first page."

golden: $(VENV)/ready-test ## rewrite the golden cases of tests/data from what the engine says now; read the difference
	@GOLDEN=rewrite $(PYTHON) -m pytest tests/engine tests/crosswalk -k "golden or raised_where"
