/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows translations, entries and frames, for several commands. */
#pragma once

#include "query/nowhere.h"
#include "query/translate.h"
#include "paging/scan.h"
#include "cli/command.h"

struct region;

/* A translation and facts about its address. All pointers are borrowed. */
struct walk_answer {
	struct session *session;
	const struct space *space;
	const char *argument; /* the address as typed, or NULL */
	struct translation translation;
	const struct region *region; /* NULL: unknown */
	uint64_t page; /* address of the struct page; 0: none */
	struct error trouble; /* why there is no translation */
};

/* Sets region, page and trouble. The members before these must be set. */
void walk_answer_complete(struct walk_answer *answer);

/* Return the style of a status. */
enum style translation_status_style(enum translation_status status);
enum style show_page_state_style(enum page_state state);

/* Begins an answer with all fields except the levels. */
void show_walk(const struct walk_answer *answer, const char *command);

/* Adds the list "flags" to the open answer: the names of the flags that are set in an entry of this
 * level. */
void show_entry_flags(struct session *session, const struct paging *paging, unsigned int level,
		      uint64_t entry);

/* An entry of a page table, or an entry that is used before the first page table. */
struct level_entry {
	const char *name;
	uint64_t paddr;
	unsigned int nr_words; /* 0: the entry is not in the dump, and reason is set */
	enum page_state reason;
	uint64_t word[2];
	struct entry_flags flags;
};

/* The columns of a list of levels in text. */
extern const struct field level_fields[];
/* Adds a level to the open list as an object. */
void show_level(struct session *session, const struct level_entry *level);
/* Adds each entry that a walk has read to the open list. */
void show_levels(struct session *session, const struct paging *paging, const struct walk *walk);

/* Is the meaning of the entry doubtful, because it is contradictory, or because the entry points to
 * a physical address with neither memory nor a device? If so, writes the reason. */
enum { DOUBT_TEXT = NOWHERE_TEXT };
bool entry_doubt(struct session *session, const struct entry_meaning *meaning,
		 char text[DOUBT_TEXT]);

/* Adds the fields pfn, page and physical, and virtual if the frame is in the direct map. */
void show_frame(struct session *session, uint64_t pfn, uint64_t page);
/* Finds the frame that vaddr is mapped to, in the table that session_space() returns. */
bool frame_of_address(struct session *session, uint64_t vaddr, uint64_t *pfn, struct error *err);

/* Adds the use of a page frame to the open answer; text has one column for it. A frame without a
 * struct page has no use. If owners is true, searches also for the processes that map an anonymous
 * page. */
void show_use(struct session *session, uint64_t pfn, bool owners);
/* The same for a use that is already known. */
void show_frame_use(struct session *session, const struct frame_use *shown);

/* Sets err to a description of a range with a corrupt entry, or with a table that cannot be
 * read. */
void range_explain(const struct paging *paging, const struct scanned *range, struct error *err);
/* Was the scan complete? If it ended early, sets err to the address and the reason. */
bool scan_complete(const struct scan *scan, struct error *err);
