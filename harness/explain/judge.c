// SPDX-License-Identifier: GPL-2.0
#include "judge.h"

#include <string.h>

#include "processor.h"
#include "util.h"
#include "vmx.h"

/*
 * Of values that are known in part the other bits are tried: as usual ones are, then at
 * random, the same each time. What holds for all of these is said.
 */
#define TRIALS 256

struct view {
	const struct reading *reading;
	const struct dump *dump;
	const struct values *values;
	enum processor processor;	/* PROCESSORS: nothing is assumed */
	unsigned int trial;		/* 0: what is known in part is not known */
	bool list;			/* the list of MSRs has an address */
};

static const struct {
	uint64_t encoding, value;
} usual[] = {
	{ VMCS_GUEST_CR0, 0x80050033 }, { VMCS_GUEST_CR4, 0x2020 }, { VMCS_GUEST_RFLAGS, 2 },
	{ VMCS_GUEST_EFER, 0 }, { VMCS_ENTRY_CONTROLS, 0x11fb }, { VMCS_EXIT_CONTROLS, 0x36fff },
	{ VMCS_PIN_BASED_CONTROLS, 0x16 }, { VMCS_PROC_BASED_CONTROLS, 0x04006172 },
};

static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15ULL;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

/* Bits that are not known: as usual, the other way round, then some of them at random */
static uint64_t complete(const struct known *known, unsigned int trial)
{
	uint64_t base = 0, change = 0;

	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++)
		if (known->kind == VMXCHECK_FIELD && usual[i].encoding == known->number)
			base = usual[i].value;
	if (trial == 2)
		change = ~0ULL;
	else if (trial > 2)
		change = mix(known->number << 16 | trial);
	return known->value | ((base ^ change) & ~known->mask & full_mask(known->kind, known->number));
}

/*
 * "Load debug controls" is of the default1 class: hypervisors have it 1, as all processors had
 * it once. SDM, appendix "Reserved Controls and Default Settings"
 */
static const struct known entry_controls = {
	.kind = VMXCHECK_FIELD, .number = VMCS_ENTRY_CONTROLS,
	.value = VMX_CTL(entry, load_debug_controls), .mask = VMX_CTL(entry, load_debug_controls),
};

static const struct known *find_known(const struct view *view, const struct values *values,
				      enum vmxcheck_kind kind, uint64_t number)
{
	const struct known *known = values_find(values, kind, number);

	if (!known && view->processor != PROCESSORS && kind == VMXCHECK_FIELD &&
	    number == VMCS_ENTRY_CONTROLS)
		return &entry_controls;
	return known;
}

static bool read_known(const struct view *view, const struct values *values,
		       enum vmxcheck_kind kind, uint64_t number, uint64_t *value)
{
	const struct known *known = find_known(view, values, kind, number);

	if (values_read(values, kind, number, value))
		return true;
	if (!known || !known_counts(known) || !view->trial)
		return false;
	*value = complete(known, view->trial);
	return true;
}

/* What is told of a capability in part goes over what is assumed. */
static bool read_capability(const struct view *view, enum vmxcheck_kind kind, uint64_t number,
			    uint64_t *value)
{
	const struct known *known = values_find(&view->reading->capabilities, kind, number);

	if (values_read(&view->reading->capabilities, kind, number, value))
		return true;
	if (view->processor == PROCESSORS || (known && !known_counts(known)) ||
	    !processor_read(view->processor, kind, number, value))
		return false;
	if (known)
		*value = (*value & ~known->mask) | known->value;
	return true;
}

static bool read_value(void *opaque, enum vmxcheck_kind kind, uint64_t number, uint64_t *value)
{
	const struct view *view = opaque;

	if (kind != VMXCHECK_FIELD)
		return read_capability(view, kind, number, value);
	if (view->list && number == VMCS_ENTRY_MSR_LOAD_ADDRESS) {
		*value = JUDGE_LIST;
		return true;
	}
	if (view->list && number == VMCS_ENTRY_MSR_LOAD_COUNT) {
		*value = view->dump->entries ? view->dump->entries : view->dump->entry;
		return true;
	}
	return read_known(view, view->values, kind, number, value);
}

