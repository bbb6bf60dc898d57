/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines of a kernel's log, in each form in which such texts are sent. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oops/lines.h"

#include "unit.h"

/* The text is in a block of its own, so that AddressSanitizer sees what is read after its end. */
static void read_text(struct oops_lines *lines, const char *text, size_t size)
{
	char *block = malloc(size ? size : 1);
	struct error err;

	assert_non_null(block);
	memcpy(block, text, size);
	assert_true(oops_lines_read(lines, block, size, NULL, &err));
	free(block);
	for (size_t i = 0; i < lines->nr; i++) {
		assert_int_equal(strlen(lines->line[i].text), lines->line[i].size);
		for (const char *at = lines->line[i].text; *at; at++)
			assert_true(*at == '\t' || (unsigned char)*at >= ' ');
	}
}

/* Writes the lines as "FIRST-LAST TIME CALLER MARKS|TEXT". The caller frees the result. */
static char *show(const char *text, size_t size)
{
	struct oops_lines lines;
	char *shown = NULL;
	size_t length;
	FILE *to = open_memstream(&shown, &length);

	assert_non_null(to);
	read_text(&lines, text, size);
	for (size_t i = 0; i < lines.nr; i++) {
		const struct oops_line *line = &lines.line[i];

		fprintf(to, "%zu", line->first);
		if (line->last != line->first)
			fprintf(to, "-%zu", line->last);
		if (line->has_time)
			fprintf(to, " %llu", (unsigned long long)line->usec);
		if (line->caller_kind)
			fprintf(to, " %c%u", line->caller_kind, line->caller);
		fprintf(to, "%s|%s\n", line->begins_event ? " event" : "", line->text);
	}
	if (*lines.missing)
		fprintf(to, "%s\n", lines.missing);
	fclose(to);
	oops_lines_release(&lines);
	return shown;
}

struct row {
	const char *text, *lines;
};

static void expect(const struct row *rows, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		char *shown = show(rows[i].text, strlen(rows[i].text));

		if (strcmp(shown, rows[i].lines) != 0)
			fail_msg("row %zu: %s\ngives\n%s\nand not\n%s", i, rows[i].text, shown,
				 rows[i].lines);
		free(shown);
	}
}

#define EXPECT(ROWS) expect(ROWS, sizeof(ROWS) / sizeof(*(ROWS)))

// clang-format off
static const char *const report[] = {
	"BUG: kernel NULL pointer dereference, address: 0000000000000018",
	"#PF: supervisor read access in kernel mode",
	"PGD 10b2c3067 P4D 10b2c3067 PUD 10b2c4067 PMD 0",
	"CPU: 2 PID: 812 Comm: poppyd Tainted: G           O     6.7.3-lab #4",
	"RIP: 0010:poppy_read+0x2c/0x90 [poppyfs]",
	"Code: 0f 1f 44 00 00 48 8b 47 10 85 c0 <48> 8b 40 18 c3 cc cc cc cc cc cc cc cc cc cc cc cc cc cc",
	"RSP: 0018:ffffa3c180b7be20 EFLAGS: 00010246",
	"RAX: 0000000000000000 RBX: ffff8a1b03c4d500 RCX: 0000000000000007",
	"FS:  00007f10a2b3c740(0000) GS:ffff8a1b7bc80000(0000) knlGS:0000000000000000",
	"CR2: 0000000000000018 CR3: 0000000103a52000 CR4: 00000000003506f0",
	"Call Trace:",
	" <TASK>",
	" ? exc_page_fault+0x7a/0x170",
	" poppy_lookup_by_its_long_name+0x9f/0x2f0 [poppyfs]",
	"\tflags & 3",
	"list_del corruption. prev->next should be ffff8a1b03c4d500, but was ffff8a1b03c4d508. (prev=ffff8a1b03c4d5a0)",
	"Kernel Offset: 0x12000000 from 0xffffffff81000000 (relocation range: 0xffffffff80000000-0xffffffffbfffffff)",
};

