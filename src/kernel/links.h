/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The kernel's lists. A list is a ring of struct list_head, or a chain of pointers that ends with
 * NULL. In a ring one list_head is the head, and the others are members of structs. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct address_set;
struct kernel;

enum links_end {
	LINKS_RUNNING,
	LINKS_WHOLE, /* reached the head, NULL, or an entry in links->met */
	LINKS_STOPPED, /* kernel_stopped() was true */
	/* Damage at the entry links->at: */
	LINKS_MISSING, /* the entry cannot be read, for the reason links->why */
	LINKS_BAD, /* its back link is links->back instead of links->before */
	LINKS_AGAIN, /* the entry was already in the list */
	LINKS_LIMIT, /* links->at is NULL, or the list has more entries than any valid list */
};

struct links {
	struct kernel *kernel;
	/* Borrowed, may be NULL. See links_from(). */
	struct address_set *seen;
	uint64_t head; /* address of the list_head or pointer that is the head */
	uint64_t offset; /* offset of the list_head or pointer in each struct */
	size_t most, nr; /* most: limit for the number of entries; nr: number of entries so far */
	/* Addresses of the list_heads or pointers of the last two entries. After damage, the list
	 * is valid up to before. */
	uint64_t before, at;
	uint64_t back; /* set with LINKS_BAD */
	enum links_end end;
	struct error why; /* set with LINKS_MISSING */
	/* The caller may set these after links_from(): */
	bool is_chain;
	bool backward; /* follow prev instead of next */
	const struct address_set *met; /* structs that also end the list; or NULL */
};

/* Starts to follow a list. The addresses of its entries are added to seen, which is borrowed until
 * the end and may contain entries of other lists. The list ends at an entry that was in seen, so a
 * circle ends. If seen is NULL, each entry of a ring must point back to the previous entry, so a
 * circle ends, too. A chain without seen is only limited by most. most limits the number of entries
 * of the list, or the number of addresses in seen. */
struct links links_from(struct kernel *kernel, uint64_t head, uint64_t offset,
			struct address_set *seen, size_t most);

/* Is the list empty? Reads only the head, and needs no types. Returns false also if the head cannot
 * be read. */
bool links_none(struct kernel *kernel, uint64_t head);

/* Sets *address to the address of the next struct. Returns false at the end, whose reason is in
 * links->end. */
bool links_next(struct links *links, uint64_t *address);

/* Is the end LINKS_MISSING, at an address that the kernel's page table does not map? Then the list
 * is damaged. Otherwise the dump may only be incomplete. */
bool links_lead_nowhere(const struct links *links);

static inline bool links_damaged(const struct links *links)
{
	return links->end > LINKS_STOPPED;
}
