/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMX_OWNER(ident, why): who decides about a VMCS field, a control, a bit of a register, a
 * state component, an MSR. Each row of the tables of these has one: a row without does
 * not compile, and what has no row is NOT_KNOWN.
 *
 * ident	VMX_OWNER_ident
 * why		why it is not the guest's, in a few words; "" for those that say nothing of it
 *
 * What is GUEST belongs to whoever drives the vCPU. Nothing else can be changed through
 * vmxfs, unless that vCPU is `unsafe`: a guest could reach what is not its own, or
 * hold the processor for ever.
 *
 * Define the macro and include this file; it undefines the macro.
 */
VMX_OWNER(NOT_KNOWN, "not known to be harmless")
VMX_OWNER(GUEST, "")
/* Each bit has an owner of its own: vmx_controls.h, vmx_registers.h */
VMX_OWNER(BITS, "")

VMX_OWNER(HOST_STATE, "host state")
VMX_OWNER(HOST_ADDRESS, "host-physical address")
VMX_OWNER(HOST_MEMORY, "the host's memory")
VMX_OWNER(HOST_INTERRUPTS, "the host's interrupts")
VMX_OWNER(HOST_NMIS, "the host's NMIs")
VMX_OWNER(HOST_PORTS, "the host's ports")
VMX_OWNER(HOST_MSR, "the host's MSR")
VMX_OWNER(HOST_COUNTERS, "the host's performance counters")
VMX_OWNER(HOST_BRANCHES, "the host's branch records")
VMX_OWNER(HOST_TRACES, "traces to the host's memory")
VMX_OWNER(HOST_SUPERVISOR, "supervisor state, which is the host's")
VMX_OWNER(HOST_TOO, "the host's, too")
VMX_OWNER(FIXED, "fixed in VMX operation")
VMX_OWNER(NOT_SWITCHED, "state that is not switched")
VMX_OWNER(AREA_LENGTH, "how long the MSR area is")
VMX_OWNER(TRANSLATIONS, "another guest's translations")
VMX_OWNER(OTHER_PROCESSORS, "interrupts to other processors")
VMX_OWNER(PLATFORM_KEYS, "keys of the platform")
VMX_OWNER(SMM, "system-management mode")
VMX_OWNER(TIME_LIMIT, "gets a guest off the processor")
#undef VMX_OWNER
