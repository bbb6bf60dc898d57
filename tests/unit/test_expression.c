/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expressions of C. A C compiler and gdb give the expected numbers. */
#include "kernel/kernel.h"
#include "value/value.h"
#include "made_types.h"

#ifdef HAVE_LIBBPF

enum { NODE = 0x6000, NEXT = 0x6100 };

/* struct node { int id; char name[8]; struct node *next; unsigned low:3, high:5; short grid[2][3];
 * union { u64 whole; struct { unsigned int left, right; }; }; struct node *tail[]; } */
static void add_types(void)
{
	int number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int bits = btf__add_int(btf, "unsigned int", 4, 0);
	int small = btf__add_int(btf, "short int", 2, BTF_INT_SIGNED);
	int whole = btf__add_int(btf, "long unsigned int", 8, 0);
	int name = btf__add_array(btf, number, 1, 8);
	int row = btf__add_array(btf, number, small, 3);
	int grid = btf__add_array(btf, number, row, 2);
	int pair, either, node, pointer, tail;

	pair = btf__add_struct(btf, "", 8);
	btf__add_field(btf, "left", bits, 0, 0);
	btf__add_field(btf, "right", bits, 32, 0);
	either = btf__add_union(btf, "", 8);
	btf__add_field(btf, "whole", whole, 0, 0);
	btf__add_field(btf, "", pair, 0, 0);
	node = btf__add_struct(btf, "node", 56);
	pointer = node + 1;
	tail = node + 2;
	btf__add_field(btf, "id", number, 0, 0);
	btf__add_field(btf, "name", name, 32, 0);
	btf__add_field(btf, "next", pointer, 128, 0);
	btf__add_field(btf, "low", bits, 192, 3);
	btf__add_field(btf, "high", bits, 195, 5);
	btf__add_field(btf, "grid", grid, 208, 0);
	btf__add_field(btf, "", either, 320, 0);
	btf__add_field(btf, "tail", tail, 384, 0);
	assert_int_equal(btf__add_ptr(btf, node), pointer);
	assert_int_equal(btf__add_array(btf, number, pointer, 0), tail);
	btf__add_enum(btf, "colour", 4);
	btf__add_enum_value(btf, "RED", 2);
	btf__add_enum_value(btf, "GREEN", -3);
	btf__add_struct(btf, "list_head", 16);
	btf__add_field(btf, "next", pointer, 0, 0);
	btf__add_field(btf, "prev", pointer, 64, 0);
	btf__add_typedef(btf, "node_t", node);
	btf__add_var(btf, "first", BTF_VAR_GLOBAL_ALLOCATED, node);
}

static void put_nodes(void)
{
	put(NODE, (uint32_t)-5, 4);
	memcpy(image.bytes + MEMORY + NODE + 4, "adam", 5);
	put(NODE + 16, IMAGE + NEXT, 8);
	put(NODE + 24, 5 | 19 << 3, 1);
	for (unsigned int i = 0; i < 6; i++)
		put(NODE + 26 + 2 * i, 10 * i - 20, 2);
	put(NODE + 40, UINT64_C(0x1122334455667788), 8);
	put(NODE + 48, IMAGE + NODE, 8);
	put(NEXT, 7, 4);
	put(NEXT + 16, 0, 8);
	put(0x7000, 0xdeadbeef, 4);
}

static struct kernel *open_nodes(void)
{
	start_64("6.1.0");
	add_types();
	put_nodes();
	linked_add(&linked, "first", IMAGE + NODE, 56);
	linked_add(&linked, "super_blocks", IMAGE + NODE + 16, 16);
	linked_add(&linked, "bdi_list", IMAGE + NODE, 8); /* smaller than its known type */
	linked_add(&linked, "mystery", IMAGE + 0x7000, 4);
	linked_add(&linked, "blob", IMAGE + 0x7000, 24);
	linked_add(&linked, "dot.12", IMAGE + 0x7000, 4);
	linked_add(&linked, "deadbeef", IMAGE + 0x7000, 4);
	for (unsigned int i = 1; i < linked.nr; i++)
		linked.symbols[i].section = LINKED_DATA;
	return open_kernel(NULL);
}

