/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crew.h"
#include "base/text.h"
#include "kernel/view.h"
#include "cli/commands/show_whatis.h"
#include "dump/search.h"
#include "cli/command.h"
#include "query/mapped.h"
#include "linux/region.h"
#include "kernel/arch.h"
#include "kernel/kernel_symbols.h"
#include "cli/tables.h"
#include "cli/words.h"
#include "cli/commands/show_walk.h"
#include "query/whatis.h"

/* --- places that were found --- */

/* Shows the hits of a search, and the memory that could not be searched. */

/* A value or text that is searched for, or START and END of the option -i. */
struct wanted {
	const char *word, *second; /* shown in the field "input" of a hit; second may be NULL */
	struct value_range range; /* the mask was already applied to it; not set for a text */
};

/* How to show hits. All pointers are borrowed. */
struct hit_view {
	struct session *session;
	const struct space *space; /* NULL: addresses are physical */
	/* the process to which the addresses belong; NULL: the kernel */
	const struct process *process;
	const struct matcher *matcher;
	const struct wanted *wanted;
	size_t nr_wanted;
	/* A buffer for finding the meanings of each place. NULL: meanings are not shown. */
	struct whatis_list *list;
	/* Number of pages that were not searched because they are in swap, and the first address. */
	uint64_t nr_swapped, first_swapped;
};

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
				number_in(view->matcher, hit->value, &wanted->range))
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

/* Writes an answer for a hit. arg: a struct hit_view. Returns false if no further answers can be
 * written. */
static bool show_hit(void *arg, const struct hit *hit)
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
static const struct record not_searched = { .closed = true };

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

/* Reports memory that could not be searched. Memory that was left out of the dump on purpose, or that
 * was swapped out, is reported as a note, and memory that is cut off or damaged as an error. */
static void show_not_searched(const struct hit_view *view, const struct dump_survey *survey)
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

enum memory { KERNEL_MEMORY = 1, USER_MEMORY, PHYSICAL_MEMORY };

struct search_options {
	unsigned int memory; /* enum memory; 0: not given, so the kernel's memory is searched */
	/* size of a value in bits; 0: not given, so it is the size of a pointer */
	unsigned int width;
	unsigned int texts; /* the VALUEs are texts */
	unsigned int aliases;
	unsigned int tell; /* show the meaning of each place that was found */
	struct number_given mask, length;
	const char *text, *region; /* values of these options, or NULL */
	const char *between, *between_end;
	const char *start, *end;
};

struct search_request {
	struct session *session;
	const struct search_options *given;
	enum memory memory;
	unsigned int width; /* size of a value in bits */
	uint64_t first, last; /* both are inclusive */
	enum region_kind kind; /* valid if the option -R names a region */
	struct process user; /* valid for USER_MEMORY */
	const struct space *space; /* NULL for PHYSICAL_MEMORY */
	struct matcher matcher;
	struct wanted *wanted; /* owned */
	struct hit_view view;
	struct search search;
};

static bool search_show_progress(void *arg, uint64_t done, uint64_t total)
{
	struct session *session = ((struct hit_view *)arg)->session;

	session_progress(session, done, total);
	return !session_interrupted(session);
}

/* --- the search --- */

static void tell_gaps(const struct search_request *request, const struct mapped *mapped)
{
	struct error first, err;

	if (!mapped->nr_gaps)
		return;
	range_explain(request->space->paging, &mapped->first_gap, &first);
	fail(&err, ERROR_UNREADABLE,
	     "the answer may be incomplete: %zu part%s of the page tables %s missing or corrupt, the first is %s",
	     mapped->nr_gaps, plural_s(mapped->nr_gaps), plural_are(mapped->nr_gaps),
	     first.message);
	session_complain(request->session, NULL, &err);
}

static bool search_in(struct search_request *request, const struct search_range *ranges, size_t nr,
		      struct error *err)
{
	request->search.ranges = ranges;
	request->search.nr_ranges = nr;
	return search_memory(&request->search, err);
}

