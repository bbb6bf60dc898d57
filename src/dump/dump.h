/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Physical memory by address. A dump is a sequence of extents. An extent is a range of physical
 * addresses that have one state, with their bytes if the state is PAGE_PRESENT. */
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

/* The names "present", "zero" and so on. Scripts depend on them. */
extern const char *const page_state_names[NR_PAGE_STATES];

/* Keys that extract adds to VMCOREINFO. The value of the first is the level of extract. The value
 * of the second is 1 if memory was already missing in the dump that extract read. */
#define EXTRACT_KEY "KWALK_EXTRACT"
#define EXTRACT_LACKED_KEY "KWALK_LACKED_BEFORE"
/* The value is 1 if extract replaced names and texts. */
#define EXTRACT_SCRUBBED_KEY "KWALK_SCRUBBED"

/* The levels of extract and their names. A level is the set of parts that extract copies. */
// clang-format off
#define FOR_EACH_KEEP_LEVEL(X) \
	X(KEEP_TABLES, "tables") /* page tables, and data needed for facts, tasks and mappings */ \
	X(KEEP_FRAMES, "frames") /* KEEP_TABLES, and all struct pages, sections, nodes, zones */ \
	X(KEEP_PROCESS, "process") /* KEEP_TABLES, and the memory of some processes */ \
	X(KEEP_KERNEL, "kernel") /* KEEP_FRAMES, and all memory of the kernel itself */ \
	X(KEEP_ALL, "all")
// clang-format on

enum keep_level {
	KEEP_NONE, /* not written by extract */
#define KEEP_LEVEL(ID, NAME) ID,
	FOR_EACH_KEEP_LEVEL(KEEP_LEVEL)
#undef KEEP_LEVEL
		KEEP_UNKNOWN, /* written by extract, at a level of a later version of kwalk */
	NR_KEEP_LEVELS
};
extern const char *const keep_level_names[NR_KEEP_LEVELS]; /* NULL for KEEP_NONE */

/* Returns the level whose name is the first length bytes of name, or KEEP_UNKNOWN. */
enum keep_level keep_level_find(const char *name, size_t length);

/* The number of bytes in each state, and the first address in each state. */
struct dump_survey {
	uint64_t bytes[NR_PAGE_STATES];
	uint64_t first[NR_PAGE_STATES]; /* physical addresses; valid if has_first */
	bool has_first[NR_PAGE_STATES];
};

/* Called for each property of the file. For example, the fact "compression" has the value
 * "zlib". */
typedef void dump_visit(void *arg, const char *fact, const char *value);

struct dump_format {
	const char *name;
	size_t private_size; /* size in bytes of dump->private, which is zeroed before open() */
	bool copies; /* data of an extent is valid only until the next dump_find() */
	bool takes_parts; /* several files may be one dump */
	bool takes_memory; /* the memory may be in a second file, which has no format */
	bool running; /* memory of the running machine: it changes during reading */
	bool only_memory; /* there are no notes; VMCOREINFO is searched in memory */
	bool none; /* there is no dump, and no memory at all */
	/* Does the source have this format? NULL if the format cannot be recognised by content. */
	bool (*probe)(const struct source *source);
	/* Fills *dump from its sources. close() is called also if open() fails. */
	bool (*open)(struct dump *dump, struct error *err);
	/* Frees the memory that dump->private owns. NULL if private owns no memory. */
	void (*close)(struct dump *dump);
	/* Finds the largest known extent that contains paddr; cannot fail. If the extent is present
	 * but its file is not mapped, data is NULL, and the bytes are at extent_offset(). */
	void (*find)(struct dump *dump, uint64_t paddr, struct extent *extent);
	/* Like find(), but unpacks nothing: pages that would fail to unpack count as present.
	 * Callers ignore data. NULL if find() unpacks nothing. */
	void (*peek)(struct dump *dump, uint64_t paddr, struct extent *extent);
	/* reader_start() is called for a copy of private, and copies the data that find() changes.
	 * reader_end() frees that data. NULL if find() changes no data to which private points. */
	void (*reader_start)(void *private);
	void (*reader_end)(void *private);
	/* Counts the bytes in each state. If NULL, dump_survey() visits all extents. */
	void (*survey)(struct dump *dump, struct dump_survey *survey);
	/* Visits the properties of the file. May be NULL. */
	void (*describe)(struct dump *dump, dump_visit *visit, void *arg);
	/* Called for all bytes that dump_read() and dump_load() read outside of searches, but not
	 * for bytes that callers get from dump_find(). Only for formats with `copies` that do not
	 * use dump_unpack(). May be NULL. */
	void (*note_read)(struct dump *dump, uint64_t paddr, size_t size);
};

