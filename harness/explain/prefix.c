// SPDX-License-Identifier: GPL-2.0
#include "prefix.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* Longer than any time or name of a thread in brackets */
#define BRACKETS 40

/* Each says how many of the bytes from @at on are of its kind, 0 if they are not. */

static size_t blanks(const char *at, size_t length)
{
	size_t n = 0;

	while (n < length && at[n] == ' ')
		n++;
	return n;
}

/* "> ", of a mail that is answered; "// ", of a comment */
static size_t quote(const char *at, size_t length)
{
	if (length && at[0] == '>')
		return 1;
	return length > 1 && at[0] == '/' && at[1] == '/' ? 2 : 0;
}

/* "[  165.304272]", "[T1234]", "[NoirVisor]" */
static size_t brackets(const char *at, size_t length)
{
	const char *end;

	if (!length || at[0] != '[')
		return 0;
	end = memchr(at, ']', length < BRACKETS ? length : BRACKETS);
	return end && !memchr(at, '=', (size_t)(end - at)) ? (size_t)(end - at) + 1 : 0;
}

/* "33.881551]", of which the beginning was not copied */
static size_t half_a_time(const char *at, size_t length)
{
	size_t n = 0;

	while (n < length && (isdigit((unsigned char)at[n]) || at[n] == '.'))
		n++;
	return n > 3 && n < length && at[n] == ']' && memchr(at, '.', n) ? n + 1 : 0;
}

/* "<3>", the level of a message of the kernel */
static size_t level(const char *at, size_t length)
{
	return length > 2 && at[0] == '<' && isdigit((unsigned char)at[1]) && at[2] == '>' ? 3 : 0;
}

/* As a pattern says: 9 a digit, a a letter, all else itself. */
static bool looks(const char *at, size_t length, const char *pattern)
{
	for (size_t i = 0; pattern[i]; i++) {
		unsigned char c = i < length ? at[i] : '\0';

		if (pattern[i] == '9' ? !isdigit(c) && c != ' ' :
		    pattern[i] == 'a' ? !isalpha(c) : c != (unsigned char)pattern[i])
			return false;
	}
	return true;
}

static size_t word(const char *at, size_t length)
{
	size_t n = 0;

	while (n < length && at[n] != ' ')
		n++;
	return n;
}

/* "Jun 24 17:25:51 host kernel:", "2026-01-02T03:04:05.678+00:00 host QEMU[2997]:" */
static size_t of_syslog(const char *at, size_t length)
{
	size_t n, program;

	if (looks(at, length, "aaa 99 99:99:99 "))
		n = 15;
	else if (looks(at, length, "9999-99-99T99:99:99"))
		n = word(at, length);
	else
		return 0;
	n += blanks(at + n, length - n);
	n += word(at + n, length - n);
	n += blanks(at + n, length - n);
	program = word(at + n, length - n);
	return program && at[n + program - 1] == ':' ? n + program : 0;
}

/* "00008149  1.46222651  haxm_warning:", of a viewer of debug output */
static size_t of_viewer(const char *at, size_t length)
{
	size_t n = 0;

	if (!looks(at, length, "99999999 "))
		return 0;
	n = 8 + blanks(at + 8, length - 8);
	while (n < length && (isdigit((unsigned char)at[n]) || at[n] == '.'))
		n++;
	return memchr(at, '.', n) && n < length && at[n] == ' ' ? n : 0;
}

static size_t name(const char *at, size_t length)
{
	static const char *const names[] = {
		"(XEN)", "(qemu)", "kvm_intel:", "haxm_error:", "haxm_warning:", "haxm_warn:",
		"haxm_info:", "haxm_panic:", "HM:",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		size_t n = strlen(names[i]);

		if (length >= n && memcmp(at, names[i], n) == 0)
			return n;
	}
	return 0;
}

/* "00:00:01.017380 HM:", of VirtualBox */
static size_t of_virtualbox(const char *at, size_t length)
{
	return looks(at, length, "99:99:99.999999 ") ? 15 : 0;
}

size_t prefix_length(const char *line, size_t length)
{
	static size_t (*const kinds[])(const char *at, size_t length) = {
		blanks, quote, brackets, half_a_time, level, of_syslog, of_viewer, of_virtualbox,
		name,
	};
	size_t all = 0, one;

	do {
		one = 0;
		for (size_t i = 0; !one && i < sizeof(kinds) / sizeof(*kinds); i++)
			one = kinds[i](line + all, length - all);
		all += one;
	} while (one);
	return all;
}
