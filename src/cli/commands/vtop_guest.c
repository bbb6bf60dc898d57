/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/commands/vtop_guest.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/page.h"
#include "cli/commands/show_walk.h"
#include "dump/dump.h"
#include "kernel/kernel.h"
#include "kvm/guest_dump.h"
#include "kvm/guests.h"
#include "kvm/vcpu.h"
#include "linux/task/mm.h"
#include "query/translate.h"

/* Finds the memory of a guest-physical address in two ways. The first way uses the memory slot and
 * the page table of the process. The second way uses the page tables of EPT or NPT. Both ways must
 * have the same result. */

/* A virtual machine, and the data that look-ups of its addresses need. */
struct guest_view {
	struct kernel *kernel; /* kernel of the host */
	const struct guest *guest; /* an item of the host's list */
	struct guest_cpu cpu; /* the vCPU whose EPT or NPT is walked */
	bool has_process;
	struct process process;
	struct error no_process; /* if has_process is false: the reason */
};

enum two_ways {
	WAYS_ONE, /* at most one way has a result */
	WAYS_AGREE,
	WAYS_LATER, /* EPT or NPT does not map the page yet; KVM maps it on first use */
	/* No slot contains the address, and the EPT or NPT entry for the address has KVM's mark,
	 * because KVM emulates a device there. */
	WAYS_EMULATED,
	WAYS_CONTRADICT, /* the results differ; struct guest_place.contradiction describes how */
	NR_WAYS
};

static const char *const two_ways_names[NR_WAYS] = {
	[WAYS_ONE] = "one-way",	      [WAYS_AGREE] = "agree",		[WAYS_LATER] = "not-yet",
	[WAYS_EMULATED] = "emulated", [WAYS_CONTRADICT] = "contradict",
};

struct guest_place {
	uint64_t guest_physical;
	const struct guest_slot *slot; /* NULL: no slot contains the address */
	uint64_t user; /* virtual address in the process; valid if slot is not NULL */
	bool has_host; /* the slot is memory of a process, and this process is known */
	struct translation host; /* translation of the address `user`; valid if has_host */
	bool has_nested;
	struct walk nested;
	bool marked; /* the last entry has KVM's mark for emulated memory */
	enum two_ways ways;
	struct error contradiction;
};

/* Prepares look-ups. number: number of the vCPU whose EPT or NPT is used; if negative, the first
 * vCPU is used. Returns false and sets err if the machine has no such vCPU, or if the vCPU cannot
 * be read. */
static bool guest_view_open(struct kernel *kernel, const struct guest *guest, int64_t number,
			    struct guest_view *view, struct error *err)
{
	*view = (struct guest_view){ .kernel = kernel, .guest = guest };
	if (!guest->mm)
		fail(&view->no_process, ERROR_NO_ANSWER,
		     "the process has ended, so its memory is gone");
	else
		view->has_process =
			task_process_of_mm(kernel, guest->mm, &view->process, &view->no_process);
	for (size_t i = 0; i < guest->nr_cpus; i++)
		if (!guest_cpu_read(kernel, guest->cpu[i], &view->cpu, err))
			return false;
		else if (number < 0 || view->cpu.id == number)
			return true;
	if (number >= 0)
		return fail(err, ERROR_NO_ANSWER, "the machine has no vCPU %" PRIi64, number);
	if (guest->cpu_trouble.code) {
		if (err)
			*err = guest->cpu_trouble;
		return false;
	}
	return fail(err, ERROR_NO_ANSWER, "the machine has no vCPU");
}

/* --- by slot --- */

static void go_by_slot(const struct guest_view *view, struct guest_place *place)
{
	place->slot = guest_slot_at(view->guest, place->guest_physical);
	if (!place->slot)
		return;
	place->user = place->slot->user + (place->guest_physical - place->slot->first);
	place->has_host = view->has_process && !(place->slot->flags & SLOT_GUEST_MEMFD);
	if (place->has_host)
		place->host = query_translate(view->kernel, &view->process.user, place->user);
}

/* --- both ways --- */

