# SPDX-License-Identifier: GPL-2.0
# `make help` says what there is.

PLATFORM ?= bochs
BOCHS ?=
MODEL ?=
CASES ?=
PROCESSORS ?=
KERNEL ?=
STRESS ?=
ISOLATION ?=
LEAKS ?=
JOBS ?=
OUTPUT ?=
UNSAFE ?=
TRANSCRIPT ?=
A ?=
B ?=
ORDER ?=
SEED ?=
ISO ?= build/vmxcheck.iso
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
DESTDIR ?=
V ?=

export VMXCHECK_CACHE
export VMXCHECK_KERNEL = $(kernel)
export PYTHONPATH := $(CURDIR)/harness
export PYTHONDONTWRITEBYTECODE := 1
MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:
.SECONDARY:

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' '$(1)' '$(2)')

PYTHON := /usr/bin/python3
version := $(shell cat VERSION)
target_options := --platform '$(PLATFORM)' $(if $(BOCHS),--bochs '$(BOCHS)') \
	$(if $(MODEL),--model '$(MODEL)') \
	$(if $(PROCESSORS),--processors '$(PROCESSORS)') $(if $(UNSAFE),--unsafe)
# KASAN takes its share of the memory.
vmxcheck = $(PYTHON) -m vmxcheck $(target_options) \
	$(if $(filter %-debug,$(kernel)),--memory 512)

# What `make all` needs, and what `make check` needs on top.
packages := gcc libc6-dev libelf1 binutils nasm busybox-static cpio kmod \
	bochsbios vgabios lz4 xz-utils zstd python3
iso_packages := grub-common grub-pc-bin grub-efi-amd64-bin xorriso mtools
check_packages := sparse perl libcmocka-dev $(iso_packages) qemu-system-x86 ovmf dkms \
	python3-pytest python3-pytest-timeout python3-pexpect python3-yaml \
	$(libvmx_packages) g++ man-db pkgconf valgrind
# What decodes for libvmx; Debian has it as a shared library only.
libvmx_packages := libzydis-dev
# What PLATFORM=qemu and PLATFORM=kvm-in-bochs need on top.
qemu_packages := qemu-system-x86

ifneq ($(filter-out 1,$(UNSAFE)),)
$(error UNSAFE=$(UNSAFE): there is: 1)
endif

