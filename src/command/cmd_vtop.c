/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <getopt.h>

#include "command/answer.h"
#include "command/process.h"
#include "command/row.h"
#include "kernel/arch.h"

enum half { ANY_HALF, USER_HALF, KERNEL_HALF };

static struct entry_flags flags_of(const struct answer *answer,
				   unsigned int level)
{
	struct kernel *kernel = answer->session->kernel;

	return kernel->arch->entry_flags(
		kernel_entry_rules(kernel), answer->space->paging, level,
		answer->translation.walk.step[level].entry);
}

/* The last step of an unreadable walk has an address and no entry. */
static unsigned int nr_levels_shown(const struct walk *walk)
{
	return walk->nr_steps + (walk->outcome == WALK_UNREADABLE);
}

static void json_levels(const struct answer *answer)
{
	struct output *output = answer->session->output;
	const struct walk *walk = &answer->translation.walk;

	output_list_begin(output, "levels");
	for (unsigned int i = 0; i < nr_levels_shown(walk); i++) {
		struct entry_flags flags;

		output_object_begin(output);
		output_string(output, "name", answer->space->paging->level[i].name);
		output_hex(output, "entry_address", walk->step[i].entry_paddr);
		if (i < walk->nr_steps) {
			output_hex(output, "entry", walk->step[i].entry);
			flags = flags_of(answer, i);
			output_list_begin(output, "flags");
			for (unsigned int f = 0; f < flags.nr; f++)
				output_string(output, NULL, flags.name[f]);
			output_list_end(output);
		}
		output_object_end(output);
	}
	output_list_end(output);
}

static void print_json(const struct answer *answer)
{
	answer_begin(answer, "vtop");
	json_levels(answer);
	output_end(answer->session->output);
}

/* Widths of the cells, less those of virtual addresses. */
enum { GAP = 2, PHYSICAL_CELL = 16, SIZE_CELL = 4, REGION_CELL = 14 };

static const char *heading(unsigned int digits)
{
	return digits == 8 ?
		"VIRTUAL   PHYSICAL          SIZE  REGION          PAGE      STATE" :
		"VIRTUAL           PHYSICAL          SIZE  REGION          PAGE              STATE";
}

static void row_state(struct row *row, const struct translation *translation)
{
	if (translation->status != TRANSLATION_MAPPED)
		row_text(row, translation_status_names[translation->status]);
	if (!translation->has_physical)
		return;
	if (translation->status != TRANSLATION_MAPPED)
		row_text(row, ", ");
	row_text(row, page_state_names[translation->page_state]);
}

static void text_summary(const struct answer *answer, struct row *row)
{
	struct output *output = answer->session->output;
	const struct translation *translation = &answer->translation;
	unsigned int digits = output_address_width(output);
	unsigned int at = digits + GAP;

	row_text(row, heading(digits));
	row_end(row, output);
	row_hex(row, translation->walk.vaddr, digits);
	row_pad(row, at);
	if (translation->has_physical)
		row_hex(row, translation->physical, 1);
	else
		row_text(row, "-");
	row_pad(row, at += PHYSICAL_CELL + GAP);
	row_cell(row, translation->has_physical ?
			      answer_size_text(translation->walk.page_size) : "-",
		 at += SIZE_CELL + GAP);
	row_cell(row, answer->region ? answer->region->name : "-",
		 at += REGION_CELL + GAP);
	if (answer->page)
		row_hex(row, answer->page, digits);
	else
		row_text(row, "-");
	row_pad(row, at + digits + GAP);
	row_state(row, translation);
	row_end(row, output);
}

static void row_flags(const struct answer *answer, unsigned int level,
		      struct row *row)
{
	struct entry_flags flags = flags_of(answer, level);

	for (unsigned int i = 0; i < flags.nr; i++) {
		if (i)
			row_text(row, "|");
		row_text(row, flags.name[i]);
	}
}

static void text_levels(const struct answer *answer, struct row *row)
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

static void text_rights(const struct answer *answer, struct row *row)
{
	struct output *output = answer->session->output;
	const struct translation *translation = &answer->translation;
	const struct walk *walk = &translation->walk;
	const char *resource = answer_resource(answer);

	if (walk->outcome == WALK_MAPPED) {
		row_text(row, "  ACCESS: ");
		row_text(row, walk->user ? "user, " : "kernel only, ");
		row_text(row, walk->writable ? "writable, " : "read-only, ");
		row_text(row, walk->executable ? "executable" : "no execute");
		if (translation->meaning.has_cache) {
			row_text(row, "; cache ");
			row_text(row,
				 cache_type_names[translation->meaning.cache]);
		}
		if (resource) {
			row_text(row, "; ");
			row_text(row, resource);
		}
		row_end(row, output);
	} else if (translation->meaning.has_swap) {
		output_textf(output, "  SWAP: type %llu, offset %llu\n",
			     (unsigned long long)translation->meaning.swap_type,
			     (unsigned long long)translation->meaning.swap_offset);
	}
}

