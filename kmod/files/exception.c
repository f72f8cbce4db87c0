// SPDX-License-Identifier: GPL-2.0
/* Exceptions and interrupts by name. */
#include <linux/kernel.h>
#include <linux/string.h>
#include "files/files.h"

static const char *const vmxfs_exceptions[] = {
#define VMX_EXCEPTION(vector, ident, name, error_code, fault, sdm_name) [vector] = name,
#include "vmx_exceptions.h"
};

/* NULL for a vector that has no name. */
const char *vmxfs_exception_name(u8 vector)
{
	return vector < ARRAY_SIZE(vmxfs_exceptions) ? vmxfs_exceptions[vector] : NULL;
}

/* "#gp", "#13" or "13" into vector and type. */
static int exception_parse(const char *text, u32 *info)
{
	u8 vector;

	for (vector = 0; vector < ARRAY_SIZE(vmxfs_exceptions); vector++)
		if (vmxfs_exceptions[vector] && !strcmp(vmxfs_exceptions[vector], text))
			break;
	if (vector == ARRAY_SIZE(vmxfs_exceptions) &&
	    kstrtou8(text + (*text == '#'), 10, &vector))
		return -EINVAL;

	*info = VMX_INTR_VALID | vector;
	if (*text != '#')
		*info |= VMX_INTR_EXTERNAL;
	else if (vector == VMX_EXC_BP || vector == VMX_EXC_OF)
		*info |= VMX_INTR_SW_EXCEPTION;
	else
		*info |= VMX_INTR_HW_EXCEPTION;
	return 0;
}

/**
 * vmxfs_event_parse() - read "EVENT[,[CODE][,LENGTH]]"
 * @vcpu: gets the error's text
 * @text: EVENT is a named exception, a number after a "#", or a number, which
 *	is an interrupt; CODE its error code; LENGTH of the instruction. Is cut up.
 * @event: the result, not pending
 *
 * Return: 0 or -EINVAL.
 */
int vmxfs_event_parse(struct vmxfs_vcpu *vcpu, char *text, struct vmxfs_event *event)
{
	char *vector = strsep(&text, ",");
	char *code = strsep(&text, ",");
	char *length = text;

	memset(event, 0, sizeof(*event));
	if (exception_parse(vector, &event->info))
		return vmxfs_fail(vcpu, EXCEPTION, vector);
	if (code && *code) {
		if (kstrtou32(code, 0, &event->code))
			return vmxfs_fail(vcpu, ERROR_CODE, code);
		event->info |= VMX_INTR_ERROR_CODE;
	}
	if (length && kstrtou32(length, 0, &event->ilen))
		return vmxfs_fail(vcpu, INSN_LENGTH, length);
	return 0;
}
