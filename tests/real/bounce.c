/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A part of the init in bus.c. Writes to each disk in an endless loop, and prints the physical
 * addresses of the memory that it writes. Also prints how many slots of bounce buffers the kernel
 * counts. */
#define _GNU_SOURCE
#include "bounce.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>

/* The data begin at an offset in a slot, because drivers differ in whether the bounce buffer keeps
 * this offset. */
enum { PAGE = 4096, PAGES = 17, OFFSET = 512, SIZE = 16 * PAGE };

static int is_wanted(void)
{
	char line[4096] = "";
	FILE *file = fopen("/proc/cmdline", "r");

	if (file) {
		(void)!fgets(line, sizeof(line), file);
		fclose(file);
	}
	return strstr(line, "swiotlb=force") != NULL;
}

/* Prints the physical addresses of the pages: Documentation/admin-guide/mm/pagemap.rst. */
static void print_pages(const char *path, const char *data)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);

	for (int i = 0; i < PAGES; i++) {
		uint64_t entry = 0, page = (uintptr_t)(data + i * PAGE) / PAGE;

		if (pread(fd, &entry, sizeof(entry), page * sizeof(entry)) != sizeof(entry))
			printf("@no-pagemap %m\n");
		printf("@page %s %llx\n", path,
		       (unsigned long long)(entry & ((1ULL << 55) - 1)) * PAGE);
	}
	close(fd);
}

static void write_from(const char *path, unsigned int nr)
{
	uint64_t *data = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	int fd = open(path, O_WRONLY | O_DIRECT);

	if (data == MAP_FAILED || fd < 0) {
		printf("@no-writer %s %m\n", path);
		return;
	}
	for (uint64_t i = 0; i < PAGES * PAGE / sizeof(*data); i++)
		data[i] = 0x5157000000000000 | (uint64_t)nr << 32 | i;
	print_pages(path, (const char *)data);
	if (!fork())
		while (pwrite(fd, (const char *)data + OFFSET, SIZE, 1 << 20) == SIZE)
			;
}

static unsigned long number_in(const char *path)
{
	FILE *file = fopen(path, "r");
	unsigned long number = 0;

	if (!file || fscanf(file, "%lu", &number) != 1)
		printf("@no-number %s\n", path);
	if (file)
		fclose(file);
	return number;
}

void bounce_on(const char *const *disks, unsigned int nr)
{
	if (!is_wanted())
		return;
	mount("debug", "/sys/kernel/debug", "debugfs", 0, NULL);
	for (unsigned int i = 0; i < nr; i++)
		write_from(disks[i], i);
	puts("@ready");
	for (;; sleep(1))
		printf("@swiotlb %lu %lu\n", number_in("/sys/kernel/debug/swiotlb/io_tlb_nslabs"),
		       number_in("/sys/kernel/debug/swiotlb/io_tlb_used"));
}
