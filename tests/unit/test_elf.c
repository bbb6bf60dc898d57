/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ELF cores of all shapes, sound and damaged. Each byte of an image is that of
 * its offset, so that memory shows which part of the file it was read from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "base/error.h"
#include "dump/dump.h"
#include "dump/registers.h"
#include "image.h"

/* Has a macro fail() of its own. */
#include <cmocka.h>

static struct image image;

static struct dump *open_image(void)
{
	struct error err = { .message = "" };
	struct dump *dump = image_open(&image, &err);

	if (!dump)
		fail_msg("%s", err.message);
	return dump;
}

static void refuse(const char *because)
{
	struct error err = { .message = "" };
	struct dump *dump = image_open_bytes(&image, &err);

	if (dump)
		fail_msg("opened, though: %s", because);
	assert_int_equal(err.code, ERROR_FORMAT);
	if (!strstr(err.message, because))
		fail_msg("\"%s\" does not say: %s", err.message, because);
	if (!strstr(err.message, "/proc/self/fd/"))
		fail_msg("\"%s\" does not name the file", err.message);
}

/* Memory at paddr is the file's at offset. */
static void expect_bytes(struct dump *dump, uint64_t paddr, uint64_t offset, size_t size)
{
	uint8_t *bytes = malloc(size);

	assert_int_equal(dump_read(dump, paddr, bytes, size), PAGE_PRESENT);
	for (size_t i = 0; i < size; i++)
		assert_int_equal(bytes[i], image_byte(offset + i));
	free(bytes);
}

static void expect_state(struct dump *dump, uint64_t paddr, enum page_state expected)
{
	struct extent extent;
	uint8_t byte;

	dump_find(dump, paddr, &extent);
	assert_true(extent.first <= paddr && paddr <= extent.last);
	assert_int_equal(extent.state, expected);
	assert_int_equal(dump_read(dump, paddr, &byte, 1), expected);
}

/* --- program headers --- */

static void both_classes(void **state)
{
	(void)state;
	for (int narrow = 0; narrow < 2; narrow++) {
		struct dump *dump;
		uint64_t value;

		image_init(&image, narrow);
		image_load(&image, 0x1000, 0x100000, 0x2000);
		dump = open_image();
		assert_int_equal(dump->machine, narrow ? EM_386 : EM_X86_64);
		assert_string_equal(dump->format->name, "ELF");
		assert_string_equal(dump->warning, "");
		assert_true(dump_last_paddr(dump) == 0x101fff);
		expect_bytes(dump, 0x100000, 0x1000, 0x2000);
		expect_state(dump, 0xfffff, PAGE_ABSENT);
		expect_state(dump, 0x102000, PAGE_ABSENT);
		/* image_byte(0x1010) and the three after it, low byte first */
		assert_int_equal(dump_load(dump, 0x100010, 4, &value), PAGE_PRESENT);
		assert_true(value == 0x5a534c45);
		dump_close(dump);
	}
}

/* QEMU writes i386 guests so where their memory does not fit into 32 bits. */
static void a_32_bit_machine_in_a_64_bit_class(void **state)
{
	struct dump *dump;

	(void)state;
	image_init(&image, false);
	image.machine = EM_386;
	image_load(&image, 0x1000, 0x140000000, 0x1000);
	dump = open_image();
	assert_int_equal(dump->machine, EM_386);
	expect_bytes(dump, 0x140000000, 0x1000, 0x1000);
	dump_close(dump);
}

static void program_headers_anywhere(void **state)
{
	static const uint64_t offsets[] = { 65, 192, 0x8003, IMAGE_SIZE - 2 * 56 };

	(void)state;
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		struct dump *dump;

		image_init(&image, false);
		image.phoff = offsets[i];
		image_load(&image, 0x1000, 0, 0x1000);
		image_load(&image, 0x2000, 0x5000, 0x1000);
		dump = open_image();
		expect_bytes(dump, 0x5000, 0x2000, 0x1000);
		dump_close(dump);
	}
}

