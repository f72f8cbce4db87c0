/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Instructions of a guest that could reach what is the host's, and what holds them.
 *
 * VMX_HELD_BY_CONTROL(ident, group, control): a VM-execution control, which must not be
 *	the guest's
 * VMX_HELD_BY_BIT(ident, reg, bit): a bit of a register without which it is #UD, which must
 *	not be the guest's either
 * VMX_HELD_ALWAYS(ident): it exits, whatever the controls are
 *
 * SDM, "Instructions That Cause VM Exits Unconditionally" and "... Conditionally".
 * Define the macros and include this file; it undefines them.
 */
VMX_HELD_ALWAYS(CPUID)
VMX_HELD_ALWAYS(GETSEC)
VMX_HELD_ALWAYS(INVD)
VMX_HELD_ALWAYS(XSETBV)
VMX_HELD_BY_CONTROL(RDPMC, proc, rdpmc_exiting)
/* The bitmaps, which may take its place, are the module's, too. */
VMX_HELD_BY_CONTROL(IN_OUT, proc, unconditional_io_exiting)
VMX_HELD_BY_CONTROL(PCONFIG, proc2, enable_pconfig)
VMX_HELD_BY_CONTROL(RDMSRLIST_WRMSRLIST, proc3, enable_msr_list_instructions)
VMX_HELD_BY_BIT(LOADIWKEY, CR4, KL)
VMX_HELD_BY_BIT(RDPKRU_WRPKRU, CR4, PKE)
VMX_HELD_BY_BIT(SENDUIPI, CR4, UINTR)
VMX_HELD_BY_BIT(RDSSP_WRSS, CR4, CET)
VMX_HELD_BY_BIT(BNDMOV, XCR0, MPX)
VMX_HELD_BY_BIT(XSAVE_PKRU, XCR0, PKRU)
VMX_HELD_BY_BIT(TILE, XCR0, AMX)
VMX_HELD_BY_BIT(XSAVES_XRSTORS, XSS, CET)
#undef VMX_HELD_ALWAYS
#undef VMX_HELD_BY_CONTROL
#undef VMX_HELD_BY_BIT
