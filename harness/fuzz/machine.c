// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "fuzz.h"
#include "guest.h"
#include "segment.h"
#include "sequence.h"
#include "vmx.h"
#include "vmxfs_abi.h"

#define MEMORY 0x10000
#define SEGMENT "fuzz"

/* What every base has: the guest leaves before its first instruction. */
static const char report[] = "report preempt\n";
static const char timer[] = "preemption_timer_value 0\n";

static char problem[400];

static const char *say(const char *what, int error)
{
	snprintf(problem, sizeof(problem), "%s: %s", what, strerror(-error));
	return problem;
}

/* The guest's memory; where it begins and where its HLT is. */
static const char *load_guest(const char *name, uint64_t *start, uint64_t *hlt)
{
	static struct guest guest;
	char path[64], *wrong;
	int fd;

	snprintf(path, sizeof(path), "guests/%s", name);
	wrong = guest_read(&guest, path);
	if (wrong) {
		snprintf(problem, sizeof(problem), "%s", wrong);
		free(wrong);
		return problem;
	}
	guest_label(&guest, "start", 5, start);
	guest_label(&guest, "hlt", 3, hlt);
	fd = segment_make(BY_PATH, SEGMENT, 0, MEMORY);
	if (fd < 0)
		return say("segment", fd);
	for (size_t i = 0; i < guest.nsegments; i++) {
		const Elf64_Phdr *part = &guest.segment[i];

		if (part->p_type == PT_LOAD && part->p_filesz)
			file_write_at(fd, guest.file + part->p_offset, part->p_filesz, part->p_paddr);
	}
	close(fd);
	return NULL;
}

static const char *write_or_say(struct machine *machine, const char *file, const char *text)
{
	char why[200];
	int error = vcpu_write(&machine->vcpu, file, text);

	if (!error)
		return NULL;
	vcpu_error(&machine->vcpu, why, sizeof(why));
	snprintf(problem, sizeof(problem), "%s: %.*s: %s", file, (int)strcspn(text, "\n"), text,
		 *why ? why : strerror(-error));
	return problem;
}

void machine_read(struct machine *machine)
{
	struct vmxfs_field got[FIELDS];
	ssize_t n = file_read_at(machine->fields, got, sizeof(got), 0);

	for (size_t i = 0; n == sizeof(got) && i < FIELDS; i++) {
		machine->now.value[i] = got[i].value;
		machine->now.have[i] = !got[i].error;
	}
}

/* Whether the processor can have every control of these lines. */
static bool has_all(struct machine *machine, const char *lines)
{
	for (const char *line = lines; *line; line = strchr(line, '\n') + 1) {
		char one[120];

		snprintf(one, sizeof(one), "%.*s", (int)(strchr(line, '\n') - line + 1), line);
		if (vcpu_write(&machine->vcpu, "vmcs", one))
			return false;
	}
	return true;
}

static const char *begin(struct machine *machine)
{
	const struct base *base = machine->base;
	uint64_t start = 0, hlt = 0;
	char text[200], line[100];
	const char *wrong = load_guest(base->guest, &start, &hlt);
	int error;

	if (wrong)
		return wrong;
	error = vcpu_open(&machine->vcpu, BY_PATH, O_RDWR);
	if (error)
		return say("clone", error);
	if (machine->unsafe)
		wrong = write_or_say(machine, "ctl", "unsafe\n");
	error = vcpu_map(&machine->vcpu, 0, MEMORY, SEGMENT);
	if (wrong || error)
		return wrong ? wrong : say("map", error);
	snprintf(text, sizeof(text), "go pc=%#llx;\n", (unsigned long long)start);
	wrong = write_or_say(machine, "ctl", text);
	if (wrong)
		return wrong;
	vcpu_read(&machine->vcpu, "wait", text, sizeof(text));
	snprintf(line, sizeof(line), ".hlt 0x0 pc %#llx ", (unsigned long long)hlt);
	if (strncmp(text, line, strlen(line))) {
		snprintf(problem, sizeof(problem), "%s: %s", base->guest, text);
		return problem;
	}
	wrong = write_or_say(machine, "ctl", report);
	wrong = wrong ? wrong : write_or_say(machine, "vmcs", timer);
	if (wrong)
		return wrong;
	return has_all(machine, base->lines) ? NULL : "";
}

