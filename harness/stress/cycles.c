// SPDX-License-Identifier: GPL-2.0
/*
 * A vCPU's whole life, again and again, with each way to end it in turn.
 * Nothing may be left.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "guests.h"
#include "leak.h"
#include "report.h"
#include "segment.h"
#include "stress.h"
#include "vcpu.h"

#define WARM_UP 50
#define SEGMENT "cycle"

struct life {
	struct vcpu vcpu;
	const char *step;	/* what was done last */
};

static int end_by_quit(struct vcpu *vcpu)
{
	int error = write_text(vcpu->ctl, "quit\n");

	vcpu_close(vcpu);
	return error;
}

static int end_by_close(struct vcpu *vcpu)
{
	vcpu_close(vcpu);
	return 0;
}

/* Twice, for the first makes it moribund only; the clone's file is closed. */
static int end_by_unlink(struct vcpu *vcpu)
{
	char path[PATH_SIZE];
	int error = 0;

	vcpu_path(path, vcpu->number, "ctl");
	if (unlink(path) < 0)
		error = -errno;
	vcpu_close(vcpu);
	return error;
}

/* Made by reading clone, it does not end with that file. */
static int end_by_path(struct vcpu *vcpu)
{
	vcpu_close(vcpu);
	return vcpu_write(vcpu, "ctl", "quit\n");
}

/* Each of its files in turn is the last that is closed: so long its memory stays. */
static int end_by_last_file(struct vcpu *vcpu)
{
	static size_t next;
	int fd, error;

	do
		next = (next + 1) % files_count;
	while (files[next].path);
	fd = vcpu_file(vcpu, files[next].name, O_RDONLY);
	error = end_by_quit(vcpu);
	if (fd < 0)
		return fd;
	close(fd);
	return error;
}

static const struct ending {
	const char *name;
	int flags;
	int (*end)(struct vcpu *vcpu);	/* NULL: its process is killed */
} endings[] = {
	{ "quit", O_RDWR, end_by_quit },
	{ "close", O_RDWR, end_by_close },
	{ "unlink", O_RDWR, end_by_unlink },
	{ "kill", O_RDWR, NULL },
	{ "quit by path", O_RDONLY, end_by_path },
	{ "a file that is open", O_RDWR, end_by_last_file },
};

#define ENDINGS (sizeof(endings) / sizeof(*endings))

#define STEP(life, call) do {						\
	int error_;							\
									\
	(life)->step = #call;						\
	error_ = (call);						\
	if (error_ < 0)							\
		return error_;						\
} while (0)

static int begin(struct life *life, int flags, const struct guest *guest)
{
	STEP(life, guest_vcpu(&life->vcpu, flags));
	STEP(life, guest_segment(SEGMENT));
	STEP(life, guest_map(&life->vcpu, SEGMENT));
	STEP(life, guest_go(&life->vcpu, guest));
	return 0;
}

static int run(struct life *life, const struct guest *guest)
{
	char line[256];

	if (guest->line)
		STEP(life, guest_check_wait(&life->vcpu, guest, line,
					   sizeof(line)));
	else
		STEP(life, vcpu_write(&life->vcpu, "ctl", "stop\n"));
	return 0;
}

/* Says over the pipe when its guest runs, and waits to be killed. */
static void __attribute__((noreturn)) child(int pipe, const struct guest *guest)
{
	struct life life = { .vcpu = NO_VCPU };
	int error = begin(&life, O_RDWR, guest);

	if (write(pipe, &error, sizeof(error)) < 0)
		_exit(1);
	for (;;)
		pause();
}

static int killed_life(struct life *life, const struct guest *guest)
{
	int ends[2];
	int error = -EPIPE;
	pid_t pid;

	life->step = "fork";
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (!pid)
		child(ends[1], guest);
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return -errno;
	}
	life->step = "begin, in a child";
	if (read(ends[0], &error, sizeof(error)) != sizeof(error))
		error = -EPIPE;
	close(ends[0]);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return error;
}

static int one_life(struct life *life, const struct ending *ending,
		    const struct guest *guest)
{
	int error;

	if (!ending->end)
		return killed_life(life, guest);
	error = begin(life, ending->flags, guest);
	if (!error)
		error = run(life, guest);
	if (!error) {
		life->step = "end";
		error = ending->end(&life->vcpu);
	}
	vcpu_close(&life->vcpu);
	return error;
}

static void live(struct report *report, unsigned long count)
{
	for (unsigned long i = 0; i < count; i++) {
		const struct ending *ending = &endings[i % ENDINGS];
		const struct guest *guest = &guests[i / ENDINGS % guests_count];
		struct life life = { .vcpu = NO_VCPU };
		int error = one_life(&life, ending, guest);

		if (!error)
			error = segment_remove(BY_PATH, SEGMENT);
		if (error)
			report_fail(report, "life %lu (%s, ended by %s): %s: %s",
				    i, guest->name, ending->name, life.step,
				    strerror(-error));
	}
}

void phase_cycles(struct report *report, const struct options *options)
{
	static struct usage before;

	live(report, WARM_UP);
	usage_measure(&before);
	live(report, options->cycles);
	usage_compare(report, &before, options->cycles);
	kmemleak_check(report);
}
