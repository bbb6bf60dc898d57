/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Headers and notes without names, texts and what CPUs had in their registers. */
#pragma once

#include <stdbool.h>

struct blank_rules;
struct machine_known;
struct pseudonyms;

/* known: before machine_known_finish(). False: out of memory. */
bool scrub_machine_out(struct machine_known *known, struct pseudonyms *pseudonyms,
		       const struct blank_rules *rules);
