/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads the log of 5.10 and later (896fbe20b4e2, kernel/printk/printk_ringbuffer.h). The log has an
 * array of descriptors, which contain the states of records. For each descriptor there is a struct
 * printk_info in another array. The texts of records are in blocks of a ring. A block begins with
 * the id of its descriptor. */
#include <inttypes.h>

#include "dump/dump.h"
#include "kernel/vmcoreinfo.h"
#include "kernel/kernel.h"
#include "linux/printk/log_reader.h"

/* States of a record: enum desc_state in the top two bits of a descriptor's state_var. */
enum { RESERVED, COMMITTED, FINALIZED, REUSABLE };

/* Position of a record with an empty text, which has no block (NO_LPOS or EMPTY_LINE_LPOS).
 * Positions of blocks are even. This position and FAILED_LPOS are odd. */
enum { EMPTY_LINE = 3 };

enum {
	COUNT_BITS_MAX = LOG_BITS_MAX - 5, /* limit; PRB_AVGBITS in printk.c is 5 */
	STRUCT_MAX = 512, /* the largest number of bytes that are read of a descriptor or an info */
	/* Limit for damaged records: if pages of random bytes are mapped many times, they may look
	 * like billions of records. */
	MOST_DAMAGED = 1 << 20,
};

// clang-format off
enum place {
	DESC_RING, TEXT_RING, COUNT_BITS, DESCS, INFOS, HEAD_ID, TAIL_ID,
	SIZE_BITS, DATA, STATE_VAR, LPOS, BEGIN, NEXT, SEQ, TIME, TEXT_LEN,
	CALLER, NR_PLACES
};
// clang-format on

/* size: the size that the member must have, in bytes. WORD: the size of a pointer. 0: any size. */
enum { WORD = 1 };
static const struct {
	const char *type, *member;
	uint8_t size;
} places[NR_PLACES] = {
	[DESC_RING] = { "printk_ringbuffer", "desc_ring", 0 },
	[TEXT_RING] = { "printk_ringbuffer", "text_data_ring", 0 },
	[COUNT_BITS] = { "prb_desc_ring", "count_bits", 4 },
	[DESCS] = { "prb_desc_ring", "descs", WORD },
	[INFOS] = { "prb_desc_ring", "infos", WORD },
	[HEAD_ID] = { "prb_desc_ring", "head_id", WORD },
	[TAIL_ID] = { "prb_desc_ring", "tail_id", WORD },
	[SIZE_BITS] = { "prb_data_ring", "size_bits", 4 },
	[DATA] = { "prb_data_ring", "data", WORD },
	[STATE_VAR] = { "prb_desc", "state_var", WORD },
	[LPOS] = { "prb_desc", "text_blk_lpos", 0 },
	[BEGIN] = { "prb_data_blk_lpos", "begin", WORD },
	[NEXT] = { "prb_data_blk_lpos", "next", WORD },
	[SEQ] = { "printk_info", "seq", 8 },
	[TIME] = { "printk_info", "ts_nsec", 8 },
	[TEXT_LEN] = { "printk_info", "text_len", 2 },
	[CALLER] = { "printk_info", "caller_id", 4 },
};

struct log_ring {
	struct log_reader *reader;
	unsigned int word; /* size of a long in bytes */
	uint64_t ids; /* mask of the bits that an id uses */
	uint64_t offset[NR_PLACES];
	uint64_t desc_size, info_size;
	/* Number of bytes that are read of a printk_info: without the names of devices at its
	 * end. */
	size_t info_read;
	uint64_t nr, text_size; /* number of descriptors; size of text in bytes; powers of two */
	uint64_t descs, infos, text; /* addresses */
	uint64_t head, tail; /* ids of the newest and the oldest record */
	bool guessed; /* true: head and tail are damaged, so all descriptors are examined */
	/* The position of the last text that was visited. Valid if has_text. */
	uint64_t text_begin;
	bool has_text;
	uint64_t nr_damaged; /* number of ids read so far that have no valid record */
};

struct desc {
	uint64_t id;
	unsigned int state;
	/* Positions of the block in the text ring; positions only increase, without wrapping. */
	uint64_t begin, next;
};

/* Returns the offset in struct printk_info at which the known members end. The known members are at
 * the start of the struct. */
