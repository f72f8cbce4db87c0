// SPDX-License-Identifier: GPL-2.0
/*
 * The program that runs a guest is a victim itself: a system call of vmxfs must leave it
 * all that any system call leaves it.
 */
#define _GNU_SOURCE
#include <asm/ldt.h>
#include <asm/prctl.h>
#include <cpuid.h>
#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "isolation.h"

#define KEPT 6
#define XSAVE_MAX 16384
#define LDT_SELECTOR 0x7	/* entry 0 of the LDT, RPL 3 */
#define USER_DS 0x2b
#define PORT 0x80	/* does nothing */
#define LDT_BASE 0x10000000

/* call.S has the offsets. */
struct call {
	long number;
	long arg[3];
	long result;
	uint64_t kept[KEPT];
	uint64_t got[KEPT];
	void *before;
	void *after;
	uint64_t mask;
	void *initial;
};

void host_enter(struct call *call);

static uint8_t before[XSAVE_MAX] __attribute__((aligned(64)));
static uint8_t after[XSAVE_MAX] __attribute__((aligned(64)));
static uint8_t initial[XSAVE_MAX] __attribute__((aligned(64)));
static struct call call = { .before = before, .after = after, .initial = initial };
static uint32_t area_size;

/* What the selectors and the GS base are in this host. */
static uint16_t data_selector, extra_selector, gs_selector;
static uint64_t gs_base;

static bool fsgsbase;	/* WRGSBASE may be used */
static volatile uint64_t watched;
static volatile uint64_t others;
static int watch_task = -1;
static uint64_t watch_count;
static int watch_processor[8];	/* one on each */
static int watches;
static bool watch_off;

/* ---- the state ---- */

static void fill(uint8_t *at, size_t size, struct random *random)
{
	for (size_t i = 0; i < size; i += 8) {
		uint64_t value = random_next(random);

		memcpy(at + i, &value, 8);
	}
}

/* SDM, "Layout of the XSAVE Area" */
static void make_pattern(struct random *random)
{
	uint32_t mxcsr = 0x1f80 | (random_next(random) & 0x6000);
	uint16_t fcw = 0x37f ^ (random_next(random) & 0xc00);
	uint64_t bits = call.mask & 0x2e7;
	uint32_t a, b, c, d;

	memset(before, 0, sizeof(before));
	memcpy(before, &fcw, 2);
	before[4] = 0xff;		/* FTW, abridged: all valid */
	memcpy(before + 24, &mxcsr, 4);
	for (int i = 0; i < 8; i++)
		fill(before + 32 + 16 * i, 8, random);
	fill(before + 160, 256, random);
	memcpy(before + 512, &bits, 8);
	for (int i = 2; i < 9; i++) {
		if (!(bits >> i & 1))
			continue;
		__cpuid_count(0xd, i, a, b, c, d);
		fill(before + b, a, random);
	}
	if (bits >> 9 & 1) {
		/* all keys but 0, which is the program's memory */
		uint32_t pkru = (uint32_t)random_next(random) & ~3u;

		__cpuid_count(0xd, 9, a, b, c, d);
		memcpy(before + b, &pkru, 4);
	}
	for (int i = 0; i < KEPT; i++)
		call.kept[i] = random_next(random);
}

static void set_gs(void)
{
	asm volatile("mov %0, %%ds" : : "r" (data_selector));
	asm volatile("mov %0, %%es" : : "r" (extra_selector));
	/* Loads the base that the LDT has; or none, and then the base is set. */
	asm volatile("mov %0, %%gs" : : "r" (gs_selector));
	if (fsgsbase)
		asm volatile("wrgsbase %0" : : "r" (gs_base));
	else if (!gs_selector)
		syscall(SYS_arch_prctl, ARCH_SET_GS, gs_base);
}

static uint64_t get_base(int which)
{
	uint64_t value = 0;

	syscall(SYS_arch_prctl, which, &value);
	return value;
}

static void write_ldt(uint32_t base)
{
	struct user_desc entry = {
		.entry_number = 0,
		.base_addr = base,
		.limit = 0xfffff,
		.seg_32bit = 1,
		.limit_in_pages = 1,
		.useable = 1,
	};

	syscall(SYS_modify_ldt, 1, &entry, sizeof(entry));
}

void host_choose(unsigned int which, uint64_t seed)
{
	struct random random;

	random_init(&random, seed, 1000 + which);
	make_pattern(&random);
	data_selector = which & 1 ? USER_DS : LDT_SELECTOR;
	extra_selector = which & 1 ? LDT_SELECTOR : USER_DS;
	gs_selector = which & 2 ? LDT_SELECTOR : 0;
	/* With WRGSBASE it need not be what the selector has. */
	gs_base = gs_selector && !fsgsbase ? LDT_BASE : random_next(&random) >> 18 & ~0xfffull;
	set_gs();
	/* A page fault leaves its address in CR2. */
	*(volatile char *)mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) = 1;
}

static const char *const register_names[KEPT] = {
	"the caller's RBX", "the caller's RBP", "the caller's R12", "the caller's R13",
	"the caller's R14", "the caller's R15",
};

static void check_selector(struct report *report, const char *what, const char *name,
			   uint16_t wanted, uint16_t got)
{
	if (wanted != got)
		leak(report, what, name, "%#x became %#x", wanted, got);
}

