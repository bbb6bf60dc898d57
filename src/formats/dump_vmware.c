/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* VMware's suspended machines and snapshots: a .vmss or .vmsn file of groups of tags,
 * with the memory in it or in a .vmem file. Source of the layout: VMware's own reader
 * in crash (vmware_vmss.h). */
#include "dump/dump.h"

#include <inttypes.h>

#include "base/page.h"
#include "container/extents.h"
#include "formats/listed.h"

enum {
	HEADER = 12,     /* magic, version, number of groups */
	GROUP = 80,      /* name, position, size */
	GROUP_NAME = 64,
	BLOCK = 18,      /* size in the file, size of the memory, padding */
	TAG_BLOCK = 0x3f,
	TAG_PACKED = 0x3e,
	MAX_REGIONS = 64,
};

/* The three tags of a region, in pages: its start in the file of memory, its start in
 * the machine, its size. */
enum { IN_FILE, IN_MACHINE, NR_PAGES, NR_PLACES };

struct region {
	uint64_t at[NR_PLACES];
	unsigned int seen; /* a bit for each of the tags */
};

/* From the group "memory". */
struct layout {
	struct region regions[MAX_REGIONS];
	uint64_t nr_regions;
	struct bytes memory; /* borrowed; size 0: not in this file */
	bool packed, cut, wrong;
	uint64_t cut_at; /* offset of the first incomplete tag */
	uint32_t wrong_index; /* of an impossible region */
	bool counted; /* there is a tag for nr_regions */
};

struct tag {
	struct bytes name;
	uint32_t index; /* the first one; 0: none */
	unsigned int size;
	struct bytes value;
};

static bool vmware_probe(const struct source *source)
{
	static const uint32_t magics[] = { 0xbed0bed0, 0xbed2bed2, 0xbed3bed3,
					   0xbad1bad1, 0xbad2bad2 };

	if (source->runs || source->size < HEADER)
		return false;
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (load_le32(source->file.data) == magics[i])
			return true;
	return false;
}

/* Returns size bytes at *at, and moves *at behind them. NULL: not in the file. */
static const uint8_t *take(struct bytes file, uint64_t *at, uint64_t size)
{
	uint64_t start = *at;

	if (!range_within(start, size, file.size))
		return NULL;
	*at = start + size;
	return file.data + start;
}

static bool read_block(struct bytes file, uint64_t *at, struct tag *tag,
		       struct layout *layout)
{
	const uint8_t *header = take(file, at, BLOCK);
	uint64_t size = header ? load_le64(header) : 0;

	if (!header || !take(file, at, load_le16(header + 16)))
		return false;
	if (size > file.size - *at) {
		size = file.size - *at;
		layout->cut = true;
	}
	tag->value = (struct bytes){ file.data + *at, size };
	*at += size;
	return true;
}

/* Reads the tag at *at, and moves *at behind it. False: the file ends within it. */
static bool read_tag(struct bytes file, uint64_t *at, struct tag *tag,
		     struct layout *layout)
{
	const uint8_t *data = take(file, at, 2);
	uint16_t word = data ? load_le16(data) : 0;
	unsigned int nr_indices = word >> 6 & 3;

	*tag = (struct tag){ .size = word & 0x3f };
	if (!data)
		return false;
	tag->name.size = word >> 8;
	tag->name.data = take(file, at, tag->name.size);
	data = take(file, at, 4 * nr_indices);
	if (!tag->name.data || !data)
		return false;
	if (nr_indices)
		tag->index = load_le32(data);
	if (tag->size == TAG_BLOCK || tag->size == TAG_PACKED)
		return read_block(file, at, tag, layout);
	tag->value = (struct bytes){ take(file, at, tag->size), tag->size };
	return tag->value.data;
}

static bool is_named(const struct tag *tag, const char *name)
{
	return tag->name.size == strlen(name) &&
	       !memcmp(tag->name.data, name, tag->name.size);
}

static void take_tag(const struct tag *tag, struct layout *layout)
{
	static const char *const names[NR_PLACES] = {
		"regionPageNum",
		"regionPPN",
		"regionSize",
	};
	uint64_t value = 0;

	if (is_named(tag, "Memory")) {
		layout->memory = tag->value;
		layout->packed = tag->size == TAG_PACKED;
		return;
	}
	if (tag->size == 4 || tag->size == 8)
		value = load_le(tag->value.data, tag->size);
	if (is_named(tag, "regionsCount")) {
		layout->nr_regions = value;
		layout->counted = true;
	}
	for (unsigned int i = 0; i < NR_PLACES; i++) {
		if (!is_named(tag, names[i]))
			continue;
		if (tag->index >= MAX_REGIONS || value > UINT32_MAX) {
			layout->wrong = true;
			layout->wrong_index = tag->index;
			return;
		}
		layout->regions[tag->index].at[i] = value;
		layout->regions[tag->index].seen |= 1U << i;
	}
}

static void read_memory_group(struct bytes file, uint64_t at,
			      struct layout *layout)
{
	struct tag tag;

	layout->cut_at = at;
	while (read_tag(file, &at, &tag, layout)) {
		if (!tag.name.size && !tag.size)
			return;
		take_tag(&tag, layout);
		layout->cut_at = at;
	}
	layout->cut = true;
}

static bool find_memory_group(struct dump *dump, struct layout *layout,
			      struct error *err)
{
	struct bytes file = dump->source.file;
	uint64_t at = HEADER, nr = load_le32(file.data + 8);
	const uint8_t *group;

