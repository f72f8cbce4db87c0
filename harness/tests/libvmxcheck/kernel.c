// SPDX-License-Identifier: GPL-2.0
/* A kernel module that uses libvmxcheck. */
#include <linux/module.h>
#include "vmxcheck.h"

static bool read_nothing(void *opaque, enum vmxcheck_kind kind, u64 number, u64 *value)
{
	return false;
}

static int __init user_init(void)
{
	const struct vmxcheck_state state = { .read = read_nothing };
	const struct vmxcheck_instruction insn = { .opcode = VMXCHECK_VMXOFF };
	struct vmxcheck_vmx vmx = { .regions = 0 };
	struct vmxcheck_outcome outcome;
	struct vmxcheck_result result;

	vmxcheck_execute(&state, &vmx, &insn, &result);
	vmxcheck_apply(&vmx, &insn, &result);
	vmxcheck_entry(&state, &outcome);
	return outcome.enters ? 0 : -EINVAL;
}
module_init(user_init);

MODULE_DESCRIPTION("uses libvmxcheck");
MODULE_LICENSE("GPL");
