// SPDX-License-Identifier: GPL-2.0
/*
 * A guest of this repository goes to its HLT. Then what the dump says of guest state and of
 * the event is written over its VMCS, and it is entered again, with 0 in the VMX-preemption
 * timer: if that succeeds, it has executed nothing. What the dump does not say stays legal.
 * Host state and controls are not replayed: a VM entry that succeeds would use them.
 */
#include "replay.h"

#include <inttypes.h>
#include <stdlib.h>

#include "judge.h"
#include "names.h"
#include "outcome.h"
#include "result.h"
#include "vmx.h"

/* Whose a field is, in the order of vmx_fields.h */
static const struct {
	uint32_t encoding;
	enum vmx_owner owner;
} fields[] = {
#define VMX_FIELD(encoding, ident, owner, sdm_name) { encoding, VMX_OWNER_##owner },
#include "vmx_fields.h"
};

#define FIELDS (sizeof(fields) / sizeof(*fields))

/* The controls that guest state depends on; others would only say what the guest may do. */
static const struct control {
	uint32_t field;
	unsigned int bit;
	const char *name;
} controls[] = {
	{ VMCS_ENTRY_CONTROLS, 2, "entry.load_debug_controls" },
	{ VMCS_ENTRY_CONTROLS, 9, "entry.ia32e_mode_guest" },
	{ VMCS_ENTRY_CONTROLS, 14, "entry.load_pat" },
	{ VMCS_ENTRY_CONTROLS, 15, "entry.load_efer" },
	{ VMCS_PIN_BASED_CONTROLS, 5, "pin.virtual_nmis" },
	{ VMCS_SECONDARY_CONTROLS, 7, "proc2.unrestricted_guest" },
};

/* A register of which the module keeps bits, and what they are in a guest of its own */
static const struct kept {
	uint32_t field;
	enum vmx_register reg;
	uint64_t value;
} kept[] = {
	{ VMCS_GUEST_CR0, VMX_REGISTER_CR0, 0x30 },
	{ VMCS_GUEST_CR4, VMX_REGISTER_CR4, 0x2000 },
	{ VMCS_GUEST_EFER, VMX_REGISTER_EFER, 0 },
	{ VMCS_GUEST_DEBUGCTL, VMX_REGISTER_DEBUGCTL, 0 },
};

/* The guests, and what the registers of which a dump may tell bits are at their HLT */
static const struct guest {
	const char *name;
	uint64_t cr0, cr4, efer;
} guests[] = {
	{ "real/hlt", 0x30, 0x2000, 0 },
	{ "prot/hlt", 0x31, 0x2000, 0 },
	{ "pae/hlt", 0x80000031, 0x2020, 0 },
	{ "long/hlt", 0x80000031, 0x2020, 0xd00 },
};

enum { REAL, PROT, PAE, LONG };

struct plan {
	const struct values *values;
	const struct judgement *judgements;
	const struct vmxcheck_check *checks;
	size_t count;
	const struct guest *guest;
	bool registers;			/* as the guest sees them */
	bool unsafe;			/* bits are written that the module keeps */
	enum vmxcheck_verdict *shown;	/* of each check: what the case shows of it */
	bool not_shown;			/* one is violated, and the case can't show it */
	struct vmxcheck_outcome outcome;
};

/* Of a register of which bits are known, the others are those of the guest. */
static bool read_field(const struct plan *plan, uint64_t encoding, uint64_t *value)
{
	const struct known *known = values_find(plan->values, VMXCHECK_FIELD, encoding);
	uint64_t others;

	if (values_read(plan->values, VMXCHECK_FIELD, encoding, value))
		return true;
	if (!known || !known_counts(known))
		return false;
	switch (encoding) {
	case VMCS_GUEST_CR0:
		others = plan->guest->cr0;
		break;
	case VMCS_GUEST_CR4:
		others = plan->guest->cr4;
		break;
	case VMCS_GUEST_EFER:
		others = plan->guest->efer;
		break;
	case VMCS_GUEST_RFLAGS:
		others = 2;
		break;
	default:
		return false;
	}
	*value = (known->value & known->mask) | (others & ~known->mask);
	return true;
}

