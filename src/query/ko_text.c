/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/ko_text.h"

#include <inttypes.h>
#include <stdio.h>

#include "debuginfo/ko_file.h"
#include "kernel/kernel.h"
#include "linux/module/module_lines.h"

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
	/* A return address is after the call, and so perhaps in the next line or function. */
	if (ko_file_line(file, linked - !item->is_instruction, kernel->listener, &line, &why))
		snprintf(text, KO_TEXT, "%s+0x%" PRIx64 " [%s], %s:%u", item->name, item->offset,
			 item->module, line.path, line.line);
	else if (why.code)
		snprintf(text, KO_TEXT, "%s", why.message);
	else
		snprintf(text, KO_TEXT, "the debug file of the module %s has no line for it",
			 item->module);
	return true;
}
