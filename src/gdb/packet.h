/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The packet layer of gdb's remote serial protocol ("Overview" in appendix E of gdb's manual):
 * packets $DATA#CHECKSUM, escape sequences in DATA, acknowledgements, and Ctrl-C. DATA is not
 * interpreted here. All buffers have fixed sizes, so a peer cannot make kwalk allocate memory. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- bytes in the protocol, which are two hexadecimal digits each --- */

static inline char hex_digit(unsigned int value)
{
	return "0123456789abcdef"[value & 15];
}

/* Writes size bytes as hexadecimal digits to text, without a NUL. Returns the number of digits. */
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
	/* Largest size of DATA in bytes, in a packet that is received, and in a packet that is sent
	 * (before escaping). */
	PACKET_SIZE = 16384,
	PACKET_INPUT = 4096,
};

struct packet {
	size_t size;
	bool too_long; /* the packet was too long, so data contains only its start */
	bool damaged; /* the checksum is wrong, and the peer cannot be asked to repeat the packet */
	char data[PACKET_SIZE + 1]; /* DATA without escape sequences, and a NUL */
};

/* One end of the connection. Initially, all members except in and out must be zero. */
struct packet_line {
	int in, out; /* borrowed descriptors */
	/* QStartNoAckMode is in force: no side sends the acknowledgements + and - */
	bool unacknowledged;
	bool ended; /* the peer has closed the connection, so nothing more is sent */
	bool interrupted; /* Ctrl-C was received after the last packet */
	/* The peer sent its next packet before it received the answer to the last packet. The
	 * answer to the last packet is dropped, because the peer would take it for the answer to
	 * its next packet. */
	bool abandoned;
	bool idle; /* true while waiting for a packet */
	/* Bytes that were received, but not used yet: input[next] up to input[end], exclusive. */
	uint8_t input[PACKET_INPUT];
	size_t next, end;
	size_t nr_sent;
	/* The last packet that was sent. It is kept, because the peer may ask for it again. */
	char sent[2 * PACKET_SIZE + 4];
};

/* Receives the next packet, which may be too long or damaged. Returns false if the connection has
 * ended, or after a signal. */
bool packet_receive(struct packet_line *line, struct packet *packet);

/* Sends data as a packet, and waits for the acknowledgement. size is at most PACKET_SIZE. */
void packet_send(struct packet_line *line, const char *data, size_t size);

/* Called during long work, and does not wait. Returns true if the peer has sent Ctrl-C or another
 * packet, or has closed the connection. */
bool packet_interrupted(struct packet_line *line);
