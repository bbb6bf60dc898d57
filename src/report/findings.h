/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What check finds, with the places that it counts. */
#pragma once

#include "check/check.h"

#include <stdbool.h>
#include <stddef.h>

struct finding {
	enum check check;
	enum check_status status;
	char *message; /* owned */
	bool has_places; /* the first finding of its check that is not CHECK_OK */
};

/* A place of trouble. */
struct finding_place {
	enum check check; /* of all its findings */
	char *text; /* owned */
};

struct findings {
	struct finding *finding; /* owned */
	size_t nr, room;
	struct finding_place *place; /* owned; as found */
	size_t nr_places, room_places;
	bool cut; /* out of memory */
};

void findings_make(struct findings *findings, struct kernel *kernel);
void findings_release(struct findings *findings); /* zeroed is fine */