static void contradict(struct guest_place *place, const char *what)
{
	place->ways = WAYS_CONTRADICT;
	fail(&place->contradiction, ERROR_FORMAT, "%s", what);
}

static bool host_allows_writing(const struct guest_place *place)
{
	return place->host.status == TRANSLATION_MAPPED && place->host.walk.writable;
}

static void compare_mapped(const struct guest_view *view, struct guest_place *place)
{
	const char *name = nested_kind_names[view->cpu.nested];
	const struct walk *nested = &place->nested;

	place->ways = WAYS_AGREE;
	if (!place->host.has_physical) {
		place->ways = WAYS_CONTRADICT;
		fail(&place->contradiction, ERROR_FORMAT,
		     "%s maps the page to %" PRIx64
		     ", but the page table of the process does not map the page (%s), so the guest can reach a frame that may belong to another owner now",
		     name, nested->paddr, translation_status_names[place->host.status]);
	} else if (nested->paddr != place->host.physical) {
		place->ways = WAYS_CONTRADICT;
		fail(&place->contradiction, ERROR_FORMAT,
		     "%s maps the page to %" PRIx64
		     ", but the page table of the process maps the page to %" PRIx64
		     ", so guest and host see different memory",
		     name, nested->paddr, place->host.physical);
	} else if (nested->writable && !host_allows_writing(place)) {
		contradict(
			place,
			"the guest can write to a page that its process cannot write to, and that may be shared with other processes");
	}
}

/* Does the last entry have KVM's mark for emulated memory? If the mark is not known, any entry that
 * no CPU accepts counts as marked. On Intel CPUs, only an entry that allows writing but not
 * reading counts. On Arm, KVM has no mark, because such an entry is 0. */
static bool two_ways_is_marked(const struct guest_cpu *cpu, const struct walk *walk)
{
	uint64_t entry = walk_last_entry(walk);

	if (walk->outcome != WALK_MAPPED && walk->outcome != WALK_CORRUPT)
		return false;
	if (cpu->nested == NESTED_STAGE2)
		return false;
	if (cpu->mark_mask)
		return (entry & cpu->mark_mask) == cpu->mark_value;
	return walk->outcome == WALK_CORRUPT && (cpu->nested == NESTED_NPT || (entry & 7) == 6);
}

/* Compares the results of both ways. If a page table of the process is missing in the dump, there
 * is no contradiction. */
static void two_ways_compare(const struct guest_view *view, struct guest_place *place)
{
	bool mapped = place->nested.outcome == WALK_MAPPED && !place->marked;

	if (!place->slot && place->marked)
		place->ways = WAYS_EMULATED;
	else if (!place->slot && mapped && !view->guest->slot_trouble.code)
		contradict(
			place,
			"the page is mapped, but is in no memory slot, so the guest can reach memory that does not belong to it");
	else if (place->has_host && mapped && place->host.status != TRANSLATION_UNREADABLE)
		compare_mapped(view, place);
	else if (place->has_host && place->marked && place->host.has_physical)
		contradict(
			place,
			"KVM marked the entry of the page as emulated, but the page is in a memory slot");
	else if (place->nested.outcome == WALK_CORRUPT)
		contradict(
			place,
			"the entry of the page has a reserved bit or memory type, and KVM does not mark emulated memory in this way");
	else if (place->nested.outcome == WALK_NOT_PRESENT)
		place->ways = !place->slot ? WAYS_AGREE : place->has_host ? WAYS_LATER : WAYS_ONE;
}

/* Finds the memory of a guest-physical address in both ways, compares the results, and fills
 * *place. */
static void guest_place_find(const struct guest_view *view, uint64_t guest_physical,
			     struct guest_place *place)
{
	*place = (struct guest_place){ .guest_physical = guest_physical };
	go_by_slot(view, place);
	place->has_nested = view->cpu.has_root;
	if (!place->has_nested)
		return;
	place->nested = walk_page_table(&view->cpu.space, guest_physical);
	place->marked = two_ways_is_marked(&view->cpu, &place->nested);
	two_ways_compare(view, place);
}

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

bool answer_guest(struct session *session, const struct guest_question *question, char **addresses,
		  struct error *err)
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
