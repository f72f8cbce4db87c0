/* SPDX-License-Identifier: GPL-2.0 */
/*
 * libvmxcheck: the checks of VM entry as the SDM has them, what comes of them, and what comes
 * of each instruction of VMX.
 *
 * It is told what is known of a VMCS and of the processor, and says for each check whether
 * it passes, is violated, or cannot be decided and what would decide it. It takes no
 * memory, keeps nothing between two calls and calls nothing but the functions that it is
 * given: it may be used by several threads, in a kernel, and in firmware.
 *
 * SDM, chapters "VM Entries" and "VMX Instruction Reference", and appendices "VMX Capability
 * Reporting Facility" and "Field Encoding in VMCS".
 */
#ifndef VMXCHECK_H
#define VMXCHECK_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** enum vmxcheck_kind - where a value comes from */
enum vmxcheck_kind {
	/** a VMCS field; the number is its encoding, of the full access */
	VMXCHECK_FIELD = 1,
	/**
	 * an MSR: a capability MSR, IA32_PERF_CAPABILITIES, IA32_FEATURE_CONTROL,
	 * IA32_SMM_MONITOR_CTL; the number is its index
	 */
	VMXCHECK_MSR,
	/** a register of CPUID; the number is vmxcheck_cpuid() */
	VMXCHECK_CPUID,
	/** the number is an enum vmxcheck_fact */
	VMXCHECK_FACT,
	/** 4 bytes of memory; the number is the physical address. Only in findings */
	VMXCHECK_MEMORY,
};

/** enum vmxcheck_fact - what no field and no MSR says */
enum vmxcheck_fact {
	/** 1 if IA32_EFER.LMA is 1 when the instruction is executed, else 0 */
	VMXCHECK_HOST_IA32E,
	/** 1 in SMM, else 0 */
	VMXCHECK_IN_SMM,
	/** the current-VMCS pointer: a physical address */
	VMXCHECK_CURRENT_VMCS,
	/** IA32_RTIT_CTL.TraceEn when VMLAUNCH or VMRESUME is executed */
	VMXCHECK_TRACING,
	/** CR0 and CR4 when the instruction is executed, CPL, CS.L, RFLAGS.VM */
	VMXCHECK_CR0,
	VMXCHECK_CR4,
	VMXCHECK_CPL,
	VMXCHECK_CS_L,
	VMXCHECK_VIRTUAL_8086,
	/** 1 in A20M mode, else 0; the same for SMX operation */
	VMXCHECK_A20M,
	VMXCHECK_IN_SMX,
	/** 1 if the dual-monitor treatment of SMIs and SMM is active, else 0 */
	VMXCHECK_DUAL_MONITOR,
};

/** enum vmxcheck_register - a register of CPUID, for vmxcheck_cpuid() */
enum vmxcheck_register { VMXCHECK_EAX, VMXCHECK_EBX, VMXCHECK_ECX, VMXCHECK_EDX };

/** vmxcheck_cpuid() - the number of a register of CPUID, with a leaf and a subleaf */
static inline uint64_t vmxcheck_cpuid(uint32_t leaf, uint32_t subleaf, enum vmxcheck_register reg)
{
	return (uint64_t)leaf << 32 | (uint64_t)subleaf << 2 | (uint64_t)reg;
}

/**
 * struct vmxcheck_state - what there is to check; all that is asked for may be unknown
 */
struct vmxcheck_state {
	/** handed to the functions */
	void *opaque;
	/**
	 * gives a value. Returns false if it is not known; a field that the processor does
	 * not have is not known.
	 */
	bool (*read)(void *opaque, enum vmxcheck_kind kind, uint64_t number, uint64_t *value);
	/**
	 * copies @size bytes of physical memory. Returns false if they are not known; may be
	 * NULL.
	 */
	bool (*memory)(void *opaque, uint64_t address, void *to, size_t size);
};

/** enum vmxcheck_stage - the checks of a stage are done before those of the next one */
enum vmxcheck_stage {
	/** VM-execution, VM-exit and VM-entry control fields */
	VMXCHECK_CONTROLS,
	/** the host-state area; no order between these and those before */
	VMXCHECK_HOST,
	/** the guest-state area */
	VMXCHECK_GUEST,
	/** an entry of the VM-entry MSR-load area */
	VMXCHECK_MSRS,
};

