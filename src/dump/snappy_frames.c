/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/snappy_frames.h"

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

bool snappy_chunk_decode(const struct source *source, const struct snappy_chunk *chunk,
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
