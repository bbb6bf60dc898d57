/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The relocations of the debug sections of modules, for each machine. */
#include <fcntl.h>
#include <gelf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "debuginfo/ko_file.h"
#include "symbols/elf_file.h"
#include "linked.h"

#include "unit.h"

enum { PLACE = 8, SYMBOL = 4, ADDEND = 3, BEFORE = 0x11 };

struct reloc {
	uint16_t machine;
	uint32_t type;
	unsigned int width;
	bool relative;
	int64_t addend; /* 0: ADDEND */
	int sign; /* of the value that is added to the content; 0: it replaces the content */
};

static const char names[] = "\0.text\0.debug_line\0.rel\0.symtab\0.strtab";
enum { TEXT_NAME = 1, LINE_NAME = 7, REL_NAME = 19, SYMTAB_NAME = 24, STRTAB_NAME = 32 };
enum { TEXT_NR = 1, LINE_NR, REL_NR, SYMTAB_NR, STRTAB_NR };

static void put_section(Elf *elf, GElf_Shdr header, Elf_Type type, void *content, size_t size)
{
	Elf_Scn *section = elf_newscn(elf);
	Elf_Data *data = elf_newdata(section);

	assert_non_null(data);
	data->d_buf = content;
	data->d_size = size;
	data->d_type = type;
	data->d_align = 1;
	data->d_version = EV_CURRENT;
	header.sh_addralign = 1;
	assert_true(gelf_update_shdr(section, &header));
}

/* Writes a module with one relocation: of .debug_line, to a symbol in .text. */
static void write_module(const char *path, const struct reloc *reloc)
{
	bool narrow = reloc->machine == EM_386;
	uint8_t text[16] = { 0 }, line[32];
	Elf64_Sym symbols64[2] = { { 0 }, { .st_shndx = TEXT_NR, .st_value = SYMBOL } };
	Elf32_Sym symbols32[2] = { { 0 }, { .st_shndx = TEXT_NR, .st_value = SYMBOL } };
	Elf64_Rela rela = { PLACE, ELF64_R_INFO(1, reloc->type),
			    reloc->addend ? reloc->addend : ADDEND };
	Elf32_Rel rel = { PLACE, ELF32_R_INFO(1, reloc->type) };
	GElf_Ehdr ehdr;
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	Elf *elf = elf_begin(fd, ELF_C_WRITE, NULL);

	memset(line, BEFORE, sizeof(line));
	if (narrow)
		memcpy(line + PLACE, (uint8_t[4]){ ADDEND }, 4);
	assert_non_null(elf);
	assert_true(gelf_newehdr(elf, narrow ? ELFCLASS32 : ELFCLASS64));
	assert_true(gelf_getehdr(elf, &ehdr));
	ehdr.e_ident[EI_DATA] = ELFDATA2LSB;
	ehdr.e_type = ET_REL;
	ehdr.e_machine = reloc->machine;
	ehdr.e_version = EV_CURRENT;
	ehdr.e_shstrndx = STRTAB_NR;
	assert_true(gelf_update_ehdr(elf, &ehdr));
	put_section(elf,
		    (GElf_Shdr){ .sh_name = TEXT_NAME,
				 .sh_type = SHT_PROGBITS,
				 .sh_flags = SHF_ALLOC | SHF_EXECINSTR },
		    ELF_T_BYTE, text, sizeof(text));
	put_section(elf, (GElf_Shdr){ .sh_name = LINE_NAME, .sh_type = SHT_PROGBITS }, ELF_T_BYTE,
		    line, sizeof(line));
	put_section(elf,
		    (GElf_Shdr){ .sh_name = REL_NAME,
				 .sh_type = narrow ? SHT_REL : SHT_RELA,
				 .sh_link = SYMTAB_NR,
				 .sh_info = LINE_NR,
				 .sh_entsize = narrow ? sizeof(rel) : sizeof(rela) },
		    narrow ? ELF_T_REL : ELF_T_RELA, narrow ? (void *)&rel : (void *)&rela,
		    narrow ? sizeof(rel) : sizeof(rela));
	put_section(elf,
		    (GElf_Shdr){ .sh_name = SYMTAB_NAME,
				 .sh_type = SHT_SYMTAB,
				 .sh_link = STRTAB_NR,
				 .sh_info = 1,
				 .sh_entsize = narrow ? sizeof(Elf32_Sym) : sizeof(Elf64_Sym) },
		    ELF_T_SYM, narrow ? (void *)symbols32 : (void *)symbols64,
		    narrow ? sizeof(symbols32) : sizeof(symbols64));
	put_section(elf, (GElf_Shdr){ .sh_name = STRTAB_NAME, .sh_type = SHT_STRTAB }, ELF_T_BYTE,
		    (void *)names, sizeof(names));
	assert_true(elf_update(elf, ELF_C_WRITE) > 0);
	elf_end(elf);
	close(fd);
}

