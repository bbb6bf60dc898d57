/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts that configure can leave out (--disable-NAME). HAVE_NAME of config.h is 1, or 0 if the
 * part is left out. A call into the part stands after "if (HAVE_NAME)". */
#pragma once

#include <stdbool.h>

#include "base/error.h"

enum feature {
	NO_FEATURE, /* in all builds */
	FEATURE_DEVICES,
	FEATURE_KVM,
	FEATURE_DIFF,
	FEATURE_EXTRACT,
	FEATURE_REPORT,
	NR_FEATURES
};

struct feature_row {
	const char *name; /* of the switch */
	const char *what; /* "built without ..." */
	bool built;
};
extern const struct feature_row feature_rows[NR_FEATURES];

/* False with err: it was left out. */
bool feature_built(enum feature feature, struct error *err);
/* Is it a command of a part that was left out? Then err is set. */
bool feature_lacks_command(const char *name, struct error *err);