static void program_headers_wider_than_ours(void **state)
{
	struct dump *dump;

	(void)state;
	image_init(&image, false);
	image.phentsize = 77;
	image_load(&image, 0x1000, 0, 0x1000);
	image_load(&image, 0x2000, 0x5000, 0x1000);
	image_load(&image, 0x3000, 0x7000, 0x1000);
	dump = open_image();
	expect_bytes(dump, 0x7000, 0x3000, 0x1000);
	dump_close(dump);
	image.phentsize = 55;
	image_finish(&image);
	refuse("55 bytes");
}

static void more_headers_than_fit_the_field(void **state)
{
	(void)state;
	for (int narrow = 0; narrow < 2; narrow++) {
		struct dump *dump;

		image_init(&image, narrow);
		image.extended = true;
		image.shoff = 0x801;
		image_load(&image, 0x1000, 0, 0x1000);
		image_load(&image, 0x2000, 0x5000, 0x1000);
		dump = open_image();
		expect_bytes(dump, 0x5000, 0x2000, 0x1000);
		dump_close(dump);
		image.shoff = 0;
		image_finish(&image);
		refuse("PN_XNUM");
		image.shoff = IMAGE_SIZE - 8;
		image_put_ehdr(&image);
		refuse("PN_XNUM");
	}
}

static void no_memory(void **state)
{
	(void)state;
	image_init(&image, false);
	image_finish(&image);
	refuse("no program headers");
	image_add(&image, (struct header){ .type = PT_NULL, .filesz = 0x1000 });
	image_finish(&image);
	refuse("no memory");
	image_init(&image, false);
	image_load(&image, 0x1000, 0x5000, 0);
	image_finish(&image);
	refuse("no memory");
}

static void wrong_identities(void **state)
{
	(void)state;
	image_init(&image, false);
	image_load(&image, 0x1000, 0, 0x1000);
	image_finish(&image);
	image.bytes[EI_CLASS] = 3;
	refuse("class 3");
	image.bytes[EI_CLASS] = ELFCLASS64;
	image.bytes[EI_DATA] = ELFDATA2MSB;
	refuse("big-endian");
	image.bytes[EI_DATA] = ELFDATA2LSB;
	image.bytes[18] = EM_AARCH64;
	refuse("aarch64");
	image.bytes[18] = EM_X86_64;
	image.bytes[16] = ET_EXEC;
	refuse("not a dump");
}

/* --- memory --- */

static void pieces_smaller_than_a_page(void **state)
{
	struct dump *dump;
	struct extent extent;
	uint64_t value;
	uint8_t bytes[16];

	(void)state;
	image_init(&image, false);
	image_load(&image, 0x1000, 0x2003, 0x5);
	image_load(&image, 0x3000, 0x2008, 0x1);
	image_load(&image, 0x4000, 0x2009, 0xff7);
	image_load(&image, 0x1003, 0x2000, 0x3);
	dump = open_image();
	expect_bytes(dump, 0x2000, 0x1003, 3);
	expect_bytes(dump, 0x2003, 0x1000, 5);
	expect_bytes(dump, 0x2008, 0x3000, 1);
	expect_bytes(dump, 0x2009, 0x4000, 0xff7);
	/* One read over four of them: offsets 1003-1005, 1000-1004. */
	assert_int_equal(dump_load(dump, 0x2000, 8, &value), PAGE_PRESENT);
	assert_true(value == 0xf1eae3dcd5f8f1ea);
	assert_int_equal(dump_read(dump, 0x2ff8, bytes, 16), PAGE_ABSENT);
	assert_int_equal(dump_load(dump, 0x2ffc, 8, &value), PAGE_ABSENT);
	assert_int_equal(dump_load(dump, 0x1ffe, 4, &value), PAGE_ABSENT);
	assert_int_equal(dump_load(dump, 0x2ffc, 4, &value), PAGE_PRESENT);
	dump_find(dump, 0x2004, &extent);
	assert_true(extent.first == 0x2003 && extent.last == 0x2007);
	dump_close(dump);
}

