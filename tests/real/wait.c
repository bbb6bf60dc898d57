/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Init of a guest in which tasks wait for ever. Readers wait for pages of a disk that does not
 * answer. If the guest has wait_driver, its threads and a reader of a file wait, too. Prints
 * /proc/PID/stack of each task, its state and its wchan. */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "init.h"

#define DRIVER "/wait_driver.ko"

enum {
	PAGES = 8, /* of the file */
	LOCKED = 5, /* the page that the driver locks */
	MOST_PATH = 300,
};

static void wait_to_be_told(const char *why)
{
	printf("@%s\n", why);
	getchar();
}

static uint64_t frame_of(const void *page)
{
	uint64_t entry = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY);

	pread(fd, &entry, sizeof(entry), (uintptr_t)page / getpagesize() * sizeof(entry));
	close(fd);
	return entry & ((UINT64_C(1) << 55) - 1);
}

static char *map_file(void)
{
	int fd = open("/file", O_RDWR | O_CREAT, 0600);
	char *pages;

	if (ftruncate(fd, PAGES * getpagesize()))
		perror("/file");
	pages = mmap(NULL, PAGES * getpagesize(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return pages;
}

/* Starts a process that calls read_it(arg), which never returns. */
static void start(const char *name, void (*read_it)(long), long arg)
{
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_NAME, name);
		read_it(arg);
		printf("@answered %s\n", name);
		_exit(0);
	}
	printf("@reader %d %s %lx\n", pid, name, arg);
}

static void read_file(long page)
{
	volatile char *pages = map_file();

	(void)pages[page * getpagesize()];
}

static void read_disk(long page)
{
	char byte;
	int fd = open("/dev/vda", O_RDONLY);

	posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);
	if (pread(fd, &byte, 1, (off_t)page * getpagesize()) != 1)
		perror("/dev/vda");
}

static void use_driver(void)
{
	char *pages = map_file(), parameters[64];
	int fd = open(DRIVER, O_RDONLY);
	struct stat file;

	memset(pages, 1, PAGES * getpagesize());
	stat("/file", &file);
	printf("@file %" PRIu64 " %" PRIx64 "\n", (uint64_t)file.st_ino,
	       frame_of(pages + LOCKED * getpagesize()));
	snprintf(parameters, sizeof(parameters), "path=/file page=%d", LOCKED);
	if (syscall(SYS_finit_module, fd, parameters, 0))
		perror(DRIVER);
	start("read-file", read_file, LOCKED);
}

static void tell_stack(const char *pid)
{
	char path[MOST_PATH], line[512];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/stack", pid);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file))
		printf("@stack %s %s", pid, line);
	if (file)
		fclose(file);
}

/* Prints the state of a process, and the function in which it waits. */
static void tell_wait(const char *pid)
{
	char path[MOST_PATH], state = '?', function[128] = "0";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	file = fopen(path, "r");
	if (file) {
		fscanf(file, "%*d (%*[^)]) %c", &state);
		fclose(file);
	}
	snprintf(path, sizeof(path), "/proc/%s/wchan", pid);
	file = fopen(path, "r");
	if (file) {
		fscanf(file, "%127s", function);
		fclose(file);
	}
	printf("@wait %s %c %s\n", pid, state, function);
}

static void tell_stacks(void)
{
	DIR *directory = opendir("/proc");
	struct dirent *entry;

	while ((entry = readdir(directory)))
		if (isdigit(*entry->d_name)) {
			tell_stack(entry->d_name);
			tell_wait(entry->d_name);
		}
	closedir(directory);
}

/* Makes a CPU of the driver call others. Returns when one of them has run the call. */
static void make_call(void)
{
	char value = '1';
	int fd = open("/sys/module/wait_driver/parameters/call", O_RDWR);

	if (fd < 0)
		return;
	for (pwrite(fd, &value, 1, 0); value != '2'; usleep(10000))
		pread(fd, &value, 1, 0);
	close(fd);
}

int main(void)
{
	cpu_set_t first;
	int fd;

	/* The driver stops other CPUs. */
	CPU_ZERO(&first);
	CPU_SET(0, &first);
	sched_setaffinity(0, sizeof(first), &first);
	begin_init();
	fd = open("/proc/sys/kernel/printk", O_WRONLY);
	write(fd, "4", 1);
	load_modules();
	if (!access(DRIVER, R_OK))
		use_driver();
	wait_to_be_told("disk");
	/* The first request may still be answered. */
	for (long page = 0x10; page <= 0x80; page += 0x10)
		start("read-disk", read_disk, page);
	start("read-again", read_disk, 0x80);
	start("read-again", read_disk, 0x80);
	for (;;) {
		wait_to_be_told("waiting");
		tell_stacks();
		wait_to_be_told("stacks");
		make_call();
		fd = open("/proc/sysrq-trigger", O_WRONLY);
		write(fd, "c", 1);
	}
}