/* The list of MSRs, of which the dump may have some entries */
static bool read_memory(void *opaque, uint64_t address, void *to, size_t size)
{
	const struct view *view = opaque;
	uint64_t offset = address - JUDGE_LIST, entry = offset & ~15ULL, high = offset & 15, value;

	if (!view->list || address < JUDGE_LIST || size != 4)
		return false;
	if (!values_read(view->values, VMXCHECK_MEMORY, high == 12 ? entry + 8 : offset, &value))
		return false;
	value >>= high == 12 ? 32 : 0;
	for (size_t i = 0; i < size; i++)
		((unsigned char *)to)[i] = (unsigned char)(value >> 8 * i);
	return true;
}

static enum vmxcheck_verdict decide(const struct view *view, size_t check,
				    struct vmxcheck_finding *finding)
{
	struct view copy = *view;
	const struct vmxcheck_state state = { &copy, read_value, read_memory };

	return vmxcheck_decide(&state, check, finding);
}

/* Whether it has looked at something that is known in part */
static bool looks_at_parts(const struct view *view, const struct vmxcheck_finding *finding)
{
	for (size_t i = 0; i < finding->items; i++) {
		const struct vmxcheck_item *item = &finding->item[i];
		const struct known *known = find_known(view, view->values, item->kind, item->number);

		if (item->kind == VMXCHECK_FIELD && known && known_counts(known) &&
		    known->mask != full_mask(item->kind, item->number))
			return true;
	}
	return false;
}

/* The same with all that the unknown bits may be; undecided unless they agree */
static enum vmxcheck_verdict try(struct view view, size_t check, struct vmxcheck_finding *finding)
{
	enum vmxcheck_verdict verdict = decide(&view, check, finding);
	struct vmxcheck_finding first;

	if (verdict != VMXCHECK_UNDECIDED || !looks_at_parts(&view, finding))
		return verdict;
	view.trial = 1;
	verdict = decide(&view, check, &first);
	for (view.trial = 2; verdict != VMXCHECK_UNDECIDED && view.trial < TRIALS; view.trial++)
		if (decide(&view, check, NULL) != verdict)
			return VMXCHECK_UNDECIDED;
	if (verdict != VMXCHECK_UNDECIDED)
		*finding = first;
	return verdict;
}

/*
 * What would decide a check is not what all processors have alike: of what it has looked at on
 * the least of them, what the newest has otherwise. @missing: is replaced if there is such.
 */
static void mark_missing(const struct view *view, const struct vmxcheck_finding *least,
			 struct vmxcheck_finding *missing)
{
	struct view most = *view;
	bool any = false;

	most.processor = PROCESSOR_MOST;
	for (size_t i = 0; i < least->items; i++)
		any |= least->item[i].kind == VMXCHECK_FIELD && !least->item[i].known;
	if (any)
		return;
	*missing = *least;
	for (size_t i = 0; i < least->items; i++) {
		struct vmxcheck_item *item = &missing->item[i];
		uint64_t value;

		item->known &= read_value(&most, item->kind, item->number, &value) &&
			       value == item->value;
	}
}

static void judge_one(struct view view, size_t check, struct judgement *judgement)
{
	struct vmxcheck_finding finding;
	enum vmxcheck_verdict verdict;

	judgement->assumed = false;
	view.processor = PROCESSORS;
	judgement->verdict = try(view, check, &judgement->finding);
	if (judgement->verdict != VMXCHECK_UNDECIDED)
		return;
	view.processor = PROCESSOR_LEAST;
	verdict = try(view, check, &finding);
	mark_missing(&view, &finding, &judgement->finding);
	view.processor = PROCESSOR_MOST;
	if (verdict == VMXCHECK_UNDECIDED || try(view, check, &finding) != verdict)
		return;
	judgement->verdict = verdict;
	judgement->assumed = true;
	judgement->finding = finding;
}

struct judgement *judge(const struct reading *reading, const struct dump *dump)
{
	struct view view = { .reading = reading, .dump = dump, .values = dump_values(dump) };
	const struct vmxcheck_check *checks;
	struct judgement *all;
	size_t count;

	checks = vmxcheck_checks(&count);
	all = xreallocarray(NULL, count, sizeof(*all));
	for (size_t i = 0; i < count; i++) {
		view.list = checks[i].stage == VMXCHECK_MSRS && dump->entry;
		judge_one(view, i, &all[i]);
	}
	return all;
}
