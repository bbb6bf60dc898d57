/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Searches memory for the kernel's own page table. The kernel's image contains the table and
 * linux_banner. Therefore each page near a banner is tried as a top-level table. It is accepted if
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
	uint64_t root, vaddr; /* the physical and the virtual address of the table */
	uint64_t encrypt_mask; /* AMD's C-bit, or 0 */
	/* Is the table certainly in .data or later? If this is true for several tables, the lowest
	 * is the kernel's table, because the kernel frees the memory of the image after .data
	 * (.init, the last page), so other tables may be there. */
	bool is_in_data;
	/* The virtual addresses of linux_banner and of similar texts. Since 6.1 the image contains
	 * a second banner, which lacks the number of the build. */
	uint64_t banner_vaddr[MOST_BANNERS_IN_IMAGE];
	unsigned int nr_banners;
	/* The physical address of the banner that identifies the image: the last one below the
	 * table. The direct map of i386 also maps the banners of other kernels. */
	uint64_t own_banner;
	unsigned int nr_rivals; /* other tables of this image that were accepted (one_per_image) */
};

enum {
	MOST_BANNERS = 256,
	MOST_TABLES = 8,
	MOST_PROOFS = 64, /* limits the number of checks that take more than a few walks */
};

struct table_search {
	struct dump *dump;
	uint64_t last_paddr; /* the last physical address of memory */
	/* The values that the user set using -o. A value of 0 means that the user did not set
	 * it. */
	const struct found_table *wanted;
	const uint64_t *banners; /* borrowed: the physical addresses of the banners, ascending */
	size_t nr_banners;
	/* If several tables of one image are accepted, only the lowest is kept. Without this, the
	 * tables of one kernel might fill found[]. */
	bool one_per_image;
	struct found_table found[MOST_TABLES];
	size_t nr_found;
	unsigned int proofs;
	unsigned int visits; /* the number of tables that were read to check a candidate */
};

struct arch;
struct space;

/* Lets each architecture try each page near a banner, and adds the tables that are accepted to
 * *search. The last element of archs is NULL. */
void table_search(struct table_search *search, const struct arch *const *archs);

/* Only for architectures: does a table with this paging mode agree with the values that the user
 * set using -o? */
bool table_search_wants(const struct table_search *search, const struct paging_choice *choice);

/* Only for architectures: adds to *table the banners that space maps at their physical address plus
 * offset. offset, the virtual minus the physical address, is the same for the whole image. Returns
 * false if space maps no banner. */
bool table_search_banners(const struct table_search *search, const struct space *space,
			  uint64_t offset, struct found_table *table);

/* Only for architectures: adds a copy of *table to the tables that were accepted. */
void table_search_add(struct table_search *search, const struct found_table *table);