static size_t info_end(const struct log_ring *ring)
{
	static const struct {
		enum place place;
		uint8_t size;
	} members[] = {
		{ SEQ, 8 },
		{ TIME, 8 },
		{ TEXT_LEN, 4 }, /* facility, flags and level are in the next two bytes */
		{ CALLER, 4 },
	};
	uint64_t end = 0;

	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
		if (end < ring->offset[members[i].place] + members[i].size)
			end = ring->offset[members[i].place] + members[i].size;
	return end < ring->info_size ? (size_t)end : (size_t)ring->info_size;
}

static bool log_ring_find_layout(struct log_ring *ring, struct error *err)
{
	struct kernel *kernel = ring->reader->kernel;

	for (size_t i = 0; i < NR_PLACES; i++) {
		uint64_t size = places[i].size == WORD ? ring->word : places[i].size;

		if (!kernel_member_place(kernel, places[i].type, places[i].member, size,
					 &ring->offset[i]))
			return fail(err, ERROR_UNKNOWN, "where struct %s keeps %s is not known",
				    places[i].type, places[i].member);
		if (ring->offset[i] > STRUCT_MAX / 4)
			return fail(err, ERROR_FORMAT,
				    "struct %s: %s would be %" PRIu64
				    " bytes from the start, which is too far",
				    places[i].type, places[i].member, ring->offset[i]);
	}
	if (!kernel_type_size(kernel, "prb_desc", &ring->desc_size) ||
	    !kernel_type_size(kernel, "printk_info", &ring->info_size))
		return fail(err, ERROR_UNKNOWN,
			    "the sizes of struct prb_desc and printk_info are not known");
	if (!ring->desc_size || ring->desc_size > STRUCT_MAX || !ring->info_size ||
	    ring->info_size > STRUCT_MAX)
		return fail(err, ERROR_FORMAT,
			    "struct prb_desc of %" PRIu64 " and printk_info of %" PRIu64
			    " bytes: these sizes are not possible",
			    ring->desc_size, ring->info_size);
	ring->info_read = info_end(ring);
	return true;
}

/* Reads the member `place` of the struct at `address`. */
static bool read_place(struct log_ring *ring, uint64_t address, enum place place, uint64_t *value,
		       struct error *err)
{
	return kernel_read_number(ring->reader->kernel, address + ring->offset[place],
				  places[place].size == WORD ? ring->word : 4, value, err);
}

static bool read_ring(struct log_ring *ring, uint64_t at, struct error *err)
{
	uint64_t descs = at + ring->offset[DESC_RING], texts = at + ring->offset[TEXT_RING];
	uint64_t nr_bits, size_bits;

	if (!read_place(ring, descs, COUNT_BITS, &nr_bits, err) ||
	    !read_place(ring, descs, DESCS, &ring->descs, err) ||
	    !read_place(ring, descs, INFOS, &ring->infos, err) ||
	    !read_place(ring, descs, HEAD_ID, &ring->head, err) ||
	    !read_place(ring, descs, TAIL_ID, &ring->tail, err) ||
	    !read_place(ring, texts, SIZE_BITS, &size_bits, err) ||
	    !read_place(ring, texts, DATA, &ring->text, err))
		return false;
	if (!nr_bits || nr_bits > COUNT_BITS_MAX || !size_bits || size_bits > LOG_BITS_MAX)
		return fail(err, ERROR_FORMAT,
			    "the ring at %" PRIx64 " is damaged: it would have 2^%" PRIu64
			    " records and 2^%" PRIu64 " bytes of text",
			    at, nr_bits, size_bits);
	ring->nr = UINT64_C(1) << nr_bits;
	ring->text_size = UINT64_C(1) << size_bits;
	ring->head &= ring->ids;
	ring->tail &= ring->ids;
	return true;
}

static uint64_t log_ring_load_word(const struct log_ring *ring, const uint8_t *at)
{
	return load_le(at, ring->word);
}

/* Reads the descriptor of the record with this id. Several ids share the place of a descriptor.
 * Fails if the descriptor there has another id. */
static bool read_desc(struct log_ring *ring, uint64_t id, struct desc *desc, struct error *err)
{
	uint64_t at = ring->descs + (id & (ring->nr - 1)) * ring->desc_size;
	uint8_t bytes[STRUCT_MAX];
	const uint8_t *lpos = bytes + ring->offset[LPOS];
	uint64_t state_var;

	if (!log_read(&ring->reader->window[0], at, bytes, ring->desc_size, err))
		return false;
	state_var = log_ring_load_word(ring, bytes + ring->offset[STATE_VAR]);
	*desc = (struct desc){
		.id = state_var & ring->ids,
		.state = (unsigned int)(state_var >> (8 * ring->word - 2)),
		.begin = log_ring_load_word(ring, lpos + ring->offset[BEGIN]),
		.next = log_ring_load_word(ring, lpos + ring->offset[NEXT]),
	};
	return desc->id == id || fail(err, ERROR_FORMAT,
				      "the descriptor at %" PRIx64 " has the id %" PRIx64
				      ", but should have %" PRIx64,
				      at, desc->id, id);
}

