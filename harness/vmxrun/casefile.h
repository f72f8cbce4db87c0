/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A case file, parsed: cases/README.md has the grammar.
 *
 * {NAME} and $label are still in the texts, since their values differ from
 * point to point; script.h replaces them.
 */
#ifndef CASEFILE_H
#define CASEFILE_H

#include "files.h"

/* What follows a directive, without blanks at its ends. */
struct line {
	unsigned int number;
	char *text;		/* NULL: there is no such line */
};

/*
 * each NAME[,NAME...][:NAME[,NAME...]] in VALUE[,VALUE...][:VALUE[,VALUE...]]...
 *
 * The point's name has the values before the colon.
 */
struct each {
	size_t nlabels;		/* names before it; all if there is none */
	size_t nnames;
	char **name;
	size_t nrows;
	char **value;		/* nrows times nnames */
};

/*
 * What a line of the transcript does: write, read and compare, empty, remove;
 * or say how the change before it must fail.
 */
#define STEP_OPS ":?=-!"

struct step {
	unsigned int line;
	const struct file *file;
	char op;		/* one of STEP_OPS */
	char *text;
};

/*
 * How many of these belong together: a change and how it must fail, or the lines
 * of a text that is read at once.
 */
size_t steps_together(const struct step *step, size_t left);

struct casefile {
	char *name;		/* "exits/hlt" */
	struct line guest;
	struct line memory;
	struct line limit;
	struct line reach;
	struct line disturbed;
	struct line ports;
	size_t nneeds;
	struct line *need;
	size_t neaches;
	struct each *each;
	size_t nsteps;
	struct step *step;
	struct line error;	/* the first, if the file can't be parsed */
};

struct casefile *casefile_parse(const char *name, const char *text,
				size_t length);
struct casefile *casefile_read(const char *dir, const char *name);
void casefile_free(struct casefile *file);

/* NULL, or what is wrong with the {NAME} of a text; the caller frees it. */
char *casefile_check_names(const struct casefile *file, const char *text);

/* "exits/hlt.case:9", or without a line if it is 0. The caller frees it. */
char *casefile_place(const struct casefile *file, unsigned int line);

#endif
