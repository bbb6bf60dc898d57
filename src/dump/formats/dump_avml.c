/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Files that AVML has compressed. For each range of memory, the file contains a header as in LiME's
 * files, and the memory in the snappy framing format. The size of the compressed memory in bytes
 * follows. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "dump/codec.h"
#include "dump/source.h"
#include "dump/dump.h"
#include "base/counts.h"
#include "dump/formats/lime_header.h"
#include "dump/formats/listed.h"

/* --- frames of snappy --- */

/* The snappy framing format (google/snappy, framing_format.txt). Data are a sequence of chunks. A
 * chunk consists of a type, a length of three bytes, and a body. A data chunk contains at most 64
 * KiB of data. */

enum { SNAPPY_CHUNK_MAX = 65536 };

enum snappy_chunk_kind {
	SNAPPY_DATA,
	SNAPPY_OTHER, /* a stream identifier, padding, or another chunk without data */
	SNAPPY_CUT, /* the file ends within the chunk */
	SNAPPY_WRONG, /* not a valid chunk */
};

struct snappy_chunk {
	uint64_t end; /* the offset of the next chunk */
	/* The following members are set only for SNAPPY_DATA. */
	enum codec codec;
	uint64_t body; /* the offset of the encoded data */
	uint32_t length; /* the size of the encoded data in bytes, at most SNAPPY_PACKED_MAX */
	uint32_t checksum; /* the masked checksum of the decoded data */
	uint32_t size; /* the size of the decoded data in bytes, at most SNAPPY_CHUNK_MAX */
};

/* The largest size of the encoded data of a chunk, from snappy_max_compressed_length(). */
enum { SNAPPY_PACKED_MAX = 32 + SNAPPY_CHUNK_MAX + SNAPPY_CHUNK_MAX / 6 };

/* Parses the start of the chunk at the offset, and sets *chunk. The source must not be a flattened
 * file. */
enum snappy_chunk_kind snappy_chunk_read(const struct source *source, uint64_t offset,
					 struct snappy_chunk *chunk);

enum {
	CHUNK_COMPRESSED = 0x00,
	CHUNK_STORED = 0x01,
	CHUNK_SKIPPABLE = 0x80, /* all types from here to 0xfe can be skipped */
	CHUNK_IDENTIFIER = 0xff,
	CHUNK_HEADER = 4,
	CHECKSUM = 4,
	LENGTH_BYTES = 3, /* the most bytes of a varint that is at most 64 Ki */
	START = CHUNK_HEADER + CHECKSUM + LENGTH_BYTES,
};

/* Reads the length of the decoded data, which is a varint at the start of the encoded data. Returns
 * false if it is invalid. */
static bool read_length(const uint8_t *at, uint32_t nr, uint32_t *length)
{
	*length = 0;
	for (size_t i = 0; i < LENGTH_BYTES && i < nr; i++) {
		*length |= (uint32_t)(at[i] & 0x7f) << 7 * i;
		if (!(at[i] & 0x80))
			return *length <= SNAPPY_CHUNK_MAX;
	}
	return false;
}

/* Parses the start of a data chunk, which is at `at`. size is the size of the chunk's body. START
 * bytes can be read at `at`, even if the chunk is shorter; bytes after its end are ignored. */
static enum snappy_chunk_kind read_data(const uint8_t *at, uint32_t size,
					struct snappy_chunk *chunk)
{
	if (size < CHECKSUM || size > CHECKSUM + SNAPPY_PACKED_MAX)
		return SNAPPY_WRONG;
	chunk->checksum = load_le32(at + CHUNK_HEADER);
	chunk->length = size - CHECKSUM;
	chunk->body = chunk->end - chunk->length;
	if (at[0] == CHUNK_COMPRESSED) {
		chunk->codec = CODEC_SNAPPY;
		return read_length(at + CHUNK_HEADER + CHECKSUM, chunk->length, &chunk->size) ?
			       SNAPPY_DATA :
			       SNAPPY_WRONG;
	}
	if (chunk->length > SNAPPY_CHUNK_MAX)
		return SNAPPY_WRONG;
	chunk->codec = CODEC_NONE;
	chunk->size = chunk->length;
	return SNAPPY_DATA;
}

