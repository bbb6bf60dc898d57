/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Follows the kernel's lists. A list is a ring of struct list_head, or a chain of pointers that
 * ends with NULL. In a ring, one list_head is the head of the list, and the others are members of
 * the structs in the list. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct address_set;
struct kernel;

enum links_end {
	LINKS_RUNNING,
	LINKS_WHOLE, /* the list ended at the head, at NULL, or at an entry in links->met */
	LINKS_STOPPED, /* the listener stopped the work */
	/* The other values mean that the list is damaged at the entry links->at. */
	LINKS_MISSING, /* the entry cannot be read; links->why is the reason */
	LINKS_BAD, /* the entry points back to links->back instead of links->before */
	LINKS_AGAIN, /* the entry was already part of the list */
	LINKS_LIMIT, /* links->at is NULL, or links->most or *links->budget was exceeded */
};

struct links {
	struct kernel *kernel;
	/* Borrowed, may be NULL: see links_from(). */
	struct address_set *seen;
	uint64_t head; /* the address of the list_head or pointer that is the head */
	uint64_t offset; /* the offset in each struct of the list_head or pointer */
	size_t most, nr; /* most: the most entries; nr: the number of entries so far */
	/* The addresses of the list_heads or pointers of the last two entries. If the list is
	 * damaged, it is valid up to `before`. */
	uint64_t before, at;
	uint64_t back; /* set with LINKS_BAD */
	enum links_end end;
	struct error why; /* set with LINKS_MISSING */
	/* After links_from(), the caller may set the following members. */
	bool is_chain;
	/* With is_chain: the offset of the pointer in the structs, if it points to structs and not into
	 * them. Then `offset` is 0, and `at` and the others are addresses of structs. */
	uint64_t link;
	bool backward; /* follow the member prev instead of next */
	const struct address_set *met; /* further structs at which the list ends; may be NULL */
	/* How many entries may still be followed, in all lists that share this number. Borrowed,
	 * may be NULL. */
	size_t *budget;
};

/* Prepares to follow a list. A damaged list may be a circle, so there are several ways to end it.
 * If `seen` is not NULL, the addresses of the list's entries are added to `seen`, and the list ends
 * at an entry that `seen` already contains. `seen` is borrowed until the end, and may contain
 * entries of other lists. If `seen` is NULL, each entry of a ring must point back to the previous
 * entry. `most` is the limit for the number of addresses in `seen` or, if `seen` is NULL, for the
 * number of entries. Only this limit ends a circular chain without `seen`. */
struct links links_from(struct kernel *kernel, uint64_t head, uint64_t offset,
			struct address_set *seen, size_t most);

/* Is the list empty? The function reads only the head, and needs no types. If the head cannot be
 * read, it returns false. */
bool links_none(struct kernel *kernel, uint64_t head);

/* Sets *address to the address of the next struct. At the end of the list, returns false, and
 * links->end is the reason. */
bool links_next(struct links *links, uint64_t *address);

/* Does the list end with LINKS_MISSING, at an address that the kernel's page table does not map? In
 * this case the list is damaged. If the address is mapped, the dump may only be incomplete. */
bool links_lead_nowhere(const struct links *links);

/* Was the spinlock at this address held? Then a CPU may have been changing the list that the lock
 * protects. */
bool links_locked(struct kernel *kernel, uint64_t lock);

static inline bool links_damaged(const struct links *links)
{
	return links->end > LINKS_STOPPED;
}