/* Whether it is known to be so */
static bool has_bit(const struct plan *plan, uint64_t encoding, unsigned int bit, bool is)
{
	const struct known *known = values_find(plan->values, VMXCHECK_FIELD, encoding);

	return known && known_counts(known) && known->mask >> bit & 1 &&
	       (known->value >> bit & 1) == is;
}

static const struct guest *find_guest(const struct plan *plan)
{
	bool long_mode = has_bit(plan, VMCS_ENTRY_CONTROLS, 9, true);
	uint64_t rip;

	/* If the control is not known, and it is not in real mode */
	if (!long_mode && !has_bit(plan, VMCS_ENTRY_CONTROLS, 9, false) &&
	    !has_bit(plan, VMCS_GUEST_CR0, 0, false))
		long_mode = has_bit(plan, VMCS_GUEST_EFER, 10, true) ||
			    (values_read(plan->values, VMXCHECK_FIELD, VMCS_GUEST_RIP, &rip) && rip >> 32);
	if (long_mode)
		return &guests[LONG];
	if (has_bit(plan, VMCS_GUEST_CR0, 0, false))
		return &guests[REAL];
	/* Without "unrestricted guest" there is paging. */
	if (has_bit(plan, VMCS_SECONDARY_CONTROLS, 7, false) ||
	    (has_bit(plan, VMCS_GUEST_CR0, 31, true) && has_bit(plan, VMCS_GUEST_CR4, 5, true)))
		return &guests[PAE];
	return &guests[PROT];
}

/* ---- what is to be written ---- */

static const struct kept *find_kept(uint32_t field)
{
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		if (kept[i].field == field)
			return &kept[i];
	return NULL;
}

/* Guest state, and the event; of what has owners bit by bit, only registers */
static bool is_to_be_written(const struct plan *plan, size_t i, uint64_t value)
{
	uint32_t encoding = fields[i].encoding;
	bool event = encoding >= VMCS_ENTRY_INTERRUPTION_INFORMATION &&
		     encoding <= VMCS_ENTRY_INSTRUCTION_LENGTH;

	/* What goes before the timer would come, if VM entry succeeds. */
	if (plan->outcome.enters && (event || encoding == VMCS_GUEST_PENDING_DEBUG_EXCEPTIONS))
		return false;
	if (VMX_FIELD_TYPE(encoding) != VMX_TYPE_GUEST && !event)
		return false;
	/* Nothing but a SIPI ends this. */
	if (encoding == VMCS_GUEST_ACTIVITY_STATE && value == VMX_ACTIVITY_WAIT_FOR_SIPI)
		return false;
	/* A processor may lack it; it is 0 here. */
	if (encoding == VMCS_GUEST_INTERRUPT_STATUS || encoding == VMCS_PREEMPTION_TIMER_VALUE)
		return false;
	return fields[i].owner == VMX_OWNER_GUEST || find_kept(encoding);
}

/* Bits that the module keeps are written only where VM entry must fail. */
static uint64_t value_to_write(const struct plan *plan, size_t i, uint64_t value)
{
	const struct kept *row = find_kept(fields[i].encoding);

	if (!row || (!plan->registers && !plan->outcome.enters))
		return value;
	return (value & vmx_guest_bits(row->reg)) | row->value;
}

static bool is_kept(size_t i, uint64_t value)
{
	const struct kept *row = find_kept(fields[i].encoding);

	return row && (value & ~vmx_guest_bits(row->reg)) != row->value;
}

static size_t find_row(uint64_t encoding)
{
	size_t i = 0;

	while (i < FIELDS && fields[i].encoding != encoding)
		i++;
	return i;
}

/* The bits of these controls that are written, and those that are 1 on all processors */
static uint64_t written_controls(uint64_t field)
{
	uint64_t bits = field == VMCS_ENTRY_CONTROLS ? 0x11ff : 0;

	for (size_t i = 0; i < sizeof(controls) / sizeof(*controls); i++)
		if (controls[i].field == field)
			bits |= 1ULL << controls[i].bit;
	return bits;
}

/*
 * Whether guest state is checked here by these controls as it is there: of those for execution
 * it is virtual NMIs, "unrestricted guest", and whether there are secondary ones.
 */