static void segments_in_any_order(void **state)
{
	struct dump *dump;

	(void)state;
	image_init(&image, false);
	image_load(&image, 0x5000, 0x100005000, 0x1000);
	image_load(&image, 0x2000, 0x2000, 0x1000);
	image_load(&image, 0x4000, 0xfffff000, 0x1000);
	image_load(&image, 0x1000, 0x1000, 0x1000);
	dump = open_image();
	expect_bytes(dump, 0x1000, 0x1000, 0x2000);
	expect_bytes(dump, 0xfffff000, 0x4000, 0x1000);
	expect_bytes(dump, 0x100005000, 0x5000, 0x1000);
	expect_state(dump, 0x100000000, PAGE_ABSENT);
	assert_true(dump_last_paddr(dump) == 0x100005fff);
	dump_close(dump);
}

static void of_two_segments_the_first_counts(void **state)
{
	struct dump *dump;

	(void)state;
	image_init(&image, false);
	image_load(&image, 0x8000, 0x3000, 0x1000);
	image_load(&image, 0x1000, 0x1000, 0x6000);
	image_load(&image, 0x9000, 0x2800, 0x1000);
	dump = open_image();
	expect_bytes(dump, 0x1000, 0x1000, 0x2000);
	expect_bytes(dump, 0x3000, 0x8000, 0x1000);
	expect_bytes(dump, 0x4000, 0x4000, 0x3000);
	dump_close(dump);
}

static void memory_that_the_file_leaves_out(void **state)
{
	struct dump *dump;
	uint8_t bytes[16];

	(void)state;
	image_init(&image, false);
	image_add(&image, (struct header){ .type = PT_LOAD,
					   .offset = 0x1000,
					   .paddr = 0x10000,
					   .filesz = 0x1800,
					   .memsz = 0x10000 });
	image_load(&image, 0x4000, 0x18000, 0x1000);
	dump = open_image();
	expect_bytes(dump, 0x10000, 0x1000, 0x1800);
	expect_state(dump, 0x11800, PAGE_FILTERED);
	expect_state(dump, 0x17fff, PAGE_FILTERED);
	expect_bytes(dump, 0x18000, 0x4000, 0x1000);
	expect_state(dump, 0x19000, PAGE_FILTERED);
	expect_state(dump, 0x1ffff, PAGE_FILTERED);
	expect_state(dump, 0x20000, PAGE_ABSENT);
	assert_int_equal(dump_read(dump, 0x117f8, bytes, 16), PAGE_FILTERED);
	assert_int_equal(dump_range_state(dump, 0x10000, 0x1000), PAGE_PRESENT);
	assert_int_equal(dump_range_state(dump, 0x11000, 0x1000), PAGE_FILTERED);
	assert_int_equal(dump_range_state(dump, 0x1f000, 0x1000), PAGE_FILTERED);
	assert_int_equal(dump_range_state(dump, 0x1f000, 0x1001), PAGE_ABSENT);
	assert_true(dump_last_paddr(dump) == 0x1ffff);
	assert_string_equal(dump->warning, "");
	dump_close(dump);
}

/* The bytes are there, whatever p_memsz says. */
static void less_memory_than_bytes(void **state)
{
	struct dump *dump;

	(void)state;
	image_init(&image, false);
	image_add(&image, (struct header){ .type = PT_LOAD,
					   .offset = 0x1000,
					   .paddr = 0x10000,
					   .filesz = 0x2000,
					   .memsz = 0 });
	dump = open_image();
	expect_bytes(dump, 0x10000, 0x1000, 0x2000);
	expect_state(dump, 0x12000, PAGE_ABSENT);
	dump_close(dump);
}

