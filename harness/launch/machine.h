/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The machine: what there is one of. Each vCPU has a thread; the main thread waits for
 * files and timers. There is one lock, and who holds it has all devices.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <libvmx.h>
#include <pthread.h>
#include <stdbool.h>

#include "bus.h"
#include "ioapic.h"
#include "memory.h"
#include "pci.h"
#include "pm.h"
#include "rtc.h"
#include "uart.h"
#include "vcpu.h"

#define MAX_VCPUS	32

enum machine_state {
	MACHINE_STOPPED,	/* the vCPUs wait until it runs again */
	MACHINE_RUNNING,
	MACHINE_OVER,		/* the threads end */
};

/* What a device wants of the main thread */
enum machine_request { REQUEST_NONE, REQUEST_RESET, REQUEST_OFF, REQUEST_FAILED };

/**
 * struct machine - the machine
 * @vmx: libvmx' part of it
 * @lock: whoever calls a device or looks at anything here holds it
 * @state: what the vCPUs are to do
 * @request: what is to be done next
 * @changed: @state, or how many vCPUs are @parked
 * @parked: how many vCPUs' threads have seen that it is stopped
 * @used: there was a guest in it
 * @tsc_hz: how fast the guest's time-stamp counter is
 */
struct machine {
	struct vmx_machine *vmx;
	pthread_mutex_t lock;
	enum machine_state state;
	enum machine_request request;
	pthread_cond_t changed;
	unsigned int parked;
	bool used;
	uint64_t tsc_hz;

	struct memory memory;
	struct bus ports;
	struct bus mmio;

	struct vcpu vcpus[MAX_VCPUS];
	unsigned int n_vcpus;

	struct ioapic ioapic;
	struct rtc rtc;
	struct uart uart;
	struct pm pm;
	struct pci pci;
};

/* Makes it, with its chips but without vCPUs. Ends the program if it can't. */
void machine_create(struct machine *machine, uint64_t memory_size, bool lock_memory);
void machine_add_vcpus(struct machine *machine, unsigned int count);

/* With the lock; from a device. */
void machine_request(struct machine *machine, enum machine_request request);

/* With the lock; from the main thread. All vCPUs are outside the guest after stop. */
void machine_stop(struct machine *machine);
void machine_run(struct machine *machine);
/* After machine_stop(): the threads are gone. */
void machine_end(struct machine *machine);
/* As after power-on; it is stopped. What boots is put into memory afterwards. */
void machine_reset(struct machine *machine);

#endif
