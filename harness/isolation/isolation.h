/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of the program share. */
#ifndef ISOLATION_H
#define ISOLATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "layout.h"
#include "random.h"
#include "report.h"
#include "vcpu.h"

struct bounds {
	uint64_t seed;
	unsigned long runs;	/* of each way */
	unsigned long dumps;	/* of each way */
	unsigned long pairs;	/* of related settings; each in all modes */
	bool until_found;	/* the first point that fails is the last */
	const char *module;
	const char *probe;
};

/* ---- guest.c: the guest's image, and its slots ---- */

enum mode { REAL, PROT, PAE, LONG, MODES };

extern const char *const mode_names[MODES];
extern unsigned int slots;	/* how many there are */
extern unsigned int slots_read;	/* of which so many only read, the first ones */

/* Makes the segment; 0 or a negative errno. */
int guest_init(void);
void guest_exit(void);
/* The image anew, with the slots of the mask to be executed. */
void guest_reset(const uint8_t *mask, enum mode mode);
bool guest_done(void);
/* RIP of where it goes on, and of a slot. */
uint32_t guest_next(enum mode mode);
uint32_t guest_slot(enum mode mode, unsigned int slot);
uint32_t guest_start(enum mode mode);
/* RIP of a loop, in PROT, that destroys all that others may have */
uint32_t guest_spin(void);
bool guest_is_core(unsigned int slot);
const uint8_t *guest_memory(void);
/* A vCPU with the guest's memory, which begins in that mode. */
int guest_vcpu(struct vcpu *vcpu, enum mode mode);
/* Into that mode again, and behind the slot in which it is stuck; false: it can't. */
bool guest_again(const struct vcpu *vcpu, enum mode mode);

/* ---- leak.c: what was found, each kind of it once ---- */

/* A leak of this kind, which met here; the rest says what was seen. */
void leak(struct report *report, const char *where, const char *kind, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* How often each kind came in this point, as comments; then forgets them. */
void leaks_note(struct report *report);

/* ---- host.c: what the caller of vmxfs has, and whether it has it still ---- */

/* One of two hosts that differ in all that a program can choose. */
void host_choose(unsigned int which, uint64_t seed);
/* A system call; what of the caller's differs after it is a failure of the report. */
long host_call(struct report *report, const char *what, long number, long a,
	       long b, long c);
/* Whether this is a value that only the host has. */
bool host_has(uint64_t value);
int host_init(void);
/* The same in a new process */
int host_begin_again(void);
/* Hardware breakpoints, on or off: what restores them hides what is not restored. */
void host_breakpoints(bool on);
/* Whether they still work, in this thread. */
void host_check_breakpoints(struct report *report, const char *what);

/* ---- settings.c: all that may be set without unsafe ---- */

struct setting {
	const char *file;
	char line[96];
	unsigned int group;	/* those of one group exclude each other */
	bool control;		/* of a switch with two positions, the other one */
	bool more;		/* another value of a field: not for all pairs */
	uint64_t topics;	/* what its name has to do with */
};

extern struct setting *settings;
extern unsigned int settings_count;

int settings_find(struct report *report, struct random *random);
/* One of the controls, in turn */
const struct setting *settings_control(unsigned int number);
/* What no vCPU may be given; what is taken is a failure. */
void settings_refused(struct report *report);
/* Whether their names have something in common. */
bool settings_related(const struct setting *a, const struct setting *b);
/* 0, or a negative errno: it is refused in this vCPU. */
int settings_apply(const struct vcpu *vcpu, const struct setting *setting);

/* ---- run.c: a guest from clone to its end, by one way ---- */

enum way { FILES, PROGRAM, INSN, STEP, WAYS };

extern const char *const way_names[WAYS];

#define RUN_SETTINGS 40

struct run {
	enum way way;
	enum mode mode;
	unsigned int count;
	const struct setting *setting[RUN_SETTINGS];
	uint8_t mask[64];
	bool then;		/* go on by another way */
};

extern bool run_trace;	/* print each before it runs */
extern bool run_given_up;	/* of the last one, an entry: it did not exit soon */

void run_text(const struct run *run, char *text, size_t size);
/* The number of times that the guest was entered, or a negative errno. */
int run_guest(const struct run *run, struct report *report);
void mask_random(uint8_t *mask, struct random *random, unsigned int n);
void mask_all(uint8_t *mask, unsigned int from, unsigned int to);
/* What destroys most in the fewest VM exits, and n more */
void mask_core(uint8_t *mask, struct random *random, unsigned int n);

/* ---- probe.c: /dev/hostprobe ---- */

struct probe_counts {
	unsigned long compared, partly, moved, missed, differences;
};

int probe_load(const char *path);
int probe_word(const char *word);
/* Each processor is again as it was, for whoever comes next. */
void probe_end(void);
/* What came since the last time; a difference is a failure. */
void probe_check(struct report *report, const char *what);
extern struct probe_counts probe_total;

/* ---- main.c ---- */

/* Settings for a run, of which those with the same number modulo 8 are of one kind. */
void choose_settings(struct run *run, struct random *random, unsigned long number);

/* ---- victim.c, dump.c: points of their own ---- */

int victims_start(uint64_t seed);
void victims_stop(struct report *report);
void victims_end(void);
void callers32_point(struct report *report);
void dump_point(struct report *report, const struct bounds *bounds, enum way way);

#endif
