/* SPDX-License-Identifier: GPL-2.0 */
/* vCPUs come and go. */
#ifndef VMXFS_LIFE_H
#define VMXFS_LIFE_H

#include "vcpu/vcpu.h"

struct vmxfs_vcpu *vmxfs_vcpu_create(int (*publish)(struct vmxfs_vcpu *vcpu));
struct vmxfs_vcpu *vmxfs_vcpu_alone(const u8 *code, size_t size);
void vmxfs_vcpu_alone_free(struct vmxfs_vcpu *vcpu);
void vmxfs_vcpu_unpublish(struct vmxfs_vcpu *vcpu);
int vmxfs_vcpu_quit(struct vmxfs_vcpu *vcpu);
int vmxfs_vcpu_moribund(struct vmxfs_vcpu *vcpu);
void vmxfs_vcpu_quit_all(bool for_good);
struct vmxfs_vcpu *vmxfs_vcpu_get(struct vmxfs_vcpu *vcpu);
void vmxfs_vcpu_put(struct vmxfs_vcpu *vcpu);
int vmxfs_life_enter(void);
void vmxfs_life_leave(void);

/* ---- thread.c: the kernel thread of a vCPU ---- */

int vmxfs_thread_go_on(struct vmxfs_vcpu *vcpu);
void vmxfs_thread_stop(struct vmxfs_vcpu *vcpu);
int vmxfs_thread_move(struct vmxfs_vcpu *vcpu, const struct cpumask *cpus);
bool vmxfs_thread_allows_here(const struct vmxfs_vcpu *vcpu);

/* ---- probe.c: what a processor does, and no capability MSR says ---- */

/**
 * struct vmxfs_kept - what VMWRITE keeps of access rights
 * @reserved: the bits that are reserved, in the fields of all segment registers
 * @l: bit 13, in those of all but CS
 *
 * SDM, "Guest Register State": the format of access rights. Some processors keep what is
 * reserved, and it makes VM entry fail; others drop it.
 */
struct vmxfs_kept {
	bool reserved;
	bool l;
};

int vmxfs_mtf_probe(void);
int vmxfs_fields_probe(void);
int vmxfs_kept_probe(struct vmxfs_kept *kept);

#endif
