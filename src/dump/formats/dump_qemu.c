/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* QEMU's migration stream. "migrate exec:" writes it, and virsh save writes it after a header of
 * libvirt. Sections "ram" contain the pages in the order in which QEMU sent them. If a page was
 * sent several times, the last copy is valid. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "dump/dump.h"
#include "base/text.h"
#include "dump/formats/listed.h"

/* --- memory --- */

/* The guest's memory in a migration stream: the blocks of which it consists, and the file offset
 * of each page. */

enum {
	QEMU_PAGE = 4096,
	QEMU_GROUP_PAGES = 512,
	QEMU_GROUP = QEMU_PAGE * QEMU_GROUP_PAGES,
};

struct qemu_ram {
	/* Owned. Each element is for a group of QEMU_GROUP_PAGES pages. An element is NULL, or an
	 * owned array of the file offsets of these pages. */
	uint64_t **groups;
	uint64_t size; /* the size of the memory in bytes */
	bool complete; /* the stream contains the end mark of the memory */
};

enum { QEMU_ZEROS = 1 }; /* no page has this file offset */

enum { QEMU_MOST_NODES = 128 }; /* MAX_NODES, include/sysemu/numa.h */

/* A name in the stream. It has no final NUL. */
struct qemu_name {
	uint8_t size, text[255];
};

/* A block of the stream. The memory of the guest is one block, or one block for each NUMA node, in
 * the order of the nodes. Other blocks belong to devices, or have an address that the stream does
 * not contain. */
struct qemu_block {
	struct qemu_name name;
	uint64_t base, size; /* base: the offset at which the block starts in struct qemu_ram */
};

struct qemu_blocks {
	struct qemu_block at[QEMU_MOST_NODES]; /* the index is the number of the node */
	size_t nr; /* the highest number of a node, plus 1 */
	uint64_t size; /* the size of all blocks in bytes; valid after qemu_blocks_place() */
	bool numbered; /* the blocks belong to NUMA nodes */
	char others[128]; /* the names of other blocks that may also be memory */
};

/* Prepares *ram for `size` bytes of memory. Returns false if memory runs out, or if no machine has
 * so much memory. */
static bool qemu_ram_create(struct qemu_ram *ram, uint64_t size)
{
	const uint64_t most = UINT64_C(1) << 44;

	if (!size || size > most)
		return false;
	ram->groups = calloc((size_t)((size + QEMU_GROUP - 1) / QEMU_GROUP), sizeof(*ram->groups));
	ram->size = ram->groups ? size : 0;
	return ram->groups;
}

/* *ram may be zeroed. */
static void qemu_ram_release(struct qemu_ram *ram)
{
	for (uint64_t at = 0; at < ram->size; at += QEMU_GROUP)
		free(ram->groups[at / QEMU_GROUP]);
	free(ram->groups);
	*ram = (struct qemu_ram){ 0 };
}

/* Sets the file offset of a page. `offset` is the offset of the page in the memory, and must be
 * below ram->size. `place` is its file offset, or QEMU_ZEROS if the page consists of zeros, which
 * are not in the file. Returns false if memory runs out. */
static bool qemu_ram_set(struct qemu_ram *ram, uint64_t offset, uint64_t place)
{
	uint64_t **group = &ram->groups[offset / QEMU_GROUP];

	if (!*group)
		*group = calloc(QEMU_GROUP_PAGES, sizeof(**group));
	if (!*group)
		return false;
	(*group)[offset / QEMU_PAGE % QEMU_GROUP_PAGES] = place;
	return true;
}

/* Finds the extent that contains an offset in the memory, which must be below ram->size. The first
 * and last address of the extent are such offsets, too. If the extent is present, extent_offset()
 * gives the file offset of each byte. */
static void qemu_ram_find(const struct qemu_ram *ram, uint64_t offset, struct extent *extent)
{
	const uint64_t *group = ram->groups[offset / QEMU_GROUP];
	uint64_t size = group ? QEMU_PAGE : QEMU_GROUP;
	uint64_t place = group ? group[offset / QEMU_PAGE % QEMU_GROUP_PAGES] : 0;

	*extent = (struct extent){
		.first = offset / size * size,
		.last = offset / size * size + (size - 1),
		.state = ram->complete ? PAGE_FILTERED : PAGE_TRUNCATED,
	};
	if (extent->last >= ram->size)
		extent->last = ram->size - 1;
	if (place == QEMU_ZEROS)
		extent->state = PAGE_ZERO;
	if (!place || place == QEMU_ZEROS)
		return;
	extent->origin = place - extent->first;
	extent->state = PAGE_PRESENT;
}