/* What is before and after each line. */
static const struct transport {
	const char *before, *after;
	bool has_time;
	char caller_kind;
	uint32_t caller;
} transports[] = {
	{ "", "", false, 0, 0 },
	{ "", "\r", false, 0, 0 },
	{ "[   42.100007] ", "", true, 0, 0 },
	{ "[   42.100007][  T812] ", "", true, 'T', 812 },
	{ "[   42.100007][    C3] ", "\r", true, 'C', 3 },
	{ "[   42.100007][T812@C3] ", "", true, 'T', 812 },
	{ "    [   42.100007] ", "", true, 0, 0 },
	{ "[   42.100007 <    0.000003>] ", "", true, 0, 0 },
	{ "[Thu Jan  2 03:04:05 2025] ", "", false, 0, 0 },
	{ "[Jan 2 03:04] ", "", false, 0, 0 },
	{ "[  +0.000003] ", "", false, 0, 0 },
	{ "2025-01-02T03:04:05,123456+01:00 ", "", false, 0, 0 },
	{ "<4>[   42.100007] ", "", true, 0, 0 },
	{ "<4>", "", false, 0, 0 },
	{ "kern  :alert : [   42.100007] ", "", true, 0, 0 },
	{ "[   42.100007s][2025:01:02 03:04:05][pid:812,cpu2,poppyd]", "", true, 'T', 812 },
	{ "[   42.100007] [2:         poppyd:  812] ", "", true, 'T', 812 },
	{ "[   42.100007]  (2)[812:poppyd]", "", true, 'T', 812 },
	{ "[2025-01-02 03:04:05] [   42.100007] ", "", true, 0, 0 },
	{ "03:04:05.123  [   42.100007] ", "", true, 0, 0 },
	{ "4,1,42100007,-;", "", true, 0, 0 },
	{ "4,1,42100007,-,caller=T812;", "\n SUBSYSTEM=pci\n DEVICE=+pci:0000:00:02.0", true, 'T', 812 },
	{ "6.7.3-lab,4,1,42100007,-;", "", true, 0, 0 },
	{ "Jan  2 03:04:05 host1 kernel: ", "", false, 0, 0 },
	{ "Jan  2 03:04:05 host1 kernel: [   42.100007] ", "", true, 0, 0 },
	{ "Jan  2 03:04:05 10.4.0.11 [   42.100007] ", "", true, 0, 0 },
	{ "\xd1\x8f\xd0\xbd\xd0\xb2 02 03:04:05 host1 kernel: ", "", false, 0, 0 },
	{ "2025-01-02T03:04:05.123456+01:00 host1 kernel: [   42.100007] ", "", true, 0, 0 },
	{ "2025-01-02T03:04:05+0100 host1 kernel: ", "", false, 0, 0 },
	{ "Thu 2025-01-02 03:04:05 CET host1 kernel: ", "", false, 0, 0 },
	{ "Thu Jan  2 03:04:05 2025 kern.alert kernel: [   42.100007] ", "", true, 0, 0 },
	{ "<4>1 2025-01-02T03:04:05.123Z host1 kernel - - - \xef\xbb\xbf[   42.100007] ", "", true, 0, 0 },
	{ "[   42.100007] host1 kernel: ", "", true, 0, 0 },
	{ "kernel: ", "", false, 0, 0 },
	{ "host1 kernel: [   42.100007] ", "", true, 0, 0 },
	{ "> ", "", false, 0, 0 },
	{ "> >> [   42.100007] ", "", true, 0, 0 },
	{ "\x1b[32m[   42.100007] \x1b[0m\x1b[31m", "\x1b[0m", true, 0, 0 },
	{ "MESSAGE=", "", false, 0, 0 },
	{ "__CURSOR=s=7;i=1\n_TRANSPORT=kernel\nMESSAGE=",
	  "\n_SOURCE_MONOTONIC_TIMESTAMP=42100007\n__REALTIME_TIMESTAMP=1735786645123456\n", true, 0, 0 },
	{ "{\"__CURSOR\":\"s=7\",\"MESSAGE\":\"", "\",\"_SOURCE_MONOTONIC_TIMESTAMP\":\"42100007\"}", true, 0, 0 },
	{ "{\n\t\"_SOURCE_MONOTONIC_TIMESTAMP\" : \"42100007\",\n\t\"MESSAGE\" : \"", "\",\n\t\"PRIORITY\" : \"6\"\n}",
	  true, 0, 0 },
	{ "{\n   \"dmesg\": [\n      {\n         \"pri\":     6,\n         \"time\":     42.100007,\n         \"msg\": \"",
	  "\"\n      }\n   ]\n}", true, 0, 0 },
};
// clang-format on

static const size_t report_size = sizeof(report) / sizeof(*report);

static void compare_report(const char *text, size_t size, const struct transport *transport)
{
	struct oops_lines lines;

	read_text(&lines, text, size);
	for (size_t i = 0; i < lines.nr && i < report_size; i++) {
		const struct oops_line *line = &lines.line[i];

		if (strcmp(line->text, report[i]) != 0)
			fail_msg("'%s' before: \"%s\", not \"%s\"", transport->before, line->text,
				 report[i]);
		if (line->has_time != transport->has_time ||
		    (line->has_time && line->usec != 42100007))
			fail_msg("'%s' before: time %d, %llu", transport->before, line->has_time,
				 (unsigned long long)line->usec);
		if (line->caller_kind != transport->caller_kind ||
		    line->caller != transport->caller)
			fail_msg("'%s' before: caller %c %u", transport->before, line->caller_kind,
				 line->caller);
		assert_false(line->begins_event);
	}
	assert_int_equal(lines.nr, report_size);
	oops_lines_release(&lines);
}

/* The caller frees the result. */
static char *send(const struct transport *transport, size_t *size)
{
	char *text = NULL;
	FILE *to = open_memstream(&text, size);

	assert_non_null(to);
	for (size_t i = 0; i < report_size; i++)
		fprintf(to, "%s%s%s\n", transport->before, report[i], transport->after);
	fclose(to);
	return text;
}

static void transports_give_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(transports) / sizeof(*transports); i++) {
		size_t size;
		char *text = send(&transports[i], &size);

		compare_report(text, size, &transports[i]);
		/* The last line may have no newline. */
		compare_report(text, size - 1, &transports[i]);
		free(text);
	}
}

/* Encodes the text; at(to, text, column) writes a character and returns the next column. */
static void expect_encoded(size_t at(FILE *to, const char *text, size_t column))
{
	static const struct transport transport = { .before = "[   42.100007] ",
						    .after = "",
						    .has_time = true };
	size_t size, coded, column = 0;
	char *text = send(&transport, &size), *code = NULL;
	FILE *to = open_memstream(&code, &coded);

	assert_non_null(to);
	for (size_t i = 0; i < size; i++)
		column = at(to, text + i, column);
	fclose(to);
	compare_report(code, coded, &transport);
	free(text);
	free(code);
}

