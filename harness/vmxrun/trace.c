// SPDX-License-Identifier: GPL-2.0
#include "trace.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "util.h"
#include "vmx.h"
#include "words.h"

#define WORD "# trace: "
#define MAX_EXCEPTIONS 64
#define MAX_INSTRUCTION 15	/* bytes; SDM, "Instruction Format" */

/* Of guests/inc/paging.inc: linear addresses from here up are the physical ones from 0 again. */
#define WINDOW 0x200000

static const char *const prefixes[MAX_VCPUS] = { "-", "b/", "c/" };

void trace_change(struct trace *trace, const struct step *step)
{
	fprintf(trace->out, WORD "> %u %s %c %s\n", step->line, step->file->name, step->op,
		step->text ? step->text : "");
}

void trace_said(struct trace *trace, const struct step *step, char op, const char *text)
{
	do {
		size_t length = strcspn(text, "\n");

		fprintf(trace->out, WORD "< %u %s %c %.*s\n", step->line, step->file->name, op,
			(int)length, text);
		text += length + (text[length] == '\n');
	} while (*text);
}

static uint64_t number_of(const char *registers, const char *name)
{
	char *text = find_value(FILE_NAMES, registers, name);
	uint64_t value = 0;

	if (text && !parse_number(text, &value))
		value = 0;
	free(text);
	return value;
}

/* SDM, "Format of Access Rights": L is bit 13, D bit 14; IA32_EFER.LMA is bit 10. */
static unsigned int code_bits(const char *registers)
{
	uint64_t rights = number_of(registers, "csperm");

	if (number_of(registers, "efer") & 1 << 10 && rights & VMX_RIGHTS_L)
		return 64;
	return rights & 1 << 14 ? 32 : 16;
}

static void trace_code(struct trace *trace, unsigned int vcpu, struct access *access,
		       const char *registers)
{
	unsigned int bits = code_bits(registers);
	uint64_t base = bits == 64 ? 0 : number_of(registers, "csbase");
	uint64_t linear = base + number_of(registers, "pc");
	bool paging = number_of(registers, "cr0real") >> 31 & 1;
	unsigned char data[MAX_INSTRUCTION];
	struct bytes bytes = {
		.offset = paging ? linear % WINDOW : linear,
		.length = sizeof(data),
		.data = data,
	};
	char *error = access_read_bytes(access, MEMORY_FILE, &bytes);

	if (!error && bytes.length) {
		fprintf(trace->out, WORD "code %s %u %#" PRIx64 " ", prefixes[vcpu], bits, linear);
		for (size_t i = 0; i < bytes.length; i++)
			fprintf(trace->out, "%02x", data[i]);
		fputc('\n', trace->out);
	}
	free(error);
}

/* What wait says already is left out. */
static bool is_of_exit(const char *name)
{
	return strncmp(name, "exit", 4) == 0 || strncmp(name, "instructionerror", 16) == 0;
}

static void trace_changed(struct trace *trace, unsigned int vcpu, const char *before,
			  const char *after)
{
	struct words old = words_split(before);
	struct words new = words_split(after);

	for (size_t i = 0; i + 1 < old.count && i + 1 < new.count; i += 2)
		if (strcmp(old.word[i + 1], new.word[i + 1]) != 0 && !is_of_exit(new.word[i]))
			fprintf(trace->out, WORD "reg %s %s %s %s\n", prefixes[vcpu], new.word[i],
				old.word[i + 1], new.word[i + 1]);
	words_free(&old);
	words_free(&new);
}

void trace_registers(struct trace *trace, unsigned int vcpu, struct access *access)
{
	char *now = NULL;

	free(access_read(access, "regs", &now));
	if (!now)
		return;
	if (trace->registers[vcpu]) {
		trace_changed(trace, vcpu, trace->registers[vcpu], now);
		trace_code(trace, vcpu, access, now);
	}
	free(trace->registers[vcpu]);
	trace->registers[vcpu] = now;
}

