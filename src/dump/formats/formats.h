/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The dump formats; HACKING.md says how to add one. */
#pragma once

#include "dump/dump.h"

// clang-format off
#define FOR_EACH_DUMP_FORMAT(X) X(xen) X(elf) X(kdump) X(lime) X(avml) X(kcore) \
	X(devmem) X(qemu) X(vmware) X(lkcd) X(sadump) X(raw)
// clang-format on

#define DECLARE_DUMP_FORMAT(NAME) extern const struct dump_format dump_format_##NAME;
FOR_EACH_DUMP_FORMAT(DECLARE_DUMP_FORMAT)
#undef DECLARE_DUMP_FORMAT

/* Does the file begin like a dump of any format? */
bool dump_probe(const struct file *file);

/* May a dump in this file's format have its memory in a second file? */
bool dump_probe_takes_memory(const struct file *file);

/* Takes over the files of a dump, at least one, also when it fails (NULL). The array is
 * the caller's; the listener is borrowed until the dump is closed. */
struct dump *dump_open_parts(struct file *files, size_t nr, struct listener *listener,
			     struct error *err);
/* Opens raw images, whose first bytes are at the physical addresses bases[]. */
struct dump *dump_open_raw(struct file *files, const uint64_t *bases, size_t nr,
			   struct listener *listener, struct error *err);
