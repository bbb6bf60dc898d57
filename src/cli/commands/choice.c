/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/commands/choice.h"

#include <inttypes.h>
#include <stdlib.h>

#include "cli/commands/rehearsal.h"
#include "cli/arguments.h"
#include "cli/words.h"
#include "dump/write/frame_set.h"

/* --- arguments --- */

/* Fails if --scrub is used with memory of processes. Such memory can contain any data, so names and
 * texts cannot be recognised in it. */
static bool choice_can_scrub(const struct choice *choice, struct error *err)
{
	bool has_processes = choice->level == KEEP_PROCESS || choice->level == KEEP_ALL;

	return !choice->scrubs || !has_processes ||
	       fail(err, ERROR_USAGE,
		    "--scrub: level %s contains memory of processes, which cannot be scrubbed; use level tables, frames or kernel",
		    keep_level_names[choice->level]);
}

bool choice_parse(struct choice *choice, struct session *session, char **words, struct error *err)
{
	size_t nr = count_words(words);

	if (!choice_can_scrub(choice, err))
		return false;
	if (choice->level != KEEP_PROCESS)
		return !nr || fail(err, ERROR_USAGE, "%s: only -l process takes arguments", *words);
	if (!nr)
		return fail(err, ERROR_USAGE, "-l process needs the processes as arguments");
	choice->processes = calloc(nr, sizeof(*choice->processes));
	if (!choice->processes)
		return out_of_memory(err);
	for (size_t i = 0; i < nr; i++, choice->nr_processes++) {
		struct error why;

		if (!parse_process(session, words[i], &choice->processes[i], &why))
			return fail(err, why.code, "%s: %s", words[i], why.message);
	}
	return true;
}

/* --- choosing --- */

/* Chooses frames by their use. rehearse() then adds the memory that commands read. */
static void choose_frames(struct choice *choice)
{
	struct keep *keep = &choice->keep;
	enum keep_level level = choice->level;

	keep_tables(keep);
	if (level == KEEP_FRAMES || level == KEEP_KERNEL)
		keep_memory_map(keep);
	if (level == KEEP_KERNEL)
		keep_kernel_memory(keep);
	for (size_t i = 0; i < choice->nr_processes; i++)
		keep_process_memory(keep, &choice->processes[i]);
}

/* Records how many chosen frames are missing in the dump, for each state. Frames with the state
 * absent do not count, because they may be memory of devices, which is never in a dump. */
static void note_lost(struct choice *choice)
{
	for (enum page_state state = PAGE_FILTERED; state < NR_PAGE_STATES; state++) {
		struct error why;

		if (state == PAGE_ABSENT || !choice->lost[state])
			continue;
		fail(&why, ERROR_UNREADABLE, "%" PRIu64 " are %s", choice->lost[state],
		     page_state_names[state]);
		keep_lacks(&choice->keep, "pages", &why);
	}
}

static bool choice_choose(struct choice *choice, struct session *session, struct error *err)
{
	const struct rehearsal rehearsal = {
		.session = session,
		.keep = &choice->keep,
		.level = choice->level,
		.processes = choice->processes,
		.nr_processes = choice->nr_processes,
		.scrub = choice->scrub,
	};

	choose_frames(choice);
	if (!rehearse(&rehearsal, err))
		return false;
	if (choice->scrub && !scrub_settle(choice->scrub, &choice->all))
		return session_interrupted(session) ? fail(err, ERROR_INTERRUPTED, "interrupted") :
						      out_of_memory(err);
	if (!kept_settle(choice->kept, session->kernel->dump, choice->lost) ||
	    session_interrupted(session))
		return fail(err, ERROR_INTERRUPTED, "interrupted");
	note_lost(choice);
	return !kept_failed(choice->kept) || out_of_memory(err);
}

/* --- the chosen memory --- */

struct reader {
	const struct choice *choice;
	void *all; /* owned; reads choice->all */
};

static void choice_reader_destroy(void *arg)
{
	struct reader *reader = arg;

	if (reader->all)
		reader->choice->all.reader_destroy(reader->all);
	free(reader);
}

static void *choice_reader_create(const void *arg)
{
	const struct choice *choice = arg;
	struct reader *reader = malloc(sizeof(*reader));

	if (!reader)
		return NULL;
	*reader = (struct reader){ choice, choice->all.reader_create(choice->all.arg) };
	if (reader->all)
		return reader;
	choice_reader_destroy(reader);
	return NULL;
}

static bool choice_read_frame(void *arg, uint64_t pfn, uint8_t *page)
{
	struct reader *reader = arg;

	if (!reader->choice->all.read(reader->all, pfn, page))
		return false;
	if (reader->choice->scrub)
		scrub_page(reader->choice->scrub, pfn, page);
	else
		kept_clear_rest(reader->choice->kept, pfn, page);
	return true;
}

static void leave_chosen(const struct choice *choice, struct whole_memory *memory)
{
	const uint64_t *bits = kept_bits(choice->kept);

	for (size_t i = 0; i < frame_set_words(memory->memory.nr_frames); i++) {
		memory->kept[i] &= bits[i];
		memory->zero[i] &= memory->kept[i];
	}
	memory->memory.reader_create = choice_reader_create;
	memory->memory.reader_destroy = choice_reader_destroy;
	memory->memory.read = choice_read_frame;
	memory->memory.arg = choice;
}

static bool lacks_memory(const struct memory_out *memory)
{
	return frame_set_next(memory->known, memory->kept, true, 0, memory->nr_frames) <
	       memory->nr_frames;
}

bool choice_make(struct choice *choice, struct session *session, struct whole_memory *memory,
		 struct error *err)
{
	choice->all = memory->memory;
	choice->lacked_before = lacks_memory(&memory->memory);
	if (choice->level == KEEP_ALL)
		return true;
	choice->kept = kept_create(memory->memory.nr_frames);
	if (!choice->kept)
		return out_of_memory(err);
	choice->keep.kernel = session->kernel;
	choice->keep.kept = choice->kept;
	if (choice->scrubs && !scrub_create(&choice->scrub, session->kernel, choice->kept, err))
		return false;
	if (!choice_choose(choice, session, err))
		return false;
	leave_chosen(choice, memory);
	return true;
}

void choice_release(struct choice *choice)
{
	scrub_destroy(choice->scrub);
	kept_destroy(choice->kept);
	free(choice->processes);
	choice->scrub = NULL;
	choice->kept = NULL;
	choice->processes = NULL;
}
