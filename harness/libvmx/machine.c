// SPDX-License-Identifier: GPL-2.0
/* A machine: its vCPUs, and its memory, which each of them has. */
#include "internal.h"

#include <stdlib.h>

#include "kernel.h"

/* Of guest-physical addresses: EPT has four levels. */
#define GPA_BITS	48

int vmx_machine_create(struct vmx_machine **machine)
{
	*machine = calloc(1, sizeof(**machine));
	return *machine ? 0 : -1;
}

int vmx_machine_destroy(struct vmx_machine *machine)
{
	if (machine->vcpus)
		return fail(EBUSY);
	free(machine->mappings.list);
	free(machine);
	return 0;
}

static int tell(const struct vcpu *vcpu, const struct mapping *mapping)
{
	struct vmxfs_mapping argument = {
		.gpa = mapping->gpa,
		.size = mapping->size,
		.hva = (uintptr_t)mapping->hva,
		.prot = mapping->prot,
	};

	return kernel_ioctl(vcpu->fd, mapping->prot ? VMXFS_IOC_MAP : VMXFS_IOC_UNMAP,
			    (unsigned long)&argument);
}

/* The vCPU gets what another has in a range, and they share it. */
static int share(const struct vcpu *vcpu, const struct vcpu *from, const struct mapping *range)
{
	struct vmxfs_share argument = {
		.gpa = range->gpa,
		.size = range->size,
		.from = from->fd,
	};

	return kernel_ioctl(vcpu->fd, VMXFS_IOC_SHARE, (unsigned long)&argument);
}

/* Memory is pinned, and counts as locked, once for all vCPUs: @from has it, if any. */
static int give(const struct vcpu *vcpu, const struct vcpu *from, const struct mapping *mapping)
{
	return from && mapping->prot ? share(vcpu, from, mapping) : tell(vcpu, mapping);
}

int machine_add(struct vmx_machine *machine, struct vcpu *vcpu)
{
	size_t i;

	for (i = 0; i < machine->mappings.n; i++)
		if (give(vcpu, machine->vcpus, &machine->mappings.list[i]))
			return -1;
	vcpu->next = machine->vcpus;
	machine->vcpus = vcpu;
	machine->n_vcpus++;
	return 0;
}

void machine_remove(struct vmx_machine *machine, struct vcpu *vcpu)
{
	struct vcpu **link = &machine->vcpus;

	while (*link != vcpu)
		link = &(*link)->next;
	*link = vcpu->next;
	machine->n_vcpus--;
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

static int change(struct vmx_machine *machine, const struct mapping *range)
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
	return 0;
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
	const struct mapping *mapping = mappings_find(&machine->mappings, gpa);

	if (!mapping)
		return fail(ENOENT);
	*hva = mapping->hva + (gpa - mapping->gpa);
	if (prot)
		*prot = mapping->prot;
	return 0;
}
