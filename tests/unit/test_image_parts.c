/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of the kernel image and of modules. */
#include "linux/module/modules.h"
#include "linux/region.h"
#include "linux/resource.h"
#include "linux/module/slots.h"
#include "linux/page/page_info.h"
#include "kernel/arch.h"
#include "linux/area_members.h"
#include "kernel/percpu.h"
#include "open/archs.h"
#include "made_types.h"

#ifdef HAVE_LIBBPF

/* --- the kernel image --- */

/* Sections and parts of sections. The first one that contains an address is returned. The end of
 * each is exclusive. In the direct map of i386, only ranges between symbols belong to the image. */
static void parts_of_the_image(void **state)
{
	enum {
		TEXT = 0x1000,
		IRQ = 0x1100,
		ENTRY = 0x1200,
		DATA = 0x3000,
		BSS = 0x5000,
		BRK = 0x5800,
		END = 0x6000
	};
	static const struct {
		const char *name;
		uint64_t offset;
	} symbols[] = {
		{ "_etext", 0x2000 },
		{ "__irqentry_text_start", IRQ },
		{ "__irqentry_text_end", ENTRY },
		{ "__entry_text_start", IRQ },
		{ "__entry_text_end", ENTRY + 0x80 },
		{ "_sdata", DATA }, /* has no end symbol */
		{ "__init_begin", 0x4000 },
		{ "__init_end", 0x4800 },
		{ "__bss_start", BSS },
		{ "__bss_stop", BRK },
		{ "__brk_base", BRK },
		{ "__brk_limit", END },
	};
	static const struct {
		uint64_t offset;
		enum image_section section;
		const char *part;
	} rows[] = {
		{ 0, IMAGE_TEXT, NULL },
		{ IRQ - 1, IMAGE_TEXT, NULL },
		{ IRQ, IMAGE_TEXT, "irqentry-text" },
		{ ENTRY - 1, IMAGE_TEXT, "irqentry-text" },
		{ ENTRY, IMAGE_TEXT, "entry-text" },
		{ ENTRY + 0x7f, IMAGE_TEXT, "entry-text" },
		{ ENTRY + 0x80, IMAGE_TEXT, NULL },
		{ 0x1fff, IMAGE_TEXT, NULL },
		{ 0x2000, IMAGE_NO_SECTION, NULL },
		{ DATA, IMAGE_NO_SECTION, NULL },
		{ 0x4000, IMAGE_INIT, NULL },
		{ 0x47ff, IMAGE_INIT, NULL },
		{ 0x4800, IMAGE_NO_SECTION, NULL },
		{ BSS, IMAGE_BSS, NULL },
		{ BRK - 1, IMAGE_BSS, NULL },
		{ BRK, IMAGE_NO_SECTION, "brk" },
		{ END - 1, IMAGE_NO_SECTION, "brk" },
		{ END, IMAGE_NO_SECTION, NULL },
	};
	static const enum region_kind kinds[] = { REGION_KERNEL_IMAGE, REGION_DIRECT_MAP,
						  REGION_VMALLOC };
	struct kernel *kernel;

	(void)state;
	start_64("6.1.0");
	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++)
		linked_add(&linked, symbols[i].name, LINKED_BASE + symbols[i].offset, 0);
	kernel = open_kernel(NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t kind = 0; kind < 3; kind++) {
			const struct region region = { 0, UINT64_MAX, kinds[kind] };
			struct image_place place;
			bool found = region_image_at(kernel, &region, LINKED_BASE + rows[i].offset,
						     &place);
			bool known = rows[i].section || rows[i].part;

			if (found != (kind == 0 || (kind == 1 && known)))
				fail_msg("row %zu", i);
			if (!found)
				continue;
			if (place.section != rows[i].section || !place.part != !rows[i].part ||
			    (place.part && strcmp(place.part, rows[i].part)))
				fail_msg("row %zu: %s, %s", i, image_section_names[place.section],
					 place.part);
		}
	open_close(kernel);
}

/* --- modules --- */

/* ac3b43283923 (6.4): mem[] is indexed by an enum. A type that the enum lacks, or that is not in
 * the array, has no memory. */
