/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "base/page.h"
#include "cli/command.h"
#include "cli/commands/show_walk.h"
#include "cli/show_task.h"
#include "cli/tables.h"
#include "dump/dump.h"
#include "dump/registers.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kvm/guest_dump.h"
#include "kvm/two_ways.h"
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

/* --- an address of a guest --- */

/* vtop --guest: translates addresses of a virtual machine, with the page tables of the guest and
 * then of the host. */

struct guest_question {
	const char *word; /* the word that names the machine */
	struct number_given cpu; /* the number of a vCPU; not given: the first vCPU */
	const char *root; /* the root of a page table; NULL: the vCPU's own */
};

/* A virtual machine, and the page table with which the machine's addresses are translated. */
struct guest_walks {
	struct session *session;
	struct guest_view view;
	/* The guest's page table, which is in the guest's memory. If paging is off, there is none,
	 * and addresses are physical. */
	struct space own;
};

struct guest_answer {
	const struct guest_walks *walks;
	const char *argument; /* the address as the user typed it */
	uint64_t vaddr;
	struct walk walk; /* the walk of the guest's page table, if there is one */
	bool has_place; /* the guest's page table maps the address to a guest-physical address */
	struct guest_place place;
	enum page_state state; /* the state of the guest's page in the dump */
	const char *status;
	enum style style; /* the style for the status */
	/* the status is about the host's tables, and not about the guest's table */
	bool ends_in_host;
	struct error trouble; /* the reason if there is no answer, or code 0 */
};

/* --- the answer for one address --- */

static const char *const walk_outcome_names[] = {
	[WALK_MAPPED] = "mapped",
	[WALK_NOT_PRESENT] = "not-mapped",
	[WALK_CORRUPT] = "corrupt",
	[WALK_UNREADABLE] = "unreadable",
	[WALK_NON_CANONICAL] = "non-canonical",
};

/* Adds for text the name of the page table. */
static void remark_table(struct output *output, const char *name, const struct space *space)
{
	char text[128];

	snprintf(text, sizeof(text), "%s at %" PRIx64, space->paging->name, space->root);
	output_remark(output, name, text, STYLE_PLAIN);
}

static void state_levels(const struct guest_answer *answer, const char *name,
			 const struct paging *paging, const struct walk *walk)
{
	struct session *session = answer->walks->session;

	output_list_begin(session->output, name);
	show_levels(session, paging, walk);
	output_list_end(session->output);
}

static void state_own(const struct guest_answer *answer)
{
	struct output *output = answer->walks->session->output;
	const struct space *own = &answer->walks->own;
	const struct walk *walk = &answer->walk;

	if (!own->paging) {
		output_remark(output, "own_table",
			      "none, because paging is off: virtual addresses are guest-physical",
			      STYLE_PLAIN);
		return;
	}
	remark_table(output, "own_table", own);
	output_hex(output, "root", own->root);
	if (walk->outcome == WALK_MAPPED) {
		output_count(output, "page_size", walk->page_size);
		output_rights(output, walk->writable, walk->executable);
		output_boolean(output, "user", walk->user);
	}
	if (walk->outcome == WALK_UNREADABLE)
		output_string(output, "reason", page_state_names[walk->reason]);
	state_levels(answer, "levels", own->paging, walk);
}

static void state_slot(const struct guest_answer *answer)
{
	struct output *output = answer->walks->session->output;
	const struct guest_place *place = &answer->place;
	const struct space *space = &answer->walks->view.process.user;

	if (!place->slot) {
		output_remark(output, "slot",
			      "none: the machine has no memory at this guest-physical address",
			      STYLE_CAUTION);
		return;
	}
	output_integer(output, "slot", place->slot->id);
	output_hex(output, "user_address", place->user);
	if (!place->has_host)
		return;
	remark_table(output, "host_table", space);
	output_word(output, "host_status", translation_status_names[place->host.status],
		    translation_status_style(place->host.status));
	state_levels(answer, "host_levels", space->paging, &place->host.walk);
}

static void state_nested(const struct guest_answer *answer)
{
	struct output *output = answer->walks->session->output;
	const struct guest_cpu *cpu = &answer->walks->view.cpu;
	const struct guest_place *place = &answer->place;
	const struct walk *walk = &place->nested;

	output_string(output, "paging", nested_kind_names[cpu->nested]);
	if (!place->has_nested) {
		output_string_if(output, "paging_message", cpu->trouble.message);
		return;
	}
	remark_table(output, "nested_table", &cpu->space);
	output_string(output, "nested_status",
		      place->marked ? "emulated" : walk_outcome_names[walk->outcome]);
	if (walk->outcome == WALK_MAPPED && !place->marked) {
		output_hex(output, "nested_physical", walk->paddr);
		output_count(output, "nested_page_size", walk->page_size);
		output_boolean(output, "nested_readable", walk->readable);
		output_boolean(output, "nested_writable", walk->writable);
		output_boolean(output, "nested_executable", walk->executable);
	}
	state_levels(answer, "nested_levels", cpu->space.paging, walk);
}

