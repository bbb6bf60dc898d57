/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names of mappings as /proc/PID/maps shows them: show_map_vma() of
 * fs/proc/task_mmu.c and d_path() of fs/d_path.c. Paths go up to the root of
 * the outermost mount, not to that of a reader.
 */
#include "kernel/vma.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	MOST_STEPS = 4096, /* PATH_MAX, include/uapi/linux/limits.h: each adds a byte, or crosses a mount */
	SPECIAL_NAME_MAX = 64,
};

/* A path is put together from its end. */
struct path {
	char *start;      /* of what is there already */
	const char *base; /* of the buffer */
};

static bool prepend(struct path *path, const char *text, size_t size,
		    struct error *err)
{
	if (size > (size_t)(path->start - path->base))
		return fail(err, ERROR_FORMAT, "its path is longer than any can be");
	path->start -= size;
	memcpy(path->start, text, size);
	return true;
}

static bool prepend_name(struct kernel *kernel, struct path *path,
			 uint64_t dentry, struct error *err)
{
	uint64_t name, length;
	char text[256]; /* NAME_MAX and one */

	if (!kernel_read_member(kernel, dentry, DENTRY_NAME, &name, err) ||
	    !kernel_read_member(kernel, dentry, DENTRY_LENGTH, &length, err))
		return false;
	if (length >= sizeof(text))
		return fail(err, ERROR_FORMAT,
			    "the dentry at %" PRIx64 " has a name of %" PRIu64 " bytes",
			    dentry, length);
	return kernel_read(kernel, name, text, (size_t)length, err) &&
	       prepend(path, text, strnlen(text, (size_t)length), err);
}

/* struct mount holds the vfsmount since 3.3 (7d6fec45a5131); before, the
 * vfsmount had it all. */
struct mount {
	uint64_t vfsmount;
	uint64_t address; /* of what the members are in */
	enum member_id parent, mountpoint;
};

static bool find_mount(struct kernel *kernel, uint64_t vfsmount,
		       struct mount *mount, struct error *err)
{
	const struct member *inner;

	*mount = (struct mount){
		vfsmount, vfsmount, VFSMOUNT_PARENT, VFSMOUNT_MOUNTPOINT,
	};
	if (kernel_member(kernel, VFSMOUNT_PARENT, NULL))
		return true;
	inner = kernel_member(kernel, MOUNT_MNT, err);
	if (!inner)
		return false;
	mount->address -= inner->offset;
	mount->parent = MOUNT_PARENT;
	mount->mountpoint = MOUNT_MOUNTPOINT;
	return true;
}

/* From the root of one mount to the place in another one that it covers. False
 * with *at_root where there is none. */
static bool cross_mount(struct kernel *kernel, struct mount *mount,
			uint64_t *dentry, bool *at_root, struct error *err)
{
	uint64_t parent;

	if (!kernel_read_member(kernel, mount->address, mount->parent, &parent,
				err) ||
	    !kernel_read_member(kernel, mount->address, mount->mountpoint,
				dentry, err))
		return false;
	*at_root = parent == mount->address;
	mount->vfsmount += parent - mount->address;
	mount->address = parent;
	return true;
}

static bool climb(struct kernel *kernel, struct path *path, uint64_t dentry,
		  struct mount *mount, struct error *err)
{
	for (int i = 0; i < MOST_STEPS; i++) {
		uint64_t root, parent;
		bool at_root;

		if (!kernel_read_member(kernel, mount->vfsmount, VFSMOUNT_ROOT,
					&root, err))
			return false;
		if (dentry == root) {
			if (!cross_mount(kernel, mount, &dentry, &at_root, err))
				return false;
			if (at_root)
				return true;
			continue;
		}
		if (!kernel_read_member(kernel, dentry, DENTRY_PARENT, &parent,
					err))
			return false;
		if (parent == dentry) /* outside its mount */
			return true;
		if (!prepend_name(kernel, path, dentry, err) ||
		    !prepend(path, "/", 1, err))
			return false;
		dentry = parent;
	}
	return fail(err, ERROR_FORMAT, "its path has more than %d parts: it loops",
		    MOST_STEPS);
}