static bool search_mapped(struct search_request *request, struct error *err)
{
	struct mapped_request wanted = {
		.kernel = request->session->kernel,
		.space = request->space,
		.first = request->first,
		.last = request->last,
		.processes = request->memory == USER_MEMORY,
		.one_region = request->given->region,
		.kind = request->kind,
		.aliases = request->given->aliases,
	};
	struct mapped mapped;
	bool sound = mapped_open(&mapped, &wanted);

	if (!sound)
		return out_of_memory(err);
	while (sound && mapped_next(&mapped, err))
		sound = search_in(request, mapped.ranges, mapped.nr_ranges, err);
	sound = sound && err->code == ERROR_NONE && scan_complete(mapped.scan, err);
	tell_gaps(request, &mapped);
	request->view.nr_swapped = mapped.nr_swapped;
	request->view.first_swapped = mapped.first_swapped;
	mapped_close(&mapped);
	return sound;
}

static bool search_run_search(struct search_request *request, struct error *err)
{
	struct search_range all = { request->first, request->first, request->last };
	unsigned int threads = request->session->front.nr_threads;
	bool sound;

	if (request->given->tell && !(request->view.list = malloc(sizeof(*request->view.list))))
		return out_of_memory(err);
	matcher_finish(&request->matcher);
	request->view.session = request->session;
	request->view.space = request->space;
	request->view.process = request->memory == USER_MEMORY ? &request->user : NULL;
	request->view.matcher = &request->matcher;
	request->view.wanted = request->wanted;
	request->search = (struct search){
		.dump = request->session->kernel->dump,
		.matcher = &request->matcher,
		.nr_threads = threads == THREAD_PER_CPU ? crew_cpus() : threads,
		.found = show_hit,
		.progress = search_show_progress,
		.arg = &request->view,
	};
	sound = request->space ? search_mapped(request, err) : search_in(request, &all, 1, err);
	show_not_searched(&request->view, &request->search.survey);
	return sound;
}

/* --- arguments --- */

/* Makes the error message "WORD: why". If WORD is the value of an option, the message is "-O WORD:
 * why". */
static bool blame(const char *option, const char *word, const struct error *why, struct error *err)
{
	return fail(err, why->code, "%s%s%s: %s", option, *option ? " " : "", word, why->message);
}

static bool search_check_width(const struct search_request *request, uint64_t value,
			       struct error *err)
{
	return value <= UINT64_MAX >> (64 - request->width) ||
	       fail(err, ERROR_USAGE, "does not fit in %u bits", request->width);
}

static bool search_want(struct search_request *request, const char *word, const char *second,
			struct value_range range, struct error *err)
{
	struct matcher *matcher = &request->matcher;

	request->wanted[request->view.nr_wanted++] = (struct wanted){
		word, second, { range.first & matcher->compared, range.last & matcher->compared }
	};
	return matcher_add_values(matcher, range.first, range.last) || out_of_memory(err);
}

static bool search_add_value(struct search_request *request, const char *word, struct error *err)
{
	struct value_range range;

	if (!parse_value(request->session, word, &range.first, err) ||
	    !search_check_width(request, range.first, err))
		return false;
	range.last = range.first;
	return search_want(request, word, NULL, range, err);
}

static bool search_add_text(struct search_request *request, const char *word, struct error *err)
{
	struct bytes text = { (const uint8_t *)word, strlen(word) };

	if (!text.size)
		return fail(err, ERROR_USAGE, "an empty text cannot be searched");
	if (text.size > MATCHER_LONGEST)
		return fail(err, ERROR_USAGE, "is longer than %d bytes", MATCHER_LONGEST);
	request->wanted[request->view.nr_wanted++].word = word;
	return matcher_add_text(&request->matcher, text) || out_of_memory(err);
}

