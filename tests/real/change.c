/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Init of a guest whose memory is dumped twice. Prints the state of the guest, waits for a line,
 * changes a few things, and prints the state again. While the init waits for the first line, the
 * test inflates the balloon of the guest. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "init.h"

enum { PAGE = 4096, NR_PAGES = 8, MORE = 16 << 20, HUGE = 2 << 20, SECRET = 4 };

/* Prints the state of the guest, and returns after it has read a line. when: "before" or
 * "after". */
static void tell(const char *when)
{
	static const char *const names[] = { "modules", "vmallocinfo", "meminfo", "vmstat" };
	char tag[64], path[64], line[64];

	for (int i = 0; i < 4; i++) {
		snprintf(tag, sizeof(tag), "%s %s", when, names[i]);
		snprintf(path, sizeof(path), "/proc/%s", names[i]);
		print_file(tag, path);
	}
	snprintf(tag, sizeof(tag), "%s maps", when);
	print_file(tag, "/proc/self/maps");
	printf("@ready %s\n", when);
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		pause();
}

static pid_t start(const char *name)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_NAME, name);
		for (;;)
			pause();
	}
	printf("@process %s %d\n", name, pid);
	return pid;
}

static void load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
		printf("@failed %s\n", path);
	close(fd);
}

/* Maps pages that are all present. fork() does not share them, because it would make shared pages
 * read-only. */
static char *map(size_t size)
{
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memset(p, 1, size);
	if (madvise(p, size, MADV_DONTFORK))
		puts("@failed MADV_DONTFORK");
	return p;
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		printf("@failed %s\n", path);
	close(fd);
}

/* Makes frames with uses that are rare: zsmalloc (pages of a zram disk, with more random bytes in
 * each step), tmpfs, hugetlb, and memfd_secret(). */
static void use_frames(void)
{
	enum { STEPS = 16, STEP = 16 * PAGE };
	static char block[STEP] __attribute__((aligned(PAGE)));
	int disk, file, secret = (int)syscall(447 /* memfd_secret */, 0);
	char *huge, *hidden;

	put("/sys/block/zram0/disksize", "16M\n");
	disk = open("/dev/zram0", O_WRONLY | O_DIRECT);
	file = open("/tmp/file", O_CREAT | O_WRONLY, 0600);
	for (int step = 0; step < STEPS; step++) {
		for (int page = 0; page < 16; page++)
			for (int i = 0; i < PAGE / STEPS * step; i++)
				block[page * PAGE + i] = (char)random();
		if (write(disk, block, STEP) != STEP || write(file, block, STEP) != STEP)
			puts("@failed write");
	}
	close(disk);
	close(file);
	put("/proc/sys/vm/nr_hugepages", "2\n");
	huge = mmap(NULL, HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB,
		    -1, 0);
	if (ftruncate(secret, SECRET * PAGE))
		puts("@failed memfd_secret");
	hidden = mmap(NULL, SECRET * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, secret, 0);
	if (huge == MAP_FAILED || hidden == MAP_FAILED) {
		puts("@failed mmap");
		return;
	}
	memset(huge, 1, HUGE);
	memset(hidden, 1, SECRET * PAGE);
}

int main(void)
{
	pid_t old;
	char *pages;

	begin_init();
	mount("tmp", "/tmp", "tmpfs", 0, NULL);
	load_modules();
	old = start("kwalk-old");
	start("kwalk-stays");
	pages = map(NR_PAGES * PAGE);
	tell("before");
	kill(old, SIGKILL);
	waitpid(old, NULL, 0);
	start("kwalk-new");
	load("/module.ko");
	if (mprotect(pages + 2 * PAGE, PAGE, PROT_READ | PROT_EXEC) ||
	    mprotect(pages + 5 * PAGE, PAGE, PROT_READ))
		puts("@failed mprotect");
	munmap(pages + 7 * PAGE, PAGE);
	printf("@pages %lx\n", (unsigned long)pages);
	map(MORE);
	use_frames();
	put("/proc/sys/vm/stat_refresh", "1\n");
	print_file("zram", "/sys/block/zram0/mm_stat");
	tell("after");
	for (;;)
		pause();
}