static void a_file_cut_short(void **state)
{
	struct dump *dump;

	(void)state;
	image_init(&image, false);
	image_load(&image, 0x1000, 0x1000, 0x2000);
	image_load(&image, 0x3000, 0x8000, 0x2000);
	image_add(&image, (struct header){ .type = PT_LOAD,
					   .offset = 0x5000,
					   .paddr = 0x20000,
					   .filesz = 0x1000,
					   .memsz = 0x3000 });
	image.size = 0x3801;
	dump = open_image();
	expect_bytes(dump, 0x1000, 0x1000, 0x2000);
	expect_bytes(dump, 0x8000, 0x3000, 0x801);
	expect_state(dump, 0x8801, PAGE_TRUNCATED);
	expect_state(dump, 0x9fff, PAGE_TRUNCATED);
	expect_state(dump, 0xa000, PAGE_ABSENT);
	expect_state(dump, 0x20000, PAGE_TRUNCATED);
	expect_state(dump, 0x20fff, PAGE_TRUNCATED);
	expect_state(dump, 0x21000, PAGE_FILTERED);
	/* 0x17ff of the second and 0x1000 of the third segment */
	assert_non_null(strstr(dump->warning, "10239 bytes"));
	dump_close(dump);
}

static void a_file_cut_within_its_headers(void **state)
{
	(void)state;
	image_init(&image, false);
	image_load(&image, 0x1000, 0, 0x1000);
	image_load(&image, 0x2000, 0x5000, 0x1000);
	image_finish(&image);
	image.size = 64 + 2 * 56 - 1;
	refuse("program headers");
	image.size = 64;
	refuse("program headers");
	for (image.size = 63; image.size >= 4; image.size--)
		refuse("ELF header");
	image_init(&image, true);
	image_load(&image, 0x1000, 0, 0x1000);
	image_finish(&image);
	image.size = 52 + 32 - 1;
	refuse("program headers");
	image.size = 51;
	refuse("ELF header");
}

static void wild_header_offsets(void **state)
{
	static const uint64_t wild[] = {
		IMAGE_SIZE, IMAGE_SIZE - 55, UINT64_MAX, UINT64_MAX - 55, UINT64_C(1) << 63,
	};

	(void)state;
	image_init(&image, false);
	image_load(&image, 0x1000, 0, 0x1000);
	image_finish(&image);
	for (size_t i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
		image.phoff = wild[i];
		image_put_ehdr(&image);
		refuse("program headers");
	}
}

static void the_last_address(void **state)
{
	struct dump *dump;
	uint64_t value;
	uint8_t bytes[16];

	(void)state;
	image_init(&image, false);
	/* The second one's end does not exist. */
	image_load(&image, 0x1000, 0xffffffffffffe000, 0x1000);
	image_load(&image, 0x2000, 0xfffffffffffff000, 0x2000);
	image_load(&image, 0x4000, 0, 0x1000);
	dump = open_image();
	expect_bytes(dump, 0xffffffffffffe000, 0x1000, 0x2000);
	expect_bytes(dump, 0, 0x4000, 0x1000);
	assert_true(dump_last_paddr(dump) == UINT64_MAX);
	assert_int_equal(dump_load(dump, 0xfffffffffffffff8, 8, &value), PAGE_PRESENT);
	/* Memory does not go on at 0. */
	assert_int_equal(dump_load(dump, 0xfffffffffffffff9, 8, &value), PAGE_ABSENT);
	assert_int_equal(dump_read(dump, 0xfffffffffffffff8, bytes, 16), PAGE_ABSENT);
	assert_int_equal(dump_range_state(dump, 0xfffffffffffff000, 0x1000), PAGE_PRESENT);
	dump_close(dump);
}

