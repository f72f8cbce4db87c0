/* SPDX-License-Identifier: GPL-2.0 */
/* The words that the conditions of checks.h are written in; `d` is the decision. */
#ifndef VMXCHECK_WORDS_H
#define VMXCHECK_WORDS_H

#include "internal.h"

/* Truths */
#define NOT(a) vc_not(a)
#define ALL(...) vc_all((const enum truth[]){ __VA_ARGS__, END })
#define ANY(...) vc_any((const enum truth[]){ __VA_ARGS__, END })
#define IF(a, b) ANY(NOT(a), b)
/* The values of a part that holds are not of interest. Parts are not nested. */
#define PART(a) (vc_mark(d), vc_part(d, (a)))

/* Values */
#define FIELD(ident) vc_read(d, VMXCHECK_FIELD, VMCS_##ident)
#define MSR(index) vc_read(d, VMXCHECK_MSR, index)
#define FACT(ident) vc_read(d, VMXCHECK_FACT, VMXCHECK_##ident)
#define CPUID(leaf, reg) vc_read(d, VMXCHECK_CPUID, vmxcheck_cpuid(leaf, 0, VMXCHECK_##reg))
#define NUMBER(number) ((struct value){ number, true })
#define BITS(value, first, last) vc_bits(value, first, last)

/* What a value is */
#define BIT(value, n) NOT(vc_zero(value, 1ULL << (n)))
#define CLEAR(value, first, last) vc_zero(value, VMX_BITS(first, last))
#define IS(value, number) vc_same(value, NUMBER(number))
#define ONE_OF(value, set) vc_one_of(value, set)
#define CANONICAL(value) vc_canonical(d, value)
#define FITS(value) vc_fits(d, value, NUMBER(0))
/* So does the last byte of as many things as a field says */
#define LIST_FITS(address, count, size) \
	vc_fits(d, FIELD(address), vc_times(FIELD(count), size, 1))

/* Controls: that one is 1, and has an effect */
#define ON(group, ident) ON_##group(VMX_BIT_##group##_##ident)
#define ON_pin(bit) vc_control(d, VMCS_PIN_BASED_CONTROLS, bit)
#define ON_proc(bit) vc_control(d, VMCS_PROC_BASED_CONTROLS, bit)
#define ON_proc2(bit) vc_control(d, VMCS_SECONDARY_CONTROLS, bit)
#define ON_proc3(bit) vc_control(d, VMCS_TERTIARY_CONTROLS, bit)
#define ON_exit(bit) vc_control(d, VMCS_EXIT_CONTROLS, bit)
#define ON_exit2(bit) vc_control(d, VMCS_SECONDARY_EXIT_CONTROLS, bit)
#define ON_entry(bit) vc_control(d, VMCS_ENTRY_CONTROLS, bit)
#define ON_vmfunc(bit) vc_control(d, VMCS_VM_FUNCTION_CONTROLS, bit)

/* A capability: a bit of an MSR */
#define CAN(group, ident) BIT(MSR(CAN_##group), VMX_CAP_BIT_##group##_##ident)
#define CAN_basic 0x480
#define CAN_misc 0x485
#define CAN_ept 0x48c
#define CAN_vpid 0x48c
#define CR3_TARGETS BITS(MSR(0x485), 16, 24)

/* The 1-setting of a control is one that the processor has. */
#define SUPPORTS(group, ident) SUPPORTS_##group(VMX_BIT_##group##_##ident)
#define SUPPORTS_pin(bit) BIT(MSR(0x481), 32 + (bit))
#define SUPPORTS_proc(bit) BIT(MSR(0x482), 32 + (bit))
#define SUPPORTS_proc2(bit) \
	ALL(SUPPORTS_proc(VMX_BIT_proc_activate_secondary_controls), BIT(MSR(0x48b), 32 + (bit)))
#define SUPPORTS_proc3(bit) \
	ALL(SUPPORTS_proc(VMX_BIT_proc_activate_tertiary_controls), BIT(MSR(0x492), bit))
#define SUPPORTS_exit(bit) BIT(MSR(0x483), 32 + (bit))
#define SUPPORTS_exit2(bit) \
	ALL(SUPPORTS_exit(VMX_BIT_exit_activate_secondary_controls), BIT(MSR(0x493), bit))
#define SUPPORTS_entry(bit) BIT(MSR(0x484), 32 + (bit))
#define SUPPORTS_vmfunc(bit) \
	ALL(SUPPORTS_proc2(VMX_BIT_proc2_enable_vm_functions), BIT(MSR(0x491), bit))

