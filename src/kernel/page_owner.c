/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a page's mapping to the file, or the processes, that it belongs to. */
#include <inttypes.h>
#include <string.h>

#include "base/address_set.h"
#include "kernel/kernel.h"
#include "kernel/page_use.h"
#include "kernel/translate.h"

enum { PAGE_SHIFT = 12, MOST_LEVELS = 64 /* twice the logarithm of more than there can be */ };

/* A text of up to size bytes that lies at address; cut at its end. */
static bool read_name(struct kernel *kernel, uint64_t address, char *text,
		      size_t size, struct error *err)
{
	for (size_t i = 0; i < size; i++) {
		if (!kernel_read(kernel, address + i, &text[i], 1, err))
			return false;
		if (!text[i])
			return true;
	}
	text[size - 1] = '\0';
	return true;
}

static bool read_filesystem(struct kernel *kernel, struct page_file *file)
{
	const struct member *id = kernel_member(kernel, SB_ID, NULL);
	uint64_t sb, type, name;

	return kernel_read_member(kernel, file->inode, INODE_SB, &sb, NULL) &&
	       kernel_read_member(kernel, sb, SB_TYPE, &type, NULL) &&
	       kernel_read_member(kernel, type, FILESYSTEM_NAME, &name, NULL) &&
	       read_name(kernel, name, file->filesystem,
			 sizeof(file->filesystem), NULL) &&
	       id && read_name(kernel, sb + id->offset, file->device,
			       sizeof(file->device), NULL);
}

/* The first dentry of an inode: a list_head until 3.5 (b3d9b7a3c752), and then
 * an hlist_head, whose end is 0. */
static bool find_dentry(struct kernel *kernel, const struct page_file *file,
			uint64_t *dentry)
{
	const struct member *head = kernel_member(kernel, INODE_DENTRY, NULL);
	const struct member *alias = kernel_member(kernel, DENTRY_ALIAS, NULL);
	uint64_t first, inode;

	if (!alias)
		alias = kernel_member(kernel, DENTRY_ALIAS_OLD, NULL);
	if (!head || !alias ||
	    !kernel_read_pointer(kernel, file->inode + head->offset, &first,
				 NULL) ||
	    !first || first == file->inode + head->offset)
		return false;
	*dentry = first - alias->offset;
	return kernel_read_member(kernel, *dentry, DENTRY_INODE, &inode, NULL) &&
	       inode == file->inode;
}

bool kernel_page_file(struct kernel *kernel, uint64_t mapping,
		      struct page_file *file, struct error *err)
{
	const struct member *data = kernel_member(kernel, INODE_DATA, err);
	uint64_t pointer, dentry;

	*file = (struct page_file){ 0 };
	if (!data || !kernel_read_member(kernel, mapping, SPACE_HOST,
					 &file->inode, err))
		return false;
	if (!file->inode)
		return fail(err, ERROR_NO_ANSWER,
			    "the address_space at %" PRIx64 " has no inode", mapping);
	if (file->inode + data->offset != mapping &&
	    (!kernel_read_member(kernel, file->inode, INODE_MAPPING, &pointer,
				 err) ||
	     pointer != mapping))
		return fail(err, ERROR_FORMAT,
			    "the inode at %" PRIx64 " does not have the address_space at %" PRIx64,
			    file->inode, mapping);
	if (!kernel_read_member(kernel, file->inode, INODE_NUMBER, &file->number,
				err))
		return false;
	if (!read_filesystem(kernel, file))
		*file->filesystem = *file->device = '\0';
	if (!find_dentry(kernel, file, &dentry) ||
	    !kernel_dentry_path(kernel, dentry, file->path, NULL))
		*file->path = '\0';
	return true;
}

/* The interval tree of an anon_vma (3.7, bf181b9f9d8d). */
struct climb {
	struct kernel *kernel;
	const struct watch *watch;
	const struct page_use *use;
	uint64_t pfn, node_offset;
	struct page_owner *owner;
	size_t nr;
	struct address_set seen;
	uint64_t stack[MOST_LEVELS];
	unsigned int depth;
};

static bool push(struct climb *climb, uint64_t node, struct error *err)
{
	if (!node)
		return true;
	switch (address_set_add(&climb->seen, node)) {
	case ADDRESS_NO_MEMORY:
		return fail(err, ERROR_SYSTEM, "out of memory");
	case ADDRESS_SEEN:
		return fail(err, ERROR_FORMAT,
			    "the tree of its anon_vma leads to %" PRIx64 " again",
			    node);
	default:
		break;
	}
	if (climb->depth == MOST_LEVELS)
		return fail(err, ERROR_FORMAT,
			    "the tree of its anon_vma is higher than any can be");
	climb->stack[climb->depth++] = node;
	return true;
}