enum snappy_chunk_kind snappy_chunk_read(const struct source *source, uint64_t offset,
					 struct snappy_chunk *chunk)
{
	static const char identifier[] = "sNaPpY";
	uint64_t left = offset < source->size ? source->size - offset : 0;
	uint8_t start[START] = { 0 };
	uint32_t size;

	if (left < CHUNK_HEADER || !source_read(source, offset, start, left < START ? left : START))
		return SNAPPY_CUT;
	size = load_le32(start) >> 8;
	if (start[0] > CHUNK_STORED && start[0] < CHUNK_SKIPPABLE)
		return SNAPPY_WRONG;
	if (size > left - CHUNK_HEADER)
		return SNAPPY_CUT;
	chunk->end = offset + CHUNK_HEADER + size;
	if (start[0] <= CHUNK_STORED)
		return read_data(start, size, chunk);
	if (start[0] == CHUNK_IDENTIFIER &&
	    (size != strlen(identifier) || memcmp(start + CHUNK_HEADER, identifier, size)))
		return SNAPPY_WRONG;
	return SNAPPY_OTHER;
}

/* Computes CRC-32C without special instructions, four bits in each step. The polynomial is
 * 0x82f63b78, with reversed bits. */
static uint32_t crc32c_slow(uint32_t crc, const uint8_t *data, size_t size)
{
	// clang-format off
	static const uint32_t table[16] = {
		0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1,
		0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
		0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
		0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
	};
	// clang-format on
	for (size_t i = 0; i < size; i++) {
		crc ^= data[i];
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return crc;
}

#ifdef __x86_64__
/* Computes CRC-32C using the instruction crc32 of the CPU, eight bytes in each step. */
__attribute__((target("sse4.2"))) static uint32_t crc32c_fast(uint32_t crc, const uint8_t *data,
							      size_t size)
{
	size_t i;

	for (i = 0; i + 8 <= size; i += 8)
		crc = (uint32_t)__builtin_ia32_crc32di(crc, load_le64(data + i));
	for (; i < size; i++)
		crc = __builtin_ia32_crc32qi(crc, data[i]);
	return crc;
}
#endif

static uint32_t crc32c(const uint8_t *data, size_t size)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("sse4.2"))
		return ~crc32c_fast(UINT32_MAX, data, size);
#endif
	return ~crc32c_slow(UINT32_MAX, data, size);
}

/* Decodes a data chunk to chunk->size bytes. `scratch` must have SNAPPY_PACKED_MAX bytes if the
 * file is not mapped, because the encoded data are then read to scratch. Returns false if the data
 * are damaged, or if the checksum is wrong. */
static bool snappy_chunk_decode(const struct source *source, const struct snappy_chunk *chunk,
				struct inflater *inflater, uint8_t *scratch, void *to)
{
	const uint8_t *body;
	uint32_t crc;

	if (!chunk->size)
		return true;
	body = source_view(source, chunk->body, chunk->length, scratch);
	if (!body || !inflate_bytes(inflater, chunk->codec, (struct bytes){ body, chunk->length },
				    to, chunk->size))
		return false;
	/* The chunk contains a masked checksum: framing_format.txt, section 3. So the checksum is
	 * masked before it is compared. */
	crc = crc32c(to, chunk->size);
	return (crc >> 15 | crc << 17) + 0xa282ead8 == chunk->checksum;
}

enum {
	AVML_VERSION = 2,
	COUNT_SIZE = 8, /* the size in bytes of the number that follows the chunks of a range */
	RUN_CHUNKS = 16, /* the number of chunks that an entry of the index describes */
	NR_CHUNKS = 16, /* the number of decoded chunks that are kept */
};

/* A decoded chunk. */
struct avml_chunk {
	uint64_t first, last; /* physical addresses, both inclusive */
	uint8_t *data; /* owned; NULL: the entry is not used */
	bool sound;
};

