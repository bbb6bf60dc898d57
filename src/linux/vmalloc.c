/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/vmalloc.h"

#include <inttypes.h>

#include "linux/area_members.h"
#include "base/address_set.h"
#include "base/array.h"
#include "base/ranges.h"
#include "base/sort.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/links.h"

enum {
	MOST_AREAS = 8 << 20, /* limit: 2 * PID_MAX_LIMIT, because each task has a stack here */
	MOST_NODES = 8192, /* limit; the kernel makes at most 128 */
};

/* Flags of struct vmap_area in mm/vmalloc.c. OLD_LAZY: VM_LAZY_FREE and VM_LAZY_FREEING until 4.6,
 * VM_LAZY_FREEING from 4.13 to 5.3. OLD_OWNED: VM_VM_AREA until 5.3. FLAG_RAM: VMAP_RAM since
 * 6.3. */
enum { OLD_LAZY = 0x1 | 0x2, OLD_OWNED = 0x4, FLAG_RAM = 0x1 };

/* The flags that struct vmap_area has in this kernel: none (5.4 to 6.2), the old flags (until 5.3),
 * or VMAP_RAM (since 6.3). */
enum flags_era { NO_FLAGS, OLD_FLAGS, RAM_FLAGS };

struct vmalloc_scan {
	struct kernel *kernel;
	struct vmalloc_list list;
	struct address_set seen;
	struct address_set purged; /* vmap_areas in the chain of areas that wait to be purged */
	uint64_t cut_head; /* head that the last list followed forward was cut at; 0: none */
	uint64_t cut_at; /* area at which following a list backward failed */
	enum flags_era era;
	unsigned int vm; /* id of the member of vmap_area that points to its vm_struct */
	uint32_t flags; /* the flags in enum vmalloc_flag that are valid for this kernel */
	struct error ended; /* why the scan ended early; code 0: the scan was not ended */
};

/* --- one area --- */

static void vmalloc_damage(struct vmalloc_scan *scan, const char *what, uint64_t at,
			   const struct error *why)
{
	struct error err;

	if (scan->ended.code)
		return;
	fail(&err, why->code, "%s at %" PRIx64 ": %.300s", what, at, why->message);
	damages_add(&scan->list.damages, &err);
}

static bool vmalloc_add_area(struct vmalloc_scan *scan, const struct vmalloc_area *area)
{
	struct vmalloc_list *list = &scan->list;

	if (!array_add(&list->area, &list->nr, &list->room, area, sizeof(*area)))
		out_of_memory(&scan->ended);
	return !scan->ended.code;
}

static bool vmalloc_is_new(struct vmalloc_scan *scan, uint64_t address)
{
	enum address_added added = address ? address_set_add(&scan->seen, address) : ADDRESS_SEEN;

	if (added == ADDRESS_NO_MEMORY)
		out_of_memory(&scan->ended);
	return added == ADDRESS_NEW && scan->seen.nr <= MOST_AREAS;
}

static bool set_range(const struct vmalloc_scan *scan, struct vmalloc_area *area, uint64_t start,
		      uint64_t end, struct error *err)
{
	if (start >= end || (start | end) % kernel_page_size(scan->kernel) ||
	    end > scan->kernel->arch->address_mask)
		return fail(err, ERROR_FORMAT, "not a range of pages: %" PRIx64 " to %" PRIx64,
			    start, end);
	area->first = area->reserved_first = start;
	area->last = area->reserved_last = end - 1;
	return true;
}

static bool read_vm(const struct vmalloc_scan *scan, uint64_t vm, struct vmalloc_area *area,
		    struct error *err)
{
	struct kernel *kernel = scan->kernel;
	uint64_t start, size, flags;

	if (!kernel_read_member(kernel, vm, VM_ADDR, &start, err) ||
	    !kernel_read_member(kernel, vm, VM_SIZE, &size, err) ||
	    !kernel_read_member(kernel, vm, VM_FLAGS, &flags, err) ||
	    !set_range(scan, area, start, start + size, err) ||
	    !kernel_read_member(kernel, vm, VM_PAGES, &area->pages, err) ||
	    !kernel_read_member(kernel, vm, VM_NR_PAGES, &area->nr_pages, err) ||
	    !kernel_read_member(kernel, vm, VM_PHYS_ADDR, &area->physical, err))
		return false;
	if (kernel_member(kernel, VM_CALLER, NULL) && /* since 2.6.26 */
	    !kernel_read_member(kernel, vm, VM_CALLER, &area->caller, err))
		return false;
	area->state = VMALLOC_OWNED;
	area->flags = (uint32_t)flags & scan->flags;
	return true;
}

