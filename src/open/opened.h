/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The steps of open_kernel_dump(), in the order in which they are called. */
#pragma once

#include "base/file.h"
#include "kernel/kernel.h"
#include "kernel/member.h"

struct opening;

/* Opens opening->paths, which are recognised by their content. The caller becomes owner of *dump
 * and *vmlinux. *vmlinux is NULL if there is none. On failure neither is set. */
bool inputs_open(const struct opening *opening, struct dump **dump, struct vmlinux **vmlinux,
		 struct error *err);

/* A dump, a vmlinux or both, unpacked from an archive or a compressed file. */
struct packed_input {
	struct file dump, vmlinux; /* not found if the file's path is NULL */
};

/* Returns true if the file is compressed or an archive. */
bool packed_input_probe(const struct file *archive);

/* Unpacks the archive: a vmlinux into memory, and a dump by opening->unpacking. The caller becomes
 * owner of the files. Fails if the archive has neither a dump nor a vmlinux, or several dumps or
 * vmlinux files. */
bool packed_input_open(const struct opening *opening, const struct file *archive,
		       struct packed_input *input, struct error *err);

/* Takes over dump and vmlinux, also on failure. vmlinux may be NULL. */
struct kernel *open_create(struct dump *dump, struct vmlinux *vmlinux, struct error *err);

/* Sets a fact. text: "NAME=VALUE", like option -o. */
bool open_override(struct kernel *kernel, const char *text, struct error *err);

/* Finds the architecture, if necessary by a search of memory, and compares vmlinux with the dump.
 * Fails if the architecture is unknown or not supported. */
bool open_first_facts(struct kernel *kernel, struct error *err);

/* Fills kernel->identity: the release of the dump's kernel, and whether vmlinux matches. Compares
 * vmlinux with the note (build-id, release), and if that is not enough, with the banner in memory.
 * Compares a System.map with the symbols of the note and of kallsyms. Warns of a mismatch. */
void open_identify(struct kernel *kernel);
/* Finds the release: from -o, from VMCOREINFO, or from the banner that a search of memory found. */
void open_read_release(struct kernel *kernel);

/* Finds the kernel in a dump without VMCOREINFO. Registers and the architecture may be unknown,
 * too. If the registers of a CPU are known, tries to find the note by the kernel's symbols.
 * Otherwise scans all memory once for linux_banner and texts of notes, and then searches near each
 * banner for a page table that maps it. Sets kernel->table, ->note and ->arch as far as they are
 * proved. Forgets all facts. */
void open_search_memory(struct kernel *kernel);

/* Returns true if there is no vmlinux, or one without symbols that may belong to the dump. */
bool open_lacks_symbols(const struct kernel *kernel);

/* Searches for a vmlinux, or else a System.map, by release and build-id, and uses it if it belongs
 * to the dump. Does nothing if the kernel's symbols are known. path: folders, as in
 * opening->debug_path. Call this after open_first_facts(). */
bool open_search_vmlinux(struct kernel *kernel, const char *path);

/* --- used by these steps --- */

void open_set_arch(struct kernel *kernel, const struct arch *arch);
/* Reads the note's text from the file at path. */
bool open_set_note_file(struct kernel *kernel, const char *path, struct error *err);
/* Sets a note found in memory. Takes over text, which is already in kernel->note. paddr: physical
 * address of the text. */
void open_set_found_note(struct kernel *kernel, char *text, uint64_t paddr);

extern const struct member_row *const member_rows[NR_ROOMS]; /* defined in members.c */
