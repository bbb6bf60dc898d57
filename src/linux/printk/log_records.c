/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads the log of 3.5 to 5.9 (7ff9554bb578). It is a sequence of records in the ring log_buf. Each
 * record consists of a struct printk_log (struct log before 3.11), its text, its dictionary and
 * padding. */
#include <inttypes.h>

#include "dump/dump.h"
#include "kernel/vmcoreinfo.h"
#include "kernel/kernel.h"
#include "linux/printk/log_reader.h"

/* enum log_flags in kernel/printk/printk.c. */
enum { LOG_NEWLINE = 2, LOG_PREFIX = 4, LOG_CONT = 8 };

enum {
	ALIGNMENT = 4, /* the smallest value of LOG_ALIGN */
	HEADER_MAX = 128,
};

struct log_records_layout {
	uint64_t size, time, len, text_len; /* offsets of members */
	/* Offset of dict_len. After dict_len come the facility, and a byte with level and flags. */
	uint64_t dict_len;
	bool may_be_old; /* true: the struct is struct log, whose records may have no flags */
	bool has_caller;
};

struct header {
	struct log_record record;
	uint64_t len; /* bytes of the whole record */
	size_t text_len;
	unsigned int flags;
};

struct records {
	struct log_reader *reader;
	struct log_records_layout layout;
	uint64_t buffer, size; /* address, and size in bytes */
	/* Offsets in the buffer: start of the oldest record, end of the newest record. */
	uint64_t first, next;
	uint64_t seq; /* number of the current record; valid if has_seq */
	uint64_t next_seq; /* log_next_seq: the number after the newest record */
	bool has_seq;
	bool joins; /* true: this kernel may store a line as several records */
	bool holds; /* true: line is the first part of a line that was not visited yet */
	struct header line;
	size_t held; /* number of bytes of this line in reader->text */
};

static bool find_members(struct kernel *kernel, const char *type, struct log_records_layout *layout)
{
	return kernel_type_size(kernel, type, &layout->size) &&
	       kernel_member_place(kernel, type, "ts_nsec", 8, &layout->time) &&
	       kernel_member_place(kernel, type, "len", 2, &layout->len) &&
	       kernel_member_place(kernel, type, "text_len", 2, &layout->text_len) &&
	       kernel_member_place(kernel, type, "dict_len", 2, &layout->dict_len) &&
	       layout->size <= HEADER_MAX && range_within(layout->time, 8, layout->size) &&
	       range_within(layout->len, 2, layout->size) &&
	       range_within(layout->text_len, 2, layout->size) &&
	       range_within(layout->dict_len, 4, layout->size);
}

/* Finds the layout of the struct. First searches VMCOREINFO for both names of the struct, because
 * opening types is slow. If the struct is large enough, the caller's id comes after the other
 * members (since 5.1, 15ff2069cb7f). */
static bool log_records_find_layout(struct kernel *kernel, struct log_records_layout *layout,
				    struct error *err)
{
	uint64_t size;

	layout->may_be_old = vmcoreinfo_value(kernel->note, "SIZE", "log", &size) ||
			     !find_members(kernel, "printk_log", layout);
	if (layout->may_be_old && !find_members(kernel, "log", layout))
		return fail(err, ERROR_UNKNOWN,
			    "the layout of the log's records (struct printk_log) is not known");
	layout->has_caller = range_within(layout->dict_len, 8, layout->size);
	return true;
}

/* Loads facility, level and flags. Since 3.6 the upper byte of this number of 16 bits contains
 * level and flags, and is not 0, because at least one flag is set. Before 3.6 there are no flags.
 * The low 3 bits are the level, and the other bits are the facility. Facilities are small, so the
 * upper byte is 0. */
static void load_level(const struct log_records_layout *layout, const uint8_t *at,
		       struct header *header)
{
	bool old = layout->may_be_old && !at[1];

	header->record.has_level = true;
	header->record.facility = old ? at[0] >> 3 : at[0];
	header->record.level = old ? at[0] & 7 : at[1] >> 5;
	header->flags = old ? LOG_NEWLINE | LOG_PREFIX : at[1] & 31;
}

