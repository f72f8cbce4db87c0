// SPDX-License-Identifier: GPL-2.0
/* The way of a vCPU: deliver what waits, run the guest, do what it came out for. */
#include "vcpu.h"

#include <err.h>
#include <errno.h>
#include <string.h>

#include "machine.h"
#include "timer.h"
#include "vmx.h"

#define RFLAGS_IF	0x200

static void vcpu_failed(struct vcpu *vcpu, const char *what)
{
	warn("vCPU %u: %s", vcpu->number, what);
	machine_request(vcpu->machine, REQUEST_FAILED);
	vcpu->mode = VCPU_WAITING;
}

/* ---- what others want of it ---- */

void vcpu_kick(struct vcpu *vcpu)
{
	if (vcpu->inside)
		vmx_vcpu_stop(vcpu->vmx);
	else
		pthread_cond_signal(&vcpu->changed);
}

void vcpu_nmi(struct vcpu *vcpu)
{
	vcpu->nmi = true;
	vcpu_kick(vcpu);
}

void vcpu_init(struct vcpu *vcpu)
{
	vcpu->init = true;
	vcpu->startup = false;
	vcpu_kick(vcpu);
}

/* SDM, "MP Initialization Protocol Algorithm for MP Systems" */
static void vcpu_begin(struct vcpu *vcpu, uint8_t vector)
{
	struct vmx_x64_state_seg *cs = &vcpu->vmx->state->segs[VMX_X64_SEG_CS];

	cs->selector = vector << 8;
	cs->base = vector << 12;
	vcpu->vmx->state->gprs[VMX_X64_GPR_RIP] = 0;
	if (vmx_vcpu_setstate(vcpu->vmx, VMX_X64_STATE_SEGS | VMX_X64_STATE_GPRS))
		vcpu_failed(vcpu, "start-up");
	else
		vcpu->mode = VCPU_RUNNING;
}

/* What has come for a vCPU that is outside: an INIT, and then perhaps a start-up */
static void vcpu_take_init(struct vcpu *vcpu)
{
	bool startup = vcpu->startup;

	vcpu_reset(vcpu);
	vcpu->mode = VCPU_WAITING;
	if (startup)
		vcpu_begin(vcpu, vcpu->startup_at);
}

/* One that comes before the processor has seen the INIT waits for that; a second is ignored. */
void vcpu_startup(struct vcpu *vcpu, uint8_t vector)
{
	if (!vcpu->init) {
		if (!vcpu->inside && vcpu->mode == VCPU_WAITING)
			vcpu_begin(vcpu, vector);
	} else if (!vcpu->startup) {
		vcpu->startup = true;
		vcpu->startup_at = vector;
	}
	vcpu_kick(vcpu);
}

/* ---- interrupts ---- */

static int vcpu_inject(struct vcpu *vcpu, uint32_t type, uint8_t vector)
{
	*vcpu->vmx->event = (struct vmx_vcpu_event){ .type = type, .vector = vector };
	return vmx_vcpu_inject(vcpu->vmx);
}

/* The guest is left when it can take what it can't take now. */
static void vcpu_ask_for_window(struct vcpu *vcpu, bool nmi)
{
	struct vmx_x64_state_intr *intr = &vcpu->vmx->state->intr;

	if (vmx_vcpu_getstate(vcpu->vmx, VMX_X64_STATE_INTR)) {
		vcpu_failed(vcpu, "window");
		return;
	}
	if (nmi)
		intr->nmi_window_exiting = 1;
	else
		intr->int_window_exiting = 1;
	if (vmx_vcpu_setstate(vcpu->vmx, VMX_X64_STATE_INTR))
		vcpu_failed(vcpu, "window");
}

static bool vcpu_can_take(const struct vcpu *vcpu)
{
	const struct vmx_exitstate *state = &vcpu->vmx->exit->exitstate;

	return state->rflags & RFLAGS_IF && !state->int_shadow && !state->evt_pending;
}

static void vcpu_deliver_nmi(struct vcpu *vcpu)
{
	if (!vcpu_inject(vcpu, VMX_VCPU_EVENT_NMI, 0))
		vcpu->nmi = false;
	else if (!vcpu->vmx->exit->exitstate.nmi_window_exiting)
		vcpu_ask_for_window(vcpu, true);
}

