/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a vCPU is: its structure, its lock, and the text of its errors.
 *
 * Locks, outermost first:
 *	vmxfs_life		rwsem: vCPUs come and go (life/life.c)
 *	inode->i_rwsem		of a directory or a segment (the VFS's)
 *	vmxfs_wait.lock		mutex: the line that is read through an open wait
 *				file
 *	vmxfs_vcpu.lock		mutex: all of a vCPU; held while its guest runs,
 *				so take it by vmxfs_vcpu_lock(), which asks the
 *				guest to leave
 *	vmxfs_given.lock	mutex: the processor that is given away (cpu/given.c);
 *				within it, the locks of CPU hotplug
 *	cpus_read_lock()	processors come and go (files/insn.c)
 *	mm->mmap_lock		a program's memory (memory/segment.c, and the kernel's own)
 *	vmxfs_segment.lock	mutex: the pages and the users of a segment
 *	vmxfs_table_lock	mutex: which vCPU has which number (life/life.c)
 *
 * A processor's list of loaded VMCSs (cpu/active.c) is touched by that processor
 * only, with interrupts disabled. An NMI that does not return may read it at
 * any time (cpu/emergency.c).
 */
#ifndef VMXFS_VCPU_H
#define VMXFS_VCPU_H

#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/kfifo.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <asm/desc_defs.h>
#include "cpu/cpu.h"
#include "cpu/gprs.h"
#include "vmx.h"
#include "vmxfs_abi.h"

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

/* The guest's own MSRs that the MSR areas switch, in their order there. */
enum { VMXFS_KERNEL_GS_BASE, VMXFS_STAR, VMXFS_LSTAR, VMXFS_CSTAR, VMXFS_FMASK, VMXFS_MSRS };

/* The structures that the VMCS points to */
enum vmxfs_area {
#define VMXFS_AREA(ident, name, format, field, order, fill, unit, mapped) VMXFS_##ident,
#include "vmxfs_areas.h"
	VMXFS_AREAS
};

/* How many blocks of memory they lie in */
#define VMXFS_AREA_BLOCKS 2

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
 * struct vmxfs_host - the host's state that a run replaces
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
 * @fpu: of x87, SSE and AVX state what the guest's replaces, while the guest runs
 * @gdt: GDTR of the processor that the VMCS is active on
 * @idt: IDTR
 * @cr3: what the VMCS has
 * @cr4: what the VMCS has
 * @fs_base: what the VMCS has
 * @rsp: what the VMCS has
 * @forced: host-state fields that were written, in an unsafe vCPU
 * @nforced: how many
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
	void *fpu;
	struct desc_ptr gdt;
	struct desc_ptr idt;
	u64 cr3;
	u64 cr4;
	u64 fs_base;
	u64 rsp;
	struct {
		u32 field;
		u64 value;
	} forced[VMXFS_FORCED_MAX];
	unsigned int nforced;
};

/**
 * struct vmxfs_program - a program that drives a vCPU
 * @page: what it shares with the vCPU, or NULL before VMXFS_IOC_ATTACH
 * @commit_gprs: its run takes RSP, RIP and RFLAGS from @page first
 * @cpuid: what CPUID answers to the guest
 * @ncpuid: how many leaves of it
 * @cr8: the guest's
 * @tpr_exiting: a change of it is reported
 * @int_window: an interrupt window is to be reported, once
 * @nmi_window: an NMI window is
 * @nmi_held: an NMI waits until the guest can take it, and @nmi_window is set
 * @spins: the guest waits in a loop for somebody else
 * @exit_rip: guest RIP when its last run ended
 * @exit_blocking: interruptibility state then
 * @given: what is being taken from @page
 */
struct vmxfs_program {
	struct vmxfs_page *page;
	bool commit_gprs;
	struct vmx_cpuid *cpuid;
	u32 ncpuid;
	u8 cr8;
	bool tpr_exiting;
	bool int_window;
	bool nmi_window;
	bool nmi_held;
	bool spins;
	u64 exit_rip;
	u32 exit_blocking;
	struct vmx_x64_state given;
};