static void numbers(void **state)
{
	static const struct {
		const char *text;
		int64_t number;
		const char *type;
	} rows[] = {
		{ "1+2*3", 7, "long" },
		{ "(1+2)*3", 9, "long" },
		{ "10-3-2", 5, "long" },
		{ "2*3%4/1", 2, "long" },
		{ "1<<40|5", (INT64_C(1) << 40) + 5, "long" },
		{ "6 & 3 ^ 1 | 8", 11, "long" },
		{ "-7/2", -3, "long" },
		{ "-7%3", -1, "long" },
		{ "~0", -1, "long" },
		{ "!0", 1, "int" },
		{ "- - 4", 4, "long" },
		{ "0x10", 16, "long" },
		{ "010", 8, "long" }, /* octal, as in C */
		{ "5u", 5, "unsigned long" },
		{ "0xffffffffffffffff", -1, "unsigned long" },
		{ "0xffffffffffffffff >> 60", 15, "unsigned long" },
		{ "-16 >> 2", -4, "long" },
		{ "ffffffff80006000", (int64_t)(IMAGE + NODE), "unsigned long" },
		{ "c1234567", 0xc1234567, "long" },
		{ "deadbeef", 0xdeadbeef, "unsigned int" }, /* a symbol */
		{ "'A'", 65, "int" },
		{ "(unsigned char)300", 44, "unsigned char" },
		{ "(int)0xffffffff", -1, "int" },
		{ "(short)0x18000 + 0", -32768, "long" },
		{ "(unsigned int)1 - 2", -1, "long" }, /* a literal has 64 bits */
		{ "(unsigned int)1 - (unsigned int)2", 0xffffffff, "unsigned int" },
		{ "RED", 2, "enum colour" },
		{ "GREEN", -3, "enum colour" },
		{ "(enum colour)2", 2, "enum colour" },
		{ "sizeof(struct node)", 56, "unsigned long" },
		{ "sizeof (node_t)", 56, "unsigned long" },
		{ "sizeof(unsigned long)", 8, "unsigned long" },
		{ "sizeof first.grid", 12, "unsigned long" },
		{ "sizeof(first.grid[0])", 6, "unsigned long" },
		{ "sizeof(struct node *)", 8, "unsigned long" },
		{ "sizeof blob", 24, "unsigned long" },
		{ "offsetof(struct node, next)", 16, "unsigned long" },
		{ "offsetof(struct node,grid[1][2])", 36, "unsigned long" },
		{ "offsetof(struct node, right)", 44, "unsigned long" },
		{ "first.id", -5, "int" },
		{ "first.id + 1", -4, "long" },
		{ "first.low", 5, "unsigned int" },
		{ "first.high", 19, "unsigned int" },
		{ "first.grid[1][2]", 30, "short" },
		{ "first.grid[0][0]", -20, "short" },
		{ "first.whole", INT64_C(0x1122334455667788), "unsigned long" },
		{ "first.left", 0x55667788, "unsigned int" },
		{ "first.right", 0x11223344, "unsigned int" },
		{ "first.next->id", 7, "int" },
		{ "first.next.id", 7, "int" },
		{ "(*first.next).id", 7, "int" },
		{ "first->id", -5, "int" },
		{ "first.tail[0]->id", -5, "int" },
		{ "first.name[1]", 'd', "char" },
		{ "*first.name", 'a', "char" },
		{ "&first", (int64_t)(IMAGE + NODE), "struct node *" },
		{ "&first.grid[1]", (int64_t)(IMAGE + NODE + 32), "short (*)[3]" },
		{ "&first + 1", (int64_t)(IMAGE + NODE + 56), "struct node *" },
		{ "1 + &first", (int64_t)(IMAGE + NODE + 56), "struct node *" },
		{ "&first.grid[1][2] - &first.grid[0][0]", 5, "long" },
		{ "first.name + 2", (int64_t)(IMAGE + NODE + 6), "char *" },
		{ "((struct node *)ffffffff80006100)->id", 7, "int" },
		{ "((node_t *)0xffffffff80006000)[0].id", -5, "int" },
		{ "((struct node*)super_blocks.next)->id", 7, "int" },
		{ "*(unsigned int *)&mystery & 0xff", 0xef, "long" },
		{ "mystery", 0xdeadbeef, "unsigned int" },
		{ "dot.12 >> 16", 0xdead, "unsigned int" },
		{ "(((first))).id", -5, "int" },
		{ "&((struct node *)0)->next", 16, "struct node **" },
		{ "first.grid [ 1 ] [ 1+1 ]", 30, "short" },
	};
	struct kernel *kernel = open_nodes();
	const struct value_memory memory = { .kernel = kernel };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error err = { .message = "" };
		uint64_t number = 0;
		struct value value;
		char type[64] = "";

		if (value_expression(&memory, rows[i].text, &value, &err) &&
		    value_number(&memory, &value, &number, &err))
			ctype_declare(&value.type, "", type, sizeof(type));
		if (number != (uint64_t)rows[i].number || strcmp(type, rows[i].type) != 0)
			fail_msg("%s: %lld, %s %s", rows[i].text, (long long)number, type,
				 err.message);
	}
	open_close(kernel);
}

