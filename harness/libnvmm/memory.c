// SPDX-License-Identifier: GPL-2.0
/* Memory of the process that guests can have, and where in their memory it is. */
#include "internal.h"

#include <stdlib.h>
#include <sys/mman.h>

void areas_free(struct area *areas)
{
	while (areas) {
		struct area *next = areas->next;

		free(areas);
		areas = next;
	}
}

static bool is_range(uint64_t at, uint64_t size)
{
	return size && !((at | size) % PAGE) && at + size > at;
}

static int push(struct area **list, uintptr_t hva, gpaddr_t gpa, size_t size)
{
	struct area *area = malloc(sizeof(*area));

	if (!area)
		return -1;
	*area = (struct area){ *list, hva, gpa, size };
	*list = area;
	return 0;
}

/* Takes the one that is just this out of the list, if it is there. */
static bool pull(struct area **list, uintptr_t hva, gpaddr_t gpa, size_t size)
{
	for (; *list; list = &(*list)->next) {
		struct area *area = *list;

		if (area->hva != hva || area->gpa != gpa || area->size != size)
			continue;
		*list = area->next;
		free(area);
		return true;
	}
	return false;
}

/* ---- the process's ---- */

static int hva_map(struct machine *machine, uintptr_t hva, size_t size)
{
	const struct area *area;

	for (area = machine->hvas; area; area = area->next)
		if (hva < area->hva + area->size && area->hva < hva + size)
			return fail(EEXIST);
	if (push(&machine->hvas, hva, 0, size))
		return -1;
	/* Whatever was there: NVMM's memory is its own. */
	if (mmap((void *)hva, size, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED) {
		int error = errno;

		pull(&machine->hvas, hva, 0, size);
		return fail(error);
	}
	return 0;
}

int nvmm_hva_map(struct nvmm_machine *mach, uintptr_t hva, size_t size)
{
	struct machine *machine = machine_of(mach);
	int error;

	if (!is_range(hva, size) || !hva)
		return fail(EINVAL);
	pthread_mutex_lock(&machine->lock);
	error = hva_map(machine, hva, size);
	pthread_mutex_unlock(&machine->lock);
	return error;
}

int nvmm_hva_unmap(struct nvmm_machine *mach, uintptr_t hva, size_t size)
{
	struct machine *machine = machine_of(mach);
	bool found;

	if (!is_range(hva, size) || !hva)
		return fail(EINVAL);
	pthread_mutex_lock(&machine->lock);
	found = pull(&machine->hvas, hva, 0, size);
	pthread_mutex_unlock(&machine->lock);
	return found ? munmap((void *)hva, size) : fail(ENOENT);
}

/* ---- the guest's ---- */

static bool is_within(const struct area *areas, uintptr_t hva, size_t size)
{
	for (; areas; areas = areas->next)
		if (hva >= areas->hva && size <= areas->size &&
		    hva - areas->hva <= areas->size - size)
			return true;
	return false;
}

static bool overlaps(const struct area *areas, gpaddr_t gpa, size_t size)
{
	for (; areas; areas = areas->next)
		if (gpa < areas->gpa + areas->size && areas->gpa < gpa + size)
			return true;
	return false;
}

static int gpa_map(struct machine *machine, uintptr_t hva, gpaddr_t gpa, size_t size, int prot)
{
	if (!is_within(machine->hvas, hva, size) || overlaps(machine->gpas, gpa, size))
		return fail(EINVAL);
	if (push(&machine->gpas, hva, gpa, size))
		return -1;
	if (vmx_gpa_map(machine->vmx, (void *)hva, gpa, size, prot)) {
		int error = errno;

		pull(&machine->gpas, hva, gpa, size);
		return fail(error);
	}
	return 0;
}

int nvmm_gpa_map(struct nvmm_machine *mach, uintptr_t hva, gpaddr_t gpa, size_t size, int prot)
{
	struct machine *machine = machine_of(mach);
	int error;

	if (!is_range(hva, size) || !is_range(gpa, size))
		return fail(EINVAL);
	pthread_mutex_lock(&machine->lock);
	error = gpa_map(machine, hva, gpa, size, prot);
	pthread_mutex_unlock(&machine->lock);
	return error;
}

int nvmm_gpa_unmap(struct nvmm_machine *mach, uintptr_t hva, gpaddr_t gpa, size_t size)
{
	struct machine *machine = machine_of(mach);
	int error;

	if (!is_range(hva, size) || !is_range(gpa, size))
		return fail(EINVAL);
	pthread_mutex_lock(&machine->lock);
	error = pull(&machine->gpas, hva, gpa, size) ?
		vmx_gpa_unmap(machine->vmx, gpa, size) : fail(ENOENT);
	pthread_mutex_unlock(&machine->lock);
	return error;
}

int nvmm_gva_to_gpa(struct nvmm_machine *mach, struct nvmm_vcpu *vcpu, gvaddr_t gva,
		    gpaddr_t *gpa, nvmm_prot_t *prot)
{
	int allowed;

	(void)mach;
	if (gva % PAGE)
		return fail(EINVAL);
	if (vmx_gva_to_gpa(vcpu_of(vcpu)->vmx, gva, gpa, &allowed))
		return -1;
	*prot = allowed;
	return 0;
}

int nvmm_gpa_to_hva(struct nvmm_machine *mach, gpaddr_t gpa, uintptr_t *hva, nvmm_prot_t *prot)
{
	int allowed;
	void *at;

	if (vmx_gpa_to_hva(machine_of(mach)->vmx, gpa, &at, &allowed))
		return -1;
	*hva = (uintptr_t)at;
	*prot = allowed;
	return 0;
}
