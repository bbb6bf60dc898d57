/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/memory_runs.h"

#include "query/frame_labels.h"

struct memory_pass {
	const struct memory_question *question;
	const struct frame_labels *labels; /* NULL: there are no labels */
	struct label_cursor cursor;
	struct frame_run run; /* the run that is being extended; PAGE_USE_NONE: none yet */
	bool ended; /* visit() has returned false */
};

static bool memory_runs_alike(const struct frame_run *a, const struct frame_run *b)
{
	return a->use == b->use && a->object == b->object && a->order == b->order &&
	       a->compound == b->compound && a->idle == b->idle;
}

static bool memory_runs_give(struct memory_pass *pass, const struct frame_run *run)
{
	struct frame_run *last = &pass->run;

	if (last->use != PAGE_USE_NONE && last->last + 1 == run->first &&
	    memory_runs_alike(last, run)) {
		last->last = run->last;
		return true;
	}
	if (last->use != PAGE_USE_NONE && !pass->question->visit(last, pass->question->arg))
		pass->ended = true;
	*last = *run;
	return !pass->ended;
}

static enum page_use_kind memory_runs_use(const struct memory_pass *pass,
					  const struct frame_run *run, enum page_use_kind use)
{
	if (!pass->question->parts)
		return page_use_whole(use);
	if (run->use == PAGE_USE_HUGETLB)
		return run->idle ? PAGE_USE_HUGETLB_FREE : PAGE_USE_HUGETLB_USED;
	return use;
}

static enum page_use_kind label(struct memory_pass *pass, enum page_use_kind use, uint64_t first,
				uint64_t *last)
{
	return pass->labels ? frame_labels_cut(pass->labels, &pass->cursor, use, first, last) : use;
}

/* Splits the run at the borders of labels, and adds the pieces. Must be called in the order of
 * frames, because the cursor of labels only moves forward. */
static bool memory_runs_take(const struct frame_run *run, void *arg)
{
	struct memory_pass *pass = arg;
	struct frame_run piece = *run;

	while (piece.first <= run->last) {
		piece.last = run->last;
		piece.use =
			memory_runs_use(pass, run, label(pass, run->use, piece.first, &piece.last));
		if (!memory_runs_give(pass, &piece))
			return false;
		piece.first = piece.last + 1;
	}
	return true;
}

bool query_memory_runs(struct kernel *kernel, const struct memory_question *question,
		       struct error *err)
{
	struct frame_range frames = question->frames;
	struct memory_pass pass = { .question = question, .run = { .use = PAGE_USE_NONE } };
	bool done;

	frames.apart = question->parts;
	pass.labels = query_frame_labels(kernel);
	done = page_runs(kernel, frames, memory_runs_take, &pass, err);
	if (done && !pass.ended && pass.run.use != PAGE_USE_NONE)
		question->visit(&pass.run, question->arg);
	if (question->cut)
		*question->cut = pass.labels && pass.labels->cut;
	return done;
}
