/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "answers/cpu_table.h"
#include "areas/region.h"
#include "output/row.h"
#include "session/tables.h"
#include "show/guest_answer.h"
#include "show/show_walk.h"
#include "tasks/swap.h"

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

/* Columns of the summary. */
struct places {
	size_t physical, size, region, page, state;
};

/* A narrow terminal has room for usual physical addresses only. */
static struct places find_places(const struct output *output)
{
	enum { GAP = 2, PHYSICAL = 18, SIZE = 6, REGION = 16, STATE = 10 };
	size_t digits = output_address_width(output);
	size_t columns = output_columns(output);
	struct places at = { .physical = digits + GAP };
	size_t rest = SIZE + REGION + digits + GAP + STATE;
	bool narrow = columns && at.physical + PHYSICAL + rest > columns;

	at.size = at.physical + PHYSICAL - (narrow ? 4 : 0);
	at.region = at.size + SIZE - (narrow ? 1 : 0);
	at.page = at.region + REGION - (narrow ? 1 : 0);
	at.state = at.page + digits + GAP;
	return at;
}

static void text_heading(const struct places *at, struct row *row,
			 struct output *output)
{
	struct span all = { .style = STYLE_HEADING };

	row_cell(row, "VIRTUAL", at->physical);
	row_cell(row, "PHYSICAL", at->size);
	row_cell(row, "SIZE", at->region);
	row_cell(row, "REGION", at->page);
	row_cell(row, "PAGE", at->state);
	row_text(row, "STATE");
	all.end = row->used;
	row_end_styled(row, output, &all, 1);
}

static struct span row_state(const char *name, struct row *row)
{
	return row_styled(row, style_of("state", name, strlen(name), false),
			  name);
}

static void text_summary(const struct walk_answer *answer, struct row *row)
{
	struct output *output = answer->session->output;
	const struct translation *translation = &answer->translation;
	unsigned int digits = output_address_width(output);
	bool mapped = translation->status == TRANSLATION_MAPPED;
	const struct places at = find_places(output);
	struct span spans[2];
	unsigned int nr_spans = 0;
	const char *size = "-";

	text_heading(&at, row, output);
	row_hex(row, translation->walk.vaddr, digits);
	row_pad(row, at.physical);
	if (translation->has_physical) {
		row_hex(row, translation->physical, 1);
		row_text(row, " ");
		size = page_size_text(translation->walk.page_size);
	} else {
		row_text(row, "-");
	}
	row_pad(row, at.size);
	row_cell(row, size, at.region);
	row_cell(row, answer->region ? region_names[answer->region->kind] : "-",
		 at.page);
	if (answer->page)
		row_hex(row, answer->page, digits);
	else
		row_text(row, "-");
	row_pad(row, at.state);
	if (!mapped)
		spans[nr_spans++] = row_state(
			translation_status_names[translation->status], row);
	if (translation->has_physical) {
		row_text(row, mapped ? "" : ", ");
		spans[nr_spans++] = row_state(
			dump_state_text(answer->space->dump,
					translation->page_state),
			row);
	}
	row_end_styled(row, output, spans, nr_spans);
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
			row_text(row, dump_state_text(answer->space->dump,
						      walk->reason));
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
	bool both = walk->writable && walk->executable;
	char path[VMA_NAME_MAX], doubt[DOUBT_TEXT];
	struct span spans[2];

	if (walk->outcome == WALK_MAPPED) {
		row_text(row, "  ACCESS: ");
		row_text(row, walk->user ? "user, " : "kernel only, ");
		spans[0] = row_styled(row,
				      style_of_right("writable", walk->writable,
						     both),
				      walk->writable ? "writable" : "read-only");
		row_text(row, ", ");
		spans[1] = row_styled(
			row,
			style_of_right("executable", walk->executable, both),
			walk->executable ? "executable" : "no execute");
		row_text(row, meaning->has_cache ? "; cache " : "");
		if (meaning->has_cache)
			row_text(row, cache_type_names[meaning->cache]);
		row_text(row, resource ? "; " : "");
		row_text(row, resource ? resource : "");
		row_end_styled(row, output, spans, 2);
	} else if (meaning->has_swap) {
		bool known = kernel_swap_file(answer->session->kernel,
					      meaning->swap_type, path, NULL);

		output_textf(output,
			     "  SWAP: type %" PRIu64 ", offset %" PRIu64
			     "%s%s\n",
			     meaning->swap_type, meaning->swap_offset,
			     known ? ", in " : "", known ? path : "");
	}
	if (entry_doubt(answer->session, meaning, doubt))
		output_textf(output, "  DOUBT: %s\n", doubt);
}

