/* SPDX-License-Identifier: GPL-2.0 */
/*
 * void host_enter(struct call *call): a system call, with registers as the pattern has
 * them before it; what they are right after it is kept. host.c has the structure.
 */
#define NUMBER	0
#define ARG	8
#define RESULT	32
#define KEPT	40
#define GOT	88
#define BEFORE	136
#define AFTER	144
#define MASK	152
#define INITIAL	160

	.text
	.globl	host_enter
	.type	host_enter, @function
host_enter:
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	push	%rdi

	mov	BEFORE(%rdi), %rcx
	mov	MASK(%rdi), %eax
	mov	MASK + 4(%rdi), %edx
	xrstor64 (%rcx)
	mov	KEPT + 0(%rdi), %rbx
	mov	KEPT + 8(%rdi), %rbp
	mov	KEPT + 16(%rdi), %r12
	mov	KEPT + 24(%rdi), %r13
	mov	KEPT + 32(%rdi), %r14
	mov	KEPT + 40(%rdi), %r15
	mov	NUMBER(%rdi), %rax
	mov	ARG + 8(%rdi), %rsi
	mov	ARG + 16(%rdi), %rdx
	mov	ARG(%rdi), %rdi
	syscall

	mov	(%rsp), %rcx
	mov	%rax, RESULT(%rcx)
	mov	%rbx, GOT + 0(%rcx)
	mov	%rbp, GOT + 8(%rcx)
	mov	%r12, GOT + 16(%rcx)
	mov	%r13, GOT + 24(%rcx)
	mov	%r14, GOT + 32(%rcx)
	mov	%r15, GOT + 40(%rcx)
	mov	AFTER(%rcx), %rsi
	mov	INITIAL(%rcx), %rdi
	mov	MASK(%rcx), %eax
	mov	MASK + 4(%rcx), %edx
	xsave64	(%rsi)
	/* and C goes on with what C expects */
	xrstor64 (%rdi)

	pop	%rdi
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret
	.size	host_enter, . - host_enter
	.section .note.GNU-stack, "", @progbits
