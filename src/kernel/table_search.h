/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's own page table, where nothing names it: it is part of the
 * kernel's image, as linux_banner is. Each page near a banner that could be a
 * top-level table is walked; what it must map is its proof.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dump/dump.h"
#include "kernel/facts.h"

enum { MOST_BANNERS_IN_IMAGE = 8 };

/* A table that maps itself, where the image has it, and a banner there. */
struct found_table {
	bool known;
	enum kernel_mode mode;
	unsigned int levels;
	uint64_t root, vaddr; /* of the table, physical and virtual */
	uint64_t encrypt_mask; /* AMD's C-bit, 0 if none */
	/* Of linux_banner and what is like it: since 6.1 there is a second one,
	 * without the number of the build. */
	uint64_t banner_vaddr[MOST_BANNERS_IN_IMAGE];
	unsigned int nr_banners;
};

enum {
	MOST_BANNERS = 256,
	MOST_TABLES = 8,
	MOST_PROOFS = 64, /* of what costs more than a few walks */
};

struct table_search {
	struct dump *dump;
	uint64_t last_paddr;
	const struct found_table *wanted; /* by -o: its mode if known, its levels if not 0 */
	const uint64_t *banners;          /* ascending */
	size_t nr_banners;
	struct found_table found[MOST_TABLES];
	size_t nr_found;
	unsigned int proofs;
};

struct arch;
struct space;

/* Asks that architecture, or each, about each page near a banner. */
void table_search(struct table_search *search, const struct arch *arch);

/* For architectures: may it be such a table, by what -o says? */
bool table_search_wants(const struct table_search *search,
			enum kernel_mode mode, unsigned int levels);

/* For architectures: the banners that the table maps where the image, which is
 * moved as a whole, has them; false: none. offset: virtual less physical
 * address. */
bool table_search_banners(const struct table_search *search,
			  const struct space *space, uint64_t offset,
			  struct found_table *table);

/* For architectures: one that is proved. */
void table_search_add(struct table_search *search,
		      const struct found_table *table);
