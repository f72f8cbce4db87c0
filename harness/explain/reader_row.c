// SPDX-License-Identifier: GPL-2.0
#include "reader_row.h"

#include <string.h>

/* SDM, "Format of Access Rights": what QEMU's flags have of them; P */
#define RIGHTS_IN_FLAGS 0xf0ff
#define RIGHTS_P 0x80
#define RIGHTS_UNUSABLE 0x10000
/* The guest's CR0: only PE and PG are sure to be the same in the VMCS. */
#define CR0_SEEN 0x80000001ULL

static struct claim claim_of(const struct reading *reading, const struct number *number,
			     enum vmxcheck_kind kind, uint64_t what)
{
	return (struct claim){
		.kind = kind, .number = what, .value = number->value, .mask = UINT64_MAX,
		.printed = number->value, .offset = number->offset,
		.line = text_line(&reading->text, number->offset),
	};
}

/* A number of more digits than the bits of it are known by */
static void shift(struct claim *claim, unsigned int shift, uint64_t mask)
{
	claim->derived = SHIFTED;
	claim->shift = shift;
	claim->value = claim->printed << shift;
	claim->mask = mask << shift;
}

/* Without P KVM has made it of a segment that is unusable. */
static bool take_flags(struct claim *claim)
{
	uint64_t rights = claim->printed >> 8 & RIGHTS_IN_FLAGS;

	claim->derived = FROM_FLAGS;
	claim->value = rights & RIGHTS_P ? rights : RIGHTS_UNUSABLE;
	if (!(rights & RIGHTS_P))
		claim->mask = RIGHTS_UNUSABLE;
	return rights & RIGHTS_P || (claim->number != VMCS_GUEST_CS_ACCESS_RIGHTS &&
				     claim->number != VMCS_GUEST_TR_ACCESS_RIGHTS);
}

/* Of kvm_segment: type and DPL have several bits, the others one. */
static bool take_right(struct claim *claim, uint32_t what)
{
	unsigned int bit = what >> 19;
	uint64_t mask = bit == 0 ? 0xf : bit == 5 ? 3 : 1;

	claim->number = what & 0x7ffff;
	shift(claim, bit, mask);
	return claim->printed <= mask;
}

/* KVM tells QEMU one number, whatever it is. */
static void take_failure(struct dump *dump, struct claim *claim)
{
	if (claim->value & VMX_EXIT_ENTRY_FAILURE) {
		claim->number = VMCS_EXIT_REASON;
		return;
	}
	claim->number = VMCS_INSTRUCTION_ERROR;
	dump->failure_0 |= !claim->value;
	if (claim->value)
		dump->told_error = claim->line;
}

static bool take_error(struct dump *dump, struct claim *claim)
{
	claim->number = VMCS_INSTRUCTION_ERROR;
	if (claim->value)
		dump->told_error = claim->line;
	return claim->value;
}

static void read_field(struct reading *reading, struct dump *dump, uint32_t meaning,
		       const struct number *number)
{
	uint32_t what = meaning & 0xffffff;
	struct claim claim = claim_of(reading, number, VMXCHECK_FIELD, what);
	struct values *to = &dump->vmcs;
	bool take = true;

	switch (MEANING_KIND(meaning)) {
	case M_REGISTER:
		to = &dump->registers;
		if (what == VMCS_GUEST_CR0)
			claim.mask = CR0_SEEN;
		/* Of CR4 nothing is sure to be the same. */
		take = what != VMCS_GUEST_CR4;
		break;
	case M_FLAGS:
		to = &dump->registers;
		take = take_flags(&claim);
		break;
	case M_RIGHT:
		to = &dump->registers;
		take = take_right(&claim, what);
		break;
	case M_FAILURE:
		take_failure(dump, &claim);
		break;
	case M_ERROR:
		take = take_error(dump, &claim);
		break;
	case M_LOW_HALF:
		claim.derived = LOW_HALF;
		claim.value &= UINT32_MAX;
		break;
	case M_ENTRY:
		claim.number = VMCS_EXIT_QUALIFICATION;
		claim.derived = FROM_0;
		claim.value++;
		dump->entry = (unsigned int)(claim.value & 0xffff);
		break;
	default:
		break;
	}
	if (take)
		values_add(to, claim);
}

static void read_list(struct reading *reading, struct dump *dump, uint32_t meaning,
		      const struct number *number)
{
	unsigned int offset = meaning & 0xffffff;
	struct claim claim;

	if (MEANING_KIND(meaning) == M_LIST_ENTRY) {
		dump->entry = number->value < UINT16_MAX ? (unsigned int)number->value + 1 : 0;
		if (dump->entry == dump->entries + 1)
			dump->entries++;
		return;
	}
	if (!dump->entry)
		return;
	claim = claim_of(reading, number, VMXCHECK_MEMORY, 16 * (dump->entry - 1ULL) + offset);
	values_add(&dump->vmcs, claim);
}

static void read_capability(struct reading *reading, uint32_t meaning,
			    const struct number *number)
{
	const uint64_t widths = vmxcheck_cpuid(0x80000008, 0, VMXCHECK_EAX);
	struct claim claim = claim_of(reading, number, VMXCHECK_MSR, meaning & 0xffffff);

	switch (MEANING_KIND(meaning)) {
	case M_MSR_LOW:
		shift(&claim, 0, UINT32_MAX);
		break;
	case M_MSR_HIGH:
		shift(&claim, 32, UINT32_MAX);
		break;
	case M_PHYSICAL:
	case M_LINEAR:
		claim.kind = VMXCHECK_CPUID;
		claim.number = widths;
		shift(&claim, MEANING_KIND(meaning) == M_LINEAR ? 8 : 0, 0xff);
		break;
	default:
		break;
	}
	if (claim.derived != SHIFTED || claim.printed <= (claim.mask >> claim.shift))
		values_add(&reading->capabilities, claim);
}

static void read_one(struct reading *reading, struct dump *dump, uint32_t meaning,
		     const struct number *number)
{
	switch (MEANING_KIND(meaning)) {
	case M_NOTHING:
	case M_MSR_INDEX:
		break;
	case M_LIST_ENTRY:
	case M_LIST:
		read_list(reading, dump, meaning, number);
		break;
	case M_MSR:
	case M_MSR_LOW:
	case M_MSR_HIGH:
	case M_PHYSICAL:
	case M_LINEAR:
		read_capability(reading, meaning, number);
		break;
	default:
		read_field(reading, dump, meaning, number);
		break;
	}
}

void read_row(struct reading *reading, struct dump *dump, const struct row *row,
	      const struct match *match)
{
	bool in_part = dump->part == GUEST_PART || dump->part == HOST_PART;
	const uint32_t *meaning = row->guest;

	/* Before it is said whose they are nobody knows. */
	if (row->flags & BY_PART && !in_part)
		return;
	if (row->flags & BY_PART && dump->part == HOST_PART)
		meaning = row->host;
	for (size_t i = 0; i < match->numbers; i++)
		read_one(reading, dump, meaning[i], &match->number[i]);
	if (MEANING_KIND(meaning[0]) == M_MSR_INDEX && match->numbers == 2 &&
	    match->number[0].value >= 0x480 && match->number[0].value <= 0x493)
		read_capability(reading, MEANING(M_MSR, match->number[0].value), &match->number[1]);
}
