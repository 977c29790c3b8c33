# `make demo` and `make test` are the two commands of the README. Both make their own virtual environment in .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The tests' processes: four per core, because many tests wait for sockets and clocks. (For two cores.)
WORKERS ?= 8
# Calls that `make soak` makes in each of the fuzz tests.
FUZZ_EXAMPLES ?= 500
# What the tests start again and again is compiled once, also where the environment says otherwise.
export PYTHONDONTWRITEBYTECODE :=
# `make test LIKE=report.json`: the promises on a service that behaves as a report of `dashscope-ft verify` says, in the
# tests that play whole lives of stacks (tests/liked.py).
ifdef LIKE
export LIKE := $(if $(findstring =,$(LIKE)),$(LIKE),$(abspath $(LIKE)))
LIKED := tests/faults tests/e2e
endif
# What `make check` runs: folders whose tests start hardly a process, open no stack and wait for no real clock.
# Properties, with their many examples, are left to `make test`.
FAST := tests/api tests/lifecycle tests/schema tests/test_layout.py tests/test_inheritance.py
# What `make coverage` runs: tests that play the lifecycle in pytest's own process. Without the one that unpacks an
# archive of real size, to measure its memory: line by line, that takes minutes and covers nothing more.
COVERED := tests/api tests/lifecycle tests/spend tests/kinds tests/security/test_bombs.py tests/cli/test_adopting.py \
	tests/plugin/test_plugin_waiting.py \
	--deselect tests/security/test_bombs.py::test_an_archive_of_real_size_is_read_in_little_memory
TYPESCRIPT := examples/quickstart-typescript
NODE_PACKAGES := $(TYPESCRIPT)/node_modules/.package-lock.json

.PHONY: demo test check lint types compiled tests mutants coverage node-packages policy-packages lock audit docs arguments screenshot bench soak test-oldest test-newest \
	release-tools release-check clean

CHECK_PYTHON = @$(PYTHON) -c 'import sys; sys.exit("pulumi-dashscope-ft needs Python 3.11 or newer; set PYTHON=…" if sys.version_info < (3, 11) else 0)'

# Nothing is installed whose hash is not in the lock, and nothing is built but this package itself. Two at a time, each
# half of the lock, because most of the time goes to reading the index. What is never imported is not compiled.
PIP_OPTIONS := --quiet --disable-pip-version-check
LOCKED_ONLY := $(PIP_OPTIONS) --no-deps --no-compile --only-binary :all:
$(VENV)/.installed: pyproject.toml requirements-dev.lock
	$(CHECK_PYTHON)
	$(PYTHON) -m venv $(VENV)
	awk '/^[^ ]/ { n++ } { print > ("$(VENV)/half-" n % 2 ".lock") }' requirements-dev.lock
	printf '%s\n' $(VENV)/half-0.lock $(VENV)/half-1.lock | \
		xargs -n 1 -P 2 $(BIN)/python -m pip install $(LOCKED_ONLY) --require-hashes --requirement
	$(BIN)/python -m pip install $(PIP_OPTIONS) --no-deps --no-index --no-build-isolation --editable .
	$(BIN)/python -m pip check $(PIP_OPTIONS)
	touch $@

# The demo runs from this folder, with what it needs itself: a part of the lock, so that a first look takes no minute.
$(VENV)/.demo: requirements-demo.lock
	$(CHECK_PYTHON)
	@echo 'make: installing what the demo needs into $(VENV), once: some 40 packages, none of them built'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install $(LOCKED_ONLY) --require-hashes --requirement requirements-demo.lock
	@touch $@

demo: $(if $(wildcard $(VENV)/.installed),,$(VENV)/.demo)
	@PYTHONPATH=$(CURDIR) $(BIN)/python examples/demo.py

# Two at a time before the tests, which then take all cores.
test: $(VENV)/.installed
	@$(MAKE) --no-print-directory --jobs 2 lint types compiled node-packages policy-packages
	@$(MAKE) --no-print-directory tests

# The inner loop: everything that can be said within a minute and a half.
check: lint types $(VENV)/.installed
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -q --ignore-glob '*_properties.py' $(FAST)

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

