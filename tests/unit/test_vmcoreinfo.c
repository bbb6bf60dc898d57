/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of VMCOREINFO: whole keys, numbers of all kinds, and damage. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/vmcoreinfo.h"

#include "unit.h"

/* Copies the note to the heap, without a byte after it, so that sanitizers detect a read after its
 * end. */
static struct vmcoreinfo copy(const char *text, size_t size)
{
	uint8_t *data = malloc(size ? size : 1);

	assert_non_null(data);
	memcpy(data, text, size);
	return (struct vmcoreinfo){ .text = { data, size } };
}

static void release(struct vmcoreinfo *note)
{
	free((void *)note->text.data);
}

static void expect_found(const struct vmcoreinfo *note, const char *key, const char *expected)
{
	struct bytes value;

	if (!vmcoreinfo_find(note, key, &value))
		fail_msg("%s was not found", key);
	if (value.size != strlen(expected) || memcmp(value.data, expected, value.size))
		fail_msg("%s is \"%.*s\", not \"%s\"", key, (int)value.size,
			 (const char *)value.data, expected);
}

static void expect_missing(const struct vmcoreinfo *note, const char *key)
{
	struct bytes value;

	if (vmcoreinfo_find(note, key, &value))
		fail_msg("%s is \"%.*s\"", key, (int)value.size, (const char *)value.data);
}

#define NOTE(TEXT) copy(TEXT, sizeof(TEXT) - 1)

static void keys_are_whole(void **state)
{
	struct vmcoreinfo note = NOTE("OSRELEASE_OLD=1\n"
				      "OSRELEASE=6.1.0-18-amd64\n"
				      "XOSRELEASE=2\n"
				      "SYMBOL(mem_map_x)=1\n"
				      "SYMBOL(mem_map)=2\n"
				      "SYMBOL(mem)=3\n"
				      "XSYMBOL(memo)=4\n"
				      "EMPTY=\n"
				      "TWO=a=b\n"
				      "NOTHING\n"
				      "LAST=end\n");

	(void)state;
	expect_found(&note, "OSRELEASE", "6.1.0-18-amd64");
	expect_found(&note, "OSRELEASE_OLD", "1");
	expect_found(&note, "SYMBOL(mem_map)", "2");
	expect_found(&note, "SYMBOL(mem)", "3");
	expect_found(&note, "EMPTY", "");
	expect_found(&note, "TWO", "a=b");
	expect_found(&note, "LAST", "end");
	expect_missing(&note, "OSRELEAS");
	expect_missing(&note, "SYMBOL(mem");
	expect_missing(&note, "SYMBOL(memo)");
	expect_missing(&note, "SYMBOL(m)");
	expect_missing(&note, "NOTHING");
	expect_missing(&note, "a");
	expect_missing(&note, "6.1.0-18-amd64");
	expect_missing(&note, "");
	release(&note);
}

static void the_first_of_two_counts(void **state)
{
	struct vmcoreinfo note = NOTE("PAGESIZE=4096\nPAGESIZE=8192\n");

	(void)state;
	expect_found(&note, "PAGESIZE", "4096");
	release(&note);
}

static void the_last_line_may_be_open(void **state)
{
	struct vmcoreinfo open = NOTE("A=1\nSYMBOL(_stext)=ffffffff81000000");
	struct vmcoreinfo cut = NOTE("A=1\nSYMBOL(_stext)=");
	struct vmcoreinfo shorter = NOTE("A=1\nSYMBOL(_stext)");
	struct vmcoreinfo padded = NOTE("A=1\nB=22\0\0\0");
	uint64_t value;

	(void)state;
	assert_true(vmcoreinfo_symbol(&open, "_stext", &value));
	assert_true(value == 0xffffffff81000000);
	expect_found(&cut, "SYMBOL(_stext)", "");
	assert_false(vmcoreinfo_symbol(&cut, "_stext", &value));
	expect_missing(&shorter, "SYMBOL(_stext)");
	/* Writers round up the size of the note. */
	expect_found(&padded, "B", "22");
	release(&open);
	release(&cut);
	release(&shorter);
	release(&padded);
}

