/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/columns.h"

#include <string.h>

unsigned int column_usual_width(const char *field)
{
	// clang-format off
	static const struct {
		const char *field;
		unsigned int width;
	} usual[] = {
		{ "status", 17 }, { "region", 16 }, { "comm", 15 },
		{ "fact", 18 }, { "value", 28 }, { "source", 24 },
		{ "note", 14 },
		{ "symbol", 28 }, { "section", 7 }, { "cache", 5 },
		{ "flags", 28 }, { "kind", 9 }, { "name", 16 },
		{ "size", 20 }, /* of the widest region */
		{ "answer", 10 }, { "caller", 32 },
		{ "part", 16 }, { "as", 8 }, { "what", 13 },
		{ "other_value", 24 }, { "other_use", 12 },
		{ "device", 12 }, { "driver", 10 }, { "type", 9 }, { "dma", 12 },
	};
	// clang-format on

	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		if (!strcmp(field, usual[i].field))
			return usual[i].width;
	}
	return 6;
}

/* A command's own column goes before the field of all commands. */
unsigned int column_importance(const char *command, const char *field)
{
	// clang-format off
	static const struct {
		const char *command; /* NULL: any */
		const char *field;
		unsigned int importance;
	} known[] = {
		/* what region asks for is an address, not where its region ends */
		{ "region", "start", 2 }, { "region", "end", 2 },
		{ "region", "symbol", KEPT }, { "zones", "free", KEPT },
		{ "devices", "dma", KEPT }, { "devices", "device", KEPT },
		{ "bounce", "original", KEPT }, { "bounce", "used", KEPT },
		{ "dma", "bus", KEPT }, { "devices", "domain", 2 },
		{ "pagemap", "kind", 6 }, { "pagemap", "size", 4 },
		{ "tasks", "root", 6 }, { "tasks", "task", 8 }, { "tasks", "args", KEPT },
		{ "areas", "kind", KEPT }, { "areas", "physical", 5 },
		{ "areas", "flags", 3 }, { "areas", "caller", 6 },
		{ "ptov", "comm", 1 },
		{ NULL, "idle_cpu", 1 }, { NULL, "active_mm", 1 },
		{ NULL, "flags_word", 1 }, { NULL, "vma", 1 },
		{ NULL, "tgid", 2 }, { NULL, "global", 2 }, { NULL, "node", 2 },
		{ NULL, "min", 2 }, { NULL, "low", 2 }, { NULL, "high", 2 },
		{ NULL, "per_slab", 2 }, { NULL, "order", 2 },
		{ NULL, "spanned", 3 }, { NULL, "size", 3 }, { NULL, "page_size", 3 },
		{ NULL, "pages", 3 }, { NULL, "ppid", 3 }, { NULL, "part", 3 },
		{ NULL, "zone", 3 }, { NULL, "mapping", 4 }, { NULL, "rss", 4 },
		{ NULL, "cache", 4 }, { NULL, "user", 4 }, { NULL, "mm", 4 },
		{ NULL, "section", 4 }, { NULL, "linear", 4 },
		{ NULL, "root", 4 }, { NULL, "flags", 6 },
		{ NULL, "writable", 6 }, { NULL, "executable", 6 },
		{ NULL, "pid", 7 },
		{ NULL, "status", KEPT }, { NULL, "state", KEPT },
		{ NULL, "answer", KEPT }, { NULL, "virtual", KEPT },
		{ NULL, "physical", KEPT }, { NULL, "start", KEPT },
		{ NULL, "end", KEPT }, { NULL, "value", KEPT }, { NULL, "text", KEPT },
		{ NULL, "note", KEPT }, { NULL, "use", KEPT }, { NULL, "comm", KEPT },
		{ NULL, "file", KEPT }, { NULL, "rights", KEPT },
		{ NULL, "message", KEPT }, { NULL, "slab_cache", KEPT },
		{ NULL, "where", KEPT },
	};
	// clang-format on

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if ((!known[i].command || !strcmp(command, known[i].command)) &&
		    !strcmp(field, known[i].field))
			return known[i].importance;
	return USUAL_IMPORTANCE;
}

static size_t total_width(const struct fitted_column *columns, unsigned int nr)
{
	size_t total = 0;

	for (unsigned int i = 0; i < nr; i++)
		if (columns[i].width)
			total += columns[i].width + COLUMN_GAP;
	return total ? total - COLUMN_GAP : 0;
}

/* The widest that can be narrower; NULL: none. */
static struct fitted_column *widest(struct fitted_column *columns,
				    unsigned int nr)
{
	struct fitted_column *found = NULL;

	for (unsigned int i = 0; i < nr; i++)
		if (columns[i].width > columns[i].least &&
		    (!found || columns[i].width > found->width))
			found = &columns[i];
	return found;
}

/* Takes what is too much from the widest columns. False: some must be given up. */
static bool narrow(struct fitted_column *columns, unsigned int nr, size_t room)
{
	struct fitted_column *column;
	size_t total;

	while ((total = total_width(columns, nr)) > room) {
		column = widest(columns, nr);
		if (!column)
			return false;
		column->width--;
	}
	return true;
}

static bool give_one_up(struct fitted_column *columns, unsigned int nr)
{
	struct fitted_column *least = NULL;

	for (unsigned int i = 1; i < nr; i++)
		if (columns[i].width && columns[i].importance < KEPT &&
		    (!least || columns[i].importance <= least->importance))
			least = &columns[i];
	if (least)
		least->natural = least->least = least->width = 0;
	return least;
}

void columns_fit(struct fitted_column *columns, unsigned int nr, size_t room)
{
	do {
		for (unsigned int i = 0; i < nr; i++)
			columns[i].width = columns[i].natural;
	} while (!narrow(columns, nr, room) && give_one_up(columns, nr));
}