/* Reads and checks the header at offset `at`. A header whose len is 0 is not a record: the next
 * record is at the start of the ring. */
static bool log_records_read_header(struct records *records, uint64_t at, struct header *header,
				    struct error *err)
{
	const struct log_records_layout *layout = &records->layout;
	uint8_t bytes[HEADER_MAX];
	uint64_t used;

	/* Require only the bytes up to len, because a header with len 0 at the end of the ring may
	 * be incomplete. */
	if (!range_within(at, layout->len + 2, records->size))
		return fail(err, ERROR_FORMAT,
			    "a record would begin at offset %" PRIx64 " of a log of %" PRIx64
			    " bytes",
			    at, records->size);
	if (!log_read(&records->reader->window[0], records->buffer + at, bytes, layout->size, err))
		return false;
	*header = (struct header){ .len = load_le16(bytes + layout->len) };
	if (!header->len)
		return true;
	header->text_len = load_le16(bytes + layout->text_len);
	used = layout->size + header->text_len + load_le16(bytes + layout->dict_len);
	if (header->len < used || header->len - used >= 8 || header->len % ALIGNMENT ||
	    !range_within(at, header->len, records->size))
		return fail(err, ERROR_FORMAT,
			    "there is no record at offset %" PRIx64
			    " of the log: it would have %" PRIu64 " bytes, of which %" PRIu64
			    " would be used",
			    at, header->len, used);
	header->record.has_time = true;
	header->record.ts_nsec = load_le64(bytes + layout->time);
	header->record.has_caller = layout->has_caller;
	if (layout->has_caller)
		header->record.caller = load_le32(bytes + layout->dict_len + 4);
	load_level(layout, bytes + layout->dict_len + 2, header);
	return true;
}

/* --- lines of several records --- */

static void tell_held(struct records *records)
{
	if (records->holds)
		log_tell(records->reader, &records->line.record, records->held);
	records->holds = false;
	records->held = 0;
}

/* Does the record continue the line whose first part is held? Uses the rule of msg_print_text(). */
static bool log_records_goes_on(const struct records *records, const struct header *header)
{
	return records->holds && header->text_len <= LOG_TEXT_MAX - records->held &&
	       (header->flags & LOG_CONT || !(header->flags & LOG_PREFIX));
}

static void log_records_tell_record(struct records *records, uint64_t at,
				    const struct header *header)
{
	struct log_reader *reader = records->reader;
	struct error err;
	size_t got;

	if (!log_records_goes_on(records, header))
		tell_held(records);
	if (reader->ended)
		return;
	got = log_read_words(&reader->window[1], records->buffer + at + records->layout.size,
			     reader->text + records->held, header->text_len, &err);
	if (got < header->text_len && !got) {
		log_miss(reader, &err);
		return;
	}
	if (got < header->text_len)
		log_damage(reader, err.code, "the record at %" PRIx64 " of the log is cut: %.400s",
			   at, err.message);
	if (!records->holds)
		records->line = *header;
	records->holds = true;
	records->held += got;
	if (!records->joins || !(header->flags & LOG_CONT) || header->flags & LOG_NEWLINE)
		tell_held(records);
}

/* --- the ring --- */

/* Is there a valid record at offset `at`? After it must come another valid header, or the end of
 * the log or of the ring. */
static bool is_in_chain(struct records *records, uint64_t at)
{
	struct header header, next;

	if (!log_records_read_header(records, at, &header, NULL) || !header.len)
		return false;
	at += header.len;
	return at == records->next || at == records->size ||
	       log_records_read_header(records, at, &next, NULL);
}

/* A record at offset `at` is damaged or missing. Returns the offset of the next valid record, or
 * `end` if there is no valid record before `end`. */
static uint64_t find_again(struct records *records, uint64_t at, uint64_t end)
{
	at += ALIGNMENT;
	while (at < end && !log_stops(records->reader) && !is_in_chain(records, at))
		at += ALIGNMENT;
	return at < end ? at : end;
}

/* Visits a record, which has the number records->seq. */
static void tell_number(struct records *records, uint64_t at, struct header *header)
{
	header->record.has_seq = records->has_seq;
	header->record.seq = records->seq++;
	log_records_tell_record(records, at, header);
}