static struct ko_file *open_module(const struct reloc *reloc, struct error *err)
{
	char path[] = "ko-link-XXXXXX";
	struct file file;
	struct ko_file *module;

	close(mkstemp(path));
	write_module(path, reloc);
	assert_true(file_open(&file, path, err));
	unlink(path);
	module = ko_file_open(&file, NULL, err);
	return module;
}

/* lines.c reads elf_rawdata(), and libdw elf_getdata(). */
static void each_kind(void **state)
{
	static const struct reloc relocs[] = {
		{ EM_X86_64, R_X86_64_64, 8, false, 0, 0 },
		{ EM_X86_64, R_X86_64_PC32, 4, true, 0, 0 },
		{ EM_X86_64, R_X86_64_32, 4, false, 0, 0 },
		{ EM_X86_64, R_X86_64_32S, 4, false, 0, 0 },
		{ EM_386, R_386_32, 4, false, 0, 0 },
		{ EM_386, R_386_PC32, 4, true, 0, 0 },
		{ EM_AARCH64, R_AARCH64_ABS64, 8, false, 0, 0 },
		{ EM_AARCH64, R_AARCH64_ABS32, 4, false, 0, 0 },
		{ EM_AARCH64, R_AARCH64_PREL32, 4, true, 0, 0 },
		{ EM_RISCV, R_RISCV_64, 8, false, 0, 0 },
		{ EM_RISCV, R_RISCV_32, 4, false, 0, 0 },
		{ EM_RISCV, R_RISCV_32_PCREL, 4, true, 0, 0 },
		{ EM_RISCV, R_RISCV_SET8, 1, false, 0, 0 },
		{ EM_RISCV, R_RISCV_SET16, 2, false, 0, 0 },
		{ EM_RISCV, R_RISCV_SET32, 4, false, 0, 0 },
		{ EM_RISCV, R_RISCV_ADD8, 1, false, 0, 1 },
		{ EM_RISCV, R_RISCV_ADD16, 2, false, 0, 1 },
		{ EM_RISCV, R_RISCV_ADD32, 4, false, 0, 1 },
		{ EM_RISCV, R_RISCV_ADD64, 8, false, 0, 1 },
		{ EM_RISCV, R_RISCV_SUB8, 1, false, 0, -1 },
		{ EM_RISCV, R_RISCV_SUB16, 2, false, 0, -1 },
		{ EM_RISCV, R_RISCV_SUB32, 4, false, 0, -1 },
		{ EM_RISCV, R_RISCV_SUB64, 8, false, 0, -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(relocs) / sizeof(relocs[0]); i++) {
		struct ko_file *module = open_module(&relocs[i], NULL);
		Elf_Scn *section;
		uint8_t before[8];
		GElf_Shdr text;
		uint64_t want;

		assert_non_null(module);
		assert_true(gelf_getshdr(elf_section(module->elf, ".text"), &text));
		assert_true(text.sh_addr);
		want = text.sh_addr + SYMBOL + ADDEND - (relocs[i].relative ? PLACE : 0);
		if (relocs[i].sign) {
			memset(before, BEFORE, sizeof(before));
			want = load_le64(before) + (relocs[i].sign > 0 ? want : -want);
		}
		want &= UINT64_MAX >> (64 - 8 * relocs[i].width);
		section = elf_section(module->elf, ".debug_line");
		for (int raw = 0; raw < 2; raw++) {
			Elf_Data *data =
				raw ? elf_rawdata(section, NULL) : elf_getdata(section, NULL);
			const uint8_t *bytes = data->d_buf;

			assert_int_equal(data->d_size, 32);
			assert_int_equal(load_le(bytes + PLACE, relocs[i].width), want);
			assert_int_equal(bytes[PLACE - 1], BEFORE);
			assert_int_equal(bytes[PLACE + relocs[i].width], BEFORE);
		}
		ko_file_close(module);
	}
}

/* Bytes of code that a relocation changes are open. Sections of relocations are not larger than the file, all together:
 * those that overlap would take hours. */
static void code(void **state)
{
	static const struct {
		uint64_t more; /* bytes of the section */
		bool has;
	} rows[] = { { 0, true }, { 1 << 20, false }, { UINT64_MAX / 2, false } };
	static const struct reloc reloc = { EM_X86_64, R_X86_64_64, 8, false, 0, 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ko_file *module = open_module(&reloc, NULL);
		GElf_Shdr text, header;
		uint8_t bytes[16];
		bool is_open[16] = { false };
		Elf_Scn *section;

		assert_non_null(module);
		assert_true(gelf_getshdr(elf_section(module->elf, ".text"), &text));
		section = elf_section(module->elf, ".rel");
		assert_true(gelf_getshdr(section, &header));
		header.sh_info = TEXT_NR;
		header.sh_size += rows[i].more;
		assert_true(gelf_update_shdr(section, &header));
		assert_int_equal(ko_file_code(module, text.sh_addr, 16, bytes, is_open),
				 rows[i].has);
		for (size_t at = 0; rows[i].has && at < 16; at++)
			assert_int_equal(is_open[at], at >= PLACE);
		ko_file_close(module);
	}
}

/* The bytes of a section of vmlinux are in the file, whatever its header says: a sum must not wrap. */
static void content_of_vmlinux(void **state)
{
	static const struct {
		uint64_t address, offset, length; /* of the section; 0: as it is */
		uint64_t at;
		size_t size;
		bool has;
	} rows[] = {
		{ 0, 0, 0, 0, 8, true },
		{ 0, 0, 0, 56, 8, true },
		{ 0, 0, 0, 57, 8, false },
		{ 0, UINT64_MAX - 64, 0, 0, 8, false },
		{ 1, 0, UINT64_MAX, 0, 8, true },
		{ 1, 0, UINT64_MAX, 1 << 20, 8, false },
		{ 1, 64, UINT64_MAX, UINT64_MAX - 16, 8, false },
		{ 1, 64, UINT64_MAX, UINT64_MAX - 64 - 8, 8, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct linked linked = { .data = { 1 } };
		struct vmlinux *vmlinux = linked_open(&linked);
		Elf_Scn *section = elf_getscn(vmlinux->elf, LINKED_DATA);
		GElf_Shdr header;
		uint64_t start;

		/* Other sections must not be found. */
		for (size_t nr = 1; nr < LINKED_NR; nr++) {
			Elf_Scn *other = elf_getscn(vmlinux->elf, nr);

			if (nr == LINKED_DATA || !gelf_getshdr(other, &header))
				continue;
			header.sh_flags = 0;
			assert_true(gelf_update_shdr(other, &header));
		}
		assert_true(gelf_getshdr(section, &header));
		header.sh_flags |= SHF_ALLOC;
		header.sh_addr = rows[i].address ?: header.sh_addr;
		header.sh_offset = rows[i].offset ?: header.sh_offset;
		header.sh_size = rows[i].length ?: header.sh_size;
		start = header.sh_addr;
		assert_true(gelf_update_shdr(section, &header));
		if (!vmlinux_content(vmlinux, start + rows[i].at, rows[i].size) == rows[i].has)
			fail_msg("row %zu", i);
		vmlinux_close(vmlinux);
	}
}

static void refused(void **state)
{
	static const struct {
		struct reloc reloc;
		const char *why;
	} cases[] = {
		{ { EM_X86_64, R_X86_64_GOT32, 4, false, 0, 0 }, "(type 3) that is unknown" },
		{ { EM_AARCH64, R_X86_64_64, 8, false, 0, 0 }, "(type 1) that is unknown" },
		{ { EM_RISCV, R_RISCV_CALL, 4, false, 0, 0 }, "(type 18) that is unknown" },
		{ { EM_RISCV, R_RISCV_32, 4, false, 1LL << 32, 0 }, "whose value is too large" },
		{ { EM_386, R_386_GOT32, 4, false, 0, 0 }, "(type 3) that is unknown" },
		{ { EM_X86_64, R_X86_64_32, 4, false, 1LL << 32, 0 }, "whose value is too large" },
		{ { EM_X86_64, R_X86_64_32S, 4, false, 1LL << 31, 0 }, "whose value is too large" },
		{ { EM_X86_64, R_X86_64_32, 4, false, -(1LL << 30), 0 },
		  "whose value is too large" },
		{ { EM_AARCH64, R_AARCH64_ABS32, 4, false, 1LL << 32, 0 },
		  "whose value is too large" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct error err = { 0 };

		assert_null(open_module(&cases[i].reloc, &err));
		assert_non_null(strstr(err.message, cases[i].why));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind),
		cmocka_unit_test(code),
		cmocka_unit_test(content_of_vmlinux),
		cmocka_unit_test(refused),
	};

	elf_version(EV_CURRENT);
	return cmocka_run_group_tests_name("ko_link", tests, NULL, NULL);
}
