/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Init of a guest that is to crash, in the way that its command line says: kwalk.end=WAY. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		perror(path);
	close(fd);
}

int main(void)
{
	char line[4096] = "", *way;
	FILE *file;

	mkdir("/proc", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	file = fopen("/proc/cmdline", "r");
	if (!file || !fgets(line, sizeof(line), file) ||
	    !(way = strstr(line, "kwalk.end=")))
		return 1;
	way += strlen("kwalk.end=");
	puts("@ready");
	fflush(stdout);
	if (!strncmp(way, "init", 4)) {
		return 11;
	} else if (!strncmp(way, "sysrq", 5)) {
		put("/proc/sys/kernel/sysrq", "1");
		put("/proc/sysrq-trigger", "c");
	} else if (!strncmp(way, "memory", 6)) {
		put("/proc/sys/vm/panic_on_oom", "2");
		for (;;)
			memset(malloc(1 << 20), 1, 1 << 20);
	}
	for (;;) /* the machine ends it */
		;
}
