/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of libnvmm share. */
#ifndef LIBNVMM_INTERNAL_H
#define LIBNVMM_INTERNAL_H

/* All else is compiled with -fvisibility=hidden. */
#pragma GCC visibility push(default)
#include "nvmm.h"
#pragma GCC visibility pop

#include <errno.h>
#include <pthread.h>

#include "libvmx.h"

#define PAGE		4096ul
#define MAX_MACHINES	128
#define MAX_LEAVES	32

/* Memory of the process, or of the guest */
struct area {
	struct area *next;
	uintptr_t hva;
	gpaddr_t gpa;
	size_t size;
};

struct machine {
	struct vmx_machine *vmx;
	nvmm_machid_t id;
	time_t since;
	pthread_mutex_t lock;	/* of what follows */
	struct vcpu *vcpus;
	struct area *hvas;	/* what nvmm_hva_map() made; @gpa is not used */
	struct area *gpas;
};

struct vcpu {
	struct nvmm_x64_state state;	/* the first: struct nvmm_vcpu points to it */
	struct nvmm_x86_event event;
	struct nvmm_x86_exit exit;
	volatile int stop;
	struct vmx_vcpu *vmx;
	struct vcpu *next;
	nvmm_cpuid_t id;
	uint64_t xcr0_mask;	/* bits that XCR0 can have */
	struct nvmm_machine *mach;	/* the assist's that is on, for its callbacks */
	struct nvmm_vcpu *public;
	unsigned int n_leaves;
	struct nvmm_vcpu_conf_cpuid leaves[MAX_LEAVES];
};

static inline int fail(int error)
{
	errno = error;
	return -1;
}

static inline struct machine *machine_of(const struct nvmm_machine *mach)
{
	return (struct machine *)mach->areas;
}

static inline struct vcpu *vcpu_of(const struct nvmm_vcpu *vcpu)
{
	return (struct vcpu *)vcpu->state;
}

/* vcpu.c. Ends all vCPUs of a machine. */
int vcpus_end(struct machine *machine);

/* memory.c */
void areas_free(struct area *areas);

/* cpuid.c. What CPUID answers: the default, and the leaves that were changed. */
int cpuid_apply(struct vcpu *vcpu);
int cpuid_configure(struct vcpu *vcpu, const struct nvmm_vcpu_conf_cpuid *conf);

/* state.c: groups, one way and the other */
void state_from(struct nvmm_x64_state *to, const struct vmx_x64_state *from, uint32_t groups);
int state_to(struct vcpu *vcpu, uint32_t groups);

/* exit.c */
void exit_from(struct nvmm_x86_exit *to, const struct vmx_vcpu_exit *from);

#endif