/* What can't be delivered now stays in its controller, and waits for the window. */
static void vcpu_deliver_interrupt(struct vcpu *vcpu)
{
	int vector = lapic_pending(&vcpu->lapic);

	if (vcpu_can_take(vcpu) && !vcpu_inject(vcpu, VMX_VCPU_EVENT_INTR, vector))
		lapic_take(&vcpu->lapic);
	if (lapic_pending(&vcpu->lapic) >= 0 && !vcpu->vmx->exit->exitstate.int_window_exiting)
		vcpu_ask_for_window(vcpu, false);
}

/* Before each run */
static void vcpu_deliver(struct vcpu *vcpu)
{
	if (vcpu->nmi)
		vcpu_deliver_nmi(vcpu);
	if (lapic_pending(&vcpu->lapic) >= 0)
		vcpu_deliver_interrupt(vcpu);
}

/* ---- what it came out for ---- */

static void vcpu_io(struct vmx_io *io)
{
	struct vcpu *vcpu = io->opaque;

	bus_access(&vcpu->machine->ports, !io->in, io->port, io->size, io->data);
}

/* Its local APIC is its own; the rest is the machine's. */
static void vcpu_mem(struct vmx_mem *mem)
{
	struct vcpu *vcpu = mem->opaque;
	uint64_t offset = mem->gpa - LAPIC_ADDRESS;

	if (offset < LAPIC_SIZE)
		lapic_mmio(&vcpu->lapic, mem->write, offset, mem->size, mem->data);
	else
		bus_access(&vcpu->machine->mmio, mem->write, mem->gpa, mem->size, mem->data);
}

/* An instruction that was completed here, or raises an exception */
static void vcpu_finish(struct vcpu *vcpu, uint64_t next, int exception)
{
	struct vmx_vcpu *vmx = vcpu->vmx;

	if (exception) {
		if (vcpu_inject(vcpu, VMX_VCPU_EVENT_EXCP, exception))
			vcpu_failed(vcpu, "exception");
		return;
	}
	vmx->state->gprs[VMX_X64_GPR_RIP] = next;
	vmx_vcpu_setstate(vmx, VMX_X64_STATE_GPRS);
}

static void vcpu_rdmsr(struct vcpu *vcpu)
{
	const struct vmx_exit_msr *msr = &vcpu->vmx->exit->u.rdmsr;
	__u64 *gprs = vcpu->vmx->state->gprs;
	uint64_t value;

	if (msr_read(vcpu, msr->msr, &value)) {
		vcpu_finish(vcpu, 0, VMX_EXC_GP);
		return;
	}
	gprs[VMX_X64_GPR_RAX] = (uint32_t)value;
	gprs[VMX_X64_GPR_RDX] = value >> 32;
	vcpu_finish(vcpu, msr->npc, 0);
}

static void vcpu_wrmsr(struct vcpu *vcpu)
{
	const struct vmx_exit_msr *msr = &vcpu->vmx->exit->u.wrmsr;

	vcpu_finish(vcpu, msr->npc, msr_write(vcpu, msr->msr, msr->val) ? VMX_EXC_GP : 0);
}

/* A leaf that cpuid.c does not have is all 0. */
static void vcpu_cpuid(struct vcpu *vcpu)
{
	__u64 *gprs = vcpu->vmx->state->gprs;

	gprs[VMX_X64_GPR_RAX] = gprs[VMX_X64_GPR_RBX] = 0;
	gprs[VMX_X64_GPR_RCX] = gprs[VMX_X64_GPR_RDX] = 0;
	vcpu_finish(vcpu, vcpu->vmx->exit->u.insn.npc, 0);
}

static void vcpu_other(struct vcpu *vcpu)
{
	const struct vmx_exit_other *other = &vcpu->vmx->exit->u.other;

	switch (other->reason) {
	/* Instructions that this processor does not have, by its CPUID */
	case VMX_EXIT_GETSEC:
	case VMX_EXIT_VMCALL ... VMX_EXIT_VMXON:
	case VMX_EXIT_INVEPT:
	case VMX_EXIT_INVVPID:
	case VMX_EXIT_VMFUNC:
		vcpu_finish(vcpu, 0, VMX_EXC_UD);
		return;
	/* There are no caches that could be thrown away. */
	case VMX_EXIT_INVD:
		vcpu_finish(vcpu, vcpu->vmx->state->gprs[VMX_X64_GPR_RIP] + other->insn_length, 0);
		return;
	}
	warnx("vCPU %u: VM exit %#x, qualification %#llx, RIP %#llx", vcpu->number, other->reason,
	      (unsigned long long)other->qualification,
	      (unsigned long long)vcpu->vmx->state->gprs[VMX_X64_GPR_RIP]);
	machine_request(vcpu->machine, REQUEST_FAILED);
	vcpu->mode = VCPU_WAITING;
}

