/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/vmalloc.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/address_set.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"

enum {
	PAGE = 4096,
	MOST_AREAS =
		8 << 20, /* a stack for each of PID_MAX_LIMIT tasks, and more */
	MOST_NODES =
		8192, /* clamp_t(unsigned int, num_possible_cpus(), 1, 128), and room */
	STOP_EVERY = 256, /* areas */
};

/* VM_LAZY_FREE, VM_LAZY_FREEING and VM_VM_AREA of vmap_area's flags, until 5.3;
 * VMAP_RAM since 6.3. mm/vmalloc.c */
enum { OLD_LAZY = 0x1 | 0x2, OLD_OWNED = 0x4, FLAG_RAM = 0x1 };

/* What vmap_area's flags say. */
enum flags_era { NO_FLAGS, OLD_FLAGS, RAM_FLAGS };

struct scan {
	struct kernel *kernel;
	const struct watch *watch;
	struct vmalloc_list *list;
	struct address_set seen;
	enum flags_era era;
	enum member_id vm; /* what leads from vmap_area to vm_struct */
	uint32_t flags; /* that this kernel has */
	bool stopped, no_memory;
};

/* --- one area --- */

static void damage(struct scan *scan, const char *what, uint64_t at,
		   const struct error *why)
{
	struct error err;

	if (scan->stopped || scan->no_memory)
		return;
	fail(&err, ERROR_FORMAT, "%s at %" PRIx64 ": %.300s", what, at,
	     why->message);
	damages_add(&scan->list->damages, &err);
}

static bool add_area(struct scan *scan, const struct vmalloc_area *area)
{
	struct vmalloc_list *list = scan->list;
	size_t room = list->room ? 2 * list->room : 256;
	struct vmalloc_area *more;

	if (list->nr == list->room) {
		more = reallocarray(list->area, room, sizeof(*more));
		if (!more) {
			scan->no_memory = true;
			return false;
		}
		list->area = more;
		list->room = room;
	}
	list->area[list->nr++] = *area;
	if (list->nr % STOP_EVERY == 0 && scan->watch &&
	    scan->watch->stop(scan->watch->arg))
		scan->stopped = true;
	return !scan->stopped;
}

static bool is_new(struct scan *scan, uint64_t address)
{
	enum address_added added =
		address ? address_set_add(&scan->seen, address) : ADDRESS_SEEN;

	if (added == ADDRESS_NO_MEMORY)
		scan->no_memory = true;
	return added == ADDRESS_NEW && scan->seen.nr <= MOST_AREAS;
}

static bool set_range(struct scan *scan, struct vmalloc_area *area,
		      uint64_t start, uint64_t end, struct error *err)
{
	if (start >= end || start % PAGE || end % PAGE ||
	    end > scan->kernel->arch->address_mask)
		return fail(err, ERROR_FORMAT,
			    "%" PRIx64 " to %" PRIx64 " is no range of pages",
			    start, end);
	area->start = start;
	area->last = end - 1;
	return true;
}

/* caller came with 2.6.26. */
static bool read_vm(struct scan *scan, uint64_t vm, struct vmalloc_area *area,
		    struct error *err)
{
	struct kernel *kernel = scan->kernel;
	uint64_t start, size, flags;

	if (!kernel_read_member(kernel, vm, VM_ADDR, &start, err) ||
	    !kernel_read_member(kernel, vm, VM_SIZE, &size, err) ||
	    !kernel_read_member(kernel, vm, VM_FLAGS, &flags, err) ||
	    !set_range(scan, area, start, start + size, err) ||
	    !kernel_read_member(kernel, vm, VM_PAGES, &area->pages, err) ||
	    !kernel_read_member(kernel, vm, VM_NR_PAGES, &area->nr_pages,
				err) ||
	    !kernel_read_member(kernel, vm, VM_PHYS_ADDR, &area->physical, err))
		return false;
	if (kernel_member(kernel, VM_CALLER, NULL) &&
	    !kernel_read_member(kernel, vm, VM_CALLER, &area->caller, err))
		return false;
	area->state = VMALLOC_OWNED;
	area->flags = (uint32_t)flags & scan->flags;
	return true;
}

