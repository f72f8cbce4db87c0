// SPDX-License-Identifier: GPL-2.0
/*
 * What VM entry and VM exit leave in the VMCS. The guest executes nothing: what is saved is
 * what was loaded. SDM, "Saving Guest State"; "Saving Non-Register State"; "VM-Entry Failures
 * During or After Loading Guest State"
 */
#include "fuzz.h"
#include "vmx.h"

/* Bits of CR0 that VM entry loads; the others are the processor's. SDM, "Loading Guest Control
 * Registers, Debug Registers, and MSRs" */
#define CR0_LOADED 0x8005002fULL
#define CR0_PG (1ULL << 31)
#define CR4_PAE (1ULL << 5)
#define UNUSABLE (1ULL << 16)
/* Type, S, DPL, P, AVL, D/B, G and "unusable"; L is CS's alone. */
#define RIGHTS 0x1d0ffULL

/* The module sets them at each VM entry. */
static bool is_the_modules(size_t row)
{
	enum vmx_field_type type = VMX_FIELD_TYPE(fields[row].encoding);

	return row == ROW_TSC_OFFSET || row == ROW_PREEMPTION_TIMER_VALUE ||
	       type == VMX_TYPE_READ_ONLY || type == VMX_TYPE_HOST;
}

/* VM exit clears bit 31; a VM entry that fails need not. */
static uint64_t event_mask(const struct came *came)
{
	return came->what == CAME_ENTERED ? 0 : VMX_INTR_VALID;
}

static bool control(const struct state *state, size_t row, uint64_t bit)
{
	return state->have[row] && state->value[row] & bit;
}

/* What of segment registers is undefined if they are unusable */
static uint64_t segment_mask(const struct state *state, size_t row, size_t rights)
{
	if (!(state->value[rights] & UNUSABLE))
		return row == rights ? RIGHTS : ~0ULL;
	return row == rights ? UNUSABLE : 0;
}

static uint64_t mask_of_segments(const struct state *state, size_t row)
{
	static const struct {
		size_t base, limit, rights;
	} segments[] = {
#define SEGMENT(reg) \
	{ ROW_GUEST_##reg##_BASE, ROW_GUEST_##reg##_LIMIT, ROW_GUEST_##reg##_ACCESS_RIGHTS },
		SEGMENT(ES) SEGMENT(CS) SEGMENT(SS) SEGMENT(DS) SEGMENT(FS) SEGMENT(GS)
		SEGMENT(LDTR) SEGMENT(TR)
	};

	for (size_t i = 0; i < sizeof(segments) / sizeof(*segments); i++)
		if (row == segments[i].base || row == segments[i].limit ||
		    row == segments[i].rights)
			return segment_mask(state, row, segments[i].rights);
	return ~0ULL;
}

/* Which bits of a guest-state field are the same after the guest was left */
static uint64_t saved_mask(const struct state *state, size_t row)
{
	bool pae = state->value[ROW_GUEST_CR0] & CR0_PG && state->value[ROW_GUEST_CR4] & CR4_PAE &&
		   !control(state, ROW_ENTRY_CONTROLS, VMX_CTL(entry, ia32e_mode_guest));

	switch (row) {
	case ROW_GUEST_CR0:
		return CR0_LOADED;
	case ROW_GUEST_DR7:
	case ROW_GUEST_DEBUGCTL:
		return control(state, ROW_ENTRY_CONTROLS, VMX_CTL(entry, load_debug_controls)) ?
		       ~0xd800ULL & ~(1ULL << 10) : 0;
	case ROW_GUEST_PAT:
		return control(state, ROW_ENTRY_CONTROLS, VMX_CTL(entry, load_pat)) ? ~0ULL : 0;
	case ROW_GUEST_EFER:
		return control(state, ROW_ENTRY_CONTROLS, VMX_CTL(entry, load_efer)) ? ~0ULL : 0;
	case ROW_GUEST_PDPTE0:
	case ROW_GUEST_PDPTE1:
	case ROW_GUEST_PDPTE2:
	case ROW_GUEST_PDPTE3:
		return pae ? ~0ULL : 0;
	case ROW_GUEST_INTERRUPT_STATUS:
	case ROW_PML_INDEX:
	case ROW_GUEST_UINV:
		return 0;
	default:
		return mask_of_segments(state, row);
	}
}

/* Whether an event is delivered, which changes the state. */
static bool nothing_happens(const struct state *before)
{
	return !(before->value[ROW_ENTRY_INTERRUPTION_INFORMATION] & VMX_INTR_VALID) &&
	       !before->value[ROW_GUEST_PENDING_DEBUG_EXCEPTIONS];
}

static uint64_t mask_of(const struct state *before, const struct came *came, size_t row)
{
	if (!before->have[row] || is_the_modules(row))
		return 0;
	if (row == ROW_ENTRY_INTERRUPTION_INFORMATION)
		return ~(uint64_t)VMX_INTR_VALID | event_mask(came);
	if (VMX_FIELD_TYPE(fields[row].encoding) != VMX_TYPE_GUEST ||
	    came->what != CAME_ENTERED)
		return ~0ULL;
	return came->preempt && nothing_happens(before) ? saved_mask(before, row) : 0;
}

/* The timer is 0: not even one that leaves RIP where it is. */
bool executed_wrongly(const struct state *before, const struct state *after,
		      const struct came *came)
{
	bool moved = came->preempt && before->value[ROW_GUEST_RIP] != after->value[ROW_GUEST_RIP];

	return nothing_happens(before) && (came->executed || moved);
}

size_t saved_wrong(size_t row, const struct state *before, const struct state *after,
		   const struct came *came, uint64_t *right)
{
	for (; row < FIELDS; row++) {
		uint64_t changed = before->value[row] ^ after->value[row];

		if (changed && changed & mask_of(before, came, row)) {
			*right = before->value[row] & mask_of(before, came, row);
			return row;
		}
	}
	return NO_ROW;
}