/** struct vmxcheck_check - a check, a row of the table */
struct vmxcheck_check {
	/** "segment-20": the same in all versions */
	const char *id;
	enum vmxcheck_stage stage;
	/** the title of its section in the SDM */
	const char *section;
	/** what must hold: one sentence */
	const char *text;
	/** a processor may do without this check */
	bool optional;
	/**
	 * how its failure is told: the VM-instruction error for controls and host state, the
	 * exit qualification for guest state, 0 for MSRs
	 */
	unsigned int result;
};

/** vmxcheck_checks() - all checks, in the order of the SDM; @count is set */
const struct vmxcheck_check *vmxcheck_checks(size_t *count);

enum vmxcheck_verdict {
	VMXCHECK_PASSED,
	VMXCHECK_VIOLATED,
	/** something that decides it is not known, or the SDM leaves it to the processor */
	VMXCHECK_UNDECIDED,
};

/** struct vmxcheck_item - a value that a check has looked at */
struct vmxcheck_item {
	enum vmxcheck_kind kind;
	uint64_t number;
	uint64_t value;
	bool known;
};

#define VMXCHECK_ITEMS 24

/** struct vmxcheck_finding - what came of one check */
struct vmxcheck_finding {
	enum vmxcheck_verdict verdict;
	/** of a list of MSRs, the first entry of which this is true, counted from 1; else 0 */
	uint32_t entry;
	/** what it has looked at; if it is undecided, those that are not known are missing */
	size_t items;
	struct vmxcheck_item item[VMXCHECK_ITEMS];
};

/**
 * vmxcheck_decide() - one check
 * @state: what is known
 * @check: its number in vmxcheck_checks()
 * @finding: what came of it; may be NULL
 */
enum vmxcheck_verdict vmxcheck_decide(const struct vmxcheck_state *state, size_t check,
				      struct vmxcheck_finding *finding);

/**
 * struct vmxcheck_outcome - all that may come of a VM entry
 *
 * More than one thing can be: the SDM leaves the order of checks open, and what is not
 * known may be so or so. VM-instruction errors, VM-entry failures: SDM, "VM-Entry Failures
 * During or After Loading Guest State".
 *
 * It is about the checks only: there is a current VMCS with the right launch state and no
 * blocking by MOV SS, the VM entry does not return from SMM, and no machine check comes.
 */
struct vmxcheck_outcome {
	/** the guest may run */
	bool enters;
	/** VMfailValid: bit n is the VM-instruction error n */
	uint32_t errors;
	/** exit reason 33: bit n is the exit qualification n */
	uint32_t guest;
	/**
	 * exit reason 34, with one of these exit qualifications; none if they are 0. The last
	 * is ~0 if the list is not known to its end.
	 */
	uint32_t msr_first, msr_last;
};

/** vmxcheck_entry() - what may come of a VM entry, all checks considered */
void vmxcheck_entry(const struct vmxcheck_state *state, struct vmxcheck_outcome *outcome);

/**
 * vmxcheck_conclude() - the same, from what came of each check
 * @verdicts: of all checks, in the order of vmxcheck_checks(). Those of the VM-entry
 *	MSR-load area are not looked at.
 * @outcome: what may come; no VM-entry failure due to MSR loading is among it
 *
 * A check looks at what it reads and at nothing else: if none of that has changed, its
 * verdict has not, either.
 */
void vmxcheck_conclude(const enum vmxcheck_verdict *verdicts, struct vmxcheck_outcome *outcome);

/** enum vmxcheck_opcode - an instruction of VMX */
enum vmxcheck_opcode {
	VMXCHECK_VMXON,
	VMXCHECK_VMXOFF,
	VMXCHECK_VMCLEAR,
	VMXCHECK_VMPTRLD,
	VMXCHECK_VMPTRST,
	VMXCHECK_VMREAD,
	VMXCHECK_VMWRITE,
	VMXCHECK_VMLAUNCH,
	VMXCHECK_VMRESUME,
	VMXCHECK_INVEPT,
	VMXCHECK_INVVPID,
	VMXCHECK_VMCALL,
	VMXCHECK_VMFUNC,
};

/** struct vmxcheck_value - a number that may be unknown */
struct vmxcheck_value {
	uint64_t value;
	bool known;
};

/** enum vmxcheck_access - what an access to the memory operand does, if it comes to that */
enum vmxcheck_access {
	/** it succeeds; so does one to a register */
	VMXCHECK_ACCESS_OK,
	/** #PF */
	VMXCHECK_ACCESS_PAGE_FAULT,
	/** #GP(0): beyond the segment's limit, or not canonical */
	VMXCHECK_ACCESS_PROTECTION,
	/** #SS(0): the same, in SS */
	VMXCHECK_ACCESS_STACK_FAULT,
	VMXCHECK_ACCESS_UNKNOWN,
};

