/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gdb's remote serial protocol ("Overview" in its manual, appendix E), the layer of packets:
 * $DATA#CHECKSUM, escapes in DATA, acknowledgements, Ctrl-C. The meaning of DATA is not known
 * here. All memory is fixed: nothing is allocated for a peer. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- bytes as the protocol has them: two hexadecimal digits each --- */

static inline char hex_digit(unsigned int value)
{
	return "0123456789abcdef"[value & 15];
}

/* Writes size bytes to text, without a NUL. Returns the number of digits. */
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
	PACKET_SIZE = 16384, /* most bytes of DATA that are taken, or sent unescaped */
	PACKET_INPUT = 4096,
};

struct packet {
	size_t size;
	bool too_long; /* DATA is only the start */
	bool damaged; /* the checksum is wrong, and the peer awaits no acknowledgement */
	char data[PACKET_SIZE + 1]; /* without escapes; a NUL follows */
};

/* One end of the line. To be zeroed but for in and out. */
struct packet_line {
	int in, out; /* descriptors; borrowed */
	bool unacknowledged; /* QStartNoAckMode: no + or - is sent or awaited */
	bool ended; /* the peer is gone: nothing more is sent */
	bool interrupted; /* Ctrl-C came since the last packet */
	/* The peer has sent the next packet before the answer to the last one. The old answer is
	 * not sent, as the peer would take it for the answer to the new packet. */
	bool abandoned;
	bool idle; /* between packets */
	/* Bytes that were read, and not yet looked at. */
	uint8_t input[PACKET_INPUT];
	size_t next, end;
	size_t nr_sent;
	char sent[2 * PACKET_SIZE + 4]; /* the last packet, to be sent again */
};

/* The next packet, which may be damaged or too long. False: the line has ended, or a
 * signal came. */
bool packet_receive(struct packet_line *line, struct packet *packet);

/* Sends at most PACKET_SIZE bytes, and waits for their acknowledgement. */
void packet_send(struct packet_line *line, const char *data, size_t size);

/* For long work, without waiting: has the peer sent Ctrl-C or another packet since its last
 * one, or gone? */
bool packet_interrupted(struct packet_line *line);