/* Do the words of a vm_struct fit each other? ioremap() sets phys_addr, and arm64 for the parts of the
 * image, with VM_MAP (declare_vma() in arch/arm64/mm/mmu.c). __vmalloc_area_node() allocates pages for all
 * of an area but its guard page; VM_UNINITIALIZED (since 3.10, f5252e009d5b) says that it has not ended. */
static bool is_consistent(const struct vmalloc_scan *scan, const struct vmalloc_area *area,
			  struct error *err)
{
	const uint64_t pages = (area->last - area->first + 1) / kernel_page_size(scan->kernel);
	const bool is_full = area->flags & VMALLOC_ALLOC && area->pages &&
			     kernel_version(scan->kernel) >= KERNEL_VERSION(3, 10, 0) &&
			     !(area->flags & VMALLOC_UNINITIALIZED);

	if (area->physical && !(area->flags & (VMALLOC_IOREMAP | VMALLOC_MAP)))
		return fail(err, ERROR_FORMAT,
			    "its vm_struct has the phys_addr %" PRIx64
			    ", but not the flag VM_IOREMAP",
			    area->physical);
	if (area->flags & VMALLOC_ALLOC && area->flags & (VMALLOC_IOREMAP | VMALLOC_MAP))
		return fail(err, ERROR_FORMAT,
			    "its vm_struct has flags that exclude each other: %x", area->flags);
	return (area->nr_pages <= (area->pages ? pages : 0) &&
		(!is_full || area->nr_pages == pages - !(area->flags & VMALLOC_NO_GUARD))) ||
	       fail(err, ERROR_FORMAT,
		    "its vm_struct has %" PRIu64 " pages, but there is room for %" PRIu64,
		    area->nr_pages, pages);
}

/* Returns the state of an area that has no vm_struct. flags: flags of the vmap_area. */
static enum vmalloc_state unowned_state(const struct vmalloc_scan *scan, uint64_t va,
					uint64_t flags)
{
	if (scan->era == OLD_FLAGS && (flags & OLD_LAZY || address_set_has(&scan->purged, va)))
		return VMALLOC_UNPURGED;
	if (scan->era == RAM_FLAGS && !(flags & FLAG_RAM))
		return VMALLOC_UNOWNED;
	return VMALLOC_MAP_RAM;
}

/* Reads the vm_struct of an area. If it is damaged, reports the damage and keeps the range of the
 * vmap_area. */
static void read_owner(struct vmalloc_scan *scan, uint64_t va, uint64_t vm,
		       struct vmalloc_area *area)
{
	struct vmalloc_area owned = { 0 };
	struct error err;

	if (read_vm(scan, vm, &owned, &err)) {
		if (owned.first >= area->first && owned.last <= area->last) {
			owned.reserved_first = area->first;
			owned.reserved_last = area->last;
			*area = owned;
			if (!is_consistent(scan, area, &err))
				vmalloc_damage(scan, "the area", va, &err);
			return;
		}
		fail(&err, ERROR_FORMAT, "its vm_struct has another range, %" PRIx64 " to %" PRIx64,
		     owned.first, owned.last);
	} else if (err.code == ERROR_UNREADABLE && kernel_is_unmapped(scan->kernel, vm)) {
		err.code = ERROR_FORMAT;
	}
	area->state = VMALLOC_UNOWNED;
	vmalloc_damage(scan, "the area", va, &err);
}

/* Adds the vmap_area at va. in_use: false if the area is in a list of areas that wait to be
 * purged. */
static bool add_vmap_area(struct vmalloc_scan *scan, uint64_t va, bool in_use, struct error *err)
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
		     !kernel_read_member(kernel, va, VMAP_FLAGS, &flags, err)) ||
		    !kernel_read_member(kernel, va, scan->vm, &vm, err))
			return false;
		if (scan->era == OLD_FLAGS && !(flags & OLD_OWNED))
			vm = 0;
		if (vm)
			read_owner(scan, va, vm, &area);
		else
			area.state = unowned_state(scan, va, flags);
	}
	return vmalloc_add_area(scan, &area);
}

static bool add_busy(struct vmalloc_scan *scan, uint64_t va, struct error *err)
{
	return add_vmap_area(scan, va, true, err);
}

static bool add_unpurged(struct vmalloc_scan *scan, uint64_t va, struct error *err)
{
	return add_vmap_area(scan, va, false, err);
}