cache := $(or $(VMXCHECK_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/vmxcheck)
debug_kernel := $(cache)/linux-6.1-debug

# The kernel: where it is, and what is built for it.
kernel := $(patsubst debug,6.1-debug,$(or $(KERNEL),6.1))
linux := $(cache)/linux-$(kernel)
target := build/linux-$(kernel)
vmlinuz := $(linux)/vmlinuz
system = $(vmlinuz) build/boot build/seed.so $(target)/system.cpio
ifeq ($(PLATFORM),local)
packages := gcc libc6-dev binutils nasm kmod python3
kernel := $(shell uname -r)
linux := /lib/modules/$(kernel)
target := build/linux-$(kernel)
vmlinuz :=
system = $(target)/vmxfs.ko build/vmxrun $(guests)
endif
kbuild = $(MAKE) -C $(linux)/build M=$(CURDIR)/$(target)/kmod W=1 KCFLAGS=-Werror \
	CONFIG_DEBUG_INFO_BTF_MODULES=

platforms := $(subst _,-,$(patsubst harness/vmxcheck/platforms/%.py,%, \
	$(filter-out %/__init__.py,$(wildcard harness/vmxcheck/platforms/*.py))))
tables := $(wildcard include/*.h)
kmod_sources := kmod/main.c $(wildcard kmod/*/*.[chS]) kmod/Kbuild
client_sources := $(wildcard harness/client/*.c)
client_headers := $(wildcard harness/client/*.h)
vmxrun_sources := $(wildcard harness/vmxrun/*.c) $(client_sources)
vmxrun_headers := $(wildcard harness/vmxrun/*.h) $(client_headers)
stress_sources := $(wildcard harness/stress/*.c) $(client_sources)
stress_headers := $(wildcard harness/stress/*.h) $(client_headers)
isolation_sources := $(wildcard harness/isolation/*.[cS]) \
	$(addprefix harness/stress/,report.c module.c log.c) $(client_sources)
isolation_headers := $(wildcard harness/isolation/*.h) $(stress_headers)
bench_sources := $(wildcard harness/bench/*.c) $(client_sources) build/obj/bench.o build/libvmx/libvmx.a
bench_headers := $(wildcard harness/bench/*.h) $(client_headers)
libvmx_sources := $(wildcard harness/libvmx/*.c)
libvmx_headers := $(wildcard harness/libvmx/*.h)
libvmx_public := harness/libvmx/libvmx.h include/vmxfs_abi.h
libvmx_objects := $(libvmx_sources:harness/%.c=build/%.o)
libvmx := build/libvmx/libvmx.a build/libvmx/libvmx.so.0
guests := $(patsubst guests/%.asm,build/guests/%,$(wildcard guests/*/*.asm))
libvmx_tests := $(patsubst harness/tests/libvmx/%.c,%,$(wildcard harness/tests/libvmx/test_*.c))
libvmx_test_files := $(addprefix harness/tests/libvmx/,fake.c fake.h forms.h) \
	harness/tests/unit/unit.h
units := $(patsubst harness/tests/unit/%.c,build/unit/%,$(wildcard harness/tests/unit/test_*.c))

CFLAGS := -O2 -Wall -Wextra -Werror -Iinclude
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all

.PHONY: soak isolation leaks help run platforms check coverage deterministic shell stress debug-kernel checkpatch bench bench-boot clean all unit unit-programs lint packages check-packages compare FORCE iso write-iso dkms qemu-packages libvmx libvmx-packages install

help:
	@echo 'make run          run the cases: TAP, then one line that sums up'
	@echo 'make check        run all tests: lint, unit tests, driver tests, all cases'
	@echo 'make unit         run the unit tests alone: nothing is booted'
	@echo 'make platforms    which platforms can run on this machine, what the others miss'
	@echo 'make coverage     run all; what the SDM lists, and what came of it'
	@echo 'make deterministic run the cases twice; every instruction must be the same'
	@echo 'make compare      A=DIR B=DIR: two results side by side, and what differs'
	@echo 'make shell        boot to a shell, to drive a guest by hand'
	@echo 'make iso          write build/vmxcheck.iso: a USB stick that runs the cases (CASES=)'
	@echo 'make dkms         write build/dkms; dkms install build/dkms: vmxfs on this machine'
	@echo 'make libvmx       build the library, static and shared'
	@echo 'make install      install it, for PREFIX= and LIBDIR=, below DESTDIR='
	@echo 'make stress       do to vmxfs what nobody should: TAP, then one line'
	@echo 'make isolation    show that guest and host are kept apart (SEED=, ISOLATION=); TAP'
	@echo 'make leaks        seed leaks into the module: make isolation must find each'
	@echo 'make soak         stop a guest from another processor, STOPS=1000000 times'
	@echo 'make checkpatch   check the style of the module'
	@echo 'make bench        vmxfs against KVM, in instructions; writes build/bench.json'
	@echo 'make bench-boot   how long the boot and the suite take, in instructions'
	@echo 'make all          build everything, boot nothing'
	@echo 'make clean        remove what was built (downloads and Bochs stay in the cache)'
	@echo
	@echo 'PLATFORM=bochs    the machine that is the target; kvm-in-bochs: KVM in there is the'
	@echo '                  processor; qemu: KVM of this machine is; local: this machine'
	@echo 'UNSAFE=1          on PLATFORM=local, run the cases that could harm it, too'
	@echo 'BOCHS=3.0 or 2.7  which Bochs; 3.0 unless it cannot be had'
	@echo 'MODEL=arrow_lake  the processor that Bochs is; an unknown one lists them, all runs on the best'
	@echo "CASES='exits/*'   the cases to run; all unless it is given"
	@echo 'ORDER=reverse     or random (SEED=N again); the results must be the same'
	@echo 'JOBS=2            how many emulators share the cases; by default as many as cores'
	@echo 'OUTPUT=build      the folder for results.tap and the rest'
	@echo 'TRANSCRIPT=1      record what passed, too, so that make compare can compare it'
	@echo 'PROCESSORS=1      how many the target has; make stress is worth more with 2'
	@echo 'KERNEL=6.1        or 6.12, each with -amd64 (generic) or -rt: the target runs it;'
	@echo '                  debug: one that looks for mistakes, built once'
	@echo "STRESS='--seed 2' options of make stress"
	@echo "ISOLATION='-r 99' options of make isolation"
	@echo 'V=1               show commands, and the console of the target'

run: all
	$(Q)$(vmxcheck) run $(if $(V),-v) $(if $(ORDER),--order '$(ORDER)') \
		$(if $(SEED),--seed '$(SEED)') $(if $(JOBS),--jobs '$(JOBS)') \
		$(if $(TRANSCRIPT),--transcript) \
		$(if $(OUTPUT),--output '$(OUTPUT)') -- $(foreach case,$(CASES),'$(case)')

deterministic: all
	$(Q)$(vmxcheck) deterministic -- $(foreach case,$(CASES),'$(case)')

compare: build/vmxrun
	$(Q)$(vmxcheck) compare '$(A)' '$(B)'

coverage: all
	$(Q)$(vmxcheck) coverage $(if $(V),-v)

shell: all
	$(Q)$(vmxcheck) shell

stress: all build/stress
	$(Q)$(vmxcheck) stress $(if $(V),-v) -- $(STRESS)

isolation: all build/isolation/isolation build/isolation/caller32 $(target)/hostprobe.ko
	$(Q)$(vmxcheck) isolation $(if $(V),-v) $(if $(OUTPUT),--output '$(OUTPUT)') -- \
		$(if $(SEED),--seed '$(SEED)') $(ISOLATION)

leaks: all build/isolation/isolation build/isolation/caller32 $(target)/hostprobe.ko
	$(Q)LEAKS='$(LEAKS)' $(PYTHON) -m pytest -p no:cacheprovider harness/tests/module/check_leaks.py

soak: all build/stop
	$(Q)$(vmxcheck) --processors '$(or $(PROCESSORS),2)' stress --program build/stop \
		$(if $(V),-v) -- soak '$(or $(STOPS),1000000)'

debug-kernel: | packages
	$(Q)ci/debug-kernel

checkpatch: debug-kernel
	$(Q)$(debug_kernel)/build/scripts/checkpatch.pl -q -f $(filter %.c %.h %.S,$(kmod_sources)) $(tables)

bench: all build/bench
	$(Q)$(vmxcheck) bench $(if $(OUTPUT),--output '$(OUTPUT)')

bench-boot: all build/ticks
	$(Q)$(vmxcheck) bench-boot

check: all lint unit-programs libvmx build/isolation/isolation build/isolation/caller32 $(target)/hostprobe.ko build/libvmx-target build/stop build/vmx_tables.py build/life build/slow build/second build/stress build/bench $(target)/kvm.cpio
	$(Q)$(PYTHON) -m pytest -p no:cacheprovider --junitxml=build/check.xml \
		$(target_options)

clean:
	$(Q)rm -rf build

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

# Whether it can run here is asked before anything is built.
platform-qemu: | packages
	$(Q)$(vmxcheck) missing
	$(Q)$(MAKE) qemu-packages

platform-kvm-in-bochs: platform-bochs $(target)/kvm.cpio
	@:

$(target)/kvm.cpio: $(addprefix harness/target/,init-kvm initrd-kvm initrd) $(vmlinuz) \
		| qemu-packages
	$(call say,CPIO,$@)
	$(Q)mkdir -p $(@D)
	$(Q)harness/target/initrd-kvm $@ $(linux)/modules

platform-%:
	@echo 'PLATFORM=$*: there are: $(platforms)' >&2; exit 1

packages:
	$(Q)ci/install-packages $(packages)

qemu-packages:
	$(Q)ci/install-packages $(qemu_packages)

libvmx-packages: | packages
	$(Q)ci/install-packages $(libvmx_packages)

check-packages:
	$(Q)ci/install-packages $(check_packages)

$(linux)/vmlinuz: | packages
	$(Q)ci/kernel $(kernel)

# What runs in the target.

$(target)/system.cpio: $(addprefix harness/target/,init init-common initrd) \
		$(target)/vmxfs.ko build/vmxrun $(guests)
	$(call say,CPIO,$@)
	$(Q)harness/target/initrd $@ $(foreach file,init init-common,$(file)=harness/target/$(file)) \
		bin/busybox=/bin/busybox vmxfs.ko=$(target)/vmxfs.ko vmxrun=build/vmxrun \
		$(foreach guest,$(guests),$(guest:build/%=%)=$(guest))

# Links to the sources, for Kbuild puts what it makes beside them. Stripped, because
# every byte of the RAM disk costs the emulator time.
$(target)/vmxfs.ko: $(kmod_sources) $(tables) VERSION $(vmlinuz)
	$(call say,KBUILD,$@)
	$(Q)mkdir -p $(sort $(dir $(kmod_sources:%=$(@D)/%)))
	$(Q)for file in $(kmod_sources) VERSION; do ln -srf $$file $(@D)/$$file || exit; done
	$(Q)ln -srfn include $(@D)/include
	$(Q)$(kbuild) $(if $(V),,-s) modules
	$(Q)strip --strip-debug -o $@ $(@D)/kmod/vmxfs.ko

$(target)/hostprobe.ko: $(wildcard harness/isolation/hostprobe/*) $(vmlinuz)
	$(call say,KBUILD,$@)
	$(Q)mkdir -p $(@D)/hostprobe
	$(Q)ln -srf harness/isolation/hostprobe/Kbuild harness/isolation/hostprobe/*.c $(@D)/hostprobe
	$(Q)$(MAKE) -C $(linux)/build M=$(CURDIR)/$(@D)/hostprobe W=1 KCFLAGS=-Werror \
		CONFIG_DEBUG_INFO_BTF_MODULES= $(if $(V),,-s) modules
	$(Q)strip --strip-debug -o $@ $(@D)/hostprobe/hostprobe.ko

build/vmxrun: $(vmxrun_sources) $(vmxrun_headers) $(tables) | packages
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -Iharness/client -static -s -o $@ $(vmxrun_sources)

build/stress: $(stress_sources) $(stress_headers) $(tables) | packages
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -Iharness/client -static -s -pthread -o $@ $(stress_sources)

build/isolation/isolation: $(isolation_sources) $(isolation_headers) $(tables) \
		build/isolation/layout.h build/isolation/guest | packages
	$(call say,CC,$@)
	$(Q)$(CC) $(CFLAGS) -Iharness/client -Iharness/stress -Ibuild/isolation -static -s -pthread -o $@ \
		$(isolation_sources)

# There need be no library for 32 bits.
build/isolation/caller32: harness/isolation/caller32/caller32.c | packages
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -m32 -O2 -Wall -Wextra -Werror -msse2 -ffreestanding -fno-stack-protector -fno-pic \
		-no-pie -nostdlib -static -s -o $@ $<

build/isolation/layout.h: harness/isolation/layout.inc
	$(Q)mkdir -p $(@D)
	$(Q)sed -n 's/^%define/#define/p' $< >$@

build/isolation/guest: harness/isolation/guest.asm harness/isolation/layout.inc | packages
	$(call say,NASM,$<)
	$(Q)mkdir -p $(@D)
	$(Q)nasm -Werror -f bin -I harness/isolation/ -o $@ $<

build/bench: $(bench_sources) $(bench_headers) $(tables) | packages
	$(call say,CC,$@)
	$(Q)$(CC) $(CFLAGS) -Iharness/client -fno-plt -s -Wl,-z,now -o $@ $(bench_sources) -lZydis

build/obj/bench.o: harness/bench/guest.asm | packages
	$(call say,NASM,$<)
	$(Q)mkdir -p $(@D)
	$(Q)nasm -Wall -Werror -f elf64 -o $@ $<

build/boot: harness/target/boot.asm | packages
	$(call say,NASM,$@)
	$(Q)mkdir -p $(@D)
	$(Q)nasm -Wall -Werror -f bin -o $@ $<

build/seed.so: harness/target/seed.c | packages
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -shared -fPIC -o $@ $<

build/ticks: harness/target/ticks.c | packages
	$(call say,CC,$@)
	$(Q)$(CC) $(CFLAGS) -static -o $@ $<

build/second: harness/tests/module/second.asm | packages
	$(call say,NASM,$@)
	$(Q)nasm -Wall -Werror -f bin -o $@ $<

build/life: harness/tests/module/life.c | packages
	$(call say,CC,$@)
	$(Q)$(CC) $(CFLAGS) -static -s -o $@ $<

build/slow: harness/tests/module/slow.c $(tables) | packages
	$(call say,CC,$@)
	$(Q)$(CC) $(CFLAGS) -static -s -pthread -o $@ $<

build/stop: harness/tests/module/stop.c build/libvmx/libvmx.a
	$(call say,CC,$@)
	$(Q)$(CC) $(CFLAGS) -s -pthread -Iharness/libvmx -o $@ $^ -lZydis

build/libvmx-target: $(wildcard harness/tests/libvmx/target/*.[ch]) harness/tests/libvmx/forms.h \
		build/forms16.o build/forms32.o build/forms64.o build/libvmx/libvmx.a
	$(call say,CC,$@)
	$(Q)$(CC) $(CFLAGS) -s -pthread -Iharness/libvmx -o $@ $(filter %.c %.o %.a,$^) -lZydis

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

# The library for programs.

libvmx: $(libvmx) build/libvmx/libvmx.pc

build/libvmx/%.o: harness/libvmx/%.c $(libvmx_headers) $(tables) | libvmx-packages
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -fPIC -fvisibility=hidden -c -o $@ $<

# One object, in which only what is public has a name that others can meet.
build/libvmx/libvmx.a: $(libvmx_objects)
	$(call say,AR,$@)
	$(Q)$(LD) -r -o build/libvmx/libvmx.o $(libvmx_objects)
	$(Q)objcopy --localize-hidden build/libvmx/libvmx.o
	$(Q)rm -f $@ && $(AR) rcsD $@ build/libvmx/libvmx.o

build/libvmx/libvmx.so.0: $(libvmx_objects)
	$(call say,LD,$@)
	$(Q)$(CC) -shared -Wl,-soname,$(@F),-z,defs,-z,relro,-z,now -o $@ $(libvmx_objects) -lZydis
	$(Q)ln -sf $(@F) $(@D)/libvmx.so

build/libvmx/libvmx.pc: harness/libvmx/libvmx.pc.in FORCE
	$(Q)mkdir -p $(@D)
	$(Q)sed 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@VERSION@|$(version)|' $< >$@

install: libvmx
	$(Q)install -d '$(DESTDIR)$(LIBDIR)/pkgconfig' '$(DESTDIR)$(PREFIX)/include' \
		'$(DESTDIR)$(PREFIX)/share/man/man3'
	$(Q)install -m 644 $(libvmx) '$(DESTDIR)$(LIBDIR)'
	$(Q)ln -sf libvmx.so.0 '$(DESTDIR)$(LIBDIR)/libvmx.so'
	$(Q)install -m 644 build/libvmx/libvmx.pc '$(DESTDIR)$(LIBDIR)/pkgconfig'
	$(Q)install -m 644 $(libvmx_public) '$(DESTDIR)$(PREFIX)/include'
	$(Q)install -m 644 harness/libvmx/libvmx.3 '$(DESTDIR)$(PREFIX)/share/man/man3'

# A USB stick. Its kernel is one with drivers.

iso:
	$(Q)$(MAKE) write-iso KERNEL='$(or $(KERNEL),6.12-amd64)'

write-iso: $(target)/system.cpio
	$(Q)ci/install-packages $(iso_packages)
	$(Q)[ -d $(linux)/drivers ] || { echo 'KERNEL=$(KERNEL) has no drivers for a real' \
		'machine: make iso is for 6.1 and 6.12 with -amd64 or -rt' >&2; exit 1; }
	$(call say,ISO,$(ISO))
	$(Q)mkdir -p build/iso
	$(Q)build/vmxrun -l -C cases -- $(foreach case,$(CASES),'$(case)') >build/iso/points
	$(Q)harness/target/initrd build/iso/cases.cpio init=harness/target/init-iso \
		points=build/iso/points cases=cases drivers=$(linux)/drivers
	$(Q)harness/target/iso '$(ISO)' $(linux)/vmlinuz $(target)/system.cpio build/iso/cases.cpio

# For this machine's own kernels.
dkms:
	$(Q)rm -rf build/dkms && mkdir -p build/dkms
	$(Q)sed 's|@VERSION@|$(version)|' kmod/dkms.conf.in >build/dkms/dkms.conf
	$(Q)cp --parents $(kmod_sources) $(tables) VERSION build/dkms

# What make check needs besides.

unit: unit-programs
	$(Q)$(PYTHON) -m pytest -q -p no:cacheprovider harness/tests/unit \
		harness/tests/libvmx/test_libvmx.py -k 'test_unit or test_valgrind'

unit-programs: $(units) $(addprefix build/unit/libvmx/,$(libvmx_tests)) \
	$(addprefix build/valgrind/,$(libvmx_tests))

build/unit/%: harness/tests/unit/%.c $(vmxrun_sources) $(vmxrun_headers) $(tables) \
		| packages check-packages
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -g $(SANITIZE) -Iharness/vmxrun -Iharness/client -o $@ $< \
		$(filter-out %/main.c,$(vmxrun_sources)) -lcmocka $(LIBS)

# The module's decoder, which another one checks.
build/unit/test_step_decode: kmod/run/decode.c kmod/run/decode.h
build/unit/test_step_decode: private LIBS := -lZydis
build/unit/test_step_decode: private CFLAGS += -Ikmod

# With the sanitizers, and as valgrind likes it.
build_libvmx_test = $(CC) $(CFLAGS) -g $(1) -Iharness/libvmx -o $@ $< harness/tests/libvmx/fake.c \
	build/forms64.o $(filter-out %/kernel.c,$(libvmx_sources)) -lcmocka -lZydis

build/unit/libvmx/%: harness/tests/libvmx/%.c $(libvmx_test_files) build/forms64.o \
		$(libvmx_sources) $(libvmx_headers) $(tables) | check-packages
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(call build_libvmx_test,$(SANITIZE))

build/valgrind/%: harness/tests/libvmx/%.c $(libvmx_test_files) build/forms64.o \
		$(libvmx_sources) $(libvmx_headers) $(tables) | check-packages
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(call build_libvmx_test)

build/forms%.o: harness/tests/libvmx/forms.asm | packages
	$(call say,NASM,$@)
	$(Q)mkdir -p $(@D)
	$(Q)nasm -Wall -Werror -f elf64 -DBITS=$* -o $@ $<

lint: $(target)/vmxfs.ko build/vmx_tables.py | check-packages
	$(call say,SPARSE,kmod)
	$(Q)$(kbuild) $(if $(V),,-s) C=2 CF=-Wsparse-error modules
	$(call say,ROOMS,kmod)
	$(Q)kmod/check-rooms kmod $(target)/kmod
	$(call say,DOC,kmod)
	$(Q)perl $(linux)/build/scripts/kernel-doc -none -Werror $(filter %.c %.h,$(kmod_sources))
