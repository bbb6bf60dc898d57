/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The packets of gdb's remote serial protocol. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gdb/packet.h"

#include "unit.h"

/* A line whose peer has sent `size` bytes and closed the connection. The answers go to a pipe. */
static struct packet_line *line_with(const char *bytes, size_t size, int *answers)
{
	static struct packet_line line;
	int in[2], out[2];

	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	assert_int_equal(write(in[1], bytes, size), size);
	close(in[1]);
	memset(&line, 0, sizeof(line));
	line.in = in[0];
	line.out = out[1];
	*answers = out[0];
	return &line;
}

static void expect_answers(struct packet_line *line, int answers, const char *expected)
{
	char text[512] = "";

	close(line->out);
	assert_true(read(answers, text, sizeof(text) - 1) >= 0);
	assert_string_equal(text, expected);
	close(answers);
	close(line->in);
}

/* Each packet that is received is followed by '/', and by '!' if it is damaged. */
static void packets_are_checked(void **state)
{
	static const struct {
		const char *input;
		size_t size; /* 0: up to the NUL */
		bool unacknowledged;
		const char *packets, *answers;
	} rows[] = {
		{ "$g#67", 0, false, "g/", "+" },
		{ "+$g#67+$?#3f", 0, false, "g/?/", "++" },
		{ "$#00", 0, false, "/", "+" },
		{ "$m#6D", 0, false, "m/", "+" },
		{ "$o#6f", 0, false, "o/", "+" },
		/* The sum is the one of the bytes as they were sent. */
		{ "$a}\x03z#5b", 0, false, "a#z/", "+" },
		{ "$a}]z#b5", 0, false, "a}z/", "+" },
		/* The peer repeats a packet whose sum is wrong. */
		{ "$g#77$g#67", 0, false, "g/", "-+" },
		{ "$g#68$g#67", 0, false, "g/", "-+" },
		{ "$g#x7$g#67", 0, false, "g/", "-+" },
		{ "$g#6x$g#67", 0, false, "g/", "-+" },
		{ "$g#\0007$g#67", 10, false, "g/", "-+" },
		{ "$g#6\0$g#67", 10, false, "g/", "-+" },
		{ "$g#68", 0, true, "g/!", "" },
		{ "$g#67", 0, true, "g/", "" },
		/* A packet that is cut off. */
		{ "$abc$g#67", 0, false, "g/", "+" },
		{ "$ab}$g#67", 0, false, "g/", "+" },
		{ "$g", 0, false, "", "" },
		{ "$g#", 0, false, "", "" },
		{ "$g#6", 0, false, "", "" },
		{ "\x03$g#67", 0, false, "g/", "+" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		static struct packet packet;
		char packets[64] = "";
		int answers;
		struct packet_line *line =
			line_with(rows[i].input,
				  rows[i].size ? rows[i].size : strlen(rows[i].input), &answers);

		line->unacknowledged = rows[i].unacknowledged;
		while (packet_receive(line, &packet)) {
			assert_int_equal(strlen(packet.data), packet.size);
			assert_false(packet.too_long);
			strcat(packets, packet.data);
			strcat(packets, packet.damaged ? "/!" : "/");
		}
		if (strcmp(packets, rows[i].packets) != 0)
			fail_msg("row %zu: %s", i, packets);
		expect_answers(line, answers, rows[i].answers);
	}
}

/* What the peer sends after a packet, and what is sent to it. */
static void packets_are_acknowledged(void **state)
{
	static const char sixteen[] = "----------------", fifteen[] = "---------------+";
	char text[512] = "";
	int answers;
	struct packet_line *line = line_with("+", 1, &answers);

	(void)state;
	packet_send(line, "a#$}*\0z", 7);
	assert_false(line->ended || line->interrupted || line->abandoned);
	expect_answers(line, answers, "$a}\x03}\x04}]}\n");
	/* '-' asks for the packet again, and Ctrl-C is for the command. */
	line = line_with("-\x03x+", 4, &answers);
	packet_send(line, "OK", 2);
	assert_true(line->interrupted && !line->ended && !line->abandoned);
	expect_answers(line, answers, "$OK#9a$OK#9a");
	/* The next packet shows that the peer has the answer, and it is received. */
	line = line_with("$g#67", 5, &answers);
	packet_send(line, "OK", 2);
	assert_true(line->abandoned);
	packet_send(line, "dropped", 7);
	assert_true(packet_interrupted(line));
	assert_int_equal(line->input[line->next], '$');
	expect_answers(line, answers, "$OK#9a");
	/* A peer that asks without end is given up. */
	line = line_with(fifteen, 16, &answers);
	packet_send(line, "OK", 2);
	assert_false(line->ended);
	for (int i = 0; i < 16; i++)
		strcat(text, "$OK#9a");
	expect_answers(line, answers, text);
	line = line_with(sixteen, 16, &answers);
	packet_send(line, "OK", 2);
	assert_true(line->ended);
	expect_answers(line, answers, text);
	/* Without acknowledgements, nothing is awaited. */
	line = line_with("x", 1, &answers);
	line->unacknowledged = true;
	packet_send(line, "", 0);
	assert_int_equal(line->next, line->end);
	assert_false(packet_interrupted(line));
	expect_answers(line, answers, "$#00");
}

static void long_packets_are_cut(void **state)
{
	static struct packet packet;
	static char bytes[PACKET_SIZE + 8];
	int answers;
	struct packet_line *line;

	(void)state;
	for (int more = 0; more < 2; more++) {
		size_t size = PACKET_SIZE + (size_t)more;

		memset(bytes, '\x80', sizeof(bytes));
		bytes[0] = '$';
		/* PACKET_SIZE is a multiple of 256, and so the sum is 0, or 0x80 for one byte more. */
		memcpy(bytes + 1 + size, more ? "#80" : "#00", 3);
		line = line_with(bytes, size + 4, &answers);
		assert_true(packet_receive(line, &packet));
		assert_int_equal(packet.size, PACKET_SIZE);
		assert_int_equal(packet.too_long, more);
		assert_false(packet.damaged);
		expect_answers(line, answers, "+");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_are_checked),
		cmocka_unit_test(packets_are_acknowledged),
		cmocka_unit_test(long_packets_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
