/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* kallsyms_seqs_of_names: the numbers of all symbols in the order of their names, three bytes each.
 * Since 6.2 (60443c88f3a8; 19bd8981dc2e), and in 6.1 of the stable series, the kernel uses them to
 * look up a name. They are the second witness of the names: a damaged name is usually out of
 * order. */
#include <inttypes.h>
#include <string.h>

#include "kernel/kernel.h"
#include "kernel/kernel_symbols.h"
#include "kernel/view.h"
#include "symbols/kallsyms.h"

enum { WIDTH = 3 };

struct name_order {
	struct kallsyms *kallsyms;
	struct space space;
	uint64_t address; /* of kallsyms_seqs_of_names */
	uint32_t nr; /* the number of its entries */
	uint32_t nr_compared, nr_wrong; /* wrong: entries that contradict the tables */
	struct error first; /* the first contradiction */
	struct kernel_symbol before; /* the symbol of the entry that was compared last, or zero */
};

/* Finds the order at its place, as output_label() in scripts/kallsyms.c aligns it. kallsyms_search.c
 * describes the tables before it. */
static bool name_order_find(struct kernel *kernel, struct name_order *order)
{
	uint64_t pointer = kernel_pointer_size(kernel), align = pointer, width = 4;
	const struct kallsyms_place *place;

	*order = (struct name_order){ .kallsyms = kernel_kallsyms(kernel, NULL) };
	if (!order->kallsyms || !kernel_kallsyms_space(kernel, &order->space, NULL))
		return false;
	place = kallsyms_place(order->kallsyms);
	order->nr = place->nr;
	if (place->encoding == KALLSYMS_PLACE)
		align = 4;
	else if (place->encoding == KALLSYMS_ABSOLUTE)
		width = pointer;
	order->address = (place->values + place->nr * width + align - 1) & ~(align - 1);
	if (place->values < place->names)
		order->address = (place->tokens - (uint64_t)place->nr * WIDTH) & ~(align - 1);
	else if (place->base)
		order->address += pointer;
	return true;
}

static uint32_t name_order_number(const uint8_t entry[WIDTH])
{
	return (uint32_t)entry[0] << 16 | (uint32_t)entry[1] << 8 | entry[2];
}

static bool name_order_read(const struct name_order *order, uint32_t at, uint32_t *number)
{
	uint8_t entry[WIDTH];

	if (!space_read(&order->space, order->address + (uint64_t)at * WIDTH, entry, WIDTH, NULL))
		return false;
	*number = name_order_number(entry);
	return true;
}

/* With CONFIG_LTO_CLANG, names were sorted without their suffixes, such as ".llvm.1234", until 6.11
 * (fb6a421fb615). So two names are out of order only if they are out of order with and without
 * suffixes. */
static bool is_after(const char *a, const char *b)
{
	size_t length_a = strcspn(a, "."), length_b = strcspn(b, ".");
	int order = memcmp(a, b, smaller_of(length_a, length_b));

	return strcmp(a, b) > 0 && (order > 0 || (order == 0 && length_a > length_b));
}

/* Compares the entry at this index with the entry that was compared before. */
static void compare_in_order(struct name_order *order, uint32_t at, uint32_t number)
{
	struct kernel_symbol symbol;

	if (!kallsyms_symbol(order->kallsyms, number, &symbol)) {
		if (!order->nr_wrong++)
			fail(&order->first, ERROR_FORMAT,
			     "entry %" PRIu32 " of kallsyms_seqs_of_names, %" PRIu32
			     ", is not the number of a symbol",
			     at, number);
		return;
	}
	if (order->before.name && is_after(order->before.name, symbol.name) && !order->nr_wrong++)
		fail(&order->first, ERROR_FORMAT,
		     "%.128s (%" PRIx64 ") is before %.128s (%" PRIx64
		     ") in kallsyms_seqs_of_names",
		     order->before.name, order->before.address, symbol.name, symbol.address);
	order->before = symbol;
}

/* Compares the entries from `first` to `end`, exclusive, each with the entry before it. */
static void name_order_compare(struct name_order *order, uint32_t first, uint32_t end)
{
	uint32_t number;

	order->before.name = NULL;
	for (uint32_t at = first; at < end && at < order->nr; at++) {
		if (!name_order_read(order, at, &number))
			continue;
		compare_in_order(order, at, number);
		order->nr_compared++;
	}
}

bool kernel_names_lack(struct kernel *kernel, const char *name, struct error *err)
{
	enum { NEAR = 2, FEW = 2 /* If more entries are no numbers, there is no order here. */ };
	uint32_t low = 0, high, at, number, nr_bad = 0;
	struct kernel_symbol symbol;
	struct name_order order;

	if (!name_order_find(kernel, &order))
		return true;
	for (high = order.nr; low < high;) {
		at = low + (high - low) / 2;
		if (!name_order_read(&order, at, &number))
			return true;
		if (!kallsyms_symbol(order.kallsyms, number, &symbol)) {
			if (++nr_bad > FEW)
				return true;
			high = at;
		} else if (strcmp(symbol.name, name) < 0)
			low = at + 1;
		else
			high = at;
	}
	name_order_compare(&order, low > NEAR ? low - NEAR : 0, low + NEAR);
	return !order.nr_wrong || fail(err, ERROR_FORMAT, "%s", order.first.message);
}

bool kernel_names_ordered(struct kernel *kernel, struct error *err)
{
	enum { SAMPLES = 32 };
	struct name_order order;
	uint32_t step;

	if (kernel_has_own_symbols(kernel) || !name_order_find(kernel, &order))
		return true;
	step = order.nr / SAMPLES + 1;
	for (uint32_t at = 0; at < order.nr && !kernel_stopped(kernel); at += step)
		name_order_compare(&order, at, at + 2);
	/* If memory runs out, symbols seem to be missing. If most entries are wrong, these bytes are
	 * not the order. */
	return kernel_stopped(kernel) || !order.nr_wrong ||
	       order.nr_wrong > order.nr_compared / 2 ||
	       fail(err, ERROR_FORMAT, "%s", order.first.message);
}
