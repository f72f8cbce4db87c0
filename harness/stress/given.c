// SPDX-License-Identifier: GPL-2.0
/*
 * A processor is given away, runs a program of its own, in VMX operation and out of it, and
 * comes back, again and again.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "guests.h"
#include "module.h"
#include "report.h"
#include "segment.h"
#include "stress.h"
#include "vcpu.h"

#define SEGMENT "given"
#define SEGMENT_SIZE 0x10000

/* How the program runs, and how the processor comes back: by the command, or as the vCPU ends */
static const struct {
	const char *words;
	bool command;
} ways[] = {
	{ "width 64\nvmx 0\n", true },
	{ "width 32\nvmx 2\n", true },
	{ "width 64\nvmx 2\n", false },
	{ "width 32\nvmx 1\n", false },
};

#define WAYS (sizeof(ways) / sizeof(*ways))

static int make_segment(void)
{
	int fd = segment_make(BY_PATH, SEGMENT, 0, SEGMENT_SIZE);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = file_write_at(fd, root_program, root_program_end - root_program,
			  PROGRAM_ADDRESS);
	close(fd);
	return n < 0 ? n : 0;
}

static long online(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN);
}

/* The program ends by itself, and Linux has one processor less. */
static int run_program(const struct vcpu *vcpu, const char *words, long processors)
{
	char text[8192] = "";
	int error = vcpu_map(vcpu, 0, SEGMENT_SIZE, SEGMENT);

	if (!error)
		error = vcpu_command(vcpu, "unsafe");
	if (!error)
		error = vcpu_write(vcpu, "processor", words);
	if (!error)
		error = vcpu_write(vcpu, "processor", "start\n");
	if (error)
		return error;
	error = vcpu_read(vcpu, "processor", text, sizeof(text));
	if (error < 0)
		return error;
	return strstr(text, "event end\n") && online() == processors - 1 ? 0 : -EPROTO;
}

static int turn(unsigned long round, long processors)
{
	struct vcpu vcpu = NO_VCPU;
	int error = guest_vcpu(&vcpu, O_RDWR);

	if (!error)
		error = make_segment();
	if (!error)
		error = run_program(&vcpu, ways[round % WAYS].words, processors);
	if (!error && ways[round % WAYS].command)
		error = vcpu_write(&vcpu, "processor", "back\n");
	vcpu_close(&vcpu);
	segment_remove(BY_PATH, SEGMENT);
	if (!error && online() != processors)
		error = -ENODEV;
	return error;
}

/* With these parameters, instead of what is loaded */
static int reload(const struct options *options, const char *parameters)
{
	int error = fs_unmount(0);

	if (!error)
		error = module_remove(options->module);
	if (!error)
		error = module_load(options->module, parameters);
	return error ? error : fs_mount();
}

void phase_given(struct report *report, const struct options *options)
{
	long processors = online();
	unsigned long round;
	int error;

	if (processors < 2) {
		report_skip(report, "there is one processor");
		return;
	}
	error = reload(options, "unsafe=1");
	for (round = 0; !error && round < options->given; round++)
		error = turn(round, processors);
	if (error)
		report_fail(report, "round %lu: %s", round, strerror(-error));
	error = reload(options, "");
	if (error)
		report_fail(report, "reload: %s", strerror(-error));
	report_note(report, "the processor came back %lu times", round);
}
