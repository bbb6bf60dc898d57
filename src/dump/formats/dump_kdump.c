/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* kdump-compressed files, which makedumpfile, QEMU's dump-guest-memory and diskdump write. A file
 * consists of headers, two bitmaps, a descriptor for each dumped page, and the pages. A dump is one
 * file, or several files if makedumpfile split it. */
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/counts.h"
#include "base/machine.h"
#include "dump/dump.h"
#include "dump/formats/elf_headers.h"
#include "dump/formats/kdump_part.h"

struct kdump {
	struct kdump_set set;
	struct kdump_bitmaps bitmaps;
	enum page_state left_out; /* the state of frames that are FRAME_LEFT_OUT */
	/* For each kind of frame, the run that was found last. */
	struct kdump_run recent[FRAME_DUMPED];
	const struct kdump_part *zero_of; /* the part whose first page was found to be zeros */
	/* A page with this rank at this offset directly follows the page that was read last. */
	uint64_t next_rank, next_offset;
	unsigned int shift; /* log2 of the page size */
	/* The page that was read last. It is used only if pages of the dump are larger than pages
	 * of the cache. */
	uint64_t latest; /* the frame number of this page, plus 1; 0: there is no page */
	uint8_t page[KDUMP_MOST_BLOCK];
};

/* Finds the bits of a bitmap for all frames below max_pfn. The bits are read as whole blocks. If a
 * flattened file lacks the end of the last block, this end consists of zeros. Returns false if the
 * bits are not in the file, or if memory runs out. */
static bool find_bitmap(const struct kdump_part *part, uint64_t offset, uint64_t max_pfn,
			const uint8_t **bitmap)
{
	uint64_t needed = (max_pfn + 7) / 8;
	uint64_t block = kdump_header_block(&part->header);
	uint64_t room = (needed + block - 1) / block * block;
	struct bytes bytes;

	if (!source_bytes(part->source, offset, room, &bytes) &&
	    !source_copy(part->source, offset, needed, room, &bytes))
		return false;
	*bitmap = bytes.data;
	return true;
}

/* Finds the two bitmaps. A diskdump that contains all pages may have only one bitmap, which is then
 * used as both. */
static bool kdump_find_bitmaps(const struct kdump_part *part, struct kdump_bitmaps *bitmaps)
{
	const struct kdump_header *header = &part->header;
	uint64_t offset = (1 + header->sub_blocks) << header->shift;
	uint64_t nr = header->bitmap_blocks, frames = 8 * kdump_header_block(header);
	bool two = !header->diskdump || nr / 2 * frames >= header->max_pfn;

	*bitmaps = (struct kdump_bitmaps){ 0 };
	if (two)
		nr /= 2;
	if (!nr)
		return false;
	bitmaps->max_pfn = header->max_pfn < frames * nr ? header->max_pfn : frames * nr;
	if (!find_bitmap(part, offset, bitmaps->max_pfn, &bitmaps->memory))
		return false;
	if (two)
		offset += nr << header->shift;
	return find_bitmap(part, offset, bitmaps->max_pfn, &bitmaps->dumped);
}

static bool fail_bitmaps(const struct kdump_part *part, struct error *err)
{
	const struct kdump_header *header = &part->header;
	char end[SOURCE_END];

	source_end(part->source, end);
	return fail(err, ERROR_FORMAT,
		    "%s: is %s%s its bitmaps (%" PRIu64 " blocks at offset %#" PRIx64
		    "), so it is not known which memory the file contains",
		    part->path, end, part->source->damaged ? ", before the end of" : " within",
		    header->bitmap_blocks, (1 + header->sub_blocks) << header->shift);
}

/* Opens the bitmaps of the first part, and checks that the other parts have the same bitmaps. */
static bool open_bitmaps(struct kdump *kdump, struct error *err)
{
	const struct kdump_part *parts = kdump->set.parts;
	struct kdump_bitmaps *bitmaps = &kdump->bitmaps, other;

	if (!kdump_find_bitmaps(&parts[0], bitmaps))
		return fail_bitmaps(&parts[0], err);
	for (size_t i = 1; i < kdump->set.nr; i++) {
		size_t size = (bitmaps->max_pfn + 7) / 8;

		if (!kdump_find_bitmaps(&parts[i], &other))
			return fail_bitmaps(&parts[i], err);
		if (other.max_pfn != bitmaps->max_pfn ||
		    memcmp(other.memory, bitmaps->memory, size) ||
		    memcmp(other.dumped, bitmaps->dumped, size))
			return fail(err, ERROR_USAGE,
				    "%s and %s are not parts of one split set: their bitmaps differ",
				    parts[0].path, parts[i].path);
	}
	return kdump_bitmaps_open(bitmaps) || out_of_memory(err);
}

