# SPDX-License-Identifier: GPL-2.0
# `make help` says what there is.

PLATFORM ?= bochs
BOCHS ?=
MODEL ?=
CASES ?=
PROCESSORS ?=
KERNEL ?=
STRESS ?=
JOBS ?=
OUTPUT ?=
UNSAFE ?=
ORDER ?=
SEED ?=
V ?=

export VMXCHECK_CACHE
export PYTHONPATH := $(CURDIR)/harness
export PYTHONDONTWRITEBYTECODE := 1
MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:
.SECONDARY:

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' '$(1)' '$(2)')

PYTHON := /usr/bin/python3
target_options := --platform '$(PLATFORM)' $(if $(BOCHS),--bochs '$(BOCHS)') \
	$(if $(MODEL),--model '$(MODEL)') \
	$(if $(PROCESSORS),--processors '$(PROCESSORS)') $(if $(UNSAFE),--unsafe)
vmxcheck := $(PYTHON) -m vmxcheck $(target_options)

# What `make all` needs, and what `make check` needs on top.
packages := gcc libc6-dev binutils nasm busybox-static cpio linux-headers-cloud-amd64 \
	bochsbios vgabios lz4 xz-utils zstd python3
check_packages := sparse perl libcmocka-dev \
	python3-pytest python3-pytest-timeout python3-pexpect

ifneq ($(filter-out 1,$(UNSAFE)),)
$(error UNSAFE=$(UNSAFE): there is: 1)
endif

