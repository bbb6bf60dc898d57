/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/printk/log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dump/dump.h"
#include "kernel/kernel.h"
#include "kernel/vmcoreinfo.h"
#include "linux/printk/log_reader.h"

/* --- records --- */

/* Reads the log of 3.5 to 5.9 (7ff9554bb578). It is a sequence of records in the ring log_buf. Each
 * record consists of a struct printk_log (struct log before 3.11), its text, its dictionary and
 * padding. */

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

/* Reads the value of a variable. size: size of the variable in bytes. */
static bool log_variable(struct kernel *kernel, const char *name, size_t size, uint64_t *value,
			 struct error *err)
{
	uint64_t address;

	return log_symbol(kernel, name, &address, err) &&
	       kernel_read_number(kernel, address, size, value, err);
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

static bool log_read_records(struct log_reader *reader, struct error *err)
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

/* --- text --- */

/* Reads the log of kernels before 3.5 (kernel/printk.c), which is text in a ring. The ring has
 * log_buf_len bytes, which is a power of two. log_end is the number of bytes that were written
 * since boot. Each line begins with its level, such as "<6>". If CONFIG_PRINTK_TIME is set, the
 * time comes after the level. */

struct text_log {
	struct log_reader *reader;
	uint64_t buffer, size; /* address, and size in bytes */
	size_t held; /* number of bytes of the current line in reader->text */
	bool cut; /* true: the line was too long, and the rest of it is dropped */
};

static const char *skip_digits(const char *at, uint64_t *value)
{
	for (*value = 0; *at >= '0' && *at <= '9'; at++)
		*value = *value * 10 + (uint64_t)(*at - '0');
	return at;
}

/* Reads the number at the start of a line, such as "<6>", which contains facility and level.
 * Returns the text after the number. */
static const char *take_level(const char *text, struct log_record *record)
{
	const char *at;
	uint64_t value;

	if (text[0] != '<')
		return text;
	at = skip_digits(text + 1, &value);
	if (at == text + 1 || at > text + 4 || *at != '>')
		return text;
	record->has_level = true;
	record->level = value & 7;
	record->facility = (uint16_t)(value >> 3);
	return at + 1;
}

/* Reads the time "[    1.234567] " at the start of the text. The kernel printed it with the format
 * "[%5lu.%06lu] ". Returns the text after the time. */
static const char *take_time(const char *text, struct log_record *record)
{
	uint64_t seconds, micro;
	const char *at, *end;

	if (text[0] != '[')
		return text;
	at = text + 1 + strspn(text + 1, " ");
	end = skip_digits(at, &seconds);
	if (end == at || end - at > 10 || *end != '.')
		return text;
	at = end + 1;
	end = skip_digits(at, &micro);
	if (end - at != 6 || end[0] != ']' || end[1] != ' ')
		return text;
	record->has_time = true;
	record->ts_nsec = seconds * 1000000000 + micro * 1000;
	return end + 2;
}

static void tell_line(struct text_log *log)
{
	struct log_reader *reader = log->reader;
	struct log_record record = { 0 };
	const char *text;
	size_t skipped;

	reader->text[log->held] = '\0';
	text = take_time(take_level(reader->text, &record), &record);
	skipped = (size_t)(text - reader->text);
	log->held -= skipped;
	memmove(reader->text, text, log->held);
	log_tell(reader, &record, log->held);
	log->held = 0;
}

/* Adds bytes from the ring to the current line. Visits each line that ends in these bytes. */
static void take_part(struct text_log *log, const char *part, size_t size)
{
	while (size && !log->reader->ended) {
		const char *newline = memchr(part, '\n', size);
		size_t whole = newline ? (size_t)(newline - part) : size;
		size_t room = LOG_TEXT_MAX - log->held;
		size_t taken = whole < room ? whole : room;

		memcpy(log->reader->text + log->held, part, taken);
		log->held += taken;
		if (newline || log->held == LOG_TEXT_MAX)
			tell_line(log);
		if (taken == whole && newline)
			taken++;
		part += taken;
		size -= taken;
	}
}

/* Reads the bytes of the ring from offset `at` to `end` (exclusive). */
static void take_range(struct text_log *log, uint64_t at, uint64_t end)
{
	struct log_reader *reader = log->reader;

	while (at < end && !log_stops(reader)) {
		uint64_t vaddr = log->buffer + at;
		uint64_t room = LEAST_PAGE - (vaddr & (LEAST_PAGE - 1));
		size_t size = (size_t)(end - at < room ? end - at : room);
		char part[LEAST_PAGE];
		struct error err;
		size_t got = log_read_words(&reader->window[0], vaddr, part, size, &err);

		take_part(log, part, got);
		if (got < size) {
			if (log->held)
				tell_line(log);
			log_damage(reader, err.code, "%zu bytes are missing: %.400s", size - got,
				   err.message);
		}
		at += size;
	}
}

static bool log_read_text(struct log_reader *reader, struct error *err)
{
	struct kernel *kernel = reader->kernel;
	struct text_log log = { .reader = reader };
	uint64_t end, at;

	/* In the oldest kernels log_end is a long. The low 32 bits are sufficient. */
	if (!log_variable(kernel, "log_buf", kernel_pointer_size(kernel), &log.buffer, err) ||
	    !log_variable(kernel, "log_buf_len", 4, &log.size, err) ||
	    !log_variable(kernel, "log_end", 4, &end, err))
		return false;
	if (!log.size || log.size & (log.size - 1) || log.size > UINT64_C(1) << LOG_BITS_MAX)
		return fail(err, ERROR_FORMAT,
			    "log_buf_len is damaged: a log cannot have %" PRIu64 " bytes",
			    log.size);
	at = end & (log.size - 1);
	if (end >= log.size)
		take_range(&log, at, log.size);
	take_range(&log, 0, at);
	if (log.held)
		tell_line(&log);
	return true;
}

/* --- the time of the boot --- */

/* Finds the wall-clock time of the boot, using the kernel's timekeeper. */

enum { TIMEKEEPER_SIZE = 1024, NSEC = 1000000000 };

/* Loads a struct timespec or timespec64, which consists of seconds and nanoseconds. *nsec: the time
 * since boot minus the wall-clock time. Fails unless it is negative. */
static bool load_difference(const uint8_t *at, size_t second_size, size_t word, int64_t *nsec)
{
	uint64_t part = load_le(at + second_size, word);
	int64_t second = (int64_t)load_le(at, second_size);

	if (second_size == 4)
		second = (int32_t)second;
	if (second >= 0 || second <= INT64_MIN / NSEC || part >= NSEC)
		return false;
	*nsec = second * NSEC + (int64_t)part;
	return true;
}

/* Searches the timekeeper for the difference between time since boot and wall-clock time. The
 * timekeeper contains the difference twice: as wall_to_monotonic, and directly after it (since 3.7
 * at the latest) as offs_real (tk_set_wall_to_mono() in kernel/time/timekeeping.c). offs_real is in
 * nanoseconds and has the opposite sign. Two such numbers are found even if types are missing, and
 * at any offset of the timekeeper in tk_core (3.17) or timekeeper_data (6.17). Seconds have 64 bits
 * on x86-64, and on all machines since 3.17. */
static bool log_epoch_search(struct kernel *kernel, uint64_t address, int64_t *nsec,
			     uint64_t *place)
{
	unsigned int word = kernel_pointer_size(kernel);
	uint8_t bytes[TIMEKEEPER_SIZE];

	if (!kernel_read(kernel, address, bytes, sizeof(bytes), NULL))
		return false;
	for (size_t second_size = word; second_size <= 8; second_size += 4)
		for (size_t at = 0; at + 24 <= sizeof(bytes); at += 4) {
			int64_t difference;

			if (!load_difference(bytes + at, second_size, word, &difference))
				continue;
			*nsec = -difference;
			*place = address + at;
			if (load_le64(bytes + at + second_size + word) == (uint64_t)*nsec)
				return true;
		}
	return false;
}

/* Reads the difference in kernels before 3.7, which have no offs_real. wall_to_monotonic is a
 * member of struct timekeeper, or before 3.4 a variable. */
static bool find_old(struct kernel *kernel, int64_t *nsec)
{
	unsigned int word = kernel_pointer_size(kernel);
	uint64_t address, offset;
	uint8_t bytes[16];

	if (kernel_symbol(kernel, "timekeeper", &address, NULL)) {
		if (!kernel_member_place(kernel, "timekeeper", "wall_to_monotonic",
					 (uint64_t)2 * word, &offset))
			return false;
		address += offset;
	} else if (!kernel_symbol(kernel, "wall_to_monotonic", &address, NULL)) {
		return false;
	}
	if (!kernel_read(kernel, address, bytes, (size_t)2 * word, NULL) ||
	    !load_difference(bytes, word, word, nsec))
		return false;
	*nsec = -*nsec;
	return true;
}

/* Finds the difference. Sets *place to the address of wall_to_monotonic. Sets *is_there to true if
 * the kernel has a timekeeper, even if the difference is not found. */
static bool find_difference(struct kernel *kernel, int64_t *nsec, uint64_t *place, bool *is_there)
{
	static const char *const names[] = { "tk_core", "timekeeper_data", "timekeeper" };
	uint64_t address;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!kernel_symbol(kernel, names[i], &address, NULL))
			continue;
		*is_there = true;
		if (log_epoch_search(kernel, address, nsec, place))
			return true;
	}
	return false;
}