static bool check_compression(const struct dump *dump, struct error *err)
{
	const struct kdump *kdump = dump->private;
	const struct kdump_part *part = &kdump->set.parts[0];
	enum codec codec = kdump_header_codec(&part->header);

	return inflater_has(dump->inflater, codec) ||
	       fail(err, ERROR_FORMAT,
		    "%s: is compressed with %s, and this kwalk has no library to unpack it",
		    part->path, codec_names[codec]);
}

static void warn_of_parts(struct dump *dump, const struct kdump *kdump)
{
	for (size_t i = 0; i < kdump->set.nr; i++) {
		const struct kdump_part *part = &kdump->set.parts[i];
		const char *name = dump->nr_more ? part->path : "the file";
		char end[SOURCE_END];

		source_end(part->source, end);
		if (part->contradictory)
			dump_warn(dump,
				  "bitmap and page descriptors of %s contradict each other, so no page of this file can be trusted",
				  name);
		else if (part->header.status & KDUMP_INCOMPLETE && !part->header.diskdump)
			dump_warn(dump,
				  "pages are missing, because the writer of %s ran out of space (info counts them)",
				  name);
		else if (part->cut || !part->source->complete)
			dump_warn(dump, "%s is %s%s", name, end,
				  part->cut ? ": pages are missing (info counts them)" :
					      ", but its last pages are there");
		if (part->nonsense)
			dump_warn(dump,
				  "pages are damaged, because page descriptors of %s make no sense (info counts them)",
				  name);
	}
	if (kdump->bitmaps.max_pfn < kdump->set.parts[0].header.max_pfn)
		dump_warn(dump, "the bitmaps cover less memory than the header says");
}

static bool kdump_find_machine(struct dump *dump, const struct kdump_part *part,
			       const struct elf_notes *notes, struct error *err)
{
	const struct kdump_header *header = &part->header;

	dump->machine = notes->machine;
	if (dump->machine == EM_NONE)
		dump->machine = machine_of_note(dump->vmcoreinfo);
	if (dump->machine != EM_NONE)
		return true;
	/* A dump by QEMU names the machine of the emulator, which is "x86_64" for i386 guests,
	 * too. */
	dump->machine = machine_of_uname(header->machine);
	if (dump->machine == EM_X86_64 && kdump_header_by_qemu(header))
		dump->machine = EM_NONE;
	else if (dump->machine == EM_NONE && header->machine[0])
		return fail(err, ERROR_FORMAT,
			    "%s: is a dump of a %s machine, not of " MACHINES_READ, part->path,
			    header->machine);
	return true;
}

static void tell_note(const struct dump *dump, const struct kdump_part *part, const char *what,
		      uint64_t offset, uint64_t size)
{
	listener_trouble(dump->listener, part->path,
			 "according to the header, %#" PRIx64 " bytes of %s are at offset %#" PRIx64
			 "; the file ends at %#" PRIx64,
			 size, what, offset, part->source->size);
}

/* Fails if the block size is not a possible page size of the machine. In x86 dumps by QEMU the
 * machine is unknown, but this does not matter, because i386 and x86-64 have the same page size. */
static bool kdump_check_pages(const struct dump *dump, const struct kdump_part *part,
			      struct error *err)
{
	const struct kdump_header *header = &part->header;
	uint16_t number =
		dump->machine == EM_NONE ? machine_of_uname(header->machine) : dump->machine;
	const struct machine *machine = machine_find(number);

	return !machine || machine->page_sizes & kdump_header_block(header) ||
	       fail(err, ERROR_FORMAT,
		    "%s: its header has a block size of %" PRIu64
		    " bytes, which is not a page size of %s",
		    part->path, kdump_header_block(header), machine->uname);
}

