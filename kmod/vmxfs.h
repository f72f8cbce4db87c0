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
 *	cpus_read_lock()	processors come and go (insn.c)
 *	mm->mmap_lock		a program's memory (segment.c, and the kernel's own)
 *	vmxfs_segment.lock	mutex: the pages and the users of a segment
 *	vmxfs_table_lock	mutex: which vCPU has which number (vcpu.c)
 *
 * A processor's list of loaded VMCSs (cpu.c) is touched by that processor
 * only, with interrupts disabled. An NMI that does not return may read it at
 * any time (emergency.c).
 */
#ifndef VMXFS_H
#define VMXFS_H

#include <linux/fs.h>
#include <linux/kfifo.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <asm/desc_defs.h>
#include "vmx.h"
#include "vmxfs_abi.h"
#include "cpu/gprs.h"

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
 * @shadow: a shadow VMCS that VM entry may make active too, or NULL
 * @cpu: the processor on which the VMCS is active, -1 if on none
 * @launched: the launch state is "launched"
 * @link: in @cpu's list of active VMCSs
 */
struct vmxfs_vmcs {
	struct page *page;
	struct page *shadow;
	int cpu;
	bool launched;
	struct list_head link;
};

DECLARE_PER_CPU(struct vmxfs_vmcs *, vmxfs_current);
extern bool vmxfs_lost;

int vmxfs_cpu_init(void);
void vmxfs_cpu_exit(void);
bool vmxfs_cpu_is_on(void);
void vmxfs_cpu_emergency(void);
u64 vmxfs_cpu_region(void);
void vmxfs_cpu_clear_all(void);
void vmxfs_cpu_leave(void);
bool vmxfs_cpu_reenter(void);
void vmxfs_cpu_restore(struct vmxfs_vmcs *vmcs);
struct page *vmxfs_region_alloc(u32 flip, unsigned int order);
int vmxfs_vmcs_alloc(struct vmxfs_vmcs *vmcs);
void vmxfs_vmcs_free(struct vmxfs_vmcs *vmcs);
bool vmxfs_vmcs_load(struct vmxfs_vmcs *vmcs);
void vmxfs_vmcs_clear(struct vmxfs_vmcs *vmcs);

/* ---- emergency.c: out of VMX operation after a panic ---- */

void vmxfs_emergency_init(void);
void vmxfs_emergency_exit(void);

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
 * @pinned: instead of @pages, all pages of a program's memory
 * @writable: the guest may be given them to write to
 * @written: it may have written to them
 * @mm: whose locked memory they count as
 * @unpin_work: gives them back
 * @size: in bytes
 * @users: regions of maps; while there are any, the segment can't shrink
 */
struct vmxfs_segment {
	struct kref ref;
	struct mutex lock;
	struct xarray pages;
	struct page **pinned;
	bool writable;
	bool written;
	struct mm_struct *mm;
	struct work_struct unpin_work;
	loff_t size;
	unsigned int users;
};

extern const struct inode_operations vmxfs_segment_dir_iops;
struct vmxfs_segment *vmxfs_segment_get(const char *name);
struct vmxfs_segment *vmxfs_segment_of_page(struct page *page);
struct vmxfs_segment *vmxfs_segment_of_user(u64 address, u64 size, bool write);
int vmxfs_segment_use(struct vmxfs_segment *seg, u64 offset, u64 length);
void vmxfs_segment_unuse(struct vmxfs_segment *seg);
struct page *vmxfs_segment_page(struct vmxfs_segment *seg, pgoff_t index);
void vmxfs_segment_put(struct vmxfs_segment *seg);
void vmxfs_segment_put_wait(struct vmxfs_segment *seg);

/* ---- ept.c: EPT paging structures ---- */

/* SDM, "The Extended Page Table Mechanism (EPT)" */
#define VMXFS_EPT_READ		BIT_ULL(0)
#define VMXFS_EPT_WRITE		BIT_ULL(1)
#define VMXFS_EPT_EXECUTE	BIT_ULL(2)
#define VMXFS_EPT_TYPE_SHIFT	3
#define VMXFS_EPT_WRITE_BACK	(6 << VMXFS_EPT_TYPE_SHIFT)
#define VMXFS_EPT_IGNORE_PAT	BIT_ULL(6)
#define VMXFS_EPT_ADDRESS	GENMASK_ULL(51, 12)
#define VMXFS_EPT_ADDRESS_BITS	48

/* EPT pointer. SDM, "Extended-Page-Table Pointer (EPTP)" */
#define VMXFS_EPTP_FREE		0x47ULL	/* memory type; accessed and dirty flags */

