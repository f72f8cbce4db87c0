/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A processor that Linux gives away, and the program that it runs: what the file processor
 * shows, and where it is in the program's memory.
 *
 * VMXFS_PROCESSOR(name, access): a 64-bit word of the first page, in this order.
 *
 * access	RW: what the program is told, and maybe tells as well; RO: only what it tells
 *
 * VMXFS_PROCESSOR_EVENT(name): what ended the experiment, a value of the word event.
 *
 * Define the macros that you need and include this file; it undefines them.
 */
#ifndef VMXFS_PROCESSOR
#define VMXFS_PROCESSOR(name, access)
#endif
#ifndef VMXFS_PROCESSOR_EVENT
#define VMXFS_PROCESSOR_EVENT(name)
#endif

/* Where the program goes: address, how it goes there, and where after a VM exit */
VMXFS_PROCESSOR(at, RW)
VMXFS_PROCESSOR(by, RW)
VMXFS_PROCESSOR(then, RW)
/* In root operation 64 bits, 32, or 57 (64 with 5-level paging); VMX operation: 0 off, 1 on, 2 with a current VMCS */
VMXFS_PROCESSOR(width, RW)
VMXFS_PROCESSOR(vmx, RW)
/* The guest's first instruction, and controls to be 1 */
VMXFS_PROCESSOR(guest, RW)
VMXFS_PROCESSOR(pin, RW)
VMXFS_PROCESSOR(proc, RW)
VMXFS_PROCESSOR(proc2, RW)
VMXFS_PROCESSOR(proc3, RW)
VMXFS_PROCESSOR(exit, RW)
VMXFS_PROCESSOR(exit2, RW)
VMXFS_PROCESSOR(entry, RW)
/* Registers, before and after */
VMXFS_PROCESSOR(ax, RW)
VMXFS_PROCESSOR(bx, RW)
VMXFS_PROCESSOR(cx, RW)
VMXFS_PROCESSOR(dx, RW)
VMXFS_PROCESSOR(si, RW)
VMXFS_PROCESSOR(di, RW)
VMXFS_PROCESSOR(bp, RW)
VMXFS_PROCESSOR(r8, RW)
VMXFS_PROCESSOR(r9, RW)
VMXFS_PROCESSOR(r10, RW)
VMXFS_PROCESSOR(r11, RW)
VMXFS_PROCESSOR(r12, RW)
VMXFS_PROCESSOR(r13, RW)
VMXFS_PROCESSOR(r14, RW)
VMXFS_PROCESSOR(r15, RW)
VMXFS_PROCESSOR(flags, RW)
/* The program waits for `go` if it likes */
VMXFS_PROCESSOR(go, RO)
/* Not 0: the program has begun, has set all up for the experiment, the experiment has ended */
VMXFS_PROCESSOR(started, RO)
VMXFS_PROCESSOR(ready, RO)
VMXFS_PROCESSOR(done, RO)
VMXFS_PROCESSOR(event, RO)
/* Of an exception */
VMXFS_PROCESSOR(vector, RO)
VMXFS_PROCESSOR(error, RO)
VMXFS_PROCESSOR(pc, RO)
VMXFS_PROCESSOR(sp, RO)
VMXFS_PROCESSOR(cs, RO)
VMXFS_PROCESSOR(ss, RO)
VMXFS_PROCESSOR(ds, RO)
VMXFS_PROCESSOR(es, RO)
VMXFS_PROCESSOR(fs, RO)
VMXFS_PROCESSOR(gs, RO)
VMXFS_PROCESSOR(ldtr, RO)
VMXFS_PROCESSOR(tr, RO)
VMXFS_PROCESSOR(gdtrbase, RO)
VMXFS_PROCESSOR(gdtrlimit, RO)
VMXFS_PROCESSOR(idtrbase, RO)
VMXFS_PROCESSOR(idtrlimit, RO)
VMXFS_PROCESSOR(cr0, RO)
VMXFS_PROCESSOR(cr2, RO)
VMXFS_PROCESSOR(cr3, RO)
VMXFS_PROCESSOR(cr4, RO)
VMXFS_PROCESSOR(dr6, RO)
VMXFS_PROCESSOR(dr7, RO)
VMXFS_PROCESSOR(efer, RO)
VMXFS_PROCESSOR(pat, RO)
VMXFS_PROCESSOR(debugctl, RO)
VMXFS_PROCESSOR(perf_global_ctrl, RO)
VMXFS_PROCESSOR(fsbase, RO)
VMXFS_PROCESSOR(gsbase, RO)
VMXFS_PROCESSOR(kernel_gs_base, RO)
VMXFS_PROCESSOR(sysenter_cs, RO)
VMXFS_PROCESSOR(sysenter_esp, RO)
VMXFS_PROCESSOR(sysenter_eip, RO)
VMXFS_PROCESSOR(star, RO)
VMXFS_PROCESSOR(s_cet, RO)
VMXFS_PROCESSOR(ssp_table, RO)
VMXFS_PROCESSOR(pkrs, RO)
VMXFS_PROCESSOR(spec_ctrl, RO)
/* Of a VM exit: fields of the VMCS */
VMXFS_PROCESSOR(reason, RO)
VMXFS_PROCESSOR(qualification, RO)
VMXFS_PROCESSOR(intr_info, RO)
VMXFS_PROCESSOR(intr_error, RO)
VMXFS_PROCESSOR(idt_info, RO)
VMXFS_PROCESSOR(idt_error, RO)
VMXFS_PROCESSOR(ilen, RO)
VMXFS_PROCESSOR(guest_pc, RO)
VMXFS_PROCESSOR(guest_sp, RO)
VMXFS_PROCESSOR(guest_flags, RO)
VMXFS_PROCESSOR(guest_dr7, RO)
VMXFS_PROCESSOR(guest_interruptibility, RO)
VMXFS_PROCESSOR(guest_activity, RO)
VMXFS_PROCESSOR(guest_pending, RO)
VMXFS_PROCESSOR(insn_error, RO)
/* The VMX-abort indicator of the VMCS */
VMXFS_PROCESSOR(abort, RO)

VMXFS_PROCESSOR_EVENT(none)
VMXFS_PROCESSOR_EVENT(end)
VMXFS_PROCESSOR_EVENT(exception)
VMXFS_PROCESSOR_EVENT(exit)
VMXFS_PROCESSOR_EVENT(failed)
#undef VMXFS_PROCESSOR
#undef VMXFS_PROCESSOR_EVENT
