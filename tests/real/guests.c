/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Init of a guest that is itself a host. A small VMM runs two virtual machines, and prints facts
 * about them. The code of the first machine fills pages at virtual addresses. The second machine
 * boots Linux. The init of this Linux is also this program, and prints facts about itself. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "init.h"
#include "vmm.h"

enum {
	PAGE = 4096,
	LARGE = 2 << 20,
	NR_VCPUS = 2,
	/* Guest-physical addresses. */
	CODE = 0x8000,
	TABLES = 0x10000, /* a page for each table */
	LOW = 2 * LARGE, /* size of the slot at 0 */
	SHARED_SIZE = 64 * PAGE,
	/* Pages that the code fills. */
	NR_PAGES = 600,
};
#define HIGH UINT64_C(0x100000000) /* start of the second slot */
#define HIGH_SIZE (UINT64_C(16) << 20)
#define SHARED UINT64_C(0x180000000) /* start of the third slot, which is the memory of a memfd */
#define WINDOW UINT64_C(0xffff900000000000) /* virtual address of the pages that the code fills */
#define PATTERN UINT64_C(0x9e3779b97f4a7c15)

enum { PRESENT = 1, WRITE = 2, IS_LARGE = 0x80 };

static uint8_t *low; /* the memory at 0 */

/* I/O ports of the second machine. Its init writes text to PORT_SAY, and then one byte to
 * PORT_READY. */
enum { PORT_SAY = 0xe9, PORT_READY = 0xf4 };

static uint64_t *table(unsigned int nr)
{
	return (uint64_t *)(low + TABLES + nr * PAGE);
}

static uint64_t entry(unsigned int nr)
{
	return (TABLES + nr * PAGE) | PRESENT | WRITE;
}

/* Returns the guest-physical address of a page of the window. Every fourth page is in the third
 * slot, all other pages are in the second slot. In both slots the order of pages is reversed. */
static uint64_t window_page(unsigned int nr)
{
	if (nr % 4 == 3 && nr / 4 < SHARED_SIZE / PAGE)
		return SHARED + SHARED_SIZE - (nr / 4 + 1) * (uint64_t)PAGE;
	return HIGH + (NR_PAGES - nr) * UINT64_C(3) * PAGE;
}

static void make_tables(void)
{
	/* Table 0 is the pgd. Tables 1 and 2 map low memory with large pages. Tables 3, 4, and all
	 * tables from 5 on map the window. */
	table(0)[0] = entry(1);
	table(1)[0] = entry(2);
	for (unsigned int i = 0; i < LOW / LARGE; i++)
		table(2)[i] = i * (uint64_t)LARGE | PRESENT | WRITE | IS_LARGE;
	table(0)[WINDOW >> 39 & 511] = entry(3);
	table(3)[WINDOW >> 30 & 511] = entry(4);
	for (unsigned int i = 0; i < NR_PAGES; i++) {
		table(4)[i / 512] = entry(5 + i / 512);
		table(5 + i / 512)[i % 512] = window_page(i) | PRESENT | WRITE;
	}
}

/* For each word of [rdi, rsi): *rdi = rdi * rbx. */
static const uint8_t code[] = {
	0x48, 0x89, 0xf8, /* 1: mov %rdi, %rax */
	0x48, 0x0f, 0xaf, 0xc3, /* imul %rbx, %rax */
	0x48, 0x89, 0x07, /* mov %rax, (%rdi) */
	0x48, 0x83, 0xc7, 0x08, /* add $8, %rdi */
	0x48, 0x39, 0xf7, /* cmp %rsi, %rdi */
	0x72, 0xed, /* jb 1b */
	0xf4, /* hlt */
};

static void start_in_long_mode(int vcpu, unsigned int nr)
{
	const struct kvm_segment flat = {
		.limit = 0xffffffff,
		.present = 1,
		.s = 1,
		.g = 1,
		.type = 3,
		.selector = 0x10,
	};
	const uint64_t half = NR_PAGES / NR_VCPUS * (uint64_t)PAGE;
	struct kvm_regs regs = {
		.rip = CODE,
		.rdi = WINDOW + nr * half,
		.rsi = WINDOW + (nr + 1) * half,
		.rbx = PATTERN,
		.r15 = 0xabcdef + nr,
		.rsp = 0x7000 - nr * 0x100,
		.rflags = 2,
	};
	struct kvm_sregs sregs;

	if (ioctl(vcpu, KVM_GET_SREGS, &sregs) < 0)
		die("sregs");
	sregs.ds = sregs.es = sregs.ss = sregs.fs = sregs.gs = flat;
	sregs.cs = flat;
	sregs.cs.type = 11;
	sregs.cs.selector = 8;
	sregs.cs.l = 1;
	sregs.cr0 = 0x80000031; /* PG, NE, ET, PE */
	sregs.cr3 = TABLES;
	sregs.cr4 = 0x20; /* PAE */
	sregs.efer = 0x500; /* LMA, LME */
	if (ioctl(vcpu, KVM_SET_SREGS, &sregs) < 0 || ioctl(vcpu, KVM_SET_REGS, &regs) < 0)
		die("registers");
}

