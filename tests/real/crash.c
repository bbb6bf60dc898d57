/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Init of a guest that crashes in the way that the command line gives: kwalk.end=WAY. In some of
 * the ways, the test damages the memory of the guest from outside. In these ways, the init first
 * prints the address of the function that it will call, and waits for a line. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init.h"

enum { PAGE = 4096 };

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		perror(path);
	close(fd);
}

static void wait_to_be_told(void)
{
	puts("@ready");
	fflush(stdout);
	getchar();
}

/* --- ways to end --- */

static void run_sysrq(void)
{
	put("/proc/sys/kernel/sysrq", "1");
	put("/proc/sysrq-trigger", "c");
}

static void use_memory(void)
{
	put("/proc/sys/vm/panic_on_oom", "2");
	for (;;)
		memset(malloc(1 << 20), 1, 1 << 20);
}

/* Makes a memory cgroup with this limit, or without a limit, for the processes that it forks. */
static void make_group(const char *path, const char *limit)
{
	char file[64];

	mkdir(path, 0755);
	snprintf(file, sizeof(file), "%s/memory.max", path);
	put(file, limit);
	snprintf(file, sizeof(file), "%s/cgroup.subtree_control", path);
	put(file, "+memory");
}

static void use_memory_of(const char *processes)
{
	if (fork()) {
		wait(NULL);
		return;
	}
	prctl(PR_SET_NAME, "eater");
	put(processes, "0");
	for (;;)
		memset(malloc(1 << 20), 1, 1 << 20);
}

/* The OOM killer ends two processes in groups whose parent has a limit, and one in another group. At
 * last, it ends the kernel because of the first limit. */
static void exceed_limits(void)
{
	mkdir("/groups", 0755);
	mount("cgroup2", "/groups", "cgroup2", 0, NULL);
	put("/groups/cgroup.subtree_control", "+memory");
	make_group("/groups/shop", "16M");
	mkdir("/groups/shop/web", 0755);
	mkdir("/groups/shop/cart", 0755);
	mkdir("/groups/mail", 0755);
	put("/groups/mail/memory.max", "8M");
	use_memory_of("/groups/shop/web/cgroup.procs");
	use_memory_of("/groups/mail/cgroup.procs");
	use_memory_of("/groups/shop/cart/cgroup.procs");
	put("/proc/sys/vm/panic_on_oom", "2");
	use_memory_of("/groups/shop/web/cgroup.procs");
}

static void use_bad_page(void)
{
	wait_to_be_told();
	use_memory();
}

/* Reads a block of a RAM disk. This calls a function of a module. */
static void call_module(void)
{
	int fd = open("/modules/brd.ko", O_RDONLY);
	void *buffer = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (fd < 0 || syscall(SYS_finit_module, fd, "rd_nr=1", 0))
		perror("brd");
	mount("dev", "/dev", "devtmpfs", 0, NULL);
	print_symbol("brd_submit_bio");
	fd = open("/dev/ram0", O_RDONLY | O_DIRECT);
	wait_to_be_told();
	if (read(fd, buffer, PAGE) < 0)
		perror("/dev/ram0");
}

static void open_file(void)
{
	print_symbol("do_filp_open");
	wait_to_be_told();
	open("/nothing", O_RDONLY);
}

/* Returns a page for which a write() waits for ever, because no program handles the page faults. */
static void *endless_page(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int fd = syscall(SYS_userfaultfd, 0);
	void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	range.range.start = (unsigned long)page;
	range.range.len = PAGE;
	if (ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &range))
		perror("userfaultfd");
	return page;
}

static void write_file(const void *from)
{
	int fd = open("/file", O_WRONLY | O_CREAT, 0600);

	if (write(fd, from, PAGE) < 0)
		perror("/file");
	_exit(0);
}

/* Starts two processes. The first process holds the lock of a file and waits for ever for its page.
 * The second process waits for the lock. */
static void wait_forever(void)
{
	put("/proc/sys/kernel/hung_task_panic", "1");
	put("/proc/sys/kernel/hung_task_timeout_secs", "1");
	if (!fork())
		write_file(endless_page());
	usleep(500000);
	if (!fork()) {
		prctl(PR_SET_NAME, "a writer: 2");
		write_file(put);
	}
	for (;;)
		sleep(1);
}

