// SPDX-License-Identifier: GPL-2.0
/* What an instruction does to the logical processor, if it succeeds for certain or perhaps. */
#include "internal.h"

/* Whether it did what it is for. */
static enum truth did(const struct vmxcheck_result *result)
{
	bool may = result->succeeds || result->entry.enters || result->smm_exit;
	bool may_not = result->fails_invalid || result->errors || result->faults ||
		       result->entry.guest || result->entry.msr_first;

	return !may ? NO : may_not ? UNKNOWN : YES;
}

static void set(struct vmxcheck_value *value, struct vmxcheck_value to, enum truth sure)
{
	if (sure == YES)
		*value = to;
	else if (!to.known || !value->known || to.value != value->value)
		value->known = false;
}

static void set_launch(struct vmxcheck_region *region, enum vmxcheck_launch to, enum truth sure)
{
	if (sure == YES)
		region->launch = to;
	else if (region->launch != to)
		region->launch = VMXCHECK_LAUNCH_UNKNOWN;
}

/* The launch state of the VMCS at an address, which may be any if it is not known. */
static void launch_becomes(struct vmxcheck_vmx *vmx, struct vmxcheck_value address,
			   enum vmxcheck_launch to, enum truth sure)
{
	size_t i;

	for (i = 0; i < vmx->regions; i++)
		if (!address.known)
			set_launch(&vmx->region[i], to, UNKNOWN);
		else if (vmx->region[i].address == address.value)
			set_launch(&vmx->region[i], to, sure);
}

static void after_vmclear(struct vmxcheck_vmx *vmx, struct vmxcheck_value address, enum truth sure)
{
	const struct vmxcheck_value none = { ~0ULL, true };

	launch_becomes(vmx, address, VMXCHECK_LAUNCH_CLEAR, sure);
	if (!address.known || !vmx->current_vmcs.known)
		set(&vmx->current_vmcs, none, UNKNOWN);
	else if (address.value == vmx->current_vmcs.value)
		set(&vmx->current_vmcs, none, sure);
}

/* SDM, "VMXOFF--Leave VMX Operation": what is active should have been cleared before. */
static void after_vmxoff(struct vmxcheck_vmx *vmx, enum truth sure)
{
	size_t i;

	for (i = 0; i < vmx->regions; i++)
		if (vmx->region[i].launch == VMXCHECK_LAUNCH_LAUNCHED)
			set_launch(&vmx->region[i], VMXCHECK_LAUNCH_LEFT, sure);
	set(&vmx->in_vmx, (struct vmxcheck_value){ 0, true }, sure);
	set(&vmx->vmxon_pointer, (struct vmxcheck_value){ 0, false }, sure);
	set(&vmx->current_vmcs, (struct vmxcheck_value){ ~0ULL, true }, sure);
}

/* What the SMM monitor has done meanwhile is not known. */
static void after_smm(struct vmxcheck_vmx *vmx)
{
	size_t i;

	for (i = 0; i < vmx->regions; i++)
		vmx->region[i].launch = VMXCHECK_LAUNCH_UNKNOWN;
	vmx->current_vmcs.known = false;
}

void vmxcheck_apply(struct vmxcheck_vmx *vmx, const struct vmxcheck_instruction *instruction,
		    const struct vmxcheck_result *result)
{
	enum truth sure = did(result);

	if (sure == NO)
		return;
	switch (instruction->opcode) {
	case VMXCHECK_VMXON:
		set(&vmx->in_vmx, (struct vmxcheck_value){ 1, true }, sure);
		set(&vmx->vmxon_pointer, instruction->operand, sure);
		set(&vmx->current_vmcs, (struct vmxcheck_value){ ~0ULL, true }, sure);
		break;
	case VMXCHECK_VMXOFF:
		after_vmxoff(vmx, sure);
		break;
	case VMXCHECK_VMCLEAR:
		after_vmclear(vmx, instruction->operand, sure);
		break;
	case VMXCHECK_VMPTRLD:
		set(&vmx->current_vmcs, instruction->operand, sure);
		break;
	case VMXCHECK_VMLAUNCH:
		launch_becomes(vmx, vmx->current_vmcs, VMXCHECK_LAUNCH_LAUNCHED, sure);
		break;
	case VMXCHECK_VMCALL:
		after_smm(vmx);
		break;
	default:
		break;
	}
}
