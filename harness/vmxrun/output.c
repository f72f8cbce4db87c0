// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE	/* fopencookie() */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "mailbox.h"
#include "printer.h"
#include "util.h"

static int write_all(int file, const char *text, size_t size)
{
	while (size) {
		ssize_t count = write(file, text, size);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return -errno;
		text += count;
		size -= count;
	}
	return 0;
}

static char *failed(const char *path, int error)
{
	return xasprintf("%s: %s", path, strerror(error));
}

/* A file that is full keeps nobody from reading the rest on the screen. */
static ssize_t write_both(void *cookie, const char *text, size_t size)
{
	struct output *output = cookie;
	int error = write_all(STDOUT_FILENO, text, size);

	if (!output->error)
		output->error = -write_all(output->file, text, size);
	if (!error)
		return size;
	errno = -error;
	return 0;
}

char *output_open(struct output *output, const char *path)
{
	const cookie_io_functions_t functions = { .write = write_both };

	*output = (struct output){ .stream = stdout, .path = path, .file = -1 };
	if (path) {
		output->file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		if (output->file < 0)
			return failed(path, errno);
		output->stream = fopencookie(output, "w", functions);
		if (!output->stream)
			return failed(path, errno);
	}
	setvbuf(output->stream, NULL, _IOLBF, 0);
	return NULL;
}

static ssize_t write_printer(void *cookie __attribute__((unused)), const char *text, size_t size)
{
	printer_write(text, size);
	return size;
}

char *output_print(struct output *output)
{
	const cookie_io_functions_t functions = { .write = write_printer };

	if (printer_open())
		return output_open(output, NULL);
	*output = (struct output){ .file = -1 };
	output->stream = fopencookie(NULL, "w", functions);
	if (!output->stream)
		return failed("the printer", errno);
	setvbuf(output->stream, NULL, _IOLBF, 0);
	return NULL;
}

static ssize_t write_mailbox(void *cookie __attribute__((unused)), const char *text, size_t size)
{
	mailbox_write(text, size);
	return size;
}

char *output_mail(struct output *output, uint64_t address)
{
	const cookie_io_functions_t functions = { .write = write_mailbox };

	if (mailbox_open(address)) {
		char *error = output_open(output, NULL);

		output->drain = true;
		return error;
	}
	*output = (struct output){ .file = -1 };
	output->stream = fopencookie(NULL, "w", functions);
	if (!output->stream)
		return failed("the mailbox", errno);
	setvbuf(output->stream, NULL, _IOFBF, MAILBOX_SIZE);
	return NULL;
}

void output_flush(struct output *output)
{
	fflush(output->stream);
	if (output->drain)
		tcdrain(STDOUT_FILENO);
}

static void sync_file(struct output *output)
{
	if (!output->error && fsync(output->file))
		output->error = errno;
}

/* Whoever opened standard output looks whether it took all. */
char *output_close(struct output *output)
{
	bool lost;

	if (output->stream == stdout)
		return NULL;
	lost = fflush(output->stream) || ferror(output->stream);
	fclose(output->stream);
	if (output->path) {
		sync_file(output);
		close(output->file);
	}
	if (output->error)
		return failed(output->path, output->error);
	return lost ? xstrdup("standard output: not all could be written") : NULL;
}

void output_announce(struct output *output, const char *name)
{
	if (!output->path)
		return;
	fprintf(output->stream, "# next: %s\n", name);
	sync_file(output);
}
