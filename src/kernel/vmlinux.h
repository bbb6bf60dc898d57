/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel's ELF file: symbols, types, release, build-id, link addresses. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"
#include "kernel/symbols.h"
#include "kernel/types.h"

struct vmlinux {
	struct file file;
	Elf *elf;
	uint16_t machine;        /* EM_386, EM_X86_64 */
	struct symbols *symbols; /* NULL where the file has none */
	struct types *types;
};

/* Is this an ELF executable or shared object (not a core)? */
bool vmlinux_probe(const struct file *file);

/* Takes over file (also on failure). */
struct vmlinux *vmlinux_open(struct file *file, struct error *err);
void vmlinux_close(struct vmlinux *vmlinux); /* NULL is fine */

/* size bytes of the file's own content at a link-time address, or NULL where
 * no section with content holds them. */
const uint8_t *vmlinux_content(const struct vmlinux *vmlinux, uint64_t address,
			       size_t size);

/* GNU build-id; false where there is none. The same among notes that lie in one run. */
bool vmlinux_build_id(const struct vmlinux *vmlinux, struct bytes *build_id);
bool build_id_in(struct bytes notes, struct bytes *build_id);

/* "Linux version ..." text of the symbol linux_banner, NULL where it has none. */
const char *vmlinux_banner(const struct vmlinux *vmlinux);

/* Section name of a link-time address, or NULL. */
const char *vmlinux_section_at(const struct vmlinux *vmlinux, uint64_t address);

/* p_vaddr - p_paddr of the first PT_LOAD with content: on i386 this is
 * PAGE_OFFSET (LOAD_OFFSET of arch/x86/kernel/vmlinux.lds.S). */
bool vmlinux_load_offset(const struct vmlinux *vmlinux, uint64_t *offset);
