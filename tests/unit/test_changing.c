/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that another process writes to while kwalk reads them, so that data may change between the
 * check and the use. */
#include <stdint.h>

#include <elf.h>
#include <endian.h>
#include <libelf.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "dump/codec.h"
#include "dump/dump.h"
#include "dump/formats/formats.h"
#include "symbols/kallsyms.h"
#include "symbols/symbols.h"
#include "put_elf.h"

#include "unit.h"

enum { PAGE = 4096 };

/* --- LKCD --- */

/* A flattened file in memory. */
static uint8_t flat[40 * PAGE];
static size_t flat_size;

static void put_be64(uint64_t value)
{
	value = htobe64(value);
	memcpy(flat + flat_size, &value, sizeof(value));
	flat_size += sizeof(value);
}

/* Adds a record. Returns the offset of its content in the file. */
static size_t record(uint64_t offset, const void *content, size_t size)
{
	put_be64(offset);
	put_be64(size);
	memmove(flat + flat_size, content, size);
	flat_size += size;
	return flat_size - size;
}

static void put32(uint8_t *to, uint32_t value)
{
	value = htole32(value);
	memcpy(to, &value, sizeof(value));
}

/* Makes an LKCD file of version 9 with one page. The page is divided between records. Returns the
 * offset of the page's header in the file. */
static size_t make_lkcd(void)
{
	static uint8_t header[PAGE], page[16 + PAGE], end[16];
	size_t at;

	flat_size = PAGE;
	memcpy(flat, "makedumpfile", 12);
	flat[23] = flat[31] = 1; /* type and version */
	memcpy(header, "\xed\x23\x8f\x61\x73\x01\x19\xa8\x09", 9);
	put32(header + 20, PAGE);
	put32(header + 734, PAGE); /* offset of the pages */
	strcpy((char *)header + 324, "Linux");
	strcpy((char *)header + 324 + 4 * 65, "x86_64");
	record(0, header, PAGE);
	put32(page + 8, PAGE); /* size */
	put32(page + 12, 1); /* DUMP_DH_RAW */
	memset(page + 16, 0x5a, PAGE);
	at = record(PAGE, page, 100);
	record(PAGE + 100, page + 100, sizeof(page) - 100);
	put32(end + 12, 4); /* DUMP_DH_END */
	record(PAGE + sizeof(page), end, sizeof(end));
	record(2 * PAGE + 32, flat + PAGE, 16 * PAGE); /* content without a meaning */
	put_be64(UINT64_MAX);
	put_be64(UINT64_MAX);
	return at;
}