/* Of CR0 and CR4, RFLAGS and IA32_EFER */
#define CR0_PE(field) BIT(FIELD(field), 0)
#define CR0_WP(field) BIT(FIELD(field), 16)
#define CR0_PG(field) BIT(FIELD(field), 31)
#define CR4_PAE(field) BIT(FIELD(field), 5)
#define CR4_PCIDE(field) BIT(FIELD(field), 17)
#define CR4_CET(field) BIT(FIELD(field), 23)
#define CR4_FRED(field) BIT(FIELD(field), 32)
#define EFER_LME(field) BIT(FIELD(field), 8)
#define EFER_LMA(field) BIT(FIELD(field), 10)
#define RFLAGS_TF BIT(FIELD(GUEST_RFLAGS), 8)
#define RFLAGS_IF BIT(FIELD(GUEST_RFLAGS), 9)
#define VIRTUAL_8086 BIT(FIELD(GUEST_RFLAGS), 17)
#define EQUAL(a, b) ANY(ALL(a, b), ALL(NOT(a), NOT(b)))

#define UNRESTRICTED ON(proc2, unrestricted_guest)
#define IA32E ON(entry, ia32e_mode_guest)
#define HOST_64 ON(exit, host_address_space_size)

/* An address: of a 4-KByte page; of a list of MSRs. SDM, "VM-Exit Controls for MSRs" */
#define PAGE(field) ALL(CLEAR(FIELD(field), 0, 11), FITS(FIELD(field)))
#define IF_COUNT(count, a) ANY(IS(FIELD(count), 0), a)

/* SDM, "Extended-Page-Table Pointer (EPTP)": its parts, and all of it */
#define EPTP_TYPE(value) \
	ANY(ALL(IS(BITS(value, 0, 2), 0), CAN(ept, structures_uc)), \
	    ALL(IS(BITS(value, 0, 2), 6), CAN(ept, structures_wb)))
#define EPTP_LENGTH(value) \
	ANY(ALL(IS(BITS(value, 3, 5), 3), CAN(ept, walk_length_4)), \
	    ALL(IS(BITS(value, 3, 5), 4), CAN(ept, walk_length_5)))
#define EPTP_DIRTY(value) ANY(CLEAR(value, 6, 6), CAN(ept, accessed_dirty))
#define EPTP_SHADOW_STACK(value) ANY(CLEAR(value, 7, 7), CAN(ept, supervisor_shadow_stack))
#define EPTP_RESERVED(value) CLEAR(value, 8, 11)
#define EPTP_IS_RIGHT(value) \
	ALL(EPTP_TYPE(value), EPTP_LENGTH(value), EPTP_DIRTY(value), EPTP_SHADOW_STACK(value), \
	    EPTP_RESERVED(value), FITS(value))

/* Segment registers. SDM, "Guest Register State" */
#define SELECTOR(reg) FIELD(GUEST_##reg##_SELECTOR)
#define BASE(reg) FIELD(GUEST_##reg##_BASE)
#define LIMIT(reg) FIELD(GUEST_##reg##_LIMIT)
#define RIGHTS(reg) FIELD(GUEST_##reg##_ACCESS_RIGHTS)
#define RPL(reg) BITS(SELECTOR(reg), 0, 1)
#define TI(reg) BIT(SELECTOR(reg), 2)
#define TYPE(reg) BITS(RIGHTS(reg), 0, 3)
#define S(reg) BIT(RIGHTS(reg), 4)
#define DPL(reg) BITS(RIGHTS(reg), 5, 6)
#define P(reg) BIT(RIGHTS(reg), 7)
#define L(reg) BIT(RIGHTS(reg), 13)
#define DB(reg) BIT(RIGHTS(reg), 14)
#define USABLE(reg) CLEAR(RIGHTS(reg), 16, 16)
#define DATA_REGISTERS(each) PART(each(DS)), PART(each(ES)), PART(each(FS)), PART(each(GS))
#define REGISTERS(each) PART(each(CS)), PART(each(SS)), DATA_REGISTERS(each)

/* CS, and the others if they are usable; not in virtual-8086 mode */
#define USED(each) ANY(VIRTUAL_8086, ALL(PART(each(CS)), USED_BUT_CS(each)))
#define USED_BUT_CS(each) PART(IF(USABLE(SS), each(SS))), USED_DATA(each)
#define USED_DATA(each) \
	PART(IF(USABLE(DS), each(DS))), PART(IF(USABLE(ES), each(ES))), \
	PART(IF(USABLE(FS), each(FS))), PART(IF(USABLE(GS), each(GS)))

#define BASE_IS_SELECTOR(reg) \
	vc_same(BASE(reg), (struct value){ SELECTOR(reg).n << 4, SELECTOR(reg).known })
