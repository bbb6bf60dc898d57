/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Names of mappings as in /proc/PID/maps: show_map_vma() in fs/proc/task_mmu.c and d_path() in
 * fs/d_path.c. Paths start at the root of the outermost mount, even if the root directory of the
 * process is another directory. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/address_set.h"
#include "base/array.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/ranges.h"
#include "base/sort.h"
#include "dump/dump.h"
#include "kernel/entry.h"
#include "kernel/kernel.h"
#include "kernel/links.h"
#include "kernel/noted.h"
#include "linux/crash_members.h"
#include "linux/task_members.h"
#include "linux/vma/vma.h"

/* --- names of dentries --- */

/* The name of a dentry, and the words of the dentry that it must agree with. */

enum { DENTRY_NAME_ROOM = 256 + 8 }; /* NAME_MAX + 1 bytes, and room for a word; the rest is 0 */

/* Finds process 1: it is the first in the list of processes, which need not be read. */
static bool vma_first_process(struct kernel *kernel, uint64_t *task, struct error *err)
{
	const struct member *tasks = kernel_member_as(kernel, TASK_TASKS, MEMBER_LINKS, err);
	uint64_t idle, pid;

	if (!tasks || !kernel_symbol(kernel, "init_task", &idle, err) ||
	    !kernel_read_pointer(kernel, idle + tasks->offset, task, err))
		return false;
	*task -= tasks->offset;
	return kernel_read_member(kernel, *task, TASK_PID, &pid, err) &&
	       (pid == 1 || fail(err, ERROR_UNKNOWN, "the first process is not process 1"));
}

/* --- the hash --- */

/* full_name_hash() in fs/namei.c since 4.8 (8387ff2577eb), which hashes the address of the parent, too:
 * word by word if the kernel has CONFIG_DCACHE_WORD_ACCESS, else byte by byte. */
enum hash_kind { HASH_OF_WORDS = 1, HASH_OF_BYTES = 2 };

static uint64_t rotate(uint64_t x, unsigned int by, unsigned int word)
{
	return x << by | (x & (UINT64_MAX >> (64 - 8 * word))) >> (8 * word - by);
}

static uint64_t hash_words(uint64_t y, const char *name, size_t length, unsigned int word)
{
	uint64_t x = 0;

	for (; length >= word; name += word, length -= word) {
		x ^= load_le(name, word);
		y ^= x;
		x = rotate(x, word == 8 ? 12 : 7, word) + y;
		y = rotate(y, word == 8 ? 45 : 20, word) * 9;
	}
	x ^= load_le(name, word); /* zeros follow the name */
	/* fold_hash() with GOLDEN_RATIO_64 or GOLDEN_RATIO_32 of include/linux/hash.h */
	if (word == 8)
		return ((y ^ x * UINT64_C(0x61c8864680b583eb)) * UINT64_C(0x61c8864680b583eb)) >>
		       32;
	return (y ^ x * 0x61c88647) * 0x61c88647;
}

static uint64_t hash_bytes(uint64_t hash, const char *name, size_t length, unsigned int word)
{
	for (size_t i = 0; i < length; i++)
		hash = (hash + ((uint64_t)(uint8_t)name[i] << 4) + ((uint8_t)name[i] >> 4)) * 11;
	return word == 8 ? (hash * UINT64_C(0x61c8864680b583eb)) >> 32 : hash * 0x61c88647;
}

/* Until 4.17 (076515fc9267, fs/dcache.c), the name that a rename replaced got the other name's parent. It kept
 * its hash, and was removed from the hash table. */
static bool has_other_parent(struct kernel *kernel, uint64_t dentry)
{
	const struct member *hash = kernel_member_as(kernel, DENTRY_HASH, MEMBER_LINKS, NULL);
	uint64_t pprev;

	return kernel_version(kernel) < KERNEL_VERSION(4, 17, 0) && hash &&
	       kernel_read_pointer(kernel, dentry + hash->offset + kernel_pointer_size(kernel),
				   &pprev, NULL) &&
	       !pprev;
}

/* Is there a hash that is not made by the folder's file system (DCACHE_OP_HASH)? The kernel hashes no name
 * of a file that is not looked up, such as a pipe's: the hash is 0. */
