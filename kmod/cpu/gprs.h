/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guest's general registers, as enter.S finds them: in the order of instructions'
 * encoding. RSP is in the VMCS, and its place here unused.
 */
#ifndef VMXFS_GPRS_H
#define VMXFS_GPRS_H

#define GPRS_RAX	0
#define GPRS_RCX	8
#define GPRS_RDX	16
#define GPRS_RBX	24
#define GPRS_RBP	40
#define GPRS_RSI	48
#define GPRS_RDI	56
#define GPRS_R8		64
#define GPRS_R9		72
#define GPRS_R10	80
#define GPRS_R11	88
#define GPRS_R12	96
#define GPRS_R13	104
#define GPRS_R14	112
#define GPRS_R15	120

#ifndef __ASSEMBLY__
#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/types.h>

struct vmxfs_gprs {
	u64 rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi;
	u64 r8, r9, r10, r11, r12, r13, r14, r15;
};

static_assert(offsetof(struct vmxfs_gprs, rdi) == GPRS_RDI);
static_assert(offsetof(struct vmxfs_gprs, r15) == GPRS_R15);

enum { VMXFS_FAIL_INVALID = 1, VMXFS_FAIL_VALID };

/**
 * vmxfs_enter() - VM entry, and back at the VM exit
 * @gprs: loaded before, stored after
 * @launched: VMRESUME rather than VMLAUNCH
 * @field: the encoding of the VMCS field "Host RSP"
 * @host_rsp: what that field has, or 0 if it is not known; kept up to date
 *
 * Interrupts are disabled; the vCPU's VMCS is current and its host state is
 * this processor's.
 *
 * Return: 0 after a VM exit, VMXFS_FAIL_INVALID or VMXFS_FAIL_VALID.
 */
int vmxfs_enter(struct vmxfs_gprs *gprs, bool launched, unsigned long field, u64 *host_rsp);

/* Calls the host's handler of an interrupt; interrupts are disabled. */
void vmxfs_host_interrupt(unsigned long handler);

/* Where VM exits arrive: the host RIP. */
extern char vmxfs_vmexit[];
#endif

#endif
