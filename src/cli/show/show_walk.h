/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Translations, entries and frames, for several commands. */
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
	const char *argument; /* as typed, or NULL */
	struct translation translation;
	const struct region *region; /* NULL: unknown */
	uint64_t page; /* address of the struct page; 0: no struct page */
	struct error trouble; /* why there is no translation */
};

/* Sets region, page and trouble; the members above them must be set. */
void walk_answer_complete(struct walk_answer *answer);

/* The style of a status. */
enum style translation_status_style(enum translation_status status);
enum style show_page_state_style(enum page_state state);

/* Begins an answer with all fields except the levels. */
void show_walk(const struct walk_answer *answer, const char *command);

/* Adds the list "flags" to the open answer: the names of the flags set in an entry of this
 * level. */
void show_entry_flags(struct session *session, const struct paging *paging, unsigned int level,
		      uint64_t entry);

/* An entry that leads to a page: in a page table, or before the first page table. */
struct level_entry {
	const char *name;
	uint64_t paddr;
	unsigned int nr_words; /* 0: the entry is not in the dump; the reason: */
	enum page_state reason;
	uint64_t word[2];
	struct entry_flags flags;
};

/* The form of a list of levels in text. */
extern const struct field level_fields[];
/* Adds a level to the open list, as an object. */
void show_level(struct session *session, const struct level_entry *level);
/* Adds each entry of a walk to the open list. */
void show_levels(struct session *session, const struct paging *paging, const struct walk *walk);

/* Writes the reason why the meaning of the entry is doubtful, if it is: a contradiction, or the
 * entry points to a physical address without memory or device. */
enum { DOUBT_TEXT = NOWHERE_TEXT };
bool entry_doubt(struct session *session, const struct entry_meaning *meaning,
		 char text[DOUBT_TEXT]);

/* Adds pfn, page, physical and, if the frame is in the direct map, virtual. */
void show_frame(struct session *session, uint64_t pfn, uint64_t page);
/* Finds the frame that vaddr is mapped to, in the table of session_space(). */
bool frame_of_address(struct session *session, uint64_t vaddr, uint64_t *pfn, struct error *err);

/* Adds the use of a page frame to the open answer; one column in text. A frame without a struct
 * page has no use. owners: also search the processes that map an anonymous page. */
void show_use(struct session *session, uint64_t pfn, bool owners);
/* The same for a use that was already found. */
void show_frame_use(struct session *session, const struct frame_use *shown);

/* Describes a range with a corrupt entry, or with a table that cannot be read. */
void range_explain(const struct paging *paging, const struct scanned *range, struct error *err);
/* False: the scan ended early; err has the address and the reason. */
bool scan_complete(const struct scan *scan, struct error *err);
