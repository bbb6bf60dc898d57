/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which kernel the dump is of, and whether vmlinux is of the same build. The answers
 * go to kernel->identity. */
#pragma once

#include "base/bytes.h"
#include "kernel/kernel.h"

struct kernel;
struct space;
struct vmlinux;

/* Finds the release. Compares vmlinux with the note (build-id, release) and, if that
 * does not decide, with the banner in memory; a System.map with the symbols of the
 * note and of kallsyms. Warns of a mismatch. */
void kernel_identify(struct kernel *kernel);

/* A build-id in hexadecimal digits. */
enum { BUILD_ID_TEXT = 2 * 64 + 1 };
/* False, and "", if there is none: in VMCOREINFO; in the kernel's notes in memory,
 * found by kallsyms; in vmlinux. */
bool kernel_build_id_of_note(const struct kernel *kernel,
			     char text[BUILD_ID_TEXT]);
bool kernel_build_id_of_memory(struct kernel *kernel, char text[BUILD_ID_TEXT]);
bool vmlinux_build_id_text(const struct vmlinux *vmlinux,
			   char text[BUILD_ID_TEXT]);

/* Banners, "Linux version RELEASE (...", cut if longer. */
enum { BANNER_SIZE = 512 };
/* RELEASE, borrowed from banner. */
struct bytes banner_release(const char *banner);
/* The banner at virtual address; false if there is none. */
bool space_read_banner(const struct space *space, uint64_t address,
		       char banner[BANNER_SIZE]);
bool kernel_read_banner(struct kernel *kernel, uint64_t address,
			char banner[BANNER_SIZE]);

/* The release by -o, VMCOREINFO, or the banner found by a search of memory. */
void kernel_read_release(struct kernel *kernel);
/* The banner's release, if none is known yet. source: static text. */
void kernel_set_release(struct kernel *kernel, const char *banner,
			const char *source);
/* The same, of the banner at address; false if there is none. */
bool kernel_release_of_banner(struct kernel *kernel, uint64_t address,
			      const char *source);

/* Warns that vmlinux is of another build. what: static text, which property differs;
 * theirs: its value in the dump, ours: in the file. */
void kernel_tell_mismatch(struct kernel *kernel, const char *what,
			  const char *theirs, const char *ours);

/* kernel_identify() for a System.map. */
void kernel_compare_map(struct kernel *kernel);