u64 *vmxfs_ept_alloc(void);
void vmxfs_ept_free(u64 *pml4);
u64 vmxfs_ept_pointer(const u64 *pml4);
int vmxfs_ept_reserve(u64 *pml4, u64 start, u64 end);
u64 *vmxfs_ept_leaf(u64 *pml4, u64 address);
u64 vmxfs_ept_coherent(u64 bits);
bool vmxfs_eptp_coherent(u64 eptp);
int vmxfs_ept_read(u64 *pml4, u64 address, void *buf, size_t count);
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
 * @resume: RFLAGS.RF is 1 in the image that is pushed
 * @pending: it waits for the next VM entry that can take it
 */
struct vmxfs_event {
	u32 info;
	u32 code;
	u32 ilen;
	bool resume;
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

/* The reason without bits that may come with any. SDM, "Basic VM-Exit Information" */
static inline u32 vmxfs_exit_reason(const struct vmxfs_exit *exit)
{
	return exit->reason & (VMX_EXIT_ENTRY_FAILURE | 0xffff);
}

/* SDM, "VM-Exit Controls for MSRs" */
struct vmxfs_msr_entry {
	u32 index;
	u32 reserved;
	u64 value;
};

/* The guest's own MSRs that the MSR areas switch, in their order there. */
enum { VMXFS_KERNEL_GS_BASE, VMXFS_STAR, VMXFS_LSTAR, VMXFS_CSTAR, VMXFS_FMASK, VMXFS_MSRS };

/* The structures that the VMCS points to */
enum vmxfs_area {
#define VMXFS_AREA(ident, name, format, field, order, fill, unit, mapped) VMXFS_##ident,
#include "vmxfs_areas.h"
	VMXFS_AREAS
};

/* How many MSR areas there are, and which is the first */
#define VMXFS_MSR_AREAS 3

/* map, map1 and map2 */
#define VMXFS_MAPS 3

/**
 * struct vmxfs_map - a memory map
 * @pml4: root of the EPT paging structures
 * @regions: its lines, by address, without overlap
 */
struct vmxfs_map {
	u64 *pml4;
	struct list_head regions;
};

/**
 * struct vmxfs_change - a change of a map
 * @start: first guest-physical address
 * @end: one past the last
 * @regions: what is to be there, by address; after vmxfs_change_apply(), if that
 *	succeeded, what was there. For vmxfs_regions_put() either way
 */
struct vmxfs_change {
	u64 start;
	u64 end;
	struct list_head regions;
};

/* A linear range of a few bytes is in two pages at most. */
#define VMXFS_PATCHES 2

/**
 * struct vmxfs_patch - a page of the guest's memory, in its place a copy that differs
 * @entry: the EPT entry, which maps @copy; NULL while there is none
 * @page: the page
 * @copy: what the guest has instead
 * @before: the same, as it was before the guest ran
 */
struct vmxfs_patch {
	u64 *entry;
	struct page *page;
	struct page *copy;
	struct page *before;
};

enum vmxfs_step_how {
	VMXFS_STEP_MTF,		/* monitor trap flag */
	VMXFS_STEP_TF,		/* RFLAGS.TF */
	VMXFS_STEP_EVENT,	/* VMX-preemption timer 0, after what is delivered */
	VMXFS_STEP_VMCALL,	/* the instruction after is made a VMCALL */
};

/**
 * struct vmxfs_step - a step under way
 * @on: the guest is being stepped
 * @how: decided anew for each VM entry
 * @pushes_flags: the instruction is PUSHF
 * @loads_flags: the instruction is POPF, IRET or SYSRET
 * @syscall: the instruction is SYSCALL
 * @sysret: the instruction is SYSRET
 * @sti: the instruction is STI, and RFLAGS.IF is 0
 * @hlt: the instruction is HLT, which does not exit
 * @mend: what PUSHF has pushed is to be mended
 * @planned: vmxfs_vcpu.reflected is the instruction itself
 * @rip: guest RIP before
 * @length: of the instruction, for VMXFS_STEP_VMCALL
 * @patch: where the VMCALL is
 * @tf: the guest's RFLAGS.TF before, in place
 * @blocking: interruptibility state before
 * @pending: pending debug exceptions before
 * @debugctl: guest IA32_DEBUGCTL before
 * @fmask: the guest's IA32_FMASK
 * @r11: the guest's R11
 * @timer: VMX-preemption timer value before
 * @pf_mask: page-fault error-code mask before
 * @pf_match: page-fault error-code match before
 */
struct vmxfs_step {
	bool on;
	enum vmxfs_step_how how;
	bool pushes_flags;
	bool loads_flags;
	bool syscall;
	bool sysret;
	bool sti;
	bool hlt;
	bool mend;
	bool planned;
	u64 rip;
	u8 length;
	struct vmxfs_patch patch[VMXFS_PATCHES];
	u64 tf;
	u64 blocking;
	u64 pending;
	u64 debugctl;
	u64 fmask;
	u64 r11;
	u32 timer;
	u32 pf_mask;
	u32 pf_match;
};

/* Acknowledgements that are kept until they are read; a power of 2 */
#define VMXFS_ACKS 64

/* Regions for the insn file, which are no vCPU's VMCS */
enum vmxfs_insn_region { VMXFS_SCRATCH, VMXFS_SHADOW, VMXFS_BAD_REVISION, VMXFS_REGIONS };

/* The most host-state fields that an unsafe vCPU can set for a VM entry */
#define VMXFS_FORCED_MAX 8

#define VMXFS_ERROR_SIZE 128

/* A line of wait, and a command of ctl; in bytes */
#define VMXFS_LINE_MAX 512

/**
 * struct vmxfs_host - what the processor has of the host's while the guest is on it
 * @debugctl: IA32_DEBUGCTL
 * @pebs: IA32_PEBS_ENABLE
 * @tsc_aux: IA32_TSC_AUX, if it is switched
 * @umwait: IA32_UMWAIT_CONTROL, if it is switched
 * @xss: IA32_XSS, if it is switched
 * @dr: debug registers, if they are switched, by number
 * @selectors: one of the following is not null
 * @ldt: selectors
 * @ds: likewise
 * @es: likewise
 * @fs: likewise
 * @gs: likewise
 */
struct vmxfs_host {
	u64 debugctl;
	u64 pebs;
	u64 tsc_aux;
	u64 umwait;
	u64 xss;
	unsigned long dr[8];
	u32 selectors;
	u32 ldt;
	u32 ds;
	u32 es;
	u32 fs;
	u32 gs;
};

/**
 * struct vmxfs_vcpu - a virtual processor
 * @ref: held by the table, by inodes and by open files
 * @index: its number, and the name of its directory
 * @dir: its directory
 * @lock: protects everything below but what says otherwise
 * @claims: how many want @lock; a running guest leaves for them (atomic)
 * @wq: woken when @state, @got_exit, @ack or @exc change
 * @run_wq: woken when @state or @claims let the guest run again
 * @task: the kernel thread that runs the guest for ctl
 * @runner: who runs it now: @task, or whoever has @lock (is changed with @lock, which
 *	whoever kicks it need not have)
 * @stop: the program's run is to end (without @lock)
 * @quit_work: ends the vCPU when another becomes moribund
 * @state: see vmxfs_state; VMXFS_ENDING is final
 * @death: why @state is VMXFS_DEAD
 * @error: text of the last write that failed
 * @vmcs: the VMCS region
 * @gprs: the guest's general registers but RSP: @own_gprs, or in @page
 * @own_gprs: as long as no program drives it
 * @cr2: the guest's
 * @dr: the guest's DR0 to DR3 and DR6; DR7 is in the VMCS
 * @xcr0: the guest's
 * @fpu: the guest's x87, SSE and AVX state, as XSAVE lays it out
 * @host_fpu: the host's, of what the guest's state replaces, while the guest runs
 * @fpu_mask: state components that are exchanged; is right while @decided_for is
 * @skips: what of the switch is left out: VMXFS_SKIP_*
 * @decided_for: whose runs @skips is right for, or NULL if it has to be decided again
 * @tsc_stopped: the guest's TSC when it last left the processor
 * @tsc_offset: what it was ahead there
 * @tsc_fixed: the TSC offset is what was written to the vmcs file
 * @own_vpid: its virtual-processor identifier
 * @vpid: what the VMCS has
 * @unsafe: nothing is kept from whoever drives the vCPU
 * @virtual_nmis: the control is 1
 * @proc_controls: primary processor-based controls as they were written
 * @proc_controls_now: what the VMCS has
 * @proc_controls_idle: what it is to have while there is no event
 * @timer: what the VMX-preemption timer is set to, unless it is written
 * @map: the memory maps
 * @area: the structures that the VMCS points to
 * @msr_users: entries of an MSR area that its file shows
 * @msrs_hidden: the MSR areas are not in use, and all accesses to MSRs exit
 * @msrs_used: the guest has tried such an access
 * @region: pages for the insn file
 * @answer: what the insn file shows
 * @flush: cached translations of this vCPU may be stale
 * @host: what the processor has of the host's while the guest is on it
 * @host_gdt: GDTR of the processor that @vmcs is active on
 * @host_idt: IDTR
 * @forced: host-state fields that were written, in an unsafe vCPU
 * @nforced: how many
 * @host_cr3: what the VMCS has
 * @host_cr4: what the VMCS has
 * @host_fs_base: what the VMCS has
 * @host_rsp: what the VMCS has
 * @exception_bitmap: exceptions that are reported
 * @report: exits that are reported though they concern the host: a bit for
 *	each row of vmxfs_host_exits
 * @reflected: exception of the guest's own that made it exit, but is not reported
 * @split_lock: Linux is to be told of a split lock of the guest's
 * @split_lock_rip: where
 * @exc: exception or interrupt to deliver at the next VM entry
 * @irq: interrupt to deliver when the guest takes it
 * @insn_error: VM-instruction error of the last VM entry that failed with one
 * @injected: which of them this VM entry delivers, or NULL
 * @step: how the guest is being stepped (step.c)
 * @ack: vectors of interrupts that were delivered, not yet read
 * @exit: the last VM exit
 * @got_exit: @exit has not been read
 * @commit_gprs: its run takes RSP, RIP and RFLAGS from @page first
 * @page: what it shares with a program, or NULL before VMXFS_IOC_ATTACH
 * @cpuid: what CPUID answers to a guest that a program drives
 * @ncpuid: how many leaves of it
 * @cr8: that guest's
 * @tpr_exiting: a change of it is reported
 * @int_window: an interrupt window is to be reported, once
 * @nmi_window: an NMI window is
 * @exit_rip: guest RIP when its last run ended
 * @exit_blocking: interruptibility state then
 * @given: what is being taken from @page
 */
struct vmxfs_vcpu {
	struct kref ref;
	int index;
	struct dentry *dir;