/**
 * struct vmxfs_vcpu - a virtual processor
 *
 * Of life/. They stay as they are once the vCPU is ready:
 * @ref: held by the table, by inodes and by open files
 * @index: its number, and the name of its directory
 * @dir: its directory
 * @bound: @task runs where it may
 * @quit_work: ends the vCPU when another becomes moribund
 *
 * Without @lock:
 * @lock: protects everything below that has no other protection
 * @claims: how many want @lock; a running guest leaves for them (atomic)
 * @wq: woken when @state, @got_exit, @ack or @exc change
 * @run_wq: woken when @state or @claims let the guest run again
 * @runner: task that runs the guest: @task, which may be NULL, or one that has @lock. Is
 *	written with @lock, and read without it by whoever kicks the guest
 * @stop: the program's run is to end
 *
 * With @lock, as all that follow. Of vcpu/:
 * @state: see enum vmxfs_state; VMXFS_ENDING is final
 * @death: why @state is VMXFS_DEAD
 * @error: text of the last write that failed
 * @unsafe: nothing is kept from whoever drives the vCPU
 *
 * Of life/:
 * @task: the kernel thread that runs the guest for the files; NULL until it has to. When
 *	the vCPU is ending, it stays what it is
 * @cpus: where the guest may run, and @task at first: where whoever made the vCPU may
 *
 * Of memory/:
 * @map: the memory maps
 * @flush: cached translations of this vCPU may be stale
 *
 * Of vmcs/, the guest's state beside the VMCS:
 * @vmcs: the VMCS region
 * @gprs: the guest's general registers but RSP: @own_gprs, or in the page of @program
 * @own_gprs: as long as no program drives it
 * @cr2: the guest's
 * @dr: the guest's DR0 to DR3 and DR6; DR7 is in the VMCS
 * @xcr0: the guest's
 * @fpu: the guest's x87, SSE and AVX state, as XSAVE lays it out
 * @tsc_stopped: the guest's TSC when it last left the processor
 * @tsc_offset: guest TSC minus host TSC in the last run
 * @tsc_fixed: the TSC offset is what was written to the vmcs file
 * @area: the structures that the VMCS points to
 * @area_block: where they lie
 * @msr_users: entries of an MSR area that its file shows
 * @msrs_hidden: the MSR areas are not in use, and all accesses to MSRs exit
 * @msrs_used: the guest has tried such an access
 *
 * Of vmcs/, controls:
 * @own_vpid: the vCPU's virtual-processor identifier
 * @vpid: what the VMCS has
 * @virtual_nmis: the control is 1
 * @proc_controls: primary processor-based controls as they were written
 * @proc_controls_now: what the VMCS has
 * @proc_controls_idle: what it is to have while there is no event
 * @exception_bitmap: exceptions that are reported
 * @timer: what the VMX-preemption timer is set to, unless it is written
 *
 * Of run/, the switch:
 * @decided_for: whose runs @skips is right for, or NULL if it has to be decided again
 * @skips: what of the switch is left out: VMXFS_SKIP_*
 * @fpu_mask: state components that are exchanged; is right while @decided_for is
 * @host: the host's state that a run replaces
 *
 * Of run/, events and VM exits:
 * @reflected: exception of the guest's own that made it exit, but is not reported
 * @exc: exception or interrupt to deliver at the next VM entry
 * @irq: interrupt to deliver when the guest takes it
 * @injected: which of them this VM entry delivers, or NULL
 * @ack: vectors of interrupts that were delivered, not yet read
 * @step: how the guest is being stepped
 * @report: exits that are reported though they concern the host: a bit for each row of
 *	vmxfs_host_exits
 * @exit: the last VM exit
 * @got_exit: @exit has not been read
 * @host_interrupts: how many interrupts of the host's its guest has met
 * @host_nmis: how many NMIs of the host's
 * @insn_error: VM-instruction error of the last VM entry that failed with one
 * @split_lock: Linux is to be told of a split lock of the guest's
 * @split_lock_rip: where
 *
 * Of program/:
 * @program: the program that drives it
 *
 * Of files/, for insn:
 * @region: pages that are no VMCS of a vCPU
 * @answer: what the file shows
 */
struct vmxfs_vcpu {
	struct kref ref;
	int index;
	struct dentry *dir;
	struct completion bound;
	struct work_struct quit_work;

