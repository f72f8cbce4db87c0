// SPDX-License-Identifier: GPL-2.0
/* A machine's memory: who may write it, and how often it counts. */
#define _GNU_SOURCE
#include "target.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define MEGABYTE	0x100000ul
#define VCPUS		4

/* Where the guest of write_to() writes */
#define TARGET		0x10000

static const char original[8] = "ORIGINAL";

/* ---- memory that may only be read ---- */

/* Whether the write of a line is taken; if not, what the error file says is @why. */
static bool write_line(struct vmx_vcpu *vcpu, const char *name, const char *line, char *why)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/sys/fs/vmx/%u/%s", vcpu->id, name);
	fd = open(path, O_WRONLY);
	EXPECT(fd >= 0, "%s: %s", path, strerror(errno));
	n = write(fd, line, strlen(line));
	close(fd);
	if (n > 0)
		return true;
	EXPECT(errno == EPERM, "%s: %s: %s", name, line, strerror(errno));
	snprintf(path, sizeof(path), "/sys/fs/vmx/%u/error", vcpu->id);
	fd = open(path, O_RDONLY);
	n = read(fd, why, 127);
	close(fd);
	why[n > 0 ? n - 1 : 0] = '\0';
	return false;
}

/* Bits of a PTE, with which it can't be written, */
static const char *const refused[] = {
	"0x33", "0x37", "0x333", "0x831", "0x10000000000031", "0x100000000000031",
	"0x400000000000031", "0x800000000000031", "0x1000000000000031", "0x2000000000000031",
	"0x4000000000000031", "0x2000000000000030",
};

/* and with which it can. */
static const char *const taken[] = {
	"0x35", "0x731", "0x71", "0x200000000000031", "0x8000000000000031", "0x30", "0x31",
};

static void expect_untouched(struct vmx_vcpu *vcpu, int fd, const char *what)
{
	char now[8];

	vcpu->state->gprs[VMX_X64_GPR_RIP] = 0;
	OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_GPRS));
	OK(vmx_vcpu_run(vcpu));
	EXPECT(pread(fd, now, sizeof(now), 0) == sizeof(now), "%s", strerror(errno));
	EXPECT(!memcmp(now, original, sizeof(now)), "%s: the file is now \"%.8s\"", what, now);
	EXPECT(vcpu->exit->reason == VMX_VCPU_EXIT_MEMORY, "%s: exit %u", what,
	       vcpu->exit->reason);
}

/* @fd: a file that this process may only read, of a page */
static void try_to_write(int fd)
{
	struct vmx_vcpu *vcpu;
	void *ram, *page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	char line[64], why[128];
	size_t i;

	EXPECT(page != MAP_FAILED, "mmap: %s", strerror(errno));
	/* mov eax, [TARGET]; mov dword [TARGET], 0x214b4350; hlt */
	vcpu = GUEST(&ram, 0xa1, 0, 0, 1, 0, 0xc7, 5, 0, 0, 1, 0, 0x50, 0x43, 0x4b, 0x21, 0xf4);
	FAILS(EFAULT, vmx_gpa_map(vmx_vcpu_machine(vcpu), page, TARGET, 4096, RWX));
	OK(vmx_gpa_map(vmx_vcpu_machine(vcpu), page, TARGET, 4096, VMX_PROT_READ));
	expect_untouched(vcpu, fd, "as it is mapped");
	for (i = 0; i < COUNT(refused); i++) {
		snprintf(line, sizeof(line), "pte %#x %s\n", TARGET, refused[i]);
		EXPECT(!write_line(vcpu, "ept", line, why), "%s was taken", refused[i]);
		EXPECT(!strcmp(why, "kept by vmxfs: pte: memory that may only be read"), "%s: %s",
		       refused[i], why);
		expect_untouched(vcpu, fd, refused[i]);
	}
	for (i = 0; i < COUNT(taken); i++) {
		snprintf(line, sizeof(line), "pte %#x %s\n", TARGET, taken[i]);
		EXPECT(write_line(vcpu, "ept", line, why), "%s: %s", taken[i], why);
		expect_untouched(vcpu, fd, taken[i]);
	}
	/* Of the guest's other memory, which may be written, all can be. */
	EXPECT(write_line(vcpu, "ept", "pte 0x8000 0x7df0000000000b37\n", why), "%s", why);
	munmap(page, 4096);
	end(vcpu);
}

