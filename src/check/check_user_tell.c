/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reports the check "user-tables". */
#include <inttypes.h>
#include <stdio.h>

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
		{ &user->closed, "page is mapped by a process that cannot access it",
		  "pages are mapped by processes that cannot access them" },
		{ &user->two_levels, "table is used at two levels",
		  "tables are used at two levels" },
		{ &user->shared, "table is used at two places", "tables are used at two places" },
		{ &user->not_tables, "entry points to a frame that is no table",
		  "entries point to frames that are no tables" },
		{ &user->outside, "entry points outside of memory",
		  "entries point outside of memory" },
		{ &user->kernel_frames,
		  "frame that is free or belongs to the kernel is mapped by a process",
		  "frames that are free or belong to the kernel are mapped by processes" },
		{ &user->overmapped, "page has more mappings than its struct page counts",
		  "pages have more mappings than their struct pages count" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		check_tell_tally(kinds[i].tally, CHECK_ERROR, kinds[i].one, kinds[i].many);
	/* While a huge page is being migrated, its table is counted, but was not found. */
	check_tell_tally(&user->miscounted, CHECK_WARNING,
			 "process has another number of tables than it counts",
			 "processes have other numbers of tables than they count");
}

static bool check_user_tell_has_trouble(const struct user_pass *user)
{
	return user->no_table.nr || user->missing.nr || user->corrupt.nr || user->closed.nr ||
	       user->two_levels.nr || user->shared.nr || user->not_tables.nr || user->outside.nr ||
	       user->kernel_frames.nr || user->overmapped.nr;
}

/* Reports that no problem was found, and how many frames were compared with their counts. */
static void tell_none(const struct user_pass *user)
{
	char compared[128] = "", not_compared[192] = "";

	if (user->mapped.nr_added)
		snprintf(compared, sizeof(compared),
			 user->mapped.nr_added == 1 ?
				 "; %" PRIu64
				 " mapped frame has no more mappings than its struct page counts" :
				 "; of %" PRIu64
				 " mapped frames, none has more mappings than its struct page counts",
			 user->mapped.nr_added);
	if (user->nr_not_compared)
		snprintf(not_compared, sizeof(not_compared),
			 user->nr_not_compared == 1 ?
				 "; %" PRIu64
				 " mapped frame was not compared with the count in its struct page" :
				 "; %" PRIu64
				 " mapped frames were not compared with the counts in their struct pages",
			 user->nr_not_compared);
	check_tell(user->pass->checker, CHECK_OF_USER_TABLES, CHECK_OK,
		   "%" PRIu64 " tables of %zu processes map %" PRIu64
		   " pages; no page belongs to the kernel or is outside of memory%s%s",
		   user->nr_tables, user->pass->nr_processes, user->nr_pages, compared,
		   not_compared);
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
	check_tell_tally(&user->left_out, CHECK_NOT_CHECKED,
			 "part of a table was left out of the dump",
			 "parts of tables were left out of the dump");
	if (kernel_stopped(user->kernel))
		check_tell(checker, check, CHECK_NOT_CHECKED, "interrupted");
	else if (!user->reader && user->nr_pages)
		check_tell(
			checker, check, CHECK_NOT_CHECKED,
			"the use of the frames of %" PRIu64
			" pages is not known: kwalk needs struct pages that were all saved at the same moment",
			user->nr_pages);
	else if (user->too_many_others)
		check_tell(
			checker, check, CHECK_NOT_CHECKED,
			"only the first %u frames of large pages that are not compound pages were checked",
			MOST_OTHERS);
	else if (user->nr_unjudged)
		check_tell(checker, check, CHECK_NOT_CHECKED,
			   "the use of the frames of %" PRIu64 " pages cannot be read",
			   user->nr_unjudged);
	else if (user->nr_unreferenced)
		check_tell(
			checker, check, CHECK_NOT_CHECKED,
			"%" PRIu64
			" mapped pages have no reference, but the mappings of their processes, which may be mappings of drivers, cannot be read",
			user->nr_unreferenced);
	else if (user->mapped.too_many)
		check_tell(checker, check, CHECK_NOT_CHECKED,
			   "only the first %" PRIu64
			   " pages were compared with the counts in their struct pages",
			   user->mapped.nr_added);
	else if (!user->pass->processes_complete && !user->left_out.nr &&
		 !check_user_tell_has_trouble(user))
		check_tell(checker, check, CHECK_NOT_CHECKED, "%s",
			   user->pass->tasks_damaged ?
				   "processes are missing, because lists of tasks are damaged" :
				   "only a part of the tables was checked");
	else if (!user->left_out.nr && !check_user_tell_has_trouble(user))
		tell_none(user);
}
