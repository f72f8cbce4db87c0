// SPDX-License-Identifier: GPL-2.0
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "files.h"
#include "guests.h"
#include "report.h"
#include "segment.h"
#include "vcpu.h"
#include "ways.h"

#define VCPUS_OF_A_CPU 4
#define THREADS_OF_A_CPU 8
#define CPUS_MAX 4
#define STUCK_SECONDS 120

/* What all share; a slot's vCPU may be gone already. */
struct slot {
	atomic_int number;
	atomic_int ctl;
};

struct worker {
	pthread_t thread;
	struct load *load;
	struct random random;
	unsigned int number;
	struct text text;
	atomic_ulong done;
	_Atomic(const char *) operation;
	atomic_int vcpu;
	atomic_bool ended;
};

struct load {
	struct report *report;
	unsigned long operations;
	atomic_bool stop;
	struct random random;
	size_t slots;
	struct slot slot[VCPUS_OF_A_CPU * CPUS_MAX];
	size_t workers;
	struct worker worker[THREADS_OF_A_CPU * CPUS_MAX];
	unsigned long seen;		/* of all operations */
	struct timespec seen_at;
};

/* ---- what they do ---- */

static int open_file(struct worker *worker, const struct file *file, int flags)
{
	char path[PATH_SIZE];

	if (file->path)
		snprintf(path, sizeof(path), "%s", file->path);
	else
		vcpu_path(path, worker->vcpu, file->name);
	return open(path, flags | O_CLOEXEC);
}

/* Everything else has a name in the manual page's tables. */
static void check(struct worker *worker, const struct file *file,
		  enum call call, int error)
{
	static const int any[] = { EINTR, ENODEV, EBUSY, ENOENT, EAGAIN };

	for (size_t i = 0; i < sizeof(any) / sizeof(*any); i++)
		if (any[i] == error)
			return;
	if (!errno_allowed(file, call, error))
		report_fail(worker->load->report, "%s of %s: %s",
			    call_names[call], file->name, strerror(error));
}

static void write_line(struct worker *worker, const struct file *file,
		       const char *text, size_t length, int flags)
{
	int fd = open_file(worker, file, O_WRONLY | flags);

	if (fd < 0) {
		check(worker, file, CALL_NAME, errno);
		return;
	}
	if (write(fd, text, length) < 0)
		check(worker, file, CALL_WRITE, errno);
	close(fd);
}

static void command(struct worker *worker, const char *text, int flags)
{
	write_line(worker, &files[0], text, strlen(text), flags);
}

static void op_go(struct worker *worker)
{
	command(worker, "go\n", 0);
}

static void op_go_guest(struct worker *worker)
{
	char text[80];

	guest_command(&guests[random_below(&worker->random, guests_count)], text,
		 sizeof(text));
	command(worker, text, 0);
}

static void op_stop(struct worker *worker)
{
	command(worker, "stop\n", 0);
}

static void op_step(struct worker *worker)
{
	command(worker, "step\n", 0);
}

static void op_irq(struct worker *worker)
{
	command(worker, one_in(&worker->random, 4) ? "irq\n" : "irq 32\n", 0);
}

/* Without O_NONBLOCK it waits for the one before. */
static void op_exc(struct worker *worker)
{
	command(worker, one_in(&worker->random, 2) ? "exc #gp,0\n" : "exc #db\n",
		one_in(&worker->random, 4) ? 0 : O_NONBLOCK);
}

static void op_extrap(struct worker *worker)
{
	command(worker, one_in(&worker->random, 2) ? "extrap 2\n" :
						     "extrap 0xffffffff\n", 0);
}

static void op_report(struct worker *worker)
{
	command(worker, one_in(&worker->random, 2) ? "report\n" :
						     "report extirq,preempt\n",
		0);
}

/* A line of the file's own grammar, to any file. */
static void op_write(struct worker *worker)
{
	const struct file *file =
		&files[random_below(&worker->random, files_count)];

	worker->text.length = 0;
	if (!file->format->line || !strcmp(file->name, "segment/odd"))
		file = file_find("regs");
	file->format->line(&worker->random, &worker->text);
	if (text_is_forbidden(&worker->text))
		return;
	write_line(worker, file, worker->text.data, worker->text.length,
		   O_NONBLOCK);
}

