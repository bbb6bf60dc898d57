/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The steps of open_kernel_dump(), in their order. */
#pragma once

#include "base/file.h"
#include "kernel/kernel.h"
#include "kernel/member.h"

struct opening;

/* Opens opening->paths, which are recognised by content. *dump and *vmlinux, which is NULL if
 * there is none, become the caller's. On failure neither is set. */
bool inputs_open(const struct opening *opening, struct dump **dump, struct vmlinux **vmlinux,
		 struct error *err);

/* A dump, a vmlinux or both in an archive or a compressed file. */
struct packed_input {
	struct file dump, vmlinux; /* path NULL: none */
};

/* Is the file compressed, or an archive? */
bool packed_input_probe(const struct file *archive);

/* Unpacks what the archive holds: a vmlinux into memory, a dump by opening->unpacking.
 * The files become the caller's. Fails if there is neither, or more than one of them. */
bool packed_input_open(const struct opening *opening, const struct file *archive,
		       struct packed_input *input, struct error *err);

/* Takes over both, also on failure. vmlinux may be NULL. */
struct kernel *open_create(struct dump *dump, struct vmlinux *vmlinux, struct error *err);

/* "NAME=VALUE", as option -o. */
bool open_override(struct kernel *kernel, const char *text, struct error *err);

/* Finds out the architecture, searching memory if need be, and compares vmlinux
 * with the dump. Fails for an unsupported or unknown machine. */
bool open_first_facts(struct kernel *kernel, struct error *err);

/* Fills kernel->identity: which kernel the dump is of, and whether vmlinux matches.
 * Finds the release. Compares vmlinux with the note (build-id, release) and, if that
 * does not decide, with the banner in memory; a System.map with the symbols of the
 * note and of kallsyms. Warns of a mismatch. */
void open_identify(struct kernel *kernel);
/* The release by -o, VMCOREINFO, or the banner found by a search of memory. */
void open_read_release(struct kernel *kernel);

/* Finds the kernel in a dump without VMCOREINFO, and perhaps without registers or
 * machine. With the registers of a CPU the kernel's symbols may lead to the note.
 * Otherwise scans all memory once for linux_banner and texts of notes, then searches
 * near each banner for a page table that maps it. Sets kernel->table, ->note and ->arch
 * if they are proved. Forgets all facts. */
void open_search_memory(struct kernel *kernel);

/* There is no vmlinux, or one without symbols that may belong to the dump. */
bool open_lacks_symbols(const struct kernel *kernel);

/* After open_first_facts(), for a kernel that lacks symbols: adopts a vmlinux, or else a
 * System.map, found by release and build-id in the folders of path, as
 * opening->debug_path. */
bool open_search_vmlinux(struct kernel *kernel, const char *path);

/* --- for these steps --- */

void open_set_arch(struct kernel *kernel, const struct arch *arch);
/* Takes the note's text from the file at path. */
bool open_set_note_file(struct kernel *kernel, const char *path, struct error *err);
/* For a note found in memory. Takes over text, which kernel->note has already. */
void open_set_found_note(struct kernel *kernel, char *text, uint64_t paddr);

extern const struct member_row *const member_rows[NR_ROOMS]; /* members.c */
