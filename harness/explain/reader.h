/* SPDX-License-Identifier: GPL-2.0 */
/* What is in a text: one dump or several, with what each of them says. */
#ifndef READER_H
#define READER_H

#include "format.h"
#include "text.h"
#include "values.h"

/* A format that the text has, and where. */
struct seen {
	unsigned int first, last;	/* lines; 0 if it was not seen */
};

#define FORMATS 9
/* Their numbers, of some; after those of the table: lines with names or encodings */
#define SEEN_KVM 2
#define SEEN_XEN 3
#define SEEN_LIST FORMATS
#define SEEN (FORMATS + 1)

struct dump {
	struct values vmcs;
	/* As the guest sees them; they count if there is no VMCS. */
	struct values registers;
	struct seen seen[SEEN];
	unsigned int failed;		/* the line that says that VM entry failed */
	unsigned int invalid_state;	/* due to invalid guest state */
	/* a VM-instruction error that KVM told QEMU, or that was told after the instruction */
	unsigned int told_error;
	bool failure_0;			/* "hardware error 0x0" */
	bool has_guest, has_registers;
	bool mixed;			/* a part begins a second time: it is of another VMCS */
	unsigned int parts;		/* those that have begun: bit n is part n */
	enum row_flag part;
	unsigned int entries;		/* of the list of the guest's MSRs: from the first on */
	unsigned int entry;		/* the entry that is read, counted from 1 */
	/* where rows of formats were found, in order: these lines are no lists */
	size_t *row;
	size_t rows;
};

struct reading {
	struct text text;
	struct dump *dump;
	size_t dumps;
	/* of the processor; may be in the text, too */
	struct values capabilities;
};

struct reading *reading_new(const char *bytes, size_t length);
/* Another text, in which only capabilities count; returns false if there are none. */
bool reading_add_capabilities(struct reading *reading, const char *bytes, size_t length);
void reading_free(struct reading *reading);

/* Whether a dump has a value of a VMCS. */
bool dump_has_vmcs(const struct dump *dump);
/* Those of its values that count. */
const struct values *dump_values(const struct dump *dump);

/* Lines "NAME = NUMBER" and "ENCODING = NUMBER": list.c */
void read_lists(struct reading *reading, struct dump *dump, size_t begin, size_t end);

#endif