static void vcpu_exit(struct vcpu *vcpu)
{
	switch (vcpu->vmx->exit->reason) {
	case VMX_VCPU_EXIT_IO:
		if (vmx_assist_io(vcpu->vmx))
			vcpu_failed(vcpu, "I/O");
		return;
	case VMX_VCPU_EXIT_MEMORY:
		if (vmx_assist_mem(vcpu->vmx))
			vcpu_failed(vcpu, "memory");
		return;
	case VMX_VCPU_EXIT_HALTED:
		vcpu->mode = VCPU_HALTED;
		return;
	case VMX_VCPU_EXIT_SHUTDOWN:
		machine_request(vcpu->machine, REQUEST_RESET);
		vcpu->mode = VCPU_WAITING;
		return;
	case VMX_VCPU_EXIT_RDMSR:
		vcpu_rdmsr(vcpu);
		return;
	case VMX_VCPU_EXIT_WRMSR:
		vcpu_wrmsr(vcpu);
		return;
	case VMX_VCPU_EXIT_CPUID:
		vcpu_cpuid(vcpu);
		return;
	case VMX_VCPU_EXIT_MONITOR:
	case VMX_VCPU_EXIT_MWAIT:
		vcpu_finish(vcpu, 0, VMX_EXC_UD);
		return;
	case VMX_VCPU_EXIT_OTHER:
		vcpu_other(vcpu);
		return;
	}
}

/* ---- its thread ---- */

/* Whether it came out for something. Meanwhile others have the lock. */
static bool vcpu_run(struct vcpu *vcpu)
{
	int error;

	vcpu->inside = true;
	pthread_mutex_unlock(&vcpu->machine->lock);
	error = vmx_vcpu_run(vcpu->vmx) ? errno : 0;
	pthread_mutex_lock(&vcpu->machine->lock);
	vcpu->inside = false;
	vcpu->exits++;
	if (error && error != EINTR) {
		errno = error;
		vcpu_failed(vcpu, "run");
	}
	return !error;
}

static bool vcpu_is_woken(struct vcpu *vcpu)
{
	return vcpu->nmi || (vcpu->vmx->exit->exitstate.rflags & RFLAGS_IF &&
			     (vcpu->vmx->exit->exitstate.int_held ||
			      lapic_pending(&vcpu->lapic) >= 0));
}

/* Until it is to run the guest; false if it is to end. */
static bool vcpu_wait(struct vcpu *vcpu)
{
	struct machine *machine = vcpu->machine;

	for (;;) {
		if (machine->state == MACHINE_OVER)
			return false;
		if (machine->state == MACHINE_STOPPED) {
			machine->parked++;
			pthread_cond_broadcast(&machine->changed);
			while (machine->state == MACHINE_STOPPED)
				pthread_cond_wait(&machine->changed, &machine->lock);
			machine->parked--;
			continue;
		}
		if (vcpu->init)
			vcpu_take_init(vcpu);
		if (vcpu->mode == VCPU_HALTED && vcpu_is_woken(vcpu))
			vcpu->mode = VCPU_RUNNING;
		if (vcpu->mode == VCPU_RUNNING)
			return true;
		pthread_cond_wait(&vcpu->changed, &machine->lock);
	}
}

static void *vcpu_thread(void *opaque)
{
	struct vcpu *vcpu = opaque;
	struct machine *machine = vcpu->machine;

	pthread_mutex_lock(&machine->lock);
	while (vcpu_wait(vcpu)) {
		vcpu_deliver(vcpu);
		if (!vcpu_run(vcpu))
			continue;
		lapic_set_cr8(&vcpu->lapic, vcpu->vmx->exit->exitstate.cr8);
		vcpu_exit(vcpu);
	}
	pthread_mutex_unlock(&machine->lock);
	return NULL;
}

void vcpu_start(struct vcpu *vcpu)
{
	errno = pthread_create(&vcpu->thread, NULL, vcpu_thread, vcpu);
	if (errno)
		err(1, "thread of vCPU %u", vcpu->number);
}

/* ---- its state ---- */

uint64_t vcpu_bus_hz(const struct vcpu *vcpu)
{
	return vcpu->machine->tsc_hz / VCPU_TSC_PER_BUS;
}