static bool kdump_read_notes(struct dump *dump, const struct kdump_part *part, struct error *err)
{
	const struct kdump_header *header = &part->header;
	struct elf_notes notes = { 0 };
	struct bytes bytes;

	if (header->notes_size &&
	    !source_small(part->source, header->notes_offset, header->notes_size, &bytes))
		notes.cut = true;
	else if (header->notes_size && !elf_notes_read(&notes, bytes, dump))
		return out_of_memory(err);
	if (header->vmcoreinfo_size && !source_small(part->source, header->vmcoreinfo_offset,
						     header->vmcoreinfo_size, &dump->vmcoreinfo))
		notes.cut = true;
	dump->erased = header->erased_size;
	if (header->erased_size && header->erased_offset)
		source_small(part->source, header->erased_offset, header->erased_size,
			     &dump->erase_info);
	if (notes.cut) {
		dump_warn(dump, "a note extends past the end of the notes or of the file");
		tell_note(dump, part, "notes", header->notes_offset, header->notes_size);
		tell_note(dump, part, "VMCOREINFO", header->vmcoreinfo_offset,
			  header->vmcoreinfo_size);
	}
	dump->phys_base = header->phys_base;
	dump->has_phys_base = !header->diskdump && !kdump_header_by_qemu(header);
	return elf_notes_fail(&notes, dump, err) && kdump_find_machine(dump, part, &notes, err) &&
	       kdump_check_pages(dump, part, err);
}

static bool kdump_open(struct dump *dump, struct error *err)
{
	struct kdump *kdump = dump->private;
	const struct kdump_header *header;

	if (!kdump_set_open(&kdump->set, dump, err) || !check_compression(dump, err) ||
	    !open_bitmaps(kdump, err))
		return false;
	kdump_set_check(&kdump->set, dump, kdump->bitmaps.max_pfn);
	for (size_t i = 0; i < kdump->set.nr; i++)
		kdump_part_place(&kdump->set.parts[i], &kdump->bitmaps, dump->listener);
	for (size_t i = 0; i < FRAME_DUMPED; i++)
		kdump->recent[i].first = UINT64_MAX; /* this means that no run was found yet */
	header = &kdump->set.parts[0].header;
	kdump->shift = header->shift;
	/* QEMU writes the level 1, although it leaves out no pages. */
	dump->has_level = !header->diskdump && !kdump_header_by_qemu(header);
	dump->level = (unsigned int)header->dump_level;
	/* With this dump level, makedumpfile left out only pages of zeros, so all missing pages are
	 * zeros. */
	if (!header->diskdump && header->dump_level == KDUMP_WITHOUT_ZERO)
		kdump->left_out = PAGE_ZERO;
	else
		kdump->left_out = PAGE_FILTERED;
	warn_of_parts(dump, kdump);
	return kdump_read_notes(dump, &kdump->set.parts[0], err);
}

static void kdump_close(struct dump *dump)
{
	struct kdump *kdump = dump->private;

	free(kdump->bitmaps.ranks);
	free(kdump->set.parts);
}

/* Unpacks a page, and puts the part of it that contains paddr into the cache. */
static enum page_state kdump_unpack(struct dump *dump, uint64_t paddr,
				    const struct packed_page *place, const uint8_t **data)
{
	struct kdump *kdump = dump->private;
	uint64_t pfn = paddr >> CACHE_PAGE_SHIFT, offset;
	enum page_state state = PAGE_PRESENT;
	struct page_cache_slot slot;

	if (kdump->shift == CACHE_PAGE_SHIFT)
		return dump_unpack(dump, pfn, place, data);
	if (kdump->latest != (paddr >> kdump->shift) + 1) {
		kdump->latest = 0;
		state = dump_unpack_to(dump, place, kdump->page, (size_t)1 << kdump->shift);
		if (state != PAGE_PRESENT)
			return state;
		kdump->latest = (paddr >> kdump->shift) + 1;
	}
	slot = dump_cache_room(dump->pages, pfn);
	offset = page_first(paddr) & ((UINT64_C(1) << kdump->shift) - 1);
	memcpy(slot.buffer, kdump->page + offset, CACHE_PAGE_SIZE);
	dump_cache_fill(dump->pages, &slot, pfn, slot.buffer);
	*data = slot.buffer;
	return PAGE_PRESENT;
}

