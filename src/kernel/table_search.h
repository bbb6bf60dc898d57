/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The search for the kernel's own page table in memory. The table and linux_banner are both in the
 * kernel's image, so each page near a banner is tried as a top-level table. A page is accepted if
 * it maps itself and the banner at their addresses in the image. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dump/dump.h"
#include "kernel/facts.h"

enum { MOST_BANNERS_IN_IMAGE = 8 };

struct found_table {
	bool known;
	struct paging_choice choice;
	uint64_t root, vaddr; /* physical and virtual address of the table */
	uint64_t encrypt_mask; /* AMD's C-bit; 0: none */
	/* Surely in .data or after it. Memory after .data (.init, the image's last page) is freed:
	 * of several such tables the lowest is the kernel's. */
	bool is_in_data;
	/* Addresses of linux_banner and similar texts: since 6.1 the image has a second banner,
	 * without the number of the build. */
	uint64_t banner_vaddr[MOST_BANNERS_IN_IMAGE];
	unsigned int nr_banners;
};

enum {
	MOST_BANNERS = 256,
	MOST_TABLES = 8,
	MOST_PROOFS = 64, /* limit of checks that take more than a few walks */
};

struct table_search {
	struct dump *dump;
	uint64_t last_paddr; /* last physical address of memory, inclusive */
	const struct found_table *wanted; /* set by -o: its mode if known, its numbers if not 0 */
	const uint64_t *banners; /* borrowed: physical addresses, ascending */
	size_t nr_banners;
	struct found_table found[MOST_TABLES];
	size_t nr_found;
	unsigned int proofs;
	unsigned int visits; /* number of tables that architectures read to check a candidate */
};

struct arch;
struct space;

/* Lets each architecture (the last is NULL) try each page near a banner, and collects the
 * tables. */
void table_search(struct table_search *search, const struct arch *const *archs);

/* For architectures: does -o allow a table with that paging? */
bool table_search_wants(const struct table_search *search, const struct paging_choice *choice);

/* For architectures: adds the banners that space maps at offset (virtual minus physical address),
 * which is the same for the whole image. False: there are none. */
bool table_search_banners(const struct table_search *search, const struct space *space,
			  uint64_t offset, struct found_table *table);

/* For architectures: adds a copy of an accepted table. */
void table_search_add(struct table_search *search, const struct found_table *table);