	struct mutex lock;
	atomic_t claims;
	wait_queue_head_t wq;
	wait_queue_head_t run_wq;
	struct task_struct *task;
	struct task_struct *runner;
	bool stop;
	struct work_struct quit_work;

	enum vmxfs_state state;
	char death[VMXFS_ERROR_SIZE];
	char error[VMXFS_ERROR_SIZE];

	struct vmxfs_vmcs vmcs;
	struct vmxfs_gprs *gprs;
	struct vmxfs_gprs own_gprs;
	u64 cr2;
	u64 dr[7];
	u64 xcr0;
	void *fpu;
	void *host_fpu;
	u32 fpu_mask;
	u32 skips;
	const struct vmxfs_runner *decided_for;
	u64 tsc_stopped;
	u64 tsc_offset;
	bool tsc_fixed;
	u16 own_vpid;
	u16 vpid;
	bool unsafe;
	bool virtual_nmis;
	u32 proc_controls;
	u32 proc_controls_now;
	u32 proc_controls_idle;
	u32 timer;

	struct vmxfs_map map[VMXFS_MAPS];
	void *area[VMXFS_AREAS];
	u32 msr_users[VMXFS_MSR_AREAS];
	bool msrs_hidden;
	bool msrs_used;
	struct page *region[VMXFS_REGIONS];
	char answer[VMXFS_LINE_MAX];
	bool flush;