static bool read_hash(struct kernel *kernel, uint64_t dentry, uint64_t parent, uint64_t *hash)
{
	enum { HAS_OWN_HASH = 1 };
	uint64_t flags, above;

	return kernel_read_member(kernel, dentry, DENTRY_FLAGS, &flags, NULL) &&
	       kernel_read_member(kernel, parent, DENTRY_FLAGS, &above, NULL) &&
	       !((flags | above) & HAS_OWN_HASH) &&
	       kernel_read_member(kernel, dentry, DENTRY_NAME_HASH, hash, NULL) && *hash &&
	       !has_other_parent(kernel, dentry);
}

static bool hash_fits(enum hash_kind kind, uint64_t parent, uint64_t hash, const char *name,
		      size_t length, unsigned int word)
{
	return (uint32_t)(kind == HASH_OF_WORDS ? hash_words(parent, name, length, word) :
						  hash_bytes(parent, name, length, word)) == hash;
}

static bool read_name(struct kernel *kernel, uint64_t dentry, char name[DENTRY_NAME_ROOM],
		      size_t *length, uint64_t *address, struct error *err)
{
	uint64_t size;

	memset(name, 0, DENTRY_NAME_ROOM);
	if (!kernel_read_member(kernel, dentry, DENTRY_NAME, address, err) ||
	    !kernel_read_member(kernel, dentry, DENTRY_LENGTH, &size, err))
		return false;
	if (size >= 256)
		return fail(err, ERROR_FORMAT,
			    "the dentry at %" PRIx64 " has a name of %" PRIu64 " bytes", dentry,
			    size);
	*length = (size_t)size;
	return kernel_read_field(kernel, *address, name, *length, err);
}

/* Learns how this kernel hashes, from the program of process 1 and the folders above it. */
static bool learn_hash(struct kernel *kernel, void *state, struct error *err)
{
	enum { MOST_FOLDERS = 16 };
	unsigned int *fits = state; /* bits of enum hash_kind: both mean nothing */
	uint64_t task, mm, file, dentry, parent, hash, address;
	char name[DENTRY_NAME_ROOM];
	size_t length;

	(void)err;
	if (!vma_first_process(kernel, &task, NULL) ||
	    !kernel_read_member(kernel, task, TASK_MM, &mm, NULL) ||
	    !kernel_read_member(kernel, mm, MM_EXE_FILE, &file, NULL) ||
	    !kernel_read_member(kernel, file, FILE_DENTRY, &dentry, NULL))
		return true;
	for (int i = 0;
	     i < MOST_FOLDERS && kernel_read_member(kernel, dentry, DENTRY_PARENT, &parent, NULL);
	     i++, dentry = parent) {
		if (!read_hash(kernel, dentry, parent, &hash) ||
		    !read_name(kernel, dentry, name, &length, &address, NULL))
			continue;
		for (enum hash_kind try = HASH_OF_WORDS; try <= HASH_OF_BYTES; try++)
			if (hash_fits(try, parent, hash, name, length, kernel_pointer_size(kernel)))
				*fits |= try;
	}
	return true;
}

static const struct state_type state_name_hash = { .size = sizeof(unsigned int),
						   .learn = learn_hash };

/* --- the name --- */

/* __d_move() in fs/dcache.c makes d_seq odd while it exchanges names and parents. */
static bool is_moving(struct kernel *kernel, uint64_t dentry)
{
	uint64_t sequence;

	return kernel_read_member(kernel, dentry, DENTRY_SEQUENCE, &sequence, NULL) && sequence & 1;
}