static bool take_prefix(struct bytes *name, const char *prefix)
{
	size_t length = strlen(prefix);

	if (name->size < length || memcmp(name->data, prefix, length))
		return false;
	name->data += length;
	name->size -= length;
	return true;
}

/* Is the block a part of the memory that the guest boots with? *number gets the number of its NUMA
 * node, or 0 if the machine has no nodes. Some machine types put a path before the name
 * (hw/core/machine.c, x-use-canonical-path-for-ramblock-id). libvirt has its own names for the
 * blocks of nodes (qemuBuildMemoryCellBackendStr()). */
static bool number_of(const struct qemu_name *of, size_t *number, bool *numbered)
{
	static const char *const whole[] = { "pc.ram", "microvm.ram", "mach-virt.ram",
					     "riscv_virt_board.ram" };
	struct bytes name = { of->text, of->size };

	take_prefix(&name, "/objects/");
	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
		struct bytes rest = name;

		*number = 0;
		*numbered = false;
		if (take_prefix(&rest, whole[i]) && !rest.size)
			return true;
	}
	*numbered = true;
	if (!take_prefix(&name, "ram-node") || !name.size || name.size > 3)
		return false;
	for (size_t i = 0; i < name.size; i++) {
		if (name.data[i] < '0' || name.data[i] > '9')
			return false;
		*number = 10 * *number + (name.data[i] - '0');
	}
	return *number < QEMU_MOST_NODES;
}

/* Does the name show that the block is firmware, or memory of a device on a bus? */
static bool is_of_device(const struct qemu_name *name)
{
	static const char *const signs[] = { "rom", "bios", "flash", "vram", "vga", ":" };

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (memmem(name->text, name->size, signs[i], strlen(signs[i])))
			return true;
	return false;
}

static void note_other(struct qemu_blocks *blocks, const struct qemu_name *name)
{
	size_t used = strlen(blocks->others);

	if (!is_of_device(name))
		snprintf(blocks->others + used, sizeof(blocks->others) - used, "%s%.*s",
			 used ? ", " : "", name->size, (const char *)name->text);
}

/* Adds a block. Blocks that are not the memory of the guest are only recorded. Returns false if the
 * block contradicts earlier blocks. */
static bool qemu_blocks_add(struct qemu_blocks *blocks, const struct qemu_name *name, uint64_t size)
{
	struct qemu_block *block;
	size_t number;
	bool numbered;

	if (!number_of(name, &number, &numbered)) {
		note_other(blocks, name);
		return true;
	}
	block = &blocks->at[number];
	if (!size || block->size || (blocks->nr && blocks->numbered != numbered))
		return false;
	*block = (struct qemu_block){ .name = *name, .size = size };
	blocks->numbered = numbered;
	if (blocks->nr <= number)
		blocks->nr = number + 1;
	return true;
}

/* Sets the base of each block. Must be called after the last block was added. Returns false if
 * there are no blocks, or if the block of a node is missing. */
static bool qemu_blocks_place(struct qemu_blocks *blocks)
{
	for (size_t i = 0; i < blocks->nr; i++) {
		struct qemu_block *block = &blocks->at[i];

		if (!block->size || (blocks->nr > 1 && block->size % 4096) ||
		    block->size > UINT64_MAX - blocks->size)
			return false;
		block->base = blocks->size;
		blocks->size += block->size;
	}
	return blocks->nr;
}

/* Finds the block of the guest's memory that has this name. Returns NULL if there is no such
 * block. */
static const struct qemu_block *qemu_blocks_find(const struct qemu_blocks *blocks,
						 const struct qemu_name *name)
{
	for (size_t i = 0; i < blocks->nr; i++) {
		const struct qemu_block *block = &blocks->at[i];

		if (block->name.size == name->size &&
		    !memcmp(block->name.text, name->text, name->size))
			return block;
	}
	return NULL;
}

/* --- the stream --- */

