/* SPDX-License-Identifier: GPL-2.0 */
/* Memory, as an instruction of the guest accesses it. */
#ifndef LIBVMX_ACCESS_H
#define LIBVMX_ACCESS_H

#include "internal.h"

/* The most bytes that an operand has: those of CMPXCHG16B */
#define OPERAND_MAX	16

/* Where an operand is; it may cross from one page to another. */
struct place {
	unsigned int n;
	unsigned int changes;	/* of the memory, when it was found */
	struct part {
		uint64_t gpa;
		size_t size;
		const uint8_t *load;	/* NULL: the callback does it */
		uint8_t *store;
	} parts[2];
};

/*
 * Returns -1 with EFAULT if the guest can't access it, which raises a fault, or it is no
 * memory and there is no callback. All of an instruction's operands are found before the
 * first is accessed. @access is of VMX_PROT_READ and VMX_PROT_WRITE.
 */
int place_find(struct vcpu *vcpu, unsigned int seg, uint64_t offset, size_t size, int access,
	       struct place *place);
void place_load(struct vcpu *vcpu, struct place *place, void *data);
void place_store(struct vcpu *vcpu, struct place *place, const void *data);

/*
 * As much as there is of the bytes at CS:RIP; returns how many. Were it too few, it would
 * be for the fault that is raised then, if any.
 */
size_t fetch(struct vcpu *vcpu, uint8_t *bytes, size_t size);

#endif
