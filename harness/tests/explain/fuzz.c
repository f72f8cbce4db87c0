// SPDX-License-Identifier: GPL-2.0
/*
 * Dumps that are changed at random, the same ones each time: there is no crash, and no value
 * is claimed that is not in the text, at the line that is named.
 *
 *   explain-fuzz COUNT SEED FILE...
 *
 * With a fuzzer of its own (-DLIBFUZZER -fsanitize=fuzzer) it is the function alone.
 */
#define _GNU_SOURCE	/* memmem */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "explain.h"
#include "replay.h"

#define LONGEST (64u << 10)

static void fail(const char *what, const struct claim *claim)
{
	fprintf(stderr, "%s: %#llx of kind %d, number %#llx, line %u\n", what,
		(unsigned long long)claim->printed, claim->kind, (unsigned long long)claim->number,
		claim->line);
	abort();
}

/* What the value must be, by the number that stands there */
static uint64_t derive(const struct claim *claim)
{
	uint64_t n = claim->printed;

	switch (claim->derived) {
	case SHIFTED:
		return n << claim->shift;
	case LOW_HALF:
		return n & 0xffffffff;
	case FROM_0:
		return n + 1;
	case FROM_FLAGS:
		return n & 1 << 15 ? n >> 8 & 0xf0ff : 1 << 16;
	default:
		return n;
	}
}

static const char *line_of(const char *bytes, size_t length, unsigned int line, size_t *size)
{
	const char *end = bytes + length, *next;

	while (--line && bytes < end) {
		next = memchr(bytes, '\n', (size_t)(end - bytes));
		bytes = next ? next + 1 : end;
	}
	next = memchr(bytes, '\n', (size_t)(end - bytes));
	*size = (size_t)((next ? next : end) - bytes);
	return bytes;
}

/* vmxcap's words */
static void check_words(const struct reading *reading, const struct claim *claim)
{
	static const char *const words[] = { "yes\n", "no\n", "forced\n", "default\n" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strncasecmp(reading->text.bytes + claim->offset, words[i],
				strlen(words[i])) == 0)
			return;
	fail("no such word is there", claim);
}

/* The number is in the cleaned text, whole, and in the line of the input that is named. */
static void check_claim(const struct reading *reading, const struct claim *claim,
			const char *bytes, size_t length, bool quoted)
{
	const char *at = reading->text.bytes + claim->offset, *line;
	size_t digits = 0, size;

	if (claim->offset >= reading->text.length)
		fail("it is behind the end", claim);
	if (claim->derived == IN_WORDS) {
		check_words(reading, claim);
		return;
	}
	while (isxdigit((unsigned char)at[digits]))
		digits++;
	if (!digits || is_word(at[digits]) || (claim->offset && is_word(at[-1]) &&
					       !(claim->offset > 1 && tolower(at[-1]) == 'x')))
		fail("no whole number is there", claim);
	if (strtoull(at, NULL, 16) != claim->printed && strtoull(at, NULL, 10) != claim->printed)
		fail("another number is there", claim);
	if ((derive(claim) ^ claim->value) & claim->mask)
		fail("it is another value", claim);
	if (quoted)
		return;
	line = line_of(bytes, length, claim->line, &size);
	if (!memmem(line, size, at, digits))
		fail("it is not in the line", claim);
}

