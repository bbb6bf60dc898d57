/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "output/say.h"
#include "script.h"

static const char help_text[] =
	"Usage: kwalk [OPTION]... [VMLINUX] DUMP...\n"
	"Translate addresses in a Linux crash dump: page tables, page frames, regions.\n"
	"\n"
	"  -c, --command=CMDS         run CMDS, separated by ';', then exit\n"
	"  -x, --script=FILE          run the commands in FILE ('-': standard input)\n"
	"  -j, --json                 answer in JSON Lines, one object a line\n"
	"  -o, --override=NAME=VALUE  set a fact instead of finding it: arch (i386, pae,\n"
	"                             x86_64), levels, root, phys_base, kaslr_offset,\n"
	"                             page_offset, sme_mask, vmcoreinfo (a file)\n"
	"  -q, --quiet                no banner at the prompt\n"
	"  -v, --verbose              say on standard error where each fact came from\n"
	"      --debuginfod[=yes|no|ask]  fetch a missing VMLINUX from the servers in\n"
	"                             DEBUGINFOD_URLS (default: KWALK_DEBUGINFOD, or ask\n"
	"                             at the prompt)\n"
	"      --strict               refuse a VMLINUX that does not belong to the dump\n"
	"  -h, --help                 show this help\n"
	"  -V, --version              show the version\n"
	"\n"
	"The files are told apart by their content. -c, -x and -o may be given several\n"
	"times. Without -c and -x commands are read from a prompt, or from standard\n"
	"input where it is no terminal. \"kwalk -c help FILES\" lists the commands.\n"
	"\n"
	"Exit status: 0 every command was answered; 1 one could not be; 2 wrong usage, or\n"
	"nothing could be opened.\n";

static const char version_text[] =
	"kwalk " PACKAGE_VERSION "\n"
	"License GPLv3+: GNU GPL version 3 or later <https://gnu.org/licenses/gpl.html>.\n"
	"This is free software: you are free to change and redistribute it.\n"
	"There is NO WARRANTY, to the extent permitted by law.\n";

enum { OPTION_STRICT = 256, OPTION_DEBUGINFOD }; /* without a letter */

// clang-format off
static const struct option long_options[] = {
	{ "command",  required_argument, NULL, 'c' },
	{ "script",   required_argument, NULL, 'x' },
	{ "json",     no_argument,       NULL, 'j' },
	{ "override", required_argument, NULL, 'o' },
	{ "quiet",    no_argument,       NULL, 'q' },
	{ "verbose",  no_argument,       NULL, 'v' },
	{ "debuginfod", optional_argument, NULL, OPTION_DEBUGINFOD },
	{ "strict",   no_argument,       NULL, OPTION_STRICT },
	{ "help",     no_argument,       NULL, 'h' },
	{ "version",  no_argument,       NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};
// clang-format on

static const char letters[] = ":c:x:jo:qvhV";

static enum options_result wrong(void)
{
	say("Try 'kwalk --help' for more information.");
	return OPTIONS_WRONG;
}

/* getopt itself would print the word uncleaned. word is the last one that it
 * read: the long option, if it is one. */
static enum options_result wrong_option(int kind, const char *word)
{
	if (kind == ':' && optopt < OPTION_STRICT)
		say("kwalk: option -%c needs a value", optopt);
	else if (kind == ':')
		say("kwalk: option %s needs a value", word);
	else if (!optopt)
		say("kwalk: unknown or ambiguous option %s", word);
	else if (optopt >= OPTION_STRICT || strchr(letters, optopt))
		say("kwalk: option %s takes no value", word);
	else
		say("kwalk: unknown option -%c", optopt);
	return wrong();
}

static enum options_result set_debuginfod(struct options *options,
					  const char *who, const char *value)
{
	if (debuginfod_parse(value, &options->debuginfod))
		return OPTIONS_RUN;
	say("kwalk: %s: \"%s\" is not one of yes, no and ask", who, value);
	return OPTIONS_WRONG;
}

static enum options_result set_option(struct options *options, int option,
				      const char *word)
{
	struct error err;
	int fd;

	switch (option) {
	case 'c':
		options->batches[options->nr_batches++].text = optarg;
		break;
	case 'x':
		fd = script_open(optarg, &err);
		options->batches[options->nr_batches++].script = fd;
		if (fd >= 0)
			break;
		say("kwalk: %s", err.message);
		return OPTIONS_WRONG;
	case 'o':
		options->overrides[options->nr_overrides++] = optarg;
		break;
	case 'j':
		options->json = true;
		break;
	case 'q':
		options->quiet = true;
		break;
	case 'v':
		options->verbose = true;
		break;
	case OPTION_STRICT:
		options->strict = true;
		break;
	case OPTION_DEBUGINFOD:
		return set_debuginfod(options, "--debuginfod", optarg);
	case 'h':
	case 'V':
		options->text = option == 'h' ? help_text : version_text;
		return OPTIONS_DONE;
	default:
		return wrong_option(option, word);
	}
	return OPTIONS_RUN;
}

enum options_result options_parse(struct options *options, int argc,
				  char **argv)
{
	const char *debuginfod = getenv("KWALK_DEBUGINFOD");
	enum options_result result = OPTIONS_RUN;
	int option;

	*options = (struct options){
		.batches = calloc(argc + 1, sizeof(*options->batches)),
		.overrides = calloc(argc + 1, sizeof(*options->overrides)),
	};
	if (!options->batches || !options->overrides) {
		say("kwalk: out of memory");
		return OPTIONS_WRONG;
	}
	if (debuginfod && *debuginfod)
		result = set_debuginfod(options, "KWALK_DEBUGINFOD", debuginfod);
	opterr = 0;
	while (result == OPTIONS_RUN &&
	       (option = getopt_long(argc, argv, letters, long_options,
				     NULL)) != -1)
		result = set_option(options, option, argv[optind - 1]);
	options->files = (const char *const *)argv + optind;
	options->nr_files = (size_t)(argc - optind);
	if (result == OPTIONS_RUN && !options->nr_files) {
		say("kwalk: no dump was given");
		return wrong();
	}
	return result;
}

void options_release(struct options *options)
{
	free(options->batches);
	free(options->overrides);
}
