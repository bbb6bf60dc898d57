/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Shows where a symbol is, and what is there:
 *
 *   cc example.c -o example $(pkg-config --cflags --libs kwalk)
 *   ./example vmcore init_task
 *   ./example vmlinux vmcore init_task
 */
#include <inttypes.h>
#include <kwalk.h>
#include <stdio.h>

/* Each call that can fail fills error and returns a code or NULL. */
static int failed(const char *what, const struct kwalk_error *error)
{
	fprintf(stderr, "example: %s: %s\n", what, error->message);
	return 1;
}

/* The dump and an optional vmlinux, in any order: kwalk recognizes them by their content. */
static kwalk_kernel *open_files(char **paths, size_t nr_paths, struct kwalk_error *error)
{
	struct kwalk_options options = KWALK_INIT(struct kwalk_options);

	options.paths = (const char *const *)paths;
	options.nr_paths = nr_paths;
	return kwalk_open(&options, error);
}

static int show_symbol(kwalk_kernel *kernel, kwalk_space *space, const char *name)
{
	struct kwalk_symbol symbol = KWALK_INIT(struct kwalk_symbol);
	struct kwalk_error error = KWALK_INIT(struct kwalk_error);
	uint64_t paddr, value;

	/* The address at run time, with KASLR. */
	if (kwalk_symbol_find(kernel, name, &symbol, &error))
		return failed("cannot find the symbol", &error);
	/* The walk of the kernel's page table. */
	if (kwalk_translate(space, symbol.address, &paddr, &error))
		return failed("cannot translate its address", &error);
	/* The bytes there; x86 is little-endian. */
	if (kwalk_read(space, symbol.address, &value, sizeof(value), &error))
		return failed("cannot read the memory", &error);
	printf("%" PRIx64 " is at %" PRIx64 " and holds %" PRIx64 "\n", symbol.address, paddr,
	       value);
	return 0;
}

int main(int argc, char **argv)
{
	struct kwalk_error error = KWALK_INIT(struct kwalk_error);
	kwalk_kernel *kernel;
	kwalk_space *space;
	int status;

	if (argc != 3 && argc != 4) {
		fprintf(stderr, "usage: example [VMLINUX] DUMP SYMBOL\n");
		return 2;
	}
	kernel = open_files(argv + 1, (size_t)argc - 2, &error);
	if (!kernel) {
		failed("cannot open the dump", &error);
		return 2;
	}
	space = kwalk_space_open(kernel, &error);
	if (space)
		status = show_symbol(kernel, space, argv[argc - 1]);
	else
		status = failed("cannot find the page table", &error);
	kwalk_space_free(space);
	kwalk_free(kernel);
	return status;
}
