/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Expected texts against those read. Words are equal as numbers if both are
 * numbers, else as strings; VALUE/MASK is any number with these bits, * any
 * word, and a last ... any rest.
 *
 * Each returns NULL if they agree, or the first difference in words, which the
 * caller frees: "pc: expected 0x1005, got 0x1007".
 */
#ifndef COMPARE_H
#define COMPARE_H

#define ANY_WORD "*"
#define ANY_REST "..."

/* A line of the wait file. */
char *compare_wait(const char *expected, const char *got);

/* A whole file. */
char *compare_text(const char *file, const char *expected, const char *got);

/*
 * Names and values against the regs file. *found, which the caller frees, is
 * those names with the values they have.
 */
char *compare_registers(const char *expected, const char *regs, char **found);

/* The first name that the regs file lacks, which the caller frees, or NULL. */
char *missing_register(const char *expected, const char *regs);

/* The value of a register in the regs file, which the caller frees, or NULL. */
char *find_register(const char *regs, const char *name);

#endif
