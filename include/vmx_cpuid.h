/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMX_CPUID(leaf, subleaf, reg, bit, width, ident): what CPUID says of the processor, and
 * a case may need. The processor is asked, and not Linux, which may hide what is there.
 *
 * cpuid.ident	its name in vmxfs' caps file
 * reg		eax, ebx, ecx or edx
 * bit, width	where it is in the register, in bits
 *
 * SDM, "CPUID--CPU Identification".
 * Define the macro and include this file; it undefines the macro.
 */
VMX_CPUID(0x00000000, 0, ebx, 0, 32, vendor)
VMX_CPUID(0x00000001, 0, eax, 0, 28, signature)
VMX_CPUID(0x00000001, 0, ecx, 3, 1, monitor)
VMX_CPUID(0x00000001, 0, ecx, 30, 1, rdrand)
VMX_CPUID(0x00000001, 0, ecx, 31, 1, hypervisor)
VMX_CPUID(0x00000001, 0, ecx, 26, 1, xsave)
VMX_CPUID(0x00000001, 0, ecx, 27, 1, osxsave)
VMX_CPUID(0x00000007, 0, ebx, 5, 1, avx2)
VMX_CPUID(0x00000007, 0, ebx, 10, 1, invpcid)
VMX_CPUID(0x00000007, 0, ebx, 11, 1, rtm)
VMX_CPUID(0x00000007, 0, ebx, 18, 1, rdseed)
VMX_CPUID(0x00000007, 0, ecx, 5, 1, waitpkg)
VMX_CPUID(0x00000007, 0, ecx, 7, 1, cet_ss)
VMX_CPUID(0x00000007, 0, ecx, 24, 1, bus_lock_detect)
VMX_CPUID(0x00000007, 0, ecx, 27, 1, movdiri)
VMX_CPUID(0x00000007, 0, ecx, 28, 1, movdir64b)
VMX_CPUID(0x00000007, 0, ecx, 29, 1, enqcmd)
VMX_CPUID(0x00000007, 0, edx, 15, 1, hybrid)
VMX_CPUID(0x00000007, 0, edx, 19, 1, arch_lbr)
VMX_CPUID(0x00000007, 0, edx, 20, 1, cet_ibt)
VMX_CPUID(0x00000007, 0, edx, 29, 1, arch_capabilities)
VMX_CPUID(0x0000000a, 0, eax, 0, 8, arch_perfmon)
VMX_CPUID(0x0000000d, 0, ebx, 0, 32, xsave_size)
VMX_CPUID(0x0000000d, 1, eax, 3, 1, xsaves)
VMX_CPUID(0x0000000d, 1, ecx, 11, 1, xss_cet_u)
VMX_CPUID(0x0000000d, 1, ecx, 12, 1, xss_cet_s)
VMX_CPUID(0x00000015, 0, eax, 0, 32, tsc_denominator)
VMX_CPUID(0x00000015, 0, ebx, 0, 32, tsc_numerator)
VMX_CPUID(0x0000001a, 0, eax, 24, 8, core_type)
VMX_CPUID(0x80000001, 0, ecx, 8, 1, prefetchw)
VMX_CPUID(0x80000001, 0, edx, 27, 1, rdtscp)
VMX_CPUID(0x80000008, 0, eax, 0, 8, physical_bits)
VMX_CPUID(0x80000008, 0, eax, 8, 8, linear_bits)
#undef VMX_CPUID
