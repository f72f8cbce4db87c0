/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The words of the manual page and of include/.
 */
#ifndef NAMES_H
#define NAMES_H

#include <stddef.h>

struct names {
	const char *const *name;
	size_t count;
};

extern const struct names
	registers, fields, controls, exceptions, exits, operands, segments,
	accesses, caches, levels, processor_words, processor_commands, edges;

struct random;

const char *pick_name(struct random *random, const struct names *names);

#endif
