// SPDX-License-Identifier: GPL-2.0
/* A program for NVMM, as far as it must compile: all functions, in C and in C++. */
#include <nvmm.h>

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	struct nvmm_vcpu_conf_tpr tpr;
	struct nvmm_ctl_mach_info info;
	struct nvmm_capability cap;
	struct nvmm_machine mach;
	struct nvmm_vcpu vcpu;
	nvmm_prot_t prot;
	uintptr_t hva = 0;
	gpaddr_t gpa = 0;

	(void)argv;
	printf("version %u\n", NVMM_USER_VERSION);
	if (argc == 1)
		return 0;
	memset(&tpr, 0, sizeof(tpr));
	if (nvmm_init() || nvmm_root_init() || nvmm_capability(&cap) ||
	    nvmm_machine_create(&mach) || nvmm_machine_configure(&mach, 0, NULL) ||
	    nvmm_vcpu_create(&mach, 0, &vcpu) ||
	    nvmm_vcpu_configure(&mach, &vcpu, NVMM_VCPU_CONF_TPR, &tpr) ||
	    nvmm_hva_map(&mach, hva, 0x1000) || nvmm_gpa_map(&mach, hva, gpa, 0x1000, 3) ||
	    nvmm_gpa_to_hva(&mach, gpa, &hva, &prot) ||
	    nvmm_gva_to_gpa(&mach, &vcpu, 0, &gpa, &prot) ||
	    nvmm_vcpu_getstate(&mach, &vcpu, NVMM_X64_STATE_ALL) ||
	    nvmm_vcpu_setstate(&mach, &vcpu, NVMM_X64_STATE_GPRS) ||
	    nvmm_vcpu_inject(&mach, &vcpu) || nvmm_vcpu_run(&mach, &vcpu) ||
	    nvmm_assist_io(&mach, &vcpu) || nvmm_assist_mem(&mach, &vcpu) ||
	    nvmm_vcpu_stop(&vcpu) || nvmm_vcpu_dump(&mach, &vcpu) ||
	    nvmm_ctl(NVMM_CTL_MACH_INFO, &info, sizeof(info)) ||
	    nvmm_gpa_unmap(&mach, hva, gpa, 0x1000) || nvmm_hva_unmap(&mach, hva, 0x1000) ||
	    nvmm_vcpu_destroy(&mach, &vcpu) || nvmm_machine_destroy(&mach))
		return 1;
	return 0;
}
