/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Bounce buffers: memory that devices read and write in place of the memory that their drivers
 * mapped. The kernel copies between the two. kernel/dma/swiotlb.c */
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
	/* IO_TLB_SEGSIZE: an allocation has no more slots. */
	MOST_BOUNCE_SLOTS = 128,
};

/* A member of all slots: in an array of numbers, or in an array of structs. */
struct bounce_column {
	uint64_t address; /* of the first; 0: this kernel does not keep it */
	uint64_t stride; /* bytes */
	size_t width;
};

struct bounce_pool {
	uint64_t first, last; /* physical, inclusive */
	uint64_t nr_slots;
	/* The struct io_tlb_mem with the pool; 0: the kernel has just one pool. */
	uint64_t owner;
	const struct pci_function *function; /* the only one that it is for, or NULL */
	struct bounce_column original, free, size;
};

struct bounce_list {
	struct bounce_pool *pool; /* owned */
	size_t nr, room;
	size_t nr_damages; /* pools that are missing */
	struct error damage; /* the first of them */
};

/* Read on first use; borrowed from the kernel until its facts are forgotten. NULL with
 * err: where they are, or their layout, is not known. */
const struct bounce_list *bounce_pools(struct kernel *kernel, struct error *err);

/* The pool that the physical address is in; NULL: in none. */
const struct bounce_pool *bounce_pool_at(const struct bounce_list *list, uint64_t paddr);

/* May the function's driver use it? Those without a driver use none. */
bool bounce_pool_serves(struct kernel *kernel, const struct bounce_pool *pool,
			const struct pci_function *function);

/* --- slots --- */

/* A slot, and the allocation that it is a part of. */
struct bounce_slot {
	uint64_t nr; /* in the pool */
	bool used;
	/* The original place of the first byte that is copied to this slot. Unknown in the
	 * padding of an allocation, and for memory without another place. */
	bool has_original;
	uint64_t original;
	bool has_size;
	uint64_t size; /* bytes from there to the end of the allocation */
};

/* False: it cannot be read. */
bool bounce_slot_read(struct kernel *kernel, const struct bounce_pool *pool, uint64_t nr,
		      struct bounce_slot *slot, struct error *err);

/* Counts slots in use. False: a slot cannot be read, or it was stopped; slots before that are
 * counted. */
bool bounce_count(struct kernel *kernel, const struct bounce_pool *pool, uint64_t *used,
		  struct error *err);

/* Bytes that are copied between two places. */
struct bounce_copy {
	const struct bounce_pool *pool; /* NULL: none, and nothing else is set but paddr */
	struct bounce_slot slot;
	uint64_t paddr; /* in the pool */
	bool has_original;
	uint64_t original; /* physical: where paddr's byte is copied from or to */
	bool is_unsure; /* the original is one of these, depending on the device */
	uint64_t either[2];
	/* Of the whole allocation, where the kernel keeps it: */
	bool has_size;
	uint64_t size; /* bytes */
	struct error trouble; /* !has_original of a used slot: why */
};

/* For a physical address in a pool: the original that it stands for. function: the device that
 * uses it; NULL: not known. Fails if the pools are not known, or the slot cannot be read. */
bool bounce_find(struct kernel *kernel, uint64_t paddr, const struct pci_function *function,
		 struct bounce_copy *copy, struct error *err);

struct bounce_search {
	struct kernel *kernel;
	const struct pci_function *function; /* as of bounce_find() */
	uint64_t original; /* physical */
	/* Called for each address in a pool that stands for the original. */
	void (*visit)(void *arg, const struct bounce_copy *copy);
	void *arg;
};

/* False with err: slots could not be read, or it was stopped. */
bool bounce_each_of(const struct bounce_search *search, struct error *err);

/* Appends ", bounce buffer slot 7 of 1c00200" to text of size bytes. */
void bounce_text(const struct bounce_copy *copy, char *text, size_t size);
