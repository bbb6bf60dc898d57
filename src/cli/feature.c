/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/feature.h"

#include "base/text.h"

const struct feature_row feature_rows[NR_FEATURES] = {
	[NO_FEATURE] = { "", "", "", true },
	[FEATURE_DEVICES] = { "devices", "devices and their IOMMUs", "bounce devices dma",
			      HAVE_DEVICES },
	[FEATURE_KVM] = { "kvm", "VM guests", "guests", HAVE_KVM },
	[FEATURE_DIFF] = { "diff", "the comparison of dumps", "diff", HAVE_DIFF },
	[FEATURE_EXTRACT] = { "extract", "the writing of dumps", "extract", HAVE_EXTRACT },
	[FEATURE_REPORT] = { "report", "the pages of reports", "report", HAVE_REPORT },
};

bool feature_built(enum feature feature, struct error *err)
{
	const struct feature_row *row = &feature_rows[feature];

	return row->built ||
	       fail(err, ERROR_USAGE, "this kwalk was built without %s (--disable-%s)", row->what,
		    row->name);
}

bool feature_lacks_command(const char *name, struct error *err)
{
	for (enum feature feature = 0; feature < NR_FEATURES; feature++)
		if (text_list_has(feature_rows[feature].commands, name))
			return !feature_built(feature, err);
	return false;
}
