/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vmxfs: VMX on Linux, as a file system.
 *
 * Locks, outermost first:
 *	vmxfs_life		rwsem: vCPUs come and go (vcpu.c)
 *	inode->i_rwsem		of a directory or a segment (the VFS's)
 *	vmxfs_wait.lock		mutex: the line that is read through an open wait
 *				file
 *	vmxfs_vcpu.lock		mutex: all of a vCPU; held while its guest runs,
 *				so take it by vmxfs_vcpu_lock(), which asks the
 *				guest to leave
 *	vmxfs_segment.lock	mutex: the pages and the users of a segment
 *	vmxfs_table_lock	mutex: which vCPU has which number (vcpu.c)
 *
 * A processor's list of loaded VMCSs (cpu.c) is touched by that processor
 * only, with interrupts disabled.
 */
#ifndef VMXFS_H
#define VMXFS_H

#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/xarray.h>
#include "vmx.h"
#include "gprs.h"

/* ---- cpu.c: the processor ---- */

/**
 * struct vmxfs_caps - what this processor's VMX can do
 * @basic: IA32_VMX_BASIC
 * @misc: IA32_VMX_MISC
 * @ept_vpid: IA32_VMX_EPT_VPID_CAP
 * @cr0_fixed0: CR0 bits that must be 1 in VMX operation
 * @cr4_fixed0: CR4 bits that must be 1 in VMX operation
 *
 * SDM, appendix "VMX Capability Reporting Facility". Read once, from the
 * processor that loads the module; all processors must agree.
 */
struct vmxfs_caps {
	u64 basic;
	u64 misc;
	u64 ept_vpid;
	u64 cr0_fixed0;
	u64 cr4_fixed0;
};

extern struct vmxfs_caps vmxfs_caps;

/**
 * struct vmxfs_vmcs - a VMCS region and where it is
 * @page: the region; its physical address is the VMCS pointer
 * @cpu: the processor on which the VMCS is active, -1 if on none
 * @launched: the launch state is "launched"
 * @link: in @cpu's list of active VMCSs
 */
struct vmxfs_vmcs {
	struct page *page;
	int cpu;
	bool launched;
	struct list_head link;
};

int vmxfs_cpu_init(void);
void vmxfs_cpu_exit(void);
int vmxfs_vmcs_alloc(struct vmxfs_vmcs *vmcs);
void vmxfs_vmcs_free(struct vmxfs_vmcs *vmcs);
bool vmxfs_vmcs_load(struct vmxfs_vmcs *vmcs);
void vmxfs_vmcs_clear(struct vmxfs_vmcs *vmcs);

/* ---- caps.c: the capability MSRs ---- */

/**
 * struct vmxfs_allowed - the settings that a set of controls may have
 * @must: bits that must be 1
 * @may: bits that may be 1
 */
struct vmxfs_allowed {
	u64 must;
	u64 may;
};

struct vmxfs_allowed vmxfs_allowed_settings(u32 field);
int vmxfs_caps_show(struct seq_file *m, void *unused);

/* ---- segment.c: guest memory ---- */

/**
 * struct vmxfs_segment - a file of segment/
 * @ref: held by the inode and by each region of a map
 * @lock: protects @pages, @size and @users
 * @pages: the pages that were touched, by index
 * @size: in bytes
 * @users: regions of maps; while there are any, the segment can't shrink
 */
struct vmxfs_segment {
	struct kref ref;
	struct mutex lock;
	struct xarray pages;
	loff_t size;
	unsigned int users;
};

extern const struct inode_operations vmxfs_segment_dir_iops;
struct vmxfs_segment *vmxfs_segment_get(const char *name);
int vmxfs_segment_use(struct vmxfs_segment *seg, u64 offset, u64 length);
void vmxfs_segment_unuse(struct vmxfs_segment *seg);
struct page *vmxfs_segment_page(struct vmxfs_segment *seg, pgoff_t index);
void vmxfs_segment_put(struct vmxfs_segment *seg);

/* ---- ept.c: EPT paging structures ---- */

/* SDM, "The Extended Page Table Mechanism (EPT)" */
#define VMXFS_EPT_READ		BIT_ULL(0)
#define VMXFS_EPT_WRITE		BIT_ULL(1)
#define VMXFS_EPT_EXECUTE	BIT_ULL(2)
#define VMXFS_EPT_TYPE_SHIFT	3
#define VMXFS_EPT_IGNORE_PAT	BIT_ULL(6)
#define VMXFS_EPT_ADDRESS_BITS	48

u64 *vmxfs_ept_alloc(void);
void vmxfs_ept_free(u64 *pml4);
u64 vmxfs_ept_pointer(const u64 *pml4);
int vmxfs_ept_reserve(u64 *pml4, u64 start, u64 end);
void vmxfs_ept_set(u64 *pml4, u64 address, u64 entry);
void vmxfs_ept_clear(u64 *pml4, u64 start, u64 end);

/* ---- vcpu.c, and what a vCPU is made of ---- */

/* In this order: from VMXFS_DEAD on, no guest runs any more. */
enum vmxfs_state {
	VMXFS_INIT,
	VMXFS_READY,
	VMXFS_RUNNING,
	VMXFS_DEAD,
	VMXFS_ENDING,
};

/**
 * struct vmxfs_event - an event to inject
 * @info: VM-entry interruption information
 * @code: error code
 * @ilen: instruction length
 * @pending: it waits for the next VM entry that can take it
 */
struct vmxfs_event {
	u32 info;
	u32 code;
	u32 ilen;
	bool pending;
};

/**
 * struct vmxfs_exit - a VM exit that is to be reported
 * @reason: exit reason
 * @intr_info: VM-exit interruption information
 * @intr_code: VM-exit interruption error code
 * @insn_length: VM-exit instruction length
 * @insn_info: VM-exit instruction information
 * @qualification: exit qualification
 * @linear: guest-linear address
 * @physical: guest-physical address
 * @rip: guest RIP
 * @rsp: guest RSP
 * @rax: the guest's, for I/O instructions
 *
 * Copied from the VMCS when the exit happened, so that reading needs no VMCS.
 */
struct vmxfs_exit {
	u32 reason;
	u32 intr_info;
	u32 intr_code;
	u32 insn_length;
	u32 insn_info;
	u64 qualification;
	u64 linear;
	u64 physical;
	u64 rip;
	u64 rsp;
	u64 rax;
};

#define VMXFS_ERROR_SIZE 128

/* A line of wait, and a command of ctl; in bytes */
#define VMXFS_LINE_MAX 512

/**
 * struct vmxfs_vcpu - a virtual processor
 * @ref: held by the table, by inodes and by open files
 * @index: its number, and the name of its directory
 * @dir: its directory
 * @lock: protects everything below but what says otherwise
 * @claims: how many want @lock; a running guest leaves for them (atomic)
 * @wq: woken when @state, @got_exit, @got_ack, @exc or @claims change
 * @task: the kernel thread that runs the guest
 * @state: see vmxfs_state; VMXFS_ENDING is final
 * @death: why @state is VMXFS_DEAD
 * @error: text of the last write that failed
 * @vmcs: the VMCS region
 * @gprs: the guest's general registers but RSP
 * @cr2: the guest's
 * @dr: the guest's DR0 to DR3 and DR6; DR7 is in the VMCS
 * @xcr0: the guest's
 * @fpu: the guest's x87, SSE and AVX state, as XSAVE lays it out
 * @tsc_stopped: the guest's TSC when it last left the processor
 * @vpid: virtual-processor identifier
 * @proc_controls: primary processor-based controls of an entry that
 *	waits for nothing
 * @proc_controls_now: what the VMCS has
 * @pml4: root of the EPT paging structures
 * @msr_bitmap: which accesses to MSRs exit
 * @msr_guest: VM-entry MSR-load and VM-exit MSR-store area
 * @msr_host: VM-exit MSR-load area
 * @regions: the memory map, by address, without overlap
 * @flush: cached translations of this vCPU may be stale
 * @host_cr3: what the VMCS has
 * @host_cr4: what the VMCS has
 * @host_fs_base: what the VMCS has
 * @exception_bitmap: exceptions that are reported
 * @reflected: exception of the guest's own that made it exit, but is not reported
 * @exc: exception or interrupt to deliver at the next VM entry
 * @irq: interrupt to deliver when the guest takes it
 * @injected: which of them this VM entry delivers, or NULL
 * @ack: vector of the interrupt that was delivered
 * @got_ack: @ack has not been read
 * @exit: the last VM exit
 * @got_exit: @exit has not been read
 */
struct vmxfs_vcpu {
	struct kref ref;
	int index;
	struct dentry *dir;

	struct mutex lock;
	atomic_t claims;
	wait_queue_head_t wq;
	struct task_struct *task;

	enum vmxfs_state state;
	char death[VMXFS_ERROR_SIZE];
	char error[VMXFS_ERROR_SIZE];

	struct vmxfs_vmcs vmcs;
	struct vmxfs_gprs gprs;
	u64 cr2;
	u64 dr[7];
	u64 xcr0;
	void *fpu;
	u64 tsc_stopped;
	u16 vpid;
	u32 proc_controls;
	u32 proc_controls_now;

	u64 *pml4;
	void *msr_bitmap;
	struct vmxfs_msr_entry *msr_guest;
	struct vmxfs_msr_entry *msr_host;
	struct list_head regions;
	bool flush;

	u64 host_cr3;
	u64 host_cr4;
	u64 host_fs_base;

	u32 exception_bitmap;
	struct vmxfs_event reflected;
	struct vmxfs_event exc;
	struct vmxfs_event irq;
	struct vmxfs_event *injected;
	u8 ack;
	bool got_ack;
	struct vmxfs_exit exit;
	bool got_exit;
};

/* SDM, "VM-Exit Controls for MSRs" */
struct vmxfs_msr_entry {
	u32 index;
	u32 reserved;
	u64 value;
};

struct vmxfs_vcpu *vmxfs_vcpu_create(void);
int vmxfs_vcpu_quit(struct vmxfs_vcpu *vcpu);
void vmxfs_vcpu_quit_all(bool for_good);
struct vmxfs_vcpu *vmxfs_vcpu_get(struct vmxfs_vcpu *vcpu);
void vmxfs_vcpu_put(struct vmxfs_vcpu *vcpu);
int vmxfs_vcpu_lock(struct vmxfs_vcpu *vcpu);
void vmxfs_vcpu_unlock(struct vmxfs_vcpu *vcpu);
void vmxfs_vcpu_die(struct vmxfs_vcpu *vcpu, const char *fmt, ...) __printf(2, 3);
int vmxfs_fail(struct vmxfs_vcpu *vcpu, int err, const char *fmt, ...) __printf(3, 4);
const char *vmxfs_state_name(enum vmxfs_state state);

/* ---- vmcs.c: what a VMCS holds ---- */

extern const u64 vmxfs_cr0_kernel;
extern const u64 vmxfs_cr4_kernel;

int vmxfs_vmcs_init(struct vmxfs_vcpu *vcpu);
void vmxfs_vmcs_destroy(struct vmxfs_vcpu *vcpu);
void vmxfs_load(struct vmxfs_vcpu *vcpu);
void vmxfs_refresh_host(struct vmxfs_vcpu *vcpu);
void vmxfs_unload(void);
void vmxfs_update_lma(void);

/* ---- enter.S, exit.c: into the guest and back ---- */

void vmxfs_run(struct vmxfs_vcpu *vcpu);
int vmxfs_exit_format(const struct vmxfs_exit *exit, char *buf, size_t size);

/* ---- event.c: injection ---- */

int vmxfs_event_parse(struct vmxfs_vcpu *vcpu, char *text, struct vmxfs_event *event);
void vmxfs_set_exception_bitmap(struct vmxfs_vcpu *vcpu, u32 bitmap);
bool vmxfs_event_reflect(struct vmxfs_vcpu *vcpu, u32 info);
void vmxfs_event_inject(struct vmxfs_vcpu *vcpu);
void vmxfs_event_done(struct vmxfs_vcpu *vcpu, bool delivered);
const char *vmxfs_exception_name(u8 vector);

/* ---- regs.c, map.c, ctl.c: the texts of the files ---- */

int vmxfs_regs_show(struct seq_file *m, struct vmxfs_vcpu *vcpu);
int vmxfs_regs_store(struct vmxfs_vcpu *vcpu, char *text);
int vmxfs_regs_set(struct vmxfs_vcpu *vcpu, char *list);
int vmxfs_map_show(struct seq_file *m, struct vmxfs_vcpu *vcpu);
int vmxfs_map_store(struct vmxfs_vcpu *vcpu, char *text);
void vmxfs_map_clear(struct vmxfs_vcpu *vcpu);
int vmxfs_ctl_store(struct vmxfs_vcpu *vcpu, char *text);

/* ---- fs.c: the file system ---- */

extern struct dentry *vmxfs_segment_dir;
int vmxfs_fs_init(void);
void vmxfs_fs_exit(void);
int vmxfs_vcpu_publish(struct vmxfs_vcpu *vcpu);
void vmxfs_vcpu_unpublish(struct vmxfs_vcpu *vcpu);
struct inode *vmxfs_new_inode(struct super_block *sb, umode_t mode);

#endif
