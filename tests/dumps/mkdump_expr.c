// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * mkdump: numbers, names and expressions. C's operators and precedence:
 * | & << >> + - * ~ and parentheses, 64 bits, wrapping; K, M and G multiply
 * a decimal number; TABLE[INDEX] is TABLE + INDEX * size of an entry.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mkdump.h"

struct name {
	char text[48];
	uint64_t value;
};

struct parser {
	struct where where;
	const char *text; /* the whole expression, for complaints */
	const char *at;
};

static struct list names;
static uint64_t entry_size = 8;

static uint64_t parse_or(struct parser *p);

static struct name *name_find(const char *text, size_t length)
{
	struct name *n = names.items;

	for (size_t i = 0; i < names.nr; i++)
		if (strlen(n[i].text) == length && !memcmp(n[i].text, text, length))
			return &n[i];
	return NULL;
}

bool name_is_set(const char *name)
{
	return name_find(name, strlen(name));
}

void name_set(const char *name, uint64_t value)
{
	struct name *n = name_find(name, strlen(name));

	if (!n) {
		n = list_add(&names, sizeof(*n));
		snprintf(n->text, sizeof(n->text), "%s", name);
	}
	n->value = value;
}

void entry_size_set(uint64_t size)
{
	entry_size = size;
}

static _Noreturn void bad(struct parser *p, const char *what)
{
	die(p->where, "'%s': %s at '%s'", p->text, what, p->at);
}

static bool accept(struct parser *p, const char *op)
{
	if (strncmp(p->at, op, strlen(op)) != 0)
		return false;
	p->at += strlen(op);
	return true;
}

static uint64_t parse_number(struct parser *p)
{
	uint64_t value;
	char *end;

	errno = 0;
	value = strtoull(p->at, &end, 0);
	if (errno)
		bad(p, "number too large");
	p->at = end;
	if (accept(p, "K"))
		value <<= 10;
	else if (accept(p, "M"))
		value <<= 20;
	else if (accept(p, "G"))
		value <<= 30;
	if (isalnum((unsigned char)*p->at))
		bad(p, "bad number");
	return value;
}

static uint64_t parse_name(struct parser *p)
{
	const char *start = p->at;
	struct name *n;

	while (isalnum((unsigned char)*p->at) || *p->at == '_')
		p->at++;
	n = name_find(start, (size_t)(p->at - start));
	if (!n)
		die(p->where, "unknown name '%.*s'", (int)(p->at - start), start);
	return n->value;
}

static uint64_t parse_primary(struct parser *p)
{
	uint64_t value;

	if (accept(p, "~"))
		return ~parse_primary(p);
	if (accept(p, "-"))
		return -parse_primary(p);
	if (accept(p, "(")) {
		value = parse_or(p);
		if (!accept(p, ")"))
			bad(p, "expected ')'");
	} else if (isdigit((unsigned char)*p->at)) {
		value = parse_number(p);
	} else if (isalpha((unsigned char)*p->at) || *p->at == '_') {
		value = parse_name(p);
	} else {
		bad(p, "expected a number or a name");
	}
	while (accept(p, "[")) {
		value += entry_size * parse_or(p);
		if (!accept(p, "]"))
			bad(p, "expected ']'");
	}
	return value;
}

static uint64_t parse_product(struct parser *p)
{
	uint64_t value = parse_primary(p);

	while (accept(p, "*"))
		value *= parse_primary(p);
	return value;
}

static uint64_t parse_sum(struct parser *p)
{
	uint64_t value = parse_product(p);

	for (;;) {
		if (accept(p, "+"))
			value += parse_product(p);
		else if (accept(p, "-"))
			value -= parse_product(p);
		else
			return value;
	}
}

static uint64_t parse_shift(struct parser *p)
{
	uint64_t value = parse_sum(p), by;

	for (;;) {
		bool left = accept(p, "<<");

		if (!left && !accept(p, ">>"))
			return value;
		by = parse_sum(p);
		if (by > 63)
			bad(p, "shift too wide");
		value = left ? value << by : value >> by;
	}
}

static uint64_t parse_and(struct parser *p)
{
	uint64_t value = parse_shift(p);

	while (accept(p, "&"))
		value &= parse_shift(p);
	return value;
}

static uint64_t parse_or(struct parser *p)
{
	uint64_t value = parse_and(p);

	while (accept(p, "|"))
		value |= parse_and(p);
	return value;
}

uint64_t expr(struct where w, const char *text)
{
	struct parser p = { .where = w, .text = text, .at = text };
	uint64_t value = parse_or(&p);

	if (*p.at)
		bad(&p, "expected an operator");
	return value;
}
