/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts that configure can leave out (--disable-NAME). In config.h, HAVE_NAME is 1 if the part is
 * built, and otherwise 0. Code calls a part only inside "if (HAVE_NAME)". */
#pragma once

#include <stdbool.h>

#include "base/error.h"

enum feature {
	NO_FEATURE, /* not a part: always built */
	FEATURE_DEVICES,
	FEATURE_KVM,
	FEATURE_DIFF,
	FEATURE_EXTRACT,
	FEATURE_REPORT,
	NR_FEATURES
};

struct feature_row {
	const char *name; /* name in the option of configure */
	const char *what; /* completes "built without ..." */
	bool built;
};
extern const struct feature_row feature_rows[NR_FEATURES];

/* Returns false and sets err if the part was left out. */
bool feature_built(enum feature feature, struct error *err);
/* Does a command with this name belong to a part that was left out? If so, sets err. */
bool feature_lacks_command(const char *name, struct error *err);