/* QEMU's migration stream (migration/savevm.c, version 3). Its first part is the memory of the
 * guest (migration/ram.c, version 4). Only this part is read. All numbers are big-endian. */

struct qemu_stream {
	struct qemu_ram *ram; /* borrowed; filled by qemu_stream_read() */
	char machine[64]; /* such as "pc-q35-7.2"; "" if the stream does not contain it */
	struct qemu_blocks blocks;
	bool is_mapped; /* the capability mapped-ram: each page has a fixed place in the file */
	/* The following members are about the page that was read last. */
	/* The block of the page; NULL if the block is not memory of the guest. */
	const struct qemu_block *block;
	struct qemu_name block_name;
	uint64_t last_page; /* the offset of the page in its block */
};

enum {
	/* types of sections, QEMU_VM_* of migration/savevm.h */
	SECTION_START = 1,
	SECTION_PART = 2,
	SECTION_END = 3,
	SUBSECTION = 5,
	CONFIGURATION = 7,
	COMMAND = 8,
	FOOTER = 0x7e,

	/* commands, MIG_CMD_* of migration/savevm.c: another stream follows PACKAGED */
	COMMAND_PACKAGED = 7,

	/* flags in the low bits of an address, RAM_SAVE_FLAG_* of migration/ram.c */
	RAM_ZERO = 0x02,
	RAM_MEM_SIZE = 0x04,
	RAM_PAGE = 0x08,
	RAM_EOS = 0x10,
	RAM_CONTINUE = 0x20,
	RAM_FLUSH = 0x200,
	RAM_FLAGS = QEMU_PAGE - 1,

	STREAM_VERSION = 3,
	RAM_VERSION = 4,
	MAPPED_VERSION = 1, /* MAPPED_RAM_HDR_VERSION of migration/ram.c */

	/* offsets in struct _virQEMUSaveHeader of libvirt's src/qemu/qemu_saveimage.h */
	LIBVIRT_HEADER = 92,
	LIBVIRT_LENGTH = 20, /* the length of the XML that follows the header */
	LIBVIRT_COMPRESSION = 28,
};

static const char qemu_magic[] = "QEVM";
static const char libvirt_magic[] = "LibvirtQemudSave";
static const char libvirt_unfinished[] = "LibvirtQemudPart";

/* A position in the file. If a read goes beyond the end of the file, it returns 0, and `cut`
 * becomes true. */
struct qemu_stream_cursor {
	const struct source *source;
	uint64_t at;
	bool cut;
};

/* Moves the cursor forward by size bytes. Returns false if the file does not contain all of
 * them. */
static bool qemu_stream_skip(struct qemu_stream_cursor *cursor, uint64_t size)
{
	if (cursor->cut || !range_within(cursor->at, size, cursor->source->size)) {
		cursor->cut = true;
		return false;
	}
	cursor->at += size;
	return true;
}

/* Copies the next size bytes. Returns false if the file does not contain all of them. */
static bool qemu_stream_take(struct qemu_stream_cursor *cursor, void *to, size_t size)
{
	uint64_t start = cursor->at;

	if (qemu_stream_skip(cursor, size) && !source_read(cursor->source, start, to, size))
		cursor->cut = true;
	return !cursor->cut;
}

static uint64_t qemu_stream_take_number(struct qemu_stream_cursor *cursor, size_t size)
{
	uint8_t bytes[8];
	uint64_t value = 0;

	if (!qemu_stream_take(cursor, bytes, size))
		return 0;
	for (size_t i = 0; i < size; i++)
		value = value << 8 | bytes[i];
	return value;
}

/* Reads a name: a byte with its length, and then its bytes. */
static struct qemu_name qemu_stream_take_name(struct qemu_stream_cursor *cursor)
{
	struct qemu_name name;

	name.size = (uint8_t)qemu_stream_take_number(cursor, 1);
	if (!qemu_stream_take(cursor, name.text, name.size))
		name.size = 0;
	return name;
}

static bool qemu_stream_is_name(const struct qemu_name *name, const char *text)
{
	return name->size == strlen(text) && !memcmp(name->text, text, name->size);
}

static bool begins(const struct source *source, uint64_t offset, const char *magic)
{
	return source_has(source, offset, magic, strlen(magic));
}

