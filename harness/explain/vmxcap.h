/* SPDX-License-Identifier: GPL-2.0 */
/* Lines of vmxcap, which says of each control in words what it can be. */
#ifndef VMXCAP_H
#define VMXCAP_H

#include "reader.h"

/* The sets and the controls from @begin to @end */
void read_vmxcap(struct reading *reading, size_t begin, size_t end);

#endif
