/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers, address expressions, and the words of a command line. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/words.h"
#include "value/symbol_word.h"

#include "unit.h"

#define NR_OF(ARRAY) (sizeof(ARRAY) / sizeof((ARRAY)[0]))

static bool find(void *arg, const char *name, uint64_t *address, struct error *err)
{
	// clang-format off
	static const struct {
		const char *name;
		uint64_t address;
	} known[] = {
		{ "_stext", 0xffffffff81000000 }, { "add", 0x1000 },
		{ "do_it.isra.0", 0x2000 }, { "a$b", 0x3000 },
		{ "__key.12", 0x4000 }, { "x86_init", 0x5000 },
		{ "top", UINT64_MAX }, { "d_add", 0x6000 },
		{ "dead_beef", 0x7000 },
	};
	// clang-format on

	++*(int *)arg;
	for (size_t i = 0; i < NR_OF(known); i++) {
		if (!strcmp(known[i].name, name)) {
			*address = known[i].address;
			return true;
		}
	}
	return (fail)(err, ERROR_UNKNOWN, "no such symbol");
}

static bool parse(const char *text, uint64_t *address, struct error *err)
{
	int nr_asked = 0;
	struct symbol_source symbols = { find, &nr_asked };

	return parse_expression(text, &symbols, address, err);
}

static void expect_address(const char *text, uint64_t expected)
{
	uint64_t address = ~expected;
	struct error err = { .message = "" };

	if (!parse(text, &address, &err))
		fail_msg("%s: %s", text, err.message);
	if (address != expected)
		fail_msg("%s is %llx", text, (unsigned long long)address);
}

static void refuse_address(const char *text, const char *because)
{
	uint64_t address;
	struct error err = { .message = "" };

	if (parse(text, &address, &err))
		fail_msg("%s was taken", text);
	if (!strstr(err.message, because))
		fail_msg("%s: %s", text, err.message);
}

static void numbers_are_hexadecimal(void **state)
{
	(void)state;
	expect_address("0", 0);
	expect_address("10", 0x10);
	expect_address("0x10", 0x10);
	expect_address("0XfF", 0xff);
	expect_address("DeadBeef", 0xdeadbeef);
	expect_address("ffffffffffffffff", UINT64_MAX);
	expect_address("0x0000000000000000000001", 1);
	expect_address("add", 0xadd);
}

static void symbols_are_names(void **state)
{
	(void)state;
	expect_address("_stext", 0xffffffff81000000);
	expect_address("&_stext", 0xffffffff81000000);
	expect_address("&add", 0x1000);
	expect_address("do_it.isra.0", 0x2000);
	expect_address("a$b", 0x3000);
	expect_address("__key.12", 0x4000);
	expect_address("x86_init", 0x5000);
}

static void pasted_numbers_are_read(void **state)
{
	(void)state;
	expect_address("ffff_8880_0000_1000", 0xffff888000001000);
	expect_address("0xffff_8880_0000_1000", 0xffff888000001000);
	expect_address("ffff,8880,0000,1000", 0xffff888000001000);
	expect_address("ffff8880_00001000", 0xffff888000001000);
	expect_address("1_0", 0x10);
	expect_address("12,3", 0x123);
	expect_address("0xa_bc", 0xabc);
	expect_address("ffff888000001000:", 0xffff888000001000);
	expect_address("[<ffff888000001000>]", 0xffff888000001000);
	expect_address("<ffff888000001000>", 0xffff888000001000);
	expect_address("<ffff888000001000>:", 0xffff888000001000);
	expect_address("`1000`", 0x1000);
	expect_address("`1000'", 0x1000);
	expect_address("'1000'", 0x1000);
	expect_address("\"0x1000\"", 0x1000);
	expect_address("`_stext`", 0xffffffff81000000);
	expect_address("<_stext+0x10/0x20>:", 0xffffffff81000010);
	expect_address("_stext+0x1_0", 0xffffffff81000010);
	expect_address("_stext+0x10/0x2_0:", 0xffffffff81000010);
}

/* A word with separated digits is a name if a symbol has this name, or if the groups of digits have
 * different sizes. */
static void separated_letters_may_be_names(void **state)
{
	(void)state;
	expect_address("d_add", 0x6000);
	expect_address("&d_add", 0x6000);
	expect_address("dead_beef", 0x7000);
	expect_address("0xdead_beef", 0xdeadbeef);
	expect_address("dead_bee1", 0xdeadbee1);
	refuse_address("ecc_25519", "no such symbol");
	refuse_address("add,bad", "no such symbol");
	refuse_address("d_bad", "no such symbol");
}