static void wild_segments(void **state)
{
	static const struct header wild[] = {
		{ PT_LOAD, UINT64_MAX, 0, 0x10000, 0x1000, 0x1000 },
		{ PT_LOAD, IMAGE_SIZE, 0, 0x20000, 0x1000, 0x1000 },
		{ PT_LOAD, 0x2000, 0, 0x40000, UINT64_MAX, 0 },
		{ PT_LOAD, 0x3000, 0, UINT64_MAX, UINT64_MAX, UINT64_MAX },
		{ PT_LOAD, 0, UINT64_MAX, 0x30000, 0, UINT64_MAX },
	};
	struct dump *dump;

	(void)state;
	image_init(&image, false);
	image_load(&image, 0x1000, 0x1000, 0x1000);
	for (size_t i = 0; i < sizeof(wild) / sizeof(wild[0]); i++)
		image_add(&image, wild[i]);
	dump = open_image();
	expect_bytes(dump, 0x1000, 0x1000, 0x1000);
	expect_state(dump, 0x10000, PAGE_TRUNCATED);
	expect_state(dump, 0x20000, PAGE_TRUNCATED);
	expect_state(dump, 0x30000, PAGE_FILTERED);
	expect_bytes(dump, 0x40000, 0x2000, 0x1000);
	expect_state(dump, 0x40000 + IMAGE_SIZE - 0x2000, PAGE_FILTERED);
	expect_state(dump, 0, PAGE_ABSENT);
	expect_bytes(dump, UINT64_MAX, 0x3000, 1);
	assert_string_not_equal(dump->warning, "");
	dump_close(dump);
}

static void mappings_of_the_writer(void **state)
{
	struct dump *dump;

	(void)state;
	image_init(&image, false);
	image_add(&image, (struct header){ PT_LOAD, 0x1000, 0xffffffff81000000, 0x1000000, 0x1000,
					   0x2000 });
	image_load(&image, 0x2000, 0x5000, 0x1000);
	image_add(&image,
		  (struct header){ PT_LOAD, 0x3000, 0xffff888000000000, 0, 0x1000, 0x1000 });
	dump = open_image();
	assert_int_equal(dump->nr_mappings, 2);
	assert_true(dump->mappings[0].vaddr == 0xffffffff81000000);
	assert_true(dump->mappings[0].paddr == 0x1000000);
	assert_true(dump->mappings[0].size == 0x2000);
	assert_true(dump->mappings[1].vaddr == 0xffff888000000000);
	assert_true(dump->mappings[1].paddr == 0);
	dump_close(dump);
}

/* --- notes --- */

/* Where the next note goes, and the segment's start. */
static uint64_t note_at, notes_start;

static void start_notes(uint64_t at)
{
	note_at = notes_start = at;
}

static void put32(uint64_t at, uint32_t value)
{
	value = htole32(value);
	memcpy(image.bytes + at, &value, sizeof(value));
}

static void put64(uint64_t at, uint64_t value)
{
	value = htole64(value);
	memcpy(image.bytes + at, &value, sizeof(value));
}

/* name_size counts the NUL or does not; returns where the content starts. */
static uint64_t put_note(const char *name, uint32_t name_size, uint32_t type, const void *content,
			 uint32_t size)
{
	uint64_t at = note_at + 12 + (name_size + 3) / 4 * 4;

	put32(note_at, name_size);
	put32(note_at + 4, size);
	put32(note_at + 8, type);
	memset(image.bytes + note_at + 12, 0, at - note_at - 12);
	memcpy(image.bytes + note_at + 12, name, strlen(name));
	if (content)
		memcpy(image.bytes + at, content, size);
	note_at = at + (size + 3) / 4 * 4;
	return at;
}

static void end_notes(void)
{
	image_add(&image, (struct header){ .type = PT_NOTE,
					   .offset = notes_start,
					   .filesz = note_at - notes_start });
}

/* Offsets in QEMU's note, from its struct QEMUCPUState of 440 bytes:
 * version, size, 18 registers, ten segments, cr[5], kernel_gs_base. */
