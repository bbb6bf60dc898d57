/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Names of mappings, as /proc/PID/maps shows them: show_map_vma() in fs/proc/task_mmu.c and
 * d_path() in fs/d_path.c. Paths start at the root of the outermost mount, not at the root
 * directory of a process. */
#include "kernel/entry.h"
#include "kernel/noted.h"
#include "linux/crash_members.h"
#include "linux/task_members.h"
#include "linux/vma/vma.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	MOST_STEPS = 4096, /* PATH_MAX, because each step adds a byte or crosses a mount */
	SPECIAL_NAME_MAX = 64,
};

/* A path is written from its end, which is at the end of the buffer, to its start. */
struct path {
	char *start; /* start of the part written so far */
	const char *base; /* start of the buffer */
};

static bool prepend(struct path *path, const char *text, size_t size, struct error *err)
{
	if (size > (size_t)(path->start - path->base))
		return fail(err, ERROR_FORMAT, "its path is too long");
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
	uint64_t name, length;
	char text[256]; /* NAME_MAX + 1 bytes */

	if (!kernel_read_member(kernel, dentry, DENTRY_NAME, &name, err) ||
	    !kernel_read_member(kernel, dentry, DENTRY_LENGTH, &length, err))
		return false;
	if (length >= sizeof(text))
		return fail(err, ERROR_FORMAT,
			    "the dentry at %" PRIx64 " has a name of %" PRIu64 " bytes", dentry,
			    length);
	return kernel_read_field(kernel, name, text, (size_t)length, err) &&
	       prepend(path, text, strnlen(text, (size_t)length), err);
}

/* Moves from the root of a mount to its mountpoint, which is a dentry of the parent mount. Sets
 * *at_root if this is the outermost mount. Since 3.3 (7d6fec45a5131) the vfsmount is part of a
 * struct mount, which contains these members. In older kernels the vfsmount itself contains
 * them. */
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

/* Adds the path of a dentry up to the root of the outermost mount, or up to the root of the file
 * system if vfsmount is NULL. */
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
		if (parent == dentry) /* the root of the file system */
			return true;
		if (!prepend_name(kernel, path, dentry, err) || !prepend_text(path, "/", err))
			return false;
		dentry = parent;
	}
	return fail(err, ERROR_FORMAT, "its path loops, or has more than %d parts", MOST_STEPS);
}

/* Is pprev the value LIST_POISON2 (include/linux/poison.h)? Until 2.6.37 hlist_del() stored it when
 * it removed a name from the hash table. 2.6.33 added the upper bits. */
static bool is_poison(uint64_t pprev)
{
	return pprev == 0x200200 || pprev == UINT64_C(0xdead000000200200);
}

/* Adds " (deleted)" as d_unlinked() does: if the dentry is not in the hash table (pprev, its second
 * word, is NULL) and not a root. */
static bool prepend_deleted(struct kernel *kernel, struct path *path, uint64_t dentry,
			    struct error *err)
{
	const struct member *hash = kernel_member_as(kernel, DENTRY_HASH, MEMBER_LINKS, err);
	unsigned int word = kernel_pointer_size(kernel);
	uint64_t pprev, parent;

	/* NOTED_LINK, because the chain of the hash table would reveal much of the name */
	if (!hash || !kernel_read_pointer(kernel, dentry + hash->offset + word, &pprev, err))
		return false;
	kernel_note_bytes(kernel, NOTED_LINK, dentry + hash->offset + word, &pprev, word);
	if (!kernel_read_member(kernel, dentry, DENTRY_PARENT, &parent, err))
		return false;
	return (pprev && !is_poison(pprev)) || parent == dentry ||
	       prepend_text(path, " (deleted)", err);
}

/* Is the type known, but without the member? */
static bool lacks_member(struct kernel *kernel, const char *type, unsigned int id)
{
	uint64_t size;

	return kernel_type_size(kernel, type, &size) && !kernel_member(kernel, id, NULL);
}

