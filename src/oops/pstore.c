/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "oops/transport.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/sort.h"
#include "oops/scan.h"

#define DIGITS "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/* --- heads --- */

bool pstore_head(const char *text, struct pstore_part *part)
{
	size_t letters = strspn(text, LETTERS);
	uint64_t count, number;
	const char *end = letters && text[letters] == '#' ?
				  scan_decimal(text + letters + 1, PSTORE_EVENT, &count) :
				  NULL;
	const char *after = end ? after_start(end, " Part") : NULL;

	after = after ? scan_decimal(after, 3, &number) : NULL;
	if (!after || *skip_blanks(after) || !number || number > PSTORE_MOST_PART ||
	    end - text >= PSTORE_EVENT)
		return false;
	*part = (struct pstore_part){ .part = (unsigned int)number };
	memcpy(part->event, text, (size_t)(end - text));
	return true;
}

bool pstore_is_name(const char *text, uint64_t *seconds)
{
	const char *name = after_mark(text, "dmesg-");
	size_t nr;

	*seconds = 0;
	if (!name)
		return starts_with(text, "====");
	name += strspn(name, LETTERS "_");
	if (*name != '-' || !isdigit((unsigned char)name[1]))
		return false;
	/* generic_id() in drivers/firmware/efi/efi-pstore.c: the seconds, two digits of the part, three of
	 * the count. Numbers of ERST grow with the time, too. */
	nr = strspn(++name, DIGITS);
	for (size_t i = 0; nr > 12 && nr < DECIMAL_DIGITS_MAX && i < nr - 5; i++)
		*seconds = *seconds * 10 + (uint64_t)(name[i] - '0');
	return true;
}

/* --- events --- */

struct event {
	const struct pstore_part *first, *last; /* of its parts, in the text */
	uint64_t seen[PSTORE_MOST_PART / 64 + 1];
};

static bool has_part(const struct event *event, unsigned int part)
{
	return event->seen[part / 64] >> part % 64 & 1;
}

/* Parts of two boots may have the same head. They are of one event if their files were written at the same time, or
 * if, without names of files, their numbers go on in the same direction. */
static bool is_of_event(const struct event *event, const struct pstore_part *part)
{
	enum { MOST_SECONDS = 60 };
	const struct pstore_part *first = event->first, *last = event->last;

	if (strcmp(first->event, part->event) != 0 || has_part(event, part->part))
		return false;
	if (first->seconds && part->seconds)
		return part->seconds - first->seconds + MOST_SECONDS <= 2 * MOST_SECONDS;
	return first == last || (first->part < last->part) == (last->part < part->part);
}

/* Sets the event of each part. Returns the events, or NULL if memory runs out. */
static struct event *find_events(struct pstore *pstore, size_t *nr)
{
	enum { MOST_OPEN = 16 };
	struct event *events = calloc(pstore->nr, sizeof(*events));

	*nr = 0;
	for (size_t i = 0; events && i < pstore->nr; i++) {
		struct pstore_part *part = &pstore->part[i];
		size_t at = *nr;

		while (at > 0 && *nr - at < MOST_OPEN && !is_of_event(&events[at - 1], part))
			at--;
		if (!at || *nr - at == MOST_OPEN) {
			at = ++*nr;
			events[at - 1].first = part;
		}
		events[at - 1].last = part;
		events[at - 1].seen[part->part / 64] |= UINT64_C(1) << part->part % 64;
		part->nr = at - 1;
	}
	return events;
}

/* Says which parts are missing, of the first event that lacks some. */
static void note_missing(struct oops_lines *lines, const struct event *event)
{
	enum { MOST_LISTED = 8 };
	char list[64] = "";
	unsigned int nr = 0, last = PSTORE_MOST_PART;

	if (*lines->missing)
		return;
	while (!has_part(event, last))
		last--;
	for (unsigned int part = 1; part < last; part++)
		if (!has_part(event, part) && nr++ < MOST_LISTED)
			text_append(list, sizeof(list), "%s%u", nr > 1 ? ", " : "", part);
	if (nr > MOST_LISTED)
		text_append(lines->missing, sizeof(lines->missing), "%u parts of %s are missing.",
			    nr, event->first->event);
	else if (nr)
		text_append(lines->missing, sizeof(lines->missing), "Part%s %s of %s %s missing.",
			    plural_s(nr), list, event->first->event, plural_are(nr));
}

/* --- order --- */

struct order {
	const struct oops_lines *from;
	struct oops_line *line; /* owned until the end: the lines in order */
	size_t nr;
	uint64_t numbers; /* of the events of this boot: a bit for each, modulo 64 */
	char *spare; /* memory for the texts of lines that are put together */
};