static void put_cpu(uint64_t cr0, uint64_t cr3, uint64_t cr4, uint64_t idt)
{
	enum { IDT_BASE = 384, CR0 = 392, CR3 = 416, CR4 = 424, SIZE = 440 };
	static const uint8_t zeros[SIZE];
	uint64_t at = put_note("QEMU", 5, 0, zeros, SIZE);

	put32(at, 1);
	put32(at + 4, SIZE);
	put64(at + IDT_BASE, idt);
	put64(at + CR0, cr0);
	put64(at + CR3, cr3);
	put64(at + CR4, cr4);
}

static void expect_note(const struct dump *dump, const char *expected)
{
	assert_int_equal(dump->vmcoreinfo.size, strlen(expected));
	if (*expected)
		assert_memory_equal(dump->vmcoreinfo.data, expected, strlen(expected));
}

static void notes_of_all_kinds(void **state)
{
	static const char text[] = "OSRELEASE=6.1.0\nPAGESIZE=4096\n";
	static const uint8_t prstatus[336];
	struct dump *dump;

	(void)state;
	for (int narrow = 0; narrow < 2; narrow++) {
		image_init(&image, narrow);
		start_notes(0x2001);
		put_note("CORE", 5, NT_PRSTATUS, prstatus, sizeof(prstatus));
		put_cpu(0x80050033, 0x1234000, 0x1006f0, 0xfffffe0000000000);
		put_note("", 0, 7, NULL, 0);
		/* 30 bytes: the next note begins at a multiple of four. */
		put_note("VMCOREINFO", 11, 0, text, sizeof(text) - 1);
		put_cpu(0x80050033, 0x5678000, 0x6f0, 0xfffffe0000001000);
		end_notes();
		image_load(&image, 0x8000, 0, 0x1000);
		dump = open_image();
		assert_int_equal(dump->nr_cpus, 2);
		assert_true(dump->cpus[0].cr0 == 0x80050033);
		assert_true(dump->cpus[0].cr3 == 0x1234000);
		assert_true(dump->cpus[0].cr4 == 0x1006f0);
		assert_true(dump->cpus[0].idt_base == 0xfffffe0000000000);
		assert_true(dump->cpus[1].cr3 == 0x5678000);
		assert_true(dump->cpus[1].cr4 == 0x6f0);
		expect_note(dump, text);
		assert_string_equal(dump->warning, "");
		dump_close(dump);
	}
}

static void names_without_their_end(void **state)
{
	struct dump *dump;

	(void)state;
	image_init(&image, false);
	start_notes(0x2000);
	put_note("VMCOREINFOX", 12, 0, "A=0\n", 4);
	put_note("VMCOREIN", 8, 0, "A=1\n", 4);
	put_note("VMCOREINFO", 10, 0, "A=2\n", 4);
	put_note("VMCOREINFO", 11, 0, "A=3\n", 4);
	end_notes();
	image_load(&image, 0x8000, 0, 0x1000);
	dump = open_image();
	expect_note(dump, "A=2\n");
	dump_close(dump);
}

static void several_note_segments(void **state)
{
	struct dump *dump;

	(void)state;
	image_init(&image, false);
	start_notes(0x2000);
	put_cpu(1, 0x1000, 0x20, 0);
	end_notes();
	image_load(&image, 0x8000, 0, 0x1000);
	start_notes(0x4000);
	end_notes();
	start_notes(0x5003);
	put_note("VMCOREINFO", 11, 0, "A=1\n", 4);
	put_cpu(1, 0x2000, 0x20, 0);
	put_cpu(1, 0x3000, 0x20, 0);
	end_notes();
	dump = open_image();
	assert_int_equal(dump->nr_cpus, 3);
	assert_true(dump->cpus[0].cr3 == 0x1000);
	assert_true(dump->cpus[1].cr3 == 0x2000);
	assert_true(dump->cpus[2].cr3 == 0x3000);
	expect_note(dump, "A=1\n");
	assert_string_equal(dump->warning, "");
	dump_close(dump);
}