/* Records that the vmap_area at va waits to be purged. */
static bool note_purged(struct vmalloc_scan *scan, uint64_t va, struct error *err)
{
	if (address_set_add(&scan->purged, va) != ADDRESS_NO_MEMORY)
		return true;
	return out_of_memory(err);
}

static bool add_vm(struct vmalloc_scan *scan, uint64_t vm, struct error *err)
{
	struct vmalloc_area area = { 0 };

	return read_vm(scan, vm, &area, err) && vmalloc_add_area(scan, &area);
}

/* --- lists --- */

/* A list of areas: a ring of list_heads, or a chain of pointers that ends with NULL. */
struct list {
	uint64_t head; /* address of the head, or of the pointer to the first area */
	uint64_t offset; /* offset of the list_head or pointer in the structs */
	bool is_chain;
	bool (*add)(struct vmalloc_scan *scan, uint64_t at, struct error *err);
};

static bool vmalloc_add_entry(struct vmalloc_scan *scan, const struct list *list, uint64_t address,
			      struct error *err)
{
	if (!vmalloc_is_new(scan, address))
		return fail(err, ERROR_FORMAT,
			    "this entry points to %" PRIx64 ", which was already read", address);
	return list->add(scan, address, err);
}

static void report_cut(struct vmalloc_scan *scan, const struct list *list,
		       const struct links *links, struct error *err)
{
	if (links->end == LINKS_MISSING) {
		*err = links->why;
		if (links_lead_nowhere(links))
			err->code = ERROR_FORMAT;
	} else if (links->end == LINKS_BAD) {
		fail(err, ERROR_FORMAT,
		     "this entry points to %" PRIx64 ", which points back to %" PRIx64, links->at,
		     links->back);
	} else if (links->end == LINKS_LIMIT) {
		fail(err, ERROR_FORMAT, "the list has no end");
	}
	vmalloc_damage(scan,
		       list->is_chain ? "the chain of areas is cut after its entry" :
					"the list of areas is cut after its entry",
		       links->before, err);
}

/* Follows the list to its end and adds its areas. When following it backward, also ends at an area
 * that was added when the list was followed forward. Returns false if the list is damaged. */
static bool vmalloc_follow(struct vmalloc_scan *scan, const struct list *list, bool backward)
{
	struct error err = { .code = ERROR_NONE };
	struct links links = links_from(scan->kernel, list->head, list->offset, NULL, SIZE_MAX);
	uint64_t address;
	bool reached; /* the loop ended at an address that could not be added */

	links.is_chain = list->is_chain;
	links.backward = backward;
	links.met = backward ? &scan->seen : NULL;
	while (links_next(&links, &address) && !(backward && address == scan->cut_at) &&
	       vmalloc_add_entry(scan, list, address, &err))
		;
	reached = links.at != links.before;
	if (links.end == LINKS_WHOLE || links.end == LINKS_STOPPED ||
	    (backward && reached && address == scan->cut_at))
		return true;
	if (backward && reached)
		scan->cut_at = address;
	/* a head that cannot be followed in either direction is one damage */
	if (!backward)
		scan->cut_head = !reached || links.end == LINKS_MISSING ? links.before : 0;
	if (!backward || links.before != list->head || scan->cut_head != list->head)
		report_cut(scan, list, &links, &err);
	return false;
}

static void vmalloc_follow_both_ways(struct vmalloc_scan *scan, uint64_t head,
				     bool (*add)(struct vmalloc_scan *scan, uint64_t at,
						 struct error *err))
{
	const struct member *links = kernel_member_as(scan->kernel, VMAP_LIST, MEMBER_LINKS, NULL);
	struct list list = { head, links ? links->offset : 0, false, add };

	if (!vmalloc_follow(scan, &list, false) && !scan->ended.code)
		vmalloc_follow(scan, &list, true);
}

/* --- the lists of each release --- */

/* Records whether the lock of a list is held. symbol: the symbol of the lock. */
static void note_lock(struct vmalloc_scan *scan, const char *symbol)
{
	uint64_t lock;

	if (kernel_symbol(scan->kernel, symbol, &lock, NULL))
		scan->list.locked |= links_locked(scan->kernel, lock);
}

/* Records whether the lock of one of a vmap_node's lists is held. */
static void note_node_lock(struct vmalloc_scan *scan, uint64_t node, unsigned int id)
{
	const struct member *lock = kernel_member(scan->kernel, id, NULL);

	if (lock && lock->size >= 4)
		scan->list.locked |= links_locked(scan->kernel, node + lock->offset);
}

