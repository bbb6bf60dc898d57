/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a page's mapping to its file or processes. */
#include <inttypes.h>
#include <string.h>

#include "answers/page_owner.h"
#include "answers/translate.h"
#include "base/address_set.h"
#include "base/page.h"
#include "frames/page_use.h"
#include "kernel/kernel.h"
#include "kernel/members.h"
#include "tasks/mm.h"
#include "tasks/task.h"
#include "tasks/vma.h"

enum { MOST_LEVELS = 64 /* twice the logarithm of more than there can be */ };

/* Reads a string; a longer one is cut to fit size bytes. */
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
	const struct member *id =
		kernel_member_as(kernel, SB_ID, MEMBER_TEXT, NULL);
	uint64_t sb, type, name;

	return kernel_read_member(kernel, file->inode, INODE_SB, &sb, NULL) &&
	       kernel_read_member(kernel, sb, SB_TYPE, &type, NULL) &&
	       kernel_read_member(kernel, type, FILESYSTEM_NAME, &name, NULL) &&
	       read_name(kernel, name, file->filesystem,
			 sizeof(file->filesystem), NULL) &&
	       id &&
	       read_name(kernel, sb + id->offset, file->device,
			 id->size < sizeof(file->device) ? id->size :
							   sizeof(file->device),
			 NULL);
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
struct rmap {
	struct kernel *kernel;
	const struct page_use *use;
	uint64_t pfn, node_offset;
	struct page_owner *owner;
	size_t nr;
	struct address_set seen;
	uint64_t stack[MOST_LEVELS];
	unsigned int depth;
};

static bool push(struct rmap *rmap, uint64_t node, struct error *err)
{
	if (!node)
		return true;
	switch (address_set_add(&rmap->seen, node)) {
	case ADDRESS_NO_MEMORY:
		return fail(err, ERROR_SYSTEM, "out of memory");
	case ADDRESS_SEEN:
		return fail(err, ERROR_FORMAT,
			    "the tree of its anon_vma leads back to %" PRIx64,
			    node);
	default:
		break;
	}
	if (rmap->depth == MOST_LEVELS)
		return fail(err, ERROR_FORMAT,
			    "the tree of its anon_vma is deeper than possible");
	rmap->stack[rmap->depth++] = node;
	return true;
}

/* Does the process's page table map the frame, or hold its swap entry, at vaddr? */
static bool proves(const struct rmap *rmap, uint64_t mm, uint64_t vaddr)
{
	struct kernel *kernel = rmap->kernel;
	const struct page_use *use = rmap->use;
	struct space space = *kernel_space(kernel, NULL);
	struct translation found;

	if (!kernel_mm_root(kernel, mm, &space.root, NULL))
		return false;
	found = kernel_translate(kernel, &space, vaddr);
	if (found.has_physical)
		return found.physical >> PAGE_SHIFT == rmap->pfn;
	return use->has_swap && found.meaning.has_swap &&
	       found.meaning.swap_type == use->swap_type &&
	       found.meaning.swap_offset ==
		       use->swap_offset + (rmap->pfn - use->head_pfn);
}

static void add_owner(struct rmap *rmap, uint64_t mm, uint64_t vaddr)
{
	const struct task_list *list = kernel_tasks(rmap->kernel, NULL);
	struct page_owner *owner;

	if (rmap->nr++ >= MOST_OWNERS)
		return;
	owner = &rmap->owner[rmap->nr - 1];
	*owner = (struct page_owner){ .mm = mm, .vaddr = vaddr };
	for (size_t i = 0; list && i < list->nr && !owner->has_pid; i++) {
		owner->has_pid = list->task[i].mm == mm;
		owner->pid = list->task[i].tgid;
	}
}

static bool add_if_mapped(struct rmap *rmap, uint64_t chain, struct error *err)
{
	struct kernel *kernel = rmap->kernel;
	uint64_t vma, mm, start, end, pgoff, vaddr;

	if (!kernel_read_member(kernel, chain, AVC_VMA, &vma, err) ||
	    !kernel_read_member(kernel, vma, VMA_MM, &mm, err) ||
	    !kernel_read_member(kernel, vma, VMA_START, &start, err) ||
	    !kernel_read_member(kernel, vma, VMA_END, &end, err) ||
	    !kernel_read_member(kernel, vma, VMA_PGOFF, &pgoff, err))
		return false;
	if (rmap->use->index < pgoff || end <= start ||
	    rmap->use->index - pgoff >= (end - start) >> PAGE_SHIFT)
		return true;
	vaddr = start + ((rmap->use->index - pgoff) << PAGE_SHIFT);
	if (proves(rmap, mm, vaddr))
		add_owner(rmap, mm, vaddr);
	return true;
}

static bool walk_tree(struct rmap *rmap, uint64_t root, struct error *err)
{
	if (!push(rmap, root, err))
		return false;
	while (rmap->depth) {
		uint64_t chain = rmap->stack[--rmap->depth] - rmap->node_offset;
		uint64_t left, right;

		if (kernel_stopped(rmap->kernel))
			return fail(err, ERROR_INTERRUPTED, "interrupted");
		if (!add_if_mapped(rmap, chain, err) ||
		    !kernel_read_member(rmap->kernel, chain, AVC_RB_LEFT, &left,
					err) ||
		    !kernel_read_member(rmap->kernel, chain, AVC_RB_RIGHT,
					&right, err) ||
		    !push(rmap, right, err) || !push(rmap, left, err))
			return false;
	}
	return true;
}

bool kernel_page_owners(struct kernel *kernel, uint64_t pfn,
			const struct page_use *use,
			struct page_owner owner[MOST_OWNERS], size_t *nr,
			struct error *err)
{
	const struct member *root = kernel_member(kernel, ANON_VMA_ROOT, err);
	const struct member *node = kernel_member(kernel, AVC_RB, err);
	struct rmap rmap = {
		.kernel = kernel,
		.use = use,
		.pfn = pfn,
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
	rmap.node_offset = node->offset;
	done = walk_tree(&rmap, first, err);
	address_set_release(&rmap.seen);
	*nr = rmap.nr;
	return done;
}
