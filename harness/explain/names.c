// SPDX-License-Identifier: GPL-2.0
#include "names.h"

#include <ctype.h>
#include <string.h>

#include "vmx.h"

#define MOST 64

static const struct {
	const char *ident, *sdm_name;
	uint64_t encoding;
} fields[] = {
#define VMX_FIELD(encoding, ident, owner, sdm_name) { #ident, sdm_name, encoding },
#include "vmx_fields.h"
};

static const struct {
	const char *ident;
	uint64_t index;
	const char *group;
	unsigned int width;
} msrs[] = {
#define VMX_CAPABILITY(group, msr, bit, width, ident) { #ident, msr, #group, width },
#include "vmx_capabilities.h"
};

enum { eax = VMXCHECK_EAX, ebx = VMXCHECK_EBX, ecx = VMXCHECK_ECX, edx = VMXCHECK_EDX };

static const struct {
	const char *ident;
	uint32_t leaf, subleaf;
	enum vmxcheck_register reg;
	unsigned int bit, width;
} cpuids[] = {
#define VMX_CPUID(leaf, subleaf, reg, bit, width, ident) \
	{ #ident, leaf, subleaf, (enum vmxcheck_register)(reg), bit, width },
#include "vmx_cpuid.h"
};

/* What Linux and others call fields, where only the words differ */
static const struct {
	const char *name;
	uint64_t encoding;
} others[] = {
	{ "pinbasedvmexeccontrol", VMCS_PIN_BASED_CONTROLS },
	{ "cpubasedvmexeccontrol", VMCS_PROC_BASED_CONTROLS },
	{ "procbasedvmexeccontrol", VMCS_PROC_BASED_CONTROLS },
	{ "vmvmexecctrls1", VMCS_PIN_BASED_CONTROLS },
	{ "vmvmexecctrls2", VMCS_PROC_BASED_CONTROLS },
	{ "vmvmexecctrls3", VMCS_SECONDARY_CONTROLS },
	{ "secondaryvmexeccontrol", VMCS_SECONDARY_CONTROLS },
	{ "tertiaryvmexeccontrol", VMCS_TERTIARY_CONTROLS },
	{ "vmexitcontrols", VMCS_EXIT_CONTROLS },
	{ "vmentrycontrols", VMCS_ENTRY_CONTROLS },
	{ "vmentryintrinfofield", VMCS_ENTRY_INTERRUPTION_INFORMATION },
	{ "vmentryintrinfo", VMCS_ENTRY_INTERRUPTION_INFORMATION },
	{ "vmentryinterruptioninfo", VMCS_ENTRY_INTERRUPTION_INFORMATION },
	{ "vmentryexceptionerrorcode", VMCS_ENTRY_EXCEPTION_ERROR_CODE },
	{ "vmentryinstructionlen", VMCS_ENTRY_INSTRUCTION_LENGTH },
	{ "vmentryinstructionlength", VMCS_ENTRY_INSTRUCTION_LENGTH },
	{ "vmentrymsrloadcount", VMCS_ENTRY_MSR_LOAD_COUNT },
	{ "vmexitmsrloadcount", VMCS_EXIT_MSR_LOAD_COUNT },
	{ "vmexitmsrstorecount", VMCS_EXIT_MSR_STORE_COUNT },
	{ "vmexitreason", VMCS_EXIT_REASON },
	{ "vmexitintrinfo", VMCS_EXIT_INTERRUPTION_INFORMATION },
	{ "guestinterruptibilityinfo", VMCS_GUEST_INTERRUPTIBILITY_STATE },
	{ "guestpendingdbgexceptions", VMCS_GUEST_PENDING_DEBUG_EXCEPTIONS },
	{ "cr0guesthostmask", VMCS_CR0_MASK },
	{ "cr4guesthostmask", VMCS_CR4_MASK },
	{ "eptp", VMCS_EPT_POINTER },
	{ "linkpointer", VMCS_VMCS_LINK_POINTER },
	{ "vpid", VMCS_VIRTUAL_PROCESSOR_ID },
	{ "guestpdptr0", VMCS_GUEST_PDPTE0 },
	{ "guestpdptr1", VMCS_GUEST_PDPTE1 },
	{ "guestpdptr2", VMCS_GUEST_PDPTE2 },
	{ "guestpdptr3", VMCS_GUEST_PDPTE3 },
	{ "virtualapicpageaddr", VMCS_VIRTUAL_APIC_ADDRESS },
	{ "apicaccessaddr", VMCS_APIC_ACCESS_ADDRESS },
	{ "msrbitmap", VMCS_MSR_BITMAPS },
};

static const struct {
	const char *field, *name;
	unsigned int first, last;
} bits[] = {
#define VMX_REGISTER_BITS(reg, first, last, ident, owner, sdm_name) \
	{ #reg, #ident, first, last },
#include "vmx_registers.h"
	{ "RFLAGS", "TF", 8, 8 }, { "RFLAGS", "IF", 9, 9 }, { "RFLAGS", "IOPL", 12, 13 },
	{ "RFLAGS", "VM", 17, 17 },
};

static const struct {
	const char *name;
	const char *field;
	uint64_t encoding;
	unsigned int bit;
} controls[] = {
#define VMX_CONTROL_GROUP(group, field, msr, true_msr, sdm_name) \
	{ sdm_name, NULL, VMCS_##field, 0 },
#define VMX_CONTROL(group, bit, ident, owner, sdm_name) { sdm_name, #group, 0, bit },
#include "vmx_controls.h"
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* Letters and digits, in lower case */
static void plain(char *to, const char *name, size_t length)
{
	size_t out = 0;

	for (size_t i = 0; i < length && out < MOST - 1; i++)
		if (isalnum((unsigned char)name[i]))
			to[out++] = (char)tolower((unsigned char)name[i]);
	to[out] = '\0';
}

static bool same(const char *name, const char *other)
{
	char text[MOST];

	plain(text, other, strlen(other));
	return strcmp(name, text) == 0;
}

/* Without "ia32", and with the words of the table: GUEST_IA32_EFER, GUEST_CS_AR_BYTES */
static void usual(char *name)
{
	static const char *const replace[][2] = {
		{ "ia32", "" }, { "arbytes", "accessrights" }, { "registers", "" },
	};

	for (size_t i = 0; i < COUNT(replace); i++) {
		char *at = strstr(name, replace[i][0]);
		char rest[MOST];

		if (!at)
			continue;
		strcpy(rest, at + strlen(replace[i][0]));
		if (strlen(rest) + strlen(replace[i][1]) + (size_t)(at - name) >= MOST)
			continue;
		strcpy(at, replace[i][1]);
		strcat(name, rest);
	}
}

static bool find_field(const char *name, uint64_t *encoding)
{
	for (size_t i = 0; i < COUNT(fields); i++)
		if (same(name, fields[i].ident) || same(name, fields[i].sdm_name)) {
			*encoding = fields[i].encoding;
			return true;
		}
	for (size_t i = 0; i < COUNT(others); i++)
		if (strcmp(name, others[i].name) == 0) {
			*encoding = others[i].encoding;
			return true;
		}
	return false;
}

/* IA32_VMX_BASIC; IA32_VMX_CR0_FIXED0; "msr.vmx_basic" and "cr0.fixed0" of caps */
static bool find_msr(const char *name, uint64_t *index)
{
	for (size_t i = 0; i < COUNT(msrs); i++) {
		char text[MOST], all[MOST];

		if (msrs[i].width != 64 || strcmp(msrs[i].group, "host") == 0)
			continue;
		plain(text, msrs[i].ident, strlen(msrs[i].ident));
		*all = '\0';
		if (strcmp(msrs[i].group, "msr") != 0)
			strcat(strcpy(all, "vmx"), msrs[i].group);
		strcat(all, text);
		*index = msrs[i].index;
		if (strcmp(name, all) == 0 ||
		    (strcmp(msrs[i].group, "msr") != 0 && strcmp(name, all + 3) == 0))
			return true;
	}
	return false;
}

/* "cpuid.physical_bits" of caps */
static bool find_cpuid(const char *name, struct named *named)
{
	for (size_t i = 0; i < COUNT(cpuids); i++) {
		char text[MOST] = "cpuid";

		plain(text + 5, cpuids[i].ident, strlen(cpuids[i].ident));
		if (strcmp(name, text) != 0)
			continue;
		*named = (struct named){
			VMXCHECK_CPUID,
			vmxcheck_cpuid(cpuids[i].leaf, cpuids[i].subleaf, cpuids[i].reg),
			VMX_BITS(0, cpuids[i].width - 1), cpuids[i].bit,
		};
		return true;
	}
	return false;
}

/* A prefix that says nothing; "msr" of an MSR is one, too. */
static const char *without_prefix(const char *name)
{
	static const char *const prefixes[] = { "vmcs", "vmx", "msr" };

	for (size_t i = 0; i < COUNT(prefixes); i++)
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return name + strlen(prefixes[i]);
	return name;
}

bool find_name(const char *name, size_t length, struct named *named)
{
	char text[MOST];
	const char *short_name;

	if (length >= MOST)
		return false;
	plain(text, name, length);
	usual(text);
	short_name = without_prefix(text);
	*named = (struct named){ .kind = VMXCHECK_FIELD, .mask = UINT64_MAX };
	if (find_field(text, &named->number) || find_field(short_name, &named->number))
		return true;
	if (find_cpuid(text, named))
		return true;
	named->kind = VMXCHECK_MSR;
	return *short_name && (find_msr(text, &named->number) || find_msr(short_name, &named->number));
}

bool find_bit(const char *name, size_t length, struct named *named)
{
	const char *dot = memchr(name, '.', length);
	size_t before = dot ? (size_t)(dot - name) : 0;
	char text[MOST], bit[MOST];
	const char *ident;

	if (!dot || length - before > 20 || !find_name(name, before, named))
		return false;
	ident = named->kind == VMXCHECK_FIELD ? field_name(named->number) : "";
	plain(text, ident, strlen(ident));
	plain(bit, dot + 1, length - before - 1);
	for (size_t i = 0; i < COUNT(bits); i++) {
		char field[MOST] = "guest";

		plain(field + 5, bits[i].field, strlen(bits[i].field));
		if (strcmp(field, text) != 0 || !same(bit, bits[i].name))
			continue;
		named->shift = bits[i].first;
		named->mask = VMX_BITS(bits[i].first, bits[i].last) >> bits[i].first;
		return true;
	}
	return false;
}

/* "VM-entry control" is the beginning of the name of its set. */
bool find_control(const char *set, size_t set_length, const char *name, size_t length,
		  struct named *named)
{
	char text[MOST], of[MOST], title[MOST];
	uint64_t encoding = 0;
	bool in_set = false;

	if (length >= MOST || set_length >= MOST)
		return false;
	plain(text, name, length);
	plain(of, set, set_length);
	for (size_t i = 0; i < COUNT(controls); i++) {
		if (!controls[i].field) {
			plain(title, controls[i].name, strlen(controls[i].name));
			encoding = controls[i].encoding;
			in_set = *of && strstr(title, of);
		} else if (in_set && same(text, controls[i].name)) {
			*named = (struct named){ VMXCHECK_FIELD, encoding, 1, controls[i].bit };
			return true;
		}
	}
	return false;
}

const char *field_name(uint64_t encoding)
{
	for (size_t i = 0; i < COUNT(fields); i++)
		if (fields[i].encoding == encoding)
			return fields[i].ident;
	return NULL;
}
