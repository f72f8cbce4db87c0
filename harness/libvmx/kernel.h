/* SPDX-License-Identifier: GPL-2.0 */
/* The system calls that libvmx makes; its unit tests have others in their place. */
#ifndef LIBVMX_KERNEL_H
#define LIBVMX_KERNEL_H

#include "vmxfs_abi.h"

/* All of them return -1 with errno. Makes a vCPU: its file and its number. */
int kernel_open(unsigned int *id);
int kernel_ioctl(int fd, unsigned long request, unsigned long argument);
struct vmxfs_page *kernel_map(int fd);
/* @page may be NULL. */
void kernel_close(int fd, struct vmxfs_page *page);

#endif
