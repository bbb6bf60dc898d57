/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Physical memory by address. A dump is a sequence of extents: ranges of physical
 * addresses in one state, with their bytes if present. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/file.h"
#include "base/listener.h"
#include "dump/extents.h"
#include "dump/codec.h"
#include "dump/source.h"
#include "dump/page_cache.h"

struct cpu_state;
struct dump;
struct parts;
struct registers;

/* "present", "zero", ... Scripts rely on them. */
extern const char *const page_state_names[NR_PAGE_STATES];

/* The keys that extract adds to VMCOREINFO: its level, and 1 where the dump before lacked
 * memory already. */
#define EXTRACT_KEY "KWALK_EXTRACT"
#define EXTRACT_LACKED_KEY "KWALK_LACKED_BEFORE"
/* 1 where names and texts were replaced. */
#define EXTRACT_SCRUBBED_KEY "KWALK_SCRUBBED"

/* The levels of extract, and their names: the parts of a dump that it hands on. */
// clang-format off
#define FOR_EACH_KEEP_LEVEL(X) \
	X(KEEP_TABLES, "tables") /* page tables, and data that facts, tasks and mappings rest on */ \
	X(KEEP_FRAMES, "frames") /* and all struct pages, sections, nodes, zones */ \
	X(KEEP_PROCESS, "process") /* KEEP_TABLES and the memory of some processes */ \
	X(KEEP_KERNEL, "kernel") /* KEEP_FRAMES and all of the kernel's own memory */ \
	X(KEEP_ALL, "all")
// clang-format on

enum keep_level {
	KEEP_NONE, /* extract did not write the dump */
#define KEEP_LEVEL(ID, NAME) ID,
	FOR_EACH_KEEP_LEVEL(KEEP_LEVEL)
#undef KEEP_LEVEL
		KEEP_UNKNOWN, /* it did, at a level that this kwalk does not know */
	NR_KEEP_LEVELS
};
extern const char *const keep_level_names[NR_KEEP_LEVELS]; /* NULL: KEEP_NONE */

/* By the first length bytes of a name. */
enum keep_level keep_level_find(const char *name, size_t length);

/* How much memory is in each state, and the first address in it. */
struct dump_survey {
	uint64_t bytes[NR_PAGE_STATES];
	uint64_t first[NR_PAGE_STATES]; /* physical; valid if has_first */
	bool has_first[NR_PAGE_STATES];
};

/* Called for each property of the file: "compression", "zlib". */
typedef void dump_visit(void *arg, const char *fact, const char *value);

struct dump_format {
	const char *name;
	size_t private_size; /* of dump->private, which is zeroed before open() */
	bool copies; /* an extent's data lasts until the next dump_find() only, from whatever file */
	bool takes_parts; /* several files may be one dump */
	bool takes_memory; /* its memory may be in a second file, of no format */
	bool running; /* the machine runs: its memory changes while it is read */
	bool only_memory; /* has no notes: VMCOREINFO is searched in memory */
	/* NULL: cannot be recognised by content. */
	bool (*probe)(const struct source *source);
	/* Fills dump from its sources. On failure close() is called. */
	bool (*open)(struct dump *dump, struct error *err);
	/* Releases what dump->private owns; NULL: nothing. */
	void (*close)(struct dump *dump);
	/* The largest known extent that holds paddr; cannot fail. Where it is present and
	 * data is NULL, as its file is not mapped, extent_offset() is where its bytes are. */
	void (*find)(struct dump *dump, uint64_t paddr, struct extent *extent);
	/* The same without unpacking anything: pages that would fail to unpack count as present;
	 * data does not matter. NULL: find() unpacks nothing. */
	void (*peek)(struct dump *dump, uint64_t paddr, struct extent *extent);
	/* For a copy of private: gives it its own copies of the data that find() changes; the
	 * second function frees them. NULL: find() changes no data that private points to. */
	void (*reader_start)(void *private);
	void (*reader_end)(void *private);
	/* NULL: dump_survey() visits all extents. */
	void (*survey)(struct dump *dump, struct dump_survey *survey);
	/* May be NULL. */
	void (*describe)(struct dump *dump, dump_visit *visit, void *arg);
	/* Called for all bytes that dump_read() and dump_load() read, not for bytes from
	 * dump_find(); only with copies, without dump_unpack(), and not in searches. May be
	 * NULL. */
	void (*note_read)(struct dump *dump, uint64_t paddr, size_t size);
};

/* A linear mapping according to the dump's writer (ELF p_vaddr). */
struct dump_mapping {
	uint64_t vaddr, paddr, size;
};