/* Is the source a migration stream of QEMU, or a file of libvirt that contains such a stream? */
static bool qemu_stream_probe(const struct source *source)
{
	return !source->runs &&
	       (begins(source, 0, qemu_magic) || begins(source, 0, libvirt_magic) ||
		begins(source, 0, libvirt_unfinished));
}

/* Fails if the stream is compressed. The values of `packing` are enum virQEMUSaveFormat of
 * libvirt's src/qemu/qemu_saveimage_format.h. In the format "sparse" (libvirt 11.2), the stream has
 * the capability mapped-ram, and its offsets count from the start of the file. */
static bool check_packing(const struct dump *dump, uint32_t packing, uint64_t start,
			  struct error *err)
{
	static const char *const programs[] = {
		[1] = "gzip", [2] = "bzip2", [3] = "xz", [4] = "lzop", [5] = "zstd",
	};
	enum { NR = sizeof(programs) / sizeof(programs[0]), SPARSE = 6 };

	if (!packing || packing == SPARSE)
		return true;
	if (packing < NR)
		return dump_fail(
			dump, err,
			"is a compressed image of virsh save; unpack the stream that it contains: tail -c +%" PRIu64
			" '%s' | %s -dc >STREAM, and give STREAM instead",
			start + 1, dump->file.path, programs[packing]);
	return dump_fail(dump, err,
			 "is an image of virsh save in format %u, which is not supported", packing);
}

static bool read_libvirt_header(struct qemu_stream_cursor *cursor, struct dump *dump,
				struct error *err)
{
	uint8_t header[LIBVIRT_HEADER];

	if (!qemu_stream_take(cursor, header, sizeof(header)))
		return dump_fail(dump, err, "is cut short within libvirt's header, of %d bytes",
				 LIBVIRT_HEADER);
	/* libvirt replaces this magic when the image is complete. */
	if (begins(&dump->source, 0, libvirt_unfinished))
		dump_warn(dump, "virsh save has not finished this image");
	qemu_stream_skip(cursor, load_le32(header + LIBVIRT_LENGTH));
	return check_packing(dump, load_le32(header + LIBVIRT_COMPRESSION), cursor->at, err);
}

/* Reads the header of libvirt, if the file has one, and then the header of QEMU. */
static bool read_headers(struct qemu_stream_cursor *cursor, struct dump *dump, struct error *err)
{
	uint64_t version;

	if ((begins(&dump->source, 0, libvirt_magic) ||
	     begins(&dump->source, 0, libvirt_unfinished)) &&
	    !read_libvirt_header(cursor, dump, err))
		return false;
	if (cursor->cut || !begins(&dump->source, cursor->at, qemu_magic))
		return dump_fail(dump, err, "no QEMU stream follows libvirt's header");
	qemu_stream_skip(cursor, strlen(qemu_magic));
	version = qemu_stream_take_number(cursor, 4);
	return version == STREAM_VERSION ||
	       dump_fail(dump, err, "is a QEMU stream of unsupported version %u",
			 (unsigned int)version);
}

/* Skips a command to the machine that receives the stream. With machines of QEMU 10.0 and later, the
 * command "switchover start" precedes the last pass over memory. */
static bool skip_command(struct qemu_stream_cursor *cursor)
{
	uint64_t command = qemu_stream_take_number(cursor, 2);

	qemu_stream_skip(cursor, qemu_stream_take_number(cursor, 2));
	return command != COMMAND_PACKAGED;
}

/* Skips a subsection of the section vmstate_configuration: migration/savevm.c. */
static bool skip_subsection(struct qemu_stream *stream, struct qemu_stream_cursor *cursor)
{
	struct qemu_name name = qemu_stream_take_name(cursor);
	uint64_t nr = 0;

	qemu_stream_skip(cursor, 4); /* skip the version */
	if (qemu_stream_is_name(&name, "configuration/capabilities"))
		nr = qemu_stream_take_number(cursor, 4);
	else if (qemu_stream_is_name(&name, "configuration/target-page-bits"))
		qemu_stream_skip(cursor, 4);
	else if (qemu_stream_is_name(&name, "configuration/uuid"))
		qemu_stream_skip(cursor, 16);
	else
		return false;
	for (uint64_t i = 0; i < nr && !cursor->cut; i++) {
		name = qemu_stream_take_name(cursor);
		stream->is_mapped |= qemu_stream_is_name(&name, "mapped-ram");
	}
	return true;
}