/* d_unlinked(): neither hashed (pprev, the second word) nor a root. */
static bool is_unlinked(struct kernel *kernel, uint64_t dentry, bool *unlinked,
			struct error *err)
{
	const struct member *hash = kernel_member(kernel, DENTRY_HASH, err);
	uint64_t pprev, parent;

	if (!hash ||
	    !kernel_read_pointer(kernel,
				 dentry + hash->offset +
					 kernel_pointer_size(kernel),
				 &pprev, err) ||
	    !kernel_read_member(kernel, dentry, DENTRY_PARENT, &parent, err))
		return false;
	*unlinked = !pprev && parent != dentry;
	return true;
}

/* File systems that nobody mounts name their files by a function: 0 where
 * there is none. */
static bool naming_function(struct kernel *kernel, uint64_t dentry,
			    uint64_t vfsmount, uint64_t *function,
			    struct error *err)
{
	uint64_t operations, root;

	*function = 0;
	if (!kernel_read_member(kernel, vfsmount, VFSMOUNT_ROOT, &root, err) ||
	    !kernel_read_member(kernel, dentry, DENTRY_OPS, &operations, err))
		return false;
	return dentry == root || !operations ||
	       kernel_read_member(kernel, operations, DENTRY_OPS_DNAME, function,
				  err);
}

static bool pseudo_path(struct kernel *kernel, struct path *path,
			uint64_t dentry, uint64_t function, struct error *err)
{
	static const struct {
		const char *function, *before, *after;
	} known[] = {
		{ "simple_dname", "/", " (deleted)" }, /* shmem, hugetlb */
		{ "anon_inodefs_dname", "anon_inode:", "" },
		{ "dmabuffs_dname", "/dmabuf:", "" },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		uint64_t address;

		if (!kernel_symbol(kernel, known[i].function, &address, NULL) ||
		    address != function)
			continue;
		return prepend(path, known[i].after, strlen(known[i].after), err) &&
		       prepend_name(kernel, path, dentry, err) &&
		       prepend(path, known[i].before, strlen(known[i].before), err);
	}
	return fail(err, ERROR_UNKNOWN,
		    "its file system names files by the function at %" PRIx64
		    ", which is not known", function);
}

static bool file_path(struct kernel *kernel, uint64_t file, struct path *path,
		      struct error *err)
{
	uint64_t dentry, vfsmount, function;
	struct mount mount;
	bool unlinked;

	if (!kernel_read_member(kernel, file, FILE_DENTRY, &dentry, err) ||
	    !kernel_read_member(kernel, file, FILE_MNT, &vfsmount, err) ||
	    !naming_function(kernel, dentry, vfsmount, &function, err))
		return false;
	if (function)
		return pseudo_path(kernel, path, dentry, function, err);
	if (!find_mount(kernel, vfsmount, &mount, err) ||
	    !is_unlinked(kernel, dentry, &unlinked, err) ||
	    (unlinked && !prepend(path, " (deleted)", 10, err)) ||
	    !climb(kernel, path, dentry, &mount, err))
		return false;
	return *path->start == '/' || prepend(path, "/", 1, err);
}

bool kernel_dentry_path(struct kernel *kernel, uint64_t dentry,
			char path[VMA_NAME_MAX], struct error *err)
{
	struct path text = { path + VMA_NAME_MAX - 1, path };
	uint64_t at = dentry, parent;
	bool unlinked;

	*text.start = '\0';
	if (!is_unlinked(kernel, dentry, &unlinked, err) ||
	    (unlinked && !prepend(&text, " (deleted)", 10, err)))
		return false;
	for (int i = 0; i < MOST_STEPS; i++) {
		if (!kernel_read_member(kernel, at, DENTRY_PARENT, &parent, err))
			return false;
		if (parent == at && at != dentry)
			break;
		if (!prepend_name(kernel, &text, at, err))
			return false;
		if (parent == at) /* of no tree, or the root itself */
			break;
		if (!prepend(&text, "/", 1, err))
			return false;
		at = parent;
	}
	if (parent != at)
		return fail(err, ERROR_FORMAT,
			    "its path has more than %d parts: it loops", MOST_STEPS);
	memmove(path, text.start, strlen(text.start) + 1);
	return true;
}

