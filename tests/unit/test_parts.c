/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of values, of usual and of hostile types. */
#include "base/text.h"
#include "value/parts.h"
#include "made_types.h"

#ifdef HAVE_LIBBPF

enum { ITEM = 0x6000 };

/* struct item { int id; char name[8]; unsigned int low:3, :2, high:5; short grid[2][2];
 * union { u64 whole; struct { unsigned int left, right; }; }; struct item *next; enum colour colours[3];
 * bool yes, odd; double real; float narrow; char raw[4]; char tail[]; }
 * char is signed in kernels of x86 before 6.2. */
static void add_item(void)
{
	int number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int bits = btf__add_int(btf, "unsigned int", 4, 0);
	int small = btf__add_int(btf, "short int", 2, BTF_INT_SIGNED);
	int whole = btf__add_int(btf, "long unsigned int", 8, 0);
	int truth = btf__add_int(btf, "_Bool", 1, BTF_INT_BOOL);
	int real = btf__add_float(btf, "double", 8), narrow = btf__add_float(btf, "float", 4);
	int name = btf__add_array(btf, number, 1, 8), raw = btf__add_array(btf, number, 1, 4);
	int grid = btf__add_array(btf, number, btf__add_array(btf, number, small, 2), 2);
	int tail = btf__add_array(btf, number, 1, 0);
	int colour = btf__add_enum(btf, "colour", 4), colours, pair, either, item;

	btf__add_enum_value(btf, "RED", 2);
	btf__add_enum_value(btf, "GREEN\n", -3);
	colours = btf__add_array(btf, number, colour, 3);
	pair = btf__add_struct(btf, "", 8);
	btf__add_field(btf, "left", bits, 0, 0);
	btf__add_field(btf, "right", bits, 32, 0);
	either = btf__add_union(btf, "", 8);
	btf__add_field(btf, "whole", whole, 0, 0);
	btf__add_field(btf, "", pair, 0, 0);
	item = btf__add_struct(btf, "item", 76);
	btf__add_field(btf, "id", number, 0, 0);
	btf__add_field(btf, "name", name, 32, 0);
	btf__add_field(btf, "low", bits, 96, 3);
	btf__add_field(btf, "", bits, 99, 2);
	btf__add_field(btf, "high", bits, 101, 5);
	btf__add_field(btf, "grid", grid, 128, 0);
	btf__add_field(btf, "", either, 192, 0);
	btf__add_field(btf, "next", item + 1, 256, 0);
	btf__add_field(btf, "colours", colours, 320, 0);
	btf__add_field(btf, "yes", truth, 416, 0);
	btf__add_field(btf, "odd", truth, 424, 0);
	btf__add_field(btf, "real", real, 448, 0);
	btf__add_field(btf, "narrow", narrow, 512, 0);
	btf__add_field(btf, "raw", raw, 544, 0);
	btf__add_field(btf, "tail", tail, 576, 0);
	assert_int_equal(btf__add_ptr(btf, item), item + 1);
}

/* Types that no compiler writes. */
static void add_hostile(void)
{
	int self = (int)btf__type_cnt(btf), twice, many, hole;

	btf__add_struct(btf, "self", 8); /* contains itself */
	btf__add_field(btf, "inner", self, 0, 0);
	twice = btf__add_struct(btf, "twice", 8); /* contains itself twice, without a name */
	btf__add_field(btf, "", twice, 0, 0);
	btf__add_field(btf, "", twice, 0, 0);
	hole = btf__add_struct(btf, "hole", 0);
	many = btf__add_array(btf, 1, hole, 0x7fffffff);
	btf__add_struct(btf, "many", 0);
	btf__add_field(btf, "holes", many, 0, 0);
	many = btf__add_array(btf, 1, many, 0x7fffffff);
	btf__add_struct(btf, "more", 0);
	btf__add_field(btf, "holes", many, 0, 0);
	many = btf__add_array(btf, 1, 1, 0x7fffffff);
	btf__add_struct(btf, "odd", 8);
	btf__add_field(btf, "void", 0, 0, 0);
	btf__add_field(btf, "text", many, 0, 0);
}

