// SPDX-License-Identifier: GPL-2.0
/* A machine: its vCPUs, and its memory, which each of them has. */
#include "internal.h"

#include <stdlib.h>

#include "kernel.h"

int vmx_machine_create(struct vmx_machine **machine)
{
	*machine = calloc(1, sizeof(**machine));
	if (!*machine)
		return -1;
	pthread_rwlock_init(&(*machine)->lock, NULL);
	return 0;
}

int vmx_machine_destroy(struct vmx_machine *machine)
{
	if (machine->vcpus)
		return fail(EBUSY);
	pthread_rwlock_destroy(&machine->lock);
	free(machine->mappings.list);
	free(machine);
	return 0;
}

/* A change is not left undone for a signal. */
static int ask(const struct vcpu *vcpu, unsigned long request, const void *argument)
{
	int error;

	do {
		error = kernel_ioctl(vcpu->fd, request, (unsigned long)argument);
	} while (error && errno == EINTR);
	return error;
}

static int tell(const struct vcpu *vcpu, const struct mapping *mapping)
{
	struct vmxfs_mapping argument = {
		.gpa = mapping->gpa,
		.size = mapping->size,
		.hva = (uintptr_t)mapping->hva,
		.prot = mapping->prot,
	};

	return ask(vcpu, mapping->prot ? VMXFS_IOC_MAP : VMXFS_IOC_UNMAP, &argument);
}

/* The vCPU gets what another has in a range, and they share it. */
static int share(const struct vcpu *vcpu, const struct vcpu *from, const struct mapping *range)
{
	struct vmxfs_share argument = {
		.gpa = range->gpa,
		.size = range->size,
		.from = from->fd,
	};

	return ask(vcpu, VMXFS_IOC_SHARE, &argument);
}

/* Memory is pinned, and counts as locked, once for all vCPUs: @from has it, if any. */
static int give(const struct vcpu *vcpu, const struct vcpu *from, const struct mapping *mapping)
{
	return from && mapping->prot ? share(vcpu, from, mapping) : tell(vcpu, mapping);
}

static int add(struct vmx_machine *machine, struct vcpu *vcpu)
{
	size_t i;

	if (machine->n_vcpus == MAX_VCPUS)
		return fail(ENOSPC);
	for (i = 0; i < machine->mappings.n; i++)
		if (give(vcpu, machine->vcpus, &machine->mappings.list[i]))
			return -1;
	vcpu->next = machine->vcpus;
	machine->vcpus = vcpu;
	machine->n_vcpus++;
	return 0;
}

int machine_add(struct vmx_machine *machine, struct vcpu *vcpu)
{
	int error;

	pthread_rwlock_wrlock(&machine->lock);
	error = add(machine, vcpu);
	pthread_rwlock_unlock(&machine->lock);
	return error;
}

void machine_remove(struct vmx_machine *machine, struct vcpu *vcpu)
{
	struct vcpu **link = &machine->vcpus;

	pthread_rwlock_wrlock(&machine->lock);
	while (*link != vcpu)
		link = &(*link)->next;
	*link = vcpu->next;
	machine->n_vcpus--;
	pthread_rwlock_unlock(&machine->lock);
}

/* The vCPUs before @last get back what was in @range, and what it has still. */
static void undo(struct vmx_machine *machine, const struct vcpu *last,
		 const struct mapping *range)
{
	const struct vcpu *vcpu;
	int error = errno;

	for (vcpu = machine->vcpus; vcpu != last; vcpu = vcpu->next)
		share(vcpu, last, range);
	errno = error;
}

static int change_locked(struct vmx_machine *machine, const struct mapping *range)
{
	const struct vcpu *vcpu, *first = NULL;
	struct mappings new;

	if (mappings_change(&machine->mappings, range, &new))
		return -1;
	for (vcpu = machine->vcpus; vcpu; vcpu = vcpu->next) {
		if (give(vcpu, first, range)) {
			undo(machine, vcpu, range);
			free(new.list);
			return -1;
		}
		first = machine->vcpus;
	}
	free(machine->mappings.list);
	machine->mappings = new;
	machine->changes++;
	return 0;
}

static int change(struct vmx_machine *machine, const struct mapping *range)
{
	int error;

	pthread_rwlock_wrlock(&machine->lock);
	error = change_locked(machine, range);
	pthread_rwlock_unlock(&machine->lock);
	return error;
}

static bool is_range(uint64_t gpa, uint64_t size)
{
	return size && !((gpa | size) % PAGE) && gpa < 1ull << GPA_BITS &&
	       size <= (1ull << GPA_BITS) - gpa;
}

int vmx_gpa_map(struct vmx_machine *machine, void *hva, uint64_t gpa, size_t size, int prot)
{
	struct mapping range = { gpa, size, hva, prot };

	if (!is_range(gpa, size) || (uintptr_t)hva % PAGE || !hva)
		return fail(EINVAL);
	if (!prot || prot & ~(VMX_PROT_READ | VMX_PROT_WRITE | VMX_PROT_EXEC))
		return fail(EINVAL);
	/* EPT has no memory that can be written, but not read. */
	if (prot & VMX_PROT_WRITE && !(prot & VMX_PROT_READ))
		return fail(EINVAL);
	return change(machine, &range);
}

int vmx_gpa_unmap(struct vmx_machine *machine, uint64_t gpa, size_t size)
{
	struct mapping range = { .gpa = gpa, .size = size };

	if (!is_range(gpa, size))
		return fail(EINVAL);
	return change(machine, &range);
}

int vmx_gpa_to_hva(struct vmx_machine *machine, uint64_t gpa, void **hva, int *prot)
{
	const struct mapping *mapping;

	pthread_rwlock_rdlock(&machine->lock);
	mapping = mappings_find(&machine->mappings, gpa);
	if (mapping) {
		*hva = mapping->hva + (gpa - mapping->gpa);
		if (prot)
			*prot = mapping->prot;
	}
	pthread_rwlock_unlock(&machine->lock);
	return mapping ? 0 : fail(ENOENT);
}
