// SPDX-License-Identifier: GPL-2.0
/*
 * Each form of instruction, in 64-bit code: the processor executes it on memory, the assist
 * on a guest whose memory is at the same addresses, in part RAM and in part the callback's.
 * Registers, flags and memory must be the same.
 */
#include "fake.h"
#include "forms.h"

#include <errno.h>
#include <sys/mman.h>

#define TRIALS		40

/* Linear addresses, which are guest-physical ones as well */
#define CODE		0x0fff0000ull
#define WINDOW		0x10000000ull
#define WINDOW_SIZE	0x4000ull
/* The callback's part of the window */
#define DEVICE		(WINDOW + 0x1000)
#define DEVICE_END	(WINDOW + 0x3000)
#define STACK		(WINDOW + 0x8000)
#define STACK_SIZE	0x1000ull
#define TABLES		0x1000ull

#define RFLAGS_STATUS	0x8d5
#define RFLAGS_DF	0x400

#define RWX		(VMX_PROT_READ | VMX_PROT_WRITE | VMX_PROT_EXEC)

/* What the processor is given, and what it gives back; in the order of enum
 * vmx_x64_gpr_index, but for RIP
 */
uint64_t native_regs[16], native_flags, native_stack, native_code;
extern const char native_return[];
void native_run(void);

asm(".text\n"
    "native_run:\n"
    "	push %rbx\n	push %rbp\n	push %r12\n	push %r13\n	push %r14\n	push %r15\n"
    "	mov %rsp, native_stack(%rip)\n"
    "	push native_flags(%rip)\n"
    "	popfq\n"
#define LOAD(number, name) "	mov 8*" #number "+native_regs(%rip), %" #name "\n"
#define STORE(number, name) "	mov %" #name ", 8*" #number "+native_regs(%rip)\n"
#define GPRS(X) \
	X(0, rax) X(1, rcx) X(2, rdx) X(3, rbx) X(5, rbp) X(6, rsi) X(7, rdi) X(8, r8) X(9, r9) \
	X(10, r10) X(11, r11) X(12, r12) X(13, r13) X(14, r14) X(15, r15)
    GPRS(LOAD) LOAD(4, rsp)
    "	jmp *native_code(%rip)\n"
    "native_return:\n"
    STORE(4, rsp)
    "	mov native_stack(%rip), %rsp\n"
    GPRS(STORE)
    "	pushfq\n"
    "	pop native_flags(%rip)\n"
    "	cld\n"
    "	pop %r15\n	pop %r14\n	pop %r13\n	pop %r12\n	pop %rbp\n	pop %rbx\n"
    "	ret\n");

/* The guest's memory; what is the callback's is here as well. */
static uint8_t guest_code[0x1000] __attribute__((aligned(4096)));
static uint8_t guest_window[WINDOW_SIZE] __attribute__((aligned(4096)));
static uint8_t guest_stack[STACK_SIZE] __attribute__((aligned(4096)));
static uint64_t guest_tables[2][512] __attribute__((aligned(4096)));

static struct vmx_vcpu *vcpu;
/* valgrind is another processor, with its own mistakes: there, nothing is compared. */
static bool alone;

static void device(struct vmx_mem *mem)
{
	uint8_t *at = guest_window + (mem->gpa - WINDOW);

	assert_true(mem->gpa >= DEVICE && mem->gpa + mem->size <= DEVICE_END);
	assert_true(mem->size >= 1 && mem->size <= 8);
	assert_true(mem->gpa / 4096 == (mem->gpa + mem->size - 1) / 4096);
	assert_ptr_equal(mem->vcpu, vcpu);
	if (mem->write)
		memcpy(at, mem->data, mem->size);
	else
		memcpy(mem->data, at, mem->size);
	/* Data is the callback's to spoil, once it has taken it. */
	if (mem->write)
		memset(mem->data, 0xee, mem->size);
}

static void *host_memory(uint64_t address, size_t size)
{
	void *at = mmap((void *)address, size, PROT_READ | PROT_WRITE | PROT_EXEC,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	assert_ptr_equal(at, (void *)address);
	return at;
}

static void map(void *hva, uint64_t gpa, size_t size)
{
	assert_int_equal(vmx_gpa_map(vmx_vcpu_machine(vcpu), hva, gpa, size, RWX), 0);
}

static int begin(void **state)
{
	struct vmx_assist_callbacks callbacks = { .mem = device };
	struct vmx_x64_state *guest;

	fake_setup(state);
	vcpu = fake_machine();
	host_memory(CODE, sizeof(guest_code));
	host_memory(WINDOW, WINDOW_SIZE);
	host_memory(STACK, STACK_SIZE);
	map(guest_code, CODE, sizeof(guest_code));
	map(guest_window, WINDOW, DEVICE - WINDOW);
	map(guest_window + (DEVICE_END - WINDOW), DEVICE_END, WINDOW + WINDOW_SIZE - DEVICE_END);
	map(guest_stack, STACK, STACK_SIZE);
	map(guest_tables, TABLES, sizeof(guest_tables));
	/* The first GB, as it is */
	guest_tables[0][0] = (TABLES + 0x1000) | 7;
	guest_tables[1][0] = 0x87;
	assert_int_equal(vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_CALLBACKS, &callbacks), 0);
	guest = &fake_of(vcpu)->state;
	guest->crs[VMX_X64_CR_CR0] = 0x80000001;
	guest->crs[VMX_X64_CR_CR3] = TABLES;
	guest->crs[VMX_X64_CR_CR4] = 0x20;
	guest->msrs[VMX_X64_MSR_EFER] = 0x500;
	guest->segs[VMX_X64_SEG_CS].attrib = 0xa09b;
	guest->segs[VMX_X64_SEG_SS].attrib = 0xc093;
	asm("mov %%ss, %0" : "=r"(guest->segs[VMX_X64_SEG_SS].selector));
	return 0;
}

