/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a condition is decided if something of it is not known: there are three truths, and
 * each value that is read is remembered.
 */
#ifndef VMXCHECK_INTERNAL_H
#define VMXCHECK_INTERNAL_H

/* All else is compiled with -fvisibility=hidden. */
#pragma GCC visibility push(default)
#include "vmxcheck.h"
#pragma GCC visibility pop
#include "vmx.h"

/* END: after the last one of a list */
enum truth { NO, YES, UNKNOWN, END };

struct value {
	uint64_t n;
	bool known;
};

/* One decision, about one entry of a list of MSRs if @entry is not 0; it remembers @room items. */
struct decision {
	const struct vmxcheck_state *state;
	uint32_t entry;
	size_t items, room, mark;
	struct vmxcheck_item item[VMXCHECK_ITEMS];
};

struct value vc_read(struct decision *d, enum vmxcheck_kind kind, uint64_t number);
struct value vc_memory(struct decision *d, struct value address, uint64_t offset);
/* a * b - less, of a value that may be unknown */
struct value vc_times(struct value a, uint64_t b, uint64_t less);
struct value vc_masked(struct value value, uint64_t mask);
struct value vc_bits(struct value value, unsigned int first, unsigned int last);

enum truth vc_not(enum truth a);
enum truth vc_all(const enum truth *truths);
enum truth vc_any(const enum truth *truths);
enum truth vc_zero(struct value value, uint64_t mask);
enum truth vc_same(struct value a, struct value b);
enum truth vc_at_most(struct value a, struct value b);
enum truth vc_one_of(struct value value, uint64_t set);

/* Of the processor: processor.c */
enum truth vc_control(struct decision *d, enum vmx_field field, unsigned int bit);
enum truth vc_reserved(struct decision *d, enum vmx_field field, uint32_t msr, uint32_t true_msr);
enum truth vc_reserved_64(struct decision *d, enum vmx_field field, uint32_t msr);
enum truth vc_fixed(struct decision *d, struct value value, uint32_t msr, uint64_t but);
enum truth vc_fits(struct decision *d, struct value address, struct value last);
enum truth vc_fits_cr3(struct decision *d, struct value cr3);
enum truth vc_canonical(struct decision *d, struct value address);
enum truth vc_canonical_48(struct value address);
enum truth vc_identical(struct decision *d, struct value address);
enum truth vc_host_rip(struct decision *d);
enum truth vc_pdpte(struct decision *d, unsigned int number);

/* Which fields there are: existence.c */
enum truth vc_exists(struct decision *d, struct value encoding);

/* What can be in an MSR: msrs.c */
enum truth vc_pat(struct value value);
enum truth vc_perf_global_ctrl(struct decision *d, struct value value);
enum truth vc_spec_ctrl(struct decision *d, struct value value);
enum truth vc_debugctl(struct decision *d, struct value value);
enum truth vc_efer(struct decision *d, struct value value);
enum truth vc_s_cet(struct decision *d, struct value value);
enum truth vc_lbr_ctl(struct decision *d, struct value value);
enum truth vc_zero_or_unknown(struct value value);
struct value vc_msr_entry(struct decision *d, unsigned int offset);
enum truth vc_msr_value(struct decision *d);
enum truth vc_msr_exists(struct decision *d);

/* Starts a part that is forgotten if it holds. */
static inline void vc_mark(struct decision *d)
{
	d->mark = d->items;
}

static inline enum truth vc_part(struct decision *d, enum truth truth)
{
	if (truth == YES)
		d->items = d->mark;
	return truth;
}

#endif
