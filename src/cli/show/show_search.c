/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/show/show_search.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "memory/view.h"
#include "cli/show/show_whatis.h"

enum { SHOWN_TEXT = 64 };

static bool read_byte(const struct hit_view *view, uint64_t address, uint8_t *byte)
{
	if (view->space)
		return space_read(view->space, address, byte, 1, NULL);
	return dump_read(view->session->kernel->dump, address, byte, 1) == PAGE_PRESENT;
}

/* Reads the text that was found, and the following bytes up to the next control character. */
static void show_search_read_text(const struct hit_view *view, const struct hit *hit,
				  char text[SHOWN_TEXT + MATCHER_LONGEST + 1])
{
	size_t nr = hit->text->size;
	uint8_t byte;

	memcpy(text, hit->text->data, nr);
	while (nr < SHOWN_TEXT && read_byte(view, hit->address + nr, &byte) && byte >= 0x20 &&
	       byte < 0x7f)
		text[nr++] = (char)byte;
	text[nr] = '\0';
}

/* Returns the value or text of the command's arguments that the hit matches. */
static const struct wanted *wanted_by(const struct hit_view *view, const struct hit *hit)
{
	for (size_t i = 0; i < view->nr_wanted; i++) {
		const struct wanted *wanted = &view->wanted[i];

		if (hit->text ? (const char *)hit->text->data == wanted->word :
				value_in(view->matcher, hit->value, &wanted->range))
			return wanted;
	}
	return NULL;
}

static void tell_place(const struct hit_view *view, uint64_t address)
{
	struct session *session = view->session;
	struct whatis_list *list = view->list;
	unsigned int as = view->space ? AS_VIRTUAL : AS_PHYSICAL;
	char text[WHATIS_TEXT];

	query_whatis(session->kernel, address, 1u << as, view->process, list);
	whatis_text(session->kernel, &list->item[0], text);
	output_object_begin(session->output, "whatis");
	show_whatis_fields(session, &list->item[0], text);
	output_object_end(session->output);
}

bool show_hit(void *arg, const struct hit *hit)
{
	const struct hit_view *view = arg;
	struct output *output = view->session->output;
	const struct wanted *wanted = wanted_by(view, hit);
	char text[SHOWN_TEXT + MATCHER_LONGEST + 1], input[256] = "";

	if (wanted)
		text_append(input, sizeof(input), "%s%s%s", wanted->word, wanted->second ? " " : "",
			    wanted->second ? wanted->second : "");
	output_begin(output, "search", wanted ? input : NULL, NULL);
	output_hex(output, view->space ? "virtual" : "physical", hit->address);
	if (hit->text) {
		show_search_read_text(view, hit, text);
		output_string(output, "value", text);
	} else {
		output_hex(output, "value", hit->value);
	}
	if (view->list)
		tell_place(view, hit->address);
	output_end(output);
	return !session_interrupted(view->session);
}

/* Only records show this, because for text an error message has the same content. */
static const struct record not_searched = { .unseen = true };

/* Sets err to what was not searched. Returns false if all memory was searched. */
static bool was_incomplete(const struct hit_view *view, const struct dump_survey *survey,
			   struct error *err)
{
	char text[200] = "", swapped[80] = "";

	for (enum page_state state = PAGE_FILTERED; state < NR_PAGE_STATES; state++)
		if (survey->bytes[state] && state != PAGE_ABSENT)
			text_append(text, sizeof(text),
				    "%s%" PRIu64 " KiB %s (the first at %" PRIx64 ")",
				    *text ? ", " : ", because it is not in the dump: ",
				    (survey->bytes[state] + 1023) / 1024, page_state_names[state],
				    survey->first[state]);
	if (view->nr_swapped)
		text_append(swapped, sizeof(swapped),
			    "%s%" PRIu64 " page%s swapped out (the first at %" PRIx64 ")",
			    *text ? "; " : ": ", view->nr_swapped, plural_s(view->nr_swapped),
			    view->first_swapped);
	fail(err, ERROR_UNREADABLE, "some memory was not searched%s%s", text, swapped);
	return *text || *swapped;
}

void show_not_searched(const struct hit_view *view, const struct dump_survey *survey)
{
	struct session *session = view->session;
	struct output *output = session->output;
	struct error err;

	if (!was_incomplete(view, survey, &err))
		return;
	output_declare(output, &not_searched);
	output_begin(output, "search", NULL, "incomplete");
	output_count(output, "searched", survey->bytes[PAGE_PRESENT] + survey->bytes[PAGE_ZERO]);
	for (enum page_state state = PAGE_FILTERED; state < NR_PAGE_STATES; state++)
		if (survey->bytes[state] && state != PAGE_ABSENT)
			output_count(output, page_state_names[state], survey->bytes[state]);
	if (view->nr_swapped)
		output_count(output, "swapped_pages", view->nr_swapped);
	output_trouble(output, &err);
	output_end(output);
	if (survey->bytes[PAGE_TRUNCATED] || survey->bytes[PAGE_DAMAGED])
		session_complain_of_answer(session, NULL, &err);
	else
		session_say(session, err.message);
}