struct avml {
	/* Runs of chunks, which are entries of the index: see listed.h. */
	struct extent_list memory;
	/* The chunks that were decoded last; the oldest is replaced. */
	struct avml_chunk chunks[NR_CHUNKS];
	size_t next;
	/* Owned; the bytes of a chunk in a file that is not mapped; NULL: the file is mapped. */
	uint8_t *scratch;
};

/* The state of building the index, and the range that is being read. */
struct avml_reading {
	struct dump *dump;
	struct run_index index;
	/* The numbers of bytes of memory that are damaged or missing. */
	uint64_t damaged, truncated;
	uint64_t unread; /* the file offset of the first invalid header; 0: all are valid */
	struct lime_header header;
	uint64_t size; /* the size of the range's memory in bytes */
	uint64_t start; /* the file offset of the range's first chunk */
	uint64_t at; /* the file offset of the next chunk or header */
	uint64_t done; /* the number of bytes of memory in the chunks that were read so far */
	uint8_t *buffer; /* owned; the memory of a decoded chunk; NULL: chunks are not checked */
	unsigned int checked; /* the number of ranges whose chunks were checked */
	bool astray; /* the chunks are valid, but the header of the range is wrong */
	uint8_t *scratch; /* borrowed from struct avml */
};

static bool avml_probe(const struct source *source)
{
	return !source->runs && source_has(source, 0, "AVML", 4);
}

/* Do the chunks of the range end at reading->at? After them follows a number that is equal to their
 * size in bytes. */
static bool at_count(const struct avml_reading *reading)
{
	uint8_t count[COUNT_SIZE];

	return source_read(&reading->dump->source, reading->at, count, sizeof(count)) &&
	       load_le64(count) == reading->at - reading->start;
}

/* Counts a chunk of the range. If a chunk is valid, but too long for the range, the range's header
 * is wrong. Returns false if the chunk is wrong, or too long. */
static bool pass_data(struct avml_reading *reading, const struct snappy_chunk *chunk)
{
	bool fits = chunk->size <= reading->size - reading->done;

	if (reading->buffer) {
		if (!snappy_chunk_decode(&reading->dump->source, chunk, reading->dump->inflater,
					 reading->scratch, reading->buffer))
			return false;
		reading->astray = !fits;
	}
	if (fits)
		reading->done += chunk->size;
	return fits;
}

/* Reads at most RUN_CHUNKS chunks of the range. Returns SNAPPY_OTHER if all can be used, or else
 * the kind of the chunk that cannot be used. */
static enum snappy_chunk_kind pass_chunks(struct avml_reading *reading)
{
	struct snappy_chunk chunk;

	for (int i = 0; i < RUN_CHUNKS && reading->done < reading->size; i++) {
		enum snappy_chunk_kind kind;

		if (reading->buffer && at_count(reading)) {
			reading->astray = true;
			return SNAPPY_WRONG;
		}
		kind = snappy_chunk_read(&reading->dump->source, reading->at, &chunk);
		if (kind == SNAPPY_DATA && !pass_data(reading, &chunk))
			return SNAPPY_WRONG;
		if (kind != SNAPPY_DATA && kind != SNAPPY_OTHER)
			return kind;
		reading->at = chunk.end;
	}
	return SNAPPY_OTHER;
}

/* Adds a run of chunks, which contains the bytes [start, end) of the range. `offset` is the file
 * offset of its first chunk. */
static void avml_add_run(struct avml_reading *reading, uint64_t start, uint64_t end,
			 enum page_state state, uint64_t offset)
{
	uint64_t first = reading->header.first + start;

	pieces_add(&reading->index.runs, first, end - start, state, offset - first);
}

/* Reads all chunks of a range, and the number that follows them. Returns SNAPPY_OTHER if all are
 * valid, or else the kind of the first wrong chunk. */
static enum snappy_chunk_kind pass_range(struct avml_reading *reading)
{
	enum snappy_chunk_kind kind = SNAPPY_OTHER;