static void many_cpus(void **state)
{
	enum { NR = 200 };
	struct dump *dump;

	(void)state;
	image_init(&image, false);
	image_load(&image, 0x1000, 0, 0x1000);
	start_notes(0x2000);
	for (uint64_t i = 0; i < NR; i++)
		put_cpu(i, i << 12, i + 1, ~i);
	end_notes();
	dump = open_image();
	assert_int_equal(dump->nr_cpus, NR);
	for (uint64_t i = 0; i < NR; i++) {
		assert_true(dump->cpus[i].cr0 == i);
		assert_true(dump->cpus[i].cr3 == i << 12);
		assert_true(dump->cpus[i].cr4 == i + 1);
		assert_true(dump->cpus[i].idt_base == ~i);
	}
	dump_close(dump);
}

static void a_short_cpu_note(void **state)
{
	static const uint8_t zeros[431];
	struct dump *dump;

	(void)state;
	image_init(&image, false);
	start_notes(0x2000);
	put_note("QEMU", 5, 0, zeros, sizeof(zeros));
	put_note("QEMU", 5, 0, zeros, 0);
	end_notes();
	image_load(&image, 0x8000, 0, 0x1000);
	dump = open_image();
	assert_int_equal(dump->nr_cpus, 0);
	dump_close(dump);
}

static void wild_note_sizes(void **state)
{
	static const struct {
		uint32_t name_size, size;
	} wild[] = {
		{ UINT32_MAX, UINT32_MAX },
		{ UINT32_MAX, 4 },
		{ 11, UINT32_MAX },
		{ UINT32_MAX - 2, 0 },
		{ 11, 0x80000000 },
		{ 0x80000000, 0 },
		{ 11, 5 },
		{ 17, 4 },
		{ 0, 4 + 12 + 1 },
	};
	struct dump *dump;

	(void)state;
	for (size_t i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
		image_init(&image, false);
		start_notes(0x2000);
		put_note("VMCOREINFO", 11, 0, "A=1\n", 4);
		put_cpu(1, 0x1000, 0x20, 0);
		put32(note_at, wild[i].name_size);
		put32(note_at + 4, wild[i].size);
		note_at += 12 + 12 + 4;
		end_notes();
		image_load(&image, 0x8000, 0, 0x1000);
		dump = open_image();
		/* What came before still counts. */
		expect_note(dump, "A=1\n");
		assert_int_equal(dump->nr_cpus, 1);
		assert_non_null(strstr(dump->warning, "note"));
		dump_close(dump);
	}
}

static void notes_cut_by_the_end_of_the_file(void **state)
{
	struct dump *dump;

	(void)state;
	image_init(&image, false);
	image_load(&image, 0x1000, 0, 0x1000);
	start_notes(0x2000);
	put_note("VMCOREINFO", 11, 0, "A=1\n", 4);
	put_cpu(1, 0x1000, 0x20, 0);
	end_notes();
	image.size = note_at - 1;
	dump = open_image();
	expect_note(dump, "A=1\n");
	assert_int_equal(dump->nr_cpus, 0);
	assert_non_null(strstr(dump->warning, "note"));
	dump_close(dump);
	image.size = 0x2000;
	dump = open_image();
	expect_note(dump, "");
	assert_non_null(strstr(dump->warning, "note"));
	dump_close(dump);
}

static void the_core_of_a_process(void **state)
{
	static const uint8_t content[160];
	static const uint32_t types[] = { NT_PRPSINFO, NT_AUXV, NT_FILE };
	struct dump *dump;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		image_init(&image, false);
		start_notes(0x2000);
		put_note("CORE", 5, types[i], content, sizeof(content));
		end_notes();
		image_load(&image, 0x8000, 0, 0x1000);
		image_finish(&image);
		refuse("user-space");
	}
	/* NT_PRSTATUS alone is what a kernel's dump has too. */
	image_init(&image, false);
	start_notes(0x2000);
	put_note("CORE", 5, NT_PRSTATUS, content, sizeof(content));
	end_notes();
	image_load(&image, 0x8000, 0, 0x1000);
	dump = open_image();
	dump_close(dump);
}

