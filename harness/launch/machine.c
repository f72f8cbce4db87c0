// SPDX-License-Identifier: GPL-2.0
#include "machine.h"

#include <err.h>
#include <stdint.h>
#include <string.h>
#include <x86intrin.h>

#include "loop.h"
#include "timer.h"

#define ALL	(VMX_PROT_READ | VMX_PROT_WRITE | VMX_PROT_EXEC)
/* How long the TSC is measured */
#define MEASURED	(SECOND / 50)

/* The guest's counter is as fast as ours. */
static uint64_t machine_tsc_hz(void)
{
	uint64_t start = timer_now(), tsc = __rdtsc(), now;

	do
		now = timer_now();
	while (now - start < MEASURED);
	return scale(__rdtsc() - tsc, SECOND, now - start);
}

static void machine_map(struct machine *machine)
{
	struct memory *memory = &machine->memory;
	uint64_t low = memory_low(memory), high = memory_high(memory);

	if (vmx_gpa_map(machine->vmx, memory->base, 0, low, ALL) ||
	    (high && vmx_gpa_map(machine->vmx, memory->base + low, MEMORY_4G, high, ALL)))
		err(1, "memory");
}

void machine_create(struct machine *machine, uint64_t memory_size, bool lock_memory)
{
	pthread_mutex_init(&machine->lock, NULL);
	pthread_cond_init(&machine->changed, NULL);
	if (loop_create())
		err(1, "main loop");
	if (memory_create(&machine->memory, memory_size, lock_memory))
		err(1, "%llu MB of memory", (unsigned long long)memory_size >> 20);
	if (vmx_machine_create(&machine->vmx))
		err(1, "libvmx");
	machine_map(machine);
	machine->tsc_hz = machine_tsc_hz();
	ioapic_create(machine);
	rtc_create(machine);
	uart_create(machine);
	pm_create(machine);
	pci_create(machine);
}

void machine_add_vcpus(struct machine *machine, unsigned int count)
{
	unsigned int i;

	machine->n_vcpus = count;
	for (i = 0; i < count; i++)
		vcpu_create(machine, i);
}

void machine_request(struct machine *machine, enum machine_request request)
{
	if (request > machine->request)
		machine->request = request;
	loop_wake();
}

void machine_stop(struct machine *machine)
{
	unsigned int i;

	machine->state = MACHINE_STOPPED;
	for (i = 0; i < machine->n_vcpus; i++)
		vcpu_kick(&machine->vcpus[i]);
	while (machine->parked < machine->n_vcpus)
		pthread_cond_wait(&machine->changed, &machine->lock);
}

void machine_end(struct machine *machine)
{
	unsigned int i;

	machine->state = MACHINE_OVER;
	pthread_cond_broadcast(&machine->changed);
	pthread_mutex_unlock(&machine->lock);
	for (i = 0; i < machine->n_vcpus; i++)
		pthread_join(machine->vcpus[i].thread, NULL);
	pthread_mutex_lock(&machine->lock);
}

void machine_run(struct machine *machine)
{
	machine->state = MACHINE_RUNNING;
	machine->used = true;
	pthread_cond_broadcast(&machine->changed);
}

void machine_reset(struct machine *machine)
{
	unsigned int i;

	if (machine->used)
		memset(machine->memory.base, 0, machine->memory.size);
	for (i = 0; i < machine->n_vcpus; i++)
		vcpu_reset(&machine->vcpus[i]);
	ioapic_reset(&machine->ioapic);
	uart_reset(&machine->uart);
	pm_reset(&machine->pm);
	pci_reset(&machine->pci);
	machine->request = REQUEST_NONE;
}