/* SDM, "Interrupt 8--Double Fault Exception (#DF)" */
static bool is_contributory(uint64_t vector)
{
	return vector == VMX_EXC_DE || (vector >= VMX_EXC_TS && vector <= VMX_EXC_GP) ||
	       vector == VMX_EXC_CP;
}

static bool makes_double_fault(uint64_t first, uint64_t second)
{
	if (first == VMX_EXC_PF)
		return second == VMX_EXC_PF || is_contributory(second);
	return is_contributory(first) && is_contributory(second);
}

static bool is_exception(uint64_t information)
{
	return information & VMX_INTR_VALID &&
	       (information & VMX_INTR_TYPE) == VMX_INTR_HW_EXCEPTION;
}

static char *write_field(struct access *access, const char *name, uint64_t value)
{
	char *text = xasprintf("%s %#" PRIx64, name, value);
	char *error = access_write(access, "vmcs", text);

	free(text);
	return error;
}

/*
 * Has VM entry inject what the processor would have delivered: the exception, or the double fault
 * that it makes. False: it is a triple fault.
 */
static bool deliver(struct access *access, const char *registers)
{
	uint64_t event = number_of(registers, "exitinterruptinfo") & ~(uint64_t)VMX_INTR_NMI_UNBLOCKED;
	uint64_t before = number_of(registers, "idtinterruptinfo");
	uint64_t code = number_of(registers, "exitinterruptcode");
	char *cr2;

	if (is_exception(before) && is_exception(event)) {
		if ((before & VMX_INTR_VECTOR) == VMX_EXC_DF)
			return false;
		if (makes_double_fault(before & VMX_INTR_VECTOR, event & VMX_INTR_VECTOR)) {
			event = VMX_INTR_VALID | VMX_INTR_ERROR_CODE | VMX_INTR_HW_EXCEPTION |
				VMX_EXC_DF;
			code = 0;
		}
	}
	if ((event & VMX_INTR_VECTOR) == VMX_EXC_PF) {
		cr2 = xasprintf("cr2 %#" PRIx64, number_of(registers, "exitqualification"));
		free(access_write(access, "regs", cr2));
		free(cr2);
	}
	free(write_field(access, "entry_exception_error_code", code));
	free(write_field(access, "entry_instruction_length",
			 number_of(registers, "exitinstructionlen")));
	free(write_field(access, "entry_interruption_information", event));
	return true;
}

static void trace_exception(struct trace *trace, struct access *access, const char *line,
			    const char *registers)
{
	uint64_t before = number_of(registers, "idtinterruptinfo");

	fprintf(trace->out, WORD "first %s\n", line);
	if (before & VMX_INTR_VALID)
		fprintf(trace->out, WORD "during %#" PRIx64 "\n", before);
	else
		trace_code(trace, 0, access, registers);
}

void trace_exceptions(struct trace *trace, struct access *access, const char *go)
{
	bool goes_on = true;

	free(access_write(access, "ctl", "extrap 0xffffffff"));
	free(write_field(access, "page_fault_error_code_mask", 0));
	free(write_field(access, "page_fault_error_code_match", 0));
	for (unsigned int i = 0; goes_on && i < MAX_EXCEPTIONS; i++) {
		char *error = access_write(access, "ctl", i ? "go" : go);
		char *registers = NULL;
		char *line = NULL;

		if (!error)
			error = access_wait(access, &line);
		if (!error && line && (*line == '#' || strncmp(line, "nmi ", 4) == 0))
			error = access_read(access, "regs", &registers);
		if (registers)
			trace_exception(trace, access, line, registers);
		goes_on = registers && deliver(access, registers);
		free(registers);
		free(error);
		free(line);
	}
}

void trace_end(struct trace *trace)
{
	for (unsigned int i = 0; i < MAX_VCPUS; i++)
		free(trace->registers[i]);
	*trace = (struct trace){ 0 };
}