/* Facts of another kernel, or that sources disagree about. */
static void text_doubts(const struct answer *answer)
{
	char doubts[1024];

	if (command_doubts(answer->session, doubts, sizeof(doubts)))
		output_textf(answer->session->output, "  DOUBTFUL: %s\n", doubts);
}

static void print_text(const struct answer *answer)
{
	struct row row;

	row.used = 0;
	text_summary(answer, &row);
	text_levels(answer, &row);
	text_rights(answer, &row);
	text_doubts(answer);
	row_end(&row, answer->session->output);
}

static bool in_half(struct kernel *kernel, uint64_t vaddr, enum half half,
		    struct error *err)
{
	if (half == ANY_HALF ||
	    (half == USER_HALF) == kernel_is_user_address(kernel, vaddr))
		return true;
	return fail(err, ERROR_USAGE, "is no %s address",
		    half == USER_HALF ? "user" : "kernel");
}

/* How the arguments are to be read. */
struct request {
	enum half half;
	const char *process; /* of -p; NULL without it */
	bool has_process;
	struct process in;
};

/* Without -p kernel addresses are walked in the kernel's own table. */
static const struct space *space_of(struct session *session,
				    const struct request *request,
				    uint64_t vaddr, struct error *err)
{
	if (request->has_process)
		return process_space(&request->in, vaddr);
	if (session->has_process && vaddr <= session->process.user_last)
		return &session->process.user;
	return kernel_space(session->kernel, err);
}

static bool answer_argument(struct session *session,
			    const struct request *request, const char *argument,
			    struct error *err)
{
	struct answer answer; /* not cleared: answer_find() sets the rest */
	uint64_t vaddr;

	if (!command_parse_address(session, argument, &vaddr, err) ||
	    !in_half(session->kernel, vaddr, request->half, err))
		return false;
	answer.session = session;
	answer.argument = argument;
	answer.space = space_of(session, request, vaddr, err);
	if (!answer.space)
		return false;
	answer_find(&answer, vaddr);
	if (output_json(session->output))
		print_json(&answer);
	else
		print_text(&answer);
	if (answer.in_trouble)
		command_complain_of_answer(session, argument, &answer.trouble);
	return true;
}

/* "-p ADDR" after set: the process is left out. */
static bool is_left_out(const struct session *session,
			const struct request *request, int argc, char **argv)
{
	return optind == argc && session->has_process && request->process &&
	       request->process == argv[argc - 1];
}

static bool parse_options(struct session *session, int argc, char **argv,
			  struct request *request, struct error *err)
{
	int option;

	optind = 0;
	opterr = 0;
	while ((option = getopt(argc, argv, "+ukp:")) != -1) {
		if (option == 'u')
			request->half = USER_HALF;
		else if (option == 'k')
			request->half = KERNEL_HALF;
		else if (option == 'p')
			request->process = optarg;
		else if (optopt == 'p')
			return fail(err, ERROR_USAGE, "-p: of which process?");
		else
			return fail(err, ERROR_USAGE, "unknown option -%c",
				    optopt);
	}
	if (is_left_out(session, request, argc, argv)) {
		optind--;
		request->process = NULL;
		request->in = session->process;
		request->has_process = true;
	}
	if (optind == argc)
		return fail(err, ERROR_USAGE, "no address was given");
	return true;
}

static bool find_process(struct session *session, struct request *request,
			 struct error *err)
{
	if (!request->process)
		return request->has_process ||
		       kernel_space(session->kernel, err) != NULL;
	request->has_process = command_process(session, request->process,
					       &request->in, err);
	return request->has_process;
}

static bool run(struct session *session, int argc, char **argv,
		struct error *err)
{
	struct request request = { .half = ANY_HALF };
	struct error complaint;

	if (!parse_options(session, argc, argv, &request, err) ||
	    !find_process(session, &request, err))
		return false;
	for (int i = optind; i < argc && !command_interrupted(session); i++)
		if (!answer_argument(session, &request, argv[i], &complaint))
			command_complain(session, argv[i], &complaint);
	return true;
}

const struct command command_vtop = {
	.name = "vtop",
	.usage = "[-u|-k] [-p PID|NAME|TASK|MM] ADDR...",
	.summary = "virtual to physical: the walk, level by level",
	.details = "For each address: the physical one, the page's size, struct page, region\n"
		   "and state in the dump, each level's entry with its flags, and the rights\n"
		   "and cache type that result. User addresses are walked in the table of the\n"
		   "process that set chose, without one in the kernel's table, or the one that\n"
		   "the option -o root= names.\n"
		   "  -p  all of them in the table of this process; a kernel thread's is the\n"
		   "      one it borrowed\n"
		   "  -u  refuse kernel addresses     -k  refuse user addresses",
	.rests_on = RESTS_ON_TABLES | RESTS_ON_LAYOUT | RESTS_ON_PAGES |
		    RESTS_ON_TYPES | RESTS_ON_SYMBOLS,
	.tells_doubts = true,
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