/* Does the process' table prove that the page belongs there? */
static bool proves(const struct climb *climb, uint64_t mm, uint64_t vaddr)
{
	struct kernel *kernel = climb->kernel;
	const struct page_use *use = climb->use;
	struct space space = *kernel_space(kernel, NULL);
	struct translation found;

	if (!kernel_mm_root(kernel, mm, &space.root, NULL))
		return false;
	found = kernel_translate(kernel, &space, vaddr);
	if (found.has_physical)
		return found.physical >> PAGE_SHIFT == climb->pfn;
	return use->has_swap && found.meaning.has_swap &&
	       found.meaning.swap_type == use->swap_type &&
	       found.meaning.swap_offset ==
		       use->swap_offset + (climb->pfn - use->head_pfn);
}

static void add_owner(struct climb *climb, uint64_t mm, uint64_t vaddr)
{
	const struct task_list *list =
		kernel_tasks(climb->kernel, climb->watch, NULL);
	struct page_owner *owner;

	if (climb->nr++ >= MOST_OWNERS)
		return;
	owner = &climb->owner[climb->nr - 1];
	*owner = (struct page_owner){ .mm = mm, .vaddr = vaddr };
	for (size_t i = 0; list && i < list->nr && !owner->has_pid; i++) {
		owner->has_pid = list->task[i].mm == mm;
		owner->pid = list->task[i].tgid;
	}
}

static bool look_at(struct climb *climb, uint64_t chain, struct error *err)
{
	struct kernel *kernel = climb->kernel;
	uint64_t vma, mm, start, end, pgoff, vaddr;

	if (!kernel_read_member(kernel, chain, AVC_VMA, &vma, err) ||
	    !kernel_read_member(kernel, vma, VMA_MM, &mm, err) ||
	    !kernel_read_member(kernel, vma, VMA_START, &start, err) ||
	    !kernel_read_member(kernel, vma, VMA_END, &end, err) ||
	    !kernel_read_member(kernel, vma, VMA_PGOFF, &pgoff, err))
		return false;
	if (climb->use->index < pgoff || end <= start ||
	    climb->use->index - pgoff >= (end - start) >> PAGE_SHIFT)
		return true;
	vaddr = start + ((climb->use->index - pgoff) << PAGE_SHIFT);
	if (proves(climb, mm, vaddr))
		add_owner(climb, mm, vaddr);
	return true;
}

static bool climb_all(struct climb *climb, uint64_t root, struct error *err)
{
	if (!push(climb, root, err))
		return false;
	while (climb->depth) {
		uint64_t chain = climb->stack[--climb->depth] -
				 climb->node_offset;
		uint64_t left, right;

		if (climb->watch && climb->watch->stop(climb->watch->arg))
			return fail(err, ERROR_INTERRUPTED, "interrupted");
		if (!look_at(climb, chain, err) ||
		    !kernel_read_member(climb->kernel, chain, AVC_RB_LEFT,
					&left, err) ||
		    !kernel_read_member(climb->kernel, chain, AVC_RB_RIGHT,
					&right, err) ||
		    !push(climb, right, err) || !push(climb, left, err))
			return false;
	}
	return true;
}

bool kernel_page_owners(struct kernel *kernel, uint64_t pfn,
			const struct page_use *use, const struct watch *watch,
			struct page_owner owner[MOST_OWNERS], size_t *nr,
			struct error *err)
{
	const struct member *root = kernel_member(kernel, ANON_VMA_ROOT, err);
	const struct member *node = kernel_member(kernel, AVC_RB, err);
	struct climb climb = {
		.kernel = kernel, .watch = watch, .use = use, .pfn = pfn,
		.owner = owner,
	};
	uint64_t first;
	bool done;

	*nr = 0;
	if (use->kind != PAGE_USE_ANON || !use->has_index)
		return true;
	if (!root || !node || !kernel_space(kernel, err) ||
	    !kernel_read_pointer(kernel, use->object + root->offset, &first, err))
		return false;
	climb.node_offset = node->offset;
	done = climb_all(&climb, first, err);
	address_set_release(&climb.seen);
	*nr = climb.nr;
	return done;
}
