/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The input is a text of listings, as a user writes it. */
#include "input.h"

#include "listing/listing.h"

static void see_listing(const struct listing *listing)
{
	PROMISED(listing->name && *listing->name && *listing->summary);
	PROMISED(listing->nr_steps && listing->nr_steps <= MOST_STEPS);
	PROMISED(listing->nr_columns && listing->nr_columns <= MOST_COLUMNS);
	for (size_t i = 0; i < listing->nr_steps; i++) {
		const struct listing_step *step = &listing->step[i];

		PROMISED(step->kind < NR_STEP_KINDS && step->nr_texts <= STEP_TEXTS);
		PROMISED((step->kind < STEP_OR) == (step->nr_texts > 0));
		for (size_t j = 0; j < step->nr_texts; j++)
			PROMISED(*step->text[j]);
	}
	for (size_t i = 0; i < listing->nr_columns; i++) {
		const struct listing_column *column = &listing->column[i];

		PROMISED(column->kind < NR_COLUMN_KINDS && *column->name);
		PROMISED((column->kind >= COLUMN_PART) == !*column->text);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct listings listings = { .more = (const char *)data,
				     .more_size = size,
				     .more_file = "FILE" };
	struct error err = { 0 };
	bool good = listings_start(&listings, &err);
	size_t nr = listings.nr;

	PROMISED(good == !*err.message);
	PROMISED(good || !strncmp(err.message, "FILE", 4));
	PROMISED(listings_find(&listings, "mount"));
	for (size_t i = 0; i < nr; i++)
		see_listing(&listings.listing[i]);
	/* at the second call, too */
	PROMISED(listings_start(&listings, &err) == good && listings.nr == nr);
	listings_release(&listings);
	return 0;
}
