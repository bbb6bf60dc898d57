/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A vmlinux made in memory. It has symbols, eight words of data, and optionally types. */
#pragma once

#include <elf.h>
#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "put_elf.h"
#include "debuginfo/vmlinux.h"

/* Sections. LINKED_TEXT has 16M from LINKED_BASE on, and the data section follows. */
enum { LINKED_TEXT = 1, LINKED_DATA, LINKED_SYMTAB, LINKED_STRTAB, LINKED_BTF, LINKED_NR };
#define LINKED_BASE UINT64_C(0xffffffff81000000)
#define LINKED_BASE_32 UINT64_C(0xc1000000)
#define LINKED_DATA_AT UINT64_C(0x1000000) /* offset from the base */

struct linked_symbol {
	const char *name;
	uint64_t address, size;
	uint16_t section; /* 0: LINKED_TEXT */
};

struct linked {
	bool narrow;
	uint16_t machine; /* of a 64-bit vmlinux; 0: x86-64 */
	uint64_t data[8];
	struct linked_symbol symbols[64];
	unsigned int nr;
	const void *btf; /* borrowed; raw BTF, or NULL */
	uint32_t btf_size;
};

struct linked_file {
	uint8_t bytes[1 << 14];
	size_t size;
};

static inline void linked_put(struct linked_file *file, const void *data, size_t size)
{
	if (file->size + size > sizeof(file->bytes))
		abort();
	memcpy(file->bytes + file->size, data, size);
	file->size += size;
}

/* Appends a struct of elf.h in the form in which put_elf() writes it. */
static inline void linked_put_elf(struct linked_file *file, const void *from, size_t size,
				  Elf_Type type, bool narrow)
{
	uint8_t bytes[sizeof(Elf64_Shdr)];

	if (size > sizeof(bytes))
		abort();
	put_elf(bytes, from, size, type, narrow);
	linked_put(file, bytes, size);
}

static inline void linked_put_symbol(struct linked_file *file, bool narrow,
				     const struct linked_symbol *symbol, uint32_t name)
{
	uint16_t section = symbol->section ? symbol->section : LINKED_TEXT;
	Elf64_Sym wide = {
		.st_name = name,
		.st_shndx = name ? section : 0,
		.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT),
		.st_value = symbol->address,
		.st_size = symbol->size,
	};
	Elf32_Sym small = {
		.st_name = name,
		.st_shndx = wide.st_shndx,
		.st_info = wide.st_info,
		.st_value = (uint32_t)symbol->address,
		.st_size = (uint32_t)symbol->size,
	};

	linked_put_elf(file, narrow ? (void *)&small : (void *)&wide,
		       narrow ? sizeof(small) : sizeof(wide), ELF_T_SYM, narrow);
}

static inline void linked_put_headers(struct linked_file *file, const struct linked *linked,
				      const Elf64_Shdr *headers)
{
	bool narrow = linked->narrow;
	Elf64_Ehdr wide = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, 1 },
		.e_type = ET_EXEC,
		.e_machine = linked->machine ? linked->machine : EM_X86_64,
		.e_version = 1,
		.e_shoff = file->size,
		.e_ehsize = sizeof(wide),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = LINKED_NR,
		.e_shstrndx = LINKED_STRTAB,
	};
	Elf32_Ehdr small = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB, 1 },
		.e_type = ET_EXEC,
		.e_machine = EM_386,
		.e_version = 1,
		.e_shoff = (uint32_t)file->size,
		.e_ehsize = sizeof(small),
		.e_shentsize = sizeof(Elf32_Shdr),
		.e_shnum = LINKED_NR,
		.e_shstrndx = LINKED_STRTAB,
	};

	put_elf(file->bytes, narrow ? (void *)&small : (void *)&wide,
		narrow ? sizeof(small) : sizeof(wide), ELF_T_EHDR, narrow);
	for (unsigned int i = 0; i < LINKED_NR; i++) {
		const Elf64_Shdr *from = &headers[i];
		Elf32_Shdr header = {
			.sh_name = from->sh_name,
			.sh_type = from->sh_type,
			.sh_flags = (uint32_t)from->sh_flags,
			.sh_addr = (uint32_t)from->sh_addr,
			.sh_offset = (uint32_t)from->sh_offset,
			.sh_size = (uint32_t)from->sh_size,
			.sh_link = from->sh_link,
			.sh_addralign = 1,
			.sh_entsize = (uint32_t)from->sh_entsize,
		};

		linked_put_elf(file, narrow ? (const void *)&header : from,
			       narrow ? sizeof(header) : sizeof(*from), ELF_T_SHDR, narrow);
	}
}

