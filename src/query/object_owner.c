/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the types and owners of kernel objects. The name of a slab cache does not prove the type of
 * its objects, because the kernel may merge caches whose objects have the same size. */
#include "query/object_owner.h"

#include <string.h>

#include "linux/crash_members.h"
#include "base/array.h"
#include "base/bytes.h"
#include "base/ranges.h"
#include "base/sort.h"
#include "kernel/kernel.h"
#include "kernel/links.h"
#include "linux/slab/slab.h"
#include "linux/task_members.h"

/* --- objects that tasks point to --- */

enum object_type {
	OBJECT_TASK,
	OBJECT_MM,
	OBJECT_CRED,
	OBJECT_SIGNAL,
	OBJECT_FILES,
};

static const char *const type_names[] = {
	[OBJECT_TASK] = "task_struct",	   [OBJECT_MM] = "mm_struct",	    [OBJECT_CRED] = "cred",
	[OBJECT_SIGNAL] = "signal_struct", [OBJECT_FILES] = "files_struct",
};

struct task_object {
	uint64_t address;
	size_t task; /* index of the task that points to the object */
	enum object_type type;
};

struct task_objects {
	struct task_object *object; /* owned; sorted by address, then by task */
	size_t nr, room;
};

static int object_owner_compare(const void *a, const void *b)
{
	const struct task_object *left = a, *right = b;

	return COMPARE(left->address, right->address) ?: COMPARE(left->task, right->task);
}

static void object_owner_add(struct task_objects *objects, uint64_t address, size_t task,
			     enum object_type type)
{
	const struct task_object *last = objects->nr ? &objects->object[objects->nr - 1] : NULL;

	/* cred and real_cred are usually the same pointer: add it once. */
	if (address && (!last || last->address != address || last->task != task))
		array_add(&objects->object, &objects->nr, &objects->room,
			  &(struct task_object){ address, task, type }, sizeof(*objects->object));
}

static void object_owner_add_task(struct kernel *kernel, struct task_objects *objects,
				  const struct task *task, size_t index)
{
	static const struct {
		unsigned int member;
		enum object_type type;
	} pointers[] = {
		{ TASK_SIGNAL, OBJECT_SIGNAL },
		{ TASK_FILES, OBJECT_FILES },
		{ TASK_CRED, OBJECT_CRED },
		{ TASK_REAL_CRED, OBJECT_CRED },
	};
	uint64_t address;

	object_owner_add(objects, task->address, index, OBJECT_TASK);
	object_owner_add(objects, task->mm, index, OBJECT_MM);
	for (size_t i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++)
		if (kernel_read_member(kernel, task->address, pointers[i].member, &address, NULL))
			object_owner_add(objects, address, index, pointers[i].type);
}

static bool object_owner_learn(struct kernel *kernel, void *state, struct error *err)
{
	const struct task_list *tasks = task_all(kernel, err);
	struct task_objects *objects = state;

	for (size_t i = 0; tasks && i < tasks->nr && !kernel_stopped(kernel); i++)
		object_owner_add_task(kernel, objects, &tasks->task[i], i);
	return sort_items(objects->object, objects->nr, sizeof(*objects->object),
			  object_owner_compare, kernel->listener);
}

static const struct state_type state_task_objects = {
	.size = sizeof(struct task_objects),
	.learn = object_owner_learn,
	.release = state_free_list,
};

/* Returns the index of the first object whose address is at least `address`. */
static size_t find_first(const struct task_objects *objects, uint64_t address)
{
	return ranges_search(objects->object, objects->nr, sizeof(*objects->object),
			     offsetof(struct task_object, address), address);
}

/* Is there an object to which a task points, from start to start + size (exclusive)? The address of
 * this object is usually start. If size is 0, it must be start. */
static bool of_task(struct kernel *kernel, uint64_t start, uint64_t size,
		    struct object_owner *owner)
{
	const struct task_list *tasks = task_all(kernel, NULL);
	const struct task_objects *objects;
	size_t at;

	objects = tasks ? kernel_learnt(kernel, &state_task_objects, NULL) : NULL;
	if (!objects)
		return false;
	at = find_first(objects, start);
	if (at == objects->nr || objects->object[at].address - start >= (size ? size : 1))
		return false;
	owner->address = objects->object[at].address;
	owner->type = type_names[objects->object[at].type];
	owner->task = &tasks->task[objects->object[at].task];
	while (at < objects->nr && objects->object[at++].address == owner->address)
		owner->nr_tasks++;
	return true;
}

bool query_task_object(struct kernel *kernel, uint64_t vaddr, struct object_owner *owner)
{
	const struct task_objects *objects = NULL;
	uint64_t size;
	size_t at;

	*owner = (struct object_owner){ 0 };
	if (task_all(kernel, NULL))
		objects = kernel_learnt(kernel, &state_task_objects, NULL);
	at = objects ? find_first(objects, vaddr + 1) : 0;
	if (!at)
		return false;
	return kernel_type_size(kernel, type_names[objects->object[at - 1].type], &size) &&
	       vaddr - objects->object[at - 1].address < size &&
	       of_task(kernel, objects->object[at - 1].address, 0, owner);
}

/* --- objects whose content proves their type --- */

/* Finds an inode in the object. Some file systems embed the inode in a larger struct, so tries each
 * offset. An inode is recognised by its member i_data: this address_space points back to the
 * inode. */
