/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The kernel's lists: struct list_head, a ring of members of the structs in it, and a head that
 * is in no struct; or a chain of pointers that ends with NULL. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct address_set;
struct kernel;

enum links_end {
	LINKS_RUNNING,
	LINKS_WHOLE, /* reached the head, or NULL, or an entry in links->met */
	LINKS_STOPPED, /* kernel_stopped() was true */
	/* Damage: links->at says where. */
	LINKS_MISSING, /* it cannot be read: links->why */
	LINKS_BAD, /* it points back to links->back, not to links->before */
	LINKS_AGAIN, /* it was met before */
	LINKS_LIMIT, /* it is NULL, or there are more than any sound list has */
};

struct links {
	struct kernel *kernel;
	struct address_set *seen; /* borrowed; NULL: see links_from() */
	uint64_t head; /* address of the head's struct list_head or pointer */
	uint64_t offset; /* of the member in each struct */
	size_t most, nr; /* entries; nr: so far */
	uint64_t before, at; /* addresses of the last two entries' members; on damage the
			      * list is sound up to before */
	uint64_t back; /* LINKS_BAD */
	enum links_end end;
	struct error why; /* LINKS_MISSING */
	/* To be set after links_from(): */
	bool is_chain;
	bool backward; /* by prev, not next */
	const struct address_set *met; /* structs where the list ends, too; or NULL */
};

/* seen, which may have entries of other lists, is borrowed until the end; it ends lists that
 * lead into a circle. If it is NULL, each entry of a ring must point back to the one before,
 * which also ends circles; for a chain the caller must do this. most: no sound list has more
 * entries, or makes seen larger. */
struct links links_from(struct kernel *kernel, uint64_t head, uint64_t offset,
			struct address_set *seen, size_t most);

/* Is the list empty? The head alone decides, without types. False also if the head cannot be
 * read. */
bool links_none(struct kernel *kernel, uint64_t head);

/* Address of the next struct; false at the end: links->end says why. */
bool links_next(struct links *links, uint64_t *address);

static inline bool links_damaged(const struct links *links)
{
	return links->end > LINKS_STOPPED;
}