/* --- bugs of incident_driver --- */

enum { USER_CODE = 0x10000000 };

static void load_driver(const char *parameters)
{
	int fd = open("/modules/incident_driver.ko", O_RDONLY);

	if (fd < 0 || syscall(SYS_finit_module, fd, parameters, 0))
		perror("incident_driver");
}

static void jump(void)
{
	load_driver("way=jump address=0");
}

static void *user_page(void)
{
	void *page = mmap((void *)USER_CODE, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	memset(page, 0xc3, PAGE); /* ret */
	return page;
}

static void jump_to_user(void)
{
	user_page();
	load_driver("way=jump address=0x10000000");
}

static void read_user(void)
{
	user_page();
	load_driver("way=read address=0x10000000");
}

static void remove_from_list(void)
{
	load_driver("way=list");
}

static void follow_text(void)
{
	load_driver("way=text");
}

static void leave_timer(void)
{
	load_driver("way=timer");
	if (syscall(SYS_delete_module, "incident_driver", O_NONBLOCK))
		perror("incident_driver");
	for (;;)
		sleep(1);
}

/* Twice the threshold is long enough that no other code of a slow machine reaches it. */
static void search_list(void)
{
	put("/proc/sys/kernel/softlockup_panic", "1");
	put("/proc/sys/kernel/watchdog_thresh", "4");
	load_driver("way=twice");
	for (;;)
		sleep(1);
}

static void fragment_memory(void)
{
	load_driver("way=fragment");
}

static void start_service(int nr)
{
	char name[16];

	if (fork())
		return;
	snprintf(name, sizeof(name), "svc-%d", nr);
	prctl(PR_SET_NAME, name);
	for (;;)
		pause();
}

/* Leaves a poisoned page, processes, and all the trouble that does not end the kernel. */
static void leave_trouble(void)
{
	cpu_set_t first = { 0 };

	if (!fork()) {
		madvise(user_page(), PAGE, MADV_HWPOISON);
		perror("the poisoned page"); /* SIGBUS ends the process before */
		_exit(1);
	}
	wait(NULL);
	for (int i = 1; i <= 4; i++)
		start_service(i);
	CPU_SET(0, &first); /* a thread of the driver takes the last CPU for ever */
	sched_setaffinity(0, sizeof(first), &first);
	usleep(200000);
	load_driver("way=locks");
	sleep(3);
	run_sysrq();
}

static void return_from_init(void)
{
	exit(11);
}

/* Runs until the test ends the machine. */
static void spin(void)
{
	puts("@ready");
	fflush(stdout);
	for (;;)
		;
}

/* Waits until the test ends the machine. */
static void idle(void)
{
	puts("@ready");
	fflush(stdout);
	pause();
}

/* Like search_list(), but the kernel only reports the lockup. */
static void loop_in_softirq(void)
{
	put("/proc/sys/kernel/watchdog_thresh", "4");
	load_driver("way=twice");
	idle();
}

int main(void)
{
	// clang-format off
	static const struct {
		const char *way;
		void (*run)(void);
	} ways[] = {
		{ "init", return_from_init }, { "sysrq", run_sysrq },
		{ "memory", use_memory }, { "page", use_bad_page },
		{ "module", call_module }, { "stack", open_file },
		{ "hung", wait_forever }, { "jump", jump },
		{ "user", jump_to_user }, { "read", read_user },
		{ "list", remove_from_list }, { "text", follow_text },
		{ "timer", leave_timer }, { "twice", search_list },
		{ "fragment", fragment_memory }, { "trouble", leave_trouble },
		{ "limits", exceed_limits }, { "idle", idle }, { "softirq", loop_in_softirq },
		{ "", spin },
	};
	// clang-format on
	char line[4096] = "", *way;
	FILE *file;

	mkdir("/proc", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	file = fopen("/proc/cmdline", "r");
	if (!file || !fgets(line, sizeof(line), file) || !(way = strstr(line, "kwalk.end=")))
		return 1;
	way += strlen("kwalk.end=");
	for (size_t i = 0;; i++)
		if (!strncmp(way, ways[i].way, strlen(ways[i].way)))
			ways[i].run();
}