/** struct vmxcheck_instruction - an instruction with its operands */
struct vmxcheck_instruction {
	enum vmxcheck_opcode opcode;
	/** of the operand in memory, if there is one */
	enum vmxcheck_access access;
	/**
	 * VMXON, VMCLEAR, VMPTRLD: the physical address; VMREAD, VMWRITE: the field's
	 * encoding; INVEPT, INVVPID: the type. Outside 64-bit mode these two are bits 31:0.
	 */
	struct vmxcheck_value operand;
	/** the descriptor of INVEPT and INVVPID: bits 63:0 and 127:64 */
	struct vmxcheck_value low, high;
	/** VMLAUNCH, VMRESUME: 1 if events are blocked by MOV SS, else 0 */
	struct vmxcheck_value blocked;
};

/** enum vmxcheck_launch - the launch state of a VMCS */
enum vmxcheck_launch {
	VMXCHECK_LAUNCH_UNKNOWN,
	VMXCHECK_LAUNCH_CLEAR,
	VMXCHECK_LAUNCH_LAUNCHED,
	/** it was launched, then came VMXOFF, and no VMCLEAR of it since */
	VMXCHECK_LAUNCH_LEFT,
};

/** struct vmxcheck_region - a VMCS region */
struct vmxcheck_region {
	uint64_t address;
	enum vmxcheck_launch launch;
};

/**
 * struct vmxcheck_vmx - what VMX instructions change of the logical processor
 *
 * It is in VMX root operation, or outside VMX operation.
 */
struct vmxcheck_vmx {
	/** 1 in VMX operation, else 0 */
	struct vmxcheck_value in_vmx;
	/** the VMXON pointer; without VMX operation it is of no interest */
	struct vmxcheck_value vmxon_pointer;
	/** the current-VMCS pointer; ~0 if it is not valid */
	struct vmxcheck_value current_vmcs;
	/** regions of the caller's; of others the launch state is not known */
	struct vmxcheck_region *region;
	size_t regions;
};

/** struct vmxcheck_rule - one thing that may come of an instruction, a row of the table */
struct vmxcheck_rule {
	/** "vmclear-3": the same in all versions */
	const char *id;
	/** bit n: it is for enum vmxcheck_opcode n */
	uint32_t opcodes;
	/** the title of its section in the SDM */
	const char *section;
	/** when it comes: one sentence */
	const char *text;
};

/** vmxcheck_rules() - all rules, those of an instruction in the order of the SDM; @count is set */
const struct vmxcheck_rule *vmxcheck_rules(size_t *count);

/**
 * struct vmxcheck_result - all that may come of an instruction
 *
 * More than one thing can be, for what is not known, and for what the SDM leaves open.
 */
struct vmxcheck_result {
	/** VMsucceed; of a VM entry that is @entry.enters */
	bool succeeds;
	/** VMfailInvalid */
	bool fails_invalid;
	/** an SMM VM exit, of VMCALL */
	bool smm_exit;
	/** VMfailValid: bit n is the VM-instruction error n */
	uint32_t errors;
	/** bit n: the exception with the vector n; error codes are 0 but that of #PF */
	uint32_t faults;
	/** if VMREAD or VMPTRST succeeds: what it stores */
	struct vmxcheck_value value;
	/** what the checks of VM entry say, if it may come to them; their errors are in @errors */
	struct vmxcheck_outcome entry;
	/** which rule it is at the latest: its number in vmxcheck_rules() */
	size_t rule;
};

/**
 * vmxcheck_execute() - what may come of an instruction
 * @state: what is known; fields are those of the current VMCS
 * @vmx: where the logical processor is. VMXCHECK_CURRENT_VMCS is from here
 * @instruction: the instruction
 * @result: what may come of it
 */
void vmxcheck_execute(const struct vmxcheck_state *state, const struct vmxcheck_vmx *vmx,
		      const struct vmxcheck_instruction *instruction,
		      struct vmxcheck_result *result);

/**
 * vmxcheck_apply() - what an instruction does to the logical processor
 * @vmx: before it, and then after it; what may be so or so is not known then
 * @instruction: the instruction
 * @result: of vmxcheck_execute(), or what came of it: only that is true and is 1
 *
 * After a VM entry that succeeds, it is as after the next VM exit.
 */
void vmxcheck_apply(struct vmxcheck_vmx *vmx, const struct vmxcheck_instruction *instruction,
		    const struct vmxcheck_result *result);

#ifdef __cplusplus
}
#endif
#endif
