/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Lists of mappings. A vm_area_struct is checked before it is added to a list. */
#include <inttypes.h>

#include "base/array.h"
#include "kernel/kernel.h"
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

void vma_rights(const struct vma *vma, char rights[5])
{
	rights[0] = vma->flags & VMA_READ ? 'r' : '-';
	rights[1] = vma->flags & VMA_WRITE ? 'w' : '-';
	rights[2] = vma->flags & VMA_EXEC ? 'x' : '-';
	rights[3] = vma->flags & VMA_MAYSHARE ? 's' : 'p';
	rights[4] = '\0';
}
