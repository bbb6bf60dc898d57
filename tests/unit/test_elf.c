/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Headers of ELF cores, in all forms. */
#include "dump/dump.h"
#include "image.h"
#include "made_elf.h"

#include "unit.h"

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
		/* image_byte(0x1010) and the three bytes after it, in little endian */
		assert_int_equal(dump_load(dump, 0x100010, 4, &value), PAGE_PRESENT);
		assert_true(value == 0x5a534c45);
		dump_close(dump);
	}
}

/* QEMU uses this class for an i386 guest if the guest's memory does not fit into 32 bits. */
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
	image.bytes[18] = EM_PPC64;
	refuse("ppc64");
	image.bytes[18] = EM_X86_64;
	image.bytes[16] = ET_EXEC;
	refuse("not a dump");
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
