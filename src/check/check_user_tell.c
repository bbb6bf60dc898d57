/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Reports the check "user-tables". */
#include <inttypes.h>

#include "check/check_user.h"

static void tell_trouble(const struct user_pass *user)
{
	const struct {
		const struct tally *tally;
		const char *one, *many;
	} kinds[] = {
		{ &user->no_table, "process has no table", "processes have no table" },
		{ &user->missing, "part of a table is not in the dump, or outside of memory",
		  "parts of tables are not in the dump, or outside of memory" },
		{ &user->corrupt, "entry has a bit set that must be 0",
		  "entries have a bit set that must be 0" },
		{ &user->closed, "page is closed to the process that maps it",
		  "pages are closed to the processes that map them" },
		{ &user->two_levels, "table is a table of two levels",
		  "tables are tables of two levels" },
		{ &user->shared, "table is in two places", "tables are in two places" },
		{ &user->outside, "entry leads outside of memory",
		  "entries lead outside of memory" },
		{ &user->kernel_frames, "frame of the kernel, or of nobody, is open to a process",
		  "frames of the kernel, or of nobody, are open to processes" },
		{ &user->overmapped, "page is mapped more often than it counts",
		  "pages are mapped more often than they count" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		check_tell_tally(kinds[i].tally, CHECK_ERROR, kinds[i].one, kinds[i].many);
}

static bool check_user_tell_has_trouble(const struct user_pass *user)
{
	return user->no_table.nr || user->missing.nr || user->corrupt.nr || user->closed.nr ||
	       user->two_levels.nr || user->shared.nr || user->outside.nr ||
	       user->kernel_frames.nr || user->overmapped.nr;
}

void check_user_tell(const struct user_pass *user)
{
	const struct checker *checker = user->pass->checker;
	enum check check = CHECK_OF_USER_TABLES;

	if (user->pass->no_processes.code) {
		check_tell(checker, check, CHECK_NOT_CHECKED, "%s",
			   user->pass->no_processes.message);
		return;
	}
	tell_trouble(user);
	check_tell_tally(&user->left_out, CHECK_NOT_CHECKED, "part was left out of the dump",
			 "parts were left out of the dump");
	if (kernel_stopped(user->kernel))
		check_tell(checker, check, CHECK_NOT_CHECKED, "interrupted");
	else if (!user->has_frames && user->nr_pages)
		check_tell(checker, check, CHECK_NOT_CHECKED,
			   "what the frames of %" PRIu64
			   " pages are used for is not known: struct pages of one moment are needed",
			   user->nr_pages);
	else if (user->too_many_others)
		check_tell(
			checker, check, CHECK_NOT_CHECKED,
			"only the first %u frames of large pages that are no compound pages were looked at",
			MOST_OTHERS);
	else if (user->nr_unjudged)
		check_tell(checker, check, CHECK_NOT_CHECKED,
			   "what the frames of %" PRIu64 " pages are used for cannot be read",
			   user->nr_unjudged);
	else if (user->mapped.too_many)
		check_tell(checker, check, CHECK_NOT_CHECKED,
			   "only the first %zu pages were compared with their counts",
			   user->mapped.nr);
	else if (!user->pass->processes_complete && !user->left_out.nr &&
		 !check_user_tell_has_trouble(user))
		check_tell(checker, check, CHECK_NOT_CHECKED, "%s",
			   user->pass->tasks_damaged ?
				   "processes are missing: lists of tasks are damaged" :
				   "only a part of the tables was checked");
	else if (!user->left_out.nr && !check_user_tell_has_trouble(user))
		check_tell(
			checker, check, CHECK_OK,
			"%" PRIu64 " tables of %zu processes map %" PRIu64
			" pages, none of the kernel's or outside of memory, none more often than it counts",
			user->nr_tables, user->pass->nr_processes, user->nr_pages);
}
