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

/* Names: "present", "zero", ... Scripts rely on them. */
extern const char *const page_state_names[NR_PAGE_STATES];

/* Keys that extract adds to VMCOREINFO: the level of extract, and 1 if memory was already missing
 * in the dump that extract read. */
#define EXTRACT_KEY "KWALK_EXTRACT"
#define EXTRACT_LACKED_KEY "KWALK_LACKED_BEFORE"
/* 1 if names and texts were replaced. */
#define EXTRACT_SCRUBBED_KEY "KWALK_SCRUBBED"

/* The levels of extract and their names. A level is the set of parts that extract copies. */
// clang-format off
#define FOR_EACH_KEEP_LEVEL(X) \
	X(KEEP_TABLES, "tables") /* page tables, and data that facts, tasks and mappings rest on */ \
	X(KEEP_FRAMES, "frames") /* and all struct pages, sections, nodes and zones */ \
	X(KEEP_PROCESS, "process") /* KEEP_TABLES, and the memory of some processes */ \
	X(KEEP_KERNEL, "kernel") /* KEEP_FRAMES, and all memory of the kernel itself */ \
	X(KEEP_ALL, "all")
// clang-format on

enum keep_level {
	KEEP_NONE, /* not written by extract */
#define KEEP_LEVEL(ID, NAME) ID,
	FOR_EACH_KEEP_LEVEL(KEEP_LEVEL)
#undef KEEP_LEVEL
		KEEP_UNKNOWN, /* written by extract, at a level that this kwalk does not know */
	NR_KEEP_LEVELS
};
extern const char *const keep_level_names[NR_KEEP_LEVELS]; /* NULL: KEEP_NONE */

/* The level whose name is the first length bytes of name. */
enum keep_level keep_level_find(const char *name, size_t length);

/* The number of bytes in each state, and the first address in each state. */
struct dump_survey {
	uint64_t bytes[NR_PAGE_STATES];
	uint64_t first[NR_PAGE_STATES]; /* physical addresses; valid if has_first */
	bool has_first[NR_PAGE_STATES];
};

/* Called for each property of the file, such as fact "compression", value "zlib". */
typedef void dump_visit(void *arg, const char *fact, const char *value);

struct dump_format {
	const char *name;
	size_t private_size; /* size of dump->private, which is zeroed before open() */
	bool copies; /* data of an extent is valid until the next dump_find() only, in every file */
	bool takes_parts; /* several files may be one dump */
	bool takes_memory; /* its memory may be in a second file, of no format */
	bool running; /* the machine runs: its memory changes while it is read */
	bool only_memory; /* has no notes: VMCOREINFO is searched in memory */
	bool none; /* there is no dump: no memory at all */
	/* NULL: cannot be recognised by content. */
	bool (*probe)(const struct source *source);
	/* Fills dump from its sources. close() is called on failure, too. */
	bool (*open)(struct dump *dump, struct error *err);
	/* Releases the memory that dump->private owns; NULL: it owns none. */
	void (*close)(struct dump *dump);
	/* Finds the largest known extent that holds paddr; cannot fail. If the extent is present
	 * and data is NULL, because its file is not mapped, its bytes are at extent_offset(). */
	void (*find)(struct dump *dump, uint64_t paddr, struct extent *extent);
	/* Like find(), without unpacking: pages that would fail to unpack count as present; data
	 * does not matter. NULL: find() unpacks nothing. */
	void (*peek)(struct dump *dump, uint64_t paddr, struct extent *extent);
	/* Called for a copy of private: copies the data that find() changes. reader_end() frees
	 * that data. NULL: find() changes no data that private points to. */
	void (*reader_start)(void *private);
	void (*reader_end)(void *private);
	/* NULL: dump_survey() visits all extents. */
	void (*survey)(struct dump *dump, struct dump_survey *survey);
	/* May be NULL. */
	void (*describe)(struct dump *dump, dump_visit *visit, void *arg);
	/* Called for all bytes that dump_read() and dump_load() read, but not for bytes from
	 * dump_find(). Only for formats with copies and without dump_unpack(), and not in searches.
	 * May be NULL. */
	void (*note_read)(struct dump *dump, uint64_t paddr, size_t size);
};