	struct {
		u32 field;
		u64 value;
	} forced[VMXFS_FORCED_MAX];
	unsigned int nforced;
	struct vmxfs_host host;
	struct desc_ptr host_gdt;
	struct desc_ptr host_idt;
	u64 host_cr3;
	u64 host_cr4;
	u64 host_fs_base;
	u64 host_rsp;

	u32 exception_bitmap;
	u32 report;
	struct vmxfs_event reflected;
	bool split_lock;
	u64 split_lock_rip;
	struct vmxfs_event exc;
	struct vmxfs_event irq;
	u32 insn_error;
	struct vmxfs_event *injected;
	struct vmxfs_step step;
	DECLARE_KFIFO(ack, u8, VMXFS_ACKS);
	struct vmxfs_exit exit;
	bool got_exit;

	bool commit_gprs;
	struct vmxfs_page *page;
	struct vmx_cpuid *cpuid;
	u32 ncpuid;
	u8 cr8;
	bool tpr_exiting;
	bool int_window;
	bool nmi_window;
	u64 exit_rip;
	u32 exit_blocking;
	struct vmx_x64_state given;
};

extern struct workqueue_struct *vmxfs_workqueue;
int vmxfs_vcpu_init(void);
void vmxfs_vcpu_exit(void);
struct vmxfs_vcpu *vmxfs_vcpu_create(void);
struct vmxfs_vcpu *vmxfs_vcpu_alone(const u8 *code, size_t size);
void vmxfs_vcpu_alone_free(struct vmxfs_vcpu *vcpu);
int vmxfs_vcpu_quit(struct vmxfs_vcpu *vcpu);
int vmxfs_vcpu_moribund(struct vmxfs_vcpu *vcpu);
void vmxfs_vcpu_quit_all(bool for_good);
struct vmxfs_vcpu *vmxfs_vcpu_get(struct vmxfs_vcpu *vcpu);
void vmxfs_vcpu_put(struct vmxfs_vcpu *vcpu);
int vmxfs_vcpu_lock_slow(struct vmxfs_vcpu *vcpu);
int vmxfs_vcpu_lock_any(struct vmxfs_vcpu *vcpu);
int vmxfs_vcpu_lock_text(struct vmxfs_vcpu *vcpu);
void vmxfs_vcpu_stop(struct vmxfs_vcpu *vcpu);

/**
 * vmxfs_runner_begin() - the caller runs the guest, and not the kernel thread
 * @vcpu: locked, until vmxfs_runner_end(), but for when somebody claims it
 */
static inline void vmxfs_runner_begin(struct vmxfs_vcpu *vcpu)
{
	vcpu->state = VMXFS_RUNNING;
	vcpu->step.on = false;
	WRITE_ONCE(vcpu->runner, current);
	/* Whoever claims or stops the vCPU sees who, or vmxfs_run() sees them. */
	smp_mb();
}

static inline void vmxfs_vcpu_unlock(struct vmxfs_vcpu *vcpu)
{
	mutex_unlock(&vcpu->lock);
}

/* For who runs the guest, and has let others have the vCPU. */
static inline void vmxfs_vcpu_relock(struct vmxfs_vcpu *vcpu)
{
	mutex_lock(&vcpu->lock);
	vcpu->decided_for = NULL;
}

/**
 * vmxfs_vcpu_lock_run() - vmxfs_vcpu_lock(), for a program's run
 * @vcpu: the vCPU
 *
 * Return: as vmxfs_vcpu_lock(). What can be left out of the switch needs not be decided
 * again if nobody else has had the vCPU since the last run.
 */
static inline int vmxfs_vcpu_lock_run(struct vmxfs_vcpu *vcpu)
{
	if (likely(mutex_trylock(&vcpu->lock))) {
		if (likely(vcpu->state == VMXFS_READY && !READ_ONCE(vmxfs_lost)))
			return 0;
		mutex_unlock(&vcpu->lock);
	}
	return vmxfs_vcpu_lock_slow(vcpu);
}

/**
 * vmxfs_vcpu_lock() - take the vCPU from its guest
 * @vcpu: the vCPU
 *
 * Return: 0; -EINTR if a fatal signal came first; -EBUSY if the vCPU is being
 * made, -ENODEV if it is ending, -EIO if VMX is lost. With 0 only,
 * vmxfs_vcpu_unlock() must follow.
 */
static inline int vmxfs_vcpu_lock(struct vmxfs_vcpu *vcpu)
{
	int err = vmxfs_vcpu_lock_run(vcpu);

	if (!err)
		vcpu->decided_for = NULL;
	return err;
}

static inline void vmxfs_runner_end(struct vmxfs_vcpu *vcpu)
{
	WRITE_ONCE(vcpu->runner, vcpu->task);
}

void vmxfs_vcpu_die(struct vmxfs_vcpu *vcpu, const char *fmt, ...) __printf(2, 3);
/* Whoever waits for an exit or an acknowledgement, or to deliver an exception */
static inline void vmxfs_wake(struct vmxfs_vcpu *vcpu)
{
	if (wq_has_sleeper(&vcpu->wq))
		wake_up_all(&vcpu->wq);
}

/* Errors: their errnos and, as constants whose format is checked, their texts */
enum vmxfs_errno {
#define VMXFS_ERROR(ident, error, text) VMXFS_ERRNO_##ident = (error),
#include "vmxfs_errors.h"
};

#define VMXFS_ERROR(ident, error, text) \
	static const char vmxfs_text_##ident[] __maybe_unused = text;
#include "vmxfs_errors.h"

int vmxfs_fail_with(struct vmxfs_vcpu *vcpu, int err, const char *fmt, ...) __printf(3, 4);

/* An error of vmxfs_errors.h, and what its text is about; the result is its -errno. */
#define vmxfs_fail(vcpu, ident, ...) \
	vmxfs_fail_with(vcpu, -VMXFS_ERRNO_##ident, vmxfs_text_##ident, ##__VA_ARGS__)

const char *vmxfs_state_name(enum vmxfs_state state);

/* ---- vmcs.c: what a VMCS holds ---- */

int vmxfs_vmcs_init(struct vmxfs_vcpu *vcpu);
void vmxfs_vmcs_destroy(struct vmxfs_vcpu *vcpu);
void vmxfs_load_slow(struct vmxfs_vcpu *vcpu);
void vmxfs_update_lma(void);

/**
 * vmxfs_load() - make the VMCS of a vCPU this processor's current one
 * @vcpu: its lock is held
 *
 * Disables preemption, until vmxfs_unload(); pairs of them nest. The outermost may
 * sleep before: a kernel thread can be on a processor that comes, when
 * vmxfs_cpu_online() has not been there yet.
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

/* ---- exit.c: VM exits; run_files.c, run_program.c: runs; run.h has what is in both ---- */

u32 vmxfs_host_exit(const struct vmxfs_exit *exit);
bool vmxfs_is_machine_check(const struct vmxfs_exit *exit);
void vmxfs_rearm_timer(struct vmxfs_vcpu *vcpu, const struct vmxfs_exit *exit);
void vmxfs_exit_read(struct vmxfs_vcpu *vcpu, struct vmxfs_exit *exit);
int vmxfs_report_parse(struct vmxfs_vcpu *vcpu, char *list);
void vmxfs_entry_failed(struct vmxfs_vcpu *vcpu, int fail);
void vmxfs_run(struct vmxfs_vcpu *vcpu);
int vmxfs_enter_by(struct vmxfs_vcpu *vcpu, bool resume);
int vmxfs_program_run(struct vmxfs_vcpu *vcpu);

/* ---- line.c: the lines of wait ---- */

size_t vmxfs_exit_format(const struct vmxfs_exit *exit, char *buf);

/* ---- fpu.c: x87, SSE and AVX state ---- */

/* What FXSAVE writes, in bytes */
#define VMXFS_FPREGS_SIZE 512

extern u32 vmxfs_mxcsr_mask;
void vmxfs_fpu_setup(void);
void vmxfs_fpu_init(struct vmxfs_vcpu *vcpu);
void vmxfs_fpregs_read(struct vmxfs_vcpu *vcpu, void *buf);
int vmxfs_fpregs_write(struct vmxfs_vcpu *vcpu, const void *buf, size_t offset, size_t count);

/* ---- event.c: injection ---- */

int vmxfs_event_parse(struct vmxfs_vcpu *vcpu, char *text, struct vmxfs_event *event);
void vmxfs_set_exception_bitmap(struct vmxfs_vcpu *vcpu, u32 bitmap);
bool vmxfs_event_reflect(struct vmxfs_vcpu *vcpu, const struct vmxfs_exit *exit);
bool vmxfs_takes_interrupts(void);

/* Whether there is one that the next VM entry delivers whatever the guest is doing. */
static inline bool vmxfs_event_pending(const struct vmxfs_vcpu *vcpu)
{
	return vcpu->reflected.pending || vcpu->exc.pending;
}

/* Nothing to inject or to wait for, and the controls as they are then */
static inline bool vmxfs_event_none(const struct vmxfs_vcpu *vcpu)
{
	return !(vcpu->reflected.pending | vcpu->exc.pending | vcpu->irq.pending |
		 vcpu->int_window | vcpu->nmi_window | vcpu->step.on) &&
	       vcpu->proc_controls_now == vcpu->proc_controls_idle;
}

void vmxfs_event_controls(struct vmxfs_vcpu *vcpu);
struct vmxfs_event *vmxfs_event_next(struct vmxfs_vcpu *vcpu);
void vmxfs_event_inject(struct vmxfs_vcpu *vcpu, u32 more);
void vmxfs_event_done(struct vmxfs_vcpu *vcpu, bool delivered);
const char *vmxfs_exception_name(u8 vector);

/* ---- state.c: the state of a vCPU that a program drives ---- */

void vmxfs_state_get(struct vmxfs_vcpu *vcpu, u32 wanted);
int vmxfs_state_set(struct vmxfs_vcpu *vcpu, u32 given);
int vmxfs_state_commit(struct vmxfs_vcpu *vcpu);
void vmxfs_insn_done(struct vmxfs_vcpu *vcpu);
int vmxfs_msr_check(enum vmx_x64_msr_index msr, u64 value);
u64 vmxfs_msr_get(struct vmxfs_vcpu *vcpu, enum vmx_x64_msr_index msr);
void vmxfs_msr_set(struct vmxfs_vcpu *vcpu, enum vmx_x64_msr_index msr, u64 value);
u64 vmxfs_tsc(struct vmxfs_vcpu *vcpu);
void vmxfs_tsc_set(struct vmxfs_vcpu *vcpu, u64 value);

/* ---- cr.c: control registers as the guest sees them ---- */

u64 vmxfs_cr0(struct vmxfs_vcpu *vcpu);
u64 vmxfs_cr4(struct vmxfs_vcpu *vcpu);
void vmxfs_cr0_set(struct vmxfs_vcpu *vcpu, u64 value);
void vmxfs_cr4_set(struct vmxfs_vcpu *vcpu, u64 value);
u64 vmxfs_cr4_allowed(void);
u64 vmxfs_cr0_stored(u64 value);
bool vmxfs_64_bit_mode(void);
bool vmxfs_pae_paging(void);

/* SDM, "PDPTE Registers" */
#define VMXFS_PDPTES 4

/**
 * struct vmxfs_paging - the registers that decide on paging, as the guest sees them
 * @cr0: CR0
 * @cr3: CR3
 * @cr4: CR4
 * @efer: IA32_EFER; its LMA follows from the others
 */
struct vmxfs_paging {
	u64 cr0;
	u64 cr3;
	u64 cr4;
	u64 efer;
};

void vmxfs_paging_get(struct vmxfs_vcpu *vcpu, struct vmxfs_paging *paging);
int vmxfs_paging_set(struct vmxfs_vcpu *vcpu, const struct vmxfs_paging *new);
u64 vmxfs_pdpt(void);
int vmxfs_cr_access(struct vmxfs_vcpu *vcpu, u64 qualification);

/* ---- cpuid.c: CPUID as such a guest has it ---- */

void vmxfs_cpuid_setup(void);
bool vmxfs_complete_cpuid(struct vmxfs_vcpu *vcpu);

/* ---- complete.c: VM exits of a vCPU that a program drives ---- */

void vmxfs_skip(struct vmxfs_vcpu *vcpu);
bool vmxfs_complete(struct vmxfs_vcpu *vcpu, struct vmxfs_exit *exit, bool silent);
void vmxfs_complete_stop(struct vmxfs_vcpu *vcpu);
int vmxfs_take_event(struct vmxfs_vcpu *vcpu);

/* ---- ioctl.c: the binary way in ---- */

long vmxfs_ioctl(struct vmxfs_vcpu *vcpu, unsigned int command, unsigned long arg);
int vmxfs_page_mmap(struct vmxfs_vcpu *vcpu, struct vm_area_struct *vma);

/* ---- step.c: one instruction ---- */

int vmxfs_step_probe(void);
bool vmxfs_step_by_mtf(void);
int vmxfs_step_prepare(struct vmxfs_vcpu *vcpu);
void vmxfs_step_plan(struct vmxfs_vcpu *vcpu);
void vmxfs_step_arm(struct vmxfs_vcpu *vcpu);
u32 vmxfs_step_controls(struct vmxfs_vcpu *vcpu);
bool vmxfs_step_disarm(struct vmxfs_vcpu *vcpu, struct vmxfs_exit *exit, bool silent);
void vmxfs_step_mend(struct vmxfs_vcpu *vcpu, bool not_tried);

/* ---- mem.c: the guest's memory by linear address ---- */

size_t vmxfs_guest_access(struct vmxfs_vcpu *vcpu, u64 linear, void *buf, size_t count,
			  bool write);
int vmxfs_patches_alloc(struct vmxfs_patch *patches);
void vmxfs_patches_free(struct vmxfs_patch *patches);
void vmxfs_guest_patch(struct vmxfs_vcpu *vcpu, u64 linear, const u8 *bytes, size_t count,
		       struct vmxfs_patch *patches);
void vmxfs_guest_unpatch(struct vmxfs_vcpu *vcpu, struct vmxfs_patch *patches);

/* ---- operand.c: what lines are made of ---- */

/* Longer than any name of an operand, in bytes */
#define VMXFS_OPERAND_NAME 16

#define VMXFS_NO_FIELD U32_MAX

/**
 * struct vmxfs_operand - a number, or the address of something
 * @value: the number, or the address
 * @offset: what was added to the address
 * @field: the VMCS field that this is the structure for, or VMXFS_NO_FIELD
 * @region: of a region for the insn file
 * @vmx: of the VMCS or the VMXON region
 */
struct vmxfs_operand {
	u64 value;
	u64 offset;
	u32 field;
	bool region;
	bool vmx;
};

int vmxfs_words(char *text, char **word, int max);
int vmxfs_operand_parse(struct vmxfs_vcpu *vcpu, const char *text,
			struct vmxfs_operand *operand);

/* ---- area.c: the structures that the VMCS points to ---- */

extern const u32 vmxfs_msrs_in_areas[VMXFS_MSRS];
int vmxfs_areas_alloc(struct vmxfs_vcpu *vcpu);
void vmxfs_areas_free(struct vmxfs_vcpu *vcpu);
void vmxfs_areas_init(struct vmxfs_vcpu *vcpu);
void vmxfs_hide_msrs(struct vmxfs_vcpu *vcpu, bool hide);
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

void vmxfs_area_operand(struct vmxfs_vcpu *vcpu, enum vmxfs_area which,
			struct vmxfs_operand *operand);
struct vmxfs_segment *vmxfs_area_segment(struct vmxfs_vcpu *vcpu, const char *name);
int vmxfs_page_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int which);
int vmxfs_page_store(struct vmxfs_vcpu *vcpu, char **word, int n, int which);
int vmxfs_bitmap_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int which);
int vmxfs_bitmap_store(struct vmxfs_vcpu *vcpu, char **word, int n, int which);
int vmxfs_msr_bitmap_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int unused);
int vmxfs_msr_bitmap_store(struct vmxfs_vcpu *vcpu, char **word, int n, int unused);
int vmxfs_msrs_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int which);
int vmxfs_msrs_store(struct vmxfs_vcpu *vcpu, char **word, int n, int which);
void vmxfs_msrs_clear(struct vmxfs_vcpu *vcpu, int which);

