// SPDX-License-Identifier: GPL-2.0
/* A vCPU: its life, its settings, its state, and run. */
#include "internal.h"

#include <stdlib.h>

#include "kernel.h"

/* ---- life ---- */

/* Makes a vCPU in the kernel, and compares what it says of the ABI. */
static int attach(unsigned int *id, struct vmxfs_attach *attach)
{
	int fd = kernel_open(id);

	if (fd < 0)
		return -1;
	*attach = (struct vmxfs_attach){ .version = VMXFS_ABI_VERSION };
	if (!kernel_ioctl(fd, VMXFS_IOC_ATTACH, (unsigned long)attach)) {
		if (attach->version == VMXFS_ABI_VERSION &&
		    attach->page_size == sizeof(struct vmxfs_page))
			return fd;
		errno = EPROTO;
	}
	kernel_close(fd, NULL);
	return -1;
}

int vmx_capability(struct vmx_capability *cap)
{
	struct vmxfs_attach answer;
	unsigned int id;
	int fd = attach(&id, &answer);

	if (fd < 0)
		return -1;
	kernel_close(fd, NULL);
	*cap = (struct vmx_capability){
		.version = answer.version,
		.max_vcpus = MAX_VCPUS,
		.xcr0_mask = answer.xcr0,
		.mxcsr_mask = answer.mxcsr_mask,
		.gpa_bits = kernel_physical_bits() < GPA_BITS ? kernel_physical_bits() : GPA_BITS,
		.conf_support = 1 << VMX_VCPU_CONF_CALLBACKS | 1 << VMX_VCPU_CONF_CPUID |
				1 << VMX_VCPU_CONF_TPR,
	};
	return 0;
}

static void end(struct vcpu *vcpu)
{
	kernel_close(vcpu->fd, vcpu->page);
	free(vcpu);
}

int vmx_vcpu_create(struct vmx_machine *machine, struct vmx_vcpu **vcpu)
{
	struct vmxfs_attach answer;
	struct vcpu *new;

	new = calloc(1, sizeof(*new));
	if (!new)
		return -1;
	new->machine = machine;
	new->physical_bits = kernel_physical_bits();
	new->fd = attach(&new->public.id, &answer);
	if (new->fd < 0) {
		free(new);
		return -1;
	}
	new->page = kernel_map(new->fd);
	if (!new->page || machine_add(machine, new)) {
		end(new);
		return -1;
	}
	new->xcr0 = answer.xcr0;
	assist_msr_reset(new);
	new->public.state = &new->page->state;
	new->public.event = &new->event;
	new->public.exit = &new->page->exit;
	*vcpu = &new->public;
	return 0;
}

int vmx_vcpu_destroy(struct vmx_vcpu *public)
{
	struct vcpu *vcpu = vcpu_of(public);

	if (__atomic_load_n(&vcpu->running, __ATOMIC_ACQUIRE))
		return fail(EBUSY);
	machine_remove(vcpu->machine, vcpu);
	end(vcpu);
	return 0;
}

struct vmx_machine *vmx_vcpu_machine(struct vmx_vcpu *vcpu)
{
	return vcpu_of(vcpu)->machine;
}

/* ---- settings ---- */

/* What the assist for memory needs comes with the exit, so that it need not ask. */
static int set_callbacks(struct vcpu *vcpu, const struct vmx_assist_callbacks *callbacks)
{
	vcpu->callbacks = *callbacks;
	vcpu->page->wanted_memory = callbacks->mem ? ACCESS_GROUPS : 0;
	return 0;
}

#define CPUID_FEATURES		7
#define CPUID_ARCH_CAPABILITIES	(1u << 29)	/* 7.0:EDX */

static bool has_arch_capabilities(const struct vmx_vcpu_conf_cpuid *conf)
{
	const struct vmx_cpuid *entry;

	for (entry = conf->entries; entry < conf->entries + conf->count; entry++)
		if (entry->leaf == CPUID_FEATURES && !entry->subleaf)
			return entry->edx & CPUID_ARCH_CAPABILITIES;
	return false;
}

static int set_cpuid(struct vcpu *vcpu, const struct vmx_vcpu_conf_cpuid *conf)
{
	struct vmxfs_cpuid argument = {
		.entries = (uintptr_t)conf->entries,
		.count = conf->count,
	};

	if (conf->count > VMX_CPUID_MAX)
		return fail(EINVAL);
	if (kernel_ioctl(vcpu->fd, VMXFS_IOC_CPUID, (unsigned long)&argument))
		return -1;
	vcpu->arch_capabilities = has_arch_capabilities(conf);
	return 0;
}

static int set_tpr(struct vcpu *vcpu, const struct vmx_vcpu_conf_tpr *conf)
{
	return kernel_ioctl(vcpu->fd, VMXFS_IOC_TPR, conf->exit_changed);
}

int vmx_vcpu_configure(struct vmx_vcpu *public, enum vmx_vcpu_conf op, const void *conf)
{
	struct vcpu *vcpu = vcpu_of(public);

	switch (op) {
	case VMX_VCPU_CONF_CALLBACKS:
		return set_callbacks(vcpu, conf);
	case VMX_VCPU_CONF_CPUID:
		return set_cpuid(vcpu, conf);
	case VMX_VCPU_CONF_TPR:
		return set_tpr(vcpu, conf);
	}
	return fail(EINVAL);
}

/* ---- state ---- */

int vmx_vcpu_getstate(struct vmx_vcpu *public, uint32_t groups)
{
	struct vcpu *vcpu = vcpu_of(public);

	if (groups & ~VMX_X64_STATE_ALL)
		return fail(EINVAL);
	groups &= ~vcpu->page->cached;
	return groups ? kernel_ioctl(vcpu->fd, VMXFS_IOC_GETSTATE, groups) : 0;
}

