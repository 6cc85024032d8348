# Every way to build, run and check this project; `make help` lists them.

CONFIGURATION ?= debug
SWIFT_FLAGS := -c $(CONFIGURATION)
PROGRAMS := fake-cluster run-controller kubectl-run_template chart-generator
SOURCES := Package.swift Sources Tests Plugins kubectl-plugin Examples Benchmarks/Package.swift Benchmarks/Sources

.PHONY: help quickstart test build image release krew docs dependencies test-tools format check-format golden fuzz kill bench \
	bench-build soak chart check-chart clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

quickstart: dependencies build ## install what is needed, build, run the main job on a fake cluster
	@scripts/quickstart

build: dependencies ## build the programs into bin/
	@scripts/say "Building ($(CONFIGURATION)); the first time takes about five minutes on two cores."
	@for program in $(PROGRAMS); do swift build $(SWIFT_FLAGS) --product $$program || exit 1; done
	@scripts/link-programs "$$(swift build $(SWIFT_FLAGS) --show-bin-path)" $(PROGRAMS)

image: dependencies ## write the controller's image (an OCI archive) and its bill of materials into dist/
	@scripts/make-image dist

release: ## make everything that VERSION consists of, in dist/VERSION: programs, image, chart, checksums
	@scripts/make-release "$(VERSION)"

krew: ## pack the release plugin for krew into dist/; URI says where the archives will be
	@scripts/build-release .build/plugin kubectl-run_template
	@scripts/krew dist .build/plugin/kubectl-run_template

docs: ## run the commands of docs/kubectl-run-template.md again and write what they print
	@for program in fake-cluster run-controller kubectl-run_template; do swift build --product $$program || exit 1; done
	@UPDATE_GOLDEN=1 swift test --disable-xctest --filter PluginPageTests
	@git status --short docs

test: dependencies test-tools check-format ## install what is needed, run all tests
	@scripts/say "Building the tests; the first time takes about six minutes on two cores."
	@swift build --build-tests
	@scripts/run-tests

dependencies: ## install the system libraries (Debian, Ubuntu)
	@scripts/install-dependencies

test-tools: ## fetch the kubectl, helm and Python clients that the tests use, into .build/tools
	@scripts/fetch-test-tools

format: ## format the sources
	@swift format --in-place --parallel --recursive $(SOURCES)

check-format: ## check the sources' format
	@scripts/say "Checking the format."
	@swift format lint --strict --parallel --recursive $(SOURCES)

golden: ## rewrite the golden files from what the code makes now; read the diff before you commit it
	@UPDATE_GOLDEN=1 swift test --disable-xctest --filter Golden || true
	@git status --short Tests

fuzz: ## feed mutated objects and watch streams for SECONDS (60) each
	@FUZZ_MILLISECONDS=$(or $(SECONDS),60)000 swift test --disable-xctest --filter FuzzTests

bench: ## measure everything on optimised programs: one table, and Benchmarks/figures.json
	@Benchmarks/run-all $(ARGUMENTS)

bench-build: ## time a clean debug build and the run of all tests
	@Benchmarks/build-times --with-tests

soak: ## mixed load for MINUTES (60): memory flat, store compacted, no event lost
	@Benchmarks/soak $(or $(MINUTES),60)

kill: ## kill a fake cluster under load ROUNDS (200) times, at random, and look for lost writes
	@swift build --product fake-cluster && swift build --build-tests
	@KILL_ROUNDS=$(or $(ROUNDS),200) swift test --skip-build --disable-xctest --filter KillTests

chart: ## write the controller's Helm chart into charts/
	@swift build --product chart-generator
	@"$$(swift build --show-bin-path)/chart-generator" controller --output charts

check-chart: ## fail if the committed chart is not what the code makes
	@swift build --product chart-generator
	@"$$(swift build --show-bin-path)/chart-generator" controller --check --output charts

clean: ## remove what was built
	rm -rf .build bin dist
