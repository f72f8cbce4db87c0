/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a case needs: lines of vmxfs' caps file, and flags of /proc/cpuinfo;
 * !NAME needs that it is missing.
 */
#ifndef CAPS_H
#define CAPS_H

#include <stdbool.h>

/* Whether there is such a name: a control, a capability, or cpu.FLAG. */
bool caps_known(const char *name);

/* Whether the processor is as needed; caps and cpuinfo are those files' texts. */
bool caps_has(const char *caps, const char *cpuinfo, const char *name);

#endif