static bool add_between(struct search_request *request, struct error *err)
{
	const struct search_options *given = request->given;
	struct value_range range;
	struct error why;

	if (given->mask.given)
		return fail(err, ERROR_USAGE, "-m: values from START to END cannot be masked");
	if (!parse_value(request->session, given->between, &range.first, &why) ||
	    !search_check_width(request, range.first, &why))
		return blame("-i", given->between, &why, err);
	if (!parse_last_value(request->session, given->between_end, range.first, &range.last,
			      &why) ||
	    !search_check_width(request, range.last, &why))
		return blame("-i", given->between_end, &why, err);
	return search_want(request, given->between, given->between_end, range, err);
}

/* Fails if a mask was given but is larger than a value, or if there are no values to which the mask
 * applies. */
static bool check_mask(const struct search_request *request, bool values, struct error *err)
{
	const struct number_given *mask = &request->given->mask;
	struct error why;
	char word[24];

	if (!mask->given)
		return true;
	snprintf(word, sizeof(word), "%" PRIx64, mask->value);
	if (!search_check_width(request, mask->value, &why))
		return blame("-m", word, &why, err);
	return values || fail(err, ERROR_USAGE, "-m %s: there is no value to mask", word);
}

/* Fails if the text of -t is an address with all its digits. With -t, crash looks for a value in the
 * stacks of tasks, and "none" would be a wrong answer to that. */
static bool check_text(const struct search_request *request, const char *text, struct error *err)
{
	const struct kernel *kernel = request->session->kernel;
	uint64_t value;

	return strlen(text) < 2 * (size_t)kernel_pointer_size(kernel) ||
	       !parse_hex(text, &value, NULL) ||
	       fail(err, ERROR_USAGE,
		    "is a number: search %s finds the value, also on stacks (-t of crash), and search -c %s the text",
		    text, text);
}

/* Reads all values and texts that are searched for. */
static bool parse_patterns(struct search_request *request, char **words, struct error *err)
{
	const struct search_options *given = request->given;
	size_t nr = count_words(words) + 2; /* one more for each of -i and -t */
	struct error why;

	if (!check_mask(request, *words && !given->texts, err))
		return false;
	request->matcher = matcher_create(request->width / 8, given->mask.value);
	request->wanted = calloc(nr, sizeof(*request->wanted));
	if (!request->wanted)
		return out_of_memory(err);
	if (given->between && !add_between(request, err))
		return false;
	if (given->text && (!check_text(request, given->text, &why) ||
			    !search_add_text(request, given->text, &why)))
		return blame("-t", given->text, &why, err);
	for (; *words; words++)
		if (!(given->texts ? search_add_text(request, *words, &why) :
				     search_add_value(request, *words, &why)))
			return blame("", *words, &why, err);
	return true;
}

/* Returns true if all values that are searched for fit in 32 bits, and there is at least one. */
static bool search_has_ints(const struct search_request *request)
{
	for (size_t i = 0; i < request->view.nr_wanted; i++)
		if (request->wanted[i].range.last > UINT32_MAX)
			return false;
	return request->view.nr_wanted;
}

/* Returns true if crash would take the text of -t as a value, or as a second letter of an option
 * ("-tk VALUE"). */
static bool search_text_is_value(const struct search_request *request)
{
	const char *text = request->given->text;
	struct kernel_symbol symbol;
	uint64_t value;

	return text && (!text[1] || *text == '(' || parse_hex(text, &value, NULL) ||
			kernel_image_symbol(request->session->kernel, text, &symbol, NULL));
}

/* In crash, -w is for values of 32 bits, and -t for values in the stacks of tasks. */
static void search_say_unlike_crash(const struct search_request *request)
{
	const struct search_options *given = request->given;

	if (given->tell && !given->width && request->width > 32 && !given->texts && !given->text &&
	    !given->between && search_has_ints(request))
		session_say_unlike_crash(
			request->session,
			"values of %u bits are searched, and -w explains each place; for values of 32 bits, as with -w of crash, use search -32",
			request->width);
	if (search_text_is_value(request))
		session_say_unlike_crash(
			request->session,
			"the text \"%s\" is searched; for a value, use search VALUE, which also finds it in the stacks of tasks, where -t of crash looks",
			given->text);
}

