/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which processor it is, as Intel's specification updates call it.
 */
#ifndef PROCESSOR_H
#define PROCESSOR_H

#include <stdbool.h>

struct processor {
	unsigned int family;
	unsigned int model;
	unsigned int stepping;
};

/*
 * By the text of vmxfs' caps file, so what CPUID says. Returns false if it is not one of
 * Intel's.
 */
bool processor_read(struct processor *processor, const char *caps);

/*
 * "06_97H", all steppings; "06_55H:4", one; "06_9EH:9-D", from one to another. The numbers are
 * hexadecimal, as those of the SDM. Returns false if the text is none of these.
 */
bool processor_parse(const char *text, struct processor *first, unsigned int *last_stepping);

#endif