static bool is_control_shown(const struct vmxcheck_item *item)
{
	switch (item->number) {
	case VMCS_ENTRY_CONTROLS:
		return !(item->value & ~written_controls(item->number));
	case VMCS_PIN_BASED_CONTROLS:
	case VMCS_PROC_BASED_CONTROLS:
	case VMCS_SECONDARY_CONTROLS:
		return true;
	default:
		return false;
	}
}

/* Whether the case has this value, too. */
static bool is_item_shown(const struct plan *plan, const struct vmxcheck_item *item, bool of_guest)
{
	size_t i = find_row(item->number);
	uint64_t value;

	/* What it rests on is of another processor, or in memory. */
	if (item->kind != VMXCHECK_FIELD)
		return false;
	if (of_guest && is_control_shown(item))
		return true;
	return i < FIELDS && read_field(plan, item->number, &value) &&
	       is_to_be_written(plan, i, value) && value_to_write(plan, i, value) == value;
}

static bool is_shown(const struct plan *plan, size_t check)
{
	const struct vmxcheck_finding *finding = &plan->judgements[check].finding;
	bool of_guest = plan->checks[check].stage == VMXCHECK_GUEST;

	for (size_t i = 0; i < finding->items; i++)
		if (finding->item[i].known && !is_item_shown(plan, &finding->item[i], of_guest))
			return false;
	return plan->checks[check].stage != VMXCHECK_MSRS;
}

/* What must come: what the dump leaves open is legal in the guest that is taken. */
static void conclude(struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		plan->shown[i] = VMXCHECK_PASSED;
		if (plan->judgements[i].verdict != VMXCHECK_VIOLATED)
			continue;
		if (is_shown(plan, i))
			plan->shown[i] = VMXCHECK_VIOLATED;
		else
			plan->not_shown = true;
	}
	vmxcheck_conclude(plan->shown, &plan->outcome);
}

/* ---- the case ---- */

static void print_violated(struct string *out, const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->shown[i] == VMXCHECK_VIOLATED)
			string_print(out, "# %s: %s (SDM, \"%s\")\n", plan->checks[i].id,
				     plan->checks[i].text, plan->checks[i].section);
}

static void print_name(struct string *out, const char *name)
{
	for (; *name; name++)
		string_print(out, "%c", *name >= 'A' && *name <= 'Z' ? *name | 0x20 : *name);
}

/* Then secondary controls have no effect. */
static bool is_without_secondary(const struct plan *plan)
{
	return has_bit(plan, VMCS_PROC_BASED_CONTROLS, 31, false);
}

/* "Load debug controls" is assumed to be 1, as judge.c does. */
static bool is_on(const struct plan *plan, const struct control *control)
{
	if (control->field == VMCS_SECONDARY_CONTROLS && is_without_secondary(plan))
		return false;
	if (has_bit(plan, control->field, control->bit, true))
		return true;
	return control == &controls[0] &&
	       !values_find(plan->values, VMXCHECK_FIELD, VMCS_ENTRY_CONTROLS);
}

static void print_controls(struct string *out, const struct plan *plan, bool needs)
{
	for (size_t i = 0; i < sizeof(controls) / sizeof(*controls); i++) {
		const struct control *control = &controls[i];
		bool on = is_on(plan, control);

		if (needs && on)
			string_print(out, " %s", control->name);
		else if (!needs && (on || has_bit(plan, control->field, control->bit, false) ||
				    (control->field == VMCS_SECONDARY_CONTROLS &&
				     is_without_secondary(plan))))
			string_print(out, "vmcs: %s %d\n", control->name, on);
	}
}

/* SDM, "Checks on Guest Segment Registers"; what the dump says of one goes over it. */
static void print_virtual_8086(struct string *out, const struct plan *plan)
{
	static const struct {
		const char *name;
		uint32_t selector, base;
	} segments[] = {
#define SEGMENT(ident, name) { name, VMCS_GUEST_##ident##_SELECTOR, VMCS_GUEST_##ident##_BASE }
		SEGMENT(ES, "es"), SEGMENT(CS, "cs"), SEGMENT(SS, "ss"), SEGMENT(DS, "ds"),
		SEGMENT(FS, "fs"), SEGMENT(GS, "gs"),
	};

	if (!has_bit(plan, VMCS_GUEST_RFLAGS, 17, true))
		return;
	for (size_t i = 0; i < sizeof(segments) / sizeof(*segments); i++) {
		const char *name = segments[i].name;
		uint64_t selector = 0, base = 0;

		if (!read_field(plan, segments[i].selector, &selector) &&
		    read_field(plan, segments[i].base, &base))
			selector = base >> 4 & 0xffff;
		string_print(out, "vmcs: guest_%s_selector %#" PRIx64 "\nvmcs: guest_%s_base %#" PRIx64
			     "\n", name, selector, name, selector << 4);
		string_print(out, "vmcs: guest_%s_limit 0xffff\nvmcs: guest_%s_access_rights 0xf3\n",
			     name, name);
	}
}

