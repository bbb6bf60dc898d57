/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values that the kernel writes as markers, and addresses in lines of text. */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "query/text_item.h"
#include "base/special.h"
#include "query/whatis.h"

#include "unit.h"

/* --- values --- */

static void test_errors(void **state)
{
	struct value_meaning meaning = special_value(-UINT64_C(22), 8);

	(void)state;
	assert_int_equal(meaning.kind, VALUE_ERROR);
	assert_int_equal(meaning.error, 22);
	assert_string_equal(meaning.name, "EINVAL");
	assert_false(meaning.is_int);
	assert_int_equal(special_value(-UINT64_C(4095), 8).error, 4095);
	assert_int_equal(special_value(-UINT64_C(4096), 8).kind, VALUE_NONE);
	assert_int_equal(special_value(0, 8).kind, VALUE_NONE);
	/* An int in a register, and a 32-bit pointer in a register. */
	meaning = special_value(0xffffffea, 8);
	assert_int_equal(meaning.error, 22);
	assert_true(meaning.is_int);
	assert_int_equal(special_value(0xfffff001, 8).kind, VALUE_NONE);
	meaning = special_value(0xfffffff4, 4);
	assert_string_equal(meaning.name, "ENOMEM");
	assert_false(meaning.is_int);
}

static void test_names_of_errors(void **state)
{
	// clang-format off
#define E(NAME) { NAME, #NAME }
	/* asm-generic/errno.h, as on most machines. The last ones are for use in the kernel only:
	 * include/linux/errno.h. */
	static const struct {
		int number;
		const char *name;
	} errors[] = {
		E(EPERM), E(ENOENT), E(ESRCH), E(EINTR), E(EIO), E(ENXIO), E(E2BIG), E(ENOEXEC),
		E(EBADF), E(ECHILD), E(EAGAIN), E(ENOMEM), E(EACCES), E(EFAULT), E(ENOTBLK),
		E(EBUSY), E(EEXIST), E(EXDEV), E(ENODEV), E(ENOTDIR), E(EISDIR), E(EINVAL),
		E(ENFILE), E(EMFILE), E(ENOTTY), E(ETXTBSY), E(EFBIG), E(ENOSPC), E(ESPIPE),
		E(EROFS), E(EMLINK), E(EPIPE), E(EDOM), E(ERANGE), E(EDEADLK), E(ENAMETOOLONG),
		E(ENOLCK), E(ENOSYS), E(ENOTEMPTY), E(ELOOP), E(ENOMSG), E(EIDRM), E(ECHRNG),
		E(EL2NSYNC), E(EL3HLT), E(EL3RST), E(ELNRNG), E(EUNATCH), E(ENOCSI), E(EL2HLT),
		E(EBADE), E(EBADR), E(EXFULL), E(ENOANO), E(EBADRQC), E(EBADSLT), E(EBFONT),
		E(ENOSTR), E(ENODATA), E(ETIME), E(ENOSR), E(ENONET), E(ENOPKG), E(EREMOTE),
		E(ENOLINK), E(EADV), E(ESRMNT), E(ECOMM), E(EPROTO), E(EMULTIHOP), E(EDOTDOT),
		E(EBADMSG), E(EOVERFLOW), E(ENOTUNIQ), E(EBADFD), E(EREMCHG), E(ELIBACC),
		E(ELIBBAD), E(ELIBSCN), E(ELIBMAX), E(ELIBEXEC), E(EILSEQ), E(ERESTART),
		E(ESTRPIPE), E(EUSERS), E(ENOTSOCK), E(EDESTADDRREQ), E(EMSGSIZE), E(EPROTOTYPE),
		E(ENOPROTOOPT), E(EPROTONOSUPPORT), E(ESOCKTNOSUPPORT), E(EOPNOTSUPP),
		E(EPFNOSUPPORT), E(EAFNOSUPPORT), E(EADDRINUSE), E(EADDRNOTAVAIL), E(ENETDOWN),
		E(ENETUNREACH), E(ENETRESET), E(ECONNABORTED), E(ECONNRESET), E(ENOBUFS),
		E(EISCONN), E(ENOTCONN), E(ESHUTDOWN), E(ETOOMANYREFS), E(ETIMEDOUT),
		E(ECONNREFUSED), E(EHOSTDOWN), E(EHOSTUNREACH), E(EALREADY), E(EINPROGRESS),
		E(ESTALE), E(EUCLEAN), E(ENOTNAM), E(ENAVAIL), E(EISNAM), E(EREMOTEIO),
		E(EDQUOT), E(ENOMEDIUM), E(EMEDIUMTYPE), E(ECANCELED), E(ENOKEY), E(EKEYEXPIRED),
		E(EKEYREVOKED), E(EKEYREJECTED), E(EOWNERDEAD), E(ENOTRECOVERABLE), E(ERFKILL),
		{ 512, "ERESTARTSYS" }, { 513, "ERESTARTNOINTR" }, { 514, "ERESTARTNOHAND" },
		{ 515, "ENOIOCTLCMD" }, { 516, "ERESTART_RESTARTBLOCK" },
		{ 517, "EPROBE_DEFER" }, { 518, "EOPENSTALE" }, { 519, "ENOPARAM" },
		{ 521, "EBADHANDLE" }, { 522, "ENOTSYNC" }, { 523, "EBADCOOKIE" },
		{ 524, "ENOTSUPP" }, { 525, "ETOOSMALL" }, { 526, "ESERVERFAULT" },
		{ 527, "EBADTYPE" }, { 528, "EJUKEBOX" }, { 529, "EIOCBQUEUED" },
		{ 530, "ERECALLCONFLICT" }, { 531, "ENOGRACE" },
	};
	// clang-format on
	size_t nr = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		assert_string_equal(error_name(errors[i].number), errors[i].name);
		assert_int_equal(error_number(errors[i].name), errors[i].number);
	}
	for (int number = 1; number < 4096; number++)
		nr += error_name(number) != NULL;
	assert_int_equal(nr, sizeof(errors) / sizeof(errors[0]));
	assert_int_equal(error_number("EPROBE_DEFER"), 517);
	assert_int_equal(error_number("EWHAT"), 0);
	assert_null(error_name(41)); /* there is no error with this number */
}

