/* SPDX-License-Identifier: GPL-2.0 */
/* The numbers of a row become claims. */
#ifndef READER_ROW_H
#define READER_ROW_H

#include "reader.h"

void read_row(struct reading *reading, struct dump *dump, const struct row *row,
	      const struct match *match);

/* The format of a number, in the order of struct dump */
const struct dump_format *format_number(size_t i);

#endif
