/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random VM entries against libvmxcheck.
 *
 * A state is all fields of the VMCS. It begins as one of the bases, from which the VM entry
 * succeeds, and a few fields are changed. The library predicts what may come of it, and then
 * the processor enters it.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "facts.h"
#include "quirkfile.h"
#include "random.h"
#include "vcpu.h"
#include "vmxcheck.h"

enum {
#define VMX_FIELD(encoding, ident, owner, sdm_name) ROW_##ident,
#include "vmx_fields.h"
	FIELDS
};

#define NO_ROW FIELDS

/* ---- fields.c: the table of fields ---- */

/* What is known of a field. */
struct field {
	const char *name;	/* in lower case, as in the file vmcs */
	uint32_t encoding;
	uint64_t bits;		/* all that it has */
	uint64_t contained;	/* those that the guest owns */
	uint64_t dropped;	/* those that VMWRITE does not keep on this processor */
};

extern struct field fields[FIELDS];
void fields_init(void);

/* What this processor's VMWRITE drops; from the text of caps. */
void fields_probe(const char *caps);

/* The row of a field; NO_ROW if there is none. */
size_t field_row(uint64_t encoding);

struct state {
	uint64_t value[FIELDS];
	bool have[FIELDS];	/* the processor has this field */
};

/* A change of one field. */
struct change {
	size_t row;
	uint64_t value;
};

#define CHANGES 12

struct changes {
	size_t count;
	struct change change[CHANGES];
};

/* One field more; it changes nothing if there are too many. */
void changes_add(struct changes *changes, size_t row, uint64_t value);

/* ---- bases.c: legal states to begin with ---- */

struct base {
	const char *name;
	const char *guest;	/* MODE/NAME, which is at its HLT then */
	const char *lines;	/* what is written to vmcs after that */
};

extern const struct base bases[];
extern const size_t bases_count;

/* ---- machine.c: a vCPU that enters states ---- */

enum what {
	CAME_NOTHING,
	CAME_ENTERED,
	CAME_ERROR,		/* VMfailValid; number is the VM-instruction error */
	CAME_GUEST,		/* exit reason 33; number is the exit qualification */
	CAME_MSR,		/* exit reason 34; number is the entry */
	CAME_OTHER,		/* what the SDM has not */
};

struct came {
	enum what what;
	uint64_t number;
	bool preempt;		/* it left before its first instruction */
	bool executed;		/* it left by an instruction */
	char text[200];		/* in the words of vmxfs */
};

struct machine {
	const struct base *base;
	bool unsafe;
	struct vcpu vcpu;
	int fields, insn, wait;
	struct state start;	/* in the base */
	struct state now;
	bool spoiled;		/* dead, or host state was written: the next trial needs another vCPU */
};

#define NO_MACHINE { .vcpu = NO_VCPU, .fields = -1, .insn = -1, .wait = -1 }

/*
 * A vCPU in its base. Returns NULL, or what is wrong; "" if the processor lacks what the base
 * needs.
 */
const char *machine_begin(struct machine *machine, const struct base *base, bool unsafe);
void machine_end(struct machine *machine);

/*
 * Writes what is different; of host state, which vmxfs sets at each VM entry, only what differs
 * from the base. A change that vmxfs refuses is taken out of @state, and counted in the result.
 */
size_t machine_write(struct machine *machine, struct state *state);

/* VMRESUME; if it succeeded, machine->now is read again. */
void machine_enter(struct machine *machine, struct came *came);

/* A line of insn: its answers, and the VM exit if it entered the guest. */
struct answers;
void machine_line(struct machine *machine, const char *line, struct answers *answers);

/* What is in the VMCS now. */
void machine_read(struct machine *machine);

/* ---- model.c: what libvmxcheck says ---- */

#define CHECKS_MAX 320