static bool is_zero(const struct kdump *kdump, const uint8_t *data)
{
	if (kdump->shift == CACHE_PAGE_SHIFT)
		return bytes_are_zero(data, CACHE_PAGE_SIZE);
	return bytes_are_zero(kdump->page, (size_t)1 << kdump->shift);
}

/* Unpacks the first page of a part, which may be the shared page of zeros. Programs write one page
 * of zeros before all other pages, and all frames of zeros share this page. */
static enum page_state unpack_first(struct dump *dump, uint64_t paddr,
				    const struct kdump_part *part, const struct packed_page *place,
				    const uint8_t **data)
{
	struct kdump *kdump = dump->private;
	enum page_state state = PAGE_PRESENT;

	if (kdump->zero_of == part) {
		*data = dump_zero_page; /* uses no page of the cache */
		return PAGE_PRESENT;
	}
	state = kdump_unpack(dump, paddr, place, data);
	if (state == PAGE_PRESENT && is_zero(kdump, *data))
		kdump->zero_of = part;
	return state;
}

/* Is the page of this rank in no page of another descriptor? Most pages need no search, because they
 * follow the page that was read last. */
static bool is_alone(struct kdump *kdump, const struct kdump_part *part, uint64_t rank,
		     const struct packed_page *place)
{
	bool follows = rank == kdump->next_rank;

	if (place->offset == part->data) {
		kdump->next_rank += follows;
		return true;
	}
	if ((!follows || place->offset != kdump->next_offset) &&
	    kdump_part_is_shared(part, rank, place))
		return false;
	kdump->next_rank = rank + 1;
	kdump->next_offset = place->offset + place->size;
	return true;
}

/* Unpacks the dumped page that contains paddr into the cache. */
static enum page_state kdump_load_page(struct dump *dump, uint64_t paddr, const uint8_t **data)
{
	struct kdump *kdump = dump->private;
	uint64_t pfn = paddr >> kdump->shift;
	const struct kdump_part *part = kdump_set_find(&kdump->set, pfn);
	uint64_t rank = kdump_rank(&kdump->bitmaps, pfn);
	struct packed_page place;
	enum page_state state;
	char what[32];

	if (!part)
		return PAGE_TRUNCATED;
	state = kdump_part_find(part, rank, &place);
	if (state == PAGE_PRESENT && !is_alone(kdump, part, rank, &place))
		state = PAGE_DAMAGED;
	if (state != PAGE_PRESENT) {
		snprintf(what, sizeof(what), "page frame %" PRIx64, pfn);
		kdump_part_tell(part, rank, what, dump->listener);
		return state;
	}
	if (place.offset == part->data)
		state = unpack_first(dump, paddr, part, &place, data);
	else
		state = kdump_unpack(dump, paddr, &place, data);
	if (state == PAGE_DAMAGED)
		listener_trouble(dump->listener, part->path,
				 "page frame %" PRIx64 ": the %" PRIu64 " bytes at offset %#" PRIx64
				 " are not a page compressed with %s",
				 pfn, place.size, place.offset, codec_names[place.codec]);
	return state;
}

/* Returns the extent of the frames from first to last, inclusive. If no other frames follow, last
 * is UINT64_MAX. */
static struct extent frames(const struct kdump *kdump, uint64_t first, uint64_t last,
			    enum page_state state)
{
	return (struct extent){
		.first = first << kdump->shift,
		.last = (last << kdump->shift) | ((UINT64_C(1) << kdump->shift) - 1),
		.state = state,
	};
}

static void kdump_find_page(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	const uint8_t *data = dump_cache_get(dump->pages, paddr >> CACHE_PAGE_SHIFT);
	enum page_state state = PAGE_PRESENT;

	if (data)
		count_hit(dump->counts);
	else
		state = kdump_load_page(dump, paddr, &data);
	*extent = (struct extent){
		.first = page_first(paddr),
		.last = page_last(paddr),
		.state = state,
	};
	if (state == PAGE_PRESENT)
		extent->data = data;
}

static const struct kdump_run *kdump_find_run(struct kdump *kdump, uint64_t pfn)
{
	struct kdump_run run;

	for (size_t i = 0; i < FRAME_DUMPED; i++) {
		const struct kdump_run *recent = &kdump->recent[i];

		if (pfn >= recent->first && pfn <= recent->last)
			return recent;
	}
	run = kdump_run(&kdump->bitmaps, pfn);
	kdump->recent[run.frame] = run;
	return &kdump->recent[run.frame];
}

