/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest runs: into it and back, events for it, VM exits that are the host's, and the
 * step of one instruction.
 */
#ifndef VMXFS_RUN_H
#define VMXFS_RUN_H

#include <linux/build_bug.h>
#include "vmcs/vmcs.h"

/* ---- exit.c: VM exits; run_files.c: runs for the files; runner.h: all runs ---- */

/* The reason without bits that may come with any. SDM, "Basic VM-Exit Information" */
static inline u32 vmxfs_exit_reason(const struct vmxfs_exit *exit)
{
	return exit->reason & (VMX_EXIT_ENTRY_FAILURE | 0xffff);
}

u32 vmxfs_host_exit(const struct vmxfs_exit *exit);
bool vmxfs_is_machine_check(const struct vmxfs_exit *exit);
void vmxfs_rearm_timer(struct vmxfs_vcpu *vcpu, const struct vmxfs_exit *exit);
void vmxfs_exit_read(struct vmxfs_vcpu *vcpu, struct vmxfs_exit *exit);
int vmxfs_report_parse(struct vmxfs_vcpu *vcpu, char *list);
void vmxfs_entry_failed(struct vmxfs_vcpu *vcpu, int fail);
void vmxfs_run(struct vmxfs_vcpu *vcpu);
int vmxfs_enter_by(struct vmxfs_vcpu *vcpu, bool resume);

/* ---- nmi.c: NMIs of the host's ---- */

int vmxfs_nmi_init(void);
void vmxfs_nmi_exit(void);

/* ---- event.c: injection ---- */

bool vmxfs_event_reflect(struct vmxfs_vcpu *vcpu, const struct vmxfs_exit *exit);
bool vmxfs_takes_interrupts(void);

/* Whether there is one that the next VM entry delivers whatever the guest is doing. */
static inline bool vmxfs_event_pending(const struct vmxfs_vcpu *vcpu)
{
	return vcpu->reflected.pending || vcpu->exc.pending;
}

/* Both windows that its program waits for, at once: this comes with each run. */
static __always_inline u16 vmxfs_windows(const struct vmxfs_vcpu *vcpu)
{
	BUILD_BUG_ON(offsetof(struct vmxfs_program, nmi_window) !=
		     offsetof(struct vmxfs_program, int_window) + 1);
	return *(const u16 *)&vcpu->program.int_window;
}

/* Nothing to inject or to wait for, and the controls as they are then */
static inline bool vmxfs_event_none(const struct vmxfs_vcpu *vcpu)
{
	return !(vcpu->reflected.pending | vcpu->exc.pending | vcpu->irq.pending |
		 vmxfs_windows(vcpu) | vcpu->step.on) &&
	       vcpu->proc_controls_now == vcpu->proc_controls_idle;
}

struct vmxfs_event *vmxfs_event_next(struct vmxfs_vcpu *vcpu);
void vmxfs_event_inject(struct vmxfs_vcpu *vcpu, u32 more);
void vmxfs_event_done(struct vmxfs_vcpu *vcpu, bool delivered);

/* ---- step.c: one instruction ---- */

extern bool vmxfs_mtf;
int vmxfs_step_prepare(struct vmxfs_vcpu *vcpu);
void vmxfs_step_plan(struct vmxfs_vcpu *vcpu);
void vmxfs_step_arm(struct vmxfs_vcpu *vcpu);
u32 vmxfs_step_controls(struct vmxfs_vcpu *vcpu);
bool vmxfs_step_disarm(struct vmxfs_vcpu *vcpu, struct vmxfs_exit *exit, bool silent);
void vmxfs_step_mend(struct vmxfs_vcpu *vcpu, bool not_tried);

/* ---- linear.c: the guest's memory by linear address ---- */

size_t vmxfs_guest_access(struct vmxfs_vcpu *vcpu, u64 linear, void *buf, size_t count,
			  bool write);
int vmxfs_patches_alloc(struct vmxfs_patch *patches);
void vmxfs_patches_free(struct vmxfs_patch *patches);
void vmxfs_guest_patch(struct vmxfs_vcpu *vcpu, u64 linear, const u8 *bytes, size_t count,
		       struct vmxfs_patch *patches);
void vmxfs_guest_unpatch(struct vmxfs_vcpu *vcpu, struct vmxfs_patch *patches);

#endif
