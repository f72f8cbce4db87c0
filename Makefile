# SPDX-License-Identifier: GPL-2.0
# This builds, and installs what that takes. What is done with it are commands of
# ./vmxcheck, for which there are targets, too: `make help` lists all targets and variables,
# harness/vmxcheck/options.py and commands.py are the tables of them.

PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib

export VMXCHECK_CACHE
export VMXCHECK_KERNEL = $(kernel)
export PYTHONPATH := $(CURDIR)/harness
export PYTHONDONTWRITEBYTECODE := 1
MAKEFLAGS += --no-print-directory
# All processors, unless make was told otherwise; clean comes before what is named after it.
ifeq ($(filter -j% clean,$(MAKEFLAGS) $(MAKECMDGOALS))$(VMXCHECK_MAKE),)
MAKEFLAGS += -j$(shell nproc)
endif
# What this make calls shares its jobs.
export VMXCHECK_MAKE := 1
.DELETE_ON_ERROR:
.SECONDARY:

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' '$(1)' '$(2)' >&2)

PYTHON := /usr/bin/python3
version := $(shell cat VERSION)

vmxcheck := PYTHONPATH=harness PYTHONDONTWRITEBYTECODE=1 $(PYTHON) -m vmxcheck.make

# The goals and the variables of the command line are checked before anything is done.
# What another make calls was checked by that one.
given := $(foreach name,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $(name)))),$(name)))
words := $(foreach name,$(given),'$(name)=$(subst ','\'',$($(name)))')
internal := unit-programs check-packages lint-packages report-packages libvmx-packages launch-packages qemu-packages \
	write-iso write-netboot lava-dispatcher lint-module lint-shell lint-python lint-words for-fast crossing FORCE
goals := $(filter-out $(internal) for-% platform-%,$(MAKECMDGOALS))
ifeq ($(MAKELEVEL),0)
refusal := $(shell [ -x $(PYTHON) ] || ci/install-packages python3 && \
	$(vmxcheck) check '$(goals)' $(words) 2>&1 >/dev/null)
$(if $(refusal),$(error $(refusal)))
endif

# What `make all` needs, and what `make check` needs on top.
driver_packages := python3 python3-yaml
# What makes the pages of `make report`, and a browser that tries them
report_packages := python3-jinja2
browser_packages := chromium chromium-driver python3-selenium
packages := gcc libc6-dev libelf1 binutils nasm busybox-static cpio kmod \
	bochsbios vgabios lz4 xz-utils zstd $(driver_packages)
iso_packages := grub-common grub-pc-bin grub-efi-amd64-bin xorriso mtools
# mypy knows the types of other libraries by python3-typeshed.
lint_packages := sparse perl shellcheck pyflakes3 mypy python3-typeshed python3-pytest codespell \
	$(report_packages)
check_packages := $(lint_packages) libcmocka-dev $(iso_packages) qemu-system-x86 ovmf dkms \
	python3-pytest-timeout python3-pytest-xdist python3-pexpect python3-jsonschema \
	$(libvmx_packages) g++ man-db pkgconf valgrind e2fsprogs $(browser_packages)
# What decodes for libvmx; Debian has it as a shared library only.
libvmx_packages := libzydis-dev
# What compiles ACPI's table, and what limits system calls, for vmxlaunch
launch_packages := acpica-tools libseccomp-dev $(libvmx_packages)
# What PLATFORM=qemu and PLATFORM=kvm-in-bochs need on top.
qemu_packages := qemu-system-x86

