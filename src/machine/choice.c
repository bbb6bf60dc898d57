/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/choice.h"

#include <inttypes.h>

#include "dump/dump.h"
#include "machine/rehearsal.h"

/* Frames by what they are; what commands read of others comes last. */
static void choose_frames(struct keep *keep, const struct rehearsal *rehearsal)
{
	enum keep_level level = rehearsal->level;

	keep_tables(keep);
	if (level == KEEP_FRAMES || level == KEEP_KERNEL)
		keep_memory_map(keep);
	if (level == KEEP_KERNEL)
		keep_kernel_memory(keep);
	for (size_t i = 0; i < rehearsal->nr_processes; i++)
		keep_process_memory(keep, &rehearsal->processes[i]);
}

/* Memory that devices have was never in a dump, whatever says that it is there. */
static void note_lost(struct choice *choice)
{
	for (enum page_state state = PAGE_FILTERED; state < NR_PAGE_STATES;
	     state++) {
		struct error why;

		if (state == PAGE_ABSENT || !choice->lost[state])
			continue;
		fail(&why, ERROR_UNREADABLE, "%" PRIu64 " are %s",
		     choice->lost[state], page_state_names[state]);
		keep_lacks(&choice->keep, "pages", &why);
	}
}

static bool choose(struct choice *choice, const struct rehearsal *rehearsal,
		   struct error *err)
{
	struct kernel *kernel = choice->keep.kernel;

	if (rehearsal->level == KEEP_ALL) {
		keep_all(&choice->keep);
	} else {
		choose_frames(&choice->keep, rehearsal);
		if (!rehearse(rehearsal, err))
			return false;
	}
	if (!kept_settle(choice->kept, kernel->dump, choice->lost) ||
	    session_interrupted(rehearsal->session))
		return fail(err, ERROR_INTERRUPTED, "interrupted");
	if (kept_failed(choice->kept))
		return fail(err, ERROR_SYSTEM, "out of memory");
	note_lost(choice);
	return true;
}

bool choice_make(struct choice *choice, struct session *session,
		 enum keep_level level, const struct process *processes,
		 size_t nr_processes, uint64_t nr_frames, struct error *err)
{
	const struct rehearsal rehearsal = {
		.session = session,
		.keep = &choice->keep,
		.level = level,
		.processes = processes,
		.nr_processes = nr_processes,
	};

	choice->kept = kept_create(nr_frames);
	if (!choice->kept)
		return fail(err, ERROR_SYSTEM, "out of memory");
	choice->keep = (struct keep){
		.kernel = session->kernel,
		.kept = choice->kept,
	};
	if (choose(choice, &rehearsal, err))
		return true;
	choice_release(choice);
	return false;
}

void choice_release(struct choice *choice)
{
	kept_destroy(choice->kept);
	choice->kept = NULL;
}
