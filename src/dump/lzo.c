/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The decoder of LZO1X. Encoded data are a sequence of tokens: a run of literals, or a
 * match, which copies earlier output and may be followed by up to three literals. The last token is
 * a match of distance 16384 of the longest form, which does not copy. */
#include "dump/lzo.h"

#include <string.h>

/* The distances of matches, from Documentation/staging/lzo.rst of the kernel. */
enum {
	NEAR = 2048, /* the largest distance of a token of two bytes with a length of at least 3 */
	FAR = 16384, /* distances above this have the longest form */
	AFTER_RUN = 4, /* the state after a run of at least four literals */
};

struct lzo_coded {
	const uint8_t *at, *end;
};

struct lzo_decoded {
	uint8_t *start, *at, *end;
};

static inline size_t left_in(const struct lzo_coded *in)
{
	return (size_t)(in->end - in->at);
}

static inline size_t left_out(const struct lzo_decoded *out)
{
	return (size_t)(out->end - out->at);
}

/* Reads the rest of a length that did not fit into the token: each zero stands for 255, and the
 * first other byte stands for itself. If the length exceeds `most`, returns any number above `most`:
 * the length of the last token has no meaning, so it may have any value. Returns 0 at the end of the
 * data. */
static size_t take_length(struct lzo_coded *in, size_t length, size_t most)
{
	while (in->at < in->end) {
		uint8_t byte = *in->at++;

		if (byte)
			return length + byte;
		if (length <= most)
			length += 255;
	}
	return 0;
}

/* Most copies are short. A copy of a constant size is faster than a call of memcpy(), so both
 * functions copy more bytes than necessary if there is room. */
static inline bool copy_literals(struct lzo_coded *in, struct lzo_decoded *out, size_t nr)
{
	if (nr > left_in(in) || nr > left_out(out))
		return false;
	if (nr <= 16 && left_in(in) >= 16 && left_out(out) >= 16)
		memcpy(out->at, in->at, 16);
	else
		memcpy(out->at, in->at, nr);
	in->at += nr;
	out->at += nr;
	return true;
}

static inline bool copy_match(struct lzo_decoded *out, size_t distance, size_t length)
{
	const uint8_t *from = out->at - distance;
	uint8_t *to = out->at;

	if (distance > (size_t)(out->at - out->start) || length > left_out(out))
		return false;
	out->at += length;
	if (distance == 1) {
		memset(to, *from, length);
	} else if (distance >= 8 && (size_t)(out->end - out->at) >= 8) {
		for (; to < out->at; to += 8, from += 8)
			memcpy(to, from, 8);
	} else {
		while (to < out->at)
			*to++ = *from++;
	}
	return true;
}

/* A match, and the number of literals that follow the match. */
struct match {
	size_t distance, length;
	unsigned int nr_literals;
};

/* Reads the match that begins with `token`. A token below 16 has another meaning after a run of
 * literals than after a match. Returns false at the end of the data. The distance is 0 if the token
 * is the last one. */
static inline bool take_match(struct lzo_coded *in, uint8_t token, unsigned int state, size_t most,
			      struct match *match)
{
	unsigned int low;

	if (token >= 64 || token < 16) {
		if (in->at == in->end)
			return false;
		low = *in->at++;
		match->nr_literals = token & 3;
		if (token >= 64) {
			match->length = (token >> 5) + 1;
			match->distance = (low << 3) + (token >> 2 & 7) + 1;
		} else {
			match->length = state == AFTER_RUN ? 3 : 2;
			match->distance = (low << 2) + (token >> 2) + 1;
			if (state == AFTER_RUN)
				match->distance += NEAR;
		}
		return true;
	}
	match->length = token & (token < 32 ? 7 : 31);
	if (!match->length && !(match->length = take_length(in, token < 32 ? 7 : 31, most)))
		return false;
	match->length += 2;
	if (left_in(in) < 2)
		return false;
	low = in->at[0] | in->at[1] << 8;
	in->at += 2;
	match->nr_literals = low & 3;
	match->distance = low >> 2;
	if (token >= 32) {
		match->distance++;
	} else {
		match->distance += (size_t)(token & 8) << 11;
		if (match->distance)
			match->distance += FAR;
	}
	return true;
}

bool lzo_inflate(struct bytes from, uint8_t *to, size_t size)
{
	struct lzo_coded in = { from.data, from.data + from.size };
	struct lzo_decoded out = { to, to, to + size };
	unsigned int state = 0;
	struct match match;

	/* The first token may be a short form of a run. */
	if (left_in(&in) && *in.at > 17) {
		size_t nr = *in.at++ - 17;

		if (!copy_literals(&in, &out, nr))
			return false;
		state = nr < AFTER_RUN ? (unsigned int)nr : AFTER_RUN;
	}
	while (in.at < in.end) {
		uint8_t token = *in.at++;

		if (token < 16 && !state) {
			size_t nr = token ? token : take_length(&in, 15, size);

			if (!nr || !copy_literals(&in, &out, nr + 3))
				return false;
			state = AFTER_RUN;
			continue;
		}
		if (!take_match(&in, token, state, size, &match))
			return false;
		if (!match.distance)
			return in.at == in.end && out.at == out.end;
		if (!copy_match(&out, match.distance, match.length) ||
		    !copy_literals(&in, &out, match.nr_literals))
			return false;
		state = match.nr_literals;
	}
	return false;
}
