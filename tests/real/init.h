/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions that the inits of guests call at their start. */
#pragma once

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Mounts file systems. Opens the console, to which output is written line by line. */
static inline void begin_init(void)
{
	int console;

	mount("proc", "/proc", "proc", 0, NULL);
	mount("sys", "/sys", "sysfs", 0, NULL);
	mount("dev", "/dev", "devtmpfs", 0, NULL);
	console = open("/dev/console", O_RDWR);
	for (int fd = 0; fd < 3; fd++)
		dup2(console, fd);
	setvbuf(stdout, NULL, _IOLBF, 0);
}

/* Loads the modules in the list that `run` has put beside init, in the order of the list. */
static inline void load_modules(void)
{
	char path[256];
	FILE *list = fopen("/modules.list", "r");

	while (list && fgets(path, sizeof(path), list)) {
		int fd;

		path[strcspn(path, "\n")] = '\0';
		fd = open(path, O_RDONLY);
		if (fd < 0 || syscall(SYS_finit_module, fd, "", 0) < 0)
			printf("@no-module %s %m\n", path);
		if (fd >= 0)
			close(fd);
	}
	if (list)
		fclose(list);
}

/* Prints each line of the file with the tag before it. */
static inline void print_file(const char *tag, const char *path)
{
	char line[4096];
	FILE *file = fopen(path, "r");

	while (file && fgets(line, sizeof(line), file))
		printf("@%s %s", tag, line);
	if (file)
		fclose(file);
	else
		printf("@failed %s %m\n", path);
}

/* Prints the address of this symbol of the kernel or of a module. */
static inline void print_symbol(const char *wanted)
{
	FILE *file = fopen("/proc/kallsyms", "r");
	char text[512], name[400];
	unsigned long long address;

	while (file && fgets(text, sizeof(text), file))
		if (sscanf(text, "%llx %*c %399s", &address, name) == 2 && !strcmp(name, wanted))
			printf("@symbol %llx %s\n", address, name);
	if (file)
		fclose(file);
}
