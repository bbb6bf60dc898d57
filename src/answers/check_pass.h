/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What check_tables.c and check_cache.c share: the pass of check over the tables. */
#pragma once

#include "answers/check.h"
#include "kernel/kernel.h"
#include "paging/scan.h"

/* One kind of trouble: number of places, their size, and text of the first. */
struct tally {
	const struct checker *checker;
	const char *check; /* that counts it */
	uint64_t nr, bytes;
	char first[256];
};

/* A mapping outside of the direct map, for comparing cache types. */
struct alias {
	uint64_t paddr, last; /* physical, inclusive */
	uint64_t vaddr;
	uint8_t cache; /* enum cache_type */
	int32_t pid;   /* 0: the kernel's */
};

struct ram {
	uint64_t first, last; /* physical, inclusive */
};

/* A physical range that the direct map maps with one cache type. */
struct direct_run {
	uint64_t first, last; /* physical, inclusive */
	size_t next_other; /* index of the next run of another type */
	uint8_t cache;
};

struct pass {
	const struct checker *checker;
	struct kernel *kernel;
	const struct space *space;
	const struct entry_rules *rules;
	/* First and last address of the direct map; no_direct_map: why unknown. */
	uint64_t page_offset, direct_last;
	bool has_direct_map;
	struct error no_direct_map;
	const struct resource_tree *resources; /* NULL: unknown or damaged */
	uint64_t next; /* physical: end of the checked part of the direct map */
	struct tally missing, left_out, corrupt, misplaced, unmapped,
		write_execute, user, process_write_execute;
	struct tally memory_conflict, device_conflict;
	bool complete; /* all of the tables was scanned */
	struct alias *aliases; /* owned */
	size_t nr_aliases, room_aliases;
	bool too_many_aliases;
	struct ram *ram; /* owned; by address; see check_cache.c */
	size_t nr_ram;
	struct direct_run *runs; /* owned; by address; see check_cache.c */
	size_t nr_runs, room_runs;
	bool runs_known, too_many_runs;
	uint64_t nr_pages;
	size_t nr_processes;
};

/* Counts one more; only the first one's text is formatted, and more where they are
 * asked for. */
void check_count(struct tally *tally, uint64_t bytes, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Reports that a check found nothing: OK only if the pass is complete. */
void check_tell_none(const struct pass *pass, const char *check, const char *fmt,
		     ...) __attribute__((format(printf, 3, 4)));

/* check_cache.c: whether the kernel's resources call it RAM; true where they are
 * unknown. */
bool check_is_ram(struct pass *pass, uint64_t paddr);
/* One page of the kernel (pid 0) or of a process; the user halves of all
 * processes; the report. */
void check_cache_of(struct pass *pass, const struct scanned *scanned, int32_t pid);
void check_processes(struct pass *pass, struct scan *scan);
void check_tell_cache(struct pass *pass);