uint64_t vcpu_tsc_time(struct vcpu *vcpu, uint64_t tsc)
{
	uint64_t now = timer_now(), *tsc_now = (uint64_t *)&vcpu->vmx->state->msrs[VMX_X64_MSR_TSC];

	if (vmx_vcpu_getstate(vcpu->vmx, VMX_X64_STATE_MSRS) || tsc <= *tsc_now)
		return now;
	return now + scale(tsc - *tsc_now, SECOND, vcpu->machine->tsc_hz);
}

void vcpu_set_cr8(struct vcpu *vcpu, uint8_t cr8)
{
	if (vmx_vcpu_getstate(vcpu->vmx, VMX_X64_STATE_CRS)) {
		vcpu_failed(vcpu, "CR8");
		return;
	}
	vcpu->vmx->state->crs[VMX_X64_CR_CR8] = cr8;
	if (vmx_vcpu_setstate(vcpu->vmx, VMX_X64_STATE_CRS))
		vcpu_failed(vcpu, "CR8");
}

/* Access rights of segments after reset: present, and type */
#define DATA	0x93
#define CODE	0x9b
#define LDT	0x82
#define TSS	0x8b
#define FAMILY	0x600		/* what EDX says; CPUID says it better */

/* SDM, table "IA-32 and Intel 64 Processor States Following Power-up, Reset, or INIT" */
static void vcpu_reset_state(struct vmx_x64_state *state)
{
	uint64_t tsc = state->msrs[VMX_X64_MSR_TSC];
	unsigned int i;

	memset(state, 0, sizeof(*state));
	state->msrs[VMX_X64_MSR_TSC] = tsc;
	state->msrs[VMX_X64_MSR_PAT] = 0x0007040600070406;
	for (i = 0; i < VMX_X64_NSEG; i++) {
		state->segs[i].limit = 0xffff;
		state->segs[i].attrib = DATA;
	}
	state->segs[VMX_X64_SEG_CS].attrib = CODE;
	state->segs[VMX_X64_SEG_CS].selector = 0xf000;
	state->segs[VMX_X64_SEG_CS].base = 0xffff0000;
	state->segs[VMX_X64_SEG_LDT].attrib = LDT;
	state->segs[VMX_X64_SEG_TR].attrib = TSS;
	state->segs[VMX_X64_SEG_GDT].attrib = state->segs[VMX_X64_SEG_IDT].attrib = 0;
	state->gprs[VMX_X64_GPR_RIP] = 0xfff0;
	state->gprs[VMX_X64_GPR_RFLAGS] = 2;
	state->gprs[VMX_X64_GPR_RDX] = FAMILY;
	state->crs[VMX_X64_CR_CR0] = 0x60000010;
	state->crs[VMX_X64_CR_XCR0] = 1;
	state->drs[VMX_X64_DR_DR6] = 0xffff0ff0;
	state->drs[VMX_X64_DR_DR7] = 0x400;
	state->fpu[0] = 0x40;		/* FCW, its low byte */
	state->fpu[24] = 0x80;		/* MXCSR 1F80H */
	state->fpu[25] = 0x1f;
}

void vcpu_reset(struct vcpu *vcpu)
{
	struct vmx_vcpu *vmx = vcpu->vmx;

	vcpu->nmi = vcpu->init = vcpu->startup = false;
	vcpu->mode = vcpu->number ? VCPU_WAITING : VCPU_RUNNING;
	lapic_reset(&vcpu->lapic);
	if (vmx_vcpu_getstate(vmx, VMX_X64_STATE_ALL)) {
		vcpu_failed(vcpu, "reset");
		return;
	}
	vcpu_reset_state(vmx->state);
	if (vmx_vcpu_setstate(vmx, VMX_X64_STATE_ALL))
		vcpu_failed(vcpu, "reset");
}

void vcpu_create(struct machine *machine, unsigned int number)
{
	const struct vmx_vcpu_conf_tpr tpr = { .exit_changed = true };
	struct vcpu *vcpu = &machine->vcpus[number];
	struct vmx_assist_callbacks callbacks = { vcpu_io, vcpu_mem, vcpu };

	vcpu->number = number;
	vcpu->machine = machine;
	pthread_cond_init(&vcpu->changed, NULL);
	if (vmx_vcpu_create(machine->vmx, &vcpu->vmx) ||
	    vmx_vcpu_configure(vcpu->vmx, VMX_VCPU_CONF_CALLBACKS, &callbacks) ||
	    vmx_vcpu_configure(vcpu->vmx, VMX_VCPU_CONF_TPR, &tpr))
		err(1, "vCPU %u", number);
	lapic_create(vcpu);
	vcpu_set_cpuid(vcpu);
	vcpu_reset(vcpu);
}
