// SPDX-License-Identifier: GPL-2.0
#include "access.h"
#include "repeat.h"

static void call(struct vcpu *vcpu, const struct vmx_exit_io *exit, uint8_t *data)
{
	struct vmx_io io = {
		.machine = vcpu->machine,
		.vcpu = &vcpu->public,
		.opaque = vcpu->callbacks.opaque,
		.port = exit->port,
		.in = exit->in,
		.size = exit->size,
		.data = data,
	};

	vcpu->callbacks.io(&io);
}

/* Of an element, for which the memory is held */
static void call_held(struct vcpu *vcpu, const struct vmx_exit_io *exit, uint8_t *data)
{
	memory_release(vcpu);
	call(vcpu, exit, data);
	memory_hold(vcpu);
}

/* IN and OUT */
static int plain(struct vcpu *vcpu, const struct vmx_exit_io *exit)
{
	__u64 *rax = &gprs_of(vcpu)[VMX_X64_GPR_RAX];
	uint64_t data = *rax & mask(exit->size);

	/* The exit has brought them, unless somebody else was at them since. */
	if (!(vcpu->page->cached & VMX_X64_STATE_GPRS) &&
	    vmx_vcpu_getstate(&vcpu->public, VMX_X64_STATE_GPRS))
		return -1;
	call(vcpu, exit, (uint8_t *)&data);
	if (exit->in)
		register_set(rax, exit->size, data);
	vcpu_advance(vcpu, exit->npc);
	return 0;
}

/* An element of INS or OUTS */
static int element(struct vcpu *vcpu, const struct vmx_exit_io *exit)
{
	unsigned int reg = exit->in ? VMX_X64_GPR_RDI : VMX_X64_GPR_RSI;
	unsigned int seg = exit->in ? VMX_X64_SEG_ES : exit->seg;
	uint64_t offset = string_address(vcpu, reg, exit->address_size);
	struct place place;
	uint64_t data = 0;

	if (place_find(vcpu, seg, offset, exit->size,
		       exit->in ? VMX_PROT_WRITE : VMX_PROT_READ, &place))
		return -1;
	if (!exit->in)
		place_load(vcpu, &place, &data);
	call_held(vcpu, exit, (uint8_t *)&data);
	if (exit->in)
		place_store(vcpu, &place, &data);
	string_advance(vcpu, reg, exit->address_size, exit->size);
	return 0;
}

static int elements(struct vcpu *vcpu, const struct vmx_exit_io *exit)
{
	unsigned int done, max;
	bool more;

	vcpu->fault.vector = 0;
	max = repeat_max(vcpu);
	more = !exit->rep || string_address(vcpu, VMX_X64_GPR_RCX, exit->address_size);
	for (done = 0; more && done < max; done++) {
		if (element(vcpu, exit))
			return vcpu_deliver(vcpu);
		vcpu_commit(vcpu, VMX_X64_STATE_GPRS);
		more = exit->rep && repeat_more(vcpu, exit->address_size);
	}
	if (more)
		vcpu_iterated(vcpu);
	else
		vcpu_advance(vcpu, exit->npc);
	return 0;
}

static int string(struct vcpu *vcpu, const struct vmx_exit_io *exit)
{
	int error;

	/* Some processors say nothing of the operands. */
	if (!exit->address_size)
		return fail(ENOTSUP);
	if (vmx_vcpu_getstate(&vcpu->public, ACCESS_GROUPS))
		return -1;
	memory_hold(vcpu);
	error = elements(vcpu, exit);
	memory_release(vcpu);
	return error;
}

int vmx_assist_io(struct vmx_vcpu *public)
{
	struct vcpu *vcpu = vcpu_of(public);
	const struct vmx_vcpu_exit *exit = public->exit;

	if (exit->reason != VMX_VCPU_EXIT_IO || !vcpu->callbacks.io)
		return fail(EINVAL);
	return exit->u.io.str ? string(vcpu, &exit->u.io) : plain(vcpu, &exit->u.io);
}
