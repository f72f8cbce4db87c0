// SPDX-License-Identifier: GPL-2.0
/*
 * What users of KVM print: the registers as the guest sees them, and what KVM has said.
 *
 * QEMU's flags of a segment are bits 31:0 of the descriptor's upper half: the access rights
 * begin at bit 8, and bits 11:8 of those are part of the limit.
 */
#include "format.h"

#define SEGMENT(name, ident) \
	ROW(name "=%4 %8+ %8! %8", 0, \
	    R(GUEST_##ident##_SELECTOR), R(GUEST_##ident##_BASE), R(GUEST_##ident##_LIMIT), \
	    FLAGS(GUEST_##ident##_ACCESS_RIGHTS))

static const struct row qemu[] = {
	ROW("hardware error ?%x", FAILED, MEANING(M_FAILURE, 0)),
	ROW("kvm: unhandled exit ?%x", 0, MEANING(M_FAILURE, 0)),
	ROW("kvm: vm entry failed with error ?%x", FAILED, MEANING(M_FAILURE, 0)),
	ROW("KVM: entry failed", FAILED),
	ROW("EAX=%8 EBX=%8!", REGISTERS_BEGIN),
	ROW("RAX=%16 RBX=%16!", REGISTERS_BEGIN),
	ROW("EIP=%8 EFL=%8!", 0, R(GUEST_RIP), R(GUEST_RFLAGS)),
	ROW("RIP=%16 RFL=%8!", 0, R(GUEST_RIP), R(GUEST_RFLAGS)),
	SEGMENT("ES ", ES), SEGMENT("CS ", CS), SEGMENT("SS ", SS), SEGMENT("DS ", DS),
	SEGMENT("FS ", FS), SEGMENT("GS ", GS), SEGMENT("LDT", LDTR), SEGMENT("TR ", TR),
	ROW("GDT= %8+ %8!", 0, R(GUEST_GDTR_BASE), R(GUEST_GDTR_LIMIT)),
	ROW("IDT= %8+ %8!", 0, R(GUEST_IDTR_BASE), R(GUEST_IDTR_LIMIT)),
	ROW("CR0=%8 CR2=%8+! CR3=%8+ CR4=%8+", 0, R(GUEST_CR0), 0, R(GUEST_CR3), R(GUEST_CR4)),
	ROW("DR0=%16 DR1=%16!", 0),
	ROW("DR2=%16 DR3=%16!", 0),
	ROW("DR6=%16 DR7=%16!", 0, 0, R(GUEST_DR7)),
	ROW("EFER=%16", 0, R(GUEST_EFER)),
};

/* gdb's print of struct kvm_sregs: p/x has 0x, p is decimal */
#define REGISTER(name, ident) \
	ROW(name " = { base = %n ,! limit = %n , selector = %n , type = %n , present = %n ," \
	  " dpl = %n , db = %n , s = %n , l = %n , g = %n , avl = %n , unusable = %n", 0, \
	  R(GUEST_##ident##_BASE), R(GUEST_##ident##_LIMIT), R(GUEST_##ident##_SELECTOR), \
	    RIGHT(GUEST_##ident##_ACCESS_RIGHTS, 0), RIGHT(GUEST_##ident##_ACCESS_RIGHTS, 7), \
	    RIGHT(GUEST_##ident##_ACCESS_RIGHTS, 5), RIGHT(GUEST_##ident##_ACCESS_RIGHTS, 14), \
	    RIGHT(GUEST_##ident##_ACCESS_RIGHTS, 4), RIGHT(GUEST_##ident##_ACCESS_RIGHTS, 13), \
	    RIGHT(GUEST_##ident##_ACCESS_RIGHTS, 15), RIGHT(GUEST_##ident##_ACCESS_RIGHTS, 12), \
	    RIGHT(GUEST_##ident##_ACCESS_RIGHTS, 16))

static const struct row kvm_user[] = {
	ROW("hardware_entry_failure_reason = %n", FAILED, MEANING(M_FAILURE, 0)),
	ROW("KVM_EXIT_FAIL_ENTRY", FAILED),
	ROW("(FAIL_ENTRY)", FAILED),
	REGISTER("cs", CS), REGISTER("ds", DS), REGISTER("es", ES), REGISTER("fs", FS),
	REGISTER("gs", GS), REGISTER("ss", SS), REGISTER("tr", TR), REGISTER("ldt", LDTR),
	ROW("gdt = { base = %n ,! limit = %n", 0, R(GUEST_GDTR_BASE), R(GUEST_GDTR_LIMIT)),
	ROW("idt = { base = %n ,! limit = %n", 0, R(GUEST_IDTR_BASE), R(GUEST_IDTR_LIMIT)),
	ROW("cr0 = %n , cr2 = %n!", 0, R(GUEST_CR0)),
	ROW("cr3 = %n , cr4 = %n! , cr8 = %n , efer = %n", 0,
	    R(GUEST_CR3), R(GUEST_CR4), 0, R(GUEST_EFER)),
	ROW("CR0 was 0x%x", INSIDE, R(GUEST_CR0)),
	ROW("CR0 is 0x%x", INSIDE, R(GUEST_CR0)),
};

const struct dump_format qemu_format = {
	"the registers that QEMU prints", qemu, sizeof(qemu) / sizeof(*qemu)
};
const struct dump_format kvm_user_format = {
	"what a user of KVM's API prints", kvm_user, sizeof(kvm_user) / sizeof(*kvm_user)
};
