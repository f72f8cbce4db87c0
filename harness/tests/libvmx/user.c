// SPDX-License-Identifier: GPL-2.0
/* A program that uses libvmx: it is valid C and valid C++. */
#include <libvmx.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void io(struct vmx_io *io)
{
	(void)io;
}

static void mem(struct vmx_mem *mem)
{
	(void)mem;
}

/* All functions, so that they are there for the linker; NULL if one fails. */
static struct vmx_machine *use(struct vmx_vcpu *vcpu)
{
	struct vmx_machine *machine = vmx_vcpu_machine(vcpu);
	struct vmx_assist_callbacks callbacks;
	struct vmx_cpuid_table table;
	uint64_t gpa = 0;
	void *hva = NULL;
	int prot = 0;

	callbacks.io = io;
	callbacks.mem = mem;
	callbacks.opaque = NULL;
	vcpu->event->type = VMX_VCPU_EVENT_NMI;
	vcpu->state->gprs[VMX_X64_GPR_RIP] = vcpu->exit->u.io.npc;
	if (vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_CALLBACKS, &callbacks) ||
	    vmx_cpuid_default(vcpu, 0, &table) || vmx_cpuid_exit(&table, 1) ||
	    vmx_cpuid_change(&table, 1, table.entries, table.entries) || vmx_vcpu_reset(vcpu) ||
	    vmx_vcpu_getstate(vcpu, VMX_X64_STATE_ALL) ||
	    vmx_vcpu_setstate(vcpu, VMX_X64_STATE_GPRS) || vmx_vcpu_inject(vcpu) ||
	    vmx_vcpu_stop(vcpu) || vmx_vcpu_run(vcpu) || vmx_assist_io(vcpu) ||
	    vmx_assist_mem(vcpu) || vmx_assist_msr(vcpu) || vmx_gpa_map(machine, hva, gpa, 4096, VMX_PROT_READ) ||
	    vmx_gpa_unmap(machine, gpa, 4096) || vmx_gpa_to_hva(machine, gpa, &hva, &prot) ||
	    vmx_gva_to_gpa(vcpu, 0, &gpa, &prot))
		return NULL;
	return machine;
}

int main(int argc, char **argv)
{
	struct vmx_capability capability;
	struct vmx_machine *machine;
	struct vmx_vcpu *vcpu;

	(void)argv;
	if (vmx_capability(&capability)) {
		printf("vmx_capability: %s\n", strerror(errno));
		return 1;
	}
	printf("version %u\n", capability.version);
	if (argc == 1)
		return 0;
	if (vmx_machine_create(&machine) || vmx_vcpu_create(machine, &vcpu) || !use(vcpu) ||
	    vmx_vcpu_destroy(vcpu) || vmx_machine_destroy(machine))
		return 1;
	return 0;
}