static void read_machine(struct qemu_stream *stream, struct qemu_stream_cursor *cursor)
{
	uint64_t size = qemu_stream_take_number(cursor, 4), start = cursor->at;

	if (!qemu_stream_skip(cursor, size) || size >= sizeof(stream->machine))
		return;
	memset(stream->machine, 0, sizeof(stream->machine));
	source_read(cursor->source, start, stream->machine, (size_t)size);
}

static bool create_ram(struct qemu_stream *stream, struct dump *dump, struct error *err)
{
	struct qemu_blocks *blocks = &stream->blocks;

	if (!qemu_blocks_place(blocks))
		return dump_fail(
			dump, err, "%s",
			blocks->nr ?
				"lacks the memory block of a NUMA node (ram-node0, ram-node1 and so on)" :
				"has no block of memory named pc.ram, mach-virt.ram or ram-node0");
	if (blocks->others[0])
		dump_warn(dump,
			  "the stream does not contain the addresses of these blocks, whose memory counts as absent: %s",
			  blocks->others);
	return qemu_ram_create(stream->ram, blocks->size & ~(uint64_t)RAM_FLAGS) ||
	       dump_fail(dump, err,
			 "its memory size, %" PRIu64 " bytes, is impossible or too large",
			 blocks->size);
}

/* Where a block of a file with the capability mapped-ram has its pages: struct MappedRamHeader of
 * migration/ram.c (9.0). Each page has its own place, so there is no older copy of it. */
struct mapped_block {
	uint64_t bitmap; /* file offset of a bit for each page; 0: the page consists of zeros */
	uint64_t pages; /* file offset of the first page */
};

static bool read_mapped_header(struct qemu_stream_cursor *cursor, uint64_t size,
			       struct mapped_block *block)
{
	uint64_t version = qemu_stream_take_number(cursor, 4);
	uint64_t page_size = qemu_stream_take_number(cursor, 8);

	block->bitmap = qemu_stream_take_number(cursor, 8);
	block->pages = qemu_stream_take_number(cursor, 8);
	if (version != MAPPED_VERSION || page_size != QEMU_PAGE || block->bitmap < cursor->at ||
	    block->pages < block->bitmap || block->pages - block->bitmap < size / QEMU_PAGE / 8)
		return false;
	cursor->at = block->pages;
	qemu_stream_skip(cursor, size);
	return true;
}

/* Sets the places of the pages of a block. The words of the bitmap are in the order of the host,
 * which is taken as little-endian. */
static bool set_mapped_pages(struct qemu_stream *stream, const struct source *source,
			     const struct qemu_block *block, const struct mapped_block *mapped)
{
	uint8_t bits[QEMU_PAGE];

	for (uint64_t pfn = 0; pfn < block->size / QEMU_PAGE; pfn++) {
		uint64_t at = pfn / 8 % sizeof(bits), offset = pfn * QEMU_PAGE;
		uint64_t place = mapped->pages + offset;

		if (pfn % (8 * sizeof(bits)) == 0) {
			uint64_t left = (block->size / QEMU_PAGE - pfn + 7) / 8;

			if (!source_read(source, mapped->bitmap + pfn / 8, bits,
					 left < sizeof(bits) ? (size_t)left : sizeof(bits)))
				return true; /* these pages are missing */
		}
		if (!(bits[at] >> pfn % 8 & 1))
			place = QEMU_ZEROS;
		else if (!range_within(place, QEMU_PAGE, source->size))
			continue;
		if (!qemu_ram_set(stream->ram, block->base + offset, place))
			return false;
	}
	return true;
}

/* Reads the headers of all blocks again, now that the place of each block in memory is known. */
static bool read_mapped(struct qemu_stream *stream, struct qemu_stream_cursor cursor,
			uint64_t total)
{
	while (total && !cursor.cut) {
		struct qemu_name name = qemu_stream_take_name(&cursor);
		const struct qemu_block *block = qemu_blocks_find(&stream->blocks, &name);
		uint64_t size = qemu_stream_take_number(&cursor, 8);
		struct mapped_block mapped;

		if (cursor.cut || size > total || !read_mapped_header(&cursor, size, &mapped))
			return false;
		total -= size;
		if (block && !set_mapped_pages(stream, cursor.source, block, &mapped))
			return false;
	}
	return true;
}

