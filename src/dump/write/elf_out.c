/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Writes ELF cores. The file contains headers, notes, and a page for each kept frame, in the order
 * of frames. Pages of zeros become holes of the file. */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "dump/write/frame_set.h"
#include "dump/write/dump_out.h"
#include "base/file.h"
#include "base/machine.h"
#include "dump/write/page_crew.h"

/* --- segments --- */

/* Divides the memory of a dump into the segments of an ELF core. */

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

/* Finds the part of a segment that belongs to the kernel's image. This part gets a second segment,
 * with the virtual addresses of the image. Returns false if there is no such part. */
static bool segments_image(const struct segments *segments, const struct machine_out *machine,
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

/* Computes the segments for all frames that memory->known contains. Each frame in the set `kept`
 * has a page in the file, in the order of frames. Returns false if memory runs out. */
static bool segments_find(struct segments *segments, const struct memory_out *memory,
			  const struct machine_out *machine, const uint64_t *kept,
			  struct error *err)
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

static void segments_release(struct segments *segments)
{
	free(segments->at);
	*segments = (struct segments){ .at = NULL };
}

/* A frame that cannot be read is lost, and gets no page. This changes the headers, and the offsets
 * of all pages. Therefore the dump is written again without the lost frames, but at most MOST_TRIES
 * times. */
enum { MOST_TRIES = 4 };

struct elf_out {
	struct dump_out *out;
	uint64_t *kept; /* owned; the kept frames, without frames that earlier tries lost */
	uint64_t *lost; /* owned; the frames that this try has lost */
	uint64_t nr_done;
	struct segments segments;
	struct notes_out notes;
	bool is64;
	uint64_t pages_at; /* the file offset of the first page */
	uint64_t nr_lost; /* the number of frames that this try has lost */
};

/* --- headers --- */

static uint64_t align_page(uint64_t size)
{
	return (size + PAGE_BYTES - 1) & -(uint64_t)PAGE_BYTES;
}

static size_t phdr_size(const struct elf_out *elf)
{
	return elf->is64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
}

static uint64_t nr_phdrs(const struct elf_out *elf)
{
	return 1 + elf->segments.nr_images + elf->segments.nr;
}

static size_t ehdr_size(const struct elf_out *elf)
{
	return elf->is64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
}

/* Returns the offset of the section header. The program headers directly follow the ELF header,
 * because makedumpfile ignores e_phoff. The first program header is for the notes. The section
 * header follows the program headers. It contains their number if that number is too large for
 * e_phnum. The notes and the pages are at the end of the file. */
static uint64_t shdr_at(const struct elf_out *elf)
{
	return ehdr_size(elf) + nr_phdrs(elf) * phdr_size(elf);
}

static uint64_t notes_at(const struct elf_out *elf)
{
	return shdr_at(elf) + (elf->is64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr));
}

/* Chooses the class, and computes the offset of the pages. For a 32-bit machine, the class is
 * ELFCLASS32, which 32-bit tools need, if all addresses and offsets fit in 32 bits. In all other cases it is
 * ELFCLASS64. */
static void elf_out_lay_out(struct elf_out *elf)
{
	const struct memory_out *memory = elf->out->memory;
	uint64_t end = memory->nr_frames << PAGE_SHIFT;
	const uint64_t limit = UINT64_C(1) << 32;
	bool fits = end <= limit && (!elf->segments.nr || elf->segments.at[0].memsz < limit);

	elf->is64 = true;
	elf->pages_at = align_page(notes_at(elf) + elf->notes.size);
	if (machine_find(elf->out->machine->machine)->pointer_size == 4 &&
	    !elf->out->machine->wide && fits &&
	    elf->pages_at + (elf->segments.nr_kept << PAGE_SHIFT) < limit) {
		elf->is64 = false;
		elf->pages_at = align_page(notes_at(elf) + elf->notes.size);
	}
}

/* Stores a word of a header. The class of the file determines the size and the offset of the
 * word. */
static void put_word(const struct elf_out *elf, uint8_t *to, size_t at32, size_t at64,
		     uint64_t value)
{
	if (elf->is64)
		store_le(to + at64, value, 8);
	else
		store_le(to + at32, value, 4);
}

static void put_phdr(const struct elf_out *elf, uint8_t *to, const Elf64_Phdr *phdr)
{
	store_le(to, phdr->p_type, 4);
	store_le(to + (elf->is64 ? 4 : 24), phdr->p_flags, 4);
	put_word(elf, to, 4, 8, phdr->p_offset);
	put_word(elf, to, 8, 16, phdr->p_vaddr);
	put_word(elf, to, 12, 24, phdr->p_paddr);
	put_word(elf, to, 16, 32, phdr->p_filesz);
	put_word(elf, to, 20, 40, phdr->p_memsz);
	put_word(elf, to, 28, 48, phdr->p_align);
}

