/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/vma.h"

#include <inttypes.h>
#include <stdlib.h>


enum {
	MOST_VMAS = 16 << 20, /* sysctl vm.max_map_count is 65530 unless raised */
	STOP_EVERY = 256,
};

void vma_list_release(struct vma_list *list)
{
	free(list->vma);
	*list = (struct vma_list){ 0 };
}

static bool make_room(struct vma_list *list, struct error *err)
{
	size_t room = list->room ? 2 * list->room : 64;
	struct vma *more;

	if (list->nr < list->room)
		return true;
	if (list->nr >= MOST_VMAS)
		return fail(err, ERROR_FORMAT, "more than %d mappings", MOST_VMAS);
	more = reallocarray(list->vma, room, sizeof(*more));
	if (!more)
		return fail(err, ERROR_SYSTEM, "out of memory");
	list->vma = more;
	list->room = room;
	return true;
}

static bool read_vma(struct kernel *kernel, uint64_t address, struct vma *vma,
		     struct error *err)
{
	uint64_t end;

	vma->address = address;
	if (!kernel_read_member(kernel, address, VMA_START, &vma->start, err) ||
	    !kernel_read_member(kernel, address, VMA_END, &end, err) ||
	    !kernel_read_member(kernel, address, VMA_FLAGS, &vma->flags, err) ||
	    !kernel_read_member(kernel, address, VMA_PGOFF, &vma->pgoff, err) ||
	    !kernel_read_member(kernel, address, VMA_FILE, &vma->file, err))
		return false;
	vma->last = end - 1;
	if (end > vma->start && !(vma->start & 0xfff) && !(end & 0xfff))
		return true;
	return fail(err, ERROR_FORMAT,
		    "%" PRIx64 " is no vm_area_struct: it would be from %" PRIx64
		    " to %" PRIx64, address, vma->start, end);
}

bool vma_list_add(struct kernel *kernel, struct vma_list *list, uint64_t mm,
		  uint64_t address, struct error *err)
{
	struct vma vma;
	uint64_t owner;

	if (!make_room(list, err) || !read_vma(kernel, address, &vma, err))
		return false;
	if (mm && kernel_member(kernel, VMA_MM, NULL) &&
	    kernel_read_member(kernel, address, VMA_MM, &owner, NULL) &&
	    owner != mm)
		return fail(err, ERROR_FORMAT,
			    "the vm_area_struct at %" PRIx64
			    " says that it belongs to the mm at %" PRIx64,
			    address, owner);
	if (list->nr && vma.start <= list->vma[list->nr - 1].last)
		return fail(err, ERROR_FORMAT,
			    "the vm_area_struct at %" PRIx64 " starts at %" PRIx64
			    ", before the end of the one before it",
			    address, vma.start);
	list->vma[list->nr++] = vma;
	return true;
}

/* Is it a fault of the dump's data, which cuts one list but ends nothing? */
static bool is_damage(const struct error *err)
{
	return err->code != ERROR_SYSTEM && err->code != ERROR_UNKNOWN &&
	       err->code != ERROR_INTERRUPTED;
}

/* Before 6.1 (763ecb035029) they hang on each other, in address order: a list
 * that loops comes back to a lower address. */
static bool follow_list(struct kernel *kernel, uint64_t mm, uint64_t address,
			const struct watch *watch, struct vma_list *list,
			struct error *err)
{
	while (address) {
		if (list->nr % STOP_EVERY == 0 && watch && watch->stop(watch->arg))
			return fail(err, ERROR_INTERRUPTED, "interrupted");
		if (!vma_list_add(kernel, list, mm, address, err) ||
		    !kernel_read_member(kernel, address, VMA_NEXT, &address, err))
			return false;
	}
	return true;
}

/* Where the list is damaged the tree has the rest. */
static bool list_and_tree(struct kernel *kernel, uint64_t mm,
			  const struct watch *watch, struct vma_list *list,
			  struct error *err)
{
	struct error cut;
	uint64_t first;

	if (!kernel_read_member(kernel, mm, MM_MMAP, &first, err))
		return false;
	if (follow_list(kernel, mm, first, watch, list, err))
		return true;
	if (!is_damage(err))
		return false;
	fail(&cut, err->code,
	     "the list of mappings is cut after %zu, and the rest taken from their tree: %.300s",
	     list->nr, err->message);
	damages_add(&list->damages, &cut);
	if (vma_list_from_rbtree(kernel, mm, watch, list, err))
		return true;
	if (!is_damage(err))
		return false;
	fail(&cut, err->code, "the tree of mappings is cut after %zu: %.300s",
	     list->nr, err->message);
	damages_add(&list->damages, &cut);
	return true;
}

/* Does the process see the vsyscall page? get_gate_vma() of
 * arch/x86/entry/vsyscall/vsyscall_64.c; what tells is of 5.12, and before it
 * whether the process is a 32-bit one. */
static bool has_gate(struct kernel *kernel, uint64_t mm)
{
	enum { HAS_VSYSCALL = 2, MODE_NONE = 2 }; /* MM_CONTEXT_HAS_VSYSCALL, vsyscall_mode */
	uint64_t address, mode, value;

	if (kernel_symbol(kernel, "vsyscall_mode", &address, NULL) &&
	    kernel_read_number(kernel, address, 4, &mode, NULL) &&
	    mode == MODE_NONE)
		return false;
	if (kernel_read_member(kernel, mm, MM_IA32_COMPAT, &value, NULL))
		return value == 0;
	return kernel_read_member(kernel, mm, MM_CONTEXT_FLAGS, &value, NULL) &&
	       (value & HAS_VSYSCALL);
}

/* The last line of /proc/PID/maps: a mapping that is in no process' tree. */
static bool add_gate(struct kernel *kernel, uint64_t mm, struct vma_list *list,
		     struct error *err)
{
	uint64_t gate;

	return !kernel_symbol(kernel, "gate_vma", &gate, NULL) ||
	       !has_gate(kernel, mm) || vma_list_add(kernel, list, 0, gate, err);
}

bool kernel_vmas(struct kernel *kernel, uint64_t mm, const struct watch *watch,
		 struct vma_list *list, struct error *err)
{
	const struct member *tree = kernel_member(kernel, MM_MT, NULL);
	struct error local;
	bool done;

	if (!err)
		err = &local;
	*list = (struct vma_list){ 0 };
	if (tree)
		done = vma_list_from_maple(kernel, mm, mm + tree->offset, watch,
					   list, err);
	else
		done = list_and_tree(kernel, mm, watch, list, err);
	return done && add_gate(kernel, mm, list, err);
}

const struct vma *vma_list_at(const struct vma_list *list, uint64_t vaddr)
{
	size_t low = 0, high = list->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list->vma[middle].last < vaddr)
			low = middle + 1;
		else
			high = middle;
	}
	return low < list->nr ? &list->vma[low] : NULL;
}
