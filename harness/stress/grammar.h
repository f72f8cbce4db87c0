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

generator line_ctl, line_regs, line_map, line_vmcs, line_insn, line_ept;
generator line_bitmap, line_msrbitmap, line_area, line_page, line_eptplist;
generator line_bytes, line_any;

/* The command quit ends the vCPU: one of so many. */
#define QUIT_ONE_IN 400

#endif
