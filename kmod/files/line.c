// SPDX-License-Identifier: GPL-2.0
/*
 * The lines of wait. They are written by hand: what scnprintf() does for one would cost
 * as much as the VM exit.
 */
#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "files/files.h"

static const char *const vmxfs_exit_names[] = {
#define VMX_EXIT(number, ident, name, sdm_name) [number] = name,
#include "vmx_exits.h"
};

static char *line_put(char *at, const char *text)
{
	while (*text)
		*at++ = *text++;
	return at;
}

/* As "%#llx", but for the space. */
static char *line_put_value(char *at, const char *name, u64 value)
{
	int shift = value ? (fls64(value) - 1) & ~3 : 0;

	*at++ = ' ';
	at = line_put(at, name);
	*at++ = '0';
	*at++ = 'x';
	for (; shift >= 0; shift -= 4)
		*at++ = hex_asc[value >> shift & 15];
	return at;
}

static char *line_put_number(char *at, char prefix, u32 number)
{
	return at + sprintf(at, "%c%u", prefix, number);
}

static char *line_put_name(char *at, const struct vmxfs_exit *exit)
{
	u16 basic = exit->reason;
	u8 vector = exit->intr_info & VMX_INTR_VECTOR;
	const char *name = NULL;

	if (basic == VMX_EXIT_EXCEPTION_NMI && exit->intr_info & VMX_INTR_VALID) {
		if ((exit->intr_info & VMX_INTR_TYPE) == VMX_INTR_NMI)
			return line_put(at, "nmi");
		name = vmxfs_exception_name(vector);
		return name ? line_put(at, name) : line_put_number(at, '#', vector);
	}
	if (basic < ARRAY_SIZE(vmxfs_exit_names))
		name = vmxfs_exit_names[basic];
	return name ? line_put(at, name) : line_put_number(at, '?', basic);
}

/**
 * vmxfs_exit_format() - a VM exit as a line of the wait file
 * @exit: the VM exit
 * @buf: gets the line, with newline; of VMXFS_LINE_MAX bytes
 *
 * Return: the line's length.
 */
size_t vmxfs_exit_format(const struct vmxfs_exit *exit, char *buf)
{
	u16 basic = exit->reason;
	char *at = buf;

	if (exit->reason & VMX_EXIT_ENTRY_FAILURE)
		*at++ = '!';
	at = line_put_name(at, exit);
	at = line_put_value(at, "", exit->qualification);
	at = line_put_value(at, "pc ", exit->rip);
	at = line_put_value(at, "sp ", exit->rsp);
	at = line_put_value(at, "ilen ", exit->insn_length);
	at = line_put_value(at, "iinfo ", exit->insn_info);
	/* Unless the field is valid, its other bits are undefined. */
	if (exit->intr_info & VMX_INTR_VALID && exit->intr_info & VMX_INTR_ERROR_CODE)
		at = line_put_value(at, "excode ", exit->intr_code);
	if (basic == VMX_EXIT_EPT_VIOLATION && exit->qualification & BIT(7))
		at = line_put_value(at, "va ", exit->linear);
	if (basic == VMX_EXIT_EPT_VIOLATION || basic == VMX_EXIT_EPT_MISCONFIGURATION)
		at = line_put_value(at, "pa ", exit->physical);
	if (basic == VMX_EXIT_IO_INSTRUCTION)
		at = line_put_value(at, "ax ", exit->rax);
	*at++ = '\n';
	return at - buf;
}
