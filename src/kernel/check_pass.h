/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pass of check over the tables: what its files share. */
#pragma once

#include "kernel/check.h"
#include "kernel/kernel.h"
#include "paging/scan.h"

/* A kind of trouble: how often, how much, and where first. */
struct tally {
	uint64_t nr, bytes;
	char first[256];
};

/* A page outside of the direct map, for comparing cache types. */
struct alias {
	uint64_t paddr, last; /* physical, inclusive */
	uint64_t vaddr;
	uint8_t cache; /* enum cache_type */
	int32_t pid;   /* whose; 0: the kernel's */
};

struct pass {
	const struct checker *checker;
	struct kernel *kernel;
	const struct space *space;
	const struct entry_rules *rules;
	/* The direct map: addresses; no_direct_map says why it is not known. */
	uint64_t page_offset, direct_last;
	bool has_direct_map;
	struct error no_direct_map;
	const struct resource_tree *resources; /* NULL: not known, or damaged */
	uint64_t next; /* physical: the direct map was gone through up to here */
	struct tally missing, corrupt, misplaced, unmapped, write_execute, user;
	struct tally memory_conflict, device_conflict;
	bool complete; /* all of the table was gone through */
	struct alias *aliases; /* owned */
	size_t nr_aliases, room_aliases;
	bool too_many_aliases;
	uint64_t nr_pages;
	size_t nr_processes;
};

/* One more of a kind; the text is kept of the first. */
void check_count(struct tally *tally, uint64_t bytes, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Nothing was found: more than that can only be said where all was looked at. */
void check_tell_none(const struct pass *pass, const char *check, const char *fmt,
		     ...) __attribute__((format(printf, 3, 4)));

/* check_cache.c: a page of the kernel (pid 0) or of a process; then the user's
 * half of every process, and what they all came to. */
void check_cache_of(struct pass *pass, const struct scanned *scanned, int32_t pid);
void check_cache_of_processes(struct pass *pass, struct scan *scan);
void check_tell_cache(struct pass *pass);
