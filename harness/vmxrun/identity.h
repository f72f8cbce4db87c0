/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which processor it is, in a line, for who compares the results of many machines.
 */
#ifndef IDENTITY_H
#define IDENTITY_H

/*
 * "NAME, 06-97-02, microcode 0x2e": family, model and stepping in hexadecimal; and ", core
 * KIND" if there is a kind. By what the text of /proc/cpuinfo says of this processor; NULL
 * if it says nothing. The caller frees it.
 */
char *identity_of(const char *cpuinfo, int processor, const char *kind);

/*
 * The same of the processor that this runs on. Without a kind it is that of CPUID: a processor
 * that is no hybrid may have one, too.
 */
char *identity_here(const char *kind);

#endif
