/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/address.h"

#include <string.h>

#include "areas/symbol_lookup.h"
#include "session/command.h"

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool has_hex_prefix(const char *text, const char *end)
{
	return end - text > 2 && text[0] == '0' && (text[1] | 0x20) == 'x';
}

enum number { NUMBER, NO_NUMBER, TOO_LARGE };

static enum number read_digits(const char *at, const char *end, int base,
			       uint64_t *value)
{
	enum number result = at < end ? NUMBER : NO_NUMBER;

	*value = 0;
	for (; at < end; at++) {
		int digit = digit_value(*at);

		if (digit < 0 || digit >= base)
			return NO_NUMBER;
		if (__builtin_mul_overflow(*value, base, value) ||
		    __builtin_add_overflow(*value, digit, value))
			result = TOO_LARGE;
	}
	return result;
}

static enum number read_hex(const char *at, const char *end, uint64_t *value)
{
	return read_digits(has_hex_prefix(at, end) ? at + 2 : at, end, 16,
			   value);
}

static bool too_large(struct error *err)
{
	return fail(err, ERROR_USAGE, "the number does not fit in 64 bits");
}

bool parse_hex(const char *text, uint64_t *value, struct error *err)
{
	enum number result = read_hex(text, text + strlen(text), value);

	if (result == TOO_LARGE)
		return too_large(err);
	return result == NUMBER ||
	       fail(err, ERROR_USAGE, "not a hexadecimal number");
}

bool parse_count(const char *text, uint64_t *value, struct error *err)
{
	const char *end = text + strlen(text);
	enum number result = has_hex_prefix(text, end) ?
				     read_hex(text, end, value) :
				     read_digits(text, end, 10, value);

	if (result == TOO_LARGE)
		return too_large(err);
	return result == NUMBER ||
	       fail(err, ERROR_USAGE,
		    "not a number (decimal, or hexadecimal with 0x)");
}

static bool symbol_value(const char *name, size_t length,
			 const struct symbol_source *symbols, uint64_t *value,
			 struct error *err)
{
	char copy[SYMBOL_NAME_MAX];

	if (length >= sizeof(copy))
		return fail(err, ERROR_USAGE,
			    "symbol names are shorter than %d bytes",
			    SYMBOL_NAME_MAX);
	memcpy(copy, name, length);
	copy[length] = '\0';
	return symbols->find(symbols->arg, copy, value, err);
}

/* One number or symbol, [at, end). */
static bool term_value(const char *at, const char *end,
		       const struct symbol_source *symbols, uint64_t *value,
		       struct error *err)
{
	bool forced = at < end && *at == '&';

	if (forced)
		at++;
	if (at == end)
		return fail(err, ERROR_USAGE,
			    forced ? "a symbol must follow &" :
				     "a number or symbol is missing");
	if (!forced) {
		enum number result = read_hex(at, end, value);

		if (result == NUMBER)
			return true;
		if (result == TOO_LARGE)
			return too_large(err);
	}
	if (*at >= '0' && *at <= '9')
		return fail(err, ERROR_USAGE,
			    "neither a hexadecimal number nor a symbol: %.*s",
			    (int)(end - at), at);
	return symbol_value(at, end - at, symbols, value, err);
}

static const char *term_end(const char *at)
{
	while (*at && *at != '+' && *at != '-' && *at != ' ' && *at != '\t')
		at++;
	return at;
}

static const char *skip_blanks(const char *at)
{
	while (*at == ' ' || *at == '\t')
		at++;
	return at;
}

static bool add_term(uint64_t *sum, char sign, uint64_t value,
		     struct error *err)
{
	if (sign == '+' && __builtin_add_overflow(*sum, value, sum))
		return fail(err, ERROR_USAGE,
			    "the sum does not fit in 64 bits");
	if (sign == '-' && __builtin_sub_overflow(*sum, value, sum))
		return fail(err, ERROR_USAGE, "the difference is negative");
	return true;
}

bool parse_expression(const char *text, const struct symbol_source *symbols,
		      uint64_t *address, struct error *err)
{
	const char *at = skip_blanks(text);
	char sign = '+';

	*address = 0;
	for (;;) {
		const char *end = term_end(at);
		uint64_t value;

		if (!term_value(at, end, symbols, &value, err) ||
		    !add_term(address, sign, value, err))
			return false;
		at = skip_blanks(end);
		sign = *at;
		if (!sign)
			return true;
		if (sign != '+' && sign != '-')
			return fail(err, ERROR_USAGE,
				    "+ or - is missing before %s", at);
		at = skip_blanks(at + 1);
	}
}

static bool refuse_symbol(void *arg, const char *name, uint64_t *address,
			  struct error *err)
{
	(void)arg, (void)address;
	return fail(err, ERROR_USAGE,
		    "%s is not a hexadecimal number, and symbols have virtual addresses: ask vtop for the physical one",
		    name);
}

bool parse_physical(const char *text, uint64_t *paddr, struct error *err)
{
	struct symbol_source none = { refuse_symbol, NULL };

	return parse_expression(text, &none, paddr, err);
}

static bool find_in_kernel(void *arg, const char *name, uint64_t *address,
			   struct error *err)
{
	struct kernel_symbol symbol;

	if (!kernel_symbol_find(arg, name, &symbol, err) &&
	    !kernel_symbol_foreign(arg, name, &symbol))
		return false;
	*address = symbol.address;
	return true;
}

bool parse_address(struct session *session, const char *text, uint64_t *address,
		   struct error *err)
{
	struct symbol_source symbols = { find_in_kernel, session->kernel };

	return parse_expression(text, &symbols, address, err);
}
