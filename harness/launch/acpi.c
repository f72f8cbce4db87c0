// SPDX-License-Identifier: GPL-2.0
/*
 * ACPI's tables: which processors and interrupt controllers there are, where power management
 * is. ACPI Specification 6.4, chapter "ACPI Software Programming Model"
 */
#include <string.h>

#include "boot.h"
#include "dsdt.hex"
#include "machine.h"

#define OEM		"VMXCHK"
#define OEM_LAUNCH	"VMXLAUNC"
#define RTC_CENTURY	0x32	/* rtc.c */

/* A value in a table: where, how many bytes */
struct value {
	uint8_t offset;
	uint8_t size;
	uint64_t value;
};

/* The header of each table; tables begin at multiples of 64. */
enum { LENGTH = 4, REVISION = 8, CHECKSUM = 9, OEM_ID = 10, OEM_TABLE = 16, OEM_REVISION = 24,
       CREATOR = 28, CREATOR_REVISION = 32, HEADER_SIZE = 36 };

/* Fixed ACPI Description Table, as of revision 5. Where the DSDT is goes to 40 and 140. */
static const struct value fadt[] = {
	{ 46, 2, PM_SCI },		/* SCI_INT */
	{ 56, 4, PM_EVENT },		/* PM1a_EVT_BLK */
	{ 64, 4, PM_CONTROL },		/* PM1a_CNT_BLK */
	{ 76, 4, PM_TIMER },		/* PM_TMR_BLK */
	{ 88, 1, PM_EVENT_SIZE },
	{ 89, 1, PM_CONTROL_SIZE },
	{ 91, 1, PM_TIMER_SIZE },
	{ 96, 2, 0xffff },		/* P_LVL2_LAT: there is no C2, */
	{ 98, 2, 0xffff },		/* P_LVL3_LAT: and no C3 */
	{ 108, 1, RTC_CENTURY },
	{ 109, 2, 0x0005 },		/* IAPC_BOOT_ARCH: there are ISA devices, and no VGA */
	{ 112, 4, 0x00000521 },		/* Flags: WBINVD, no sleep button, 32-bit timer, reset */
	{ 116, 1, 1 },			/* RESET_REG: a port, */
	{ 117, 1, 8 },			/* of 8 bits, */
	{ 119, 1, 1 },			/* accessed as a byte, */
	{ 120, 8, PM_RESET },		/* there */
	{ 128, 1, PM_RESET_VALUE },
};

#define FADT_SIZE	268
#define FADT_DSDT	40
#define FADT_X_DSDT	140

/* Multiple APIC Description Table: its fields, and structures that follow each other */
#define MADT_SIZE	44
static const struct value madt[] = {
	{ 36, 4, LAPIC_ADDRESS },
	{ 40, 4, 0 },			/* Flags: there are no 8259s */
};

/* Processor Local APIC: number and ID are put at 2 and 3. */
#define MADT_LAPIC_SIZE	8
static const struct value madt_lapic[] = { { 0, 1, 0 }, { 1, 1, MADT_LAPIC_SIZE }, { 4, 4, 1 } };

#define MADT_IOAPIC_SIZE	12
static const struct value madt_ioapic[] = {
	{ 0, 1, 1 }, { 1, 1, MADT_IOAPIC_SIZE }, { 4, 4, IOAPIC_ADDRESS },
};

/* Interrupt Source Override: ACPI's own interrupt is level-triggered. */
#define MADT_OVERRIDE_SIZE	10
static const struct value madt_override[] = {
	{ 0, 1, 2 }, { 1, 1, MADT_OVERRIDE_SIZE }, { 3, 1, PM_SCI }, { 4, 4, PM_SCI }, { 8, 2, 0xd },
};

/* Root System Description Pointer: where the XSDT is goes to 24, checksums to 8 and 32. */
#define RSDP_SIZE	36
#define RSDP_OLD_SIZE	20
static const struct value rsdp[] = { { 15, 1, 2 }, { 20, 4, RSDP_SIZE } };

#define SIZE(array)	(sizeof(array) / sizeof(*(array)))

/* Where the next table goes */
struct tables {
	struct machine *machine;
	uint64_t at;
};

