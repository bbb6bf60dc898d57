/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>

#include "areas/region.h"
#include "output/row.h"
#include "show/show_walk.h"

enum half { ANY_HALF, USER_HALF, KERNEL_HALF };

/* An unreadable walk has one more: its entry has an address and no value. */
static unsigned int nr_levels_shown(const struct walk *walk)
{
	return walk->nr_steps + (walk->outcome == WALK_UNREADABLE);
}

static void json_levels(const struct walk_answer *answer)
{
	struct output *output = answer->session->output;
	const struct walk *walk = &answer->translation.walk;

	output_list_begin(output, "levels");
	for (unsigned int i = 0; i < nr_levels_shown(walk); i++) {
		output_object_begin(output, NULL);
		output_string(output, "name", answer->space->paging->level[i].name);
		output_hex(output, "entry_address", walk->step[i].entry_paddr);
		if (i < walk->nr_steps) {
			output_hex(output, "entry", walk->step[i].entry);
			show_entry_flags(answer->session, answer->space->paging,
					 i, walk->step[i].entry);
		}
		output_object_end(output);
	}
	output_list_end(output);
}

/* Columns, from the end of the virtual address. */
enum { GAP = 2, SIZE = GAP + 18, REGION = SIZE + 6, PAGE = REGION + 16 };

static void text_summary(const struct walk_answer *answer, struct row *row)
{
	struct output *output = answer->session->output;
	const struct translation *translation = &answer->translation;
	unsigned int digits = output_address_width(output);
	bool mapped = translation->status == TRANSLATION_MAPPED;
	const char *size = "-";

	row_text(
		row,
		digits == 8 ?
			"VIRTUAL   PHYSICAL          SIZE  REGION          PAGE      STATE" :
			"VIRTUAL           PHYSICAL          SIZE  REGION          PAGE              STATE");
	row_end(row, output);
	row_hex(row, translation->walk.vaddr, digits);
	row_pad(row, digits + GAP);
	if (translation->has_physical) {
		row_hex(row, translation->physical, 1);
		size = page_size_text(translation->walk.page_size);
	} else {
		row_text(row, "-");
	}
	row_pad(row, digits + SIZE);
	row_cell(row, size, digits + REGION);
	row_cell(row, answer->region ? region_names[answer->region->kind] : "-",
		 digits + PAGE);
	if (answer->page)
		row_hex(row, answer->page, digits);
	else
		row_text(row, "-");
	row_pad(row, digits + PAGE + digits + GAP);
	if (!mapped)
		row_text(row, translation_status_names[translation->status]);
	if (translation->has_physical) {
		row_text(row, mapped ? "" : ", ");
		row_text(row, page_state_names[translation->page_state]);
	}
	row_end(row, output);
}

static void row_flags(const struct walk_answer *answer, unsigned int level,
		      struct row *row)
{
	struct entry_flags flags = entry_flags_of(
		answer->session, answer->space->paging, level,
		answer->translation.walk.step[level].entry);

	for (unsigned int i = 0; i < flags.nr; i++) {
		if (i)
			row_text(row, "|");
		row_text(row, flags.name[i]);
	}
}

static void text_levels(const struct walk_answer *answer, struct row *row)
{
	enum { NAME = 2, ADDRESS = 8, ENTRY = 26, FLAGS = 44 };
	struct output *output = answer->session->output;
	const struct walk *walk = &answer->translation.walk;

	if (nr_levels_shown(walk) == 0)
		return;
	row_text(row, "  LEVEL ENTRY AT          ENTRY             FLAGS");
	row_end(row, output);
	for (unsigned int i = 0; i < nr_levels_shown(walk); i++) {
		row_pad(row, NAME);
		row_cell(row, answer->space->paging->level[i].name, ADDRESS);
		row_hex(row, walk->step[i].entry_paddr, 1);
		row_pad(row, ENTRY);
		if (i < walk->nr_steps) {
			row_hex(row, walk->step[i].entry, 1);
			row_pad(row, FLAGS);
			row_flags(answer, i, row);
		} else {
			row_text(row, page_state_names[walk->reason]);
		}
		row_end(row, output);
	}
}

static void text_rights(const struct walk_answer *answer, struct row *row)
{
	struct output *output = answer->session->output;
	const struct entry_meaning *meaning = &answer->translation.meaning;
	const struct walk *walk = &answer->translation.walk;
	const char *resource = walk_answer_resource(answer);

	if (walk->outcome == WALK_MAPPED) {
		row_text(row, "  ACCESS: ");
		row_text(row, walk->user ? "user, " : "kernel only, ");
		row_text(row, walk->writable ? "writable, " : "read-only, ");
		row_text(row, walk->executable ? "executable" : "no execute");
		row_text(row, meaning->has_cache ? "; cache " : "");
		if (meaning->has_cache)
			row_text(row, cache_type_names[meaning->cache]);
		row_text(row, resource ? "; " : "");
		row_text(row, resource ? resource : "");
		row_end(row, output);
	} else if (meaning->has_swap) {
		output_textf(output,
			     "  SWAP: type %" PRIu64 ", offset %" PRIu64 "\n",
			     meaning->swap_type, meaning->swap_offset);
	}
}

