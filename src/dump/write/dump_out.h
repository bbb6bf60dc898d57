/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A dump that is being written to a descriptor, in any order, using all CPUs. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/page.h"
#include "dump/codec.h"

struct cpu_state;
struct registers;

/* --- the memory: the frames, and how to read them --- */

/* A part of a frame that is not completely memory, or not completely known, for example because
 * memory ends at 0x9fc00. Ends are exclusive. Bytes [start, end) of the frame are memory and known.
 * Bytes [end, known_end) are memory, but not known. */
struct frame_part {
	uint64_t pfn;
	uint16_t start, end, known_end;
};

struct memory_out {
	/* Sets of frames below nr_frames (frame_set.h). All are borrowed. */
	const uint64_t *kept; /* frames to write */
	const uint64_t *known; /* frames of RAM; if not in kept, they are marked as left out */
	const uint64_t *zero; /* kept frames that are known to be zeros; NULL if none is known */
	uint64_t nr_frames; /* the last frame number, plus 1 */
	/* The number of known frames that are truncated or damaged, as far as this was found
	 * without reading all frames. */
	uint64_t nr_lost;
	const struct frame_part *parts; /* borrowed; sorted by pfn and start */
	size_t nr_parts;
	/* Creates a reader for a thread. Returns NULL if memory runs out. */
	void *(*reader_create)(const void *arg);
	void (*reader_destroy)(void *reader);
	/* Fills page with the frame's bytes. Unknown bytes become zeros. Returns false if the frame
	 * cannot be read (damaged); such a frame is regarded as not kept. */
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

/* The content of the dump's headers and notes. All members are borrowed. */
struct machine_out {
	uint16_t machine; /* EM_* */
	uint64_t page_size; /* page size of the dumped kernel */
	bool wide; /* physical addresses may have more than 32 bits */
	struct bytes vmcoreinfo; /* the text of the note */
	/* The note about pages of which some bytes were cleared (dump/parts.h). Its size is 0 if
	 * there is no note. */
	struct bytes parts;
	const struct registers *stopped; /* a note is written for each, in the order of CPUs */
	size_t nr_stopped;
	const struct cpu_state *cpus; /* a note of QEMU is written for each CPU */
	size_t nr_cpus;
	bool has_direct_map;
	uint64_t page_offset; /* the virtual address at which physical address 0 is mapped */
	/* The last directly mapped physical address, plus 1, or 0 if all memory is mapped. */
	uint64_t direct_end;
	/* x86-64 maps the kernel's image a second time, using phys_base: the virtual addresses
	 * [image_vaddr, image_end). The values are 0 if unknown. */
	uint64_t image_vaddr, image_end;
	uint64_t image_paddr; /* the physical address of image_vaddr */
	/* The physical address of the kernel's page table, which is in the image. */
	uint64_t root_paddr;
	bool has_phys_base;
	uint64_t phys_base;
	/* The members of struct new_utsname. No name may be empty, because libkdumpfile rejects
	 * empty names. */
	char names[NR_UTS_NAMES][UTS_NAME_SIZE];
	uint64_t time; /* time of the crash, in seconds since 1970; 0: unknown */
};

struct dump_out {
	int fd; /* borrowed; an empty file */
	const char *path; /* for messages */
	const struct memory_out *memory;
	const struct machine_out *machine;
	enum codec codec; /* used by formats that compress */
	unsigned int nr_threads; /* 0: only the caller's thread */
	/* Called often. done and total are numbers of frames. Returns false to end the work. */
	bool (*progress)(void *arg, uint64_t done, uint64_t total);
	void *arg;
	/* The results: */
	uint64_t nr_pages; /* number of frames written, including frames of zeros */
	uint64_t nr_zero; /* number of frames of zeros */
	uint64_t nr_lost; /* number of frames left out because they cannot be read */
	uint64_t size; /* size of the file in bytes */
};

/* The number of bytes of memory in the frames that were written. */
static inline uint64_t dump_out_memory(const struct dump_out *out)
{
	return out->nr_pages << PAGE_SHIFT;
}

struct out_format {
	const char *name; /* the name that info shows */
	bool compresses;
	/* Writes the whole dump. */
	bool (*make)(struct dump_out *out, struct error *err);
};

extern const struct out_format out_format_elf, out_format_kdump;

/* Writes the dump, if the file system has enough room for it. On failure the file is incomplete. */
bool dump_out_write(struct dump_out *out, const struct out_format *format, struct error *err);

/* --- functions for formats --- */

/* Writes size bytes at offset. */
bool dump_out_at(const struct dump_out *out, const void *data, size_t size, uint64_t offset,
		 struct error *err);

/* Sets the size of the file in bytes. Bytes that were not written become zeros. */
bool dump_out_resize(struct dump_out *out, uint64_t size, struct error *err);

bool dump_out_fail(const struct dump_out *out, int error, struct error *err);

/* Notes in the form that a PT_NOTE segment of an ELF core has. */
struct notes_out {
	uint8_t *data; /* owned; freed using free() */
	size_t size;
	/* The offset of the VMCOREINFO text in data. The size of the text is in struct
	 * machine_out. */
	size_t vmcoreinfo_at;
};
bool notes_out_make(struct notes_out *notes, const struct machine_out *machine, struct error *err);

/* Reports progress. If it returns false, with an error, the caller must end the work. */
bool dump_out_progress(const struct dump_out *out, uint64_t done, uint64_t total,
		       struct error *err);