static void test_poison(void **state)
{
	static const struct {
		uint64_t value;
		unsigned int word;
		const char *name;
		int64_t offset;
	} known[] = {
		{ 0xdead000000000100, 8, "LIST_POISON1", 0 },
		{ 0xdead000000000122, 8, "LIST_POISON2", 0 },
		{ 0xdead000000000200, 8, "LIST_POISON2", 0 },
		{ 0xdead000000200200, 8, "LIST_POISON2", 0 },
		{ 0xdeacfffffffffff8, 8, "LIST_POISON1", -0x108 },
		{ 0x6b6b6b6b6b6b6b6b, 8, "POISON_FREE", 0 },
		{ 0x6b6b6b6b6b6b7b6b, 8, "POISON_FREE", 0x1000 },
		{ 0x6b6b6b6b, 8, "POISON_FREE", 0 },
		{ 0x6b6b6b6b, 4, "POISON_FREE", 0 },
		{ 0x5a5a5a5a5a5a5a5a, 8, "POISON_INUSE", 0 },
		{ 0xa56b6b6b6b6b6b6b, 8, "POISON_END", 0 },
		{ 0xd84156c5635688c0, 8, "RED_ACTIVE", 0 },
		{ 0x57ac6e9d, 8, "STACK_END_MAGIC", 0 },
		{ 0xffff4111, 4, "STACKLEAK_POISON", 0 },
		{ 0x100, 4, "LIST_POISON1", 0 },
		{ 0x200200, 4, "LIST_POISON2", 0 },
	};
	static const uint64_t others[] = {
		0xdead,
		0x100,
		0x6b,
		0x6b6b,
		0x6b6b6b6b6b6b6b6a,
		0xdeadbeefdeadbeef,
		0xffff888000000100,
		0x1001,
		0x6b6b6b6c,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct value_meaning meaning = special_value(known[i].value, known[i].word);

		assert_int_equal(meaning.kind, VALUE_POISON);
		assert_string_equal(meaning.name, known[i].name);
		assert_int_equal(meaning.offset, known[i].offset);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_int_equal(special_value(others[i], 8).kind, VALUE_NONE);
}

static void test_between_two_poisons(void **state)
{
	struct value_meaning meaning = special_value(0xdead000000000110, 8);

	(void)state;
	assert_string_equal(meaning.name, "LIST_POISON1");
	assert_int_equal(meaning.offset, 0x10);
	assert_string_equal(meaning.other, "LIST_POISON2");
	assert_int_equal(meaning.other_offset, -0x12);
}

/* --- text --- */

/* Returns the items of a line, as "WORD/AS ", or "!WORD " for an item with an error. */
static const char *items_of(const char *line, unsigned int word, enum text_origin origin)
{
	static char text[1024];
	struct text_items in = text_items_of(line, strlen(line), word, origin);
	struct text_item item;

	*text = '\0';
	while (text_items_next(&in, &item)) {
		assert_in_range(in.at, 1, strlen(line));
		assert_true(item.at + item.size <= strlen(line));
		if (item.trouble.code)
			strcat(text, "!");
		strncat(text, line + item.at, item.size);
		if (!item.trouble.code) {
			strcat(text, "/");
			for (unsigned int as = 0; as < NR_AS; as++)
				if (item.as >> as & 1)
					strncat(text, whatis_as_names[as], 2);
		}
		strcat(text, " ");
	}
	return text;
}

static const char *items(const char *line, unsigned int word)
{
	return items_of(line, word, TEXT_OF_LOG);
}

static void test_numbers_in_text(void **state)
{
	static const char *const lines[][2] = {
		{ "RIP: 0010:ffffffff81002002 x", "ffffffff81002002/viva " },
		{ "RIP: 0010:[<ffffffff81002002>]  [<ffffffff81002002>]",
		  "ffffffff81002002/viva ffffffff81002002/viva " },
		{ "RSP: 0018:ffffc90000013e78 EFLAGS: 00010246", "ffffc90000013e78/viva " },
		{ "CR2: 0000000000000028 CR3: 0000000002ba0000 CR4: 0000000000750ef0",
		  "0000000000000028/viva 0000000002ba0000/ro " },
		{ "FS:  00007f8c4b1d2740(0000) GS:ffff88807ec00000(0000) knlGS:0000000000000000",
		  "00007f8c4b1d2740/viva ffff88807ec00000/viva 0000000000000000/viva " },
		{ "page:ffffea0000070800 refcount:1 index:0x7 pfn:0x1c20",
		  "ffffea0000070800/vi 0x1c20/pf " },
		{ "(channel:0 page:0x1c23 offset:0x80)", "0x1c23/pf " },
		{ "pte:8000000001c03067 pmd:00012067", "8000000001c03067/ph 00012067/ph " },
		{ "PGD 0 P4D 0", "" },
		{ "Bank 7: 8c00004000010092", "" },
		{ "TSC 0 ADDR 1c22000 MISC 86", "1c22000/ph " },
		{ "at physical address 0xfee00000", "0xfee00000/ph " },
		{ "Memory failure: 0x1c80: gone", "0x1c80/pf " },
		{ "address: 0000000000000028", "0000000000000028/viva " },
		{ "---[ end trace 0123456789abcdef ]---", "" },
		{ "dead beef cafe added 1234 6.1.0", "" },
		{ "id d4d1a062fada87e88ccbf593fe646768772ae0da", "" },
		{ "ffffffff81002002-ffffffff81003000", "ffffffff81002002/viva " },
		{ "xffffffff81002002 ffffffff81002002x _ffffffff81002002", "" },
		{ "RAX: 123", "!123 " },
		/* gdb, QEMU, and the x86 kernel about a process */
		{ "rax            0x123  291", "0x123/viva " },
		{ "cr2: 28 cr3 = 8610000 rip 0x1", "28/viva 8610000/ro 0x1/viva " },
		{ "FS =0000 ffffffff81002002 00000000", "ffffffff81002002/viva " },
		{ "fs             0x0  0", "" },
		{ "protection fault ip:7f3d00001234 sp:7ffd00001234 error:0",
		  "7f3d00001234/viva 7ffd00001234/viva " },
		{ "IP: 10.0.0.1", "" },
		{ "RAX: ffffffff810020020", "!ffffffff810020020 " },
		{ "0x12345678901234567", "!0x12345678901234567 " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_string_equal(items(lines[i][0], 8), lines[i][1]);
	assert_string_equal(items("EAX: c1002000 c1002004 ESP: 0068:c1f3bf20", 4),
			    "c1002000/viva c1002004/viva c1f3bf20/viva ");
	assert_string_equal(items("CR2: 00000000c1002000", 4), "00000000c1002000/viva ");
	assert_string_equal(items("RAX: 00000001c1002000", 4), "!00000001c1002000 ");
	/* A user may leave out leading zeros. */
	assert_string_equal(items_of("CR3=8610000 RAX: 123", 8, TEXT_TYPED),
			    "8610000/ro 123/viva ");
	assert_string_equal(items_of("RAX: 12345678901234567", 8, TEXT_TYPED),
			    "!12345678901234567 ");
}

static void test_symbols_in_text(void **state)
{
	const char *line = " ? brd_submit_bio.isra.0+0x1a/0x40 [brd 0123abcd] x+0x5";
	struct text_items in = text_items_of(line, strlen(line), 8, TEXT_OF_LOG);
	struct text_item item;

	(void)state;
	assert_true(text_items_next(&in, &item));
	assert_true(item.is_symbol);
	assert_string_equal(item.symbol.name, "brd_submit_bio.isra.0");
	assert_string_equal(item.symbol.module, "brd");
	assert_int_equal(item.symbol.offset, 0x1a);
	assert_int_equal(item.symbol.extent, 0x40);
	assert_false(item.is_instruction);
	assert_true(text_items_next(&in, &item));
	assert_string_equal(item.symbol.name, "x");
	assert_int_equal(item.symbol.extent, 0);
	assert_false(text_items_next(&in, &item));
	assert_string_equal(items("EIP is at foo+0x1a/0x40 [a]", 4), "foo+0x1a/0x40 [a]/vi ");
	assert_string_equal(items("a+b c+0xg 1+0x2 foo+0x1/0x", 8), "!foo+0x1/0x ");
	assert_string_equal(items("foo+0x", 8), "!foo+0x ");
}

static void test_any_text(void **state)
{
	static const char bytes[] = "RAX:0x+/[]<( fg9\0\377.-";
	unsigned int seed = 1;
	char line[64];

	(void)state;
	for (int i = 0; i < 200000; i++) {
		size_t size = (seed = seed * 1103515245 + 12345) >> 16 & 63;
		struct text_item item;
		struct text_items in;
		size_t before = 0;

		for (size_t k = 0; k < size; k++) {
			seed = seed * 1103515245 + 12345;
			line[k] = bytes[(seed >> 16) % (sizeof(bytes) - 1)];
		}
		line[size] = '\0';
		size = strlen(line);
		in = text_items_of(line, size, 8, TEXT_OF_LOG);
		while (text_items_next(&in, &item)) {
			assert_true(in.at > before && in.at <= size);
			assert_true(item.at + item.size <= size);
			before = in.at;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors),		cmocka_unit_test(test_names_of_errors),
		cmocka_unit_test(test_poison),		cmocka_unit_test(test_between_two_poisons),
		cmocka_unit_test(test_numbers_in_text), cmocka_unit_test(test_symbols_in_text),
		cmocka_unit_test(test_any_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
