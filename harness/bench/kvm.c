// SPDX-License-Identifier: GPL-2.0
/* KVM by /dev/kvm, without an interrupt controller in the kernel. */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"

#define CR0_PE	1

static int kvm = -1, vm, vcpu;
static size_t run_size;
static struct kvm_run *run;

static int call(int fd, unsigned long request, const void *argument, const char *name)
{
	int result = ioctl(fd, request, argument);

	if (result < 0)
		die("%s", name);
	return result;
}

#define CALL(fd, request, argument) call(fd, request, (const void *)(argument), #request)

static void kvm_open(void)
{
	if (kvm < 0) {
		kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
		if (kvm < 0)
			die("/dev/kvm");
		run_size = CALL(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
		/* It stays, and VMX with it: KVM turns it off after the last one. */
		CALL(kvm, KVM_CREATE_VM, 0);
	}
	vm = CALL(kvm, KVM_CREATE_VM, 0);
	vcpu = CALL(vm, KVM_CREATE_VCPU, 0);
	run = mmap(NULL, run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	if (run == MAP_FAILED)
		die("kvm: mmap");
}

static void kvm_close(void)
{
	munmap(run, run_size);
	close(vcpu);
	close(vm);
}

static void set_region(const struct region *region, size_t size)
{
	struct kvm_userspace_memory_region memory = {
		.slot = region->slot,
		.guest_phys_addr = region->gpa,
		.memory_size = size,
		.userspace_addr = (uintptr_t)region->host,
	};

	CALL(vm, KVM_SET_USER_MEMORY_REGION, &memory);
}

static void kvm_map(const struct region *region)
{
	set_region(region, region->size);
}

static void kvm_unmap(const struct region *region)
{
	set_region(region, 0);
}

static void set_cpuid(void)
{
	struct {
		struct kvm_cpuid2 cpuid;
		struct kvm_cpuid_entry2 entry;
	} one = { .cpuid.nent = 1 };

	CALL(vcpu, KVM_SET_CPUID2, &one);
}

/* The guest's TSC is this machine's. */
static void set_tsc(void)
{
	uint64_t offset = 0;
	struct kvm_device_attr attribute = {
		.group = KVM_VCPU_TSC_CTRL,
		.attr = KVM_VCPU_TSC_OFFSET,
		.addr = (uintptr_t)&offset,
	};

	CALL(vcpu, KVM_SET_DEVICE_ATTR, &attribute);
}

static void kvm_start(uint32_t ebx)
{
	struct kvm_segment data = {
		.limit = 0xffffffff, .type = 3, .present = 1, .db = 1, .s = 1, .g = 1,
	};
	struct kvm_regs regs = { .rbx = ebx, .rflags = 2 };
	struct kvm_sregs sregs;

	set_cpuid();
	set_tsc();
	CALL(vcpu, KVM_GET_SREGS, &sregs);
	sregs.cr0 |= CR0_PE;
	sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss = sregs.cs = data;
	sregs.cs.type = 11;
	CALL(vcpu, KVM_SET_SREGS, &sregs);
	CALL(vcpu, KVM_SET_REGS, &regs);
}

static void kvm_round(void)
{
	for (;;) {
		if (ioctl(vcpu, KVM_RUN, 0) < 0) {
			if (errno == EINTR)
				continue;
			die("KVM_RUN");
		}
		switch (run->exit_reason) {
		case KVM_EXIT_IO:
			if (run->io.port == PORT)
				return;
			break;
		case KVM_EXIT_MMIO:
			if (run->mmio.is_write)
				continue;
			break;
		}
		errno = 0;
		die("kvm: exit reason %u", run->exit_reason);
	}
}

static void kvm_inject(unsigned int vector)
{
	struct kvm_interrupt interrupt = { .irq = vector };

	CALL(vcpu, KVM_INTERRUPT, &interrupt);
}

static void kvm_null(void)
{
	ioctl(kvm, KVM_GET_API_VERSION, 0);
}

const struct way kvm_way = {
	.name = "kvm",
	.allocate = allocate_anonymous,
	.open = kvm_open,
	.close = kvm_close,
	.map = kvm_map,
	.unmap = kvm_unmap,
	.start = kvm_start,
	.round = kvm_round,
	.inject = kvm_inject,
	.null = kvm_null,
};
