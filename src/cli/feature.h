/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts that configure can leave out (--disable-NAME). HAVE_NAME of config.h is 1, or 0 if the part
 * is left out. Calls of the part are conditional: "if (HAVE_NAME)". */
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

/* False with err: the part was left out. */
bool feature_built(enum feature feature, struct error *err);
/* Does the command belong to a part that was left out? Sets err if so. */
bool feature_lacks_command(const char *name, struct error *err);
