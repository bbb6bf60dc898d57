/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each architecture has what all code needs of it: the required members of struct arch, and a row in
 * the tables of machines that HACKING.md lists ("To add"). */
#include <stdint.h>
#include <string.h>

#include "base/machine.h"
#include "dump/registers.h"
#include "gdb/target.h"
#include "kernel/arch.h"
#include "open/archs.h"

#include "unit.h"

/* The pointers from .sources to .suppose_facts. */
static void required_members(void **state)
{
	(void)state;
	for (size_t i = 0; archs[i]; i++) {
		const uint8_t *bytes = (const uint8_t *)archs[i];
		const void *member;

		assert_non_null(archs[i]->name);
		assert_true(archs[i]->pointer_size && archs[i]->page_shift);
		assert_true(archs[i]->address_mask && archs[i]->module_regions);
		for (size_t at = offsetof(struct arch, sources);
		     at <= offsetof(struct arch, suppose_facts); at += sizeof(member)) {
			memcpy(&member, bytes + at, sizeof(member));
			if (!member)
				fail_msg("%s: the required member at offset %zu is missing",
					 archs[i]->name, at);
		}
	}
}

static void modes(void **state)
{
	(void)state;
	for (enum kernel_mode mode = 0; mode < NR_MODES; mode++) {
		unsigned int nr = 0;

		for (size_t i = 0; archs[i]; i++)
			nr += archs[i]->modes >> mode & 1;
		assert_int_equal(nr, 1);
		assert_non_null(kernel_mode_names[mode]);
	}
}

static void rows_of_machines(void **state)
{
	char text[TARGET_TEXT];

	(void)state;
	for (size_t i = 0; archs[i]; i++) {
		uint16_t number = archs[i]->machine;
		const struct machine *machine = machine_find(number);

		assert_ptr_equal(arch_find(number), archs[i]);
		assert_non_null(machine);
		assert_int_equal(machine->pointer_size, archs[i]->pointer_size);
		assert_int_equal(machine_of_uname(machine->uname), number);
		assert_true(prstatus_size(number) && prstatus_size(number) <= PRSTATUS_MOST);
		assert_non_null(register_name(CPU_IP, number));
		assert_non_null(register_name(CPU_SP, number));
		assert_non_null(register_name(archs[i]->first_argument, number));
		assert_true(target_description(number, text));
	}
}

/* The address of x86 is no default: these other machines have addresses of as many digits. */
static void machines_of_notes(void **state)
{
	static const struct {
		const char *note;
		uint16_t machine;
	} rows[] = {
		{ "OSRELEASE=6\nSYMBOL(a)=ffffffff81000000\n", EM_X86_64 },
		{ "OSRELEASE=6\nSYMBOL(a)=c1000000\n", EM_386 },
		{ "OSRELEASE=6\nSYMBOL(a)=ffff800008000000\nNUMBER(kimage_voffset)=0x1\n",
		  EM_AARCH64 },
		{ "OSRELEASE=6\nSYMBOL(a)=ffffffff81000000\nNUMBER(VA_BITS)=48\n", EM_NONE },
		{ "OSRELEASE=6\nSYMBOL(a)=ffffffff81000000\nNUMBER(VA_BITS)=48\n"
		  "NUMBER(va_kernel_pa_offset)=0xfffffffeffe00000\n",
		  EM_RISCV },
		{ "OSRELEASE=6\nSYMBOL(lowcore_ptr)=0000000001000000\n", EM_NONE },
		{ "OSRELEASE=6\nSYMBOL(a)=c000000001000000\nSYMBOL(mmu_vmemmap_psize)=c000000001000000\n",
		  EM_NONE },
		{ "OSRELEASE=6\n", EM_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bytes text = { (const uint8_t *)rows[i].note, strlen(rows[i].note) };

		if (machine_of_note(text) != rows[i].machine)
			fail_msg("row %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(required_members),
		cmocka_unit_test(modes),
		cmocka_unit_test(rows_of_machines),
		cmocka_unit_test(machines_of_notes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
