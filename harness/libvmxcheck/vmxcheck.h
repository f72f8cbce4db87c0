/* SPDX-License-Identifier: GPL-2.0 */
/*
 * libvmxcheck: the checks of VM entry as the SDM has them, and what comes of them.
 *
 * It is told what is known of a VMCS and of the processor, and says for each check whether
 * it passes, is violated, or cannot be decided and what would decide it. It takes no
 * memory, keeps nothing between two calls and calls nothing but the functions that it is
 * given: it may be used by several threads, in a kernel, and in firmware.
 *
 * SDM, chapter "VM Entries", and appendices "VMX Capability Reporting Facility" and "Field
 * Encoding in VMCS".
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
	/** an MSR: a capability MSR, IA32_PERF_CAPABILITIES; the number is its index */
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
	/** 1 if IA32_EFER.LMA is 1 when VMLAUNCH or VMRESUME is executed, else 0 */
	VMXCHECK_HOST_IA32E,
	/** 1 in SMM, else 0 */
	VMXCHECK_IN_SMM,
	/** the current-VMCS pointer: a physical address */
	VMXCHECK_CURRENT_VMCS,
	/** IA32_RTIT_CTL.TraceEn when VMLAUNCH or VMRESUME is executed */
	VMXCHECK_TRACING,
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

#ifdef __cplusplus
}
#endif
#endif
