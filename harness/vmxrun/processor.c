// SPDX-License-Identifier: GPL-2.0
/*
 * SDM, "CPUID--CPU Identification": how family and model are made of the signature.
 */
#include "processor.h"

#include <stdint.h>
#include <string.h>

#include "caps.h"

#define INTEL 0x756e6547	/* EBX of leaf 0: "Genu" */
#define LAST_STEPPING 0xf

static unsigned int bits(uint64_t value, unsigned int low, unsigned int width)
{
	return value >> low & ((1U << width) - 1);
}

bool processor_read(struct processor *processor, const char *caps)
{
	uint64_t signature = caps_value(caps, "cpuid.signature");
	unsigned int family = bits(signature, 8, 4);
	unsigned int extended_family = bits(signature, 20, 8);
	unsigned int model = bits(signature, 4, 4);
	unsigned int extended_model = bits(signature, 16, 4);

	processor->stepping = bits(signature, 0, 4);
	processor->family = family == 0xf ? family + extended_family : family;
	processor->model = family == 0x6 || family == 0xf ?
				   (extended_model << 4) + model : model;
	return caps_value(caps, "cpuid.vendor") == INTEL;
}

/* The value of a digit as the SDM writes it, or -1. */
static int hex(char digit)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *found = digit ? strchr(digits, digit) : NULL;

	return found ? (int)(found - digits) : -1;
}

/* Two digits at text. */
static bool parse_two(const char *text, unsigned int *number)
{
	if (hex(text[0]) < 0 || hex(text[1]) < 0)
		return false;
	*number = hex(text[0]) << 4 | hex(text[1]);
	return true;
}

bool processor_parse(const char *text, struct processor *first, unsigned int *last_stepping)
{
	if (!parse_two(text, &first->family) || text[2] != '_' ||
	    !parse_two(text + 3, &first->model) || text[5] != 'H')
		return false;
	text += 6;
	first->stepping = 0;
	*last_stepping = LAST_STEPPING;
	if (!*text)
		return true;
	if (text[0] != ':' || hex(text[1]) < 0)
		return false;
	first->stepping = hex(text[1]);
	*last_stepping = first->stepping;
	text += 2;
	if (text[0] == '-' && hex(text[1]) > (int)first->stepping) {
		*last_stepping = hex(text[1]);
		text += 2;
	}
	return !*text;
}
