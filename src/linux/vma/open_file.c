/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/vma/open_file.h"

#include <inttypes.h>

#include "base/bytes.h"
#include "base/text.h"
#include "linux/crash_members.h"
#include "linux/task_members.h"

enum {
	POINTERS = 512, /* number of pointers that are read at once */
	MOST_STRAY = 64, /* limit for files in descriptors that are not open */
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

/* i_fop of special files. */
static const struct {
	const char *name;
	unsigned int type; /* as in i_mode, divided by 010000 */
} special_files[] = { { "def_chr_fops", 2 }, { "def_blk_fops", 6 } };

/* Does another word contradict the type in i_mode? init_special_inode() in fs/inode.c sets i_rdev and i_fop of
 * devices; the device of a whiteout is 0. 9p and ceph give a file the i_rdev that the server says, so this alone makes
 * no device. Whiteouts, links and sockets of a file system can only be opened with O_PATH. */
static bool mode_agrees(struct kernel *kernel, struct open_file *file, uint64_t mode)
{
	enum {
		IS_PATH = 0x4000,
		NO_TYPE = 0600
	}; /* FMODE_PATH; alloc_anon_inode() in fs/libfs.c */
	const char *kind = kind_of_mode(mode);
	uint64_t device, own, address, flags = IS_PATH;

	if (!kind && mode == NO_TYPE)
		return true;
	if (!kind)
		return fail(&file->why, ERROR_FORMAT,
			    "the i_mode of the inode at %" PRIx64 " is %" PRIo64
			    ", which is no type of file",
			    file->inode, mode);
	kernel_read_member(kernel, file->file, FILE_MODE, &flags, NULL);
	if ((mode / 010000 == 2 || mode / 010000 == 6) && !(flags & IS_PATH) &&
	    kernel_read_member(kernel, file->inode, INODE_DEVICE, &device, NULL) && !device)
		return fail(&file->why, ERROR_FORMAT,
			    "the inode at %" PRIx64 " is a %s by its i_mode, but its i_rdev is 0",
			    file->inode, kind);
	if (!kernel_read_member(kernel, file->inode, INODE_OPERATIONS, &own, NULL))
		own = 0;
	for (size_t i = 0; own && i < sizeof(special_files) / sizeof(special_files[0]); i++)
		if (mode / 010000 != special_files[i].type &&
		    kernel_symbol(kernel, special_files[i].name, &address, NULL) && own == address)
			return fail(&file->why, ERROR_FORMAT,
				    "the inode at %" PRIx64
				    " is a %s by its i_mode, but its i_fop is %s",
				    file->inode, kind, special_files[i].name);
	/* "pipe:[NUMBER]" and "socket:[NUMBER]" */
	if (!*file->path ||
	    (*file->path == '/' ? *kind != 's' || flags & IS_PATH : starts_with(file->path, kind)))
		return true;
	return fail(&file->why, ERROR_FORMAT,
		    "the inode at %" PRIx64 " is a %s by its i_mode, which cannot be open as %s",
		    file->inode, kind, file->path);
}

/* Until 4.18, a file of overlayfs has the inode of the file below (d_real() in vfs_open() of fs/open.c). */
static bool has_inode_below(struct kernel *kernel, uint64_t dentry)
{
	uint64_t operations, real;

	return kernel_read_member(kernel, dentry, DENTRY_OPS, &operations, NULL) && operations &&
	       kernel_read_member(kernel, operations, DENTRY_OPS_REAL, &real, NULL) && real;
}

/* Finds the inode of a file, its kind and its size. Until 6.16 the inode of an anonymous file has no
 * type. */
static void read_inode(struct kernel *kernel, struct open_file *file)
{
	bool anonymous = starts_with(file->path, "anon_inode:");
	uint64_t mode, other;

	if (!kernel_read_member(kernel, file->file, FILE_DENTRY, &file->dentry, NULL))
		file->dentry = 0;
	if (!kernel_read_member(kernel, file->file, FILE_INODE, &file->inode, NULL) &&
	    !(file->dentry &&
	      kernel_read_member(kernel, file->dentry, DENTRY_INODE, &file->inode, NULL)))
		file->inode = 0;
	/* do_dentry_open() in fs/open.c and alloc_file_pseudo() in fs/file_table.c take the inode from the
	 * dentry. A dentry without an inode is one that is being looked up. */
	if (file->dentry && kernel_read_member(kernel, file->dentry, DENTRY_INODE, &other, NULL) &&
	    other && other != file->inode && !has_inode_below(kernel, file->dentry)) {
		fail(&file->why, ERROR_FORMAT,
		     "the file at %" PRIx64 " has the inode %" PRIx64 ", and its dentry %" PRIx64,
		     file->file, file->inode, other);
		return;
	}
	if (anonymous)
		file->kind = "anonymous";
	if (anonymous || !file->inode ||
	    !kernel_read_member(kernel, file->inode, INODE_MODE, &mode, NULL) ||
	    !mode_agrees(kernel, file, mode))
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

struct fdtable {
	uint64_t address, nr;
	uint64_t pointers; /* the address of the array of pointers to files */
	uint64_t open; /* the address of the bitmap of descriptors in use; 0: unknown */
	uint64_t nr_files, nr_bits; /* how many were found */
	uint64_t stray,
		nr_stray; /* the first descriptor with a file that is not in use; their number */
	bool is_damaged;
};

/* Compares the number of descriptors with what else shows it. files_struct.fdtab is the table for
 * BITS_PER_LONG descriptors, in fd_array (NR_OPEN_DEFAULT). For other tables, alloc_fdtable() in
 * fs/file.c puts the bitmaps open_fds, close_on_exec and full_fds_bits (since 4.4, f3f86e33dc3d) one
 * after the other. Then the lower number is used. */
static void judge_size(struct kernel *kernel, uint64_t files, struct fdtable *table)
{
	const struct member *own = kernel_member(kernel, FILES_OWN_TABLE, NULL);
	const struct member *array = kernel_member(kernel, FILES_ARRAY, NULL);
	uint64_t full, nr = table->nr;

	if (own && array && table->address == files + own->offset) {
		nr = 8 * kernel_pointer_size(kernel);
		if (table->pointers != files + array->offset)
			nr = 0;
	} else if (table->open &&
		   kernel_read_member(kernel, table->address, TABLE_FULL, &full, NULL)) {
		nr = full > table->open ? 4 * (full - table->open) : 0;
	}
	table->is_damaged = nr != table->nr;
	if (nr < table->nr)
		table->nr = nr;
}

static bool find_fdtable(struct kernel *kernel, uint64_t files, struct fdtable *table,
			 struct error *err)
{
	*table = (struct fdtable){ .nr_files = 0 };
	if (!kernel_read_member(kernel, files, FILES_TABLE, &table->address, err) ||
	    !kernel_read_member(kernel, table->address, TABLE_MOST, &table->nr, err) ||
	    !kernel_read_member(kernel, table->address, TABLE_FILES, &table->pointers, err))
		return false;
	if (table->nr > MOST_DESCRIPTORS)
		return fail(err, ERROR_FORMAT,
			    "the table at %" PRIx64 " is damaged: no process has %" PRIu64
			    " descriptors",
			    table->address, table->nr);
	if (!kernel_read_member(kernel, table->address, TABLE_OPEN, &table->open, NULL))
		table->open = 0;
	judge_size(kernel, files, table);
	return true;
}

/* fd_install() in fs/file.c sets a pointer after its bit, and file_close_fd_locked() clears it before the bit.
 * A bit without a pointer is a descriptor whose file is still being opened, but not all are. */
static bool judge_fdtable(const struct fdtable *table, struct error *err)
{
	if (table->is_damaged)
		return fail(err, ERROR_FORMAT,
			    "the table at %" PRIx64
			    " is damaged: its size, arrays and bitmaps contradict each other",
			    table->address);
	if (table->nr_stray)
		return fail(err, ERROR_FORMAT,
			    "the table at %" PRIx64 " is damaged: descriptor %" PRIu64
			    " has a file, but open_fds says that it is free",
			    table->address, table->stray);
	return table->nr_files || table->nr_bits < 2 ||
	       fail(err, ERROR_FORMAT,
		    "the table at %" PRIx64 " is damaged: open_fds counts %" PRIu64
		    " open descriptors, and none has a file",
		    table->address, table->nr_bits);
}

bool vma_each_descriptor(struct kernel *kernel, uint64_t files, uint64_t *slots,
			 bool (*visit)(uint64_t fd, uint64_t file, void *arg), void *arg,
			 struct error *err)
{
	unsigned int word = kernel_pointer_size(kernel);
	uint8_t bytes[POINTERS * 8], bits[POINTERS / 8];
	struct fdtable table;
	uint64_t nr;

	if (!find_fdtable(kernel, files, &table, err))
		return false;
	nr = table.nr < *slots ? table.nr : *slots;
	*slots -= nr;
	for (uint64_t fd = 0; fd < nr; fd += POINTERS) {
		uint64_t now = nr - fd < POINTERS ? nr - fd : POINTERS;

		if (kernel_stopped(kernel))
			return true;
		if (!kernel_read(kernel, table.pointers + fd * word, bytes, now * word, err) ||
		    (table.open &&
		     !kernel_read(kernel, table.open + fd / 8, bits, (now + 7) / 8, err)))
			return false;
		for (uint64_t i = 0; i < now; i++) {
			uint64_t file = kernel_untag(kernel, load_le(bytes + i * word, word));
			bool is_open = table.open && bits[i / 8] >> i % 8 & 1;

			table.nr_bits += is_open;
			table.nr_files += file != 0;
			if (file && table.open && !is_open && !table.nr_stray++)
				table.stray = fd + i;
			if (table.nr_stray > MOST_STRAY)
				return judge_fdtable(&table, err);
			if ((file || is_open) && !visit(fd + i, file, arg))
				return true;
		}
	}
	return nr < table.nr || judge_fdtable(&table, err);
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
	struct error why;

	if (!address) {
		listener_warn(kernel->listener,
			      "descriptor %" PRIu64 " has no file: open_fds has it, fd[%" PRIu64
			      "] is 0, as while a file is being opened",
			      fd, fd);
		return true;
	}
	if (!vma_file_path(kernel, address, file.path, &file.why))
		*file.path = '\0';
	why = file.why;
	file.has_offset = kernel_read_member(kernel, address, FILE_POSITION, &file.offset, NULL);
	read_inode(kernel, &file);
	if (!*file.path)
		file.why = why;
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