/* A linear mapping, as recorded by the writer of the dump (ELF p_vaddr). */
struct dump_mapping {
	uint64_t vaddr, paddr, size;
};

/* An extent with data, in a form that needs only one comparison in dump_load(). */
struct recent_extent {
	uint64_t first;
	uint64_t nr_starts; /* 8 bytes can be read at each address of [first, first + nr_starts) */
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
	struct dump_part *more; /* owned; the other files, in the order of the command line */
	size_t nr_more;
	uint64_t *bases; /* owned; for raw images: physical address of the start of each file */
	bool guessed; /* opened as a raw image because no format was recognised */
	bool unmapped; /* one of the files is too large to be mapped */
	const struct dump_format *format;
	char format_name[48]; /* such as "flattened ELF" */
	void *private; /* owned; private data of the format */
	uint16_t machine; /* EM_*; EM_NONE if the file does not say */
	struct bytes vmcoreinfo; /* text, not terminated; borrowed from file */
	struct cpu_state *cpus; /* owned; NULL if the file has none */
	size_t nr_cpus;
	struct registers *stopped; /* owned; from NT_PRSTATUS, in the order of the file */
	size_t nr_stopped;
	struct dump_mapping *mappings; /* owned; in the order of the file */
	size_t nr_mappings;
	/* Searches now running, whose reads are not passed to note_read() */
	unsigned int nr_searches;
	enum keep_level extract; /* level of the extract that wrote the dump */
	bool scrubbed; /* written by "extract --scrub": names are pseudonyms */
	bool lacked_before; /* the dump that extract read lacked memory already */
	uint64_t phys_base; /* as recorded by the writer of the dump */
	bool has_phys_base;
	char warning[256]; /* damage of the file; "": none */
	struct listener *listener; /* borrowed; NULL: none */
	struct recent_extent recent[NR_RECENT_EXTENTS]; /* slots of dump_recent() */
	struct page_cache *pages; /* owned; NULL: dump_extents_last() is true */
	/* Cache that dump_load() may use; NULL: it must call dump_find() */
	struct page_cache *loads;
	struct inflater *inflater;
	struct parts *parts; /* owned; NULL: the dump has no pages of which only parts are known */
};

void dump_close(struct dump *dump); /* NULL is fine */

/* A second reader of the same memory, for another thread, to be used while dump is open. The reader
 * has no listener. NULL: out of memory. */
struct dump *dump_reader_create(const struct dump *dump);
void dump_reader_destroy(struct dump *reader); /* NULL is fine */

/* One page of zeros that formats return for all frames of zeros. */
extern const uint8_t dump_zero_page[CACHE_PAGE_SIZE];

/* The files of the dump by number: 1 is dump->file, the others follow in the order of the command
 * line. */
static inline const struct file *dump_file(const struct dump *dump, unsigned int number)
{
	return number == 1 ? &dump->file : &dump->more[number - 2].file;
}

/* Does data of extents stay valid as long as the dump? True if data is neither copied nor read from
 * a file that is not mapped. Otherwise data is valid until the next dump_find(). */
static inline bool dump_extents_last(const struct dump *dump)
{
	return !dump->pages;
}

/* Finds the extent that holds paddr, with data if the extent is present. */
void dump_find(struct dump *dump, uint64_t paddr, struct extent *extent);

/* Like dump_find(), but reads nothing from files that are not mapped: data is NULL there, and the
 * extent is as large as its state allows. For callers that need the state only, or read using
 * dump_reread(). */
void dump_find_run(struct dump *dump, uint64_t paddr, struct extent *extent);

/* Like dump_find(), but fast: unpacks nothing, and pages that would fail to unpack count as
 * present. data is NULL if it would have to be unpacked. */
void dump_peek(struct dump *dump, uint64_t paddr, struct extent *extent);

/* Number of bytes from paddr on that lie in a hole of a sparse file, at most size. All size bytes
 * are in the extent. */
uint64_t dump_hole(const struct dump *dump, const struct extent *extent, uint64_t paddr,
		   uint64_t size);
/* Number of bytes from paddr, which is not in a hole, to the next hole, at most size. */
uint64_t dump_data(const struct dump *dump, const struct extent *extent, uint64_t paddr,
		   uint64_t size);