static void lkcd_page_that_grows(void **state)
{
	size_t header = make_lkcd();
	int fd = memfd_create("lkcd", 0);
	struct error err = { .message = "" };
	uint8_t bytes[8], size[4];
	struct file file;
	struct dump *dump;
	char path[64];

	(void)state;
	assert_int_equal(write(fd, flat, flat_size), flat_size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	assert_true(file_open(&file, path, &err));
	dump = dump_open_parts(&file, 1, NULL, &err);
	if (!dump)
		fail_msg("%s", err.message);
	put32(size, 16 * PAGE);
	assert_int_equal(pwrite(fd, size, sizeof(size), (off_t)header + 8), 4);
	assert_int_equal(dump_read(dump, 0, bytes, sizeof(bytes)), PAGE_DAMAGED);
	put32(size, PAGE);
	assert_int_equal(pwrite(fd, size, sizeof(size), (off_t)header + 8), 4);
	assert_int_equal(dump_read(dump, 0, bytes, sizeof(bytes)), PAGE_PRESENT);
	assert_int_equal(bytes[0], 0x5a);
	dump_close(dump);
	close(fd);
}

/* --- the kernel's own symbols --- */

/* The names of 600 symbols, "Taaa" and so on, with three letters each. Each token is one letter. */
static void kallsyms_names_that_go(void **state)
{
	enum { NR = 600 };
	static uint8_t names[5 * NR], tokens[2 * 256 + 512], values[4 * NR];
	struct kallsyms_tables tables = {
		.place.nr = NR,
		.place.encoding = KALLSYMS_RELATIVE,
		.place.base = UINT64_MAX << 31,
		.place.token_index = 512, /* for tokens at 0 */
		.names.bytes = { names, sizeof(names) },
		.tokens.bytes = { tokens, sizeof(tokens) },
		.values.bytes = { values, sizeof(values) },
		.address_mask = UINT64_MAX,
		.pointer_size = 8,
	};
	struct kernel_symbol symbol;
	struct error err = { .message = "" };
	struct kallsyms *kallsyms;

	(void)state;
	for (unsigned int i = 0; i < 256; i++) {
		tokens[2 * i] = (uint8_t)i;
		tokens[512 + 2 * i] = (uint8_t)(2 * i);
		tokens[512 + 2 * i + 1] = (uint8_t)(2 * i >> 8);
	}
	for (unsigned int i = 0; i < NR; i++) {
		memcpy(names + 5 * i, "\4Taaa", 5);
		put32(values + 4 * i, 16 * i);
	}
	kallsyms = kallsyms_create(&tables, &err);
	if (!kallsyms)
		fail_msg("%s", err.message);
	/* A name of length 0 is the end for all names that are found from its position. */
	names[0] = 0;
	assert_false(kallsyms_symbol(kallsyms, 0, &symbol));
	assert_false(kallsyms_symbol(kallsyms, 1, &symbol));
	assert_true(kallsyms_symbol(kallsyms, 300, &symbol));
	assert_string_equal(symbol.name, "aaa");
	/* A name that is longer than the rest of the names. */
	names[5 * 599] = 5;
	assert_false(kallsyms_symbol(kallsyms, 599, &symbol));
	/* A name that is longer than the longest allowed name. */
	memset(names + 5 * 400, 0x81, 2);
	names[5 * 400 + 1] = 6;
	assert_false(kallsyms_symbol(kallsyms, 400, &symbol));
	assert_true(kallsyms_find(kallsyms, "aaa", &symbol));
	kallsyms_destroy(kallsyms);
}

/* --- a vmlinux --- */

/* Makes a file of two pages that end with .symtab, .strtab and the section headers, with the
 * strings last. No other page follows. */
static uint8_t *make_elf(void)
{
	enum { STRINGS = 16, SYMBOLS = 2 * sizeof(Elf64_Sym) };
	uint8_t *pages =
		mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	Elf64_Ehdr ehdr = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, 1 },
		.e_type = ET_EXEC,
		.e_machine = EM_X86_64,
		.e_version = 1,
		.e_ehsize = sizeof(ehdr),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = 3,
		.e_shoff = PAGE,
	};
	Elf64_Shdr sections[3] = {
		[1] = { .sh_type = SHT_SYMTAB,
			.sh_link = 2,
			.sh_flags = SHF_ALLOC,
			.sh_addr = 0x1000,
			.sh_offset = 64,
			.sh_size = SYMBOLS,
			.sh_entsize = sizeof(Elf64_Sym),
			.sh_addralign = 8 },
		[2] = { .sh_type = SHT_STRTAB,
			.sh_size = STRINGS,
			.sh_offset = 2 * PAGE - STRINGS,
			.sh_addralign = 1 },
	};
	Elf64_Sym symbol = { .st_name = 1,
			     .st_shndx = 1,
			     .st_value = 0x1000,
			     .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC) };

	assert_true(pages != MAP_FAILED);
	assert_int_equal(mprotect(pages + 2 * PAGE, PAGE, PROT_NONE), 0);
	put_elf(pages, &ehdr, sizeof(ehdr), ELF_T_EHDR, false);
	put_elf(pages + 64 + sizeof(symbol), &symbol, sizeof(symbol), ELF_T_SYM, false);
	put_elf(pages + PAGE, sections, sizeof(sections), ELF_T_SHDR, false);
	memcpy(pages + 2 * PAGE - STRINGS, "\0function_of_15", STRINGS);
	return pages;
}

/* The end of the strings disappears before or after their first use. */
static void vmlinux_names_without_an_end(void **state)
{
	(void)state;
	elf_version(EV_CURRENT);
	for (int used = 0; used <= 1; used++) {
		const char *name = used ? "function_of_15" : "functixxxxxxxxx";
		uint8_t *pages = make_elf();
		Elf *elf = elf_memory((char *)pages, 2 * PAGE);
		struct error err = { .message = "" };
		struct symbols *symbols = symbols_open(elf, NULL, &err);
		struct kernel_symbol symbol;

		if (!symbols)
			fail_msg("%s", err.message);
		if (used)
			assert_true(symbols_at(symbols, 0x1000, &symbol));
		memset(pages + 2 * PAGE - 9, 'x', 9);
		assert_false(symbols_find(symbols, "function_of_15_and_more", &symbol));
		assert_true(symbols_at(symbols, 0x1000, &symbol));
		assert_string_equal(symbol.name, name);
		symbols_close(symbols);
		elf_end(elf);
		munmap(pages, 3 * PAGE);
	}
}

