/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Which memory an ELF core has in which segment. */
#pragma once

#include "dump/write/dump_out.h"

/* Memory in one piece; the part that is in the file is at its start. */
struct segment {
	uint64_t paddr, filesz, memsz;
	uint64_t place; /* of its first byte, from the first page of the file on */
};

struct segments {
	struct segment *at; /* owned */
	size_t nr, room;
	uint64_t nr_kept; /* frames: so many pages has the file */
	size_t nr_images; /* segments for parts of the kernel's image */
	bool only_root; /* there would be too many: the one with the page table */
};

/* Finds the segments anew: memory's known frames; frames in the set kept have a page in the
 * file, one after the other. */
bool segments_find(struct segments *segments, const struct memory_out *memory,
		   const struct machine_out *machine, const uint64_t *kept, struct error *err);
void segments_release(struct segments *segments);

/* The part of a segment that is mapped as the kernel's image, too, and has a segment of its
 * own for that. False: none is. */
bool segments_image(const struct segments *segments, const struct machine_out *machine,
		    const struct segment *segment, struct segment *part);