static size_t put_utf16(FILE *to, const char *text, size_t column)
{
	if (!column)
		fwrite("\xff\xfe", 1, 2, to);
	fputc(*text, to);
	fputc(0, to);
	return 1;
}

static size_t put_utf16_big(FILE *to, const char *text, size_t column)
{
	if (!column)
		fwrite("\xfe\xff", 1, 2, to);
	fputc(0, to);
	fputc(*text, to);
	return 1;
}

static size_t put_html(FILE *to, const char *text, size_t column)
{
	switch (*text) {
	case '<': fputs("&lt;", to); break;
	case '>': fputs("&#62;", to); break;
	case '&': fputs("&amp;", to); break;
	case ' ': fputs(text[1] == ' ' ? "&nbsp;" : " ", to); break;
	case '(': fputs("&#x28;", to); break;
	default: fputc(*text, to);
	}
	return column;
}

static size_t put_quoted(FILE *to, const char *text, size_t column)
{
	if (*text == '\n') {
		fputs("\r\n", to);
		return 0;
	}
	if (column > 72) {
		fputs("=\r\n", to);
		column = 0;
	}
	if (*text == '=' || *text == '\t' || (*text == ' ' && text[1] == '\n'))
		return column + (size_t)fprintf(to, "=%02X", *text);
	fputc(*text, to);
	return column + 1;
}

/* A mail that is quoted as it was sent. */
static size_t put_quoted_twice(FILE *to, const char *text, size_t column)
{
	if (!column || column > 74)
		fputs(column ? "=\n> > " : "> > ", to);
	if (column > 74)
		column = 0;
	if (*text == '=')
		fputs("=3D", to);
	else
		fputc(*text, to);
	return *text == '\n' ? 0 : column + 1;
}

static size_t put_no_break(FILE *to, const char *text, size_t column)
{
	fputs(*text != ' ' ? (char[]){ *text, '\0' } :
	      column % 2   ? "\xc2\xa0" :
			     "\xc3\x82\xc2\xa0",
	      to);
	return column + 1;
}

static size_t width;

/* Breaks a line at a blank, if a word does not fit. Some mailers leave the blank. */
static size_t put_wrapped(FILE *to, const char *text, size_t column)
{
	size_t word = strcspn(text + 1, " \n");
	bool is_broken = *text == ' ' && text[1] != ' ' && column > 15 && column + word > width;

	if (!is_broken || width % 2)
		fputc(*text, to);
	if (is_broken)
		fputc('\n', to);
	return *text == '\n' ? 0 : is_broken ? 1 : column + 1;
}

static void encodings_give_the_same(void **state)
{
	(void)state;
	expect_encoded(put_utf16);
	expect_encoded(put_utf16_big);
	expect_encoded(put_html);
	expect_encoded(put_quoted);
	expect_encoded(put_quoted_twice);
	expect_encoded(put_no_break);
}

/* All lines of the report are of forms that are known, so that it does not matter where they are broken. */
static void wrapped_lines(void **state)
{
	static const struct transport transport = { .before = "[   42.100007] ", .after = "" };

	(void)state;
	for (width = 66; width < 120; width++) {
		size_t size, coded, column = 0, nr = 0;
		char *text = send(&transport, &size), *code = NULL;
		FILE *to = open_memstream(&code, &coded);
		struct oops_lines lines;

		assert_non_null(to);
		for (size_t i = 0; i < size; i++)
			column = put_wrapped(to, text + i, column);
		fclose(to);
		read_text(&lines, code, coded);
		for (size_t i = 0; i < report_size; i++) {
			if (strstr(report[i], "prev->next") ||
			    (width % 2 == 0 && strstr(report[i], "  ")))
				continue;
			for (nr = 0; nr < lines.nr && strcmp(lines.line[nr].text, report[i]) != 0;)
				nr++;
			if (nr == lines.nr)
				fail_msg("%zu columns: not whole: %s\n%s", width, report[i], code);
		}
		oops_lines_release(&lines);
		free(text);
		free(code);
	}
}

// clang-format off
/* Text without a prefix is not changed. */
static void plain_text(void **state)
{
	static const struct row rows[] = {
		{ "", "" },
		{ "\n", "1|\n" },
		{ "a\n\n b \n\tc", "1|a\n2|\n3| b \n4|\tc\n" },
		{ "ffff8a1b03c4d500\n0x18\n12 34\n", "1|ffff8a1b03c4d500\n2|0x18\n3|12 34\n" },
		{ "<48> 8b 40 18\n", "1|<48> 8b 40 18\n" },
		{ "[<ffffffffc0451b28>] poppy_read+0x2c/0x90\n[00000048] *pgd=0000000000000000\n[drm] text\n",
		  "1|[<ffffffffc0451b28>] poppy_read+0x2c/0x90\n2|[00000048] *pgd=0000000000000000\n3|[drm] text\n" },
		{ "host1 kernel: text\n", "1|host1 kernel: text\n" },
		{ "A B\nA0000000000000000x\n", "1|A B\n2|A0000000000000000x\n" },
		{ "pte=2068 a=\nb=1\nc=\n", "1|pte=2068 a=\n2|b=1\n3|c=\n" },
		{ "a &b; &lt &#1a; &#7; &\n", "1|a &b; &lt &#1a; &#7; &\n" },
		{ "Jan  2 03:04:05 host1 poppyd[12]: text of a program\n",
		  "1|Jan  2 03:04:05 host1 poppyd[12]: text of a program\n" },
		{ "{\n[   42.100007] a\n}\n", "2 42100007|a\n3|}\n" },
	};

	(void)state;
	EXPECT(rows);
}

