/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Flattened files, as makedumpfile -F and QEMU's dump-guest-memory of
 * kdump-compressed formats write them into a pipe: a header, then records of
 * bytes with the offset that they belong to in the dump. Later records replace
 * what earlier ones wrote.
 */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"

struct extent_list;

struct flattened {
	uint64_t size; /* of the content */
	bool complete; /* the mark at the end is there */
};

bool flatten_probe(struct bytes file);

/* Reads the records' headers, and makes *records (zeroed by the caller, who
 * releases it) say by content offset which bytes of the mapping stand there. */
bool flatten_index(const struct file *file, struct extent_list *records,
		   struct flattened *flattened, struct error *err);