	if (load_le32(file.data) == 0xbed0bed0)
		return dump_fail(dump, err,
				 "is a VMware file of the old 32-bit layout, which is not supported");
	for (uint64_t i = 0; i < nr && (group = take(file, &at, GROUP)); i++) {
		if (strncmp((const char *)group, "memory", GROUP_NAME))
			continue;
		read_memory_group(file, load_le64(group + GROUP_NAME), layout);
		return true;
	}
	return dump_fail(dump, err,
			 "is a VMware file without a group \"memory\"");
}

static bool find_memory(struct dump *dump, struct layout *layout,
			struct error *err)
{
	const char *path = dump->file.path;

	if (layout->packed)
		return dump_fail(dump, err,
				 "its memory is compressed, which is not supported");
	if (dump->nr_more > 1 || (dump->nr_more && layout->memory.size))
		return fail(err, ERROR_USAGE,
			    "%s: takes one file of memory (.vmem); %s is too many",
			    path, dump->more[dump->nr_more - 1].file.path);
	if (dump->nr_more)
		layout->memory = dump->more[0].file.bytes;
	if (!layout->memory.size)
		return fail(err, ERROR_USAGE,
			    "%s: its memory is in another file (.vmem); give that too",
			    path);
	return true;
}

/* Are the regions contiguous in the file, by ascending address, and all numbered below
 * nr_regions? */
static bool regions_follow(const struct layout *layout)
{
	uint64_t at = 0, paddr = 0;

	for (uint64_t i = 0; i < MAX_REGIONS; i++) {
		const struct region *region = &layout->regions[i];

		if (i >= layout->nr_regions && region->seen)
			return false;
		if (i >= layout->nr_regions)
			continue;
		if (region->at[IN_FILE] != at || region->at[IN_MACHINE] < paddr)
			return false;
		at += region->at[NR_PAGES];
		paddr = region->at[IN_MACHINE] + region->at[NR_PAGES];
	}
	return !layout->nr_regions || layout->cut ||
	       at * PAGE_BYTES >= layout->memory.size;
}

static bool check_regions(const struct dump *dump, const struct layout *layout,
			  struct error *err)
{
	if (!layout->counted && layout->cut)
		return dump_fail(dump, err,
				 "is cut short before it says where memory is, within the tag at offset %#" PRIx64,
				 layout->cut_at);
	/* Where the memory is here, its tag shows that this is the group. */
	if (!layout->counted && dump->nr_more)
		return dump_fail(dump, err,
				 "does not say how many regions its memory has; if there is only one, from 0 on, give %s alone",
				 dump->more[0].file.path);
	if (!layout->nr_regions && layout->memory.size > 0xc0000000)
		return dump_fail(dump, err,
				 "does not say where its memory beyond 3 GiB is");
	if (layout->nr_regions > MAX_REGIONS || layout->wrong)
		return dump_fail(dump, err,
				 "its regions of memory make no sense (%" PRIu64
				 " of them; number %u)",
				 layout->nr_regions, layout->wrong_index);
	for (uint64_t i = 0; i < layout->nr_regions; i++)
		if (layout->regions[i].seen != (1 << NR_PLACES) - 1)
			return dump_fail(dump, err,
					 "its region %u of memory lacks its place, its address or its size",
					 (unsigned int)i);
	if (!regions_follow(layout))
		return dump_fail(dump, err,
				 "its regions of memory contradict each other");
	return true;
}

/* Returns the bytes that are not in the file. A region has fewer than 2^44. */
static uint64_t add_region(const struct dump *dump, const struct layout *layout,
			   const struct region *region, struct pieces *pieces)
{
	uint64_t size = region->at[NR_PAGES] * PAGE_BYTES;
	uint64_t offset = region->at[IN_FILE] * PAGE_BYTES;
	uint64_t paddr = region->at[IN_MACHINE] * PAGE_BYTES;
	uint64_t missing =
		extents_add(pieces, layout->memory, offset, paddr, size);

	if (missing)
		dump_trouble(dump,
			     "region %u, physical %" PRIx64 " and %#" PRIx64
			     " bytes, is at offset %#" PRIx64 " of the memory, which ends at %#zx",
			     (unsigned int)(region - layout->regions), paddr,
			     size, offset, layout->memory.size);
	return missing;
}

static void add_all(struct dump *dump, const struct layout *layout,
		    struct pieces *pieces)
{
	uint64_t missing = 0;

	if (!layout->nr_regions)
		extents_add(pieces, layout->memory, 0, 0, layout->memory.size);
	for (uint64_t i = 0; i < layout->nr_regions; i++)
		missing +=
			add_region(dump, layout, &layout->regions[i], pieces);
	if (missing)
		dump_warn(dump,
			  "the file is cut short: %" PRIu64 " bytes of memory are missing",
			  missing);
	else if (layout->cut)
		dump_warn(dump, "the file is cut short");
	if (layout->cut)
		dump_trouble(dump,
			     "the tags of the group \"memory\" are whole up to offset %#" PRIx64
			     "; the file ends at %#" PRIx64,
			     layout->cut_at, dump->source.size);
}

static bool vmware_open(struct dump *dump, struct error *err)
{
	struct pieces pieces = { 0 };
	struct layout layout = { 0 };

	if (!find_memory_group(dump, &layout, err) ||
	    !find_memory(dump, &layout, err) ||
	    !check_regions(dump, &layout, err))
		return false;
	add_all(dump, &layout, &pieces);
	return extents_take(dump, &pieces, err);
}

const struct dump_format dump_format_vmware = {
	.name = "VMware",
	.private_size = sizeof(struct extent_list),
	.only_memory = true,
	.takes_memory = true,
	.probe = vmware_probe,
	.open = vmware_open,
	.close = extents_close,
	.find = extents_find,
};
