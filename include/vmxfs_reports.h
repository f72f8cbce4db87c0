/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMXFS_REPORT(name, exit, event): a VM exit that concerns the host, and that the command
 * report can have shown all the same.
 *
 * name		the argument of report
 * exit		its basic exit reason, VMX_EXIT_exit
 * event	type and vector in the VM-exit interruption information, or 0 if there is none
 *
 * Define the macro and include this file; it undefines the macro.
 */
VMXFS_REPORT("extirq", EXTERNAL_INTERRUPT, 0)
VMXFS_REPORT("initsig", INIT, 0)
VMXFS_REPORT("sipi", SIPI, 0)
VMXFS_REPORT("smiio", IO_SMI, 0)
VMXFS_REPORT("smiother", OTHER_SMI, 0)
VMXFS_REPORT("irqwin", INTERRUPT_WINDOW, 0)
VMXFS_REPORT("nmiwin", NMI_WINDOW, 0)
VMXFS_REPORT("preempt", PREEMPTION_TIMER, 0)
VMXFS_REPORT("nmi", EXCEPTION_NMI, VMX_INTR_NMI | VMX_NMI_VECTOR)
VMXFS_REPORT("#mc", EXCEPTION_NMI, VMX_INTR_HW_EXCEPTION | VMX_EXC_MC)
#undef VMXFS_REPORT