static void state_ways(const struct guest_answer *answer)
{
	static const char *const texts[NR_WAYS] = {
		[WAYS_ONE] = "only one of the two is known",
		[WAYS_AGREE] = "both agree",
		[WAYS_LATER] =
			"the guest's table (EPT or NPT) does not map the page yet: KVM adds it when the guest touches the page",
		[WAYS_EMULATED] =
			"neither way maps memory: KVM has marked the page as a device that it emulates",
		[WAYS_CONTRADICT] = "CONTRADICTION",
	};
	struct output *output = answer->walks->session->output;
	const struct guest_place *place = &answer->place;
	bool contradict = place->ways == WAYS_CONTRADICT;

	output_string(output, "ways", two_ways_names[place->ways]);
	output_remark(output, "two_ways", texts[place->ways],
		      contradict ? STYLE_FAULT : STYLE_PLAIN);
	if (contradict)
		output_string(output, "contradiction", place->contradiction.message);
}

static void state_place(const struct guest_answer *answer)
{
	struct output *output = answer->walks->session->output;
	const struct guest_place *place = &answer->place;

	output_hex(output, "guest_physical", place->guest_physical);
	if (place->has_host && place->host.has_physical) {
		output_hex(output, "physical", place->host.physical);
		output_hex(output, "pfn",
			   kernel_pfn(answer->walks->session->kernel, place->host.physical));
	}
	output_word(output, "page_state", page_state_names[answer->state],
		    style_of_page_state(answer->state));
	state_ways(answer);
	state_slot(answer);
	state_nested(answer);
}

static const struct record guest_record = {
	.apart = true,
	.fixed = true,
	.fields = FIELDS(COLUMN("virtual"), COLUMN("guest_physical", .heading = "guest-physical"),
			 COLUMN("physical", .kind = KIND_PHYSICAL),
			 COLUMN("page_size", .heading = "size", .kind = KIND_PAGE_SIZE),
			 COLUMN("status", .heading = "state", .quiet = true),
			 COLUMN("page_state", .heading = "state"), HIDDEN("dimension"),
			 HIDDEN("guest"), HIDDEN("message"), HIDDEN("nested_page_size"),
			 HIDDEN("nested_physical"), HIDDEN("paging"), HIDDEN("pfn"),
			 HIDDEN("reason"), HIDDEN("root"), HIDDEN("vcpu"), HIDDEN("ways"),
			 LINE("own_table", .heading = "guest's table"),
			 LINE("levels", .fields = level_fields), ACCESS_LINES, LINE("slot"),
			 LINE("user_address", .heading = "slot", TEXT(.after = " in the process")),
			 LINE("host_table", .heading = "table of the process"),
			 LINE("host_status", .heading = "table of the process", TEXT(.join = ": ")),
			 LINE("host_levels", .fields = level_fields),
			 LINE("paging_message", .heading = "EPT or NPT", TEXT(.before = "none: ")),
			 LINE("nested_table", .heading = "EPT or NPT"),
			 LINE("nested_status", .heading = "EPT or NPT", TEXT(.join = ": ")),
			 LINE("nested_levels", .fields = level_fields),
			 LINE("nested_readable", .heading = "nested access",
			      TEXT(.yes = "readable", .no = "not readable")),
			 LINE("nested_writable", .heading = "nested access",
			      TEXT(.yes = "writable", .no = "read-only")),
			 LINE("nested_executable", .heading = "nested access",
			      TEXT(.yes = "executable", .no = "no execute")),
			 LINE("two_ways", .heading = "the two ways"),
			 LINE("contradiction", .heading = "the two ways", TEXT(.join = ": "))),
};

static void show_guest_answer(const struct guest_answer *answer)
{
	const struct guest_view *view = &answer->walks->view;
	struct output *output = answer->walks->session->output;

	output_begin_styled(output, "vtop", answer->argument, answer->status, answer->style);
	output_hex(output, "virtual", answer->vaddr);
	output_hex(output, "guest", view->guest->address);
	output_integer(output, "vcpu", view->cpu.id);
	output_string(output, "dimension", answer->ends_in_host ? "host" : "guest");
	if (answer->trouble.code)
		output_trouble(output, &answer->trouble);
	if (answer->has_place)
		state_place(answer);
	state_own(answer);
	output_end(output);
}

/* --- walks --- */