static void print_fields(struct string *out, struct plan *plan)
{
	uint64_t value;

	for (size_t i = 0; i < FIELDS; i++) {
		if (!read_field(plan, fields[i].encoding, &value) ||
		    !is_to_be_written(plan, i, value))
			continue;
		string_add(out, "vmcs: ");
		print_name(out, field_name(fields[i].encoding));
		value = value_to_write(plan, i, value);
		plan->unsafe |= is_kept(i, value);
		string_print(out, " %#" PRIx64 "\n", value);
	}
}

/* @vmcs: what is written there */
static void print_case(struct string *out, const struct plan *plan, const char *vmcs)
{
	string_add(out, "# SPDX-License-Identifier: GPL-2.0\n"
			"# The VM entry of a dump, made again by vmxcheck explain --replay.\n");
	print_violated(out, plan);
	if (plan->outcome.enters)
		string_add(out, "# No check is known to be violated: VM entry must succeed here, also if the "
				"dump\n# says that it failed.\n");
	string_print(out, "# Fields that the dump lacks are as guests/%s.asm sets them, and may not fit it.\n"
			  "guest %s\n", plan->guest->name, plan->guest->name);
	string_add(out, "need pin.preemption_timer");
	print_controls(out, plan, true);
	string_add(out, plan->unsafe ? "\nreach unsafe\n\nctl: unsafe\n" : "\n\n");
	string_add(out, "ctl: go\nwait? .hlt 0x0 ...\nctl: report preempt\n"
			"vmcs: preemption_timer_value 0\n");
	print_controls(out, plan, false);
	print_virtual_8086(out, plan);
	string_print(out, "%sinsn: vmresume\n", vmcs);
	outcome_expect(out, &plan->outcome, "");
}

/* Why a dump can't be replayed, or NULL */
static const char *why_not(const struct plan *plan, const struct dump *dump, bool must_fail)
{
	enum end end = result_of(dump).end;

	if (!plan->outcome.enters)
		return NULL;
	if (end == END_ERROR || end == END_LOADING)
		return "it failed by controls, host state or MSRs, which are not written again";
	if (plan->not_shown)
		return "what is violated can't be shown again: it depends on its processor, or is in "
		       "controls, host state or MSRs";
	return must_fail ? "nothing is violated" : NULL;
}

/* Returns why there is no case. */
static const char *replay_dump(struct string *out, const struct reading *reading,
			       const struct dump *dump, bool must_fail)
{
	struct judgement *judgements = judge(reading, dump);
	struct plan plan = {
		.values = dump_values(dump),
		.judgements = judgements,
		.registers = !dump_has_vmcs(dump),
	};
	struct string fields = { 0 };
	const char *why;
	char *vmcs;

	plan.checks = vmxcheck_checks(&plan.count);
	plan.shown = xreallocarray(NULL, plan.count, sizeof(*plan.shown));
	plan.guest = find_guest(&plan);
	conclude(&plan);
	print_fields(&fields, &plan);
	vmcs = string_end(&fields);
	why = why_not(&plan, dump, must_fail);
	if (!why && !*vmcs)
		why = "it has no guest state that could be entered again";
	if (!why)
		print_case(out, &plan, vmcs);
	free(vmcs);
	free(plan.shown);
	free(judgements);
	return why;
}

const char *replay(struct string *out, const struct reading *reading)
{
	for (size_t i = 0; i < reading->dumps; i++)
		if (!replay_dump(out, reading, &reading->dump[i], true))
			return NULL;
	return replay_dump(out, reading, &reading->dump[0], false);
}
