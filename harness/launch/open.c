// SPDX-License-Identifier: GPL-2.0
#include "open.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "devices.h"
#include "options.h"

/* The argument up to its first comma */
static const char *open_path(char *argument, char *path, size_t size)
{
	snprintf(path, size, "%.*s", (int)strcspn(argument, ","), argument);
	return path;
}

/* Who does not read what the guest writes does not stop it. */
static void open_console(struct machine *machine, char *argument)
{
	int fd = open(argument, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		err(1, "--console %s", argument);
	console_create(machine, fd, fd);
}

/* Two launchers that write to one image would destroy it. The lock ends with the process. */
static void open_disk(struct machine *machine, char *argument)
{
	static const char *const words[] = { "ro", NULL };
	bool read_only = option_word(argument, "ro");
	char path[4096];
	struct stat stat;
	int fd = open(open_path(argument, path, sizeof(path)),
		      (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC);

	option_check("disk", argument, words);
	if (fd < 0 || fstat(fd, &stat))
		err(1, "--disk %s", path);
	if (!S_ISREG(stat.st_mode) && !S_ISBLK(stat.st_mode))
		errx(1, "--disk %s: it is neither a file nor a block device", path);
	if (flock(fd, (read_only ? LOCK_SH : LOCK_EX) | LOCK_NB))
		err(1, "--disk %s: somebody else has it", path);
	block_create(machine, fd, read_only);
}

/* By default it is one that is of no maker, and another for each card. */
static void open_mac(char *argument, uint8_t *mac)
{
	static uint8_t number;
	const char *text = option_value(argument, "mac");
	int end = 0;

	memcpy(mac, (const uint8_t []){ 0x52, 0x54, 0x00, 0x76, 0x6d, number++ }, 6);
	if (text && (sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &mac[0], &mac[1], &mac[2],
			    &mac[3], &mac[4], &mac[5], &end) != 6 ||
		     (text[end] && text[end] != ',') || mac[0] & 1))
		errx(1, "--net %s: mac= is no address of a card", argument);
}

static void open_net(struct machine *machine, char *argument)
{
	static const char *const words[] = { "tap", "fd", "mac", NULL };
	char *tap = option_value(argument, "tap"), *number = option_value(argument, "fd");
	char name[64];
	uint8_t mac[6];
	int fd = -1;

	option_check("net", argument, words);
	open_mac(argument, mac);
	if (tap)
		fd = net_open_tap(open_path(tap, name, sizeof(name)));
	else if (number && strspn(number, "0123456789"))
		fd = fcntl(atoi(number), F_DUPFD_CLOEXEC, 3);
	else
		errx(1, "--net %s: it has neither tap= nor fd=", argument);
	if (fd < 0 || fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK))
		err(1, "--net %s", argument);
	net_create(machine, fd, mac);
}

static void open_rng(struct machine *machine, char *argument)
{
	int fd = argument ? open(argument, O_RDONLY | O_CLOEXEC) : -1;

	if (argument && fd < 0)
		err(1, "--rng %s", argument);
	rng_create(machine, fd);
}

static void (*const makers[])(struct machine *machine, char *argument) = {
	[OPTION_CONSOLE] = open_console,
	[OPTION_DISK] = open_disk,
	[OPTION_NET] = open_net,
	[OPTION_RNG] = open_rng,
};

void open_devices(struct machine *machine, struct options *options)
{
	unsigned int i;

	for (i = 0; i < options->n_devices; i++)
		makers[options->devices[i].kind](machine, options->devices[i].argument);
}