/* __d_alloc() in fs/dcache.c: a NUL follows each name, and a name in d_iname fits there. */
static bool name_agrees(struct kernel *kernel, uint64_t dentry, uint64_t address, const char *name,
			size_t length, struct error *err)
{
	const struct member *own = kernel_member(kernel, DENTRY_OWN_NAME, NULL);
	const unsigned int *kind = kernel_learnt(kernel, &state_name_hash, NULL);
	uint64_t parent, hash, sb, other;
	uint8_t end;

	if (memchr(name, '\0', length) ||
	    (own && address == dentry + own->offset && length >= own->size) ||
	    (kernel_read(kernel, address + length, &end, 1, NULL) && end))
		return fail(err, ERROR_FORMAT,
			    "the dentry at %" PRIx64 " has a name of %zu bytes, but at %" PRIx64
			    " is a text of another length",
			    dentry, length, address);
	if (!kernel_read_member(kernel, dentry, DENTRY_PARENT, &parent, err))
		return false;
	if (kind && (*kind == HASH_OF_WORDS || *kind == HASH_OF_BYTES) &&
	    read_hash(kernel, dentry, parent, &hash) &&
	    !hash_fits(*kind, parent, hash, name, length, kernel_pointer_size(kernel)))
		return fail(err, ERROR_FORMAT,
			    "the dentry at %" PRIx64 " has the name %s and the d_parent %" PRIx64
			    ", but its hash is %" PRIx64 ": one of the three is damaged",
			    dentry, name, parent, hash);
	return !kernel_read_member(kernel, dentry, DENTRY_SB, &sb, NULL) ||
	       !kernel_read_member(kernel, parent, DENTRY_SB, &other, NULL) || !sb || !other ||
	       sb == other ||
	       fail(err, ERROR_FORMAT,
		    "the dentry at %" PRIx64 " has the d_parent %" PRIx64
		    ", which is in another file system: their d_sb differ",
		    dentry, parent);
}

/* Reads the name of a dentry. Fails if it cannot be read, or if another word contradicts it. */
static bool dentry_name_read(struct kernel *kernel, uint64_t dentry, char name[DENTRY_NAME_ROOM],
			     size_t *length, struct error *err)
{
	uint64_t address;

	if (!read_name(kernel, dentry, name, length, &address, err))
		return false;
	/* A dump that is to be reduced must not keep the hash, which reveals the name, and in a reduced one
	 * the name may be a pseudonym. */
	if (!kernel->notes && !kernel->dump->format->running && !dump_is_reduced(kernel->dump))
		return is_moving(kernel, dentry) ||
		       name_agrees(kernel, dentry, address, name, *length, err);
	*length = strnlen(name, *length);
	return true;
}

/* --- mounts --- */

/* The mounts of a dentry that belongs to no struct file. The mounts that process 1 sees:
 * fs/mount.h. A super_block has a list of its mounts since 3.3, but this list also contains mounts
 * of other namespaces, such as containers, and mounts that only the kernel uses. Their paths are
 * not paths of the machine. */

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

