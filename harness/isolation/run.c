// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "isolation.h"
#include "vmxfs_abi.h"

/* How often a guest is entered, at most, and how many steps a slot has */
#define ENTRIES 400
#define STEPS 12
/* After how many of no use, and how often, it is helped */
#define STUCK 2
#define AGAIN 4
/* How often, and for how many milliseconds each, a guest is waited for that does not exit */
#define WAITS 2
#define WAIT_MS 4

const char *const way_names[WAYS] = { "files", "program", "insn", "step" };

bool run_trace;
bool run_given_up;

void mask_all(uint8_t *mask, unsigned int from, unsigned int to)
{
	memset(mask, 0, 64);
	for (unsigned int i = from; i < to; i++)
		mask[i / 8] |= 1u << i % 8;
}

void mask_random(uint8_t *mask, struct random *random, unsigned int n)
{
	memset(mask, 0, 64);
	while (n--) {
		unsigned int i = random_below(random, slots);

		mask[i / 8] |= 1u << i % 8;
	}
}

void mask_core(uint8_t *mask, struct random *random, unsigned int n)
{
	mask_random(mask, random, n);
	for (unsigned int i = 0; i < slots; i++)
		if (guest_is_core(i))
			mask[i / 8] |= 1u << i % 8;
}

static bool is_in(const uint8_t *mask, unsigned int slot)
{
	return mask[slot / 8] >> slot % 8 & 1;
}

void run_text(const struct run *run, char *text, size_t size)
{
	int n = snprintf(text, size, "%s %s", way_names[run->way], mode_names[run->mode]);

	for (unsigned int i = 0; i < run->count && n < (int)size; i++)
		n += snprintf(text + n, size - n, ", %s %s", run->setting[i]->file,
			      run->setting[i]->line);
}

/* What a way needs while a vCPU runs by it */
struct live {
	const struct run *run;
	struct report *report;
	struct vcpu vcpu;
	enum mode mode;
	int wait;
	int insn;
	struct vmxfs_page *page;
	bool launched;
	char line[512];
	char text[150];
};

static const char *what(struct live *live)
{
	return live->text;
}

static long write_guarded(struct live *live, int fd, const char *text)
{
	return host_call(live->report, what(live), SYS_write, fd, (long)text, strlen(text));
}

/* Reads the line of the exit; -EAGAIN if the guest had to be stopped. */
static int take_exit(struct live *live)
{
	for (int i = 0; i <= WAITS; i++) {
		int n = read_text(live->wait, live->line, sizeof(live->line));

		if (n > 0 && *live->line == '*')
			continue;
		if (n > 0)
			return 0;
		if (n != -EAGAIN)
			return n ? n : -EIO;
		if (i < WAITS)
			vcpu_poll(live->wait, WAIT_MS);
	}
	vcpu_command(&live->vcpu, "stop");
	run_given_up = true;
	return -EAGAIN;
}

static int by_files(struct live *live, bool first)
{
	char text[80] = "go";
	long n;

	if (!first)
		snprintf(text, sizeof(text), "go pc=%#x;sp=%#x;", guest_next(live->mode), STACK);
	n = write_guarded(live, live->vcpu.ctl, text);
	return n < 0 ? n : take_exit(live);
}

static int by_insn(struct live *live, bool first)
{
	char text[80];
	long n;

	if (!first) {
		snprintf(text, sizeof(text), "pc %#x\nsp %#x\n", guest_next(live->mode), STACK);
		vcpu_write(&live->vcpu, "regs", text);
	}
	n = write_guarded(live, live->insn, live->launched ? "vmresume\n" : "vmlaunch\n");
	if (n < 0)
		return n;
	live->launched = true;
	return take_exit(live);
}