static void fill(int fd)
{
	EXPECT(write(fd, original, sizeof(original)) == sizeof(original), "%s", strerror(errno));
	OK(ftruncate(fd, 4096));
}

static void test_sealed(void)
{
	int fd = memfd_create("sealed", MFD_ALLOW_SEALING);

	EXPECT(fd >= 0, "memfd_create: %s", strerror(errno));
	fill(fd);
	OK(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
	try_to_write(fd);
	close(fd);
}

static void test_read_only_mount(void)
{
	int fd;

	OK(mkdir("/ro", 0700));
	OK(mount("tmpfs", "/ro", "tmpfs", 0, NULL));
	fd = open("/ro/file", O_CREAT | O_RDWR, 0400);
	EXPECT(fd >= 0, "%s", strerror(errno));
	fill(fd);
	close(fd);
	OK(mount("tmpfs", "/ro", "tmpfs", MS_REMOUNT | MS_RDONLY, NULL));
	fd = open("/ro/file", O_RDONLY);
	EXPECT(fd >= 0, "%s", strerror(errno));
	try_to_write(fd);
	close(fd);
	OK(umount("/ro"));
}

/* ---- memory that counts as locked ---- */

static unsigned long locked(void)
{
	char line[128];
	unsigned long kilobytes = 0;
	FILE *file = fopen("/proc/self/status", "r");

	EXPECT(file, "/proc/self/status: %s", strerror(errno));
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "VmLck: %lu", &kilobytes) == 1)
			break;
	fclose(file);
	return kilobytes << 10;
}

static void expect_alive(struct vmx_vcpu *vcpu, unsigned char value)
{
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_GPRS));
	vcpu->state->gprs[VMX_X64_GPR_RIP] = 0;
	OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_GPRS));
	OK(vmx_vcpu_run(vcpu));
	EQUAL(vcpu->exit->reason, VMX_VCPU_EXIT_HALTED);
	EQUAL((uint8_t)vcpu->state->gprs[VMX_X64_GPR_RAX], value);
}

/* Memory counts once, and stays as long as any vCPU has it. */
static void test_shared(void)
{
	/* mov al, [0x8000]; inc byte [0x8000]; hlt */
	static const uint8_t code[] = { 0xa0, 0, 0x80, 0, 0, 0xfe, 5, 0, 0x80, 0, 0, 0xf4 };
	unsigned long before = locked();
	struct vmx_machine *machine;
	struct vmx_vcpu *vcpu[VCPUS];
	char *ram = memory(MEGABYTE);
	int i;

	memcpy(ram, code, sizeof(code));
	OK(vmx_machine_create(&machine));
	OK(vmx_gpa_map(machine, ram, 0, MEGABYTE / 2, RWX));
	for (i = 0; i < VCPUS; i++)
		OK(vmx_vcpu_create(machine, &vcpu[i]));
	EQUAL(locked() - before, MEGABYTE / 2);
	OK(vmx_gpa_map(machine, ram + MEGABYTE / 2, MEGABYTE, MEGABYTE / 2, RWX));
	EQUAL(locked() - before, MEGABYTE);
	for (i = 0; i < VCPUS; i++)
		expect_alive(vcpu[i], i);
	/* The first, which had it from the process, and the last, which later ones ask. */
	OK(vmx_vcpu_destroy(vcpu[0]));
	OK(vmx_vcpu_destroy(vcpu[VCPUS - 1]));
	EQUAL(locked() - before, MEGABYTE);
	expect_alive(vcpu[1], VCPUS);
	OK(vmx_vcpu_create(machine, &vcpu[0]));
	expect_alive(vcpu[0], VCPUS + 1);
	EQUAL(locked() - before, MEGABYTE);
	OK(vmx_gpa_unmap(machine, MEGABYTE, MEGABYTE / 2));
	EQUAL(locked() - before, MEGABYTE / 2);
	for (i = 0; i < VCPUS - 1; i++)
		OK(vmx_vcpu_destroy(vcpu[i]));
	EQUAL(locked(), before);
	OK(vmx_machine_destroy(machine));
	munmap(ram, MEGABYTE);
}

static int new_vcpu(void)
{
	struct vmxfs_attach attach = { .version = VMXFS_ABI_VERSION };
	int fd = open("/sys/fs/vmx/clone", O_RDWR);

	EXPECT(fd >= 0, "clone: %s", strerror(errno));
	OK(ioctl(fd, VMXFS_IOC_ATTACH, &attach));
	return fd;
}

