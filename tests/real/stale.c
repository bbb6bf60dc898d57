/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Init of a guest whose driver frees pages that its device can still access (stale_driver.c). Uses
 * each of the freed frames in another way, lets the device write to one of them, and prints the use
 * of each frame. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "edu.h"
#include "init.h"

#define PARAMETERS "/sys/module/stale_driver/parameters/"

enum {
	PAGE = 4096,
	TABLE_COVERS = 2 << 20, /* bytes that one page table of the lowest level maps */
	MOST_PAGES = 1 << 13,
	LISTED = 64, /* limit for the pages in the list of a CPU, see leave_to_user() */
	MOST_TABLES = 1 << 8,
	TRIES = 10, /* another process may get the frame first */
	SLAB = 7, /* KPF_*: include/uapi/linux/kernel-page-flags.h */
	BUDDY = 10,
	PAGE_TABLE = 26,
};

struct left {
	uint64_t bus, pfn;
};

static uint64_t read_word(const char *path, uint64_t index)
{
	uint64_t word = 0;
	int fd = open(path, O_RDONLY);

	if (pread(fd, &word, sizeof(word), (off_t)(index * sizeof(word))) != sizeof(word))
		printf("@no-word %s %" PRIx64 "\n", path, index);
	close(fd);
	return word;
}

static int tell_driver(const char *word)
{
	int fd = open(PARAMETERS "leave", O_WRONLY);
	int done = write(fd, word, strlen(word)) > 0;

	close(fd);
	return done;
}

/* Lets the driver allocate a page in the way `how`, map it, and free it. With "slab", the driver
 * may fail to get the page back as a slab, so tries several times. */
static struct left leave(const char *how)
{
	struct left left = { 0, 0 };
	FILE *file;

	for (int try = 0; !tell_driver(how); try++)
		if (try == TRIES || !tell_driver("forget")) {
			printf("@no-leaving %s\n", how);
			return left;
		}
	file = fopen(PARAMETERS "leave", "r");
	if (!file || fscanf(file, "%" SCNx64 " %" SCNx64, &left.bus, &left.pfn) != 2)
		printf("@no-left %s\n", how);
	if (file)
		fclose(file);
	return left;
}

/* Reserves memory that has no pages yet. The address that is returned is a multiple of
 * TABLE_COVERS. */
static char *reserve(size_t bytes)
{
	char *memory = mmap(NULL, bytes + TABLE_COVERS, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		printf("@no-memory %m\n");
	madvise(memory, bytes + TABLE_COVERS, MADV_NOHUGEPAGE);
	return memory + (-(uintptr_t)memory & (TABLE_COVERS - 1));
}

/* Two tests of a frame: is it the page at address `at`, or is it a page table? */
static int has_page(const char *at, uint64_t pfn)
{
	return (read_word("/proc/self/pagemap", (uintptr_t)at / PAGE) &
		((UINT64_C(1) << 55) - 1)) == pfn;
}

static int is_table(const char *at, uint64_t pfn)
{
	(void)at;
	return read_word("/proc/kpageflags", pfn) >> PAGE_TABLE & 1;
}

/* Writes to memory once in each step, until the kernel uses the frame that the driver left in the
 * wanted way. has: tests this. */
static char *take(const char *how, size_t step, size_t steps,
		  int (*has)(const char *at, uint64_t pfn), struct left *left)
{
	char *memory = reserve(step * (steps + LISTED));

	memory[0] = 1; /* makes the tables of the upper levels */
	for (int try = 0; try < TRIES; try++) {
		size_t i = 1;

		*left = leave(how);
		while (i < steps && (memory[i * step] = 1) && !has(memory + i * step, left->pfn))
			i++;
		if (i < steps)
			return memory + i * step;
		tell_driver("forget");
		munmap(memory, step * (steps + LISTED));
		memory = reserve(step * (steps + LISTED));
		memory[0] = 1;
	}
	printf("@no-taking %s\n", how);
	return memory;
}

static void tell(const char *use, struct left left, uint64_t detail)
{
	printf("@left %s %" PRIx64 " %" PRIx64 " %" PRIx64 "\n", use, left.bus, left.pfn, detail);
}

static void leave_to_user(uint64_t source)
{
	struct left left;
	char *page = take("user", PAGE, MOST_PAGES, has_page, &left);
	uint32_t word;

	/* The pages that were touched last are also in a list of the CPU, which has a reference to
	 * them. Touch more pages, so that `page` leaves this list. */
	for (int i = 1; i <= LISTED; i++)
		page[i * PAGE] = 1;
	memset(page, 0x11, PAGE);
	edu_copy(source, left.bus);
	memcpy(&word, page, sizeof(word));
	tell("user", left, (uintptr_t)page);
	printf("@overwritten %" PRIx32 "\n", word);
}

static void leave_to_table(void)
{
	struct left left;
	char *page = take("table", TABLE_COVERS, MOST_TABLES, is_table, &left);

	tell("table", left, (uintptr_t)page);
}

static void leave_to_slab(void)
{
	struct left left = leave("slab");

	tell("slab", left, read_word("/proc/kpageflags", left.pfn) >> SLAB & 1);
}

/* flags: the flags of the frame in /proc/kpageflags, if the kernel has not used the frame again. */
static void leave_free(const char *how, uint64_t flags)
{
	struct left left = leave(how);

	for (int try = 0; try < TRIES; try++) {
		if (read_word("/proc/kpageflags", left.pfn) == flags)
			break;
		tell_driver("forget");
		left = leave(how);
	}
	tell(how, left, read_word("/proc/kpageflags", left.pfn));
}

int main(void)
{
	uint64_t source = 0;
	FILE *file;

	begin_init();
	load_modules();
	file = fopen(PARAMETERS "source", "r");
	if (!file || fscanf(file, "%" SCNu64, &source) != 1)
		puts("@no-source");
	leave_to_user(source);
	leave_to_table();
	leave_to_slab();
	leave_free("block", UINT64_C(1) << BUDDY);
	leave_free("single", 0);
	puts("@ready");
	for (;;)
		pause();
}
