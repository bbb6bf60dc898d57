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
/* Like dump_open_parts(), for raw images. File i starts at the physical address bases[i]. */
struct dump *dump_open_raw(struct file *files, const uint64_t *bases, size_t nr,
			   struct listener *listener, struct error *err);
/* Creates a dump without any memory, for a vmlinux that is read without a dump. `path` is the name
 * of the dump in messages. */
struct dump *dump_open_none(const char *path, struct listener *listener, struct error *err);
