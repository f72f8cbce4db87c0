/* SPDX-License-Identifier: GPL-2.0 */
/*
 * HINT(group, first, last, text): what to look at in the hypervisor if one of these checks is
 * violated. The first row that a check is in counts; the last row of a group is for all others.
 *
 * Define the macro and include this file; it undefines the macro.
 */
HINT(controls, 1, 4, "Controls are written without asking the capability MSR, or bits are taken away after that: (value | low half) & high half")
HINT(controls, 5, 49, "Look where this control is set, and whether what belongs to it is set with it, also when the guest's configuration changes")
HINT(controls, 50, 51, "Controls are written without asking the capability MSR, or bits of one set are taken away from the other: exit and entry controls have different bits")
HINT(controls, 52, 58, "Look where the VM-exit controls and the MSR areas are set")
HINT(controls, 59, 59, "Controls are written without asking the capability MSR, or bits of one set are taken away from the other: exit and entry controls have different bits")
HINT(controls, 60, 72, "Look where the event is made that is injected: a stale or half-made interruption-information field, or an event of the guest's that was taken over unchecked")
HINT(controls, 73, 999, "Look where the VM-entry controls and the MSR area are set")
HINT(host, 1, 999, "Look where the host state is written: a register of the host may have changed since then, or on another processor")
HINT(guest, 1, 5, "Look where CR0 and CR4 are written: after emulation, migration or a reset they must be combined with the fixed bits, and with each other")
HINT(guest, 7, 9, "The control \"IA-32e mode guest\" and CR0, CR4 are set at different times: look where the guest's mode changes, also at a reset or INIT, and by a nested hypervisor")
HINT(guest, 11, 11, "DR7 was taken from who restores or migrates the guest without a check")
HINT(guest, 16, 18, "IA32_EFER and the control \"IA-32e mode guest\" are set apart from each other: the processor sets LMA when CR0.PG is set, who emulates that must, too")
HINT(guest, 1, 999, "Look where this register is written: restored, migrated or emulated values need the check that WRMSR or MOV to CR would do")
HINT(segment, 21, 21, "Loading a segment register sets the accessed bit in the descriptor: who makes access rights from a descriptor must set it, too")
HINT(segment, 36, 37, "Limits are in bytes in the VMCS: G goes with the limit that was expanded by it")
HINT(segment, 44, 44, "Limits are in bytes in the VMCS: G goes with the limit that was expanded by it")
HINT(segment, 47, 52, "LDTR that has not been loaded must be unusable: look where it is reset, restored, or emulated")
HINT(segment, 1, 999, "Look where segment registers are restored, or emulated at a change of mode: after a change of CR0.PE they keep values that the new mode does not allow")
HINT(table, 1, 999, "Look where GDTR and IDTR are restored or emulated")
HINT(rip, 1, 3, "RIP and the guest's mode are set apart from each other: look where the mode changes while RIP keeps an address of 64 bits")
HINT(rip, 8, 8, "Look at what decides that the guest can take an interrupt: RFLAGS.IF was cleared after the event was chosen (entry to SMM, restored state, emulation)")
HINT(rip, 1, 999, "Look where RFLAGS, RIP and SSP are restored or emulated")
HINT(state, 11, 11, "RFLAGS.IF was cleared and the interruptibility state kept: look where RFLAGS is replaced (entry to SMM, restored state, emulation of an instruction) and clear blocking by STI there")
HINT(state, 16, 16, "Do not inject an NMI in the shadow of STI: ask for an NMI window, or clear blocking by STI")
HINT(state, 22, 24, "Look where a single step and the interruptibility state meet: with blocking by STI or MOV SS the pending debug exceptions must agree with RFLAGS.TF")
HINT(state, 26, 31, "The VMCS link pointer is all ones unless VMCS shadowing is used")
HINT(state, 1, 999, "Look where activity state, interruptibility state and events to inject are set: each is legal alone, the combination is not")
HINT(pdpte, 1, 999, "Look where the PDPTEs are read for PAE paging: reserved bits, memory-encryption bits, or addresses that are too wide")
HINT(msr, 1, 999, "Look at who fills the VM-entry MSR-load area: a value of the guest's needs the check that WRMSR would do")
#undef HINT
