/* SPDX-License-Identifier: GPL-2.0 */
/* The command line of vmxlaunch */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "boot.h"

#define OPTIONS_DEVICES	24

enum option_kind { OPTION_CONSOLE, OPTION_DISK, OPTION_NET, OPTION_RNG };

/* A device, and its argument as it was given */
struct option_device {
	enum option_kind kind;
	char *argument;
};

/**
 * struct options - the command line
 * @memory: in bytes
 * @processors: how many
 * @kernel, @initrd: paths; @initrd may be NULL
 * @command_line: of the kernel
 * @entry: how it is entered
 * @devices: in the order of the command line, which is that of the slots
 * @monitor: path of a socket, or NULL
 * @user: whose rights are left; NULL if none are given up
 * @root: the folder that is all it sees of files then, or NULL
 * @lock: memory is locked at once
 * @no_reboot: a reset ends it, too
 * @tsc_hz: how fast the TSC is; 0 if that is measured
 */
struct options {
	uint64_t memory;
	unsigned int processors;
	const char *kernel, *initrd, *command_line;
	enum boot_entry entry;
	struct option_device devices[OPTIONS_DEVICES];
	unsigned int n_devices;
	const char *monitor, *user, *root;
	bool lock, no_reboot;
	uint64_t tsc_hz;
};

/* Ends the program, with a message, if they are wrong. */
void options_parse(struct options *options, int argc, char **argv);

/* "key=value" of an argument with commas between; NULL if there is none. Not to be freed */
char *option_value(char *argument, const char *key);
/* Ends the program if what comes after a comma is none of these words, with "=" or without. */
void option_check(const char *option, const char *argument, const char *const *words);
/* Whether the word is among them */
bool option_word(const char *argument, const char *word);

#endif
