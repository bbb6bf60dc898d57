/* SPDX-License-Identifier: GPL-3.0-or-later */
/* System.map: a kernel's symbols as text, one "ADDRESS TYPE NAME" a line as
 * nm -n prints them. No sizes, no types, nothing that names the release. */
#pragma once

#include "base/error.h"
#include "base/file.h"
#include "kernel/symbols.h"

/* Does the file begin as a System.map? */
bool system_map_probe(const struct file *file);

/* Reads it, all or nothing; *machine is EM_386 or EM_X86_64. Does not need the
 * file any more. */
struct symbols *system_map_read(const struct file *file, uint16_t *machine,
				struct error *err);
