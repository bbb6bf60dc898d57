/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/user_text.h"

#include <inttypes.h>

#include "base/text.h"
#include "query/nowhere.h"

#define put(text, ...) text_append(text, WHATIS_TEXT, __VA_ARGS__)

static void put_memory(struct kernel *kernel, const struct whatis *whatis, char text[WHATIS_TEXT])
{
	char nowhere[NOWHERE_TEXT];

	if (whatis->is_mapped && query_nowhere(kernel, whatis->physical, nowhere))
		put(text, ", mapped, but %s", nowhere);
	else if (whatis->is_mapped)
		put(text, ", in memory at %" PRIx64, whatis->physical);
	else
		put(text, ", not in memory%s%s", whatis->absent ? ": " : "",
		    whatis->absent ? whatis->absent : "");
}

void user_text(struct kernel *kernel, const struct whatis *whatis, char text[WHATIS_TEXT])
{
	const struct vma *vma = &whatis->vma;
	uint64_t offset;

	if (whatis->address < kernel_page_size(kernel))
		put(text, "in the first page: an offset from a NULL pointer?");
	else if (!whatis->has_process)
		put(text, "a user address of an unknown process");
	if (!whatis->has_process)
		return;
	put(text, "%s", whatis->address < kernel_page_size(kernel) ? "; " : "a user address of ");
	if (whatis->task.pid >= 0)
		put(text, "pid %d (%s)", (int)whatis->task.pid, whatis->task.comm);
	else
		put(text, "mm %" PRIx64, whatis->mm);
	if (!whatis->has_vma) {
		put(text, ": not in its mappings");
		if (whatis->lacks_vmas.code)
			put(text, " that can be read (%.400s)", whatis->lacks_vmas.message);
		if (whatis->is_mapped)
			put(text, ", but its page table maps the address");
		if (whatis->is_mapped || whatis->absent)
			put_memory(kernel, whatis, text);
		return;
	}
	put(text, ": %" PRIx64 " to %" PRIx64 " %c%c%c%c", vma->first, vma->last,
	    vma->flags & VMA_READ ? 'r' : '-', vma->flags & VMA_WRITE ? 'w' : '-',
	    vma->flags & VMA_EXEC ? 'x' : '-', vma->flags & VMA_MAYSHARE ? 's' : 'p');
	offset = whatis->address - vma->first + kernel_frame(kernel, vma->pgoff);
	put(text, " %s", *whatis->vma_name ? whatis->vma_name : "anonymous");
	if (vma->file && offset)
		put(text, "+0x%" PRIx64, offset);
	put_memory(kernel, whatis, text);
}