/* Returns the number of the record with this id. The id of record 0 is DESC0_ID + 1, and both grow
 * by 1 with each record. DESC0_ID is minus the number of descriptors, minus 1. In most releases this
 * is a number of 32 bits, but not in 7.2. */
static uint64_t log_ring_number(const struct log_ring *ring, uint64_t id)
{
	uint64_t first = (UINT64_C(1) << 32) - ring->nr;

	return id >= first && id <= ring->ids - ring->nr ? id - first : (id + ring->nr) & ring->ids;
}

/* Reads the printk_info of an id. caller_id exists even without CONFIG_PRINTK_CALLER. After
 * text_len come the facility and a byte with flags (the low five bits) and level. */
static bool read_info(struct log_ring *ring, uint64_t id, struct log_record *record,
		      size_t *text_len, struct error *err)
{
	uint64_t at = ring->infos + (id & (ring->nr - 1)) * ring->info_size;
	uint8_t bytes[STRUCT_MAX];

	if (!log_read(&ring->reader->window[1], at, bytes, ring->info_read, err))
		return false;
	*text_len = load_le16(bytes + ring->offset[TEXT_LEN]);
	*record = (struct log_record){
		.has_seq = true,
		.seq = load_le64(bytes + ring->offset[SEQ]),
		.has_time = true,
		.ts_nsec = load_le64(bytes + ring->offset[TIME]),
		.has_level = true,
		.facility = bytes[ring->offset[TEXT_LEN] + 2],
		.level = bytes[ring->offset[TEXT_LEN] + 3] >> 5,
		.has_caller = true,
		.caller = load_le32(bytes + ring->offset[CALLER]),
	};
	/* The low bits of a record's number and of its descriptor's id must be the same. */
	return (record->seq & (ring->nr - 1)) == (id & (ring->nr - 1)) ||
	       fail(err, ERROR_FORMAT,
		    "the record at %" PRIx64 " has number %" PRIu64
		    ", which belongs at another place in the ring",
		    at, record->seq);
}

/* Finds the offset of a block in the text ring, and its size in bytes. A block is not split at the
 * end of the ring: it is at the start of the ring instead. Since 6.18 (67e1b0052f6b) a block may
 * end exactly at the end of the ring. In older kernels such a block is at the start, too. */
static bool find_block(const struct log_ring *ring, const struct desc *desc, uint64_t *offset,
		       uint64_t *size, struct error *err)
{
	uint64_t mask = ring->text_size - 1;
	uint64_t longs = ring->word == 8 ? UINT64_MAX : UINT32_MAX;
	uint64_t span = (desc->next - desc->begin) & longs;
	uint64_t end = desc->next & mask;

	*offset = desc->begin & mask;
	*size = span;
	if (*offset + span > ring->text_size) {
		*offset = 0;
		*size = end;
	}
	if (span > ring->text_size || *size < ring->word || *offset % ring->word ||
	    end % ring->word)
		return fail(err, ERROR_FORMAT,
			    "the text of record id %" PRIx64 " has the logical positions %" PRIx64
			    " to %" PRIx64 ", which are impossible in a ring of %" PRIx64 " bytes",
			    desc->id, desc->begin, desc->next, ring->text_size);
	return true;
}

/* Reads *size bytes of text into reader->text. Sets *size to the number of bytes that could be
 * read. */
static bool log_ring_read_text(struct log_ring *ring, const struct desc *desc, size_t *size,
			       struct error *err)
{
	struct log_reader *reader = ring->reader;
	struct log_window *window = &reader->window[2];
	uint64_t offset, room;
	size_t wanted = *size;
	uint8_t id[8];

	if (!find_block(ring, desc, &offset, &room, err) ||
	    !log_read(window, ring->text + offset, id, ring->word, err))
		return false;
	if (log_ring_load_word(ring, id) != desc->id)
		return fail(err, ERROR_FORMAT,
			    "the text of record id %" PRIx64
			    " was overwritten: its place in the ring, %" PRIx64
			    ", has the id %" PRIx64,
			    desc->id, offset, log_ring_load_word(ring, id));
	room -= ring->word;
	if (wanted > room)
		log_damage(reader, ERROR_FORMAT,
			   "record id %" PRIx64 " is cut: it has %zu bytes, but only %" PRIu64
			   " can be in the ring",
			   desc->id, wanted, room);
	wanted = wanted > room ? (size_t)room : wanted;
	*size = log_read_words(window, ring->text + offset + ring->word, reader->text, wanted, err);
	if (*size && *size < wanted)
		log_damage(reader, err->code, "record id %" PRIx64 " is cut: %.400s", desc->id,
			   err->message);
	return *size || !wanted;
}

