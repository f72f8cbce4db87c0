/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file of quirks, parsed: cases/quirks/README.md has the grammar.
 */
#ifndef QUIRKFILE_H
#define QUIRKFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "files.h"
#include "processor.h"

/* What may come in place of a line of the case. */
struct instead {
	char *place;		/* FILE:LINE */
	bool error;		/* FILE! */
	char *text;
};

/* A line of the case, and what may come in its place. */
struct difference {
	char *place;
	const struct file *file;
	char op;		/* one of STEP_OPS */
	char *text;		/* of the line, or only how it begins */
	bool begins;
	size_t number;		/* which of those lines; 0: there is only one, or each */
	bool each;		/* all of those lines, if there are several */
	size_t ninstead;
	struct instead *instead;
};

struct reason {
	char *place;
	char *because;
	char *right;
	char *text;		/* both of them */
	bool active;		/* the platform's version has it, or the processor */
	bool by_version;
	size_t first_erratum;	/* index of its first erratum */
	size_t nerrata;		/* 0: it is not by the processor */
};

/* What the maker says of a processor: 'erratum ID PROCESSOR', a row for each processor. */
struct erratum {
	char *id;
	struct processor processor;
	unsigned int last_stepping;
};

/* 'with FIELD VALUE': the field has this value at VM entry, in the bits of the mask. */
struct condition {
	size_t field;		/* its encoding */
	uint64_t value, mask;
};

#define CONDITIONS_MAX 2

/* What fuzz has to know, which has no points: 'check ID ...' and the like, a row for each. */
struct deviation {
	enum deviation_kind {
		DEVIATION_CHECK,	/* a check of VM entry is not done, or wrongly */
		DEVIATION_RULE,		/* a VMX instruction does what a rule does not say */
		DEVIATION_FIELD,	/* a field is saved wrongly */
		DEVIATION_REFUSES,	/* VM entry fails by a state that is right */
		DEVIATION_EXECUTES,	/* an instruction is executed although the timer is 0 */
	} kind;
	bool fatal;		/* the machine does not survive it: it is not tried */
	size_t number;		/* of vmxcheck_checks(), vmxcheck_rules(), or the encoding */
	size_t nconditions;	/* only if all of them hold */
	struct condition condition[CONDITIONS_MAX];
	bool after_failure;	/* only if VM entry fails on guest state */
	size_t reason;		/* index of its reason */
};

/* A point, or a pattern; those in a row have their differences in common. */
struct quirk {
	char *place;
	char *pattern;
	bool sometimes;		/* it may pass as well; so may each point of an erratum */
	bool dies;		/* the machine does not survive it: it is not tried, but if sometimes */
	size_t reason;		/* index of it */
	size_t first;		/* index of its first difference */
	size_t ndifferences;
};

struct quirks {
	size_t nreasons;
	struct reason *reason;
	size_t nerrata;
	struct erratum *erratum;
	size_t ndeviations;
	struct deviation *deviation;
	size_t ndifferences;
	struct difference *difference;
	size_t count;
	struct quirk *quirk;
	bool nested;		/* a hypervisor shows the processor */
	char *of_case;		/* the last one that was asked for */
	size_t nhere;
	const struct quirk **here;	/* what may be about it */
};

/*
 * Adds the quirks of a file, and of those it includes. version can be NULL if
 * the file has no range of versions. Returns NULL, or what is wrong, which the
 * caller frees.
 */
char *quirks_read(struct quirks *quirks, const char *path, const char *version);
char *quirks_parse(struct quirks *quirks, const char *path, const char *text,
		   const char *version);
void quirks_free(struct quirks *quirks);

#endif
