/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/advice.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/arguments.h"
#include "kernel/kernel.h"

struct advice_names {
	char vmlinux[256], dump[256]; /* "" if no such file is open */
	bool plain; /* a shell would read each name unchanged, as one word */
};

static void advice_add_file(void *arg, const struct kernel_file *of)
{
	struct advice_names *names = arg;
	const struct file *file = of->file;
	char *to = of->kind == FILE_OF_DUMP ? names->dump : names->vmlinux;

	/* Names only vmlinux itself, because gdb finds the debug file and the supplement, and loads
	 * modules by their sections. */
	if (of->kind == FILE_OF_MODULE || (of->kind == FILE_OF_KERNEL && *to))
		return;
	names->plain &=
		!file->path[strspn(file->path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					       "0123456789/._-+@%,=:")] &&
		strlen(to) + strlen(file->path) + 2 < sizeof(names->dump);
	if (names->plain)
		text_append(to, sizeof(names->dump), "%s%s", *to ? " " : "", file->path);
}

static void put_name(const char *word, const char *name, struct error *err)
{
	char text[sizeof(err->message)];
	size_t size = strlen(word);
	const char *from = err->message, *at;

	if (!*name)
		return;
	text[0] = '\0';
	for (; (at = strstr(from, word)); from = at + size)
		text_append(text, sizeof(text), "%.*s%s", (int)(at - from), from, name);
	text_append(text, sizeof(text), "%s", from);
	if (strlen(text) < sizeof(text) - 1)
		strcpy(err->message, text);
}

void advice_name_files(const struct kernel *kernel, struct error *err)
{
	struct advice_names names = { .plain = true };

	kernel_each_file(kernel, advice_add_file, &names);
	if (!names.plain)
		return;
	put_name("VMLINUX", names.vmlinux, err);
	put_name("DUMP", names.dump, err);
}

static bool is_c_word(const char *word)
{
	return strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "0123456789_") == strlen(word);
}

void advice_name_words(char **words, struct error *err)
{
	bool joined = *words[0] == '*' && words[0][1]; /* "*task_struct" */
	/* "whatis struct page" */
	bool keyword = words[1] && text_list_has("struct union enum", words[1]);
	const char *name = joined ? words[0] + 1 : words[1 + keyword];
	char address[32];
	uint64_t value;

	if (!name || !is_c_word(name))
		return;
	put_name("NAME", name, err);
	words += joined ? 1 : 2 + keyword;
	if (!*words || !parse_hex(*words, &value, NULL))
		return;
	snprintf(address, sizeof(address), "0x%" PRIx64, value);
	put_name("ADDR", address, err);
}
