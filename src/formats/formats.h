/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The dump formats. To add one: dump_NAME.c ending in "const struct dump_format
 * dump_format_NAME", its line in FOR_EACH_DUMP_FORMAT, its makefile line.
 */
#pragma once

#include "dump/dump.h"

// clang-format off
#define FOR_EACH_DUMP_FORMAT(X) X(xen) X(elf) X(kdump) X(lime) X(avml) X(kcore) \
	X(devmem) X(qemu) X(vmware) X(lkcd) X(sadump) X(raw)
// clang-format on

#define DECLARE_DUMP_FORMAT(NAME) \
	extern const struct dump_format dump_format_##NAME;
FOR_EACH_DUMP_FORMAT(DECLARE_DUMP_FORMAT)
#undef DECLARE_DUMP_FORMAT

/* Does the file begin like a dump of any format? */
bool dump_probe(const struct file *file);

/* Is the file of a format that a file of no known format may go with? */
bool dump_probe_takes_memory(const struct file *file);

/* Takes over the files of a dump, at least one. NULL: failed, and they are closed. The
 * array is the caller's; the listener is borrowed until the dump is closed. */
struct dump *dump_open_parts(struct file *files, size_t nr,
			     struct listener *listener, struct error *err);
/* Opens raw images, whose first bytes are at the physical addresses bases[]. */
struct dump *dump_open_raw(struct file *files, const uint64_t *bases, size_t nr,
			   struct listener *listener, struct error *err);