void vcpu_commit(struct vcpu *vcpu, uint32_t group)
{
	vcpu->page->cached |= group;
	vcpu->page->commit |= group;
}

int vmx_vcpu_setstate(struct vmx_vcpu *public, uint32_t groups)
{
	struct vcpu *vcpu = vcpu_of(public);
	struct vmxfs_page *page = vcpu->page;

	if (groups & ~VMX_X64_STATE_ALL)
		return fail(EINVAL);
	if (!(groups & ~VMX_X64_STATE_GPRS)) {
		vcpu_commit(vcpu, groups);
		return 0;
	}
	if (kernel_ioctl(vcpu->fd, VMXFS_IOC_SETSTATE, groups))
		return -1;
	/* One register decides what others read as, EFER.LMA say. */
	page->commit &= ~groups;
	page->cached = page->commit & VMX_X64_STATE_ALL;
	return 0;
}

void vcpu_advance(struct vcpu *vcpu, uint64_t rip)
{
	__u64 *gprs = gprs_of(vcpu);

	/* A jump to itself */
	if (gprs[VMX_X64_GPR_RIP] == rip)
		vcpu->page->commit |= VMXFS_INSN_DONE;
	gprs[VMX_X64_GPR_RIP] = rip;
	gprs[VMX_X64_GPR_RFLAGS] &= ~(uint64_t)RFLAGS_RF;
	vcpu_commit(vcpu, VMX_X64_STATE_GPRS);
}

/*
 * The guest goes on as after an interrupt between two of them. SDM, "Instruction-Breakpoint
 * Exception Condition": RF is 1 then.
 */
void vcpu_iterated(struct vcpu *vcpu)
{
	gprs_of(vcpu)[VMX_X64_GPR_RFLAGS] |= RFLAGS_RF;
	vcpu->page->commit |= VMXFS_INSN_DONE;
	vcpu_commit(vcpu, VMX_X64_STATE_GPRS);
}

/* ---- events, run ---- */

#define VECTOR(n)	(1u << (n))
/* Those that instructions raise on purpose */
#define WITH_LENGTH	(VECTOR(VMX_EXC_BP) | VECTOR(VMX_EXC_OF))

#define MAX_LENGTH	15

static bool is_exception(const struct vmx_vcpu_event *event)
{
	if (event->vector > 31 || event->vector == VMX_NMI_VECTOR || event->error > UINT16_MAX)
		return false;
	if (event->error && !(VMX_EXCEPTIONS_WITH_ERROR_CODE & VECTOR(event->vector)))
		return false;
	if (WITH_LENGTH & VECTOR(event->vector))
		return event->insn_length >= 1 && event->insn_length <= MAX_LENGTH;
	return !event->insn_length;
}

static bool is_event(const struct vmx_vcpu_event *event)
{
	if (event->reserved)
		return false;
	if (event->type == VMX_VCPU_EVENT_EXCP)
		return is_exception(event);
	if (event->error || event->insn_length)
		return false;
	if (event->type == VMX_VCPU_EVENT_NMI)
		return !event->vector || event->vector == VMX_NMI_VECTOR;
	return event->type == VMX_VCPU_EVENT_INTR;
}

static int inject_exception(struct vcpu *vcpu)
{
	struct vmxfs_page *page = vcpu->page;

	if (page->event.type != VMX_VCPU_EVENT_NONE || page->exit.exitstate.evt_pending)
		return fail(EAGAIN);
	page->event = vcpu->event;
	return 0;
}

/* There can be one that waits, and an exception before it. Of NMIs two are one. */
static int inject_interrupt(struct vcpu *vcpu)
{
	struct vmxfs_page *page = vcpu->page;
	bool held = vcpu->event.type == VMX_VCPU_EVENT_INTR && page->exit.exitstate.int_held;

	if (page->interrupt.type != VMX_VCPU_EVENT_NONE || held)
		return fail(EAGAIN);
	page->interrupt = vcpu->event;
	return 0;
}

int vmx_vcpu_inject(struct vmx_vcpu *public)
{
	struct vcpu *vcpu = vcpu_of(public);

	if (!is_event(&vcpu->event))
		return fail(EINVAL);
	return vcpu->event.type == VMX_VCPU_EVENT_EXCP ? inject_exception(vcpu) :
							 inject_interrupt(vcpu);
}

int vcpu_deliver(struct vcpu *vcpu)
{
	const struct fault *fault = &vcpu->fault;
	struct vmxfs_page *page = vcpu->page;

	if (errno != EFAULT || !fault->vector)
		return -1;
	if (page->event.type != VMX_VCPU_EVENT_NONE)
		return fail(EAGAIN);
	page->event = (struct vmx_vcpu_event){
		.type = VMX_VCPU_EVENT_EXCP,
		.vector = fault->vector,
		.error = fault->error,
	};
	if (fault->vector == VMX_EXC_PF) {
		page->state.crs[VMX_X64_CR_CR2] = fault->address;
		vcpu_commit(vcpu, VMX_X64_STATE_CRS);
	}
	return 0;
}

int vmx_vcpu_run(struct vmx_vcpu *public)
{
	struct vcpu *vcpu = vcpu_of(public);
	int error;

	if (__atomic_exchange_n(&vcpu->running, true, __ATOMIC_ACQUIRE))
		return fail(EBUSY);
	error = kernel_ioctl(vcpu->fd, VMXFS_IOC_RUN, 0);
	__atomic_store_n(&vcpu->running, false, __ATOMIC_RELEASE);
	return error;
}

int vmx_vcpu_stop(struct vmx_vcpu *vcpu)
{
	return kernel_ioctl(vcpu_of(vcpu)->fd, VMXFS_IOC_STOP, 0);
}
