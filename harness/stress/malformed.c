// SPDX-License-Identifier: GPL-2.0
/*
 * Writes of all kinds to all files. Each is taken, or fails as the manual page
 * says, with a text in error; the same vCPUs run guests meanwhile.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "files.h"
#include "guests.h"
#include "mutate.h"
#include "report.h"
#include "segment.h"
#include "stress.h"
#include "vcpu.h"
#include "ways.h"

#define WRITES_OF_A_VCPU 500
#define STUCK_MS 20

struct victim {
	struct report *report;
	struct random random;
	bool trace;
	struct vcpu vcpu;
	int fd[64];		/* as files[] */
	int error;		/* the file of this name */
	unsigned long writes;
	unsigned long failed;
	unsigned long stuck;
	unsigned long others;	/* calls that are no writes */
	bool gone;
};

static void on_alarm(int signal)
{
	(void)signal;
}

/* Ends what waits, again and again. */
static void set_timer(int milliseconds)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval value = {
		.it_value.tv_usec = milliseconds * 1000,
		.it_interval.tv_usec = milliseconds * 1000,
	};

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &value, NULL);
}

static void close_all(struct victim *victim)
{
	for (size_t i = 0; i < files_count; i++)
		if (victim->fd[i] >= 0)
			close(victim->fd[i]);
	if (victim->error >= 0)
		close(victim->error);
	vcpu_close(&victim->vcpu);
}

static int open_one(struct victim *victim, const struct file *file)
{
	int flags = O_CLOEXEC | (one_in(&victim->random, 8) ? 0 : O_NONBLOCK);
	char path[PATH_SIZE];
	int fd;

	if (file->path)
		snprintf(path, sizeof(path), "%s", file->path);
	else
		vcpu_path(path, victim->vcpu.number, file->name);
	if (file->path && file->format->bytes)
		flags |= O_CREAT;
	fd = open(path, O_RDWR | flags, 0600);
	if (fd < 0 && !file->format->line && (errno == EACCES || errno == EPERM))
		fd = open(path, O_RDONLY | flags);
	if (fd >= 0)
		return fd;
	report_fail(victim->report, "open %s: %s", path, strerror(errno));
	return -1;
}

/* A vCPU with a segment that has all guests. */
static int renew(struct victim *victim)
{
	char path[PATH_SIZE];
	int error = guest_vcpu(&victim->vcpu, O_RDWR);

	if (error)
		return error;
	victim->gone = false;
	error = guest_segment("a");
	/* EBUSY: it is longer, and mapped. */
	if (error && error != -EBUSY)
		return error;
	error = guest_map(&victim->vcpu, "a");
	if (error)
		return error;
	for (size_t i = 0; i < files_count; i++)
		victim->fd[i] = open_one(victim, &files[i]);
	vcpu_path(path, victim->vcpu.number, "error");
	victim->error = open(path, O_RDONLY | O_CLOEXEC);
	return victim->error < 0 ? -errno : 0;
}

/* One line, or nothing. */
static void check_error(struct victim *victim, const struct file *file,
			bool plain, int why)
{
	char text[1024];
	ssize_t n = pread(victim->error, text, sizeof(text), 0);
	const char *newline = n > 0 ? memchr(text, '\n', n) : NULL;

	if (n < 0 && errno == ENODEV) {
		victim->gone = true;
		return;
	}
	if (n < 0)
		report_fail(victim->report, "error can't be read: %s",
			    strerror(errno));
	else if (n > 0 && newline != text + n - 1)
		report_fail(victim->report, "error has more than a line: %.*s",
			    (int)n, text);
	else if (n == 0 && plain && file->format->line &&
		 (why == EINVAL || why == EPERM || why == EIO))
		report_fail(victim->report, "%s: %s, but error is empty",
			    file->name, strerror(why));
}

static void complain(struct victim *victim, const struct file *file,
		     enum call call, ssize_t result, const struct text *text)
{
	report_fail(victim->report, "%s of %s: %s%s%.60s", call_names[call],
		    file ? file->name : "a name", strerror(-result),
		    text ? ": " : "", text ? text->data : "");
}