static bool find_first_mount(struct kernel *kernel, uint64_t *mount, struct error *err)
{
	uint64_t first, nsproxy, namespace;

	return vma_first_process(kernel, &first, err) &&
	       kernel_read_member(kernel, first, TASK_NSPROXY, &nsproxy, err) &&
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

/* Finds the vfsmount through which process 1 reaches the dentry. If there are several, chooses the
 * mount that shows the most of the file system: its root is the highest ancestor of the dentry.
 * Among mounts with the same root, chooses the nearest to the root of all mounts, and then the
 * first. Mounts that are covered by a mount on their root are not considered. Fails if process 1
 * has no such mount, or if its mounts are unknown. */
static bool vma_find_mount(struct kernel *kernel, uint64_t dentry, uint64_t *vfsmount)
{
	const struct mounts *mounts = kernel_learnt(kernel, &state_mounts, NULL);
	bool found = false;

	for (int i = 0; mounts && i < MOST_ANCESTORS; i++) {
		const struct mount *mount = mount_of_root(mounts, dentry);
		uint64_t parent;

		if (mount)
			*vfsmount = mount->address + mounts->inner;
		found |= mount != NULL;
		if (!kernel_read_member(kernel, dentry, DENTRY_PARENT, &parent, NULL))
			return false;
		if (parent == dentry)
			return found;
		dentry = parent;
	}
	return false;
}

enum {
	MOST_STEPS = 4096, /* PATH_MAX; each step adds at least a byte or crosses a mount */
	SPECIAL_NAME_MAX = 64,
};

/* A path that is being written into a buffer, from its last part to its first. */
struct path {
	char *start; /* start of the text written so far, which ends at the end of the buffer */
	const char *base; /* start of the buffer */
};

static bool prepend(struct path *path, const char *text, size_t size, struct error *err)
{
	if (size > (size_t)(path->start - path->base))
		return fail(err, ERROR_FORMAT, "the path of the file is too long");
	path->start -= size;
	memcpy(path->start, text, size);
	return true;
}

static bool prepend_text(struct path *path, const char *text, struct error *err)
{
	return prepend(path, text, strlen(text), err);
}

static bool prepend_name(struct kernel *kernel, struct path *path, uint64_t dentry,
			 struct error *err)
{
	char name[DENTRY_NAME_ROOM];
	size_t length;

	return dentry_name_read(kernel, dentry, name, &length, err) &&
	       prepend(path, name, length, err);
}

/* Moves from the root of a mount to the mountpoint, which is a dentry in the parent mount. Sets
 * *at_root if the mount is the outermost mount and so has no parent. Since 3.3 (7d6fec45a5131) the
 * struct mount that contains the vfsmount also contains parent and mountpoint. In older kernels the
 * vfsmount itself contains them. */
static bool cross_mount(struct kernel *kernel, uint64_t *vfsmount, uint64_t *dentry, bool *at_root,
			struct error *err)
{
	bool old = kernel_member(kernel, VFSMOUNT_PARENT, NULL);
	const struct member *inner = kernel_member(kernel, MOUNT_MNT, old ? NULL : err);
	uint64_t mount = *vfsmount, parent;

	if (!old && !inner)
		return false;
	if (!old)
		mount -= inner->offset;
	if (!kernel_read_member(kernel, mount, old ? VFSMOUNT_PARENT : MOUNT_PARENT, &parent,
				err) ||
	    !kernel_read_member(kernel, mount, old ? VFSMOUNT_MOUNTPOINT : MOUNT_MOUNTPOINT, dentry,
				err))
		return false;
	*at_root = parent == mount;
	*vfsmount += parent - mount;
	return true;
}

/* Adds the path of a dentry. The path starts at the root of the outermost mount. If vfsmount is
 * NULL, it starts at the root of the file system. Sets *vfsmount to 0 if the path does not lead to
 * the root of a mount. */
static bool prepend_path(struct kernel *kernel, struct path *path, uint64_t dentry,
			 uint64_t *vfsmount, struct error *err)
{
	for (int i = 0; i < MOST_STEPS; i++) {
		uint64_t root, parent;
		bool at_root;

		if (vfsmount && !kernel_read_member(kernel, *vfsmount, VFSMOUNT_ROOT, &root, err))
			return false;
		if (vfsmount && dentry == root) {
			if (!cross_mount(kernel, vfsmount, &dentry, &at_root, err))
				return false;
			if (at_root)
				return true;
			continue;
		}
		if (!kernel_read_member(kernel, dentry, DENTRY_PARENT, &parent, err))
			return false;
		if (parent == dentry) { /* the root of the file system */
			if (vfsmount)
				*vfsmount = 0;
			return true;
		}
		if (!prepend_name(kernel, path, dentry, err) || !prepend_text(path, "/", err))
			return false;
		dentry = parent;
	}
	return fail(err, ERROR_FORMAT, "the path of the file loops, or has more than %d parts",
		    MOST_STEPS);
}

/* Is pprev LIST_POISON2 (include/linux/poison.h)? Until 2.6.37 hlist_del() stored this value in
 * pprev when it removed a name from the hash table. Since 2.6.33 the upper bits of the value are
 * not 0. */
static bool is_poison(uint64_t pprev)
{
	return pprev == 0x200200 || pprev == UINT64_C(0xdead000000200200);
}

/* Returns true also if the offset of d_inode is unknown. */
static bool has_inode(struct kernel *kernel, uint64_t dentry)
{
	uint64_t inode;

	return !kernel_read_member(kernel, dentry, DENTRY_INODE, &inode, NULL) || inode;
}

/* Adds " (deleted)" under the condition of d_unlinked(): the dentry is not in the hash table, and
 * is not a root. pprev is the second word of d_hash, and is NULL if the dentry is not in the
 * table. A name that is being looked up is not in the table either, and has no inode; the file of a
 * deleted name that is in use still has one. */
static bool prepend_deleted(struct kernel *kernel, struct path *path, uint64_t dentry,
			    struct error *err)
{
	const struct member *hash = kernel_member_as(kernel, DENTRY_HASH, MEMBER_LINKS, err);
	unsigned int word = kernel_pointer_size(kernel);
	uint64_t pprev, parent;

	/* Record only this word for the command "extract", because the other word of d_hash would
	 * reveal much of the name. */
	if (!hash || !kernel_read_pointer(kernel, dentry + hash->offset + word, &pprev, err))
		return false;
	kernel_note_bytes(kernel, NOTED_LINK, dentry + hash->offset + word, &pprev, word);
	if (!kernel_read_member(kernel, dentry, DENTRY_PARENT, &parent, err))
		return false;
	if ((pprev && !is_poison(pprev)) || parent == dentry)
		return true;
	return prepend_text(path, has_inode(kernel, dentry) ? " (deleted)" : " (no inode)", err);
}

/* Adds the state of a dentry that may belong to no file. A name that is in the hash table and has
 * no inode is negative: the file system has no such file. */
static bool prepend_state(struct kernel *kernel, struct path *path, uint64_t dentry,
			  struct error *err)
{
	const char *end = path->start;

	return prepend_deleted(kernel, path, dentry, err) &&
	       (path->start != end || has_inode(kernel, dentry) ||
		prepend_text(path, " (no such file)", err));
}

/* Adds the path of a dentry in a mount. */
static bool prepend_mounted(struct kernel *kernel, struct path *path, uint64_t dentry,
			    uint64_t *vfsmount, struct error *err)
{
	return prepend_path(kernel, path, dentry, vfsmount, err) &&
	       (*path->start == '/' || prepend_text(path, "/", err));
}

/* Do the types contain this type, but without this member? */
static bool lacks_member(struct kernel *kernel, const char *type, unsigned int id)
{
	uint64_t size;

	return !kernel_member(kernel, id, NULL) && kernel_type_size(kernel, type, &size);
}

/* Finds the function d_dname(), which makes the names of files in a file system that is not mounted
 * (since 2.6.23, c23fbb6bcb3e). Sets *function to 0 if the dentry has no such function. */
static bool naming_function(struct kernel *kernel, uint64_t dentry, uint64_t vfsmount,
			    uint64_t *function, struct error *err)
{
	uint64_t operations, root;

	*function = 0;
	if (!kernel_read_member(kernel, vfsmount, VFSMOUNT_ROOT, &root, err) ||
	    !kernel_read_member(kernel, dentry, DENTRY_OPS, &operations, err))
		return false;
	return dentry == root || !operations ||
	       lacks_member(kernel, "dentry_operations", DENTRY_OPS_DNAME) ||
	       kernel_read_member(kernel, operations, DENTRY_OPS_DNAME, function, err);
}

static bool pseudo_path(struct kernel *kernel, struct path *path, uint64_t dentry,
			uint64_t function, struct error *err)
{
	static const struct {
		const char *function, *before, *after;
		bool numbered; /* the name contains the number of the inode */
	} known[] = {
		{ "simple_dname", "/", " (deleted)", false }, /* shmem, hugetlb */
		{ "anon_inodefs_dname", "anon_inode:", "", false },
		{ "dmabuffs_dname", "/dmabuf:", "", false },
		{ "pipefs_dname", "pipe:[", "]", true },
		{ "sockfs_dname", "socket:[", "]", true },
	};
	uint64_t inode, value, address;
	char number[32];

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (!kernel_symbol(kernel, known[i].function, &address, NULL) ||
		    address != function)
			continue;
		if (!known[i].numbered)
			return prepend_text(path, known[i].after, err) &&
			       prepend_name(kernel, path, dentry, err) &&
			       prepend_text(path, known[i].before, err);
		if (!kernel_read_member(kernel, dentry, DENTRY_INODE, &inode, err) ||
		    !kernel_read_member(kernel, inode, INODE_NUMBER, &value, err))
			return false;
		snprintf(number, sizeof(number), "%s%" PRIu64 "%s", known[i].before, value,
			 known[i].after);
		return prepend_text(path, number, err);
	}
	return fail(
		err, ERROR_UNKNOWN,
		"the file system makes the name of the file with a function that is not known, at %" PRIx64,
		function);
}

