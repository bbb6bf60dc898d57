/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The kernel's own files: an ELF file, with a debug file if it is stripped; a boot image, which
 * contains an ELF file; or a System.map, which has only symbols. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"
#include "symbols/symbols.h"
#include "types/types.h"

struct vmlinux {
	struct file file;
	const char *source; /* static: the way it was found; NULL: named by the user */
	const char *packed; /* static: compression of a boot image; NULL: not a boot image */
	Elf *elf; /* NULL for a System.map */
	uint16_t machine; /* EM_* */
	struct symbols *symbols; /* of this file or of debug; NULL: no symbols */
	struct types *types; /* of this file or of debug; never NULL */
	struct vmlinux *debug; /* owned: separate debug file, or NULL */
	const char *debug_source; /* static: the way debug was found */
	struct file supplement_file; /* supplementary file of dwz */
	Elf *supplement; /* of supplement_file; NULL: none */
};

/* Is the file an ELF executable or shared object (not a core), a boot image or a System.map? */
bool vmlinux_probe(const struct file *file);

/* Takes over file, also on failure. */
struct vmlinux *vmlinux_open(struct file *file, struct error *err);
void vmlinux_close(struct vmlinux *vmlinux); /* NULL is fine */

/* Searches for symbols and types ask the listener, which is borrowed, whether to stop. */
void vmlinux_listen(struct vmlinux *vmlinux, const struct listener *listener);

/* Takes over debug, whose symbols and types replace missing ones. source: a static text, the way
 * debug was found. */
void vmlinux_attach(struct vmlinux *vmlinux, struct vmlinux *debug, const char *source);

/* Link-time address of a symbol. False: no such symbol, or no symbols at all. */
bool vmlinux_symbol(const struct vmlinux *vmlinux, const char *name, uint64_t *address);

/* The file with the symbols: vmlinux itself or its debug file. */
const struct vmlinux *vmlinux_of_symbols(const struct vmlinux *vmlinux);

/* Does the file contain the kernel's code? A debug file only has headers of code sections. */
bool vmlinux_has_code(const struct vmlinux *vmlinux);

/* Are there sections of DWARF? The second function: sections of DWARF or BTF, in this file or the
 * debug file? Does not check whether they can be read. */
bool vmlinux_has_dwarf(const struct vmlinux *vmlinux);
bool vmlinux_has_types(const struct vmlinux *vmlinux);

/* The reason why no types can be read; completes a sentence that begins with the path. */
const char *vmlinux_why_no_types(const struct vmlinux *vmlinux);

/* size bytes at a link-time address, borrowed from the file. NULL: they are not in one section with
 * contents. */
const uint8_t *vmlinux_content(const struct vmlinux *vmlinux, uint64_t address, size_t size);

/* GNU build-id. False: there is none. */
bool vmlinux_build_id(const struct vmlinux *vmlinux, struct bytes *build_id);

/* The text "Linux version ...", borrowed from the file, and its link-time address: linux_banner or,
 * without symbols, its first copy. NULL: not found. */
const char *vmlinux_banner(const struct vmlinux *vmlinux, uint64_t *address);

/* Is a link-time address in the kernel's image? With a System.map: below _end. */
bool vmlinux_covers(const struct vmlinux *vmlinux, uint64_t address);

/* Are both link-time addresses in one section? Always false with a System.map. */
bool vmlinux_same_section(const struct vmlinux *vmlinux, uint64_t one, uint64_t other);

/* p_vaddr of the first PT_LOAD. False: there is none. */
bool vmlinux_first_segment(const struct vmlinux *vmlinux, uint64_t *address);

/* p_vaddr - p_paddr of the first PT_LOAD that is not empty: on i386 this is PAGE_OFFSET
 * (LOAD_OFFSET of arch/x86/kernel/vmlinux.lds.S). */
bool vmlinux_load_offset(const struct vmlinux *vmlinux, uint64_t *offset);

/* --- boot images (bzImage), which contain a compressed vmlinux: vmlinuz.c --- */

/* Is the file a boot image of an x86 kernel? */
bool vmlinuz_probe(const struct file *file);

/* Replaces file by the ELF file in it; on failure file is unchanged. Sets *format to the static
 * name of the compression. */
bool vmlinuz_unpack(struct file *file, const char **format, struct error *err);
