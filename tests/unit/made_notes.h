/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kernels of all eras that consist only of a note. The release of each is a limit of an era or next
 * to it. */
#pragma once

#include "linux/page/page_layout.h"
#include "kernel/kernel.h"
#include "image.h"

#include "unit.h"

enum { MEMORY = 0x1000, MEMORY_SIZE = 0x4000 };

static struct image image;

#define LAYOUT_64                                                                                  \
	"SYMBOL(swapper_pg_dir)=ffffffff80001000\n"                                                \
	"NUMBER(phys_base)=0\n"                                                                    \
	"OFFSET(page.flags)=0\n"                                                                   \
	"OFFSET(page.lru)=8\n"                                                                     \
	"OFFSET(page.mapping)=24\n"                                                                \
	"OFFSET(page._mapcount)=48\n"

#define LAYOUT_32                                                                                  \
	"SYMBOL(swapper_pg_dir)=c0001000\n"                                                        \
	"OFFSET(page.flags)=0\n"                                                                   \
	"OFFSET(page.lru)=20\n"                                                                    \
	"OFFSET(page.mapping)=4\n"                                                                 \
	"OFFSET(page._mapcount)=8\n"

/* layout: the first lines of the note */
static inline struct kernel *open_with(bool narrow, const char *release, const char *layout,
				       const char *more)
{
	struct error err = { .message = "" };
	uint64_t at = MEMORY + MEMORY_SIZE;
	struct kernel *kernel;
	uint32_t header[3];
	char note[2048];
	int size = snprintf(note, sizeof(note), "OSRELEASE=%s\n%s%s", release, layout, more);

	header[0] = htole32(11);
	header[1] = htole32((uint32_t)size);
	header[2] = 0;
	image_init(&image, narrow);
	memset(image.bytes + MEMORY, 0, MEMORY_SIZE);
	memcpy(image.bytes + at, header, sizeof(header));
	memcpy(image.bytes + at + 12, "VMCOREINFO\0", 12);
	memcpy(image.bytes + at + 24, note, (size_t)size);
	image_add(&image,
		  (struct header){ .type = PT_NOTE, .offset = at, .filesz = 24 + (uint64_t)size });
	image_load(&image, MEMORY, 0, MEMORY_SIZE);
	kernel = image_open_kernel(&image, NULL, &err);
	if (!kernel)
		fail_msg("%s", err.message);
	return kernel;
}

static inline struct kernel *open_kernel(bool narrow, const char *release, const char *more)
{
	return open_with(narrow, release, narrow ? LAYOUT_32 : LAYOUT_64, more);
}

static inline const struct page_layout *layout_of(struct kernel *kernel)
{
	struct error err = { .message = "" };
	const struct page_layout *layout = page_layout_of(kernel, &err);

	if (!layout)
		fail_msg("%s: %s", kernel->identity->release, err.message);
	return layout;
}

static inline void put(struct page_words *words, int offset, size_t size, uint64_t value)
{
	value = htole64(value);
	assert_true(offset >= 0 && (size_t)offset + size <= PAGE_STRUCT_MAX);
	memcpy(words->bytes + offset, &value, size);
}

/* include/linux/page-flags.h of 3.10, with and without CONFIG_PAGEFLAGS_EXTENDED. */
#define FIRST_PAGE                                                                                 \
	"SIZE(page)=64\nOFFSET(page.first_page)=40\n"                                              \
	"NUMBER(PG_head)=14\nNUMBER(PG_tail)=15\nNUMBER(PG_reclaim)=18\n"
#define FIRST_PAGE_32                                                                              \
	"SIZE(page)=32\nOFFSET(page.first_page)=28\n"                                              \
	"NUMBER(PG_compound)=14\nNUMBER(PG_reclaim)=17\n"
#define HEAD "SIZE(page)=64\nOFFSET(page.compound_head)=8\nNUMBER(PG_head_mask)=65536\n"
#define HEAD_32 "SIZE(page)=32\nOFFSET(page.compound_head)=4\nNUMBER(PG_head_mask)=65536\n"
#define INFO "SIZE(page)=64\nOFFSET(page.compound_info)=8\nNUMBER(PG_head_mask)=64\n"
#define INFO_56 "SIZE(page)=56\nOFFSET(page.compound_info)=8\nNUMBER(PG_head_mask)=64\n"
#define INFO_32 "SIZE(page)=32\nOFFSET(page.compound_info)=4\nNUMBER(PG_head_mask)=64\n"
