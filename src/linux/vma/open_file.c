/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/vma/open_file.h"

#include <inttypes.h>

#include "base/bytes.h"
#include "base/text.h"
#include "linux/crash_members.h"
#include "linux/task_members.h"

enum {
	POINTERS = 512, /* number of pointers that are read at once */
	MOST_DESCRIPTORS = 1 << 30, /* limit; sysctl_nr_open_max in fs/file.c is slightly lower */
};

/* Returns a name for the type of file in i_mode (S_IFMT in include/uapi/linux/stat.h). */
static const char *kind_of_mode(uint64_t mode)
{
	static const char *const kinds[16] = {
		[1] = "pipe", [2] = "character-device", [4] = "directory", [6] = "block-device",
		[8] = "file", [10] = "symbolic-link",	[12] = "socket",
	};

	return kinds[mode / 010000 % 16];
}

/* Does i_size show the length of what can be read? The inodes of devices, pipes and sockets have the
 * size 0, whatever the device contains. */
static bool has_length(uint64_t mode)
{
	uint64_t type = mode / 010000 % 16;

	return type == 4 || type == 8 || type == 10; /* directory, file, symbolic link */
}

/* Finds the inode of a file, its kind and its size. Until 6.16 the inode of an anonymous file has no
 * type. */
static void read_inode(struct kernel *kernel, struct open_file *file)
{
	bool anonymous = starts_with(file->path, "anon_inode:");
	uint64_t mode;

	if (!kernel_read_member(kernel, file->file, FILE_DENTRY, &file->dentry, NULL))
		file->dentry = 0;
	if (!kernel_read_member(kernel, file->file, FILE_INODE, &file->inode, NULL) &&
	    !(file->dentry &&
	      kernel_read_member(kernel, file->dentry, DENTRY_INODE, &file->inode, NULL)))
		file->inode = 0;
	if (anonymous)
		file->kind = "anonymous";
	if (anonymous || !file->inode ||
	    !kernel_read_member(kernel, file->inode, INODE_MODE, &mode, NULL))
		return;
	file->kind = kind_of_mode(mode);
	file->has_size = has_length(mode) &&
			 kernel_read_member(kernel, file->inode, INODE_SIZE, &file->size, NULL);
}

/* Until 6.12 f_count is the number of references. Since 6.13 f_ref is their number minus 1; a value
 * from FILE_REF_RELEASED on (include/linux/file_ref.h) means that the file was released, and a
 * smaller value with the top bit set that there were too many references. */
bool vma_file_references(struct kernel *kernel, uint64_t file, uint64_t *references,
			 struct error *err)
{
	const struct member *count = kernel_member_as(kernel, FILE_COUNT, MEMBER_NUMBER, NULL);
	const struct member *member =
		count ? count : kernel_member_as(kernel, FILE_REF, MEMBER_NUMBER, err);
	uint64_t top;

	if (!member ||
	    !kernel_read_number(kernel, file + member->offset, member->size, references, err))
		return false;
	top = *references >> (8 * member->size - 2);
	if (!count && top == 2)
		return fail(err, ERROR_NO_ANSWER, "there were too many references");
	*references = top >= 2 ? 0 : *references + !count;
	return true;
}

static bool is_freed(struct kernel *kernel, uint64_t file)
{
	uint64_t references;

	return vma_file_references(kernel, file, &references, NULL) && !references;
}

bool vma_files_struct(struct kernel *kernel, uint64_t task, uint64_t *files, struct error *err)
{
	return kernel_read_member(kernel, task, TASK_FILES, files, err);
}

static bool find_fdtable(struct kernel *kernel, uint64_t files, uint64_t *nr, uint64_t *pointers,
			 struct error *err)
{
	uint64_t table;

	if (!kernel_read_member(kernel, files, FILES_TABLE, &table, err) ||
	    !kernel_read_member(kernel, table, TABLE_MOST, nr, err) ||
	    !kernel_read_member(kernel, table, TABLE_FILES, pointers, err))
		return false;
	return *nr <= MOST_DESCRIPTORS ||
	       fail(err, ERROR_FORMAT,
		    "the table at %" PRIx64 " is damaged: no process has %" PRIu64 " descriptors",
		    table, *nr);
}

bool vma_each_descriptor(struct kernel *kernel, uint64_t files, uint64_t *slots,
			 bool (*visit)(uint64_t fd, uint64_t file, void *arg), void *arg,
			 struct error *err)
{
	unsigned int word = kernel_pointer_size(kernel);
	uint8_t bytes[POINTERS * 8];
	uint64_t nr, pointers;

	if (!find_fdtable(kernel, files, &nr, &pointers, err))
		return false;
	if (nr > *slots)
		nr = *slots;
	*slots -= nr;
	for (uint64_t fd = 0; fd < nr; fd += POINTERS) {
		uint64_t now = nr - fd < POINTERS ? nr - fd : POINTERS;

		if (kernel_stopped(kernel))
			return true;
		if (!kernel_read(kernel, pointers + fd * word, bytes, now * word, err))
			return false;
		for (uint64_t i = 0; i < now; i++) {
			uint64_t file = kernel_untag(kernel, load_le(bytes + i * word, word));

			if (file && !visit(fd + i, file, arg))
				return true;
		}
	}
	return true;
}

struct file_visit {
	struct kernel *kernel;
	bool (*visit)(const struct open_file *file, void *arg);
	void *arg;
};

static bool give_file(uint64_t fd, uint64_t address, void *arg)
{
	const struct file_visit *visit = arg;
	struct kernel *kernel = visit->kernel;
	struct open_file file = { .fd = fd, .file = address };

	if (!vma_file_path(kernel, address, file.path, &file.why))
		*file.path = '\0';
	file.has_offset = kernel_read_member(kernel, address, FILE_POSITION, &file.offset, NULL);
	read_inode(kernel, &file);
	file.freed = is_freed(kernel, address);
	return visit->visit(&file, visit->arg);
}

bool vma_open_files(struct kernel *kernel, uint64_t task,
		    bool (*visit)(const struct open_file *file, void *arg), void *arg,
		    struct error *err)
{
	struct file_visit give = { kernel, visit, arg };
	uint64_t files, slots = MOST_DESCRIPTORS;

	if (!vma_files_struct(kernel, task, &files, err))
		return false;
	return !files || vma_each_descriptor(kernel, files, &slots, give_file, &give, err);
}
