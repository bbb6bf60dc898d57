/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The findings of check, and the places where check found trouble. */
#pragma once

#include "check/check.h"

#include <stdbool.h>
#include <stddef.h>

struct finding {
	enum check check;
	enum check_status status;
	char *message; /* owned */
	/* This is the first finding of its check that is not CHECK_OK. The places that the check
	 * found are listed with this finding. */
	bool has_places;
};

/* A place where a check found trouble. */
struct finding_place {
	enum check check; /* the check that found the place */
	char *text; /* owned */
};

struct findings {
	struct finding *finding; /* owned */
	size_t nr, room;
	struct finding_place *place; /* owned; in the order in which the places were found */
	size_t nr_places, room_places;
	bool cut; /* out of memory: some findings are missing */
};

void findings_make(struct findings *findings, struct kernel *kernel);
void findings_release(struct findings *findings); /* findings may be zeroed */