static bool file_path(struct kernel *kernel, uint64_t file, struct path *path, struct error *err)
{
	uint64_t dentry, vfsmount, function, sb, other;

	if (!kernel_read_member(kernel, file, FILE_DENTRY, &dentry, err) ||
	    !kernel_read_member(kernel, file, FILE_MNT, &vfsmount, err))
		return false;
	if (kernel_read_member(kernel, dentry, DENTRY_SB, &sb, NULL) &&
	    kernel_read_member(kernel, vfsmount, VFSMOUNT_SB, &other, NULL) && sb && other &&
	    sb != other)
		return fail(err, ERROR_FORMAT,
			    "the file at %" PRIx64 " has the dentry %" PRIx64
			    " and the mount %" PRIx64 ", which are of different file systems",
			    file, dentry, vfsmount);
	if (!naming_function(kernel, dentry, vfsmount, &function, err))
		return false;
	if (function)
		return pseudo_path(kernel, path, dentry, function, err);
	return prepend_deleted(kernel, path, dentry, err) &&
	       prepend_mounted(kernel, path, dentry, &vfsmount, err);
}

bool vma_file_path(struct kernel *kernel, uint64_t file, char path[VMA_NAME_MAX], struct error *err)
{
	struct path text = { path + VMA_NAME_MAX - 1, path };

	*text.start = '\0';
	if (!file_path(kernel, file, &text, err))
		return false;
	memmove(path, text.start, strlen(text.start) + 1);
	return true;
}