/* Reads a number of the timekeeper. Sets *boot to the time of the boot. */
static bool read_timekeeper(struct kernel *kernel, const char *member, unsigned int size,
			    uint64_t *value, int64_t *boot)
{
	unsigned int word = kernel_pointer_size(kernel);
	uint64_t place, difference, offset;
	bool is_there;

	/* Seconds have 64 bits on all machines since 3.17: see log_epoch_search(). */
	return find_difference(kernel, boot, &place, &is_there) &&
	       (kernel_member_place(kernel, "timekeeper", "wall_to_monotonic", 8 + word,
				    &difference) ||
		kernel_member_place(kernel, "timekeeper", "wall_to_monotonic", (uint64_t)2 * word,
				    &difference)) &&
	       kernel_member_place(kernel, "timekeeper", member, size, &offset) &&
	       kernel_read_number(kernel, place - difference + offset, size, value, NULL);
}

bool log_clock(struct kernel *kernel, uint64_t *second)
{
	int64_t boot;

	return read_timekeeper(kernel, "xtime_sec", 8, second, &boot) && *second;
}

/* The fraction of the second has been in tkr_mono since 4.1 (876e78818def). Without it, the time is that
 * of the whole second. */
bool log_uptime(struct kernel *kernel, uint64_t *nsec)
{
	uint64_t second, part = 0, shift = 0;
	int64_t boot, other;

	if (!read_timekeeper(kernel, "xtime_sec", 8, &second, &boot) || second > UINT32_MAX)
		return false;
	if (!read_timekeeper(kernel, "tkr_mono.xtime_nsec", 8, &part, &other) ||
	    !read_timekeeper(kernel, "tkr_mono.shift", 4, &shift, &other) || shift > 63)
		part = 0;
	*nsec = second * 1000000000 + (part >> shift) - (uint64_t)boot;
	return (int64_t)*nsec > 0;
}