quoted = '$(subst ','\'',$(1))'
image := $(or $(ISO),build/vmxcheck.iso)
netboot := $(or $(NETBOOT),build/netboot)
# A cache by a relative path is the same one for whatever make calls.
ifneq ($(VMXCHECK_CACHE),)
override VMXCHECK_CACHE := $(if $(filter /%,$(firstword $(VMXCHECK_CACHE))),,$(CURDIR)/)$(VMXCHECK_CACHE)
endif
cache := $(or $(VMXCHECK_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/vmxcheck)
debug_kernel := $(cache)/linux-6.1-debug
xen := $(cache)/xen-4.17

platform := $(or $(PLATFORM),bochs)

# The kernel: where it is, and what is built for it. A path is of the user's own, of which what
# is needed is put into build/.
own_name = $(shell $(vmxcheck) name $(call quoted,$(1)))
name_of = $(if $(findstring /,$(1)),$(call own_name,$(1)),$(patsubst debug,6.1-debug,$(1)))
folder_of = $(if $(filter own-%,$(1)),build/linux-$(1)/kernel,$(cache)/linux-$(1))
kernel := $(call name_of,$(or $(KERNEL),6.1))
linux := $(call folder_of,$(kernel))
target := build/linux-$(kernel)
vmlinuz := $(linux)/vmlinuz
# For code that is not written for it, the compiler may have more warnings.
strict := $(if $(filter own-%,$(kernel)),,W=1 KCFLAGS=-Werror)

# The same of the kernel whose KVM is under test, and QEMU.
kvm_kernel := $(if $(KVM_KERNEL),$(call name_of,$(KVM_KERNEL)),$(kernel))
kvm_linux := $(call folder_of,$(kvm_kernel))
kvm_cpio := build/linux-$(kvm_kernel)/kvm$(if $(QEMU),-$(call own_name,$(QEMU))).cpio
system = $(vmlinuz) build/boot build/seed.so $(target)/system.cpio
ifeq ($(platform),local)
packages := gcc libc6-dev binutils nasm kmod $(driver_packages)
kernel := $(shell uname -r)
linux := /lib/modules/$(kernel)
target := build/linux-$(kernel)
vmlinuz :=
system = $(target)/vmxfs.ko build/vmxrun $(guests)
endif
kbuild = $(MAKE) -C $(linux)/build M=$(CURDIR)/$(target)/kmod $(strict) \
	CONFIG_DEBUG_INFO_BTF_MODULES=

tables := $(wildcard include/*.h)
kmod_sources := kmod/main.c $(wildcard kmod/*/*.[chS]) kmod/Kbuild
client_sources := $(wildcard harness/client/*.c)
client_headers := $(wildcard harness/client/*.h)
libvmxcheck_sources := $(wildcard harness/libvmxcheck/*.c)
libvmxcheck_headers := $(wildcard harness/libvmxcheck/*.h)
vmxrun_sources := $(wildcard harness/vmxrun/*.c) $(client_sources) $(libvmxcheck_sources)
vmxrun_headers := $(wildcard harness/vmxrun/*.h) $(client_headers) $(libvmxcheck_headers)
# What explain takes of vmxrun: the SDM's words for exits and events
explain_sources := $(wildcard harness/explain/*.c) $(libvmxcheck_sources) $(addprefix harness/vmxrun/, \
	cause.c fields.c interruption.c outcome.c qualification.c util.c words.c)
explain_headers := $(wildcard harness/explain/*.h) $(libvmxcheck_headers) $(wildcard harness/vmxrun/*.h)
stress_sources := $(wildcard harness/stress/*.[cS]) $(client_sources)
stress_headers := $(wildcard harness/stress/*.h) $(client_headers)
isolation_sources := $(wildcard harness/isolation/*.[cS]) \
	$(addprefix harness/stress/,report.c module.c log.c) $(client_sources)
isolation_headers := $(wildcard harness/isolation/*.h) $(stress_headers)
# What vmxrun has of files, guests and quirks, fuzz has, too.
fuzz_sources := $(wildcard harness/fuzz/*.c) $(filter-out %/main.c,$(vmxrun_sources))
fuzz_headers := $(wildcard harness/fuzz/*.h) harness/stress/random.h $(vmxrun_headers)
bench_sources := $(wildcard harness/bench/*.c) $(client_sources) build/obj/bench.o build/libvmx/libvmx.a
bench_headers := $(wildcard harness/bench/*.h) $(client_headers)
libvmx_sources := $(wildcard harness/libvmx/*.c)
libvmx_headers := $(wildcard harness/libvmx/*.h)
libvmx_public := harness/libvmx/libvmx.h include/vmxfs_abi.h
libvmx_objects := $(libvmx_sources:harness/%.c=build/%.o)
libvmx := build/libvmx/libvmx.a build/libvmx/libvmx.so.0
libnvmm_sources := $(wildcard harness/libnvmm/*.c)
libnvmm_headers := $(wildcard harness/libnvmm/*.h) $(libvmx_public)
libnvmm_objects := $(libnvmm_sources:harness/%.c=build/%.o)
libnvmm := build/libnvmm/libnvmm.a build/libnvmm/libnvmm.so.0
launch_sources := $(wildcard harness/launch/*.c)
launch_headers := $(wildcard harness/launch/*.h) $(libvmx_public)
launch_objects := $(launch_sources:harness/%.c=build/%.o)
libvmxcheck_public := harness/libvmxcheck/vmxcheck.h
libvmxcheck_objects := $(libvmxcheck_sources:harness/%.c=build/%.o)
libvmxcheck := build/libvmxcheck/libvmxcheck.a build/libvmxcheck/libvmxcheck.so.0
guests := $(patsubst guests/%.asm,build/guests/%,$(wildcard guests/*/*.asm))
libvmx_tests := $(patsubst harness/tests/libvmx/%.c,%,$(wildcard harness/tests/libvmx/test_*.c))
libvmxcheck_tests := $(patsubst harness/tests/libvmxcheck/%.c,build/unit/libvmxcheck/%, \
	$(wildcard harness/tests/libvmxcheck/test_*.c))
