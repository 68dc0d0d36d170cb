# A door for those who expect one; the build itself is Meson's (meson.build).
BUILD ?= build
PREFIX ?= /usr/local

all: deps-build
	@test -d $(BUILD) || meson setup $(BUILD) --prefix=$(PREFIX) >/dev/null
	@ninja -C $(BUILD)
