/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdlib.h>

#include "answers/mapped.h"
#include "areas/region.h"
#include "base/text.h"
#include "dump/search.h"
#include "kernel/arch.h"
#include "session/tables.h"
#include "show/show_search.h"
#include "show/show_walk.h"
#include "whatis/whatis.h"

enum memory { KERNEL_MEMORY, USER_MEMORY, PHYSICAL_MEMORY };

struct request {
	struct session *session;
	unsigned int memory; /* enum memory */
	unsigned int width; /* of a value, in bits */
	unsigned int texts; /* VALUEs are texts */
	unsigned int aliases;
	unsigned int tell; /* what each place is */
	const char *mask, *text,
		*region; /* words of options; or NULL */
	const char *between, *between_end;
	const char *start, *end, *length;
	uint64_t mask_bits;
	uint64_t first, last; /* inclusive */
	enum region_kind kind; /* valid if region */
	struct process user; /* valid for USER_MEMORY */
	const struct space *space; /* NULL for PHYSICAL_MEMORY */
	struct matcher matcher;
	struct wanted *wanted; /* owned */
	struct hit_view view;
	struct search search;
};

static bool show_progress(void *arg, uint64_t done, uint64_t total)
{
	struct session *session = ((struct hit_view *)arg)->session;

	session_progress(session, done, total);
	return !session_interrupted(session);
}

/* --- the search --- */

static void tell_gaps(const struct request *request,
		      const struct mapped *mapped)
{
	struct error first, err;

	if (!mapped->nr_gaps)
		return;
	range_explain(request->space->paging, &mapped->first_gap, &first);
	fail(&err, ERROR_UNREADABLE,
	     "there may be more: %zu part%s of the page tables %s missing or corrupt, the first is %s",
	     mapped->nr_gaps, plural_s(mapped->nr_gaps), plural_are(mapped->nr_gaps), first.message);
	session_complain(request->session, NULL, &err);
}

static bool search_in(struct request *request,
		      const struct search_range *ranges, size_t nr,
		      struct error *err)
{
	request->search.ranges = ranges;
	request->search.nr_ranges = nr;
	return search_memory(&request->search, err);
}

static bool search_mapped(struct request *request, struct error *err)
{
	struct mapped_request wanted = {
		.kernel = request->session->kernel,
		.space = request->space,
		.first = request->first,
		.last = request->last,
		.processes = request->memory == USER_MEMORY,
		.one_region = request->region,
		.kind = request->kind,
		.aliases = request->aliases,
	};
	struct mapped mapped;
	bool sound = mapped_open(&mapped, &wanted);

	if (!sound)
		return fail(err, ERROR_SYSTEM, "out of memory");
	while (sound && mapped_next(&mapped, err))
		sound = search_in(request, mapped.ranges, mapped.nr_ranges,
				  err);
	sound = sound && err->code == ERROR_NONE &&
		scan_complete(mapped.scan, err);
	tell_gaps(request, &mapped);
	mapped_close(&mapped);
	return sound;
}

static unsigned int nr_threads(void)
{
	const char *wanted = getenv("KWALK_THREADS");
	uint64_t nr;

	return wanted && parse_count(wanted, &nr, NULL) && nr < 64 ?
		       (unsigned int)nr :
		       search_threads();
}

static bool run_search(struct request *request, struct error *err)
{
	struct search_range all = { request->first, request->first,
				    request->last };
	bool sound;

	if (request->tell &&
	    !(request->view.list = malloc(sizeof(*request->view.list))))
		return fail(err, ERROR_SYSTEM, "out of memory");
	matcher_finish(&request->matcher);
	request->view.session = request->session;
	request->view.space = request->space;
	request->view.process =
		request->memory == USER_MEMORY ? &request->user : NULL;
	request->view.matcher = &request->matcher;
	request->view.wanted = request->wanted;
	request->search = (struct search){
		.dump = request->session->kernel->dump,
		.matcher = &request->matcher,
		.nr_threads = nr_threads(),
		.found = show_hit,
		.progress = show_progress,
		.arg = &request->view,
	};
	sound = request->space ? search_mapped(request, err) :
				 search_in(request, &all, 1, err);
	show_not_searched(request->session, &request->search.survey);
	return sound;
}

/* --- arguments --- */

/* "WORD: why", or "-O WORD: why" for an option's value. */
static bool blame(const char *option, const char *word, const struct error *why,
		  struct error *err)
{
	return fail(err, why->code, "%s%s%s: %s", option, *option ? " " : "",
		    word, why->message);
}

static bool check_width(const struct request *request, uint64_t value,
			struct error *err)
{
	return value <= UINT64_MAX >> (64 - request->width) ||
	       fail(err, ERROR_USAGE, "does not fit in %u bits",
		    request->width);
}

