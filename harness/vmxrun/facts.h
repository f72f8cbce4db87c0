/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is known of a vCPU's VMCS and of the processor, as libvmxcheck asks for it.
 */
#ifndef FACTS_H
#define FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "access.h"
#include "vmxcheck.h"

enum {
	FACTS_FIELDS = 0
#define VMX_FIELD(encoding, ident, owner, sdm_name) + 1
#include "vmx_fields.h"
};

/* An entry of a list of MSRs. SDM, "VM-Entry Controls for MSRs" */
struct msr_entry {
	uint32_t index, reserved;
	uint64_t value;
};

struct facts {
	const char *caps;	/* text of vmxfs' caps file */
	struct access *own;	/* what the VMCS points to is this vCPU's own; NULL: it is not known */
	size_t next;		/* the field that is probably that of the next line */
	bool known[FACTS_FIELDS];
	uint64_t value[FACTS_FIELDS];
};

/* The VMCS as the file has it; false if it can't be read. */
bool facts_read(struct access *access, const char *caps, struct facts *facts);

/*
 * Forgets the host's state: what go and step have is written by the module as they begin. A VM
 * entry by insn has what was written, but what is 0 may not have been written before.
 */
void facts_forget_host(struct facts *facts, bool all);

/* Forgets the event that is injected: the module will write another. */
void facts_forget_event(struct facts *facts);

/* A field, by the encoding of the full access, has this value now. */
void facts_set_field(struct facts *facts, uint64_t encoding, struct vmxcheck_value value);

/* As struct vmxcheck_state has it, of struct facts. */
bool facts_value(void *facts, enum vmxcheck_kind kind, uint64_t number, uint64_t *value);

/* The same: structures that the VMCS points to; structures.c. */
bool facts_memory(void *facts, uint64_t address, void *to, size_t size);

/* A field's encoding by its name in cases, and its name in vmx_fields.h; "" if there is none. */
bool facts_find_field(const char *name, uint64_t *encoding);
const char *facts_field_name(uint64_t encoding);

#endif
