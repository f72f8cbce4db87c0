// SPDX-License-Identifier: GPL-2.0
/* vCPUs: their life, settings, events and runs. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#define NMI_VECTOR	2
#define UD_VECTOR	6
/* SDM, appendix "VMX Basic Exit Reasons" */
#define EXIT_VMCALL	18

/* ---- life ---- */

/* With its machine's lock held */
static bool is_used(const struct machine *machine, nvmm_cpuid_t id)
{
	const struct vcpu *vcpu;

	for (vcpu = machine->vcpus; vcpu; vcpu = vcpu->next)
		if (vcpu->id == id)
			return true;
	return false;
}

static struct vcpu *begin(struct machine *machine, nvmm_cpuid_t id, uint64_t xcr0_mask)
{
	struct vcpu *vcpu = aligned_alloc(_Alignof(struct vcpu), sizeof(*vcpu));
	int error;

	if (!vcpu)
		return NULL;
	memset(vcpu, 0, sizeof(*vcpu));
	vcpu->id = id;
	vcpu->xcr0_mask = xcr0_mask;
	if (vmx_vcpu_create(machine->vmx, &vcpu->vmx)) {
		free(vcpu);
		return NULL;
	}
	if (!vmx_vcpu_reset(vcpu->vmx) && !cpuid_apply(vcpu))
		return vcpu;
	error = errno;
	vmx_vcpu_destroy(vcpu->vmx);
	free(vcpu);
	errno = error;
	return NULL;
}

static struct vcpu *create(struct machine *machine, nvmm_cpuid_t id, uint64_t xcr0_mask)
{
	struct vcpu *vcpu;

	if (is_used(machine, id)) {
		errno = EBUSY;
		return NULL;
	}
	vcpu = begin(machine, id, xcr0_mask);
	if (vcpu) {
		vcpu->next = machine->vcpus;
		machine->vcpus = vcpu;
	}
	return vcpu;
}

int nvmm_vcpu_create(struct nvmm_machine *mach, nvmm_cpuid_t cpuid, struct nvmm_vcpu *vcpu)
{
	struct machine *machine = machine_of(mach);
	struct vmx_capability cap;
	struct vcpu *new;

	if (vmx_capability(&cap))
		return -1;
	if (cpuid >= cap.max_vcpus)
		return fail(EINVAL);
	pthread_mutex_lock(&machine->lock);
	new = create(machine, cpuid, cap.xcr0_mask);
	pthread_mutex_unlock(&machine->lock);
	if (!new)
		return -1;
	*vcpu = (struct nvmm_vcpu){
		.cpuid = cpuid,
		.state = &new->state,
		.event = &new->event,
		.exit = &new->exit,
		.stop = &new->stop,
	};
	return 0;
}

/* Takes the first out of what a link of the machine's list points to. */
static int end(struct vcpu **link)
{
	struct vcpu *vcpu = *link;

	if (vmx_vcpu_destroy(vcpu->vmx))
		return -1;
	*link = vcpu->next;
	free(vcpu);
	return 0;
}

int vcpus_end(struct machine *machine)
{
	int error = 0;

	pthread_mutex_lock(&machine->lock);
	while (!error && machine->vcpus)
		error = end(&machine->vcpus);
	pthread_mutex_unlock(&machine->lock);
	return error;
}

int nvmm_vcpu_destroy(struct nvmm_machine *mach, struct nvmm_vcpu *vcpu)
{
	struct machine *machine = machine_of(mach);
	struct vcpu **link = &machine->vcpus;
	int error;

	pthread_mutex_lock(&machine->lock);
	while (*link && *link != vcpu_of(vcpu))
		link = &(*link)->next;
	error = *link ? end(link) : fail(ENOENT);
	pthread_mutex_unlock(&machine->lock);
	return error;
}

/* ---- settings ---- */

static void call_io(struct vmx_io *from)
{
	struct vcpu *vcpu = from->opaque;
	struct nvmm_io io = {
		.mach = vcpu->mach,
		.vcpu = vcpu->public,
		.port = from->port,
		.in = from->in,
		.size = from->size,
		.data = from->data,
	};

	vcpu->public->cbs.io(&io);
}

static void call_mem(struct vmx_mem *from)
{
	struct vcpu *vcpu = from->opaque;
	struct nvmm_mem mem = {
		.mach = vcpu->mach,
		.vcpu = vcpu->public,
		.gpa = from->gpa,
		.write = from->write,
		.size = from->size,
		.data = from->data,
	};

	vcpu->public->cbs.mem(&mem);
}

static int set_callbacks(struct nvmm_vcpu *vcpu, const struct nvmm_assist_callbacks *conf)
{
	struct vmx_assist_callbacks callbacks = {
		.io = conf->io ? call_io : NULL,
		.mem = conf->mem ? call_mem : NULL,
		.opaque = vcpu_of(vcpu),
	};

	vcpu->cbs = *conf;
	return vmx_vcpu_configure(vcpu_of(vcpu)->vmx, VMX_VCPU_CONF_CALLBACKS, &callbacks);
}

static int set_tpr(struct vcpu *vcpu, const struct nvmm_vcpu_conf_tpr *conf)
{
	struct vmx_vcpu_conf_tpr tpr = { conf->exit_changed };

	return vmx_vcpu_configure(vcpu->vmx, VMX_VCPU_CONF_TPR, &tpr);
}