long host_call(struct report *report, const char *what, long number, long a, long b, long c)
{
	uint64_t fs_base = get_base(ARCH_GET_FS), base;
	uint16_t ds, es, gs;

	call.number = number;
	call.arg[0] = a;
	call.arg[1] = b;
	call.arg[2] = c;
	/* Another one each time: what was right for the last call is wrong now. */
	if (fsgsbase || !gs_selector)
		gs_base += 0x1000;
	set_gs();
	host_enter(&call);
	asm volatile("mov %%ds, %0" : "=r" (ds));
	asm volatile("mov %%es, %0" : "=r" (es));
	asm volatile("mov %%gs, %0" : "=r" (gs));
	base = get_base(ARCH_GET_GS);

	check_selector(report, what, "the caller's DS", data_selector, ds);
	check_selector(report, what, "the caller's ES", extra_selector, es);
	check_selector(report, what, "the caller's GS", gs_selector, gs);
	if (base != gs_base)
		leak(report, what, "the caller's GS base", "%#lx became %#lx", gs_base, base);
	if (get_base(ARCH_GET_FS) != fs_base)
		leak(report, what, "the caller's FS base", "it has changed");
	for (int i = 0; i < KEPT; i++)
		if (call.got[i] != call.kept[i])
			leak(report, what, register_names[i], "%#lx became %#lx", call.kept[i],
			     call.got[i]);
	for (uint32_t at = 0; at < area_size; at += 8) {
		uint64_t was, is;

		/* The header, and MXCSR_MASK, which XSAVE writes */
		if ((at >= 512 && at < 576))
			continue;
		memcpy(&was, before + at, 8);
		memcpy(&is, after + at, 8);
		if (at == 24) {
			was &= UINT32_MAX;
			is &= UINT32_MAX;
		}
		if (was != is) {
			leak(report, what, "the caller's XSAVE image", "at %u %#lx became %#lx", at,
			     was, is);
			break;
		}
	}
	return call.result;
}

/* ---- breakpoints ---- */

static int watch(pid_t pid, int cpu, volatile void *address)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.size = sizeof(attr),
		.bp_type = HW_BREAKPOINT_W,
		.bp_addr = (uintptr_t)address,
		.bp_len = 8,
		.exclude_kernel = 1,
	};

	return syscall(SYS_perf_event_open, &attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

void host_breakpoints(bool on)
{
	unsigned long request = on ? PERF_EVENT_IOC_ENABLE : PERF_EVENT_IOC_DISABLE;

	if (watch_off == !on)
		return;
	watch_off = !on;
	ioctl(watch_task, request, 0);
	for (int i = 0; i < watches; i++)
		ioctl(watch_processor[i], request, 0);
}

bool host_has(uint64_t value)
{
	return value == (uintptr_t)&watched || value == (uintptr_t)&others;
}

/* Of TR's limit: the port's bit is beyond that of a VM exit. */
static sigjmp_buf fault;

static void on_fault(int signal)
{
	(void)signal;
	siglongjmp(fault, 1);
}

static void check_port(struct report *report, const char *what)
{
	struct sigaction action = { .sa_handler = on_fault }, old;

	sigaction(SIGSEGV, &action, &old);
	if (sigsetjmp(fault, 1))
		leak(report, what, "the caller's I/O port", "it faults");
	else
		outb(0, PORT);
	sigaction(SIGSEGV, &old, NULL);
}

void host_check_breakpoints(struct report *report, const char *what)
{
	uint64_t count = 0;

	check_port(report, what);
	if (watch_off)
		return;
	watched++;
	watch_count++;
	if (read(watch_task, &count, sizeof(count)) != sizeof(count))
		leak(report, what, "the caller's breakpoint", "it can't be read");
	else if (count != watch_count)
		leak(report, what, "the caller's breakpoint", "it is dead");
	watch_count = count;
}

int host_begin_again(void)
{
	if (watch_task >= 0)
		close(watch_task);
	watch_count = 0;
	write_ldt(LDT_BASE);
	watch_task = watch(0, -1, &watched);
	return watch_task < 0 ? -errno : 0;
}

int host_init(void)
{
	uint32_t a, b, c, d;
	uint32_t low, high;

	__cpuid(1, a, b, c, d);
	if (!(c >> 27 & 1))
		return -ENODEV;
	asm volatile("xgetbv" : "=a" (low), "=d" (high) : "c" (0));
	/* x87, SSE, AVX, AVX-512, PKRU */
	call.mask = ((uint64_t)high << 32 | low) & 0x2e7;
	area_size = 576;
	for (int i = 2; i < 10; i++) {
		if (!(call.mask >> i & 1))
			continue;
		__cpuid_count(0xd, i, a, b, c, d);
		if (a + b > area_size)
			area_size = a + b;
	}
	if (area_size > XSAVE_MAX)
		return -E2BIG;
	asm volatile("xsave64 %0" : "+m" (initial) : "a" ((uint32_t)call.mask), "d" (0) : "memory");
	if (ioperm(PORT, 1, 1) < 0 || host_begin_again() < 0)
		return -errno;
	fsgsbase = getauxval(AT_HWCAP2) & 2;
	/* On each processor, whoever runs there: a kernel thread, too. */
	for (; watches < sysconf(_SC_NPROCESSORS_ONLN) && watches < 8; watches++) {
		watch_processor[watches] = watch(-1, watches, &others);
		if (watch_processor[watches] < 0)
			return -errno;
	}
	host_choose(0, 0);
	return 0;
}
