/* SPDX-License-Identifier: GPL-2.0 */
#include <linux/linkage.h>
#include <asm/ibt.h>
#include <asm/nospec-branch.h>
#include <asm/segment.h>
#include "cpu/gprs.h"

.section .noinstr.text, "ax"

/*
 * int vmxfs_enter(struct vmxfs_gprs *gprs, bool launched, unsigned long field,
 *		   u64 *host_rsp)
 */
SYM_FUNC_START(vmxfs_enter)
	push	%rbp
	push	%r15
	push	%r14
	push	%r13
	push	%r12
	push	%rbx
	push	%rdi

	/* Mostly it is as the last time, and VMWRITE may be dear. */
	cmp	%rsp, (%rcx)
	je	.Lsame
	mov	%rsp, (%rcx)
	vmwrite	%rsp, %rdx
.Lsame:

	/* MOV leaves the flags alone until the JNZ. */
	test	%sil, %sil
	mov	GPRS_RAX(%rdi), %rax
	mov	GPRS_RCX(%rdi), %rcx
	mov	GPRS_RDX(%rdi), %rdx
	mov	GPRS_RBX(%rdi), %rbx
	mov	GPRS_RBP(%rdi), %rbp
	mov	GPRS_RSI(%rdi), %rsi
	mov	GPRS_R8(%rdi), %r8
	mov	GPRS_R9(%rdi), %r9
	mov	GPRS_R10(%rdi), %r10
	mov	GPRS_R11(%rdi), %r11
	mov	GPRS_R12(%rdi), %r12
	mov	GPRS_R13(%rdi), %r13
	mov	GPRS_R14(%rdi), %r14
	mov	GPRS_R15(%rdi), %r15
	mov	GPRS_RDI(%rdi), %rdi
	jnz	.Lresume
	vmlaunch
	jmp	.Lback
.Lresume:
	vmresume

	/*
	 * A VM exit arrives here with RSP as it was at VMWRITE and with CF
	 * and ZF 0; an instruction that failed with CF or ZF 1.
	 */
.Lback:
SYM_INNER_LABEL(vmxfs_vmexit, SYM_L_GLOBAL)
	ENDBR
	push	%rax
	mov	8(%rsp), %rax
	mov	%rcx, GPRS_RCX(%rax)
	mov	%rdx, GPRS_RDX(%rax)
	mov	%rbx, GPRS_RBX(%rax)
	mov	%rbp, GPRS_RBP(%rax)
	mov	%rsi, GPRS_RSI(%rax)
	mov	%rdi, GPRS_RDI(%rax)
	mov	%r8, GPRS_R8(%rax)
	mov	%r9, GPRS_R9(%rax)
	mov	%r10, GPRS_R10(%rax)
	mov	%r11, GPRS_R11(%rax)
	mov	%r12, GPRS_R12(%rax)
	mov	%r13, GPRS_R13(%rax)
	mov	%r14, GPRS_R14(%rax)
	mov	%r15, GPRS_R15(%rax)
	pop	GPRS_RAX(%rax)

	mov	$0, %eax
	mov	$0, %ecx
	setc	%al
	setz	%cl
	lea	(%rax, %rcx, 2), %eax

	/* No value of the guest's stays in a register: RAX and RCX have the flags. */
	xor	%edx, %edx
	xor	%esi, %esi
	xor	%edi, %edi
	xor	%r8d, %r8d
	xor	%r9d, %r9d
	xor	%r10d, %r10d
	xor	%r11d, %r11d

	add	$8, %rsp
	pop	%rbx
	pop	%r12
	pop	%r13
	pop	%r14
	pop	%r15
	pop	%rbp
	RET
SYM_FUNC_END(vmxfs_enter)

/*
 * void vmxfs_host_interrupt(unsigned long handler): an interrupt of the host's,
 * as if it came here. RSP is what IRET leaves, and restored all the same.
 */
SYM_FUNC_START(vmxfs_host_interrupt)
	push	%rbp
	mov	%rsp, %rbp
	and	$-16, %rsp
	push	$__KERNEL_DS
	push	%rbp
	pushf
	push	$__KERNEL_CS
	ANNOTATE_RETPOLINE_SAFE
	call	*%rdi
	mov	%rbp, %rsp
	pop	%rbp
	RET
SYM_FUNC_END(vmxfs_host_interrupt)
