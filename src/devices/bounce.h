/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Bounce buffers: a device accesses the bounce buffer instead of the memory that its driver mapped.
 * The kernel copies data between the bounce buffer and this memory (kernel/dma/swiotlb.c). */
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

/* The addresses of the same member in all slots. The values are in an array of numbers, or in an
 * array of structs. */
struct bounce_column {
	uint64_t address; /* address of the member of slot 0; 0: the kernel has no such member */
	uint64_t stride; /* bytes from a slot's member to the next slot's member */
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

/* Returns the list of all pools. The first call reads the list. The kernel owns the list, which is
 * valid until the kernel's facts are forgotten. Returns NULL and sets err if the address or the
 * layout of the pools is not known. */
const struct bounce_list *bounce_pools(struct kernel *kernel, struct error *err);

/* May the driver of the function use the pool? Returns false for a function without a driver. */
bool bounce_pool_serves(struct kernel *kernel, const struct bounce_pool *pool,
			const struct pci_function *function);

/* --- slots --- */

/* A slot of a pool. Several consecutive slots may form one allocation. */
struct bounce_slot {
	uint64_t nr; /* index in the pool */
	bool used;
	/* The physical address of the driver's memory ("original") to or from which the kernel
	 * copies the data of this slot. has_original is false if the slot is padding of an
	 * allocation, or if the allocation has no original memory. */
	bool has_original;
	uint64_t original;
	bool has_size;
	uint64_t size; /* bytes from the original to the end of the driver's memory */
};

/* Counts the slots of the pool that are in use. Returns false if a slot cannot be read, or if the
 * user stops the count. In this case *used is the number of used slots before that slot. */
bool bounce_count(struct kernel *kernel, const struct bounce_pool *pool, uint64_t *used,
		  struct error *err);

/* A byte in a pool, and the byte of the driver's memory (its original) to or from which the kernel
 * copies the byte in the pool. */
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
	struct error trouble; /* set if the slot is used and has_original is false: the reason */
};

/* Finds the original of the byte at paddr. function: the device that uses the bounce buffer. NULL:
 * the device is not known. If no pool contains paddr, sets copy->pool to NULL and returns true.
 * Returns false if the pools are not known, or if the slot cannot be read. */
bool bounce_find(struct kernel *kernel, uint64_t paddr, const struct pci_function *function,
		 struct bounce_copy *copy, struct error *err);

struct bounce_search {
	struct kernel *kernel;
	const struct pci_function *function; /* see bounce_find(); may be NULL */
	uint64_t original; /* physical address */
	/* Called for each address in a pool at which there is a copy of the byte at `original`. */
	void (*visit)(void *arg, const struct bounce_copy *copy);
	void *arg;
};

/* Calls search->visit for all copies of a byte. Returns false and sets err if a slot cannot be
 * read, or if the user stops the search. */
bool bounce_each_of(const struct bounce_search *search, struct error *err);

/* Appends a text such as ", bounce buffer slot 7 of 1c00200" to the string in the array `text`.
 * size: size of the array in bytes. */
void bounce_text(const struct bounce_copy *copy, char *text, size_t size);
