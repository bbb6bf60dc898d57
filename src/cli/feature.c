/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/feature.h"

#include <string.h>

#include "cli/command_names.h"

const struct feature_row feature_rows[NR_FEATURES] = {
	[NO_FEATURE] = { "", "", true },
	[FEATURE_DEVICES] = { "devices", "devices and their IOMMUs", HAVE_DEVICES },
	[FEATURE_KVM] = { "kvm", "VM guests", HAVE_KVM },
	[FEATURE_DIFF] = { "diff", "the comparison of dumps", HAVE_DIFF },
	[FEATURE_EXTRACT] = { "extract", "the writing of dumps", HAVE_EXTRACT },
	[FEATURE_QMP] = { "qmp", "running guests (qmp:SOCKET)", HAVE_QMP },
	[FEATURE_REPORT] = { "report", "the pages of reports", HAVE_REPORT },
};

bool feature_built(enum feature feature, struct error *err)
{
	const struct feature_row *row = &feature_rows[feature];

	return row->built ||
	       fail(err, ERROR_USAGE, "this kwalk was built without %s (--disable-%s)", row->what,
		    row->name);
}

// clang-format off
static const struct { const char *name; enum feature part; } of_parts[] = {
#define OF_ALL(NAME)
#define OF_PART(PART, NAME) { #NAME, FEATURE_##PART },
	FOR_EACH_COMMAND(OF_ALL, OF_PART)
#undef OF_PART
#undef OF_ALL
};
// clang-format on

bool feature_lacks_command(const char *name, struct error *err)
{
	for (size_t i = 0; i < sizeof(of_parts) / sizeof(*of_parts); i++)
		if (!strcmp(of_parts[i].name, name))
			return !feature_built(of_parts[i].part, err);
	return false;
}