# The package first: the programs beside it, each a module of the same name, then find it in mypy's cache.
PROGRAMS := examples/demo.py hatch_build.py $(wildcard examples/*/__main__.py)
types: $(VENV)/.installed
	$(BIN)/python tests/typing/checked.py
	printf '%s\n' $(PROGRAMS) | MYPYPATH=examples/hyperparameter-sweep xargs -n 1 -P 2 $(BIN)/mypy

# The npm packages that the TypeScript example is compiled with.
$(NODE_PACKAGES): $(TYPESCRIPT)/package.json $(TYPESCRIPT)/package-lock.json
	@command -v npm >/dev/null || { echo 'npm is not on PATH' >&2; exit 1; }
	npm --prefix $(TYPESCRIPT) ci --ignore-scripts --no-audit --no-fund --loglevel error \
		--fetch-retries 1 --fetch-retry-mintimeout 1000 --fetch-timeout 60000
	touch $@

# The same, where it can be done: without it the tests that need it are skipped.
node-packages:
	@$(MAKE) --no-print-directory $(NODE_PACKAGES) || echo 'make: no npm packages; the TypeScript example is not compiled' >&2

# Each worker collects all tests. So that not each of them compiles them, too, they are compiled before, once.
compiled: $(VENV)/.installed
	@$(BIN)/python -m pytest --collect-only -q >/dev/null || { $(BIN)/python -m pytest --collect-only -q | tail -n 40; exit 1; }

# A worker that a hanging test has killed is replaced, the test fails by its name, and the rest go on; of xdist's ways to
# share the tests out, `loadgroup` does not come through that.
tests: $(VENV)/.installed node-packages policy-packages
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(LIKED)

# One deliberate mistake after the other in a copy of the package: each must make a test fail.
mutants: $(VENV)/.installed
	$(BIN)/python tests/mutants/run.py

# Branch coverage of the lifecycle and the client. Fails below the floor in pyproject.toml.
coverage: $(VENV)/.installed
	$(BIN)/coverage erase
	WARM_PROCESSES=0 $(BIN)/coverage run -m pytest -n $(WORKERS) --dist worksteal -q $(COVERED)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

# requirements-dev.lock: the versions of constraints.txt, with the hash of every file; requirements-demo.lock: those of
# them that the demo needs; requirements-release.lock: what makes a release; requirements-policy.lock: what the policy
# pack runs with. Needs uv, and the network. What only the site, a release or the pack needs stays at its version until it
# is named: make lock UPGRADE="mkdocs twine".
LOCKED = uv pip compile pyproject.toml --constraint constraints.txt --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-annotate --no-header --quiet $(addprefix --upgrade-package ,$(UPGRADE))
# The newest one that is no pre-release: it wants protobuf 5.
POLICY_SDK := pulumi-policy==1.21.0
lock: lock-site
	$(LOCKED) --extra dev --output-file requirements-dev.lock
	$(LOCKED) --extra emulator --output-file requirements-demo.lock
	$(subst pyproject.toml,--group release,$(LOCKED)) --output-file requirements-release.lock
	mkdir -p build
	{ grep -v '^\(protobuf\|googleapis\)' constraints.txt; echo '$(POLICY_SDK)'; } >build/constraints-policy.txt
	$(subst constraints.txt,build/constraints-policy.txt,$(LOCKED)) --extra policy --output-file requirements-policy.lock

# The environment that the policy pack runs in: what pulumi-policy needs is not what is newest.
POLICY_VENV := .venv-policy
$(POLICY_VENV)/.installed: requirements-policy.lock
	$(CHECK_PYTHON)
	$(PYTHON) -m venv $(POLICY_VENV)
	@$(POLICY_VENV)/bin/python -m pip install $(LOCKED_ONLY) --require-hashes --requirement requirements-policy.lock
	touch $@

# Where it can be done: without it the tests of the policy pack's host are skipped.
policy-packages:
	@$(MAKE) --no-print-directory $(POLICY_VENV)/.installed || echo 'make: no pulumi-policy; the policy pack is not run' >&2

# What makes and checks a release, in a virtual environment of its own, so that `make test` does not wait for it.
RELEASE := .release
$(RELEASE)/.installed: requirements-release.lock
	$(CHECK_PYTHON)
	$(PYTHON) -m venv $(RELEASE)/tools
	$(RELEASE)/tools/bin/python -m pip install $(LOCKED_ONLY) --require-hashes --requirement requirements-release.lock
	touch $@
release-tools: $(RELEASE)/.installed

# A release without publishing it: built twice, checked, installed, listed (SBOM), the classes of the other languages
# generated, compiled and run, and a newcomer's first steps in each language. STEPS="build sbom" runs only some;
# STEPS=--no-skip fails where one can't be done.
release-check: $(VENV)/.installed $(RELEASE)/.installed
	$(BIN)/python tests/release/dry_run.py $(STEPS)

# The fast tests with the oldest versions that pyproject.toml allows, on the oldest Python; and with the newest of
# everything, on the newest Python that is here. Need uv, and the network.
test-oldest:
	$(PYTHON) tests/release/other_versions.py oldest $(FAST)
test-newest:
	$(PYTHON) tests/release/other_versions.py newest $(FAST)

# Asks for advisories about what is in the lock. Fails when there are any; says so when nobody could be asked.
audit: $(VENV)/.installed
	$(BIN)/python tests/security/audit.py

# docs/errors.md, docs/errors/ and docs/errors-command.md, with every message taken from a run.
docs: $(VENV)/.installed
	$(BIN)/python tests/docs/error_page.py
	$(BIN)/python tests/docs/command_page.py
	$(BIN)/python tests/docs/facts_page.py

# What schema.json says, as types: the arguments of the resource classes (pulumi_dashscope_ft/program/arguments.py), the
# values that they name (pulumi_dashscope_ft/native/enums.py), and the inputs and outputs inside the lifecycle
# (pulumi_dashscope_ft/schema/properties.py).
arguments: $(VENV)/.installed
	$(BIN)/python tests/schema/argument_types.py
	$(BIN)/python tests/schema/property_types.py
	$(BIN)/python tests/schema/enum_types.py

# What builds the site, apart from what the tests need; and what draws its pictures.
SITE_VENV := .venv-site
SITE_BIN := $(SITE_VENV)/bin
PICTURES := docs/assets/node_modules/.package-lock.json
.PHONY: site site-pictures lock-site

# requirements-site.lock: the group `site` of pyproject.toml.
lock-site:
	$(subst pyproject.toml,--group site,$(LOCKED)) --output-file requirements-site.lock

$(SITE_VENV)/.installed: requirements-site.lock
	$(CHECK_PYTHON)
	$(PYTHON) -m venv $(SITE_VENV)
	@$(SITE_BIN)/python -m pip install $(LOCKED_ONLY) --require-hashes --requirement requirements-site.lock || \
		{ echo 'make: the site needs the packages of requirements-site.lock; they could not be installed (no network?)' >&2; exit 1; }
	touch $@

$(PICTURES): docs/assets/package.json docs/assets/package-lock.json
	@command -v npm >/dev/null || { echo 'npm is not on PATH' >&2; exit 1; }
	npm --prefix docs/assets ci --ignore-scripts --no-audit --no-fund --loglevel error \
		--fetch-retries 1 --fetch-retry-mintimeout 1000 --fetch-timeout 60000
	touch $@

# Where it can be done: without it the site shows the text of its pictures.
site-pictures:
	@$(MAKE) --no-print-directory $(PICTURES) || echo 'make: no npm packages; the site has no pictures' >&2

# The site, in build/site/html: English, and Chinese in zh. Then it is looked at: links, what pages load, the search in a
# browser; and the page for newcomers is followed.
SITE_BUILD = $(SITE_BIN)/mkdocs --quiet build --strict --config-file
site: $(VENV)/.installed $(SITE_VENV)/.installed site-pictures
	$(BIN)/python tests/site/site_build.py
	NO_MKDOCS_2_WARNING=1 $(SITE_BUILD) mkdocs.yml
	NO_MKDOCS_2_WARNING=1 $(SITE_BUILD) build/site/mkdocs.zh.yml
	SITE=1 $(BIN)/python -m pytest -n 2 -q tests/site

# docs/images/emulator.png; needs chromium and chromedriver.
screenshot: $(VENV)/.installed
	$(BIN)/python tests/browser/screenshot.py

# Both providers side by side; writes benchmarks/RESULTS.md. Fails when a target is missed.
bench: $(VENV)/.installed
	$(BIN)/python -m benchmarks

# First every row of every matrix: what a normal run takes a part of (tests/breadth.py). Then random schedules of users,
# faults and crashes on both front ends, calls of every endpoint with and without sense, HTTP heads without any, and
# damaged archives, rows, states and reports, for as long as one likes (HYPOTHESIS_PROFILE=soak: not the same each time).
soak: $(VENV)/.installed
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --breadth whole
	HYPOTHESIS_PROFILE=soak FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(BIN)/python -m pytest -n $(WORKERS) --timeout 0 -o faulthandler_timeout=0 \
		tests/faults/test_schedules.py tests/faults/test_serving_schedules.py tests/faults/test_waiting_schedules.py tests/faults/test_compression_schedules.py \
		tests/emulator/test_openapi_fuzz.py tests/security tests/schema/test_schema_properties.py \
		tests/lifecycle/test_sweep_properties.py tests/lifecycle/test_data_rows_properties.py

clean:
	rm -rf $(SITE_VENV) docs/assets/node_modules
	rm -rf $(VENV) $(POLICY_VENV) $(RELEASE) .versions $(TYPESCRIPT)/node_modules .demo build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage*
