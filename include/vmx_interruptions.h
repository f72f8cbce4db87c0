/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMX_INTERRUPTION(number, ident, word, sdm_name): the interruption types, bits 10:8 of
 * interruption information; 1 is reserved.
 *
 * ident	VMX_INTR_ident in C
 * word		as cases write it: intr(#np,hw,code)
 * sdm_name	as in SDM, "VM-Entry Controls for Event Injection"
 *
 * Define the macro and include this file; it undefines the macro.
 */
VMX_INTERRUPTION(0, EXTERNAL, "ext", "external interrupt")
VMX_INTERRUPTION(2, NMI, "nmi", "NMI")
VMX_INTERRUPTION(3, HW_EXCEPTION, "hw", "hardware exception")
VMX_INTERRUPTION(4, SW_INTERRUPT, "swint", "software interrupt")
VMX_INTERRUPTION(5, PRIV_SW_EXC, "privsw", "privileged software exception")
VMX_INTERRUPTION(6, SW_EXCEPTION, "swexc", "software exception")
VMX_INTERRUPTION(7, OTHER_EVENT, "other", "other event")
#undef VMX_INTERRUPTION