#define LIMIT_IS_FFFF(reg) IS(LIMIT(reg), 0xffff)
#define RIGHTS_ARE_F3(reg) IS(RIGHTS(reg), 0xf3)
#define BASE_HIGH_CLEAR(reg) CLEAR(BASE(reg), 32, 63)
#define ACCESSED(reg) BIT(RIGHTS(reg), 0)
#define READABLE(reg) IF(BIT(RIGHTS(reg), 3), BIT(RIGHTS(reg), 1))
#define RESERVED_11_8(reg) CLEAR(RIGHTS(reg), 8, 11)
#define RESERVED_31_17(reg) CLEAR(RIGHTS(reg), 17, 31)
#define DPL_AT_LEAST_RPL(reg) IF(vc_at_most(TYPE(reg), NUMBER(11)), vc_at_most(RPL(reg), DPL(reg)))
/* SDM: if one of bits 11:0 is 0, G is 0; if one of bits 31:20 is 1, G is 1. */
#define G_IF_LOW(reg) ANY(IS(BITS(LIMIT(reg), 0, 11), 0xfff), CLEAR(RIGHTS(reg), 15, 15))
#define G_IF_HIGH(reg) ANY(CLEAR(LIMIT(reg), 20, 31), BIT(RIGHTS(reg), 15))
#define G_FITS(reg) ALL(G_IF_LOW(reg), G_IF_HIGH(reg))
#define IF_LDTR(a) IF(USABLE(LDTR), a)

/* Events. SDM, "VM-Entry Controls for Event Injection" */
#define EVENT FIELD(ENTRY_INTERRUPTION_INFORMATION)
#define VECTOR BITS(EVENT, 0, 7)
#define EVENT_TYPE BITS(EVENT, 8, 10)
#define INJECTION BIT(EVENT, 31)
#define INJECTS(type) ALL(INJECTION, IS(EVENT_TYPE, VMX_INTR_##type >> 8))
#define INJECTS_ONE_OF(set) ALL(INJECTION, ONE_OF(EVENT_TYPE, set))
#define DELIVERS_ERROR_CODE BIT(EVENT, 11)
/*
 * Older manuals have it that the guest is in protected mode, or "unrestricted guest" is 0; the
 * newer only the first. Processors are seen to do the older.
 */
#define TAKES_ERROR_CODE ANY(CR0_PE(GUEST_CR0), ALL(NOT(UNRESTRICTED), UNKNOWN))
/* Software interrupt, privileged software exception, software exception */
#define SOFTWARE (1 << 4 | 1 << 5 | 1 << 6)
/* SDM: #DF, #TS, #NP, #SS, #GP, #PF, #AC */
#define WITH_ERROR_CODE \
	(1 << 8 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 17)

/* SDM, "Guest Non-Register State" */
#define ACTIVITY FIELD(GUEST_ACTIVITY_STATE)
#define BLOCKING FIELD(GUEST_INTERRUPTIBILITY_STATE)
#define BY_STI BIT(BLOCKING, 0)
#define BY_MOV_SS BIT(BLOCKING, 1)
#define PENDING FIELD(GUEST_PENDING_DEBUG_EXCEPTIONS)
#define PENDING_BS BIT(PENDING, 14)
#define PENDING_RTM BIT(PENDING, 16)
#define BTF BIT(FIELD(GUEST_DEBUGCTL), 1)
#define NO_TRAP_YET ANY(BY_STI, BY_MOV_SS, IS(ACTIVITY, VMX_ACTIVITY_HLT))
#define LINK FIELD(VMCS_LINK_POINTER)
#define IF_LINK(a) ANY(IS(LINK, ~0ULL), a)
#define LINKED vc_memory(d, LINK, 0)
#define SHADOWING ON(proc2, vmcs_shadowing)
#define TO_SMM ON(entry, entry_to_smm)
#define IN_SMM BIT(FACT(IN_SMM), 0)

#define PAE_PAGING ALL(CR0_PG(GUEST_CR0), CR4_PAE(GUEST_CR4), NOT(IA32E))

/* MSRs that VM entry or VM exit loads */
#define IN(group, ident, a) IF(ON(group, ident), a)
#define FRED_CONFIG(field) \
	ALL(vc_zero(FIELD(field), 1 << 2 | 3 << 4 | 1 << 11), CANONICAL(FIELD(field)))
#define FRED_RSP(field) ALL(CLEAR(FIELD(field), 0, 5), CANONICAL(FIELD(field)))
#define FRED_SSP(field) ALL(CLEAR(FIELD(field), 0, 2), CANONICAL(FIELD(field)))
#define FRED(who) \
	ALL(PART(FRED_CONFIG(who##_FRED_CONFIG)), PART(FRED_RSP(who##_FRED_RSP1)), \
	    PART(FRED_RSP(who##_FRED_RSP2)), PART(FRED_RSP(who##_FRED_RSP3)), \
	    PART(FRED_SSP(who##_FRED_SSP1)), PART(FRED_SSP(who##_FRED_SSP2)), \
	    PART(FRED_SSP(who##_FRED_SSP3)))

/* An entry of the VM-entry MSR-load area */
#define MSR_INDEX vc_msr_entry(d, 0)
#define MSR_RESERVED vc_msr_entry(d, 4)

#endif
