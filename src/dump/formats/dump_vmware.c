/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Suspended machines and snapshots of VMware. A .vmss or .vmsn file contains groups of tags. The
 * memory is in this file, or in a separate .vmem file. The layout is from the source of crash, for
 * which VMware wrote a reader (vmware_vmss.h). */
#include "dump/dump.h"

#include <inttypes.h>

#include "base/page.h"
#include "dump/extents.h"
#include "dump/formats/listed.h"

enum {
	HEADER = 12, /* the size in bytes; the fields are magic, version, number of groups */
	GROUP = 80, /* the size in bytes; the fields are name, position, size */
	GROUP_NAME = 64,
	/* The size in bytes; the fields are size in the file, size of memory, padding. */
	BLOCK = 18,
	TAG_BLOCK = 0x3f,
	TAG_PACKED = 0x3e,
	MAX_REGIONS = 64,
};

/* Three tags describe a region: its start in the file, its start in the machine's memory, and its
 * size. All three are in pages. */
enum { IN_FILE, IN_MACHINE, NR_PAGES, NR_PLACES };

struct vmware_region {
	uint64_t at[NR_PLACES];
	unsigned int seen; /* bit i is set if tag i was found */
};

/* The layout of memory, which the group "memory" describes. */
struct vmware_layout {
	struct vmware_region regions[MAX_REGIONS];
	uint64_t nr_regions;
	/* The place of the memory; its size is 0 if the memory is in another file. */
	struct listed_place memory;
	bool packed, cut, wrong;
	uint64_t cut_at; /* the file offset of the first incomplete tag */
	uint32_t wrong_index; /* the index of a region that is impossible */
	bool counted; /* the file has a tag with the number of regions */
};

struct tag {
	char name[256]; /* NUL-terminated */
	uint8_t name_size;
	uint32_t index; /* the first index of the tag; 0: the tag has no index */
	unsigned int size;
	uint64_t value; /* the value, if the tag has 4 or 8 bytes */
	/* If the tag is a block: the file offset and the size of the block. */
	uint64_t block_start, block_size;
};

static bool vmware_probe(const struct source *source)
{
	static const uint32_t magics[] = { 0xbed0bed0, 0xbed2bed2, 0xbed3bed3, 0xbad1bad1,
					   0xbad2bad2 };

	uint8_t magic[4];

	if (source->runs || source->size < HEADER || !source_read(source, 0, magic, sizeof(magic)))
		return false;
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (load_le32(magic) == magics[i])
			return true;
	return false;
}

/* Reads size bytes at the file offset *at, and moves *at to their end. Returns false if the file
 * does not contain all of them. */
static bool vmware_take(const struct source *source, uint64_t *at, void *to, size_t size)
{
	if (!source_read(source, *at, to, size))
		return false;
	*at += size;
	return true;
}

static bool read_block(const struct source *source, uint64_t *at, struct tag *tag,
		       struct vmware_layout *layout)
{
	uint8_t header[BLOCK];
	uint64_t size, padding;

	if (!vmware_take(source, at, header, sizeof(header)))
		return false;
	size = load_le64(header);
	padding = load_le16(header + 16);
	if (!range_within(*at, padding, source->size))
		return false;
	*at += padding;
	if (size > source->size - *at) {
		size = source->size - *at;
		layout->cut = true;
	}
	tag->block_start = *at;
	tag->block_size = size;
	*at += size;
	return true;
}

/* Reads the tag at the file offset *at, and moves *at to the end of the tag. Returns false if the
 * file ends within the tag. */
static bool read_tag(const struct source *source, uint64_t *at, struct tag *tag,
		     struct vmware_layout *layout)
{
	uint8_t start[2], indices[3 * 4], value[64];
	unsigned int nr_indices;

