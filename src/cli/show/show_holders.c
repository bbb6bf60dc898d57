/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/show/show_holders.h"

#include <inttypes.h>

/* Largest number of groups shown in each direction; also, largest number of groups of modules that
 * are shown after these. A driver has one pointer to a list that it lost, and drivers have most of
 * the leaks. */
enum { MOST_SHOWN = 20 };

static const char *const kinds[] = {
	[HOLDER_SYMBOL] = "symbol", [HOLDER_CACHE] = "slab-cache", [HOLDER_PERCPU] = "percpu",
	[HOLDER_CALLER] = "caller", [HOLDER_AREA] = "area",	   [HOLDER_USE] = "use",
	[HOLDER_ITSELF] = "itself",
};

static void print_group(struct session *session, const char *argument,
			const struct holder_group *group)
{
	struct output *output = session->output;

	output_begin(output, session->command->name, argument, NULL);
	output_count(output, "pointers", group->count);
	output_string(output, "direction", group->by ? "by" : "to");
	output_string(output, "kind", kinds[group->kind]);
	output_string_if(output, "name", group->kind == HOLDER_ITSELF ? NULL : group->name);
	output_count_if(output, "offset", group->by && group->kind == HOLDER_CACHE, group->offset);
	output_hex(output, "physical", group->example);
	output_end(output);
}

bool show_holders(struct session *session, const char *argument, const bool use[NR_PAGE_USES],
		  uint64_t cache, struct error *err)
{
	struct holders holders;
	size_t shown[2] = { 0, 0 }, shown_modules[2] = { 0, 0 };
	uint64_t left_out, unread;

	if (!query_holders(session->kernel, use, cache, &holders, err))
		return false;
	output_declare(session->output, &show_holders_record);
	for (size_t i = 0; i < holders.nr && !session_interrupted(session); i++) {
		const struct holder_group *group = &holders.group[i];

		if (shown[group->by]++ < MOST_SHOWN ||
		    (group->in_module && shown_modules[group->by]++ < MOST_SHOWN))
			print_group(session, argument, group);
	}
	left_out = holders.left_out;
	unread = holders.unread;
	query_holders_release(&holders);
	if (unread)
		return fail(
			err, ERROR_UNREADABLE,
			"%" PRIu64
			" frame%s of the kernel %s not in the dump, and may also contain such pointers",
			unread, unread == 1 ? "" : "s", unread == 1 ? "is" : "are");
	return !left_out ||
	       fail(err, ERROR_FORMAT, "too many groups: %" PRIu64 " pointers are not in any group",
		    left_out);
}

const struct record show_holders_record = {
	.fields = (const struct field[]){ COLUMN("pointers", .width = 9, .rank = KEPT),
					  COLUMN("direction", .rank = KEPT),
					  COLUMN("kind", .width = 10, .rank = KEPT),
					  COLUMN("name", .width = 32, .rank = KEPT),
					  COLUMN("offset", .width = 6),
					  COLUMN("physical", .heading = "example",
						 .kind = KIND_PHYSICAL),
					  { 0 } },
};
