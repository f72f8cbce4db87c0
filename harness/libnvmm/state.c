// SPDX-License-Identifier: GPL-2.0
/* Groups of state: what differs is segments' access rights, and what blocks interrupts. */
#include "internal.h"

#include <stdio.h>
#include <string.h>

/* SDM, table "Format of Access Rights": AVL, L, D/B and G are four bits higher there. */
#define AR_LOW		0x00ff
#define AR_HIGH		0xf000
#define AR_UNUSABLE	0x10000

#define BLOCKED_BY_MOV_SS	2
#define XCR0_X87		1

_Static_assert(sizeof(struct fxsave) == sizeof(((struct vmx_x64_state *)0)->fpu), "FXSAVE64");
_Static_assert(NVMM_X64_NSEG == (int)VMX_X64_NSEG && NVMM_X64_NGPR == (int)VMX_X64_NGPR &&
	       NVMM_X64_NCR == (int)VMX_X64_NCR && NVMM_X64_NDR == (int)VMX_X64_NDR &&
	       NVMM_X64_NMSR == (int)VMX_X64_NMSR, "registers");
_Static_assert(NVMM_X64_STATE_ALL == VMX_X64_STATE_ALL, "groups");

/* ---- to the program ---- */

static void seg_from(struct nvmm_x64_state_seg *to, const struct vmx_x64_state_seg *from)
{
	uint32_t attrib = from->attrib;

	to->selector = from->selector;
	to->limit = from->limit;
	to->base = from->base;
	to->attrib.type = attrib;
	to->attrib.s = attrib >> 4;
	to->attrib.dpl = attrib >> 5;
	to->attrib.p = attrib & AR_UNUSABLE ? 0 : attrib >> 7;
	to->attrib.avl = attrib >> 12;
	to->attrib.l = attrib >> 13;
	to->attrib.def = attrib >> 14;
	to->attrib.g = attrib >> 15;
	to->attrib.rsvd = 0;
}

void state_from(struct nvmm_x64_state *to, const struct vmx_x64_state *from, uint32_t groups)
{
	unsigned int i;

	for (i = 0; groups & NVMM_X64_STATE_SEGS && i < NVMM_X64_NSEG; i++)
		seg_from(&to->segs[i], &from->segs[i]);
	if (groups & NVMM_X64_STATE_GPRS)
		memcpy(to->gprs, from->gprs, sizeof(to->gprs));
	if (groups & NVMM_X64_STATE_CRS)
		memcpy(to->crs, from->crs, sizeof(to->crs));
	if (groups & NVMM_X64_STATE_DRS)
		memcpy(to->drs, from->drs, sizeof(to->drs));
	if (groups & NVMM_X64_STATE_MSRS)
		memcpy(to->msrs, from->msrs, sizeof(to->msrs));
	if (groups & NVMM_X64_STATE_INTR)
		to->intr = (struct nvmm_x64_state_intr){
			.int_shadow = from->intr.int_shadow != 0,
			.int_window_exiting = from->intr.int_window_exiting,
			.nmi_window_exiting = from->intr.nmi_window_exiting,
			.evt_pending = from->intr.evt_pending,
		};
	if (groups & NVMM_X64_STATE_FPU)
		memcpy(&to->fpu, from->fpu, sizeof(to->fpu));
}

/* ---- from the program ---- */

static void seg_to(struct vmx_x64_state_seg *to, const struct nvmm_x64_state_seg *from, bool rights)
{
	uint32_t attrib = from->attrib.type | from->attrib.s << 4 | from->attrib.dpl << 5 |
			  from->attrib.p << 7 | from->attrib.avl << 12 | from->attrib.l << 13 |
			  from->attrib.def << 14 | from->attrib.g << 15;

	*to = (struct vmx_x64_state_seg){
		.selector = from->selector,
		.limit = from->limit,
		.base = from->base,
	};
	if (rights)
		to->attrib = from->attrib.p ? attrib : attrib | AR_UNUSABLE;
}

