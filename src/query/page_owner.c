/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the file or the processes to which a page belongs. Starts with the mapping in its struct
 * page. */

#include <stdio.h>

#include "linux/crash_members.h"
#include "query/page_owner.h"
#include "query/translate.h"
#include "kernel/kernel.h"
#include "kernel/rbtree.h"
#include "linux/task_members.h"
#include "linux/task/mm.h"
#include "linux/task/task.h"

bool query_super_block(struct kernel *kernel, uint64_t sb, char filesystem[FILESYSTEM_MAX],
		       char device[FILESYSTEM_MAX])
{
	const struct member *id = kernel_member_as(kernel, SB_ID, MEMBER_TEXT, NULL);
	uint64_t type, name;

	if (!id || !kernel_read_string(kernel, sb + id->offset, device,
				       id->size < FILESYSTEM_MAX ? id->size : FILESYSTEM_MAX, NULL))
		*device = '\0';
	return kernel_read_member(kernel, sb, SB_TYPE, &type, NULL) &&
	       kernel_read_member(kernel, type, FILESYSTEM_NAME, &name, NULL) &&
	       kernel_read_string(kernel, name, filesystem, FILESYSTEM_MAX, NULL);
}

/* Finds the first dentry in an inode's list of dentries. Until 3.5 (b3d9b7a3c752) the list has a
 * list_head, which is a ring. In later kernels it has an hlist_head, and ends with a NULL
 * pointer. */
static bool find_dentry(struct kernel *kernel, const struct page_file *file, uint64_t *dentry)
{
	const struct member *head = kernel_member(kernel, INODE_DENTRY, NULL);
	const struct member *alias = kernel_member(kernel, DENTRY_ALIAS, NULL);
	uint64_t first, inode;

	if (!alias)
		alias = kernel_member(kernel, DENTRY_ALIAS_OLD, NULL);
	if (!head || !alias ||
	    !kernel_read_pointer(kernel, file->inode + head->offset, &first, NULL) || !first ||
	    first == file->inode + head->offset)
		return false;
	*dentry = first - alias->offset;
	return kernel_read_member(kernel, *dentry, DENTRY_INODE, &inode, NULL) &&
	       inode == file->inode;
}

void query_dentry_paths(struct kernel *kernel, uint64_t dentry, char path[VMA_NAME_MAX],
			char mounted[VMA_NAME_MAX])
{
	if (!vma_dentry_path(kernel, dentry, path, NULL))
		*path = '\0';
	if (!vma_mounted_path(kernel, dentry, mounted))
		*mounted = '\0';
}

void query_path_text(const char *path, const char *mounted, const char *filesystem,
		     char text[PATH_TEXT])
{
	if (*mounted || !*path)
		snprintf(text, PATH_TEXT, "%s", mounted);
	else
		snprintf(text, PATH_TEXT, "%s within %s", path,
			 *filesystem ? filesystem : "its file system");
}

bool query_page_file(struct kernel *kernel, uint64_t mapping, struct page_file *file)
{
	const struct member *data = kernel_member(kernel, INODE_DATA, NULL);
	uint64_t pointer, dentry, sb;

	if (!data || !kernel_read_member(kernel, mapping, SPACE_HOST, &file->inode, NULL) ||
	    !file->inode)
		return false;
	if (file->inode + data->offset != mapping &&
	    (!kernel_read_member(kernel, file->inode, INODE_MAPPING, &pointer, NULL) ||
	     pointer != mapping))
		return false;
	if (!kernel_read_member(kernel, file->inode, INODE_NUMBER, &file->number, NULL))
		return false;
	if (!kernel_read_member(kernel, file->inode, INODE_SB, &sb, NULL) ||
	    !query_super_block(kernel, sb, file->filesystem, file->device))
		*file->filesystem = *file->device = '\0';
	if (find_dentry(kernel, file, &dentry))
		query_dentry_paths(kernel, dentry, file->path, file->mounted);
	else
		*file->path = *file->mounted = '\0';
	return true;
}

/* The state of a search for the owners of an anonymous page. The search visits the interval tree of
 * an anon_vma, which exists since 3.7 (bf181b9f9d8d). */
struct rmap {
	struct kernel *kernel;
	const struct page_use *use;
	uint64_t pfn;
	struct page_owner *owner;
	size_t nr;
};

/* Does the process own the page? Its page table must map the frame at vaddr, or must contain the
 * page's swap entry there. */
static bool page_owner_proves(const struct rmap *rmap, uint64_t mm, uint64_t vaddr)
{
	struct kernel *kernel = rmap->kernel;
	const struct page_use *use = rmap->use;
	struct space space = *kernel_space(kernel, NULL);
	struct translation found;

	if (!task_mm_root(kernel, mm, &space.root, NULL))
		return false;
	found = query_translate(kernel, &space, vaddr);
	if (found.has_physical)
		return kernel_pfn(kernel, found.physical) == rmap->pfn;
	return use->has_swap && found.meaning.has_swap &&
	       found.meaning.swap_type == use->swap_type &&
	       found.meaning.swap_offset == use->swap_offset + (rmap->pfn - use->head_pfn);
}

static void add_owner(struct rmap *rmap, uint64_t mm, uint64_t vaddr)
{
	const struct task_list *list = task_all(rmap->kernel, NULL);
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

static bool add_if_mapped(void *arg, uint64_t chain, struct error *err)
{
	struct rmap *rmap = arg;
	struct kernel *kernel = rmap->kernel;
	uint64_t vma, mm, start, end, pgoff, vaddr;

	if (!kernel_read_member(kernel, chain, AVC_VMA, &vma, err) ||
	    !kernel_read_member(kernel, vma, VMA_MM, &mm, err) ||
	    !kernel_read_member(kernel, vma, VMA_START, &start, err) ||
	    !kernel_read_member(kernel, vma, VMA_END, &end, err) ||
	    !kernel_read_member(kernel, vma, VMA_PGOFF, &pgoff, err))
		return false;
	if (rmap->use->index < pgoff || end <= start ||
	    rmap->use->index - pgoff >= kernel_pfn(kernel, end - start))
		return true;
	vaddr = start + kernel_frame(kernel, rmap->use->index - pgoff);
	if (page_owner_proves(rmap, mm, vaddr))
		add_owner(rmap, mm, vaddr);
	return true;
}

size_t query_page_owners(struct kernel *kernel, uint64_t pfn, const struct page_use *use,
			 struct page_owner owner[MOST_OWNERS])
{
	const struct member *root = kernel_member(kernel, ANON_VMA_ROOT, NULL);
	const struct member *node = kernel_member(kernel, AVC_RB, NULL);
	struct rmap rmap = {
		.kernel = kernel,
		.use = use,
		.pfn = pfn,
		.owner = owner,
	};
	const struct rbtree tree = {
		.node = node ? node->offset : 0,
		.parents_first = true,
		.visit = add_if_mapped,
		.arg = &rmap,
	};
	uint64_t first;

	if (use->kind == PAGE_USE_ANON && use->has_index && root && node &&
	    kernel_space(kernel, NULL) &&
	    kernel_read_pointer(kernel, use->object + root->offset, &first, NULL))
		rbtree_visit(kernel, &tree, first, NULL);
	return rmap.nr;
}
