// SPDX-License-Identifier: GPL-2.0
/*
 * stop: no stop is lost. Two threads, each on a processor of its own: one runs a vCPU,
 * the other stops it, or has it moved to another processor.
 *
 *	stop points		at each point of the module's way into the guest and back
 *				at which it waits for a stop; test_stop.py puts them there
 *	stop soak COUNT		COUNT times, wherever it happens to be
 *	stop move COUNT		COUNT times from one processor to the other
 *
 * It prints TAP.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <x86intrin.h>
#include "libvmx.h"

/* Ticks from a stop to its end, of which no run takes a hundredth: it is lost. */
#define LIMIT		50000000ull

/*
 * How often a guest is stopped at a point: where it is not interrupted by the stop, the
 * host's timer can do it instead, but not each time.
 */
#define TRIES		10

/* Where a guest counts that does so in memory */
#define COUNTER		0x800

enum { SPINS, SPINS_WITH_INTERRUPTS, HALTS, CPUID, OUT, COUNTS, GUESTS };

/* Those that soak() stops: the first of them */
#define STOPPED		COUNTS

/* 32-bit code. Those that spin or exit for OUT count their rounds in EAX. */
static const struct guest {
	uint8_t code[16];
} guests[GUESTS] = {
	[SPINS] = { { 0xfa, 0x40, 0xeb, 0xfd } },
	[SPINS_WITH_INTERRUPTS] = { { 0xfb, 0x40, 0xeb, 0xfd } },
	[HALTS] = { { 0x40, 0xf4, 0xeb, 0xfc } },
	[CPUID] = { { 0x31, 0xc0, 0x0f, 0xa2, 0xeb, 0xfa } },
	[OUT] = { { 0x40, 0xe6, 0x80, 0xeb, 0xfb } },
	/* inc dword [COUNTER]; jmp back */
	[COUNTS] = { { 0xff, 0x05, COUNTER & 0xff, COUNTER >> 8, 0, 0, 0xeb, 0xf8 } },
};

static struct vmx_machine *machine;
static struct vmx_vcpu *vcpu;
static uint8_t *memory;

static void die(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	fflush(stdout);
	_exit(1);
}

static void bind(int processor)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(processor, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("sched_setaffinity");
}

static void make_vcpu(void)
{
	static const struct vmx_cpuid leaf = { 0 };
	const struct vmx_vcpu_conf_cpuid cpuid = { .count = 1, .entries = &leaf };

	memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		die("mmap");
	if (vmx_machine_create(&machine) || vmx_vcpu_create(machine, &vcpu))
		die("vmx_vcpu_create");
	if (vmx_gpa_map(machine, memory, 0, 4096, VMX_PROT_READ | VMX_PROT_WRITE | VMX_PROT_EXEC))
		die("vmx_gpa_map");
	if (vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_CPUID, &cpuid))
		die("vmx_vcpu_configure");
}

static void begin(const struct guest *guest)
{
	memcpy(memory, guest->code, sizeof(guest->code));
	if (vmx_vcpu_getstate(vcpu, VMX_X64_STATE_GPRS))
		die("vmx_vcpu_getstate");
	vcpu->state->gprs[VMX_X64_GPR_RIP] = 0;
	vcpu->state->gprs[VMX_X64_GPR_RAX] = 0;
	vcpu->state->gprs[VMX_X64_GPR_RFLAGS] = 2;
	if (vmx_vcpu_setstate(vcpu, VMX_X64_STATE_GPRS))
		die("vmx_vcpu_setstate");
}

/* Until it is stopped. */
static void run(void)
{
	do {
		if (vmx_vcpu_run(vcpu))
			die("vmx_vcpu_run");
		if (vcpu->exit->reason == VMX_VCPU_EXIT_IO) {
			vcpu->state->gprs[VMX_X64_GPR_RIP] = vcpu->exit->u.io.npc;
			if (vmx_vcpu_setstate(vcpu, VMX_X64_STATE_GPRS))
				die("vmx_vcpu_setstate");
		}
	} while (vcpu->exit->reason == VMX_VCPU_EXIT_IO ||
		 vcpu->exit->reason == VMX_VCPU_EXIT_HALTED);
	if (vcpu->exit->reason != VMX_VCPU_EXIT_NONE) {
		errno = 0;
		printf("# exit %u, reason %#x\n", vcpu->exit->reason, vcpu->exit->u.other.reason);
		die("not stopped");
	}
}

/* ---- points ---- */

/* Of the module as test_stop.py builds it: where to wait, and whether it does. */
#define PARAMETER(name) "/sys/module/vmxfs/parameters/" name

static int parameter(const char *path, int flags)
{
	int fd = open(path, flags);

	if (fd < 0)
		die(path);
	return fd;
}

static int get(int fd)
{
	char text[16] = "";

	if (pread(fd, text, sizeof(text) - 1, 0) <= 0)
		die("read of a parameter");
	return atoi(text);
}

static void set(int fd, int value)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%d", value);

	if (pwrite(fd, text, n, 0) != n)
		die("write of a parameter");
}

static void *stop_there(void *unused)
{
	int waits = parameter(PARAMETER("test_waits"), O_RDONLY);

	(void)unused;
	while (!get(waits))
		;
	if (vmx_vcpu_stop(vcpu))
		die("vmx_vcpu_stop");
	close(waits);
	return NULL;
}