static void op_read(struct worker *worker)
{
	const struct file *file =
		&files[random_below(&worker->random, files_count)];
	int fd = open_file(worker, file, O_RDONLY | O_NONBLOCK);
	char text[1024];
	ssize_t n;

	if (fd < 0) {
		check(worker, file, CALL_NAME, errno);
		return;
	}
	do
		n = read(fd, text, sizeof(text));
	while (n == sizeof(text));
	if (n < 0)
		check(worker, file, CALL_READ, errno);
	close(fd);
}

static void op_map(struct worker *worker)
{
	static const char line[] = "rwx wb 0 0x10000 a 0\n";

	write_line(worker, file_find("map"), line, sizeof(line) - 1, 0);
}

static void op_map_truncate(struct worker *worker)
{
	write_line(worker, file_find("map"), "", 0, O_TRUNC);
}

static void op_segment(struct worker *worker)
{
	static const char *const names[] = { "segment/a", "segment/b",
					     "segment/c" };
	const struct file *file = file_find(PICK(&worker->random, names));
	enum call call;
	int fd = open(file->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ssize_t n;

	if (fd < 0) {
		check(worker, file, CALL_NAME, errno);
		return;
	}
	guests_write(fd);
	n = do_something(&worker->random, fd, file, &call);
	if (n < 0)
		check(worker, file, call, -n);
	close(fd);
	if (one_in(&worker->random, 32))
		unlink(file->path);
}

static void op_wait(struct worker *worker)
{
	const struct file *file = file_find("wait");
	bool blocks = one_in(&worker->random, 2);
	int fd = open_file(worker, file, O_RDONLY | (blocks ? 0 : O_NONBLOCK));
	char line[600];

	if (fd < 0) {
		check(worker, file, CALL_NAME, errno);
		return;
	}
	if (read(fd, line, sizeof(line)) < 0)
		check(worker, file, CALL_READ, errno);
	close(fd);
}

static void op_poll(struct worker *worker)
{
	int fd = open_file(worker, file_find("wait"), O_RDONLY);
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	if (fd < 0)
		return;
	poll(&poll_fd, 1, 1);
	close(fd);
}

static void op_quit(struct worker *worker)
{
	command(worker, "quit\n", 0);
}

static void op_remove(struct worker *worker)
{
	char path[PATH_SIZE];

	vcpu_path(path, worker->vcpu, "ctl");
	if (unlink(path) < 0)
		check(worker, &files[0], CALL_NAME, errno);
}

/* The slot's vCPU ends, whatever it does; who uses it finds out. */
static void op_renew(struct worker *worker)
{
	struct load *load = worker->load;
	struct slot *slot = &load->slot[random_below(&worker->random,
						     load->slots)];
	struct vcpu vcpu;
	int error = guest_vcpu(&vcpu, O_RDWR);
	int ctl;

	if (error) {
		/* ENODEV: another thread has ended it before it was read. */
		if (error != -ENODEV && error != -EINTR && error != -EBUSY)
			report_fail(load->report, "clone: %s", strerror(-error));
		return;
	}
	slot->number = vcpu.number;
	ctl = atomic_exchange(&slot->ctl, vcpu.ctl);
	if (ctl >= 0)
		close(ctl);
	worker->vcpu = vcpu.number;
	op_map(worker);
	op_go_guest(worker);
}

static const struct {
	const char *name;
	unsigned int weight;
	void (*run)(struct worker *worker);
} operations[] = {
	{ "go", 6, op_go },
	{ "go with registers", 10, op_go_guest },
	{ "stop", 6, op_stop },
	{ "step", 6, op_step },
	{ "irq", 5, op_irq },
	{ "exc", 5, op_exc },
	{ "extrap", 2, op_extrap },
	{ "report", 2, op_report },
	{ "write a line", 16, op_write },
	{ "read a file", 16, op_read },
	{ "map", 3, op_map },
	{ "map, truncate", 1, op_map_truncate },
	{ "segment", 6, op_segment },
	{ "wait", 8, op_wait },
	{ "poll", 4, op_poll },
	{ "quit", 1, op_quit },
	{ "remove ctl", 1, op_remove },
	{ "clone", 2, op_renew },
};

#define OPERATIONS (sizeof(operations) / sizeof(*operations))
#define WEIGHTS 100

static unsigned int any_operation(struct random *random)
{
	size_t at = random_below(random, WEIGHTS);
	unsigned int i = 0;

	while (at >= operations[i].weight)
		at -= operations[i++].weight;
	return i;
}

/* ---- the threads ---- */

static void *work(void *arg)
{
	struct worker *worker = arg;
	struct load *load = worker->load;

	while (!load->stop &&
	       (!load->operations || worker->done < load->operations)) {
		unsigned int i = any_operation(&worker->random);

		worker->vcpu = load->slot[random_below(&worker->random,
						       load->slots)].number;
		worker->operation = operations[i].name;
		operations[i].run(worker);
		worker->done++;
	}
	worker->operation = "nothing";
	worker->ended = true;
	return NULL;
}

static void on_signal(int signal)
{
	(void)signal;
}

static size_t processors(void)
{
	long count = sysconf(_SC_NPROCESSORS_ONLN);

	return count < 1 ? 1 : count > CPUS_MAX ? CPUS_MAX : count;
}

static void begin_slots(struct load *load)
{
	struct worker *first = &load->worker[0];

	for (size_t i = 0; i < load->slots; i++) {
		struct vcpu vcpu = NO_VCPU;
		int error = guest_vcpu(&vcpu, O_RDWR);

		if (error)
			report_fail(load->report, "clone: %s", strerror(-error));
		load->slot[i].number = vcpu.number;
		load->slot[i].ctl = vcpu.ctl;
		first->vcpu = vcpu.number;
		op_map(first);
	}
}

struct load *load_begin(struct report *report, uint64_t seed,
			unsigned long operations)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct load *load = calloc(1, sizeof(*load));
	int error;

	if (!load)
		abort();
	/* without SA_RESTART: the signal ends the call */
	sigaction(SIGUSR1, &action, NULL);
	load->report = report;
	load->operations = operations;
	load->slots = VCPUS_OF_A_CPU * processors();
	load->workers = THREADS_OF_A_CPU * processors();
	random_init(&load->random, seed, 1000);
	clock_gettime(CLOCK_MONOTONIC, &load->seen_at);
	for (size_t i = 0; i < load->workers; i++) {
		load->worker[i].load = load;
		load->worker[i].number = i;
		random_init(&load->worker[i].random, seed, 1001 + i);
	}
	error = guest_segment("a");
	if (error)
		report_fail(report, "segment: %s", strerror(-error));
	ways_init();
	begin_slots(load);
	for (size_t i = 0; i < load->workers; i++)
		if (pthread_create(&load->worker[i].thread, NULL, work,
				   &load->worker[i]))
			abort();
	return load;
}

