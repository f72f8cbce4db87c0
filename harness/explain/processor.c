// SPDX-License-Identifier: GPL-2.0
#include "processor.h"

#include <stddef.h>

#include "vmx.h"

/*
 * Controls that must be 1: those of the default1 class, without those that the TRUE MSRs of
 * each processor let be 0. SDM, appendix "Reserved Controls and Default Settings"
 */
#define PIN_1 0x16ULL
#define PROC_1 0x04006172ULL
#define EXIT_1 0x36dfbULL
#define ENTRY_1 0x11fbULL
#define DEFAULT_1(may, must) ((may) << 32 | (must))

/* The controls that the SDM has: all that may be 1 on some processor */
enum {
	GROUP_pin, GROUP_proc, GROUP_proc2, GROUP_proc3, GROUP_exit, GROUP_exit2, GROUP_entry,
	GROUP_vmfunc,
};

static uint64_t all_controls(int group)
{
	uint64_t all = 0;

#define VMX_CONTROL(set, bit, ident, owner, sdm_name) \
	all |= group == GROUP_##set ? 1ULL << (bit) : 0;
#include "vmx_controls.h"
	return all;
}

static uint64_t all_of_cr4(void)
{
	return 0
#define VMX_REGISTER_BITS(reg, first, last, ident, owner, sdm_name) \
	| (VMX_REGISTER_##reg == VMX_REGISTER_CR4 ? VMX_BITS(first, last) : 0)
#include "vmx_registers.h"
	;
}

/* @set: of the controls of this set all may be 1 on the newest. */
static const struct {
	uint32_t index;
	uint64_t least, most;
	int set;
} msrs[] = {
	/* Each has the TRUE MSRs, and 64 bits of an address. */
	{ 0x480, VMX_CAP(basic, true_controls),
	  VMX_CAP(basic, true_controls) | VMX_CAP(basic, any_error_code) |
	  VMX_CAP(basic, nested_exception), -1 },
	{ 0x481, DEFAULT_1(0x3fULL, PIN_1), DEFAULT_1(PIN_1, PIN_1), GROUP_pin },
	{ 0x48d, DEFAULT_1(0x3fULL, PIN_1), DEFAULT_1(PIN_1, PIN_1), GROUP_pin },
	{ 0x482, DEFAULT_1(0xf7b9fffeULL, PROC_1), DEFAULT_1(PROC_1, PROC_1), GROUP_proc },
	{ 0x48e, DEFAULT_1(0xf7b9fffeULL, PROC_1), DEFAULT_1(PROC_1, PROC_1), GROUP_proc },
	{ 0x483, DEFAULT_1(0x3fffffULL, EXIT_1), DEFAULT_1(EXIT_1, EXIT_1), GROUP_exit },
	{ 0x48f, DEFAULT_1(0x3fffffULL, EXIT_1), DEFAULT_1(EXIT_1, EXIT_1), GROUP_exit },
	{ 0x484, DEFAULT_1(0xf3ffULL, ENTRY_1), DEFAULT_1(ENTRY_1, ENTRY_1), GROUP_entry },
	{ 0x490, DEFAULT_1(0xf3ffULL, ENTRY_1), DEFAULT_1(ENTRY_1, ENTRY_1), GROUP_entry },
	{ 0x48b, DEFAULT_1(0x7fULL, 0ULL), 0, GROUP_proc2 },
	{ 0x485, VMX_CAP(misc, activity_hlt),
	  VMX_CAP(misc, activity_hlt) | VMX_CAP(misc, activity_shutdown) |
	  VMX_CAP(misc, activity_wait_for_sipi) | VMX_CAP(misc, inject_zero_length) |
	  4ULL << VMX_CAP_BIT_misc_cr3_target_values, -1 },
	/* PE, NE and PG; VMXE */
	{ 0x486, 0x80000021, 0x80000021, -1 },
	{ 0x487, 0xffffffff, 0xffffffff, -1 },
	{ 0x488, 0x2000, 0x2000, -1 },
	{ 0x489, 0x27ff, 0, -1 },
	{ 0x48c, VMX_CAP(ept, walk_length_4) | VMX_CAP(ept, structures_wb),
	  VMX_CAP(ept, walk_length_4) | VMX_CAP(ept, structures_wb) |
	  VMX_CAP(ept, walk_length_5) | VMX_CAP(ept, structures_uc) |
	  VMX_CAP(ept, accessed_dirty) | VMX_CAP(ept, supervisor_shadow_stack), -1 },
};

static bool read_msr(enum processor processor, uint64_t index, uint64_t *value)
{
	for (size_t i = 0; i < sizeof(msrs) / sizeof(*msrs); i++) {
		if (msrs[i].index != index)
			continue;
		*value = processor == PROCESSOR_MOST ? msrs[i].most : msrs[i].least;
		if (processor == PROCESSOR_MOST && msrs[i].set >= 0)
			*value |= all_controls(msrs[i].set) << 32;
		if (processor == PROCESSOR_MOST && index == 0x489)
			*value |= all_of_cr4();
		return true;
	}
	/* Of the 64-bit ones each bit says that a control may be 1. */
	*value = 0;
	switch (index) {
	case 0x491:
		*value = processor == PROCESSOR_MOST ? all_controls(GROUP_vmfunc) : 0;
		return true;
	case 0x492:
		*value = processor == PROCESSOR_MOST ? all_controls(GROUP_proc3) : 0;
		return true;
	case 0x493:
		*value = processor == PROCESSOR_MOST ? all_controls(GROUP_exit2) : 0;
		return true;
	default:
		return false;
	}
}

/* Widths of physical and linear addresses; of features all or none */
static bool read_cpuid(enum processor processor, uint64_t number, uint64_t *value)
{
	if (number == vmxcheck_cpuid(0x80000008, 0, VMXCHECK_EAX))
		*value = processor == PROCESSOR_MOST ? 57 << 8 | 52 : 48 << 8 | 36;
	else if (number == vmxcheck_cpuid(0x80000001, 0, VMXCHECK_EDX))
		*value = 1 << 20 | 1 << 29; /* XD, Intel 64 */
	else if (number >> 32 == 7 || number >> 32 == 0x1c)
		*value = processor == PROCESSOR_MOST ? UINT32_MAX : 0;
	else
		return false;
	return true;
}

bool processor_read(enum processor processor, enum vmxcheck_kind kind, uint64_t number,
		    uint64_t *value)
{
	switch (kind) {
	case VMXCHECK_MSR:
		return read_msr(processor, number, value);
	case VMXCHECK_CPUID:
		return read_cpuid(processor, number, value);
	case VMXCHECK_FACT:
		/* A hypervisor of 64 bits, not in SMM */
		*value = number == VMXCHECK_HOST_IA32E;
		return number == VMXCHECK_HOST_IA32E || number == VMXCHECK_IN_SMM;
	default:
		return false;
	}
}