/* Sets the features of the CPU. Without them the machine has no long mode. */
static void give_features(int kvm, int vcpu)
{
	enum { MOST = 256 };
	struct kvm_cpuid2 *features =
		calloc(1, sizeof(*features) + MOST * sizeof(features->entries[0]));

	if (!features)
		die("memory");
	features->nent = MOST;
	if (ioctl(kvm, KVM_GET_SUPPORTED_CPUID, features) < 0 ||
	    ioctl(vcpu, KVM_SET_CPUID2, features) < 0)
		die("features");
	free(features);
}

static void run(int vcpu, const struct kvm_run *state)
{
	if (ioctl(vcpu, KVM_RUN, 0) < 0)
		die("run");
	if (state->exit_reason != KVM_EXIT_HLT) {
		printf("@no-halt %u\n", state->exit_reason);
		die("halt");
	}
}

static void print_registers(int vcpu, unsigned int nr)
{
	struct kvm_regs regs;
	struct kvm_sregs sregs;

	if (ioctl(vcpu, KVM_GET_REGS, &regs) < 0 || ioctl(vcpu, KVM_GET_SREGS, &sregs) < 0)
		die("registers");
#define REGISTER(from, name) printf("@register %u " #name " %" PRIx64 "\n", nr, (uint64_t)from.name)
	REGISTER(regs, rax);
	REGISTER(regs, rbx);
	REGISTER(regs, rcx);
	REGISTER(regs, rdx);
	REGISTER(regs, rsi);
	REGISTER(regs, rdi);
	REGISTER(regs, rsp);
	REGISTER(regs, rbp);
	REGISTER(regs, r8);
	REGISTER(regs, r15);
	REGISTER(regs, rip);
	REGISTER(regs, rflags);
	REGISTER(sregs, cr0);
	REGISTER(sregs, cr3);
	REGISTER(sregs, cr4);
	REGISTER(sregs, efer);
}

static void make_machine(int kvm)
{
	int vm = ioctl(kvm, KVM_CREATE_VM, 0);
	int memfd = memfd_create("guest", 0);
	int size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);

	if (vm < 0 || memfd < 0 || ftruncate(memfd, SHARED_SIZE) < 0)
		die("vm");
	low = memory(LOW, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	memcpy(low + CODE, code, sizeof(code));
	make_tables();
	add_slot(vm, 0, 0, LOW, low, 0);
	add_slot(vm, 1, HIGH, HIGH_SIZE, memory(HIGH_SIZE, MAP_PRIVATE | MAP_ANONYMOUS, -1), 0);
	add_slot(vm, 2, SHARED, SHARED_SIZE, memory(SHARED_SIZE, MAP_SHARED, memfd),
		 KVM_MEM_LOG_DIRTY_PAGES);
	printf("@vm %d %d\n", (int)getpid(), NR_VCPUS);
	for (unsigned int i = 0; i < NR_VCPUS; i++) {
		int vcpu = ioctl(vm, KVM_CREATE_VCPU, i);

		if (vcpu < 0)
			die("vcpu");
		give_features(kvm, vcpu);
		start_in_long_mode(vcpu, i);
		run(vcpu, memory((size_t)size, MAP_SHARED, vcpu));
		print_registers(vcpu, i);
	}
	for (unsigned int i = 0; i < NR_PAGES; i++)
		printf("@page %" PRIx64 " %" PRIx64 "\n", WINDOW + i * (uint64_t)PAGE,
		       window_page(i));
}

/* --- a machine that boots Linux: Documentation/arch/x86/boot.rst, the 64-bit protocol --- */

enum {
	LINUX_SIZE = 128 << 20,
	ZERO_PAGE = 0x7000, /* struct boot_params */
	HEADER = 0x1f1,
	COMMAND_LINE = 0x20000,
	KERNEL = 16 << 20,
	INITRD = 96 << 20,
	ENTRY_64 = 0x200,
};

static size_t load_file(const char *path, uint8_t *to, size_t most)
{
	int fd = open(path, O_RDONLY);
	size_t size = 0;
	ssize_t got;

	if (fd < 0)
		die("file");
	while ((got = read(fd, to + size, most - size)) > 0)
		size += (size_t)got;
	close(fd);
	return size;
}

static void put(uint8_t *at, uint64_t value, size_t size)
{
	memcpy(at, &value, size);
}

