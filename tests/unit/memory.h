/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An ELF core with 64K of memory from paddr 0 on, for tests that need a kernel. Include it before
 * cmocka.h, which defines a macro fail(). */
#pragma once

#include <endian.h>

#include "image.h"

enum { P = 1, RW = 2, US = 4, PS = 0x80, MEMORY = 0x1000, MEMORY_SIZE = 0x10000 };

/* The address of a kernel's image, and so of this memory, if KASLR did not move it. */
#define IMAGE UINT64_C(0xffffffff80000000)
#define IMAGE_32 UINT64_C(0xc0000000)

static struct image image;

static inline void put(uint64_t paddr, uint64_t value, size_t size)
{
	value = htole64(value);
	memcpy(image.bytes + MEMORY + paddr, &value, size);
}

/* Clears the memory, and does not add it to the core yet. */
static inline void memory_init(bool narrow)
{
	image_init(&image, narrow);
	memset(image.bytes + MEMORY, 0, MEMORY_SIZE);
}

static inline void show_memory_load(void)
{
	image_load(&image, MEMORY, 0, MEMORY_SIZE);
}

/* Adds the memory to the core, and note as VMCOREINFO. */
static inline void memory_start(bool narrow, const char *note)
{
	uint32_t header[3] = { htole32(11), htole32((uint32_t)strlen(note)) };
	uint64_t at = MEMORY + MEMORY_SIZE;

	memory_init(narrow);
	memcpy(image.bytes + at, header, sizeof(header));
	memcpy(image.bytes + at + 12, "VMCOREINFO\0", 12);
	memcpy(image.bytes + at + 24, note, strlen(note));
	image_add(&image,
		  (struct header){ .type = PT_NOTE, .offset = at, .filesz = 24 + strlen(note) });
	show_memory_load();
}

/* Writes four levels of tables that map the memory as the kernel's image. The top-level table is at
 * paddr 1000. */
static inline void memory_put_tables(void)
{
	put(0x1ff8, 0x2000 | P | RW, 8);
	put(0x2ff0, 0x3000 | P | RW, 8);
	put(0x3000, P | RW | PS, 8);
}

/* Starts an image with the tables of memory_put_tables(), and with a note that describes them.
 * more: more lines for the note. */
static inline void memory_start_64(const char *release, const char *more)
{
	char note[2048];

	snprintf(note, sizeof(note),
		 "OSRELEASE=%s\nSYMBOL(swapper_pg_dir)=ffffffff80001000\n"
		 "NUMBER(phys_base)=0\nNUMBER(pgtable_l5_enabled)=0\n"
		 "KERNELOFFSET=0\n%s",
		 release, more);
	memory_start(false, note);
	memory_put_tables();
}

/* i386 without PAE: the table at paddr 1000 maps the memory at IMAGE_32. */
static inline void memory_start_32(const char *release, const char *more)
{
	char note[2048];

	snprintf(note, sizeof(note),
		 "OSRELEASE=%s\nSYMBOL(swapper_pg_dir)=c0001000\n"
		 "SYMBOL(_stext)=c1000000\n%s",
		 release, more);
	memory_start(true, note);
	put(0x1000 + 4 * (IMAGE_32 >> 22), P | RW | PS, 4);
}

/* Takes over vmlinux, which may be NULL. Ends the program if there is no kernel. */
static inline struct kernel *memory_open_with(struct vmlinux *vmlinux, const char *const *overrides,
					      size_t nr)
{
	struct error err = { .message = "" };
	const struct opening opening = {
		.dump = image_open(&image, &err),
		.vmlinux = vmlinux,
		.overrides = overrides,
		.nr_overrides = nr,
		.debug_path = "",
	};
	struct kernel *kernel = opening.dump ? open_kernel_dump(&opening, &err) : NULL;

	if (!kernel) {
		fprintf(stderr, "%s\n", err.message);
		abort();
	}
	return kernel;
}

/* override: "NAME=VALUE", or NULL. */
static inline struct kernel *memory_open(struct vmlinux *vmlinux, const char *override)
{
	return memory_open_with(vmlinux, &override, override != NULL);
}