static void garbage_is_no_number(void **state)
{
	(void)state;
	refuse_address("0x", "neither");
	refuse_address("0x:", "no such symbol");
	refuse_address("0x_1", "neither");
	refuse_address("1__0", "neither");
	refuse_address("1,,0", "neither");
	refuse_address("1_0,0", "neither");
	refuse_address("1_", "neither");
	refuse_address("1,,", "neither");
	refuse_address("_1", "no such symbol");
	refuse_address("1::", "no such symbol");
	refuse_address("<1000", "no such symbol");
	refuse_address("[<1000>", "no such symbol");
	refuse_address("`1000\"", "no such symbol");
	refuse_address("[1000]", "no such symbol");
	refuse_address("<>", "missing");
	refuse_address("`1 + `", "missing");
	refuse_address("<1000>2", "no such symbol");
	refuse_address("<_stext+16>", "kwalk reads hexadecimal: use +0x10");
	expect_address("<_stext+8>", 0xffffffff81000008);
	expect_address("_stext+16", 0xffffffff81000016);
}

static void decimal_digits_are_named(void **state)
{
	(void)state;
	refuse_address("18446744073709551615", "if it is decimal, write 0xffffffffffffffff");
	refuse_address("28446744073709551615", "does not fit in 64 bits");
	refuse_address("ffffffffffffffff0", "does not fit in 64 bits");
}

static void sums_and_differences(void **state)
{
	(void)state;
	expect_address("_stext+10", 0xffffffff81000010);
	expect_address("_stext+0x10-8", 0xffffffff81000008);
	expect_address("_stext-&add", 0xffffffff80fff000);
	expect_address("10+&add+do_it.isra.0", 0x3010);
	expect_address(" 10 + 20 ", 0x30);
	expect_address("top-top", 0);
	expect_address("top+0", UINT64_MAX);
}

static void nothing_wraps(void **state)
{
	(void)state;
	refuse_address("top+1", "does not fit in 64 bits");
	refuse_address("ffffffffffffffff+1", "does not fit in 64 bits");
	refuse_address("10000000000000000", "does not fit in 64 bits");
	refuse_address("0xfffffffffffffffff", "does not fit in 64 bits");
	refuse_address("1-2", "negative");
	refuse_address("add-&add-top", "negative");
}