/* Did extract leave memory out of this dump? */
static inline bool dump_is_reduced(const struct dump *dump)
{
	return dump->extract != KEEP_NONE && dump->extract != KEEP_ALL;
}

/* Like page_state_names, but for people: has another text for pages that extract left out. */
const char *dump_state_text(const struct dump *dump, enum page_state state);

/* Finds out whether extract wrote the dump. Call it when VMCOREINFO is known. */
void dump_find_extract(struct dump *dump);

/* Reads size bytes at paddr, all in the extent, from the file instead of its mapping. For large
 * sizes this is faster, and leaves no pages of the mapping in memory. False: the file does not have
 * the bytes in plain form, or they cannot be read. */
bool dump_reread(const struct dump *dump, const struct extent *extent, uint64_t paddr, void *buffer,
		 size_t size);

/* Copies size bytes. Returns PAGE_PRESENT if all bytes could be read, including pages of zeros,
 * else the state of the first byte that could not be read. */
enum page_state dump_read(struct dump *dump, uint64_t paddr, void *buffer, size_t size);

/* The worst state in the range: states are worse in the order of the enum, from PAGE_PRESENT on.
 * size must not be 0. */
enum page_state dump_range_state(struct dump *dump, uint64_t paddr, uint64_t size);

/* Unpacks nothing: pages that would fail to unpack count as present. */
void dump_survey(struct dump *dump, struct dump_survey *survey);

/* For formats: counts size bytes from paddr on. Calls must be in the order of paddr. */
void dump_survey_add(struct dump_survey *survey, enum page_state state, uint64_t paddr,
		     uint64_t size);

/* The bytes of a page in a file. */
enum { PACKED_MOST = 1 << 16 };
struct packed_page {
	const struct source *source; /* borrowed */
	uint64_t offset, size; /* at most CACHE_PAGE_SIZE bytes, or PACKED_MOST */
	enum codec codec;
};

/* For formats: unpacks these bytes to the page of pfn in dump->pages. Returns PAGE_PRESENT, with
 * *data at the page; PAGE_TRUNCATED: the file ends before the bytes; or PAGE_DAMAGED. */
enum page_state dump_unpack(struct dump *dump, uint64_t pfn, const struct packed_page *packed,
			    const uint8_t **data);

/* Like dump_unpack(), for up to PACKED_MOST bytes, which are unpacked to a buffer of size bytes. */
enum page_state dump_unpack_to(struct dump *dump, const struct packed_page *packed, void *to,
			       size_t size);

/* For formats: reads the note of the parts of pages in the dump (parts.h). A damaged note causes a
 * warning. */
void dump_set_parts(struct dump *dump, struct bytes note);

/* For formats: fails with ERROR_FORMAT; the message begins with "FILE: ". */
#define dump_fail(dump, err, format, ...)                                                          \
	fail(err, ERROR_FORMAT, "%s: " format, (dump)->file.path, ##__VA_ARGS__)

/* For formats: adds a damage of the file to dump->warning. dump_trouble() reports the place of the
 * damage to the listener. */
void dump_warn(struct dump *dump, const char *format, ...) __attribute__((format(printf, 2, 3)));
#define dump_trouble(dump, ...) listener_trouble((dump)->listener, (dump)->file.path, __VA_ARGS__)

/* Highest physical address whose state is not PAGE_ABSENT; 0 if there is none. */
uint64_t dump_last_paddr(struct dump *dump);

/* The slow path of dump_load(). */
enum page_state dump_load_slow(struct dump *dump, uint64_t paddr, size_t size, uint64_t *value);

/* The slot for the extent of paddr. Each 16 MiB have another slot, so that page tables on both
 * sides of a hole do not evict each other. */
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

/* Prefetches the bytes that dump_load() would load, if they are in the slot of a recent extent. */
static inline void dump_prefetch(struct dump *dump, uint64_t paddr)
{
	const struct recent_extent *recent = dump_recent(dump, paddr);
	uint64_t offset = paddr - recent->first;

	if (offset < recent->nr_starts)
		__builtin_prefetch(recent->data + offset);
}
