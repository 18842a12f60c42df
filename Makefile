# Cadastre. Two commands do everything on a fresh machine: make demo, make test.
SHELL := /bin/bash
BUILD := release
BIN := .build/$(BUILD)/cadastre
OUT := demo-out

.PHONY: help build demo test test-full golden bench fuzz format lint install prepare prepare-tests clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

prepare: ## install what a fresh Debian 12 lacks (needs root for that)
	@scripts/prepare

prepare-tests: ## the same, and what only tests need
	@scripts/prepare --tests

build: prepare ## build the command, release
	@swift build -c $(BUILD) --product cadastre

demo: build ## the main job on the bundled warehouse, with real output
	@scripts/demo $(BIN) $(OUT)

test: prepare-tests ## every test; what is long is sampled
	@swift build --build-tests
	@scripts/lint
	@swift test --skip-build --disable-xctest

test-full: prepare-tests ## every test at full length, with optimised code
	@CADASTRE_FULL=1 swift test -c $(BUILD) -Xswiftc -enable-testing --scratch-path .build-full --disable-xctest

golden: prepare-tests ## rewrite expected outputs; read the diff afterwards
	@CADASTRE_GOLDEN=1 swift test --disable-xctest

bench: build ## speed and memory against named peers, as ratios of medians (CORPORA=FOLDER adds scripts)
	@scripts/bench $(BIN)

fuzz: prepare ## run the parser on mutated scripts with libFuzzer (FUZZ_SECONDS=1800)
	@scripts/fuzz $${FUZZ_SECONDS:-1800}

format: ## format the sources
	@swift format --in-place --recursive Sources Tests schema Plugins Package.swift

lint: ## lengths of files and words that must not be there
	@scripts/lint

install: build ## install the command and its completions under PREFIX (default /usr/local)
	@install -d $(DESTDIR)$${PREFIX:-/usr/local}/bin $(DESTDIR)$${PREFIX:-/usr/local}/share/bash-completion/completions
	@install -m 755 $(BIN) $(DESTDIR)$${PREFIX:-/usr/local}/bin/cadastre
	@$(BIN) --generate-completion-script bash > $(DESTDIR)$${PREFIX:-/usr/local}/share/bash-completion/completions/cadastre

clean: ## remove what was built
	@rm -rf .build $(OUT)
