/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The kernel's lists: struct list_head, a ring of members in structs and of a head; or a chain of
 * pointers that ends with NULL. */
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
	/* Damage, at links->at: */
	LINKS_MISSING, /* the entry cannot be read: links->why */
	LINKS_BAD, /* the entry points back to links->back instead of links->before */
	LINKS_AGAIN, /* the entry was already in the list */
	LINKS_LIMIT, /* the entry is NULL, or there are more than any valid list has */
};

struct links {
	struct kernel *kernel;
	/* Borrowed; NULL: circles are found as described for links_from() */
	struct address_set *seen;
	uint64_t head; /* address of the head's struct list_head or pointer */
	uint64_t offset; /* offset of the member in each struct */
	size_t most, nr; /* most: limit of entries; nr: entries so far */
	uint64_t before, at; /* addresses of the last two entries' members; on damage the
			      * list is sound up to before */
	uint64_t back; /* with LINKS_BAD */
	enum links_end end;
	struct error why; /* with LINKS_MISSING */
	/* The caller may set these after links_from(): */
	bool is_chain;
	bool backward; /* follow prev instead of next */
	const struct address_set *met; /* structs at which the list ends, too; or NULL */
};

/* seen, which may contain entries of other lists, is borrowed until the end; it ends lists that
 * lead into a circle. If seen is NULL, each entry of a ring must point back to the previous one,
 * which also ends circles; for a chain the caller must check. most: limit of entries, for the list
 * and for adding to seen. */
struct links links_from(struct kernel *kernel, uint64_t head, uint64_t offset,
			struct address_set *seen, size_t most);

/* Is the list empty? Only the head is read, without types. False also if the head cannot be
 * read. */
bool links_none(struct kernel *kernel, uint64_t head);

/* Address of the next struct. False: the end; links->end has the reason. */
bool links_next(struct links *links, uint64_t *address);

/* Is it LINKS_MISSING at an address that the kernel's table does not map? Then the list is damaged,
 * even if the dump is incomplete. */
bool links_lead_nowhere(const struct links *links);

static inline bool links_damaged(const struct links *links)
{
	return links->end > LINKS_STOPPED;
}
