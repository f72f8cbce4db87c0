/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Versions: numbers with dots between them.
 */
#ifndef VERSION_H
#define VERSION_H

#include <stdbool.h>

bool is_version(const char *text);

/* As strcmp() does: 6.2 comes before 6.12. */
int compare_versions(const char *a, const char *b);

#endif
