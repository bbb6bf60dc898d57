/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Functions for all kinds of ELF files: finding sections by name, and the build-id. */
#pragma once

#include <gelf.h>
#include <stdbool.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"

/* Opens a file with libelf, which reads from the mapping. Returns NULL and sets err if the file is
 * not an ELF file, or has more sections than any kernel. The message begins with the path. */
Elf *elf_open(const struct file *file, struct error *err);

/* Enumerates the sections. Returns the section after `section`, or the first section if `section`
 * is NULL. *header gets the header of the returned section. Returns NULL after the last section.
 * Sections with damaged headers are skipped. elf may be NULL. */
Elf_Scn *elf_next_section(Elf *elf, Elf_Scn *section, GElf_Shdr *header);

/* Returns the section with this name, or NULL. SHT_NOBITS sections are ignored. */
Elf_Scn *elf_section(Elf *elf, const char *name);
bool elf_has_section(Elf *elf, const char *name); /* it may be a SHT_NOBITS section */
/* Returns the contents of a section, which belong to elf. Returns NULL if there is no such section,
 * or if the section is compressed. */
Elf_Data *elf_section_data(Elf *elf, const char *name);

/* Are the uncompressed sizes of all compressed sections plausible? Uncompressing makes the sections
 * of a kernel three to five times as large. The sizes must be checked, because libelf allocates any
 * size that a header claims. */
bool elf_may_be_unpacked(Elf *elf);

/* Find the GNU build-id. elf_build_id_in() searches `notes`. elf_build_id() searches the note
 * sections of elf, whose bytes are `file`. *build_id points into `notes` or `file`. Return false if
 * there is no build-id. */
bool elf_build_id_in(struct bytes notes, struct bytes *build_id);
bool elf_build_id(Elf *elf, struct bytes file, struct bytes *build_id);

/* Writes a build-id as hexadecimal digits. If the build-id is empty or too long for text, sets text
 * to "" and returns false. */
enum { BUILD_ID_TEXT = 2 * 64 + 1 };
bool elf_build_id_text(struct bytes build_id, char text[BUILD_ID_TEXT]);
