/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/write/elf_segments.h"

#include <stdlib.h>

#include "base/array.h"
#include "dump/write/frame_set.h"

/* The most segments that repeat the kernel's image. The number is small because readers compare
 * only a few pairs of segments for the same memory. */
enum { MOST_IMAGES = 32 };

struct elf_segments_finding {
	struct segments *segments;
	const struct memory_out *memory;
	const uint64_t *kept;
	uint64_t border; /* the end of the direct map; 0: the direct map does not end */
};

/* Can the memory be appended to the segment? Memory without bytes in the file must be in a separate
 * segment: makedumpfile (1.7.2, readmem()) assumes that all bytes of a segment are in the file, or
 * none. */
static bool extends(const struct segment *segment, uint64_t paddr, uint64_t filesz, uint64_t place)
{
	if (segment->paddr + segment->memsz != paddr)
		return false;
	return filesz ? segment->filesz == segment->memsz &&
				segment->place + segment->filesz == place :
			!segment->filesz;
}

/* Adds memsz bytes of memory at paddr, to the last segment or as a new segment. The first filesz
 * bytes are in the file. */
static bool elf_segments_add_segment(struct elf_segments_finding *finding, uint64_t paddr,
				     uint64_t filesz, uint64_t memsz, uint64_t place)
{
	struct segments *segments = finding->segments;
	struct segment *last = segments->nr ? &segments->at[segments->nr - 1] : NULL;

	if (last && paddr != finding->border && extends(last, paddr, filesz, place)) {
		last->filesz += filesz;
		last->memsz += memsz;
		return true;
	}
	return array_add(&segments->at, &segments->nr, &segments->room,
			 &(struct segment){ paddr, filesz, memsz, place }, sizeof(*segments->at));
}

/* Adds memory. Memory on both sides of the end of the direct map is divided into two segments. */
static bool add_memory(struct elf_segments_finding *finding, uint64_t paddr, uint64_t filesz,
		       uint64_t memsz, uint64_t place)
{
	uint64_t border = finding->border;

	if (paddr < border && border - paddr < memsz) {
		uint64_t below = border - paddr;
		uint64_t part = filesz < below ? filesz : below;

		if (!elf_segments_add_segment(finding, paddr, part, below, place))
			return false;
		paddr = border;
		place += part;
		filesz -= part;
		memsz -= below;
	}
	return elf_segments_add_segment(finding, paddr, filesz, memsz, place);
}

/* Adds the parts of a frame that is known only in part. *index is the index of its first part, and
 * becomes the index after its last part. */
static bool add_parts(struct elf_segments_finding *finding, size_t *index, uint64_t place)
{
	const struct memory_out *memory = finding->memory;
	uint64_t pfn = memory->parts[*index].pfn;
	bool kept = frame_set_has(finding->kept, pfn), sound = true;

	for (; *index < memory->nr_parts && memory->parts[*index].pfn == pfn; ++*index) {
		const struct frame_part *part = &memory->parts[*index];
		uint64_t size = kept ? part->end - part->start : 0;

		sound = sound && add_memory(finding, (pfn << PAGE_SHIFT) + part->start, size,
					    part->known_end - part->start, place + part->start);
	}
	return sound;
}

static bool find_all(struct elf_segments_finding *finding)
{
	const struct memory_out *memory = finding->memory;
	uint64_t pfn = 0, rank = 0;
	bool sound = true;
	size_t part = 0;

	while (sound && (pfn = frame_set_next(memory->known, NULL, true, pfn, memory->nr_frames)) <
				memory->nr_frames) {
		uint64_t place = rank << PAGE_SHIFT, end, size;
		bool kept = frame_set_has(finding->kept, pfn);

		while (part < memory->nr_parts && memory->parts[part].pfn < pfn)
			part++;
		if (part < memory->nr_parts && memory->parts[part].pfn == pfn) {
			sound = add_parts(finding, &part, place);
			end = pfn + 1;
		} else { /* a run of completely known frames that are all kept, or all left out */
			end = part < memory->nr_parts ? memory->parts[part].pfn : memory->nr_frames;
			end = frame_set_next(memory->known, NULL, false, pfn, end);
			end = frame_set_next(finding->kept, NULL, !kept, pfn, end);
			size = (end - pfn) << PAGE_SHIFT;
			sound = add_memory(finding, pfn << PAGE_SHIFT, kept ? size : 0, size,
					   place);
		}
		rank += kept ? end - pfn : 0;
		pfn = end;
	}
	finding->segments->nr_kept = rank;
	return sound;
}

bool segments_image(const struct segments *segments, const struct machine_out *machine,
		    const struct segment *segment, struct segment *part)
{
	uint64_t start = machine->image_paddr;
	uint64_t end = start + (machine->image_end - machine->image_vaddr);
	uint64_t cut = start > segment->paddr ? start - segment->paddr : 0;

	if (cut >= segment->filesz || end <= segment->paddr + cut)
		return false;
	*part = (struct segment){ segment->paddr + cut, segment->filesz - cut, 0,
				  segment->place + cut };
	part->filesz = smaller_of(part->filesz, end - part->paddr);
	part->memsz = part->filesz;
	return !segments->only_root || machine->root_paddr - part->paddr < part->filesz;
}

static void count_images(struct segments *segments, const struct machine_out *machine)
{
	struct segment part;

	segments->nr_images = 0;
	for (size_t i = 0; i < segments->nr; i++)
		segments->nr_images += segments_image(segments, machine, &segments->at[i], &part);
}

bool segments_find(struct segments *segments, const struct memory_out *memory,
		   const struct machine_out *machine, const uint64_t *kept, struct error *err)
{
	struct elf_segments_finding finding = { segments, memory, kept, machine->direct_end };

	segments->nr = 0;
	segments->only_root = false;
	if (!find_all(&finding))
		return out_of_memory(err);
	count_images(segments, machine);
	segments->only_root = segments->nr_images > MOST_IMAGES;
	if (segments->only_root)
		count_images(segments, machine);
	return true;
}

void segments_release(struct segments *segments)
{
	free(segments->at);
	*segments = (struct segments){ .at = NULL };
}
