/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The steps of open_kernel_dump(), in their order. */
#pragma once

#include "base/file.h"
#include "kernel/kernel.h"
#include "kernel/member.h"

struct opening;

/* Opens opening->paths, which are recognised by content. The caller owns *dump and *vmlinux, which
 * is NULL if there is none. On failure neither is set. */
bool inputs_open(const struct opening *opening, struct dump **dump, struct vmlinux **vmlinux,
		 struct error *err);

/* A dump, a vmlinux or both in an archive or a compressed file. */
struct packed_input {
	struct file dump, vmlinux; /* path NULL: no such file */
};

/* Is the file compressed, or an archive? */
bool packed_input_probe(const struct file *archive);

/* Unpacks the archive: a vmlinux into memory, a dump using opening->unpacking. The caller owns the
 * files. Fails if there is neither, or several of one kind. */
bool packed_input_open(const struct opening *opening, const struct file *archive,
		       struct packed_input *input, struct error *err);

/* Takes over dump and vmlinux, also on failure. vmlinux may be NULL. */
struct kernel *open_create(struct dump *dump, struct vmlinux *vmlinux, struct error *err);

/* Sets a fact by "NAME=VALUE", as for option -o. */
bool open_override(struct kernel *kernel, const char *text, struct error *err);

/* Finds the architecture, searching memory if necessary, and compares vmlinux with the dump. Fails
 * for an unsupported or unknown machine. */
bool open_first_facts(struct kernel *kernel, struct error *err);

/* Fills kernel->identity: the kernel of the dump, and whether vmlinux matches. Finds the release.
 * Compares vmlinux with the note (build-id, release) and, if that does not suffice, with the banner
 * in memory; compares a System.map with the symbols of the note and of kallsyms. Warns of a
 * mismatch. */
void open_identify(struct kernel *kernel);
/* The release from -o, VMCOREINFO, or the banner found by a search of memory. */
void open_read_release(struct kernel *kernel);

/* Finds the kernel in a dump without VMCOREINFO, and perhaps without registers or machine. With the
 * registers of a CPU the kernel's symbols may lead to the note. Otherwise scans all memory once for
 * linux_banner and texts of notes, then searches near each banner for a page table that maps it.
 * Sets kernel->table, ->note and ->arch if they are proved. Forgets all facts. */
void open_search_memory(struct kernel *kernel);

/* Is there no vmlinux, or one without symbols that may belong to the dump? */
bool open_lacks_symbols(const struct kernel *kernel);

/* Call it after open_first_facts(), for a kernel without symbols: adopts a vmlinux, or else a
 * System.map, found by release and build-id in the folders of path, see opening->debug_path. */
bool open_search_vmlinux(struct kernel *kernel, const char *path);

/* --- used by these steps --- */

void open_set_arch(struct kernel *kernel, const struct arch *arch);
/* Takes the note's text from the file at path. */
bool open_set_note_file(struct kernel *kernel, const char *path, struct error *err);
/* For a note found in memory. Takes over text, which is already in kernel->note. */
void open_set_found_note(struct kernel *kernel, char *text, uint64_t paddr);

extern const struct member_row *const member_rows[NR_ROOMS]; /* in members.c */