static void an_empty_note(void **state)
{
	struct vmcoreinfo none = { .text = { NULL, 0 } };
	struct vmcoreinfo newlines = NOTE("\n\n\n");
	uint64_t value;

	(void)state;
	expect_missing(&none, "OSRELEASE");
	expect_missing(&none, "");
	assert_false(vmcoreinfo_number(&none, "phys_base", &value));
	expect_missing(&newlines, "OSRELEASE");
	expect_missing(&newlines, "");
	release(&newlines);
}

static void kinds_of_numbers(void **state)
{
	struct vmcoreinfo note = NOTE("SYMBOL(page)=c1000000\n"
				      "SIZE(page)=64\n"
				      "OFFSET(page.flags)=0\n"
				      "OFFSET(page.lru)=8\n"
				      "LENGTH(mem_section)=2048\n"
				      "NUMBER(page)=10\n"
				      "KERNELOFFSET=1b000000\n");
	uint64_t value;

	(void)state;
	assert_true(vmcoreinfo_symbol(&note, "page", &value));
	assert_true(value == 0xc1000000);
	assert_true(vmcoreinfo_value(&note, "SIZE", "page", &value));
	assert_true(value == 64);
	assert_true(vmcoreinfo_value(&note, "OFFSET", "page.flags", &value));
	assert_true(value == 0);
	assert_true(vmcoreinfo_value(&note, "OFFSET", "page.lru", &value));
	assert_true(value == 8);
	assert_true(vmcoreinfo_value(&note, "LENGTH", "mem_section", &value));
	assert_true(value == 2048);
	assert_true(vmcoreinfo_number(&note, "page", &value));
	assert_true(value == 10);
	assert_true(vmcoreinfo_hex(&note, "KERNELOFFSET", &value));
	assert_true(value == 0x1b000000);
	assert_false(vmcoreinfo_value(&note, "LENGTH", "page", &value));
	assert_false(vmcoreinfo_value(&note, "OFFSET", "page", &value));
	assert_false(vmcoreinfo_hex(&note, "KERNEL", &value));
	release(&note);
}

static void signs_and_prefixes(void **state)
{
	struct vmcoreinfo note = NOTE("NUMBER(phys_base)=-845152256\n"
				      "NUMBER(VMALLOC_START)=0xffffc90000000000\n"
				      "NUMBER(lowest)=-9223372036854775808\n"
				      "NUMBER(most)=18446744073709551615\n"
				      "NUMBER(PG_buddy)=-129\n"
				      "NUMBER(octal)=010\n"
				      "SYMBOL(zero)=0\n"
				      "SYMBOL(upper)=FFFFFFFF81ABCDEF\n"
				      "SYMBOL(digits)=10\n");
	uint64_t value;

	(void)state;
	/* -0x32600000 */
	assert_true(vmcoreinfo_number(&note, "phys_base", &value));
	assert_true(value == 0xffffffffcda00000);
	assert_true(vmcoreinfo_number(&note, "VMALLOC_START", &value));
	assert_true(value == 0xffffc90000000000);
	assert_true(vmcoreinfo_number(&note, "lowest", &value));
	assert_true(value == UINT64_C(1) << 63);
	assert_true(vmcoreinfo_number(&note, "most", &value));
	assert_true(value == UINT64_MAX);
	assert_true(vmcoreinfo_number(&note, "PG_buddy", &value));
	assert_true((int64_t)value == -129);
	assert_true(vmcoreinfo_number(&note, "octal", &value));
	assert_true(value == 10);
	assert_true(vmcoreinfo_symbol(&note, "zero", &value));
	assert_true(value == 0);
	assert_true(vmcoreinfo_symbol(&note, "upper", &value));
	assert_true(value == 0xffffffff81abcdef);
	assert_true(vmcoreinfo_symbol(&note, "digits", &value));
	assert_true(value == 0x10);
	release(&note);
}