static int end(void **state)
{
	(void)state;
	fake_end(vcpu);
	return 0;
}

static uint64_t seed;

static uint64_t chance(void)
{
	/* SplitMix64's constants */
	uint64_t x = seed += 0x9e3779b97f4a7c15;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

/* An address in the window, with room on both sides; often close to the end of a page */
static uint64_t somewhere(void)
{
	uint64_t address = WINDOW + 0x400 + chance() % (WINDOW_SIZE - 0x800);

	if (chance() % 2)
		address = WINDOW + 0x1000 * (1 + chance() % 3) - chance() % 16;
	return address;
}

/* Few values, so that some are equal, or any */
static void fill(void)
{
	uint8_t few = chance() % 2 ? 1 : 0xff;
	size_t i;

	for (i = 0; i < WINDOW_SIZE; i++)
		guest_window[i] = chance() & few;
	for (i = 0; i < STACK_SIZE; i++)
		guest_stack[i] = chance();
}

static void choose_registers(const struct form *form)
{
	unsigned int i;

	for (i = 0; i < 16; i++)
		native_regs[i] = chance();
	native_regs[VMX_X64_GPR_RDI] = somewhere();
	native_regs[VMX_X64_GPR_RSI] = somewhere();
	native_regs[VMX_X64_GPR_RSP] = STACK + 0x800 + chance() % 8;
	if (form->flags & FORM_SMALL_CX)
		native_regs[VMX_X64_GPR_RCX] = chance() % 20;
	if (form->flags & FORM_SMALL_DX)
		native_regs[VMX_X64_GPR_RDX] = chance() % 0x2000 - 0x1000;
	/* What a comparison is with */
	if (chance() % 2)
		memcpy(&native_regs[VMX_X64_GPR_RAX],
		       guest_window + (native_regs[VMX_X64_GPR_RDI] - WINDOW), 8);
	if (chance() % 2) {
		native_regs[VMX_X64_GPR_RDX] = native_regs[VMX_X64_GPR_RAX] >> 32;
		if (form->flags & FORM_SMALL_DX)
			native_regs[VMX_X64_GPR_RDX] = 3;
	}
	native_flags = 0x202 | (chance() & RFLAGS_STATUS) | (chance() & RFLAGS_DF);
}

static void run_natively(const struct form *form)
{
	uint8_t *code = (uint8_t *)CODE;
	const void *back = native_return;

	memcpy(code, form->code, form->length);
	/* JMP [RIP + 0] */
	memcpy(code + form->length, "\xff\x25\0\0\0\0", 6);
	memcpy(code + form->length + 6, &back, sizeof(back));
	native_code = CODE;
	native_run();
}

static void exit_to_memory(struct fake_vcpu *kernel)
{
	kernel->page.exit.reason = VMX_VCPU_EXIT_MEMORY;
}

static void assert_same(const struct form *form, const char *what, unsigned int n,
			uint64_t got, uint64_t expected)
{
	if (got != expected)
		fail_msg("%s: %s %u: got %#lx, the processor has %#lx; seed %#lx", form->text,
			 what, n, got, expected, seed);
}

static void test(const struct form *form)
{
	struct vmx_x64_state *guest = vcpu->state;
	uint64_t defined = (RFLAGS_STATUS | RFLAGS_DF) & ~(form->flags & FORM_UNDEFINED);
	size_t i;

	fill();
	choose_registers(form);
	memcpy((void *)WINDOW, guest_window, WINDOW_SIZE);
	memcpy((void *)STACK, guest_stack, STACK_SIZE);
	memcpy(guest_code, form->code, form->length);
	memcpy(guest->gprs, native_regs, sizeof(native_regs));
	guest->gprs[VMX_X64_GPR_RIP] = CODE;
	guest->gprs[VMX_X64_GPR_RFLAGS] = native_flags | 0x10000;

	assert_int_equal(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_GPRS), 0);
	fake.run = exit_to_memory;
	assert_int_equal(vmx_vcpu_run(vcpu), 0);
	if (vmx_assist_mem(vcpu))
		fail_msg("%s: %s", form->text, strerror(errno));
	if (alone)
		return;
	run_natively(form);

	for (i = 0; i < 16; i++)
		assert_same(form, "register", i, vcpu->state->gprs[i], native_regs[i]);
	assert_same(form, "RFLAGS", 0, vcpu->state->gprs[VMX_X64_GPR_RFLAGS] & defined,
		    native_flags & defined);
	/* What no instruction here changes, and RF, which is done with */
	assert_same(form, "RFLAGS", 1, vcpu->state->gprs[VMX_X64_GPR_RFLAGS] & ~0xcd5ull, 0x202);
	assert_same(form, "RIP", 0, vcpu->state->gprs[VMX_X64_GPR_RIP], CODE + form->length);
	for (i = 0; i < WINDOW_SIZE; i++)
		assert_same(form, "byte", i, guest_window[i], ((uint8_t *)WINDOW)[i]);
	for (i = 0; i < STACK_SIZE; i++)
		assert_same(form, "byte of the stack", i, guest_stack[i], ((uint8_t *)STACK)[i]);
}

static void test_forms(void **state)
{
	const struct form *form;
	unsigned int i;

	(void)state;
	assert_true(forms64_end - forms64 > 300);
	for (form = forms64; form != forms64_end; form++)
		for (i = 0; i < TRIALS; i++)
			test(form);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_forms, begin, end),
	};

	alone = argc == 2 && !strcmp(argv[1], "alone");
	return cmocka_run_group_tests_name("libvmx: forms of instructions", tests, NULL, NULL);
}
