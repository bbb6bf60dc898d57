/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Lists of mappings. A vm_area_struct is checked before it is added to a list. */
#include <inttypes.h>

#include "base/array.h"
#include "kernel/index_tree.h"
#include "kernel/kernel.h"
#include "kernel/kernel_members.h"
#include "linux/task_members.h"
#include "linux/vma/vma.h"

enum { MOST_VMAS = 16 << 20 /* limit; the default of sysctl vm.max_map_count is 65530 */ };

void vma_list_release(struct vma_list *list)
{
	free(list->vma);
	*list = (struct vma_list){ 0 };
}

/* Reads a vm_area_struct. *owner stays as it is if the owner is unknown. */
static bool read_vma(struct kernel *kernel, uint64_t address, struct vma *vma, uint64_t *owner,
		     struct error *err)
{
	uint64_t end;

	vma->address = address;
	if (!kernel_read_member(kernel, address, VMA_START, &vma->first, err) ||
	    !kernel_read_member(kernel, address, VMA_END, &end, err) ||
	    !kernel_read_member(kernel, address, VMA_FLAGS, &vma->flags, err) ||
	    !kernel_read_member(kernel, address, VMA_PGOFF, &vma->pgoff, err) ||
	    !kernel_read_member(kernel, address, VMA_FILE, &vma->file, err))
		return false;
	if (kernel_member(kernel, VMA_MM, NULL))
		kernel_read_member(kernel, address, VMA_MM, owner, NULL);
	vma->last = end - 1;
	if (end > vma->first && vma->first == kernel_page_first(kernel, vma->first) &&
	    end == kernel_page_first(kernel, end))
		return true;
	return fail(err, ERROR_FORMAT,
		    "%" PRIx64 " is not a vm_area_struct: its range would be %" PRIx64
		    " to %" PRIx64,
		    address, vma->first, end);
}

bool vma_list_add(struct kernel *kernel, struct vma_list *list, uint64_t mm, uint64_t address,
		  struct error *err)
{
	struct vma vma = { 0 };
	uint64_t owner = mm;

	if (list->nr >= MOST_VMAS)
		return fail(err, ERROR_FORMAT, "more than %d mappings", MOST_VMAS);
	if (!read_vma(kernel, address, &vma, &owner, err)) {
		if (err && err->code == ERROR_UNREADABLE && kernel_is_unmapped(kernel, address))
			err->code = ERROR_FORMAT;
		return false;
	}
	if (mm && owner != mm)
		return fail(err, ERROR_FORMAT,
			    "the vm_area_struct at %" PRIx64 " belongs to the mm at %" PRIx64,
			    address, owner);
	if (list->nr && vma.first <= list->vma[list->nr - 1].last)
		return fail(err, ERROR_FORMAT,
			    "the vm_area_struct at %" PRIx64 " starts at %" PRIx64
			    ", before the end of the previous vm_area_struct",
			    address, vma.first);
	return array_add(&list->vma, &list->nr, &list->room, &vma, sizeof(vma)) ||
	       out_of_memory(err);
}

struct maple {
	struct kernel *kernel;
	struct vma_list *list;
	uint64_t mm;
};

/* The range in each vm_area_struct must be the range in the tree. */
static bool add_from_maple(void *arg, const struct indexed *indexed, struct error *err)
{
	const struct maple *maple = arg;
	const struct vma *vma;

	if (!vma_list_add(maple->kernel, maple->list, maple->mm, indexed->entry, err))
		return false;
	vma = &maple->list->vma[maple->list->nr - 1];
	return (vma->first == indexed->first && vma->last == indexed->last) ||
	       fail(err, ERROR_FORMAT,
		    "the maple tree gives the vm_area_struct at %" PRIx64 " the range %" PRIx64
		    " to %" PRIx64 ", but its own range is %" PRIx64 " to %" PRIx64,
		    indexed->entry, indexed->first, indexed->last, vma->first, vma->last);
}

static void maple_add_damage(void *arg, const struct error *why)
{
	const struct maple *maple = arg;
	struct vma_list *list = maple->list;
	struct error cut;

	if (list->nr)
		fail(&cut, why->code, "mappings are missing after %" PRIx64 ": %.400s",
		     list->vma[list->nr - 1].last, why->message);
	else
		fail(&cut, why->code, "the first mappings are missing: %.400s", why->message);
	damages_add(&list->damages, &cut);
}

bool vma_list_from_maple(struct kernel *kernel, uint64_t mm, uint64_t tree, struct vma_list *list,
			 struct error *err)
{
	const struct index_visitor visitor = {
		.visit = add_from_maple,
		.damage = maple_add_damage,
		.arg = &(struct maple){ kernel, list, mm },
	};

	uint64_t root;

	/* A root that is not a node would be a mapping of only the address 0. */
	if (!kernel_read_member(kernel, tree, MAPLE_ROOT, &root, err))
		return false;
	if (root && !index_is_node(root))
		return fail(err, ERROR_FORMAT,
			    "the maple tree at %" PRIx64 " is damaged: its root %" PRIx64
			    " is no node",
			    tree, root);
	return maple_visit(kernel, tree, &visitor, err);
}

void vma_rights(const struct vma *vma, char rights[5])
{
	rights[0] = vma->flags & VMA_READ ? 'r' : '-';
	rights[1] = vma->flags & VMA_WRITE ? 'w' : '-';
	rights[2] = vma->flags & VMA_EXEC ? 'x' : '-';
	rights[3] = vma->flags & VMA_MAYSHARE ? 's' : 'p';
	rights[4] = '\0';
}
