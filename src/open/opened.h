/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The steps of open_kernel_dump(), in the order in which it calls them. */
#pragma once

#include "base/file.h"
#include "kernel/kernel.h"
#include "kernel/member.h"

struct guest;
struct opening;

/* Opens all files in opening->paths, and recognises each file by its content. The caller becomes
 * owner of *dump, *vmlinux and *modules. If there is no vmlinux, *vmlinux is NULL. *modules is the
 * list of files of modules. On failure, none is set. */
bool inputs_open(const struct opening *opening, struct dump **dump, struct vmlinux **vmlinux,
		 struct ko_file **modules, struct error *err);

/* Describes a file that cannot be used, for an error message. If the file begins with text, as logs
 * do, the message names the command annotate. For any other file, returns `other`. */
const char *inputs_describe(const struct file *file, const char *other);
/* Writes the first bytes of a file whose format is unknown, to be added to a message. */
enum { FIRST_BYTES = 16, FIRST_BYTES_TEXT = 24 + 3 * FIRST_BYTES };
const char *inputs_first_bytes(const struct file *file, char text[FIRST_BYTES_TEXT]);

/* Returns true if the file is compressed or an archive. */
bool packed_input_probe(const struct file *archive);

/* Searches for a vmlinux, or else a System.map, by release and build-id, and uses the file if it
 * belongs to the dump. Does nothing if the kernel's symbols are known. `path` contains folders, as
 * opening->debug_path does. Returns true if a file is used. Must be called after
 * open_first_facts(). */
bool open_search_vmlinux(struct kernel *kernel, const char *path);

enum { LARGEST_MODULE = 512 << 20 /* in bytes; a larger file is not used */ };

/* Unpacks the file of a module, such as brd.ko.xz, into memory. If the archive is not the
 * compressed file of a module, returns false, and err->code is ERROR_NONE. */
bool packed_module_open(const struct file *archive, const struct listener *listener,
			struct file *module, struct error *err);

/* Creates the kernel of a dump. Takes over dump and vmlinux, even if it fails. vmlinux may be
 * NULL. */
struct kernel *open_create(struct dump *dump, struct vmlinux *vmlinux, struct error *err);

/* Creates a second kernel of the dump, which is borrowed: open_close() does not close it. */
struct kernel *open_create_beside(struct dump *dump);

/* Fills kernel->identity: the release of the dump's kernel, and whether vmlinux matches. First
 * compares vmlinux with the note (build-id, release). If that proves nothing, compares it with the
 * banner in memory. Compares a System.map with the symbols of the note and of kallsyms. Warns of a
 * mismatch. */
void open_identify(struct kernel *kernel);
/* Finds the release, in this order: from -o, from VMCOREINFO, or from the banner that a search of
 * memory found. */
void open_read_release(struct kernel *kernel);

/* Finds the kernel in a dump without VMCOREINFO. If the architecture and the registers of a CPU are
 * known, first tries the note at the symbol vmcoreinfo_data. If that is not possible or fails,
 * scans all memory once for linux_banner and for texts of notes, and then searches near each banner
 * for a page table that maps it. Sets kernel->table, ->note and ->arch as far as they are proved.
 * Forgets all facts. */
void open_search_memory(struct kernel *kernel);

/* --- used by these steps --- */

/* Remembers the folders of debug files, and returns them. */
void open_set_debug_path(struct kernel *kernel, const char *path);
const char *open_debug_path(const struct kernel *kernel);
void open_set_arch(struct kernel *kernel, const struct arch *arch);
/* Reads the text of the note from the file at path. */
bool open_set_note_file(struct kernel *kernel, const char *path, struct error *err);
/* Sets a note that was found in memory. `text` is the content of kernel->note, and becomes owned by
 * the kernel. `paddr` is the physical address of the text. */
void open_set_found_note(struct kernel *kernel, char *text, uint64_t paddr);

extern const struct member_row *const member_rows[NR_ROOMS]; /* defined in opened.c */

/* Visits the memory of each virtual machine as a dump, until visit returns false; then returns
 * false. The dump is closed after the visit. A machine whose memory is gone is left out: the command
 * guests reports it. */
bool open_each_guest(struct kernel *host,
		     bool (*visit)(void *arg, const struct guest *guest, struct dump *dump),
		     void *arg);
