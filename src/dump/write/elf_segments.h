/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Divides the memory of a dump into the segments of an ELF core. */
#pragma once

#include "dump/write/dump_out.h"

/* A range of contiguous memory. Its first filesz bytes are in the file. */
struct segment {
	uint64_t paddr, filesz, memsz;
	uint64_t place; /* the offset of the first byte in the file, relative to the first page */
};

struct segments {
	struct segment *at; /* owned */
	size_t nr, room;
	uint64_t nr_kept; /* the number of frames that have a page in the file */
	size_t nr_images; /* the number of segments that repeat the kernel's image */
	/* True if the kernel's image has too many segments. In this case, only the segment with the
	 * page table is repeated. */
	bool only_root;
};

/* Computes the segments for all frames that memory->known contains. Each frame in the set `kept`
 * has a page in the file, in the order of frames. Returns false if memory runs out. */
bool segments_find(struct segments *segments, const struct memory_out *memory,
		   const struct machine_out *machine, const uint64_t *kept, struct error *err);
void segments_release(struct segments *segments);

/* Finds the part of a segment that belongs to the kernel's image. This part gets a second segment,
 * with the virtual addresses of the image. Returns false if there is no such part. */
bool segments_image(const struct segments *segments, const struct machine_out *machine,
		    const struct segment *segment, struct segment *part);
