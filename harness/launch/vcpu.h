/* SPDX-License-Identifier: GPL-2.0 */
/* A virtual processor, and its thread */
#ifndef VCPU_H
#define VCPU_H

#include <libvmx.h>
#include <pthread.h>
#include <stdbool.h>

#include "lapic.h"

struct machine;

enum vcpu_mode {
	VCPU_RUNNING,
	VCPU_HALTED,		/* until an interrupt */
	VCPU_WAITING,		/* for a start-up message of another processor */
};

/**
 * struct vcpu - a virtual processor
 * @number: its APIC ID
 * @vmx: libvmx' part of it
 * @thread: which runs it
 * @mode: what it does
 * @changed: something in here, or the machine's state
 * @inside: the thread is in vmx_vcpu_run(), or is about to be, without the machine's lock
 * @nmi: an NMI is to be delivered
 * @init: it is to be reset, as another processor wants
 * @startup: it is to begin after that, in page @startup_at
 * @exits: how many there were, for the monitor
 */
struct vcpu {
	unsigned int number;
	struct vmx_vcpu *vmx;
	pthread_t thread;
	enum vcpu_mode mode;
	pthread_cond_t changed;
	bool inside;
	bool nmi, init, startup;
	uint8_t startup_at;
	uint64_t exits;
	struct lapic lapic;
	struct machine *machine;
};

/* Ends the program if it can't. */
void vcpu_create(struct machine *machine, unsigned int number);
void vcpu_start(struct vcpu *vcpu);

/* All of these with the machine's lock. */

/* There is something new for it: it comes out of the guest, or out of its sleep. */
void vcpu_kick(struct vcpu *vcpu);
void vcpu_nmi(struct vcpu *vcpu);
void vcpu_init(struct vcpu *vcpu);
void vcpu_startup(struct vcpu *vcpu, uint8_t vector);

/* As after power-on */
void vcpu_reset(struct vcpu *vcpu);
void vcpu_set_cr8(struct vcpu *vcpu, uint8_t cr8);
/* The clock of its local APIC's timer, in Hz, which CPUID tells */
#define VCPU_TSC_PER_BUS	16
uint64_t vcpu_bus_hz(const struct vcpu *vcpu);
/* When its time-stamp counter is this value, in nanoseconds of CLOCK_MONOTONIC */
uint64_t vcpu_tsc_time(struct vcpu *vcpu, uint64_t tsc);

/* cpuid.c: what CPUID answers */
void vcpu_set_cpuid(struct vcpu *vcpu);

/* msr.c: 0 if it is done; -1 for #GP */
int msr_read(struct vcpu *vcpu, uint32_t msr, uint64_t *value);
int msr_write(struct vcpu *vcpu, uint32_t msr, uint64_t value);

#endif
