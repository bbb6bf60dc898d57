/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The physical memory in a dump, by address. A dump is a sequence of extents. An extent is a range
 * of physical addresses that have the same state. If the state is PAGE_PRESENT, the extent also
 * gives the bytes. */
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

/* The names "present", "zero" and so on. They must not change, because scripts depend on them. */
extern const char *const page_state_names[NR_PAGE_STATES];

/* The keys that extract adds to VMCOREINFO. The value of EXTRACT_KEY is the level of extract. The
 * value of EXTRACT_LACKED_KEY is 1 if memory was already missing in the dump that extract read. */
#define EXTRACT_KEY "KWALK_EXTRACT"
#define EXTRACT_LACKED_KEY "KWALK_LACKED_BEFORE"
/* The value is 1 if extract has replaced names and texts. */
#define EXTRACT_SCRUBBED_KEY "KWALK_SCRUBBED"

/* The levels of extract and their names. The level determines which parts of a dump are copied. */
// clang-format off
#define FOR_EACH_EXTRACT_LEVEL(X) \
	X(EXTRACT_TABLES, "tables") /* page tables, and data needed for facts, tasks and mappings */ \
	X(EXTRACT_FRAMES, "frames") /* EXTRACT_TABLES, and all struct pages, sections, nodes, zones */ \
	X(EXTRACT_PROCESS, "process") /* EXTRACT_TABLES, and the memory of some processes */ \
	X(EXTRACT_KERNEL, "kernel") /* EXTRACT_FRAMES, and all memory of the kernel itself */ \
	X(EXTRACT_ALL, "all")
// clang-format on

enum extract_level {
	EXTRACT_NONE, /* extract did not write the dump */
#define EXTRACT_LEVEL(ID, NAME) ID,
	FOR_EACH_EXTRACT_LEVEL(EXTRACT_LEVEL)
#undef EXTRACT_LEVEL
	/* Extract wrote the dump, at a level that only later versions of kwalk know. */
	KEEP_UNKNOWN,
	NR_KEEP_LEVELS
};
extern const char *const extract_level_names[NR_KEEP_LEVELS]; /* the name of EXTRACT_NONE is NULL */

/* For each page state, the number of bytes in this state, and their first address. */
struct dump_survey {
	uint64_t bytes[NR_PAGE_STATES];
	uint64_t first[NR_PAGE_STATES]; /* physical addresses; valid if has_first is true */
	bool has_first[NR_PAGE_STATES];
};

/* Called for each property of the file. For example, the property `fact` is "compression", and its
 * `value` is "zlib". */
typedef void dump_visit(void *arg, const char *fact, const char *value);

struct dump_format {
	const char *name;
	size_t private_size; /* the size in bytes of dump->private, which is zeroed before open() */
	bool copies; /* the data of an extent are valid only until the next dump_find() */
	bool takes_parts; /* a dump may consist of several files */
	bool takes_memory; /* the memory may be in a second file, which contains nothing else */
	bool running; /* the memory belongs to the running machine, so it changes during reading */
	bool none; /* there is no dump, so there is no memory at all */
	/* Does the source have this format? NULL if the format cannot be recognised by its
	 * content. */
	bool (*probe)(const struct source *source);
	/* Opens a dump: sets the members of *dump, using its sources. close() is called even if
	 * open() fails. */
	bool (*open)(struct dump *dump, struct error *err);
	/* Frees the memory that dump->private owns. NULL if it owns no memory. */
	void (*close)(struct dump *dump);
	/* Finds the largest known extent that contains paddr. The function cannot fail. If the
	 * extent is present, but its file is not mapped, data is NULL, and the bytes are in the
	 * file at extent_offset(). */
	void (*find)(struct dump *dump, uint64_t paddr, struct extent *extent);
	/* Like find(), but unpacks nothing, so pages that cannot be unpacked count as present.
	 * Callers must not use data. NULL if find() unpacks nothing, either. */
	void (*peek)(struct dump *dump, uint64_t paddr, struct extent *extent);
	/* reader_start() is called with a copy of dump->private for a second reader. It must
	 * replace all data that find() changes by separate data for this reader, which reader_end()
	 * frees. NULL if find() changes no data to which dump->private points. */
	void (*reader_start)(void *private);
	void (*reader_end)(void *private);
	/* Counts the bytes in each state. If NULL, dump_survey() visits all extents instead. */
	void (*survey)(struct dump *dump, struct dump_survey *survey);
	/* Calls visit for each property of the file. May be NULL. */
	void (*describe)(struct dump *dump, dump_visit *visit, void *arg);
	/* Called for the bytes that dump_read() and dump_load() read, except during searches. Bytes
	 * that callers get from dump_find() are not reported. Only formats with `copies` that do
	 * not use dump_unpack() may have this function. May be NULL. */
	void (*note_read)(struct dump *dump, uint64_t paddr, size_t size);
};

