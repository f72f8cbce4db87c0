/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TAP version 13, flat, the plan first, a YAML block under a failure, and
 * where there is a transcript.
 */
#ifndef TAP_H
#define TAP_H

#include <stddef.h>
#include <stdio.h>

#include "result.h"

void tap_version(FILE *out);

/* Which processor all points run on: identity.h. */
void tap_processor(FILE *out, const char *identity);

/* The kind of core of a hybrid processor that all points run on. */
void tap_core(FILE *out, const char *core);

/* What the processor can do, as comments: "# WORD: NAME VALUE". */
void tap_caps(FILE *out, const char *word, const char *caps);
/* When a point ran of which a VM entry failed: before the point. */
void tap_refused(FILE *out, const struct result *result);
void tap_plan(FILE *out, size_t count);

/* todo: why the point is known to fail, or NULL. */
void tap_point(FILE *out, size_t number, const char *name,
	       const struct result *result, const char *todo);

void tap_bail_out(FILE *out, const char *reason);

#endif
