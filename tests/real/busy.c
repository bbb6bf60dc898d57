/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Init of a guest whose processes work all the time: they fork, exit, map, unmap, write and remove
 * files, open sockets, load and unload a module, and write to the log. Before they start, the init
 * prints what will not change: symbols, modules, resources, the pages of some mappings, and the
 * processes that stay. One word of a page counts the rounds of a loop. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "init.h"

enum { PAGE = 4096, NR_PAGES = 8, STEADY = 0x10000000, COUNTER = 0x20000000, MARK = 0x5eedf00d };

static volatile uint64_t *counter;

/* Prints some symbols of the kernel's image, whose names each kernel has only once. */
static void print_symbols(void)
{
	static const char *const wanted[] = {
		" T schedule\n",     " D init_task\n",	    " T vfs_read\n",
		" T kernel_clone\n", " D linux_banner\n",   " T start_kernel\n",
		" T do_exit\n",	     " D init_uts_ns\n",    " T wake_up_process\n",
		" T mmput\n",	     " D jiffies\n",	    " T copy_page_range\n",
		" T vmalloc\n",	     " R linux_banner\n",   " T generic_file_read_iter\n",
		" T alloc_pages\n",  " D init_pid_ns\n",    " T __kmalloc\n",
		" D init_mm\n",	     " D swapper_pg_dir\n",
	};
	char line[256];
	FILE *file = fopen("/proc/kallsyms", "r");

	while (file && fgets(line, sizeof(line), file))
		for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
			if (strstr(line, wanted[i]) && !strchr(line, '['))
				printf("@symbol %s", line);
	if (file)
		fclose(file);
}

static void print_page(const void *address)
{
	uint64_t entry = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY);

	if (pread(fd, &entry, 8, (off_t)((uintptr_t)address / PAGE * 8)) != 8)
		puts("@failed pagemap");
	close(fd);
	printf("@page %lx %lx\n", (unsigned long)address,
	       (unsigned long)(entry & ((1ul << 55) - 1)) * PAGE);
}

static void *map_at(uintptr_t address, size_t size)
{
	void *p =
		mmap((void *)address, size, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_LOCKED | MAP_POPULATE,
		     -1, 0);

	if (p == MAP_FAILED || madvise(p, size, MADV_DONTFORK))
		printf("@failed mmap %m\n");
	return p;
}

static void map_steady(void)
{
	char *pages = map_at(STEADY, NR_PAGES * PAGE);

	for (size_t i = 0; i < NR_PAGES; i++) {
		for (size_t at = 0; at < PAGE; at += 8)
			*(uint64_t *)(pages + i * PAGE + at) = (uint64_t)MARK << 32 | i << 16 | at;
		print_page(pages + i * PAGE);
	}
	counter = map_at(COUNTER, PAGE);
	*counter = 1;
	print_page((const void *)counter);
}

static pid_t start(const char *name, void (*run)(void))
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_NAME, name);
		for (;;)
			run();
	}
	printf("@process %s %d\n", name, pid);
	return pid;
}

/* Prints the stack of a process once it sleeps. */
static void print_stack(pid_t pid)
{
	char path[64], text[1024] = "";
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stack", pid);
	while (!strstr(text, "pause")) {
		usleep(100000);
		fd = open(path, O_RDONLY);
		if (read(fd, text, sizeof(text) - 1) < 0)
			printf("@failed %s %m\n", path);
		close(fd);
	}
	snprintf(text, sizeof(text), "stack %d", pid);
	print_file(text, path);
}

static void stay(void)
{
	static int files[3];

	for (int i = 0; i < 3 && !files[i]; i++) {
		char path[32];

		snprintf(path, sizeof(path), "/tmp/steady-%d", i);
		files[i] = open(path, O_CREAT | O_RDWR, 0600);
		if (write(files[i], path, strlen(path)) < 0)
			puts("@failed write");
	}
	pause();
}

