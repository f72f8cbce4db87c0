// SPDX-License-Identifier: GPL-2.0
/*
 * The insn file: VMX instructions in root operation, with any operands, and what
 * came of each.
 */
#include <linux/cpu.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <asm/asm.h>
#include <asm/msr.h>
#include <asm/trapnr.h>
#include "cpu/instructions.h"
#include "files/files.h"

#define VMXFS_INSNS_MAX	16

/* No page follows the one that is allocated. */
static void *vmxfs_guard;

enum vmxfs_opcode {
	OP_VMREAD, OP_VMWRITE, OP_VMCLEAR, OP_VMPTRLD, OP_VMXON, OP_VMPTRST, OP_VMXOFF,
	OP_VMCALL, OP_INVEPT, OP_INVVPID, OP_VMLAUNCH, OP_VMRESUME,
};

/* Which words may follow */
enum vmxfs_insn_format {
	TAKES_NOTHING,	/* - */
	TAKES_BLOCKED,	/* - or "blocked" */
	TAKES_POINTER,	/* address, or where the operand is not */
	TAKES_STORE,		/* - or where the operand is not */
	TAKES_READ,		/* field, maybe where the operand is not */
	TAKES_WRITE,		/* field, value or where the operand is not */
	TAKES_INVALIDATE,	/* type, two words of the descriptor or where it is not */
};

static const struct {
	const char *name;
	enum vmxfs_opcode opcode;
	enum vmxfs_insn_format format;
} vmxfs_opcodes[] = {
#define VMXFS_INSN(name, ident, takes) { #name, OP_##ident, TAKES_##takes },
#include "vmxfs_insns.h"
};

/**
 * struct vmxfs_insn - an instruction
 * @opcode: which
 * @reg: its register operand, or both of VMWRITE
 * @memory: its memory operand, unless @where is another place
 * @where: the memory operand's address, or NULL for that of @memory
 * @pointer: the address in @memory, as it was written
 * @blocked: a VM entry right after MOV SS, which must fail
 * @flags: RFLAGS after it
 * @trap: vector of the exception, -1 if there was none
 * @error: VM-instruction error, if ZF is 1
 */
struct vmxfs_insn {
	enum vmxfs_opcode opcode;
	u64 reg[2];
	u64 memory[2];
	void *where;
	struct vmxfs_operand pointer;
	bool blocked;
	unsigned long flags;
	int trap;
	u64 error;
};

/**
 * struct vmxfs_sequence - a line of instructions
 * @insn: the instructions
 * @count: how many there are
 * @done: how many were executed
 * @outside: execute them outside VMX operation
 * @in_vmx: VMX operation is on
 * @region: VMXON pointer
 * @current_vmcs: VMCS pointer; ~0 if there is none
 */
struct vmxfs_sequence {
	struct vmxfs_insn insn[VMXFS_INSNS_MAX];
	int count;
	int done;
	bool outside;
	bool in_vmx;
	u64 region;
	u64 current_vmcs;
};

/* ---- execution ---- */

/* With a fault, the trap number comes in EAX. */
#define EXECUTE_AFTER(before, insn, text, ...) \
	asm volatile(before "1:\t" text "\n\t" \
		     "pushf\n\t" \
		     "pop %[flags]\n" \
		     "2:\n" \
		     _ASM_EXTABLE_TYPE(1b, 2b, EX_TYPE_FAULT) \
		     : "+a" ((insn)->trap), [flags] "+r" ((insn)->flags) \
		     : __VA_ARGS__ \
		     : "cc", "memory")
#define EXECUTE(insn, text, ...) EXECUTE_AFTER("", insn, text, __VA_ARGS__)
#define EXECUTE_BLOCKED(insn, text) \
	EXECUTE_AFTER("mov %[ss], %%ss\n", insn, text, [ss] "r" (__KERNEL_DS))

