// SPDX-License-Identifier: GPL-2.0
/*
 * caller32: a 32-bit program with a thread-local segment, an LDT and values in XMM, which
 * does one system call again and again and looks at what is left of all that.
 *
 *	caller32 NUMBER ARG1 ARG2 ARG3 COUNT
 *
 * A "go" in ARG2 is the address of that word. The exit status tells what was lost; it has
 * no library, for there need be none for 32 bits.
 */

enum { LOST_DS = 1, LOST_ES = 2, LOST_FS = 4, LOST_GS = 8, LOST_BASE = 16, LOST_XMM = 32,
       LOST_REGISTER = 64 };

#define EXIT 1
#define MODIFY_LDT 123
#define SET_THREAD_AREA 243

struct descriptor {
	unsigned int number;
	unsigned int base;
	unsigned int limit;
	unsigned int flags;	/* 32-bit, limit in pages, useable */
};

static unsigned int thread_data[4] = { 0x5ec2e701, 2, 3, 4 };
static unsigned int local_data[4] = { 0x5ec2e702, 2, 3, 4 };

/* What do_call() finds after the system call */
struct found {
	unsigned short ds, es, fs, gs;
	unsigned int fs_data, gs_data;
	unsigned int ebx, ebp, esi, edi;
	unsigned char xmm[128] __attribute__((aligned(16)));
} found;

unsigned char pattern[128] __attribute__((aligned(16)));

long do_call(long number, long a, long b, long c);

/*
 * After the system call no segment but CS and SS is to be relied on. A null FS or GS
 * would fault: then their data is what nobody has.
 */
asm("	.text\n"
    "do_call:\n"
    "	push %ebx; push %esi; push %edi; push %ebp\n"
    "	movdqa pattern, %xmm0; movdqa pattern + 16, %xmm1\n"
    "	movdqa pattern + 32, %xmm2; movdqa pattern + 48, %xmm3\n"
    "	movdqa pattern + 64, %xmm4; movdqa pattern + 80, %xmm5\n"
    "	movdqa pattern + 96, %xmm6; movdqa pattern + 112, %xmm7\n"
    "	mov 20(%esp), %eax\n"
    "	mov 24(%esp), %ebx\n"
    "	mov 28(%esp), %ecx\n"
    "	mov 32(%esp), %edx\n"
    "	mov $0x11112222, %esi; mov $0x33334444, %edi; mov $0x55556666, %ebp\n"
    "	int $0x80\n"
    "	mov %ebx, %ss:found + 16\n"
    "	mov %ebp, %ss:found + 20\n"
    "	mov %esi, %ss:found + 24\n"
    "	mov %edi, %ss:found + 28\n"
    "	mov %ds, %ecx; mov %cx, %ss:found\n"
    "	mov %es, %ecx; mov %cx, %ss:found + 2\n"
    "	mov %fs, %ecx; mov %cx, %ss:found + 4\n"
    "	mov %gs, %ecx; mov %cx, %ss:found + 6\n"
    "	push %ss; pop %ds; push %ss; pop %es\n"
    "	movdqu %xmm0, found + 32; movdqu %xmm1, found + 48\n"
    "	movdqu %xmm2, found + 64; movdqu %xmm3, found + 80\n"
    "	movdqu %xmm4, found + 96; movdqu %xmm5, found + 112\n"
    "	movdqu %xmm6, found + 128; movdqu %xmm7, found + 144\n"
    "	movl $0, found + 8; movl $0, found + 12\n"
    "	mov %fs, %ecx; test %ecx, %ecx; jz 1f\n"
    "	mov %fs:0, %ecx; mov %ecx, found + 8\n"
    "1:	mov %gs, %ecx; test %ecx, %ecx; jz 2f\n"
    "	mov %gs:0, %ecx; mov %ecx, found + 12\n"
    "2:	pop %ebp; pop %edi; pop %esi; pop %ebx\n"
    "	ret\n");

static long call(long number, long a, long b, long c)
{
	long result;

	asm volatile("int $0x80" : "=a" (result) : "a" (number), "b" (a), "c" (b), "d" (c) : "memory");
	return result;
}

static long number_of(const char *text)
{
	long value = 0;
	int negative = *text == '-';

	for (text += negative; *text >= '0' && *text <= '9'; text++)
		value = 10 * value + *text - '0';
	return negative ? -value : value;
}

static int look(unsigned short fs, unsigned short gs, long ebx)
{
	int lost = 0;

	if (found.ds != 0x2b)
		lost |= LOST_DS;
	if (found.es != 0x2b)
		lost |= LOST_ES;
	if (found.fs != fs)
		lost |= LOST_FS;
	if (found.gs != gs)
		lost |= LOST_GS;
	if ((found.fs && found.fs_data != local_data[0]) ||
	    (found.gs && found.gs_data != thread_data[0]))
		lost |= LOST_BASE;
	for (int i = 0; i < 128; i++)
		if (found.xmm[i] != pattern[i])
			lost |= LOST_XMM;
	if (found.ebx != (unsigned int)ebx || found.ebp != 0x55556666 || found.esi != 0x11112222 ||
	    found.edi != 0x33334444)
		lost |= LOST_REGISTER;
	return lost;
}

void run(unsigned int *stack);

void run(unsigned int *stack)
{
	static const char go[] = "go", step[] = "step", launch[] = "vmlaunch\n";
	/* The flags: seg_32bit, limit_in_pages, useable */
	static struct descriptor thread = { -1, 0, 0xfffff, 0x51 };
	static struct descriptor local = { 0, 0, 0xfffff, 0x51 };
	char **argv = (char **)(stack + 1);
	long arg[5] = { 0 };
	const char *text = 0;
	unsigned short fs, gs;
	int lost = 0;

	for (int i = 0; i < 5 && i + 1 < (int)stack[0]; i++) {
		arg[i] = number_of(argv[i + 1]);
		text = *argv[i + 1] == 'g' ? go : *argv[i + 1] == 's' ? step :
		       *argv[i + 1] == 'v' ? launch : 0;
		if (text)
			arg[i] = (long)text;
	}
	for (int i = 0; i < 128; i++)
		pattern[i] = 7 * i + 1;
	thread.base = (unsigned int)thread_data;
	local.base = (unsigned int)local_data;
	if (call(SET_THREAD_AREA, (long)&thread, 0, 0) ||
	    call(MODIFY_LDT, 1, (long)&local, sizeof(local)))
		call(EXIT, 128, 0, 0);
	gs = thread.number * 8 + 3;
	fs = 7;
	asm volatile("mov %0, %%gs; mov %1, %%fs" : : "r" ((unsigned int)gs), "r" ((unsigned int)fs));
	for (long i = 0; i < arg[4]; i++) {
		do_call(arg[0], arg[1], arg[2], arg[3]);
		lost |= look(fs, gs, arg[1]);
		asm volatile("mov %0, %%gs; mov %1, %%fs"
			     : : "r" ((unsigned int)gs), "r" ((unsigned int)fs));
	}
	call(EXIT, lost, 0, 0);
}

asm("	.globl _start\n"
    "_start:\n"
    "	mov %esp, %eax\n"
    "	push %eax\n"
    "	call run\n");