/* Finds the function d_dname() of a file system that is not mounted (since 2.6.23, c23fbb6bcb3e).
 * Sets *function to 0 if there is none. */
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
	} known[] = {
		{ "simple_dname", "/", " (deleted)" }, /* shmem, hugetlb */
		{ "anon_inodefs_dname", "anon_inode:", "" },
		{ "dmabuffs_dname", "/dmabuf:", "" },
	};
	/* Functions whose names contain the number of the inode. */
	static const struct {
		const char *function, *before;
	} numbered[] = {
		{ "pipefs_dname", "pipe:[" },
		{ "sockfs_dname", "socket:[" },
	};
	char number[32];
	uint64_t inode, value;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		uint64_t address;

		if (!kernel_symbol(kernel, known[i].function, &address, NULL) ||
		    address != function)
			continue;
		return prepend_text(path, known[i].after, err) &&
		       prepend_name(kernel, path, dentry, err) &&
		       prepend_text(path, known[i].before, err);
	}
	for (size_t i = 0; i < sizeof(numbered) / sizeof(numbered[0]); i++) {
		uint64_t address;

		if (!kernel_symbol(kernel, numbered[i].function, &address, NULL) ||
		    address != function)
			continue;
		if (!kernel_read_member(kernel, dentry, DENTRY_INODE, &inode, err) ||
		    !kernel_read_member(kernel, inode, INODE_NUMBER, &value, err))
			return false;
		snprintf(number, sizeof(number), "%s%" PRIu64 "]", numbered[i].before, value);
		return prepend_text(path, number, err);
	}
	return fail(err, ERROR_UNKNOWN,
		    "its file system makes names with a function that is not known, at %" PRIx64,
		    function);
}

static bool file_path(struct kernel *kernel, uint64_t file, struct path *path, struct error *err)
{
	uint64_t dentry, vfsmount, function;

	if (!kernel_read_member(kernel, file, FILE_DENTRY, &dentry, err) ||
	    !kernel_read_member(kernel, file, FILE_MNT, &vfsmount, err) ||
	    !naming_function(kernel, dentry, vfsmount, &function, err))
		return false;
	if (function)
		return pseudo_path(kernel, path, dentry, function, err);
	if (!prepend_deleted(kernel, path, dentry, err) ||
	    !prepend_path(kernel, path, dentry, &vfsmount, err))
		return false;
	return *path->start == '/' || prepend_text(path, "/", err);
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

bool vma_dentry_path(struct kernel *kernel, uint64_t dentry, char path[VMA_NAME_MAX],
		     struct error *err)
{
	struct path text = { path + VMA_NAME_MAX - 1, path };

	*text.start = '\0';
	if (!prepend_deleted(kernel, &text, dentry, err) ||
	    !prepend_path(kernel, &text, dentry, NULL, err) ||
	    (!*text.start && !prepend_name(kernel, &text, dentry, err)))
		return false;
	memmove(path, text.start, strlen(text.start) + 1);
	return true;
}

/* Finds names such as [vdso] and [vvar], which _install_special_mapping() in mm/mmap.c sets. If vma
 * is another mapping, name stays "". */
static bool special_name(struct kernel *kernel, const struct vma *vma, char *name,
			 struct error *err)
{
	uint64_t wanted, operations, mapping, text;

	/* Since 3.15 (a62c34bd2a8a) special mappings have a struct with their name. */
	if (!kernel_symbol(kernel, "special_mapping_vmops", &wanted, NULL) ||
	    !kernel_member(kernel, SPECIAL_MAPPING_NAME, NULL))
		return true;
	if (!kernel_read_member(kernel, vma->address, VMA_OPS, &operations, err))
		return false;
	if (operations != wanted)
		return true;
	return kernel_read_member(kernel, vma->address, VMA_PRIVATE_DATA, &mapping, err) &&
	       kernel_read_member(kernel, mapping, SPECIAL_MAPPING_NAME, &text, err) &&
	       kernel_read_string(kernel, text, name, SPECIAL_NAME_MAX, err);
}

/* Is the mapping shown as the heap? Same rule as in vma_is_initial_heap(). Before 6.6 a mapping
 * next to the heap is shown as the heap, too. */
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
	/* Before 3.15 the vdso is not a special mapping with a name. */
	if (kernel_read_member(kernel, mm, MM_VDSO, &vdso, NULL) && vdso && vdso == vma->first)
		strcpy(name, "[vdso]");
	else if (is_heap(kernel, vma, start_brk, brk))
		strcpy(name, "[heap]");
	else if (vma->first <= stack && vma->last + 1 >= stack)
		strcpy(name, "[stack]");
	return true;
}

/* Finds a name that the process gave to the mapping using prctl(PR_SET_VMA), since 5.17. */
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
