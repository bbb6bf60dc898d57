/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "cli/commands/show_walk.h"
#include "cli/commands/vtop_guest.h"
#include "cli/show_task.h"
#include "cli/tables.h"
#include "dump/registers.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "linux/region.h"
#include "linux/task/mm.h"
#include "paging/family.h"
#include "query/entry_witness.h"
#include "query/hidden.h"

/* A page table that a CPU used, and that maps kernel addresses that the kernel's own page table
 * does not map. CPUs use such a table during calls of EFI services and while the kernel boots. If
 * the kernel's own page table is damaged, the table of a CPU may also map addresses that are
 * missing there. */

struct cpu_table {
	size_t cpu;
	uint64_t root;
	const char *mm; /* static: "efi_mm", or NULL if the table is not of efi_mm */
};

/* Finds the page table of a CPU that maps vaddr. vaddr: a kernel address that kernel_space() does
 * not map. Returns false if no CPU's registers point to a page table that maps vaddr. */
static bool query_cpu_table(struct kernel *kernel, uint64_t vaddr, struct cpu_table *table)
{
	const struct space *own = kernel_space(kernel, NULL);
	const struct dump *dump = kernel->dump;
	struct space space;
	struct walk walk;
	uint64_t root, mm;

	for (size_t i = 0; own && i < dump->nr_cpus; i++) {
		if (kernel_stopped(kernel))
			return false;
		if (!arch_cpu_root(kernel->arch, own, &dump->cpus[i], &root) ||
		    root == space_kernel_root(own))
			continue;
		space = *own;
		space_set_kernel_root(&space, root);
		walk = walk_page_table(&space, vaddr);
		if (walk.outcome != WALK_MAPPED)
			continue;
		*table = (struct cpu_table){ .cpu = i, .root = root };
		if (task_root_is_of_efi(kernel, root, &mm))
			table->mm = "efi_mm";
		return true;
	}
	return false;
}

enum half { ANY_HALF, USER_HALF, KERNEL_HALF };

static void vtop_state_levels(const struct walk_answer *answer)
{
	struct output *output = answer->session->output;

	output_list_begin(output, "levels");
	show_levels(answer->session, answer->space->paging, &answer->translation.walk);
	output_list_end(output);
}

/* Returns true, and writes a text, if a table of the walk cannot be a table, because the struct page
 * of its frame shows another use. Only for the tables of a process. */
static bool is_no_table(struct kernel *kernel, const struct space *space, const struct walk *walk,
			char text[WITNESS_TEXT])
{
	unsigned int nr = walk->nr_steps + (walk->outcome == WALK_UNREADABLE);
	struct page_use use;

	for (unsigned int level = 1; level < nr; level++) {
		uint64_t paddr = kernel_page_first(kernel, walk->step[level].entry_paddr);

		if (!page_use_of(kernel, kernel_pfn(kernel, paddr), &use) ||
		    query_may_be_table(kernel, &use, level + 1 == space->paging->nr_levels))
			continue;
		snprintf(text, WITNESS_TEXT,
			 "the %s entry leads to %" PRIx64
			 ", whose struct page shows no page table, but %s memory, so an entry is damaged",
			 space->paging->level[level - 1].name, paddr,
			 use.kind == PAGE_USE_UNKNOWN ? "other" : page_use_names[use.kind]);
		return true;
	}
	return false;
}

/* Does another word of the dump contradict the page table? Nothing is known about a table that belongs
 * to no process. */
static bool is_contradicted(const struct walk_answer *answer, char doubt[WITNESS_TEXT])
{
	struct kernel *kernel = answer->session->kernel;
	const struct translation *translation = &answer->translation;
	uint64_t vaddr = translation->walk.vaddr;
	const struct process *process = session_process_at(answer->session, vaddr);

	if (process && !process->has_task)
		return false;
	if (!query_is_user_address(kernel, vaddr))
		return answer->region &&
		       query_entry_contradicted(kernel, answer->region, &translation->walk, doubt);
	return process && is_no_table(kernel, answer->space, &translation->walk, doubt);
}

/* Adds the reason why the meaning of an entry is doubtful. If the entry is not present, show_walk()
 * has already added it. */
static void state_doubt(const struct walk_answer *answer)
{
	const struct entry_meaning *meaning = &answer->translation.meaning;
	char doubt[DOUBT_TEXT];

	if (!meaning->doubt &&
	    (is_contradicted(answer, doubt) || entry_doubt(answer->session, meaning, doubt)))
		output_string(answer->session->output, "doubt", doubt);
}

/* Returns the root of the page table with which the address is translated. */
static uint64_t vtop_answer_root(const struct walk_answer *answer)
{
	return space_root(answer->space->paging->family, answer->space,
			  answer->translation.walk.vaddr);
}

/* Adds a remark if a user address was translated with the kernel's table, which maps no user
 * addresses, so the answer is not valid for any process. */
