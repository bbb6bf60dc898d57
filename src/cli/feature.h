/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of the program that configure can leave out (--disable-NAME). HAVE_NAME in config.h is 1 if
 * the part is built, or else 0. Code calls a part only inside "if (HAVE_NAME)". */
#pragma once

#include <stdbool.h>

#include "base/error.h"

enum feature {
	NO_FEATURE, /* for code that belongs to no part, and is always built */
	FEATURE_DEVICES,
	FEATURE_KVM,
	FEATURE_DIFF,
	FEATURE_EXTRACT,
	FEATURE_QMP,
	FEATURE_REPORT,
	NR_FEATURES
};

struct feature_row {
	const char *name; /* NAME in the option of configure */
	const char *what; /* the end of the message "built without ..." */
	bool built;
};
extern const struct feature_row feature_rows[NR_FEATURES];

/* Returns true if the part was built. If it was left out, sets err and returns false. */
bool feature_built(enum feature feature, struct error *err);
/* Returns true and sets err if a command with this name belongs to a part that was left out. */
bool feature_lacks_command(const char *name, struct error *err);