static void print_text(const struct walk_answer *answer)
{
	struct output *output = answer->session->output;
	char doubts[DOUBTS_SIZE];
	struct row row;

	row.used = 0;
	text_summary(answer, &row);
	text_levels(answer, &row);
	text_rights(answer, &row);
	if (session_doubts(answer->session, doubts))
		output_textf(output, "  DOUBTFUL: %s\n", doubts);
	row_end(&row, output);
}

struct request {
	unsigned int half; /* enum half: others are refused */
	const char *process_word; /* of -p; NULL without it */
	bool has_process;
	struct process process; /* valid if has_process */
};

static bool in_half(struct kernel *kernel, uint64_t vaddr, unsigned int half,
		    struct error *err)
{
	if (half == ANY_HALF ||
	    (half == USER_HALF) == kernel_is_user_address(kernel, vaddr))
		return true;
	return fail(err, ERROR_USAGE, "is not a %s address",
		    half == USER_HALF ? "user" : "kernel");
}

/* Without -p kernel addresses are walked in the kernel's own table. */
static const struct space *space_of(struct session *session,
				    const struct request *request,
				    uint64_t vaddr, struct error *err)
{
	if (request->has_process)
		return process_space(&request->process, vaddr);
	if (session->has_process && vaddr <= session->process.user_last)
		return &session->process.user;
	return kernel_space(session->kernel, err);
}

static bool answer_argument(struct session *session,
			    const struct request *request, const char *argument,
			    struct error *err)
{
	struct walk_answer answer; /* walk_answer_complete() sets the rest */
	uint64_t vaddr;

	if (!parse_address(session, argument, &vaddr, err) ||
	    !in_half(session->kernel, vaddr, request->half, err))
		return false;
	answer.session = session;
	answer.argument = argument;
	answer.space = space_of(session, request, vaddr, err);
	if (!answer.space)
		return false;
	answer.translation =
		kernel_translate(session->kernel, answer.space, vaddr);
	walk_answer_complete(&answer);
	if (output_json(session->output)) {
		show_walk(&answer, "vtop");
		json_levels(&answer);
		output_end(session->output);
	} else {
		print_text(&answer);
	}
	if (answer.trouble.code)
		session_complain_of_answer(session, argument, &answer.trouble);
	return true;
}

/* In "-p ADDR" the process is left out: it is the one chosen by set. */
static bool find_process(struct session *session, struct request *request,
			 char ***words, struct error *err)
{
	if (!**words && session->has_process &&
	    request->process_word == (*words)[-1]) {
		--*words;
		request->process_word = NULL;
		request->process = session->process;
		request->has_process = true;
	}
	if (!**words)
		return fail(err, ERROR_USAGE, "no address was given");
	if (!request->process_word)
		return request->has_process ||
		       kernel_space(session->kernel, err);
	request->has_process = session_process(session, request->process_word,
					       &request->process, err);
	return request->has_process;
}

static bool run(struct session *session, char **words, struct error *err)
{
	struct request request = { .half = ANY_HALF };
	const struct command_option options[] = {
		{ "u", &request.half, .set_to = USER_HALF },
		{ "k", &request.half, .set_to = KERNEL_HALF },
		{ "p", .value = &request.process_word },
		{ 0 },
	};
	struct error complaint;

	if (!command_options(&words, options, err) ||
	    !find_process(session, &request, &words, err))
		return false;
	for (; *words && !session_interrupted(session); words++)
		if (!answer_argument(session, &request, *words, &complaint))
			session_complain(session, *words, &complaint);
	return true;
}

const struct command command_vtop = {
	.name = "vtop",
	.usage = "[-u|-k] [-p PID|NAME|TASK|MM] ADDR...",
	.summary = "virtual to physical: the walk, level by level",
	.details = "Shows for each address its physical address, page size, region, struct page\n"
		   "and state in the dump, the entry of each level with its flags, and the\n"
		   "resulting rights and cache type. User addresses are walked in the page\n"
		   "table of the process chosen by set; without one, in the kernel's table or\n"
		   "the one given by the option -o root=.\n"
		   "  -p  walk all addresses in the page table of this process; a kernel\n"
		   "      thread's is the one it borrowed\n"
		   "  -u  refuse kernel addresses     -k  refuse user addresses",
	.rests_on = RESTS_ON_FRAMES,
	.tells_doubts = true,
	.min_args = 1,
	.run = run,
};