static bool qemu_stream_read_blocks(struct qemu_stream *stream, struct qemu_stream_cursor *cursor,
				    uint64_t total, struct dump *dump, struct error *err)
{
	const struct qemu_stream_cursor first = *cursor;
	const uint64_t all = total;
	struct mapped_block mapped;

	while (total && !cursor->cut) {
		struct qemu_name name = qemu_stream_take_name(cursor);
		uint64_t size = qemu_stream_take_number(cursor, 8);

		if (cursor->cut)
			break;
		if (size > total)
			return dump_fail(
				dump, err,
				"its memory blocks are larger than the total size that the stream gives");
		total -= size;
		if (!qemu_blocks_add(&stream->blocks, &name, size))
			return dump_fail(dump, err,
					 "its block of memory %.*s (%" PRIu64
					 " bytes, offset %#" PRIx64
					 ") contradicts the blocks before it",
					 name.size, (const char *)name.text, size, cursor->at);
		if (stream->is_mapped && !read_mapped_header(cursor, size, &mapped))
			return dump_fail(
				dump, err,
				"the places of the pages of its block %.*s contradict each other (mapped-ram)",
				name.size, (const char *)name.text);
	}
	return create_ram(stream, dump, err) &&
	       (!stream->is_mapped || read_mapped(stream, first, all) || out_of_memory(err));
}

/* Reads a page. A page may lack the name of its block. In this case it belongs to the block of the
 * previous page, which may be in another section. */
static bool qemu_stream_read_page(struct qemu_stream *stream, struct qemu_stream_cursor *cursor,
				  uint64_t header)
{
	uint64_t offset = header & ~(uint64_t)RAM_FLAGS;
	uint64_t place = QEMU_ZEROS;
	bool zeros = true;

	if (!(header & RAM_CONTINUE)) {
		stream->block_name = qemu_stream_take_name(cursor);
		stream->block = qemu_blocks_find(&stream->blocks, &stream->block_name);
	}
	if (header & RAM_ZERO) {
		zeros = !qemu_stream_take_number(cursor, 1);
	} else {
		place = cursor->at;
		qemu_stream_skip(cursor, QEMU_PAGE);
	}
	if (cursor->cut)
		return true;
	/* Old versions of QEMU may send a page filled with another byte than 0. kwalk does not
	 * support such pages. */
	if (!zeros)
		return false;
	stream->last_page = offset;
	if (!stream->block)
		return true;
	return offset < stream->block->size && stream->block->base + offset < stream->ram->size &&
	       qemu_ram_set(stream->ram, stream->block->base + offset, place);
}

/* Reads the pages of a section. Returns false if there are unknown data at cursor->at. */
static bool qemu_stream_read_pages(struct qemu_stream *stream, struct qemu_stream_cursor *cursor)
{
	while (!cursor->cut) {
		uint64_t start = cursor->at, header = qemu_stream_take_number(cursor, 8);
		unsigned int flags = header & RAM_FLAGS & ~RAM_CONTINUE;

		if (cursor->cut || flags == RAM_EOS)
			return true;
		if (flags == RAM_FLUSH)
			continue;
		if ((flags != RAM_ZERO && flags != RAM_PAGE) ||
		    !qemu_stream_read_page(stream, cursor, header)) {
			cursor->at = start;
			return false;
		}
	}
	return true;
}

/* Reads the first section up to its first page. */
static bool qemu_stream_read_start(struct qemu_stream *stream, struct qemu_stream_cursor *cursor,
				   uint64_t *id, struct dump *dump, struct error *err)
{
	struct qemu_name name;
	uint64_t version, total;

	*id = qemu_stream_take_number(cursor, 4);
	name = qemu_stream_take_name(cursor);
	qemu_stream_skip(cursor, 4); /* skip the number of the instance */
	version = qemu_stream_take_number(cursor, 4);
	total = qemu_stream_take_number(cursor, 8);
	if (cursor->cut)
		return dump_fail(dump, err, "is cut short before its memory");
	if (!qemu_stream_is_name(&name, "ram") || version != RAM_VERSION ||
	    (total & RAM_FLAGS) != RAM_MEM_SIZE)
		return dump_fail(dump, err,
				 "its first section is \"%.*s\" of version %u, but should be memory",
				 name.size, (const char *)name.text, (unsigned int)version);
	return qemu_stream_read_blocks(stream, cursor, total & ~(uint64_t)RAM_FLAGS, dump, err);
}

