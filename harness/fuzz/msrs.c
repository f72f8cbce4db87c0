// SPDX-License-Identifier: GPL-2.0
/* SDM, "Loading MSRs" */
#include "msrs.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "outcome.h"
#include "vmx.h"

static const char area[] = "entrymsrload";

/* What the SDM's checks name, both sides of each, and what a guest has */
static const uint32_t indexes[] = {
	0x10, 0x78, 0x79, 0x7a, 0x9a, 0x9b, 0x9c, 0xfe, 0x174, 0x175, 0x176, 0x277, 0x480, 0x491,
	0x7ff, 0x800, 0x802, 0x8ff, 0x900, 0xc0000080, 0xc0000081, 0xc0000082, 0xc0000083,
	0xc0000084, 0xc0000100, 0xc0000101, 0xc0000102,
};

static const uint64_t values[] = {
	0, 0, 1, 0xff, 0x500, 0xd01, 0xffffffff, 0x7fffffffffff, 0x800000000000,
	0x0007040600070406, UINT64_MAX,
};

void msr_random(struct random *random, struct msr_entry *entry)
{
	entry->index = PICK(random, indexes);
	entry->value = PICK(random, values);
	if (one_in(random, 2))
		entry->value ^= 1ULL << random_below(random, 64);
	entry->reserved = one_in(random, 8) ? 1U << random_below(random, 32) : 0;
}

static void say(const struct msr_entry *entry, char *text, size_t size)
{
	int n = snprintf(text, size, "%#x %#" PRIx64, entry->index, entry->value);

	if (entry->reserved)
		snprintf(text + n, size - n, " %#x", entry->reserved);
}

void msr_trace(const struct msr_entry *entry, unsigned long number)
{
	char text[80];

	say(entry, text, sizeof(text));
	printf("# %lu: %s\n", number, text);
}

/* Instead of what was there; false if vmxfs keeps this MSR. */
static bool put(struct machine *machine, const struct msr_entry *entry)
{
	int fd = vcpu_file(&machine->vcpu, area, O_WRONLY | O_TRUNC);
	char text[80];
	bool done;

	if (fd < 0)
		return false;
	say(entry, text, sizeof(text) - 1);
	strcat(text, "\n");
	done = !write_text(fd, text);
	close(fd);
	return done;
}

bool msr_begin(struct msr_trial *trial)
{
	const struct msr_entry harmless = { .index = VMX_MSR_KERNEL_GS_BASE };

	if (!put(trial->machine, &harmless))
		return false;
	machine_read(trial->machine);
	trial->machine->start = trial->machine->now;
	return true;
}

enum verdict msr_run(struct msr_trial *trial, struct known **reason)
{
	trial->came = (struct came){ .what = CAME_NOTHING };
	trial->check = model_predict_msr(trial->model, &trial->machine->start, &trial->entry,
					 &trial->outcome);
	/* The host would keep it. */
	if (trial->machine->unsafe && trial->outcome.enters)
		return NOT_TRIED;
	if (machine_write(trial->machine, &trial->machine->start) ||
	    !put(trial->machine, &trial->entry))
		return NOT_TRIED;
	machine_enter(trial->machine, &trial->came);
	if (outcome_has(&trial->outcome, &trial->came))
		return AGREED;
	/* A check that is not done lets it in. */
	*reason = trial->came.what == CAME_ENTERED ? known_check(trial->check) : NULL;
	return *reason ? IS_KNOWN : DIFFERS;
}

bool msr_renew(struct msr_trial *trial)
{
	struct machine *machine = trial->machine;

	return !machine->spoiled ||
	       (!machine_begin(machine, machine->base, machine->unsafe) && msr_begin(trial));
}

void msr_shrink(struct msr_trial *trial)
{
	for (unsigned int bit = 0; bit < 64; bit++) {
		struct msr_trial other = *trial;
		struct known *reason;

		if (!(trial->entry.value >> bit & 1))
			continue;
		other.entry.value ^= 1ULL << bit;
		if (!msr_renew(&other))
			return;
		if (msr_run(&other, &reason) == DIFFERS && other.check == trial->check &&
		    other.came.what == trial->came.what)
			*trial = other;
	}
}

void msr_print(const struct msr_trial *trial)
{
	static const char before[] = "        ";
	size_t count;
	const struct vmxcheck_check *checks = vmxcheck_checks(&count);
	struct string all = { 0 };
	char text[200], *expected;

	outcome_say(&trial->outcome, text, sizeof(text));
	printf("    - expected: %s\n      got: \"%s\"\n", text, trial->came.text);
	if (trial->check < count)
		printf("      check: %s\n      text: >-\n        %s\n", checks[trial->check].id,
		       checks[trial->check].text);
	printf("      case: |\n%s# SPDX-License-Identifier: GPL-2.0\n%s# Found by make fuzz.\n",
	       before, before);
	printf("%s# SDM, \"Loading MSRs\"\n%sguest %s\n", before, before, trial->machine->base->guest);
	if (trial->machine->unsafe)
		printf("%sreach unsafe\n\n%sctl: unsafe\n", before, before);
	else
		printf("\n");
	printf("%sctl: go\n%swait? .hlt 0x0 ...\n%sctl: report preempt\n", before, before, before);
	printf("%svmcs: preemption_timer_value 0\n", before);
	say(&trial->entry, text, sizeof(text));
	printf("%s%s: %s\n%sinsn: vmresume\n", before, area, text, before);
	outcome_expect(&all, &trial->outcome, before);
	expected = string_end(&all);
	fputs(expected, stdout);
	free(expected);
}