/* A contiguous virtual range and the physical range that it maps to, as recorded by the writer of
 * the dump (ELF p_vaddr). */
struct dump_mapping {
	uint64_t vaddr, paddr, size;
};

/* An extent with data. Its form is chosen so that dump_load() needs only one comparison. */
struct recent_extent {
	uint64_t first;
	/* 8 bytes can be read at `first`, and at the next nr_starts - 1 addresses. */
	uint64_t nr_starts;
	const uint8_t *data; /* the bytes at `first` */
};

enum { NR_RECENT_EXTENTS = 64 };

/* The place of a raw image: the byte at `offset` in its file is the byte at the physical address
 * paddr. The image ends at the end of the file, or where another image in the same file starts. */
struct raw_place {
	uint64_t offset, paddr;
};

/* A further file of a dump that consists of several files. */
struct dump_part {
	struct file file; /* owned */
	struct source source;
};

struct dump {
	struct file file; /* owned */
	struct source source; /* the bytes of the file */
	struct dump_part *more; /* owned; the further files, in the order of the command line */
	size_t nr_more;
	struct raw_place *places; /* owned; raw images: the place of each file's memory */
	bool guessed; /* no format was recognised, so the file was opened as a raw image */
	bool unmapped; /* true if at least one of the files is too large to be mapped */
	const struct dump_format *format;
	char format_name[48]; /* such as "flattened ELF" */
	uint16_t machine; /* EM_*; EM_NONE if the machine is unknown */
	bool erased; /* makedumpfile overwrote data */
	struct bytes erase_info; /* the list of these data, borrowed from the file; may be empty */
	struct bytes vmcoreinfo; /* the text without a final NUL, borrowed from the file */
	struct cpu_state *cpus; /* owned; an array of nr_cpus + nr_hidden_cpus elements, or NULL */
	size_t nr_cpus;
	/* The CPUs after these, whose registers are not used, because one of several kernels was
	 * chosen, and they may run another. */
	size_t nr_hidden_cpus;
	/* Owned; the registers in NT_PRSTATUS notes, in the order of the file. */
	struct registers *stopped;
	size_t nr_stopped;
	struct dump_mapping *mappings; /* owned; in the order of the file */
	size_t nr_mappings;
	/* The number of searches that are running. The bytes that they read are not reported to
	 * note_read(). */
	unsigned int nr_searches;
	enum extract_level extract; /* the level, if extract wrote the dump */
	/* The option -d of makedumpfile. has_level is false if another program wrote the dump, or
	 * if the file does not contain the level. */
	bool has_level;
	unsigned int level;
	bool scrubbed; /* "extract --scrub" wrote the dump, so names are pseudonyms */
	bool lacked_before; /* memory was already missing in the dump that extract read */
	/* The value that the writer of the dump recorded; valid if has_phys_base. */
	uint64_t phys_base;
	bool has_phys_base;
	char warning[256]; /* a description of the damage to the file, or "" */
	struct listener *listener; /* borrowed; may be NULL */
	struct read_counts *counts; /* the counts of the listener; readers have them, too */

	/* The members from here on belong to one reader of the dump: dump_share() leaves them
	 * zeroed in a second reader. */
	void *private; /* owned; the private data of the format */
	struct recent_extent recent[NR_RECENT_EXTENTS]; /* the slots of dump_recent() */
	struct page_cache *pages; /* owned; NULL if dump_extents_last() is true */
	/* The cache in which dump_load() may look up pages without calling dump_find(). NULL: there
	 * is no such cache. */
	struct page_cache *loads;
	/* While dump_read() reads a whole page: the caller's buffer, to which dump_unpack() unpacks
	 * the page if it is not in the cache. The page does not enter the cache. */
	uint8_t *direct;
	struct inflater *inflater;
	struct parts *parts; /* owned; NULL if no page is known only in part */
};

