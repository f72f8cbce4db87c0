// SPDX-License-Identifier: GPL-2.0
/* What depends on the processor: its controls, its widths. */
#include "words.h"

/* The control that a set of controls has no effect without. */
static enum truth activated(struct decision *d, enum vmx_field field)
{
	switch (field) {
	case VMCS_SECONDARY_CONTROLS:
		return ON(proc, activate_secondary_controls);
	case VMCS_TERTIARY_CONTROLS:
		return ON(proc, activate_tertiary_controls);
	case VMCS_SECONDARY_EXIT_CONTROLS:
		return ON(exit, activate_secondary_controls);
	case VMCS_VM_FUNCTION_CONTROLS:
		return ON(proc2, enable_vm_functions);
	default:
		return YES;
	}
}

enum truth vc_control(struct decision *d, enum vmx_field field, unsigned int bit)
{
	enum truth active = activated(d, field);

	/* A field that has no effect is not missed. */
	return active == NO ? NO : ALL(active, BIT(vc_read(d, VMXCHECK_FIELD, field), bit));
}

/*
 * Bits 31:0 of the capability MSR must be 1, bits 63:32 may be. The TRUE one counts if
 * IA32_VMX_BASIC says that there is one.
 * SDM, appendix "Reserved Controls and Default Settings"
 */
enum truth vc_reserved(struct decision *d, enum vmx_field field, uint32_t msr, uint32_t true_msr)
{
	struct value value = vc_read(d, VMXCHECK_FIELD, field), allowed;
	enum truth is_true = true_msr ? CAN(basic, true_controls) : NO;

	if (is_true == UNKNOWN)
		return UNKNOWN;
	allowed = MSR(is_true == YES ? true_msr : msr);
	if (!allowed.known || !value.known)
		return UNKNOWN;
	return value.n & ~(allowed.n >> 32) || ~value.n & (uint32_t)allowed.n ? NO : YES;
}

/* The MSR has the bits that may be 1. */
enum truth vc_reserved_64(struct decision *d, enum vmx_field field, uint32_t msr)
{
	struct value value = vc_read(d, VMXCHECK_FIELD, field), allowed = MSR(msr);

	if (!allowed.known)
		return IS(value, 0) == YES ? YES : UNKNOWN;
	return vc_zero(value, ~allowed.n);
}

/* SDM, "Restrictions on VMX Operation" */
enum truth vc_fixed(struct decision *d, struct value value, uint32_t msr, uint64_t but)
{
	struct value fixed0 = MSR(msr), fixed1 = MSR(msr + 1);

	if (!value.known || !fixed0.known || !fixed1.known)
		return UNKNOWN;
	return (~value.n & fixed0.n & ~but) || (value.n & ~fixed1.n & ~but) ? NO : YES;
}

/*
 * A width by CPUID; one that no processor has, 0 of an emulated one without Intel 64 say, is
 * not known.
 */
static struct value read_width(struct decision *d, unsigned int bit, unsigned int highest)
{
	struct value width = BITS(CPUID(0x80000008, EAX), bit, bit + 7);

	width.known = width.known && width.n >= 32 && width.n <= highest;
	return width;
}

static enum truth fits(struct decision *d, uint64_t address)
{
	struct value width = read_width(d, 0, 52);

	if (width.known)
		return address >> width.n ? NO : YES;
	return address >> 52 ? NO : address >> 32 ? UNKNOWN : YES;
}

/*
 * The address of @last bytes after @address fits, too. IA32_VMX_BASIC bit 48: so do they
 * into 32 bits.
 */
enum truth vc_fits(struct decision *d, struct value address, struct value last)
{
	uint64_t end = address.n + last.n;
	enum truth high;

	if (!address.known)
		return UNKNOWN;
	if (!last.known)
		return fits(d, address.n) == NO ? NO : UNKNOWN;
	if (end < address.n)
		return NO;
	high = end >> 32 ? NOT(CAN(basic, addresses_32_bits)) : YES;
	return ALL(fits(d, end), high);
}

/* SDM, "Linear-Address Masking": bits 62:61 on a processor that has it */
enum truth vc_fits_cr3(struct decision *d, struct value cr3)
{
	const uint64_t lam = VMX_BITS(61, 62);
	struct value masking;

	if (!cr3.known)
		return UNKNOWN;
	if (!(cr3.n & lam))
		return fits(d, cr3.n);
	masking = vc_read(d, VMXCHECK_CPUID, vmxcheck_cpuid(7, 1, VMXCHECK_EAX));
	return ALL(fits(d, cr3.n & ~lam), BIT(masking, 26));
}

static enum truth identical_from(uint64_t address, unsigned int bit)
{
	uint64_t high = address >> bit;

	return !high || high == ~0ULL >> bit ? YES : NO;
}

/*
 * Bits from the linear-address width on; @less is 1 for a canonical address. The SDM has
 * these checks on processors that support Intel 64, whose addresses have more than 32 bits.
 */
static enum truth identical(struct decision *d, struct value address, unsigned int less)
{
	struct value width = read_width(d, 8, 64);

	if (!address.known)
		return UNKNOWN;
	if (width.known)
		return width.n == 32 || width.n == 64 ? YES : identical_from(address.n, width.n - less);
	/* Processors have 48 or 57 bits. */
	if (identical_from(address.n, 48 - less) == YES)
		return YES;
	return identical_from(address.n, 57 - less) == NO ? NO : UNKNOWN;
}

enum truth vc_canonical(struct decision *d, struct value address)
{
	return identical(d, address, 1);
}

/* Whatever the width is. */
enum truth vc_canonical_48(struct value address)
{
	return !address.known ? UNKNOWN : identical_from(address.n, 47);
}

enum truth vc_identical(struct decision *d, struct value address)
{
	return identical(d, address, 0);
}

/* Whether 57 bits count for a host that has CR4.LA57 0, the SDM does not say. */
enum truth vc_host_rip(struct decision *d)
{
	struct value rip = FIELD(HOST_RIP);
	enum truth canonical = CANONICAL(rip);

	if (canonical != YES || identical_from(rip.n, 47) == YES)
		return canonical;
	return BIT(FIELD(HOST_CR4), 12) == YES ? YES : UNKNOWN;
}

/* SDM, "PDPTE Registers"; with EPT they come from the VMCS, otherwise from memory. */
enum truth vc_pdpte(struct decision *d, unsigned int number)
{
	enum truth ept = ON(proc2, enable_ept);
	struct value pdpte = { 0, false }, table, high;

	if (ept == UNKNOWN)
		return UNKNOWN;
	if (ept == YES) {
		pdpte = vc_read(d, VMXCHECK_FIELD, VMCS_GUEST_PDPTE0 + 2 * number);
	} else {
		table = FIELD(GUEST_CR3);
		table.n &= VMX_BITS(5, 31);
		pdpte = vc_memory(d, table, 8 * number);
		high = vc_memory(d, table, 8 * number + 4);
		pdpte.n |= high.n << 32;
		pdpte.known = pdpte.known && high.known;
	}
	if (!pdpte.known)
		return UNKNOWN;
	if (!(pdpte.n & 1))
		return YES;
	return ALL(vc_zero(pdpte, VMX_BITS(1, 2) | VMX_BITS(5, 8)), fits(d, pdpte.n));
}