static int by_program(struct live *live, bool first)
{
	long n;

	if (!live->page) {
		struct vmxfs_attach attach = { .version = VMXFS_ABI_VERSION };

		if (ioctl(live->vcpu.ctl, VMXFS_IOC_ATTACH, &attach) < 0)
			return -errno;
		live->page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, live->vcpu.ctl, 0);
		if (live->page == MAP_FAILED) {
			live->page = NULL;
			return -errno;
		}
	}
	if (!first) {
		live->page->state.gprs[VMX_X64_GPR_RIP] = guest_next(live->mode);
		live->page->state.gprs[VMX_X64_GPR_RSP] = STACK;
		live->page->state.gprs[VMX_X64_GPR_RFLAGS] = 2;
		live->page->commit = VMX_X64_STATE_GPRS;
	}
	for (int i = 0; i <= WAITS; i++) {
		n = host_call(live->report, what(live), SYS_ioctl, live->vcpu.ctl, VMXFS_IOC_RUN, 0);
		if (n != -EINTR)
			return n;
	}
	run_given_up = true;
	return -EAGAIN;
}

static int (*const ways[WAYS])(struct live *live, bool first) = {
	[FILES] = by_files, [PROGRAM] = by_program, [INSN] = by_insn,
};

/* Until the guest is done; it goes on after each exit behind the slot. */
static int enter_again(struct live *live, enum way way, bool first)
{
	int entries = 0, tries = 0, stuck = 0, again = 0;

	while (entries < ENTRIES && !guest_done()) {
		uint32_t next = guest_next(live->mode);
		int error = ways[way](live, first);

		if (error && (error != -EAGAIN || ++tries > 2))
			return entries ? entries : error;
		first = false;
		entries++;
		/* Where not even the next slot can begin, none can. */
		stuck = guest_next(live->mode) == next ? stuck + 1 : 0;
		if (stuck < STUCK)
			continue;
		if (again++ == AGAIN || !guest_again(&live->vcpu, live->mode))
			break;
		stuck = 0;
	}
	return entries;
}

/* Each instruction of each slot */
static int step_slots(struct live *live)
{
	int entries = 0;

	for (unsigned int slot = 0; slot < slots && entries < ENTRIES; slot++) {
		uint32_t end = slot + 1 < slots ? guest_slot(live->mode, slot + 1) : 0;
		char text[80];

		if (!is_in(live->run->mask, slot))
			continue;
		snprintf(text, sizeof(text), "step pc=%#x;sp=%#x;", guest_slot(live->mode, slot),
			 STACK);
		for (int i = 0; i < STEPS; i++) {
			char *pc;
			long n = write_guarded(live, live->vcpu.ctl, i ? "step" : text);

			if (n < 0)
				return entries ? entries : n;
			entries++;
			if (take_exit(live) || strncmp(live->line, "monitortrap ", 12))
				break;
			pc = strstr(live->line, " pc ");
			if (!pc || strtoul(pc + 4, NULL, 0) == end)
				break;
		}
	}
	return entries;
}

static int other_way(enum way way)
{
	return way == PROGRAM ? FILES : PROGRAM;
}

int run_guest(const struct run *run, struct report *report)
{
	struct live live = { .run = run, .report = report, .mode = run->mode, .wait = -1, .insn = -1 };
	int error, entries = 0;

	run_text(run, live.text, sizeof(live.text));
	run_given_up = false;
	if (run_trace)
		printf("# %s\n", live.text);
	guest_reset(run->mask, run->mode);
	error = guest_vcpu(&live.vcpu, run->mode);
	if (error) {
		report_fail(report, "%s: no vCPU: %s", live.text, strerror(-error));
		return error;
	}
	live.wait = vcpu_file(&live.vcpu, "wait", O_RDONLY | O_NONBLOCK);
	live.insn = vcpu_file(&live.vcpu, "insn", O_WRONLY);
	if (run->mode != PROT) {
		char text[40];

		snprintf(text, sizeof(text), "pc %#x\n", guest_start(run->mode));
		vcpu_write(&live.vcpu, "regs", text);
	}
	for (unsigned int i = 0; i < run->count; i++)
		settings_apply(&live.vcpu, run->setting[i]);
	if (run->way == STEP)
		entries = step_slots(&live);
	else
		entries = enter_again(&live, run->way, true);
	if (run->then) {
		guest_reset(run->mask, run->mode);
		enter_again(&live, other_way(run->way), false);
	}
	host_check_breakpoints(report, live.text);
	if (live.page)
		munmap(live.page, 4096);
	close(live.wait);
	close(live.insn);
	vcpu_close(&live.vcpu);
	probe_check(report, live.text);
	return entries;
}
