/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Sets facts that the user gives with -o NAME=VALUE. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "kernel/kernel.h"
#include "open/opened.h"

static bool parse_name(const char *value, const char *const *names, size_t nr, uint64_t *number)
{
	size_t place;
	bool found = text_place(value, names, nr, &place);

	*number = place;
	return found;
}

static bool override_parse_number(const char *value, int base, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(value, &end, base);
	return errno == 0 && end != value && *end == '\0';
}

static bool parse_fact(const struct fact_row *row, const char *value, uint64_t *number)
{
	switch (row->format) {
	case FACT_MODE_NAME: return parse_name(value, kernel_mode_names, NR_MODES, number);
	case FACT_MODEL_NAME: return parse_name(value, memory_model_names, NR_MODELS, number);
	case FACT_DECIMAL: return *value != '-' && override_parse_number(value, 10, number);
	case FACT_HEX: return *value != '-' && override_parse_number(value, 16, number);
	case FACT_SIGNED_HEX: return override_parse_number(value, 16, number);
	}
	return false;
}

static bool override_fact(struct kernel *kernel, const struct fact_row *row, const char *value,
			  struct error *err)
{
	uint64_t number;

	if (!parse_fact(row, value, &number))
		return fail(err, ERROR_USAGE, "%s: invalid value \"%s\"", row->name, value);
	if (number < row->least || (row->most && number > row->most))
		return fail(err, ERROR_USAGE, "%s: %s", row->name, row->limits);
	kernel_give_fact(kernel, row->id, number);
	return true;
}

static bool override_is_named(const char *text, size_t length, const char *name)
{
	return strlen(name) == length && !strncmp(text, name, length);
}

static bool no_such_fact(const char *name, int length, struct error *err)
{
	char names[400] = "release, vmcoreinfo";
	size_t used = strlen(names);

	for (enum fact_id id = 0; id < NR_FACTS; id++)
		used += (size_t)snprintf(names + used, sizeof(names) - used, ", %s", fact_name(id));
	return fail(err, ERROR_USAGE, "%.*s: cannot be set; these can: %s", length, name, names);
}

static bool override_release(struct kernel *kernel, const char *release, struct error *err)
{
	struct identity *identity = kernel->identity;
	int length = snprintf(identity->release, sizeof(identity->release), "%s", release);

	if (length <= 0 || (size_t)length >= sizeof(identity->release))
		return fail(err, ERROR_USAGE, "release: invalid value \"%s\"", release);
	identity->release_source = "option -o";
	return true;
}

bool open_override(struct kernel *kernel, const char *text, struct error *err)
{
	const char *equals = strchr(text, '=');
	size_t length = equals ? (size_t)(equals - text) : strlen(text);

	if (!equals)
		return fail(err, ERROR_USAGE, "%s: must be NAME=VALUE", text);
	if (override_is_named(text, length, "vmcoreinfo"))
		return open_set_note_file(kernel, equals + 1, err);
	if (override_is_named(text, length, "release"))
		return override_release(kernel, equals + 1, err);
	for (enum fact_id id = 0; id < NR_FACTS; id++)
		if (override_is_named(text, length, fact_name(id)))
			return override_fact(kernel, fact_row(id), equals + 1, err);
	return no_such_fact(text, (int)length, err);
}