bool vma_mount_path(struct kernel *kernel, uint64_t mount, char path[VMA_NAME_MAX],
		    struct error *err)
{
	const struct member *inner = kernel_member(kernel, MOUNT_MNT, NULL);
	uint64_t vfsmount = mount + (inner ? inner->offset : 0), root;
	struct path text = { path + VMA_NAME_MAX - 1, path };

	*text.start = '\0';
	if (!kernel_read_member(kernel, vfsmount, VFSMOUNT_ROOT, &root, err) ||
	    !prepend_mounted(kernel, &text, root, &vfsmount, err))
		return false;
	memmove(path, text.start, strlen(text.start) + 1);
	return true;
}

bool vma_dentry_path(struct kernel *kernel, uint64_t dentry, char path[VMA_NAME_MAX],
		     struct error *err)
{
	struct path text = { path + VMA_NAME_MAX - 1, path };

	*text.start = '\0';
	if (!prepend_state(kernel, &text, dentry, err) ||
	    !prepend_path(kernel, &text, dentry, NULL, err) ||
	    (*text.start != '/' && !prepend_name(kernel, &text, dentry, err)))
		return false;
	memmove(path, text.start, strlen(text.start) + 1);
	return true;
}

bool vma_mounted_path(struct kernel *kernel, uint64_t dentry, char path[VMA_NAME_MAX])
{
	struct path text = { path + VMA_NAME_MAX - 1, path };
	uint64_t vfsmount;

	*text.start = '\0';
	if (!vma_find_mount(kernel, dentry, &vfsmount) ||
	    !prepend_state(kernel, &text, dentry, NULL) ||
	    !prepend_mounted(kernel, &text, dentry, &vfsmount, NULL) || !vfsmount)
		return false;
	memmove(path, text.start, strlen(text.start) + 1);
	return true;
}

/* Without a file, only special mappings have operations: mm/mmap.c, the others' drivers belong to a file. */
static bool is_anonymous(struct kernel *kernel, uint64_t operations)
{
	uint64_t legacy;

	return !operations ||
	       !kernel_symbol(kernel, "legacy_special_mapping_vmops", &legacy, NULL) ||
	       operations == legacy;
}

/* Finds the name of a special mapping such as [vdso] or [vvar], which _install_special_mapping() in
 * mm/mmap.c makes. If vma is not a special mapping, does not change `name`, and returns true. */