/* What holds an area that has no vm_struct. */
static enum vmalloc_state unowned_state(const struct scan *scan, uint64_t flags)
{
	if (scan->era == OLD_FLAGS && (flags & OLD_LAZY))
		return VMALLOC_UNPURGED;
	if (scan->era == RAM_FLAGS && !(flags & FLAG_RAM))
		return VMALLOC_UNOWNED;
	return VMALLOC_MAP_RAM;
}

/* A vm_struct that is damaged costs what it tells, but not the range. */
static void read_owner(struct scan *scan, uint64_t va, uint64_t vm,
		       struct vmalloc_area *area)
{
	struct vmalloc_area owned = { 0 };
	struct error err;

	if (read_vm(scan, vm, &owned, &err)) {
		if (owned.start >= area->start && owned.last <= area->last) {
			*area = owned;
			return;
		}
		fail(&err, ERROR_FORMAT,
		     "its vm_struct is of another range: %" PRIx64
		     " to %" PRIx64,
		     owned.start, owned.last);
	}
	area->state = VMALLOC_UNOWNED;
	damage(scan, "the area", va, &err);
}

/* A vmap_area, of the list of those in use or of those to be purged. */
static bool take_area(struct scan *scan, uint64_t va, bool in_use,
		      struct error *err)
{
	struct kernel *kernel = scan->kernel;
	struct vmalloc_area area = { .state = VMALLOC_UNPURGED };
	uint64_t start, end, flags = OLD_OWNED, vm = 0;

	if (!kernel_read_member(kernel, va, VMAP_START, &start, err) ||
	    !kernel_read_member(kernel, va, VMAP_END, &end, err) ||
	    !set_range(scan, &area, start, end, err))
		return false;
	if (in_use) {
		if ((scan->era != NO_FLAGS &&
		     !kernel_read_member(kernel, va, VMAP_FLAGS, &flags,
					 err)) ||
		    !kernel_read_member(kernel, va, scan->vm, &vm, err))
			return false;
		if (scan->era == OLD_FLAGS && !(flags & OLD_OWNED))
			vm = 0;
		if (vm)
			read_owner(scan, va, vm, &area);
		else
			area.state = unowned_state(scan, flags);
	}
	return add_area(scan, &area);
}

/* --- lists --- */

/* One list_head and what hangs on it. */
struct ring {
	uint64_t head;
	uint64_t offset; /* of the list_head in vmap_area */
	bool in_use;
};

static bool read_link(struct scan *scan, uint64_t entry, unsigned int direction,
		      uint64_t *to, struct error *err)
{
	unsigned int word = kernel_pointer_size(scan->kernel);

	return kernel_read_pointer(scan->kernel, entry + direction * word, to,
				   err);
}

enum step { STEP_ON, STEP_END, STEP_DAMAGED };

/* Takes the area whose links are at entry, unless the other direction was there
 * before; direction 1 is backward. */
static enum step step(struct scan *scan, const struct ring *ring,
		      unsigned int direction, uint64_t before, uint64_t *entry,
		      struct error *err)
{
	uint64_t va =
		(*entry - ring->offset) & scan->kernel->arch->address_mask;
	uint64_t back, at = *entry;

	if (direction == 1 && !is_new(scan, va))
		return STEP_END;
	if (!read_link(scan, at, !direction, &back, err))
		return STEP_DAMAGED;
	if (back != before)
		fail(err, ERROR_FORMAT,
		     "%" PRIx64 " comes next but points back to %" PRIx64, at,
		     back);
	else if (direction == 0 && !is_new(scan, va))
		fail(err, ERROR_FORMAT, "it leads to %" PRIx64 " again", va);
	else if (take_area(scan, va, ring->in_use, err) &&
		 read_link(scan, at, direction, entry, err))
		return STEP_ON;
	return STEP_DAMAGED;
}

/* From the head until it comes back there. False: cut off. */
static bool follow(struct scan *scan, const struct ring *ring,
		   unsigned int direction)
{
	uint64_t before = ring->head, entry, here;
	enum step done = STEP_DAMAGED;
	struct error err;

	if (read_link(scan, ring->head, direction, &entry, &err))
		for (done = STEP_ON; done == STEP_ON && entry != ring->head;) {
			here = entry;
			done = step(scan, ring, direction, before, &entry,
				    &err);
			if (done == STEP_ON)
				before = here;
		}
	if (done == STEP_DAMAGED)
		damage(scan, "the list of areas is cut after its entry", before,
		       &err);
	return done == STEP_ON;
}

