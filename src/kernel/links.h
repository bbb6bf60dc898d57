/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The kernel's lists: struct list_head, a ring of members of the structs in it, through a
 * head that is in none. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct address_set;
struct kernel;

enum links_end {
	LINKS_RUNNING,
	LINKS_WHOLE, /* came back to the head */
	LINKS_STOPPED, /* kernel_stopped() said so */
	LINKS_DAMAGED, /* cannot be followed any further, or has no end: at says where */
};

struct links {
	struct kernel *kernel;
	struct address_set
		*seen; /* borrowed: entries met, of other lists too */
	uint64_t head; /* address of the head's struct list_head */
	uint64_t offset; /* of the member in each struct */
	size_t most; /* entries in seen */
	uint64_t at; /* address of the last entry's struct list_head */
	enum links_end end;
};

/* seen, which may know entries of other lists, is borrowed until the end. most: no sound
 * list makes it larger. */
void links_start(struct links *links, struct kernel *kernel, uint64_t head,
		 uint64_t offset, struct address_set *seen, size_t most);

/* Is the list empty? Its head alone says it, without types. False: or it cannot be read. */
bool links_none(struct kernel *kernel, uint64_t head);

/* Address of the next struct; false at the end: links->end says why. */
bool links_next(struct links *links, uint64_t *address);
