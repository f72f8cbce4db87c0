// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "caps.h"
#include "fuzz.h"
#include "vmx.h"

struct field fields[FIELDS] = {
#define VMX_FIELD(encoding, ident, owner, sdm_name) \
	{ #ident, encoding, 0, VMX_OWNER_##owner == VMX_OWNER_GUEST ? ~0ULL : 0, 0 },
#include "vmx_fields.h"
};

/* Bits 14:13, 11:10 and 9:1 of an encoding are its place. */
static uint16_t rows[4 * 4 * 512];

static size_t place_of(uint64_t encoding)
{
	return (encoding >> 13 & 3) << 11 | (encoding >> 10 & 3) << 9 | (encoding >> 1 & 511);
}

size_t field_row(uint64_t encoding)
{
	size_t row = rows[place_of(encoding)];

	return row < FIELDS && fields[row].encoding == encoding ? row : NO_ROW;
}

static const struct {
	uint32_t field;
	uint64_t bits;
} owned[] = {
#define VMX_CONTROL_GROUP(group, field, msr, true_msr, sdm_name) { VMCS_##field, 0 },
#define VMX_CONTROL(group, bit, ident, owner, sdm_name) \
	{ 0, VMX_OWNER_##owner == VMX_OWNER_GUEST ? 1ULL << (bit) : 0 },
#include "vmx_controls.h"
#define VMX_REGISTER_FIELD(reg, field) { VMCS_##field, 0 },
#include "vmx_registers.h"
};

static const enum vmx_register registers[] = {
#define VMX_REGISTER_FIELD(reg, field) VMX_REGISTER_##reg,
#include "vmx_registers.h"
};

static const uint32_t register_fields[] = {
#define VMX_REGISTER_FIELD(reg, field) VMCS_##field,
#include "vmx_registers.h"
};

static void add_owned(void)
{
	size_t row = NO_ROW;

	/* A group's row comes before its controls. */
	for (size_t i = 0; i < sizeof(owned) / sizeof(*owned); i++)
		if (owned[i].field)
			row = field_row(owned[i].field);
		else
			fields[row].contained |= owned[i].bits;
	for (size_t i = 0; i < sizeof(registers) / sizeof(*registers); i++)
		fields[field_row(register_fields[i])].contained |= vmx_guest_bits(registers[i]);
}

void fields_init(void)
{
	static const uint64_t widths[] = {
		[VMX_WIDTH_16] = UINT16_MAX, [VMX_WIDTH_32] = UINT32_MAX,
		[VMX_WIDTH_64] = UINT64_MAX, [VMX_WIDTH_NATURAL] = UINT64_MAX,
	};
	static char names[FIELDS][48];

	memset(rows, 0xff, sizeof(rows));
	for (size_t i = 0; i < FIELDS; i++) {
		const char *name = fields[i].name;

		for (size_t n = 0; name[n] && n < sizeof(names[i]) - 1; n++)
			names[i][n] = name[n] >= 'A' && name[n] <= 'Z' ? name[n] | 0x20 : name[n];
		fields[i].name = names[i];
		fields[i].bits = widths[VMX_FIELD_WIDTH(fields[i].encoding)];
		rows[place_of(fields[i].encoding)] = i;
	}
	add_owned();
	/* The descriptor stays in its page. */
	fields[ROW_POSTED_INTERRUPT_DESCRIPTOR].contained = 0xfc0;
	for (size_t i = 0; i < FIELDS; i++)
		fields[i].contained &= fields[i].bits;
}

void fields_probe(const char *caps)
{
	bool reserved = caps_value(caps, "vmwrite.access_rights_reserved");
	bool l = caps_value(caps, "vmwrite.access_rights_l");

	for (size_t i = 0; i < FIELDS; i++) {
		if (!VMX_FIELD_IS_RIGHTS(fields[i].encoding))
			continue;
		/* CS always has L. */
		fields[i].dropped = (reserved ? 0 : VMX_RIGHTS_RESERVED) |
				    (l || i == ROW_GUEST_CS_ACCESS_RIGHTS ? 0 : VMX_RIGHTS_L);
	}
}

void changes_add(struct changes *changes, size_t row, uint64_t value)
{
	for (size_t i = 0; i < changes->count; i++)
		if (changes->change[i].row == row) {
			changes->change[i].value = value;
			return;
		}
	if (changes->count < CHANGES)
		changes->change[changes->count++] = (struct change){ row, value };
}
