/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The mounts that process 1 sees: fs/mount.h. A super_block has a list of its mounts since 3.3, but
 * this list also contains mounts of other namespaces, such as containers, and mounts that only the
 * kernel uses. Their paths are not paths of the machine. */
#include "linux/vma/mount.h"

#include "base/address_set.h"
#include "base/array.h"
#include "base/ranges.h"
#include "base/sort.h"
#include "kernel/kernel.h"
#include "kernel/links.h"
#include "linux/task_members.h"

enum {
	MOST_MOUNTS = 1 << 20, /* ten times the default of /proc/sys/fs/mount-max */
	MOST_ANCESTORS = 4096, /* PATH_MAX */
};

struct mount {
	uint64_t root; /* the dentry that is the root of the mount */
	uint64_t address; /* of the struct mount, or before 3.3 of the vfsmount */
	size_t order; /* number of the mounts that are not deeper in the tree, or come first there */
	bool hidden; /* another mount is mounted on the root */
};

/* Sorted by root. Of those with the same root, the mounts that are not hidden are first, by order. */
struct mounts {
	struct mount *mount; /* owned */
	size_t nr, room;
	uint64_t inner; /* offset of the vfsmount in a struct mount */
	unsigned int mountpoint; /* id of the member */
};

static int compare_mounts(const void *one, const void *two)
{
	const struct mount *a = one, *b = two;

	return COMPARE(a->root, b->root)	     ?:
		       COMPARE(a->hidden, b->hidden) ?:
						       COMPARE(a->order, b->order);
}

/* Process 1 is the first in the list of processes, which need not be read. */
static bool find_first_mount(struct kernel *kernel, uint64_t *mount, struct error *err)
{
	const struct member *tasks = kernel_member_as(kernel, TASK_TASKS, MEMBER_LINKS, err);
	uint64_t idle, first, pid, nsproxy, namespace;

	if (!tasks || !kernel_symbol(kernel, "init_task", &idle, err) ||
	    !kernel_read_pointer(kernel, idle + tasks->offset, &first, err) ||
	    !kernel_read_member(kernel, first - tasks->offset, TASK_PID, &pid, err))
		return false;
	if (pid != 1)
		return fail(err, ERROR_UNKNOWN, "the first process is not process 1");
	return kernel_read_member(kernel, first - tasks->offset, TASK_NSPROXY, &nsproxy, err) &&
	       kernel_read_member(kernel, nsproxy, NSPROXY_MOUNTS, &namespace, err) &&
	       kernel_read_member(kernel, namespace, NAMESPACE_ROOT, mount, err);
}

static void add_mount(struct kernel *kernel, struct mounts *mounts, uint64_t address)
{
	struct mount mount = { .address = address, .order = mounts->nr };

	if (kernel_read_member(kernel, address + mounts->inner, VFSMOUNT_ROOT, &mount.root, NULL))
		array_add(&mounts->mount, &mounts->nr, &mounts->room, &mount, sizeof(mount));
}

/* Adds the mounts whose parent is the mount with index i. If the list of these mounts is damaged,
 * adds the mounts before the damage. */
static void add_children(struct kernel *kernel, struct mounts *mounts, size_t i,
			 struct address_set *seen)
{
	const struct member *head = kernel_member_as(kernel, MOUNT_MOUNTS, MEMBER_LINKS, NULL);
	const struct member *child = kernel_member_as(kernel, MOUNT_CHILD, MEMBER_LINKS, NULL);
	struct links links;
	uint64_t address, on;

	if (!head || !child)
		return;
	links = links_from(kernel, mounts->mount[i].address + head->offset, child->offset, seen,
			   MOST_MOUNTS);
	while (links_next(&links, &address)) {
		add_mount(kernel, mounts, address);
		if (kernel_read_member(kernel, address, mounts->mountpoint, &on, NULL) &&
		    on == mounts->mount[i].root)
			mounts->mount[i].hidden = true;
	}
}

static bool mounts_learn(struct kernel *kernel, void *state, struct error *err)
{
	/* Until 3.3 (7d6fec45a5131) the vfsmount itself contained these members. */
	bool old = kernel_member(kernel, VFSMOUNT_PARENT, NULL);
	const struct member *inner = kernel_member(kernel, MOUNT_MNT, old ? NULL : err);
	struct mounts *mounts = state;
	struct address_set seen = { 0 };
	uint64_t first;

	if ((!old && !inner) || !find_first_mount(kernel, &first, err))
		return false;
	mounts->inner = old ? 0 : inner->offset;
	mounts->mountpoint = old ? VFSMOUNT_MOUNTPOINT : MOUNT_MOUNTPOINT;
	add_mount(kernel, mounts, first);
	for (size_t i = 0; i < mounts->nr && !kernel_stopped(kernel); i++)
		add_children(kernel, mounts, i, &seen);
	address_set_release(&seen);
	return sort_items(mounts->mount, mounts->nr, sizeof(*mounts->mount), compare_mounts,
			  kernel->listener) ||
	       out_of_memory(err);
}

static const struct state_type state_mounts = {
	.size = sizeof(struct mounts),
	.learn = mounts_learn,
	.release = state_free_list,
};

/* Returns the first visible mount with this root, or NULL. */
static const struct mount *mount_of_root(const struct mounts *mounts, uint64_t root)
{
	size_t i = ranges_search(mounts->mount, mounts->nr, sizeof(*mounts->mount),
				 offsetof(struct mount, root), root);

	return i < mounts->nr && mounts->mount[i].root == root && !mounts->mount[i].hidden ?
		       &mounts->mount[i] :
		       NULL;
}

bool vma_find_mount(struct kernel *kernel, uint64_t dentry, uint64_t *vfsmount, struct error *err)
{
	const struct mounts *mounts = kernel_learnt(kernel, &state_mounts, err);
	bool found = false;

	for (int i = 0; mounts && i < MOST_ANCESTORS; i++) {
		const struct mount *mount = mount_of_root(mounts, dentry);
		uint64_t parent;

		if (mount)
			*vfsmount = mount->address + mounts->inner;
		found |= mount != NULL;
		if (!kernel_read_member(kernel, dentry, DENTRY_PARENT, &parent, err))
			return false;
		if (parent == dentry)
			return found || fail(err, ERROR_UNKNOWN, "process 1 has no mount of it");
		dentry = parent;
	}
	return mounts && fail(err, ERROR_FORMAT, "the path loops, or is too long");
}
