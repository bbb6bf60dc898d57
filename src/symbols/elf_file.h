/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* ELF files in general: sections by name, build-id. */
#pragma once

#include <gelf.h>
#include <stdbool.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"

/* Opens a file for reading in its mapping. NULL with err, whose message begins with the path: not
 * an ELF file, or more sections than any kernel has. */
Elf *elf_open(const struct file *file, struct error *err);

/* The section after section (NULL: the first one) and its header; NULL: no more sections. Sections
 * with damaged headers are skipped. elf may be NULL. */
Elf_Scn *elf_next_section(Elf *elf, Elf_Scn *section, GElf_Shdr *header);

/* The section with this name; NULL: none. SHT_NOBITS sections do not count. */
Elf_Scn *elf_section(Elf *elf, const char *name);
/* The contents of a section, owned by elf. NULL: no such section, or compressed. */
Elf_Data *elf_section_data(Elf *elf, const char *name);

/* Do the compressed sections have plausible unpacked sizes? A kernel's sections grow three to five
 * times; libelf allocates any size that a header claims. */
bool elf_may_be_unpacked(Elf *elf);

/* The GNU build-id, a part of the given notes. False: there is none. */
bool elf_build_id_in(struct bytes notes, struct bytes *build_id);
bool elf_build_id(Elf *elf, struct bytes file, struct bytes *build_id);

/* A build-id as hexadecimal digits. False, and "": there is none, or it is too long. */
enum { BUILD_ID_TEXT = 2 * 64 + 1 };
bool elf_build_id_text(struct bytes build_id, char text[BUILD_ID_TEXT]);
