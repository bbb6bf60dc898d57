/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ELF cores that a test makes in memory. Headers are written as the test gives them, even if they
 * are wrong. */
#pragma once

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "dump/dump.h"
#include "dump/formats/formats.h"
#include "open/open.h"
#include "put_elf.h"

enum { IMAGE_SIZE = 1 << 17, MAX_HEADERS = 12 };

struct header {
	uint32_t type;
	uint64_t offset, vaddr, paddr, filesz, memsz;
};

struct image {
	bool narrow; /* ELFCLASS32 */
	uint16_t machine, phentsize;
	bool extended; /* the number of headers is in section header 0 */
	uint64_t phoff, shoff;
	struct header headers[MAX_HEADERS];
	unsigned int nr;
	size_t size; /* size of the file */
	uint8_t bytes[IMAGE_SIZE];
};

/* Returns the byte that a new image has at this offset. It differs from the bytes before and after
 * it. */
static inline uint8_t image_byte(uint64_t offset)
{
	return (uint8_t)(offset * 7 + (offset >> 8) * 13 + 5);
}

static inline void image_init(struct image *image, bool narrow)
{
	memset(image, 0, sizeof(*image));
	image->narrow = narrow;
	image->machine = narrow ? EM_386 : EM_X86_64;
	image->phentsize = narrow ? sizeof(Elf32_Phdr) : sizeof(Elf64_Phdr);
	image->phoff = narrow ? sizeof(Elf32_Ehdr) : sizeof(Elf64_Ehdr);
	image->size = IMAGE_SIZE;
	for (size_t i = 0; i < IMAGE_SIZE; i++)
		image->bytes[i] = image_byte(i);
}

static inline void image_add(struct image *image, struct header header)
{
	if (image->nr == MAX_HEADERS)
		abort();
	image->headers[image->nr++] = header;
}

/* Adds a PT_LOAD header for size bytes of the file from offset on. */
static inline void image_load(struct image *image, uint64_t offset, uint64_t paddr, uint64_t size)
{
	image_add(image, (struct header){ .type = PT_LOAD,
					  .offset = offset,
					  .paddr = paddr,
					  .filesz = size,
					  .memsz = size });
}

static inline void image_put_phdr(struct image *image, unsigned int nr)
{
	const struct header *header = &image->headers[nr];
	uint8_t *at = image->bytes + image->phoff + nr * image->phentsize;
	Elf64_Phdr wide = {
		.p_type = header->type,
		.p_offset = header->offset,
		.p_vaddr = header->vaddr,
		.p_paddr = header->paddr,
		.p_filesz = header->filesz,
		.p_memsz = header->memsz,
	};
	Elf32_Phdr narrow = {
		.p_type = header->type,
		.p_offset = (uint32_t)header->offset,
		.p_vaddr = (uint32_t)header->vaddr,
		.p_paddr = (uint32_t)header->paddr,
		.p_filesz = (uint32_t)header->filesz,
		.p_memsz = (uint32_t)header->memsz,
	};

	if (image->narrow)
		put_elf(at, &narrow, sizeof(narrow), ELF_T_PHDR, true);
	else
		put_elf(at, &wide, sizeof(wide), ELF_T_PHDR, false);
}

static inline void image_put_shdr(struct image *image)
{
	Elf64_Shdr wide = { .sh_info = image->nr };
	Elf32_Shdr narrow = { .sh_info = image->nr };
	uint8_t *at = image->bytes + image->shoff;

	if (image->narrow)
		put_elf(at, &narrow, sizeof(narrow), ELF_T_SHDR, true);
	else
		put_elf(at, &wide, sizeof(wide), ELF_T_SHDR, false);
}

static inline void image_put_ehdr(struct image *image)
{
	uint16_t phnum = image->extended ? PN_XNUM : (uint16_t)image->nr;
	Elf64_Ehdr wide = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, 1 },
		.e_type = ET_CORE,
		.e_machine = image->machine,
		.e_version = 1,
		.e_phoff = image->phoff,
		.e_shoff = image->shoff,
		.e_ehsize = sizeof(wide),
		.e_phentsize = image->phentsize,
		.e_phnum = phnum,
	};
	Elf32_Ehdr narrow = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB, 1 },
		.e_type = ET_CORE,
		.e_machine = image->machine,
		.e_version = 1,
		.e_phoff = (uint32_t)image->phoff,
		.e_shoff = (uint32_t)image->shoff,
		.e_ehsize = sizeof(narrow),
		.e_phentsize = image->phentsize,
		.e_phnum = phnum,
	};

	if (image->narrow)
		put_elf(image->bytes, &narrow, sizeof(narrow), ELF_T_EHDR, true);
	else
		put_elf(image->bytes, &wide, sizeof(wide), ELF_T_EHDR, false);
}

static inline void image_finish(struct image *image)
{
	image_put_ehdr(image);
	for (unsigned int i = 0; i < image->nr; i++)
		image_put_phdr(image, i);
	if (image->shoff)
		image_put_shdr(image);
}

/* Opens the first image->size bytes, unchanged. */
static inline struct dump *image_open_bytes(const struct image *image, struct error *err)
{
	struct file file;
	char path[64];
	bool opened;
	int fd = memfd_create("image", MFD_CLOEXEC);

	if (fd < 0 || write(fd, image->bytes, image->size) != (ssize_t)image->size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	opened = file_open(&file, path, err);
	close(fd);
	return opened ? dump_open_parts(&file, 1, NULL, err) : NULL;
}

static inline struct dump *image_open(struct image *image, struct error *err)
{
	image_finish(image);
	return image_open_bytes(image, err);
}

/* override: "NAME=VALUE", or NULL. */
static inline struct kernel *image_open_kernel(struct image *image, const char *override,
					       struct error *err)
{
	const struct opening opening = {
		.dump = image_open(image, err),
		.overrides = &override,
		.nr_overrides = override != NULL,
		.debug_path = "",
	};

	return opening.dump ? open_kernel_dump(&opening, err) : NULL;
}
