/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Uses QEMU's edu device (docs/specs/edu.rst) without a driver. This device copies memory if a
 * program writes commands to its registers. */
#include "edu.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	SOURCE = 0x80,
	TARGET = 0x88,
	COUNT = 0x90,
	COMMAND = 0x98,
	BUFFER = 0x40000, /* the buffer in the device */
	START = 1,
	TO_MEMORY = 2,
	MAP = 4096,
};

static int open_file(const char *device, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s", device, name);
	return open(path, O_RDWR);
}

static int is_edu(const char *device)
{
	unsigned char ids[4] = { 0 };
	int fd = open_file(device, "config");

	if (fd < 0 || pread(fd, ids, sizeof(ids), 0) != sizeof(ids))
		printf("@no-config %s\n", device);
	close(fd);
	return !memcmp(ids, "\x34\x12\xe8\x11", sizeof(ids));
}

/* Sets bit 1 (memory space) and bit 2 (bus master) of the command register. */
static void enable(const char *device)
{
	unsigned char command = 6;
	int fd = open_file(device, "config");

	if (fd < 0 || pwrite(fd, &command, 1, 4) != 1)
		printf("@no-enabling %s\n", device);
	close(fd);
}

static void copy(volatile char *registers, uint64_t from, uint64_t to, uint64_t command)
{
	*(volatile uint64_t *)(registers + SOURCE) = from;
	*(volatile uint64_t *)(registers + TARGET) = to;
	*(volatile uint64_t *)(registers + COUNT) = 4;
	*(volatile uint64_t *)(registers + COMMAND) = command;
	for (int i = 0; i < 100 && *(volatile uint64_t *)(registers + COMMAND) & START; i++)
		usleep(10000);
}

static int use(const char *device, uint64_t from, uint64_t to)
{
	int fd = open_file(device, "resource0");
	void *registers = mmap(NULL, MAP, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	close(fd);
	if (registers == MAP_FAILED) {
		printf("@no-registers %s %m\n", device);
		return 0;
	}
	enable(device);
	copy(registers, from, BUFFER, START);
	copy(registers, BUFFER, to, START | TO_MEMORY);
	munmap(registers, MAP);
	return 1;
}

void edu_copy(uint64_t from, uint64_t to)
{
	DIR *dir = opendir("/sys/bus/pci/devices");
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && is_edu(entry->d_name) &&
		    use(entry->d_name, from, to))
			printf("@accessed %s %llx\n", entry->d_name, (unsigned long long)to);
	if (dir)
		closedir(dir);
}
