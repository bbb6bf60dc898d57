/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A dump that is written: to a descriptor, at any place of it, by all CPUs. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/page.h"
#include "dump/codec.h"

struct cpu_state;
struct registers;

/* --- the memory: which frames, and what reads them --- */

/* A frame of which the dump has less than a page, as where memory ends at 0x9fc00. Ends
 * are half-open: bytes [start, end) of the frame are memory and known, [end, known_end)
 * are memory that is not. */
struct frame_part {
	uint64_t pfn;
	uint16_t start, end, known_end;
};

struct memory_out {
	/* All sets are borrowed, and have frames below nr_frames (frame_set.h). */
	const uint64_t *kept; /* frames that are to be written */
	const uint64_t *known; /* frames that are RAM; the others are marked as left out */
	const uint64_t *zero; /* kept frames that are known to be zeros; NULL: none */
	uint64_t nr_frames; /* one past the last frame */
	uint64_t nr_lost; /* known frames that are cut off, or damaged, found without reading all */
	const struct frame_part *parts; /* borrowed; by pfn and start */
	size_t nr_parts;
	/* One reader for each thread; NULL: out of memory. */
	void *(*reader_create)(const void *arg);
	void (*reader_destroy)(void *reader);
	/* Fills page with the frame's bytes, zeros where only parts of it are known. False:
	 * they cannot be had after all (damaged), and the frame counts as not kept. */
	bool (*read)(void *reader, uint64_t pfn, uint8_t page[PAGE_BYTES]);
	const void *arg; /* borrowed */
};

/* --- what else there is to say --- */

enum uts_name {
	UTS_SYSTEM,
	UTS_NODE,
	UTS_RELEASE,
	UTS_VERSION,
	UTS_MACHINE,
	UTS_DOMAIN,
	NR_UTS_NAMES
};
enum { UTS_NAME_SIZE = 65 }; /* __NEW_UTS_LEN + 1, include/uapi/linux/utsname.h */

/* The content of headers and notes of the dump. All is borrowed. */
struct machine_out {
	uint16_t machine; /* EM_386 or EM_X86_64 */
	bool wide; /* physical addresses may have more than 32 bits */
	struct bytes vmcoreinfo; /* the note's text */
	struct bytes parts; /* the note for pages that were cleared in part, as in dump/parts.h;
			     * size 0: there are none */
	const struct registers *stopped; /* for a note each, in the order of the CPUs */
	size_t nr_stopped;
	const struct cpu_state *cpus; /* of QEMU */
	size_t nr_cpus;
	bool has_direct_map;
	uint64_t page_offset; /* where physical 0 is mapped */
	uint64_t direct_end; /* one past the last physical address that is, 0: all are */
	/* x86-64 maps the kernel's image once more, with phys_base: image_vaddr to
	 * image_end, an end half-open, if that is known; 0: not. */
	uint64_t image_vaddr, image_end;
	uint64_t image_paddr; /* of image_vaddr */
	uint64_t root_paddr; /* of the kernel's page table, which is in it */
	bool has_phys_base;
	uint64_t phys_base;
	/* struct new_utsname: none is empty, as libkdumpfile takes no others. */
	char names[NR_UTS_NAMES][UTS_NAME_SIZE];
	uint64_t time; /* of the crash, seconds since 1970; 0: unknown */
};

struct dump_out {
	int fd; /* of an empty file */
	const char *path; /* for messages */
	const struct memory_out *memory;
	const struct machine_out *machine;
	enum codec codec; /* for formats that compress */
	unsigned int nr_threads; /* 0: the caller's alone */
	/* Called often: that many of total frames were written. False ends the work. */
	bool (*progress)(void *arg, uint64_t done, uint64_t total);
	void *arg;
	/* Results: */
	uint64_t nr_pages; /* frames that were written, frames of zeros included */
	uint64_t nr_zero; /* frames of zeros */
	uint64_t nr_lost; /* that could not be read, and so were left out */
	uint64_t size; /* of the file, in bytes */
};

/* The bytes of memory in these frames. */
static inline uint64_t dump_out_memory(const struct dump_out *out)
{
	return out->nr_pages << PAGE_SHIFT;
}

struct out_format {
	const char *name; /* as info shows it */
	bool compresses;
	/* Writes all of it. */
	bool (*make)(struct dump_out *out, struct error *err);
};

extern const struct out_format out_format_elf, out_format_kdump;

/* Writes the dump, after a look at whether the file system has room for it. On failure the
 * file has part of it. */
bool dump_out_write(struct dump_out *out, const struct out_format *format, struct error *err);

/* --- for formats --- */

/* Writes size bytes at offset. */
bool dump_out_at(const struct dump_out *out, const void *data, size_t size, uint64_t offset,
		 struct error *err);

/* Sets the size of the file; bytes that were not written become zeros. */
bool dump_out_resize(struct dump_out *out, uint64_t size, struct error *err);

bool dump_out_fail(const struct dump_out *out, int error, struct error *err);

/* Notes in the form of an ELF core's segment. */
struct notes_out {
	uint8_t *data; /* owned: free() it */
	size_t size;
	size_t vmcoreinfo_at; /* where its text begins; its size is the machine's */
};
bool notes_out_make(struct notes_out *notes, const struct machine_out *machine, struct error *err);

/* False, with an error, if the work is to end. */
bool dump_out_progress(const struct dump_out *out, uint64_t done, uint64_t total,
		       struct error *err);
