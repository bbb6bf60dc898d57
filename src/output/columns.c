/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/columns.h"

#include "output/field.h"

static size_t total_width(const struct fitted_column *columns, unsigned int nr)
{
	size_t total = 0;

	for (unsigned int i = 0; i < nr; i++)
		if (columns[i].width)
			total += columns[i].width + COLUMN_GAP;
	return total ? total - COLUMN_GAP : 0;
}

/* Returns the widest of all columns that can be made narrower, or NULL. */
static struct fitted_column *widest(struct fitted_column *columns, unsigned int nr)
{
	struct fitted_column *found = NULL;

	for (unsigned int i = 0; i < nr; i++)
		if (columns[i].width > columns[i].least &&
		    (!found || columns[i].width > found->width))
			found = &columns[i];
	return found;
}

/* Makes the widest columns narrower until the line fits. Returns false if that is not enough. */
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
		if (columns[i].width && columns[i].rank < USUAL_RANK &&
		    (!least || columns[i].rank <= least->rank))
			least = &columns[i];
	if (least)
		least->natural = least->least = least->width = 0;
	return least;
}

bool columns_fit(struct fitted_column *columns, unsigned int nr, size_t room)
{
	bool fits;

	do {
		for (unsigned int i = 0; i < nr; i++)
			columns[i].width = columns[i].natural;
		fits = narrow(columns, nr, room);
	} while (!fits && give_one_up(columns, nr));
	return fits;
}