/* Returns the virtual address of paddr in the direct map, as in the kernel's /proc/vmcore. */
static uint64_t vaddr_of(const struct machine_out *machine, uint64_t paddr)
{
	if (!machine->has_direct_map)
		return 0;
	if (machine->direct_end && paddr >= machine->direct_end)
		return UINT64_MAX; /* for high memory, kexec-tools uses this value, too */
	return paddr + machine->page_offset;
}

static void put_ehdr(const struct elf_out *elf, uint8_t *to)
{
	uint64_t nr = nr_phdrs(elf);
	uint16_t few = nr < PN_XNUM ? (uint16_t)nr : PN_XNUM;
	uint8_t *shdr = to + shdr_at(elf);

	memcpy(to, ELFMAG, SELFMAG);
	to[EI_CLASS] = elf->is64 ? ELFCLASS64 : ELFCLASS32;
	to[EI_DATA] = ELFDATA2LSB;
	to[EI_VERSION] = EV_CURRENT;
	store_le(to + 16, ET_CORE, 2);
	store_le(to + 18, elf->out->machine->machine, 2);
	store_le(to + 20, EV_CURRENT, 4);
	put_word(elf, to, 28, 32, ehdr_size(elf));
	store_le(to + (elf->is64 ? 52 : 40), ehdr_size(elf), 2);
	store_le(to + (elf->is64 ? 54 : 42), phdr_size(elf), 2);
	store_le(to + (elf->is64 ? 56 : 44), few, 2);
	if (few < PN_XNUM)
		return;
	put_word(elf, to, 32, 40, shdr_at(elf)); /* e_shoff */
	store_le(to + (elf->is64 ? 58 : 46), elf->is64 ? 64 : 40, 2);
	store_le(to + (elf->is64 ? 60 : 48), 1, 2);
	store_le(shdr + (elf->is64 ? 44 : 28), nr, 4); /* sh_info */
}

/* Stores a program header. A segment without bytes in the file gets the end of the file as its
 * offset. With another offset, readers would take the bytes there for the content of the segment
 * (makedumpfile's offset_to_pt_load_end()). */
static uint8_t *put_segment(const struct elf_out *elf, uint8_t *to, const struct segment *segment,
			    uint64_t vaddr)
{
	uint64_t place = segment->filesz ? segment->place : elf->segments.nr_kept << PAGE_SHIFT;
	Elf64_Phdr phdr = { .p_type = PT_LOAD,
			    .p_flags = PF_R | PF_W | PF_X,
			    .p_offset = elf->pages_at + place,
			    .p_vaddr = vaddr,
			    .p_paddr = segment->paddr,
			    .p_filesz = segment->filesz,
			    .p_memsz = segment->memsz };

	put_phdr(elf, to, &phdr);
	return to + phdr_size(elf);
}

/* Stores all program headers. The segments of the kernel's image come first, as in /proc/vmcore,
 * because drgn reads the first page table from them. */
static void put_headers(const struct elf_out *elf, uint8_t *to)
{
	const struct machine_out *machine = elf->out->machine;
	const struct segments *segments = &elf->segments;
	Elf64_Phdr notes = { .p_type = PT_NOTE,
			     .p_offset = notes_at(elf),
			     .p_filesz = elf->notes.size,
			     .p_memsz = elf->notes.size,
			     .p_align = 4 };
	struct segment part;

	put_ehdr(elf, to);
	to += ehdr_size(elf);
	put_phdr(elf, to, &notes);
	to += phdr_size(elf);
	for (size_t i = 0; i < segments->nr; i++)
		if (segments_image(segments, machine, &segments->at[i], &part))
			to = put_segment(elf, to, &part,
					 machine->image_vaddr +
						 (part.paddr - machine->image_paddr));
	for (size_t i = 0; i < segments->nr; i++)
		to = put_segment(elf, to, &segments->at[i],
				 vaddr_of(machine, segments->at[i].paddr));
}

static bool elf_out_write_headers(const struct elf_out *elf, struct error *err)
{
	uint64_t size = notes_at(elf);
	uint8_t *headers = calloc(1, size);
	bool ok;

	if (!headers)
		return out_of_memory(err);
	put_headers(elf, headers);
	ok = dump_out_at(elf->out, headers, size, 0, err) &&
	     dump_out_at(elf->out, elf->notes.data, elf->notes.size, size, err);
	free(headers);
	return ok;
}