/* Reads the areas of kernels since 6.9. Each vmap_node has a list of areas in use, and a list of
 * areas that wait to be purged. */
static bool scan_nodes(struct vmalloc_scan *scan, uint64_t symbol, struct error *err)
{
	struct kernel *kernel = scan->kernel;
	const struct member *busy = kernel_member_as(kernel, VMAP_NODE_BUSY, MEMBER_LINKS, err);
	const struct member *lazy = kernel_member_as(kernel, VMAP_NODE_LAZY, MEMBER_LINKS, err);
	uint64_t nodes, nr, size, nr_symbol;

	if (!busy || !lazy || !kernel_symbol(kernel, "nr_vmap_nodes", &nr_symbol, err) ||
	    !kernel_read_number(kernel, nr_symbol, 4, &nr, err) ||
	    !kernel_read_pointer(kernel, symbol, &nodes, err))
		return false;
	if (!kernel_type_size(kernel, "vmap_node", &size) || nr == 0 || nr > MOST_NODES)
		return fail(err, ERROR_FORMAT, "implausible number of vmap_nodes: %" PRIu64, nr);
	for (uint64_t i = 0; i < nr && !scan->ended.code; i++) {
		vmalloc_follow_both_ways(scan, nodes + i * size + busy->offset, add_busy);
		vmalloc_follow_both_ways(scan, nodes + i * size + lazy->offset, add_unpurged);
		note_node_lock(scan, nodes + i * size, VMAP_NODE_BUSY_LOCK);
		note_node_lock(scan, nodes + i * size, VMAP_NODE_LAZY_LOCK);
	}
	return true;
}

/* Follows the chain of areas that wait to be purged. Kernels from 4.7 (80c4bd7a5e43) to 5.10 have
 * this chain. add: called for each area. */
static void follow_chain(struct vmalloc_scan *scan,
			 bool (*add)(struct vmalloc_scan *scan, uint64_t at, struct error *err))
{
	const struct member *purge =
		kernel_member_as(scan->kernel, VMAP_PURGE_LIST, MEMBER_POINTER, NULL);
	uint64_t lazy;

	if (purge && kernel_symbol(scan->kernel, "vmap_purge_list", &lazy, NULL))
		vmalloc_follow(scan, &(struct list){ lazy, purge->offset, true, add }, false);
}

/* Reads the areas of kernels before 6.9. Until 5.3 the list of all areas also contains the areas
 * that wait to be purged. From 4.7 to 4.12 only the chain distinguishes the areas that wait to be
 * purged from areas of vm_map_ram(). Since 5.11 the areas that wait to be purged are in a separate
 * list. */
static bool scan_one_list(struct vmalloc_scan *scan, uint64_t head)
{
	uint64_t lazy;

	note_lock(scan, "vmap_area_lock");
	note_lock(scan, "purge_vmap_area_lock"); /* since 5.11 */
	if (scan->era == OLD_FLAGS) {
		follow_chain(scan, note_purged);
		address_set_release(&scan->seen); /* the list of all areas contains them, too */
	}
	vmalloc_follow_both_ways(scan, head, add_busy);
	if (kernel_symbol(scan->kernel, "purge_vmap_area_list", &lazy, NULL))
		vmalloc_follow_both_ways(scan, lazy, add_unpurged);
	else if (scan->era == NO_FLAGS)
		follow_chain(scan, add_unpurged);
	return true;
}

/* Finds out which flags vmap_areas have, by the members of the struct. Since 5.4 the pointer to the
 * vm_struct is in a union with subtree_max_size. So if these two members are at the same offset,
 * the kernel is 5.4 or later. If the struct then has the member flags, the kernel is 6.3 or
 * later. */
static void find_era(struct vmalloc_scan *scan)
{
	struct kernel *kernel = scan->kernel;
	const struct member *vm = kernel_member(kernel, VMAP_VM, NULL);
	const struct member *subtree = kernel_member(kernel, VMAP_SUBTREE_MAX_SIZE, NULL);

	scan->vm = vm ? VMAP_VM : VMAP_PRIVATE;
	if (!kernel_member(kernel, VMAP_FLAGS, NULL))
		scan->era = NO_FLAGS;
	else if (vm && subtree && vm->offset == subtree->offset)
		scan->era = RAM_FLAGS;
	else
		scan->era = OLD_FLAGS;
}

