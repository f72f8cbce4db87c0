// SPDX-License-Identifier: GPL-2.0
/*
 * libvmx on vmxfs: TAP, a point for each test whose name begins with an argument, if any.
 * --trials N and --seed N are for assist/.
 */
#include "target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>

static const struct point *const tables[] = {
	form_points, io_points, exit_points, state_points, error_points, file_points, completed_points,
	memory_points, client_points, nvmm_points,
};

static jmp_buf over;
static char message[512], described[256];

unsigned int trials = 4;
uint64_t first_seed = 1;

void describe_trial(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(described, sizeof(described), format, arguments);
	va_end(arguments);
}

void wrong(const char *file, int line, const char *format, ...)
{
	va_list arguments;
	int n = snprintf(message, sizeof(message), "%s:%d: %s%s", file, line, described,
			 *described ? ": " : "");

	va_start(arguments, format);
	vsnprintf(message + n, sizeof(message) - n, format, arguments);
	va_end(arguments);
	longjmp(over, 1);
}

void *memory(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	EXPECT(at != MAP_FAILED, "mmap: %s", strerror(errno));
	return at;
}

struct vmx_vcpu *guest(const void *code, size_t code_size, void **ram, size_t size)
{
	struct vmx_machine *machine;
	struct vmx_vcpu *vcpu;

	*ram = memory(size);
	memcpy(*ram, code, code_size);
	OK(vmx_machine_create(&machine));
	OK(vmx_gpa_map(machine, *ram, 0, size, RWX));
	OK(vmx_vcpu_create(machine, &vcpu));
	return vcpu;
}

void set_long_mode(struct vmx_vcpu *vcpu, void *ram, uint64_t at)
{
	struct vmx_x64_state *state = vcpu->state;
	uint64_t *tables = (uint64_t *)((char *)ram + at);

	tables[0] = (at + 0x1000) | 7;
	tables[512] = (at + 0x2000) | 7;
	tables[1024] = 0x87;
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_ALL));
	state->segs[VMX_X64_SEG_CS].attrib = 0xa09b;
	state->crs[VMX_X64_CR_CR0] |= 0x80000000;
	state->crs[VMX_X64_CR_CR3] = at;
	state->crs[VMX_X64_CR_CR4] |= 0x20;
	state->msrs[VMX_X64_MSR_EFER] = 0x500;
	OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_SEGS | VMX_X64_STATE_CRS | VMX_X64_STATE_MSRS));
}

void end(struct vmx_vcpu *vcpu)
{
	struct vmx_machine *machine = vmx_vcpu_machine(vcpu);

	OK(vmx_vcpu_destroy(vcpu));
	OK(vmx_machine_destroy(machine));
}

static uint64_t chance_state = 1;

void chance_begin(uint64_t seed)
{
	chance_state = seed * 0xd1342543de82ef95;
}

uint64_t chance(void)
{
	uint64_t x = chance_state += 0x9e3779b97f4a7c15;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

static bool wanted(const struct point *point, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (!strncmp(point->name, argv[i], strlen(argv[i])))
			return true;
	return argc == 1;
}

static bool passes(const struct point *point)
{
	*described = '\0';
	if (setjmp(over))
		return false;
	point->run();
	return true;
}

int main(int argc, char **argv)
{
	const struct point *point;
	unsigned int number = 0;
	size_t i;

	while (argc > 2 && (!strcmp(argv[1], "--trials") || !strcmp(argv[1], "--seed"))) {
		if (argv[1][2] == 't')
			trials = strtoul(argv[2], NULL, 0);
		else
			first_seed = strtoull(argv[2], NULL, 0);
		argc -= 2;
		argv += 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 0; i < COUNT(tables); i++)
		for (point = tables[i]; point->name; point++)
			number += wanted(point, argc, argv);
	printf("TAP version 13\n1..%u\n", number);
	number = 0;
	for (i = 0; i < COUNT(tables); i++) {
		for (point = tables[i]; point->name; point++) {
			if (!wanted(point, argc, argv))
				continue;
			number++;
			if (passes(point))
				printf("ok %u - %s\n", number, point->name);
			else
				printf("not ok %u - %s\n  ---\n  message: \"%s\"\n  ...\n",
				       number, point->name, message);
		}
	}
	return 0;
}
