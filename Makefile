# The everyday commands of SoftISP. `make` lists them.
#
# Variables:
#   SOFTISP_MARCH   instruction set on x86-64 hosts (default: what this processor has, x86-64-v3 for AVX2 or x86-64-v4 for
#                   AVX-512; empty: the compiler's own default)
#   SWIFTFLAGS      further flags for `swift build` and `swift test`
#   CONFIGURATION   build the tests as release (default: pixels are slow without optimisation) or debug
#   JOBS            number of parallel compile jobs (default: all cores)
#   SECONDS_EACH    how long `fuzz` runs each of its targets (default 600)
#   SECTIONS        parts of the quality table to measure (default: all)
#   FRAMES          parts of the names of the frames that `gallery` shows (default: all frames, and the stages)
#   SEEDS           schedules that `simulate` runs (default 100000), FIRST_SEED the first of them (default 0)
#   MUTANTS         names of the mutants that `mutants` tries (default: all)
#   SOFTISP_DATA    folder with kodak/, mcm/ and raw/ test pictures, for `quality`, `gallery`, `bench-develop`, `bench-peers`
#                   and some tests

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup toolchain build build-debug demo examples test test-wide test-race simulate model-check mutants bench bench-runtime bench-stream stream-check lint format
.PHONY: truth-data quality raw-data gallery bench-develop bench-peers peer-data plan-instructions fuzz clean

ifeq ($(origin SOFTISP_MARCH),undefined)
SOFTISP_MARCH := $(shell Scripts/instruction-set)
endif
SWIFTFLAGS ?=
CONFIGURATION ?= release
JOBS ?=
SECONDS_EACH ?= 600
SEEDS ?= 100000
FIRST_SEED ?= 0

# One instruction set for the whole build, Swift and C alike, so that no module disagrees with another.
ifeq ($(shell uname -m),x86_64)
ifneq ($(strip $(SOFTISP_MARCH)),)
BUILDFLAGS += -Xcc -march=$(strip $(SOFTISP_MARCH))
endif
endif
ifneq ($(strip $(JOBS)),)
BUILDFLAGS += --jobs $(strip $(JOBS))
endif
BUILDFLAGS += $(SWIFTFLAGS)

SOFTISP := .build/release/softisp
PYTHON := .venv/bin/python
SWIFT_SOURCES := Package.swift Sources Tests Benchmarks Fuzz/Package.swift Fuzz/Sources

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1|\2/' \
		| while IFS='|' read -r name text; do printf '  make %-14s %s\n' "$$name" "$$text"; done

toolchain:
	@Scripts/check-toolchain.sh

setup: toolchain ## Check the Swift toolchain, install the missing system libraries
	@Scripts/install-dependencies.sh

build: setup ## Build the library and the softisp command, release
	swift build --configuration release $(BUILDFLAGS)

build-debug: setup ## Build everything but the tests, debug
	swift build --configuration debug $(BUILDFLAGS)

demo: build ## Develop pictures of the synthetic camera into demo/
	$(SOFTISP) demo

examples: setup ## Build the packages in Examples/ and run them over frames of the synthetic camera
	Scripts/examples

test: setup ## Run the tests; what a failed one attaches is in .build/attachments
	@mkdir -p .build/attachments
	swift test --configuration $(CONFIGURATION) $(BUILDFLAGS) --attachments-path .build/attachments

test-wide: setup ## Run the tests of kernels and plans for x86-64-v4 where the processor has it, in a build of its own
	SWIFTFLAGS='$(SWIFTFLAGS)' JOBS=$(JOBS) Scripts/test-wide

test-race: toolchain ## Run the runtime's tests on real threads under ThreadSanitizer
	SOFTISP_MARCH=$(SOFTISP_MARCH) JOBS=$(JOBS) Scripts/race-test

simulate: setup ## Simulate the runtime with faults under a virtual clock (SEEDS=100000 FIRST_SEED=0)
	SOFTISP_SEEDS=$(SEEDS) SOFTISP_FIRST_SEED=$(FIRST_SEED) swift test --configuration release $(BUILDFLAGS) --filter SimulationTests

model-check: ## Check the runtime's contract as Spin models, and that mistakes put into them are found
	Scripts/model-check
	Scripts/model-check --mutants

