/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers of the processor in the SDM's words. Each function returns NULL if
 * there is nothing to say, else a text that the caller frees.
 */
#ifndef DECODE_H
#define DECODE_H

#include <stdbool.h>

/* Whether a line of the wait file, or the expectation of one, can begin with this word. */
bool decode_knows_exit(const char *word);

/* A line of the wait file, or the expectation of one. */
char *decode_wait(const char *line);

/*
 * Names and values of registers, of those that describe an exit or an error; of VMCS
 * fields, those that are interruption information.
 * regs is the regs file: an exit qualification depends on the exit reason.
 */
char *decode_registers(const char *pairs, const char *regs);

#endif
