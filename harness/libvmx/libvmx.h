/* SPDX-License-Identifier: GPL-2.0 */
/*
 * libvmx: VT-x for programs, through vmxfs. See libvmx(3).
 *
 * Functions return 0, or -1 with errno. A machine is memory and vCPUs. One thread at a
 * time may use a vCPU, but for vmx_vcpu_stop(). Any thread may change a machine's memory
 * and its vCPUs at any time, also while some of these run, and a callback may.
 */
#ifndef LIBVMX_H
#define LIBVMX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "vmxfs_abi.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct vmx_capability - what there is
 * @version: VMXFS_ABI_VERSION
 * @max_vcpus: of a machine
 * @xcr0_mask: bits that XCR0 can have
 * @mxcsr_mask: bits that MXCSR can have
 * @conf_support: a bit 1 << VMX_VCPU_CONF_* for each that vmx_vcpu_configure() takes
 * @gpa_bits: width of a guest-physical address that the guest can access, in bits
 */
struct vmx_capability {
	uint32_t version;
	uint32_t max_vcpus;
	uint64_t xcr0_mask;
	uint32_t mxcsr_mask;
	uint32_t conf_support;
	uint32_t gpa_bits;
};

struct vmx_machine;

/**
 * struct vmx_vcpu - a vCPU
 * @id: its number in vmxfs, under which /sys/fs/vmx has it
 * @state: what vmx_vcpu_getstate() fills and vmx_vcpu_setstate() takes. The general
 *	registers in it but RSP, RIP and RFLAGS are the vCPU's own: what is written there
 *	is so at once
 * @event: what vmx_vcpu_inject() takes
 * @exit: what vmx_vcpu_run() fills
 */
struct vmx_vcpu {
	unsigned int id;
	struct vmx_x64_state *state;
	struct vmx_vcpu_event *event;
	const struct vmx_vcpu_exit *exit;
};

/**
 * struct vmx_io - an access to a port, for the callback
 * @machine: the machine
 * @vcpu: the vCPU
 * @opaque: of struct vmx_assist_callbacks
 * @port: I/O port
 * @in: the callback fills @data; else it takes it
 * @size: of @data, in bytes: 1, 2 or 4
 * @data: the bytes
 */
struct vmx_io {
	struct vmx_machine *machine;
	struct vmx_vcpu *vcpu;
	void *opaque;
	uint16_t port;
	bool in;
	size_t size;
	uint8_t *data;
};

/**
 * struct vmx_mem - an access to memory that is not mapped, for the callback
 * @machine: the machine
 * @vcpu: the vCPU
 * @opaque: of struct vmx_assist_callbacks
 * @gpa: guest-physical address
 * @write: the callback takes @data; else it fills it
 * @size: of @data, in bytes: 1 to 8, within a page
 * @data: the bytes
 */
struct vmx_mem {
	struct vmx_machine *machine;
	struct vmx_vcpu *vcpu;
	void *opaque;
	uint64_t gpa;
	bool write;
	size_t size;
	uint8_t *data;
};

/**
 * struct vmx_assist_callbacks - who completes what the assists decode
 * @io: accesses to ports
 * @mem: accesses to memory
 * @opaque: for them
 */
struct vmx_assist_callbacks {
	void (*io)(struct vmx_io *io);
	void (*mem)(struct vmx_mem *mem);
	void *opaque;
};

/**
 * struct vmx_vcpu_conf_cpuid - all the leaves that CPUID answers without an exit
 * @count: how many, at most VMX_CPUID_MAX
 * @entries: the leaves; the first that fits counts
 */
struct vmx_vcpu_conf_cpuid {
	size_t count;
	const struct vmx_cpuid *entries;
};

/**
 * struct vmx_cpuid_table - room for all the leaves, as vmx_cpuid_default() makes them
 * @count: how many there are
 * @entries: the leaves, as in struct vmx_vcpu_conf_cpuid
 */
struct vmx_cpuid_table {
	size_t count;
	struct vmx_cpuid entries[VMX_CPUID_MAX];
};

/**
 * struct vmx_vcpu_conf_tpr - CR8
 * @exit_changed: a MOV to CR8 that changes it ends run with VMX_VCPU_EXIT_TPR_CHANGED
 */
struct vmx_vcpu_conf_tpr {
	bool exit_changed;
};

enum vmx_vcpu_conf {
	VMX_VCPU_CONF_CALLBACKS,	/* struct vmx_assist_callbacks */
	VMX_VCPU_CONF_CPUID,		/* struct vmx_vcpu_conf_cpuid */
	VMX_VCPU_CONF_TPR,		/* struct vmx_vcpu_conf_tpr */
};

/* ENOENT where vmxfs is not mounted, EPROTO if its ABI is another, EACCES. */
int vmx_capability(struct vmx_capability *cap);

int vmx_machine_create(struct vmx_machine **machine);
/* EBUSY while it has vCPUs. */
int vmx_machine_destroy(struct vmx_machine *machine);

