/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of libvmx on the target share. */
#ifndef TARGET_H
#define TARGET_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "libvmx.h"

#define COUNT(array)	(sizeof(array) / sizeof(*(array)))
#define RWX		(VMX_PROT_READ | VMX_PROT_WRITE | VMX_PROT_EXEC)

/* A point of TAP; it ends at the first thing that is wrong. */
struct point {
	const char *name;
	void (*run)(void);
};

extern const struct point form_points[], io_points[], exit_points[], state_points[], error_points[],
	file_points[], completed_points[], memory_points[], client_points[], nvmm_points[];

/* Ends the point. */
void wrong(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4), noreturn));

#define EXPECT(condition, ...) do { \
	if (!(condition)) \
		wrong(__FILE__, __LINE__, __VA_ARGS__); \
} while (0)
#define OK(call) \
	EXPECT(!(call), "%s: %s", #call, strerror(errno))
#define FAILS(error, call) do { \
	errno = 0; \
	EXPECT((call) == -1 && errno == (error), "%s: %s, not %s", #call, strerror(errno), \
	       strerror(error)); \
} while (0)
#define EQUAL(got, expected) do { \
	unsigned long long got_ = (got), expected_ = (expected); \
	EXPECT(got_ == expected_, "%s: %#llx, not %#llx", #got, got_, expected_); \
} while (0)

/* Memory of the process, of zeros */
void *memory(size_t size);
/* A machine with a vCPU, and with @size bytes of RAM at 0, which begin with this code */
struct vmx_vcpu *guest(const void *code, size_t code_size, void **ram, size_t size);
#define GUEST(ram, ...) \
	guest((uint8_t[]){ __VA_ARGS__ }, sizeof((uint8_t[]){ __VA_ARGS__ }), ram, 0x10000)
/* 64-bit code; the first 2 MB are mapped to themselves, by three pages at this address. */
void set_long_mode(struct vmx_vcpu *vcpu, void *ram, uint64_t tables);
/* Ends both. */
void end(struct vmx_vcpu *vcpu);
/* The same numbers, each time, and from another one on */
uint64_t chance(void);
void chance_begin(uint64_t seed);
/* What is under way; the message of what is wrong begins with it. */
void describe_trial(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Of each form of instruction: options of the program */
extern unsigned int trials;
extern uint64_t first_seed;

#endif
