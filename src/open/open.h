/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Opens a dump and finds its kernel. */
#pragma once

#include <limits.h>

#include "kernel/found_kernel.h"
#include "kernel/kernel.h"
#include "symbols/elf_file.h"

struct running_memory;

/* A file that receives a part of an archive. */
struct unpacked {
	const char *archive, *what; /* borrowed; path of the archive, and "dump" or "vmlinux" */
	uint64_t size; /* size of the part in bytes; 0: unknown */
	/* start() in struct unpacking sets the following members. */
	int fd;
	uint64_t room; /* largest number of bytes that may be written to the file */
	char path[PATH_MAX]; /* the name that finish() will give to the file */
};

struct unpacking {
	/* Creates a file for the part. On failure, the error's message is the end of a sentence
	 * that explains how the user can get the part. */
	bool (*start)(void *arg, struct unpacked *to, struct error *err);
	/* If keep is true, gives the file its name; if it is false, removes the file. The caller
	 * has already closed fd. */
	bool (*finish)(void *arg, bool keep, struct error *err);
	void *arg;
};

/* What to open, and how. The struct is borrowed during open_kernel_dump(), but the listener must
 * exist as long as the kernel. Zero or NULL is a valid default for each member. */
struct opening {
	/* Paths of the dump (all parts of a split dump) and, optionally, of a vmlinux with its
	 * debug file or System.map. Files may be in any order, or in an archive, because they are
	 * recognised by their content. PATH@ADDRESS is a raw image of memory that begins at the
	 * physical address ADDRESS (hexadecimal); PATH:OFFSET@ADDRESS is a part of one. If no path is a dump, a single file of unknown
	 * format is opened as an image that begins at address 0. */
	const char *const *paths;
	size_t nr_paths;
	/* Opens a path for reading. Returns a descriptor, which kwalk takes over, or sets err and
	 * returns -1. NULL: paths are opened directly. */
	int (*open_path)(void *arg, const char *path, struct error *err);
	/* A dump that is already open, used instead of paths. The dump is taken over, even if
	 * open_kernel_dump() fails. */
	struct dump *dump;
	struct vmlinux *vmlinux;
	/* The memory of a running guest, which is opened in place of the path that is its name.
	 * NULL: there is no guest. */
	const struct running_memory *guest;
	/* What kernel->no_vmlinux will be. NULL: "no vmlinux was given". */
	const char *no_vmlinux;
	struct ko_file *modules; /* files of modules, which are taken over, too */
	const char *const *overrides; /* facts as "NAME=VALUE", like option -o */
	size_t nr_overrides;
	/* Folders in which vmlinux and debug files are searched, separated by ':'. NULL: the
	 * folders that distributions use. At last, vmlinux is searched in the folder of the dump.
	 * "": no folders. */
	const char *debug_path;
	/* True if a vmlinux may be opened without a dump. Then all memory is absent, and KASLR's
	 * offset is 0. */
	bool no_dump;
	/* True if the kernel may be opened with no path at all. Then nothing is known of it, and its
	 * architecture is any one: kernel_is_blank(). */
	bool no_files;
	/* Which of the kernels in memory is opened: its number in the answers of kernels, from 1 on.
	 * 0: the kernel that a dump without this option shows. */
	unsigned int kernel;
	bool strict; /* if vmlinux belongs to another kernel, fail instead of only warning */
	struct listener *listener;
	/* Called once if the kernel's symbols are unknown after all other searches. It may call
	 * open_adopt_vmlinux(). */
	void (*fetch)(void *arg, struct kernel *kernel);
	void *arg; /* argument of fetch and open_path */
	/* Largest size of a vmlinux that is unpacked in memory, in bytes; 0: 1 GiB. */
	uint64_t most_unpacked;
	/* How a dump in an archive is stored in a file. NULL: dumps in archives are rejected. */
	const struct unpacking *unpacking;
};

/* Opens the kernel. On failure returns NULL, and sets err. */
struct kernel *open_kernel_dump(const struct opening *opening, struct error *err);
void open_close(struct kernel *kernel); /* NULL is fine */

/* Opens the memory of a virtual machine that runs on the dump's kernel (the host). `word` is the
 * pid or the name of the machine's process, or the address of its struct kvm. The vmlinux and the
 * overrides in `opening` belong to the guest. The host stays open as long as the guest. The host's
 * vmlinux is needed only if the dump has no BTF. It is searched for using debug_path and fetch. */
struct kernel *open_guest(const struct opening *opening, const char *word, struct error *err);

/* Calls visit for each kernel in memory: first the kernels that have page tables, in the order of
 * their numbers for opening->kernel, then kernels that were loaded and did not run, kernels of
 * virtual machines, and texts. `kernel` is the kernel about which the user asks; uses of page frames
 * are found by it. If some may be missing, sets kernel->excess. Returns false if visit returned
 * false, if the listener stopped the work, or if there is not enough memory (sets err). */
bool open_each_kernel(struct kernel *kernel, found_kernel_visit *visit, void *arg,
		      struct error *err);

/* If vmlinux certainly belongs to the dump (VMLINUX_MATCHES), uses it, and forgets all facts, so
 * that they are found again. If the kernel already has a vmlinux without symbols that also belongs
 * to the dump, both files are used. Takes over vmlinux, even if it is not used. `source` is a
 * static text that describes how vmlinux was found. Returns false if vmlinux is not used. */
bool open_adopt_vmlinux(struct kernel *kernel, struct vmlinux *vmlinux, const char *source);

/* Forgets all facts that were not set by -o, all states that depend on facts, and the records of
 * types that vmlinux lacks. All of these are found again when they are needed. */
void open_forget(struct kernel *kernel);

/* Each function writes a build-id as hexadecimal digits. The build-id comes from VMCOREINFO, from
 * the kernel's notes in memory (found using kallsyms), or from vmlinux. If there is no build-id,
 * the function writes "" and returns false. */
bool open_build_id_of_note(const struct kernel *kernel, char text[BUILD_ID_TEXT]);
bool open_build_id_of_memory(struct kernel *kernel, char text[BUILD_ID_TEXT]);
bool vmlinux_build_id_text(const struct vmlinux *vmlinux, char text[BUILD_ID_TEXT]);

/* Writes a line, without a newline, that names the files that were opened and states whether they
 * certainly belong together. */
void open_describe(struct kernel *kernel, char *line, size_t size);
