/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Writes a dump to a descriptor. Parts of the dump may be written in any order, and all CPUs are
 * used. */
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

/* A part of a frame that is not completely memory, or not completely known. For example, memory may
 * end at 0x9fc00. The bytes [start, end) of the frame are memory and are known. The bytes [end,
 * known_end) are memory, but are not known. Ends are exclusive. */
struct frame_part {
	uint64_t pfn;
	uint16_t start, end, known_end;
};

struct memory_out {
	/* The following sets contain frames below nr_frames (frame_set.h). They are borrowed. */
	const uint64_t *kept; /* the frames to write */
	/* All frames that are memory; if they are not in `kept`, they are marked as left out. */
	const uint64_t *known;
	const uint64_t *zero; /* the kept frames that are known to be zeros; NULL: none is known */
	uint64_t nr_frames; /* the highest frame number, plus 1 */
	/* The number of known frames that are truncated or damaged. Frames whose damage is found
	 * only when they are read are not counted. */
	uint64_t nr_lost;
	const struct frame_part *parts; /* borrowed; sorted by pfn and start */
	size_t nr_parts;
	/* Creates a reader of the memory for one thread. Returns NULL if memory runs out. */
	void *(*reader_create)(const void *arg);
	void (*reader_destroy)(void *reader);
	/* Reads a frame. Bytes that are not known become zeros. Returns false if the frame is
	 * damaged. Such a frame counts as not kept. */
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
enum { UTS_NAME_SIZE = 65 }; /* __NEW_UTS_LEN + 1 in include/uapi/linux/utsname.h */

/* What the headers and notes of the dump contain. All members are borrowed. */
struct machine_out {
	uint16_t machine; /* EM_* */
	uint64_t page_size; /* the page size of the dumped kernel, in bytes */
	bool wide; /* physical addresses may have more than 32 bits */
	struct bytes vmcoreinfo; /* the text of the note VMCOREINFO */
	/* The note about pages with cleared bytes (dump/parts.h). If its size is 0, no note is
	 * written. */
	struct bytes parts;
	/* A note is written for each element, in the order of CPUs. */
	const struct registers *stopped;
	size_t nr_stopped;
	const struct cpu_state *cpus; /* a note in QEMU's format is written for each CPU */
	size_t nr_cpus;
	bool has_direct_map;
	/* The virtual address to which the direct map maps physical address 0. */
	uint64_t page_offset;
	/* The last physical address in the direct map, plus 1. 0: all memory is in the direct
	 * map. */
	uint64_t direct_end;
	/* The virtual addresses of the kernel's image, [image_vaddr, image_end), to which the image
	 * is mapped a second time, using phys_base. Both are 0 if they are unknown. */
	uint64_t image_vaddr, image_end;
	uint64_t image_paddr; /* the physical address of image_vaddr */
	/* The physical address of the kernel's page table, which is part of the image. */
	uint64_t root_paddr;
	bool needs_phys_base; /* other tools read the image using phys_base */
	bool has_phys_base;
	uint64_t phys_base;
	/* The members of struct new_utsname. No name may be empty, because libkdumpfile does not
	 * accept an empty name. */
	char names[NR_UTS_NAMES][UTS_NAME_SIZE];
	uint64_t time; /* the time of the crash in seconds since 1970; 0: unknown */
};

struct dump_out {
	int fd; /* borrowed; an empty file */
	const char *path; /* for messages */
	const struct memory_out *memory;
	const struct machine_out *machine;
	enum codec codec; /* only for formats that compress */
	unsigned int nr_threads; /* 0 means only the caller's thread */
	/* Called often. `done` and `total` are numbers of frames. If it returns false, the work
	 * ends. */
	bool (*progress)(void *arg, uint64_t done, uint64_t total);
	void *arg;
	/* The following members are results. */
	uint64_t nr_pages; /* the number of frames that were written, including frames of zeros */
	uint64_t nr_zero; /* the number of frames of zeros */
	uint64_t nr_lost; /* the number of frames that are missing because they cannot be read */
	uint64_t size; /* the size of the file in bytes */
};

/* Returns the number of bytes of memory in the frames that were written. */
static inline uint64_t dump_out_memory(const struct dump_out *out)
{
	return out->nr_pages << PAGE_SHIFT;
}

struct out_format {
	const char *name; /* the name that `info` shows */
	bool compresses;
	/* Writes the whole dump. Returns false on failure. */
	bool (*make)(struct dump_out *out, struct error *err);
};

extern const struct out_format out_format_elf, out_format_kdump;

/* Writes the dump. Fails if the file system has too little space for it. If the function fails, the
 * file is incomplete. */
bool dump_out_write(struct dump_out *out, const struct out_format *format, struct error *err);

/* --- functions that formats call --- */

/* Writes size bytes at the offset in the file. */
bool dump_out_at(const struct dump_out *out, const void *data, size_t size, uint64_t offset,
		 struct error *err);

/* Sets the size of the file in bytes. Bytes that were never written become zeros. */
bool dump_out_resize(struct dump_out *out, uint64_t size, struct error *err);

bool dump_out_fail(const struct dump_out *out, int error, struct error *err);

/* The notes of a dump, in the form of a PT_NOTE segment of an ELF core. */
struct notes_out {
	uint8_t *data; /* owned; the owner must call free() */
	size_t size;
	/* The offset in data of the text of VMCOREINFO. The size of the text is in struct
	 * machine_out. */
	size_t vmcoreinfo_at;
};
bool notes_out_make(struct notes_out *notes, const struct machine_out *machine, struct error *err);

/* Reports progress. If it returns false, the caller must end the work; *err is set. */
bool dump_out_progress(const struct dump_out *out, uint64_t done, uint64_t total,
		       struct error *err);