/* Appends the line to the last one, from which it was torn. If it was torn within its time, the time is read now. */
static void put_rest(struct order *order, const struct oops_line *rest)
{
	struct oops_line *last = &order->line[order->nr - 1];
	struct prefix prefix;
	const char *text = order->spare;

	order->spare = mempcpy(order->spare, last->text, last->size);
	order->spare = mempcpy(order->spare, rest->text, rest->size + 1);
	if (!last->has_time) {
		text = prefix_read(text, &prefix);
		last->has_time = prefix.has_time;
		last->usec = prefix.usec;
		last->caller_kind = prefix.caller_kind;
		last->caller = prefix.caller;
	}
	last->text = text;
	last->size = (size_t)(order->spare - text) - 1;
}

/* Does an event begin another boot than the text before it? Within a boot, no two events have the same number (oopscount in
 * fs/pstore/platform.c). */
static bool is_of_next_boot(struct order *order, const struct pstore_part *part)
{
	uint64_t bit = UINT64_C(1) << strtoul(strchr(part->event, '#') + 1, NULL, 10) % 64;
	bool is_next = !order->numbers || (order->numbers & bit);

	order->numbers = (is_next ? 0 : order->numbers) | bit;
	return is_next;
}

/* Puts the lines of a part after `older`, the part before it in the same event, or NULL. */
static void put_part(struct order *order, const struct pstore_part *part,
		     const struct pstore_part *older)
{
	const struct oops_line *line = order->from->line;
	size_t first = order->nr, i = part->start;
	bool is_torn = part->end - i > 1 && !line[i].has_time && line[i + 1].has_time;

	if (is_torn && older && older->part == part->part + 1 && older->end > older->start)
		put_rest(order, &line[i++]);
	while (i < part->end)
		order->line[order->nr++] = line[i++];
	if (!older && is_of_next_boot(order, part) && first && order->nr > first)
		order->line[first].begins_event = true;
}

/* Finds where a part ends: text may come after it. The lines of pstore have times, unless the kernel prints none. */
static void find_end(const struct oops_lines *lines, struct pstore_part *part, size_t stop)
{
	size_t end = stop;

	while (end > part->start && !lines->line[end - 1].has_time)
		end--;
	while (end < stop && lines->line[end].size)
		end++;
	part->end = end;
}

static int compare_parts(const void *one, const void *other)
{
	const struct pstore_part *a = *(const struct pstore_part *const *)one,
				 *b = *(const struct pstore_part *const *)other;

	if (a->nr != b->nr)
		return a->nr < b->nr ? -1 : 1;
	return a->part > b->part ? -1 : 1;
}

static bool put_all(struct order *order, struct pstore *pstore, const struct pstore_part **parts)
{
	const struct oops_lines *lines = order->from;
	bool is_rest = true;

	for (size_t i = 0; i < pstore->nr; i++) {
		find_end(lines, &pstore->part[i],
			 i + 1 < pstore->nr ? pstore->part[i + 1].start : lines->nr);
		parts[i] = &pstore->part[i];
	}
	if (!sort_items(parts, pstore->nr, sizeof(*parts), compare_parts, lines->listener))
		return false;
	for (size_t i = 0; i < pstore->part[0].start; i++)
		order->line[order->nr++] = lines->line[i];
	for (size_t i = 0; i < pstore->nr; i++)
		put_part(order, parts[i],
			 i && parts[i - 1]->nr == parts[i]->nr ? parts[i - 1] : NULL);
	/* What stands between and after the parts belongs to none of them. */
	for (size_t i = 0; i < pstore->nr; i++) {
		size_t stop = i + 1 < pstore->nr ? pstore->part[i + 1].start : lines->nr;

		for (size_t at = pstore->part[i].end; at < stop; at++) {
			order->line[order->nr++] = lines->line[at];
			order->line[order->nr - 1].begins_event |= is_rest;
			is_rest = false;
		}
	}
	return true;
}

bool pstore_order(struct oops_lines *lines, struct pstore *pstore, char *spare, struct error *err)
{
	const struct pstore_part **parts;
	struct order order = { .from = lines, .spare = spare };
	struct event *events;
	size_t nr;
	bool done = false;

	if (!pstore->nr)
		return true;
	events = find_events(pstore, &nr);
	parts = calloc(pstore->nr, sizeof(*parts));
	order.line = calloc(lines->nr + 1, sizeof(*order.line));
	if (events && parts && order.line)
		done = put_all(&order, pstore, parts);
	if (done) {
		for (size_t i = 0; i < nr; i++)
			note_missing(lines, &events[i]);
		free(lines->line);
		lines->line = order.line;
		lines->nr = order.nr;
		lines->room = lines->nr;
	} else {
		free(order.line);
		out_of_memory(err);
	}
	free(events);
	free(parts);
	return done;
}