/* ---- field.c: the vmcs file, and what of it is kept ---- */

const char *vmxfs_error_text(u32 error);
const char *vmxfs_why_kept(struct vmxfs_vcpu *vcpu, u32 field, u64 value);
int vmxfs_field_find(const char *name);
bool vmxfs_field_known(u32 field);
int vmxfs_field_read(struct vmxfs_vcpu *vcpu, u32 field, u64 *value);
int vmxfs_field_written(struct vmxfs_vcpu *vcpu, u32 field, u64 value);
void vmxfs_show_value(struct seq_file *m, const char *name, u64 value, int digits);
int vmxfs_vmcs_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int unused);
int vmxfs_vmcs_store(struct vmxfs_vcpu *vcpu, char **word, int n, int unused);

/* ---- insn.c: VMX instructions in root operation ---- */

int vmxfs_insn_init(void);
void vmxfs_insn_exit(void);
int vmxfs_insn_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int unused);
int vmxfs_insn_store(struct vmxfs_vcpu *vcpu, char **line, int one, int unused);

/* ---- regs.c, map.c, ept.c, ctl.c: the texts of the files ---- */

extern bool vmxfs_unsafe;
bool vmxfs_canonical(u64 address);
u64 vmxfs_xcr0_allowed(void);
int vmxfs_xcr0_check(u64 value);
int vmxfs_regs_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int unused);
int vmxfs_regs_store(struct vmxfs_vcpu *vcpu, char **word, int n, int unused);
int vmxfs_regs_set(struct vmxfs_vcpu *vcpu, char *list);
int vmxfs_map_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int which);
int vmxfs_map_store(struct vmxfs_vcpu *vcpu, char **word, int n, int which);
void vmxfs_map_free(struct vmxfs_map *map, struct list_head *gone);
void vmxfs_map_clear(struct vmxfs_vcpu *vcpu, int which);
int vmxfs_change_user(struct vmxfs_change *change, const struct vmxfs_mapping *mapping);
int vmxfs_change_from(struct vmxfs_change *change, struct vmxfs_vcpu *from);
int vmxfs_change_apply(struct vmxfs_vcpu *vcpu, struct vmxfs_change *change);
void vmxfs_regions_put(struct list_head *regions);
struct vmxfs_map *vmxfs_map_of(struct vmxfs_vcpu *vcpu, u64 eptp);
u64 *vmxfs_map_root(struct vmxfs_vcpu *vcpu, u64 eptp);
struct page *vmxfs_map_page(const struct vmxfs_map *map, u64 address);
bool vmxfs_map_may_write(const struct vmxfs_map *map, u64 address);
void vmxfs_map_written(struct vmxfs_map *map, u64 address);
int vmxfs_map_page_at_0(struct vmxfs_vcpu *vcpu, struct page *page);
int vmxfs_ept_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int unused);
int vmxfs_ept_store(struct vmxfs_vcpu *vcpu, char **word, int n, int unused);
int vmxfs_ctl_store(struct vmxfs_vcpu *vcpu, char **line, int one, int unused);

/* ---- fs.c: the file system ---- */

extern struct dentry *vmxfs_segment_dir;
int vmxfs_fs_init(void);
void vmxfs_fs_exit(void);
int vmxfs_vcpu_publish(struct vmxfs_vcpu *vcpu);
void vmxfs_vcpu_unpublish(struct vmxfs_vcpu *vcpu);
struct inode *vmxfs_new_inode(struct super_block *sb, umode_t mode);
struct vmxfs_vcpu *vmxfs_file_vcpu(struct file *file);

#endif
