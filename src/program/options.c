/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program/options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/alias.h"
#include "cli/command.h"
#include "cli/option.h"
#include "base/error.h"
#include "cli/commands/commands.h"
#include "gdb/gdb.h"
#include "program/as_crash.h"
#include "output/say.h"
#include "sandbox/memory.h"
#include "cli/pager.h"
#include "cli/words.h"

/* --- texts of --help and --version --- */

static const char help_text[] =
	"Usage: kwalk [OPTION]... [VMLINUX] DUMP...\n"
	"Explain a Linux crash dump, with or without VMLINUX: blocked tasks and who holds\n"
	"their locks, oopses (kwalk annotate OOPS), structures, stacks, logs, addresses.\n"
	"The first command to type is triage.\n"
	"\n"
	"  -c, --command=CMDS         run CMDS, separated by ';', then exit\n"
	"  -x, --script=FILE          run the commands in FILE ('-': standard input)\n"
	"  -j, --json                 answer in JSON Lines, one object a line\n"
	"      --csv                  answer in CSV, with a heading for each kind of record\n"
	"  -o, --override=NAME=VALUE  set a fact instead of finding it: arch (arm64, i386,\n"
	"                             pae, riscv64, x86_64), levels, root, phys_base, sme_mask,\n"
	"                             kaslr_offset, page_offset, vmcoreinfo (a file)\n"
	"  -q, --quiet                no banner at the prompt\n"
	"  -v, --verbose              show on standard error where each fact came from\n"
	"      --color[=auto|always|never]  colour answers by meaning (default: auto, on a\n"
	"                             terminal unless NO_COLOR is set)\n"
	"      --debuginfod[=yes|no|ask]  fetch a missing VMLINUX from the servers in\n"
	"                             DEBUGINFOD_URLS (default: KWALK_DEBUGINFOD; if it\n"
	"                             is not set, ask at the prompt)\n"
	"      --gdb                  serve gdb on standard input and output:\n"
	"                             target remote | kwalk --gdb VMLINUX DUMP\n"
	"      --guest=VM             open a virtual machine in the dump of a KVM host:\n"
	"                             VM is the pid or name of its process, or the\n"
	"                             address of its struct kvm; VMLINUX must be the\n"
	"                             vmlinux of the guest\n"
	"      --kernel=NUMBER        open another kernel in memory, such as a capture kernel\n"
	"                             or the kernel that it captures: see kernels\n"
	"      --listings=FILE        read listings from FILE (default:\n"
	"                             ~/.config/kwalk/listings, unless root runs kwalk)\n"
	"      --max-lines=COUNT      end a command after COUNT lines of answers\n"
	"      --max-memory=SIZE      use at most SIZE bytes of memory; K, M, G or T may\n"
	"                             follow (default: a quarter of the machine's\n"
	"                             memory, at least 1G)\n"
	"      --sandbox[=yes|no|require]  give up all rights that kwalk does not need\n"
	"                             (yes), and end if that is impossible (require)\n"
	"      --no-files             open only the files of the command line, and run no\n"
	"                             shell commands\n"
	"      --no-pager             do not use a pager for long answers\n"
	"      --no-shell             run no shell commands (!CMD, | CMD) and no pager\n"
	"      --pause                stop a running guest (qmp:SOCKET) during each command\n"
	"      --stats                show on standard error what each command cost\n"
	"      --strict               refuse a VMLINUX that does not belong to the dump\n"
	"      --timeout=SECONDS      end a command that neither answers nor shows progress\n"
	"                             for SECONDS\n"
	"      --unpack[=yes|no|ask]  unpack a compressed dump into the cache folder\n"
	"                             (default: ask at the prompt)\n"
	"  -h, --help                 show this help\n"
	"  -V, --version              show the version\n"
	"\n"
	"The files are recognised by their content. -c, -x and -o may be given several\n"
	"times. Without -c and -x, commands are read at a prompt, or from standard\n"
	"input if it is not a terminal. \"kwalk help\" lists the commands and needs no dump.\n"
	"\n"
	"Exit status: 0 every command was answered; 1 a command could not be\n"
	"answered; 2 wrong usage, or nothing could be opened.\n";

