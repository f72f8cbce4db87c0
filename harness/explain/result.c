// SPDX-License-Identifier: GPL-2.0
#include "result.h"

#include <inttypes.h>

#include "cause.h"
#include "qualification.h"
#include "say.h"
#include "vmx.h"

static bool read_field(const struct dump *dump, uint64_t encoding, uint64_t *value)
{
	return values_read(&dump->vmcs, VMXCHECK_FIELD, encoding, value);
}

/* SDM, "Format of Exit Reason": the bits that are not defined, and the basic exit reasons */
static bool is_exit_reason(uint64_t reason)
{
	static const uint16_t reasons[] = {
#define VMX_EXIT(number, ident, word, sdm_name) number,
#include "vmx_exits.h"
	};

	if (reason & (VMX_BITS(16, 24) | VMX_BITS(30, 30)))
		return false;
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (reasons[i] == (reason & UINT16_MAX))
			return true;
	return false;
}

/*
 * Exit reason 0 is an exception or NMI, and then interruption information is valid: otherwise
 * there has been no VM exit yet with this VMCS.
 */
static bool has_exited(const struct dump *dump, uint64_t reason)
{
	uint64_t information;

	return is_exit_reason(reason) &&
	       (reason != VMX_EXIT_EXCEPTION_NMI ||
		!read_field(dump, VMCS_EXIT_INTERRUPTION_INFORMATION, &information) ||
		information & VMX_INTR_VALID);
}

/* SDM, "VM-Instruction Error Numbers": those of VMLAUNCH and VMRESUME */
static bool is_of_entry(uint64_t error)
{
	switch (error) {
	case VMX_ERROR_VMLAUNCH_NOT_CLEAR:
	case VMX_ERROR_VMRESUME_NOT_LAUNCHED:
	case VMX_ERROR_VMRESUME_AFTER_VMXOFF:
	case VMX_ERROR_ENTRY_CONTROLS:
	case VMX_ERROR_ENTRY_HOST_STATE:
	case VMX_ERROR_EXECUTIVE_VMCS_POINTER:
	case VMX_ERROR_EXECUTIVE_VMCS_NOT_LAUNCHED:
	case VMX_ERROR_EXECUTIVE_VMCS_NOT_VMXON:
	case VMX_ERROR_EXECUTIVE_VMCS_CONTROLS:
	case VMX_ERROR_ENTRY_MOV_SS:
		return true;
	default:
		return false;
	}
}

static enum end end_of_reason(uint64_t reason)
{
	switch (reason & UINT16_MAX) {
	case VMX_EXIT_INVALID_GUEST_STATE:
		return END_STATE;
	case VMX_EXIT_MSR_LOADING:
		return END_LOADING;
	case VMX_EXIT_MACHINE_CHECK:
		return END_MACHINE_CHECK;
	default:
		return reason & VMX_EXIT_ENTRY_FAILURE ? END_FAILED : END_EXIT;
	}
}

/*
 * The field VM-instruction error keeps what an earlier instruction left there, and so do exit
 * reason and qualification. Which is newer is known only if the error was told as the result of
 * this VM entry.
 */
struct result result_of(const struct dump *dump)
{
	struct result result = { .end = END_UNKNOWN };
	bool has_error = read_field(dump, VMCS_INSTRUCTION_ERROR, &result.error) &&
			 is_of_entry(result.error);

	result.has_reason = read_field(dump, VMCS_EXIT_REASON, &result.reason) &&
			    has_exited(dump, result.reason);
	result.has_qualification = read_field(dump, VMCS_EXIT_QUALIFICATION, &result.qualification);
	if (has_error && (dump->told_error || !result.has_reason)) {
		result.end = END_ERROR;
		result.stale = result.has_reason;
	} else if (has_error && (result.error == VMX_ERROR_ENTRY_CONTROLS ||
				 result.error == VMX_ERROR_ENTRY_HOST_STATE)) {
		result.either = true;
	} else if (dump->failure_0) {
		result.end = END_FAILED;
		result.stale = result.has_reason;
	} else if (result.has_reason) {
		result.end = end_of_reason(result.reason);
	} else if (dump->invalid_state) {
		result.end = END_STATE;
	} else if (dump->failed) {
		result.end = END_FAILED;
	}
	return result;
}

/* SDM, "VM-Entry Failures During or After Loading Guest State": the exit qualification */
static bool qualifies(const struct result *result, const struct vmxcheck_check *check)
{
	return !result->has_qualification || check->result == result->qualification;
}

