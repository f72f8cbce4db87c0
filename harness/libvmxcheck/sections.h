/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SECTION(ident, stage, result, title): the sections that the checks are in. Result: the
 * VM-instruction error of VMfailValid, or the exit qualification of a VM-entry failure;
 * with the stage MSRS that is the number of the entry.
 *
 * SDM, "VM-Entry Failures During or After Loading Guest State".
 * Define the macro and include this file; it undefines the macro.
 */
SECTION(EXECUTION, CONTROLS, 7, "Checks on VMX Controls, VM-Execution Control Fields")
SECTION(EXIT, CONTROLS, 7, "Checks on VMX Controls, VM-Exit Control Fields")
SECTION(ENTRY, CONTROLS, 7, "Checks on VMX Controls, VM-Entry Control Fields")
SECTION(HOST_REGISTERS, HOST, 8, "Checks on Host Control Registers, MSRs, and SSP")
SECTION(HOST_SEGMENTS, HOST, 8, "Checks on Host Segment and Descriptor-Table Registers")
SECTION(ADDRESS_SPACE, HOST, 8, "Checks Related to Address-Space Size")
SECTION(REGISTERS, GUEST, 0, "Checks on Guest Control Registers, Debug Registers, and MSRs")
SECTION(SEGMENTS, GUEST, 0, "Checks on Guest Segment Registers")
SECTION(TABLES, GUEST, 0, "Checks on Guest Descriptor-Table Registers")
SECTION(RIP, GUEST, 0, "Checks on Guest RIP, RFLAGS, and SSP")
SECTION(STATE, GUEST, 0, "Checks on Guest Non-Register State")
SECTION(NMI_BLOCKING, GUEST, 3, "Checks on Guest Non-Register State")
SECTION(LINK_POINTER, GUEST, 4, "Checks on Guest Non-Register State")
SECTION(PDPTES, GUEST, 2, "Checks on Guest Page-Directory-Pointer-Table Entries")
SECTION(LOADING, MSRS, 0, "Loading MSRs")
#undef SECTION
