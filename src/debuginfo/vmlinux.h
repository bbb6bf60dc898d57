/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The files that contain a kernel or its symbols. Such a file is an ELF file (with a debug file if
 * the ELF file is stripped), a boot image that contains a kernel, or a System.map, which has only
 * symbols. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"
#include "symbols/symbols.h"
#include "types/types.h"

struct vmlinux {
	struct file file;
	const char *source; /* a static text: how the file was found; NULL: the user named it */
	const char *packed; /* a static text: compression of a boot image; NULL: not compressed */
	Elf *elf; /* NULL for a System.map */
	uint16_t machine; /* EM_* */
	struct symbols *symbols; /* of this file or of debug; NULL: no symbols */
	struct types *types; /* of this file or of debug; never NULL */
	struct vmlinux *debug; /* owned; the separate debug file, or NULL */
	const char *debug_source; /* a static text: how debug was found */
	struct file supplement_file; /* the supplementary file of dwz */
	Elf *supplement; /* the ELF file in supplement_file; NULL: none */
};

/* Is the file an ELF executable or shared object (but not a core file), a boot image or a
 * System.map? */
bool vmlinux_probe(const struct file *file);

/* Takes over file, also on failure. */
struct vmlinux *vmlinux_open(struct file *file, struct error *err);
void vmlinux_close(struct vmlinux *vmlinux); /* NULL is fine */

/* Sets the listener, which is borrowed. Searches for symbols and types ask it whether to stop. */
void vmlinux_listen(struct vmlinux *vmlinux, const struct listener *listener);

/* Takes over debug, and uses its symbols and types where vmlinux lacks them. source: a static text,
 * which describes how debug was found. */
void vmlinux_attach(struct vmlinux *vmlinux, struct vmlinux *debug, const char *source);

/* Finds the link-time address of a symbol. Returns false if there is no such symbol, or no symbol
 * table. */
bool vmlinux_symbol(const struct vmlinux *vmlinux, const char *name, uint64_t *address);

/* Returns the file with the symbols: vmlinux itself or its debug file. */
const struct vmlinux *vmlinux_of_symbols(const struct vmlinux *vmlinux);

/* Does the file contain the kernel's code? A debug file has only the headers of code sections. */
bool vmlinux_has_code(const struct vmlinux *vmlinux);

/* vmlinux_has_dwarf(): does the file have sections of DWARF? vmlinux_has_types(): does the file or
 * its debug file have sections of DWARF or BTF? Neither function checks whether the sections can be
 * read. */
bool vmlinux_has_dwarf(const struct vmlinux *vmlinux);
bool vmlinux_has_types(const struct vmlinux *vmlinux);

/* The reason why no types can be read. The text completes a sentence that begins with the path. */
const char *vmlinux_why_no_types(const struct vmlinux *vmlinux);

/* Returns a pointer to size bytes at a link-time address, borrowed from the file. Returns NULL if
 * the bytes are not all in one section of the file. */
const uint8_t *vmlinux_content(const struct vmlinux *vmlinux, uint64_t address, size_t size);

/* Finds the GNU build-id. Returns false if there is none. */
bool vmlinux_build_id(const struct vmlinux *vmlinux, struct bytes *build_id);

/* Returns the text "Linux version ...", borrowed from the file, and its link-time address. The text
 * is linux_banner or, without symbols, the first such text. Returns NULL if it is not found. */
const char *vmlinux_banner(const struct vmlinux *vmlinux, uint64_t *address);

/* Is a link-time address in the kernel's image? With a System.map: is it below _end? */
bool vmlinux_covers(const struct vmlinux *vmlinux, uint64_t address);

/* Are both link-time addresses in one section? Always false with a System.map. */
bool vmlinux_same_section(const struct vmlinux *vmlinux, uint64_t one, uint64_t other);

/* Sets *address to p_vaddr of the first PT_LOAD segment. Returns false if there is none. */
bool vmlinux_first_segment(const struct vmlinux *vmlinux, uint64_t *address);

/* Sets *offset to p_vaddr - p_paddr of the first PT_LOAD segment that is not empty. On i386 this is
 * PAGE_OFFSET (LOAD_OFFSET of arch/x86/kernel/vmlinux.lds.S). */
bool vmlinux_load_offset(const struct vmlinux *vmlinux, uint64_t *offset);

/* --- vmlinuz.c: boot images (bzImage, EFI zboot), which contain a compressed kernel, and Images
 * --- */

/* Is the file a boot image or an Image? */
bool vmlinuz_probe(const struct file *file);

/* Replaces file by the ELF file in it, or by an ELF file made from the Image in it. On failure file
 * stays open. Sets *format to the static name of the compression, unless file is an Image. */
bool vmlinuz_unpack(struct file *file, const char **format, struct error *err);
