// SPDX-License-Identifier: GPL-2.0
/*
 * vmxdisasm: reads lines BITS ADDRESS BYTES, prints LENGTH INSTRUCTION for each.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include <Zydis/Zydis.h>

#define MAX_LINE 256

static bool decoder_of(unsigned int bits, ZydisDecoder *decoder)
{
	switch (bits) {
	case 16:
		return ZYAN_SUCCESS(ZydisDecoderInit(decoder, ZYDIS_MACHINE_MODE_LEGACY_16,
						     ZYDIS_STACK_WIDTH_16));
	case 32:
		return ZYAN_SUCCESS(ZydisDecoderInit(decoder, ZYDIS_MACHINE_MODE_LEGACY_32,
						     ZYDIS_STACK_WIDTH_32));
	case 64:
		return ZYAN_SUCCESS(ZydisDecoderInit(decoder, ZYDIS_MACHINE_MODE_LONG_64,
						     ZYDIS_STACK_WIDTH_64));
	}
	return false;
}

static size_t parse_bytes(const char *digits, unsigned char *data, size_t most)
{
	size_t count = 0;
	unsigned int byte;

	while (count < most && sscanf(digits, "%2x", &byte) == 1) {
		data[count++] = byte;
		digits += 2;
		if (!digits[-1])
			break;
	}
	return count;
}

static void print_instruction(unsigned int bits, uint64_t address, const char *digits)
{
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
	unsigned char data[ZYDIS_MAX_INSTRUCTION_LENGTH];
	ZydisDecodedInstruction instruction;
	ZydisFormatter formatter;
	ZydisDecoder decoder;
	char text[MAX_LINE];
	size_t length = parse_bytes(digits, data, sizeof(data));

	if (!decoder_of(bits, &decoder) ||
	    !ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, data, length, &instruction,
						 operands)) ||
	    !ZYAN_SUCCESS(ZydisFormatterInit(&formatter, ZYDIS_FORMATTER_STYLE_INTEL)) ||
	    !ZYAN_SUCCESS(ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_HEX_UPPERCASE,
						    ZYAN_FALSE)) ||
	    !ZYAN_SUCCESS(ZydisFormatterSetProperty(&formatter,
						    ZYDIS_FORMATTER_PROP_ADDR_PADDING_ABSOLUTE, 0)) ||
	    !ZYAN_SUCCESS(ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_IMM_PADDING, 0)) ||
	    !ZYAN_SUCCESS(ZydisFormatterFormatInstruction(&formatter, &instruction, operands,
							  instruction.operand_count_visible, text,
							  sizeof(text), address, NULL)))
		puts("0");
	else
		printf("%u %s\n", instruction.length, text);
}

int main(void)
{
	char line[MAX_LINE];
	char digits[MAX_LINE];
	unsigned int bits;
	uint64_t address;

	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "%u %" SCNi64 " %255s", &bits, (int64_t *)&address, digits) == 3)
			print_instruction(bits, address, digits);
		else
			puts("0");
	}
	return ferror(stdin) || fflush(stdout) ? 1 : 0;
}