static unsigned long all_done(const struct load *load, bool *ended)
{
	unsigned long sum = 0;

	*ended = true;
	for (size_t i = 0; i < load->workers; i++) {
		sum += load->worker[i].done;
		*ended &= load->worker[i].ended;
	}
	return sum;
}

static void say_stuck(struct load *load)
{
	for (size_t i = 0; i < load->workers; i++) {
		struct worker *worker = &load->worker[i];

		if (!worker->ended)
			report_note(load->report,
				    "thread %zu: %s, of vCPU %d, after %lu operations",
				    i, worker->operation, worker->vcpu,
				    worker->done);
	}
	report_fail(load->report, "nothing was done in %d s", STUCK_SECONDS);
	load->report->give_up = true;
}

bool load_tick(struct load *load)
{
	struct timespec now;
	bool ended;
	unsigned long sum;
	size_t i = random_below(&load->random, load->workers);

	usleep(2000);
	clock_gettime(CLOCK_MONOTONIC, &now);
	sum = all_done(load, &ended);
	if (ended)
		return false;
	if (sum != load->seen) {
		load->seen = sum;
		load->seen_at = now;
	} else if (now.tv_sec - load->seen_at.tv_sec > STUCK_SECONDS) {
		say_stuck(load);
		return false;
	}
	if (!load->worker[i].ended)
		pthread_kill(load->worker[i].thread, SIGUSR1);
	return true;
}

void load_end(struct load *load)
{
	bool ended;

	load->stop = true;
	while (load_tick(load))
		;
	if (load->report->give_up)
		return;
	for (size_t i = 0; i < load->workers; i++)
		pthread_join(load->worker[i].thread, NULL);
	for (size_t i = 0; i < load->slots; i++)
		if (load->slot[i].ctl >= 0)
			close(load->slot[i].ctl);
	segment_remove(BY_PATH, "a");
	segment_remove(BY_PATH, "b");
	segment_remove(BY_PATH, "c");
	report_note(load->report, "%lu operations of %zu threads on %zu vCPUs",
		    all_done(load, &ended), load->workers, load->slots);
	free(load);
}