static bool parse_region(struct search_request *request, struct error *err)
{
	const char *wanted = request->given->region;
	char names[400] = "";

	if (!wanted)
		return true;
	for (enum region_kind kind = 0; kind < NR_REGION_KINDS; kind++) {
		const char *name = region_names[kind];

		if (!name)
			continue;
		if (!strcmp(name, wanted)) {
			request->kind = kind;
			return true;
		}
		text_append(names, sizeof(names), "%s%s", *names ? ", " : "", name);
	}
	return fail(err, ERROR_USAGE, "-R %s: no such region; the regions are: %s", wanted, names);
}

static bool search_in_memory(const struct search_request *request, uint64_t address,
			     struct error *err)
{
	static const char *const kinds[] = {
		[KERNEL_MEMORY] = "kernel",
		[USER_MEMORY] = "user",
		[PHYSICAL_MEMORY] = "physical",
	};

	return (address >= request->first && address <= request->last) ||
	       fail(err, ERROR_USAGE, "is not a %s address", kinds[request->memory]);
}

/* Reduces the range from first to last to the range that the options -s, -e and -l give. */
static bool search_parse_bounds(struct search_request *request, struct error *err)
{
	const struct search_options *given = request->given;
	struct session *session = request->session;
	bool physical = request->memory == PHYSICAL_MEMORY;
	uint64_t start = request->first, last = request->last;
	char size[24]; /* the text "+SIZE" */
	struct error why;

	if (given->start && (!(physical ? parse_physical(given->start, &start, &why) :
					  parse_address(session, given->start, &start, &why)) ||
			     !search_in_memory(request, start, &why)))
		return blame("-s", given->start, &why, err);
	snprintf(size, sizeof(size), "+%" PRIu64, given->length.value);
	if ((given->end || given->length.given) &&
	    (!parse_last(physical ? NULL : session, given->end ?: size, start, &last, &why) ||
	     !search_in_memory(request, last, &why)))
		return blame(given->end ? "-e" : "-l", given->end ?: size + 1, &why, err);
	request->first = start;
	request->last = last;
	return true;
}

/* Finds the memory to search: its first and last address, and its page table. */
static bool search_find_memory(struct search_request *request, struct error *err)
{
	struct session *session = request->session;

	if (session->chosen.table.given && request->memory == PHYSICAL_MEMORY)
		return fail(err, ERROR_USAGE,
			    "physical memory (-p) and a page table exclude each other");
	if (session->chosen.table.given)
		request->memory = USER_MEMORY;
	request->last = UINT64_MAX;
	if (request->memory == PHYSICAL_MEMORY)
		return !request->given->region ||
		       fail(err, ERROR_USAGE, "-R %s: only virtual memory has regions",
			    request->given->region);
	if (request->memory == KERNEL_MEMORY) {
		request->space = kernel_space(session->kernel, err);
		if (!request->space || !task_kernel_half(session->kernel, &request->first, err))
			return false;
		request->last = paging_last_address(request->space->paging);
		return true;
	}
	if (!session->chosen.table.has_process)
		return fail(err, ERROR_USAGE, "-u: " NO_PROCESS SET_CHOOSES);
	request->user = session->chosen.table.process;
	request->space = &request->user.user;
	request->last = request->user.user_last;
	return session->chosen.table.root_word || process_has_memory(&request->user) ||
	       fail(err, ERROR_NO_ANSWER, "a kernel thread has no user memory");
}

