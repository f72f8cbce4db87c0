/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the bits of exit qualifications and of some fields of the VMCS are, for a program that
 * draws them.
 */
#ifndef FORMATS_H
#define FORMATS_H

/*
 * Prints a line for each group of bits, with tabs between: OF KIND HIGH LOW WHEN_MASK WHEN NAME
 * CHOICE|CHOICE... OF is the number of an exit, NUMBER:VECTOR of an exception, or the name of a
 * field; KIND is flag, choice, decimal, hex or signed. Of something without bits of a
 * meaning there is no line. Then, for each field that not every processor has: exists FIELD
 * CONDITION, as libvmxcheck has it. Returns 0.
 */
int formats_print(void);

#endif
