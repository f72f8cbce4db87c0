// SPDX-License-Identifier: GPL-2.0
#include "names.h"

#include "random.h"

#define NAMES(list) { list, sizeof(list) / sizeof(*(list)) }

static const char *const register_names[] = {
#define VMXFS_REGISTER(name, size, rule) #name,
#include "vmxfs_regs.h"
};

static const char *const field_names[] = {
#define VMX_FIELD(encoding, ident, owner, sdm_name) #ident,
#include "vmx_fields.h"
};

static const char *const control_names[] = {
#define VMX_CONTROL(group, bit, ident, owner, sdm_name) #group "." #ident,
#include "vmx_controls.h"
};

static const char *const exception_names[] = {
#define VMX_EXCEPTION(vector, ident, name, error_code, fault, sdm_name) name,
#include "vmx_exceptions.h"
	"#2", "#13", "#22", "#31", "#255", "0", "2", "13", "32", "128", "255",
};

/* Of report, and some that it can't have. */
static const char *const exit_names[] = {
#define VMXFS_REPORT(name, exit, event) name,
#include "vmxfs_reports.h"
	".hlt", "eptfault", "triplef", "#gp",
};

static const char *const operand_names[] = {
#define VMXFS_OPERAND(name, kind, which) #name,
#include "vmxfs_operands.h"
};

static const char *const segment_names[] = {
	"a", "b", "c", "a", "b", "c", "none", "./", "../a",
#define VMXFS_AREA(ident, name, format, field, order, fill, unit, mapped) "./" #name,
#include "vmxfs_areas.h"
};

static const char *const access_names[] = {
	"rwx", "r--", "-w-", "--x", "rw-", "r-x", "-wx", "---", "rwx", "rw",
	"x", "-", "---",
};

static const char *const cache_names[] = {
	"uc", "wc", "02", "03", "wt", "wp", "wb", "07", "wb!", "uc!", "wb",
};

static const char *const level_names[] = { "pml4e", "pdpte", "pde", "pte" };

static const char *const processor_word_names[] = {
#define VMXFS_PROCESSOR(name, access) #name,
#include "vmxfs_processor.h"
};

static const char *const processor_command_names[] = {
	"start", "go", "init", "nmi", "sipi 0x54", "back",
};

static const char *const edge_names[] = {
	"0", "1", "-1", "2", "7", "8", "0x1f", "0x20", "0x200", "0x1000",
	"0xffff", "0x10000", "2147483647", "2147483648", "0x80000000",
	"4294967295", "4294967296", "0x100000000", "0x7fffffffffffffff",
	"9223372036854775808", "0x8000000000000000", "0xffffffffffffffff",
	"18446744073709551615", "18446744073709551616", "0x10000000000000000",
	"-9223372036854775808", "020", "08", "0x", "0xg", "1e3", "+1", "0b1",
	"1.5", "0x1p4", "00000000000000000000000000000000000001", "'0'", "#1",
};

const struct names registers = NAMES(register_names);
const struct names fields = NAMES(field_names);
const struct names controls = NAMES(control_names);
const struct names exceptions = NAMES(exception_names);
const struct names exits = NAMES(exit_names);
const struct names operands = NAMES(operand_names);
const struct names segments = NAMES(segment_names);
const struct names accesses = NAMES(access_names);
const struct names caches = NAMES(cache_names);
const struct names levels = NAMES(level_names);
const struct names processor_words = NAMES(processor_word_names);
const struct names processor_commands = NAMES(processor_command_names);
const struct names edges = NAMES(edge_names);

const char *pick_name(struct random *random, const struct names *names)
{
	return names->name[random_below(random, names->count)];
}
