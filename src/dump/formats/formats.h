/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The dump formats. HACKING.md explains how to add a format. */
#pragma once

#include "dump/dump.h"

// clang-format off
#define FOR_EACH_DUMP_FORMAT(X) X(xen) X(elf) X(kdump) X(lime) X(avml) X(kcore) \
	X(devmem) X(qemu) X(vmware) X(lkcd) X(sadump) X(raw)
// clang-format on

#define DECLARE_DUMP_FORMAT(NAME) extern const struct dump_format dump_format_##NAME;
FOR_EACH_DUMP_FORMAT(DECLARE_DUMP_FORMAT)
#undef DECLARE_DUMP_FORMAT

/* Does the start of the file show that it is a dump of a known format? */
bool dump_probe(const struct file *file);

/* Is the file a dump of a format whose memory may be in a second file? */
bool dump_probe_takes_memory(const struct file *file);

/* Opens a dump that consists of nr files. Takes ownership of the files, even if it fails, but not
 * of the array. The listener is borrowed until the dump is closed. Returns NULL on failure. */
struct dump *dump_open_parts(struct file *files, size_t nr, struct listener *listener,
			     struct error *err);
/* Like dump_open_parts(), for files of which the first one has the format `format`, without a
 * probe. The further files are not read as dumps. */
struct dump *dump_open_as(const struct dump_format *format, struct file *files, size_t nr,
			  struct listener *listener, struct error *err);
/* Reads "@ADDRESS" (hexadecimal) or ":OFFSET@ADDRESS" (OFFSET is decimal, or hexadecimal with 0x), the
 * place of a raw image after its path. Returns false if the text is anything else. */
bool raw_place_read(const char *text, struct raw_place *place);
/* Splits PATH@ADDRESS or PATH:OFFSET@ADDRESS. Sets *place, and returns the length of PATH. Returns 0
 * if the text contains no place, or if it is the name of a file. If the text before the '@' is the
 * name of a file, that file is PATH. */
size_t raw_place_split(const char *text, struct raw_place *place);

/* Like dump_open_parts(), for raw images. places[i] is the place of file i. One file may be given
 * several times, with several places. */
struct dump *dump_open_raw(struct file *files, const struct raw_place *places, size_t nr,
			   struct listener *listener, struct error *err);
/* A range of a raw image: size bytes, which may be 0. */
struct raw_run {
	struct raw_place place;
	uint64_t size;
};

/* Places the memory of a raw image anew. The dump must consist of one file, and may have no second
 * reader. The runs must be in the file, in ascending order of their addresses. Memory from the first
 * run to `end` (exclusive; 0: none) that is in no run becomes PAGE_TRUNCATED. */
bool raw_set_runs(struct dump *dump, const struct raw_run *runs, size_t nr, uint64_t end,
		  struct error *err);

/* Creates a dump without any memory, for a vmlinux that is read without a dump. `path` is the name
 * of the dump in messages. */
struct dump *dump_open_none(const char *path, struct listener *listener, struct error *err);
