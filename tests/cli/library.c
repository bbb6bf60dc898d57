/* SPDX-License-Identifier: GPL-3.0-or-later */
/* library DUMP: of every page that libkdumpfile finds in DUMP eight words, as
 * ADDRESS CONTENT. */
#include <fcntl.h>
#include <libkdumpfile/kdumpfile.h>
#include <stdio.h>
#include <stdint.h>

enum { PAGE_SIZE = 4096, END = 64 << 20 };

int main(int argc, char **argv)
{
	kdump_ctx_t *dump = kdump_new();
	uint64_t words[PAGE_SIZE / 8];

	if (argc != 2 || !dump || kdump_open_fd(dump, open(argv[1], O_RDONLY)) != KDUMP_OK)
		return 1;
	for (uint64_t paddr = 0; paddr < END; paddr += PAGE_SIZE) {
		size_t size = sizeof(words), at = paddr >> 12 << 6 & 0xfc0;

		if (kdump_read(dump, KDUMP_MACHPHYSADDR, paddr, words, &size) != KDUMP_OK)
			continue;
		printf("%lx ", (unsigned long)(paddr + at));
		for (size_t i = 0; i < 8; i++)
			printf("%016lx", (unsigned long)words[at / 8 + i]);
		putchar('\n');
	}
	kdump_free(dump);
	return 0;
}
