/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/ko_text.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "debuginfo/ko_file.h"
#include "kernel/kernel.h"
#include "linux/module/module_lines.h"

/* A return address is after the call, and so perhaps in the next line or function. The padding before
 * a function, __pfx_foo, has no calls. So __pfx_foo+0x10/0x10 is the address of foo. */
static bool is_return(const struct text_item *item)
{
	return !item->is_instruction && !starts_with(item->name, "__pfx_");
}

bool ko_text(struct kernel *kernel, const struct text_item *item, char text[KO_TEXT], uint64_t *key)
{
	struct error why = { .code = ERROR_NONE };
	struct ko_file *file;
	struct code_line line;
	uint64_t linked;

	file = module_file_of_text(kernel, item->module, item->name, item->offset, item->extent,
				   &linked, &why);
	if (!file) {
		snprintf(text, KO_TEXT, "%s", why.message);
		return false;
	}
	*key = linked ^ (uint64_t)(uintptr_t)file << 24;
	if (ko_file_line(file, linked - is_return(item), kernel->listener, &line, &why))
		snprintf(text, KO_TEXT, "%s+0x%" PRIx64 " [%s], %s:%u", item->name, item->offset,
			 item->module, line.path, line.line);
	else if (why.code)
		snprintf(text, KO_TEXT, "%s", why.message);
	else
		snprintf(text, KO_TEXT, "the debug file of the module %s has no line for it",
			 item->module);
	return true;
}
