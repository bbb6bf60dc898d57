/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Fills kernel->identity: which kernel the dump is of, and whether vmlinux matches. */
#pragma once

#include <stdbool.h>

#include "kernel/kernel.h"

struct vmlinux;

/* Finds the release. Compares vmlinux with the note (build-id, release) and, if that
 * does not decide, with the banner in memory; a System.map with the symbols of the
 * note and of kallsyms. Warns of a mismatch. */
void open_identify(struct kernel *kernel);

/* A build-id in hexadecimal digits. */
enum { BUILD_ID_TEXT = 2 * 64 + 1 };
/* From VMCOREINFO; from the kernel's notes in memory, found by kallsyms; from vmlinux.
 * False, and "", if there is none. */
bool open_build_id_of_note(const struct kernel *kernel, char text[BUILD_ID_TEXT]);
bool open_build_id_of_memory(struct kernel *kernel, char text[BUILD_ID_TEXT]);
bool vmlinux_build_id_text(const struct vmlinux *vmlinux, char text[BUILD_ID_TEXT]);

/* The release by -o, VMCOREINFO, or the banner found by a search of memory. */
void open_read_release(struct kernel *kernel);