static bool search_run(struct session *session, char **words, struct error *err)
{
	const struct search_options *given = session->given;
	struct search_request request = {
		.session = session,
		.given = given,
		.memory = given->memory ?: KERNEL_MEMORY,
		.width = given->width ?: 8 * kernel_pointer_size(session->kernel),
	};
	bool sound;

	sound = session_choose_table(session, err) && parse_region(&request, err) &&
		search_find_memory(&request, err) && search_parse_bounds(&request, err) &&
		parse_patterns(&request, words, err);
	if (sound)
		search_say_unlike_crash(&request);
	sound = sound && search_run_search(&request, err);
	matcher_release(&request.matcher);
	free(request.wanted);
	free(request.view.list);
	return sound;
}

static const struct command_option options[] = {
	{ "k", AT(search_options, memory), .set_to = KERNEL_MEMORY, .group = 'm',
	  .help = "the kernel's memory (default)" },
	{ "u", AT(search_options, memory), .set_to = USER_MEMORY, .group = 'm',
	  .help = "user memory of the process chosen by set" },
	{ "p", AT(search_options, memory), .set_to = PHYSICAL_MEMORY, .group = 'm',
	  .help = "physical memory" },
	TABLE_OPTIONS("P", "user memory of this process", "r",
		      "user memory in the page table at ROOT, a physical address\n"
		      "or a value of CR3 or TTBR"),
	{ "s", WORD_ADDRESS, AT(search_options, start), .value = "START",
	  .help = "from this address on" },
	{ "e", WORD_END, AT(search_options, end), .group = 'e',
	  .help = "up to this address, the last byte" },
	{ "l", WORD_COUNT, AT(search_options, length), .value = "LENGTH", .group = 'e',
	  .help = "that many bytes" },
	{ "R", WORD_REGION, AT(search_options, region),
	  .help = "search only this region, with its name from regions" },
	{ "a", AT(search_options, aliases),
	  .help = "if memory is mapped several times, show all its addresses" },
	{ "8", AT(search_options, width), .set_to = 8, .group = 'b' },
	{ "16", AT(search_options, width), .set_to = 16, .group = 'b' },
	{ "32", AT(search_options, width), .set_to = 32, .group = 'b' },
	{ "64", AT(search_options, width), .set_to = 64, .group = 'b',
	  .help = "size of a value in bits (default: size of a pointer)" },
	{ "m", WORD_NUMBER, AT(search_options, mask), .value = "MASK",
	  .help = "ignore the bits that are set in MASK" },
	{ "i", WORD_ADDRESS, AT(search_options, between), .value = "START", .second = "END",
	  .help = "also find any value from START to END; END may be +SIZE" },
	{ "t", WORD_TEXT, AT(search_options, text), .help = "also find this text" },
	{ "c", AT(search_options, texts), .help = "each VALUE is a text" },
	{ "w", AT(search_options, tell), .help = "show what each place is, as whatis does" },
	{ 0 }
};

/* How text shows the meaning of a place (-w). */
static const struct field whatis_fields[] = { COLUMN("text"), { 0 } };

static const struct record record = {
	.closed = true,
	.fields = (const struct field[]){ COLUMN("virtual", .rank = KEPT),
					  COLUMN("physical", .kind = KIND_PHYSICAL, .rank = KEPT),
					  COLUMN("value", .width = 28, .rank = KEPT),
					  LINE("whatis", .heading = ".", .fields = whatis_fields),
					  { 0 } },
};

const struct command command_search = {
	.name = "search",
	.group = GROUP_MEMORY,
	.options = options,
	.arguments = ARGUMENTS({ "VALUE", WORD_VALUE, 1, .most = MANY },
			       { "VALUE", WORD_VALUE, .most = MANY, .with = "i" },
			       { "VALUE", WORD_VALUE, .most = MANY, .with = "t" }),
	.given_size = GIVEN(search_options),
	.record = &record,
	.summary = "places in memory that hold a value or a text",
	.details = "Values are found at multiples of their size, texts anywhere.\n"
		   "The options from -k to -a, in the order below, choose the memory to be\n"
		   "searched (default: the kernel's).",
	.rests_on = RESTS_ON_ADDRESSES | RESTS_ON_PAGES,
	.chooses_table = true,
	.run = search_run,
};
