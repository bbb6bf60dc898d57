/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "oops/function.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

/* A mangled name, and the position in it. */
struct rust_name {
	const char *at, *end;
	char *path;
	size_t used, size;
};

/* Returns the length of a number to base 62 and the '_' after it, or 0 if there is none. */
static size_t base_62(const struct rust_name *name, const char *at)
{
	const char *from = at;

	while (at < name->end && isalnum((unsigned char)*at))
		at++;
	return at < name->end && *at == '_' ? (size_t)(at - from) + 1 : 0;
}

/* Returns the length of a part that differs between builds, or that has digits but no identifier: the
 * disambiguator of a crate or of an item ('s'), a reference to an earlier position ('B'), a lifetime
 * ('L'), a binder ('G') or a constant ('K'). Returns 0 if there is no such part. */
static size_t rust_skipped(const struct rust_name *name)
{
	size_t length = strchr("sBLGK", *name->at) ? base_62(name, name->at + 1) : 0;
	const char *after = name->at + 1 + length;

	if (!length)
		return 0;
	/* The letter 's' may also be the type i16. The disambiguator of an impl is before a path, and other
	 * disambiguators are before an identifier. */
	if (*name->at == 's' && name->at[-1] != 'M' && name->at[-1] != 'X' &&
	    (after == name->end || !(isdigit((unsigned char)*after) || *after == 'u')))
		return 0;
	return 1 + length;
}

static void rust_add(struct rust_name *name, const char *text, size_t length)
{
	for (size_t i = 0; i < length && name->used + 1 < name->size; i++)
		name->path[name->used++] = text[i];
	name->path[name->used] = '\0';
}

/* Reads an identifier: its length, perhaps '_', and its bytes. Returns false if the name is damaged. */
static bool rust_identifier(struct rust_name *name, bool legacy)
{
	size_t length = 0;

	while (name->at < name->end && isdigit((unsigned char)*name->at) && length < 1000)
		length = length * 10 + (size_t)(*name->at++ - '0');
	if (!legacy && length && name->at < name->end && *name->at == '_')
		name->at++;
	if (length > (size_t)(name->end - name->at))
		return false;
	/* The last identifier of the older form is 'h' and a hash of 16 digits. */
	if (length && !(legacy && length == 17 && *name->at == 'h' && name->at + 18 == name->end)) {
		if (name->used)
			rust_add(name, "::", 2);
		rust_add(name, name->at, length);
	}
	name->at += length;
	return true;
}

bool rust_path(const char *text, size_t length, char *path, size_t size)
{
	bool legacy = length > 4 && starts_with(text, "_ZN");
	struct rust_name name = { .at = text + (legacy ? 3 : 2), .path = path, .size = size };

	if (!legacy && (length < 4 || !starts_with(text, "_R") || !isupper((unsigned char)text[2])))
		return false;
	name.end = text + length;
	while (name.at < name.end) {
		size_t skipped = legacy ? 0 : rust_skipped(&name);

		if (skipped)
			name.at += skipped;
		else if (!isdigit((unsigned char)*name.at))
			name.at++;
		else if (!rust_identifier(&name, legacy))
			return false;
	}
	return name.used;
}

bool rust_is_panic_machinery(const char *path)
{
	// clang-format off
	/* Functions of library/core that only panic, and rust/helpers/bug.c. */
	static const char *const functions[] = {
		"rust_helper_BUG", "rust_begin_unwind", "__rustc::rust_begin_unwind",
		"core::option::expect_failed", "core::option::unwrap_failed", "core::result::unwrap_failed",
		"core::cell::panic_already_borrowed", "core::cell::panic_already_mutably_borrowed",
		"core::str::slice_error_fail", "core::slice::copy_from_slice_impl::len_mismatch_fail",
	};
	// clang-format on

	return starts_with(path, "core::panicking::") ||
	       starts_with(path, "core::slice::index::slice_") ||
	       is_one_of(path, functions, sizeof(functions) / sizeof(*functions));
}
