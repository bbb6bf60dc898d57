/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The input is a script, run on the dump that FUZZ_DUMP names; its first byte
 * says whether answers are text or JSON. Shell commands are taken out.
 */
#include "open/open.h"
#include "script.h"

static struct kernel *kernel;

static struct kernel *open_kernel(void)
{
	const char *path = getenv("FUZZ_DUMP");
	const struct opening opening = {
		.paths = &path, .nr_paths = 1,
		.listener = &script_listener, .debug_path = "",
	};
	struct error err = { .message = "FUZZ_DUMP does not name a dump" };
	struct kernel *opened = path ? kernel_open(&opening, &err) : NULL;

	if (!opened) {
		fprintf(stderr, "fuzz_command: %s\n", err.message);
		exit(2);
	}
	return opened;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	kernel = open_kernel();
	script_prepare();
	return 0;
}

static char *script_of(const uint8_t *data, size_t size)
{
	char *script = strndup((const char *)data, size);

	for (char *at = script; *at; at++) {
		if (*at == '!' || *at == '|')
			*at = ' ';
	}
	return script;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *script;

	if (size < 1)
		return 0;
	script = script_of(data + 1, size - 1);
	script_run(kernel, script, data[0] & 1);
	free(script);
	return 0;
}