	reading->at = reading->start;
	reading->done = 0;
	while (kind == SNAPPY_OTHER && reading->done < reading->size) {
		uint64_t at = reading->at, done = reading->done;

		kind = pass_chunks(reading);
		avml_add_run(reading, done, reading->done, PAGE_PRESENT, at);
	}
	if (kind != SNAPPY_OTHER)
		return kind;
	if (!range_within(reading->at, COUNT_SIZE, reading->dump->source.size))
		return SNAPPY_CUT;
	if (!at_count(reading))
		return SNAPPY_WRONG;
	reading->at += COUNT_SIZE;
	return SNAPPY_OTHER;
}

/* Adds the range whose header is at reading->at, and moves reading->at to the end of the range. At
 * first the chunks are only counted. If their sizes contradict the size of the range, the range is
 * read again, and each chunk is checked. The chunks after the first wrong chunk are dropped,
 * because their addresses are unknown. After many such ranges, each range is read only once, with
 * all chunks checked. */
static void avml_add_range(struct avml_reading *reading)
{
	enum { MANY_CHECKED = 64 };
	const struct lime_header *header = &reading->header;
	size_t nr = reading->index.runs.nr;
	enum snappy_chunk_kind kind;
	bool cut;

	reading->size = header->last - header->first + 1;
	reading->start = reading->at + LIME_HEADER_SIZE;
	if (reading->checked < MANY_CHECKED && pass_range(reading) == SNAPPY_OTHER)
		return;
	reading->checked++;
	reading->index.runs.nr = nr;
	reading->astray = false;
	reading->buffer = malloc(SNAPPY_CHUNK_MAX);
	reading->index.runs.failed |= !reading->buffer;
	kind = pass_range(reading);
	free(reading->buffer);
	reading->buffer = NULL;
	if (kind == SNAPPY_OTHER)
		return;
	cut = kind == SNAPPY_CUT;
	dump_trouble(reading->dump,
		     "the range of physical %" PRIx64 " to %" PRIx64
		     ", whose chunks start at offset %#" PRIx64
		     ", is correct below physical %" PRIx64 ", that is, up to offset %#" PRIx64
		     "%s",
		     header->first, header->last, reading->start, header->first + reading->done,
		     reading->at,
		     reading->astray ?
			     ": the header of the range is wrong, but the chunks are correct" :
		     cut ? ": the file ends there" :
			   "");
	if (reading->astray) {
		reading->index.runs.nr = nr;
		reading->damaged += reading->done;
		return;
	}
	*(cut ? &reading->truncated : &reading->damaged) += reading->size - reading->done;
	avml_add_run(reading, reading->done, reading->size, cut ? PAGE_TRUNCATED : PAGE_DAMAGED, 0);
}

/* Searches for a short text in the size bytes that start at reading->at. Moves reading->at to the
 * text. If the text is not found, moves reading->at to the end of these bytes and returns false. */
static bool find_bytes(struct avml_reading *reading, uint64_t size, const char *text, size_t length)
{
	const struct file *file = &reading->dump->file;
	uint64_t end = reading->at + size;

	while (reading->at < end) {
		size_t most = reading->scratch ? SNAPPY_PACKED_MAX : SIZE_MAX;
		size_t part = end - reading->at < most ? (size_t)(end - reading->at) : most;
		const uint8_t *data = file_view(file, reading->at, part, reading->scratch);
		const uint8_t *found = data ? memmem(data, part, text, length) : NULL;

		if (found) {
			reading->at += (uint64_t)(found - data);
			return true;
		}
		/* A text may begin in this part and end in the next part, so the two parts
		 * overlap. */
		reading->at += part;
		if (reading->at < end)
			reading->at -= length - 1;
	}
	return false;
}

/* Moves reading->at to the magic of the next header, or to the end of the file. Holes are skipped:
 * a header that extends into a hole has no chunks. */
