// SPDX-License-Identifier: GPL-2.0
/* A vCPU that a program runs is still a folder of files, and they take turns. */
#include "target.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

static int open_file(const struct vmx_vcpu *vcpu, const char *name, int flags)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/sys/fs/vmx/%u/%s", vcpu->id, name);
	fd = open(path, flags);
	EXPECT(fd >= 0, "%s: %s", path, strerror(errno));
	return fd;
}

static void put(const struct vmx_vcpu *vcpu, const char *name, const char *text)
{
	int fd = open_file(vcpu, name, O_WRONLY);
	ssize_t n = write(fd, text, strlen(text));

	EXPECT(n == (ssize_t)strlen(text), "%s: %s: %s", name, text, strerror(errno));
	close(fd);
}

static char *read_file(const struct vmx_vcpu *vcpu, const char *name)
{
	static char text[16384];
	int fd = open_file(vcpu, name, O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	EXPECT(n >= 0, "%s: %s", name, strerror(errno));
	text[n] = '\0';
	close(fd);
	return text;
}

#define SAYS(vcpu, name, text) \
	EXPECT(strstr(read_file(vcpu, name), text), "%s is not in %s: %.80s", text, name, \
	       read_file(vcpu, name))

/* inc eax; hlt; jmp to the first */
#define COUNTER	0x40, 0xf4, 0xeb, 0xfc

static void test_turns(void)
{
	struct vmx_vcpu *vcpu;
	unsigned int i;
	char text[64];
	void *ram;

	vcpu = GUEST(&ram, COUNTER);
	for (i = 0; i < 100; i += 2) {
		OK(vmx_vcpu_run(vcpu));
		EQUAL(vcpu->exit->reason, VMX_VCPU_EXIT_HALTED);
		OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_GPRS));
		EQUAL(vcpu->state->gprs[VMX_X64_GPR_RAX], 2 * i + 1);
		EQUAL(vcpu->state->gprs[VMX_X64_GPR_RIP], 2);
		snprintf(text, sizeof(text), "\nax 0x%016x\n", 2 * i + 1);
		SAYS(vcpu, "regs", text);
		/* Without a program, the HLT itself is still to be done. */
		put(vcpu, "ctl", "go\n");
		SAYS(vcpu, "wait", ".hlt 0x0 pc 0x1 ");
		snprintf(text, sizeof(text), "ax %u\npc 2\n", 2 * i + 4);
		put(vcpu, "regs", text);
		OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_GPRS));
		EQUAL(vcpu->state->gprs[VMX_X64_GPR_RAX], 2 * i + 4);
		EQUAL(vcpu->state->gprs[VMX_X64_GPR_RIP], 2);
	}
	end(vcpu);
}

/* While the guest is run by text, a program has to wait; it can stop it there. */
static void test_busy(void)
{
	struct vmx_vcpu *vcpu;
	void *ram;

	vcpu = GUEST(&ram, 0xeb, 0xfe);
	put(vcpu, "ctl", "go\n");
	SAYS(vcpu, "status", "running");
	FAILS(EBUSY, vmx_vcpu_run(vcpu));
	put(vcpu, "ctl", "stop\n");
	SAYS(vcpu, "status", "ready");
	OK(vmx_vcpu_stop(vcpu));
	OK(vmx_vcpu_run(vcpu));
	EQUAL(vcpu->exit->reason, VMX_VCPU_EXIT_NONE);
	end(vcpu);
}

/* A thread that runs the vCPU, beside one that uses its files and comes first. */
static struct vmx_vcpu *shared;
static volatile bool over;

static void *run_once(void *result)
{
	*(int *)result = vmx_vcpu_run(shared);
	return NULL;
}

static void *run_on(void *unused)
{
	while (!over)
		vmx_vcpu_run(shared);
	return unused;
}

static pthread_t begin_beside(void *(*run)(void *argument), void *argument, int policy)
{
	struct sched_param param = { .sched_priority = policy == SCHED_FIFO ? 10 : 0 };
	pthread_t thread;

	EXPECT(!pthread_create(&thread, NULL, run, argument), "no thread");
	while (!strstr(read_file(shared, "status"), "running"))
		usleep(1000);
	EXPECT(!pthread_setschedparam(pthread_self(), policy, &param), "no priority");
	return thread;
}

static void end_beside(pthread_t thread)
{
	struct sched_param param = { 0 };

	pthread_setschedparam(pthread_self(), SCHED_OTHER, &param);
	pthread_join(thread, NULL);
}

/*
 * The files stop a program's run while that waits for them, and begin one: this ends as
 * theirs, and the other one as stopped.
 */
static void test_taken_over(void)
{
	pthread_t thread;
	int result = -1;
	void *ram;

	shared = GUEST(&ram, 0xeb, 0xfe);
	((uint8_t *)ram)[0x10] = 0xf4;
	thread = begin_beside(run_once, &result, SCHED_FIFO);
	put(shared, "ctl", "stop\n");
	put(shared, "ctl", "go pc=0x10\n");
	end_beside(thread);
	EQUAL(result, 0);
	EQUAL(shared->exit->reason, VMX_VCPU_EXIT_NONE);
	SAYS(shared, "wait", ".hlt 0x0 pc 0x10 ");
	end(shared);
}

/* Each enters the guest; none waits for what the other has left. */
static void test_insn_beside(void)
{
	pthread_t thread;
	unsigned int i;
	void *ram;

	shared = GUEST(&ram, 0xeb, 0xfe);
	over = false;
	thread = begin_beside(run_on, NULL, SCHED_FIFO);
	for (i = 0; i < 200; i++) {
		put(shared, "ctl", "stop\n");
		OK(vmx_vcpu_stop(shared));
		put(shared, "insn", "vmresume\n");
		/* Each second time the other one has a turn. */
		if (i & 1)
			usleep(1000);
	}
	over = true;
	put(shared, "ctl", "stop\n");
	OK(vmx_vcpu_stop(shared));
	end_beside(thread);
	end(shared);
}

static void test_quit(void)
{
	struct vmx_vcpu *vcpu;
	void *ram;

	vcpu = GUEST(&ram, 0xf4);
	put(vcpu, "ctl", "quit\n");
	FAILS(ENODEV, vmx_vcpu_run(vcpu));
	FAILS(ENODEV, vmx_vcpu_setstate(vcpu, VMX_X64_STATE_ALL));
	end(vcpu);
}

const struct point file_points[] = {
	{ "files/turns", test_turns },
	{ "files/busy", test_busy },
	{ "files/taken-over", test_taken_over },
	{ "files/insn-beside", test_insn_beside },
	{ "files/quit", test_quit },
	{ }
};