static void refusals(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "", "a variable or number is missing at the end" },
		{ "(", "a variable or number is missing at the end" },
		{ "(1", "\")\" is missing at the end" },
		{ "1 2", "\"2\" is not expected here" },
		{ "1)", "\")\" is not expected here" },
		{ "12ab", "\"12ab\" is no number" },
		{ "0x11223344556677889", "64 bits" },
		{ "1/0", "division by zero" },
		{ "1 << 64", "64 bits is shifted by 64" },
		{ "nothing", "no symbol \"nothing\"" },
		{ "(struct nothing *)0", "no type \"struct nothing" },
		{ "sizeof(struct nothing)", "no type \"struct nothing" },
		{ "first.nothing", "struct node has no member \"nothing\"" },
		{ "first.id.more", "\"int\" has no members" },
		{ "first.grid[2][0]", "no element 2: the array has 2 elements" },
		{ "first.grid[-1]", "no element -1" },
		{ "first[0]", "\"struct node\" has no elements" },
		{ "*first", "has no target" },
		{ "*(void *)0", "has no target of a known type" },
		{ "first + 1", "\"struct node\" has no number" },
		{ "(struct node)first", "casts" },
		{ "&1", "& needs something in memory" },
		{ "&first.low", "a bit field has no address" },
		{ "offsetof(struct node, high)", "a bit field" },
		{ "offsetof(struct node, )", "a member is missing" },
		{ "&first + &first", "two pointers can only be subtracted" },
		{ "&first * 2", "a pointer takes only + and -" },
		{ "blob.next", "the type of the variable at ffffffff80007000 is not known" },
		{ "bdi_list.next", "the type of the variable" },
		{ "first.next->next->id", "0 is not mapped: a pointer before it is NULL" },
		{ "((struct node *)0x123456789000)->id", "123456789000" },
		{ "first.", "a member is missing" },
		{ "'ab'", "characters have the form" },
		{ "1 +", "a variable or number is missing" },
	};
	struct kernel *kernel = open_nodes();
	const struct value_memory memory = { .kernel = kernel };
	char deep[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error err = { .message = "" };
		uint64_t number = 0;
		struct value value;

		if ((value_expression(&memory, rows[i].text, &value, &err) &&
		     value_number(&memory, &value, &number, &err)) ||
		    !strstr(err.message, rows[i].says))
			fail_msg("%s: %lld %s", rows[i].text, (long long)number, err.message);
	}
	for (const char *at = "(-*&~!["; *at; at++) {
		struct error err = { .message = "" };
		struct value value;

		memset(deep, *at, sizeof(deep) - 1);
		deep[sizeof(deep) - 1] = '\0';
		assert_false(value_expression(&memory, deep, &value, &err));
	}
	open_close(kernel);
}

static void paths_of_members(void **state)
{
	static const struct {
		const char *path;
		int64_t number;
	} rows[] = {
		{ "id", -5 },	      { "next->id", 7 },     { "next.id", 7 },
		{ "grid[1][0]", 10 }, { "tail[0]->low", 5 }, { "right", 0x11223344 },
		{ "name[3]", 'm' },
	};
	static const char *const wrong[] = { "",      ".",	 "id.",	    "..id",
					     "grid[", "grid[x]", "grid[9]", "-id" };
	struct kernel *kernel = open_nodes();
	const struct value_memory memory = { .kernel = kernel };
	struct value node, value;
	struct error err;

	(void)state;
	assert_true(value_symbol(kernel, "first", &node, NULL));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t number = 0;

		if (!value_path(&memory, &node, rows[i].path, &value, &err) ||
		    !value_number(&memory, &value, &number, &err) ||
		    number != (uint64_t)rows[i].number)
			fail_msg("%s: %lld %s", rows[i].path, (long long)number, err.message);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (value_path(&memory, &node, wrong[i], &value, &err) && *wrong[i])
			fail_msg("\"%s\" is taken", wrong[i]);
	open_close(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(refusals),
		cmocka_unit_test(paths_of_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
