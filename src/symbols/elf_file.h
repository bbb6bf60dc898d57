/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* ELF files in general: sections by name, build-id. */
#pragma once

#include <gelf.h>
#include <stdbool.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"

/* Opens a file, for reading as it is mapped. NULL with err, whose message begins with the
 * path: it is no ELF file, or has more sections than any kernel's. */
Elf *elf_open(const struct file *file, struct error *err);

/* The section after section (NULL: the first one) and its header, or NULL. Sections
 * with damaged headers are skipped. elf may be NULL. */
Elf_Scn *elf_next_section(Elf *elf, Elf_Scn *section, GElf_Shdr *header);

/* The section with that name, or NULL. SHT_NOBITS sections do not count. */
Elf_Scn *elf_section(Elf *elf, const char *name);
/* Its contents, owned by elf; NULL if there is no such section or it is
 * compressed. */
Elf_Data *elf_section_data(Elf *elf, const char *name);

/* Do the compressed sections claim a plausible unpacked size? A kernel's are three to
 * five times as large unpacked; libelf allocates whatever a header claims. */
bool elf_may_be_unpacked(Elf *elf);

/* The GNU build-id, as part of notes or file; false if there is none. */
bool elf_build_id_in(struct bytes notes, struct bytes *build_id);
bool elf_build_id(Elf *elf, struct bytes file, struct bytes *build_id);

/* A build-id in hexadecimal digits. False, and "", if it has none, or too many. */
enum { BUILD_ID_TEXT = 2 * 64 + 1 };
bool elf_build_id_text(struct bytes build_id, char text[BUILD_ID_TEXT]);