static void json_swap(const struct walk_answer *answer)
{
	const struct entry_meaning *meaning = &answer->translation.meaning;
	char path[VMA_NAME_MAX];

	if (meaning->has_swap &&
	    kernel_swap_file(answer->session->kernel, meaning->swap_type, path,
			     NULL))
		output_string(answer->session->output, "swap_file", path);
}

/* Of an entry that is not present show_walk() has shown it. */
static void json_doubt(const struct walk_answer *answer)
{
	const struct entry_meaning *meaning = &answer->translation.meaning;
	char doubt[DOUBT_TEXT];

	if (!meaning->doubt && entry_doubt(answer->session, meaning, doubt))
		output_string(answer->session->output, "doubt", doubt);
}

static void json_table(const struct walk_answer *answer)
{
	struct output *output = answer->session->output;
	struct process process;

	if (!session_whose_table(answer->session,
				 answer->translation.walk.vaddr, &process))
		return;
	output_hex(output, "root", answer->space->root);
	if (!process.has_task)
		return;
	output_integer(output, "pid", process.task.pid);
	output_string(output, "comm", process.task.comm);
}

static void text_table(const struct walk_answer *answer)
{
	struct output *output = answer->session->output;
	struct process process;
	const char *source = session_whose_table(
		answer->session, answer->translation.walk.vaddr, &process);

	if (!source)
		return;
	output_textf(output, "  TABLE: %" PRIx64 "%s%s", answer->space->root,
		     *source ? ", " : "", source);
	if (!*source && !process.has_task &&
	    answer->space->root == kernel_space(answer->session->kernel, NULL)->root)
		output_text(output, ", the kernel's own\n");
	else if (process.has_task)
		output_textf(output, ", of pid %d (%s)\n",
			     (int)process.task.pid, process.task.comm);
	else
		output_text(output, ", of no process that is known\n");
}

/* A CPU's table that maps what the kernel's own, which was asked, does not. */
static bool find_cpu_table(const struct walk_answer *answer,
			   struct cpu_table *table)
{
	struct kernel *kernel = answer->session->kernel;
	uint64_t vaddr = answer->translation.walk.vaddr;

	return answer->translation.walk.outcome != WALK_MAPPED &&
	       answer->translation.walk.outcome != WALK_NON_CANONICAL &&
	       !session_process_at(answer->session, vaddr) &&
	       !kernel_is_user_address(kernel, vaddr) &&
	       kernel_cpu_table(kernel, vaddr, table);
}

static void json_cpu_table(const struct walk_answer *answer)
{
	struct output *output = answer->session->output;
	struct cpu_table table;

	if (!find_cpu_table(answer, &table))
		return;
	output_count(output, "cpu", table.cpu);
	output_hex(output, "cpu_root", table.root);
	if (table.mm)
		output_string(output, "cpu_mm", table.mm);
}

static void text_cpu_table(const struct walk_answer *answer)
{
	struct cpu_table table;

	if (find_cpu_table(answer, &table))
		output_textf(answer->session->output,
			     "  MAPPED: by the table that CPU %zu used%s%s: -r %" PRIx64
			     "\n",
			     table.cpu, table.mm ? ", of " : "",
			     table.mm ? table.mm : "", table.root);
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
	text_table(answer);
	text_cpu_table(answer);
	if (session_doubts(answer->session, doubts))
		output_textf(output, "  DOUBTFUL: %s\n", doubts);
	row_end(&row, output);
}

static bool in_half(struct kernel *kernel, uint64_t vaddr, unsigned int half,
		    struct error *err)
{
	if (half == ANY_HALF ||
	    (half == USER_HALF) == kernel_is_user_address(kernel, vaddr))
		return true;
	return fail(err, ERROR_USAGE, "is not a %s address",
		    half == USER_HALF ? "user" : "kernel");
}