static void state_no_process(const struct walk_answer *answer)
{
	struct kernel *kernel = answer->session->kernel;

	if (!query_is_user_address(kernel, answer->translation.walk.vaddr))
		return;
	if (vtop_answer_root(answer) == NO_TABLE)
		output_remark(answer->session->output, "table",
			      "none, because each process has its own table: use -p PID, set or -r",
			      STYLE_PLAIN);
	else if (!kernel->facts->fact[FACT_ROOT].given)
		output_remarkf(answer->session->output, "table",
			       "%" PRIx64
			       ", the kernel's own, because no process is chosen: use -p PID or set",
			       vtop_answer_root(answer));
}

/* Names the owner of a table that belongs to no task. */
static const char *owner_of_table(struct kernel *kernel, uint64_t root)
{
	const struct space *own = kernel_space(kernel, NULL);
	uint64_t mm;

	if (own && space_kernel_root(own) == root)
		return "the kernel's own";
	return task_root_is_of_efi(kernel, root, &mm) ? "of efi_mm" : "of an unknown process";
}

static void vtop_state_table(const struct walk_answer *answer)
{
	struct output *output = answer->session->output;
	uint64_t vaddr = answer->translation.walk.vaddr;
	struct process process;
	const char *source;
	enum whose_table whose = session_whose_table(answer->session, vaddr, &process, &source);

	if (whose == TABLE_OF_KERNEL || vtop_answer_root(answer) == NO_TABLE) {
		state_no_process(answer);
		return;
	}
	output_hex(output, "root", vtop_answer_root(answer));
	if (whose == TABLE_OF_CPU)
		output_remark(output, "table", source, STYLE_PLAIN);
	else if (!process.has_task)
		output_remark(output, "table",
			      owner_of_table(answer->session->kernel, vtop_answer_root(answer)),
			      STYLE_PLAIN);
	if (!process.has_task)
		return;
	if (!process.mm) {
		session_add_pid(answer->session, vaddr);
		output_remark(output, "table", "the kernel's own", STYLE_PLAIN);
		return;
	}
	output_pid(output, process.task.pid, process.task.comm);
	show_mm_owner(output, &process);
}

/* If the kernel's table does not map the address, finds the table of a CPU that maps it. */
static bool find_cpu_table(const struct walk_answer *answer, struct cpu_table *table)
{
	struct kernel *kernel = answer->session->kernel;
	uint64_t vaddr = answer->translation.walk.vaddr;

	return answer->translation.walk.outcome != WALK_MAPPED &&
	       answer->translation.walk.outcome != WALK_NON_CANONICAL &&
	       !session_process_at(answer->session, vaddr) &&
	       !query_is_user_address(kernel, vaddr) && query_cpu_table(kernel, vaddr, table);
}

static void state_cpu_table(const struct walk_answer *answer)
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

/* Adds the reason why the kernel removed the address from its direct map, if it is known. */
static void state_hidden(const struct walk_answer *answer)
{
	const struct translation *translation = &answer->translation;
	enum hidden why = NOT_HIDDEN;

	if (translation->walk.outcome == WALK_NOT_PRESENT &&
	    !answer->session->chosen.table.has_process)
		why = query_address_hidden(answer->session->kernel, translation->walk.vaddr);
	output_string(answer->session->output, "hidden", hidden_names[why]);
}

static void name_doubts(const void *arg, char *text, size_t size)
{
	char doubts[DOUBTS_SIZE];

	if (session_doubts((struct session *)arg, doubts))
		snprintf(text, size, "%s", doubts);
}

static bool in_half(struct kernel *kernel, uint64_t vaddr, unsigned int half, struct error *err)
{
	if (half == ANY_HALF || (half == USER_HALF) == query_is_user_address(kernel, vaddr))
		return true;
	return fail(err, ERROR_USAGE, "is not a %s address", half == USER_HALF ? "user" : "kernel");
}

static bool answer_argument(struct session *session, unsigned int half, const char *argument,
			    struct error *err)
{
	struct walk_answer answer; /* the other members are set by walk_answer_complete() */
	uint64_t vaddr;

	if (!parse_address(session, argument, &vaddr, err) ||
	    !in_half(session->kernel, vaddr, half, err))
		return false;
	answer.session = session;
	answer.argument = argument;
	answer.space = session_space(session, vaddr, err);
	if (!answer.space)
		return false;
	answer.translation = query_translate(session->kernel, answer.space, vaddr);
	walk_answer_complete(&answer);
	show_walk(&answer, "vtop");
	state_doubt(&answer);
	state_hidden(&answer);
	show_swap_place(session, &answer.translation.meaning);
	vtop_state_table(&answer);
	state_cpu_table(&answer);
	vtop_state_levels(&answer);
	output_summary(session->output, "doubtful", name_doubts, session);
	output_end(session->output);
	if (answer.trouble.code)
		session_complain_of_answer(session, argument, &answer.trouble);
	return true;
}

struct vtop_options {
	unsigned int half;
	const char *guest;
	struct number_given cpu;
};

/* Handles the option --guest, with which -r is a table of the guest. */
static bool walk_guest(struct session *session, const struct vtop_options *given, char **words,
		       struct error *err)
{
	struct guest_question guest = {
		.word = given->guest,
		.cpu = given->cpu,
		.root = session->chosen.table.root_word,
	};

