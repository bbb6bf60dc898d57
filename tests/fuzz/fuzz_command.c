/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The input is a script, which runs with the dump in FUZZ_DUMP. The first byte determines whether
 * answers are text or JSON. Shell commands are removed. The input is also the text that annotate
 * reads. */
#include "line.h"
#include "open/open.h"
#include "session.h"

static struct kernel *kernel;

static struct kernel *open_kernel(void)
{
	const char *path = fuzz_file("FUZZ_DUMP", "dump");
	const struct opening opening = {
		.paths = &path,
		.nr_paths = 1,
		.listener = session_listener(),
		.debug_path = "",
	};
	struct error err;
	struct kernel *opened = open_kernel_dump(&opening, &err);

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
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_session session;
	char *script;

	if (size < 1)
		return 0;
	script = strndup((const char *)data + 1, size - 1);
	take_out_shell(script);
	capture_begin();
	session_give(script);
	session_begin(&session, kernel, data[0] & 1);
	session_line(&session, script);
	session_end(&session);
	capture_end(data[0] & 1);
	free(script);
	return 0;
}