static const char version_text[] =
	"kwalk " PACKAGE_VERSION "\n"
	"License GPLv3+: GNU GPL version 3 or later <https://gnu.org/licenses/gpl.html>.\n"
	"This is free software: you are free to change and redistribute it.\n"
	"There is NO WARRANTY, to the extent permitted by law.\n";

/* Returns the version. If configure left out parts of the program, the text lists them. */
static const char *version(void)
{
	static char text[sizeof(version_text) + 64];
	const char *before = "Built without: ";

	*text = '\0';
	text_append(text, sizeof(text), "%s", version_text);
	for (enum feature feature = 0; feature < NR_FEATURES; feature++) {
		if (feature_built(feature, NULL))
			continue;
		text_append(text, sizeof(text), "%s%s", before, feature_rows[feature].name);
		before = ", ";
	}
	text_append(text, sizeof(text), "%s", *before == ',' ? "\n" : "");
	return text;
}

/* --- the options --- */

enum {
	OPTION_STRICT = 256,
	OPTION_COLOUR,
	OPTION_CSV,
	OPTION_DEBUGINFOD,
	OPTION_GDB,
	OPTION_GUEST,
	OPTION_KERNEL,
	OPTION_LISTINGS,
	OPTION_MAX_LINES,
	OPTION_MAX_MEMORY,
	OPTION_NO_FILES,
	OPTION_NO_PAGER,
	OPTION_NO_SHELL,
	OPTION_PAUSE,
	OPTION_SANDBOX,
	OPTION_STATS,
	OPTION_TIMEOUT,
	OPTION_UNPACK
}; /* for options without a letter */

enum { MOST_SECONDS = 1000000000 };