static struct kernel *open_item(void)
{
	static const double real = 0.5;
	static const float narrow = -1.25F;

	start_64("6.1.0");
	add_item();
	add_hostile();
	put(ITEM, (uint32_t)-5, 4);
	memcpy(image.bytes + MEMORY + ITEM + 4, "ad\0rest\1", 8);
	put(ITEM + 12, 5 | 3 << 3 | 19 << 5, 2);
	for (unsigned int i = 0; i < 4; i++)
		put(ITEM + 16 + 2 * i, 10 * i - 20, 2);
	put(ITEM + 24, UINT64_C(0x1122334455667788), 8);
	put(ITEM + 32, IMAGE + ITEM, 8);
	put(ITEM + 40, 2, 4);
	put(ITEM + 44, (uint32_t)-3, 4);
	put(ITEM + 48, 7, 4);
	put(ITEM + 52, 0x201, 2);
	memcpy(image.bytes + MEMORY + ITEM + 56, &real, 8);
	memcpy(image.bytes + MEMORY + ITEM + 64, &narrow, 4);
	memcpy(image.bytes + MEMORY + ITEM + 68, "\0\1\0\0", 4);
	memcpy(image.bytes + MEMORY + ITEM + 72, "tail\xc3\xa4\t", 8);
	return open_kernel(NULL);
}

struct written {
	char text[4096];
	unsigned int nr, most, deepest, depth, nr_cut;
	bool first;
};

static bool write_part(void *arg, const struct value_part *part)
{
	struct written *written = arg;
	char *text = written->text;
	const size_t size = sizeof(written->text);

	written->nr++;
	written->nr_cut += part->is_cut;
	if (part->kind == PART_END) {
		written->depth--;
		text_append(text, size, "}");
		return true;
	}
	text_append(text, size, "%s%s%s", written->first ? "" : " ", part->name ? part->name : "",
		    part->name ? "=" : "");
	written->first = part->kind == PART_STRUCT || part->kind == PART_ARRAY;
	switch (part->kind) {
	case PART_UNSIGNED:
		text_append(text, size, "%lluu", (unsigned long long)part->number);
		break;
	case PART_SIGNED: text_append(text, size, "%lld", (long long)part->number); break;
	case PART_BOOL: text_append(text, size, part->number ? "true" : "false"); break;
	case PART_POINTER: text_append(text, size, "%llx", (unsigned long long)part->number); break;
	case PART_FLOAT: text_append(text, size, "%g", part->real); break;
	case PART_WIDE: text_append(text, size, "%s", part->text); break;
	case PART_TEXT: text_append(text, size, "'%s'", part->text); break;
	case PART_UNREADABLE:
		text_append(text, size, *part->why->message ? "?" : "no reason");
		break;
	default: text_append(text, size, part->kind == PART_STRUCT ? "{" : "[");
	}
	if (written->first && ++written->depth > written->deepest)
		written->deepest = written->depth;
	return written->nr != written->most;
}

/* Visits the value of an expression. Returns what was written, until the next call. */
static const struct written *parts_of(struct kernel *kernel, const char *expression,
				      unsigned int most, bool sees_cuts, struct error *err)
{
	static struct written written;
	const struct value_memory memory = { .kernel = kernel };
	const struct value_visitor visitor = { write_part, &written, sees_cuts };
	struct value value;
	bool done;

	written = (struct written){ .first = true, .most = most };
	kernel->excess->code = err->code = ERROR_NONE;
	if (!value_expression(&memory, expression, &value, err))
		fail_msg("%s: %s", expression, err->message);
	done = parts_visit(&memory, NULL, &value, &visitor, err);
	assert_int_equal(done, !err->code);
	return &written;
}

