/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/printk/log_reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "kernel/vmcoreinfo.h"
#include "kernel/arch.h"
#include "dump/dump.h"
#include "kernel/kernel.h"
#include "kernel/noted.h"

enum { STOP_EVERY = 256 };

bool log_symbol(struct kernel *kernel, const char *name, uint64_t *address, struct error *err)
{
	return vmcoreinfo_symbol(kernel->note, name, address) ||
	       kernel_symbol(kernel, name, address, err);
}

/* Reads a page into the window. Returns false if the page cannot be read, or if reads
 * are recorded. */
static bool open_window(struct log_window *window, uint64_t page)
{
	if (dump_records_reads(window->kernel->dump))
		return false;
	if (window->page != page || !page) {
		window->page = page;
		window->readable =
			kernel_read(window->kernel, page, window->bytes, LEAST_PAGE, NULL);
	}
	return window->readable;
}

/* If a whole page cannot be read, reads only the required part of the page. */
size_t log_read_some(struct log_window *window, uint64_t vaddr, void *to, size_t size,
		     struct error *err)
{
	uint64_t mask = window->kernel->arch->address_mask;
	size_t done = 0;

	while (done < size) {
		uint64_t at = (vaddr + done) & mask;
		size_t from = at & (LEAST_PAGE - 1), left = size - done;
		size_t part = left < LEAST_PAGE - from ? left : LEAST_PAGE - from;
		uint8_t *here = (uint8_t *)to + done;

		if (open_window(window, at & -LEAST_PAGE))
			memcpy(here, window->bytes + from, part);
		else if (!kernel_read(window->kernel, at, here, part, err))
			break;
		done += part;
	}
	return done;
}

size_t log_read_words(struct log_window *window, uint64_t vaddr, char *to, size_t size,
		      struct error *err)
{
	size_t got = log_read_some(window, vaddr, to, size, err);

	kernel_note_bytes(window->kernel, NOTED_LOG, vaddr, to, got);
	return got;
}

bool log_stops(struct log_reader *reader)
{
	if (++reader->nr_steps % STOP_EVERY == 0 && kernel_stopped(reader->kernel))
		reader->ended = true;
	return reader->ended;
}

void log_damage(struct log_reader *reader, enum error_code code, const char *format, ...)
{
	struct error err = { .code = code };
	va_list args;

	va_start(args, format);
	vsnprintf(err.message, sizeof(err.message), format, args);
	va_end(args);
	damages_add(reader->damages, &err);
}

void log_end_gap(struct log_reader *reader)
{
	if (reader->nr_missing)
		log_damage(reader, reader->missing.code, "%zu record%s %s missing: %.400s",
			   reader->nr_missing, plural_s(reader->nr_missing),
			   plural_are(reader->nr_missing), reader->missing.message);
	reader->nr_missing = 0;
}

void log_tell(struct log_reader *reader, struct log_record *record, size_t size)
{
	char *text = reader->text;

	log_end_gap(reader);
	while (size && text[size - 1] == '\n')
		size--;
	text[size] = '\0';
	for (char *nul = text; (nul = memchr(nul, '\0', size - (size_t)(nul - text)));)
		*nul = '?';
	record->text = text;
	if (!reader->visit(reader->arg, record))
		reader->ended = true;
}

void log_miss(struct log_reader *reader, const struct error *why)
{
	if (!reader->nr_missing++)
		reader->missing = *why;
}