static void insn_execute(struct vmxfs_insn *insn)
{
	u64 *operand = insn->where ?: insn->memory;

	insn->trap = -1;
	insn->flags = 0;
	switch (insn->opcode) {
	case OP_VMREAD:
		EXECUTE(insn, "vmread %[field], %[value]",
			[field] "r" (insn->reg[0]), [value] "m" (*operand));
		break;
	case OP_VMWRITE:
		if (insn->where)
			EXECUTE(insn, "vmwrite %[value], %[field]",
				[field] "r" (insn->reg[0]), [value] "m" (*operand));
		else
			EXECUTE(insn, "vmwrite %[value], %[field]",
				[field] "r" (insn->reg[0]), [value] "r" (insn->reg[1]));
		break;
	case OP_VMCLEAR:
		EXECUTE(insn, "vmclear %[operand]", [operand] "m" (*operand));
		break;
	case OP_VMPTRLD:
		EXECUTE(insn, "vmptrld %[operand]", [operand] "m" (*operand));
		break;
	case OP_VMXON:
		EXECUTE(insn, "vmxon %[operand]", [operand] "m" (*operand));
		break;
	case OP_VMPTRST:
		EXECUTE(insn, "vmptrst %[operand]", [operand] "m" (*operand));
		break;
	case OP_VMXOFF:
		EXECUTE(insn, "vmxoff", "i" (0));
		break;
	case OP_VMCALL:
		EXECUTE(insn, "vmcall", "i" (0));
		break;
	case OP_INVEPT:
		EXECUTE(insn, "invept %[operand], %[type]",
			[operand] "m" (*operand), [type] "r" (insn->reg[0]));
		break;
	case OP_INVVPID:
		EXECUTE(insn, "invvpid %[operand], %[type]",
			[operand] "m" (*operand), [type] "r" (insn->reg[0]));
		break;
	case OP_VMLAUNCH:
		if (insn->blocked)
			EXECUTE_BLOCKED(insn, "vmlaunch");
		else
			EXECUTE(insn, "vmlaunch", "i" (0));
		break;
	case OP_VMRESUME:
		if (insn->blocked)
			EXECUTE_BLOCKED(insn, "vmresume");
		else
			EXECUTE(insn, "vmresume", "i" (0));
		break;
	}
}

static bool insn_succeeded(const struct vmxfs_insn *insn)
{
	return insn->trap < 0 && !(insn->flags & (X86_EFLAGS_CF | X86_EFLAGS_ZF));
}

/* Follow what the instruction did to the processor. */
static void insn_account(struct vmxfs_vcpu *vcpu, struct vmxfs_sequence *seq,
			 struct vmxfs_insn *insn)
{
	u64 own = page_to_phys(vcpu->vmcs.page);

	/* Under a hypervisor VMCALL can be an instruction outside VMX operation, too. */
	if (seq->in_vmx && insn->trap < 0 && insn->flags & X86_EFLAGS_ZF)
		vmread(VMCS_INSTRUCTION_ERROR, &insn->error);
	if (!insn_succeeded(insn))
		return;
	switch (insn->opcode) {
	case OP_VMCLEAR:
		if (insn->memory[0] == own)
			vcpu->vmcs.launched = false;
		if (insn->memory[0] == seq->current_vmcs)
			seq->current_vmcs = ~0ULL;
		break;
	case OP_VMPTRLD:
		seq->current_vmcs = insn->memory[0];
		break;
	case OP_VMXON:
		seq->in_vmx = true;
		seq->region = insn->memory[0];
		seq->current_vmcs = ~0ULL;
		break;
	case OP_VMWRITE:
		if (seq->current_vmcs == own)
			vmxfs_field_written(vcpu, insn->reg[0], insn->reg[1]);
		break;
	case OP_VMXOFF:
		seq->in_vmx = false;
		seq->current_vmcs = ~0ULL;
		break;
	default:
		break;
	}
}

/*
 * What is not aligned, or beyond the physical-address width (CPUID says it, Linux may
 * have reduced it), VMX must refuse. If it did not, it would still be in the region.
 */
