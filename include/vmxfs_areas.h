/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMXFS_AREA(ident, name, format, field, order, fill, unit, mapped): a structure that the VMCS
 * points to; a vCPU has one of each.
 *
 * ident	VMXFS_ident in the module
 * name		its file, and an operand that is its physical address
 * format	of the file: see vmxfs_files.h
 * field	the VMCS field that points to it, VMCS_field
 * order	of its pages: 1 << order
 * fill		what its bytes are at first
 * unit		bytes of one value, if it is a page of them, or 0
 * mapped	1: a line of map may have ./name as its segment
 *
 * Define the macro and include this file; it undefines the macro.
 */
VMXFS_AREA(IO_BITMAP, iobitmap, bitmap, IO_BITMAP_A, 1, 0xff, 0, 0)
VMXFS_AREA(MSR_BITMAP, msrbitmap, msr_bitmap, MSR_BITMAPS, 0, 0xff, 0, 0)
VMXFS_AREA(VMREAD_BITMAP, vmreadbitmap, bitmap, VMREAD_BITMAP_ADDRESS, 0, 0xff, 0, 0)
VMXFS_AREA(VMWRITE_BITMAP, vmwritebitmap, bitmap, VMWRITE_BITMAP_ADDRESS, 0, 0xff, 0, 0)
VMXFS_AREA(ENTRY_MSR_LOAD, entrymsrload, msrs, ENTRY_MSR_LOAD_ADDRESS, 0, 0, 0, 0)
VMXFS_AREA(EXIT_MSR_STORE, exitmsrstore, msrs, EXIT_MSR_STORE_ADDRESS, 0, 0, 0, 0)
VMXFS_AREA(EXIT_MSR_LOAD, exitmsrload, msrs, EXIT_MSR_LOAD_ADDRESS, 0, 0, 0, 0)
VMXFS_AREA(EPTP_LIST, eptplist, page, EPTP_LIST_ADDRESS, 0, 0, 8, 0)
VMXFS_AREA(VAPIC, vapic, page, VIRTUAL_APIC_ADDRESS, 0, 0, 4, 1)
VMXFS_AREA(APIC_ACCESS, apicaccess, page, APIC_ACCESS_ADDRESS, 0, 0, 4, 1)
VMXFS_AREA(PML, pml, page, PML_ADDRESS, 0, 0, 8, 1)
VMXFS_AREA(VE_INFORMATION, veinfo, page, VE_INFORMATION_ADDRESS, 0, 0, 4, 1)
VMXFS_AREA(POSTED_INTERRUPT, pid, page, POSTED_INTERRUPT_DESCRIPTOR, 0, 0, 4, 0)
#undef VMXFS_AREA