	*tag = (struct tag){ .size = 0 };
	if (!vmware_take(source, at, start, sizeof(start)))
		return false;
	tag->size = start[0] & 0x3f;
	nr_indices = start[0] >> 6;
	tag->name_size = start[1];
	if (!vmware_take(source, at, tag->name, tag->name_size) ||
	    !vmware_take(source, at, indices, 4 * nr_indices))
		return false;
	if (nr_indices)
		tag->index = load_le32(indices);
	if (tag->size == TAG_BLOCK || tag->size == TAG_PACKED)
		return read_block(source, at, tag, layout);
	if (!vmware_take(source, at, value, tag->size))
		return false;
	if (tag->size == 4 || tag->size == 8)
		tag->value = load_le(value, tag->size);
	return true;
}

static bool vmware_is_named(const struct tag *tag, const char *name)
{
	return tag->name_size == strlen(name) && !strcmp(tag->name, name);
}

static void take_tag(const struct dump *dump, const struct tag *tag, struct vmware_layout *layout)
{
	static const char *const names[NR_PLACES] = {
		"regionPageNum",
		"regionPPN",
		"regionSize",
	};
	uint64_t value = tag->value;

	if (vmware_is_named(tag, "Memory")) {
		layout->memory =
			(struct listed_place){ &dump->file, 1, tag->block_start, tag->block_size };
		layout->packed = tag->size == TAG_PACKED;
		return;
	}
	if (vmware_is_named(tag, "regionsCount")) {
		layout->nr_regions = value;
		layout->counted = true;
	}
	for (unsigned int i = 0; i < NR_PLACES; i++) {
		if (!vmware_is_named(tag, names[i]))
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

static void read_memory_group(const struct dump *dump, uint64_t at, struct vmware_layout *layout)
{
	struct tag tag;

	layout->cut_at = at;
	while (read_tag(&dump->source, &at, &tag, layout)) {
		if (!tag.name_size && !tag.size)
			return;
		take_tag(dump, &tag, layout);
		layout->cut_at = at;
	}
	layout->cut = true;
}

static bool find_memory_group(struct dump *dump, struct vmware_layout *layout, struct error *err)
{
	const struct source *source = &dump->source;
	uint8_t header[HEADER], group[GROUP];
	uint64_t at = 0, nr;

	if (!vmware_take(source, &at, header, sizeof(header)))
		return dump_fail(dump, err, "is cut short within its header");
	nr = load_le32(header + 8);
	if (load_le32(header) == 0xbed0bed0)
		return dump_fail(dump, err,
				 "is a VMware file of the old 32-bit layout, which is not supported");
	for (uint64_t i = 0; i < nr && vmware_take(source, &at, group, sizeof(group)); i++) {
		if (strncmp((const char *)group, "memory", GROUP_NAME))
			continue;
		read_memory_group(dump, load_le64(group + GROUP_NAME), layout);
		return true;
	}
	return dump_fail(dump, err, "is a VMware file without a group \"memory\"");
}

static bool vmware_find_memory(struct dump *dump, struct vmware_layout *layout, struct error *err)
{
	const char *path = dump->file.path;

	if (layout->packed)
		return dump_fail(dump, err, "its memory is compressed, which is not supported");
	if (dump->nr_more > 1 || (dump->nr_more && layout->memory.size))
		return fail(err, ERROR_USAGE,
			    "%s: needs exactly one file of memory (.vmem), so %s is one too many",
			    path, dump->more[dump->nr_more - 1].file.path);
	if (dump->nr_more)
		layout->memory = listed_place_whole(dump, 2);
	if (!layout->memory.size)
		return fail(err, ERROR_USAGE,
			    "%s: its memory is in another file (.vmem); give that file too", path);
	return true;
}

/* Are the regions valid? They must be contiguous in the file, in ascending order of their
 * addresses, and no index may be nr_regions or more. */
static bool regions_follow(const struct vmware_layout *layout)
{
	uint64_t at = 0, paddr = 0;

	for (uint64_t i = 0; i < MAX_REGIONS; i++) {
		const struct vmware_region *region = &layout->regions[i];

		if (i >= layout->nr_regions && region->seen)
			return false;
		if (i >= layout->nr_regions)
			continue;
		if (region->at[IN_FILE] != at || region->at[IN_MACHINE] < paddr)
			return false;
		at += region->at[NR_PAGES];
		paddr = region->at[IN_MACHINE] + region->at[NR_PAGES];
	}
	return !layout->nr_regions || layout->cut || at * PAGE_BYTES >= layout->memory.size;
}

static bool check_regions(const struct dump *dump, const struct vmware_layout *layout,
			  struct error *err)
{
	if (!layout->counted && layout->cut)
		return dump_fail(
			dump, err,
			"is cut short before the tags that locate memory, within the tag at offset %#" PRIx64,
			layout->cut_at);
	/* If the memory is in this file, the tag "Memory" proves that this group is the right one.
	 * If the memory is in another file, only the tag with the number of regions proves this. */
	if (!layout->counted && dump->nr_more)
		return dump_fail(
			dump, err,
			"does not give the number of memory regions; if the memory is one region that starts at address 0, give only %s",
			dump->more[0].file.path);
	if (!layout->nr_regions && layout->memory.size > 0xc0000000)
		return dump_fail(dump, err, "does not say where its memory beyond 3 GiB is");
	if (layout->nr_regions > MAX_REGIONS || layout->wrong)
		return dump_fail(dump, err,
				 "its %" PRIu64
				 " regions of memory make no sense, for example number %u",
				 layout->nr_regions, layout->wrong_index);
	for (uint64_t i = 0; i < layout->nr_regions; i++)
		if (layout->regions[i].seen != (1 << NR_PLACES) - 1)
			return dump_fail(
				dump, err,
				"the offset, the address or the size of its memory region %u is missing",
				(unsigned int)i);
	if (!regions_follow(layout))
		return dump_fail(dump, err, "its regions of memory contradict each other");
	return true;
}

/* Adds a region, which must have fewer than 2^44 bytes. Returns the number of bytes that are
 * missing in the file. */
static uint64_t vmware_add_region(const struct dump *dump, const struct vmware_layout *layout,
				  const struct vmware_region *region, struct pieces *pieces)
{
	uint64_t size = region->at[NR_PAGES] * PAGE_BYTES;
	uint64_t offset = region->at[IN_FILE] * PAGE_BYTES;
	uint64_t paddr = region->at[IN_MACHINE] * PAGE_BYTES;
	uint64_t missing = extents_add(pieces, &layout->memory, offset, paddr, size);

	if (missing)
		dump_trouble(dump,
			     "region %u, %#" PRIx64 " bytes at physical %" PRIx64
			     ", is at offset %#" PRIx64
			     " of the stored memory, which ends at %#" PRIx64,
			     (unsigned int)(region - layout->regions), size, paddr, offset,
			     layout->memory.size);
	return missing;
}

static void vmware_add_all(struct dump *dump, const struct vmware_layout *layout,
			   struct pieces *pieces)
{
	uint64_t missing = 0;

	if (!layout->nr_regions)
		extents_add(pieces, &layout->memory, 0, 0, layout->memory.size);
	for (uint64_t i = 0; i < layout->nr_regions; i++)
		missing += vmware_add_region(dump, layout, &layout->regions[i], pieces);
	if (missing)
		dump_warn(dump, "the file is cut short: %" PRIu64 " bytes of memory are missing",
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
	struct vmware_layout layout = { 0 };

	if (!find_memory_group(dump, &layout, err) || !vmware_find_memory(dump, &layout, err) ||
	    !check_regions(dump, &layout, err))
		return false;
	vmware_add_all(dump, &layout, &pieces);
	return extents_take(dump, &pieces, err);
}

const struct dump_format dump_format_vmware = {
	.name = "VMware",
	.private_size = sizeof(struct extent_list),
	.takes_memory = true,
	.probe = vmware_probe,
	.open = vmware_open,
	.close = extents_close,
	.find = extents_find,
};