static void times(void **state)
{
	static const struct row rows[] = {
		{ "[   12.1] a\n[4294967.295000] b\n[ 0.123456789] c\n[ 1.] d\n[.5] e\n[ 99999999999.1] f\n",
		  "1 12100000|a\n2 4294967295000|b\n3 123456|c\n4|[ 1.] d\n5|[.5] e\n6|[ 99999999999.1] f\n" },
		{ "[    1.000000] [    2.000000] a\n", "1 1000000|[    2.000000] a\n" },
		{ "[    1.000000][<ffffffffc0451b28>] f\n", "1 1000000|[<ffffffffc0451b28>] f\n" },
		{ "[    1.000000]  <TASK>\n[    2.000000]\n[    3.000000] \n",
		  "1 1000000| <TASK>\n2 2000000|\n3 3000000|\n" },
		{ "4,1,18446744073709551615,-;a\n4,1,5,x;b\n4,1,5;c\n",
		  "1|4,1,18446744073709551615,-;a\n2|4,1,5,x;b\n3|4,1,5;c\n" },
	};

	(void)state;
	EXPECT(rows);
}

static void escapes(void **state)
{
	static const struct row rows[] = {
		{ "4,1,5,-;a\\x09b \\x5c \\xzz\n", "1 5|a\tb \\ \\xzz\n" },
		{ "4,1,5,-;a\\x0ab\\x0a\n", "1 5|a\n1 5|b\n" },
		{ "Jan  2 03:04:05 h kernel: rcu: #0115-....: #1 SMP #012b\n", "1|rcu: \t5-....: #1 SMP \n1|b\n" },
		{ "a\\x09 #011\n", "1|a\\x09 #011\n" },
		{ "a\x01" "b\x7f\n", "1|a?b?\n" },
		{ "\ra\rb\r\r\n", "1|a b\n" },
		{ "\x1b]0;title\x07" "a\x1b]0;title\x1b\\b\x1b(Bc\x1b[1;31md\x1b[\n", "1|abcd\n" },
		{ "FS: A0000000000000000(0000)\nRAX: 0000000000000000A RBX\n",
		  "1|FS:  0000000000000000(0000)\n2|RAX: 0000000000000000  RBX\n" },
		{ "{\"MESSAGE\":\"RIP: \\\"\\u0041\\n\\tb\\\\\\u00a0c\\ud83d\"}\n", "1|RIP: \"A\n1|\tb\\ c?\n" },
		{ "{\"MESSAGE\":\"\\u20ac\\u00fc\\u4\\u\"}\n", "1|\xe2\x82\xac\xc3\xbc??\n" },
		{ "{\"MESSAGE\":[82,73,80,27,91,109,10,97]}\n", "1|RIP\n1|a\n" },
		{ "[{\"MESSAGE\":\"a\"},{\"MESSAGE\":\"b\"}]\n{\"MESSAGE\":\"c\"},{\"MESSAGE\":\"d\"}\n",
		  "1|a\n1|b\n2|c\n2|d\n" },
		{ "{\"MESSAGE\":null,\"a\":[1],\"MESSAGE\":\"b\n{\"MESSAGE\"\n", "1|b\n" },
	};

	(void)state;
	EXPECT(rows);
}

static void quotation(void **state)
{
	static const struct row rows[] = {
		/* A row of KASAN, alone and in a mail. */
		{ " ffff8a: 00\n>ffff8b: fb\n ffff8c: 00\n", "1| ffff8a: 00\n2|>ffff8b: fb\n3| ffff8c: 00\n" },
		{ ">  ffff8a: 00\n> >ffff8b: fb\n>  ffff8c: 00\n", "1| ffff8a: 00\n2|>ffff8b: fb\n3| ffff8c: 00\n" },
		{ ">>  ffff8a: 00\n>> >ffff8b: fb\n>> \n", "1| ffff8a: 00\n2|>ffff8b: fb\n3|\n" },
		{ "text\n> [    1.000000] a\ntext\n", "1|text\n2 1000000|a\n3|text\n" },
		{ "text\n> a\ntext\n", "1|text\n2|> a\n3|text\n" },
	};

	(void)state;
	EXPECT(rows);
}

static void gaps(void **state)
{
	static const struct row rows[] = {
		{ "[    1.000000] a\n** 12 printk messages dropped **\n[    2.000000] b\n[    3.000000] c\n",
		  "1 1000000|a\n3 2000000|b\n4 3000000|c\n" },
		{ "** 12 printk messages dropped ** [    2.000000] b\n", "1 2000000|b\n" },
		{ "xyz** 12 printk messages dropped **\nb\n", "2|b\n" },
		{ "[    1.000000] Lost 3 message(s)!\n[    2.000000] b\n", "2 2000000|b\n" },
		{ "Jan  2 03:04:05 h systemd-journald[99]: Missed 4 kernel messages\nb\n", "2|b\n" },
		/* Not joined over a gap. */
		{ "[    1.000000] CR2: 0000000000000018 CR3:\n** 1 printk messages dropped **\n0000000103a52000\n",
		  "1 1000000|CR2: 0000000000000018 CR3:\n3|0000000103a52000\n" },
		{ "[    1.000000] a\n-- Reboot --\n[    2.000000] b\n", "1 1000000|a\n3 2000000 event|b\n" },
		{ "-- Boot 0123456789abcdef0123456789abcdef --\nb\n", "2 event|b\n" },
	};

	(void)state;
	EXPECT(rows);
}

