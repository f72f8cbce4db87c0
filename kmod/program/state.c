// SPDX-License-Identifier: GPL-2.0
/* The state of a vCPU as programs have it: groups of struct vmx_x64_state. */
#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <asm/page.h>
#include <asm/fpu/types.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include "cpu/instructions.h"
#include "program/state.h"

#define SEGMENT(NAME) \
	{ VMCS_GUEST_##NAME##_SELECTOR, VMCS_GUEST_##NAME##_LIMIT, \
	  VMCS_GUEST_##NAME##_ACCESS_RIGHTS, VMCS_GUEST_##NAME##_BASE }

static const struct {
	u32 selector;
	u32 limit;
	u32 attrib;
	u32 base;
} segments[VMX_X64_NSEG] = {
	[VMX_X64_SEG_ES] = SEGMENT(ES),
	[VMX_X64_SEG_CS] = SEGMENT(CS),
	[VMX_X64_SEG_SS] = SEGMENT(SS),
	[VMX_X64_SEG_DS] = SEGMENT(DS),
	[VMX_X64_SEG_FS] = SEGMENT(FS),
	[VMX_X64_SEG_GS] = SEGMENT(GS),
	[VMX_X64_SEG_GDT] = { 0, VMCS_GUEST_GDTR_LIMIT, 0, VMCS_GUEST_GDTR_BASE },
	[VMX_X64_SEG_IDT] = { 0, VMCS_GUEST_IDTR_LIMIT, 0, VMCS_GUEST_IDTR_BASE },
	[VMX_X64_SEG_LDT] = SEGMENT(LDTR),
	[VMX_X64_SEG_TR] = SEGMENT(TR),
};

/* ---- from the vCPU, which is loaded ---- */

static void state_get_segs(struct vmxfs_vcpu *vcpu, struct vmx_x64_state *state)
{
	int i;

	for (i = 0; i < VMX_X64_NSEG; i++) {
		struct vmx_x64_state_seg *seg = &state->segs[i];

		seg->limit = vmcs_read(segments[i].limit);
		seg->base = vmcs_read(segments[i].base);
		if (segments[i].selector) {
			seg->selector = vmcs_read(segments[i].selector);
			seg->attrib = vmcs_read(segments[i].attrib);
		}
	}
}

/* The others are in the page all the time. */
static void state_get_gprs(struct vmxfs_vcpu *vcpu, struct vmx_x64_state *state)
{
	BUILD_BUG_ON(sizeof(struct vmxfs_gprs) != VMX_X64_GPR_RIP * sizeof(u64));
	state->gprs[VMX_X64_GPR_RSP] = vmcs_read(VMCS_GUEST_RSP);
	state->gprs[VMX_X64_GPR_RIP] = vmcs_read(VMCS_GUEST_RIP);
	state->gprs[VMX_X64_GPR_RFLAGS] = vmcs_read(VMCS_GUEST_RFLAGS);
}

/* The PDPTEs are none of the state: they can't be set. */
static void state_get_crs(struct vmxfs_vcpu *vcpu, struct vmx_x64_state *state)
{
	int i;

	state->crs[VMX_X64_CR_CR0] = vmxfs_cr0(vcpu);
	state->crs[VMX_X64_CR_CR2] = vcpu->cr2;
	state->crs[VMX_X64_CR_CR3] = vmcs_read(VMCS_GUEST_CR3);
	state->crs[VMX_X64_CR_CR4] = vmxfs_cr4(vcpu);
	state->crs[VMX_X64_CR_CR8] = vcpu->program.cr8;
	state->crs[VMX_X64_CR_XCR0] = vcpu->xcr0;
	if (vmxfs_pae_paging())
		for (i = 0; i < VMXFS_PDPTES; i++)
			vcpu->program.page->pdptes[i] = vmcs_read(VMCS_GUEST_PDPTE0 + 2 * i);
}

static void state_get_drs(struct vmxfs_vcpu *vcpu, struct vmx_x64_state *state)
{
	memcpy(&state->drs[VMX_X64_DR_DR0], vcpu->dr, 4 * sizeof(u64));
	state->drs[VMX_X64_DR_DR6] = vcpu->dr[6];
	state->drs[VMX_X64_DR_DR7] = vmcs_read(VMCS_GUEST_DR7);
}

static void state_get_msrs(struct vmxfs_vcpu *vcpu, struct vmx_x64_state *state)
{
	vmxfs_msrs_get(vcpu, state->msrs);
	state->msrs[VMX_X64_MSR_TSC] = vmxfs_tsc(vcpu);
}

static void state_get_intr(struct vmxfs_vcpu *vcpu, struct vmx_x64_state *state)
{
	u32 blocking = vmcs_read(VMCS_GUEST_INTERRUPTIBILITY_STATE);

	state->intr = (struct vmx_x64_state_intr){
		.int_shadow = blocking & VMXFS_INTERRUPT_SHADOW,
		.nmi_blocked = !!(blocking & VMX_BLOCKING_BY_NMI),
		.int_window_exiting = vcpu->program.int_window,
		.nmi_window_exiting = vcpu->program.nmi_window,
		.evt_pending = vmxfs_event_pending(vcpu),
	};
}

static void state_get_fpu(struct vmxfs_vcpu *vcpu, struct vmx_x64_state *state)
{
	vmxfs_fpregs_read(vcpu, state->fpu);
}

/* ---- to the vCPU, which is loaded; what is checked can't fail ---- */

static void state_set_segs(struct vmxfs_vcpu *vcpu, const struct vmx_x64_state *state)
{
	int i;

	for (i = 0; i < VMX_X64_NSEG; i++) {
		const struct vmx_x64_state_seg *seg = &state->segs[i];

		vmcs_write(segments[i].limit, seg->limit);
		vmcs_write(segments[i].base, seg->base);
		if (segments[i].selector) {
			vmcs_write(segments[i].selector, seg->selector);
			vmcs_write(segments[i].attrib, seg->attrib);
		}
	}
}

static void state_set_gprs(struct vmxfs_vcpu *vcpu, const struct vmx_x64_state *state)
{
	vmcs_write(VMCS_GUEST_RSP, state->gprs[VMX_X64_GPR_RSP]);
	vmcs_write(VMCS_GUEST_RIP, state->gprs[VMX_X64_GPR_RIP]);
	vmcs_write(VMCS_GUEST_RFLAGS, state->gprs[VMX_X64_GPR_RFLAGS] | X86_EFLAGS_FIXED);
	/* No instruction is over by that. */
	vcpu->program.exit_rip = state->gprs[VMX_X64_GPR_RIP];
}

static int state_check_crs(const struct vmx_x64_state *state)
{
	const u64 *cr = state->crs;

	if (cr[VMX_X64_CR_CR0] >> 32 || cr[VMX_X64_CR_CR4] & ~vmxfs_cr4_allowed() ||
	    cr[VMX_X64_CR_CR8] >> 4)
		return -EINVAL;
	return vmxfs_xcr0_check(cr[VMX_X64_CR_XCR0]);
}

/* Those that decide on paging are set already. */
static void state_set_crs(struct vmxfs_vcpu *vcpu, const struct vmx_x64_state *state)
{
	vcpu->cr2 = state->crs[VMX_X64_CR_CR2];
	vcpu->program.cr8 = state->crs[VMX_X64_CR_CR8];
	vcpu->xcr0 = state->crs[VMX_X64_CR_XCR0];
}

static int state_check_drs(const struct vmx_x64_state *state)
{
	return (state->drs[VMX_X64_DR_DR6] | state->drs[VMX_X64_DR_DR7]) >> 32 ? -EINVAL : 0;
}

static void state_set_drs(struct vmxfs_vcpu *vcpu, const struct vmx_x64_state *state)
{
	memcpy(vcpu->dr, &state->drs[VMX_X64_DR_DR0], 4 * sizeof(u64));
	vcpu->dr[6] = state->drs[VMX_X64_DR_DR6];
	vmcs_write(VMCS_GUEST_DR7, state->drs[VMX_X64_DR_DR7]);
	vmxfs_field_written(vcpu, VMCS_GUEST_DR7, state->drs[VMX_X64_DR_DR7]);
}

static int state_check_msrs(const struct vmx_x64_state *state)
{
	int i;

	for (i = 0; i < VMX_X64_MSR_TSC; i++)
		if (vmxfs_msr_check(i, state->msrs[i]))
			return -EINVAL;
	return 0;
}

/* IA32_EFER is set already. */
static void state_set_msrs(struct vmxfs_vcpu *vcpu, const struct vmx_x64_state *state)
{
	int i;

	for (i = 0; i < VMX_X64_MSR_TSC; i++)
		if (i != VMX_X64_MSR_EFER)
			vmxfs_msr_set(vcpu, i, state->msrs[i]);
	vmxfs_tsc_set(vcpu, state->msrs[VMX_X64_MSR_TSC]);
}

static int state_check_intr(const struct vmx_x64_state *state)
{
	const struct vmx_x64_state_intr *intr = &state->intr;

	return intr->int_shadow >= VMXFS_INTERRUPT_SHADOW || intr->nmi_blocked > 1 ||
	       intr->int_window_exiting > 1 || intr->nmi_window_exiting > 1 ||
	       memchr_inv(intr->reserved, 0, sizeof(intr->reserved)) ? -EINVAL : 0;
}

static void state_set_intr(struct vmxfs_vcpu *vcpu, const struct vmx_x64_state *state)
{
	u32 blocking = vmcs_read(VMCS_GUEST_INTERRUPTIBILITY_STATE);

	blocking &= ~(VMXFS_INTERRUPT_SHADOW | VMX_BLOCKING_BY_NMI);
	blocking |= state->intr.int_shadow;
	blocking |= state->intr.nmi_blocked ? VMX_BLOCKING_BY_NMI : 0;
	vmcs_write(VMCS_GUEST_INTERRUPTIBILITY_STATE, blocking);
	vcpu->program.int_window = state->intr.int_window_exiting;
	vcpu->program.nmi_window = state->intr.nmi_window_exiting || vcpu->program.nmi_held;
}

static int state_check_fpu(const struct vmx_x64_state *state)
{
	const struct fxregs_state *fpu = (const void *)state->fpu;

	return fpu->mxcsr & ~vmxfs_mxcsr_mask ? -EINVAL : 0;
}

static void state_set_fpu(struct vmxfs_vcpu *vcpu, const struct vmx_x64_state *state)
{
	vmxfs_fpregs_write(vcpu, state->fpu, 0, sizeof(state->fpu));
}

/* ---- groups ---- */

#define GROUP(member, get, set, check) \
	{ offsetof(struct vmx_x64_state, member), sizeof_field(struct vmx_x64_state, member), \
	  get, set, check }

/* By the bit of VMX_X64_STATE_* */
static const struct {
	u16 offset;
	u16 size;
	void (*get)(struct vmxfs_vcpu *vcpu, struct vmx_x64_state *state);
	void (*set)(struct vmxfs_vcpu *vcpu, const struct vmx_x64_state *state);
	int (*check)(const struct vmx_x64_state *state);
} groups[] = {
	GROUP(segs, state_get_segs, state_set_segs, NULL),
	GROUP(gprs, state_get_gprs, state_set_gprs, NULL),
	GROUP(crs, state_get_crs, state_set_crs, state_check_crs),
	GROUP(drs, state_get_drs, state_set_drs, state_check_drs),
	GROUP(msrs, state_get_msrs, state_set_msrs, state_check_msrs),
	GROUP(intr, state_get_intr, state_set_intr, state_check_intr),
	GROUP(fpu, state_get_fpu, state_set_fpu, state_check_fpu),
};

/**
 * vmxfs_state_get() - groups of the state, into the page
 * @vcpu: loaded, and with a page
 * @wanted: VMX_X64_STATE_*
 */
void vmxfs_state_get(struct vmxfs_vcpu *vcpu, u32 wanted)
{
	unsigned long left;
	int i;

	BUILD_BUG_ON(BIT(ARRAY_SIZE(groups)) - 1 != VMX_X64_STATE_ALL);
	wanted &= VMX_X64_STATE_ALL;
	for (left = wanted; left; left &= left - 1) {
		i = __ffs(left);
		groups[i].get(vcpu, &vcpu->program.page->state);
	}
	vcpu->program.page->cached |= wanted;
}

/* What of both groups decides on paging; nothing is changed if it can't be had. */
static int state_set_paging(struct vmxfs_vcpu *vcpu, const struct vmx_x64_state *state, u32 given)
{
	struct vmxfs_paging paging;

	vmxfs_paging_get(vcpu, &paging);
	if (given & VMX_X64_STATE_CRS) {
		paging.cr0 = vmxfs_cr0_stored(state->crs[VMX_X64_CR_CR0]);
		paging.cr3 = state->crs[VMX_X64_CR_CR3];
		paging.cr4 = state->crs[VMX_X64_CR_CR4];
	}
	if (given & VMX_X64_STATE_MSRS)
		paging.efer = state->msrs[VMX_X64_MSR_EFER];
	return vmxfs_paging_set(vcpu, &paging);
}

/**
 * vmxfs_state_set() - groups of the state, from the page
 * @vcpu: locked, and with a page
 * @given: VMX_X64_STATE_*
 *
 * Return: 0, or -EINVAL for a value that can't be had: then nothing is changed.
 */
int vmxfs_state_set(struct vmxfs_vcpu *vcpu, u32 given)
{
	struct vmx_x64_state *state = &vcpu->program.given;
	int i, err = 0;

	/* The program may change the page meanwhile: what is checked is what is set. */
	for (i = 0; i < ARRAY_SIZE(groups); i++) {
		size_t offset = groups[i].offset;

		if (!(given & BIT(i)))
			continue;
		memcpy((void *)state + offset, (void *)&vcpu->program.page->state + offset, groups[i].size);
		if (groups[i].check && groups[i].check(state))
			return -EINVAL;
	}
	vmxfs_load(vcpu);
	if (given & (VMX_X64_STATE_CRS | VMX_X64_STATE_MSRS))
		err = state_set_paging(vcpu, state, given);
	for (i = 0; !err && i < ARRAY_SIZE(groups); i++)
		if (given & BIT(i))
			groups[i].set(vcpu, state);
	vmxfs_unload();
	return err ? -EINVAL : 0;
}

/**
 * vmxfs_state_commit() - take the groups that the program has left in the page
 * @vcpu: locked, and with a page
 *
 * Return: as vmxfs_state_set().
 */
int vmxfs_state_commit(struct vmxfs_vcpu *vcpu)
{
	u32 commit = READ_ONCE(vcpu->program.page->commit);
	u32 given = commit & VMX_X64_STATE_ALL;
	int err = 0;

	vcpu->program.page->commit = 0;
	if (given & ~VMX_X64_STATE_GPRS)
		err = vmxfs_state_set(vcpu, given & ~VMX_X64_STATE_GPRS);
	if (!err && given & VMX_X64_STATE_GPRS) {
		vmxfs_load(vcpu);
		vmxfs_commit_gprs(vcpu);
		/* An iteration leaves RF as it is given. */
		if (commit & VMXFS_INSN_DONE) {
			u64 rflags = vmcs_read(VMCS_GUEST_RFLAGS);

			vmxfs_insn_done(vcpu);
			vmcs_write(VMCS_GUEST_RFLAGS, rflags);
		}
		/* What it was over with is over once. */
		vcpu->program.exit_rip = vmcs_read(VMCS_GUEST_RIP);
		vmxfs_unload();
	}
	return err;
}

/**
 * vmxfs_vcpu_lock_text() - vmxfs_vcpu_lock(), for callers that do not use the page
 * @vcpu: the vCPU
 *
 * If a program drives the vCPU, the changes that it has left in the page are applied
 * first. Invalid ones are dropped.
 *
 * Return: as vmxfs_vcpu_lock().
 */
int vmxfs_vcpu_lock_text(struct vmxfs_vcpu *vcpu)
{
	int err = vmxfs_vcpu_lock(vcpu);

	if (!err && vcpu->program.page) {
		vmxfs_state_commit(vcpu);
		vcpu->program.page->cached = 0;
		vmxfs_load(vcpu);
		vmxfs_hide_msrs(vcpu, false);
		vmxfs_unload();
	}
	return err;
}
