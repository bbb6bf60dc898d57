/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Physical memory by address. A dump is a sequence of extents: ranges of
 * physical addresses in one state, with their bytes where they are there.
 * Adding a format: dump_NAME.c ending in "const struct dump_format
 * dump_format_NAME", its line in FOR_EACH_DUMP_FORMAT, its makefile line.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"
#include "base/listener.h"
#include "dump/page_cache.h"
#include "dump/source.h"

enum page_state {
	PAGE_PRESENT,
	PAGE_ZERO,      /* left out because it was all zero: reads as zeros */
	PAGE_FILTERED,  /* exists, but was left out of the dump */
	PAGE_ABSENT,    /* no such memory: device memory, or beyond the end */
	PAGE_TRUNCATED, /* the file ends before it */
	PAGE_DAMAGED,   /* its bytes are there but do not decode */
	NR_PAGE_STATES
};

/* Contract's words: "present", "zero", ... */
extern const char *const page_state_names[NR_PAGE_STATES];

/* What stands at [first, last] (both inclusive). */
struct extent {
	uint64_t first, last;
	const uint8_t *data; /* of first; NULL unless PAGE_PRESENT */
	enum page_state state;
};

struct dump;

/* Bytes of memory in each state; where the first of them are is told of states
 * that something is wrong in, by formats that look at each page. */
struct dump_survey {
	uint64_t bytes[NR_PAGE_STATES];
	uint64_t first[NR_PAGE_STATES];
	bool has_first[NR_PAGE_STATES];
};

/* One of the facts that the file tells of itself: "compression", "zlib". */
typedef void dump_visit(void *arg, const char *fact, const char *value);

struct dump_format {
	const char *name;
	bool takes_parts; /* several files may be one dump */
	bool takes_memory; /* a file of no known format may go with it */
	bool only_memory; /* has no place for notes: VMCOREINFO may be in the memory */
	/* NULL: the file's content does not tell, the user has to. */
	bool (*probe)(const struct source *source);
	/* Fills dump from its sources. On failure close() is called. */
	bool (*open)(struct dump *dump, struct error *err);
	void (*close)(struct dump *dump);
	/* The largest known extent that holds paddr; cannot fail. data stays
	 * valid until the dump is closed; of a format with a page cache, until
	 * the next dump_find(). */
	void (*find)(struct dump *dump, uint64_t paddr, struct extent *extent);
	/* NULL: all extents are gone through. */
	void (*survey)(struct dump *dump, struct dump_survey *survey);
	/* NULL: there is nothing to tell. */
	void (*describe)(struct dump *dump, dump_visit *visit, void *arg);
};

// clang-format off
#define FOR_EACH_DUMP_FORMAT(X) X(xen) X(elf) X(kdump) X(lime) X(avml) X(kcore) \
	X(devmem) X(qemu) X(vmware) X(lkcd) X(sadump) X(raw)
// clang-format on

#define DECLARE_DUMP_FORMAT(NAME) \
	extern const struct dump_format dump_format_##NAME;
FOR_EACH_DUMP_FORMAT(DECLARE_DUMP_FORMAT)
#undef DECLARE_DUMP_FORMAT

/* Control registers as the dump's writer saved them. */
struct cpu_state {
	uint64_t cr0, cr3, cr4, idt_base;
};

/* A range that the dump's writer says is mapped linearly (ELF p_vaddr). */
struct dump_mapping {
	uint64_t vaddr, paddr, size;
};

/* An extent with data, in the form that dump_load() tests by one comparison. */
struct recent_extent {
	uint64_t first;
	uint64_t nr_starts;  /* addresses from first on that 8 bytes can be read at */
	const uint8_t *data; /* of first */
};

enum { NR_RECENT_EXTENTS = 64 };

/* A further file of a dump that is split over several. */
struct dump_part {
	struct file file;     /* owned */
	struct source source;
};