static bool insn_refused_anyway(const struct vmxfs_operand *pointer)
{
	u8 width = cpuid_eax(0x80000008);

	return pointer->region && (pointer->offset & GENMASK_ULL(width - 1, 0)) < PAGE_SIZE;
}

static bool insn_own_region(const struct vmxfs_operand *pointer)
{
	return (pointer->region || pointer->vmx) && !pointer->offset;
}

static bool insn_smm_monitor(void)
{
	u64 value;

	return !rdmsrl_safe(VMX_MSR_SMM_MONITOR_CTL, &value) && value & 1;
}

/* The host is not made ready for a VM entry there: the launch state has to prevent it, too. */
static bool insn_blocked_only(const struct vmxfs_vcpu *vcpu, const struct vmxfs_sequence *seq,
			      const struct vmxfs_insn *insn)
{
	return insn->blocked && seq->current_vmcs == page_to_phys(vcpu->vmcs.page) &&
	       vcpu->vmcs.launched == (insn->opcode == OP_VMRESUME);
}

/* Why this instruction, here, breaks containment; or NULL. */
static const char *insn_why_not(struct vmxfs_vcpu *vcpu, const struct vmxfs_sequence *seq,
				const struct vmxfs_insn *insn)
{
	u64 own = page_to_phys(vcpu->vmcs.page);

	if (insn_blocked_only(vcpu, seq, insn))
		return "host state";
	if (vcpu->unsafe)
		return NULL;
	switch (insn->opcode) {
	case OP_VMWRITE:
		if (seq->current_vmcs != own || insn->where)
			return NULL;
		return insn->reg[0] > U32_MAX || vmxfs_field_row(insn->reg[0]) >= 0 ?
		       vmxfs_why_kept(vcpu, insn->reg[0], insn->reg[1]) :
		       "a field without a name";
	case OP_VMCLEAR:
	case OP_VMPTRLD:
	case OP_VMXON:
		if (insn->where || insn_refused_anyway(&insn->pointer))
			return NULL;
		if (!insn_own_region(&insn->pointer))
			return "host-physical address";
		/* It would be VMXON region and VMCS at once. */
		if (insn->opcode == OP_VMXON && !seq->in_vmx && insn->memory[0] == own)
			return "the vCPU's VMCS";
		/* VMXON is to have it again: it is no VMCS where the processor would take it. */
		if (insn->opcode != OP_VMXON && seq->in_vmx && insn->memory[0] != seq->region &&
		    insn->memory[0] == vmxfs_cpu_region())
			return "the VMXON region";
		return NULL;
	case OP_VMLAUNCH:
	case OP_VMRESUME:
		return seq->in_vmx && seq->current_vmcs != own && seq->current_vmcs != ~0ULL ?
		       "host state" : NULL;
	case OP_VMCALL:
		return insn_smm_monitor() ? "system-management mode" : NULL;
	default:
		return NULL;
	}
}

static bool insn_enters(const struct vmxfs_insn *insn)
{
	return !insn->blocked && (insn->opcode == OP_VMLAUNCH || insn->opcode == OP_VMRESUME);
}

/* Whether the VM entry is one of the vCPU's guest. */
static bool insn_enters_guest(struct vmxfs_vcpu *vcpu, const struct vmxfs_sequence *seq,
			      const struct vmxfs_insn *insn)
{
	return insn_enters(insn) && seq->in_vmx &&
	       seq->current_vmcs == page_to_phys(vcpu->vmcs.page);
}

/*
 * VMCLEAR of what the module does not know to be active here, but could be: the regions
 * and, by an unsafe vCPU, the VMXON region while another one is that.
 */
static void insn_clear_unknown(struct vmxfs_vcpu *vcpu, const struct vmxfs_sequence *seq)
{
	int i;

	for (i = 0; i < VMXFS_REGIONS; i++)
		vmclear(page_to_phys(vcpu->region[i]));
	if (seq->region != vmxfs_cpu_region())
		vmclear(vmxfs_cpu_region());
	if (vcpu->vmcs.cpu != smp_processor_id()) {
		vmclear(page_to_phys(vcpu->vmcs.page));
		vcpu->vmcs.launched = false;
	}
}