static void one_write(struct victim *victim)
{
	static struct text text;
	const struct file *file;
	bool plain;
	ssize_t n;
	size_t i;

	do
		i = random_below(&victim->random, files_count);
	while (victim->fd[i] < 0);
	file = &files[i];
	text.length = 0;
	(file->format->line ? file->format->line : line_any)(&victim->random, &text);
	if (!one_in(&victim->random, 3))
		mutate(&victim->random, &text);
	if (text_is_forbidden(&text))
		text.length = 0;
	text.data[text.length < TEXT_SIZE ? text.length : TEXT_SIZE - 1] = '\0';
	if (one_in(&victim->random, 64))
		fcntl(victim->fd[i], F_SETFL,
		      one_in(&victim->random, 8) ? 0 : O_NONBLOCK);
	if (victim->trace)
		report_note(victim->report, "%lu: %s: %.*s", victim->writes,
			    file->name, (int)text.length, text.data);
	n = write_somehow(&victim->random, victim->fd[i], &text, &plain);
	victim->writes++;
	if (n >= 0)
		return;
	victim->failed++;
	if (n == -EINTR)
		victim->stuck++;
	if (n == -ENODEV)
		victim->gone = true;
	else if (!file->path)
		check_error(victim, file, plain, -n);
	if (!errno_allowed(file, CALL_WRITE, -n))
		complain(victim, file, CALL_WRITE, n, &text);
}

static void one_other(struct victim *victim)
{
	size_t i = random_below(&victim->random, files_count);
	enum call call = CALL_NAME;
	ssize_t n;

	victim->others++;
	if (victim->fd[i] < 0 || one_in(&victim->random, 8))
		n = do_with_names(&victim->random, victim->vcpu.number);
	else
		n = do_something(&victim->random, victim->fd[i], &files[i],
				 &call);
	if (n == -ENODEV && call == CALL_READ)
		victim->gone = true;
	if (n < 0 && !errno_allowed(&files[i], call, -n))
		complain(victim, &files[i], call, n, NULL);
}

static bool is_dead(const struct victim *victim)
{
	char text[256];

	return vcpu_read(&victim->vcpu, "status", text, sizeof(text)) < 0 ||
	       !strncmp(text, "dead", 4);
}

/* Segments that map may name stay small, and the odd one is not kept full. */
static void trim(struct victim *victim)
{
	static const char *const names[] = { "a", "b", "c", "odd" };
	const char *name = PICK(&victim->random, names);

	segment_remove(BY_PATH, name);
}

static void one_vcpu(struct victim *victim, unsigned long writes)
{
	unsigned long end = victim->writes + WRITES_OF_A_VCPU;
	int error = renew(victim);

	if (error)
		report_fail(victim->report, "no new vCPU after %lu writes: %s",
			    victim->writes, strerror(-error));
	if (end > writes || error)
		end = writes;
	if (error)
		victim->writes = end;
	while (victim->writes < end && !victim->gone) {
		one_write(victim);
		if (one_in(&victim->random, 8))
			one_other(victim);
		if (one_in(&victim->random, 64) && is_dead(victim))
			break;
	}
	close_all(victim);
	trim(victim);
}

static void remove_segments(void)
{
	segment_remove(BY_PATH, "a");
	segment_remove(BY_PATH, "b");
	segment_remove(BY_PATH, "c");
	segment_remove(BY_PATH, "odd");
}

void phase_malformed(struct report *report, const struct options *options)
{
	static struct victim victim;
	unsigned long vcpus = 0;

	victim = (struct victim){
		.report = report,
		.trace = options->trace,
		.error = -1,
	};
	random_init(&victim.random, options->seed, 0);
	ways_init();
	memset(victim.fd, -1, sizeof(victim.fd));
	set_timer(STUCK_MS);
	for (; victim.writes < options->writes; vcpus++) {
		if (vcpus % 64 == 63)
			report_note(report, "%lu writes so far", victim.writes);
		one_vcpu(&victim, options->writes);
	}
	set_timer(0);
	remove_segments();
	report_note(report,
		    "%lu writes, %lu failed, %lu were stuck; %lu other calls; %lu vCPUs",
		    victim.writes, victim.failed, victim.stuck, victim.others,
		    vcpus);
	if (report->failures)
		report_note(report, "again by: --seed %llu",
			    (unsigned long long)options->seed);
}