static bool want(struct request *request, const char *word, const char *second,
		 struct value_range range, struct error *err)
{
	struct matcher *matcher = &request->matcher;

	request->wanted[request->view.nr_wanted++] =
		(struct wanted){ word,
				 second,
				 { range.first & matcher->compared,
				   range.last & matcher->compared } };
	return matcher_add_values(matcher, range.first, range.last) ||
	       fail(err, ERROR_SYSTEM, "out of memory");
}

static bool add_value(struct request *request, const char *word,
		      struct error *err)
{
	struct value_range range;

	if (!parse_address(request->session, word, &range.first, err) ||
	    !check_width(request, range.first, err))
		return false;
	range.last = range.first;
	return want(request, word, NULL, range, err);
}

static bool add_text(struct request *request, const char *word,
		     struct error *err)
{
	struct bytes text = { (const uint8_t *)word, strlen(word) };

	if (!text.size)
		return fail(err, ERROR_USAGE, "an empty text is everywhere");
	if (text.size > MATCHER_LONGEST)
		return fail(err, ERROR_USAGE, "is longer than %d bytes",
			    MATCHER_LONGEST);
	request->wanted[request->view.nr_wanted++].word = word;
	return matcher_add_text(&request->matcher, text) ||
	       fail(err, ERROR_SYSTEM, "out of memory");
}

static bool add_between(struct request *request, struct error *err)
{
	struct value_range range;
	struct error why;

	if (request->mask)
		return fail(err, ERROR_USAGE,
			    "-m: values from START to END cannot be masked");
	if (!parse_address(request->session, request->between, &range.first,
			   &why) ||
	    !check_width(request, range.first, &why))
		return blame("-i", request->between, &why, err);
	if (!parse_last(request->session, request->between_end, range.first,
			&range.last, &why) ||
	    !check_width(request, range.last, &why))
		return blame("-i", request->between_end, &why, err);
	return want(request, request->between, request->between_end, range,
		    err);
}

static bool parse_mask(struct request *request, struct error *err)
{
	struct error why;

	if (!request->mask)
		return true;
	if (!parse_hex(request->mask, &request->mask_bits, &why) ||
	    !check_width(request, request->mask_bits, &why))
		return blame("-m", request->mask, &why, err);
	return true;
}

/* All that is searched for. */
static bool parse_patterns(struct request *request, char **words,
			   struct error *err)
{
	size_t nr = count_words(words) + 2;
	struct error why;

	if (!parse_mask(request, err))
		return false;
	if (request->mask && (!*words || request->texts))
		return fail(err, ERROR_USAGE,
			    "-m %s: there is no value to mask", request->mask);
	if (nr == 2 && !request->text && !request->between)
		return fail(err, ERROR_USAGE, "no value was given");
	request->matcher =
		matcher_create(request->width / 8, request->mask_bits);
	request->wanted = calloc(nr, sizeof(*request->wanted));
	if (!request->wanted)
		return fail(err, ERROR_SYSTEM, "out of memory");
	if (request->between && !add_between(request, err))
		return false;
	if (request->text && !add_text(request, request->text, &why))
		return blame("-t", request->text, &why, err);
	for (; *words; words++)
		if (!(request->texts ? add_text(request, *words, &why) :
				       add_value(request, *words, &why)))
			return blame("", *words, &why, err);
	return true;
}

static bool parse_region(struct request *request, struct error *err)
{
	char names[400] = "";

	if (!request->region)
		return true;
	for (enum region_kind kind = 0; kind < NR_REGION_KINDS; kind++) {
		const char *name = region_names[kind];

		if (!name)
			continue;
		if (!strcmp(name, request->region)) {
			request->kind = kind;
			return true;
		}
		text_append(names, sizeof(names), "%s%s", *names ? ", " : "",
			    name);
	}
	return fail(err, ERROR_USAGE, "-R %s: no such region; these are: %s",
		    request->region, names);
}

static bool in_memory(const struct request *request, uint64_t address,
		      struct error *err)
{
	static const char *const kinds[] = {
		[KERNEL_MEMORY] = "kernel",
		[USER_MEMORY] = "user",
		[PHYSICAL_MEMORY] = "physical",
	};

	return (address >= request->first && address <= request->last) ||
	       fail(err, ERROR_USAGE, "is not a %s address",
		    kinds[request->memory]);
}