static bool read_to_memory(struct qemu_stream *stream, struct qemu_stream_cursor *cursor,
			   uint64_t *id, struct dump *dump, struct error *err)
{
	uint64_t type;

	if (!read_headers(cursor, dump, err))
		return false;
	while ((type = qemu_stream_take_number(cursor, 1)) != SECTION_START) {
		bool known = type == CONFIGURATION;

		if (type == CONFIGURATION)
			read_machine(stream, cursor);
		else if (type == SUBSECTION)
			known = skip_subsection(stream, cursor);
		else if (type == COMMAND)
			known = skip_command(cursor);
		if (cursor->cut || !known)
			return dump_fail(dump, err, "%s",
					 cursor->cut ? "is cut short before its memory" :
						       "its stream begins with an unknown section");
	}
	return qemu_stream_read_start(stream, cursor, id, dump, err);
}

/* Reads all memory, from the first page of the first section to the end of the last section of
 * memory. `id` is the number of the section. Returns false if there are unknown data at
 * cursor->at. */
static bool read_memory(struct qemu_stream *stream, struct qemu_stream_cursor *cursor, uint64_t id)
{
	uint64_t type = SECTION_START, start;

	for (;;) {
		if (!qemu_stream_read_pages(stream, cursor))
			return false;
		if (type == SECTION_END && !cursor->cut) {
			stream->ram->complete = true;
			return true;
		}
		start = cursor->at;
		type = qemu_stream_take_number(cursor, 1);
		if (type == FOOTER && qemu_stream_take_number(cursor, 4) == id)
			type = qemu_stream_take_number(cursor, 1);
		while (type == COMMAND && skip_command(cursor))
			type = qemu_stream_take_number(cursor, 1);
		if (cursor->cut)
			return true;
		if ((type != SECTION_PART && type != SECTION_END) ||
		    (qemu_stream_take_number(cursor, 4) != id && !cursor->cut)) {
			cursor->at = start;
			return false;
		}
	}
}

/* Reads the memory into stream->ram. If the memory is incomplete, adds a warning. Returns false if
 * the stream cannot be read. */
static bool qemu_stream_read(struct qemu_stream *stream, struct dump *dump, struct error *err)
{
	struct qemu_stream_cursor cursor = { .source = &dump->source };
	uint64_t id = 0;

	if (!read_to_memory(stream, &cursor, &id, dump, err))
		return false;
	if (!read_memory(stream, &cursor, id))
		dump_warn(dump,
			  "unknown data at offset %#" PRIx64
			  " of the stream, so memory after this offset was not read; pages that are sent again there are shown as they were before",
			  cursor.at);
	else if (cursor.cut)
		dump_warn(
			dump,
			"the file is cut short: memory is missing (info counts it), and pages that were sent again are shown as they were before");
	if (!stream->ram->complete)
		dump_trouble(dump,
			     "the stream is valid up to offset %#" PRIx64
			     " of the file, which has %#" PRIx64
			     " bytes; the last page is at offset %#" PRIx64
			     " of the block \"%.*s\"",
			     cursor.at, dump->source.size, stream->last_page,
			     stream->block_name.size, (const char *)stream->block_name.text);
	return true;
}

/* At these physical addresses, the memory window of the display hides the memory. */
enum { VGA_START = 0xa0000, VGA_END = 0xc0000 };

enum { MAX_AREAS = 3 };

/* A contiguous range of the guest's physical memory. */
struct qemu_area {
	uint64_t start, end; /* physical addresses; `end` is exclusive */
	uint64_t offset; /* the offset in struct qemu_ram that belongs to start */
};

struct qemu {
	struct qemu_ram ram;
	struct qemu_area areas[MAX_AREAS]; /* in ascending order of addresses */
	size_t nr;
};

/* Finds the physical address of memory in machines that have one contiguous range of memory:
 * hw/arm/virt.c, VIRT_MEM; hw/riscv/virt.c, VIRT_DRAM. */
