# What can be done here. `make` alone lists it.
#
#   PYTHON=...  the interpreter to use (default: the newest one found, 3.11 or later)
#   PIP=...     what installs (default: pip of the virtual environment)
#   VENV=...    the folder of the virtual environment (default: .venv)
#   PLACE=...   the place a board shows (default: lancashire)
#   LAB=...     what else to tell JupyterLab, as in LAB='--no-browser --port 8890'
#   TESTS=...   what else to tell pytest, as in TESTS=tests/plan

VENV ?= .venv
PYTHON ?=
TESTS ?=
PLACE ?= lancashire
BIN := $(VENV)/bin
# What is installed was tested together. One name tells older versions of pip, which
# hold the requirements of a build to it too; newer ones go by the other for those.
CONSTRAINTS := constraints.txt
PIP := PIP_CONSTRAINT=$(CONSTRAINTS) PIP_BUILD_CONSTRAINT=$(CONSTRAINTS) \
  $(BIN)/python -m pip --disable-pip-version-check --quiet

# What the JupyterLab extension is built from. Where one of these is newer, it is
# built and installed anew; hatch_build.py knows by a hash whether there is a need.
EXTENSION := hatch_build.py src/placebudget/plan/drawing/planview.js \
  src/placebudget/widgets/static/tableview.js \
  src/placebudget/widgets/static/formview.js \
  src/placebudget/widgets/static/answerview.js $(shell find labextension \
  \( -name node_modules -o -name lib -o -name .yarn \) -prune -o -type f -print)

# A name on the path may be a launcher without an interpreter behind it, and
# some systems ship Python without venv: so each candidate is tried.
TRY := import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))

.DEFAULT_GOAL := help
.PHONY: help run lab board setup test test-all coverage lint unit upgrade bench docs words site dist clean

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 15

run: $(VENV)/.installed ## plan the example place Lancashire and write build/lancashire
	@$(BIN)/placebudget run lancashire

lab: $(VENV)/.lab ## start JupyterLab with the extension
	@$(BIN)/jupyter lab $(LAB)

board: $(VENV)/.lab ## show a partnership board in the browser, its papers first
	@$(BIN)/placebudget board $(PLACE) --keep build/board/$(basename $(notdir $(PLACE)))

setup: $(VENV)/.developer ## set up .venv with everything for development

# Set up first: with several jobs both would install at once into one environment.
test: $(VENV)/.developer ## lint, types and all tests
	@$(MAKE) --no-print-directory lint unit

test-all: ## what CI runs, nothing sampled and every test again with the other PuLP
	@.ci/run all

coverage: $(VENV)/.developer ## how much of the code the tests reach, and which lines they do not
	@$(BIN)/python -m pytest --cov --cov-report=term $(TESTS)

lint: $(VENV)/.developer ## ruff, mypy, and for the extension tsc and prettier
	@echo "ruff check"; $(BIN)/ruff check --quiet .
	@echo "ruff format --check"; $(BIN)/ruff format --check --quiet .
	@echo "mypy"; $(BIN)/mypy
	@echo "tsc and prettier"; PATH="$(abspath $(BIN)):$$PATH"; cd labextension && \
	  jlpm install --immutable >/dev/null && jlpm lint:check

unit: $(VENV)/.tested ## all tests and the examples in docstrings, in parallel
	@$(BIN)/python -m pytest $(TESTS)

# The newest of everything that pyproject.toml allows, on every Python it allows.
upgrade: $(VENV)/.developer ## renew constraints.txt, which holds the versions that are installed
	@$(BIN)/python -c 'import hatch_build; print(*hatch_build.TOOLS, sep="\n")' \
	  | $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --all-extras \
	    --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	    --output-file $(CONSTRAINTS) pyproject.toml -
	@echo "$(CONSTRAINTS) written: make test tells whether all works with it"

bench: $(VENV)/.bench ## measure against bare HiGHS, linopy and plain PuLP
	@$(BIN)/python -m benchmarks

docs: $(VENV)/.installed ## write the pages of docs/ that come from the code
	@$(BIN)/placebudget schema --markdown > docs/file-format.md
	@$(BIN)/placebudget schema --kind library --markdown > docs/library-format.md
	@$(BIN)/placebudget schema --kind panel --markdown > docs/panel-format.md
	@$(BIN)/placebudget schema --kind register --markdown > docs/register-format.md
	@$(BIN)/placebudget schema --kind review --markdown > docs/review-format.md
	@$(BIN)/python -c "from placebudget.view.studies import studies_page as page; \
	  print(page(), end='')" > docs/studies.md
	@echo "docs/file-format.md, docs/library-format.md, docs/panel-format.md, docs/register-format.md, docs/review-format.md and docs/studies.md written"

words: $(VENV)/.lab ## write what a language pack of the JupyterLab extension says, build/placebudget.pot
	@$(BIN)/python labextension/words.py

# Not quietly: MkDocs would then not count the warnings at which it is to end.
site: $(VENV)/.developer ## write the documentation as a site, build/site, and check its links
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --config-file site/mkdocs.yml
	@echo "build/site written; to see it: $(BIN)/python -m http.server --directory build/site"

dist: $(VENV)/.developer ## build the wheel and the source archive into dist
	@PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python -m hatchling build -d dist

clean: ## remove what was built, environments included
	@rm -rf labextension/lib labextension/node_modules labextension/.yarn src/placebudget/labextension
	@rm -rf .venv .venvs build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Set-up. Each stamp is renewed when pyproject.toml or the constraints are newer,
# so that a second `make run` starts at once.
$(BIN)/python:
	@for candidate in $(PYTHON) python3.13 python3.12 python3.11 python3 python; do \
	  if "$$candidate" -c '$(TRY)' >/dev/null 2>&1; then \
	    echo "Setting up $(VENV) with $$("$$candidate" --version)"; \
	    exec "$$candidate" -m venv --clear $(VENV); \
	  fi; \
	done; \
	echo "placebudget needs Python 3.11 or later with venv; name it: make PYTHON=/path/to/python" >&2; \
	exit 1

define install
	@echo "Installing $(1): done once, this takes a minute or two"
	@$(3) $(PIP) install --editable '.$(2)' >$(VENV)/install.log 2>&1 \
	  || { cat $(VENV)/install.log >&2; exit 1; }
	@touch $@
endef

# A plan needs no extension: npm's registry need not be reached for this one.
$(VENV)/.installed: pyproject.toml $(CONSTRAINTS) | $(BIN)/python
	$(call install,placebudget and what it needs,[report],SKIP_JUPYTER_BUILDER=1)

$(VENV)/.lab: pyproject.toml $(CONSTRAINTS) $(EXTENSION) | $(BIN)/python
	$(call install,placebudget with its JupyterLab extension,[report])
	@touch $(VENV)/.installed

$(VENV)/.tested: pyproject.toml $(CONSTRAINTS) $(EXTENSION) | $(BIN)/python
	$(call install,placebudget and its test tools,[test])
	@touch $(VENV)/.installed $(VENV)/.lab

$(VENV)/.developer: pyproject.toml $(CONSTRAINTS) $(EXTENSION) | $(BIN)/python
	$(call install,placebudget with test tools$(,) linters and what makes the site,[test$(,)lint$(,)site])
	@touch $(VENV)/.installed $(VENV)/.tested $(VENV)/.lab

$(VENV)/.bench: pyproject.toml $(CONSTRAINTS) | $(BIN)/python
	$(call install,placebudget with what it is measured against,[bench],SKIP_JUPYTER_BUILDER=1)
	@touch $(VENV)/.installed

, := ,
