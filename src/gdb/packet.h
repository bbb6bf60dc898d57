/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The packet layer of gdb's remote serial protocol ("Overview" in gdb's manual, appendix E):
 * $DATA#CHECKSUM, escapes in DATA, acknowledgements, Ctrl-C. This layer does not interpret DATA.
 * Buffers have fixed sizes: a peer cannot cause allocations. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- bytes in the protocol: two hexadecimal digits each --- */

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
	PACKET_SIZE = 16384, /* most bytes of DATA to receive, or to send before escaping */
	PACKET_INPUT = 4096,
};

struct packet {
	size_t size;
	bool too_long; /* DATA is only the start */
	bool damaged; /* wrong checksum, and the peer does not wait for an acknowledgement */
	char data[PACKET_SIZE + 1]; /* unescaped; followed by a NUL */
};

/* One end of the line. All members except in and out must be zeroed. */
struct packet_line {
	int in, out; /* descriptors; borrowed */
	bool unacknowledged; /* QStartNoAckMode: neither side sends + or - */
	bool ended; /* the peer is gone, and nothing more is sent */
	bool interrupted; /* Ctrl-C arrived after the last packet */
	/* The peer has sent the next packet before the answer to the last one. The old answer is
	 * dropped, as the peer would take it for the answer to the new packet. */
	bool abandoned;
	bool idle; /* waiting between packets */
	/* Bytes that were read but not used yet. */
	uint8_t input[PACKET_INPUT];
	size_t next, end;
	size_t nr_sent;
	char sent[2 * PACKET_SIZE + 4]; /* the last packet, kept to be sent again */
};

/* Receives the next packet, which may be damaged or too long. False: the line has ended, or a
 * signal came. */
bool packet_receive(struct packet_line *line, struct packet *packet);

/* Sends at most PACKET_SIZE bytes, and waits for the acknowledgement. */
void packet_send(struct packet_line *line, const char *data, size_t size);

/* Checks without waiting, during long work: has the peer sent Ctrl-C or another packet, or closed
 * the line? */
bool packet_interrupted(struct packet_line *line);
