/* SPDX-License-Identifier: GPL-2.0 */
/* What forms.asm is full of. */
#ifndef FORMS_H
#define FORMS_H

#include <stdint.h>

#define FORM_UNDEFINED		0xffff	/* status flags that are undefined after it */
#define FORM_SMALL_CX		0x10000
#define FORM_SMALL_DX		0x20000

struct form {
	uint32_t flags;
	uint8_t length;
	uint8_t code[15];
	char text[44];
};

extern const struct form forms16[], forms16_end[];
extern const struct form forms32[], forms32_end[];
extern const struct form forms64[], forms64_end[];

#endif
