/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The input is the text of a VMCOREINFO note. */
#include "input.h"

#include "kernel/vmcoreinfo.h"

static void ask(const struct vmcoreinfo *note, const char *name)
{
	const uint8_t *end = note->text.data + note->text.size;
	struct bytes value;
	uint64_t number;

	if (vmcoreinfo_find(note, name, &value)) {
		PROMISED(value.data >= note->text.data);
		PROMISED(value.size <= (size_t)(end - value.data));
		PROMISED(!value.size || !memchr(value.data, '\n', value.size));
		PROMISED(value.data[-1] == '=');
	}
	vmcoreinfo_symbol(note, name, &number);
	vmcoreinfo_number(note, name, &number);
	vmcoreinfo_value(note, "SIZE", name, &number);
	vmcoreinfo_value(note, "OFFSET", name, &number);
	vmcoreinfo_value(note, "LENGTH", name, &number);
	vmcoreinfo_hex(note, name, &number);
}

/* The key and the name of each line must be found, wherever the line is. */
static void ask_by_line(const struct vmcoreinfo *note)
{
	enum { MOST_LINES = 200 };
	const char *at = (const char *)note->text.data;
	const char *end = at + note->text.size;

	for (int i = 0; i < MOST_LINES && at < end; i++) {
		const char *newline = memchr(at, '\n', end - at);
		size_t length = newline ? newline - at : end - at;
		char *key = strndup(at, length), *open;

		key[strcspn(key, "=")] = '\0';
		ask(note, key);
		open = strchr(key, '(');
		if (open) {
			open[strcspn(open, ")")] = '\0';
			ask(note, open + 1);
		}
		free(key);
		at += length + 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {
		"",	  "OSRELEASE",	 "page",	 "page.flags",	   "phys_base",
		"_stext", "mem_section", "KERNELOFFSET", "CONFIG_X86_PAE", "=",
		"(",	  ")",
	};
	/* A copy, so that sanitizers detect a read after its end. */
	uint8_t *text = malloc(size ? size : 1);
	struct vmcoreinfo note = { .text = { text, size } };
	char name[VMCOREINFO_NAME];
	uint64_t value, again;
	size_t at = 0;

	if (size)
		memcpy(text, data, size);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ask(&note, names[i]);
	ask_by_line(&note);
	while (vmcoreinfo_next_symbol(&note, &at, name, &value))
		PROMISED(vmcoreinfo_symbol(&note, name, &again) && again == value);
	free(text);
	return 0;
}
