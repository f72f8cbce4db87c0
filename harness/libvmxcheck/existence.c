// SPDX-License-Identifier: GPL-2.0
/* Which fields a VMCS has. SDM, "VMREAD, VMWRITE, and Encodings of VMCS Fields" */
#include "words.h"

#define EXISTS_WITH(ident, condition) \
	static enum truth exists_##ident(struct decision *d) \
	{ \
		(void)d; \
		return condition; \
	}
#include "existence.h"

static const struct {
	uint32_t encoding;
	enum truth (*with)(struct decision *d);
} conditional[] = {
#define EXISTS_WITH(ident, condition) { VMCS_##ident, exists_##ident },
#include "existence.h"
};

static const uint32_t fields[] = {
#define VMX_FIELD(encoding, ident, owner, sdm_name) encoding,
#include "vmx_fields.h"
};

/* A field that is in the SDM; NO: it is not. */
static enum truth exists_by_name(struct decision *d, uint32_t encoding)
{
	size_t i;

	/* What may not exist can be there nevertheless. */
	for (i = 0; i < sizeof(conditional) / sizeof(conditional[0]); i++)
		if (conditional[i].encoding == encoding)
			return conditional[i].with(d) == YES ? YES : UNKNOWN;
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (fields[i] == encoding)
			return YES;
	return NO;
}

/* Bits that must be 0; a high part is only of 64 bits. */
static bool is_encoding(uint64_t encoding)
{
	if (encoding >> 15 || encoding & 1 << 12)
		return false;
	return !(encoding & 1) || VMX_FIELD_WIDTH(encoding) == VMX_WIDTH_64;
}

enum truth vc_exists(struct decision *d, struct value encoding)
{
	enum truth exists;

	if (!encoding.known)
		return UNKNOWN;
	if (!is_encoding(encoding.n))
		return NO;
	exists = exists_by_name(d, encoding.n & ~1ULL);
	if (exists != NO)
		return exists;
	/* A newer processor may have it, up to the highest index that it says. */
	return vc_at_most(BITS(encoding, 1, 9), BITS(MSR(0x48a), 1, 9)) == NO ? NO : UNKNOWN;
}
