/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* A virtual machine that QEMU runs: its memory is in files, such as the memory of the QEMU process,
 * or is read by a function. Its registers are in the notes of an ELF core that QEMU wrote
 * (dump_init() of dump/dump.c in QEMU). dump->file is a copy of the start of this core, and the
 * further files contain the memory. */
#include "dump/formats/guest.h"

#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dump/formats/elf_headers.h"
#include "dump/formats/live.h"
#include "dump/parts.h"

struct guest_private {
	struct live live; /* must be first */
	bool (*read)(void *arg, uint64_t paddr, void *to, size_t size);
	void *arg; /* of read() */
	/* The notes that dump_guest_renew() read last. dump->cpus borrows from them. */
	struct file renewed;
};

static bool read_segments(struct dump *dump, struct elf_notes *notes, struct error *err)
{
	struct elf_headers headers = { 0 };
	struct elf_segment segment;
	struct bytes bytes;

	if (!elf_headers_read(&headers, dump, err))
		return false;
	for (size_t i = 0; i < headers.phnum; i++) {
		if (!elf_segment_read(&headers, i, &segment))
			return elf_headers_fail(&headers, dump, err);
		if (segment.type != PT_NOTE)
			continue;
		if (!source_bytes(&dump->source, segment.offset, segment.filesz, &bytes))
			return dump_fail(dump, err, "the notes that QEMU wrote are incomplete");
		if (!elf_notes_read(notes, bytes, dump))
			return out_of_memory(err);
	}
	return true;
}

static bool guest_read(struct dump *dump, const struct extent *extent)
{
	struct guest_private *guest = dump->private;
	size_t size = (size_t)(extent->last - extent->first) + 1;

	if (extent->file)
		return file_read(dump_file(dump, extent->file),
				 extent_offset(extent, extent->first), guest->live.page, size);
	return guest->read(guest->arg, extent->first, guest->live.page, size);
}

static bool guest_open(struct dump *dump, struct error *err)
{
	struct guest_private *guest = dump->private;
	struct elf_notes notes = { 0 };

	guest->live.read = guest_read;
	guest->renewed.fd = -1;
	return read_segments(dump, &notes, err);
}

static void guest_close(struct dump *dump)
{
	struct guest_private *guest = dump->private;

	file_close(&guest->renewed);
	live_close(dump);
}

/* The memory of a running guest changes while it is read, so no command remembers what it read. */
static const struct dump_format running_guest = {
	.name = "running guest",
	.private_size = sizeof(struct guest_private),
	.running = true,
	.copies = true,
	.open = guest_open,
	.close = guest_close,
	.peek = extents_find,
	.find = live_find,
	.survey = extents_survey,
};

/* The memory of a paused guest does not change during a command. */
static const struct dump_format paused_guest = {
	.name = "paused guest",
	.private_size = sizeof(struct guest_private),
	.copies = true,
	.open = guest_open,
	.close = guest_close,
	.peek = extents_find,
	.find = live_find,
	.survey = extents_survey,
};

/* Copies the notes to a file in memory, whose content QEMU cannot change. */
static bool guest_copy_notes(struct file *file, const char *path, struct bytes notes,
			     struct error *err)
{
	uint8_t *to;

	if (!notes.size)
		return fail(err, ERROR_FORMAT, "%s: QEMU wrote no notes", path);
	if (!file_create(file, path, notes.size, &to, err))
		return false;
	memcpy(to, notes.data, notes.size);
	return true;
}

/* Opens file 0, which contains the notes, and the files that contain the memory. Closes them again
 * if one of them fails. */
static bool guest_open_files(struct file *files, const struct running_memory *guest,
			     struct error *err)
{
	struct stat status;
	bool ok = guest_copy_notes(&files[0], guest->path, guest->notes, err);
	size_t nr = 0;

	for (; ok && nr < guest->nr_files; nr++) {
		struct file *file = &files[1 + nr];

		*file = (struct file){ .path = strdup(guest->path),
				       .fd = fcntl(guest->file[nr], F_DUPFD_CLOEXEC, 0) };
		ok = (file->path && file->fd >= 0 && fstat(file->fd, &status) == 0) ||
		     system_error(err, guest->path);
		if (ok)
			file->size = (uint64_t)status.st_size;
	}
	for (size_t i = 0; !ok && i <= nr; i++)
		file_close(&files[i]);
	return ok;
}

/* The numbers of files begin with 1, and the first file contains the notes. */
static bool guest_take_ranges(struct dump *dump, const struct running_memory *guest,
			      struct error *err)
{
	struct guest_private *private = dump->private;
	struct pieces pieces = { 0 };

	private->read = guest->read;
	private->arg = guest->arg;
	for (size_t i = 0; i < guest->nr; i++)
		pieces_add_bytes(&pieces, guest->range[i].paddr, guest->range[i].size, NULL,
				 guest->range[i].file < 0 ? 0 :
							    (unsigned int)guest->range[i].file + 2,
				 guest->range[i].offset);
	return extents_take(dump, &pieces, err);
}

struct dump *dump_open_guest(const struct running_memory *guest, struct listener *listener,
			     struct error *err)
{
	struct file files[1 + GUEST_MOST_FILES] = { 0 };
	struct dump *dump;

	if (!guest_open_files(files, guest, err))
		return NULL;
	dump = dump_open_as(guest->paused ? &paused_guest : &running_guest, files,
			    1 + guest->nr_files, listener, err);
	if (dump && guest_take_ranges(dump, guest, err))
		return dump;
	dump_close(dump);
	return NULL;
}

void dump_guest_drop_registers(struct dump *dump)
{
	free(dump->cpus);
	free(dump->stopped);
	dump->cpus = NULL;
	dump->stopped = NULL;
	dump->nr_cpus = dump->nr_stopped = 0;
}

bool dump_guest_renew(struct dump *dump, struct bytes notes, struct error *err)
{
	const struct bytes vmcoreinfo = dump->vmcoreinfo;
	struct parts *parts = dump->parts;
	const struct source source = dump->source;
	const struct file first = dump->file;
	struct guest_private *guest = dump->private;
	struct elf_notes result = { 0 };
	struct file file;
	bool ok;

	if (!guest_copy_notes(&file, first.path, notes, err))
		return false;
	dump_guest_drop_registers(dump);
	dump->file = file;
	source_start(&dump->source, &dump->file);
	ok = read_segments(dump, &result, err);
	source_close(&dump->source);
	dump->file = first;
	dump->source = source;
	dump->vmcoreinfo = vmcoreinfo;
	/* QEMU writes no note about parts. If there is one now, it is in a file that the next call
	 * closes. */
	if (dump->parts != parts)
		parts_destroy(dump->parts);
	dump->parts = parts;
	file_close(&guest->renewed);
	guest->renewed = file;
	return ok;
}
