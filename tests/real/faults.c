/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Init of a guest with fault_driver. Its command line names the faults: kwalk.faults=NAME,NAME. Each
 * is run by a process of its own, and begins and ends with a line in the kernel's log. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init.h"

#define USER_PAGE ((char *)0x10000000)

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		printf("@failed %s %s %m\n", path, text);
	close(fd);
}

static void say(const char *what, const char *name)
{
	char text[80];

	snprintf(text, sizeof(text), "<1>@%s %s", what, name);
	put("/dev/kmsg", text);
}

static void use_memory(void)
{
	for (;;)
		memset(malloc(1 << 20), 1, 1 << 20);
}

static int __attribute__((noinline)) read_null(int *volatile number)
{
	return number[12];
}

static void run(const char *name)
{
	prctl(PR_SET_NAME, "teller");
	if (!strcmp(name, "memory"))
		use_memory();
	else if (!strcmp(name, "segfault"))
		_exit(read_null(NULL));
	else
		put("/proc/faults", name);
	_exit(0);
}

/* A warning comes sooner than by default. What the kernel lacks does not matter. */
static void set_limits(const char *name)
{
	put("/proc/sys/kernel/hung_task_timeout_secs", strcmp(name, "hang") ? "0" : "2");
	put("/proc/sys/kernel/soft_watchdog", strcmp(name, "spin") ? "0" : "1");
	put("/proc/sys/kernel/watchdog_thresh", "2");
	put("/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout",
	    strcmp(name, "reader") ? "60" : "3");
}

int main(void)
{
	char line[4096] = "", *names, *name;
	int fd;

	begin_init();
	load_modules();
	put("/proc/sys/kernel/printk_devkmsg", "on\n");
	put("/proc/sys/debug/exception-trace", "1");
	mmap(USER_PAGE, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	memset(USER_PAGE, 0, 4096);
	fd = open("/proc/cmdline", O_RDONLY);
	if (fd < 0 || read(fd, line, sizeof(line) - 1) < 0 ||
	    !(names = strstr(line, "kwalk.faults=")))
		names = "kwalk.faults=";
	names = strdup(names + strlen("kwalk.faults="));
	names[strcspn(names, " \n")] = '\0';
	while ((name = strsep(&names, ","))) {
		set_limits(name);
		say("begin", name);
		if (!fork())
			run(name);
		wait(NULL);
		usleep(300000);
		say("end", name);
	}
	say("ready", "");
	for (;;)
		pause();
}
