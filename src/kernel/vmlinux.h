/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What describes the kernel beside the dump: symbols, types, release, build-id,
 * link addresses. Usually its ELF file; one that is stripped may have a debug
 * file with it, a boot image has one packed in it, a System.map is symbols alone.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"
#include "kernel/symbols.h"
#include "kernel/types.h"

struct vmlinux {
	struct file file;
	const char *packed;      /* of a boot image: how its ELF file was packed */
	Elf *elf;                /* NULL: a System.map */
	uint16_t machine;        /* EM_386, EM_X86_64 */
	struct symbols *symbols; /* NULL where there are none */
	struct types *types;
	struct vmlinux *debug;   /* owned: the file that symbols or types are from, if another */
	const char *debug_source; /* what it was found by: static text */
	struct file supplement_file; /* dwz's, of this file's types... */
	Elf *supplement;             /* ...NULL where it has none */
};

/* Is this an ELF executable or shared object (not a core), a boot image or a
 * System.map? */
bool vmlinux_probe(const struct file *file);

/* Takes over file (also on failure). */
struct vmlinux *vmlinux_open(struct file *file, struct error *err);
void vmlinux_close(struct vmlinux *vmlinux); /* NULL is fine */

/* Takes over debug, and its symbols and types where it has what the file lacks. */
void vmlinux_attach(struct vmlinux *vmlinux, struct vmlinux *debug,
		    const char *source);

/* Link-time address of a symbol; false without symbols too. */
bool vmlinux_symbol(const struct vmlinux *vmlinux, const char *name,
		    uint64_t *address);

/* The file that its symbols are from: itself or its debug file. */
const struct vmlinux *vmlinux_of_symbols(const struct vmlinux *vmlinux);

/* Does it hold the kernel's code? A debug file has headers of it only. */
bool vmlinux_has_code(const struct vmlinux *vmlinux);

/* Sections of DWARF; of DWARF or BTF, its debug file's too. Not whether they can
 * be read. */
bool vmlinux_has_dwarf(const struct vmlinux *vmlinux);
bool vmlinux_has_types(const struct vmlinux *vmlinux);

/* What is missing where no types can be read, to be said behind its path. */
const char *vmlinux_why_no_types(const struct vmlinux *vmlinux);

/* size bytes of the file's own content at a link-time address, or NULL where
 * no section with content holds them. */
const uint8_t *vmlinux_content(const struct vmlinux *vmlinux, uint64_t address,
			       size_t size);

/* GNU build-id; false where there is none. The same among notes that lie in one run. */
bool vmlinux_build_id(const struct vmlinux *vmlinux, struct bytes *build_id);
bool build_id_in(struct bytes notes, struct bytes *build_id);

/* "Linux version ..." and its link-time address: of the symbol linux_banner, or
 * where there are no symbols, where it or a copy stands. NULL where it has none. */
const char *vmlinux_banner(const struct vmlinux *vmlinux, uint64_t *address);

/* Does a link-time address lie in the kernel's image? */
bool vmlinux_covers(const struct vmlinux *vmlinux, uint64_t address);

/* p_vaddr - p_paddr of the first PT_LOAD that is not empty: on i386 this is
 * PAGE_OFFSET (LOAD_OFFSET of arch/x86/kernel/vmlinux.lds.S). */
bool vmlinux_load_offset(const struct vmlinux *vmlinux, uint64_t *offset);
