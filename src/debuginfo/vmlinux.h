/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The kernel's own files: one ELF file, with a debug file if it is stripped; a boot
 * image, which contains an ELF file; or a System.map, which has symbols alone. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"
#include "symbols/symbols.h"
#include "types/types.h"

struct vmlinux {
	struct file file;
	const char *source; /* static: how it was found; NULL: given by the user */
	const char *packed; /* static: compression of a boot image, else NULL */
	Elf *elf; /* NULL for a System.map */
	uint16_t machine; /* EM_386, EM_X86_64 */
	struct symbols *symbols; /* this file's or debug's; NULL if none */
	struct types *types; /* this file's or debug's; never NULL */
	struct vmlinux *debug; /* owned: separate debug file, or NULL */
	const char *debug_source; /* static: how debug was found */
	struct file supplement_file; /* of dwz */
	Elf *supplement; /* the same; NULL if none */
};

/* Is this an ELF executable or shared object (not a core), a boot image or a
 * System.map? */
bool vmlinux_probe(const struct file *file);

/* Takes over file (also on failure). */
struct vmlinux *vmlinux_open(struct file *file, struct error *err);
void vmlinux_close(struct vmlinux *vmlinux); /* NULL is fine */

/* Searches for symbols and types ask the listener, which is borrowed, whether to stop. */
void vmlinux_listen(struct vmlinux *vmlinux, const struct listener *listener);

/* Takes over debug, whose symbols and types replace missing ones. source: how debug was
 * found, a static string. */
void vmlinux_attach(struct vmlinux *vmlinux, struct vmlinux *debug, const char *source);

/* Link-time address of a symbol; false if there is none, or no symbols at all. */
bool vmlinux_symbol(const struct vmlinux *vmlinux, const char *name, uint64_t *address);

/* The file that the symbols are from: vmlinux itself or its debug file. */
const struct vmlinux *vmlinux_of_symbols(const struct vmlinux *vmlinux);

/* Does it contain the kernel's code? A debug file has only its section headers. */
bool vmlinux_has_code(const struct vmlinux *vmlinux);

/* Are there sections of DWARF? Of DWARF or BTF, here or in the debug file? Does not
 * check whether they can be read. */
bool vmlinux_has_dwarf(const struct vmlinux *vmlinux);
bool vmlinux_has_types(const struct vmlinux *vmlinux);

/* Why no types can be read, as the rest of a sentence that begins with the path. */
const char *vmlinux_why_no_types(const struct vmlinux *vmlinux);

/* size bytes at a link-time address, borrowed from the file; NULL if they do not
 * lie in one section with contents. */
const uint8_t *vmlinux_content(const struct vmlinux *vmlinux, uint64_t address, size_t size);

/* GNU build-id; false if there is none. */
bool vmlinux_build_id(const struct vmlinux *vmlinux, struct bytes *build_id);

/* "Linux version ...", borrowed from the file, and its link-time address: linux_banner
 * or, without symbols, its first copy. NULL if none. */
const char *vmlinux_banner(const struct vmlinux *vmlinux, uint64_t *address);

/* Does a link-time address lie in the kernel's image? For a System.map: below _end. */
bool vmlinux_covers(const struct vmlinux *vmlinux, uint64_t address);

/* Do both link-time addresses lie in one section? Never with a System.map. */
bool vmlinux_same_section(const struct vmlinux *vmlinux, uint64_t one, uint64_t other);

/* p_vaddr of the first PT_LOAD. False: there is none. */
bool vmlinux_first_segment(const struct vmlinux *vmlinux, uint64_t *address);

/* p_vaddr - p_paddr of the first PT_LOAD that is not empty: PAGE_OFFSET on i386
 * (LOAD_OFFSET of arch/x86/kernel/vmlinux.lds.S). */
bool vmlinux_load_offset(const struct vmlinux *vmlinux, uint64_t *offset);

/* --- boot images (bzImage), which contain a compressed vmlinux: vmlinuz.c --- */

/* Is this a boot image of an x86 kernel? */
bool vmlinuz_probe(const struct file *file);

/* Replaces file by the ELF file that it contains; on failure file is unchanged.
 * Sets *format to the name of the compression, a static string. */
bool vmlinuz_unpack(struct file *file, const char **format, struct error *err);
