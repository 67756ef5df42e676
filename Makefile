# Front door: everything else is cmake and ctest with the presets of CMakePresets.json. Every target may be run again.
.PHONY: help setup build test demo check bench bench-quality bench-serving clean
.DEFAULT_GOAL := help

help:
	@echo "make demo    set up, build, and go from events to an answered request on a made-up retailer"
	@echo "make test    set up, build, and run every test that needs no GPU and no long time"
	@echo "make build   set up and build (preset release)"
	@echo "make check   build, then check style and structure (clang-format, clang-tidy, tests/structure)"
	@echo "make bench           measure anew what docs/benchmarks.md has tables of, beside other libraries, and write them into it"
	@echo "make bench-quality    train and score every configuration on the real data and compare with docs/quality.md"
	@echo "make bench-serving    measure what an answer costs beside the least it could cost (docs/benchmarks.md)"
	@echo "make setup   install packages, Arrow and Faiss; does nothing when they are there"
	@echo "make clean   remove build/ and demo/"
	@echo "cmake --workflow --preset dev    the developer's loop: configure, build, test"

setup:
	tools/setup.sh

build/release/build.ninja: | setup
	cmake --preset release

build: setup build/release/build.ninja
	cmake --build --preset release

test: build
	ctest --preset release

demo: setup build/release/build.ninja
	cmake --build --preset release --target tools/all
	tools/demo.sh

check: build
	.ci/check_format
	.ci/clang_tidy.py build/release
	ctest --preset release --label-regex '^structure$$'

bench: build
	cmake --build --preset release --target benchmarks
	benchmarks/tables.py

bench-quality: build
	benchmarks/quality.py

bench-serving: build
	cmake --build --preset release --target serving_parts
	benchmarks/serving.py

clean:
	rm -rf build demo
