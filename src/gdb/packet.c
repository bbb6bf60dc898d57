/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdb/packet.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "output/writer.h"
#include "cli/interrupt.h"

enum { CTRL_C = 0x03, ESCAPE = '}', ESCAPED = 0x20, MOST_REPEATS = 16 };

/* --- bytes --- */

/* Waits for input. Returns false after SIGINT. SIGINT is blocked from the check for an earlier
 * SIGINT until the wait begins, so that no SIGINT is lost. */
static bool wait_for_packet(const struct packet_line *line)
{
	struct pollfd ready = { .fd = line->in, .events = POLLIN };
	sigset_t interrupt, usual;
	bool came;

	sigemptyset(&interrupt);
	sigaddset(&interrupt, SIGINT);
	sigprocmask(SIG_BLOCK, &interrupt, &usual);
	do {
		came = interrupt_came;
	} while (!came && ppoll(&ready, 1, NULL, &usual) < 0 && errno == EINTR);
	sigprocmask(SIG_SETMASK, &usual, NULL);
	return !came;
}

/* Reads more input. Returns false if the connection has ended, or if SIGINT comes while no packet
 * has begun. SIGINT does not end the wait for the rest of a packet. */
static bool packet_fill(struct packet_line *line)
{
	ssize_t got = 0;

	if (!line->idle || wait_for_packet(line)) {
		do {
			got = read(line->in, line->input, PACKET_INPUT);
		} while (got < 0 && errno == EINTR);
	}
	line->next = 0;
	line->end = got > 0 ? (size_t)got : 0;
	line->ended |= got <= 0;
	return got > 0;
}

/* Returns the next byte of input, or -1 if the connection has ended. */
static int take_byte(struct packet_line *line)
{
	if (line->ended || (line->next == line->end && !packet_fill(line)))
		return -1;
	return line->input[line->next++];
}

static void packet_put(struct packet_line *line, const char *data, size_t size)
{
	if (!line->ended && writer_all(line->out, data, size))
		line->ended = true;
}

/* --- receiving --- */

/* Skips input up to the start of the next packet. Returns -1 if the connection has ended. */
static int skip_to_packet(struct packet_line *line)
{
	int byte;

	line->idle = true;
	/* Ctrl-C between two packets is skipped, because no command is running. */
	while ((byte = take_byte(line)) >= 0 && byte != '$')
		if (byte == '-' && !line->unacknowledged)
			packet_put(line, line->sent, line->nr_sent);
	line->idle = false;
	line->interrupted = line->abandoned = false;
	return byte;
}

static void packet_add(struct packet *packet, int byte)
{
	if (packet->size < PACKET_SIZE)
		packet->data[packet->size++] = (char)byte;
	else
		packet->too_long = true;
}

/* Reads the data after '$'. If another '$' follows, the first packet was cut off, so the data begin
 * again there. Returns the sum of all bytes, or -1 if the connection has ended. */
static int packet_take_data(struct packet_line *line, struct packet *packet)
{
	bool escaped = false;
	uint8_t sum = 0;
	int byte;

	packet->size = 0;
	packet->too_long = packet->damaged = false;
	while ((byte = take_byte(line)) >= 0 && byte != '#') {
		sum = (uint8_t)(sum + byte);
		if (byte == '$') {
			packet->size = sum = 0;
			packet->too_long = escaped = false;
		} else if (escaped) {
			packet_add(packet, byte ^ ESCAPED);
			escaped = false;
		} else if (byte == ESCAPE) {
			escaped = true;
		} else {
			packet_add(packet, byte);
		}
	}
	packet->data[packet->size] = '\0';
	return byte < 0 ? -1 : sum;
}

bool packet_receive(struct packet_line *line, struct packet *packet)
{
	int sum, high, low;

	for (;;) {
		if (skip_to_packet(line) < 0)
			return false;
		sum = packet_take_data(line, packet);
		high = sum < 0 ? -1 : take_byte(line);
		low = high < 0 ? -1 : take_byte(line);
		if (low < 0)
			return false;
		packet->damaged = hex_value(high) < 0 || hex_value(low) < 0 ||
				  hex_value(high) * 16 + hex_value(low) != sum;
		if (line->unacknowledged)
			return true;
		packet_put(line, packet->damaged ? "-" : "+", 1);
		if (!packet->damaged)
			return true;
	}
}

bool packet_interrupted(struct packet_line *line)
{
	struct pollfd ready = { .fd = line->in, .events = POLLIN };

	if (line->next == line->end && !line->ended && poll(&ready, 1, 0) > 0)
		packet_fill(line);
	/* A packet stays in the input, and packet_receive() will read it. */
	for (; line->next < line->end && line->input[line->next] != '$'; line->next++)
		if (line->input[line->next] == CTRL_C)
			line->interrupted = true;
	line->abandoned |= line->next < line->end;
	return line->interrupted || line->abandoned || line->ended;
}

/* --- sending --- */

/* Waits until the peer acknowledges our packet. If the peer sends a packet instead, it must have
 * received our packet. */
static void await_acknowledgement(struct packet_line *line)
{
	int byte;

	for (int nr = 0; (byte = take_byte(line)) >= 0 && byte != '+';) {
		if (byte == '$') {
			line->next--;
			line->abandoned = true;
			return;
		}
		if (byte == CTRL_C)
			line->interrupted = true;
		if (byte != '-')
			continue;
		line->ended = ++nr == MOST_REPEATS;
		packet_put(line, line->sent, line->nr_sent);
	}
}

void packet_send(struct packet_line *line, const char *data, size_t size)
{
	char *to = line->sent;
	uint8_t sum = 0;

	if (line->abandoned)
		return;
	*to++ = '$';
	for (size_t i = 0; i < size && i < PACKET_SIZE; i++) {
		char byte = data[i];

		if (byte && strchr("#$}*", byte)) {
			*to++ = ESCAPE;
			sum += ESCAPE;
			byte ^= ESCAPED;
		}
		*to++ = byte;
		sum = (uint8_t)(sum + (uint8_t)byte);
	}
	*to++ = '#';
	*to++ = hex_digit(sum >> 4);
	*to++ = hex_digit(sum);
	line->nr_sent = (size_t)(to - line->sent);
	packet_put(line, line->sent, line->nr_sent);
	if (!line->unacknowledged)
		await_acknowledgement(line);
}
