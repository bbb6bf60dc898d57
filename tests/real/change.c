/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Init of a guest whose memory is dumped twice: it says what there is, waits for a line,
 * changes a few things, and says so again. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, NR_PAGES = 8, MORE = 16 << 20 };

static void print_file(const char *tag, const char *path)
{
	char line[4096];
	FILE *file = fopen(path, "r");

	while (file && fgets(line, sizeof(line), file))
		printf("@%s %s", tag, line);
	if (file)
		fclose(file);
	else
		printf("@failed %s\n", path);
}

/* when: "before" or "after". Returns once a line came. */
static void tell(const char *when)
{
	static const char *const names[] = { "modules", "vmallocinfo" };
	char tag[64], path[64], line[64];

	for (int i = 0; i < 2; i++) {
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

/* Pages of this process alone, all of them there: fork() would protect shared ones. */
static char *map(size_t size)
{
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memset(p, 1, size);
	if (madvise(p, size, MADV_DONTFORK))
		puts("@failed MADV_DONTFORK");
	return p;
}

int main(void)
{
	pid_t old;
	char *pages;

	mkdir("/proc", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
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
	tell("after");
	for (;;)
		pause();
}