static void load_linux(void)
{
	static const char command_line[] =
		"quiet acpi=off noapic pci=off tsc=reliable lpj=1000000 no_timer_check"
		" i8042.noaux i8042.nokbd initcall_blacklist=cmos_init";
	uint8_t *file = memory(32 << 20, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	uint8_t *zero = low + ZERO_PAGE;
	size_t size = load_file("/kernel", file, 32 << 20);
	size_t setup = (size_t)(file[HEADER] + 1) * 512;

	memcpy(zero + HEADER, file + HEADER, 0x202 + file[0x201] - HEADER);
	memcpy(low + KERNEL, file + setup, size - setup);
	zero[0x210] = 0xff; /* type_of_loader */
	put(zero + 0x218, INITRD, 4);
	put(zero + 0x21c, load_file("/inner.cpio", low + INITRD, 16 << 20), 4);
	strcpy((char *)low + COMMAND_LINE, command_line);
	put(zero + 0x228, COMMAND_LINE, 4);
	zero[0x1e8] = 2; /* e820_entries: address, size, type */
	put(zero + 0x2d0 + 8, 0x9fc00, 8);
	put(zero + 0x2d0 + 16, 1, 4);
	put(zero + 0x2e4, 1 << 20, 8);
	put(zero + 0x2e4 + 8, LINUX_SIZE - (1 << 20), 8);
	put(zero + 0x2e4 + 16, 1, 4);
	munmap(file, 32 << 20);
}

/* Maps the first GiB 1:1. */
static void make_linux_tables(void)
{
	table(0)[0] = entry(1);
	table(1)[0] = entry(2);
	for (unsigned int i = 0; i < 512; i++)
		table(2)[i] = i * (uint64_t)LARGE | PRESENT | WRITE | IS_LARGE;
}

static void enter_linux(int vcpu)
{
	struct kvm_regs regs;

	start_in_long_mode(vcpu, 0);
	if (ioctl(vcpu, KVM_GET_REGS, &regs) < 0)
		die("registers");
	regs.rip = KERNEL + ENTRY_64;
	regs.rsi = ZERO_PAGE;
	if (ioctl(vcpu, KVM_SET_REGS, &regs) < 0)
		die("registers");
}

/* Runs Linux until its init is ready. The machine has no devices, so all bits that a read returns
 * are ones. */
static void run_linux(int vcpu, struct kvm_run *state)
{
	for (;;) {
		uint8_t *data;

		if (ioctl(vcpu, KVM_RUN, 0) < 0)
			die("run");
		if (state->exit_reason == KVM_EXIT_MMIO) {
			memset(state->mmio.data, 0xff, sizeof(state->mmio.data));
			continue;
		}
		if (state->exit_reason != KVM_EXIT_IO) {
			printf("@no-exit %u\n", state->exit_reason);
			die("exit");
		}
		data = (uint8_t *)state + state->io.data_offset;
		if (state->io.direction == KVM_EXIT_IO_IN)
			memset(data, 0xff, state->io.size * state->io.count);
		else if (state->io.port == PORT_SAY)
			putchar(*data);
		else if (state->io.port == PORT_READY)
			return;
	}
}

static void make_linux_machine(int kvm)
{
	struct kvm_pit_config pit = { 0 };
	int vm = ioctl(kvm, KVM_CREATE_VM, 0);
	int size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), vcpu;

	if (vm < 0 || ioctl(vm, KVM_CREATE_IRQCHIP, 0) < 0 || ioctl(vm, KVM_CREATE_PIT2, &pit) < 0)
		die("vm");
	low = memory(LINUX_SIZE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	add_slot(vm, 0, 0, LINUX_SIZE, low, 0);
	load_linux();
	make_linux_tables();
	vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	if (vcpu < 0)
		die("vcpu");
	give_features(kvm, vcpu);
	enter_linux(vcpu);
	run_linux(vcpu, memory((size_t)size, MAP_SHARED, vcpu));
	printf("@vm %d 1\n", (int)getpid());
	print_registers(vcpu, 0);
}

/* --- init of that Linux --- */

static void say(const char *text)
{
	for (; *text; text++)
		outb((unsigned char)*text, PORT_SAY);
}

static void say_of_itself(void)
{
	static char known[64] = "what the inner init keeps in its memory";
	struct utsname name;
	char line[512];

	if (iopl(3) < 0)
		return;
	uname(&name);
	snprintf(line, sizeof(line), "@inner %s %p %s\n", name.release, (void *)known, known);
	say(line);
	outb(0, PORT_READY);
}

/* --- both --- */

static void wait_for_end(void)
{
	fflush(stdout);
	for (;;)
		pause();
}

int main(void)
{
	int kvm, done[2];
	char byte;

	if (access("/kernel", F_OK) < 0) {
		prctl(PR_SET_NAME, "inner-init");
		say_of_itself();
		wait_for_end();
	}
	setvbuf(stdout, NULL, _IOFBF, 1 << 16);
	mount("proc", "/proc", "proc", 0, NULL);
	load_modules();
	mknod("/dev/kvm", S_IFCHR | 0600, makedev(10, KVM_MINOR));
	kvm = open("/dev/kvm", O_RDWR);
	if (kvm < 0 || pipe(done) < 0)
		die("kvm");
	if (!fork()) {
		prctl(PR_SET_NAME, "linux-vmm");
		make_linux_machine(kvm);
		fflush(stdout);
		close(done[0]);
		if (write(done[1], "", 1) != 1)
			die("pipe");
		wait_for_end();
	}
	close(done[1]);
	if (read(done[0], &byte, 1) != 1)
		die("linux");
	prctl(PR_SET_NAME, "tiny-vmm");
	make_machine(kvm);
	puts("@ready");
	wait_for_end();
}