static bool answer_argument(struct session *session, unsigned int half,
			    const char *argument, struct error *err)
{
	struct walk_answer answer; /* walk_answer_complete() sets the rest */
	uint64_t vaddr;

	if (!parse_address(session, argument, &vaddr, err) ||
	    !in_half(session->kernel, vaddr, half, err))
		return false;
	answer.session = session;
	answer.argument = argument;
	answer.space = session_space(session, vaddr, err);
	if (!answer.space)
		return false;
	answer.translation =
		kernel_translate(session->kernel, answer.space, vaddr);
	walk_answer_complete(&answer);
	if (output_json(session->output)) {
		show_walk(&answer, "vtop");
		json_doubt(&answer);
		json_swap(&answer);
		json_table(&answer);
		json_cpu_table(&answer);
		json_levels(&answer);
		output_end(session->output);
	} else {
		print_text(&answer);
	}
	if (answer.trouble.code)
		session_complain_of_answer(session, argument, &answer.trouble);
	return true;
}

struct vtop_options {
	unsigned int half;
	const char *guest;
	struct number_given cpu;
};

/* A table of -r is one of the guest. */
static bool walk_guest(struct session *session,
		       const struct vtop_options *given, char **words,
		       struct error *err)
{
	struct guest_question guest = {
		.word = given->guest,
		.cpu = given->cpu,
		.root = session->table.root_word,
	};

	if (given->half != ANY_HALF || session->table.process_word)
		return fail(err, ERROR_USAGE,
			    "-p, -u and -k ask for this kernel's tables: kwalk --guest=%s opens the guest with its own processes",
			    guest.word);
	return answer_guest(session, &guest, words, err);
}

static bool run(struct session *session, char **words, struct error *err)
{
	const struct vtop_options *given = session->given;
	struct error complaint;

	if (given->guest)
		return walk_guest(session, given, words, err);
	if (!session_choose_table(session, err) ||
	    (!session->table.given && !kernel_space(session->kernel, err)))
		return false;
	for (; *words && !session_interrupted(session); words++)
		if (!answer_argument(session, given->half, *words, &complaint))
			session_complain(session, *words, &complaint);
	return true;
}

static const struct command_option options[] = {
	{ "u", AT(vtop_options, half), .set_to = USER_HALF, .group = 'h',
	  .help = "refuse kernel addresses" },
	{ "k", AT(vtop_options, half), .set_to = KERNEL_HALF, .group = 'h',
	  .help = "refuse user addresses" },
	TABLE_OPTIONS("p", "walk all addresses in the page table of this process; a\n"
			   "kernel thread's is the one it borrowed",
		      "r", "in the table at this physical address, or value of CR3"),
	{ "-guest", WORD_GUEST, AT(vtop_options, guest),
	  .help = "walk addresses, which are numbers, of a virtual machine\n"
		  "(guests) in both dimensions: its own table, by CR3 of its\n"
		  "first vCPU or by -r; then the guest-physical address by\n"
		  "its memory slot and the table of the process, and by EPT\n"
		  "or NPT. The two ways are compared" },
	{ "-vcpu", WORD_COUNT, AT(vtop_options, cpu), .with = "-guest",
	  .help = "the table of this vCPU" },
	{ 0 }
};

const struct command command_vtop = {
	.name = "vtop",
	.also = "virt_to_phys __pa",
	.meant_by = "v2p virt2phys vtophys",
	.group = GROUP_TRANSLATE,
	.options = options,
	.arguments = ARGUMENTS({ "ADDR", WORD_ADDRESS, 1, .most = MANY }),
	.given_size = GIVEN(vtop_options),
	.summary = "virtual to physical: the walk, level by level",
	.details = "Also named virt_to_phys and __pa, though the table is walked for all addresses.\n"
		   "Shows for each address its physical address, page size, region, struct page\n"
		   "and state in the dump, the entry of each level with its flags, and the\n"
		   "resulting rights and cache type. User addresses are walked in the page\n"
		   "table of the process chosen by set; without one, in the kernel's table or\n"
		   "the one given by the option -o root=. TABLE says whose table it is.",
	.addresses = MANY_ADDRESSES,
	.rests_on = RESTS_ON_FRAMES,
	.tells_doubts = true,
	.chooses_table = true,
	.run = run,
};