bool log_epoch(struct kernel *kernel, int64_t *nsec, struct error *err)
{
	bool is_there = false;
	struct error why;
	uint64_t place;

	if (find_difference(kernel, nsec, &place, &is_there))
		return true;
	if (find_old(kernel, nsec))
		return true;
	if (is_there)
		return fail(
			err, ERROR_UNKNOWN,
			"wall-clock times are not known, because the kernel's timekeeper is not in the dump, or its clock was not set");
	return fail(
		err, ERROR_UNKNOWN,
		"wall-clock times are not known, because no source of symbols has the kernel's timekeeper (tk_core); %.300s",
		kernel_symbol_advice(kernel, "tk_core", &why));
}

/* Reads the log. The variables that the kernel has show the format: prb since 5.10 (896fbe20b4e2),
 * log_first_idx since 3.5 (7ff9554bb578), only log_end before. */
static bool read_log(struct log_reader *reader, struct error *err)
{
	struct kernel *kernel = reader->kernel;
	uint64_t address;
	struct error why;

	if (log_symbol(kernel, "prb", &address, NULL))
		return log_read_ring(reader, address, err);
	if (log_symbol(kernel, "log_first_idx", &address, NULL))
		return log_read_records(reader, err);
	if (log_symbol(kernel, "log_end", &address, NULL))
		return log_read_text(reader, err);
	return fail(
		err, ERROR_UNKNOWN,
		"where the kernel keeps its log is not known, because no source of symbols has prb, log_first_idx or log_end; %.300s",
		kernel_symbol_advice(kernel, "prb", &why));
}

bool log_each(struct kernel *kernel, log_visit *visit, void *arg, struct damages *damages,
	      struct error *err)
{
	struct log_reader *reader = calloc(1, sizeof(*reader));
	bool found;

	if (!reader)
		return out_of_memory(err);
	reader->kernel = kernel;
	for (size_t i = 0; i < NR_LOG_WINDOWS; i++)
		reader->window[i].kernel = kernel;
	reader->visit = visit;
	reader->arg = arg;
	reader->damages = damages;
	found = read_log(reader, err);
	if (found)
		log_end_gap(reader);
	if (found && reader->ended && kernel_stopped(kernel))
		found = fail(err, ERROR_INTERRUPTED, "interrupted: the answer may be incomplete");
	free(reader);
	return found;
}
