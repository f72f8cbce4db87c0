/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bytes of a file that is no text, in a case: OFFSET HEXDIGITS.
 */
#ifndef BYTES_H
#define BYTES_H

#include <stddef.h>
#include <stdint.h>

struct bytes {
	uint64_t offset;
	size_t length;
	unsigned char *data;
};

/* Returns NULL, or what is wrong, which the caller frees. */
char *bytes_parse(struct bytes *bytes, const char *text);
void bytes_free(struct bytes *bytes);

/* As a case writes them; the caller frees it. */
char *bytes_format(const struct bytes *bytes);

#endif
