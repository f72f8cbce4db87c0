// SPDX-License-Identifier: GPL-2.0
#include "options.h"

#include <argp.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"

#define MB			(1ull << 20)
#define MEMORY_MIN_MB		16
#define MEMORY_MAX_MB		(1ull << 20)

const char *argp_program_bug_address = "the issues of vmxcheck";

enum { KEY_CONSOLE = 256, KEY_DISK, KEY_NET, KEY_RNG, KEY_MONITOR, KEY_USER, KEY_ROOT, KEY_LOCK,
       KEY_NO_REBOOT, KEY_ENTRY, KEY_TSC };

static const struct argp_option rows[] = {
	{ "memory", 'm', "MB", 0, "Memory of the guest (default 256)", 1 },
	{ "smp", 's', "COUNT", 0, "Processors (default 1)", 1 },
	{ "initrd", 'i', "FILE", 0, "Initial RAM disk", 2 },
	{ "append", 'a', "WORDS", 0, "The kernel's command line (default console=ttyS0)", 2 },
	{ "entry", KEY_ENTRY, "HOW", 0, "Enter the kernel by 64, 32 or pvh", 2 },
	{ "console", KEY_CONSOLE, "FILE", 0, "A virtio console: a terminal or a pipe", 3 },
	{ "disk", KEY_DISK, "FILE[,ro]", 0, "A virtio disk: a raw image or a block device", 3 },
	{ "net", KEY_NET, "tap=NAME|fd=N[,mac=MAC]", 0,
	  "A virtio network card, on a tap device or an open socket", 3 },
	{ "rng", KEY_RNG, "FILE", OPTION_ARG_OPTIONAL, "A virtio source of random numbers", 3 },
	{ "monitor", KEY_MONITOR, "PATH", 0, "A socket that takes commands", 4 },
	{ "user", KEY_USER, "NAME", 0, "Go on as this user", 4 },
	{ "root", KEY_ROOT, "FOLDER", 0, "See only this folder (chroot)", 4 },
	{ "lock", KEY_LOCK, NULL, 0, "Lock the guest's memory at once", 4 },
	{ "no-reboot", KEY_NO_REBOOT, NULL, 0, "End when the guest resets", 4 },
	{ "tsc", KEY_TSC, "HZ", 0, "How fast the time-stamp counter is, which is measured else", 4 },
	{ 0 }
};

static const struct {
	const char *name;
	enum boot_entry entry;
} entries[] = { { "64", ENTRY_64 }, { "32", ENTRY_32 }, { "pvh", ENTRY_PVH } };

static uint64_t options_number(const struct argp_state *state, const char *name, const char *text,
			       uint64_t min, uint64_t max)
{
	char *end;
	unsigned long long value = strtoull(text, &end, 0);

	if (end == text || *end || *text == '-' || value < min || value > max)
		argp_error(state, "%s: '%s' is no number from %llu to %llu", name, text,
			   (unsigned long long)min, (unsigned long long)max);
	return value;
}

static void options_entry(const struct argp_state *state, const char *text)
{
	struct options *options = state->input;
	size_t i;

	for (i = 0; i < sizeof(entries) / sizeof(*entries); i++) {
		if (strcmp(text, entries[i].name))
			continue;
		options->entry = entries[i].entry;
		return;
	}
	argp_error(state, "--entry: '%s' is none of 64, 32 and pvh", text);
}

static void options_device(const struct argp_state *state, enum option_kind kind, char *argument)
{
	struct options *options = state->input;

	if (options->n_devices == OPTIONS_DEVICES)
		argp_error(state, "there are more than %u devices", OPTIONS_DEVICES);
	options->devices[options->n_devices++] = (struct option_device){ kind, argument };
}

static error_t options_key(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'm':
		options->memory = MB * options_number(state, "--memory", argument, MEMORY_MIN_MB,
						      MEMORY_MAX_MB);
		break;
	case 's':
		options->processors = options_number(state, "--smp", argument, 1, MAX_VCPUS);
		break;
	case 'i':
		options->initrd = argument;
		break;
	case 'a':
		options->command_line = argument;
		break;
	case KEY_ENTRY:
		options_entry(state, argument);
		break;
	case KEY_CONSOLE:
	case KEY_DISK:
	case KEY_NET:
	case KEY_RNG:
		options_device(state, key - KEY_CONSOLE, argument);
		break;
	case KEY_MONITOR:
		options->monitor = argument;
		break;
	case KEY_USER:
		options->user = argument;
		break;
	case KEY_ROOT:
		options->root = argument;
		break;
	case KEY_LOCK:
		options->lock = true;
		break;
	case KEY_NO_REBOOT:
		options->no_reboot = true;
		break;
	case KEY_TSC:
		options->tsc_hz = options_number(state, "--tsc", argument, 1000000, 1ull << 40);
		break;
	case ARGP_KEY_ARG:
		if (state->arg_num)
			argp_error(state, "there are two kernels: %s and %s", options->kernel,
				   argument);
		options->kernel = argument;
		break;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which kernel?");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.options = rows,
	.parser = options_key,
	.args_doc = "KERNEL",
	.doc = "Runs Linux in a virtual machine, by vmxfs. ^A x leaves it.",
};

void options_parse(struct options *options, int argc, char **argv)
{
	*options = (struct options){ .memory = 256 * MB, .processors = 1,
				     .command_line = "console=ttyS0" };
	argp_parse(&argp, argc, argv, 0, NULL, options);
}

char *option_value(char *argument, const char *key)
{
	size_t size = strlen(key);
	char *word = argument;

	while (word) {
		if (!strncmp(word, key, size) && word[size] == '=')
			return word + size + 1;
		word = strchr(word, ',');
		word = word ? word + 1 : NULL;
	}
	return NULL;
}

void option_check(const char *option, const char *argument, const char *const *words)
{
	const char *at = strchr(argument, ',');

	for (; at; at = strchr(at, ',')) {
		size_t size = strcspn(++at, ",=");
		const char *const *word = words;

		while (*word && (strlen(*word) != size || strncmp(*word, at, size)))
			word++;
		if (!*word)
			errx(1, "--%s %s: there is no '%.*s'", option, argument, (int)size, at);
	}
}

bool option_word(const char *argument, const char *word)
{
	size_t size = strlen(word);
	const char *at = argument;

	while ((at = strchr(at, ','))) {
		at++;
		if (!strncmp(at, word, size) && (!at[size] || at[size] == ','))
			return true;
	}
	return false;
}