static void records(void **state)
{
	static const struct row rows[] = {
		{ "6,10,5,-;PGD 0 \n4,11,6,c;P4D 0 \n4,12,7,c;PUD 0\n4,13,8,-;a\n",
		  "1-3 5|PGD 0 P4D 0 PUD 0\n4 8|a\n" },
		/* Before 4.9. */
		{ "4,10,5,-;a\n4,11,6,c;b \n4,12,7,+;c \n4,13,8,+;d\n", "1 5|a\n2-4 6|b c d\n" },
		/* A record is missing between them, or they are of two callers. */
		{ "6,10,5,-;a\n4,12,6,c;b\n", "1 5|a\n2 6|b\n" },
		{ "6,10,5,-,caller=T1;a\n4,11,6,c,caller=T2;b\n4,12,6,c,caller=T2;c\n", "1 5 T1|a\n2-3 6 T2|bc\n" },
		{ "4,10,5,-,ncfrag=0/9;RAX: 00\n4,10,5,-,ncfrag=7/9;00\n SUBSYSTEM=a\n4,11,5,-,ncfrag=2/9;b\n",
		  "1-2 5|RAX: 0000\n4 5|b\n" },
		/* What follows an escaped newline is no part of the line that the fragment continues. */
		{ "4,10,5,-,ncfrag=0/9;a\n4,10,5,-,ncfrag=1/9;b\\x0ac\n", "1-2 5|ab\n2 5|c\n" },
		{ "6,10,5,-;a\n SUBSYSTEM=b\n DEVICE=c\n d=e\n", "1 5|a\n4| d=e\n" },
	};

	(void)state;
	EXPECT(rows);
}

#define TIME "[    1.000000] "

static void joined(void **state)
{
	static const struct row rows[] = {
		{ TIME "Kernel Offset: 0x2b600000 from\n0xffffffff81000000 (relocation range:\n"
		  "0xffffffff80000000-0xffffffffbfffffff)\n0xffffffff80000000\n",
		  "1-3 1000000|Kernel Offset: 0x2b600000 from 0xffffffff81000000 (relocation range: "
		  "0xffffffff80000000-0xffffffffbfffffff)\n4|0xffffffff80000000\n" },
		{ TIME "[0000000000000018] pgd=0800000041e1f003,\np4d=0800000041e1f003, pud=0000000000000000\n",
		  "1-2 1000000|[0000000000000018] pgd=0800000041e1f003, p4d=0800000041e1f003, pud=0000000000000000\n" },
		{ TIME "x29: ffff80000a51b880 x28: 0000000000000000 x27:\n0000000000000000\n" TIME "x8 :\n0000000000000000\n",
		  "1-2 1000000|x29: ffff80000a51b880 x28: 0000000000000000 x27: 0000000000000000\n"
		  "3-4 1000000|x8 : 0000000000000000\n" },
		{ TIME "Code: d503201f d503201f f9400000\nd503201f (f9402400)\nd503201f\n",
		  "1-2 1000000|Code: d503201f d503201f f9400000 d503201f (f9402400)\n3|d503201f\n" },
		{ TIME "raw: 0017ffffc0000000 ffffea0004e97001 dead000000000122\ndead000000000400\nffffea0004e97001\n",
		  "1-2 1000000|raw: 0017ffffc0000000 ffffea0004e97001 dead000000000122 dead000000000400\n3|ffffea0004e97001\n" },
		{ TIME "RIP: 0010:[<ffffffff81234567>]  [<ffffffff81234567>]\npoppy_read+0x2c/0x90\n",
		  "1-2 1000000|RIP: 0010:[<ffffffff81234567>]  [<ffffffff81234567>] poppy_read+0x2c/0x90\n" },
		{ TIME "mce: [Hardware Error]: CPU 1: Machine Check Exception: 5 Bank 7:\nbe00000000010092\n",
		  "1-2 1000000|mce: [Hardware Error]: CPU 1: Machine Check Exception: 5 Bank 7: be00000000010092\n" },
		{ TIME "CFI failure at poppy_call+0x17/0x90 (target:\npoppy_old+0x0/0x20\n[poppyfs]; expected type: 0x1f2e3d4c)\n",
		  "1-3 1000000|CFI failure at poppy_call+0x17/0x90 (target: poppy_old+0x0/0x20 [poppyfs]; expected "
		  "type: 0x1f2e3d4c)\n" },
		/* Without any prefix, too. */
		{ "general protection fault, probably for non-canonical address\n0xdead000000000108: 0000 [#1] SMP\n",
		  "1-2|general protection fault, probably for non-canonical address 0xdead000000000108: 0000 [#1] SMP\n" },
		{ " ? poppy_read+0x2c/0x90\n[poppyfs]\n poppy_read+0x2c/0x90\n[poppyfs] more\n",
		  "1-2| ? poppy_read+0x2c/0x90 [poppyfs]\n3| poppy_read+0x2c/0x90\n4|[poppyfs] more\n" },
	};

	(void)state;
	EXPECT(rows);
}