static bool find_start(const char *machine, uint64_t *start)
{
	static const struct {
		const char *prefix;
		uint64_t start;
	} machines[] = { { "virt-", 0x40000000 }, { "virt", 0x80000000 } };

	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		*start = machines[i].start;
		if (starts_with(machine, machines[i].prefix))
			return true;
	}
	return false;
}

/* Finds the size of the memory below 4 GiB; the rest is above 4 GiB. See hw/i386/pc_q35.c,
 * pc_piix.c and microvm.c. The option max-ram-below-4g changes this size, but the stream does not
 * contain the option. Returns false if the size is unknown. */
static bool find_hole(const char *machine, uint64_t size, uint64_t *below)
{
	static const struct {
		const char *prefix;
		/* If a machine has at least `limit` bytes of memory, only `below` bytes of it are
		 * below 4 GiB. */
		uint64_t limit, below;
	} machines[] = {
		{ "pc-q35-", 0xb0000000, 0x80000000 },
		{ "pc-i440fx-1.", 0xe0000000, 0xe0000000 },
		{ "pc-i440fx-", 0xe0000000, 0xc0000000 },
		{ "microvm", 0xc0000000, 0xc0000000 },
	};

	*below = size;
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		if (!starts_with(machine, machines[i].prefix))
			continue;
		if (size >= machines[i].limit)
			*below = machines[i].below;
		return true;
	}
	return size < 0x80000000;
}

static void qemu_add_area(struct qemu *qemu, uint64_t start, uint64_t end, uint64_t offset)
{
	if (start < end)
		qemu->areas[qemu->nr++] = (struct qemu_area){ start, end, offset };
}

static bool qemu_open(struct dump *dump, struct error *err)
{
	const uint64_t four_g = UINT64_C(1) << 32;
	struct qemu *qemu = dump->private;
	struct qemu_stream stream = { .ram = &qemu->ram };
	uint64_t below, size, start;

	if (!qemu_stream_read(&stream, dump, err))
		return false;
	size = qemu->ram.size;
	if (find_start(stream.machine, &start)) {
		qemu_add_area(qemu, start, start + size, 0);
		return true;
	}
	if (!find_hole(stream.machine, size, &below))
		return dump_fail(dump, err, "the memory layout of machine type \"%s\" is unknown",
				 stream.machine);
	qemu_add_area(qemu, 0, below < VGA_START ? below : VGA_START, 0);
	qemu_add_area(qemu, VGA_END, below, VGA_END);
	qemu_add_area(qemu, four_g, four_g + (size - below), below);
	return true;
}

static void qemu_close(struct dump *dump)
{
	struct qemu *qemu = dump->private;

	qemu_ram_release(&qemu->ram);
}

/* Finds the extent that contains paddr: a page, or several pages that were not sent. */
static void qemu_find_memory(const struct qemu *qemu, const struct qemu_area *area, uint64_t paddr,
			     struct extent *extent)
{
	uint64_t move = area->start - area->offset;

	qemu_ram_find(&qemu->ram, paddr - move, extent);
	extent->origin -= move;
	/* Areas begin and end at page boundaries, so an extent that is a page is never cut here.
	 * Only an extent without data may be cut. */
	extent->first = extent->first < area->offset ? area->start : extent->first + move;
	extent->last += move;
	extent->last = smaller_of(extent->last, area->end - 1);
}

static void qemu_find(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	const struct qemu *qemu = dump->private;
	struct extent gap = { .last = UINT64_MAX, .state = PAGE_ABSENT };

	for (size_t i = 0; i < qemu->nr; i++) {
		const struct qemu_area *area = &qemu->areas[i];

		if (paddr < area->start) {
			gap.last = area->start - 1;
			break;
		}
		if (paddr < area->end) {
			qemu_find_memory(qemu, area, paddr, extent);
			if (extent->state == PAGE_PRESENT)
				extent_take_place(dump, extent);
			return;
		}
		gap.first = area->end;
	}
	*extent = gap;
}

const struct dump_format dump_format_qemu = {
	.name = "QEMU migration stream",
	.private_size = sizeof(struct qemu),
	.probe = qemu_stream_probe,
	.open = qemu_open,
	.close = qemu_close,
	.find = qemu_find,
};
