/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The findings of the command check, and the places at which it found trouble. */
#pragma once

#include "check/check.h"

#include <stdbool.h>
#include <stddef.h>

struct finding {
	enum check check;
	enum check_status status;
	char *message; /* owned */
	/* True if the places that the check found are listed with this finding. They are listed
	 * with the check's first finding that is not CHECK_OK, if there are at least two places. */
	bool has_places;
};

/* A place at which a check found trouble. */
struct finding_place {
	enum check check; /* the check that found the place */
	char *text; /* owned */
};

struct findings {
	struct finding *finding; /* owned */
	size_t nr, room;
	struct finding_place *place; /* owned; in the order in which the checks found the places */
	size_t nr_places, room_places;
	bool cut; /* memory was exhausted, so findings are missing */
};

void findings_make(struct findings *findings, struct kernel *kernel);
void findings_release(struct findings *findings); /* all members of findings may be zero */