const char *machine_begin(struct machine *machine, const struct base *base, bool unsafe)
{
	const char *wrong;

	machine_end(machine);
	machine->base = base;
	machine->unsafe = unsafe;
	wrong = begin(machine);
	if (wrong)
		return wrong;
	machine->fields = vcpu_file(&machine->vcpu, "fields", O_RDWR);
	machine->insn = vcpu_file(&machine->vcpu, "insn", O_RDWR);
	machine->wait = vcpu_file(&machine->vcpu, "wait", O_RDONLY | O_NONBLOCK);
	if (machine->fields < 0 || machine->insn < 0 || machine->wait < 0)
		return "its files can't be opened";
	machine_read(machine);
	machine->start = machine->now;
	machine->spoiled = false;
	return NULL;
}

void machine_end(struct machine *machine)
{
	const int files[] = { machine->fields, machine->insn, machine->wait };

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (files[i] >= 0)
			close(files[i]);
	machine->fields = -1;
	machine->insn = -1;
	machine->wait = -1;
	vcpu_close(&machine->vcpu);
}

static bool is_to_be_written(struct machine *machine, const struct state *state, size_t row)
{
	enum vmx_field_type type = VMX_FIELD_TYPE(fields[row].encoding);
	bool host = type == VMX_TYPE_HOST;
	const struct state *other = host ? &machine->start : &machine->now;

	/* What the last VM exit has left there is of no interest. */
	if (type == VMX_TYPE_READ_ONLY)
		return false;
	if (!state->have[row] || state->value[row] == other->value[row])
		return false;
	machine->spoiled |= host;
	return true;
}

/* Most fields are as they are in the base and in the VMCS. */
static bool is_the_same(const struct machine *machine, const struct state *state, size_t row)
{
	return state->value[row] == machine->start.value[row] &&
	       state->value[row] == machine->now.value[row];
}

/* A change that is refused: what the last trial has left there is not of this one, either. */
static void put_back(struct machine *machine, struct state *state, size_t row)
{
	const struct vmxfs_field field = { fields[row].encoding, 0, machine->start.value[row] };

	if (machine->now.value[row] != field.value &&
	    file_write_at(machine->fields, &field, sizeof(field), 0) == sizeof(field))
		machine->now.value[row] = field.value;
	state->value[row] = machine->now.value[row];
}

size_t machine_write(struct machine *machine, struct state *state)
{
	struct vmxfs_field todo[FIELDS];
	size_t count = 0, done = 0, refused = 0;

	for (size_t i = 0; i < FIELDS; i++)
		if (!is_the_same(machine, state, i) && is_to_be_written(machine, state, i))
			todo[count++] = (struct vmxfs_field){ fields[i].encoding, 0,
							      state->value[i] };
	/* A write ends before one that is refused, or when it is long enough. */
	while (done < count) {
		ssize_t n = file_write_at(machine->fields, &todo[done],
					  (count - done) * sizeof(*todo), 0);

		for (n = n < 0 ? 0 : n / (ssize_t)sizeof(*todo); n; n--, done++)
			machine->now.value[field_row(todo[done].encoding)] = todo[done].value;
		if (n >= 0 && done < count && file_write_at(machine->fields, &todo[done],
							     sizeof(*todo), 0) < 0) {
			put_back(machine, state, field_row(todo[done++].encoding));
			refused++;
		}
	}
	return refused;
}

/* "word number ...": the word, and its number */
static bool is(const char *text, const char *word, uint64_t *number)
{
	size_t length = strlen(word);

	if (strncmp(text, word, length) || text[length] != ' ')
		return false;
	*number = strtoull(text + length, NULL, 0);
	return true;
}