/* --- pages --- */

/* Writes the pages of a batch. Pages that are adjacent in the file are written by one call. */
static void put_batch(const void *arg, struct deflater *deflater, struct page_batch *batch)
{
	const struct elf_out *elf = arg;
	uint64_t rank[BATCH_PAGES], at = batch->start, nr = batch->rank;
	size_t end;

	(void)deflater;
	for (size_t i = 0; i < batch->nr; i++) {
		nr += frame_set_count(elf->kept, at, batch->pfn[i]);
		at = batch->pfn[i];
		rank[i] = nr;
	}
	for (size_t i = 0; i < batch->nr && !batch->error; i = end) {
		for (end = i; end < batch->nr && batch->kind[end] == PAGE_IS_DATA &&
			      rank[end] == rank[i] + (end - i);)
			end++;
		if (end == i)
			end++;
		else if (!file_write(elf->out->fd, elf->pages_at + (rank[i] << PAGE_SHIFT),
				     batch->bytes + i * PAGE_BYTES, (end - i) * PAGE_BYTES))
			batch->error = errno;
	}
}

static bool elf_out_take_batch(void *arg, const struct page_batch *batch, struct error *err)
{
	struct elf_out *elf = arg;
	uint64_t nr = frame_set_count(elf->kept, batch->start, batch->end);

	if (batch->error)
		return dump_out_fail(elf->out, batch->error, err);
	elf->nr_done += nr;
	elf->out->nr_zero += nr - batch->nr;
	for (size_t i = 0; i < batch->nr; i++) {
		elf->out->nr_zero += batch->kind[i] == PAGE_IS_ZERO;
		if (batch->kind[i] != PAGE_IS_LOST)
			continue;
		frame_set_add(elf->lost, batch->pfn[i]);
		elf->nr_lost++;
	}
	return dump_out_progress(elf->out, elf->nr_done, elf->segments.nr_kept, err);
}

/* Writes the dump once, with all frames that earlier tries have not lost. */
static bool write_once(struct elf_out *elf, struct error *err)
{
	struct dump_out *out = elf->out;
	struct page_crew crew = {
		.memory = out->memory,
		.kept = elf->kept,
		.nr_threads = out->nr_threads,
		.make = put_batch,
		.take = elf_out_take_batch,
		.arg = elf,
	};

	elf->nr_lost = elf->nr_done = out->nr_zero = 0;
	if (!segments_find(&elf->segments, out->memory, out->machine, elf->kept, err))
		return false;
	elf_out_lay_out(elf);
	return dump_out_resize(out, 0, err) &&
	       dump_out_resize(out, elf->pages_at + (elf->segments.nr_kept << PAGE_SHIFT), err) &&
	       elf_out_write_headers(elf, err) && dump_out_crew_run(&crew, err);
}

static void drop_lost(struct elf_out *elf)
{
	size_t words = frame_set_words(elf->out->memory->nr_frames);

	for (size_t i = 0; i < words; i++) {
		elf->kept[i] &= ~elf->lost[i];
		elf->lost[i] = 0;
	}
	elf->out->nr_lost += elf->nr_lost;
}

static bool elf_out_write_all(struct elf_out *elf, struct error *err)
{
	for (unsigned int i = 0; i < MOST_TRIES; i++) {
		if (!write_once(elf, err))
			return false;
		elf->out->nr_pages = elf->segments.nr_kept;
		if (!elf->nr_lost)
			return true;
		drop_lost(elf);
	}
	return fail(
		err, ERROR_UNREADABLE,
		"the memory changes while it is read, so that each time different pages are unreadable");
}

static bool write_elf(struct dump_out *out, struct error *err)
{
	const struct memory_out *memory = out->memory;
	struct elf_out elf = { .out = out,
			       .kept = frame_set_create(memory->nr_frames),
			       .lost = frame_set_create(memory->nr_frames) };
	bool ok = false;

	if (!elf.kept || !elf.lost) {
		out_of_memory(err);
	} else if (notes_out_make(&elf.notes, out->machine, err)) {
		memcpy(elf.kept, memory->kept,
		       frame_set_words(memory->nr_frames) * sizeof(*elf.kept));
		ok = elf_out_write_all(&elf, err);
	}
	free(elf.notes.data);
	segments_release(&elf.segments);
	free(elf.kept);
	free(elf.lost);
	return ok;
}

const struct out_format out_format_elf = { .name = "ELF", .make = write_elf };
