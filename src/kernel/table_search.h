/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Searches memory for the kernel's own page table. The kernel's image contains both the table and
 * linux_banner, so each page near a banner is tried as a top-level table. A page is accepted if it
 * maps itself and the banner at their addresses in the image. */
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
	uint64_t encrypt_mask; /* AMD's C-bit, or 0 */
	/* Is the table certainly in .data or after it? Memory of the image after .data (.init, the
	 * last page) is freed and reused, so of several such tables the lowest is the kernel's. */
	bool is_in_data;
	/* The virtual addresses of linux_banner and similar texts. Since 6.1 the image contains a
	 * second banner, without the number of the build. */
	uint64_t banner_vaddr[MOST_BANNERS_IN_IMAGE];
	unsigned int nr_banners;
};

enum {
	MOST_BANNERS = 256,
	MOST_TABLES = 8,
	MOST_PROOFS = 64, /* limit for checks that take more than a few walks */
};

struct table_search {
	struct dump *dump;
	uint64_t last_paddr; /* the last physical address of memory */
	const struct found_table *wanted; /* set by -o; numbers that are 0 are not set */
	const uint64_t *banners; /* borrowed: physical addresses, ascending */
	size_t nr_banners;
	struct found_table found[MOST_TABLES];
	size_t nr_found;
	unsigned int proofs;
	unsigned int visits; /* number of tables that were read to check a candidate */
};

struct arch;
struct space;

/* Lets each architecture try each page near a banner, and collects the tables that are accepted.
 * The last element of archs is NULL. */
void table_search(struct table_search *search, const struct arch *const *archs);

/* For architectures: does a table with this paging agree with -o? */
bool table_search_wants(const struct table_search *search, const struct paging_choice *choice);

/* For architectures: adds to table the banners that space maps at their physical address plus
 * offset. offset, virtual minus physical address, is the same for the whole image. Returns false if
 * there are none. */
bool table_search_banners(const struct table_search *search, const struct space *space,
			  uint64_t offset, struct found_table *table);

/* For architectures: adds a copy of a table that was accepted. */
void table_search_add(struct table_search *search, const struct found_table *table);
