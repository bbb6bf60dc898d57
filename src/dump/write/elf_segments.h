/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Divides memory into the segments of an ELF core. */
#pragma once

#include "dump/write/dump_out.h"

/* A range of contiguous memory, of which the first filesz bytes are in the file. */
struct segment {
	uint64_t paddr, filesz, memsz;
	uint64_t place; /* offset of the first byte, relative to the file's first page */
};

struct segments {
	struct segment *at; /* owned */
	size_t nr, room;
	uint64_t nr_kept; /* number of frames with a page in the file */
	size_t nr_images; /* number of segments that repeat the kernel's image */
	/* True if the image has too many segments, and only the segment with the page table is
	 * repeated. */
	bool only_root;
};

/* Computes the segments from the known frames of memory. Each frame in the set `kept` has a page in
 * the file, and the pages are in the order of frames. */
bool segments_find(struct segments *segments, const struct memory_out *memory,
		   const struct machine_out *machine, const uint64_t *kept, struct error *err);
void segments_release(struct segments *segments);

/* Finds the part of a segment that is also mapped as the kernel's image. This part gets a second
 * segment. Returns false if there is no such part. */
bool segments_image(const struct segments *segments, const struct machine_out *machine,
		    const struct segment *segment, struct segment *part);