static void vmalloc_find_flags(struct vmalloc_scan *scan)
{
	unsigned int version = kernel_version(scan->kernel);

	scan->flags = VMALLOC_IOREMAP | VMALLOC_ALLOC | VMALLOC_MAP | VMALLOC_USERMAP |
		      VMALLOC_UNINITIALIZED;
	if (version >= KERNEL_VERSION(4, 0, 0))
		scan->flags |= VMALLOC_NO_GUARD;
	if (version >= KERNEL_VERSION(5, 3, 0))
		scan->flags |= VMALLOC_DMA_COHERENT;
	if (version >= KERNEL_VERSION(6, 9, 0))
		scan->flags |= VMALLOC_SPARSE;
}

static bool vmalloc_scan_all(struct vmalloc_scan *scan, struct error *err)
{
	struct kernel *kernel = scan->kernel;
	const struct member *next;
	uint64_t symbol;
	bool nodes;

	find_era(scan);
	vmalloc_find_flags(scan);
	nodes = kernel_symbol(kernel, "vmap_nodes", &symbol, NULL);
	/* vmap_area_list exists since 2.6.28, so it is tried first. vmlist exists until 3.9, and is
	 * used only by older kernels that have no vmap_area_list. */
	if (nodes || kernel_symbol(kernel, "vmap_area_list", &symbol, NULL))
		return kernel_member(kernel, VM_ADDR, err) &&
		       kernel_member(kernel, VMAP_START, err) &&
		       kernel_member_as(kernel, VMAP_LIST, MEMBER_LINKS, err) &&
		       (nodes ? scan_nodes(scan, symbol, err) : scan_one_list(scan, symbol));
	if (!kernel_symbol(kernel, "vmlist", &symbol, NULL))
		return kernel_symbol(kernel, "vmap_area_list", &symbol, err);
	next = kernel_member_as(kernel, VM_NEXT, MEMBER_POINTER, err);
	if (!next || !kernel_member(kernel, VM_ADDR, err))
		return false;
	vmalloc_follow(scan, &(struct list){ symbol, next->offset, true, add_vm }, false);
	return true;
}

static bool vmalloc_sort(struct vmalloc_list *list, const struct listener *listener,
			 struct error *err)
{
	struct error damage;

	if (!sort_items(list->area, list->nr, sizeof(*list->area), ranges_compare, listener))
		return fail(err, ERROR_INTERRUPTED, "interrupted");
	for (size_t i = 1; i < list->nr; i++) {
		if (list->area[i].reserved_first > list->area[i - 1].reserved_last)
			continue;
		fail(&damage, ERROR_FORMAT, "the areas at %" PRIx64 " and %" PRIx64 " overlap",
		     list->area[i - 1].first, list->area[i].first);
		damages_add(&list->damages, &damage);
	}
	return true;
}

static bool vmalloc_learn(struct kernel *kernel, void *list, struct error *err)
{
	struct vmalloc_scan scan = { .kernel = kernel };
	bool done = vmalloc_scan_all(&scan, err);

	if (done && scan.ended.code)
		done = fail(err, scan.ended.code, "%s", scan.ended.message);
	address_set_release(&scan.seen);
	address_set_release(&scan.purged);
	*(struct vmalloc_list *)list = scan.list;
	return done && vmalloc_sort(list, kernel->listener, err);
}

static const struct state_type state_vmalloc = {
	.size = sizeof(struct vmalloc_list),
	.learn = vmalloc_learn,
	.release = state_free_list,
};

const struct vmalloc_list *vmalloc_areas(struct kernel *kernel, struct error *err)
{
	return kernel_learnt(kernel, &state_vmalloc, err);
}

/* --- look-ups --- */

const struct vmalloc_area *vmalloc_area_at(const struct vmalloc_list *list, uint64_t vaddr)
{
	size_t at = RANGES_SEARCH(list->area, list->nr, vaddr);

	return at < list->nr && list->area[at].first <= vaddr ? &list->area[at] : NULL;
}

uint64_t vmalloc_area_used_last(struct kernel *kernel, const struct vmalloc_area *area)
{
	const struct space *space = kernel_space(kernel, NULL);

	if (area->state != VMALLOC_OWNED || area->flags & VMALLOC_NO_GUARD ||
	    area->last - area->first < kernel_page_size(kernel) || !space ||
	    walk_page_table(space, area->last).outcome == WALK_MAPPED)
		return area->last;
	return area->last - kernel_page_size(kernel);
}
