// SPDX-License-Identifier: GPL-2.0
/* Machines: which there are, and what is known of them. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct machine *machines[MAX_MACHINES];

int nvmm_init(void)
{
	struct vmx_capability cap;

	return vmx_capability(&cap);
}

int nvmm_root_init(void)
{
	return nvmm_init();
}

int nvmm_capability(struct nvmm_capability *cap)
{
	struct vmx_capability vmx;

	if (vmx_capability(&vmx))
		return -1;
	*cap = (struct nvmm_capability){
		.version = NVMM_KERN_VERSION,
		.state_size = sizeof(struct nvmm_x64_state),
		.max_machines = MAX_MACHINES,
		.max_vcpus = vmx.max_vcpus,
		.max_ram = 1ull << vmx.gpa_bits,
		.arch = {
			.vcpu_conf_support = NVMM_CAP_ARCH_VCPU_CONF_CPUID |
					     NVMM_CAP_ARCH_VCPU_CONF_TPR,
			.xcr0_mask = vmx.xcr0_mask,
			.mxcsr_mask = vmx.mxcsr_mask,
			.conf_cpuid_maxops = MAX_LEAVES,
		},
	};
	return 0;
}

/* The first number that is free becomes its. */
static int register_machine(struct machine *machine)
{
	unsigned int id;

	pthread_mutex_lock(&lock);
	for (id = 0; id < MAX_MACHINES && machines[id]; id++)
		;
	if (id < MAX_MACHINES) {
		machines[id] = machine;
		machine->id = id;
	}
	pthread_mutex_unlock(&lock);
	return id < MAX_MACHINES ? 0 : fail(ENOSPC);
}

int nvmm_machine_create(struct nvmm_machine *mach)
{
	struct machine *machine = calloc(1, sizeof(*machine));

	if (!machine)
		return -1;
	machine->since = time(NULL);
	pthread_mutex_init(&machine->lock, NULL);
	if (vmx_machine_create(&machine->vmx)) {
		free(machine);
		return -1;
	}
	if (register_machine(machine)) {
		vmx_machine_destroy(machine->vmx);
		free(machine);
		return fail(ENOSPC);
	}
	*mach = (struct nvmm_machine){ .machid = machine->id, .areas = machine };
	return 0;
}

int nvmm_machine_destroy(struct nvmm_machine *mach)
{
	struct machine *machine = machine_of(mach);

	if (vcpus_end(machine) || vmx_machine_destroy(machine->vmx))
		return -1;
	pthread_mutex_lock(&lock);
	machines[machine->id] = NULL;
	pthread_mutex_unlock(&lock);
	areas_free(machine->hvas);
	areas_free(machine->gpas);
	pthread_mutex_destroy(&machine->lock);
	free(machine);
	memset(mach, 0, sizeof(*mach));
	return 0;
}

int nvmm_machine_configure(struct nvmm_machine *mach, uint64_t op, void *conf)
{
	(void)mach;
	(void)op;
	(void)conf;
	return fail(EINVAL);
}

static void tell(struct nvmm_ctl_mach_info *info, struct machine *machine)
{
	const struct vcpu *vcpu;
	const struct area *area;

	info->nvcpus = 0;
	info->nram = 0;
	info->pid = getpid();
	info->time = machine->since;
	pthread_mutex_lock(&machine->lock);
	for (vcpu = machine->vcpus; vcpu; vcpu = vcpu->next)
		info->nvcpus++;
	for (area = machine->gpas; area; area = area->next)
		info->nram += area->size;
	pthread_mutex_unlock(&machine->lock);
}

int nvmm_ctl(int op, void *data, size_t size)
{
	struct nvmm_ctl_mach_info *info = data;
	struct machine *machine = NULL;

	if (op != NVMM_CTL_MACH_INFO || size != sizeof(*info))
		return fail(EINVAL);
	pthread_mutex_lock(&lock);
	if (info->machid < MAX_MACHINES)
		machine = machines[info->machid];
	if (machine)
		tell(info, machine);
	pthread_mutex_unlock(&lock);
	return machine ? 0 : fail(ENOENT);
}
