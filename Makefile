# A door for those who expect one; the build itself is Meson's (meson.build).
#	make          build into build/
#	make deps     install the Debian packages that the build needs, and say which and why
#	make try      what it needs, build, then a tour that shows the program at work
#	make check    everything: two compilers, sanitizers, all tests; ends in "N passed, N failed, N skipped"
#	make install  DESTDIR and PREFIX as usual
#	make lint     clang-tidy and cppcheck; make format: clang-format
#	make bench fuzz coverage clean
BUILD	?= build
PREFIX	?= /usr/local
JOBS	?= $(shell nproc)
# One long fuzz run, a target.
FUZZ_SECONDS ?= 600

all: $(BUILD)/build.ninja
	@ninja -j$(JOBS) -C $(BUILD)

$(BUILD)/build.ninja:
	meson setup $(BUILD) --prefix=$(PREFIX)

deps:
	@tools/deps build

try:
	@tools/deps try
	@$(MAKE) --no-print-directory all
	@BUILD=$(BUILD) tools/try

check:
	@tools/deps check
	@JOBS=$(JOBS) tools/check

install: all
	meson configure $(BUILD) --prefix=$(PREFIX)
	meson install -C $(BUILD) --quiet $(if $(DESTDIR),--destdir=$(abspath $(DESTDIR)))

bench: all
	meson test -C $(BUILD) --benchmark --verbose

fuzz:
	@tools/deps check
	@FUZZ_SECONDS=$(FUZZ_SECONDS) JOBS=$(JOBS) tools/check --fuzz

coverage:
	@tools/deps check
	@JOBS=$(JOBS) tools/check --coverage

lint: all
	@JOBS=$(JOBS) tools/lint --deep $(BUILD)

format:
	find src tests -name '*.[ch]' -exec clang-format-14 -i {} +

clean:
	rm -rf build build-clang build-asan build-coverage

.PHONY: all deps try check install bench fuzz coverage lint format clean