static void nonsense_is_refused(void **state)
{
	char long_name[SYMBOL_NAME_MAX + 2];

	(void)state;
	refuse_address("", "missing");
	refuse_address("  ", "missing");
	refuse_address("+", "missing");
	refuse_address("1+", "missing");
	refuse_address("+1", "missing");
	refuse_address("-1", "missing");
	refuse_address("1++2", "missing");
	refuse_address("&", "must follow &");
	refuse_address("&+1", "must follow &");
	refuse_address("1 2", "+ or - is missing");
	refuse_address("12zz", "neither");
	refuse_address("0xg", "neither");
	refuse_address("nosuch", "no such symbol");
	refuse_address("_stext+nosuch", "no such symbol");
	refuse_address("&&_stext", "no such symbol");
	memset(long_name, 'z', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	refuse_address(long_name, "shorter than 512 bytes");
}

static void numbers_ask_no_symbol(void **state)
{
	int nr_asked = 0;
	struct symbol_source symbols = { find, &nr_asked };
	uint64_t address;

	(void)state;
	assert_true(parse_expression("add+12", &symbols, &address, NULL));
	assert_int_equal(nr_asked, 0);
}

static void plain_hex_and_counts(void **state)
{
	uint64_t value;

	(void)state;
	assert_true(parse_hex("1f", &value, NULL) && value == 0x1f);
	assert_true(parse_hex("0x1F", &value, NULL) && value == 0x1f);
	assert_false(parse_hex("", &value, NULL));
	assert_false(parse_hex("0x", &value, NULL));
	assert_false(parse_hex("1f ", &value, NULL));
	assert_false(parse_hex("-1", &value, NULL));
	assert_false(parse_hex("_stext", &value, NULL));
	assert_false(parse_hex("10000000000000000", &value, NULL));
	assert_true(parse_hex("1_f:", &value, NULL) && value == 0x1f);
	assert_false(parse_hex("d_add", &value, NULL));
	assert_false(parse_hex("0x", &value, NULL));
	assert_true(parse_count("10", &value, NULL) && value == 10);
	assert_true(parse_count("0x10", &value, NULL) && value == 16);
	assert_true(parse_count("1,000", &value, NULL) && value == 1000);
	assert_true(parse_count("1_000", &value, NULL) && value == 1000);
	assert_false(parse_count("1,0f0", &value, NULL));
	assert_true(parse_count("18446744073709551615", &value, NULL) && value == UINT64_MAX);
	assert_false(parse_count("18446744073709551616", &value, NULL));
	assert_false(parse_count("99999999999999999999", &value, NULL));
	assert_false(parse_count("", &value, NULL));
	assert_false(parse_count("1f", &value, NULL));
	assert_false(parse_count("-1", &value, NULL));
}

/* Compares the commands of a line, each written as "[word][word]|shell;". */
static void expect_line(const char *line, const char *expected)
{
	char *copy = strdup(line), *rest = copy, *argv[64], all[512] = "";
	struct command_text text;

	while (command_text_next(&rest, &text)) {
		int argc = text.words ? words_split(text.words, argv) : 0;

		assert_true(!text.words || argc <= words_bound(line));
		if (argc < 0)
			strcat(all, "unclosed");
		for (int i = 0; i < argc; i++) {
			strcat(all, "[");
			strcat(all, argv[i]);
			strcat(all, "]");
		}
		if (text.shell) {
			strcat(all, text.words ? "|" : "!");
			strcat(all, text.shell);
		}
		strcat(all, ";");
	}
	free(copy);
	assert_string_equal(all, expected);
}

static void lines_split_into_commands_and_words(void **state)
{
	(void)state;
	expect_line("", "");
	expect_line(" \t\r\n", "");
	expect_line("# nothing", "");
	expect_line(";; ; ", "");
	expect_line("vtop 1 2", "[vtop][1][2];");
	expect_line("  vtop\t1\r", "[vtop][1];");
	expect_line("vtop 1;ptov 2 ; q", "[vtop][1];[ptov][2];[q];");
	expect_line("vtop 1 # two; three", "[vtop][1];");
	expect_line("vtop a#b", "[vtop][a#b];");
	expect_line("a;#b", "[a];");
	expect_line("sym 'a b' \"c;d\" e\\ f", "[sym][a b][c;d][e f];");
	expect_line("sym \"a\\\"b\" '\\' ''", "[sym][a\"b][\\][];");
	expect_line("sym it's", "unclosed;");
	expect_line("a \\", "[a][\\];");
}

static void lines_hand_over_to_the_shell(void **state)
{
	(void)state;
	expect_line("!ls | wc -l", "!ls | wc -l;");
	expect_line(" !ls; vtop 1", "!ls;[vtop][1];");
	expect_line("!echo 'a;b'", "!echo 'a;b';");
	expect_line("vtop 1 | head -1 | cat; q", "[vtop][1]|head -1 | cat;[q];");
	expect_line("vtop 1|awk '{print;}' # x", "[vtop][1]|awk '{print;}' ;");
	expect_line("sym 'a|b'", "[sym][a|b];");
	expect_line("vtop 1 |", "[vtop][1]|;");
	expect_line("| cat", "|cat;");
}

static void names_are_near(void **state)
{
	static const struct {
		const char *one, *other;
		unsigned int distance; /* 3 means more than 2 */
	} pairs[] = {
		{ "", "", 0 },
		{ "same", "same", 0 },
		{ "schedul", "schedule", 1 },
		{ "schedule", "schedul", 1 },
		{ "init_taks", "init_task", 1 },
		{ "shcedlue", "schedule", 2 },
		{ "vtop", "ptov", 2 },
		{ "abc", "xyz", 3 },
		{ "ab", "abcde", 3 },
		{ "", "ab", 2 },
	};
	char longer[100];

	(void)state;
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	for (size_t i = 0; i < NR_OF(pairs); i++)
		assert_int_equal(text_distance(pairs[i].one, pairs[i].other, 2), pairs[i].distance);
	assert_int_equal(text_distance(longer, longer, 2), 3);
}

static void sizes_are_exact_or_have_a_tenth(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} sizes[] = {
		{ 0, "0 B" },
		{ 1023, "1023 B" },
		{ 4096, "4 KiB" },
		{ 6275072, "6128 KiB" },
		{ 123457, "120.6 KiB" },
		{ 99999999, "95.4 MiB" },
		{ (1ULL << 40) - 1, "1024.0 GiB" },
		{ 1ULL << 40, "1 TiB" },
		/* the size of the range of non-canonical addresses: 2^64 - 2^48 */
		{ 18446462598732840960U, "16776960 TiB" },
		{ UINT64_MAX, "16777216.0 TiB" },
	};
	char text[TEXT_BYTES_MAX];

	(void)state;
	for (size_t i = 0; i < NR_OF(sizes); i++) {
		assert_int_equal(text_bytes(text, sizes[i].bytes), strlen(sizes[i].text));
		assert_string_equal(text, sizes[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_hexadecimal),
		cmocka_unit_test(symbols_are_names),
		cmocka_unit_test(pasted_numbers_are_read),
		cmocka_unit_test(separated_letters_may_be_names),
		cmocka_unit_test(garbage_is_no_number),
		cmocka_unit_test(decimal_digits_are_named),
		cmocka_unit_test(sums_and_differences),
		cmocka_unit_test(nothing_wraps),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(numbers_ask_no_symbol),
		cmocka_unit_test(plain_hex_and_counts),
		cmocka_unit_test(lines_split_into_commands_and_words),
		cmocka_unit_test(lines_hand_over_to_the_shell),
		cmocka_unit_test(names_are_near),
		cmocka_unit_test(sizes_are_exact_or_have_a_tenth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
