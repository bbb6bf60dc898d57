/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/hooks.h"

#include "cli/cpu_words.h"

bool hooks_run(struct session *session, char **words, void (*run)(struct session *, char **),
	       bool outermost, struct error *err)
{
	bool ok;

	if (outermost && session->begin && !session->begin(session, err))
		return false;
	ok = cpu_words_run(session, session->command->addresses, words, run, err);
	if (!outermost || !session->finish)
		return ok;
	if (!ok)
		session_complain(session, NULL, err);
	return session->finish(session, err);
}