/* --- System.map --- */

static uint8_t *map_pages;
static const char long_line[] = "ffffffff81000000 T ";
static const char short_line[] = "ffffffff81000000 T x\n";

/* Writes the first page: one line without an end, or as many lines as fit. */
static void write_first_page(bool many)
{
	size_t size = sizeof(short_line) - 1;

	memset(map_pages, 'y', PAGE);
	memcpy(map_pages, long_line, sizeof(long_line) - 1);
	for (size_t at = 0; many && at + 2 * size <= PAGE; at += size)
		memcpy(map_pages + at, short_line, size);
	if (many) /* the last line ends at the start of the second page */
		memcpy(map_pages + PAGE / size * size - size, long_line, sizeof(long_line) - 1);
}

/* Called when the second page is read: then the first page changes. */
static void change_first_page(int number)
{
	(void)number;
	mprotect(map_pages + PAGE, PAGE, PROT_READ | PROT_WRITE);
	write_first_page(true);
}

static void system_map_that_gets_more_lines(void **state)
{
	static const char end[] = "y\nffffffff81000000 T startup_64\n";
	struct sigaction action = { .sa_handler = change_first_page }, before;
	struct file file = { .path = (char *)"System.map", .fd = -1 };
	struct error err = { .message = "" };
	struct symbols *symbols;
	uint16_t machine;

	(void)state;
	map_pages =
		mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(map_pages != MAP_FAILED);
	write_first_page(false);
	memcpy(map_pages + PAGE, end, sizeof(end) - 1);
	file.bytes = (struct bytes){ map_pages, PAGE + sizeof(end) - 1 };
	mprotect(map_pages + PAGE, PAGE, PROT_NONE);
	sigaction(SIGSEGV, &action, &before);
	symbols = system_map_read(&file, &machine, &err);
	sigaction(SIGSEGV, &before, NULL);
	/* The result is one state of the file or the other. If memcpy() begins at the end, as on
	 * arm64, it may be a mixture of both, which is not a System.map. */
	if (!symbols)
		assert_non_null(strstr(err.message, "System.map: "));
	else if (symbols_count(symbols) != 3)
		assert_in_range(symbols_count(symbols), PAGE / 22, PAGE / 20);
	symbols_close(symbols);
	munmap(map_pages, 2 * PAGE);
}

/* --- compressed pages --- */

/* Copies of one byte, with alternating lengths of 4096 and 8192 bytes. */
static size_t make_snappy(uint8_t *to)
{
	size_t size = 4;

	memcpy(to, "\x80\x20\0a", size);
	for (; size < 600; size += 3)
		memcpy(to + size, "\xfe\1", 3);
	return size;
}

static void snappy_page_that_grows(void **state)
{
	struct inflater *inflater = inflater_create();
	uint8_t *from = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint8_t *to =
		mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	volatile uint8_t *length = from + 1;
	size_t size;
	pid_t other;

	(void)state;
	assert_non_null(inflater);
	if (!inflater_has(inflater, CODEC_SNAPPY))
		skip();
	assert_true(from != MAP_FAILED && to != MAP_FAILED);
	assert_int_equal(mprotect(to + PAGE, PAGE, PROT_NONE), 0);
	size = make_snappy(from);
	other = fork();
	if (other == 0)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (other == 0) {
		*length = 0x20;
		*length = 0x40;
	}
	for (int i = 0; i < 100000; i++)
		inflate_bytes(inflater, CODEC_SNAPPY, (struct bytes){ from, size }, to, PAGE);
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	inflater_destroy(inflater);
	munmap(from, PAGE);
	munmap(to, 2 * PAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lkcd_page_that_grows),
		cmocka_unit_test(kallsyms_names_that_go),
		cmocka_unit_test(vmlinux_names_without_an_end),
		cmocka_unit_test(system_map_that_gets_more_lines),
		cmocka_unit_test(snappy_page_that_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
