// SPDX-License-Identifier: GPL-2.0
/* VM exits, as NVMM shows them. */
#include "internal.h"

static const uint64_t reasons[] = {
	[VMX_VCPU_EXIT_NONE] = NVMM_VCPU_EXIT_STOPPED,
	[VMX_VCPU_EXIT_MEMORY] = NVMM_VCPU_EXIT_MEMORY,
	[VMX_VCPU_EXIT_IO] = NVMM_VCPU_EXIT_IO,
	[VMX_VCPU_EXIT_INT_READY] = NVMM_VCPU_EXIT_INT_READY,
	[VMX_VCPU_EXIT_NMI_READY] = NVMM_VCPU_EXIT_NMI_READY,
	[VMX_VCPU_EXIT_TPR_CHANGED] = NVMM_VCPU_EXIT_TPR_CHANGED,
	[VMX_VCPU_EXIT_HALTED] = NVMM_VCPU_EXIT_HALTED,
	[VMX_VCPU_EXIT_SHUTDOWN] = NVMM_VCPU_EXIT_SHUTDOWN,
	[VMX_VCPU_EXIT_RDMSR] = NVMM_VCPU_EXIT_RDMSR,
	[VMX_VCPU_EXIT_WRMSR] = NVMM_VCPU_EXIT_WRMSR,
	[VMX_VCPU_EXIT_MONITOR] = NVMM_VCPU_EXIT_MONITOR,
	[VMX_VCPU_EXIT_MWAIT] = NVMM_VCPU_EXIT_MWAIT,
	[VMX_VCPU_EXIT_CPUID] = NVMM_VCPU_EXIT_CPUID,
	[VMX_VCPU_EXIT_OTHER] = NVMM_VCPU_EXIT_INVALID,
};

/* Of several accesses that one instruction makes, the write decides. */
static int prot_of(uint8_t prot)
{
	if (prot & VMX_PROT_WRITE)
		return NVMM_PROT_WRITE;
	return prot & VMX_PROT_EXEC ? NVMM_PROT_EXEC : NVMM_PROT_READ;
}

static void io_from(struct nvmm_x86_exit_io *to, const struct vmx_exit_io *from)
{
	*to = (struct nvmm_x86_exit_io){
		.in = from->in,
		.port = from->port,
		.seg = from->seg,
		.address_size = from->address_size,
		.operand_size = from->size,
		.rep = from->rep,
		.str = from->str,
		.npc = from->npc,
	};
}

void exit_from(struct nvmm_x86_exit *to, const struct vmx_vcpu_exit *from)
{
	*to = (struct nvmm_x86_exit){ .reason = reasons[from->reason] };
	switch (from->reason) {
	case VMX_VCPU_EXIT_MEMORY:
		to->u.mem.prot = prot_of(from->u.mem.prot);
		to->u.mem.gpa = from->u.mem.gpa;
		break;
	case VMX_VCPU_EXIT_IO:
		io_from(&to->u.io, &from->u.io);
		break;
	case VMX_VCPU_EXIT_RDMSR:
		to->u.rdmsr.msr = from->u.rdmsr.msr;
		to->u.rdmsr.npc = from->u.rdmsr.npc;
		break;
	case VMX_VCPU_EXIT_WRMSR:
		to->u.wrmsr.msr = from->u.wrmsr.msr;
		to->u.wrmsr.val = from->u.wrmsr.val;
		to->u.wrmsr.npc = from->u.wrmsr.npc;
		break;
	case VMX_VCPU_EXIT_MONITOR:
	case VMX_VCPU_EXIT_MWAIT:
	case VMX_VCPU_EXIT_CPUID:
		to->u.insn.npc = from->u.insn.npc;
		break;
	case VMX_VCPU_EXIT_OTHER:
		to->u.inv.hwcode = from->u.other.reason;
		break;
	}
	to->exitstate.rflags = from->exitstate.rflags;
	to->exitstate.cr8 = from->exitstate.cr8;
	to->exitstate.int_shadow = from->exitstate.int_shadow != 0;
	to->exitstate.int_window_exiting = from->exitstate.int_window_exiting;
	to->exitstate.nmi_window_exiting = from->exitstate.nmi_window_exiting;
	to->exitstate.evt_pending = from->exitstate.evt_pending;
}