mutants: toolchain ## Put every known mistake into the runtime, one at a time, and see that a test finds it (MUTANTS="NAME ...")
	Scripts/mutants $(if $(MUTANTS),--only $(MUTANTS))

bench: setup ## Measure every kernel and the plans, in a package of its own (ARGS="--filter 'kernel .*'", ARGS="baseline update before")
	swift package --package-path Benchmarks --scratch-path .build-bench $(BUILDFLAGS) benchmark $(ARGS) --grouping metric --no-progress

bench-runtime: setup ## Measure the runtime beside a mutex and a deque (ARGS="--quick", ARGS="--json")
	swift build --configuration release $(BUILDFLAGS) --product RuntimeBench
	.build/release/RuntimeBench $(ARGS)

bench-stream: setup ## Measure streaming beside a plain loop over the same frames (ARGS="640x480 light 9")
	swift build --configuration release $(BUILDFLAGS) --product StreamBench
	.build/release/StreamBench $(ARGS)

stream-check: build ## Stream for a long time with everything going wrong, and check that nothing is lost (ARGS="--minutes 1 file")
	Scripts/stream-check $(ARGS)

lint: toolchain ## Check formatting and which target imports which
	swift format lint --strict --recursive --parallel $(SWIFT_SOURCES)
	Scripts/check-imports --self-test
	Scripts/check-imports

format: toolchain ## Format the Swift sources in place
	swift format --in-place --recursive --parallel $(SWIFT_SOURCES)

truth-data:
	@python3 Scripts/quality/truth_data.py

quality: truth-data build ## Measure quality beside peers; writes docs/quality.md (SECTIONS="denoise dim" prints those alone)
	@Scripts/venv.sh
	@Scripts/install-dependencies.sh developers
	$(PYTHON) Scripts/quality/quality.py --softisp $(SOFTISP) $(if $(SECTIONS),$(SECTIONS),--output docs/quality.md)

raw-data:
	@python3 Scripts/gallery/raw_data.py $(FRAMES)

gallery: raw-data build ## Show real frames beside peers' developments; writes gallery/index.html (FRAMES="rose chart" shows those alone)
	@Scripts/venv.sh
	@Scripts/install-dependencies.sh developers
	$(PYTHON) Scripts/gallery/gallery.py --softisp $(SOFTISP) --output gallery/index.html $(FRAMES)

bench-develop: build ## Measure the development of a raw file beside LibRaw (FILE=picture.dng to choose it)
	@Scripts/venv.sh
	$(PYTHON) Scripts/bench/bench_develop.py --softisp $(SOFTISP) $(FILE)

peer-data:
	@python3 Scripts/bench/peer_data.py

bench-peers: peer-data build ## Measure plans beside Halide, OpenCV, LibRaw and GStreamer; writes docs/performance.md (ARGS="--quick")
	swift build --configuration release $(BUILDFLAGS) --product PlanBench
	@Scripts/venv.sh
	@Scripts/install-dependencies.sh peers || echo 'bench: GStreamer is measured where it is there' >&2
	$(PYTHON) Scripts/bench/bench_peers.py --plan-bench .build/release/PlanBench --output docs/performance.md $(ARGS)

plan-instructions: build ## Count the instructions of plans, look for calls in their loops (ARGS="--update" keeps the figures)
	swift build --configuration release $(BUILDFLAGS) --product PlanBench
	@Scripts/install-dependencies.sh counters || echo 'plan-instructions: nothing is counted without valgrind' >&2
	SOFTISP_MARCH=$(SOFTISP_MARCH) Scripts/plan-instructions $(ARGS)
	SOFTISP_MARCH=$(SOFTISP_MARCH) Scripts/kernel-calls

fuzz: setup ## Fuzz the readers, the settings, the pipeline and plans (SECONDS_EACH=600 each)
	SOFTISP_MARCH=$(SOFTISP_MARCH) JOBS=$(JOBS) Scripts/fuzz $(SECONDS_EACH)

clean: ## Remove what the targets above built and wrote, except the Python environment and baselines of benchmarks
	rm -rf .build .build-race .build-wide .build-bench Fuzz/.build demo gallery
