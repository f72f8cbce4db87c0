/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a case needs, of vmxfs' caps file. There a control has the values that it may have
 * ("01"), all else is a number.
 */
#ifndef CAPS_H
#define CAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Whether a need can be understood: NAME, !NAME, NAME<NUMBER or NAME>NUMBER, where NAME is a
 * control or another capability; or NAME=0, what may be 0.
 */
bool caps_known(const char *need);

/* Whether the processor is so; NAME alone is a number above 0. caps is the file's text. */
bool caps_has(const char *caps, const char *need);

/* The first physical address beyond the processor's width; 0 if there is none. */
uint64_t caps_phys_end(const char *caps);

/*
 * Whether this line of the file says what no other does: the controls, and what is in parts
 * of a capability MSR, follow from that MSR; and what is not there is 0.
 */
bool caps_line_says(const char *line, size_t length);

/* The number behind a name; 0 if the file does not have it. */
uint64_t caps_value(const char *caps, const char *name);

#endif