static void tell_text(struct log_ring *ring, const struct desc *desc, struct log_record *record,
		      size_t size)
{
	struct log_reader *reader = ring->reader;
	struct error err;

	if (!(desc->begin & 1 && desc->next & 1)) {
		ring->text_begin = desc->begin;
		ring->has_text = true;
		if (log_ring_read_text(ring, desc, &size, &err))
			log_tell(reader, record, size);
		else
			log_miss(reader, &err);
	} else if (desc->begin == EMPTY_LINE) {
		log_tell(reader, record, 0);
	} else {
		listener_warn(reader->kernel->listener,
			      "log: the kernel had no room for the text of record %" PRIu64,
			      record->seq);
	}
}

/* If the number of the record contradicts the id of its descriptor, reports this, and uses the
 * number of the descriptor. */
static void number_record(struct log_ring *ring, uint64_t id, struct log_record *record)
{
	uint64_t number = log_ring_number(ring, id);

	if (record->seq == number)
		return;
	log_damage(ring->reader, ERROR_FORMAT,
		   "record %" PRIu64 " (id %" PRIx64 ") is damaged: its number is %" PRIu64, number,
		   id, record->seq);
	record->seq = number;
}

/* Is this REUSABLE record older than a record that was visited? The kernel frees texts in the order
 * of their positions, so the state contradicts the text of the older record. */
static bool is_freed_early(const struct log_ring *ring, const struct desc *desc)
{
	uint64_t ahead = desc->begin - ring->text_begin;

	return ring->has_text && !(desc->begin & 1) && ahead && ahead < ring->text_size;
}

/* Visits a record, even if its writer may still extend it (COMMITTED). If the record is being
 * written (RESERVED), only prints a warning, because it is unknown which part of the text is
 * complete. */
static void log_ring_tell_record(struct log_ring *ring, const struct desc *desc)
{
	struct log_reader *reader = ring->reader;
	struct log_record record;
	struct error err;
	size_t size;

	if (desc->state == RESERVED)
		listener_warn(reader->kernel->listener,
			      "log: a record was being written (id %" PRIx64
			      "), so its text is not shown",
			      desc->id);
	else if (!read_info(ring, desc->id, &record, &size, &err))
		log_miss(reader, &err);
	else {
		number_record(ring, desc->id, &record);
		tell_text(ring, desc, &record, size);
	}
}

static void tell_desc(struct log_ring *ring, const struct desc *desc)
{
	bool freed_early = desc->state == REUSABLE && is_freed_early(ring, desc);

	if (freed_early)
		log_damage(ring->reader, ERROR_FORMAT,
			   "record %" PRIu64 " (id %" PRIx64
			   ") is marked as free, but an older record is not",
			   log_ring_number(ring, desc->id), desc->id);
	if (desc->state != REUSABLE || freed_early)
		log_ring_tell_record(ring, desc);
}

/* The descriptor of `id` is in a page that cannot be read. Returns the number of descriptors from
 * this one to the last one that begins in this page. */
static uint64_t nr_unreadable(const struct log_ring *ring, uint64_t id)
{
	uint64_t at = ring->descs + (id & (ring->nr - 1)) * ring->desc_size;

	return 1 + (kernel_page_last(ring->reader->kernel, at) - at) / ring->desc_size;
}

/* Are so many records damaged that the remaining `nr` records are not read? If so, reports this. */
static bool count_damaged(struct log_ring *ring, uint64_t nr)
{
	if (ring->nr_damaged < MOST_DAMAGED)
		return false;
	log_damage(ring->reader, ERROR_FORMAT,
		   "%" PRIu64 " records are not read, because %d records before them are damaged",
		   nr, MOST_DAMAGED);
	return true;
}