static void memories_of_modules(void **state)
{
	static const char *const parts[] = { "text",	      "data",	   "rodata",
					     "ro-after-init", "init-text", "init-data",
					     "init-rodata" };
	static const struct slot types[] = {
		{ "MOD_TEXT", 0 },	  { "MOD_DATA", 1 },
		{ "MOD_RODATA", 2 },	  { "MOD_RO_AFTER_INIT", 3 },
		{ "MOD_INIT_TEXT", 4 },	  { "MOD_INIT_DATA", 5 },
		{ "MOD_INIT_RODATA", 6 }, { NULL, 0 },
	};
	static const struct {
		/* without: the type with this number is missing. */
		unsigned int array, element, without;
		int base, size; /* offsets in struct module_memory; -1: no such member */
		unsigned int nr;
	} rows[] = {
		{ 7 * 24, 24, 9, 0, 16, 7 },	  { 7 * 24 - 1, 24, 9, 0, 16, 6 },
		{ 7 * 24 + 23, 24, 9, 0, 16, 7 }, { 7 * 24, 24, 3, 0, 16, 6 },
		{ 7 * 24, 24, 0, 0, 16, 6 },	  { 24, 24, 9, 0, 16, 1 },
		{ 23, 24, 9, 0, 16, 0 },	  { 7 * 24, 0, 9, 0, 16, 0 },
		{ 7 * 24, 24, 9, -1, 16, 0 },	  { 7 * 24, 24, 9, 0, -1, 0 },
		{ 7 * 24, 24, 9, 8, 16, 7 },
	};
	enum { HEAD = 0x5000, MODULE = 0x6000, MEM = 0x40 };
	const uint64_t text = 0xffffffffc0000000;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int negative = 0; negative < 2; negative++) {
			const struct module_range *range;
			struct member *members;
			struct kernel *kernel;
			char line[64];
			size_t nr;

			snprintf(line, sizeof(line), "SIZE(module_memory)=%u\n", rows[i].element);
			start_with("6.6.0", line);
			linked_add(&linked, "modules", IMAGE + HEAD, 16);
			put(HEAD, IMAGE + MODULE + 8, 8);
			put(HEAD + 8, IMAGE + MODULE + 8, 8);
			put(MODULE + 8, IMAGE + HEAD, 8);
			put(MODULE + 16, IMAGE + HEAD, 8);
			put(MODULE + 0x20, 'm', 1);
			btf__add_enum(btf, "mod_mem_type", 4);
			for (unsigned int type = 0; types[type].name; type++) {
				uint64_t at = MODULE + MEM + type * 24 + (rows[i].base > 0 ? 8 : 0);

				if (type != rows[i].without)
					btf__add_enum_value(btf, types[type].name,
							    negative && type == 5 ?
								    -1 :
								    types[type].value);
				put(at, text + type * 0x2000, 8);
				put(MODULE + MEM + type * 24 + 16, 0x1800, 4);
			}
			kernel = open_kernel(NULL);
			members = kernel_state(kernel, &state_members);
			members[MODULE_LIST] = (struct member){ true, true, false, 8, 16 };
			members[MODULE_NAME] = (struct member){ true, true, false, 0x20, 8 };
			members[MODULE_MEM] =
				(struct member){ true, true, false, MEM, rows[i].array };
			members[MODULE_MEMORY_BASE] =
				(struct member){ true, rows[i].base >= 0, false,
						 (uint32_t)rows[i].base, 8 };
			members[MODULE_MEMORY_SIZE] =
				(struct member){ true, rows[i].size >= 0, false,
						 (uint32_t)rows[i].size, 4 };
			range = module_all_ranges(kernel, 0, UINT64_MAX, &nr);
			if (nr != rows[i].nr - (negative && rows[i].nr > 5))
				fail_msg("row %zu: %zu", i, nr);
			for (size_t at = 0; at < nr; at++) {
				uint64_t type = (range[at].first - text) / 0x2000;

				assert_string_equal(module_part_names[range[at].part], parts[type]);
				assert_true(range[at].first == text + type * 0x2000);
				assert_true(range[at].last == range[at].first + 0x17ff);
				assert_true(type != rows[i].without);
			}
			open_close(kernel);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memories_of_modules),
		cmocka_unit_test(parts_of_the_image),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
