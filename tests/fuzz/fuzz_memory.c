/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The input describes changes of 64 KiB of memory. If the first byte says so, the memory contains a
 * kernel's page table and banner. Then words are overwritten. A table that the search finds must
 * map itself and its banners. */
#include "ask.h"
#include "base/file.h"
#include "base/page.h"
#include "dump/dump.h"
#include "dump/formats/formats.h"
#include "kernel/view.h"
#include "kernel/kernel.h"
#include "kernel/space.h"
#include "kernel/table_search.h"
#include "open/open.h"
#include "paging/walk.h"

enum { MEMORY = 64 << 10, ROOT = 0x1000, BANNER = 0x8000 };

static uint8_t memory[MEMORY];

static void put(uint64_t at, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		memory[(at + i) % MEMORY] = (uint8_t)(value >> 8 * i);
}

/* All memory is in one large page, which is mapped in the image and in the direct map. */
static void put_long_mode(bool five)
{
	put(ROOT + 511 * 8, five ? 0x6067 : 0x2067, 8);
	put(ROOT + 273 * 8, five ? 0x7063 : 0x4063, 8);
	put(0x6000 + 511 * 8, 0x2067, 8);
	put(0x7000, 0x4063, 8);
	put(0x2000 + 510 * 8, 0x3063, 8);
	put(0x3000, 0x1e3, 8);
	put(0x4000, 0x5063, 8);
	put(0x5000, 0x1e3, 8);
}

static void put_kernel(unsigned int kind)
{
	static const char banner[] = "Linux version 6.1.0 (x)\n";

	memset(memory, 0, sizeof(memory));
	memcpy(memory + BANNER, banner, sizeof(banner));
	switch (kind) {
	case 0:
	case 1: put_long_mode(kind); break;
	case 2:
		put(ROOT + 768 * 4, 0x1e3, 4);
		put(ROOT + 1023 * 4, 0x2063, 4);
		break;
	case 3:
		put(ROOT + 3 * 8, 0x2001, 8);
		put(0x2000, 0x1e3, 8);
		put(0x2000 + 511 * 8, 0x3063, 8);
		break;
	}
}

/* Takes the kind of a write (one byte), the place (three bytes) and the value (eight bytes). */
static void write_over(struct input *input)
{
	static const char *const texts[] = {
		"Linux version 5",
		"OSRELEASE=6.1.0\n",
		"\nSYMBOL(swapper_pg_dir)=c0001000\nSYMBOL(init_uts_ns)=c0009000\n",
		"\nSYMBOL(swapper_pg_dir)=ffffffff80001000\nSYMBOL(init_uts_ns)=ffffffff80008000\n",
	};

	while (input->size) {
		uint64_t kind = take(input, 1), at = take(input, 3) % MEMORY;
		const char *text = texts[kind & 3];
		size_t size = strlen(text);

		if (kind & 4)
			put(at, take(input, 8), 8);
		else if (kind & 8)
			put(at & ~UINT64_C(7), take(input, 8), 8);
		else if (kind & 16)
			memcpy(memory + at % (MEMORY / PAGE_BYTES) * PAGE_BYTES, memory + ROOT,
			       PAGE_BYTES);
		else if (at + size < MEMORY)
			memcpy(memory + at, text, size);
	}
}

static void check_table(struct kernel *kernel)
{
	const struct found_table *table = kernel->table;
	struct space space;
	char text[14];

	if (!kernel_table_space(kernel, &space))
		return;
	PROMISED(space_maps(&space, table->vaddr, table->root));
	PROMISED(table->nr_banners && table->nr_banners <= MOST_BANNERS_IN_IMAGE);
	for (unsigned int i = 0; i < table->nr_banners; i++)
		PROMISED(space_read(&space, table->banner_vaddr[i], text, sizeof(text), NULL) &&
			 !memcmp(text, "Linux version ", sizeof(text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	struct input rest = { data + size - (size < 128 ? size : 128), size < 128 ? size : 128 };
	uint64_t way = take(&input, 1);
	const struct raw_place place = { .paddr = way & 64 ? UINT64_C(1) << 32 : 0 };
	struct opening opening = { .listener = listen(), .debug_path = "" };
	struct kernel *kernel;
	struct file file;

	put_kernel(way % 5);
	write_over(&input);
	if (!open_bytes(&file, memory, sizeof(memory)))
		abort();
	opening.dump = dump_open_raw(&file, &place, 1, opening.listener, NULL);
	PROMISED(opening.dump);
	kernel = open_kernel_dump(&opening, NULL);
	nr_slow_questions = 0;
	if (kernel) {
		PROMISED(size > 1 || kernel->table->root == ROOT);
		check_table(kernel);
		ask_facts(kernel);
		ask_regions(kernel);
		ask_addresses(kernel, &rest);
	} else {
		PROMISED(size != 1 || way % 5 == 4 || place.paddr);
	}
	open_close(kernel);
	return 0;
}