kernel = $(shell ci/kernel-version)
headers = /usr/src/linux-headers-$(kernel)
system := build/boot build/system.cpio kernel
ifeq ($(PLATFORM),local)
packages := gcc libc6-dev binutils nasm kmod python3
kernel := $(shell uname -r)
headers := /lib/modules/$(kernel)/build
system = build/vmxfs.ko build/vmxrun $(guests)
endif
cache := $(or $(VMXCHECK_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/vmxcheck)
debug_kernel := $(cache)/linux-6.1-debug
kbuild = $(MAKE) -C $(headers) M=$(CURDIR)/kmod W=1 KCFLAGS=-Werror \
	CONFIG_DEBUG_INFO_BTF_MODULES=

platforms := $(patsubst harness/vmxcheck/platforms/%.py,%, \
	$(filter-out %/__init__.py,$(wildcard harness/vmxcheck/platforms/*.py)))
tables := $(wildcard include/*.h)
kmod_sources := $(filter-out %.mod.c,$(wildcard kmod/*.[chS])) kmod/Kbuild
vmxrun_sources := $(wildcard harness/vmxrun/*.c)
vmxrun_headers := $(wildcard harness/vmxrun/*.h)
stress_sources := $(wildcard harness/stress/*.c)
stress_headers := $(wildcard harness/stress/*.h)
guests := $(patsubst guests/%.asm,build/guests/%,$(wildcard guests/*/*.asm))
units := $(patsubst harness/tests/unit/%.c,build/unit/%,$(wildcard harness/tests/unit/test_*.c))

CFLAGS := -O2 -Wall -Wextra -Werror -Iinclude
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all

.PHONY: help run platforms check coverage deterministic shell stress debug-kernel checkpatch bench-boot clean all unit lint packages check-packages FORCE

help:
	@echo 'make run          run the cases: TAP, then one line that sums up'
	@echo 'make check        run all tests: lint, unit tests, driver tests, all cases'
	@echo 'make platforms    which platforms can run on this machine, what the others miss'
	@echo 'make coverage     run all; what the SDM lists, and what came of it'
	@echo 'make deterministic run the cases twice; every instruction must be the same'
	@echo 'make shell        boot to a shell, to drive a guest by hand'
	@echo 'make stress       do to vmxfs what nobody should: TAP, then one line'
	@echo 'make checkpatch   check the style of the module'
	@echo 'make bench-boot   how long the boot and the suite take, in instructions'
	@echo 'make all          build everything, boot nothing'
	@echo 'make clean        remove what was built (downloads and Bochs stay in the cache)'
	@echo
	@echo 'PLATFORM=bochs    the machine that is the target; local is this one'
	@echo 'UNSAFE=1          on PLATFORM=local, run the cases that could harm it, too'
	@echo 'BOCHS=3.0 or 2.7  which Bochs; 3.0 unless it cannot be had'
	@echo 'MODEL=arrow_lake  the processor that Bochs is; an unknown one lists them, all runs on the best'
	@echo "CASES='exits/*'   the cases to run; all unless it is given"
	@echo 'ORDER=reverse     or random (SEED=N again); the results must be the same'
	@echo 'JOBS=2            how many emulators share the cases; by default as many as cores'
	@echo 'OUTPUT=build      the folder for results.tap and the rest'
	@echo 'PROCESSORS=1      how many the target has; make stress is worth more with 2'
	@echo 'KERNEL=debug      make stress on a kernel that looks for mistakes, built once'
	@echo "STRESS='--seed 2' options of make stress"
	@echo 'V=1               show commands, and the console of the target'

run: all
	$(Q)$(vmxcheck) run $(if $(V),-v) $(if $(ORDER),--order '$(ORDER)') \
		$(if $(SEED),--seed '$(SEED)') $(if $(JOBS),--jobs '$(JOBS)') \
		$(if $(OUTPUT),--output '$(OUTPUT)') -- $(foreach case,$(CASES),'$(case)')

deterministic: all
	$(Q)$(vmxcheck) deterministic -- $(foreach case,$(CASES),'$(case)')

coverage: all
	$(Q)$(vmxcheck) coverage $(if $(V),-v)

shell: all
	$(Q)$(vmxcheck) shell

# KASAN takes its share of the memory.
stress_options := $(if $(V),-v)
ifeq ($(KERNEL),debug)
target_options += --memory 512
stress_options += --kernel $(debug_kernel)/vmlinuz --module build/debug/vmxfs.ko
stress: build/debug/vmxfs.ko
else ifneq ($(KERNEL),)
$(error KERNEL=$(KERNEL): there is: debug)
endif

stress: all build/stress
	$(Q)$(vmxcheck) stress $(stress_options) -- $(STRESS)

debug-kernel: | packages
	$(Q)ci/debug-kernel

checkpatch: debug-kernel
	$(Q)$(debug_kernel)/build/scripts/checkpatch.pl -q -f $(filter %.c %.h %.S,$(kmod_sources)) $(tables)

bench-boot: all build/ticks
	$(Q)$(vmxcheck) bench

check: all lint unit build/vmx_tables.py build/life build/second build/stress
	$(Q)$(PYTHON) -m pytest -p no:cacheprovider --junitxml=build/results.xml \
		$(target_options)

clean:
	$(Q)rm -rf build
	$(Q)if [ -d $(headers) ]; then $(kbuild) -s clean; fi

all: platform-$(PLATFORM) $(system)

# The machine and its kernel.

platform-bochs: | packages
ifeq ($(MODEL),all)
	$(Q)for version in $(or $(BOCHS),3.0 2.7); do ci/bochs $$version || exit; done
else
	$(Q)ci/bochs $(BOCHS)
endif

platform-local:
	$(Q)ci/install-packages python3
	$(Q)$(vmxcheck) missing
ifeq ($(PLATFORM),local)
packages: platform-local
endif

platforms:
	$(Q)$(PYTHON) -m vmxcheck platforms

platform-%:
	@echo 'PLATFORM=$*: there are: $(platforms)' >&2; exit 1

packages:
	$(Q)ci/install-packages $(packages)

check-packages:
	$(Q)ci/install-packages $(check_packages)

kernel: build/kernel-version
	$(Q)ci/kernel $(kernel)

build/kernel-version: FORCE | packages
	$(Q)mkdir -p $(@D)
	$(Q)echo '$(kernel)' | cmp -s - $@ || echo '$(kernel)' >$@

# What runs in the target.

build/system.cpio: ci/init ci/initrd build/vmxfs.ko build/vmxrun $(guests)
	$(call say,CPIO,$@)
	$(Q)ci/initrd $@ init=ci/init bin/busybox=/bin/busybox vmxfs.ko=build/vmxfs.ko \
		vmxrun=build/vmxrun $(foreach guest,$(guests),$(guest:build/%=%)=$(guest))

kmod/vmxfs.ko: $(kmod_sources) $(tables) build/kernel-version | packages
	$(call say,KBUILD,$@)
	$(Q)$(kbuild) $(if $(V),,-s) modules
	$(Q)touch $@

# Every byte of the RAM disk costs the emulator time.
build/vmxfs.ko: kmod/vmxfs.ko
	$(Q)strip --strip-debug -o $@ $<

build/debug/vmxfs.ko: $(kmod_sources) $(tables) | debug-kernel
	$(call say,KBUILD,$@)
	$(Q)mkdir -p $(@D)/kmod $(@D)/include
	$(Q)cp $(kmod_sources) $(@D)/kmod && cp $(tables) $(@D)/include
	$(Q)$(MAKE) -C $(debug_kernel)/build M=$(CURDIR)/$(@D)/kmod W=1 KCFLAGS=-Werror \
		$(if $(V),,-s) modules
	$(Q)strip --strip-debug -o $@ $(@D)/kmod/vmxfs.ko

build/vmxrun: $(vmxrun_sources) $(vmxrun_headers) $(tables) | packages
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -static -s -o $@ $(vmxrun_sources)

build/stress: $(stress_sources) $(stress_headers) $(tables) | packages
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -static -s -pthread -o $@ $(stress_sources)

build/boot: ci/boot.asm | packages
	$(call say,NASM,$@)
	$(Q)mkdir -p $(@D)
	$(Q)nasm -Wall -Werror -f bin -o $@ $<

build/seed.so: ci/seed.c | packages
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -shared -fPIC -o $@ $<

build/ticks: ci/ticks.c | packages
	$(call say,CC,$@)
	$(Q)$(CC) $(CFLAGS) -static -o $@ $<

build/second: harness/tests/target/second.asm | packages
	$(call say,NASM,$@)
	$(Q)nasm -Wall -Werror -f bin -o $@ $<

build/life: harness/tests/target/life.c | packages
	$(call say,CC,$@)
	$(Q)$(CC) $(CFLAGS) -static -s -o $@ $<

build/tables: include/tables.c $(tables) | packages
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -o $@ $<

build/vmx.inc: build/tables
	$(Q)$< nasm >$@

build/vmx_tables.py: build/tables
	$(Q)$< python >$@

build/guests/%: build/obj/%.o guests/guest.ld
	$(Q)mkdir -p $(@D)
	$(Q)ld -n -z noexecstack --no-warn-rwx-segments --fatal-warnings \
		-T guests/guest.ld -o $@ $<

build/obj/%.o: guests/%.asm $(wildcard guests/inc/*.inc) build/vmx.inc | packages
	$(call say,NASM,guests/$*)
	$(Q)mkdir -p $(@D)
	$(Q)nasm -Wall -Werror -f elf64 -I guests/inc/ -I build/ -o $@ $<

# What make check needs besides.

unit: $(units)

build/unit/%: harness/tests/unit/%.c $(vmxrun_sources) $(vmxrun_headers) $(tables) \
		| packages check-packages
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -g $(SANITIZE) -Iharness/vmxrun -o $@ $< \
		$(filter-out %/main.c,$(vmxrun_sources)) -lcmocka

lint: kmod/vmxfs.ko build/vmx_tables.py | check-packages
	$(call say,SPARSE,kmod)
	$(Q)$(kbuild) $(if $(V),,-s) C=2 CF=-Wsparse-error modules
	$(call say,DOC,kmod)
	$(Q)perl $(headers)/scripts/kernel-doc -none -Werror $(filter %.c %.h,$(kmod_sources))