bool result_explained_by(const struct result *result, size_t check,
			 const struct judgement *judgement)
{
	size_t count;
	const struct vmxcheck_check *row = &vmxcheck_checks(&count)[check];
	enum vmxcheck_stage stage = row->stage;

	switch (result->end) {
	case END_ERROR:
		return stage <= VMXCHECK_HOST && row->result == result->error;
	case END_STATE:
		return stage == VMXCHECK_GUEST && qualifies(result, row);
	case END_LOADING:
		return stage == VMXCHECK_MSRS &&
		       (!result->has_qualification || !judgement->finding.entry ||
			judgement->finding.entry == result->qualification);
	case END_UNKNOWN:
	case END_FAILED:
		return true;
	default:
		return false;
	}
}

static void say_exit(struct string *out, const struct dump *dump, const struct result *result)
{
	static const uint64_t events[] = {
		VMCS_EXIT_INTERRUPTION_INFORMATION, VMCS_IDT_VECTORING_INFORMATION,
	};
	uint64_t information = 0, value;
	struct cause cause;

	read_field(dump, VMCS_EXIT_INTERRUPTION_INFORMATION, &information);
	cause = cause_of(result->reason, information);
	string_print(out, "  exit reason %#" PRIx64 ": ", result->reason);
	print_exit_reason(out, result->reason & UINT32_MAX, UINT32_MAX, information);
	say_lines(out, &dump->vmcs, VMXCHECK_FIELD, VMCS_EXIT_REASON);
	string_add(out, "\n");
	if (result->has_qualification) {
		string_print(out, "  exit qualification %#" PRIx64, result->qualification);
		print_fields(out, qualification_format(cause.reason, cause.vector),
			     result->qualification, UINT64_MAX);
		say_lines(out, &dump->vmcs, VMXCHECK_FIELD, VMCS_EXIT_QUALIFICATION);
		string_add(out, "\n");
	}
	for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++)
		if (result->end == END_EXIT && read_field(dump, events[i], &value) &&
		    value & VMX_INTR_VALID) {
			string_print(out, "  %s %#" PRIx64, field_title(events[i]), value);
			print_interruption_bits(out, value, UINT32_MAX);
			say_lines(out, &dump->vmcs, VMXCHECK_FIELD, events[i]);
			string_add(out, "\n");
		}
}

static const char *const ends[] = {
	[END_UNKNOWN] = "The text does not say how the VM entry ended.\n",
	[END_EXIT] = "Not of a failed VM entry: the guest ran, until a VM exit.\n",
	[END_FAILED] = "VM entry failed.\n",
	[END_ERROR] = "VM entry failed: VMLAUNCH or VMRESUME ended in an error.\n",
	[END_STATE] = "VM entry failed: guest state is not valid.\n",
	[END_LOADING] = "VM entry failed: an MSR could not be loaded.\n",
	[END_MACHINE_CHECK] = "VM entry failed: a machine check came. No check of a VMCS explains that.\n",
};

void say_result(struct string *out, const struct dump *dump, const struct result *result)
{
	string_add(out, ends[result->end]);
	if (result->either)
		string_print(out, "  There are VM-instruction error %" PRIu64 " and exit reason %#" PRIx64
			     ": which of them is newer is not told.\n", result->error, result->reason);
	if (result->end == END_ERROR) {
		string_print(out, "  VM-instruction error %" PRIu64 ": ", result->error);
		print_instruction_error(out, result->error);
		say_lines(out, &dump->vmcs, VMXCHECK_FIELD, VMCS_INSTRUCTION_ERROR);
		string_add(out, "\n");
	}
	if (result->has_reason && !result->stale && !result->either)
		say_exit(out, dump, result);
	if (result->end == END_EXIT && dump->seen[SEEN_KVM].first && !dump->seen[SEEN_XEN].first)
		string_add(out, "  KVM's dump has no VM-instruction error. If KVM or QEMU has reported one "
			   "(\"hardware error 0x7\"),\n  the VM entry failed by that, and this VM "
			   "exit is an earlier one.\n");
	if (result->stale)
		string_print(out, "  Exit reason %#" PRIx64 " and its qualification are those of an "
			     "earlier VM exit: this VM entry has not written them.\n", result->reason);
	if (result->end == END_FAILED && dump->failure_0)
		string_add(out, "  \"Hardware error 0\" says that no error was recorded: why it failed "
			   "is not told.\n");
}
