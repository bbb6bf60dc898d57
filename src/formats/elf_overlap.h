/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Segments of an ELF core that hold the same memory. */
#pragma once

#include "container/extents.h"
#include "dump/dump.h"

/* Warns if two pieces hold the same memory with different bytes, from different
 * offsets of the file; whole: see extent_list_build(). The core of a kdump has the
 * kernel's image twice, with the same bytes. */
void elf_overlap_warn(struct dump *dump, const struct pieces *pieces, bool whole);
