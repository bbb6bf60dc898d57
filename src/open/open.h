/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Opens a dump and finds its kernel. */
#pragma once

#include <limits.h>

#include "kernel/kernel.h"
#include "symbols/elf_file.h"

/* A file that receives a part of an archive. */
struct unpacked {
	const char *archive, *what; /* borrowed; path of the archive, and "dump" or "vmlinux" */
	uint64_t size; /* bytes of the part; 0: unknown */
	/* Set by start() of struct unpacking: */
	int fd;
	uint64_t room; /* largest number of bytes that may be stored in the file */
	char path[PATH_MAX]; /* name that finish() gives to the file */
};

struct unpacking {
	/* Creates a file for the part. If it fails, the error's message is the end of a sentence
	 * that describes how the user can get the part. */
	bool (*start)(void *arg, struct unpacked *to, struct error *err);
	/* Gives the file its name if keep is true, or else removes it. The caller has already
	 * closed fd. */
	bool (*finish)(void *arg, bool keep, struct error *err);
	void *arg;
};

/* What to open, and how. It is borrowed during open_kernel_dump(), but the listener must exist as
 * long as the kernel. For all members, zero or NULL is a valid default. */
struct opening {
	/* Paths of the dump (all parts of a split dump) and, optionally, of a vmlinux with its
	 * debug file or System.map. They may be in any order or in an archive, because files are
	 * recognised by their content. PATH@ADDRESS is a raw image of the memory from physical
	 * address ADDRESS (hexadecimal) on. If no path is a dump, a single file of unknown format
	 * is taken for an image from 0 on. */
	const char *const *paths;
	size_t nr_paths;
	/* Opens a path for reading, and returns a descriptor, which is taken over; or returns -1
	 * and sets err. NULL: paths are opened directly. */
	int (*open_path)(void *arg, const char *path, struct error *err);
	/* A dump that is already open, to be used instead of paths. It is taken over, also on
	 * failure. */
	struct dump *dump;
	struct vmlinux *vmlinux;
	const char *const *overrides; /* facts as "NAME=VALUE", like option -o */
	size_t nr_overrides;
	/* Folders, separated by ':', that are searched for vmlinux and for debug files. NULL: the
	 * folders that distributions use; "": no folders. */
	const char *debug_path;
	/* True if a vmlinux may be opened without a dump: all memory is absent, and KASLR's offset
	 * is 0. */
	bool no_dump;
	bool strict; /* fail, instead of only warning, if vmlinux belongs to another kernel */
	struct listener *listener;
	/* Called once if the kernel's symbols are still unknown. It may call
	 * open_adopt_vmlinux(). */
	void (*fetch)(void *arg, struct kernel *kernel);
	void *arg; /* argument of fetch and open_path */
	/* Largest size of a vmlinux that is unpacked in memory, in bytes; 0: 1 GiB. */
	uint64_t most_unpacked;
	/* NULL: dumps in archives are rejected. */
	const struct unpacking *unpacking;
};

/* Returns the kernel, or NULL with err set. */
struct kernel *open_kernel_dump(const struct opening *opening, struct error *err);
void open_close(struct kernel *kernel); /* NULL is fine */

/* Opens the memory of a virtual machine of the dump's kernel. word: the pid or name of its process,
 * or the address of its struct kvm. vmlinux and overrides in opening belong to the guest. The host
 * stays open as long as the guest. It needs a vmlinux only if the dump has no BTF, and then
 * searches for it using debug_path and fetch. */
struct kernel *open_guest(const struct opening *opening, const char *word, struct error *err);

/* Takes over vmlinux, also on failure. Uses it if build-id or banner prove that it belongs to the
 * dump, and then finds all facts again. If an earlier vmlinux without symbols is proved too, both
 * are used. source: static text about how vmlinux was found. Returns false if vmlinux is not
 * used. */
bool open_adopt_vmlinux(struct kernel *kernel, struct vmlinux *vmlinux, const char *source);

/* Forgets all facts that were not set by -o, all states that depend on facts, and the record of
 * data missing in vmlinux. They are found again when they are needed. */
void open_forget(struct kernel *kernel);

/* Each function writes a build-id as hexadecimal digits: from VMCOREINFO, from the kernel's notes
 * in memory (which kallsyms locates), or from vmlinux. If there is none, it writes "" and returns
 * false. */
bool open_build_id_of_note(const struct kernel *kernel, char text[BUILD_ID_TEXT]);
bool open_build_id_of_memory(struct kernel *kernel, char text[BUILD_ID_TEXT]);
bool vmlinux_build_id_text(const struct vmlinux *vmlinux, char text[BUILD_ID_TEXT]);

/* Writes one line, without a newline, about the files that were opened, and whether they certainly
 * belong together. */
void open_describe(struct kernel *kernel, char *line, size_t size);
