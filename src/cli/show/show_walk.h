/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Translations, entries and frames as several commands show them. */
#pragma once

#include "query/nowhere.h"
#include "query/translate.h"
#include "paging/scan.h"
#include "cli/command.h"

struct region;

/* A translation and what is known about its address. All pointers are borrowed. */
struct walk_answer {
	struct session *session;
	const struct space *space;
	const char *argument; /* as typed, or NULL */
	struct translation translation;
	const struct region *region; /* NULL: unknown */
	uint64_t page; /* address of the struct page; 0: none */
	struct error trouble; /* why there is no translation */
};

/* Sets region, page and trouble from the members above them. */
void walk_answer_complete(struct walk_answer *answer);

/* The style of each status. */
enum style translation_status_style(enum translation_status status);
enum style show_page_state_style(enum page_state state);

/* Begins an answer with all fields but the levels. */
void show_walk(const struct walk_answer *answer, const char *command);

/* Names of the flags that are set in an entry of this level, as the field "flags" of the open
 * answer: a list. */
void show_entry_flags(struct session *session, const struct paging *paging, unsigned int level,
		      uint64_t entry);

/* An entry on the way to a page: in a page table, or before the first one. */
struct level_entry {
	const char *name;
	uint64_t paddr;
	unsigned int nr_words; /* 0: not in the dump, for this reason: */
	enum page_state reason;
	uint64_t word[2];
	struct entry_flags flags;
};

/* How text shows a list of levels. */
extern const struct field level_fields[];
/* States a level, an object of the open list. */
void show_level(struct session *session, const struct level_entry *level);
/* The same for each entry of a walk. */
void show_levels(struct session *session, const struct paging *paging, const struct walk *walk);

/* The reason why the meaning of the entry is doubtful, if any: a contradiction, or that it
 * points to a place where nothing is. */
enum { DOUBT_TEXT = NOWHERE_TEXT };
bool entry_doubt(struct session *session, const struct entry_meaning *meaning,
		 char text[DOUBT_TEXT]);

/* Fields pfn, page, physical and, if the direct map has it, virtual. */
void show_frame(struct session *session, uint64_t pfn, uint64_t page);
/* The frame that vaddr is mapped to, by the table that session_space() returns. */
bool frame_of_address(struct session *session, uint64_t vaddr, uint64_t *pfn, struct error *err);

/* The use of a page frame as fields of the open answer; one column in text. A frame
 * without a struct page has none. owners: also search the processes that map an
 * anonymous page. */
void show_use(struct session *session, uint64_t pfn, bool owners);
/* The same for a use that was found before. */
void show_frame_use(struct session *session, const struct frame_use *shown);

/* Describes a range whose entry is corrupt or whose table cannot be read. */
void range_explain(const struct paging *paging, const struct scanned *range, struct error *err);
/* False if the scan did not reach its end: err says where it stopped, and why. */
bool scan_complete(const struct scan *scan, struct error *err);
