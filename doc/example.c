/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* example DUMP SYMBOL: where a symbol is, and what is there. */
#include <inttypes.h>
#include <kwalk.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	struct kwalk_options options = KWALK_INIT(struct kwalk_options);
	struct kwalk_symbol symbol = KWALK_INIT(struct kwalk_symbol);
	struct kwalk_error error = KWALK_INIT(struct kwalk_error);
	kwalk_kernel *kernel = NULL;
	kwalk_space *space = NULL;
	uint64_t paddr, value;
	int code = KWALK_USAGE;

	options.paths = (const char *const *)argv + 1;
	options.nr_paths = argc == 3;
	if ((kernel = kwalk_open(&options, &error)) && (space = kwalk_space_open(kernel, &error)) &&
	    !(code = kwalk_symbol_find(kernel, argv[2], &symbol, &error)) &&
	    !(code = kwalk_translate(space, symbol.address, &paddr, &error)) &&
	    !(code = kwalk_read(space, symbol.address, &value, sizeof(value), &error)))
		printf("%" PRIx64 " is at %" PRIx64 " and holds %" PRIx64 "\n", symbol.address,
		       paddr, value);
	if (code)
		fprintf(stderr, "%s\n", error.message);
	kwalk_space_free(space);
	kwalk_free(kernel);
	return code;
}