libvmx_test_files := $(addprefix harness/tests/libvmx/,fake.c fake.h forms.h) \
	harness/tests/unit/unit.h
launch_tests := $(patsubst harness/tests/launch/%.c,build/unit/launch/%, \
	$(wildcard harness/tests/launch/test_*.c))
# Of the launcher, what a hostile guest speaks to, with nothing around it
launch_hostile := harness/tests/launch/hostile.c $(wildcard harness/launch/virt*.c) \
	$(addprefix harness/launch/,pci.c bus.c memory.c uart.c terminal.c)
launch_flags := -D_GNU_SOURCE -Wno-unused-parameter -Iharness/tests -Iharness/tests/launch \
	-Iharness/launch -Iharness/libvmx
units := $(patsubst harness/tests/unit/%.c,build/unit/%,$(wildcard harness/tests/unit/test_*.c))

CFLAGS := -O2 -Wall -Wextra -Werror -Iinclude
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all

# The commands of ./vmxcheck: `for-run` is what `run` needs, and so on. The variables reach
# them by the environment.
commands := run check platforms coverage deterministic compare report caps kcidb merge shell trace learn stress isolation leaks \
	fuzz soak bench bench-boot variants mutants unreached new

.PHONY: help $(commands) $(commands:%=for-%) for-explain $(internal) \
	iso netboot dkms libvmx libnvmm libvmxcheck install uninstall lint unit test-fast checkpatch debug-kernel packages all clean

help:
	$(Q)$(vmxcheck) help

# One make at a time builds here; another one waits, but not for what is done with that: a
# command comes after what it needs, and `clean` not while a run writes its results here.
ifeq ($(MAKELEVEL),0)
# Not: nothing to be done
quiet := $(if $(V),,-s)
locked := $(filter-out help clean test-fast $(commands),$(MAKECMDGOALS))
.PHONY: $(locked)
ifneq ($(locked),)
$(firstword $(locked)):
	+$(Q)ci/alone $(MAKE) $(quiet) $(locked)
$(wordlist 2,$(words $(locked)),$(locked)): $(firstword $(locked)) ; @:
endif

$(commands):
	+$(Q)ci/alone $(MAKE) $(quiet) for-$@
	$(Q)MAKEFLAGS= MAKELEVEL=0 VMXCHECK_MAKE= $(vmxcheck) do $@

test-fast:
	+$(Q)ci/alone $(MAKE) $(quiet) for-fast
	$(Q)$(PYTHON) -m pytest -q -p no:cacheprovider -n auto -m 'not emulator and not slow' \
		harness/tests

clean:
	$(Q)[ ! -d build ] || flock -n build true || \
		{ echo 'make clean: a run writes its results into build' >&2; exit 1; }
	$(Q)ci/alone rm -rf build .pytest_cache
else

isolation_programs := $(addprefix build/isolation/,isolation caller32) $(target)/hostprobe.ko

for-run for-deterministic for-variants for-mutants for-unreached: all
for-coverage: $(if $(RESULTS),build/vmxrun,all)
for-stress: all build/stress
for-isolation for-leaks: all $(isolation_programs)
# The guests of vmxlaunch have Debian's kernels.
launch := $(if $(filter own-% %-debug,$(kernel)),,build/vmxlaunch $(linux)/virtio/order)

for-shell: all build/vmxexplain $(launch)
for-trace for-learn: all build/vmxdisasm
for-fuzz: all build/fuzz
for-soak: all build/stop
for-bench: all build/bench $(if $(vmlinuz),$(linux)/modules/order)
for-bench-boot: all build/ticks
for-compare: build/vmxrun
for-caps: build/vmx_tables.py
for-report: build/vmxrun build/vmx_tables.py $(guests) | report-packages
for-explain: build/vmxexplain build/vmxrun build/vmx_tables.py $(guests)
for-platforms for-new for-merge for-kcidb:
for-check: for-fast $(isolation_programs) build/stress build/fuzz build/bench build/stop build/given \
	build/slow build/life build/second build/libvmx-target build/vmxrun-hybrid $(launch) \
	$(kvm_cpio) build/relay build/multiboot build/xen.cpio

checkpatch: debug-kernel
	$(Q)$(debug_kernel)/build/scripts/checkpatch.pl -q -f $(filter %.c %.h %.S,$(kmod_sources)) $(tables)

# What the tests need that start no target.
for-fast: all lint unit-programs lava-dispatcher libvmx libnvmm libvmxcheck build/vmxexplain build/explain-fuzz build/vmxdisasm build/vmxlaunch

debug-kernel: | packages
	$(Q)ci/debug-kernel