/* Visits the records of `nr` consecutive ids. The id of the last record is ring->head. */
static void tell_records(struct log_ring *ring, uint64_t nr)
{
	struct log_reader *reader = ring->reader;

	while (nr && !log_stops(reader)) {
		uint64_t id = (ring->head - (nr - 1)) & ring->ids, skip = 1;
		struct error err;
		struct desc desc;

		if (count_damaged(ring, nr))
			break;
		if (read_desc(ring, id, &desc, &err)) {
			tell_desc(ring, &desc);
			ring->nr_damaged += reader->nr_missing > 0;
		} else if (err.code == ERROR_UNREADABLE) {
			skip = nr_unreadable(ring, id);
			skip = skip < nr ? skip : nr;
			for (uint64_t i = 0; i < skip; i++)
				log_miss(reader, &err);
		} else {
			ring->nr_damaged++;
			if (!ring->guessed)
				log_miss(reader, &err);
		}
		nr -= skip;
	}
}

/* Finds the head when head and tail are damaged. Reads all descriptors: the head belongs to the
 * record with the highest number. */
static void guess_head(struct log_ring *ring)
{
	uint64_t highest = 0;

	ring->guessed = true;
	for (uint64_t i = 0;
	     i < ring->nr && ring->nr_damaged < MOST_DAMAGED && !log_stops(ring->reader); i++) {
		struct log_record record;
		struct error err;
		struct desc desc;
		size_t size;

		if (!read_desc(ring, i, &desc, &err)) {
			if (err.code == ERROR_UNREADABLE)
				i += nr_unreadable(ring, i) - 1;
			else if ((desc.id & (ring->nr - 1)) != i)
				ring->nr_damaged++;
			if (err.code == ERROR_UNREADABLE || (desc.id & (ring->nr - 1)) != i)
				continue;
		}
		if (desc.state == REUSABLE || !read_info(ring, desc.id, &record, &size, NULL) ||
		    record.seq != log_ring_number(ring, desc.id) || record.seq < highest)
			continue;
		highest = record.seq;
		ring->head = desc.id;
	}
}

/* Returns the number of records after the id `end`, in direction step (1 or -1), that are in the
 * ring. prb_reserve() moves the head before it changes the descriptor, and frees a descriptor before
 * it moves the tail, so there are none unless `end` is damaged. */
static uint64_t count_beyond(struct log_ring *ring, uint64_t end, uint64_t step)
{
	uint64_t nr = 0;
	struct desc desc;

	while (nr < ring->nr && !log_stops(ring->reader) &&
	       read_desc(ring, (end + (nr + 1) * step) & ring->ids, &desc, NULL) &&
	       (desc.state == COMMITTED || desc.state == FINALIZED))
		nr++;
	return nr;
}

/* Corrects the ends of the ring if records are beyond them. The log of a running kernel grows. */
static void correct_ends(struct log_ring *ring)
{
	struct log_reader *reader = ring->reader;
	uint64_t after = count_beyond(ring, ring->head, 1);
	uint64_t before = count_beyond(ring, ring->tail, UINT64_MAX);
	bool running = reader->kernel->dump->format->running;

	if (after && !running)
		log_damage(reader, ERROR_FORMAT,
			   "the ring's head_id, %" PRIx64 ", is damaged: %" PRIu64
			   " records are after it",
			   ring->head, after);
	if (before && !running)
		log_damage(reader, ERROR_FORMAT,
			   "the ring's tail_id, %" PRIx64 ", is damaged: %" PRIu64
			   " records are before it",
			   ring->tail, before);
	ring->head = (ring->head + after) & ring->ids;
	ring->tail = (ring->tail - before) & ring->ids;
}

bool log_read_ring(struct log_reader *reader, uint64_t prb, struct error *err)
{
	unsigned int word = kernel_pointer_size(reader->kernel);
	struct log_ring ring = {
		.reader = reader,
		.word = word,
		.ids = UINT64_MAX >> (64 - 8 * word + 2),
	};
	uint64_t address, nr;

	if (!kernel_read_pointer(reader->kernel, prb, &address, err) ||
	    !log_ring_find_layout(&ring, err) || !read_ring(&ring, address, err))
		return false;
	nr = ((ring.head - ring.tail) & ring.ids) + 1;
	if (nr > ring.nr) {
		log_damage(reader, ERROR_FORMAT,
			   "the ring at %" PRIx64 " is damaged: the ids %" PRIx64 " to %" PRIx64
			   " are more than the %" PRIu64 " records of the ring",
			   address, ring.tail, ring.head, ring.nr);
		guess_head(&ring);
		nr = ring.nr;
	} else {
		correct_ends(&ring);
		nr = ((ring.head - ring.tail) & ring.ids) + 1;
		nr = nr < ring.nr ? nr : ring.nr;
	}
	tell_records(&ring, nr);
	return true;
}
