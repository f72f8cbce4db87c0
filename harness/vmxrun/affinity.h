/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The processors of this machine: which there are, what each says of itself, and running
 * on some of them only.
 */
#ifndef AFFINITY_H
#define AFFINITY_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

/* Those that this program may run on; none on a machine with more than a set can hold. */
void affinity_get(cpu_set_t *set);

/* A core_id_of(); moves this program to the processor. */
bool affinity_core_id(int processor, uint32_t *id);

/*
 * What a processor that is no hybrid says of its cores: the same ID. Returns false if it says
 * nothing, or is a hybrid.
 */
bool affinity_core_of_all(uint32_t *id);

/* From now on this program runs on these. Returns 0 or a negative errno. */
int affinity_set(const cpu_set_t *set);

/* The processor of this number among those that this program may run on, or -ENODEV. */
int affinity_nth(uint64_t number);

#endif