all: platform-$(platform) $(system) build/vmx_tables.py

# The machine and its kernel.

platform-bochs: | packages
ifneq ($(findstring /,$(BOCHS)),)
	@:
else ifeq ($(MODEL),all)
	$(Q)for version in $(or $(BOCHS),3.0 2.7); do ci/bochs $$version || exit; done
else
	$(Q)ci/bochs $(BOCHS)
endif

platform-local:

platform-qemu: | qemu-packages

platform-kvm-in-bochs: platform-bochs $(kvm_cpio) build/relay
	@:

# A QEMU of the user's, and its libraries, may have changed.
$(kvm_cpio): $(addprefix harness/target/,init-kvm init-common init-points initrd-kvm initrd) \
		$(kvm_linux)/vmlinuz $(kvm_linux)/modules/order $(if $(QEMU),FORCE) | qemu-packages
	$(call say,CPIO,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(if $(QEMU),$(vmxcheck) kvm-disk $@ $(kvm_linux)/modules $(call quoted,$(QEMU)), \
		harness/target/initrd-kvm $@ $(kvm_linux)/modules)

platform-xen-in-bochs: platform-bochs build/multiboot build/xen.cpio build/relay
	@:

$(xen)/xen: | packages
	$(Q)ci/xen

build/xen.cpio: $(addprefix harness/target/,init-xen init-common init-points initrd-xen initrd xl.conf) $(xen)/xen
	$(call say,CPIO,$@)
	$(Q)mkdir -p $(@D)
	$(Q)harness/target/initrd-xen $@ $(xen)

packages:
	$(Q)ci/install-packages $(packages)

qemu-packages:
	$(Q)ci/install-packages $(qemu_packages)

# What tests of ci/lava.yml run it with
lava-dispatcher: | packages
	$(Q)ci/lava

libvmx-packages: | packages
	$(Q)ci/install-packages $(libvmx_packages)

launch-packages: | packages
	$(Q)ci/install-packages $(launch_packages)

report-packages: | packages
	$(Q)ci/install-packages $(report_packages)

check-packages:
	$(Q)ci/install-packages $(check_packages)

# FOLDER, NAME, and the variable that says which: of a path what has not changed is not touched.
define kernel_rule
$(1)/vmlinuz: $(if $(findstring /,$($(3))),FORCE) | packages
	$$(Q)$(if $(findstring /,$($(3))),$$(vmxcheck) stage $$(call quoted,$$($(3))) $(1),ci/kernel $(2))

$(1)/virtio/order: $(1)/vmlinuz
	$$(Q)ci/virtio $(2)

# That of an older debug kernel has none.
$(1)/modules/order: $(1)/vmlinuz
	$$(Q)[ -e $$@ ] || printf '%s.ko\n' irqbypass kvm kvm-intel >$$@
endef
$(eval $(call kernel_rule,$(linux),$(kernel),KERNEL))
ifneq ($(kvm_linux),$(linux))
$(eval $(call kernel_rule,$(kvm_linux),$(kvm_kernel),KVM_KERNEL))
endif

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
	+$(Q)$(kbuild) $(if $(V),,-s) modules
	$(Q)strip --strip-debug -o $@ $(@D)/kmod/vmxfs.ko

$(target)/hostprobe.ko: $(wildcard harness/isolation/hostprobe/*) $(vmlinuz)
	$(call say,KBUILD,$@)
	$(Q)mkdir -p $(@D)/hostprobe
	$(Q)ln -srf harness/isolation/hostprobe/Kbuild harness/isolation/hostprobe/*.c $(@D)/hostprobe
	+$(Q)$(MAKE) -C $(linux)/build M=$(CURDIR)/$(@D)/hostprobe $(strict) \
		CONFIG_DEBUG_INFO_BTF_MODULES= $(if $(V),,-s) modules
	$(Q)strip --strip-debug -o $@ $(@D)/hostprobe/hostprobe.ko

build/vmxrun: $(vmxrun_sources) $(vmxrun_headers) $(tables) | packages
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -O3 -flto=auto -Iharness/client -Iharness/libvmxcheck -static -s \
		-o $@ $(vmxrun_sources)

build/vmxexplain: $(explain_sources) $(explain_headers) $(tables) | packages
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -Iharness/libvmxcheck -Iharness/vmxrun -static -s -o $@ \
		$(explain_sources)

# What `trace` shows of a guest's instructions
build/vmxdisasm: harness/disasm/disasm.c | libvmx-packages
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -s -o $@ $< -lZydis

# Its tests: dumps that are changed at random, with the sanitizers
build/explain-fuzz: harness/tests/explain/fuzz.c $(explain_sources) $(explain_headers) $(tables) \
		| check-packages
	$(call say,CC,$@)
	$(Q)$(CC) $(CFLAGS) -g $(SANITIZE) -Iharness/explain -Iharness/libvmxcheck -Iharness/vmxrun -o $@ \
		$< $(filter-out %/main.c,$(explain_sources))

build/stress: $(stress_sources) $(stress_headers) $(tables) build/guests/root/insns.bin | packages
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -Iharness/client -Wa,-Ibuild -static -s -pthread -o $@ $(stress_sources)

build/fuzz: $(fuzz_sources) $(fuzz_headers) $(tables) | packages
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -O3 -flto=auto -Iharness/client -Iharness/libvmxcheck \
		-Iharness/vmxrun -Iharness/stress -static -s -o $@ $(fuzz_sources)

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

build/boot build/multiboot: harness/target/boot.asm harness/target/long_mode.inc | packages
	$(call say,NASM,$@)
	$(Q)mkdir -p $(@D)
	$(Q)nasm -Wall -Werror -f bin -Iharness/target/ \
		$(if $(filter %/multiboot,$@),-DMULTIBOOT) -o $@ $<

build/seed.so: harness/target/seed.c | packages
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -shared -fPIC -o $@ $<

build/ticks: harness/target/ticks.c | packages
	$(call say,CC,$@)
	$(Q)$(CC) $(CFLAGS) -static -o $@ $<

build/relay: harness/target/relay.c $(addprefix harness/vmxrun/,mailbox.h printer.c printer.h) | packages
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -Iharness/vmxrun -static -s -o $@ $(filter %.c,$^)

build/second: harness/tests/module/second.asm | packages
	$(call say,NASM,$@)
	$(Q)nasm -Wall -Werror -f bin -o $@ $<

build/life: harness/tests/module/life.c | packages
	$(call say,CC,$@)
	$(Q)$(CC) $(CFLAGS) -static -s -o $@ $<

build/vmxrun-hybrid: harness/tests/module/hybrid.c $(vmxrun_sources) $(vmxrun_headers) $(tables) \
		| packages
	$(call say,CC,$@)
	$(Q)$(CC) $(CFLAGS) -Iharness/client -Iharness/libvmxcheck -Iharness/vmxrun -static -s \
		-Wl,--wrap=affinity_core_id -o $@ $< $(vmxrun_sources)

build/slow: harness/tests/module/slow.c $(tables) | packages
	$(call say,CC,$@)
	$(Q)$(CC) $(CFLAGS) -static -s -pthread -o $@ $<

build/stop build/given: build/%: harness/tests/module/%.c build/libvmx/libvmx.a
	$(call say,CC,$@)
	$(Q)$(CC) $(CFLAGS) -s -pthread -Iharness/libvmx -o $@ $^ -lZydis

build/libvmx-target: $(wildcard harness/tests/libvmx/target/*.[ch]) harness/tests/libvmx/forms.h \
		harness/tests/libnvmm/target.c build/libnvmm-guests.o harness/libnvmm/nvmm.h \
		build/forms16.o build/forms32.o build/forms64.o build/libnvmm/libnvmm.a build/libvmx/libvmx.a
	$(call say,CC,$@)
	$(Q)$(CC) $(CFLAGS) -s -pthread -Iharness/libvmx -Iharness/libnvmm -o $@ \
		$(filter %.c %.o %.a,$^) -lZydis

build/libnvmm-guests.o: harness/tests/libnvmm/guests.asm | packages
	$(call say,NASM,$@)
	$(Q)mkdir -p $(@D)
	$(Q)nasm -Wall -Werror -f elf64 -o $@ $<

# The launcher

build/vmxlaunch: $(launch_objects) build/libvmx/libvmx.a
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) -s -pthread -o $@ $^ -lZydis -lseccomp

build/launch/%.o: harness/launch/%.c $(launch_headers) $(tables) | launch-packages
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -D_GNU_SOURCE -Wno-unused-parameter -Iharness/libvmx -Ibuild/launch -c -o $@ $<

build/launch/acpi.o: build/launch/dsdt.hex

build/launch/dsdt.hex: harness/launch/dsdt.asl | launch-packages
	$(call say,IASL,$<)
	$(Q)mkdir -p $(@D)
	$(Q)iasl -we -vs -tc -p $(@:.hex=) $< >$(@:.hex=.log) || { cat $(@:.hex=.log); false; }

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

# Without its labels, for a program that has it in itself
build/guests/%.bin: build/guests/%
	$(call say,OBJCOPY,$@)
	$(Q)objcopy -O binary $< $@

build/obj/%.o: guests/%.asm $(wildcard guests/inc/*.inc) build/vmx.inc | packages
	$(call say,NASM,guests/$*)
	$(Q)mkdir -p $(@D)
	$(Q)nasm -Wall -Werror -f elf64 -I guests/inc/ -I build/ -o $@ $<

# The libraries: for programs; the same as NVMM has it; of the SDM's checks, which needs nothing.

libvmx: $(libvmx) build/libvmx/libvmx.pc
libnvmm: $(libnvmm) build/libnvmm/libnvmm.pc
libvmxcheck: $(libvmxcheck) build/libvmxcheck/libvmxcheck.pc

build/libvmx/%.o: harness/libvmx/%.c $(libvmx_headers) $(tables) | libvmx-packages
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -fPIC -fvisibility=hidden -c -o $@ $<

build/libnvmm/%.o: harness/libnvmm/%.c $(libnvmm_headers) | packages
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -Iharness/libvmx -fPIC -fvisibility=hidden -c -o $@ $<

build/libvmxcheck/%.o: harness/libvmxcheck/%.c $(libvmxcheck_headers) $(tables) | packages
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -ffreestanding -fPIC -fvisibility=hidden -c -o $@ $<

$(libvmx): $(libvmx_objects)
$(libvmxcheck): $(libvmxcheck_objects)
build/libvmx/libvmx.so.0: private LIBS := -lZydis
$(libnvmm): $(libnvmm_objects)
build/libnvmm/libnvmm.so.0: private LIBS := -Lbuild/libvmx -lvmx
build/libnvmm/libnvmm.so.0: | build/libvmx/libvmx.so.0

# One object, in which only what is public has a name that others can meet.
$(filter %.a,$(libvmx) $(libnvmm) $(libvmxcheck)):
	$(call say,AR,$@)
	$(Q)$(LD) -r -o $(@:.a=.o) $^
	$(Q)objcopy --localize-hidden $(@:.a=.o)
	$(Q)rm -f $@ && $(AR) rcsD $@ $(@:.a=.o)

$(filter %.so.0,$(libvmx) $(libnvmm) $(libvmxcheck)):
	$(call say,LD,$@)
	$(Q)$(CC) -shared -Wl,-soname,$(@F),-z,defs,-z,relro,-z,now -o $@ $^ $(LIBS)
	$(Q)ln -sf $(@F) $(@:.0=)

write_pc = sed 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@VERSION@|$(version)|'

build/%.pc: harness/%.pc.in FORCE
	$(Q)mkdir -p $(@D)
	$(Q)$(write_pc) $< >$@

# Of what depends on PREFIX nothing is left in build/: several may install at a time. Each
# function of libvmx has a manual page by its name.
libraries := libvmx libnvmm libvmxcheck
headers := $(libvmx_public) harness/libnvmm/nvmm.h $(libvmxcheck_public)
manuals := $(foreach library,$(libraries),harness/$(library)/$(library).3) kmod/vmxfs.4
functions := $(shell sed -n 's/^[a-z].*[ *]\(vmx_[a-z_]*\)(.*)*/\1/p' harness/libvmx/libvmx.h)
lib_dir = $(call quoted,$(DESTDIR)$(LIBDIR))
include_dir = $(call quoted,$(DESTDIR)$(PREFIX)/include)
man_dir = $(call quoted,$(DESTDIR)$(PREFIX)/share/man)

install: $(libvmx) $(libnvmm) $(libvmxcheck)
	$(Q)install -d $(lib_dir)/pkgconfig $(include_dir) $(man_dir)/man3 $(man_dir)/man4
	$(Q)install -m 644 $(libvmx) $(libnvmm) $(libvmxcheck) $(lib_dir)
	$(Q)for name in $(libraries); do \
		ln -sf $$name.so.0 $(lib_dir)/$$name.so && \
		$(write_pc) harness/$$name/$$name.pc.in >$(lib_dir)/pkgconfig/$$name.pc || exit; \
	done
	$(Q)for page in $(manuals); do \
		install -m 644 $$page $(man_dir)/man$${page##*.} || exit; \
	done
	$(Q)for name in $(functions); do ln -sf libvmx.3 $(man_dir)/man3/$$name.3 || exit; done
	$(Q)install -m 644 $(headers) $(include_dir)

# With the same PREFIX, LIBDIR and DESTDIR
uninstall:
	$(Q)for name in $(libraries); do \
		rm -f $(lib_dir)/$$name.a $(lib_dir)/$$name.so $(lib_dir)/$$name.so.0 \
			$(lib_dir)/pkgconfig/$$name.pc || exit; \
	done
	$(Q)for page in $(notdir $(manuals)) $(functions:=.3); do \
		rm -f $(man_dir)/man$${page##*.}/$$page || exit; \
	done
	$(Q)for file in $(notdir $(headers)); do \
		rm -f $(include_dir)/$$file || exit; \
	done

# For real machines: a USB stick, and the same for a boot by network. The kernel is one with
# drivers; what boots by network needs none of them. One at a time: both build the same.

write_points = build/vmxrun -l -C cases -- $(foreach case,$(CASES),$(call quoted,$(case)))
real_machine := init=harness/target/init-iso cases=cases version=VERSION \
	$(foreach file,junit.awk summary.awk,$(file)=harness/target/$(file))

iso:
	$(Q)mkdir -p build
	$(Q)flock build/real.lock $(MAKE) write-iso KERNEL='$(or $(KERNEL),6.12-amd64)'

write-iso: $(target)/system.cpio
	$(Q)ci/install-packages $(iso_packages)
	$(Q)[ -d $(linux)/drivers ] || { echo 'KERNEL=$(KERNEL) has no drivers for a real' \
		'machine: make iso is for 6.1 and 6.12 with -amd64 or -rt' >&2; exit 1; }
	$(call say,ISO,$(image))
	$(Q)mkdir -p build/iso
	$(Q)$(write_points) >build/iso/points
	$(Q)harness/target/initrd build/iso/cases.cpio points=build/iso/points \
		drivers=$(linux)/drivers $(real_machine)
	$(Q)harness/target/iso $(call quoted,$(image)) $(linux)/vmlinuz $(target)/system.cpio build/iso/cases.cpio

netboot:
	$(Q)mkdir -p build
	$(Q)flock build/real.lock $(MAKE) write-netboot KERNEL='$(or $(KERNEL),6.12-amd64)'

write-netboot: $(target)/system.cpio
	$(call say,NETBOOT,$(netboot))
	$(Q)mkdir -p build/netboot.cpio
	$(Q)$(write_points) >build/netboot.cpio/points
	$(Q)harness/target/initrd build/netboot.cpio/cases points=build/netboot.cpio/points \
		$(real_machine)
	$(Q)cat $(target)/system.cpio build/netboot.cpio/cases | gzip -9n >build/netboot.cpio/initrd.gz
	$(Q)install -m 644 -Dt $(call quoted,$(netboot)) $(linux)/vmlinuz build/netboot.cpio/initrd.gz ci/vmxcheck.ipxe

# For this machine's own kernels.
dkms:
	$(Q)rm -rf build/dkms && mkdir -p build/dkms
	$(Q)sed 's|@VERSION@|$(version)|' kmod/dkms.conf.in >build/dkms/dkms.conf
	$(Q)cp --parents $(kmod_sources) $(tables) VERSION build/dkms

# What make check needs besides.

unit: unit-programs
	$(Q)$(PYTHON) -m pytest -q -p no:cacheprovider harness/tests/unit \
		harness/tests/libvmx/test_libvmx.py harness/tests/libnvmm/test_libnvmm.py -k 'test_unit or test_valgrind'

unit-programs: $(units) $(addprefix build/unit/libvmx/,$(libvmx_tests)) \
	$(addprefix build/valgrind/,$(libvmx_tests)) $(libvmxcheck_tests) \
	build/unit/libnvmm/test_nvmm build/valgrind/libnvmm/test_nvmm $(launch_tests)

# What they test is compiled once: with the sanitizers, and as valgrind likes it.
vmxrun_objects := $(patsubst harness/%.c,build/unit/obj/%.o,$(filter-out %/main.c,$(vmxrun_sources)))
tested := harness/tests/libvmx/fake.c $(filter-out %/kernel.c,$(libvmx_sources))
libvmx_test_objects := $(tested:harness/%.c=build/unit/obj/%.o) build/forms64.o
valgrind_objects := $(tested:harness/%.c=build/valgrind/obj/%.o) build/forms64.o

build/unit/obj/%.o: harness/%.c $(vmxrun_headers) $(libvmx_headers) $(libnvmm_headers) $(libvmx_test_files) $(tables) \
		| check-packages
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -g $(SANITIZE) -Iharness/client -Iharness/libvmx -Iharness/libvmxcheck \
		-c -o $@ $<

build/valgrind/obj/%.o: harness/%.c $(libvmx_headers) $(libnvmm_headers) $(libvmx_test_files) $(tables) | check-packages
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -g -Iharness/libvmx -c -o $@ $<

build/unit/%: harness/tests/unit/%.c harness/tests/unit/unit.h $(vmxrun_objects)
	$(call say,CC,$@)
	$(Q)$(CC) $(CFLAGS) -g $(SANITIZE) -Iharness/vmxrun -Iharness/client \
		-Iharness/libvmxcheck -o $@ $< $(vmxrun_objects) -lcmocka $(LIBS)

# The module's decoder, which another one checks.
build/unit/test_step_decode: kmod/run/decode.c kmod/run/decode.h
build/unit/test_step_decode: private LIBS := -lZydis
build/unit/test_step_decode: private CFLAGS += -Ikmod

build/unit/libvmx/%: harness/tests/libvmx/%.c $(libvmx_test_objects)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -g $(SANITIZE) -Iharness/libvmx -o $@ $< $(libvmx_test_objects) \
		-lcmocka -lZydis

libnvmm_tested = $(libnvmm_sources:harness/%.c=build/$(1)/obj/%.o)

build/unit/libnvmm/%: harness/tests/libnvmm/%.c $(call libnvmm_tested,unit) $(libvmx_test_objects)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -g $(SANITIZE) -Iharness/libvmx -Iharness/libnvmm -o $@ $< \
		$(call libnvmm_tested,unit) $(libvmx_test_objects) -lcmocka -lZydis

build/valgrind/libnvmm/%: harness/tests/libnvmm/%.c $(call libnvmm_tested,valgrind) $(valgrind_objects)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -g -Iharness/libvmx -Iharness/libnvmm -o $@ $< \
		$(call libnvmm_tested,valgrind) $(valgrind_objects) -lcmocka -lZydis

build/unit/libvmxcheck/%: harness/tests/libvmxcheck/%.c $(wildcard harness/tests/libvmxcheck/state.*) \
		$(libvmxcheck_sources) $(libvmxcheck_headers) $(tables) | check-packages
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -g $(SANITIZE) -Iharness/libvmxcheck -o $@ $(filter %.c,$^) -lcmocka

# What a test has beside itself
launch_tested = $(launch_hostile)
build/unit/launch/test_lapic: launch_tested = harness/launch/lapic.c

build/unit/launch/%: harness/tests/launch/%.c $(launch_hostile) harness/launch/lapic.c $(launch_headers) \
		harness/tests/launch/hostile.h harness/tests/unit/unit.h | check-packages
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -g $(SANITIZE) $(launch_flags) -o $@ $< $(launch_tested) -lcmocka

# libFuzzer's, for HOSTILE_BLOCK and so on of hostile.h: build/launch-fuzz/BLOCK -max_total_time=60
build/launch-fuzz/%: harness/tests/launch/fuzz.c $(launch_hostile) $(launch_headers) \
		harness/tests/launch/hostile.h | check-packages
	$(Q)ci/install-packages clang
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)clang $(CFLAGS) -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
		$(launch_flags) -DDEVICE=HOSTILE_$* -o $@ $< $(launch_hostile)

build/valgrind/%: harness/tests/libvmx/%.c $(valgrind_objects)
	$(call say,CC,$@)
	$(Q)$(CC) $(CFLAGS) -g -Iharness/libvmx -o $@ $< $(valgrind_objects) -lcmocka -lZydis

build/forms%.o: harness/tests/libvmx/forms.asm | packages
	$(call say,NASM,$@)
	$(Q)mkdir -p $(@D)
	$(Q)nasm -Wall -Werror -f elf64 -DBITS=$* -o $@ $<

# Writes cases/crossed, and its table in cases/coverage, again.
crossing:
	$(Q)PYTHONPATH=harness $(PYTHON) -m crossing

lint: lint-module lint-shell lint-python lint-words

lint-packages: | packages
	$(Q)ci/install-packages $(lint_packages)

# vmxfs.ko is built with W=1.
lint-module: $(target)/kmod.linted

$(target)/kmod.linted: $(target)/vmxfs.ko kmod/check-rooms kmod/rooms | lint-packages
	$(call say,SPARSE,kmod)
	+$(Q)$(kbuild) $(if $(V),,-s) C=2 CF=-Wsparse-error modules
	$(call say,ROOMS,kmod)
	$(Q)kmod/check-rooms kmod $(target)/kmod
	$(call say,DOC,kmod)
	$(Q)perl $(linux)/build/scripts/kernel-doc -none -Werror $(filter %.c %.h,$(kmod_sources))
	$(Q)touch $@

# All that say which shell they are for.
lint-shell: | lint-packages
	$(call say,SHELL,scripts)
	$(Q)shellcheck $$(grep -rlE '^(#!/bin/sh|# shellcheck shell=)' .ci ci harness/target vmxcheck)

lint-python: build/vmx_tables.py | lint-packages
	$(call say,FLAKES,harness)
	$(Q)pyflakes3 conftest.py harness kmod/check-rooms
	$(call say,MYPY,harness/vmxcheck)
	$(Q)mypy --strict --cache-dir build/mypy harness/vmxcheck
	$(Q)mypy --strict --cache-dir build/mypy kmod/check-rooms
	$(call say,MYPY,harness/crossing)
	$(Q)mypy --strict --cache-dir build/mypy harness/crossing

lint-words: | lint-packages
	$(call say,SPELL,.)
	$(Q)codespell .ci ci cases guests harness include kmod Makefile *.md *.ini *.py
endif
