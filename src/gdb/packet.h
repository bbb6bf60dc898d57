/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The packet layer of gdb's remote serial protocol ("Overview" in appendix E of gdb's manual):
 * $DATA#CHECKSUM, escapes in DATA, acknowledgements, and Ctrl-C. This layer does not interpret
 * DATA. Buffers have fixed sizes, so a peer cannot make kwalk allocate memory. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- bytes in the protocol, which are two hexadecimal digits each --- */

static inline char hex_digit(unsigned int value)
{
	return "0123456789abcdef"[value & 15];
}

/* Writes size bytes as digits to text, without a NUL. Returns the number of digits. */
static inline size_t hex_put(char *text, const void *bytes, size_t size)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i < size; i++) {
		text[2 * i] = hex_digit(at[i] >> 4);
		text[2 * i + 1] = hex_digit(at[i]);
	}
	return 2 * size;
}

/* --- packets --- */

enum {
	/* Most bytes of DATA in a received packet, and in a sent packet before escaping. */
	PACKET_SIZE = 16384,
	PACKET_INPUT = 4096,
};

struct packet {
	size_t size;
	bool too_long; /* DATA is only the start of the packet's data */
	bool damaged; /* wrong checksum, and the peer does not wait for an acknowledgement */
	char data[PACKET_SIZE + 1]; /* DATA without escapes, and a NUL */
};

/* One end of the connection. All members except in and out must be zeroed. */
struct packet_line {
	int in, out; /* descriptors; borrowed */
	bool unacknowledged; /* QStartNoAckMode: neither side sends + or - */
	bool ended; /* the peer has closed the connection, and nothing more is sent */
	bool interrupted; /* Ctrl-C was received after the last packet */
	/* The peer has sent the next packet before the answer to the last one. The old answer is
	 * dropped, because the peer would take it for the answer to the new packet. */
	bool abandoned;
	bool idle; /* waiting for a packet */
	/* Bytes that were received but not used yet. */
	uint8_t input[PACKET_INPUT];
	size_t next, end;
	size_t nr_sent;
	/* The last packet, kept because the peer may ask for it again. */
	char sent[2 * PACKET_SIZE + 4];
};

/* Receives the next packet, which may be damaged or too long. Returns false if the connection has
 * ended, or after a signal. */
bool packet_receive(struct packet_line *line, struct packet *packet);

/* Sends at most PACKET_SIZE bytes of data as a packet, and waits for the acknowledgement. */
void packet_send(struct packet_line *line, const char *data, size_t size);

/* For long work: has the peer sent Ctrl-C or another packet, or closed the connection? Does not
 * wait. */
bool packet_interrupted(struct packet_line *line);
