/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Opens a dump: from files to a kernel or an error. */
#pragma once

#include <limits.h>

#include "kernel/kernel.h"
#include "symbols/elf_file.h"

/* A file that receives a part of an archive. */
struct unpacked {
	const char *archive, *what; /* borrowed: path of the archive; "dump" or "vmlinux" */
	uint64_t size; /* bytes of the part; 0: unknown */
	/* Set by start(): */
	int fd;
	uint64_t room; /* most bytes to store in the file */
	char path[PATH_MAX]; /* the name that finish() gives to the file */
};

struct unpacking {
	/* Creates a file. The message of an error completes a sentence: how the user can get the
	 * part. */
	bool (*start)(void *arg, struct unpacked *to, struct error *err);
	/* Names the file, or removes it. The caller has closed the descriptor. */
	bool (*finish)(void *arg, bool keep, struct error *err);
	void *arg;
};

/* What to open, and how. Borrowed during open_kernel_dump(), except the listener, which must live
 * as long as the kernel. Zero and NULL are valid defaults. */
struct opening {
	/* The dump (all parts of a split dump) and, optionally, a vmlinux with its debug file or
	 * System.map, in any order: files are recognised by content, and may be in an archive.
	 * PATH@ADDRESS is a raw image of the memory from ADDRESS on. A single file of no known
	 * format, without a dump, is such an image from 0 on. */
	const char *const *paths;
	size_t nr_paths;
	/* Opens a path for reading; the descriptor is taken over. -1 with err. NULL: paths are
	 * opened directly. */
	int (*open_path)(void *arg, const char *path, struct error *err);
	/* An open dump, in place of paths; taken over, also on failure. */
	struct dump *dump;
	struct vmlinux *vmlinux;
	const char *const *overrides; /* "NAME=VALUE", as for option -o */
	size_t nr_overrides;
	/* Folders, separated by ':', to search for vmlinux and for debug files. NULL: the folders
	 * that distributions use; "": no search. */
	const char *debug_path;
	bool no_dump; /* a vmlinux alone will do: all memory is absent, its offset of KASLR is 0 */
	bool strict; /* fail on a vmlinux of another kernel instead of a warning */
	struct listener *listener;
	/* Called once if symbols are still missing; may call open_adopt_vmlinux(). */
	void (*fetch)(void *arg, struct kernel *kernel);
	void *arg; /* argument of fetch and open_path */
	/* Most bytes of a vmlinux unpacked in memory; 0: 1 GiB. */
	uint64_t most_unpacked;
	/* NULL: dumps in archives are rejected. */
	const struct unpacking *unpacking;
};

/* NULL on failure. */
struct kernel *open_kernel_dump(const struct opening *opening, struct error *err);
void open_close(struct kernel *kernel); /* NULL is fine */

/* Opens a virtual machine that the kernel of the dump runs, named by the pid or name of its
 * process, or by the address of its struct kvm. vmlinux and overrides belong to the guest. The
 * host, which stays open for the guest, needs a vmlinux only if the dump has no BTF, and finds it
 * by debug_path and fetch. */
struct kernel *open_guest(const struct opening *opening, const char *word, struct error *err);

/* Takes over vmlinux, also on failure. Keeps it if build-id or banner prove that it belongs to the
 * dump; facts are then found again. An earlier vmlinux without symbols is kept beside it if it is
 * proved, too. source: static text, the way vmlinux was found. */
bool open_adopt_vmlinux(struct kernel *kernel, struct vmlinux *vmlinux, const char *source);

/* Forgets all facts except those set by -o, all states that depend on facts, and the record of data
 * missing in vmlinux. All of these are found again when needed. */
void open_forget(struct kernel *kernel);

/* A build-id as hexadecimal digits: from VMCOREINFO; from the kernel's notes in memory, found by
 * kallsyms; from vmlinux. False, and "": there is none. */
bool open_build_id_of_note(const struct kernel *kernel, char text[BUILD_ID_TEXT]);
bool open_build_id_of_memory(struct kernel *kernel, char text[BUILD_ID_TEXT]);
bool vmlinux_build_id_text(const struct vmlinux *vmlinux, char text[BUILD_ID_TEXT]);

/* Writes one line without a newline: the files that were opened, and whether they surely match. */
void open_describe(struct kernel *kernel, char *line, size_t size);
