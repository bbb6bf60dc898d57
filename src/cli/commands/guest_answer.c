/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/commands/guest_answer.h"

#include <inttypes.h>

#include "base/page.h"
#include "dump/dump.h"
#include "kvm/guest_dump.h"
#include "cli/commands/show_walk.h"

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

static void guest_answer_find(struct guest_answer *answer)
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

static bool guest_answer_address(const struct guest_walks *walks, const char *argument,
				 struct error *err)
{
	struct guest_answer answer = { .walks = walks, .argument = argument };

	if (!parse_hex(argument, &answer.vaddr, err))
		return false;
	guest_answer_find(&answer);
	show_guest_answer(&answer);
	if (answer.trouble.code)
		session_complain_of_answer(walks->session, argument, &answer.trouble);
	return true;
}

/* Opens the memory of the machine and finds the page table. The caller closes the memory. */
static bool guest_answer_enter(struct session *session, const struct guest_question *question,
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
	struct error complaint;
	bool entered = guest_answer_enter(session, question, &walks, err);

	output_declare(session->output, &guest_record);
	for (; entered && *addresses && !session_interrupted(session); addresses++)
		if (!guest_answer_address(&walks, *addresses, &complaint))
			session_complain(session, *addresses, &complaint);
	dump_close(walks.own.dump);
	return entered;
}
