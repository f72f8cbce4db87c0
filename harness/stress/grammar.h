/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lines as the manual page wants them: what a generator makes is in the file's
 * grammar, though the numbers may be too much for it.
 */
#ifndef GRAMMAR_H
#define GRAMMAR_H

#include "random.h"
#include "text.h"

typedef void generator(struct random *random, struct text *text);

/* line_FORMAT of those formats of vmxfs_files.h that can be written */
#define GENERATOR_RO(format)
#define GENERATOR_RW(format) generator line_##format;
#define GENERATOR_CLEAR(format) generator line_##format;
#define VMXFS_FORMAT(format, kind, access, min, max, errnos, example) GENERATOR_##access(format)
#include "vmxfs_files.h"

/* No lines; and a line of any of these */
generator line_bytes, line_any;

/* The command quit ends the vCPU: one of so many. */
#define QUIT_ONE_IN 400

#endif