/* Interrupts are disabled; the vCPU is loaded. */
static const char *insn_execute_all(struct vmxfs_vcpu *vcpu, struct vmxfs_sequence *seq)
{
	const char *why = NULL;

	seq->in_vmx = true;
	seq->region = vmxfs_cpu_region();
	seq->current_vmcs = page_to_phys(vcpu->vmcs.page);
	if (seq->outside) {
		vmxfs_cpu_leave();
		seq->in_vmx = false;
		seq->current_vmcs = ~0ULL;
	}
	for (; seq->done < seq->count; seq->done++) {
		struct vmxfs_insn *insn = &seq->insn[seq->done];

		why = insn_why_not(vcpu, seq, insn);
		if (why || insn_enters_guest(vcpu, seq, insn))
			break;
		/* SDM, "VMXOFF": what is active has to be cleared before. */
		if (insn->opcode == OP_VMXOFF && seq->in_vmx) {
			vmxfs_cpu_clear_all();
			insn_clear_unknown(vcpu, seq);
		}
		insn_execute(insn);
		insn_account(vcpu, seq, insn);
	}
	if (seq->in_vmx)
		insn_clear_unknown(vcpu, seq);
	if (seq->in_vmx && seq->region != vmxfs_cpu_region()) {
		vmxoff();
		seq->in_vmx = false;
	}
	if (!seq->in_vmx && !vmxfs_cpu_reenter())
		return "VMXON failed";
	vmxfs_cpu_restore(&vcpu->vmcs);
	return why;
}

/* ---- text ---- */

static int insn_parse_memory(struct vmxfs_vcpu *vcpu, struct vmxfs_insn *insn, const char *text)
{
	if (!strcmp(text, "unmapped")) {
		insn->where = vmxfs_guard + PAGE_SIZE;
	} else if (!strcmp(text, "noncanonical")) {
		/* With linear-address masking others could be user addresses. */
		insn->where = (void *)BIT(63);
	} else {
		int err = vmxfs_operand_parse(vcpu, text, &insn->pointer);

		insn->memory[0] = insn->pointer.value;
		return err;
	}
	return 0;
}

static int insn_parse_field(const char *text, u64 *field)
{
	int found;

	if (!kstrtou64(text, 0, field))
		return 0;
	found = vmxfs_field_find(text);
	*field = found;
	return found < 0 ? found : 0;
}

static int insn_bad_value(struct vmxfs_vcpu *vcpu, char **word)
{
	return vmxfs_fail(vcpu, VALUE, word[0], word[1]);
}

static int insn_wrong_number(struct vmxfs_vcpu *vcpu)
{
	return vmxfs_fail(vcpu, WORDS);
}

/* @word holds @n words, of which the first is the instruction. */
static int insn_parse_operands(struct vmxfs_vcpu *vcpu, struct vmxfs_insn *insn,
			       enum vmxfs_insn_format format, char **word, int n)
{
	switch (format) {
	case TAKES_NOTHING:
		return n == 1 ? 0 : insn_wrong_number(vcpu);
	case TAKES_BLOCKED:
		insn->blocked = n == 2 && !strcmp(word[1], "blocked");
		return n == 1 || insn->blocked ? 0 : insn_wrong_number(vcpu);
	case TAKES_STORE:
		if (n == 1)
			return 0;
		if (n != 2)
			return insn_wrong_number(vcpu);
		return insn_parse_memory(vcpu, insn, word[1]) || !insn->where ?
		       insn_bad_value(vcpu, word) : 0;
	case TAKES_POINTER:
		if (n != 2)
			return insn_wrong_number(vcpu);
		return insn_parse_memory(vcpu, insn, word[1]) ? insn_bad_value(vcpu, word) : 0;
	case TAKES_READ:
	case TAKES_WRITE:
		if (n != 3 && (n != 2 || format != TAKES_READ))
			return insn_wrong_number(vcpu);
		if (insn_parse_field(word[1], &insn->reg[0]))
			return vmxfs_fail(vcpu, UNKNOWN_FIELD, word[1]);
		if (n == 2)
			return 0;
		if (insn_parse_memory(vcpu, insn, word[2]) ||
		    (format == TAKES_READ && !insn->where))
			return insn_bad_value(vcpu, word + 1);
		insn->reg[1] = insn->pointer.value;
		return 0;
	case TAKES_INVALIDATE:
		if (n != 3 && n != 4)
			return insn_wrong_number(vcpu);
		if (kstrtou64(word[1], 0, &insn->reg[0]) ||
		    insn_parse_memory(vcpu, insn, word[2]) ||
		    (n == 4 && kstrtou64(word[3], 0, &insn->memory[1])))
			return insn_bad_value(vcpu, word);
		return 0;
	}
	return -EINVAL;
}

