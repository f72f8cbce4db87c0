// SPDX-License-Identifier: GPL-2.0
/* CPUID: libvmx's default, by NVMM's name, with the leaves that the program changes. */
#include "internal.h"

#include <string.h>

#define HYPERVISOR	0x40000000

static int name_hypervisor(struct vmx_cpuid_table *table)
{
	const struct vmx_cpuid clear = { .eax = ~0u, .ebx = ~0u, .ecx = ~0u, .edx = ~0u };
	struct vmx_cpuid set = { .eax = HYPERVISOR };

	memcpy(&set.ebx, "___ ", 4);
	memcpy(&set.ecx, "NVMM", 4);
	memcpy(&set.edx, " ___", 4);
	return vmx_cpuid_change(table, HYPERVISOR, &clear, &set);
}

static int change(struct vmx_cpuid_table *table, const struct nvmm_vcpu_conf_cpuid *conf)
{
	const struct vmx_cpuid clear = {
		.eax = conf->u.mask.del.eax,
		.ebx = conf->u.mask.del.ebx,
		.ecx = conf->u.mask.del.ecx,
		.edx = conf->u.mask.del.edx,
	};
	const struct vmx_cpuid set = {
		.eax = conf->u.mask.set.eax,
		.ebx = conf->u.mask.set.ebx,
		.ecx = conf->u.mask.set.ecx,
		.edx = conf->u.mask.set.edx,
	};

	if (conf->exit)
		return vmx_cpuid_exit(table, conf->leaf);
	return vmx_cpuid_change(table, conf->leaf, &clear, &set);
}

int cpuid_apply(struct vcpu *vcpu)
{
	struct vmx_vcpu_conf_cpuid conf;
	struct vmx_cpuid_table table;
	unsigned int i;

	if (vmx_cpuid_default(vcpu->vmx, vcpu->id, &table) || name_hypervisor(&table))
		return -1;
	for (i = 0; i < vcpu->n_leaves; i++)
		if (change(&table, &vcpu->leaves[i]))
			return -1;
	conf = (struct vmx_vcpu_conf_cpuid){ table.count, table.entries };
	return vmx_vcpu_configure(vcpu->vmx, VMX_VCPU_CONF_CPUID, &conf);
}

int cpuid_configure(struct vcpu *vcpu, const struct nvmm_vcpu_conf_cpuid *conf)
{
	unsigned int i;

	if ((conf->mask && conf->exit) || conf->rsvd)
		return fail(EINVAL);
	for (i = 0; i < vcpu->n_leaves && vcpu->leaves[i].leaf != conf->leaf; i++)
		;
	if (!conf->mask && !conf->exit) {
		if (i < vcpu->n_leaves)
			vcpu->leaves[i] = vcpu->leaves[--vcpu->n_leaves];
		return cpuid_apply(vcpu);
	}
	if (i == MAX_LEAVES)
		return fail(ENOBUFS);
	if (i == vcpu->n_leaves)
		vcpu->n_leaves++;
	vcpu->leaves[i] = *conf;
	return cpuid_apply(vcpu);
}
