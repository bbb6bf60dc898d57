/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The one way to open a dump: files in; a kernel, or an error, out. */
#pragma once

#include <limits.h>

#include "kernel/kernel.h"
#include "symbols/elf_file.h"

/* A file that a part of an archive is unpacked to. */
struct unpacked {
	const char *archive, *what; /* borrowed: its path; "dump" or "vmlinux" */
	uint64_t size; /* bytes of the part; 0: not known */
	/* By start(): */
	int fd;
	uint64_t room; /* bytes that may be stored in it */
	char path[PATH_MAX]; /* the name it gets by finish() */
};

struct unpacking {
	/* A new file. The error says how the part can be had, within a sentence. */
	bool (*start)(void *arg, struct unpacked *to, struct error *err);
	/* The caller has closed it: gives it its name, or removes it. */
	bool (*finish)(void *arg, bool keep, struct error *err);
	void *arg;
};

/* What to open and how. Borrowed during open_kernel_dump(), but for the listener, which
 * must live as long as the kernel. Zero and NULL are usable defaults. */
struct opening {
	/* The dump (all parts of a split one) and, optionally, a vmlinux with its debug file or
	 * System.map, in any order: they are recognised by content. An archive may hold them.
	 * PATH@ADDRESS is a raw image of the memory from ADDRESS on. One file of no known
	 * format, with no dump beside it, is such an image from 0 on. */
	const char *const *paths;
	size_t nr_paths;
	/* Opens a path for reading; the descriptor is taken over. -1 with err. NULL: they
	 * are opened by name. */
	int (*open_path)(void *arg, const char *path, struct error *err);
	/* Opened already: taken over, also on failure. dump replaces paths. */
	struct dump *dump;
	struct vmlinux *vmlinux;
	const char *const *overrides; /* "NAME=VALUE", as option -o */
	size_t nr_overrides;
	/* Folders, separated by ':', to search for the dump's vmlinux and for
	 * debug files. NULL: where distributions put them; "": no search. */
	const char *debug_path;
	bool strict; /* fail on a vmlinux of another kernel instead of a warning */
	struct listener *listener;
	/* Called once if there are still no symbols; may open_adopt_vmlinux(). */
	void (*fetch)(void *arg, struct kernel *kernel);
	void *arg; /* of fetch and open_path */
	/* Bytes of a vmlinux that is unpacked in memory; 0: 1 GiB. */
	uint64_t most_unpacked;
	/* NULL: dumps in archives are refused. */
	const struct unpacking *unpacking;
};

/* NULL on failure. */
struct kernel *open_kernel_dump(const struct opening *opening, struct error *err);
void open_close(struct kernel *kernel); /* NULL is fine */

/* The same of a virtual machine that the kernel of the dump runs, named by the pid or name of
 * its process, or by the address of its struct kvm. vmlinux and overrides are the
 * guest's; its host, which stays open as long, needs a vmlinux only where the dump has no
 * BTF, and finds it by debug_path and fetch. */
struct kernel *open_guest(const struct opening *opening, const char *word, struct error *err);

/* Takes over vmlinux, also on failure. Keeps it if build-id or banner prove that it
 * belongs to the dump; facts are then found anew. An earlier vmlinux without symbols
 * that is proved too is kept beside it. source: static text, how it was found. */
bool open_adopt_vmlinux(struct kernel *kernel, struct vmlinux *vmlinux, const char *source);

/* Forgets all facts except those set by -o, every state that rests on facts, and which data
 * vmlinux lacks: they are found anew. */
void open_forget(struct kernel *kernel);

/* A build-id in hexadecimal digits: from VMCOREINFO; from the kernel's notes in memory, found by kallsyms; from vmlinux.
 * False, and "", if there is none. */
bool open_build_id_of_note(const struct kernel *kernel, char text[BUILD_ID_TEXT]);
bool open_build_id_of_memory(struct kernel *kernel, char text[BUILD_ID_TEXT]);
bool vmlinux_build_id_text(const struct vmlinux *vmlinux, char text[BUILD_ID_TEXT]);

/* One line, no newline: what was opened and how sure it is. */
void open_describe(struct kernel *kernel, char *line, size_t size);
