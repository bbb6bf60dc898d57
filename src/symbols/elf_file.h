/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* ELF files in general: sections by name, and the build-id. */
#pragma once

#include <gelf.h>
#include <stdbool.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"

/* Opens a file for reading from its mapping. Returns NULL and sets err if the file is not an ELF
 * file or has more sections than any kernel. The message begins with the path. */
Elf *elf_open(const struct file *file, struct error *err);

/* Returns the section after section (the first section if section is NULL) and its header, or NULL
 * after the last section. Skips sections with damaged headers. elf may be NULL. */
Elf_Scn *elf_next_section(Elf *elf, Elf_Scn *section, GElf_Shdr *header);

/* Returns the section with this name, or NULL. Ignores SHT_NOBITS sections. */
Elf_Scn *elf_section(Elf *elf, const char *name);
/* Returns the contents of a section, owned by elf. Returns NULL if elf has no such section, or if
 * the section is compressed. */
Elf_Data *elf_section_data(Elf *elf, const char *name);

/* Do the compressed sections have plausible unpacked sizes? The sections of a kernel grow to three
 * to five times their size. libelf allocates any size that a header claims. */
bool elf_may_be_unpacked(Elf *elf);

/* Finds the GNU build-id in notes, or in the notes of elf. *build_id points into notes or file.
 * Returns false if there is no build-id. */
bool elf_build_id_in(struct bytes notes, struct bytes *build_id);
bool elf_build_id(Elf *elf, struct bytes file, struct bytes *build_id);

/* Writes a build-id as hexadecimal digits. If the build-id is empty or too long, sets text to ""
 * and returns false. */
enum { BUILD_ID_TEXT = 2 * 64 + 1 };
bool elf_build_id_text(struct bytes build_id, char text[BUILD_ID_TEXT]);