struct model {
	const struct state *base, *now;
	const struct msr_entry *entry;	/* in the MSR-load area, or NULL */
	bool learning;
	size_t check;		/* that is being decided */
	size_t count;
	enum vmxcheck_verdict of_base[CHECKS_MAX];
	struct vmxcheck_outcome outcome_of_base;
	enum vmxcheck_verdict verdict[CHECKS_MAX];
	/* Bit n of readers: check n has read the field in the base */
	uint64_t readers[FIELDS][CHECKS_MAX / 64];
	/* Fields that a check reads, and that may be changed */
	size_t open_rows;
	uint16_t open_row[FIELDS];
};

/* Once; from the text of caps. */
void model_init(const char *caps);

/* Learns the base. */
void model_begin(struct model *model, const struct state *base);

/* Decides what may be different from the base; @changes are all changes of it. */
void model_predict(struct model *model, const struct state *state, const struct changes *changes,
		   struct vmxcheck_outcome *outcome);

/*
 * The outcome with @entry the first of the VM-entry MSR-load area. Returns the check of MSRs that
 * is violated, or NO_CHECK.
 */
size_t model_predict_msr(struct model *model, const struct state *state,
			 const struct msr_entry *entry, struct vmxcheck_outcome *outcome);

bool outcome_has(const struct vmxcheck_outcome *outcome, const struct came *came);

/* Writes all that may come, in words. */
void outcome_say(const struct vmxcheck_outcome *outcome, char *text, size_t size);

/* Of something that was tried */
enum verdict {
	AGREED,
	NOT_TRIED,	/* it could reach the host */
	IS_KNOWN,	/* one of known.c */
	DIFFERS,
};

/* ---- known.c: checks in which the platform is known to be wrong ---- */

/* From a file of cases/quirks; returns what is wrong, or NULL. */
char *known_read(const char *path, const char *version);

/* Forgets all but what is fatal: it is not to be found again. */
void known_forget(void);

/* A check that is not done, or a field that is not saved rightly */
struct known {
	struct deviation what;
	bool forgotten;		/* it is to be found again; known_missed() knows it */
	unsigned long met;	/* how often it was the reason */
	unsigned long first;	/* the number of the VM entry */
};

/* Where there is no check or rule */
#define NO_CHECK CHECKS_MAX
#define NO_RULE SIZE_MAX

extern struct known *known;
extern size_t known_count;

/* Whether an outcome is what comes if known checks are not done: one of them, or NULL. */
struct known *known_reason(const struct model *model, const struct came *came);

/* Whether a field is known to be saved wrongly: it, or NULL. */
struct known *known_field(size_t row, const struct state *state, const struct came *came);

/* Whether the guest is known to execute an instruction in this state: it, or NULL. */
struct known *known_execution(const struct state *state);

/* Whether a check is known not to be done: it, or NULL. */
struct known *known_check(size_t check);

/* Whether what a rule says is known not to come: it, or NULL. */
struct known *known_rule(size_t rule);

/* Whether the machine may not survive this instruction. */
bool known_fatal_opcode(enum vmxcheck_opcode opcode);

/* Whether the machine may not survive this VM entry. */
bool known_fatal(const struct model *model);

/*
 * What comes if the platform does not do what it is known not to do, forgotten or not; and the
 * fields that those checks read.
 */
void known_missed(const struct model *model, struct vmxcheck_outcome *outcome, bool rows[FIELDS]);

/* ---- mutate.c: random changes ---- */

/* Once for each base; then the base's changes, as many as are asked for. */
void mutate_begin(struct model *model, bool unsafe);
void mutate(struct random *random, const struct model *model, bool unsafe,
	    struct changes *changes);

/* ---- saved.c: the state after a VM entry ---- */

/* Whether the guest has executed an instruction, which it must not. */
bool executed_wrongly(const struct state *before, const struct state *after,
		      const struct came *came);

/*
 * What of the VMCS, from @row on, is not as it must be after @came, when @before was entered.
 * Returns its row, or NO_ROW; sets what is right.
 */
size_t saved_wrong(size_t row, const struct state *before, const struct state *after,
		   const struct came *came, uint64_t *right);

#endif