/* As NVMM does, bits that XCR0 can't have are left out, and x87 is always there. */
static void crs_to(struct vcpu *vcpu)
{
	struct vmx_x64_state *to = vcpu->vmx->state;

	memcpy(to->crs, vcpu->state.crs, sizeof(to->crs));
	to->crs[VMX_X64_CR_XCR0] &= vcpu->xcr0_mask;
	to->crs[VMX_X64_CR_XCR0] |= XCR0_X87;
}

/* What NVMM has no name for stays: blocking by NMI, and which instruction blocks interrupts. */
static int intr_to(struct vcpu *vcpu)
{
	const struct nvmm_x64_state_intr *from = &vcpu->state.intr;
	struct vmx_x64_state_intr *to = &vcpu->vmx->state->intr;

	if (vmx_vcpu_getstate(vcpu->vmx, VMX_X64_STATE_INTR))
		return -1;
	if (!from->int_shadow)
		to->int_shadow = 0;
	else if (!to->int_shadow)
		to->int_shadow = BLOCKED_BY_MOV_SS;
	to->int_window_exiting = from->int_window_exiting;
	to->nmi_window_exiting = from->nmi_window_exiting;
	return 0;
}

int state_to(struct vcpu *vcpu, uint32_t groups)
{
	const struct nvmm_x64_state *from = &vcpu->state;
	struct vmx_x64_state *to = vcpu->vmx->state;
	unsigned int i;

	if (groups & NVMM_X64_STATE_INTR && intr_to(vcpu))
		return -1;
	if (groups & NVMM_X64_STATE_CRS)
		crs_to(vcpu);
	for (i = 0; groups & NVMM_X64_STATE_SEGS && i < NVMM_X64_NSEG; i++)
		seg_to(&to->segs[i], &from->segs[i],
		       i != NVMM_X64_SEG_GDT && i != NVMM_X64_SEG_IDT);
	if (groups & NVMM_X64_STATE_GPRS)
		memcpy(to->gprs, from->gprs, sizeof(to->gprs));
	if (groups & NVMM_X64_STATE_DRS)
		memcpy(to->drs, from->drs, sizeof(to->drs));
	if (groups & NVMM_X64_STATE_MSRS)
		memcpy(to->msrs, from->msrs, sizeof(to->msrs));
	if (groups & NVMM_X64_STATE_FPU)
		memcpy(to->fpu, &from->fpu, sizeof(to->fpu));
	return 0;
}

/* ---- in words ---- */

static const char *const segments[] = {
	"es", "cs", "ss", "ds", "fs", "gs", "gdt", "idt", "ldt", "tr",
};

static const char *const registers[] = {
	"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12",
	"r13", "r14", "r15", "rip", "rflags",
};

static const char *const controls[] = { "cr0", "cr2", "cr3", "cr4", "cr8", "xcr0" };

static void dump_registers(const char *const *names, const uint64_t *values, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		printf("%-6s 0x%016llx\n", names[i], (unsigned long long)values[i]);
}

int nvmm_vcpu_dump(struct nvmm_machine *mach, struct nvmm_vcpu *vcpu)
{
	const struct nvmm_x64_state *state = vcpu->state;
	unsigned int i;

	if (nvmm_vcpu_getstate(mach, vcpu, NVMM_X64_STATE_ALL))
		return -1;
	printf("vCPU %u\n", (unsigned int)vcpu->cpuid);
	dump_registers(registers, state->gprs, NVMM_X64_NGPR);
	dump_registers(controls, state->crs, NVMM_X64_NCR);
	printf("%-6s 0x%016llx\n", "efer", (unsigned long long)state->msrs[NVMM_X64_MSR_EFER]);
	for (i = 0; i < NVMM_X64_NSEG; i++) {
		const struct nvmm_x64_state_seg *seg = &state->segs[i];

		printf("%-6s 0x%04x base 0x%016llx limit 0x%08x type 0x%x s %u dpl %u p %u l %u def %u g %u\n",
		       segments[i], seg->selector, (unsigned long long)seg->base, seg->limit,
		       seg->attrib.type, seg->attrib.s, seg->attrib.dpl, seg->attrib.p,
		       seg->attrib.l, seg->attrib.def, seg->attrib.g);
	}
	return 0;
}
