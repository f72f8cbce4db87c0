/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a VMCS holds and points to, and the rest of a guest's state: what they are at
 * first, which values they may have, and whose they are.
 */
#ifndef VMXFS_VMCS_H
#define VMXFS_VMCS_H

#include <linux/bitops.h>
#include <linux/preempt.h>
#include "cpu/cpu.h"
#include "cpu/instructions.h"
#include "vcpu/vcpu.h"

/* ---- vmcs.c: what a VMCS holds ---- */

int vmxfs_vmcs_init(struct vmxfs_vcpu *vcpu);
void vmxfs_vmcs_destroy(struct vmxfs_vcpu *vcpu);
void vmxfs_load_slow(struct vmxfs_vcpu *vcpu);

/**
 * vmxfs_load() - make the VMCS of a vCPU this processor's current one
 * @vcpu: its lock is held
 *
 * Preemption is disabled until vmxfs_unload(). Pairs of the two nest. The outermost may
 * sleep first: on a processor that is coming online a kernel thread can run before
 * vmxfs_cpu_online() has entered VMX operation there.
 */
static inline void vmxfs_load(struct vmxfs_vcpu *vcpu)
{
	preempt_disable();
	if (unlikely(this_cpu_read(vmxfs_current) != &vcpu->vmcs))
		vmxfs_load_slow(vcpu);
}

static inline void vmxfs_unload(void)
{
	preempt_enable();
}

/* ---- controls.c: what the module adds to them ---- */

/*
 * Exceptions that exit whether or not they are to be reported. Machine checks
 * are the host's. Delivering #AC or #DB can raise the same exception again, and
 * so for ever, with no instruction boundary at which an interrupt or the
 * VMX-preemption timer could get in: a guest that can't deliver them by itself
 * can't hold the processor that way.
 */
#define VMXFS_ALWAYS_EXIT (BIT(VMX_EXC_MC) | BIT(VMX_EXC_AC) | BIT(VMX_EXC_DB))

void vmxfs_set_exception_bitmap(struct vmxfs_vcpu *vcpu, u32 bitmap);
void vmxfs_event_controls(struct vmxfs_vcpu *vcpu);

/* ---- guest.c: registers ---- */

u64 vmxfs_cr0(struct vmxfs_vcpu *vcpu);
u64 vmxfs_cr4(struct vmxfs_vcpu *vcpu);
bool vmxfs_long_mode(void);
bool vmxfs_64_bit_mode(void);
bool vmxfs_pae_paging(void);
void vmxfs_update_lma(void);
bool vmxfs_canonical(u64 address);
u64 vmxfs_xcr0_allowed(void);
int vmxfs_xcr0_check(u64 value);
int vmxfs_msr_check(enum vmx_x64_msr_index msr, u64 value);
u64 vmxfs_msr_get(struct vmxfs_vcpu *vcpu, enum vmx_x64_msr_index msr);
void vmxfs_msrs_get(struct vmxfs_vcpu *vcpu, u64 *values);
void vmxfs_msr_set(struct vmxfs_vcpu *vcpu, enum vmx_x64_msr_index msr, u64 value);
u64 vmxfs_tsc(struct vmxfs_vcpu *vcpu);
void vmxfs_tsc_set(struct vmxfs_vcpu *vcpu, u64 value);

/* ---- fpu.c: x87, SSE and AVX state ---- */

/* What FXSAVE writes, in bytes */
#define VMXFS_FPREGS_SIZE 512

extern u64 vmxfs_host_xcr0;
extern u32 vmxfs_mxcsr_mask;
void vmxfs_fpu_setup(void);
void vmxfs_fpu_init(struct vmxfs_vcpu *vcpu);
void vmxfs_fpregs_read(struct vmxfs_vcpu *vcpu, void *buf);
int vmxfs_fpregs_write(struct vmxfs_vcpu *vcpu, const void *buf, size_t offset, size_t count);

/* ---- area.c: the structures that the VMCS points to ---- */

/**
 * struct vmxfs_area_kind - a structure
 * @name: of its file
 * @field: the VMCS field that points to it
 * @order: of its pages
 * @fill: what its bytes are at first
 * @unit: bytes of one value, if its file is lines of "offset value"
 * @mapped: a line of map may have it as its segment
 */
struct vmxfs_area_kind {
	const char *name;
	u32 field;
	u8 order;
	u8 fill;
	u8 unit;
	bool mapped;
};