static inline void linked_build(const struct linked *linked, struct linked_file *file)
{
	static const struct linked_symbol null = { "", 0, 0, 0 };
	bool narrow = linked->narrow;
	uint64_t base = narrow ? LINKED_BASE_32 : LINKED_BASE;
	Elf64_Shdr headers[LINKED_NR] = {
		[LINKED_TEXT] = { .sh_type = SHT_NOBITS,
				  .sh_addralign = 1,
				  .sh_flags = SHF_ALLOC | SHF_EXECINSTR,
				  .sh_addr = base,
				  .sh_size = LINKED_DATA_AT },
		[LINKED_DATA] = { .sh_type = SHT_PROGBITS,
				  .sh_addralign = 1,
				  .sh_flags = SHF_ALLOC | SHF_WRITE,
				  .sh_addr = base + LINKED_DATA_AT,
				  .sh_size = sizeof(linked->data) },
		[LINKED_SYMTAB] = { .sh_type = SHT_SYMTAB,
				    .sh_addralign = 8,
				    .sh_link = LINKED_STRTAB,
				    .sh_entsize = narrow ? sizeof(Elf32_Sym) : sizeof(Elf64_Sym) },
		[LINKED_STRTAB] = { .sh_type = SHT_STRTAB, .sh_addralign = 1 },
		[LINKED_BTF] = { .sh_name = linked->btf ? 1 : 0,
				 .sh_type = SHT_PROGBITS,
				 .sh_addralign = 8 },
	};
	static const char first_names[] = "\0.BTF";
	uint32_t name = sizeof(first_names);

	file->size = sizeof(Elf64_Ehdr);
	memset(file->bytes, 0, file->size);
	headers[LINKED_DATA].sh_offset = file->size;
	for (unsigned int i = 0; i < 8; i++) {
		uint64_t word = htole64(linked->data[i]);

		linked_put(file, &word, sizeof(word));
	}
	headers[LINKED_SYMTAB].sh_offset = file->size;
	linked_put_symbol(file, narrow, &null, 0);
	for (unsigned int i = 0; i < linked->nr; i++) {
		linked_put_symbol(file, narrow, &linked->symbols[i], name);
		name += (uint32_t)strlen(linked->symbols[i].name) + 1;
	}
	headers[LINKED_SYMTAB].sh_size = file->size - headers[LINKED_SYMTAB].sh_offset;
	headers[LINKED_STRTAB].sh_offset = file->size;
	linked_put(file, first_names, sizeof(first_names));
	for (unsigned int i = 0; i < linked->nr; i++)
		linked_put(file, linked->symbols[i].name, strlen(linked->symbols[i].name) + 1);
	headers[LINKED_STRTAB].sh_size = file->size - headers[LINKED_STRTAB].sh_offset;
	while (file->size % 8)
		linked_put(file, "", 1);
	headers[LINKED_BTF].sh_offset = file->size;
	headers[LINKED_BTF].sh_size = linked->btf_size;
	if (linked->btf)
		linked_put(file, linked->btf, linked->btf_size);
	while (file->size % 8)
		linked_put(file, "", 1);
	linked_put_headers(file, linked, headers);
}

static inline void linked_add(struct linked *linked, const char *name, uint64_t address,
			      uint64_t size)
{
	linked->symbols[linked->nr++] = (struct linked_symbol){ name, address, size, 0 };
}

static inline struct vmlinux *linked_open(const struct linked *linked)
{
	struct linked_file *built = malloc(sizeof(*built));
	struct vmlinux *vmlinux = NULL;
	struct error err;
	struct file file;
	char path[64];
	int fd = memfd_create("vmlinux", MFD_CLOEXEC);

	if (!built || fd < 0)
		abort();
	linked_build(linked, built);
	if (write(fd, built->bytes, built->size) != (ssize_t)built->size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (file_open(&file, path, &err))
		vmlinux = vmlinux_open(&file, &err);
	close(fd);
	free(built);
	if (!vmlinux)
		abort();
	return vmlinux;
}
