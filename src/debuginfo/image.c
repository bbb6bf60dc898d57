/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "debuginfo/image.h"

#include <elf.h>
#include <endian.h>

enum { IMAGE_MAGIC = 56, IMAGE_HEADER = 64 };

/* The machines whose Image has a header that kwalk recognises. The magic of riscv64 is magic2. The
 * first symbol is in arch/arm64/kernel/vmlinux.lds.S and arch/riscv/kernel/vmlinux.lds.S. */
static const struct image_kind {
	char magic[5];
	uint16_t machine;
	const char *first_symbol;
} kinds[] = { { "ARM\x64", EM_AARCH64, "_text" }, { "RSC\x05", EM_RISCV, "_start" } };

static const struct image_kind *kind_of(struct bytes bytes)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (bytes.size >= IMAGE_HEADER &&
		    !memcmp(bytes.data + IMAGE_MAGIC, kinds[i].magic, 4))
			return &kinds[i];
	return NULL;
}

bool image_probe(struct bytes bytes)
{
	return kind_of(bytes);
}

const char *image_first_symbol(uint16_t machine)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].machine == machine)
			return kinds[i].first_symbol;
	return NULL;
}

/* Returns the file offset of the note with the kernel's build-id, or 0 if there is none. *size gets
 * the size of the note. Build-ids of vDSOs are ignored: they are in the same page as the ELF header
 * of the vDSO. */
static uint64_t find_build_id(struct bytes image, uint64_t *size)
{
	enum { PAGE = 4096, ID_SIZE = 20 };
	/* The last byte is the NUL after "GNU", which C adds. */
	static const uint8_t start[] = "\4\0\0\0\x14\0\0\0\3\0\0\0GNU";
	const uint8_t *at = image.data, *end = image.data + image.size;

	*size = sizeof(start) + ID_SIZE;
	while ((at = memmem(at, (size_t)(end - at), start, sizeof(start)))) {
		uint64_t offset = (uint64_t)(at - image.data);
		const uint8_t *page = image.data + (offset & -(uint64_t)PAGE);

		if (memcmp(page, ELFMAG, SELFMAG) && range_within(offset, *size, image.size))
			return offset;
		at += sizeof(start);
	}
	return 0;
}

static const char section_names[] = "\0.image\0.notes";

enum { NAME_IMAGE = 1, NAME_NOTES = 8, NR_SECTIONS = 4 };

struct image_elf {
	Elf64_Ehdr header;
	/* The null section, the Image, the note with the build-id, the names of sections. */
	Elf64_Shdr section[NR_SECTIONS];
	char names[sizeof(section_names)];
};

static void image_put_headers(struct image_elf *elf, uint16_t machine, struct bytes image)
{
	uint64_t size, build_id = find_build_id(image, &size);

	*elf = (struct image_elf){
		.header = {
			.e_ident = ELFMAG,
			.e_type = ET_EXEC,
			.e_machine = machine,
			.e_version = EV_CURRENT,
			.e_shoff = offsetof(struct image_elf, section),
			.e_ehsize = sizeof(elf->header),
			.e_shentsize = sizeof(elf->section[0]),
			.e_shnum = NR_SECTIONS,
			.e_shstrndx = NR_SECTIONS - 1,
		},
		.section[1] = {
			.sh_name = NAME_IMAGE,
			.sh_type = SHT_PROGBITS,
			.sh_flags = SHF_ALLOC | SHF_WRITE | SHF_EXECINSTR, /* code and data */
			.sh_offset = sizeof(*elf),
			.sh_size = image.size,
			.sh_addralign = 1,
		},
		.section[2] = {
			.sh_name = NAME_NOTES,
			.sh_type = build_id ? SHT_NOTE : SHT_PROGBITS,
			.sh_offset = sizeof(*elf) + build_id,
			.sh_size = build_id ? size : 0,
			.sh_addralign = 4,
		},
		.section[3] = {
			.sh_type = SHT_STRTAB,
			.sh_offset = offsetof(struct image_elf, names),
			.sh_size = sizeof(section_names),
			.sh_addralign = 1,
		},
	};
	elf->header.e_ident[EI_CLASS] = ELFCLASS64;
	/* The headers have the byte order of the machine on which kwalk runs, because the struct is
	 * written as it is in memory. libelf does not interpret the bytes of the Image. */
	elf->header.e_ident[EI_DATA] = __BYTE_ORDER == __LITTLE_ENDIAN ? ELFDATA2LSB : ELFDATA2MSB;
	elf->header.e_ident[EI_VERSION] = EV_CURRENT;
	memcpy(elf->names, section_names, sizeof(section_names));
}

bool image_wrap(struct file *file, struct error *err)
{
	struct bytes image = file->bytes;
	struct image_elf elf;
	struct file wrapped;
	uint8_t *to;

	if (!file_create(&wrapped, file->path, sizeof(elf) + image.size, &to, err))
		return false;
	image_put_headers(&elf, kind_of(image)->machine, image);
	memcpy(to, &elf, sizeof(elf));
	memcpy(to + sizeof(elf), image.data, image.size);
	file_close(file);
	*file = wrapped;
	return true;
}
