/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The notes of a dump that is written, in the form of an ELF core's segment. */
#pragma once

#include "dump/write/dump_out.h"

struct notes_out {
	uint8_t *data; /* owned: free() it */
	size_t size;
	size_t vmcoreinfo_at; /* where its text begins; its size is the machine's */
};

bool notes_out_make(struct notes_out *notes, const struct machine_out *machine, struct error *err);