/* Returns how often the guest has gone round when it is stopped at the point. */
static unsigned long stop_at(int number, const struct guest *guest)
{
	int point = parameter(PARAMETER("test_point"), O_RDWR);
	pthread_attr_t attributes;
	pthread_t stopper;
	cpu_set_t there;

	begin(guest);
	set(point, number);
	/* From the start: this processor does nothing else while it waits. */
	CPU_ZERO(&there);
	CPU_SET(1, &there);
	pthread_attr_init(&attributes);
	if (pthread_attr_setaffinity_np(&attributes, sizeof(there), &there) ||
	    pthread_create(&stopper, &attributes, stop_there, NULL))
		die("pthread_create");
	run();
	pthread_join(stopper, NULL);
	pthread_attr_destroy(&attributes);
	close(point);
	return vcpu->state->gprs[VMX_X64_GPR_RAX];
}

/* A guest that is stopped on its way in has not executed an instruction. */
static void test_point(int number, const char *what, const struct guest *guest, bool entered)
{
	unsigned long rounds, most = 0;
	int i;

	for (i = 0; i < TRIES; i++) {
		rounds = stop_at(number, guest);
		if (rounds > most)
			most = rounds;
	}
	printf("%sok %d - %s\n", entered || !most ? "" : "not ", number, what);
	if (!entered && most)
		printf("# the guest has gone round %lu times\n", most);
}

static const struct {
	const char *what;
	int guest;
	bool entered;
} points[] = {
	{ "before the vCPU is taken", SPINS, false },
	{ "before its thread is known", SPINS, false },
	{ "before interrupts are disabled", SPINS, false },
	{ "after the last look, before VM entry", SPINS, false },
	{ "after the VM exit", SPINS, true },
	{ "before the vCPU is given back", OUT, true },
};

#define POINTS (sizeof(points) / sizeof(*points))

static void test_points(void)
{
	size_t i;

	printf("1..%zu\n", POINTS + 2);
	for (i = 0; i < POINTS; i++)
		test_point(i + 1, points[i].what, &guests[points[i].guest], points[i].entered);
	begin(&guests[SPINS]);
	if (vmx_vcpu_stop(vcpu))
		die("vmx_vcpu_stop");
	run();
	printf("%sok %zu - before run\n", vcpu->state->gprs[VMX_X64_GPR_RAX] ? "not " : "",
	       POINTS + 1);
	/* Two at once end one run; there is none left over. */
	vmx_vcpu_stop(vcpu);
	vmx_vcpu_stop(vcpu);
	run();
	begin(&guests[HALTS]);
	if (vmx_vcpu_run(vcpu))
		die("vmx_vcpu_run");
	printf("%sok %zu - none is left over\n",
	       vcpu->exit->reason == VMX_VCPU_EXIT_HALTED ? "" : "not ", POINTS + 2);
}

/* ---- soak ---- */

static volatile unsigned long ended;
static volatile bool over;

static void *run_again(void *unused)
{
	size_t i = 0;

	(void)unused;
	bind(0);
	while (!over) {
		begin(&guests[i++ % STOPPED]);
		run();
		ended++;
	}
	return NULL;
}

static unsigned int next_random(void)
{
	static uint32_t state = 1;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static void soak(unsigned long count)
{
	uint64_t longest = 0, total = 0;
	pthread_t runner;
	unsigned long i;
	int pause;

	printf("1..1\n");
	bind(1);
	if (pthread_create(&runner, NULL, run_again, NULL))
		die("pthread_create");
	for (i = 0; i < count; i++) {
		unsigned long before = ended;
		uint64_t start = __rdtsc(), time;

		if (vmx_vcpu_stop(vcpu))
			die("vmx_vcpu_stop");
		while (ended == before) {
			if (__rdtsc() - start > LIMIT) {
				errno = 0;
				die("a stop is lost");
			}
			_mm_pause();
		}
		time = __rdtsc() - start;
		total += time;
		if (time > longest)
			longest = time;
		/* Somewhere else in the next run */
		for (pause = next_random() % 512; pause; pause--)
			_mm_pause();
	}
	over = true;
	vmx_vcpu_stop(vcpu);
	pthread_join(runner, NULL);
	printf("# %lu stops: longest %lu ticks, mean %lu\n", count, (unsigned long)longest,
	       (unsigned long)(total / count));
	printf("ok 1 - soak\n");
}

/* ---- move ---- */

static volatile pid_t moved;

static void *run_once(void *unused)
{
	(void)unused;
	moved = gettid();
	begin(&guests[COUNTS]);
	run();
	return NULL;
}

static void move(unsigned long count)
{
	volatile uint32_t *counter = (uint32_t *)(memory + COUNTER);
	pthread_t runner;
	unsigned long i;

	printf("1..1\n");
	if (pthread_create(&runner, NULL, run_once, NULL))
		die("pthread_create");
	for (i = 0; i < count; i++) {
		uint64_t start = __rdtsc();
		uint32_t before;
		cpu_set_t set;

		/* This thread is where the guest is not. */
		bind(i % 2);
		while (!moved)
			sched_yield();
		CPU_ZERO(&set);
		CPU_SET(!(i % 2), &set);
		if (sched_setaffinity(moved, sizeof(set), &set))
			die("sched_setaffinity");
		before = *counter;
		while (*counter == before) {
			if (__rdtsc() - start > LIMIT) {
				errno = 0;
				die("the guest stands still");
			}
			_mm_pause();
		}
	}
	if (vmx_vcpu_stop(vcpu))
		die("vmx_vcpu_stop");
	pthread_join(runner, NULL);
	printf("ok 1 - moved %lu times\n", count);
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	bind(0);
	make_vcpu();
	if (argc == 2 && strcmp(argv[1], "points") == 0)
		test_points();
	else if (argc == 3 && strcmp(argv[1], "soak") == 0)
		soak(strtoul(argv[2], NULL, 10));
	else if (argc == 3 && strcmp(argv[1], "move") == 0)
		move(strtoul(argv[2], NULL, 10));
	else
		return 2;
	vmx_vcpu_destroy(vcpu);
	vmx_machine_destroy(machine);
	return 0;
}