static bool special_name(struct kernel *kernel, const struct vma *vma, char *name,
			 struct error *err)
{
	uint64_t wanted, operations, mapping, text;

	/* Before 3.15 (a62c34bd2a8a) special mappings have no struct with their name. */
	if (!kernel_symbol(kernel, "special_mapping_vmops", &wanted, NULL) ||
	    !kernel_member(kernel, SPECIAL_MAPPING_NAME, NULL))
		return true;
	if (!kernel_read_member(kernel, vma->address, VMA_OPS, &operations, err))
		return false;
	if (operations != wanted)
		return is_anonymous(kernel, operations) ||
		       fail(err, ERROR_FORMAT,
			    "the vm_area_struct at %" PRIx64
			    " has no file, but the vm_ops %" PRIx64,
			    vma->address, operations);
	return kernel_read_member(kernel, vma->address, VMA_PRIVATE_DATA, &mapping, err) &&
	       kernel_read_member(kernel, mapping, SPECIAL_MAPPING_NAME, &text, err) &&
	       kernel_read_string(kernel, text, name, SPECIAL_NAME_MAX, err);
}

/* Is the mapping shown as the heap? Uses the rule of vma_is_initial_heap(). Before 6.6 a mapping
 * directly before or after the heap was also shown as the heap. */
static bool is_heap(struct kernel *kernel, const struct vma *vma, uint64_t start_brk, uint64_t brk)
{
	unsigned int version = kernel_version(kernel);

	if (vma->first < brk && vma->last >= start_brk)
		return true;
	return version && version < KERNEL_VERSION(6, 6, 0) && vma->first <= brk &&
	       vma->last + 1 >= start_brk;
}

static bool area_name(struct kernel *kernel, uint64_t mm, const struct vma *vma, char *name,
		      struct error *err)
{
	uint64_t start_brk, brk, stack, vdso;

	if (!kernel_read_member(kernel, mm, MM_START_BRK, &start_brk, err) ||
	    !kernel_read_member(kernel, mm, MM_BRK, &brk, err) ||
	    !kernel_read_member(kernel, mm, MM_START_STACK, &stack, err))
		return false;
	/* Before 3.15 the vdso has no name that special_name() could find. */
	if (kernel_read_member(kernel, mm, MM_VDSO, &vdso, NULL) && vdso && vdso == vma->first)
		strcpy(name, "[vdso]");
	else if (is_heap(kernel, vma, start_brk, brk))
		strcpy(name, "[heap]");
	else if (vma->first <= stack && vma->last + 1 >= stack)
		strcpy(name, "[stack]");
	return true;
}

/* Finds the name that the process gave to the mapping with prctl(PR_SET_VMA). This is possible
 * since 5.17. */
static bool given_name(struct kernel *kernel, const struct vma *vma, char *name, struct error *err)
{
	enum { LONGEST = 80 }; /* ANON_VMA_NAME_MAX_LEN in include/linux/mm.h */
	const struct member *text;
	char given[LONGEST + 1];
	uint64_t address;

	if (!kernel_member(kernel, VMA_ANON_NAME, NULL))
		return true;
	if (!kernel_read_member(kernel, vma->address, VMA_ANON_NAME, &address, err))
		return false;
	if (!address)
		return true;
	text = kernel_member(kernel, ANON_NAME_NAME, err);
	if (!text || !kernel_read_string(kernel, address + text->offset, given, sizeof(given), err))
		return false;
	snprintf(name, VMA_NAME_MAX, "[anon:%s]", given);
	return true;
}

bool vma_name_of(struct kernel *kernel, uint64_t mm, const struct vma *vma, char name[VMA_NAME_MAX],
		 struct error *err)
{
	uint64_t gate;

	if (kernel_symbol(kernel, "gate_vma", &gate, NULL) && vma->address == gate) {
		strcpy(name, "[vsyscall]");
		return true;
	}
	*name = '\0';
	if (!vma->file)
		return special_name(kernel, vma, name, err) &&
		       (*name || area_name(kernel, mm, vma, name, err)) &&
		       (*name || given_name(kernel, vma, name, err));
	return vma_file_path(kernel, vma->file, name, err);
}
