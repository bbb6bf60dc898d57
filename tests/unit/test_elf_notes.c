/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notes of ELF cores, valid and damaged. */
#include "dump/dump.h"
#include "dump/registers.h"
#include "image.h"
#include "made_elf.h"

#include "unit.h"

/* The offset of the next note, and of the start of the segment. */
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

/* name_size includes the NUL or not. Returns the offset of the content. */
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

/* Offsets in QEMU's note, which is QEMU's struct QEMUCPUState of 440 bytes: version, size, 18
 * registers, ten segments, cr[5] and kernel_gs_base. */
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
		/* A content of 30 bytes: the next note begins at a multiple of four. */
		put_note("VMCOREINFO", 11, 0, text, sizeof(text) - 1);
		put_cpu(0x80050033, 0x5678000, 0x6f0, 0xfffffe0000001000);
		end_notes();
		image_load(&image, 0x8000, 0, 0x1000);
		dump = open_image();
		assert_int_equal(dump->nr_cpus, 2);
		assert_true(dump->cpus[0].registers.value[CPU_CR0] == 0x80050033);
		assert_true(dump->cpus[0].registers.value[CPU_CR3] == 0x1234000);
		assert_true(dump->cpus[0].registers.value[CPU_CR4] == 0x1006f0);
		assert_true(dump->cpus[0].vector_table == 0xfffffe0000000000);
		assert_true(dump->cpus[1].registers.value[CPU_CR3] == 0x5678000);
		assert_true(dump->cpus[1].registers.value[CPU_CR4] == 0x6f0);
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
	assert_true(dump->cpus[0].registers.value[CPU_CR3] == 0x1000);
	assert_true(dump->cpus[1].registers.value[CPU_CR3] == 0x2000);
	assert_true(dump->cpus[2].registers.value[CPU_CR3] == 0x3000);
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
		assert_true(dump->cpus[i].registers.value[CPU_CR0] == i);
		assert_true(dump->cpus[i].registers.value[CPU_CR3] == i << 12);
		assert_true(dump->cpus[i].registers.value[CPU_CR4] == i + 1);
		assert_true(dump->cpus[i].vector_table == ~i);
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
		/* The notes before the damage are valid. */
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
	/* NT_PRSTATUS does not prove QEMU, because a dump that a kernel wrote has it, too. */
	image_init(&image, false);
	start_notes(0x2000);
	put_note("CORE", 5, NT_PRSTATUS, content, sizeof(content));
	end_notes();
	image_load(&image, 0x8000, 0, 0x1000);
	dump = open_image();
	dump_close(dump);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(notes_of_all_kinds),
		cmocka_unit_test(names_without_their_end),
		cmocka_unit_test(several_note_segments),
		cmocka_unit_test(many_cpus),
		cmocka_unit_test(a_short_cpu_note),
		cmocka_unit_test(wild_note_sizes),
		cmocka_unit_test(notes_cut_by_the_end_of_the_file),
		cmocka_unit_test(the_core_of_a_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