static int share(int fd, int from, uint64_t gpa, uint64_t size)
{
	struct vmxfs_share argument = { gpa, size, from, 0 };

	return ioctl(fd, VMXFS_IOC_SHARE, &argument);
}

static int map(int fd, const void *hva, uint64_t gpa, uint64_t size)
{
	struct vmxfs_mapping argument = { gpa, size, (uintptr_t)hva, RWX, 0 };

	return ioctl(fd, VMXFS_IOC_MAP, &argument);
}

/* The lines of the map of a vCPU whose ctl this is */
static const char *map_of(int fd)
{
	static char text[256];
	char number[16] = "", path[64];
	ssize_t n;
	int file;

	EXPECT(pread(fd, number, sizeof(number) - 1, 0) > 0, "%s", strerror(errno));
	snprintf(path, sizeof(path), "/sys/fs/vmx/%d/map", atoi(number));
	file = open(path, O_RDONLY);
	n = read(file, text, sizeof(text) - 1);
	EXPECT(n >= 0, "%s: %s", path, strerror(errno));
	close(file);
	text[n] = '\0';
	return text;
}

static void expect_map(int fd, const char *format, const void *ram)
{
	char expected[256];
	const char *got = map_of(fd);

	snprintf(expected, sizeof(expected), format, (uintptr_t)ram, (uintptr_t)ram);
	EXPECT(!strcmp(got, expected), "map: %s", got);
}

/* What is in the range is taken over, and what is not there is not there. */
static void test_share(void)
{
	struct vmxfs_share reserved = { 0, 0x1000, 0, 1 };
	int a = new_vcpu(), b = new_vcpu(), other = open("/dev/null", O_RDONLY);
	char *ram = memory(0x4000);

	OK(map(a, ram, 0x10000, 0x4000));
	OK(map(b, ram, 0x11000, 0x1000));
	OK(map(b, ram, 0x14000, 0x4000));
	FAILS(EINVAL, share(b, a, 0x10000, 0));
	FAILS(EINVAL, share(b, a, 0x10800, 0x1000));
	FAILS(EINVAL, share(b, a, 1ull << 48, 0x1000));
	FAILS(EINVAL, share(b, b, 0x10000, 0x1000));
	FAILS(EINVAL, share(b, other, 0x10000, 0x1000));
	FAILS(EBADF, share(b, 1000, 0x10000, 0x1000));
	FAILS(EBADF, share(b, -1, 0x10000, 0x1000));
	reserved.from = a;
	FAILS(EINVAL, ioctl(b, VMXFS_IOC_SHARE, &reserved));
	FAILS(EFAULT, ioctl(b, VMXFS_IOC_SHARE, 8));
	expect_map(b, "rwx wb 0x11000 0x12000 @%#lx 0x0\nrwx wb 0x14000 0x18000 @%#lx 0x0\n", ram);
	OK(share(b, a, 0x11000, 0x5000));
	expect_map(b, "rwx wb 0x11000 0x14000 @%#lx 0x1000\nrwx wb 0x16000 0x18000 @%#lx 0x2000\n",
		   ram);
	close(a);
	OK(share(a = new_vcpu(), b, 0, 1ull << 48));
	close(b);
	expect_map(a, "rwx wb 0x11000 0x14000 @%#lx 0x1000\nrwx wb 0x16000 0x18000 @%#lx 0x2000\n",
		   ram);
	close(a);
	close(other);
	munmap(ram, 0x4000);
}

/* The pages of a vCPU's own are no other's. */
static void test_own_pages(void)
{
	static const char line[] = "rw- wb 0x1000 0x2000 ./vapic 0\n";
	int a = new_vcpu(), b = new_vcpu(), file;
	char number[16] = "", path[64];

	EXPECT(pread(a, number, sizeof(number) - 1, 0) > 0, "%s", strerror(errno));
	snprintf(path, sizeof(path), "/sys/fs/vmx/%d/map", atoi(number));
	file = open(path, O_WRONLY);
	EXPECT(write(file, line, strlen(line)) > 0, "%s: %s", path, strerror(errno));
	close(file);
	FAILS(EINVAL, share(b, a, 0, 0x10000));
	OK(share(b, a, 0x2000, 0x10000));
	close(a);
	close(b);
}

const struct point memory_points[] = {
	{ "memory/sealed", test_sealed },
	{ "memory/read-only-mount", test_read_only_mount },
	{ "memory/shared", test_shared },
	{ "memory/share", test_share },
	{ "memory/own-pages", test_own_pages },
	{ }
};