static void judge_guest(struct guest_answer *answer)
{
	const struct walk *walk = &answer->walk;
	const struct space *own = &answer->walks->own;
	unsigned int level = walk_last_level(walk);

	answer->status = walk_outcome_names[walk->outcome];
	answer->style = STYLE_CAUTION;
	if (walk->outcome == WALK_MAPPED)
		answer->style = STYLE_GOOD;
	else if (walk->outcome == WALK_UNREADABLE || walk->outcome == WALK_CORRUPT)
		answer->style = STYLE_FAULT;
	if (walk->outcome == WALK_UNREADABLE)
		fail(&answer->trouble, ERROR_UNREADABLE,
		     "the guest's %s entry at guest-physical %" PRIx64 " is not in the dump: %s",
		     own->paging->level[level].name, walk->step[level].entry_paddr,
		     page_state_names[walk->reason]);
	else if (walk->outcome == WALK_CORRUPT)
		fail(&answer->trouble, ERROR_FORMAT,
		     "the guest's %s entry at guest-physical %" PRIx64 " has a reserved bit set",
		     own->paging->level[level].name, walk->step[level].entry_paddr);
}

static void judge_host(struct guest_answer *answer)
{
	const struct guest_place *place = &answer->place;
	const struct guest_view *view = &answer->walks->view;

	answer->ends_in_host = true;
	if (!place->slot) {
		answer->status = "no-memory";
		answer->style = STYLE_CAUTION;
		return;
	}
	if (!place->has_host) {
		answer->status = "error";
		answer->style = STYLE_FAULT;
		fail(&answer->trouble, ERROR_NO_ANSWER, "%s",
		     view->has_process ?
			     "the address is in memory of a guest_memfd, which no process maps" :
			     view->no_process.message);
		return;
	}
	answer->status =
		place->host.has_physical ? "mapped" : translation_status_names[place->host.status];
	answer->style = place->host.has_physical ? STYLE_GOOD :
						   translation_status_style(place->host.status);
	if (place->host.status == TRANSLATION_UNREADABLE ||
	    place->host.status == TRANSLATION_CORRUPT)
		fail(&answer->trouble, ERROR_UNREADABLE,
		     "the page table of the machine's process is %s for the virtual address %" PRIx64,
		     answer->status, place->user);
}

static void find_answer(struct guest_answer *answer)
{
	const struct guest_walks *walks = answer->walks;
	uint64_t guest_physical = answer->vaddr;

	if (walks->own.paging) {
		answer->walk = walk_page_table(&walks->own, answer->vaddr);
		judge_guest(answer);
		if (answer->walk.outcome != WALK_MAPPED)
			return;
		guest_physical = answer->walk.paddr;
	}
	answer->has_place = true;
	guest_place_find(&walks->view, guest_physical, &answer->place);
	answer->state = dump_range_state(walks->own.dump, guest_physical & -LEAST_PAGE, LEAST_PAGE);
	judge_host(answer);
}

/* --- arguments --- */

static bool answer_address(const struct guest_walks *walks, const char *argument, struct error *err)
{
	struct guest_answer answer = { .walks = walks, .argument = argument };

	if (!parse_hex(argument, &answer.vaddr, err))
		return false;
	find_answer(&answer);
	show_guest_answer(&answer);
	if (answer.trouble.code)
		session_complain_of_answer(walks->session, argument, &answer.trouble);
	return true;
}

/* Opens the memory of the machine and finds the page table. The caller closes the memory. */
static bool enter_guest(struct session *session, const struct guest_question *question,
			struct guest_walks *walks, struct error *err)
{
	struct kernel *kernel = session->kernel;
	const struct guest_list *list = guest_machines(kernel, err);
	const struct guest *guest = list ? guest_find(list, question->word, err) : NULL;
	const uint64_t cpu = question->cpu.value;
	uint64_t root = 0;

	*walks = (struct guest_walks){ .session = session };
	if (!guest || (question->root && !parse_hex(question->root, &root, err)) ||
	    !guest_view_open(kernel, guest,
			     !question->cpu.given ? -1 :
			     cpu > INT32_MAX	  ? INT32_MAX :
						    (int64_t)cpu,
			     &walks->view, err))
		return false;
	walks->own.dump = guest_dump_create(kernel, guest, NULL, err);
	return walks->own.dump && guest_cpu_space(kernel, &walks->view.cpu,
						  question->root ? &root : NULL, &walks->own, err);
}

/* Answers for each address in a list of words, which ends with NULL. If no address can be answered,
 * sets err and returns false. */
static bool answer_guest(struct session *session, const struct guest_question *question,
			 char **addresses, struct error *err)
{
	struct guest_walks walks;
	bool entered = enter_guest(session, question, &walks, err);

	output_declare(session->output, &guest_record);
	for (; entered && *addresses && !session_interrupted(session); addresses++)
		if (!answer_address(&walks, *addresses, err))
			session_complain(session, *addresses, err);
	dump_close(walks.own.dump);
	return entered;
}

/* --- vtop --- */

enum half { ANY_HALF, USER_HALF, KERNEL_HALF };

static void vtop_state_levels(const struct walk_answer *answer)
{
	struct output *output = answer->session->output;

	output_list_begin(output, "levels");
	show_levels(answer->session, answer->space->paging, &answer->translation.walk);
	output_list_end(output);
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
	return process &&
	       query_table_contradicted(kernel, answer->space, &translation->walk, doubt);
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