/* -s, -e and -l narrow first and last. */
static bool parse_bounds(struct request *request, struct error *err)
{
	struct session *session = request->session;
	bool physical = request->memory == PHYSICAL_MEMORY;
	const char *end = request->end ? request->end : request->length;
	uint64_t start = request->first, last;
	struct error why;

	if (request->end && request->length)
		return fail(err, ERROR_USAGE,
			    "-e %s and -l %s exclude each other", request->end,
			    request->length);
	if (request->start &&
	    (!(physical ?
		       parse_physical(request->start, &start, &why) :
		       parse_address(session, request->start, &start, &why)) ||
	     !in_memory(request, start, &why)))
		return blame("-s", request->start, &why, err);
	if (end) {
		char size[64] = "+";

		text_append(size, sizeof(size), "%s", end);
		if (!parse_last(physical ? NULL : session,
				request->end ? end : size, start, &last,
				&why) ||
		    !in_memory(request, last, &why))
			return blame(request->end ? "-e" : "-l", end, &why,
				     err);
		request->last = last;
	}
	request->first = start;
	return true;
}

/* All addresses of the memory that is searched, and their table. */
static bool find_memory(struct request *request, struct error *err)
{
	struct session *session = request->session;

	if (session->table.given)
		request->memory = USER_MEMORY;
	request->last = UINT64_MAX;
	if (request->memory == PHYSICAL_MEMORY)
		return !request->region ||
		       fail(err, ERROR_USAGE,
			    "-R %s: regions are of virtual memory",
			    request->region);
	if (request->memory == KERNEL_MEMORY) {
		request->space = kernel_space(session->kernel, err);
		if (!request->space ||
		    !kernel_half(session->kernel, &request->first, err))
			return false;
		request->last = paging_last_address(request->space->paging);
		return true;
	}
	if (!session->table.chosen)
		return fail(err, ERROR_USAGE,
			    "-u: no process is chosen: choose one with set");
	request->user = session->table.process;
	request->space = &request->user.user;
	request->last = request->user.user_last;
	return session->table.root_word || process_has_memory(&request->user) ||
	       fail(err, ERROR_NO_ANSWER, "a kernel thread has no user memory");
}

static bool run(struct session *session, char **words, struct error *err)
{
	struct request request = {
		.session = session,
		.width = 8 * kernel_pointer_size(session->kernel),
	};
	const struct command_option options[] = {
		{ "k", &request.memory, .set_to = KERNEL_MEMORY },
		{ "u", &request.memory, .set_to = USER_MEMORY },
		{ "p", &request.memory, .set_to = PHYSICAL_MEMORY },
		TABLE_OPTIONS(session, "P", "r"),
		{ "8", &request.width, .set_to = 8 },
		{ "16", &request.width, .set_to = 16 },
		{ "32", &request.width, .set_to = 32 },
		{ "64", &request.width, .set_to = 64 },
		{ "m", .value = &request.mask },
		{ "c", &request.texts, .set_to = true },
		{ "t", .value = &request.text },
		{ "i", .value = &request.between,
		  .second = &request.between_end },
		{ "s", .value = &request.start },
		{ "e", .value = &request.end },
		{ "l", .value = &request.length },
		{ "R", .value = &request.region },
		{ "a", &request.aliases, .set_to = true },
		{ "w", &request.tell, .set_to = true },
		{ 0 },
	};
	bool sound;

	session->table.capital = true;
	sound = command_options(&words, options, err) &&
		session_choose_table(session, &words, err) &&
		parse_region(&request, err) && find_memory(&request, err) &&
		parse_bounds(&request, err) &&
		parse_patterns(&request, words, err) &&
		run_search(&request, err);
	matcher_release(&request.matcher);
	free(request.wanted);
	free(request.view.list);
	return sound;
}

const struct command command_search = {
	.name = "search",
	.usage = "[OPTION]... VALUE...",
	.summary = "places in memory that hold a value or a text",
	.details =
		"Values are found at multiples of their size, texts anywhere.\n"
		"Memory: the kernel's, unless told otherwise.\n"
		"  -u             the process chosen by set      -P PID  another process\n"
		"  -r ROOT        user memory of the table at ROOT, physical or a CR3\n"
		"  -p             physical memory\n"
		"  -s START -e END, -s START -l LENGTH  a part of it; END is the last byte\n"
		"  -R REGION      only this region, named as in regions\n"
		"  -a             all addresses of what is mapped several times\n"
		"What is wanted:\n"
		"  -8 -16 -32 -64 size of a value in bits (default: that of a pointer)\n"
		"  -m MASK        ignore the bits that are set in MASK\n"
		"  -i START END   also any value from START to END; END may be +SIZE\n"
		"  -t TEXT        also this text         -c  each VALUE is a text\n"
		"Each place is told as by whatis with -w.",
	.rests_on = RESTS_ON_FRAMES,
	.min_args = 1,
	.reads_options = true,
	.run = run,
};
