/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Devices, and the tables of IOMMUs that give them access to memory. The list of devices is given
 * here, but the entries that lead to their tables are read from memory. */
#pragma once

#include "devices/io_map.h"
#include "devices/io_pages.h"
#include "devices/entrance.h"
#include "kernel/kernel.h"
#include "memory.h"

#include "unit.h"

enum {
	ROOT = 0x4000,
	CONTEXT = 0x5000,
	TOP = 0x8000,
	MIDDLE = 0x9000,
	LOW = 0xa000,
	UPPER = 0xb000,
	TOP_2 = 0xc000,
	MIDDLE_2 = 0xd000,
	LOW_2 = 0xe000
};
enum { MOST_DEVICES = 6 };

static struct kernel *kernel;
static struct pci_function functions[MOST_DEVICES];
static struct io_device devices[MOST_DEVICES];
static struct io_table tables[2];
static struct io_map given;

/* Replaces the function of src/devices/io_map.c, which would look for devices. */
bool io_map_make(struct kernel *of, struct io_map *map, struct error *err)
{
	(void)of;
	(void)err;
	*map = given;
	return true;
}

void io_map_release(struct io_map *map)
{
	*map = (struct io_map){ 0 };
}

static inline void start(void)
{
	memory_start_64("6.1.0", "");
	/* two devices on bus 0, each with three levels */
	put(ROOT, CONTEXT | 1, 8);
	put(CONTEXT, TOP | 1, 8);
	put(CONTEXT + 8, 1 | 7 << 8, 8);
	put(CONTEXT + 16, TOP_2 | 1, 8);
	put(CONTEXT + 24, 1 | 8 << 8, 8);
	memset(functions, 0, sizeof(functions));
	memset(devices, 0, sizeof(devices));
	memset(tables, 0, sizeof(tables));
	given = (struct io_map){ .device = devices, .table = tables, .whole = true };
}

static inline void add_device(enum dma_reach reach, uint32_t table)
{
	struct io_device *device = &devices[given.nr];
	struct pci_function *function = &functions[given.nr];

	snprintf(function->name, sizeof(function->name), "0000:00:%02zx.0", given.nr);
	device->table = table;
	if (reach == DMA_TRANSLATED)
		vtd_enter(kernel, ROOT, false, (uint8_t)table, &device->dma.entrance);
	device->dma.function = function;
	device->dma.interrupts = true;
	assert_int_equal(device->dma.entrance.reach, reach == DMA_TRANSLATED ? reach : DMA_UNKNOWN);
	device->dma.entrance.reach = reach;
	if (reach == DMA_TRANSLATED) {
		tables[table].space = device->dma.entrance.space;
		if (!tables[table].nr++)
			tables[table].first = given.nr;
		tables[table].readable = tables[table].writable = true;
		if (given.nr_tables <= table)
			given.nr_tables = table + 1;
	}
	given.nr++;
}

static inline void open_kernel(void)
{
	kernel = memory_open(NULL, NULL);
}

/* --- what is mapped --- */

enum { READ = 1, WRITE = 2, BOTH = 3, LARGE = 0x80 };

/* Maps pages of 4K from bus address 200000 on, pages of 2M around the range of interrupts, and one
 * page of 1G. */
static inline void put_tables(void)
{
	put(TOP, MIDDLE | BOTH, 8);
	put(TOP + 8, 0x80000000 | READ | LARGE, 8);
	put(TOP + 8 * 3, UPPER | BOTH, 8);
	put(MIDDLE + 8, LOW | BOTH, 8);
	put(LOW, 0x5000 | BOTH, 8);
	put(LOW + 8, 0x6000 | BOTH, 8);
	put(LOW + 8 * 2, 0x7000 | READ, 8);
	put(LOW + 8 * 3, 0x9000 | BOTH, 8);
	put(LOW + 8 * 4, 0xa000 | WRITE, 8);
	put(LOW + 8 * 6, 0xb000 | BOTH, 8);
	put(LOW + 8 * 7, 0x207000 | BOTH, 8);
	put(LOW + 8 * 8, 0x6000 | BOTH, 8);
	put(LOW + 8 * 9, 0x4000 | BOTH, 8);
	put(UPPER + 8 * 502, 0x40200000 | BOTH | LARGE, 8); /* bus fec00000 */
	put(UPPER + 8 * 503, 0x40000000 | BOTH | LARGE, 8); /* bus fee00000 */
	put(UPPER + 8 * 504, 0x40800000 | BOTH | LARGE, 8); /* bus ff000000 */
}

static inline void finish(struct io_pages *pages)
{
	if (pages)
		io_pages_release(pages);
	open_close(kernel);
}