static int insn_parse(struct vmxfs_vcpu *vcpu, struct vmxfs_sequence *seq, char *text)
{
	struct vmxfs_insn *insn = &seq->insn[seq->count];
	char *words[5], **word = words;
	int n = vmxfs_words(text, words, ARRAY_SIZE(words));
	int i;

	if (n && !seq->count && !strcmp(word[0], "outside")) {
		seq->outside = true;
		word++;
		n--;
	}
	if (!n)
		return insn_wrong_number(vcpu);
	for (i = 0; i < ARRAY_SIZE(vmxfs_opcodes); i++)
		if (!strcmp(word[0], vmxfs_opcodes[i].name))
			break;
	if (i == ARRAY_SIZE(vmxfs_opcodes))
		return vmxfs_fail(vcpu, UNKNOWN_INSN, word[0]);
	if (seq->count == VMXFS_INSNS_MAX)
		return vmxfs_fail(vcpu, LINE_TOO_LONG);
	if (seq->count && insn_enters(insn - 1))
		return insn_wrong_number(vcpu);
	insn->opcode = vmxfs_opcodes[i].opcode;
	seq->count++;
	return insn_parse_operands(vcpu, insn, vmxfs_opcodes[i].format, word, n);
}

static int insn_show_answer(const struct vmxfs_insn *insn, char *buf, size_t size)
{
	static const char *const traps[] = {
		[X86_TRAP_UD] = "#UD", [X86_TRAP_SS] = "#SS(0)", [X86_TRAP_GP] = "#GP(0)",
		[X86_TRAP_PF] = "#PF",
	};

	if (insn->trap >= 0)
		return insn->trap < ARRAY_SIZE(traps) && traps[insn->trap] ?
		       scnprintf(buf, size, "%s\n", traps[insn->trap]) :
		       scnprintf(buf, size, "#%d\n", insn->trap);
	if (insn->flags & X86_EFLAGS_CF)
		return scnprintf(buf, size, "failinvalid\n");
	if (insn->flags & X86_EFLAGS_ZF)
		return scnprintf(buf, size, "failvalid %llu\n", insn->error);
	if (insn->opcode == OP_VMREAD || insn->opcode == OP_VMPTRST)
		return scnprintf(buf, size, "succeed %#llx\n", insn->memory[0]);
	return scnprintf(buf, size, "succeed\n");
}

/* The vCPU is locked. */
int vmxfs_insn_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int unused)
{
	seq_puts(m, vcpu->answer);
	return 0;
}

/*
 * Parses and executes a line. If it ends with a VM entry of the guest, that is left to the
 * caller. The vCPU is loaded.
 */
