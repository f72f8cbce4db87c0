/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the TAP goes: to standard output, and to a file that is to tell what happened if
 * the machine does not live to the end. Functions return NULL, or what is wrong, which the
 * caller frees.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct output {
	FILE *stream;		/* what is printed to it goes to both */
	const char *path;	/* of the file; NULL: there is none */
	int file;
	bool drain;		/* standard output is a serial line, of what may end any time */
	int error;		/* of the file, which gets no more then; 0: none */
};

/* Each line is written when it is printed. */
char *output_open(struct output *output, const char *path);
/*
 * To the printer of an emulator, and nowhere else; or to standard output, where the kernel
 * keeps the ports.
 */
char *output_print(struct output *output);
/* To a mailbox at this physical address; or to standard output, where there is no /dev/mem. */
char *output_mail(struct output *output, uint64_t address);
char *output_close(struct output *output);

/* What was printed is there, whatever comes next. */
void output_flush(struct output *output);

/*
 * What comes next may take the machine with it: the file says so, and is on its disk when
 * this returns.
 */
void output_announce(struct output *output, const char *name);

#endif