static void follow_both_ways(struct scan *scan, uint64_t head, bool in_use)
{
	const struct member *list =
		kernel_member(scan->kernel, VMAP_LIST, NULL);
	struct ring ring = { head, list ? list->offset : 0, in_use };

	if (!follow(scan, &ring, 0) && !scan->stopped && !scan->no_memory)
		follow(scan, &ring, 1);
}

/* A chain of pointers that ends with 0, the first of them at address. */
static void follow_chain(struct scan *scan, uint64_t address, uint64_t offset,
			 bool (*take)(struct scan *scan, uint64_t entry,
				      struct error *err))
{
	uint64_t entry, before = address;
	struct error err;

	while (kernel_read_pointer(scan->kernel, before, &entry, &err)) {
		uint64_t at =
			(entry - offset) & scan->kernel->arch->address_mask;

		if (!entry)
			return;
		if (!is_new(scan, at)) {
			fail(&err, ERROR_FORMAT,
			     "it leads to %" PRIx64 " again", at);
			break;
		}
		if (!take(scan, at, &err))
			break;
		before = entry;
	}
	damage(scan, "the chain of areas is cut after its entry", before, &err);
}

static bool take_lazy(struct scan *scan, uint64_t va, struct error *err)
{
	return take_area(scan, va, false, err);
}

static bool take_vm(struct scan *scan, uint64_t vm, struct error *err)
{
	struct vmalloc_area area = { 0 };

	return read_vm(scan, vm, &area, err) && add_area(scan, &area);
}

/* --- the kernels that there are --- */

/* Since 6.9 areas are spread over nodes. */
static bool scan_nodes(struct scan *scan, uint64_t symbol, struct error *err)
{
	struct kernel *kernel = scan->kernel;
	const struct member *busy = kernel_member(kernel, VMAP_NODE_BUSY, err);
	const struct member *lazy = kernel_member(kernel, VMAP_NODE_LAZY, err);
	uint64_t nodes, nr, size, nr_symbol;

	if (!busy || !lazy ||
	    !kernel_symbol(kernel, "nr_vmap_nodes", &nr_symbol, err) ||
	    !kernel_read_number(kernel, nr_symbol, 4, &nr, err) ||
	    !kernel_read_pointer(kernel, symbol, &nodes, err))
		return false;
	if (!kernel_type_size(kernel, "vmap_node", &size) || nr == 0 ||
	    nr > MOST_NODES)
		return fail(err, ERROR_FORMAT,
			    "%" PRIu64 " vmap_nodes cannot be", nr);
	for (uint64_t i = 0; i < nr && !scan->stopped; i++) {
		follow_both_ways(scan, nodes + i * size + busy->offset, true);
		follow_both_ways(scan, nodes + i * size + lazy->offset, false);
	}
	return true;
}

/* Lazily freed areas have a list since 5.11, and had a chain since 5.4; before,
 * they stayed in the one list. */
static bool scan_one_list(struct scan *scan, uint64_t head)
{
	const struct member *purge =
		kernel_member(scan->kernel, VMAP_PURGE_LIST, NULL);
	uint64_t lazy;

	follow_both_ways(scan, head, true);
	if (kernel_symbol(scan->kernel, "purge_vmap_area_list", &lazy, NULL))
		follow_both_ways(scan, lazy, false);
	else if (scan->era == NO_FLAGS && purge &&
		 kernel_symbol(scan->kernel, "vmap_purge_list", &lazy, NULL))
		follow_chain(scan, lazy, purge->offset, take_lazy);
	return true;
}

/* Until 5.3 flags tell what an area is. Since 5.4 its vm_struct lies in
 * the union that has subtree_max_size; since 6.3 there are flags again, which
 * say something else. */
static void find_era(struct scan *scan)
{
	struct kernel *kernel = scan->kernel;
	const struct member *vm = kernel_member(kernel, VMAP_VM, NULL);
	const struct member *subtree =
		kernel_member(kernel, VMAP_SUBTREE_MAX_SIZE, NULL);

	scan->vm = vm ? VMAP_VM : VMAP_PRIVATE;
	if (!kernel_member(kernel, VMAP_FLAGS, NULL))
		scan->era = NO_FLAGS;
	else if (vm && subtree && vm->offset == subtree->offset)
		scan->era = RAM_FLAGS;
	else
		scan->era = OLD_FLAGS;
}

