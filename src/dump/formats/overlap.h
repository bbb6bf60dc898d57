/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Memory that a file has twice. */
#pragma once

#include "dump/extents.h"
#include "dump/dump.h"

/* Warns if two pieces that are present hold the same memory with different bytes, and
 * says which one is read: that of the two which was added first. what: "segments". Of
 * long pieces some pages are compared. */
void overlap_warn(struct dump *dump, const struct pieces *pieces, const char *what);