// clang-format off
static const struct option long_options[] = {
	{ "command",  required_argument, NULL, 'c' },
	{ "script",   required_argument, NULL, 'x' },
	{ "json",     no_argument,       NULL, 'j' },
	{ "csv",      no_argument,       NULL, OPTION_CSV },
	{ "override", required_argument, NULL, 'o' },
	{ "quiet",    no_argument,       NULL, 'q' },
	{ "verbose",  no_argument,       NULL, 'v' },
	{ "color",    optional_argument, NULL, OPTION_COLOUR },
	{ "debuginfod", optional_argument, NULL, OPTION_DEBUGINFOD },
	{ "gdb",      no_argument,       NULL, OPTION_GDB },
	{ "guest",    required_argument, NULL, OPTION_GUEST },
	{ "kernel",   required_argument, NULL, OPTION_KERNEL },
	{ "listings", required_argument, NULL, OPTION_LISTINGS },
	{ "max-lines", required_argument, NULL, OPTION_MAX_LINES },
	{ "max-memory", required_argument, NULL, OPTION_MAX_MEMORY },
	{ "sandbox",  optional_argument, NULL, OPTION_SANDBOX },
	{ "no-files", no_argument,       NULL, OPTION_NO_FILES },
	{ "no-pager", no_argument,       NULL, OPTION_NO_PAGER },
	{ "no-shell", no_argument,       NULL, OPTION_NO_SHELL },
	{ "pause",    no_argument,       NULL, OPTION_PAUSE },
	{ "stats",    no_argument,       NULL, OPTION_STATS },
	{ "strict",   no_argument,       NULL, OPTION_STRICT },
	{ "timeout",  required_argument, NULL, OPTION_TIMEOUT },
	{ "unpack",   optional_argument, NULL, OPTION_UNPACK },
	{ "help",     no_argument,       NULL, 'h' },
	{ "version",  no_argument,       NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};
// clang-format on

static const char letters[] = ":c:x:jo:qvhV";

/* The characters in names of commands, of kwalk and of crash. */
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyz_?*"

/* Sets options->err and suggests the most similar option, if there is one. */
static void set_unknown(struct options *options, const char *word)
{
	struct near_name near = { word + strspn(word, "-"), 2, NULL };

	for (const struct option *at = long_options; at->name; at++)
		near_name_try(&near, at->name);
	if (near.nearest)
		fail(&options->err, ERROR_USAGE,
		     "unknown or ambiguous option %s; did you mean --%s?", word, near.nearest);
	else
		fail(&options->err, ERROR_USAGE, "unknown or ambiguous option %s", word);
}

/* Sets the error that getopt found. getopt itself would print the word without cleaning it. word:
 * the last word that getopt read, which may be a long option. */
static enum options_result wrong_option(struct options *options, int kind, const char *word)
{
	struct error *err = &options->err;
	const char letter[] = { '-', (char)optopt, '\0' };

	if (kind != ':' && as_crash_explain(optopt ? letter : word, err))
		return OPTIONS_HINT;
	if (kind == ':' && optopt < OPTION_STRICT)
		fail(err, ERROR_USAGE, "option -%c needs a value", optopt);
	else if (kind == ':')
		fail(err, ERROR_USAGE, "option %s needs a value", word);
	else if (!optopt)
		set_unknown(options, word);
	else if (optopt >= OPTION_STRICT || strchr(letters, optopt))
		fail(err, ERROR_USAGE, "option %s takes no value", word);
	else
		fail(err, ERROR_USAGE, "unknown option -%c", optopt);
	return OPTIONS_HINT;
}

/* These words are in the order of enum debuginfod_use, enum unpack_use and enum sandbox_wish. */
static const char *const words_of_asking[] = { "ask", "yes", "no" };
static const char *const words_of_sandbox[] = { "yes", "no", "require" };

/* Finds the index of value in words. If value is NULL, the option has no value, and the result is
 * the index of "yes". */
static bool find_word(const char *const words[3], const char *who, const char *value, size_t *place,
		      struct error *err)
{
	if (text_place(value ? value : "yes", words, 3, place))
		return true;
	return fail(err, ERROR_USAGE, "%s: \"%s\" is not one of yes, no and %s", who, value,
		    words == words_of_asking ? "ask" : "require");
}

static enum options_result set_debuginfod(struct options *options, const char *who,
					  const char *value)
{
	size_t place;

	if (!find_word(words_of_asking, who, value, &place, &options->err))
		return OPTIONS_WRONG;
	options->debuginfod = (enum debuginfod_use)place;
	return OPTIONS_RUN;
}

static enum options_result set_max_memory(struct options *options)
{
	if (limit_parse(optarg, &options->max_memory))
		return OPTIONS_RUN;
	fail(&options->err, ERROR_USAGE,
	     "--max-memory: \"%s\" is not a number of bytes, with or without K, M, G or T", optarg);
	return OPTIONS_WRONG;
}

static enum options_result set_number(struct options *options, uint64_t *number, uint64_t most,
				      const char *who, const char *what)
{
	char *end;

	if (isdigit((unsigned char)*optarg)) {
		errno = 0;
		*number = strtoull(optarg, &end, 10);
		if (!*end && !errno && *number <= most)
			return OPTIONS_RUN;
	}
	fail(&options->err, ERROR_USAGE, "%s: \"%s\" is not a number of %s", who, optarg, what);
	return OPTIONS_WRONG;
}

static enum options_result set_guest(struct options *options)
{
	struct error err;

	options->guest = optarg;
	if (feature_built(FEATURE_KVM, &err))
		return OPTIONS_RUN;
	fail(&options->err, err.code, "--guest: %s", err.message);
	return OPTIONS_WRONG;
}

static enum options_result set_kernel(struct options *options)
{
	enum { MOST = 1000 };

	if (set_number(options, &options->kernel, MOST, "--kernel", "a kernel") != OPTIONS_RUN)
		return OPTIONS_WRONG;
	if (options->kernel)
		return OPTIONS_RUN;
	fail(&options->err, ERROR_USAGE,
	     "--kernel: the command kernels numbers the kernels from 1 on");
	return OPTIONS_WRONG;
}

static enum options_result set_sandbox(struct options *options)
{
	size_t place;

	if (!find_word(words_of_sandbox, "--sandbox", optarg, &place, &options->err))
		return OPTIONS_WRONG;
	options->sandbox = (enum sandbox_wish)place;
	return OPTIONS_RUN;
}

static enum options_result set_unpack(struct options *options)
{
	size_t place;

	if (!find_word(words_of_asking, "--unpack", optarg, &place, &options->err))
		return OPTIONS_WRONG;
	options->unpack = (enum unpack_use)place;
	return OPTIONS_RUN;
}

static enum options_result add_script(struct options *options, const char *path)
{
	struct batch *batch = &options->batches[options->nr_batches++];

	return script_open(&batch->script, path, &options->err) ? OPTIONS_RUN : OPTIONS_WRONG;
}

static enum options_result set_colour(struct options *options)
{
	if (!colour_parse(optarg, &options->colour)) {
		fail(&options->err, ERROR_USAGE,
		     "--color: \"%s\" is not one of auto, always and never", optarg);
		return OPTIONS_WRONG;
	}
	say_use_colour(options->colour);
	return OPTIONS_RUN;
}

static enum options_result set_option(struct options *options, int option, const char *word)
{
	switch (option) {
	case 'c': options->batches[options->nr_batches++].text = optarg; break;
	case 'x': return add_script(options, optarg);
	case 'o': options->overrides[options->nr_overrides++] = optarg; break;
	case 'j': options->format = OUTPUT_JSON; break;
	case OPTION_CSV: options->format = OUTPUT_CSV; break;
	case 'q': options->quiet = true; break;
	case 'v': options->verbose = true; break;
	case OPTION_GDB:
		/* No shell commands, because gdb would read their output as part of its
		 * protocol. */
		options->gdb = options->no_shell = true;
		break;
	case OPTION_GUEST: return set_guest(options);
	case OPTION_KERNEL: return set_kernel(options);
	case OPTION_LISTINGS: options->listings = optarg; break;
	case OPTION_STATS: options->stats = true; break;
	case OPTION_STRICT: options->strict = true; break;
	case OPTION_MAX_LINES:
		return set_number(options, &options->max_lines, UINT64_MAX, "--max-lines", "lines");
	case OPTION_MAX_MEMORY: return set_max_memory(options);
	case OPTION_TIMEOUT:
		return set_number(options, &options->timeout, MOST_SECONDS, "--timeout", "seconds");
	case OPTION_COLOUR: return set_colour(options);
	case OPTION_NO_FILES: options->no_files = options->no_shell = true; break;
	case OPTION_NO_PAGER: options->no_pager = true; break;
	case OPTION_NO_SHELL: options->no_shell = true; break;
	case OPTION_PAUSE:
		/* No pager, because the guest would stand still until the user has read all. */
		options->pause = options->no_pager = true;
		break;
	case OPTION_SANDBOX: return set_sandbox(options);
	case OPTION_UNPACK: return set_unpack(options);
	case OPTION_DEBUGINFOD: return set_debuginfod(options, "--debuginfod", optarg);
	case 'h':
	case 'V': options->text = option == 'h' ? help_text : version(); return OPTIONS_DONE;
	default: return wrong_option(options, option, word);
	}
	return OPTIONS_RUN;
}

static enum options_result take_streams(struct options *options)
{
	if (options->nr_batches) {
		fail(&options->err, ERROR_USAGE,
		     "--gdb excludes -c and -x, because commands come from gdb: \"monitor COMMAND\"");
		return OPTIONS_HINT;
	}
	return gdb_take_streams(&options->gdb_in, &options->gdb_out, &options->err) ? OPTIONS_RUN :
										      OPTIONS_WRONG;
}

/* Fails if an option is also the name of a file in the current folder. Another user may have
 * created such a file, so that "kwalk *" would read its name as an option. */
static enum options_result refuse_files(struct options *options, char **argv)
{
	struct stat status;

	for (char **word = argv + 1; *word && strcmp(*word, "--"); word++)
		if (**word == '-' && (*word)[1] && lstat(*word, &status) == 0) {
			fail(&options->err, ERROR_USAGE,
			     "%s is both an option and the name of a file in this folder: put -- before all names of files, or use the option in another folder",
			     *word);
			return OPTIONS_WRONG;
		}
	return OPTIONS_RUN;
}

static enum options_result take_standard_input(struct options *options)
{
	struct stat status;

	if (options->nr_batches || fstat(STDIN_FILENO, &status) < 0 || !S_ISREG(status.st_mode))
		return OPTIONS_RUN;
	return add_script(options, "-");
}

/* Returns true if the word is a command, and no file has this name. */
static bool is_command(const char *word)
{
	return word[strspn(word, NAME_LETTERS)] == '\0' && *word && access(word, F_OK) < 0 &&
	       (command_exactly(commands, word) || alias_next(aliases, word, NULL));
}

/* --- the words help and annotate in the place of the first file --- */

/* Sub-commands are commands that need no dump. If the first word after options is the name of one, it is
 * that command, and not a file. */
enum subcommand { SUBCOMMAND_NONE, SUBCOMMAND_HELP, SUBCOMMAND_ANNOTATE };
static const char *const subcommands[] = { NULL, "help", "annotate" };

/* The options of annotate, which its words may contain. They differ from the options of kwalk. */
static const char letters_of_annotate[] = ":c:x:jo:qvhVsp:r:";

static enum subcommand find_subcommand(int argc, char **argv)
{
	static const char first[] = "+:c:x:jo:qvhV";
	const char *word;

	opterr = 0;
	while (getopt_long(argc, argv, first, long_options, NULL) != -1)
		;
	word = argv[optind];
	optind = 0; /* getopt_long() begins anew */
	for (size_t i = SUBCOMMAND_HELP; word && i <= SUBCOMMAND_ANNOTATE; i++)
		if (!strcmp(word, subcommands[i]))
			return (enum subcommand)i;
	return SUBCOMMAND_NONE;
}

/* Appends a word to the command, with a backslash before each character that has a meaning there. */
static bool add_word(struct options *options, const char *word)
{
	size_t used = options->subcommand ? strlen(options->subcommand) : 0;
	char *text = realloc(options->subcommand, used + 2 * strlen(word) + 2), *to;

	if (!text)
		return out_of_memory(&options->err);
	options->subcommand = text;
	to = text + used;
	if (used)
		*to++ = ' ';
	for (; *word; *to++ = *word++)
		if (!isalnum((unsigned char)*word) && !strchr("-_./", *word))
			*to++ = '\\';
	*to = '\0';
	return true;
}

/* Makes "kwalk help COMMAND" mean the same as "kwalk -c 'help COMMAND'", and "kwalk annotate FILE
 * VMLINUX" the same as "kwalk -c 'annotate FILE' VMLINUX". */
static enum options_result take_subcommand(struct options *options, enum subcommand subcommand)
{
	size_t nr = subcommand == SUBCOMMAND_HELP ? options->nr_files : 2;
	bool done = true;

	if (subcommand == SUBCOMMAND_NONE || options->nr_batches)
		return OPTIONS_RUN;
	if (nr > options->nr_files)
		nr = options->nr_files;
	for (size_t i = subcommand == SUBCOMMAND_ANNOTATE; done && i < nr; i++)
		done = add_word(options, options->files[i]);
	options->batches[options->nr_batches++].text = options->subcommand;
	options->files += nr;
	options->nr_files -= nr;
	return done ? OPTIONS_RUN : OPTIONS_WRONG;
}

/* Adds an option of annotate to the command. */
static enum options_result set_option_of_annotate(struct options *options, int option)
{
	const char name[] = { '-', (char)option, '\0' };

	return add_word(options, name) && (option == 's' || add_word(options, optarg)) ?
		       OPTIONS_RUN :
		       OPTIONS_WRONG;
}

/* Returns true if all commands of the text are "help", with or without arguments, or "COMMAND
 * --help". */
static bool is_help_alone(const char *text)
{
	char *copy = strchr(text, '\n') ? NULL : strdup(text), *rest = copy;
	struct command_text part;
	bool help = false;

	while (rest && command_text_next(&rest, &part)) {
		char **words = part.shell || part.file ? NULL : words_of(part.words);

		help = words && help_arguments(words);
		free(words);
		if (!help)
			break;
	}
	free(copy);
	return help;
}

static bool ask_for_help(const struct options *options)
{
	for (size_t i = 0; i < options->nr_batches; i++)
		if (!options->batches[i].text || !is_help_alone(options->batches[i].text))
			return false;
	return options->nr_batches;
}

static bool begin_with(const struct options *options, bool (*has)(const struct command *command))
{
	for (size_t i = 0; i < options->nr_batches; i++) {
		const char *text = options->batches[i].text;
		const struct command *command = text ? first_command(commands, text) : NULL;

		if (!command || !has(command))
			return false;
	}
	return options->nr_batches;
}

static bool command_needs_no_files(const struct command *command)
{
	return command->needs_no_files && command->needs_no_dump;
}

static bool command_needs_no_dump(const struct command *command)
{
	return command->needs_no_dump;
}

/* Sets the members that follow from all options. */
static void settle(struct options *options)
{
	bool reads = options->crash ? !options->question : !options->nr_batches;

	options->asks_for_help = ask_for_help(options);
	options->needs_no_files =
		options->asks_for_help || begin_with(options, command_needs_no_files);
	options->needs_no_dump = begin_with(options, command_needs_no_dump);
	options->has_prompt = reads && !options->gdb && isatty(STDIN_FILENO);
	options->can_ask = options->has_prompt && isatty(STDERR_FILENO);
	options->may_unpack = options->unpack == UNPACK_YES ||
			      (options->unpack == UNPACK_ASK && options->can_ask);
	/* At the prompt, the user may change the format to text. */
	options->may_page = (options->format == OUTPUT_TEXT || options->has_prompt) &&
			    !options->no_pager && !options->no_shell && isatty(STDOUT_FILENO) &&
			    pager_command();
}

/* Returns true if the program was called by the name kwalk-crash or crash. */
static bool is_called_crash(const char *name)
{
	const char *slash = name ? strrchr(name, '/') : NULL;

	name = slash ? slash + 1 : name;
	return name && (!strcmp(name, "kwalk-crash") || !strcmp(name, "crash"));
}

static enum options_result read_words(struct options *options, int argc, char **argv)
{
	static char help[] = "help";
	const char *debuginfod = getenv("KWALK_DEBUGINFOD");
	enum subcommand subcommand;
	enum options_result result;
	int option;

	*options = (struct options){
		.batches = calloc(argc + 1, sizeof(*options->batches)),
		.overrides = calloc(argc + 1, sizeof(*options->overrides)),
		.max_memory = limit_default(),
	};
	if (!options->batches || !options->overrides) {
		out_of_memory(&options->err);
		return OPTIONS_WRONG;
	}
	result = refuse_files(options, argv);
	if (result == OPTIONS_RUN && debuginfod && *debuginfod)
		result = set_debuginfod(options, "KWALK_DEBUGINFOD", debuginfod);
	if (result == OPTIONS_RUN && is_called_crash(argv[0])) {
		result = as_crash_parse(options, argc, argv);
		if (result == OPTIONS_DONE && !options->text)
			options->text = version();
		return result;
	}
	/* Handles "kwalk COMMAND --help". */
	if (argc == 3 && !strcmp(argv[2], "--help") && is_command(argv[1]))
		argv[2] = argv[1], argv[1] = help;
	subcommand = find_subcommand(argc, argv);
	if (subcommand == SUBCOMMAND_ANNOTATE && !add_word(options, subcommands[subcommand]))
		result = OPTIONS_WRONG;
	while (result == OPTIONS_RUN &&
	       (option = getopt_long(argc, argv,
				     subcommand == SUBCOMMAND_ANNOTATE ? letters_of_annotate :
									 letters,
				     long_options, NULL)) != -1)
		result = option == 's' || option == 'p' || option == 'r' ?
				 set_option_of_annotate(options, option) :
				 set_option(options, option, argv[optind - 1]);
	options->files = (const char *const *)argv + optind;
	options->nr_files = (size_t)(argc - optind);
	if (result == OPTIONS_RUN)
		result = take_subcommand(options, subcommand);
	if (result == OPTIONS_RUN && !options->nr_files && !ask_for_help(options) &&
	    !begin_with(options, command_needs_no_files)) {
		fail(&options->err, ERROR_USAGE, "no dump was given");
		return OPTIONS_HINT;
	}
	if (result != OPTIONS_RUN)
		return result;
	return options->gdb ? take_streams(options) : take_standard_input(options);
}

enum options_result options_parse(struct options *options, int argc, char **argv)
{
	enum options_result result = read_words(options, argc, argv);

	if (result == OPTIONS_RUN)
		settle(options);
	return result;
}

void options_release(struct options *options)
{
	for (size_t i = 0; options->batches && i < options->nr_batches; i++)
		if (!options->batches[i].text)
			script_close(&options->batches[i].script);
	free(options->subcommand);
	free(options->batches);
	free(options->overrides);
}