static void kdump_find(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	struct kdump *kdump = dump->private;
	uint64_t pfn = paddr >> kdump->shift;
	const struct kdump_run *run;

	if (kdump_is_dumped(&kdump->bitmaps, pfn)) {
		kdump_find_page(dump, paddr, extent);
		return;
	}
	run = kdump_find_run(kdump, pfn);
	*extent = frames(kdump, run->first, run->last,
			 run->frame == FRAME_NONE ? PAGE_ABSENT : kdump->left_out);
}

static bool kdump_is_sound(const struct kdump_part *part)
{
	return !part->cut && part->source->complete && !part->nonsense && !part->contradictory &&
	       !(part->header.status & KDUMP_INCOMPLETE);
}

/* Finds the extent of dumped frames that contains pfn. In an undamaged part, the extent is a run of
 * the bitmaps. In a damaged part, it is a single frame, because each frame may have another
 * state. */
static void look_at_dumped(struct kdump *kdump, uint64_t pfn, struct extent *extent)
{
	const struct kdump_part *part = kdump_set_find(&kdump->set, pfn);
	uint64_t last = pfn;
	struct packed_page place;
	enum page_state state = PAGE_TRUNCATED;

	if (part && kdump_is_sound(part)) {
		last = kdump_run(&kdump->bitmaps, pfn).last;
		last = last < part->end_pfn ? last : part->end_pfn - 1;
		state = PAGE_PRESENT;
	} else if (part) {
		state = kdump_part_find(part, kdump_rank(&kdump->bitmaps, pfn), &place);
	}
	*extent = frames(kdump, pfn, last, state);
}

static void kdump_peek(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	struct kdump *kdump = dump->private;
	uint64_t pfn = paddr >> kdump->shift;

	if (kdump_is_dumped(&kdump->bitmaps, pfn))
		look_at_dumped(kdump, pfn, extent);
	else
		kdump_find(dump, paddr, extent);
}

/* Counts the pages of a part. In an undamaged part the bitmaps are sufficient. In a damaged part,
 * the descriptors must be read, too. */
static void survey_part(const struct kdump *kdump, const struct kdump_part *part,
			struct dump_survey *survey)
{
	uint64_t rank = part->start_rank;

	if (kdump_is_sound(part)) {
		survey->bytes[PAGE_PRESENT] += part->nr << kdump->shift;
		return;
	}
	for (uint64_t pfn = part->start_pfn; pfn < part->end_pfn; pfn++) {
		struct packed_page place;

		if (kdump_is_dumped(&kdump->bitmaps, pfn))
			dump_survey_add(survey, kdump_part_find(part, rank++, &place),
					pfn << kdump->shift, UINT64_C(1) << kdump->shift);
	}
}

static void kdump_survey(struct dump *dump, struct dump_survey *survey)
{
	const struct kdump *kdump = dump->private;
	uint64_t all = 0;

	survey->bytes[kdump->left_out] += kdump_left_out(&kdump->bitmaps) << kdump->shift;
	for (size_t i = 0; i < kdump->set.nr; i++) {
		survey_part(kdump, &kdump->set.parts[i], survey);
		all += kdump->set.parts[i].nr;
	}
	/* The pages in parts that were not given count as truncated. */
	survey->bytes[PAGE_TRUNCATED] += (kdump_rank(&kdump->bitmaps, kdump->bitmaps.max_pfn) - all)
					 << kdump->shift;
}

static void kdump_describe(struct dump *dump, dump_visit *visit, void *arg)
{
	const struct kdump *kdump = dump->private;

	kdump_header_describe(&kdump->set.parts[0].header, visit, arg);
}

const struct dump_format dump_format_kdump = {
	.name = "kdump-compressed",
	.private_size = sizeof(struct kdump),
	.copies = true,
	.takes_parts = true,
	.probe = kdump_header_probe,
	.open = kdump_open,
	.close = kdump_close,
	.find = kdump_find,
	.peek = kdump_peek,
	.survey = kdump_survey,
	.describe = kdump_describe,
};