/* Each pair is one line. */
static void joined_pairs(void **state)
{
	static const char *const pairs[][2] = {
		{ "BUG: unable to handle kernel NULL pointer dereference at", "0000000000000018" },
		{ "BUG: kernel NULL pointer dereference,", "address: 0000000000000018" },
		{ "BUG: unable to handle page fault for", "address: ffff8a1b03c4d500" },
		{ "Unable to handle kernel paging request at virtual address", "ffff8a1b03c4d500" },
		{ "Unable to handle kernel paging request at", "virtual address ffff8a1b03c4d500" },
		{ "Oops: general protection fault, probably for", "non-canonical address 0x18: 0000 [#1] SMP" },
		{ "KASAN: null-ptr-deref in range", "[0x0000000000000018-0x000000000000001f]" },
		{ "PGD 10b2c3067 P4D 10b2c3067 PUD", "0" },
		{ "PGD 10b2c3067 P4D 10b2c3067", "PUD 0" },
		{ "[00000018] *pgd=10b2c3003,", "*pud=10b2c3003" },
		{ "swapper pgtable: 4k pages, 48-bit VAs,", "pgdp=0000000041e1f000" },
		{ "CPU: 2 PID: 812 Comm: poppyd Tainted: G", "W  O 6.7.3-lab #4" },
		{ "CPU: 2 PID: 812 Comm: poppyd Not", "tainted 6.7.3-lab #4" },
		{ "CPU: 2 PID: 812 Comm: poppyd", "Not tainted 6.7.3-lab #4" },
		{ "CPU: 2 PID: 812 Comm: poppyd Not tainted 6.7.3-lab", "#4" },
		{ "Pid: 812, comm: poppyd Not tainted", "2.6.32-lab #4" },
		{ "RSP: 0018:ffffa3c180b7be20", "EFLAGS: 00010246" },
		{ "RDX: 0000000000000000", "RSI: 0000000000000000 RDI: 0000000000000000" },
		{ "RBP: 0000000000000000 R08: 0000000000000000", "R09: 0000000000000000" },
		{ "R10: 0000000000000000", "R11: 0000000000000000 R12: 0000000000000000" },
		{ "R13: 0000000000000000 R14:", "0000000000000000 R15: 0000000000000000" },
		{ "CS:  0010 DS: 0000", "ES: 0000 CR0: 0000000080050033" },
		{ "DS: 007b ES: 007b FS: 00d8 GS: 0000 SS: 0068", "EFLAGS: 00010286" },
		{ "RIP:", "0010:poppy_read+0x2c/0x90" },
		{ "EIP:", "poppy_read+0x2c/0x90" },
		{ "Code: Unable to access opcode bytes at", "0xffffffffffffffd6." },
		{ "Code: 0f 1f 44 00 00", "48 8b 47 10 <48> 8b 40 18" },
		{ " [<ffffffff81234567>] ?", "poppy_read+0x2c/0x90" },
		{ " ?", "poppy_read+0x2c/0x90" },
		{ "PC is at", "poppy_read+0x2c/0x90" },
		{ "list_del corruption. prev->next should be", "ffff8a1b03c4d500, but was ffff8a1b03c4d508." },
		{ "BUG: KASAN: slab-use-after-free in", "poppy_read+0x2c/0x90" },
		{ "Read of size 8 at addr", "ffff8a1b03c4d500 by task poppyd/812" },
		{ "Write of size 8 at addr ffff8a1b03c4d500 by", "task poppyd/812" },
		{ "watchdog: BUG: soft lockup - CPU#2 stuck for 23s!", "[poppyd:812]" },
		{ "INFO: task poppyd:812 blocked for more than", "120 seconds." },
		{ "task:poppyd          state:D stack:0", "pid:812   ppid:1      flags:0x00000002" },
		{ "poppyctl[812]: segfault at 18 ip", "000055d0c41a3b7e sp 00007ffe2b1d0c40 error 4" },
		{ "poppyctl[812]: segfault at 18 ip 000055d0c41a3b7e sp 00007ffe2b1d0c40", "error 4 in poppyctl" },
		{ "poppyctl[812]: segfault at 18 ip 000055d0c41a3b7e sp 00007ffe2b1d0c40 error", "4 in poppyctl" },
		{ "page:ffffea0004e970c0 refcount:0 mapcount:0", "mapping:00000000c4d1e2f7 index:0x2 pfn:0x13a5c3" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		char text[256], line[256];
		const struct row row = { text, line };

		snprintf(text, sizeof(text), TIME "%s\n%s\n", pairs[i][0], pairs[i][1]);
		snprintf(line, sizeof(line), "1-2 1000000|%s %s\n", pairs[i][0], pairs[i][1]);
		expect(&row, 1);
		/* Lines that both have a time are two. */
		snprintf(text, sizeof(text), TIME "%s\n" TIME "%s\n", pairs[i][0], pairs[i][1]);
		snprintf(line, sizeof(line), "1 1000000|%s\n2 1000000|%s\n", pairs[i][0], pairs[i][1]);
		expect(&row, 1);
	}
}

/* Lines that the kernel printed as two. */
static void not_joined(void **state)
{
	static const struct row rows[] = {
		/* Both have a time. */
		{ TIME "RIP !INEXACT! 10:<ffffffffad69583b> \n" TIME "{poppy_idle+0x3e/0x54}\n",
		  "1 1000000|RIP !INEXACT! 10:<ffffffffad69583b> \n2 1000000|{poppy_idle+0x3e/0x54}\n" },
		{ TIME "Kernel Offset: 0x60000 from 0xffff800008000000\nPHYS_OFFSET: 0x80000000\n",
		  "1 1000000|Kernel Offset: 0x60000 from 0xffff800008000000\n2|PHYS_OFFSET: 0x80000000\n" },
		{ "Call Trace:\nffffffff81234567\nCode: Bad RIP value.\n8b 40\n",
		  "1|Call Trace:\n2|ffffffff81234567\n3|Code: Bad RIP value.\n4|8b 40\n" },
		{ " [<ffffffff81234567>]\n [<ffffffff81234568>] poppy+0x1/0x2\n poppy+0x1/0x2\n",
		  "1| [<ffffffff81234567>]\n2| [<ffffffff81234568>] poppy+0x1/0x2\n3| poppy+0x1/0x2\n" },
		{ "CPU: 2 PID: 812 Comm: a Tainted: G        W  6.12.0 #1\nTainted: [W]=WARN\n",
		  "1|CPU: 2 PID: 812 Comm: a Tainted: G        W  6.12.0 #1\n2|Tainted: [W]=WARN\n" },
		{ "RAX: 0000000000000000 RBX: 0000000000000000 RCX: 0000000000000000\n"
		  "RDX: 0000000000000000 RSI: 0000000000000000 RDI: 0000000000000000\n",
		  "1|RAX: 0000000000000000 RBX: 0000000000000000 RCX: 0000000000000000\n"
		  "2|RDX: 0000000000000000 RSI: 0000000000000000 RDI: 0000000000000000\n" },
		{ "BUG: kernel NULL pointer dereference, address: 0000000000000018\nffff8a1b03c4d500\n",
		  "1|BUG: kernel NULL pointer dereference, address: 0000000000000018\n2|ffff8a1b03c4d500\n" },
		{ "Code: 8b 40\n\n18 00\n", "1|Code: 8b 40\n2|\n3|18 00\n" },
	};

	(void)state;
	EXPECT(rows);
}

static void parts_of_pstore(void **state)
{
	static const struct row rows[] = {
		/* The newest part first; a line is torn between them. */
		{ "dmesg-efi-170500000001001:\nOops#1 Part1\n00 RCX: 0\n<4>[    3.000000] c\n\n"
		  "dmesg-efi-170500000002001:\nOops#1 Part2\n<4>[    1.000000] a\n<4>[    2.000000] RAX: 00\n",
		  "8 1000000|a\n9 2000000|RAX: 0000 RCX: 0\n4 3000000|c\n" },
		/* Torn within its time. */
		{ "Oops#1 Part1\n0000] b\n[    3.000000] c\nOops#1 Part2\n[    1.000000] a\n[    2.00",
		  "5 1000000|a\n6 2000000|b\n3 3000000|c\n" },
		/* The oldest part first, with text around. */
		{ "text\nOops#1 Part2\n[    1.000000] a\nOops#1 Part1\n[    2.000000] b\n\nmore\n",
		  "1|text\n3 1000000 event|a\n5 2000000|b\n6 event|\n7|more\n" },
		{ "Panic#2 Part1\n[    4.000000] d\nPanic#2 Part3\n[    1.000000] a\n[    2.000000] b\nPanic#2 Part4\n[    0.500000] 0\n",
		  "7 500000|0\n4 1000000|a\n5 2000000|b\n2 4000000|d\nPart 2 of Panic#2 is missing.\n" },
		{ "Panic#1 Part11\nb\n", "2|b\n10 parts of Panic#1 are missing.\n" },
		{ "Panic#1 Part5\nxyz\n[    4.000000] d\n",
		  "2|xyz\n3 4000000|d\nParts 1, 2, 3, 4 of Panic#1 are missing.\n" },
		/* Two events of one boot, and two boots with the same names. */
		{ "Oops#1 Part1\n[    2.000000] b\nPanic#2 Part1\n[    9.000000] y\nOops#1 Part2\n[    1.000000] a\n"
		  "Panic#2 Part2\n[    8.000000] x\n",
		  "6 1000000|a\n2 2000000|b\n8 8000000|x\n4 9000000|y\n" },
		{ "Oops#1 Part2\n[    1.000000] a\nOops#1 Part1\n[    2.000000] b\nOops#1 Part3\n[    7.000000] x\n"
		  "Oops#1 Part2\n[    8.000000] y\nOops#1 Part1\n[    9.000000] z\n",
		  "2 1000000|a\n4 2000000|b\n6 7000000 event|x\n8 8000000|y\n10 9000000|z\n" },
		{ "dmesg-efi-170500000001001\nOops#1 Part1\n[    2.000000] b\ndmesg-efi-171500000002001\nOops#1 Part2\n[    7.000000] x\n",
		  "3 2000000|b\n6 7000000 event|x\nPart 1 of Oops#1 is missing.\n" },
		{ "Oops#1 Part2\n[    1.000000] a\n\ntext\nOops#1 Part1\n[    2.000000] b\n",
		  "2 1000000|a\n6 2000000|b\n3 event|\n4|text\n" },
		{ "====1705000000.123456-D\nOops#1 Part1\n[    2.000000] b\n", "3 2000000|b\n" },
		/* No heads. */
		{ "Oops#1 Part0\nOops#1 Part256\nOops# Part1\nOops#1 Part1 x\ndmesg-efi-1\n",
		  "1|Oops#1 Part0\n2|Oops#1 Part256\n3|Oops# Part1\n4|Oops#1 Part1 x\n5|dmesg-efi-1\n" },
	};

	(void)state;
	EXPECT(rows);
}
#define LONG "0123456789012345678901234567890123456789012345678901234567890123456789"

static void quoted_printable(void **state)
{
	static const struct row rows[] = {
		/* Each '=' belongs to the encoding. */
		{ "a=\nb=3Dc=20\nd=\ne=C2=A0f=09g\n", "1-2|ab=c \n3-4|de f\tg\n" },
		{ "a=20b=\nc=0Ad=3D\n", "1-2|a bc d=\n" },
		{ "a=0A=\nb=0A=\nc=3D\n", "1|a\n2|b\n3|c=\n" },
		{ "> a <4=\n> 8> b=3D=\n> c\n", "1-3|> a <4> 8> b=c\n" },
		{ " a=\n b=3D=\n c\n", "1-3| a b= c\n" },
		{ "a=\nb=3D=", "1-2|a\n" }, /* the end of the word is missing */
		/* Other text is in the file, too. */
		{ "charset=x\n" LONG "a=\nb " LONG "=\npte=2068=3D\na=\nb\n",
		  "1|charset=x\n2-4|" LONG "ab " LONG "pte=2068=\n5|a=\n6|b\n" },
		{ "EC = 0x25 " LONG " IL =\n32 bits, b " LONG " ISS2 =\n0x5\n",
		  "1|EC = 0x25 " LONG " IL =\n2|32 bits, b " LONG " ISS2 =\n3|0x5\n" },
		{ "pgd =\nffff8a1b03c4d500\n*pgd=0000000000000000, b =\nc\n",
		  "1|pgd =\n2|ffff8a1b03c4d500\n3|*pgd=0000000000000000, b =\n4|c\n" },
	};

	(void)state;
	EXPECT(rows);
}

/* The memory that lines take is limited. */
static void too_many_lines(void **state)
{
	enum { SIZE = 3 << 20, MOST_LINES = 2 << 20 };
	char *text = malloc(SIZE);
	struct oops_lines lines;
	struct error err;

	(void)state;
	assert_non_null(text);
	memset(text, '\n', SIZE);
	assert_true(oops_lines_read(&lines, text, SIZE, NULL, &err));
	assert_int_equal(lines.nr, MOST_LINES);
	assert_int_equal(lines.line[MOST_LINES - 1].first, MOST_LINES);
	assert_string_equal(lines.missing, "The text has too many lines; the last ones were not read.");
	oops_lines_release(&lines);
	free(text);
}
// clang-format on

/* Loops over the bytes of a line ask no listener: the end of a long line is not read, nor are parts of its words. */
static void too_long_lines(void **state)
{
	enum { SIZE = 1 << 20, LONGEST_LINE = 64 << 10 };
	static const struct {
		const char *head; /* the line goes on with "abc " or 'x' */
		bool has_blanks;
		size_t size;
	} rows[] = {
		{ "BUG: ", true, LONGEST_LINE - 1 },
		{ "BUG", true, LONGEST_LINE - 1 },
		{ "> [    1.000000] ", true, LONGEST_LINE - 2 },
		{ "BUG:", false, LONGEST_LINE },
		{ "BUG: ", false, 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = malloc(SIZE + 10);
		struct oops_lines lines;
		struct error err;

		assert_non_null(text);
		for (size_t j = 0; j < SIZE; j++)
			text[j] = rows[i].has_blanks ? "abc "[j % 4] : 'x';
		memcpy(text, rows[i].head, strlen(rows[i].head));
		strcpy(text + SIZE, "\n\nbehind\n");
		assert_true(oops_lines_read(&lines, text, SIZE + 9, NULL, &err));
		assert_int_equal(lines.nr, 3);
		if (lines.line[0].size != rows[i].size)
			fail_msg("row %zu: %zu", i, lines.line[0].size);
		assert_int_equal(strlen(lines.line[0].text), rows[i].size);
		assert_string_equal(lines.line[2].text, "behind");
		assert_string_equal(lines.missing,
				    "The text has a line that is too long; its end was not read.");
		oops_lines_release(&lines);
		free(text);
	}
}

/* Records of the kernel's log need no transport: nothing is removed from their words. */
static void messages(void **state)
{
	static const char *const given[] = { "[1] <3>one", "two\n\x1bthree\t=41\n", "" };
	static const char *const wanted[] = { "[1] <3>one", "two", "?three\t=41", "", "" };
	struct oops_lines lines = { 0 };

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_true(oops_lines_add(&lines,
					   &(struct oops_line){
						   .first = i + 1, .last = i + 1, .usec = i },
					   given[i]));
	oops_lines_end(&lines);
	assert_int_equal(lines.nr, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_string_equal(lines.line[i].text, wanted[i]);
		assert_int_equal(lines.line[i].size, strlen(wanted[i]));
	}
	assert_int_equal(lines.line[2].first, 2);
	assert_int_equal(lines.line[4].usec, 2);
	oops_lines_release(&lines);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(transports_give_the_same),
		cmocka_unit_test(encodings_give_the_same),
		cmocka_unit_test(wrapped_lines),
		cmocka_unit_test(plain_text),
		cmocka_unit_test(times),
		cmocka_unit_test(escapes),
		cmocka_unit_test(quotation),
		cmocka_unit_test(gaps),
		cmocka_unit_test(records),
		cmocka_unit_test(joined),
		cmocka_unit_test(joined_pairs),
		cmocka_unit_test(not_joined),
		cmocka_unit_test(quoted_printable),
		cmocka_unit_test(too_many_lines),
		cmocka_unit_test(too_long_lines),
		cmocka_unit_test(parts_of_pstore),
		cmocka_unit_test(messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