/* Visits the records from offset `at` to `end` (exclusive). Also ends at a header with len 0. */
static void tell_range(struct records *records, uint64_t at, uint64_t end)
{
	while (at < end && !log_stops(records->reader)) {
		struct header header;
		struct error err;

		if (!log_records_read_header(records, at, &header, &err)) {
			tell_held(records);
			log_miss(records->reader, &err);
			at = find_again(records, at, end);
			records->has_seq = false;
			continue;
		}
		if (!header.len)
			return;
		tell_number(records, at, &header);
		at += header.len;
	}
}

/* Compares the number of records between the two indices with the numbers log_first_seq and
 * log_next_seq. If log_next_idx is too low, visits the records after it. log_store() and
 * log_make_free_space() change an index and a number one after the other, so a difference of 1 is
 * possible. */
static void compare_numbers(struct records *records)
{
	uint64_t at = records->next, left = records->next_seq - records->seq;
	bool wrapped = false;
	struct header header;

	if (!records->has_seq || left + 1 <= 2 || records->reader->ended ||
	    records->reader->kernel->dump->format->running)
		return;
	log_damage(records->reader, ERROR_FORMAT,
		   "the log ends at log_next_idx, %" PRIx64 ", before record %" PRIu64
		   ", but log_next_seq is %" PRIu64,
		   records->next, records->seq, records->next_seq);
	while (left && left < records->size && !log_stops(records->reader) &&
	       log_records_read_header(records, at, &header, NULL)) {
		if (!header.len && wrapped)
			break;
		wrapped |= !header.len;
		if (header.len) {
			tell_number(records, at, &header);
			left--;
		}
		at = header.len ? at + header.len : 0;
	}
}

static bool find_buffer(struct records *records, struct error *err)
{
	struct kernel *kernel = records->reader->kernel;

	if (!log_variable(kernel, "log_buf", kernel_pointer_size(kernel), &records->buffer, err) ||
	    !log_variable(kernel, "log_buf_len", 4, &records->size, err) ||
	    !log_variable(kernel, "log_first_idx", 4, &records->first, err) ||
	    !log_variable(kernel, "log_next_idx", 4, &records->next, err))
		return false;
	if (records->size < records->layout.size || records->size > UINT64_C(1) << LOG_BITS_MAX)
		return fail(err, ERROR_FORMAT,
			    "log_buf_len is damaged: a log cannot have %" PRIu64 " bytes",
			    records->size);
	return true;
}

/* Is the offset *idx in the log? If not, reports damage, and sets *idx to `instead`. */
static void check_index(struct records *records, const char *name, uint64_t *idx, uint64_t instead)
{
	if (*idx <= records->size)
		return;
	log_damage(records->reader, ERROR_FORMAT,
		   "%s is damaged: the offset %" PRIx64 " is beyond the end of a log of %" PRIx64
		   " bytes",
		   name, *idx, records->size);
	*idx = instead;
	records->has_seq = false;
}

bool log_read_records(struct log_reader *reader, struct error *err)
{
	unsigned int version = kernel_version(reader->kernel);
	struct records records = {
		.reader = reader,
		/* Since 4.10 (5aa068ea4082) each record contains a whole line. */
		.joins = version && version < KERNEL_VERSION(4, 10, 0),
	};
	bool has_next;

	if (!log_records_find_layout(reader->kernel, &records.layout, err) ||
	    !find_buffer(&records, err))
		return false;
	records.has_seq = log_variable(reader->kernel, "log_first_seq", 8, &records.seq, NULL);
	/* without log_next_seq, nothing is compared */
	has_next = log_variable(reader->kernel, "log_next_seq", 8, &records.next_seq, NULL);
	check_index(&records, "log_first_idx", &records.first, 0);
	check_index(&records, "log_next_idx", &records.next, records.size);
	if (records.first > records.next) {
		tell_range(&records, records.first, records.size);
		tell_range(&records, 0, records.next);
	} else {
		tell_range(&records, records.first, records.next);
	}
	if (has_next)
		compare_numbers(&records);
	tell_held(&records);
	return true;
}
