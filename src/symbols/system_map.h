/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* System.map: a kernel's symbols as text, one line "ADDRESS TYPE NAME" each, as nm -n
 * writes them. */
#pragma once

#include "base/error.h"
#include "base/file.h"
#include "symbols/symbols.h"

/* Does the first line look like one of a System.map? */
bool system_map_probe(const struct file *file);

/* Copies all symbols; the file may be closed afterwards. Sets *machine to EM_386
 * or EM_X86_64. NULL if any line is malformed. */
struct symbols *system_map_read(const struct file *file, uint16_t *machine, struct error *err);
