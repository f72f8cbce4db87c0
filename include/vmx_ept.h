/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMX_EPT_BITS(ident, high, low, page, table, top): bits of an EPT paging-structure
 * entry, and who decides what they are as long as the vCPU is not `unsafe`. SDM, "The
 * Extended Page Table Mechanism (EPT)", formats of the entries.
 *
 * ident	identifier
 * high, low	the bits
 * page		the owner in an entry of the last level (PTE)
 * table	in a PDE or a PDPTE
 * top		in a PML4E
 *
 * Owners:
 * FREE		whoever drives the vCPU
 * WRITER	whoever drives it, if the memory behind the entry may be written; of memory
 *		that may only be read they stay 0
 * COHERENT	whoever drives it, if the processor has self-snoop; else it is as vmxfs says
 * MODULE	vmxfs
 *
 * A bit that no row names is the module's. In the entries of tables permissions can only
 * be taken away. What is ignored today need not be so on the next processor, and so is
 * not for memory that may only be read.
 *
 * Define the macro and include this file; it undefines the macro.
 */
VMX_EPT_BITS(read, 0, 0, FREE, FREE, FREE)
VMX_EPT_BITS(write, 1, 1, WRITER, FREE, FREE)
VMX_EPT_BITS(execute, 2, 2, FREE, FREE, FREE)
/* Of tables they are reserved. */
VMX_EPT_BITS(memory_type, 5, 3, COHERENT, FREE, FREE)
VMX_EPT_BITS(ignore_pat, 6, 6, COHERENT, FREE, FREE)
/* Instead of a table it would be a page, of whatever is there. */
VMX_EPT_BITS(large, 7, 7, FREE, MODULE, FREE)
VMX_EPT_BITS(accessed, 8, 8, FREE, FREE, FREE)
VMX_EPT_BITS(dirty, 9, 9, FREE, FREE, FREE)
VMX_EPT_BITS(execute_user, 10, 10, FREE, FREE, FREE)
VMX_EPT_BITS(ignored_11, 11, 11, WRITER, FREE, FREE)
VMX_EPT_BITS(address, 51, 12, MODULE, MODULE, MODULE)
VMX_EPT_BITS(ignored_52, 56, 52, WRITER, FREE, FREE)
VMX_EPT_BITS(verify_paging, 57, 57, FREE, FREE, FREE)
/* Page walks may then set accessed and dirty flags in a page of which bit 1 is 0. */
VMX_EPT_BITS(paging_write, 58, 58, WRITER, FREE, FREE)
VMX_EPT_BITS(ignored_59, 59, 59, WRITER, FREE, FREE)
/* Then it needs no bit 1 to be written as a shadow stack. */
VMX_EPT_BITS(supervisor_shadow_stack, 60, 60, WRITER, FREE, FREE)
/* The sub-page permission table then says what may be written. */
VMX_EPT_BITS(sub_page_write, 61, 61, WRITER, FREE, FREE)
VMX_EPT_BITS(ignored_62, 62, 62, WRITER, FREE, FREE)
VMX_EPT_BITS(suppress_ve, 63, 63, FREE, FREE, FREE)
#undef VMX_EPT_BITS