	struct mutex lock;
	atomic_t claims;
	wait_queue_head_t wq;
	wait_queue_head_t run_wq;
	struct task_struct *runner;
	bool stop;

	enum vmxfs_state state;
	char death[VMXFS_ERROR_SIZE];
	char error[VMXFS_ERROR_SIZE];
	bool unsafe;

	struct task_struct *task;
	cpumask_var_t cpus;

	struct vmxfs_map map[VMXFS_MAPS];
	bool flush;

	struct vmxfs_vmcs vmcs;
	struct vmxfs_gprs *gprs;
	struct vmxfs_gprs own_gprs;
	u64 cr2;
	u64 dr[7];
	u64 xcr0;
	void *fpu;
	u64 tsc_stopped;
	u64 tsc_offset;
	bool tsc_fixed;
	void *area[VMXFS_AREAS];
	struct page *area_block[VMXFS_AREA_BLOCKS];
	u32 msr_users[VMXFS_MSR_AREAS];
	bool msrs_hidden;
	bool msrs_used;

	u16 own_vpid;
	u16 vpid;
	bool virtual_nmis;
	u32 proc_controls;
	u32 proc_controls_now;
	u32 proc_controls_idle;
	u32 exception_bitmap;
	u32 timer;

	const struct vmxfs_runner *decided_for;
	u32 skips;
	u32 fpu_mask;
	struct vmxfs_host host;

	struct vmxfs_event reflected;
	struct vmxfs_event exc;
	struct vmxfs_event irq;
	struct vmxfs_event *injected;
	DECLARE_KFIFO(ack, u8, VMXFS_ACKS);
	struct vmxfs_step step;
	u32 report;
	struct vmxfs_exit exit;
	bool got_exit;
	u64 host_interrupts;
	u64 host_nmis;
	u32 insn_error;
	bool split_lock;
	u64 split_lock_rip;

	struct vmxfs_program program;

	struct page *region[VMXFS_REGIONS];
	char answer[VMXFS_LINE_MAX];
};

int vmxfs_vcpu_lock_slow(struct vmxfs_vcpu *vcpu);
int vmxfs_vcpu_lock_any(struct vmxfs_vcpu *vcpu);
void vmxfs_vcpu_claim(struct vmxfs_vcpu *vcpu);
void vmxfs_vcpu_unclaim(struct vmxfs_vcpu *vcpu);
void vmxfs_vcpu_stop(struct vmxfs_vcpu *vcpu);
void vmxfs_vcpu_die_if_lost(struct vmxfs_vcpu *vcpu);

/**
 * vmxfs_host_is_ours() - whether the module sets all host state of a vCPU's VMCS
 * @vcpu: locked
 *
 * If not, a VM exit may leave a user's task with a segment register or a base that is not
 * its own: only a kernel thread runs the guest.
 */
static inline bool vmxfs_host_is_ours(const struct vmxfs_vcpu *vcpu)
{
	return !vcpu->unsafe;
}

/**
 * vmxfs_runner_begin() - the current task runs the guest, instead of the kernel thread
 * @vcpu: locked until vmxfs_runner_end(), except while others have it that claim it
 */
static inline void vmxfs_runner_begin(struct vmxfs_vcpu *vcpu)
{
	vcpu->state = VMXFS_RUNNING;
	vcpu->step.on = false;
	WRITE_ONCE(vcpu->runner, current);
	/* Whoever claims or stops the vCPU sees the runner, or the run sees the claim or stop. */
	smp_mb();
}

static inline void vmxfs_vcpu_unlock(struct vmxfs_vcpu *vcpu)
{
	mutex_unlock(&vcpu->lock);
}

/* Takes the lock again, for the runner that gave it up to those who claim the vCPU. */
static inline void vmxfs_vcpu_relock(struct vmxfs_vcpu *vcpu)
{
	mutex_lock(&vcpu->lock);
	vcpu->decided_for = NULL;
}

/**
 * vmxfs_vcpu_lock_run() - vmxfs_vcpu_lock(), for a program's run
 * @vcpu: the vCPU
 *
 * If nobody else has had the vCPU since the last run, what the switch leaves out need not be
 * decided again.
 *
 * Return: as vmxfs_vcpu_lock().
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

#endif