void dump_close(struct dump *dump); /* `dump` may be NULL */

/* Makes *reader a reader without a format's data and without caches, which borrows all that *dump
 * knows of the file, its notes and its registers. */
void dump_share(struct dump *reader, const struct dump *dump);

/* Creates a second reader of the same memory, for another thread. The reader has no listener, and
 * must be destroyed before the dump is closed. Returns NULL if memory runs out. */
struct dump *dump_reader_create(const struct dump *dump);
/* Like dump_reader_create(), for a pass, which reads most pages only once. The reader keeps few
 * unpacked pages, because memory that is touched first must be cleared by the system. */
struct dump *dump_pass_reader_create(const struct dump *dump);
void dump_reader_destroy(struct dump *reader); /* `reader` may be NULL */

/* A page of zeros. Formats return it for all pages of zeros. */
extern const uint8_t dump_zero_page[CACHE_PAGE_SIZE];

/* Returns a file of the dump by its number. dump->file has number 1. The further files follow in
 * the order of the command line. */
static inline const struct file *dump_file(const struct dump *dump, unsigned int number)
{
	return number == 1 ? &dump->file : &dump->more[number - 2].file;
}

/* Are the data of extents valid until the dump is closed? This is true if the format does not copy
 * data and all files are mapped. If false, data are valid only until the next dump_find(). */
static inline bool dump_extents_last(const struct dump *dump)
{
	return !dump->pages;
}

/* Are reads recorded (note_read())? Then a caller must read only the bytes that it needs, because
 * the command extract writes all bytes that were read, and no others. */
static inline bool dump_records_reads(const struct dump *dump)
{
	return dump->format->note_read;
}

/* May callers remember what they read? Not if the memory changes, and not if reads are recorded. */
static inline bool dump_can_be_remembered(const struct dump *dump)
{
	return !dump->format->running && !dump_records_reads(dump);
}

/* Finds an extent that contains paddr. If the extent is present, its data are set. */
void dump_find(struct dump *dump, uint64_t paddr, struct extent *extent);

/* Like dump_find(), but reads nothing from files that are not mapped: for them data is NULL, and
 * the extent is not cut to a page. For callers that need only the state, or that read using
 * dump_reread(). */
void dump_find_run(struct dump *dump, uint64_t paddr, struct extent *extent);

/* Like dump_find(), but fast, because it unpacks nothing. Pages that cannot be unpacked count as
 * present. data is NULL if it would have to be unpacked. */
void dump_peek(struct dump *dump, uint64_t paddr, struct extent *extent);

/* If paddr is in a hole of a sparse file, returns the number of bytes from paddr to the end of the
 * hole, but at most size. If not, returns 0. All size bytes must be in the extent. */
uint64_t dump_hole(const struct dump *dump, const struct extent *extent, uint64_t paddr,
		   uint64_t size);

/* Does the dump lack memory because extract left it out? */
static inline bool dump_is_reduced(const struct dump *dump)
{
	return dump->extract != EXTRACT_NONE && dump->extract != EXTRACT_ALL;
}

/* Returns the text that users see for a state; scripts see page_state_names. For pages that extract
 * left out, the two texts are different. */
const char *dump_state_text(const struct dump *dump, enum page_state state);

/* Sets the members about extract. VMCOREINFO must be known before this call. */
void dump_find_extract(struct dump *dump);

/* Reads size bytes at paddr from the file, without using its mapping. All bytes must be in the
 * extent. For large sizes this is faster, and leaves no pages of the mapping in memory. Returns
 * false if the bytes are packed in the file, or cannot be read. */
bool dump_reread(const struct dump *dump, const struct extent *extent, uint64_t paddr, void *buffer,
		 size_t size);

/* Reads size bytes of memory at paddr into buffer. Returns PAGE_PRESENT if all bytes could be read;
 * pages of zeros count as read. If not, returns the state of the first byte that could not be
 * read. */
enum page_state dump_read(struct dump *dump, uint64_t paddr, void *buffer, size_t size);

/* Returns the worst state of all bytes in the range. In enum page_state, each state is worse than
 * the states before it. size must not be 0. */
enum page_state dump_range_state(struct dump *dump, uint64_t paddr, uint64_t size);

/* Counts the bytes of memory in each state. Nothing is unpacked, so pages that cannot be unpacked
 * count as present. */
