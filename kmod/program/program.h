/* SPDX-License-Identifier: GPL-2.0 */
/* A vCPU that a program drives: its state in the page, its VM exits, its runs. */
#ifndef VMXFS_PROGRAM_H
#define VMXFS_PROGRAM_H

#include "run/run.h"

/* ---- state.c: groups of struct vmx_x64_state ---- */

void vmxfs_state_get(struct vmxfs_vcpu *vcpu, u32 wanted);
int vmxfs_state_set(struct vmxfs_vcpu *vcpu, u32 given);
int vmxfs_state_commit(struct vmxfs_vcpu *vcpu);
int vmxfs_vcpu_lock_text(struct vmxfs_vcpu *vcpu);

/* ---- skip.c: after an instruction ---- */

void vmxfs_insn_done(struct vmxfs_vcpu *vcpu);
void vmxfs_skip(struct vmxfs_vcpu *vcpu);

/* ---- cr.c: control registers as the guest sees them ---- */

void vmxfs_cr0_set(struct vmxfs_vcpu *vcpu, u64 value);
void vmxfs_cr4_set(struct vmxfs_vcpu *vcpu, u64 value);
u64 vmxfs_cr4_allowed(void);
u64 vmxfs_cr0_stored(u64 value);

/* SDM, "PDPTE Registers" */
#define VMXFS_PDPTES 4

/**
 * struct vmxfs_paging - the registers that decide on paging, as the guest sees them
 * @cr0: CR0
 * @cr3: CR3
 * @cr4: CR4
 * @efer: IA32_EFER; its LMA follows from the others
 */
struct vmxfs_paging {
	u64 cr0;
	u64 cr3;
	u64 cr4;
	u64 efer;
};

void vmxfs_paging_get(struct vmxfs_vcpu *vcpu, struct vmxfs_paging *paging);
int vmxfs_paging_set(struct vmxfs_vcpu *vcpu, const struct vmxfs_paging *new);
u64 vmxfs_pdpt(void);
int vmxfs_cr_access(struct vmxfs_vcpu *vcpu, u64 qualification);

/* ---- cpuid.c: CPUID as such a guest has it ---- */

void vmxfs_cpuid_setup(void);
bool vmxfs_complete_cpuid(struct vmxfs_vcpu *vcpu);

/* ---- complete.c: VM exits ---- */

bool vmxfs_complete(struct vmxfs_vcpu *vcpu, struct vmxfs_exit *exit, bool silent);
void vmxfs_complete_stop(struct vmxfs_vcpu *vcpu);
int vmxfs_take_events(struct vmxfs_vcpu *vcpu);

/* ---- run_program.c: runs ---- */

int vmxfs_program_run(struct vmxfs_vcpu *vcpu);

#endif