/* The guest begins as vmx(3) says: protected mode, 32 bits, no paging, all 0. */
int vmx_vcpu_create(struct vmx_machine *machine, struct vmx_vcpu **vcpu);
/* EBUSY while another thread runs it. */
int vmx_vcpu_destroy(struct vmx_vcpu *vcpu);
struct vmx_machine *vmx_vcpu_machine(struct vmx_vcpu *vcpu);
/* EINVAL if there is no such setting, or it can't be so. */
int vmx_vcpu_configure(struct vmx_vcpu *vcpu, enum vmx_vcpu_conf op, const void *conf);

/*
 * What a guest can have here: the features that the processor has and vmxfs gives it, sizes,
 * names, caches, frequencies; one package for each vCPU, whose @apic_id has 32 bits, and a
 * hypervisor "vmxfsvmxfs". All leaves are answered. No vCPU has it before it is configured.
 */
int vmx_cpuid_default(struct vmx_vcpu *vcpu, uint32_t apic_id, struct vmx_cpuid_table *table);
/*
 * In all subleaves of @leaf, the bits of @clear become 0, then those of @set 1; other members
 * of these do not matter. A leaf that is not there is added; ENOSPC if the table is full.
 */
int vmx_cpuid_change(struct vmx_cpuid_table *table, uint32_t leaf, const struct vmx_cpuid *clear,
		     const struct vmx_cpuid *set);
/* A CPUID of @leaf is the program's: VMX_VCPU_EXIT_CPUID. ENOSPC as above. */
int vmx_cpuid_exit(struct vmx_cpuid_table *table, uint32_t leaf);

/* @groups: VMX_X64_STATE_*. EINVAL for others, and for a value that can't be had. */
int vmx_vcpu_getstate(struct vmx_vcpu *vcpu, uint32_t groups);
int vmx_vcpu_setstate(struct vmx_vcpu *vcpu, uint32_t groups);
/* All of the state becomes what it is after RESET. SDM, "Processor State After Reset". */
int vmx_vcpu_reset(struct vmx_vcpu *vcpu);

/*
 * The next run delivers vcpu->event. An interrupt or an NMI that the guest can't take then
 * waits until it can, and the window for another one is asked for: int_window_exiting or
 * nmi_window_exiting becomes 1. EINVAL if there is no such event; EAGAIN if there is one
 * already: an exception, an interrupt. Of NMIs that wait there is one, as in the processor.
 */
int vmx_vcpu_inject(struct vmx_vcpu *vcpu);

/*
 * Until there is something to do, which vcpu->exit tells. EINTR if a signal came first,
 * EBUSY if it is running, EINVAL for state or an event that can't be had. EAGAIN if
 * somebody else has given the vCPU such an event, by its files; then this one is dropped.
 */
int vmx_vcpu_run(struct vmx_vcpu *vcpu);

/*
 * From any thread, or a signal handler: the run that is on, or else the next one, ends
 * with VMX_VCPU_EXIT_NONE. It is never lost; two of them may end one run.
 */
int vmx_vcpu_stop(struct vmx_vcpu *vcpu);

/*
 * Memory of this process becomes the machine's. @hva, @gpa and @size are multiples of
 * 4096; @prot is of VMX_PROT_*. What was there before is unmapped. The memory stays
 * pinned until it is unmapped; other machines may have it, too.
 */
int vmx_gpa_map(struct vmx_machine *machine, void *hva, uint64_t gpa, size_t size, int prot);
int vmx_gpa_unmap(struct vmx_machine *machine, uint64_t gpa, size_t size);
/* ENOENT where nothing is mapped. @prot may be NULL. */
int vmx_gpa_to_hva(struct vmx_machine *machine, uint64_t gpa, void **hva, int *prot);
/*
 * EFAULT where the guest's paging structures map nothing. @prot may be NULL; it has
 * VMX_PROT_USER, too, if software at CPL 3 may access it.
 */
#define VMX_PROT_USER	8
int vmx_gva_to_gpa(struct vmx_vcpu *vcpu, uint64_t gva, uint64_t *gpa, int *prot);

/*
 * After VMX_VCPU_EXIT_IO or VMX_VCPU_EXIT_MEMORY: does what the instruction would have
 * done, by the callbacks, and goes behind it; or, if it would have raised an exception, has
 * the next run deliver that. EINVAL after another exit or without the callback; ENOTSUP for
 * an instruction that it does not know; EFAULT if there is no memory and no callback; EAGAIN
 * if it raises an exception while an event that was injected waits.
 */
int vmx_assist_io(struct vmx_vcpu *vcpu);
int vmx_assist_mem(struct vmx_vcpu *vcpu);
/*
 * After VMX_VCPU_EXIT_RDMSR or VMX_VCPU_EXIT_WRMSR, of the MSRs that every operating system
 * accesses and that are the same for all programs: does it, or has the next run deliver #GP.
 * ENOTSUP for any other MSR, which is the program's. Other errors are as above.
 */
int vmx_assist_msr(struct vmx_vcpu *vcpu);

#ifdef __cplusplus
}
#endif

#endif