void dump_survey(struct dump *dump, struct dump_survey *survey);

/* Only for formats: counts size bytes of memory, which start at paddr. The calls must be in
 * ascending order of paddr. */
void dump_survey_add(struct dump_survey *survey, enum page_state state, uint64_t paddr,
		     uint64_t size);

/* A page as it is stored in a file. It may be compressed. */
enum { PACKED_MOST = 1 << 16 };
struct packed_page {
	const struct source *source; /* borrowed */
	/* `size` is at most CACHE_PAGE_SIZE, or PACKED_MOST for dump_unpack_to(). */
	uint64_t offset, size;
	enum codec codec;
};

/* Only for formats: unpacks a page into dump->pages, as the page of this pfn. Returns PAGE_PRESENT
 * and sets *data to the page. On failure, returns PAGE_TRUNCATED if the file ends before the end of
 * the stored page, or else PAGE_DAMAGED. */
enum page_state dump_unpack(struct dump *dump, uint64_t pfn, const struct packed_page *packed,
			    const uint8_t **data);

/* Like dump_unpack(), but unpacks at most PACKED_MOST bytes to a buffer of size bytes. */
enum page_state dump_unpack_to(struct dump *dump, const struct packed_page *packed, void *to,
			       size_t size);

/* Only for formats: reads the note about pages that the dump contains only in part (parts.h). If
 * the note is damaged, a warning is recorded. */
void dump_set_parts(struct dump *dump, struct bytes note);

/* Only for formats: fails with ERROR_FORMAT and a message that begins with "FILE: ". */
#define dump_fail(dump, err, format, ...)                                                          \
	fail(err, ERROR_FORMAT, "%s: " format, (dump)->file.path, ##__VA_ARGS__)

/* Only for formats. dump_warn() adds the description of a damage to dump->warning. dump_trouble()
 * reports to the listener where the damage is. */
void dump_warn(struct dump *dump, const char *format, ...) __attribute__((format(printf, 2, 3)));
#define dump_trouble(dump, ...) listener_trouble((dump)->listener, (dump)->file.path, __VA_ARGS__)

/* Returns the highest physical address whose state is not PAGE_ABSENT, or 0 if there is no such
 * address. */
uint64_t dump_last_paddr(struct dump *dump);

/* Does what dump_load() does if the extent is not among the recent extents. */
enum page_state dump_load_slow(struct dump *dump, uint64_t paddr, size_t size, uint64_t *value);

/* Returns the slot for the extent of paddr. Each block of 16 MiB of memory uses one slot, and
 * blocks that are close together use different slots. So the extents of page tables before and
 * after a hole usually do not replace each other. */
static inline struct recent_extent *dump_recent(struct dump *dump, uint64_t paddr)
{
	return &dump->recent[(paddr >> 24 ^ paddr >> 30) & (NR_RECENT_EXTENTS - 1)];
}

/* Loads a little-endian number of 4 or 8 bytes. Returns false if it is not in this extent. */
static inline bool recent_extent_load(const struct recent_extent *recent, uint64_t paddr,
				      size_t size, uint64_t *value)
{
	uint64_t offset = paddr - recent->first;
	const uint8_t *at;

	if (__builtin_expect(offset >= recent->nr_starts, 0))
		return false;
	at = recent->data + offset;
	*value = size == 8 ? load_le64(at) : load_le32(at);
	return true;
}

/* Loads a little-endian number of 4 or 8 bytes. The function is inline because page-table walks
 * call it often. */
static inline enum page_state dump_load(struct dump *dump, uint64_t paddr, size_t size,
					uint64_t *value)
{
	if (recent_extent_load(dump_recent(dump, paddr), paddr, size, value))
		return PAGE_PRESENT;
	if (dump->loads) {
		const uint8_t *page = dump_cache_get(dump->loads, paddr >> CACHE_PAGE_SHIFT);
		uint64_t offset = paddr & (CACHE_PAGE_SIZE - 1);
		if (page && offset <= CACHE_PAGE_SIZE - size) {
			*value = size == 8 ? load_le64(page + offset) : load_le32(page + offset);
			return PAGE_PRESENT;
		}
	}
	return dump_load_slow(dump, paddr, size, value);
}

/* Does what dump_load() does. For callers that tried recent_extent_load() first. */
enum page_state dump_load_far(struct dump *dump, uint64_t paddr, size_t size, uint64_t *value);