/* An extent with data, in a form that dump_load() can test by one comparison. */
struct recent_extent {
	uint64_t first;
	uint64_t nr_starts; /* 8 bytes can be read at [first, first + nr_starts) */
	const uint8_t *data; /* at first */
};

enum { NR_RECENT_EXTENTS = 64 };

/* A further file of a dump that is split over several. */
struct dump_part {
	struct file file; /* owned */
	struct source source;
};

struct dump {
	struct file file; /* owned */
	struct source source; /* its bytes */
	struct dump_part *more; /* owned; the other files, in the order given */
	size_t nr_more;
	uint64_t *bases; /* owned; raw images: physical address of each file's start */
	bool guessed; /* opened as a raw image, as its format is unknown */
	bool unmapped; /* one of the files is too large to be mapped */
	const struct dump_format *format;
	char format_name[48]; /* "flattened ELF" */
	void *private; /* owned; the format's own */
	uint16_t machine; /* EM_386, EM_X86_64, or EM_NONE if the file does not say */
	struct bytes vmcoreinfo; /* text, not terminated; borrowed from file */
	struct cpu_state *cpus; /* owned; NULL if the file has none */
	size_t nr_cpus;
	struct registers *stopped; /* owned; from NT_PRSTATUS, in the file's order */
	size_t nr_stopped;
	struct dump_mapping *mappings; /* owned; in the file's order */
	size_t nr_mappings;
	unsigned int nr_searches; /* running searches: their reads are not noted (note_read()) */
	enum keep_level extract; /* that wrote it */
	bool scrubbed; /* by "extract --scrub": names are pseudonyms */
	bool lacked_before; /* that dump lacked memory that was left out of it */
	uint64_t phys_base; /* according to the dump's writer */
	bool has_phys_base;
	char warning[256]; /* the damage of the file; "": none */
	struct listener *listener; /* borrowed; NULL: none */
	struct recent_extent recent[NR_RECENT_EXTENTS]; /* by dump_recent() */
	struct page_cache *pages; /* owned; NULL: see dump_extents_last() */
	struct page_cache *loads; /* the same for dump_load(); NULL: only dump_find() knows */
	struct inflater *inflater;
	struct parts *parts; /* owned; NULL: all pages in the dump are whole */
};

void dump_close(struct dump *dump); /* NULL is fine */

/* A dump with the same memory for another thread, to be used while dump is open. It
 * has no listener. NULL: out of memory. */
struct dump *dump_reader_create(const struct dump *dump);
void dump_reader_destroy(struct dump *reader); /* NULL is fine */

/* A page for formats whose pages of zeros that many frames share. */
extern const uint8_t dump_zero_page[CACHE_PAGE_SIZE];

/* The dump's files by number: 1 is dump->file, others follow in the order given. */
static inline const struct file *dump_file(const struct dump *dump, unsigned int number)
{
	return number == 1 ? &dump->file : &dump->more[number - 2].file;
}

/* Do extents' data last as long as the dump? They are neither copied nor read from a file
 * that is not mapped then; else they last until the next dump_find(). */
static inline bool dump_extents_last(const struct dump *dump)
{
	return !dump->pages;
}

/* The extent that holds paddr, with its data if it is present. */
void dump_find(struct dump *dump, uint64_t paddr, struct extent *extent);

/* The same, but of a file that is not mapped nothing is read: data is NULL, and the extent is no
 * smaller than its state. For callers that want the state, or read with dump_reread(). */
void dump_find_run(struct dump *dump, uint64_t paddr, struct extent *extent);

/* The same in little time: nothing is unpacked, and pages that would fail to count as
 * present. data is NULL where it would have to be unpacked. */
void dump_peek(struct dump *dump, uint64_t paddr, struct extent *extent);

/* How many of the size bytes at paddr, which are of the extent, lie in a hole of a sparse
 * file from paddr on. */
uint64_t dump_hole(const struct dump *dump, const struct extent *extent, uint64_t paddr,
		   uint64_t size);
/* How many of them, the first of which lies in no hole, are before the next one. */
uint64_t dump_data(const struct dump *dump, const struct extent *extent, uint64_t paddr,
		   uint64_t size);

/* Did extract leave memory out of it? */
static inline bool dump_is_reduced(const struct dump *dump)
{
	return dump->extract != KEEP_NONE && dump->extract != KEEP_ALL;
}

/* As page_state_names, for people: also names pages that extract left out. */
const char *dump_state_text(const struct dump *dump, enum page_state state);

