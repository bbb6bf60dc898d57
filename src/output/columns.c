/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/columns.h"

#include "base/printable.h"

enum { FOLD_INDENT = 4 }; /* indentation of a value that does not fit into the rest of its line */

/* --- lines --- */

size_t column_heading(const char *name, char heading[HEADING_MAX])
{
	size_t size = 0;

	for (; name[size] && size < HEADING_MAX; size++) {
		heading[size] = name[size] == '_' ? ' ' : name[size];
		if (name[size] >= 'a' && name[size] <= 'z')
			heading[size] = (char)(name[size] - 'a' + 'A');
	}
	return size;
}

bool columns_put(struct pen *pen, const struct columns *columns, struct column_piece *pieces,
		 size_t room, bool plain)
{
	const struct screen *screen = pen->screen;
	size_t start = pen->at, least_gap = 0;
	bool more = false;

	for (unsigned int i = 0; i < columns->nr; i++) {
		const struct column *column = &columns->column[i];
		struct column_piece *piece = &pieces[i];
		size_t size = piece->size, next = size, shown = size, target = start;

		if (!column->width)
			continue;
		start += column->width + COLUMN_GAP;
		if (!size)
			continue;
		if (room) {
			size = screen_piece(screen, piece->text, size, column->width, &next);
			shown = screen_width(screen, piece->text, size);
		} else if (!plain) {
			shown = printable_columns(piece->text, size);
		}
		if (column->right && shown < column->width)
			target += column->width - shown;
		if (target < pen->at + least_gap)
			target = pen->at + least_gap;
		if (room && pen->at && target + shown > room) {
			pen_end_line(pen);
			target = FOLD_INDENT;
		}
		least_gap = 1;
		pen_put(pen, target, piece->style, piece->text, size, shown);
		piece->text += next;
		piece->size -= next;
		more |= piece->size;
	}
	pen_end_line(pen);
	return more;
}

void columns_put_heading(struct pen *pen, const struct columns *columns, size_t room)
{
	struct column_piece pieces[TABLE_COLUMNS_MAX];
	char headings[TABLE_COLUMNS_MAX][HEADING_MAX];

	for (unsigned int i = 0; i < columns->nr; i++) {
		pieces[i].text = headings[i];
		pieces[i].size = column_heading(columns->column[i].name, headings[i]);
		pieces[i].style = STYLE_HEADING;
	}
	while (columns_put(pen, columns, pieces, room, true))
		;
}

/* --- widths --- */

static size_t total_width(const struct columns *columns)
{
	size_t total = 0;

	for (unsigned int i = 0; i < columns->nr; i++)
		if (columns->column[i].width)
			total += columns->column[i].width + COLUMN_GAP;
	return total ? total - COLUMN_GAP : 0;
}

/* Returns the widest of all columns that can be made narrower, or NULL. */
static struct column *widest(struct columns *columns)
{
	struct column *found = NULL;

	for (unsigned int i = 0; i < columns->nr; i++) {
		struct column *column = &columns->column[i];

		if (column->width > column->least && (!found || column->width > found->width))
			found = column;
	}
	return found;
}

/* Makes the widest columns narrower until the line fits. Returns false if that is not enough. */
static bool narrow(struct columns *columns, size_t room)
{
	while (total_width(columns) > room) {
		struct column *column = widest(columns);

		if (!column)
			return false;
		column->width--;
	}
	return true;
}

static bool give_one_up(struct columns *columns)
{
	struct column *least = NULL;

	for (unsigned int i = 1; i < columns->nr; i++) {
		struct column *column = &columns->column[i];

		if (column->width && column->rank < USUAL_RANK &&
		    (!least || column->rank <= least->rank))
			least = column;
	}
	if (least)
		column_leave_out(least);
	return least;
}

bool columns_fit(struct columns *columns, size_t room)
{
	bool fits;

	do {
		for (unsigned int i = 0; i < columns->nr; i++)
			columns->column[i].width = columns->column[i].natural;
		fits = narrow(columns, room);
	} while (!fits && give_one_up(columns));
	return fits;
}