static uint8_t *acpi_place(struct tables *tables, uint32_t size, uint64_t *gpa)
{
	*gpa = tables->at;
	tables->at += (size + 63) & ~63u;
	return boot_place(tables->machine, *gpa, size, "ACPI");
}

static void acpi_put(uint8_t *table, unsigned int offset, unsigned int size, uint64_t value)
{
	memcpy(table + offset, &value, size);
}

static void acpi_fill(uint8_t *table, const struct value *values, size_t n)
{
	for (; n--; values++)
		acpi_put(table, values->offset, values->size, values->value);
}

/* The sum of all bytes, this one among them, is 0. */
static void acpi_sum(uint8_t *table, uint32_t size, unsigned int checksum)
{
	table[checksum] = 0;
	while (size--)
		table[checksum] -= size == checksum ? 0 : table[size];
}

/* The last that is done to a table */
static void acpi_seal(uint8_t *table, const char *signature, uint8_t revision, uint32_t size)
{
	memcpy(table, signature, 4);
	acpi_put(table, LENGTH, 4, size);
	acpi_put(table, REVISION, 1, revision);
	memcpy(table + OEM_ID, OEM, 6);
	memcpy(table + OEM_TABLE, OEM_LAUNCH, 8);
	acpi_put(table, OEM_REVISION, 4, 1);
	memcpy(table + CREATOR, OEM, 4);
	acpi_put(table, CREATOR_REVISION, 4, 1);
	acpi_sum(table, size, CHECKSUM);
}

static uint64_t acpi_add_fadt(struct tables *tables)
{
	uint64_t gpa, dsdt;
	uint8_t *table = acpi_place(tables, sizeof(dsdt_aml_code), &dsdt);

	memcpy(table, dsdt_aml_code, sizeof(dsdt_aml_code));
	table = acpi_place(tables, FADT_SIZE, &gpa);
	acpi_fill(table, fadt, SIZE(fadt));
	acpi_put(table, FADT_DSDT, 4, dsdt);
	acpi_put(table, FADT_X_DSDT, 8, dsdt);
	acpi_seal(table, "FACP", 5, FADT_SIZE);
	return gpa;
}

static uint64_t acpi_add_madt(struct tables *tables)
{
	unsigned int i, n = tables->machine->n_vcpus;
	uint32_t size = MADT_SIZE + n * MADT_LAPIC_SIZE + MADT_IOAPIC_SIZE +
			MADT_OVERRIDE_SIZE;
	uint64_t gpa;
	uint8_t *table = acpi_place(tables, size, &gpa), *next = table + MADT_SIZE;

	acpi_fill(table, madt, SIZE(madt));
	for (i = 0; i < n; i++, next += MADT_LAPIC_SIZE) {
		acpi_fill(next, madt_lapic, SIZE(madt_lapic));
		next[2] = next[3] = i;
	}
	acpi_fill(next, madt_ioapic, SIZE(madt_ioapic));
	next += MADT_IOAPIC_SIZE;
	acpi_fill(next, madt_override, SIZE(madt_override));
	acpi_seal(table, "APIC", 4, size);
	return gpa;
}

/* Extended System Description Table: where the others are */
static uint64_t acpi_add_xsdt(struct tables *tables)
{
	uint64_t gpa, entries[] = { acpi_add_fadt(tables), acpi_add_madt(tables) };
	uint8_t *table = acpi_place(tables, HEADER_SIZE + sizeof(entries), &gpa);

	memcpy(table + HEADER_SIZE, entries, sizeof(entries));
	acpi_seal(table, "XSDT", 1, HEADER_SIZE + sizeof(entries));
	return gpa;
}

uint64_t acpi_write(struct machine *machine)
{
	struct tables tables = { machine, BOOT_TABLES };
	uint64_t gpa;
	uint8_t *table = acpi_place(&tables, RSDP_SIZE, &gpa);

	memcpy(table, "RSD PTR ", 8);
	memcpy(table + 9, OEM, 6);
	acpi_fill(table, rsdp, SIZE(rsdp));
	acpi_put(table, 24, 8, acpi_add_xsdt(&tables));
	/* The first checksum is of what revision 0 had. */
	acpi_sum(table, RSDP_OLD_SIZE, 8);
	acpi_sum(table, RSDP_SIZE, 32);
	return gpa;
}
