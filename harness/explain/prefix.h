/* SPDX-License-Identifier: GPL-2.0 */
/* What stands before the text of a line: times, names of hosts and programs, quotes. */
#ifndef PREFIX_H
#define PREFIX_H

#include <stddef.h>

/* How many bytes of a line that is; 0 if there is none. */
size_t prefix_length(const char *line, size_t length);

#endif