struct dump {
	struct file file;     /* owned */
	struct source source; /* what the file holds */
	struct dump_part *more; /* owned; the other files, as given */
	size_t nr_more;
	uint64_t *bases; /* owned; address of each file's first byte, of raw images */
	bool guessed; /* to be one: nobody said so, and nothing in it does */
	const struct dump_format *format;
	char format_name[48]; /* "flattened ELF" */
	void *private;    /* the format's own */
	uint16_t machine; /* EM_386, EM_X86_64, EM_NONE where the file does not say */
	struct bytes vmcoreinfo; /* text, not terminated; borrowed from file */
	struct cpu_state *cpus;  /* owned; NULL where the file has none */
	size_t nr_cpus;
	struct dump_mapping *mappings; /* owned; in the file's order */
	size_t nr_mappings;
	uint64_t phys_base; /* as the dump's writer found it */
	bool has_phys_base;
	char warning[256]; /* what is wrong with the file, "" if nothing */
	struct listener *listener; /* borrowed; NULL: nobody listens */
	struct recent_extent recent[NR_RECENT_EXTENTS]; /* see dump_recent() */
	struct page_cache *pages; /* of a format whose extents do not last, which owns it */
};

/* Does the file begin like a dump? */
bool dump_probe(const struct file *file);

/* Does a file like this one go with another, of no known format? */
bool dump_probe_takes_memory(const struct file *file);

/* Takes over file, also on failure, where NULL is returned. */
struct dump *dump_open(struct file *file, struct error *err);
/* The same of all parts of a dump, at least one; the array stays the caller's,
 * and so does the listener, which is told of as long as the dump is open. */
struct dump *dump_open_parts(struct file *files, size_t nr,
			     struct listener *listener, struct error *err);
/* The same of files that are memory and nothing else, from bases[] on. */
struct dump *dump_open_raw(struct file *files, const uint64_t *bases, size_t nr,
			   struct listener *listener, struct error *err);
void dump_close(struct dump *dump); /* NULL is fine */

/* State and bounds of the memory around paddr. */
void dump_find(struct dump *dump, uint64_t paddr, struct extent *extent);

/* Copies size bytes. PAGE_PRESENT when all were read (zero pages included),
 * else the state of the first byte that could not be. */
enum page_state dump_read(struct dump *dump, uint64_t paddr, void *buffer,
			  size_t size);

/* The state of a whole range: the worst of its parts (PAGE_PRESENT is best,
 * then PAGE_ZERO, then in the order of the enum). size must not be 0. */
enum page_state dump_range_state(struct dump *dump, uint64_t paddr,
				 uint64_t size);

/* How much memory is in each state. Pages that would not inflate count as
 * present: nothing is inflated to find out. */
void dump_survey(struct dump *dump, struct dump_survey *survey);

/* For formats: counts size bytes from paddr on, called in the order of paddr. */
void dump_survey_add(struct dump_survey *survey, enum page_state state,
		     uint64_t paddr, uint64_t size);

/* For formats: adds to what is wrong with the file. Where that is, is said by
 * listener_trouble(). */
void dump_warn(struct dump *dump, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
#define dump_trouble(dump, ...) \
	listener_trouble((dump)->listener, (dump)->file.path, __VA_ARGS__)

/* Highest physical address that the dump describes, present or not; 0 if none. */
uint64_t dump_last_paddr(struct dump *dump);

/* Slow half of dump_load(). */
enum page_state dump_load_slow(struct dump *dump, uint64_t paddr, size_t size,
			       uint64_t *value);

/* Where the extent is remembered that holds paddr: a slot for each 16 MiB, so
 * that tables at both sides of a hole do not drive each other out. */
static inline struct recent_extent *dump_recent(struct dump *dump,
						uint64_t paddr)
{
	return &dump->recent[(paddr >> 24 ^ paddr >> 30) &
			     (NR_RECENT_EXTENTS - 1)];
}

/* Loads a little-endian number of 4 or 8 bytes: the page-table walk's one
 * access, so its common case is inline. */
static inline enum page_state dump_load(struct dump *dump, uint64_t paddr,
					size_t size, uint64_t *value)
{
	const struct recent_extent *recent = dump_recent(dump, paddr);
	uint64_t offset = paddr - recent->first;

	if (offset < recent->nr_starts) {
		const uint8_t *at = recent->data + offset;

		*value = size == 8 ? load_le64(at) : load_le32(at);
		return PAGE_PRESENT;
	}
	if (dump->pages) {
		const uint8_t *page =
			page_cache_get(dump->pages, paddr >> CACHE_PAGE_SHIFT);

		offset = paddr & (CACHE_PAGE_SIZE - 1);
		if (page && offset <= CACHE_PAGE_SIZE - size) {
			*value = size == 8 ? load_le64(page + offset) :
					     load_le32(page + offset);
			return PAGE_PRESENT;
		}
	}
	return dump_load_slow(dump, paddr, size, value);
}
