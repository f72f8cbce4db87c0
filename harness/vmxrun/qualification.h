/* SPDX-License-Identifier: GPL-2.0 */
#ifndef QUALIFICATION_H
#define QUALIFICATION_H

#include "fields.h"

/*
 * What the exit qualification's bits are, for a basic exit reason and, if
 * that is an exception, its vector.
 */
const struct format *qualification_format(unsigned int reason, int vector);

#endif