static void find_magic(struct avml_reading *reading)
{
	static const char magic[] = "AVML\2\0\0";
	const struct file *file = &reading->dump->file;

	while (reading->at < file->size) {
		uint64_t size = file_data(file, reading->at);

		if (find_bytes(reading, size, magic, sizeof(magic)))
			return;
		if (reading->at < file->size)
			reading->at += file_hole(file, reading->at);
	}
}

/* Finds and reads the next valid header that has chunks after it, and moves reading->at to this
 * header. If there is no such header, moves reading->at to the end of the file. */
static void find_header(struct avml_reading *reading)
{
	static const char chunks[] = "\xff\6\0\0sNaPpY";
	const struct source *source = &reading->dump->source;

	for (; reading->at < source->size; reading->at++) {
		find_magic(reading);
		if (lime_header_read(source, reading->at, &reading->header) &&
		    lime_header_is_sound(&reading->header, AVML_MAGIC, AVML_VERSION) &&
		    source_has(source, reading->at + LIME_HEADER_SIZE, chunks, sizeof(chunks) - 1))
			return;
	}
	reading->at = source->size;
}

static void avml_warn(const struct avml_reading *reading)
{
	struct dump *dump = reading->dump;

	if (reading->damaged)
		dump_warn(dump,
			  "%" PRIu64
			  " bytes of memory are damaged, because chunks do not add up to their range",
			  reading->damaged);
	if (reading->truncated)
		dump_warn(dump,
			  "the file is cut short: %" PRIu64 " bytes of its last range are missing",
			  reading->truncated);
	if (reading->index.contradictory)
		dump_warn(
			dump,
			"several ranges contain the same addresses, so the memory at these addresses counts as damaged");
	if (reading->unread)
		dump_warn(dump, "no AVML header at offset %#" PRIx64, reading->unread);
}

static bool avml_open(struct dump *dump, struct error *err)
{
	const struct source *source = &dump->source;
	struct avml *avml = dump->private;
	struct avml_reading reading = { .dump = dump };
	struct lime_header *header = &reading.header;

	if (!lime_header_read(source, 0, header))
		return dump_fail(dump, err, "is cut short within its AVML header");
	if (header->version != AVML_VERSION)
		return dump_fail(dump, err, "is an AVML dump of unsupported version %u",
				 header->version);
	if (!inflater_has(dump->inflater, CODEC_SNAPPY))
		return dump_fail(
			dump, err,
			"is compressed with snappy, and this kwalk has no library to unpack it");
	if (!source->mapped && !(avml->scratch = malloc(SNAPPY_PACKED_MAX)))
		return out_of_memory(err);
	reading.scratch = avml->scratch;
	while (reading.at < source->size && !reading.index.runs.failed) {
		if (lime_header_read(source, reading.at, header) &&
		    lime_header_is_sound(header, AVML_MAGIC, AVML_VERSION)) {
			avml_add_range(&reading);
			continue;
		}
		if (!reading.unread)
			reading.unread = reading.at;
		find_header(&reading);
	}
	if (!run_index_finish(&reading.index, dump, err))
		return false;
	avml_warn(&reading);
	return true;
}

static void free_chunks(void *private)
{
	struct avml *avml = private;

	for (size_t i = 0; i < NR_CHUNKS; i++)
		free(avml->chunks[i].data);
	free(avml->scratch);
}

/* Prepares the copy of dump->private for a second reader, which must not share decoded chunks. If
 * there is no memory for scratch, the reader finds no valid chunk. */
static void forget_chunks(void *private)
{
	struct avml *avml = private;

	memset(avml->chunks, 0, sizeof(avml->chunks));
	if (avml->scratch)
		avml->scratch = malloc(SNAPPY_PACKED_MAX);
}

static void avml_close(struct dump *dump)
{
	free_chunks(dump->private);
	extents_close(dump);
}

/* Finds the chunk of the run that contains paddr. *first gets the address of the chunk's first
 * byte. Returns false if the file has changed since the index was built. */
static bool locate_chunk(const struct source *source, const struct extent *run, uint64_t paddr,
			 struct snappy_chunk *chunk, uint64_t *first)
{
	uint64_t at = extent_offset(run, run->first);

