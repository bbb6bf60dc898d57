/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/formats/qemu_stream.h"

#include <inttypes.h>
#include <stdio.h>

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

bool qemu_stream_probe(const struct source *source)
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

bool qemu_stream_read(struct qemu_stream *stream, struct dump *dump, struct error *err)
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
