/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The layouts of the x86-64 address space, from Documentation/x86/x86_64/mm.txt and mm.rst of the
 * releases, arch/x86/include/asm/pgtable_64_types.h, page_64_types.h. */
#include "arch/x86/x86.h"

#include "debuginfo/vmlinux.h"

// clang-format off
static const struct x86_64_layout layouts_4_levels[] = {
	{ .since = KERNEL_VERSION(4, 20, 0), /* d52888aa2753 */
	  .direct_map = 0xffff888000000000, .direct_map_size = 64 * TB,
	  .vmalloc = 0xffffc90000000000, .vmalloc_size = 32 * TB,
	  .vmemmap = 0xffffea0000000000, .vmemmap_size = TB,
	  .ldt = 0xffff880000000000, .ldt_size = TB / 2,
	  .kasan = 0xffffec0000000000 },
	{ .since = KERNEL_VERSION(2, 6, 31),
	  .direct_map = 0xffff880000000000, .direct_map_size = 64 * TB,
	  .vmalloc = 0xffffc90000000000, .vmalloc_size = 32 * TB,
	  .vmemmap = 0xffffea0000000000, .vmemmap_size = TB,
	  .kasan = 0xffffec0000000000 },
	{ .since = KERNEL_VERSION(2, 6, 27),
	  .direct_map = 0xffff880000000000, .direct_map_size = 57 * TB,
	  .vmalloc = 0xffffc20000000000, .vmalloc_size = 32 * TB,
	  .vmemmap = 0xffffe20000000000, .vmemmap_size = TB },
	{ .since = KERNEL_VERSION(2, 6, 24),
	  .direct_map = 0xffff810000000000, .direct_map_size = 64 * TB,
	  .vmalloc = 0xffffc20000000000, .vmalloc_size = 32 * TB,
	  .vmemmap = 0xffffe20000000000, .vmemmap_size = TB },
	{ .since = KERNEL_VERSION(2, 6, 11),
	  .direct_map = 0xffff810000000000, .direct_map_size = 64 * TB,
	  .vmalloc = 0xffffc20000000000, .vmalloc_size = 32 * TB },
	{ .since = 1, /* any earlier release; include/asm-x86_64/page.h, pgtable.h of 2.6.9 */
	  .direct_map = TB, .direct_map_size = TB,
	  .vmalloc = 0xffffff0000000000, .vmalloc_size = TB / 2 },
	{ 0 }
};

static const struct x86_64_layout layouts_5_levels[] = {
	{ .since = KERNEL_VERSION(4, 20, 0),
	  .direct_map = 0xff11000000000000, .direct_map_size = 32 * PB,
	  .vmalloc = 0xffa0000000000000, .vmalloc_size = 12800 * TB,
	  .vmemmap = 0xffd4000000000000, .vmemmap_size = PB / 2,
	  .ldt = 0xff10000000000000, .ldt_size = 256 * TB,
	  .kasan = 0xffdf000000000000 },
	{ .since = KERNEL_VERSION(4, 17, 0),
	  .direct_map = 0xff10000000000000, .direct_map_size = 32 * PB,
	  .vmalloc = 0xffa0000000000000, .vmalloc_size = 12800 * TB,
	  .vmemmap = 0xffd4000000000000, .vmemmap_size = PB / 2,
	  .ldt = 0xff90000000000000, .ldt_size = 256 * TB,
	  .kasan = 0xffdf000000000000 },
	{ 0 }
};
// clang-format on

static const struct x86_64_layout *layouts_of(struct kernel *kernel)
{
	uint64_t levels;

	return kernel_fact(kernel, FACT_LEVELS, &levels) && levels == 5 ? layouts_5_levels :
									  layouts_4_levels;
}

/* Reads the value that vmlinux has for a base variable. This value is the default with four
 * levels. */
static bool linked_value(const struct kernel *kernel, const char *name, uint64_t *value)
{
	struct kernel_symbol symbol;
	const uint8_t *content;

	if (!kernel_linked_symbol(kernel, name, &symbol))
		return false;
	content = vmlinux_content(kernel->vmlinux, symbol.address, 8);
	if (content)
		*value = load_le64(content);
	return content != NULL;
}

/* Does the release prove that the kernel has d52888aa2753, or that it does not? The commit is in
 * 4.20, 4.19.5 and 4.14.84. The releases of distributions often prove nothing, because
 * distributions keep the third number when they backport changes (4.15.0-213-generic,
 * 4.18.0-553.el8, 4.12.14-197-default). */
static enum certainty has_newest_by_release(const struct kernel *kernel)
{
	unsigned int version = kernel_version(kernel);
	bool has_third = version & 0xff;

	if (!version)
		return UNSURE;
	if (version >= KERNEL_VERSION(4, 19, 5) ||
	    (version >= KERNEL_VERSION(4, 14, 84) && version < KERNEL_VERSION(4, 15, 0)))
		return YES;
	return kernel_is_distribution(kernel) ||
			       (version >= KERNEL_VERSION(4, 14, 0) && !has_third) ?
		       UNSURE :
		       NO;
}

/* Does the kernel have the newest layout? KASLR only increases the base of the direct map.
 * Therefore a base below the newest layout's base excludes the newest layout, and a base equal to
 * the newest layout's base proves it. */
static enum certainty has_newest(struct kernel *kernel)
{
	const struct x86_64_layout *newest = layouts_of(kernel);
	uint64_t base, linked;

	if (!kernel_fact(kernel, FACT_PAGE_OFFSET, &base))
		base = UINT64_MAX;
	if (base < newest->direct_map)
		return NO;
	if (linked_value(kernel, "page_offset_base", &linked) &&
	    (linked == layouts_4_levels[0].direct_map || linked == layouts_4_levels[1].direct_map))
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

bool x86_64_layout_is_default(struct kernel *kernel, const struct x86_64_layout *layout)
{
	uint64_t page_offset;

	return kernel_fact(kernel, FACT_PAGE_OFFSET, &page_offset) &&
	       page_offset == layout->direct_map;
}