static void what_is_no_number(void **state)
{
	static const char *const decimal[] = {
		"",
		"-",
		"x",
		"0x",
		"12x",
		"1 2",
		"c1000000",
		"1.5",
		"--1",
		"18446744073709551616",
		"99999999999999999999999",
		"-99999999999999999999999",
		"0x10000000000000000",
		"123456789012345678901234567890123456789012345678901234567890",
		"0x00000000000000000000000000000000000000000000000000000000g",
	};
	static const char *const hexadecimal[] = {
		"",
		"g",
		"ffffffffffffffff0",
		"c1000000 ",
		"c10 0",
		"_stext",
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	};
	struct vmcoreinfo note;
	char text[128];
	uint64_t value;

	(void)state;
	for (size_t i = 0; i < sizeof(decimal) / sizeof(decimal[0]); i++) {
		snprintf(text, sizeof(text), "NUMBER(x)=%s\nNUMBER(y)=1\n", decimal[i]);
		note = copy(text, strlen(text));
		if (vmcoreinfo_number(&note, "x", &value))
			fail_msg("\"%s\" was taken", decimal[i]);
		release(&note);
	}
	for (size_t i = 0; i < sizeof(hexadecimal) / sizeof(hexadecimal[0]); i++) {
		snprintf(text, sizeof(text), "SYMBOL(x)=%s\nSYMBOL(y)=1\n", hexadecimal[i]);
		note = copy(text, strlen(text));
		if (vmcoreinfo_symbol(&note, "x", &value))
			fail_msg("\"%s\" was taken", hexadecimal[i]);
		release(&note);
	}
}

static void zero_bytes(void **state)
{
	/* Lines after the damage still belong to the note. */
	struct vmcoreinfo note = NOTE("\0\0A=1\n"
				      "NUMBER(x)=12\0junk\n"
				      "SYMBOL(x)=\0\n"
				      "NUMBER(y)=7\n");
	uint64_t value;

	(void)state;
	expect_missing(&note, "A");
	assert_false(vmcoreinfo_number(&note, "x", &value));
	assert_false(vmcoreinfo_symbol(&note, "x", &value));
	assert_true(vmcoreinfo_number(&note, "y", &value));
	assert_true(value == 7);
	release(&note);
}

/* A name that is longer than any name in a kernel is refused, and not cut off. */
static void long_names(void **state)
{
	enum { LONGEST = 150 };
	char name[LONGEST + 1] = "", text[LONGEST * LONGEST], *end = text;
	struct vmcoreinfo note;
	uint64_t value;

	(void)state;
	/* One line for each length to which the key could be cut off. */
	for (int length = 0; length < LONGEST; length++) {
		end += sprintf(end, "SYMBOL(%s=%d\n", name, length + 1);
		name[length] = 'n';
		if (end - text > (int)sizeof(text) - 2 * LONGEST)
			break;
	}
	end += sprintf(end, "SYMBOL(%s)=1\nSYMBOL(n)=2\n", name);
	note = copy(text, end - text);
	if (vmcoreinfo_symbol(&note, name, &value))
		assert_true(value == 1);
	assert_true(vmcoreinfo_symbol(&note, "n", &value));
	assert_true(value == 2);
	release(&note);
}

/* Symbols are visited one after the other. Lines that are not symbols, or have no number, are
 * skipped. */
static void symbols_in_order(void **state)
{
	static const char text[] =
		"SYMBOL(a)=1\nSIZE(b)=2\nSYMBOL(c)=x\nSYMBOL()=3\nSYMBOL(d=4\n"
		"SYMBOL\nSYMBOL(\n\nXSYMBOL(e)=5\nSYMBOL(f)=ffffffff81000000\nSYMBOL(g)=7";
	struct vmcoreinfo note = copy(text, sizeof(text) - 1);
	char name[VMCOREINFO_NAME], all[64] = "";
	uint64_t value, sum = 0;
	size_t at = 0;

	(void)state;
	while (vmcoreinfo_next_symbol(&note, &at, name, &value)) {
		strcat(all, name);
		sum += value;
	}
	assert_string_equal(all, "afg");
	assert_true(sum == UINT64_C(0xffffffff81000008));
	release(&note);
	note = copy("", 0);
	at = 0;
	assert_false(vmcoreinfo_next_symbol(&note, &at, name, &value));
	release(&note);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_whole),
		cmocka_unit_test(the_first_of_two_counts),
		cmocka_unit_test(the_last_line_may_be_open),
		cmocka_unit_test(an_empty_note),
		cmocka_unit_test(kinds_of_numbers),
		cmocka_unit_test(signs_and_prefixes),
		cmocka_unit_test(what_is_no_number),
		cmocka_unit_test(zero_bytes),
		cmocka_unit_test(long_names),
		cmocka_unit_test(symbols_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