	if (given->half != ANY_HALF || session->chosen.table.process_word)
		return fail(
			err, ERROR_USAGE,
			"-p, -u and -k choose tables of this kernel: to use processes of the guest, start kwalk --guest=%s",
			guest.word);
	return HAVE_KVM && answer_guest(session, &guest, words, err);
}

static bool vtop_run(struct session *session, char **words, struct error *err)
{
	const struct vtop_options *given = session->given;

	if (given->guest)
		return walk_guest(session, given, words, err);
	if (!session_choose_table(session, err) ||
	    (!session->chosen.table.given && !kernel_space(session->kernel, err)))
		return false;
	for (; *words && !session_interrupted(session); words++)
		if (!answer_argument(session, given->half, *words, err))
			session_complain(session, *words, err);
	return true;
}

static const struct command_option options[] = {
	{ "u", AT(vtop_options, half), .set_to = USER_HALF, .group = 'h',
	  .help = "refuse kernel addresses" },
	{ "k", AT(vtop_options, half), .set_to = KERNEL_HALF, .group = 'h',
	  .help = "refuse user addresses" },
	TABLE_OPTIONS("p",
		      "walk all addresses in the page table of this process (of a\n"
		      "kernel thread: in the table that it borrowed)",
		      "r",
		      "use the page table at ROOT, a physical address or a value of\n"
		      "CR3 or TTBR"),
	{ "-guest", WORD_GUEST, AT(vtop_options, guest), .feature = FEATURE_KVM,
	  .help = "walk addresses of a virtual machine (see guests). ADDR must\n"
		  "be a number. The guest's own page table, from CR3 or TTBR\n"
		  "of its first vCPU or from -r, gives a guest-physical\n"
		  "address. Two ways to the host's physical address are\n"
		  "compared: the memory slot with the table of the process,\n"
		  "and EPT, NPT or stage 2" },
	{ "-vcpu", WORD_COUNT, AT(vtop_options, cpu), .with = "-guest",
	  .help = "use the table of this vCPU" },
	{ 0 }
};

static const struct record record = {
	.apart = true,
	.fixed = true,
	.fields = FIELDS(COLUMN("virtual"), COLUMN("physical", .kind = KIND_PHYSICAL),
			 COLUMN("page_size", .heading = "size", .kind = KIND_PAGE_SIZE, .rank = 3),
			 COLUMN("region", .width = 12), COLUMN("page"),
			 COLUMN("status", .heading = "state", .quiet = true),
			 COLUMN("page_state", .heading = "state"),
			 COLUMN("page_reason", .heading = "state"),
			 COLUMN("reason", .heading = "state"), HIDDEN("pfn"), HIDDEN("level"),
			 HIDDEN("message"), LINE("levels", .heading = "", .fields = level_fields),
			 ACCESS_LINES, LINE("access", .heading = "access", TEXT(.join = ": ")),
			 LINE("cache", .heading = "access", TEXT(.join = "; cache ")),
			 LINE("memory_type", .heading = "access", TEXT(.join = " (", .after = ")")),
			 LINE("resource", .heading = "access", TEXT(.join = "; ")), SWAP_LINES,
			 LINE("doubt"), LINE("hidden"), LINE("root", .heading = "table"),
			 LINE("table", .heading = "table"),
			 LINE("pid", .heading = "table", TEXT(.before = "of pid ")),
			 LINE("comm", .heading = "table", TEXT(.join = " (", .after = ")")),
			 LINE("owner_pid", .heading = "table", TEXT(.before = "by the mm of pid ")),
			 LINE("owner_comm", .heading = "table", TEXT(.join = " (", .after = ")")),
			 LINE("cpu", .heading = "mapped",
			      TEXT(.before = "by the table that CPU ", .after = " used")),
			 LINE("cpu_mm", .heading = "mapped", TEXT(.join = ", of ")),
			 LINE("cpu_root", .heading = "mapped", TEXT(.join = ": -r ")),
			 LINE("doubtful")),
};

const struct command command_vtop = {
	.name = "vtop",
	.also = "virt_to_phys __pa v2p",
	.meant_by = "virt2phys vtophys",
	.group = GROUP_TRANSLATE,
	.common = true,
	.options = options,
	.arguments = ARGUMENTS({ "ADDR", WORD_ADDRESS, 1, .most = MANY }),
	.given_size = GIVEN(vtop_options),
	.record = &record,
	.summary = "virtual to physical: the walk, level by level",
	.details = "Also named virt_to_phys, __pa and v2p, which walk the page table as well.\n"
		   "Shows for each address its physical address, page size, region, struct page\n"
		   "and state in the dump, the entry of each level with its flags, and the\n"
		   "resulting rights and cache type. User addresses are walked in the page table\n"
		   "of the process chosen by set; if none is chosen, in the kernel's table or the\n"
		   "table given by -o root=. TABLE shows which process the table belongs to.",
	.addresses = MANY_ADDRESSES,
	.rests_on = RESTS_ON_ADDRESSES | RESTS_ON_PAGES,
	.shows_doubts = true,
	.chooses_table = true,
	.run = vtop_run,
};