static void fork_and_exit(void)
{
	enum { MOST = 12 };
	pid_t child[MOST];

	for (int i = 0; i < MOST; i++) {
		child[i] = fork();
		if (!child[i]) {
			char *p;

			prctl(PR_SET_NAME, "busy-child");
			p = mmap(NULL, (size_t)(i + 1) * 16 * PAGE, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			memset(p, i, (size_t)(i + 1) * 16 * PAGE);
			_exit(0);
		}
	}
	for (int i = 0; i < MOST; i++)
		waitpid(child[i], NULL, 0);
}

static void map_and_unmap(void)
{
	enum { MOST = 32 };
	static char *area[MOST];
	static size_t size[MOST];
	int i = (int)(random() % MOST);

	if (area[i])
		munmap(area[i], size[i]);
	size[i] = (size_t)(1 + random() % 600) * PAGE;
	area[i] = mmap(NULL, size[i], PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(area[i], i, size[i]);
	mprotect(area[i], size[i] / 2 / PAGE * PAGE, random() & 1 ? PROT_READ : PROT_NONE);
}

static void write_files(void)
{
	static char bytes[64 * PAGE];
	char path[64], other[64];
	int fd;

	snprintf(path, sizeof(path), "/tmp/d%ld/file-%ld", random() % 8, random() % 64);
	snprintf(other, sizeof(other), "/tmp/d%ld/renamed-%ld", random() % 8, random() % 64);
	mkdir("/tmp/d0", 0700);
	path[6] = other[6] = '0';
	fd = open(path, O_CREAT | O_RDWR | O_TRUNC, 0600);
	if (write(fd, bytes, (size_t)(random() % 64) * PAGE) < 0)
		unlink(path);
	close(fd);
	if (random() & 1)
		rename(path, other);
	else
		unlink(other);
}

static void open_sockets(void)
{
	enum { MOST = 64 };
	static int pair[MOST][2];

	for (int i = 0; i < MOST; i++) {
		if (pair[i][0]) {
			close(pair[i][0]);
			close(pair[i][1]);
		}
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair[i]) ||
		    write(pair[i][0], pair, sizeof(pair)) < 0)
			puts("@failed socketpair");
	}
}

static void load_and_unload(void)
{
	int fd = open("/module.ko", O_RDONLY | O_CLOEXEC);

	if (syscall(SYS_finit_module, fd, "", 0))
		printf("@failed module %m\n");
	close(fd);
	syscall(SYS_delete_module, "dummy", O_NONBLOCK);
}

static void *end_thread(void *arg)
{
	return arg;
}

static void make_threads(void)
{
	pthread_t thread[8];

	for (int i = 0; i < 8; i++)
		pthread_create(&thread[i], NULL, end_thread, NULL);
	for (int i = 0; i < 8; i++)
		pthread_join(thread[i], NULL);
}

static void write_log(void)
{
	static unsigned int n;
	char line[80];
	int fd = open("/dev/kmsg", O_WRONLY), length;

	length = snprintf(line, sizeof(line), "<6>busy: line %u of a log that wraps", n++);
	if (write(fd, line, (size_t)length) < 0)
		sched_yield();
	close(fd);
}

int main(void)
{
	begin_init();
	mount("tmp", "/tmp", "tmpfs", 0, NULL);
	load_modules();
	prctl(PR_SET_NAME, "busy-init");
	print_file("setting", "/proc/sys/vm/compact_unevictable_allowed");
	print_symbols();
	print_file("module", "/proc/modules");
	print_file("iomem", "/proc/iomem");
	print_file("version", "/proc/version");
	print_file("meminfo", "/proc/meminfo");
	map_steady();
	print_file("maps", "/proc/self/maps");
	for (int i = 0; i < 3; i++)
		print_stack(start("busy-stays", stay));
	start("busy-fork", fork_and_exit);
	start("busy-fork", fork_and_exit);
	start("busy-map", map_and_unmap);
	start("busy-files", write_files);
	start("busy-sockets", open_sockets);
	start("busy-module", load_and_unload);
	start("busy-threads", make_threads);
	start("busy-log", write_log);
	puts("@ready");
	for (;;)
		(*counter)++;
}