static void check_values(const struct reading *reading, const struct values *values,
			 const char *bytes, size_t length)
{
	bool quoted = memmem(bytes, length, "=3D", 3) || memmem(bytes, length, "=C2=A0", 6);

	for (size_t i = 0; i < values->claims; i++)
		check_claim(reading, &values->claim[i], bytes, length, quoted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	struct reading *reading = reading_new(bytes, size);
	struct string out = { 0 };

	for (size_t i = 0; i < reading->dumps; i++) {
		check_values(reading, &reading->dump[i].vmcs, bytes, size);
		check_values(reading, &reading->dump[i].registers, bytes, size);
	}
	check_values(reading, &reading->capabilities, bytes, size);
	if (!explain_refuses(reading)) {
		explain(&out, reading);
		replay(&out, reading);
	}
	free(string_end(&out));
	reading_free(reading);
	return 0;
}

#ifndef LIBFUZZER

static uint64_t random_state;

static uint32_t next_random(void)
{
	random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(random_state >> 33);
}

struct buffer {
	char bytes[LONGEST];
	size_t length;
};

static void insert(struct buffer *buffer, size_t at, const char *bytes, size_t length)
{
	if (buffer->length + length > LONGEST || at > buffer->length)
		return;
	memmove(buffer->bytes + at + length, buffer->bytes + at, buffer->length - at);
	memcpy(buffer->bytes + at, bytes, length);
	buffer->length += length;
}

static void delete(struct buffer *buffer, size_t at, size_t length)
{
	if (length > buffer->length - at)
		length = buffer->length - at;
	memmove(buffer->bytes + at, buffer->bytes + at + length, buffer->length - at - length);
	buffer->length -= length;
}

static const char *const pieces[] = {
	"\n", "> ", " ", "=", "=\n", "=3D", "0x", "\r\n", "\xc2\xa0", "ffffffffffffffff", "|", "0",
	"[", "] ", "(XEN) ", "kvm_intel: ", "*** Guest State ***\n", "*** Host State ***\n", "\"",
	"KVM: entry failed, hardware error 0x", "GUEST_CR0 = 0x", "4402 X: ", "\0", ".", "%", "-",
	"MSR guest autoload:\n   0: msr=0x00000600 value=0xffff000000000000\n", "(effective)",
	"pin-based controls\n NMI exiting   yes\n  Virtual NMIs    forced\n",
	"d1v0 vmentry failure (reason 0x80000022): MSR loading (entry 4000000000)\n",
};

static void mutate(struct buffer *buffer, const struct buffer *other)
{
	size_t at = buffer->length ? next_random() % buffer->length : 0, from;
	const char *piece = pieces[next_random() % (sizeof(pieces) / sizeof(*pieces))];

	switch (next_random() % 8) {
	case 0:
		if (buffer->length)
			buffer->bytes[at] = (char)next_random();
		break;
	case 1:
		if (buffer->length)
			buffer->bytes[at] = "0123456789abcdef"[next_random() % 16];
		break;
	case 2:
		delete(buffer, at, next_random() % 8);
		break;
	case 3:
		delete(buffer, at, next_random() % 2000);
		break;
	case 4:
		buffer->length = next_random() % 8 ? buffer->length : at;
		break;
	case 5:
		from = other->length ? next_random() % other->length : 0;
		insert(buffer, at, other->bytes + from, (other->length - from) % 500);
		break;
	default:
		insert(buffer, at, piece, *piece ? strlen(piece) : 1);
	}
}

static void read_file(const char *name, struct buffer *buffer)
{
	FILE *file = fopen(name, "r");

	if (!file) {
		perror(name);
		exit(2);
	}
	buffer->length = fread(buffer->bytes, 1, LONGEST, file);
	fclose(file);
}

int main(int argc, char **argv)
{
	struct buffer *dumps, buffer;
	unsigned long count;
	int files = argc - 3;

	if (argc < 4)
		return 2;
	count = strtoul(argv[1], NULL, 10);
	random_state = strtoull(argv[2], NULL, 10);
	dumps = calloc((size_t)files, sizeof(*dumps));
	for (int i = 0; i < files; i++)
		read_file(argv[3 + i], &dumps[i]);
	for (unsigned long i = 0; i < count; i++) {
		buffer = dumps[i % (unsigned long)files];
		for (uint32_t n = 1 + next_random() % 12; n; n--)
			mutate(&buffer, &dumps[next_random() % (uint32_t)files]);
		LLVMFuzzerTestOneInput((const uint8_t *)buffer.bytes, buffer.length);
	}
	printf("%lu dumps\n", count);
	free(dumps);
	return 0;
}

#endif