static int insn_run_line(struct vmxfs_vcpu *vcpu, struct vmxfs_sequence *seq, char *text)
{
	const char *why;
	char *one;
	int err = 0;

	while (!err && (one = strsep(&text, ";")))
		err = insn_parse(vcpu, seq, one);
	if (err)
		return err;
	if (insn_enters(&seq->insn[seq->count - 1]) && vcpu->state != VMXFS_READY)
		return vmxfs_fail(vcpu, NOT_READY);
	local_irq_disable();
	why = insn_execute_all(vcpu, seq);
	local_irq_enable();
	return why ? vmxfs_fail(vcpu, KEPT, "insn", why) : 0;
}

static void insn_enter(struct vmxfs_vcpu *vcpu, struct vmxfs_insn *insn)
{
	int fail = vmxfs_enter_by(vcpu, insn->opcode == OP_VMRESUME);

	if (fail == VMXFS_FAIL_VALID)
		insn->error = vcpu->insn_error;
	insn->trap = -1;
	insn->flags = fail == VMXFS_FAIL_INVALID ? X86_EFLAGS_CF :
		      fail == VMXFS_FAIL_VALID ? X86_EFLAGS_ZF : 0;
}

/* A line, and where it is executed: the launch state does not survive a move. */
struct vmxfs_insn_line {
	struct vmxfs_vcpu *vcpu;
	char *text;
	bool entered;	/* the guest may be running */
};

static int insn_store_here(void *data)
{
	struct vmxfs_insn_line *line = data;
	struct vmxfs_vcpu *vcpu = line->vcpu;
	struct vmxfs_sequence *seq;
	int err, i, n = 0;

	seq = kzalloc(sizeof(*seq), GFP_KERNEL_ACCOUNT);
	if (!seq)
		return vmxfs_fail(vcpu, NO_MEMORY);
	*vcpu->answer = 0;
	/* The address of the VMXON region is that of the processor. */
	vmxfs_load(vcpu);
	err = insn_run_line(vcpu, seq, line->text);
	vmxfs_unload();
	line->entered = !err && seq->done < seq->count;
	if (line->entered)
		insn_enter(vcpu, &seq->insn[seq->done++]);
	for (i = 0; i < seq->done; i++)
		n += insn_show_answer(&seq->insn[i], vcpu->answer + n, sizeof(vcpu->answer) - n);
	kfree(seq);
	return err;
}

/* Whether this task, which can't migrate, executes it; see vmxfs_host_is_ours(). */
static bool insn_is_here(const struct vmxfs_vcpu *vcpu, int cpu)
{
	return vmxfs_host_is_ours(vcpu) && (cpu < 0 || cpu == smp_processor_id());
}

/**
 * vmxfs_insn_store() - a line of the insn file
 * @vcpu: locked
 * @line: instructions, with ";" between them; is cut up
 * @one: lines are not cut into words
 * @unused: there is one such file
 *
 * Return: 0; -EINVAL, -EPERM, -EBUSY, -E2BIG, -ENOMEM or -EINTR, with a text in the
 * error file.
 */
int vmxfs_insn_store(struct vmxfs_vcpu *vcpu, char **line, int one, int unused)
{
	struct vmxfs_insn_line whole = { vcpu, strim(*line), false };
	int cpu, err = 0;
	bool here;

	if (!*whole.text)
		return 0;
	/* As long as no processor goes, the VMCS stays where it is active. */
	cpus_read_lock();
	cpu = READ_ONCE(vcpu->vmcs.cpu);
	migrate_disable();
	here = insn_is_here(vcpu, cpu);
	if (here)
		err = insn_store_here(&whole);
	migrate_enable();
	if (!here)
		err = smp_call_on_cpu(cpu < 0 ? raw_smp_processor_id() : cpu, insn_store_here,
				      &whole, false);
	cpus_read_unlock();
	/* Not before: a thread may begin on any processor. */
	return whole.entered ? vmxfs_thread_go_on(vcpu) : err;
}

int __init vmxfs_insn_init(void)
{
	vmxfs_guard = vmalloc(PAGE_SIZE);
	return vmxfs_guard ? 0 : -ENOMEM;
}

void vmxfs_insn_exit(void)
{
	vfree(vmxfs_guard);
}
