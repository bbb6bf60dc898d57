/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kdumpfile WHAT DUMP [LIST]   times how libkdumpfile reads memory, as pages.c does for kwalk
 * kdumpfile read DUMP ADDRESS  prints the eight bytes at ADDRESS, or the error
 */
#include <fcntl.h>
#include <libkdumpfile/kdumpfile.h>
#include <stdbool.h>
#include <unistd.h>

#include "pages.h"

static int fd;
static uint64_t end;

static void *open_dump(const char *path)
{
	kdump_ctx_t *dump = kdump_new();
	kdump_attr_t max_pfn = { .type = KDUMP_NUMBER };

	fd = open(path, O_RDONLY);
	if (!dump || kdump_open_fd(dump, fd) != KDUMP_OK) {
		fprintf(stderr, "kdumpfile: %s: %s\n", path,
			dump ? kdump_get_err(dump) : "out of memory");
		return NULL;
	}
	kdump_get_typed_attr(dump, "max_pfn", &max_pfn);
	end = max_pfn.val.number * PAGE_SIZE;
	return dump;
}

static void close_dump(void *dump)
{
	kdump_free(dump);
	close(fd);
}

static bool read8(void *dump, uint64_t paddr, uint64_t *value)
{
	size_t size = sizeof(*value);

	return kdump_read(dump, KDUMP_MACHPHYSADDR, paddr, value, &size) == KDUMP_OK;
}

static bool next_page(void *dump, uint64_t *paddr, uint8_t *page)
{
	for (; *paddr < end; *paddr += PAGE_SIZE) {
		size_t size = PAGE_SIZE;

		if (kdump_read(dump, KDUMP_MACHPHYSADDR, *paddr, page, &size) == KDUMP_OK)
			return true;
	}
	return false;
}

static int print_value(const char *path, const char *address)
{
	uint64_t value = 0;
	void *dump = open_dump(path);

	if (!dump)
		return 1;
	if (read8(dump, strtoull(address, NULL, 16), &value))
		printf("%" PRIx64 "\n", value);
	else
		printf("\"%s\"\n", kdump_get_err(dump));
	close_dump(dump);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct reader reader = { open_dump, close_dump, read8, next_page };

	if (argc == 4 && !strcmp(argv[1], "read"))
		return print_value(argv[2], argv[3]);
	return time_reader(&reader, argc, argv);
}
