/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A dump that is being written: to a descriptor, in any order, using all CPUs. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/page.h"
#include "dump/codec.h"

struct cpu_state;
struct registers;

/* --- the memory: which frames, and how to read them --- */

/* A frame that is only partly in the dump, for example because memory ends at 0x9fc00. Ends are
 * exclusive: bytes [start, end) of the frame are memory and known, bytes [end, known_end) are
 * memory but not known. */
struct frame_part {
	uint64_t pfn;
	uint16_t start, end, known_end;
};

struct memory_out {
	/* All sets are borrowed, and contain frames below nr_frames (frame_set.h). */
	const uint64_t *kept; /* frames to write */
	const uint64_t *known; /* frames of RAM; those not in kept are marked as left out */
	const uint64_t *zero; /* kept frames that are known to be zeros; NULL: no frame is known */
	uint64_t nr_frames; /* the last frame, plus 1 */
	/* Known frames that are cut off or damaged, as found without reading all. */
	uint64_t nr_lost;
	const struct frame_part *parts; /* borrowed; sorted by pfn and start */
	size_t nr_parts;
	/* Creates a reader for a thread; NULL: out of memory. */
	void *(*reader_create)(const void *arg);
	void (*reader_destroy)(void *reader);
	/* Fills page with the frame's bytes; unknown parts become zeros. False: the frame cannot be
	 * read (damaged), and counts as not kept. */
	bool (*read)(void *reader, uint64_t pfn, uint8_t page[PAGE_BYTES]);
	const void *arg; /* borrowed */
};

/* --- other content --- */

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

/* The content of headers and notes of the dump. All members are borrowed. */
struct machine_out {
	uint16_t machine; /* EM_* */
	uint64_t page_size; /* page size of the dumped kernel */
	bool wide; /* physical addresses may have more than 32 bits */
	struct bytes vmcoreinfo; /* text of the note */
	/* The note for pages that were cleared in part: see dump/parts.h; size 0: there is no
	 * note. */
	struct bytes parts;
	const struct registers *stopped; /* one note for each, in the order of the CPUs */
	size_t nr_stopped;
	const struct cpu_state *cpus; /* notes of QEMU for each CPU */
	size_t nr_cpus;
	bool has_direct_map;
	uint64_t page_offset; /* where physical address 0 is mapped */
	/* Last directly mapped physical address, plus 1; 0: all memory is mapped. */
	uint64_t direct_end;
	/* x86-64 maps the kernel's image a second time, with phys_base: addresses from image_vaddr
	 * to image_end, the end exclusive; 0: unknown. */
	uint64_t image_vaddr, image_end;
	uint64_t image_paddr; /* physical address of image_vaddr */
	/* Physical address of the kernel's page table, which is in the image. */
	uint64_t root_paddr;
	bool has_phys_base;
	uint64_t phys_base;
	/* struct new_utsname: no name is empty, as libkdumpfile rejects empty names. */
	char names[NR_UTS_NAMES][UTS_NAME_SIZE];
	uint64_t time; /* time of the crash, seconds since 1970; 0: unknown */
};

struct dump_out {
	int fd; /* of a file that is empty */
	const char *path; /* for messages */
	const struct memory_out *memory;
	const struct machine_out *machine;
	enum codec codec; /* for formats that compress */
	unsigned int nr_threads; /* 0: the caller's thread alone */
	/* Called often: done frames of total were written. False ends the work. */
	bool (*progress)(void *arg, uint64_t done, uint64_t total);
	void *arg;
	/* Results: */
	uint64_t nr_pages; /* number of frames written, including frames of zeros */
	uint64_t nr_zero; /* number of frames of zeros */
	uint64_t nr_lost; /* number of frames that could not be read, and so were left out */
	uint64_t size; /* size of the file in bytes */
};

/* Bytes of memory in these frames. */
static inline uint64_t dump_out_memory(const struct dump_out *out)
{
	return out->nr_pages << PAGE_SHIFT;
}

struct out_format {
	const char *name; /* name in answers of info */
	bool compresses;
	/* Writes the whole dump. */
	bool (*make)(struct dump_out *out, struct error *err);
};

extern const struct out_format out_format_elf, out_format_kdump;

/* Writes the dump if the file system has room for it. On failure the file is incomplete. */
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
	/* Offset of the VMCOREINFO text, whose size is in struct machine_out. */
	size_t vmcoreinfo_at;
};
bool notes_out_make(struct notes_out *notes, const struct machine_out *machine, struct error *err);

/* False, with an error: the caller ends the work. */
bool dump_out_progress(const struct dump_out *out, uint64_t done, uint64_t total,
		       struct error *err);