int nvmm_vcpu_configure(struct nvmm_machine *mach, struct nvmm_vcpu *vcpu, uint64_t op,
			void *conf)
{
	(void)mach;
	switch (op) {
	case NVMM_VCPU_CONF_CALLBACKS:
		return set_callbacks(vcpu, conf);
	case NVMM_VCPU_CONF_CPUID:
		return cpuid_configure(vcpu_of(vcpu), conf);
	case NVMM_VCPU_CONF_TPR:
		return set_tpr(vcpu_of(vcpu), conf);
	}
	return fail(EINVAL);
}

/* ---- state ---- */

int nvmm_vcpu_getstate(struct nvmm_machine *mach, struct nvmm_vcpu *public, uint64_t flags)
{
	struct vcpu *vcpu = vcpu_of(public);

	(void)mach;
	if (flags & ~(uint64_t)NVMM_X64_STATE_ALL)
		return fail(EINVAL);
	if (vmx_vcpu_getstate(vcpu->vmx, flags))
		return -1;
	state_from(&vcpu->state, vcpu->vmx->state, flags);
	return 0;
}

int nvmm_vcpu_setstate(struct nvmm_machine *mach, struct nvmm_vcpu *public, uint64_t flags)
{
	struct vcpu *vcpu = vcpu_of(public);

	(void)mach;
	if (flags & ~(uint64_t)NVMM_X64_STATE_ALL)
		return fail(EINVAL);
	return state_to(vcpu, flags) ? -1 : vmx_vcpu_setstate(vcpu->vmx, flags);
}

/* ---- events ---- */

int nvmm_vcpu_inject(struct nvmm_machine *mach, struct nvmm_vcpu *vcpu)
{
	struct vmx_vcpu *vmx = vcpu_of(vcpu)->vmx;
	const struct nvmm_x86_event *event = vcpu->event;

	(void)mach;
	*vmx->event = (struct vmx_vcpu_event){ .vector = event->vector };
	if (event->type == NVMM_VCPU_EVENT_EXCP) {
		vmx->event->type = VMX_VCPU_EVENT_EXCP;
		vmx->event->error = event->u.excp.error;
	} else if (event->type == NVMM_VCPU_EVENT_INTR) {
		vmx->event->type = event->vector == NMI_VECTOR ? VMX_VCPU_EVENT_NMI :
								 VMX_VCPU_EVENT_INTR;
	} else {
		return fail(EINVAL);
	}
	return vmx_vcpu_inject(vmx);
}

/* ---- run ---- */

static int inject_ud(struct vmx_vcpu *vmx)
{
	*vmx->event = (struct vmx_vcpu_event){ .type = VMX_VCPU_EVENT_EXCP, .vector = UD_VECTOR };
	return vmx_vcpu_inject(vmx);
}

/* Of what libvmx leaves to programs, NVMM does not: -1 with ENOTSUP for all else. */
static int complete(struct vmx_vcpu *vmx)
{
	switch (vmx->exit->reason) {
	case VMX_VCPU_EXIT_RDMSR:
	case VMX_VCPU_EXIT_WRMSR:
		return vmx_assist_msr(vmx);
	case VMX_VCPU_EXIT_OTHER:
		return vmx->exit->u.other.reason == EXIT_VMCALL ? inject_ud(vmx) : fail(ENOTSUP);
	}
	return fail(ENOTSUP);
}

int nvmm_vcpu_run(struct nvmm_machine *mach, struct nvmm_vcpu *public)
{
	struct vcpu *vcpu = vcpu_of(public);

	(void)mach;
	if (vcpu->stop) {
		vcpu->stop = 0;
		vcpu->exit.reason = NVMM_VCPU_EXIT_STOPPED;
		return 0;
	}
	if (vmx_vcpu_run(vcpu->vmx)) {
		if (errno != EINTR)
			return -1;
		exit_from(&vcpu->exit, vcpu->vmx->exit);
		vcpu->exit.reason = NVMM_VCPU_EXIT_NONE;
		return 0;
	}
	exit_from(&vcpu->exit, vcpu->vmx->exit);
	if (!complete(vcpu->vmx))
		vcpu->exit.reason = NVMM_VCPU_EXIT_NONE;
	else if (errno != ENOTSUP)
		return -1;
	return 0;
}

int nvmm_vcpu_stop(struct nvmm_vcpu *vcpu)
{
	return vmx_vcpu_stop(vcpu_of(vcpu)->vmx);
}

/* ---- assists ---- */

static struct vmx_vcpu *assisted(struct nvmm_machine *mach, struct nvmm_vcpu *public)
{
	struct vcpu *vcpu = vcpu_of(public);

	vcpu->mach = mach;
	vcpu->public = public;
	return vcpu->vmx;
}

int nvmm_assist_io(struct nvmm_machine *mach, struct nvmm_vcpu *vcpu)
{
	return vmx_assist_io(assisted(mach, vcpu));
}

int nvmm_assist_mem(struct nvmm_machine *mach, struct nvmm_vcpu *vcpu)
{
	return vmx_assist_mem(assisted(mach, vcpu));
}
