/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What all phases share: the options, and the phases themselves.
 */
#ifndef STRESS_H
#define STRESS_H

#include <stdbool.h>
#include <stdint.h>

struct options {
	uint64_t seed;
	unsigned long writes;
	unsigned long cycles;
	unsigned long given;		/* times that a processor is given away */
	unsigned long thread_ops;	/* of each thread */
	bool trace;
	const char *module;		/* vmxfs.ko, for insmod */
};

struct report;

typedef void phase(struct report *report, const struct options *options);

phase phase_cycles;
phase phase_malformed;
phase phase_threads;
phase phase_hotplug;
phase phase_given;
phase phase_mounts;
phase phase_alloc_failures;
phase phase_afterwards;

/* Before the first phase: what the last one compares with. */
void afterwards_begin(void);

#endif
