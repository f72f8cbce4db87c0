// SPDX-License-Identifier: GPL-2.0
/* A program that uses libvmxcheck: it is valid C and valid C++. */
#include <vmxcheck.h>

#include <stdio.h>

/* The VMX-preemption timer is saved; of the pin-based controls nothing is known. */
static bool read_value(void *opaque, enum vmxcheck_kind kind, uint64_t number, uint64_t *value)
{
	*value = 1u << 22;
	return !opaque && kind == VMXCHECK_FIELD && number == 0x400c;
}

int main(void)
{
	struct vmxcheck_finding finding;
	struct vmxcheck_outcome outcome;
	struct vmxcheck_state state;
	static struct vmxcheck_vmx vmx;
	static struct vmxcheck_instruction insn;
	struct vmxcheck_result result;
	size_t count, i, undecided = 0;
	const struct vmxcheck_check *checks = vmxcheck_checks(&count);

	state.opaque = NULL;
	state.read = read_value;
	state.memory = NULL;
	for (i = 0; i < count; i++)
		undecided += vmxcheck_decide(&state, i, &finding) == VMXCHECK_UNDECIDED && checks[i].id;
	vmxcheck_entry(&state, &outcome);
	/* VMPTRST outside VMX operation is no instruction. */
	vmx.in_vmx.known = true;
	insn.opcode = VMXCHECK_VMPTRST;
	vmxcheck_execute(&state, &vmx, &insn, &result);
	vmxcheck_apply(&vmx, &insn, &result);
	printf("%s: %s: %#x\n", vmxcheck_rules(&count)[result.rule].id,
	       vmxcheck_rules(&count)[result.rule].text, (unsigned int)result.faults);
	printf("%d %d %#llx\n", undecided > 100, outcome.enters,
	       (unsigned long long)vmxcheck_cpuid(7, 1, VMXCHECK_EDX));
	return 0;
}
