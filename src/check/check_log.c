/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Checks the records of the kernel's log. */
#include <inttypes.h>

#include "check/check.h"
#include "check/check_pass.h"
#include "base/text.h"
#include "linux/printk/log.h"

struct log_pass {
	uint64_t nr; /* number of records */
	uint64_t nr_left_out; /* numbers of records between them that no record has */
	uint64_t seq; /* number of the last record; valid if nr is not 0 */
};

static bool check_record(void *arg, const struct log_record *record)
{
	struct log_pass *pass = arg;

	if (record->has_seq && pass->nr && record->seq > pass->seq + 1)
		pass->nr_left_out += record->seq - pass->seq - 1;
	pass->seq = record->seq;
	pass->nr++;
	return true;
}

/* The reader counts records that are missing, and words that contradict each other. Numbers without
 * a record are no damage: a record may have been started, or its text may have found no room. */
static void check_log_tell(const struct checker *checker, const struct log_pass *pass,
			   const struct damages *damages)
{
	bool left_out = damages->nr && damages->error[0].code == ERROR_UNREADABLE;

	check_looked(checker, "%" PRIu64 " records of the log", pass->nr);
	if (damages->nr)
		check_tell(checker, CHECK_OF_LOG, left_out ? CHECK_NOT_CHECKED : CHECK_ERROR,
			   "the log is %s in %zu place%s, the first: %s",
			   left_out ? "missing or damaged" : "damaged", damages->nr,
			   plural_s(damages->nr), damages->error[0].message);
	else if (pass->nr_left_out)
		check_tell(checker, CHECK_OF_LOG, CHECK_OK,
			   "%" PRIu64 " record%s; %" PRIu64 " more have no text", pass->nr,
			   plural_s(pass->nr), pass->nr_left_out);
	else
		check_tell(checker, CHECK_OF_LOG, CHECK_OK, "%" PRIu64 " record%s, none missing",
			   pass->nr, plural_s(pass->nr));
}

/* Returns false if extract left the log out of the dump, or may leave it out of the dump that it is
 * writing. */
static bool has_log(const struct dump *dump)
{
	return !dump_records_reads(dump) &&
	       (!dump_is_reduced(dump) || dump->extract == EXTRACT_KERNEL);
}

void check_log(const struct checker *checker)
{
	struct log_pass pass = { 0 };
	struct damages damages = { 0 };
	struct error err = { .code = ERROR_NONE };

	if (check_tell_running(checker, CHECK_OF_LOG))
		return;
	if (!has_log(checker->kernel->dump)) {
		check_tell(checker, CHECK_OF_LOG, CHECK_NOT_CHECKED,
			   "this extract does not contain the log");
		return;
	}
	log_each(checker->kernel, check_record, &pass, &damages, &err);
	if (!check_tell_unfinished(checker, CHECK_OF_LOG, &err))
		check_log_tell(checker, &pass, &damages);
}
