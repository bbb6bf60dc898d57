/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The files that contain a kernel or its symbols. Such a file is an ELF file, a boot image that
 * contains a kernel, or a System.map, which contains only symbols. A stripped ELF file may have a
 * separate debug file. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"
#include "symbols/symbols.h"
#include "types/types.h"

struct vmlinux {
	struct file file;
	/* A static text: how the file was found; NULL: the user named the file. */
	const char *source;
	/* A static text: how the boot image is compressed; NULL: it is not compressed. */
	const char *packed;
	Elf *elf; /* NULL if the file is a System.map */
	uint16_t machine; /* EM_* */
	/* The symbols of this file or of `debug`; NULL: there are no symbols. */
	struct symbols *symbols;
	struct types *types; /* the types of this file or of `debug`; never NULL */
	struct vmlinux *debug; /* owned; the separate debug file; NULL: there is none */
	const char *debug_source; /* a static text: how `debug` was found */
	struct file supplement_file; /* the supplementary file of dwz */
	Elf *supplement; /* the ELF file in supplement_file; NULL: there is none */
};

/* Is the file of a kind that vmlinux_open() can open? These kinds are ELF executables and shared
 * objects (but not core files), boot images, and System.map files. */
bool vmlinux_probe(const struct file *file);

/* Opens a kernel file. Takes ownership of file, even if it fails. */
struct vmlinux *vmlinux_open(struct file *file, struct error *err);
void vmlinux_close(struct vmlinux *vmlinux); /* vmlinux may be NULL */

/* Takes ownership of `debug`. The symbols of `debug` are used if vmlinux has no symbols, and the
 * types of `debug` are used if vmlinux has no DWARF. `source` is a static text that describes how
 * `debug` was found. */
void vmlinux_attach(struct vmlinux *vmlinux, struct vmlinux *debug, const char *source);

/* Finds the link-time address of a symbol. Returns false if there is no such symbol, or if there is
 * no symbol table. */
bool vmlinux_symbol(const struct vmlinux *vmlinux, const char *name, uint64_t *address);

/* Returns the file that contains the symbols: vmlinux itself, or its debug file. */
const struct vmlinux *vmlinux_of_symbols(const struct vmlinux *vmlinux);

/* vmlinux_has_dwarf() tests whether the file has sections of DWARF. vmlinux_has_types() tests
 * whether the file has sections of DWARF or BTF, or its debug file has sections of DWARF. Neither
 * function tests whether the sections can be read. */
bool vmlinux_has_dwarf(const struct vmlinux *vmlinux);
bool vmlinux_has_types(const struct vmlinux *vmlinux);

/* Returns the reason why no types can be read. It is the end of a sentence that begins with the
 * path. */
enum { WHY_NO_TYPES = 256 };
const char *vmlinux_why_no_types(const struct vmlinux *vmlinux, char text[WHY_NO_TYPES]);

/* Returns a pointer to the size bytes at a link-time address, which are borrowed from the file.
 * Returns NULL if a single section of the file does not contain all of them. */
const uint8_t *vmlinux_content(const struct vmlinux *vmlinux, uint64_t address, size_t size);

/* Finds the GNU build-id. Returns false if the file has none. */
bool vmlinux_build_id(const struct vmlinux *vmlinux, struct bytes *build_id);

/* Finds the banner, the text "Linux version ...". Returns the banner, which is borrowed from the
 * file, and sets *address to its link-time address. The banner is linux_banner, or, without
 * symbols, the first such text in the file. Returns NULL if there is no banner. */
const char *vmlinux_banner(const struct vmlinux *vmlinux, uint64_t *address);

/* Is a link-time address part of the kernel's image? For a System.map, the function tests only
 * whether the address is below _end. */
bool vmlinux_covers(const struct vmlinux *vmlinux, uint64_t address);

/* Are both link-time addresses in the same section? The result is always false for a System.map. */
bool vmlinux_same_section(const struct vmlinux *vmlinux, uint64_t one, uint64_t other);

/* Sets *address to p_vaddr of the first PT_LOAD segment. Returns false if there is no such
 * segment. */
bool vmlinux_first_segment(const struct vmlinux *vmlinux, uint64_t *address);

/* Sets *offset to p_vaddr - p_paddr of the first PT_LOAD segment that is not empty. On i386 this
 * difference is PAGE_OFFSET (LOAD_OFFSET of arch/x86/kernel/vmlinux.lds.S). Returns false if there
 * is no such segment. */
bool vmlinux_load_offset(const struct vmlinux *vmlinux, uint64_t *offset);

/* --- vmlinuz.c: Images, and boot images (bzImage, EFI zboot), which contain a compressed kernel
 * --- */

/* Is the file a boot image or an Image? */
bool vmlinuz_probe(const struct file *file);

/* Replaces file by the ELF file that it contains. If the file contains an Image, or is an Image,
 * replaces it by an ELF file made from the Image. *format gets the static name of the compression,
 * unless the file itself is an Image. If the function fails, file stays open. */
bool vmlinuz_unpack(struct file *file, const char **format, struct error *err);
