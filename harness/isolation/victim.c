// SPDX-License-Identifier: GPL-2.0
/*
 * Processes that have nothing to do with vmxfs, one on each processor; and 32-bit
 * programs, one that has not and some that run a guest.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "isolation.h"
#include "vmxfs_abi.h"

#define PROCESSORS 8
#define ROUNDS 200	/* beside a guest that runs all the time */
#define MOST_NAPS 20000	/* of waiting for them: a dead one has none */
#define NAP 2000000	/* nanoseconds */
/* What caller32's exit status tells */
#define LOST_NAMES { "DS", "ES", "FS", "GS", "a segment's base", "XMM", "a register" }

static struct victim {
	struct report report;
	atomic_ulong rounds;
	pid_t process;
} *victims;
static atomic_bool *stop;
static int victim_count;
static pid_t victim32;

/* The names of a victim's kinds are its own process's: each is told once. */
static void be_victim(struct victim *victim, int cpu, uint64_t seed)
{
	struct timespec nap = { 0, NAP };
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
	signal(SIGALRM, SIG_IGN);
	signal(SIGSEGV, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	host_begin_again();
	host_choose(cpu % 2 ? 1 : 2, seed + cpu);
	while (!*stop) {
		host_call(&victim->report, "victim", SYS_nanosleep, (long)&nap, 0, 0);
		host_check_breakpoints(&victim->report, "victim");
		victim->rounds++;
	}
	_exit(0);
}

static pid_t start32(const char *number, const char *a, const char *b, const char *c, const char *count)
{
	pid_t process = fork();

	if (process)
		return process;
	signal(SIGALRM, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	execl("/caller32", "caller32", number, a, b, c, count, NULL);
	_exit(129);
}

/* In spite of signals */
static bool wait_for(pid_t process, int *status)
{
	pid_t got;

	do {
		got = waitpid(process, status, 0);
	} while (got < 0 && errno == EINTR);
	return got == process;
}

static void wait32(struct report *report, const char *where, pid_t process)
{
	static const char *const names[] = LOST_NAMES;
	int status;

	if (process < 0 || !wait_for(process, &status)) {
		report_fail(report, "%s: no caller32: %s", where, strerror(errno));
		return;
	}
	if (WIFSIGNALED(status)) {
		leak(report, where, "a 32-bit program", "was killed by signal %d", WTERMSIG(status));
		return;
	}
	status = WEXITSTATUS(status);
	if (status > 127)
		report_fail(report, "%s: caller32 could not begin: %d", where, status);
	else
		for (int i = 0; i < 7; i++)
			if (status >> i & 1)
				leak(report, where, names[i], "lost by a 32-bit program");
}

int victims_start(uint64_t seed)
{
	pid_t process;

	victim_count = sysconf(_SC_NPROCESSORS_ONLN);
	if (victim_count > PROCESSORS)
		victim_count = PROCESSORS;
	victims = mmap(NULL, PROCESSORS * sizeof(*victims) + sizeof(*stop), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (victims == MAP_FAILED)
		return -errno;
	stop = (atomic_bool *)(victims + PROCESSORS);
	for (int i = 0; i < victim_count; i++) {
		victims[i].report = (struct report){ .name = "victim",
						     .lock = PTHREAD_MUTEX_INITIALIZER };
		/* Both have the structure. */
		process = fork();
		if (process < 0)
			return -errno;
		if (!process)
			be_victim(&victims[i], i, seed);
		victims[i].process = process;
	}
	/* sched_yield(), while there is anything to do */
	victim32 = start32("158", "0", "0", "0", "10000");
	return 0;
}

/* A guest in its kernel thread, while the victims come and go */
static void spin_beside(struct report *report)
{
	struct timespec nap = { 0, NAP };
	unsigned long rounds[PROCESSORS];
	uint8_t mask[64];
	struct vcpu vcpu;
	char text[32];
	int error;

	mask_all(mask, 0, 0);
	guest_reset(mask, PROT);
	error = guest_vcpu(&vcpu, PROT);
	snprintf(text, sizeof(text), "go pc=%#x;", guest_spin());
	error = error ? error : vcpu_command(&vcpu, text);
	if (error) {
		report_fail(report, "no guest: %s", strerror(-error));
		return;
	}
	for (int i = 0; i < victim_count; i++)
		rounds[i] = victims[i].rounds;
	for (int i = 0, naps = 0; i < victim_count && naps < MOST_NAPS; naps++) {
		nanosleep(&nap, NULL);
		i += victims[i].rounds >= rounds[i] + ROUNDS;
	}
	vcpu_command(&vcpu, "stop");
	vcpu_close(&vcpu);
	probe_check(report, "a guest that spins");
}

void victims_stop(struct report *report)
{
	spin_beside(report);
	*stop = true;
	for (int i = 0; i < victim_count; i++) {
		struct victim *victim = &victims[i];
		char where[40];
		int status;

		wait_for(victim->process, &status);
		snprintf(where, sizeof(where), "on processor %d", i);
		if (WIFSIGNALED(status))
			leak(report, where, "a victim", "was killed by signal %d", WTERMSIG(status));
		for (unsigned long j = 0; j < victim->report.failures && j < REPORT_FAILURES; j++)
			report_fail(report, "%s: %.150s", where, victim->report.failure[j]);
		report_note(report, "%lu rounds %s", (unsigned long)victim->rounds, where);
		if (!victim->rounds)
			report_fail(report, "no victim ran %s", where);
	}
	wait32(report, "beside guests", victim32);
}

/* Where nobody asks them any more */
void victims_end(void)
{
	int status;

	for (int i = 0; i < victim_count; i++)
		if (victims[i].process > 0 && !*stop) {
			kill(victims[i].process, SIGKILL);
			wait_for(victims[i].process, &status);
		}
	if (!*stop) {
		kill(victim32, SIGKILL);
		wait_for(victim32, &status);
	}
}

/* ---- 32-bit programs that run a guest ---- */

static void caller32(struct report *report, const char *name, const char *number, int fd,
		     const char *second, const char *third)
{
	char descriptor[12];

	/* exec() closes it otherwise. */
	fcntl(fd, F_SETFD, 0);
	snprintf(descriptor, sizeof(descriptor), "%d", fd);
	wait32(report, name, start32(number, descriptor, second, third, "20"));
	probe_check(report, name);
}

void callers32_point(struct report *report)
{
	struct vmxfs_attach attach = { .version = VMXFS_ABI_VERSION };
	char run[16];
	uint8_t mask[64];
	struct vcpu vcpu;
	int insn, error;

	/* write is 4, ioctl 54 */
	mask_all(mask, 0, slots);
	guest_reset(mask, PROT);
	error = guest_vcpu(&vcpu, PROT);
	if (error) {
		report_fail(report, "no vCPU: %s", strerror(-error));
		return;
	}
	caller32(report, "a 32-bit program's go", "4", vcpu.ctl, "go", "2");
	caller32(report, "a 32-bit program's step", "4", vcpu.ctl, "step", "4");
	insn = vcpu_file(&vcpu, "insn", O_WRONLY);
	caller32(report, "a 32-bit program's insn", "4", insn, "vmlaunch", "9");
	close(insn);
	syscall(SYS_ioctl, vcpu.ctl, VMXFS_IOC_ATTACH, &attach);
	snprintf(run, sizeof(run), "%d", (int)VMXFS_IOC_RUN);
	caller32(report, "a 32-bit program's run", "54", vcpu.ctl, run, "0");
	vcpu_close(&vcpu);
}
