/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows translations and entries of page tables, where a page is that was swapped
 * out, and reports scans that ended early. */
#pragma once

#include "query/nowhere.h"
#include "query/translate.h"
#include "paging/scan.h"
#include "cli/command.h"

struct region;

/* A translation, and facts about the address. All pointers are borrowed. */
struct walk_answer {
	struct session *session;
	const struct space *space;
	const char *argument; /* the address as the user typed it, or NULL */
	struct translation translation;
	const struct region *region; /* NULL: unknown */
	uint64_t page; /* virtual address of the struct page; 0: none */
	struct error trouble; /* the reason if there is no translation */
};

/* Sets the members region, page and trouble. All members before them must already be set. */
void walk_answer_complete(struct walk_answer *answer);

/* Return the style for a status. */
enum style translation_status_style(enum translation_status status);
enum style style_of_page_state(enum page_state state);

/* Begins an answer, and adds all fields except the levels. */
void show_walk(const struct walk_answer *answer, const char *command);

/* Adds to the open answer the list "flags", which contains the names of all flags that are set in
 * an entry of this level. */
void show_entry_flags(struct session *session, const struct paging *paging, unsigned int level,
		      uint64_t entry);

/* An entry of a page table, or an entry that the CPU uses before the first page table. */
struct level_entry {
	const char *name;
	uint64_t paddr;
	unsigned int nr_words; /* 0: the entry is not in the dump, and `reason` is the reason */
	enum page_state reason;
	uint64_t word[2];
	struct entry_flags flags;
};

/* How text shows the access rights of a page. */
#define ACCESS_LINES                                                                               \
	LINE("user", .heading = "access", TEXT(.yes = "user", .no = "kernel only")),               \
		LINE("writable", .heading = "access", TEXT(.yes = "writable", .no = "read-only")), \
		LINE("executable", .heading = "access",                                            \
		     TEXT(.yes = "executable", .no = "no execute"))

/* How text shows a list of levels. */
extern const struct field level_fields[];
/* Adds a level to the open list as an object. */
void show_level(struct session *session, const struct level_entry *level);
/* Adds to the open list each entry that a walk has read, and the entry that it could not read, if
 * there is one. */
void show_levels(struct session *session, const struct paging *paging, const struct walk *walk);

/* Returns true and writes the reason if the meaning of the entry is doubtful: if the entry is
 * contradictory, or points to a physical address at which there is neither memory nor a device. */
enum { DOUBT_TEXT = NOWHERE_TEXT };
bool entry_doubt(struct session *session, const struct entry_meaning *meaning,
		 char text[DOUBT_TEXT]);

/* Describes in err a range with a corrupt entry, or with a table that cannot be read. */
void range_explain(const struct paging *paging, const struct scanned *range, struct error *err);
/* Returns true if the scan is complete. If the scan ended early, sets err, which contains the
 * address and the reason. */
bool scan_complete(const struct scan *scan, struct error *err);

/* --- pages that were swapped out --- */

/* Adds the fields swap_file, zswap_pages and zswap of a page in swap to the open answer. Adds nothing
 * for other entries. */
void show_swap_place(struct session *session, const struct entry_meaning *meaning);

/* The lines of these fields in text, and of swap_type and swap_offset. */
#define SWAP_LINES                                                                                 \
	LINE("swap_type", .heading = "swap", TEXT(.before = "type ")),                             \
		LINE("swap_offset", .heading = "swap", TEXT(.before = "offset ")),                 \
		LINE("swap_file", .heading = "swap", TEXT(.before = "in ")),                       \
		LINE("zswap_pages", .heading = "swap",                                             \
		     TEXT(.before = "zswap holds ", .after = " pages")),                           \
		LINE("zswap", .heading = "swap", TEXT(.before = "this one: "))

/* Sets err to where the page is whose entry has this meaning. */
void show_swap_error(struct session *session, uint64_t vaddr, const struct entry_meaning *meaning,
		     struct error *err);
