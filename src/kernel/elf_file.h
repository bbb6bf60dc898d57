/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is asked of any ELF file: sections by name, the build-id. */
#pragma once

#include <libelf.h>
#include <stdbool.h>

#include "base/bytes.h"

/* The section of that name that has content, or NULL. */
Elf_Scn *elf_section(Elf *elf, const char *name);
/* Its content where it is not compressed, else NULL. */
Elf_Data *elf_section_data(Elf *elf, const char *name);

/* GNU build-id; false where there is none. bytes are the file's. */
bool elf_build_id_in(struct bytes notes, struct bytes *build_id);
bool elf_build_id(Elf *elf, struct bytes file, struct bytes *build_id);