/* A text in the dump up to its end, cut to size. */
static bool read_text(struct kernel *kernel, uint64_t address, char *text,
		      size_t size, struct error *err)
{
	for (size_t i = 0; i < size - 1; i++) {
		if (!kernel_read(kernel, address + i, &text[i], 1, err))
			return false;
		if (!text[i])
			return true;
	}
	text[size - 1] = '\0';
	return true;
}

/* [vdso], [vvar]: _install_special_mapping(), mm/mmap.c. False: not such. */
static bool special_name(struct kernel *kernel, const struct vma *vma,
			 char *name, struct error *err)
{
	uint64_t wanted, operations, mapping, text;

	*name = '\0';
	if (!kernel_symbol(kernel, "special_mapping_vmops", &wanted, NULL))
		return true;
	if (!kernel_read_member(kernel, vma->address, VMA_OPS, &operations, err))
		return false;
	if (operations != wanted)
		return true;
	return kernel_read_member(kernel, vma->address, VMA_PRIVATE_DATA,
				  &mapping, err) &&
	       kernel_read_member(kernel, mapping, SPECIAL_MAPPING_NAME, &text,
				  err) &&
	       read_text(kernel, text, name, SPECIAL_NAME_MAX, err);
}

/* vma_is_initial_heap(); before 6.6 a mapping that only touches the heap was
 * called so too. */
static bool is_heap(struct kernel *kernel, const struct vma *vma,
		    uint64_t start_brk, uint64_t brk)
{
	unsigned int version = kernel_version(kernel);

	if (vma->start < brk && vma->last >= start_brk)
		return true;
	return version && version < 0x060600 && vma->start <= brk &&
	       vma->last + 1 >= start_brk;
}

static bool area_name(struct kernel *kernel, uint64_t mm, const struct vma *vma,
		      char *name, struct error *err)
{
	uint64_t start_brk, brk, stack, vdso;

	if (!kernel_read_member(kernel, mm, MM_START_BRK, &start_brk, err) ||
	    !kernel_read_member(kernel, mm, MM_BRK, &brk, err) ||
	    !kernel_read_member(kernel, mm, MM_START_STACK, &stack, err))
		return false;
	*name = '\0';
	/* Before special mappings had names (3.15). */
	if (kernel_read_member(kernel, mm, MM_VDSO, &vdso, NULL) && vdso &&
	    vdso == vma->start)
		strcpy(name, "[vdso]");
	else if (is_heap(kernel, vma, start_brk, brk))
		strcpy(name, "[heap]");
	else if (vma->start <= stack && vma->last + 1 >= stack)
		strcpy(name, "[stack]");
	return true;
}

/* Names that a process gives (prctl(PR_SET_VMA), 5.17). */
static bool given_name(struct kernel *kernel, const struct vma *vma, char *name,
		       struct error *err)
{
	enum { LONGEST = 80 }; /* ANON_VMA_NAME_MAX_LEN, include/linux/mm.h */
	const struct member *text;
	char given[LONGEST + 1];
	uint64_t address;

	*name = '\0';
	if (!kernel_member(kernel, VMA_ANON_NAME, NULL))
		return true;
	if (!kernel_read_member(kernel, vma->address, VMA_ANON_NAME, &address, err))
		return false;
	if (!address)
		return true;
	text = kernel_member(kernel, ANON_NAME_NAME, err);
	if (!text || !read_text(kernel, address + text->offset, given,
				sizeof(given), err))
		return false;
	snprintf(name, VMA_NAME_MAX, "[anon:%s]", given);
	return true;
}

bool kernel_vma_name(struct kernel *kernel, uint64_t mm, const struct vma *vma,
		     char name[VMA_NAME_MAX], struct error *err)
{
	struct path path = { name + VMA_NAME_MAX - 1, name };
	uint64_t gate;

	if (kernel_symbol(kernel, "gate_vma", &gate, NULL) &&
	    vma->address == gate) {
		strcpy(name, "[vsyscall]");
		return true;
	}
	if (!vma->file) {
		if (!special_name(kernel, vma, name, err))
			return false;
		if (!*name && !area_name(kernel, mm, vma, name, err))
			return false;
		return *name || given_name(kernel, vma, name, err);
	}
	*path.start = '\0';
	if (!file_path(kernel, vma->file, &path, err))
		return false;
	memmove(name, path.start, strlen(path.start) + 1);
	return true;
}
