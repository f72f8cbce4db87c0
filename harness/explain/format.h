/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The formats of dumps: a table each. A row is a pattern (match.h), and what its numbers are.
 */
#ifndef FORMAT_H
#define FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "match.h"
#include "vmx.h"

/* What a number is: a kind in bits 31:24, and of what in the others. 0: nothing of use */
enum meaning_kind {
	M_NOTHING,
	M_FIELD,	/* a VMCS field */
	M_LOW_HALF,	/* the same, in bits 31:0 of the number */
	M_REGISTER,	/* the same as the guest sees it */
	M_FLAGS,	/* access rights in bits 31:8, as the guest sees them */
	M_RIGHT,	/* a part of the access rights, which begins at bit 23:19 */
	M_FAILURE,	/* what KVM says to QEMU: an exit reason, or a VM-instruction error */
	M_ERROR,	/* a VM-instruction error, of this very VM entry */
	M_ENTRY,	/* an entry of the MSR-load area, counted from 0 */
	M_LIST_ENTRY,	/* the same, of which the rest of the row tells */
	M_LIST,		/* what is at this offset of that entry */
	M_MSR,		/* the MSR of this index */
	M_MSR_LOW, M_MSR_HIGH,	/* a half of it */
	M_PHYSICAL, M_LINEAR,	/* a width in bits */
	M_MSR_INDEX,	/* the index of an MSR; the next number is its value */
};

#define MEANING(kind, what) ((uint32_t)(kind) << 24 | (uint32_t)(what))
#define MEANING_KIND(meaning) ((enum meaning_kind)((meaning) >> 24))
#define F(ident) MEANING(M_FIELD, VMCS_##ident)
#define R(ident) MEANING(M_REGISTER, VMCS_##ident)
#define FLAGS(ident) MEANING(M_FLAGS, VMCS_##ident)
#define RIGHT(ident, bit) MEANING(M_RIGHT, (bit) << 19 | VMCS_##ident)

/* What a row says besides */
enum row_flag {
	/* what follows is of the guest, the host, the controls, the list of the guest's MSRs */
	GUEST_PART = 1, HOST_PART, CONTROL_PART, LIST_PART, OTHER_PART, PARTS = 7,
	/* a dump begins, unless there is none of the guest's state yet in the one before */
	BEGINS = 8,
	/* VM entry failed; due to invalid guest state */
	FAILED = 16, INVALID_STATE = 32,
	/* it depends on the part what the numbers are: @host has them for the host */
	BY_PART = 64,
	/* the first registers of a QEMU */
	REGISTERS_BEGIN = 128,
	/* only where the name of the format was seen */
	INSIDE = 256,
	/* the name of the format */
	NAME = 512,
};

struct row {
	const char *pattern;
	uint32_t guest[NUMBERS];
	uint32_t host[NUMBERS];
	unsigned int flags;
};

#define OF(...) { __VA_ARGS__ }
#define ROW(text, row_flags, ...) \
	{ .pattern = (text), .guest = OF(__VA_ARGS__), .flags = (row_flags) }
#define ROW_BY_PART(text, of_guest, of_host) \
	{ .pattern = (text), .guest = of_guest, .host = of_host, .flags = BY_PART }

struct dump_format {
	const char *name;
	const struct row *row;
	size_t rows;
};

extern const struct dump_format qemu_format, kvm_format, xen_format, kvm_user_format, noirvisor_format,
	bhyve_format, windows_format, capability_format, words_format;

#endif
