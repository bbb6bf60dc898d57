/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Lists of mappings. A vm_area_struct is checked before it is added to a list. */
#include <inttypes.h>

#include "base/array.h"
#include "kernel/kernel.h"
#include "linux/task_members.h"
#include "linux/vma/vma.h"

enum {
	MOST_VMAS = 16 << 20, /* limit; the default of sysctl vm.max_map_count is 65530 */
	MOST_VMA_BYTES = 512,
};

void vma_list_release(struct vma_list *list)
{
	free(list->vma);
	*list = (struct vma_list){ 0 };
}

static const unsigned int word_ids[NR_VMA_WORDS] = {
	[VMA_WORD_START] = VMA_START, [VMA_WORD_END] = VMA_END,	  [VMA_WORD_FLAGS] = VMA_FLAGS,
	[VMA_WORD_PGOFF] = VMA_PGOFF, [VMA_WORD_FILE] = VMA_FILE, [VMA_WORD_MM] = VMA_MM,
};

/* Finds the part of a vm_area_struct that contains the members. */
static void find_vma_layout(struct kernel *kernel, struct vma_layout *layout)
{
	uint64_t first = UINT64_MAX, end = 0;

	layout->tried = true;
	for (int i = 0; i < NR_VMA_WORDS; i++) {
		const struct member *member =
			kernel_member_as(kernel, word_ids[i], MEMBER_NUMBER, NULL);

		layout->member[i] = member;
		if (!member && i == VMA_WORD_MM && !kernel_member(kernel, VMA_MM, NULL))
			continue;
		if (!member)
			return;
		first = member->offset < first ? member->offset : first;
		end = member->offset + (uint64_t)member->size > end ?
			      member->offset + (uint64_t)member->size :
			      end;
	}
	layout->start = (uint32_t)first;
	layout->size = (uint32_t)(end - first);
	layout->known = end - first <= MOST_VMA_BYTES && !dump_records_reads(kernel->dump);
}

/* Reads the members of a vm_area_struct at once. Returns false if this is not possible. */
static bool read_at_once(struct kernel *kernel, const struct vma_layout *layout, uint64_t address,
			 uint64_t word[NR_VMA_WORDS])
{
	uint8_t data[MOST_VMA_BYTES];
	const struct member_bytes bytes = { data, layout->start, layout->size };

	if (!layout->known ||
	    !kernel_read(kernel, address + layout->start, data, layout->size, NULL))
		return false;
	for (int i = 0; i < NR_VMA_WORDS; i++)
		if (layout->member[i])
			word[i] = member_load(kernel, &bytes, layout->member[i], 0,
					      layout->member[i]->size);
	return true;
}

/* Reads the words of a vm_area_struct. The owner stays mm if it is unknown. */
static bool read_words(struct kernel *kernel, struct vma_layout *layout, uint64_t address,
		       uint64_t word[NR_VMA_WORDS], struct error *err)
{
	if (!layout->tried)
		find_vma_layout(kernel, layout);
	if (read_at_once(kernel, layout, address, word))
		return true;
	for (int i = 0; i < VMA_WORD_MM; i++)
		if (!kernel_read_member(kernel, address, word_ids[i], &word[i], err))
			return false;
	if (kernel_member(kernel, VMA_MM, NULL))
		kernel_read_member(kernel, address, VMA_MM, &word[VMA_WORD_MM], NULL);
	return true;
}

static bool read_vma(struct kernel *kernel, struct vma_list *list, uint64_t address,
		     struct vma *vma, uint64_t *owner, struct error *err)
{
	uint64_t word[NR_VMA_WORDS] = { [VMA_WORD_MM] = *owner }, end;

	if (!read_words(kernel, &list->layout, address, word, err))
		return false;
	end = word[VMA_WORD_END];
	*owner = word[VMA_WORD_MM];
	*vma = (struct vma){
		.address = address,
		.first = word[VMA_WORD_START],
		.last = end - 1,
		.flags = word[VMA_WORD_FLAGS],
		.pgoff = word[VMA_WORD_PGOFF],
		.file = word[VMA_WORD_FILE],
	};
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
	struct vma vma;
	uint64_t owner = mm;

	if (list->nr >= MOST_VMAS)
		return fail(err, ERROR_FORMAT, "more than %d mappings", MOST_VMAS);
	if (!read_vma(kernel, list, address, &vma, &owner, err)) {
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
