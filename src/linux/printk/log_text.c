/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads the log of kernels before 3.5 (kernel/printk.c), which is text in a ring. The ring has
 * log_buf_len bytes, which is a power of two. log_end is the number of bytes that were written
 * since boot. Each line begins with its level, such as "<6>". If CONFIG_PRINTK_TIME is set, the
 * time comes after the level. */
#include <inttypes.h>
#include <string.h>

#include "kernel/kernel.h"
#include "linux/printk/log_reader.h"

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

bool log_read_text(struct log_reader *reader, struct error *err)
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