/* Finds out whether extract wrote it, once VMCOREINFO is known. */
void dump_find_extract(struct dump *dump);

/* Reads size bytes at paddr, which are in the extent, from the file instead of its mapping. For
 * much memory this is faster, and keeps nothing in memory. False: the bytes are not unchanged in
 * a file, or cannot be read. */
bool dump_reread(const struct dump *dump, const struct extent *extent, uint64_t paddr, void *buffer,
		 size_t size);

/* Copies size bytes. PAGE_PRESENT if all could be read, zero pages included, else
 * the state of the first byte that could not. */
enum page_state dump_read(struct dump *dump, uint64_t paddr, void *buffer, size_t size);

/* The worst state in the range, PAGE_PRESENT being best and the order as in the
 * enum. size must not be 0. */
enum page_state dump_range_state(struct dump *dump, uint64_t paddr, uint64_t size);

/* Nothing is inflated: pages that would fail to count as present. */
void dump_survey(struct dump *dump, struct dump_survey *survey);

/* For formats: counts size bytes from paddr on. Call it in the order of paddr. */
void dump_survey_add(struct dump_survey *survey, enum page_state state, uint64_t paddr,
		     uint64_t size);

/* A page's bytes in a file. */
struct packed_page {
	const struct source *source; /* borrowed */
	uint64_t offset, size; /* at most CACHE_PAGE_SIZE bytes */
	enum codec codec;
};

/* For formats: unpacks these bytes to the page of pfn in dump->pages. PAGE_PRESENT: *data is the
 * page; PAGE_TRUNCATED: the bytes are not in the file; or PAGE_DAMAGED. */
enum page_state dump_unpack(struct dump *dump, uint64_t pfn, const struct packed_page *packed,
			    const uint8_t **data);

/* For formats: which bytes of its pages a dump has (parts.h). A damaged note is a warning. */
void dump_set_parts(struct dump *dump, struct bytes note);

/* For formats: fails with ERROR_FORMAT and "FILE: ". */
#define dump_fail(dump, err, format, ...)                                                          \
	fail(err, ERROR_FORMAT, "%s: " format, (dump)->file.path, ##__VA_ARGS__)

/* For formats: adds a damage of the file to dump->warning; dump_trouble() reports its place to
 * the listener. */
void dump_warn(struct dump *dump, const char *format, ...) __attribute__((format(printf, 2, 3)));
#define dump_trouble(dump, ...) listener_trouble((dump)->listener, (dump)->file.path, __VA_ARGS__)

/* Highest physical address that is not PAGE_ABSENT; 0 if none. */
uint64_t dump_last_paddr(struct dump *dump);

/* Slow half of dump_load(). */
enum page_state dump_load_slow(struct dump *dump, uint64_t paddr, size_t size, uint64_t *value);

/* The slot for the extent of paddr: one for each 16 MiB, so that tables on both sides
 * of a hole do not evict each other. */
static inline struct recent_extent *dump_recent(struct dump *dump, uint64_t paddr)
{
	return &dump->recent[(paddr >> 24 ^ paddr >> 30) & (NR_RECENT_EXTENTS - 1)];
}

/* Loads a little-endian number of 4 or 8 bytes. Inline for page-table walks. */
static inline enum page_state dump_load(struct dump *dump, uint64_t paddr, size_t size,
					uint64_t *value)
{
	const struct recent_extent *recent = dump_recent(dump, paddr);
	uint64_t offset = paddr - recent->first;

	if (offset < recent->nr_starts) {
		const uint8_t *at = recent->data + offset;

		*value = size == 8 ? load_le64(at) : load_le32(at);
		return PAGE_PRESENT;
	}
	if (dump->loads) {
		const uint8_t *page = dump_cache_get(dump->loads, paddr >> CACHE_PAGE_SHIFT);

		offset = paddr & (CACHE_PAGE_SIZE - 1);
		if (page && offset <= CACHE_PAGE_SIZE - size) {
			*value = size == 8 ? load_le64(page + offset) : load_le32(page + offset);
			return PAGE_PRESENT;
		}
	}
	return dump_load_slow(dump, paddr, size, value);
}

/* Lets the CPU fetch the bytes that dump_load() would load, if they need no look-up. */
static inline void dump_prefetch(struct dump *dump, uint64_t paddr)
{
	const struct recent_extent *recent = dump_recent(dump, paddr);
	uint64_t offset = paddr - recent->first;

	if (offset < recent->nr_starts)
		__builtin_prefetch(recent->data + offset);
}
