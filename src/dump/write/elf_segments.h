/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Divides memory into the segments of an ELF core. */
#pragma once

#include "dump/write/dump_out.h"

/* Contiguous memory; its start is in the file. */
struct segment {
	uint64_t paddr, filesz, memsz;
	uint64_t place; /* place of the first byte, relative to the first page of the file */
};

struct segments {
	struct segment *at; /* owned */
	size_t nr, room;
	uint64_t nr_kept; /* number of frames with a page in the file */
	size_t nr_images; /* number of segments that repeat the kernel's image */
	/* The image has too many segments: only the one with the page table is repeated. */
	bool only_root;
};

/* Computes the segments from memory's known frames; the frames in the set kept have a page in the
 * file each, in order. */
bool segments_find(struct segments *segments, const struct memory_out *memory,
		   const struct machine_out *machine, const uint64_t *kept, struct error *err);
void segments_release(struct segments *segments);

/* The part of a segment that is also mapped as the kernel's image, and gets a second segment for
 * that. False: no part. */
bool segments_image(const struct segments *segments, const struct machine_out *machine,
		    const struct segment *segment, struct segment *part);
