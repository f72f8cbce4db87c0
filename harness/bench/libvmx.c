// SPDX-License-Identifier: GPL-2.0
/* vmxfs by libvmx. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../libvmx/libvmx.h"
#include "bench.h"
#include "vcpu.h"

enum {
#define VMX_EXIT(number, ident, name, sdm_name) VMX_EXIT_##ident = number,
#include "vmx_exits.h"
};

static struct vmx_machine *machine;
static struct vmx_vcpu *vcpu;

static void check(int result, const char *name)
{
	if (result)
		die("%s", name);
}

static void libvmx_open(void)
{
	check(vmx_machine_create(&machine), "vmx_machine_create");
	check(vmx_vcpu_create(machine, &vcpu), "vmx_vcpu_create");
}

static void libvmx_close(void)
{
	check(vmx_vcpu_destroy(vcpu), "vmx_vcpu_destroy");
	check(vmx_machine_destroy(machine), "vmx_machine_destroy");
}

static void libvmx_map(const struct region *region)
{
	check(vmx_gpa_map(machine, region->host, region->gpa, region->size,
			  VMX_PROT_READ | VMX_PROT_WRITE | VMX_PROT_EXEC),
	      "vmx_gpa_map");
}

static void libvmx_unmap(const struct region *region)
{
	check(vmx_gpa_unmap(machine, region->gpa, region->size), "vmx_gpa_unmap");
}

static void take_io(struct vmx_io *io)
{
	if (io->port != PORT || io->in) {
		errno = 0;
		die("libvmx: I/O port %#x", io->port);
	}
}

static void take_mem(struct vmx_mem *mem)
{
	if (!mem->write) {
		errno = 0;
		die("libvmx: read of %#llx", (unsigned long long)mem->gpa);
	}
}

/* The guest's TSC is this machine's. */
static void set_tsc(void)
{
	char path[PATH_SIZE];

	vcpu_path(path, vcpu->id, "vmcs");
	if (write_file(path, 0, "tsc_offset 0\n"))
		die("tsc_offset");
}

static void libvmx_start(uint32_t ebx)
{
	const struct vmx_assist_callbacks callbacks = { .io = take_io, .mem = take_mem };
	const struct vmx_cpuid leaf_0 = { .leaf = 0 };
	const struct vmx_vcpu_conf_cpuid cpuid = { .count = 1, .entries = &leaf_0 };

	check(vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_CALLBACKS, &callbacks), "callbacks");
	check(vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_CPUID, &cpuid), "CPUID");
	set_tsc();
	check(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_GPRS), "vmx_vcpu_getstate");
	vcpu->state->gprs[VMX_X64_GPR_RIP] = 0;
	vcpu->state->gprs[VMX_X64_GPR_RBX] = ebx;
	check(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_GPRS), "vmx_vcpu_setstate");
}

/* After a VM exit that the library has no kind for, and no assist. */
static void skip(void)
{
	if (vcpu->exit->u.other.reason != VMX_EXIT_VMCALL) {
		errno = 0;
		die("libvmx: exit reason %u", vcpu->exit->u.other.reason);
	}
	check(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_GPRS), "vmx_vcpu_getstate");
	vcpu->state->gprs[VMX_X64_GPR_RIP] += vcpu->exit->u.other.insn_length;
	check(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_GPRS), "vmx_vcpu_setstate");
}

static void libvmx_round(void)
{
	for (;;) {
		if (vmx_vcpu_run(vcpu)) {
			if (errno == EINTR)
				continue;
			die("vmx_vcpu_run");
		}
		switch (vcpu->exit->reason) {
		case VMX_VCPU_EXIT_IO:
			check(vmx_assist_io(vcpu), "vmx_assist_io");
			return;
		case VMX_VCPU_EXIT_MEMORY:
			check(vmx_assist_mem(vcpu), "vmx_assist_mem");
			continue;
		case VMX_VCPU_EXIT_OTHER:
			skip();
			continue;
		case VMX_VCPU_EXIT_NONE:
			continue;
		}
		errno = 0;
		die("libvmx: exit %u", vcpu->exit->reason);
	}
}

static void libvmx_inject(unsigned int vector)
{
	*vcpu->event = (struct vmx_vcpu_event){
		.type = VMX_VCPU_EVENT_INTR,
		.vector = vector,
	};
	check(vmx_vcpu_inject(vcpu), "vmx_vcpu_inject");
}

static void libvmx_null(void)
{
	static int ctl = -1;
	char path[PATH_SIZE];

	if (ctl < 0) {
		vcpu_path(path, vcpu->id, "ctl");
		ctl = file_open(AT_FDCWD, path, O_RDWR);
	}
	ioctl(ctl, 0);
}

const struct way libvmx_way = {
	.name = "libvmx",
	.allocate = allocate_anonymous,
	.open = libvmx_open,
	.close = libvmx_close,
	.map = libvmx_map,
	.unmap = libvmx_unmap,
	.start = libvmx_start,
	.round = libvmx_round,
	.inject = libvmx_inject,
	.null = libvmx_null,
};