/* --- the same memory twice --- */

static void a_byte_more_in_the_file_than_in_memory(void **state)
{
	struct dump *dump;

	(void)state;
	image_init(&image, false);
	image_add(&image, (struct header){ .type = PT_LOAD,
					   .offset = 0x1000,
					   .paddr = 0x100000,
					   .filesz = 0x1001,
					   .memsz = 0x1000 });
	dump = open_image();
	expect_bytes(dump, 0x100000, 0x1000, 0x1000);
	expect_state(dump, 0x101000, PAGE_ABSENT);
	dump_close(dump);
}

static void segments_that_differ(void **state)
{
	struct dump *dump;

	(void)state;
	image_init(&image, false);
	image_load(&image, 0x3000, 0x102000, 0x1000);
	image_load(&image, 0x1000, 0x100000, 0x4000);
	dump = open_image();
	assert_string_equal(dump->warning, ""); /* one place of the file */
	dump_close(dump);
	image_init(&image, false);
	image_load(&image, 0x8000, 0x102000, 0x1000);
	image_load(&image, 0x1000, 0x100000, 0x4000);
	dump = open_image();
	if (!strstr(dump->warning,
		    "two segments hold physical 102000 to 102fff and differ: the one whose header comes first is read, from offset 0x8000, and not the one from 0x3000"))
		fail_msg("%s", dump->warning);
	expect_bytes(dump, 0x102000, 0x8000, 0x1000);
	expect_bytes(dump, 0x101000, 0x2000, 0x1000);
	dump_close(dump);
}

/* As in a kdump's core, which has the kernel's image in a segment of its own. */
static void segments_that_are_alike(void **state)
{
	struct dump *dump;

	(void)state;
	image_init(&image, false);
	memcpy(image.bytes + 0x8000, image.bytes + 0x3000, 0x1000);
	image_load(&image, 0x8000, 0x102000, 0x1000);
	image_load(&image, 0x1000, 0x100000, 0x4000);
	dump = open_image();
	assert_string_equal(dump->warning, "");
	dump_close(dump);
	/* But for the last byte of the last page. */
	image.bytes[0x8fff] ^= 1;
	dump = open_image();
	assert_non_null(strstr(dump->warning, "differ"));
	dump_close(dump);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_classes),
		cmocka_unit_test(a_32_bit_machine_in_a_64_bit_class),
		cmocka_unit_test(program_headers_anywhere),
		cmocka_unit_test(program_headers_wider_than_ours),
		cmocka_unit_test(more_headers_than_fit_the_field),
		cmocka_unit_test(no_memory),
		cmocka_unit_test(wrong_identities),
		cmocka_unit_test(pieces_smaller_than_a_page),
		cmocka_unit_test(segments_in_any_order),
		cmocka_unit_test(of_two_segments_the_first_counts),
		cmocka_unit_test(memory_that_the_file_leaves_out),
		cmocka_unit_test(less_memory_than_bytes),
		cmocka_unit_test(a_file_cut_short),
		cmocka_unit_test(a_file_cut_within_its_headers),
		cmocka_unit_test(wild_header_offsets),
		cmocka_unit_test(the_last_address),
		cmocka_unit_test(wild_segments),
		cmocka_unit_test(mappings_of_the_writer),
		cmocka_unit_test(notes_of_all_kinds),
		cmocka_unit_test(names_without_their_end),
		cmocka_unit_test(several_note_segments),
		cmocka_unit_test(many_cpus),
		cmocka_unit_test(a_short_cpu_note),
		cmocka_unit_test(wild_note_sizes),
		cmocka_unit_test(notes_cut_by_the_end_of_the_file),
		cmocka_unit_test(the_core_of_a_process),
		cmocka_unit_test(a_byte_more_in_the_file_than_in_memory),
		cmocka_unit_test(segments_that_differ),
		cmocka_unit_test(segments_that_are_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