/* A linear mapping that the writer of the dump recorded (ELF p_vaddr). */
struct dump_mapping {
	uint64_t vaddr, paddr, size;
};

/* An extent with data, in a form in which dump_load() needs only one comparison. */
struct recent_extent {
	uint64_t first;
	uint64_t nr_starts; /* 8 bytes can be read at first and at the next nr_starts - 1 addresses */
	const uint8_t *data; /* bytes at first */
};

enum { NR_RECENT_EXTENTS = 64 };

/* Another file of a dump that is split over several files. */
struct dump_part {
	struct file file; /* owned */
	struct source source;
};

struct dump {
	struct file file; /* owned */
	struct source source; /* bytes of the file */
	struct dump_part *more; /* owned; other files in the order of the command line */
	size_t nr_more;
	uint64_t *bases; /* owned; raw images: physical address of each file's start */
	bool guessed; /* opened as a raw image because no format was recognised */
	bool unmapped; /* true if one of the files is too large to be mapped */
	const struct dump_format *format;
	char format_name[48]; /* for example "flattened ELF" */
	void *private; /* owned; private data of the format */
	uint16_t machine; /* EM_*; EM_NONE if unknown */
	struct bytes vmcoreinfo; /* text without a final NUL; borrowed from file */
	struct cpu_state *cpus; /* owned; nr_cpus elements, or NULL */
	size_t nr_cpus;
	struct registers *stopped; /* owned; from NT_PRSTATUS notes, in the order of the file */
	size_t nr_stopped;
	struct dump_mapping *mappings; /* owned; in the order of the file */
	size_t nr_mappings;
	/* The number of running searches. Their reads are not reported to note_read(). */
	unsigned int nr_searches;
	enum keep_level extract; /* the level, if extract wrote the dump */
	bool scrubbed; /* "extract --scrub" wrote the dump: names are pseudonyms */
	bool lacked_before; /* the dump that extract read already lacked memory */
	uint64_t phys_base; /* recorded by the writer of the dump; valid if has_phys_base */
	bool has_phys_base;
	char warning[256]; /* damage of the file, or "" */
	struct listener *listener; /* borrowed; may be NULL */
	struct recent_extent recent[NR_RECENT_EXTENTS]; /* slots of dump_recent() */
	struct page_cache *pages; /* owned; NULL if dump_extents_last() is true */
	/* The cache that dump_load() may use. If NULL, dump_load() must call dump_find(). */
	struct page_cache *loads;
	struct inflater *inflater;
	struct parts *parts; /* owned; NULL if each page is known completely or not at all */
};

void dump_close(struct dump *dump); /* NULL is fine */

/* Creates a second reader of the same memory, for another thread. The reader can be used while dump
 * is open, and has no listener. Returns NULL if memory runs out. */
struct dump *dump_reader_create(const struct dump *dump);
void dump_reader_destroy(struct dump *reader); /* NULL is fine */

/* A page of zeros, which formats return for all frames of zeros. */
extern const uint8_t dump_zero_page[CACHE_PAGE_SIZE];

/* Returns a file of the dump by its number. Number 1 is dump->file. The others follow in the order
 * of the command line. */
static inline const struct file *dump_file(const struct dump *dump, unsigned int number)
{
	return number == 1 ? &dump->file : &dump->more[number - 2].file;
}

/* Is the data of extents valid until the dump is closed? True if the format does not copy data, and
 * all files are mapped. Otherwise data is valid until the next dump_find(). */
static inline bool dump_extents_last(const struct dump *dump)
{
	return !dump->pages;
}

/* Finds an extent that contains paddr, with data if the extent is present. */
void dump_find(struct dump *dump, uint64_t paddr, struct extent *extent);

/* Like dump_find(), but reads nothing from files that are not mapped: for these, data is NULL, and
 * the extent is not cut to a page. Used by callers that need only the state, or that read using
 * dump_reread(). */
void dump_find_run(struct dump *dump, uint64_t paddr, struct extent *extent);

/* Like dump_find(), but fast: unpacks nothing, and pages that would fail to unpack count as
 * present. data is NULL if it would have to be unpacked. */
void dump_peek(struct dump *dump, uint64_t paddr, struct extent *extent);

/* The number of bytes from paddr to the end of the hole that contains paddr in a sparse file, but
 * at most size. All size bytes must be in the extent. Returns 0 if paddr is not in a hole. */
uint64_t dump_hole(const struct dump *dump, const struct extent *extent, uint64_t paddr,
		   uint64_t size);
/* The number of bytes from paddr to the next hole, but at most size. paddr must not be in a
 * hole. */
