/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/write/dump_out.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "dump/write/frame_set.h"

bool dump_out_fail(const struct dump_out *out, int error, struct error *err)
{
	return fail(err, ERROR_SYSTEM, "%s: %s", out->path, strerror(error));
}

bool dump_out_at(const struct dump_out *out, const void *data, size_t size, uint64_t offset,
		 struct error *err)
{
	return file_write(out->fd, offset, data, size) || dump_out_fail(out, errno, err);
}

bool dump_out_resize(struct dump_out *out, uint64_t size, struct error *err)
{
	if (ftruncate(out->fd, (off_t)size) < 0)
		return dump_out_fail(out, errno, err);
	out->size = size;
	return true;
}

bool dump_out_progress(const struct dump_out *out, uint64_t done, uint64_t total, struct error *err)
{
	return out->progress(out->arg, done, total) ||
	       fail(err, ERROR_INTERRUPTED, "interrupted: nothing was written");
}

/* --- free space in the file system --- */

/* An estimate uses a sample of SAMPLES pages. It may be wrong by a few percent, so an excess of one
 * eighth is accepted. */
enum { SAMPLES = 2048, FORGIVEN = 8 };

/* Returns the number of bytes that a page takes in the file, without its descriptor. */
static uint32_t dump_out_size_of(struct deflater *deflater, const uint8_t *page)
{
	uint8_t packed[PAGE_BYTES];
	size_t size;

	if (bytes_are_zero(page, PAGE_BYTES))
		return 0;
	size = deflater ? deflate_page(deflater, page, packed) : 0;
	return size ? (uint32_t)size : PAGE_BYTES;
}

/* Estimates the number of bytes that nr pages take in the file, from a sample of these pages. */
static uint64_t estimate(const struct dump_out *out, void *reader, struct deflater *deflater,
			 uint64_t nr)
{
	const struct memory_out *memory = out->memory;
	uint64_t step = nr / SAMPLES + 1, seen = 0, sampled = 0, sum = 0;
	uint64_t pfn = 0, end = memory->nr_frames;
	uint8_t page[PAGE_BYTES];

	while ((pfn = frame_set_next(memory->kept, memory->zero, true, pfn, end)) < end) {
		if (seen++ % step == step / 2 && memory->read(reader, pfn, page)) {
			sampled++;
			sum += dump_out_size_of(deflater, page);
		}
		pfn++;
	}
	return sampled ? (uint64_t)((double)sum / (double)sampled * (double)nr) : 0;
}

/* Fails if the file system almost certainly has too little free space. The exact size of the dump
 * is known only after it was written. At first, the function uses the largest possible size. If
 * this does not fit, it estimates the size from a sample of the pages. */
static bool room_check(const struct dump_out *out, const struct out_format *format,
		       struct error *err)
{
	enum { DESCRIPTOR = 24 };
	const struct memory_out *memory = out->memory;
	uint64_t kept = frame_set_count(memory->kept, 0, memory->nr_frames);
	uint64_t zero = memory->zero ? frame_set_count(memory->zero, 0, memory->nr_frames) : 0;
	uint64_t nr = zero < kept ? kept - zero : 0, there;
	uint64_t headers = format->compresses ? kept * DESCRIPTOR : 0;
	struct deflater *deflater = NULL;
	struct statvfs system;
	uint64_t needed;
	void *reader;

	if (fstatvfs(out->fd, &system) < 0)
		return true; /* writing will fail if there is too little space */
	there = (uint64_t)system.f_bavail * system.f_frsize;
	needed = headers + (nr << PAGE_SHIFT);
	if (needed <= there)
		return true;
	reader = memory->reader_create(memory->arg);
	if (format->compresses)
		deflater = deflater_create(out->codec);
	if (reader)
		needed = headers + estimate(out, reader, deflater, nr);
	if (reader)
		memory->reader_destroy(reader);
	deflater_destroy(deflater);
	return needed - needed / FORGIVEN <= there ||
	       fail(err, ERROR_SYSTEM,
		    "%s: would take about %" PRIu64 " MiB, and its file system has %" PRIu64
		    " MiB left",
		    out->path, (needed >> 20) + 1, there >> 20);
}

bool dump_out_write(struct dump_out *out, const struct out_format *format, struct error *err)
{
	return room_check(out, format, err) && format->make(out, err);
}