	*first = run->first;
	while (*first <= paddr) {
		switch (snappy_chunk_read(source, at, chunk)) {
		case SNAPPY_DATA:
			if (paddr - *first < chunk->size)
				return true;
			*first += chunk->size;
			break;
		case SNAPPY_OTHER: break;
		default: return false;
		}
		at = chunk->end;
	}
	return false;
}

/* Decodes the chunk that contains paddr. The decoded chunk replaces the oldest one. */
static const struct avml_chunk *load_chunk(struct dump *dump, const struct extent *run,
					   uint64_t paddr)
{
	struct avml *avml = dump->private;
	struct avml_chunk *chunk = &avml->chunks[avml->next++ % NR_CHUNKS];
	struct snappy_chunk from;

	if (!chunk->data)
		chunk->data = malloc(SNAPPY_CHUNK_MAX);
	if (!locate_chunk(&dump->source, run, paddr, &from, &chunk->first)) {
		chunk->first = run->first;
		chunk->last = run->last;
		chunk->sound = false;
		return chunk;
	}
	chunk->last = chunk->first + (from.size - 1);
	count_unpacked(dump->counts, from.length, from.size);
	chunk->sound = chunk->data && (dump->source.mapped || avml->scratch) &&
		       snappy_chunk_decode(&dump->source, &from, dump->inflater, avml->scratch,
					   chunk->data);
	if (!chunk->sound)
		dump_trouble(dump,
			     "physical %" PRIx64 " to %" PRIx64
			     ": the chunk that ends at offset %#" PRIx64
			     " cannot be unpacked, or its checksum is wrong",
			     chunk->first, chunk->last, from.end);
	return chunk;
}

static const struct avml_chunk *find_chunk(struct dump *dump, const struct extent *run,
					   uint64_t paddr)
{
	struct avml *avml = dump->private;

	for (size_t i = 0; i < NR_CHUNKS; i++) {
		const struct avml_chunk *chunk = &avml->chunks[i];

		if (chunk->data && chunk->first <= paddr && paddr <= chunk->last)
			return chunk;
	}
	return load_chunk(dump, run, paddr);
}

/* Copies the page that contains paddr from the chunk to the page cache, so that further loads from
 * this page are fast. */
static void keep_page(struct dump *dump, const struct avml_chunk *chunk, uint64_t paddr)
{
	uint64_t pfn = paddr >> CACHE_PAGE_SHIFT;
	uint64_t first = pfn << CACHE_PAGE_SHIFT;
	struct page_cache_slot slot;

	if (first < chunk->first || first + (CACHE_PAGE_SIZE - 1) > chunk->last ||
	    dump_cache_get(dump->pages, pfn))
		return;
	slot = dump_cache_room(dump->pages, pfn);
	memcpy(slot.buffer, chunk->data + (first - chunk->first), CACHE_PAGE_SIZE);
	dump_cache_fill(dump->pages, &slot, pfn, slot.buffer);
}

static void avml_find(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	const struct avml_chunk *chunk;

	extents_find(dump, paddr, extent);
	if (extent->state != PAGE_PRESENT)
		return;
	chunk = find_chunk(dump, extent, paddr);
	*extent = (struct extent){ .first = chunk->first,
				   .last = chunk->last,
				   .state = PAGE_DAMAGED };
	if (!chunk->sound)
		return;
	extent->data = chunk->data;
	extent->state = PAGE_PRESENT;
	keep_page(dump, chunk, paddr);
}

static void avml_describe(struct dump *dump, dump_visit *visit, void *arg)
{
	(void)dump;
	visit(arg, "compression", codec_names[CODEC_SNAPPY]);
}

const struct dump_format dump_format_avml = {
	.name = "AVML",
	.private_size = sizeof(struct avml),
	.copies = true,
	.probe = avml_probe,
	.open = avml_open,
	.close = avml_close,
	.peek = extents_find,
	.find = avml_find,
	.reader_start = forget_chunks,
	.reader_end = free_chunks,
	.survey = extents_survey,
	.describe = avml_describe,
};