uint64_t dump_data(const struct dump *dump, const struct extent *extent, uint64_t paddr,
		   uint64_t size);

/* Did extract leave memory out of this dump? */
static inline bool dump_is_reduced(const struct dump *dump)
{
	return dump->extract != KEEP_NONE && dump->extract != KEEP_ALL;
}

/* Like page_state_names, but for people. Pages that extract left out have another text. */
const char *dump_state_text(const struct dump *dump, enum page_state state);

/* Finds out whether extract wrote the dump. Must be called when VMCOREINFO is known. */
void dump_find_extract(struct dump *dump);

/* Reads size bytes at paddr from the file instead of from its mapping. All bytes must be in the
 * extent. For large sizes this is faster, and leaves no pages of the mapping in memory. Returns
 * false if the file does not have the bytes in plain form, or if they cannot be read. */
bool dump_reread(const struct dump *dump, const struct extent *extent, uint64_t paddr, void *buffer,
		 size_t size);

/* Copies size bytes. Returns PAGE_PRESENT if all bytes could be read, including pages of zeros.
 * Otherwise returns the state of the first byte that could not be read. */
enum page_state dump_read(struct dump *dump, uint64_t paddr, void *buffer, size_t size);

/* The worst state of any byte in the range. Each state is worse than the states before it in the
 * enum. size must not be 0. */
enum page_state dump_range_state(struct dump *dump, uint64_t paddr, uint64_t size);

/* Counts the bytes of memory in each state. Unpacks nothing, so pages that would fail to unpack
 * count as present. */
void dump_survey(struct dump *dump, struct dump_survey *survey);

/* Used by formats: counts size bytes from paddr on. Calls must be in the order of paddr. */
void dump_survey_add(struct dump_survey *survey, enum page_state state, uint64_t paddr,
		     uint64_t size);

/* The bytes of a page in a file, possibly compressed. */
enum { PACKED_MOST = 1 << 16 };
struct packed_page {
	const struct source *source; /* borrowed */
	uint64_t offset, size; /* size: at most CACHE_PAGE_SIZE bytes, or PACKED_MOST */
	enum codec codec;
};

/* Used by formats: unpacks these bytes to the page of pfn in dump->pages. Returns PAGE_PRESENT and
 * sets *data to the page; or PAGE_TRUNCATED if the file ends before the bytes; or PAGE_DAMAGED. */
enum page_state dump_unpack(struct dump *dump, uint64_t pfn, const struct packed_page *packed,
			    const uint8_t **data);

/* Like dump_unpack(), for up to PACKED_MOST bytes. Unpacks to a buffer of size bytes. */
enum page_state dump_unpack_to(struct dump *dump, const struct packed_page *packed, void *to,
			       size_t size);

/* Used by formats: reads the note about pages of which the dump has only parts (parts.h). A damaged
 * note causes a warning. */
void dump_set_parts(struct dump *dump, struct bytes note);

/* Used by formats: fails with ERROR_FORMAT, and a message that begins with "FILE: ". */
#define dump_fail(dump, err, format, ...)                                                          \
	fail(err, ERROR_FORMAT, "%s: " format, (dump)->file.path, ##__VA_ARGS__)

/* Used by formats. dump_warn() adds a damage of the file to dump->warning. dump_trouble() reports
 * the place of the damage to the listener. */
void dump_warn(struct dump *dump, const char *format, ...) __attribute__((format(printf, 2, 3)));
#define dump_trouble(dump, ...) listener_trouble((dump)->listener, (dump)->file.path, __VA_ARGS__)

/* The highest physical address whose state is not PAGE_ABSENT, or 0 if there is no such address. */
uint64_t dump_last_paddr(struct dump *dump);

/* The slow path of dump_load(). */
enum page_state dump_load_slow(struct dump *dump, uint64_t paddr, size_t size, uint64_t *value);

/* The slot for the extent of paddr. Each 16 MiB use another slot, so that the extents of page
 * tables before and after a hole do not evict each other. */
static inline struct recent_extent *dump_recent(struct dump *dump, uint64_t paddr)
{
	return &dump->recent[(paddr >> 24 ^ paddr >> 30) & (NR_RECENT_EXTENTS - 1)];
}

/* Loads a little-endian number of 4 or 8 bytes. Inline because page-table walks need it. */
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

/* Prefetches the bytes that dump_load() would load, if they are in a recent extent. */
static inline void dump_prefetch(struct dump *dump, uint64_t paddr)
{
	const struct recent_extent *recent = dump_recent(dump, paddr);
	uint64_t offset = paddr - recent->first;

	if (offset < recent->nr_starts)
		__builtin_prefetch(recent->data + offset);
}