static bool of_inode(struct kernel *kernel, uint64_t start, uint64_t size,
		     struct object_owner *owner)
{
	const struct member *data = kernel_member(kernel, INODE_DATA, NULL);
	const struct member *host = kernel_member_as(kernel, SPACE_HOST, MEMBER_POINTER, NULL);
	unsigned int word = kernel_pointer_size(kernel);
	struct page_file file;
	uint64_t value, at, first;

	if (!data || !host)
		return false;
	first = (uint64_t)data->offset + host->offset;
	for (uint64_t offset = 0; first < size && offset + word <= size - first; offset += word) {
		at = start + offset;
		if (!kernel_read_pointer(kernel, at + first, &value, NULL))
			return false;
		if (value != at || !query_page_file(kernel, at + data->offset, &file) ||
		    file.inode != at || !*file.filesystem)
			continue;
		owner->type = "inode";
		owner->address = at;
		owner->inode = file.number;
		memcpy(owner->path, file.path, sizeof(owner->path));
		memcpy(owner->mounted, file.mounted, sizeof(owner->mounted));
		memcpy(owner->filesystem, file.filesystem, sizeof(owner->filesystem));
		return true;
	}
	return false;
}

static bool of_dentry(struct kernel *kernel, uint64_t start, struct object_owner *owner)
{
	char device[FILESYSTEM_MAX];
	uint64_t sb;

	owner->type = "dentry";
	owner->address = start;
	query_dentry_paths(kernel, start, owner->path, owner->mounted);
	if (!kernel_read_member(kernel, start, DENTRY_SB, &sb, NULL) ||
	    !query_super_block(kernel, sb, owner->filesystem, device))
		*owner->filesystem = '\0';
	return true;
}

static bool of_file(struct kernel *kernel, uint64_t start, struct object_owner *owner)
{
	if (!vma_file_path(kernel, start, owner->path, NULL)) {
		*owner->path = '\0';
		return false;
	}
	memcpy(owner->mounted, owner->path, sizeof(owner->mounted));
	owner->type = "file";
	owner->address = start;
	return true;
}

/* A vm_area_struct is recognised by its pointer to an mm_struct: a task must also point to this
 * mm_struct. */
static bool of_vma(struct kernel *kernel, uint64_t start, struct object_owner *owner)
{
	uint64_t mm;

	if (!kernel_read_member(kernel, start, VMA_MM, &mm, NULL) || !mm ||
	    !of_task(kernel, mm, 0, owner) || strcmp(owner->type, "mm_struct") != 0) {
		owner->type = NULL;
		return false;
	}
	owner->type = "vm_area_struct";
	owner->address = start;
	return true;
}

static bool is_cache_at(uint64_t cache, void *arg)
{
	uint64_t *wanted = arg;

	if (cache == *wanted)
		*wanted = 0;
	return *wanted;
}

/* The struct of a slab cache is recognised if the kernel's list of caches contains it. */
static bool of_cache(struct kernel *kernel, uint64_t start, struct object_owner *owner)
{
	uint64_t wanted = start;

	slab_each_cache(kernel, is_cache_at, &wanted, NULL);
	if (wanted || !slab_cache_name(kernel, start, owner->name, sizeof(owner->name), NULL))
		return false;
	owner->type = "kmem_cache";
	owner->address = start;
	return true;
}

/* Does the kernel's list of super_blocks contain this one? */
static bool is_listed(struct kernel *kernel, uint64_t wanted)
{
	enum { MOST_SUPER_BLOCKS = 1 << 16 };
	const struct member *list = kernel_member_as(kernel, SB_LIST, MEMBER_LINKS, NULL);
	struct links links;
	uint64_t head, sb;

	if (!list || !kernel_symbol(kernel, "super_blocks", &head, NULL))
		return false;
	links = links_from(kernel, head, list->offset, NULL, MOST_SUPER_BLOCKS);
	while (links_next(&links, &sb))
		if (sb == wanted)
			return true;
	return false;
}

/* Tasks that write to a frozen file system wait: SB_FREEZE_WRITE and the others of
 * include/linux/fs.h, since 3.6 (5accdf82ba25). The list is read only for an object that seems to have
 * the type of a file system. */
static void of_super_block(struct kernel *kernel, uint64_t start, struct object_owner *owner)
{
	enum { FREEZE_COMPLETE = 4 };
	uint64_t frozen;

	if (!query_super_block(kernel, start, owner->filesystem, owner->name) ||
	    !is_listed(kernel, start)) {
		*owner->filesystem = *owner->name = '\0';
		return;
	}
	owner->type = "super_block";
	owner->address = start;
	if (kernel_read_member(kernel, start, SB_FROZEN, &frozen, NULL) && frozen &&
	    frozen <= FREEZE_COMPLETE)
		owner->freeze = frozen < FREEZE_COMPLETE ? "being frozen" : "frozen";
}

/* The names of the caches of dentries, files and mappings prove the types of their objects. The
 * kernel never merges these caches, because they have special flags, a constructor, or a region
 * that may be copied to user space. */
void query_object_owner(struct kernel *kernel, uint64_t start, uint64_t size, const char *cache,
			struct object_owner *owner)
{
	*owner = (struct object_owner){ 0 };
	if (of_task(kernel, start, size, owner) || !*cache)
		return;
	if (!strcmp(cache, "dentry"))
		of_dentry(kernel, start, owner);
	else if (!strcmp(cache, "filp"))
		of_file(kernel, start, owner);
	else if (!strcmp(cache, "vm_area_struct"))
		of_vma(kernel, start, owner);
	else if (!strcmp(cache, "kmem_cache"))
		of_cache(kernel, start, owner);
	else if (!of_inode(kernel, start, size, owner))
		of_super_block(kernel, start, owner);
}
