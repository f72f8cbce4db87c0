// SPDX-License-Identifier: GPL-2.0
/* The state of a processor after RESET. SDM, "Processor State After Reset". */
#include "internal.h"

#include <string.h>

#include "kernel.h"

#define CR0_RESET	0x60000010	/* CD, NW, ET */
#define DR6_RESET	0xffff0ff0
#define DR7_RESET	0x400
#define PAT_RESET	0x0007040600070406
#define RFLAGS_RESET	0x2
#define XCR0_RESET	0x1

#define FCW_RESET	0x0040
#define MXCSR_RESET	0x1f80

/* What FXSAVE writes: SDM, "Layout of the 64-bit mode FXSAVE64 Map" */
struct fxsave {
	uint16_t fcw;
	uint16_t fsw;
	uint8_t ftw;		/* a bit for each register that is not empty */
	uint8_t reserved;
	uint16_t fop;
	uint64_t fip;
	uint64_t fdp;
	uint32_t mxcsr;
	uint32_t mxcsr_mask;
};

static void reset_segments(struct vmx_x64_state_seg *segs)
{
	unsigned int i;

	for (i = 0; i < VMX_X64_NSEG; i++)
		segs[i] = (struct vmx_x64_state_seg){ .attrib = 0x93, .limit = 0xffff };
	segs[VMX_X64_SEG_CS].selector = 0xf000;
	segs[VMX_X64_SEG_CS].base = 0xffff0000;
	segs[VMX_X64_SEG_CS].attrib = 0x9b;
	segs[VMX_X64_SEG_GDT].attrib = 0;
	segs[VMX_X64_SEG_IDT].attrib = 0;
	segs[VMX_X64_SEG_LDT].attrib = 0x82;
	/* VM entry wants a busy one. */
	segs[VMX_X64_SEG_TR].attrib = 0x8b;
}

int vmx_vcpu_reset(struct vmx_vcpu *public)
{
	struct vmx_x64_state *state = public->state;
	struct fxsave *fpu = (struct fxsave *)state->fpu;
	uint32_t regs[4];

	kernel_cpuid(1, 0, regs);
	memset(state, 0, sizeof(*state));
	reset_segments(state->segs);
	state->gprs[VMX_X64_GPR_RDX] = regs[0];
	state->gprs[VMX_X64_GPR_RIP] = 0xfff0;
	state->gprs[VMX_X64_GPR_RFLAGS] = RFLAGS_RESET;
	state->crs[VMX_X64_CR_CR0] = CR0_RESET;
	state->crs[VMX_X64_CR_XCR0] = XCR0_RESET;
	state->drs[VMX_X64_DR_DR6] = DR6_RESET;
	state->drs[VMX_X64_DR_DR7] = DR7_RESET;
	state->msrs[VMX_X64_MSR_PAT] = PAT_RESET;
	*fpu = (struct fxsave){ .fcw = FCW_RESET, .ftw = 0xff, .mxcsr = MXCSR_RESET };
	return vmx_vcpu_setstate(public, VMX_X64_STATE_ALL);
}
