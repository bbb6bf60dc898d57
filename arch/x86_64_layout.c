/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Documentation/x86/x86_64/mm.txt and mm.rst of the releases,
 * arch/x86/include/asm/pgtable_64_types.h, page_64_types.h. */
#include "arch/x86.h"

#include "vmlinux/symbols.h"
#include "vmlinux/vmlinux.h"

// clang-format off
static const struct x86_64_layout layouts_4_levels[] = {
	{ 0x041400, 0xffff888000000000, 64 * TB, 0xffffc90000000000, 32 * TB,
	  0xffffea0000000000, TB, 0xffff880000000000, TB / 2, 0xffffec0000000000 }, /* d52888aa2753 */
	{ 0x02061f, 0xffff880000000000, 64 * TB, 0xffffc90000000000, 32 * TB,
	  0xffffea0000000000, TB, 0, 0, 0xffffec0000000000 },
	{ 0x02061b, 0xffff880000000000, 57 * TB, 0xffffc20000000000, 32 * TB,
	  0xffffe20000000000, TB, 0, 0, 0 },
	{ 0x020618, 0xffff810000000000, 64 * TB, 0xffffc20000000000, 32 * TB,
	  0xffffe20000000000, TB, 0, 0, 0 },
	{ 0x02060b, 0xffff810000000000, 64 * TB, 0xffffc20000000000, 32 * TB,
	  0, 0, 0, 0, 0 },
	{ 0 }
};

static const struct x86_64_layout layouts_5_levels[] = {
	{ 0x041400, 0xff11000000000000, 32 * PB, 0xffa0000000000000, 12800 * TB,
	  0xffd4000000000000, PB / 2, 0xff10000000000000, 256 * TB, 0xffdf000000000000 },
	{ 0x041100, 0xff10000000000000, 32 * PB, 0xffa0000000000000, 12800 * TB,
	  0xffd4000000000000, PB / 2, 0xff90000000000000, 256 * TB, 0xffdf000000000000 },
	{ 0 }
};
// clang-format on

static const struct x86_64_layout *layouts_of(struct kernel *kernel)
{
	uint64_t levels;

	return kernel_fact(kernel, FACT_LEVELS, &levels) && levels == 5 ?
		       layouts_5_levels :
		       layouts_4_levels;
}

/* Link-time value of a base variable: the default with four levels. */
static bool linked_value(const struct kernel *kernel, const char *name,
			 uint64_t *value)
{
	struct symbol symbol;
	const uint8_t *content;

	if (!kernel_linked_symbol(kernel, name, &symbol))
		return false;
	content = vmlinux_content(kernel->vmlinux, symbol.address, 8);
	if (content)
		*value = load_le64(content);
	return content != NULL;
}

/* Does it have d52888aa2753: 4.20, 4.19.5, 4.14.84? Distributions keep the third number
 * whatever they carry back (4.15.0-213-generic, 4.18.0-553.el8, 4.12.14-197-default): such
 * a release proves nothing. */
static enum certainty has_newest_by_release(const struct kernel *kernel)
{
	unsigned int version = kernel_version(kernel);
	unsigned int series = version >> 8, third = version & 0xff;

	if (!version)
		return UNSURE;
	if (version >= layouts_4_levels[0].since ||
	    (series == 0x0413 && third >= 5) ||
	    (series == 0x040e && third >= 84))
		return YES;
	return kernel_is_distribution(kernel) || (series >= 0x040e && !third) ?
		       UNSURE :
		       NO;
}

/* KASLR moves the direct map up only: a base at or below the newest's decides. */
static enum certainty has_newest(struct kernel *kernel)
{
	const struct x86_64_layout *newest = layouts_of(kernel);
	uint64_t base, linked;

	if (!kernel_fact(kernel, FACT_PAGE_OFFSET, &base))
		base = UINT64_MAX;
	if (base < newest->direct_map)
		return NO;
	if (linked_value(kernel, "page_offset_base", &linked) &&
	    (linked == layouts_4_levels[0].direct_map ||
	     linked == layouts_4_levels[1].direct_map))
		return linked == layouts_4_levels[0].direct_map ? YES : NO;
	if (base == newest->direct_map)
		return YES;
	return has_newest_by_release(kernel);
}

const struct x86_64_layout *x86_64_layout(struct kernel *kernel)
{
	const struct x86_64_layout *layouts = layouts_of(kernel);
	unsigned int version = kernel_version(kernel);
	enum certainty newest = has_newest(kernel);
	uint64_t base;

	if (newest == YES || (newest == UNSURE && !version))
		return layouts;
	layouts++;
	if (!version && kernel_fact(kernel, FACT_PAGE_OFFSET, &base))
		while (layouts->direct_map > base && layouts[1].since)
			layouts++;
	while (layouts->since > version && layouts[1].since && version)
		layouts++;
	return layouts;
}

const struct x86_64_layout *x86_64_layout_possible(struct kernel *kernel)
{
	return has_newest(kernel) == UNSURE ? layouts_of(kernel) : NULL;
}

bool x86_64_layout_is_default(struct kernel *kernel,
			      const struct x86_64_layout *layout)
{
	uint64_t page_offset;

	return kernel_fact(kernel, FACT_PAGE_OFFSET, &page_offset) &&
	       page_offset == layout->direct_map;
}
