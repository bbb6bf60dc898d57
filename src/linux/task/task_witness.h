/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Second witnesses of the words of a task: other words of the dump that determine a word of the
 * task_struct, or limit it. If a witness contradicts a word, one of them is damaged. Nothing is
 * compared on a running machine, because the words change while they are read. */
#pragma once

#include "linux/task/task_info.h"

/* Words of a task, a set of bits. */
enum task_words {
	TASK_WORD_PID = 1 << 0, /* pid and tgid */
	TASK_WORD_STACK = 1 << 1,
	TASK_WORD_PARENT = 1 << 2,
	TASK_WORD_MM = 1 << 3, /* mm and active_mm */
	TASK_WORD_EXIT = 1 << 4, /* exit_state */
	TASK_WORD_RSS = 1 << 5, /* the counters of the mm */
	TASK_WORD_SP = 1 << 6, /* thread.sp */
	TASK_WORDS_ALL = (1 << 7) - 1,
	/* also asks witnesses that cost more */
	TASK_WORDS_DEAR = 1 << 7,
};

enum { TASK_DOUBT = 512 };

/* Compares these words of a task with their witnesses. Returns true, and writes all contradictions
 * to text, if there is one. facts and info may be NULL: then nothing is compared that needs them. */
bool task_doubt(struct kernel *kernel, const struct task *task, const struct task_facts *facts,
		const struct task_info *info, unsigned int words, char text[TASK_DOUBT]);
