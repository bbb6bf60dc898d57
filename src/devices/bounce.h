/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Bounce buffers: memory that devices access in place of the memory that their drivers mapped. The
 * kernel copies data between the bounce buffer and the driver's memory. kernel/dma/swiotlb.c */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/state.h"

struct kernel;
struct pci_function;

enum {
	BOUNCE_SHIFT = 11, /* IO_TLB_SHIFT: a slot has 1 << 11 bytes */
	BOUNCE_BYTES = 1 << BOUNCE_SHIFT,
	/* IO_TLB_SEGSIZE: an allocation has at most this many slots. */
	MOST_BOUNCE_SLOTS = 128,
};

/* The places of one member in all slots. The values are in an array of numbers, or in an array of
 * structs. */
struct bounce_column {
	uint64_t address; /* address of the member of slot 0; 0: the kernel has no such member */
	uint64_t stride; /* bytes from one member to the next */
	size_t width;
};

struct bounce_pool {
	uint64_t first, last; /* physical addresses, both inclusive */
	uint64_t nr_slots;
	/* Address of the struct io_tlb_mem with the pool; 0: the kernel has only one pool. */
	uint64_t owner;
	/* The only device that uses the pool; NULL: any device. */
	const struct pci_function *function;
	struct bounce_column original, free, size;
};

struct bounce_list {
	struct bounce_pool *pool; /* owned */
	size_t nr, room;
	size_t nr_damages; /* number of pools that could not be read */
	struct error damage; /* the first damage */
};

/* Returns the list of all pools. The list is read at the first call. The kernel owns it, and it is
 * valid until the kernel's facts are forgotten. Returns NULL and sets err if the address or the
 * layout of the pools is not known. */
const struct bounce_list *bounce_pools(struct kernel *kernel, struct error *err);

/* Returns the pool that contains the physical address, or NULL if no pool does. */
const struct bounce_pool *bounce_pool_at(const struct bounce_list *list, uint64_t paddr);

/* Returns true if the driver of the function may use the pool. A function without a driver uses no
 * pool. */
bool bounce_pool_serves(struct kernel *kernel, const struct bounce_pool *pool,
			const struct pci_function *function);

/* --- slots --- */

/* A slot, and the allocation that includes it. */
struct bounce_slot {
	uint64_t nr; /* index in the pool */
	bool used;
	/* The physical address of the first byte that the kernel copies to or from this slot.
	 * Unknown if the slot only pads an allocation, or if the allocation has no original
	 * memory. */
	bool has_original;
	uint64_t original;
	bool has_size;
	uint64_t size; /* bytes from the original to the end of the allocation's memory */
};

/* Reads slot number nr of the pool. Returns false if the slot cannot be read. */
bool bounce_slot_read(struct kernel *kernel, const struct bounce_pool *pool, uint64_t nr,
		      struct bounce_slot *slot, struct error *err);

/* Counts the used slots of the pool. Returns false if a slot cannot be read or the user stopped the
 * count; then *used is the number of used slots before that slot. */
bool bounce_count(struct kernel *kernel, const struct bounce_pool *pool, uint64_t *used,
		  struct error *err);

/* A byte in a pool, and the byte of original memory that the kernel copies it to or from. */
struct bounce_copy {
	/* NULL: paddr is in no pool, and only pool and paddr are set */
	const struct bounce_pool *pool;
	struct bounce_slot slot;
	uint64_t paddr; /* address in the pool */
	bool has_original;
	uint64_t original; /* physical address of the original of the byte at paddr */
	bool is_unsure; /* the original is either[0] or either[1], depending on the device */
	uint64_t either[2];
	/* The size of the whole allocation in bytes, if the kernel records it. */
	bool has_size;
	uint64_t size;
	struct error trouble; /* if the slot is used and has_original is false: why */
};

/* Finds the original of the byte at a physical address. function: the device that uses the address,
 * or NULL if the device is not known. Returns false if the pools are not known, or if the slot
 * cannot be read. */
bool bounce_find(struct kernel *kernel, uint64_t paddr, const struct pci_function *function,
		 struct bounce_copy *copy, struct error *err);

struct bounce_search {
	struct kernel *kernel;
	const struct pci_function *function; /* as in bounce_find() */
	uint64_t original; /* physical address */
	/* Called for each address in a pool that has a copy of the byte at address original. */
	void (*visit)(void *arg, const struct bounce_copy *copy);
	void *arg;
};

/* Calls search->visit for all copies. Returns false and sets err if a slot cannot be read or the
 * user stopped the search. */
bool bounce_each_of(const struct bounce_search *search, struct error *err);

/* Appends a text such as ", bounce buffer slot 7 of 1c00200" to the string in text, an array of
 * size bytes. */
void bounce_text(const struct bounce_copy *copy, char *text, size_t size);