extern const struct vmxfs_area_kind vmxfs_area_kinds[VMXFS_AREAS];
extern const u32 vmxfs_msrs_in_areas[VMXFS_MSRS];
int vmxfs_areas_alloc(struct vmxfs_vcpu *vcpu);
void vmxfs_areas_free(struct vmxfs_vcpu *vcpu);
void vmxfs_areas_init(struct vmxfs_vcpu *vcpu);
void vmxfs_hide_msrs(struct vmxfs_vcpu *vcpu, bool hide);
void vmxfs_msrs_resize(struct vmxfs_vcpu *vcpu, int which, u32 users);
bool vmxfs_msr_in_areas(u32 msr);
bool vmxfs_msr_is_guests(u32 msr);

/* SDM, "MSR-Bitmap Address": reads, then writes; of each low, then high MSRs. */
#define VMXFS_MSRS_LOW	0x2000
#define VMXFS_MSRS_HIGH	0xc0000000
#define VMXFS_MSR_WRITE	(2 * VMXFS_MSRS_LOW)

static inline unsigned int vmxfs_msr_bit(u32 msr)
{
	return msr < VMXFS_MSRS_LOW ? msr : msr - VMXFS_MSRS_HIGH + VMXFS_MSRS_LOW;
}

/* SDM, "VM-Exit Controls for MSRs" */
struct vmxfs_msr_entry {
	u32 index;
	u32 reserved;
	u64 value;
};

#define VMXFS_MSR_ENTRIES	(PAGE_SIZE / sizeof(struct vmxfs_msr_entry))
#define VMXFS_MSR_USERS		(VMXFS_MSR_ENTRIES - VMXFS_MSRS - 1)

/**
 * vmxfs_msr_own() - the module's own entries of an MSR area
 * @vcpu: the vCPU
 * @area: VMXFS_ENTRY_MSR_LOAD, VMXFS_EXIT_MSR_STORE or VMXFS_EXIT_MSR_LOAD
 *
 * Return: VMXFS_MSRS entries.
 */
static inline struct vmxfs_msr_entry *vmxfs_msr_own(struct vmxfs_vcpu *vcpu,
						    enum vmxfs_area area)
{
	struct vmxfs_msr_entry *entry = vcpu->area[area];

	return entry + vcpu->msr_users[area - VMXFS_ENTRY_MSR_LOAD];
}

static inline u64 vmxfs_msr_value(struct vmxfs_vcpu *vcpu, int msr)
{
	return vmxfs_msr_own(vcpu, VMXFS_ENTRY_MSR_LOAD)[msr].value;
}

static inline void vmxfs_msr_set_value(struct vmxfs_vcpu *vcpu, int msr, u64 value)
{
	vmxfs_msr_own(vcpu, VMXFS_ENTRY_MSR_LOAD)[msr].value = value;
}

/* ---- field.c: whose a field is ---- */

/* VMWRITE takes as many bits as the field has. */
static inline u64 vmxfs_as_stored(u32 field, u64 value)
{
	switch (VMX_FIELD_WIDTH(field)) {
	case VMX_WIDTH_16:
		return (u16)value;
	case VMX_WIDTH_32:
		return (u32)value;
	default:
		return value;
	}
}

enum {
	VMXFS_FIELDS = 0
#define VMX_FIELD(encoding, ident, owner, sdm_name) + 1
#include "vmx_fields.h"
};

extern unsigned long vmxfs_fields_missing[];

/**
 * vmxfs_field_missing() - whether the processors lack a field
 * @row: its number, of vmxfs_field_row()
 *
 * A VMREAD that fails would tell, too, and leave its VM-instruction error.
 */
static inline bool vmxfs_field_missing(int row)
{
	return test_bit(row, vmxfs_fields_missing);
}

const char *vmxfs_error_text(u32 error);
const char *vmxfs_why_kept(struct vmxfs_vcpu *vcpu, u32 field, u64 value);
int vmxfs_field_row(u32 field);
void vmxfs_fields_find(void);
int vmxfs_field_room(const struct vmxfs_vcpu *vcpu, u32 field);
int vmxfs_field_written(struct vmxfs_vcpu *vcpu, u32 field, u64 value);

/**
 * vmxfs_field_read() - what whoever drives the vCPU has written to a field
 * @vcpu: loaded
 * @field: its encoding
 * @value: gets it
 *
 * The same as VMREAD, but for fields to which the module adds something at VM
 * entry.
 *
 * Return: 0, or -EINVAL if VMREAD fails.
 */
static inline int vmxfs_field_read(struct vmxfs_vcpu *vcpu, u32 field, u64 *value)
{
	switch (field) {
	case VMCS_PROC_BASED_CONTROLS:
		*value = vcpu->proc_controls;
		return 0;
	case VMCS_EXCEPTION_BITMAP:
		*value = vcpu->exception_bitmap;
		return 0;
	default:
		return vmread(field, value);
	}
}

#endif
