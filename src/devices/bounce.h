/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Bounce buffers: memory that devices access in place of the memory that their drivers mapped. The
 * kernel copies between the two. kernel/dma/swiotlb.c */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/state.h"

struct kernel;
struct pci_function;

enum {
	BOUNCE_SHIFT = 11, /* IO_TLB_SHIFT: bytes of a slot */
	BOUNCE_BYTES = 1 << BOUNCE_SHIFT,
	/* IO_TLB_SEGSIZE: an allocation has at most this many slots. */
	MOST_BOUNCE_SLOTS = 128,
};

/* A member of all slots, in an array of numbers or an array of structs. */
struct bounce_column {
	uint64_t address; /* address of the first slot's member; 0: this kernel lacks the member */
	uint64_t stride; /* bytes from one member to the next */
	size_t width;
};

struct bounce_pool {
	uint64_t first, last; /* physical addresses, both inclusive */
	uint64_t nr_slots;
	/* Address of the struct io_tlb_mem with the pool; 0: the kernel has only one pool. */
	uint64_t owner;
	const struct pci_function *function; /* the only user of the pool; NULL: any device */
	struct bounce_column original, free, size;
};

struct bounce_list {
	struct bounce_pool *pool; /* owned */
	size_t nr, room;
	size_t nr_damages; /* number of pools that could not be read */
	struct error damage; /* the first damage */
};

/* The list is read on first use, and borrowed from the kernel until its facts are forgotten. NULL
 * with err: the address or the layout of the pools is not known. */
const struct bounce_list *bounce_pools(struct kernel *kernel, struct error *err);

/* The pool that holds the physical address; NULL: no pool does. */
const struct bounce_pool *bounce_pool_at(const struct bounce_list *list, uint64_t paddr);

/* May the driver of the function use the pool? A function without a driver uses no pool. */
bool bounce_pool_serves(struct kernel *kernel, const struct bounce_pool *pool,
			const struct pci_function *function);

/* --- slots --- */

/* A slot, and the allocation that includes it. */
struct bounce_slot {
	uint64_t nr; /* index in the pool */
	bool used;
	/* The original address of the first byte that is copied to this slot. Unknown for padding
	 * of an allocation, and for memory without an original. */
	bool has_original;
	uint64_t original;
	bool has_size;
	uint64_t size; /* bytes from the original to the end of the allocation */
};

/* False: the slot cannot be read. */
bool bounce_slot_read(struct kernel *kernel, const struct bounce_pool *pool, uint64_t nr,
		      struct bounce_slot *slot, struct error *err);

/* Counts slots in use. False: a slot cannot be read, or the count was stopped; the slots before are
 * counted. */
bool bounce_count(struct kernel *kernel, const struct bounce_pool *pool, uint64_t *used,
		  struct error *err);

/* A byte in a pool, and the place that it is copied from or to. */
struct bounce_copy {
	const struct bounce_pool *pool; /* NULL: no pool; then only paddr is set, too */
	struct bounce_slot slot;
	uint64_t paddr; /* address in the pool */
	bool has_original;
	uint64_t original; /* physical address that the byte at paddr is copied from or to */
	bool is_unsure; /* the original is one of either[], depending on the device */
	uint64_t either[2];
	/* The whole allocation, if the kernel records it: */
	bool has_size;
	uint64_t size; /* in bytes */
	struct error trouble; /* if a used slot has no original: why */
};

/* For a physical address in a pool: finds its original. function: the device that uses the address;
 * NULL: not known. Fails if the pools are not known, or the slot cannot be read. */
bool bounce_find(struct kernel *kernel, uint64_t paddr, const struct pci_function *function,
		 struct bounce_copy *copy, struct error *err);

struct bounce_search {
	struct kernel *kernel;
	const struct pci_function *function; /* as in bounce_find() */
	uint64_t original; /* physical address */
	/* Called for each address in a pool whose original is the one above. */
	void (*visit)(void *arg, const struct bounce_copy *copy);
	void *arg;
};

/* False with err: slots could not be read, or the search was stopped. */
bool bounce_each_of(const struct bounce_search *search, struct error *err);

/* Appends ", bounce buffer slot 7 of 1c00200" to text of size bytes. */
void bounce_text(const struct bounce_copy *copy, char *text, size_t size);