static void every_kind(void **state)
{
	static const char whole[] =
		"{id=-5 name='ad' low=5u high=19u grid=[[-20 -10} [0 10}} whole=1234605616436508552u "
		"left=1432778632u right=287454020u next=ffffffff80006000 colours=['RED' 'GREEN\n' 7} "
		"yes=true odd=2u real=0.5 narrow=-1.25 raw=[0 1 0 0} tail='tail\xc3\xa4\t'}";
	struct kernel *kernel = open_item();
	struct error err;

	(void)state;
	assert_string_equal(parts_of(kernel, "*(struct item *)0xffffffff80006000", 0, false, &err)
				    ->text,
			    whole);
	assert_int_equal(kernel->excess->code, ERROR_NONE);
	assert_string_equal(parts_of(kernel, "1+2", 0, false, &err)->text, "3");
	assert_string_equal(parts_of(kernel, "((struct item *)0xffffffff80006000)->high", 0, false,
				     &err)
				    ->text,
			    "19u");
	/* The visitor ends the visit. */
	assert_int_equal(parts_of(kernel, "*(struct item *)0xffffffff80006000", 6, false, &err)->nr,
			 6);
	open_close(kernel);
}

static void missing_memory(void **state)
{
	struct kernel *kernel = open_item();
	const struct written *written;
	struct error err;

	(void)state;
	/* Of this struct, the memory has the first 40 bytes. */
	written = parts_of(kernel, "*(struct item *)0xffffffff8000ffd8", 0, false, &err);
	assert_string_equal(
		written->text,
		"{id=0 name='' low=0u high=0u grid=[[0 0} [0 0}} whole=0u left=0u right=0u next=0 "
		"colours=? yes=? odd=? real=? narrow=? raw=? tail=[}}");
	/* What has no page at all is missing as a whole. */
	written = parts_of(kernel, "*(struct item *)0xffff800000000000", 0, false, &err);
	assert_int_equal(written->nr, 0);
	assert_int_equal(err.code, ERROR_UNREADABLE);
	written = parts_of(kernel, "((struct item *)0xffff800000000000)->id", 0, false, &err);
	assert_int_equal(written->nr, 0);
	assert_int_equal(err.code, ERROR_UNREADABLE);
	parts_of(kernel, "((struct odd *)0xffffffff80006000)->void", 0, false, &err);
	assert_int_equal(err.code, ERROR_USAGE);
	open_close(kernel);
}

static void hostile_types(void **state)
{
	struct kernel *kernel = open_item();
	const struct written *written;
	struct error err;

	(void)state;
	written = parts_of(kernel, "*(struct self *)0xffffffff80006000", 0, false, &err);
	assert_int_equal(written->deepest, PARTS_NESTING);
	assert_non_null(strstr(written->text, "inner=?"));
	assert_int_equal(kernel->excess->code, ERROR_NO_ANSWER);
	/* 2 to the power of 24 visits of members would not end. */
	written = parts_of(kernel, "*(struct twice *)0xffffffff80006000", 0, false, &err);
	assert_string_equal(written->text, "{}");
	assert_int_equal(kernel->excess->code, ERROR_NO_ANSWER);
	written = parts_of(kernel, "*(struct many *)0xffffffff80006000", 0, false, &err);
	assert_int_equal(written->nr, 2 * PARTS_ELEMENTS + 4);
	assert_int_equal(kernel->excess->code, ERROR_NO_ANSWER);
	/* The visitor may see itself that an array is cut. */
	written = parts_of(kernel, "*(struct many *)0xffffffff80006000", 0, true, &err);
	assert_int_equal(written->nr_cut, 1);
	assert_int_equal(kernel->excess->code, ERROR_NONE);
	written = parts_of(kernel, "*(struct more *)0xffffffff80006000", 0, false, &err);
	assert_in_range(written->nr, 1 << 20, 3 << 20);
	assert_int_equal(kernel->excess->code, ERROR_NO_ANSWER);
	/* The text is not searched for its end without a limit. */
	written = parts_of(kernel, "*(struct odd *)0xffffffff80006004", 0, false, &err);
	assert_string_equal(written->text, "{void=? text='ad'}");
	open_close(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind),
		cmocka_unit_test(missing_memory),
		cmocka_unit_test(hostile_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
