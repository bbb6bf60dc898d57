/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Init of a guest whose kernel is started with rare options and devices: memory of virtio-mem, swap in
 * zram, zswap and a RAM disk, traced functions, a BPF program that runs. Prints what its kernel shows of them. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/swap.h>

#include "init.h"

enum { PAGE = 4096, MEGA = 1 << 20, NR = 64 };

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		printf("@failed %s %m\n", path);
	close(fd);
}

/* union swap_header */
static void use_swap(const char *path, unsigned int pages, int priority)
{
	static unsigned int header[PAGE / 4];
	int fd = open(path, O_WRONLY);

	header[256] = 1;
	header[257] = pages - 1;
	memcpy((char *)header + PAGE - 10, "SWAPSPACE2", 10);
	if (fd < 0 || write(fd, header, PAGE) != PAGE || fsync(fd) ||
	    swapon(path, SWAP_FLAG_PREFER | priority))
		printf("@failed swap %s %m\n", path);
	close(fd);
}

/* Maps pages that begin with their names, and lets the kernel swap them. random: the rest of each
 * page cannot be compressed. */
static void swap_out(const char *name, int random_words)
{
	long *p = mmap(NULL, NR * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (int page = 0; page < NR; page++) {
		long *words = p + page * PAGE / sizeof(long);

		for (size_t i = 0; i < PAGE / sizeof(long); i++)
			words[i] = random_words ? random() * 0x5deece66dL : (long)i / 8 * page;
		sprintf((char *)words, "kwalk-%s-%d", name, page);
	}
	printf("@swapped %d %lx %d %s\n", getpid(), (unsigned long)p, NR, name);
	if (madvise(p, NR * PAGE, 21 /* MADV_PAGEOUT, 5.4 */))
		printf("@failed MADV_PAGEOUT %m\n");
}

static void swap(void)
{
	fflush(stdout);
	if (fork())
		return;
	prctl(PR_SET_NAME, "kwalk-swapped");
	put("/sys/block/zram0/backing_dev", "/dev/ram1\n");
	put("/sys/block/zram0/disksize", "16M\n");
	use_swap("/dev/zram0", 16 * MEGA / PAGE, 5);
	swap_out("zram", 0);
	put("/sys/block/zram0/idle", "all\n");
	put("/sys/block/zram0/writeback", "idle\n");
	print_file("written", "/sys/block/zram0/bd_stat");
	use_swap("/dev/ram0", 16 * MEGA / PAGE, 10);
	swap_out("disk", 0);
	put("/sys/module/zswap/parameters/enabled", "Y\n");
	swap_out("zswap", 0);
	swap_out("rejected", 1);
	print_file("swaps", "/proc/swaps");
	puts("@swapped-all");
	for (;;)
		pause();
}

/* Sleeps in functions whose return addresses function_graph and a kretprobe have replaced. */
static void sleep_traced(void)
{
#define TRACING "/sys/kernel/tracing/"
	char tag[32], path[64], text[4096];
	pid_t pid = 0;

	mount("tracefs", TRACING, "tracefs", 0, NULL);
	put(TRACING "set_ftrace_filter", "hrtimer_nanosleep\n");
	put(TRACING "current_tracer", "function_graph\n");
	put(TRACING "kprobe_events", "r:kwalk common_nsleep\n");
	put(TRACING "events/kprobes/kwalk/enable", "1\n");
	fflush(stdout);
	pid = fork();
	if (!pid)
		for (;;)
			sleep(1000000);
	snprintf(tag, sizeof(tag), "traced %d", pid);
	snprintf(path, sizeof(path), "/proc/%d/stack", pid);
	do {
		int fd = open(path, O_RDONLY);
		ssize_t size = read(fd, text, sizeof(text) - 1);

		close(fd);
		text[size > 0 ? size : 0] = '\0';
	} while (!strstr(text, "common_nsleep"));
	print_file(tag, path);
#undef TRACING
}

/* Loads a program that counts down, and runs it for ever. */
static void run_bpf(void)
{
	enum { LOAD = 5, TEST_RUN = 10, SOCKET_FILTER = 1 };
	/* r0 = 8192; r0 -= 1; if r0 != 0 goto -2; exit */
	static const unsigned long code[] = { 8192UL << 32 | 0xb7, 1UL << 32 | 0x17, 0xfffe0055,
					      0x95 };
	static struct {
		unsigned int type, nr;
		unsigned long code, license;
		unsigned int log_level, log_size;
		unsigned long log;
		unsigned int version, flags;
		char name[16], rest[64];
	} program = { .type = SOCKET_FILTER, .nr = 4, .name = "kwalk_program" };
	static struct {
		unsigned int fd, result, size_in, size_out;
		unsigned long in, out;
		unsigned int repeat, duration;
		char rest[64];
	} run = { .repeat = 0x7fffffff };
	static char packet[64], line[512];
	FILE *file;
	long fd;

	program.code = (unsigned long)code;
	program.license = (unsigned long)"GPL";
	fd = syscall(SYS_bpf, LOAD, &program, sizeof(program));
	if (fd < 0)
		printf("@failed bpf %m\n");
	file = fopen("/proc/kallsyms", "r");
	while (file && fgets(line, sizeof(line), file))
		if (strstr(line, "\t[bpf]"))
			printf("@bpf %d %s", getpid(), line);
	run.fd = (unsigned int)fd;
	run.in = (unsigned long)packet;
	run.size_in = sizeof(packet);
	puts("@ready");
	for (;;)
		syscall(SYS_bpf, TEST_RUN, &run, sizeof(run));
}

int main(void)
{
	char line[64];

	begin_init();
	load_modules();
	sleep_traced();
	swap();
	if (fgets(line, sizeof(line), stdin))
		run_bpf();
	for (;;)
		pause();
}
