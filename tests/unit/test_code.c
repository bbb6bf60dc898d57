/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Instructions of each machine. The lengths and targets are those that objdump shows. Releases of the library
 * write some instructions differently, so only the start of each text is compared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "code/code.h"

/* After all other headers, because cmocka.h defines a macro fail(). */
#include <cmocka.h>

#ifdef HAVE_CAPSTONE

#define AT UINT64_C(0xffffffff81000000)

struct row {
	unsigned int machine;
	const char *bytes;
	size_t nr; /* of bytes that are given */
	unsigned int size;
	const char *text;
	uint64_t target; /* 0: none */
};

static void instructions(void **state)
{
	static const struct row rows[] = {
		{ EM_X86_64, "\x55", 1, 1, "push", 0 },
		{ EM_X86_64, "\x48\x89\xe5", 3, 3, "mov", 0 },
		{ EM_X86_64, "\xe8\x10\0\0\0", 5, 5, "call", AT + 0x15 },
		{ EM_X86_64, "\xeb\xfe", 2, 2, "jmp", AT },
		{ EM_X86_64, "\x48\x8d\x05\x08\0\0\0", 7, 7, "lea", AT + 15 },
		{ EM_X86_64, "\xff\x15\xfa\xff\xff\xff", 6, 6, "call", AT },
		{ EM_X86_64, "\xff\xd0", 2, 2, "call", 0 },
		{ EM_X86_64, "\x06", 1, 1, ".byte 0x06", 0 },
		{ EM_X86_64, "\xe8\x10", 2, 1, ".byte 0xe8", 0 },
		{ EM_X86_64, "\x0f\x0b", 2, 2, "ud2", 0 },
		{ EM_X86_64, "\x0f\xb9\xcc", 3, 3, "ud1", 0 },
		{ EM_X86_64, "\x67\x0f\xb9\x40\x12", 5, 5, "ud1", 0 },
		{ EM_X86_64, "\x0f\xb9\x44\x24\x12", 5, 5, "ud1", 0 },
		{ EM_X86_64, "\x0f\xb9\x80\x12\0\0\0", 7, 7, "ud1", 0 },
		{ EM_X86_64, "\x0f\xb9\x05\x12\0\0\0", 7, 7, "ud1", 0 },
		/* a number that looks like the opcode of ud1 */
		{ EM_X86_64, "\x66\x3d\x0f\xb9\x74\x0b", 6, 4, "cmp", 0 },
		{ EM_386, "\x06", 1, 1, "push", 0 },
		{ EM_386, "\xe8\xfb\xff\xff\xff", 5, 5, "call", 0x81000000 },
		{ EM_AARCH64, "\x1f\x20\x03\xd5", 4, 4, "nop", 0 },
		{ EM_AARCH64, "\x04\0\0\x94", 4, 4, "bl ", AT + 16 },
		{ EM_AARCH64, "\x80\0\0\xb4", 4, 4, "cbz", AT + 16 },
		{ EM_AARCH64, "\x01\0\0\xb0", 4, 4, "adrp", AT + 0x1000 },
		{ EM_AARCH64, "\x40\0\0\x58", 4, 4, "ldr", AT + 8 },
		{ EM_AARCH64, "\xff\xff\xff\xff", 4, 4, ".inst 0xffffffff", 0 },
		{ EM_AARCH64, "\x1f\x20", 2, 1, ".byte 0x1f", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct code_instruction found;
		struct error err;
		struct code *code = code_open(row->machine, &err);

		assert_non_null(code);
		code_decode(code, AT, (const uint8_t *)row->bytes, row->nr, &found);
		if (found.size != row->size ||
		    strncmp(found.text, row->text, strlen(row->text)) != 0 ||
		    found.known != (*row->text != '.') || found.has_target != (row->target != 0) ||
		    (row->target && found.target != row->target))
			fail_msg("row %zu: %s, %u bytes, target %llx", i, found.text, found.size,
				 (unsigned long long)found.target);
		code_close(code);
	}
}

static void other_machines(void **state)
{
	struct error err = { .message = "" };

	(void)state;
	assert_null(code_open(EM_PPC64, &err));
	assert_non_null(strstr(err.message, "machine"));
	code_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(instructions),
		cmocka_unit_test(other_machines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
	puts("1..0 # SKIP without capstone");
	return 0;
}

#endif
