/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Some fields and controls of the VMCS by name, as the file vmcs shows them. That file has all
 * of them, and takes twenty times as long.
 */
#ifndef VMCS_VALUES_H
#define VMCS_VALUES_H

#include "access.h"

/*
 * The lines of the file vmcs with the names that an expectation has, which the caller frees;
 * NULL if one is not there, or could not be read.
 */
char *vmcs_values(struct access *access, const char *expected);

#endif
