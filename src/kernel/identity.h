/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which kernel this is, and whether the vmlinux given is of the same build. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kernel;
struct vmlinux;

enum vmlinux_match {
	VMLINUX_UNCHECKED, /* the dump says nothing to compare with */
	VMLINUX_AGREES,    /* so do a System.map's few symbols that could be compared */
	VMLINUX_SAME_RELEASE, /* the release agrees, the build was not compared */
	VMLINUX_MATCHES,   /* build-id, whole banner, or a map's many symbols agree */
	VMLINUX_DIFFERS,
};

struct identity {
	char release[128];   /* "" where nothing tells */
	const char *release_source;
	enum vmlinux_match match;
	const char *proof;   /* what the match rests on: "build-id", "linux_banner"... */
};

/* Compares vmlinux with the note (build-id, release) and, where that leaves it
 * open, its banner with the dump's memory; a System.map's symbols with the note's
 * and with kallsyms. Tells the listener of a mismatch. */
void kernel_identify(struct kernel *kernel);

/* The note's release. */
void kernel_read_release(struct kernel *kernel);

/* A build-id in hexadecimal digits. */
enum { BUILD_ID_TEXT = 2 * 64 + 1 };
/* The dump's: by its note; by the kernel's own notes in its memory, where
 * kallsyms knows them. False, and "", where there is none. */
bool kernel_build_id_of_note(const struct kernel *kernel, char *text);
bool kernel_build_id_of_memory(struct kernel *kernel, char *text);
bool vmlinux_build_id_text(const struct vmlinux *vmlinux, char *text);
/* "Linux version RELEASE (..." in the dump's memory at address. */
bool kernel_read_banner(struct kernel *kernel, uint64_t address, char *banner,
			size_t size);
void kernel_set_release(struct kernel *kernel, const char *banner,
			const char *source);
/* Says that vmlinux is of another build: both values of what differs. */
void kernel_tell_mismatch(struct kernel *kernel, const char *what,
			  const char *theirs, const char *ours);
/* Of a System.map; see identity_map.c. */
void kernel_compare_map(struct kernel *kernel);

/* The release's numbers as 0x060c00 for 6.12.0; 0 if unknown. The third is
 * the kernel's own only in 2.6.x: later distributions number it themselves,
 * and carry fixes of later releases. */
unsigned int kernel_version(const struct kernel *kernel);
