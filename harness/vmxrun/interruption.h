/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interruption information in words: intr(VECTOR,TYPE[,FLAG...]), of VM entry, VM exit
 * and IDT vectoring. cases/README.md has the words; intr() is always valid (bit 31).
 */
#ifndef INTERRUPTION_H
#define INTERRUPTION_H

#include <stdint.h>

/*
 * Puts the number where a text has intr(...). Returns NULL and what is wrong in
 * *error, which the caller frees, if it can't.
 */
char *expand_interruptions(const char *text, char **error);

/* The words, which the caller frees; NULL if they can't say the bits of the mask. */
char *interruption_words(uint64_t value, uint64_t mask);

#endif