static void find_flags(struct scan *scan)
{
	unsigned int version = kernel_version(scan->kernel);

	scan->flags = VMALLOC_IOREMAP | VMALLOC_ALLOC | VMALLOC_MAP |
		      VMALLOC_USERMAP | VMALLOC_UNINITIALIZED;
	if (version >= 0x040000)
		scan->flags |= VMALLOC_NO_GUARD;
	if (version >= 0x050300)
		scan->flags |= VMALLOC_DMA_COHERENT;
	if (version >= 0x060900)
		scan->flags |= VMALLOC_SPARSE;
}

static bool has_types(struct kernel *kernel, bool areas, struct error *err)
{
	return kernel_member(kernel, VM_ADDR, err) &&
	       (!areas || (kernel_member(kernel, VMAP_START, err) &&
			   kernel_member(kernel, VMAP_LIST, err)));
}

static bool scan_all(struct scan *scan, struct error *err)
{
	struct kernel *kernel = scan->kernel;
	const struct member *next;
	uint64_t symbol;

	find_era(scan);
	find_flags(scan);
	if (kernel_symbol(kernel, "vmap_nodes", &symbol, NULL))
		return has_types(kernel, true, err) &&
		       scan_nodes(scan, symbol, err);
	/* Since 2.6.28; vmlist stayed beside it until 3.9. */
	if (kernel_symbol(kernel, "vmap_area_list", &symbol, NULL))
		return has_types(kernel, true, err) &&
		       scan_one_list(scan, symbol);
	if (!kernel_symbol(kernel, "vmlist", &symbol, NULL))
		return kernel_symbol(kernel, "vmap_area_list", &symbol, err);
	next = kernel_member(kernel, VM_NEXT, err);
	if (!next || !has_types(kernel, false, err))
		return false;
	follow_chain(scan, symbol, next->offset, take_vm);
	return true;
}

static int by_address(const void *a, const void *b)
{
	const struct vmalloc_area *left = a, *right = b;

	return (left->start > right->start) - (left->start < right->start);
}

static void sort(struct vmalloc_list *list)
{
	struct error err;

	if (list->nr)
		qsort(list->area, list->nr, sizeof(*list->area), by_address);
	for (size_t i = 1; i < list->nr; i++) {
		if (list->area[i].start > list->area[i - 1].last)
			continue;
		fail(&err, ERROR_FORMAT,
		     "the areas at %" PRIx64 " and %" PRIx64 " overlap",
		     list->area[i - 1].start, list->area[i].start);
		damages_add(&list->damages, &err);
	}
}

const struct vmalloc_list *kernel_vmalloc(struct kernel *kernel,
					  const struct watch *watch,
					  struct error *err)
{
	struct scan scan = { .kernel = kernel, .watch = watch };
	bool done;

	if (kernel->vmalloc)
		return kernel->vmalloc;
	scan.list = calloc(1, sizeof(*scan.list));
	if (!scan.list) {
		fail(err, ERROR_SYSTEM, "out of memory");
		return NULL;
	}
	done = scan_all(&scan, err);
	if (done && scan.no_memory)
		done = fail(err, ERROR_SYSTEM, "out of memory");
	if (done && scan.stopped)
		done = fail(err, ERROR_SYSTEM, "interrupted");
	if (done) {
		sort(scan.list);
		kernel->vmalloc = scan.list;
	} else {
		vmalloc_list_destroy(scan.list);
	}
	address_set_release(&scan.seen);
	return kernel->vmalloc;
}

void vmalloc_list_destroy(struct vmalloc_list *list)
{
	if (list)
		free(list->area);
	free(list);
}

/* --- asking --- */

const struct vmalloc_area *vmalloc_area_at(const struct vmalloc_list *list,
					   uint64_t vaddr)
{
	size_t low = 0, high = list->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list->area[middle].last < vaddr)
			low = middle + 1;
		else
			high = middle;
	}
	return low < list->nr && list->area[low].start <= vaddr ?
		       &list->area[low] :
		       NULL;
}

uint64_t vmalloc_area_used_last(struct kernel *kernel,
				const struct vmalloc_area *area)
{
	const struct space *space = kernel_space(kernel, NULL);

	if (area->state != VMALLOC_OWNED || area->flags & VMALLOC_NO_GUARD ||
	    area->last - area->start < PAGE || !space ||
	    walk_page_table(space, area->last).outcome == WALK_MAPPED)
		return area->last;
	return area->last - PAGE;
}