/* It is in a state in which the timer does not end it. */
static void stop(struct machine *machine, struct came *came)
{
	char text[200];

	vcpu_command(&machine->vcpu, "stop\n");
	/* This is not of the next VM entry. */
	while (file_read(machine->wait, text, sizeof(text)) > 0)
		continue;
	strcpy(came->text, "runs on");
	came->what = CAME_ENTERED;
}

/* The text without its end of line, or with what came instead of a text */
static void end_line(char *text, ssize_t length)
{
	if (length > 0 && text[length - 1] == '\n')
		length--;
	text[length > 0 ? length : 0] = '\0';
}

/* There was no VM exit: the VM entry failed with an error, or the guest runs on. */
static void read_answer(struct machine *machine, struct came *came)
{
	ssize_t n = file_read_at(machine->insn, came->text, sizeof(came->text) - 1, 0);

	end_line(came->text, n);
	if (is(came->text, "failvalid", &came->number))
		came->what = CAME_ERROR;
	else if (!strcmp(came->text, "succeed"))
		stop(machine, came);
}

/* The VM exit; false if there was none. */
static bool read_wait(struct machine *machine, struct came *came)
{
	ssize_t n = file_read(machine->wait, came->text, sizeof(came->text) - 1);

	if (n == -EAGAIN)
		return false;
	if (n < 0) {
		snprintf(came->text, sizeof(came->text), "wait: %s; ", strerror(-n));
		vcpu_read(&machine->vcpu, "status", came->text + strlen(came->text),
			  sizeof(came->text) - strlen(came->text));
		came->text[strcspn(came->text, "\n")] = '\0';
		return true;
	}
	end_line(came->text, n);
	if (is(came->text, "!entrystate", &came->number))
		came->what = CAME_GUEST;
	else if (is(came->text, "!entrymsr", &came->number))
		came->what = CAME_MSR;
	else if (came->text[0] != '!')
		came->what = CAME_ENTERED;
	came->preempt = !strncmp(came->text, "preempt ", 8);
	/* The name of an instruction begins so. */
	came->executed = came->text[0] == '.';
	return true;
}

void machine_enter(struct machine *machine, struct came *came)
{
	int error = write_text(machine->insn, "vmresume\n");

	*came = (struct came){ .what = CAME_OTHER };
	if (error)
		vcpu_error(&machine->vcpu, came->text, sizeof(came->text));
	else if (!read_wait(machine, came))
		read_answer(machine, came);
	machine->spoiled |= came->what == CAME_OTHER;
	if (came->what == CAME_ENTERED || came->what == CAME_GUEST || came->what == CAME_MSR)
		machine_read(machine);
}

/* The VM exit that follows a VM entry; it is there, or the guest runs on. */
static void read_exit(struct machine *machine, char *text, size_t size)
{
	struct came came = { .what = CAME_OTHER };

	if (!read_wait(machine, &came))
		stop(machine, &came);
	snprintf(text, size, "%s", came.text);
}

void machine_line(struct machine *machine, const char *line, struct answers *answers)
{
	char text[SEQUENCE_MAX * 80], *rest = text, *one;
	const char *last = strrchr(line, ';');
	ssize_t n;

	last = last ? last + 1 : line;
	snprintf(text, sizeof(text), "%s\n", line);
	*answers = (struct answers){ .refused = write_text(machine->insn, text) };
	n = file_read_at(machine->insn, text, sizeof(text) - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	while ((one = strsep(&rest, "\n")) && *one && answers->count < SEQUENCE_MAX)
		snprintf(answers->answer[answers->count++], sizeof(answers->answer[0]), "%s", one);
	/* Its answer is the last one, if all have been executed. */
	if (!answers->refused && answers->count && (!strcmp(last, "vmlaunch") || !strcmp(last, "vmresume")) &&
	    !strcmp(answers->answer[answers->count - 1], "succeed"))
		read_exit(machine, answers->wait, sizeof(answers->wait));
}
