/* SPDX-License-Identifier: GPL-2.0 */
/* What libvmx asks of the system; its unit tests have others in their place. */
#ifndef LIBVMX_KERNEL_H
#define LIBVMX_KERNEL_H

#include <stdint.h>

#include "vmxfs_abi.h"

/* Those that can fail return -1 with errno. Makes a vCPU: its file and its number. */
int kernel_open(unsigned int *id);
int kernel_ioctl(int fd, unsigned long request, unsigned long argument);
/* How many bits a physical address of this processor has: CPUID.80000008H:EAX[7:0] */
unsigned int kernel_physical_bits(void);
/* What CPUID of this processor answers: EAX, EBX, ECX, EDX; 0 beyond its last leaf */
void kernel_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t *regs);
struct vmxfs_page *kernel_map(int fd);
/* @page may be NULL. */
void kernel_close(int fd, struct vmxfs_page *page);

#endif
