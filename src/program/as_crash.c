/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program/as_crash.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/command.h"
#include "kernel/kernel.h"
#include "open/open.h"
#include "sandbox/memory.h"

/* Options of crash, and what to use instead. Names with one letter have one dash. */
static const struct {
	const char *names; /* separated by blanks */
	const char *instead;
} crash_options[] = {
	{ "s", "-q shows no banner" },
	{ "i", "-x FILE runs the commands in FILE, then exits" },
	{ "d L f no_data_debug no_kallsyms no_ikconfig no_kmem_cache kmem_cache_delay no_modules no_panic no_strip readnow smp active minimal no_elf_notes hash",
	  "kwalk reads only what a command needs, so leave this option out; -v shows where each fact came from" },
	{ "S k", "give System.map, or no symbols at all, in the place of VMLINUX" },
	{ "e", "~/.inputrc sets the editing mode of the prompt" },
	{ "g",
	  "give the file in the place of VMLINUX: kwalk reads it with and without debugging data" },
	{ "t", "-c triage shows when and why the kernel ended" },
	{ "p", "-o page_size=BYTES sets the page size" },
	{ "m machdep",
	  "-o NAME=VALUE sets a fact of the kernel, such as phys_base, page_offset or levels" },
	{ "kaslr reloc",
	  "-o kaslr_offset=OFFSET sets the offset; without it, kwalk finds the offset" },
	{ "osrelease", "-c info shows the release" },
	{ "log", "-c log shows the kernel's log" },
	{ "build-id", "-c info compares the build-id of VMLINUX with the dump" },
	{ "buildinfo", "--version shows how kwalk was built" },
	{ "cpus offline", "the command bt -c CPUS chooses CPUs" },
	{ "hyper p2m_mfn xen_phys_start",
	  "kwalk does not read the memory of Xen hypervisors; use crash" },
	{ "zero_excluded",
	  "kwalk never shows missing memory as zeros: a command reports what is missing" },
	{ "kvmhost kvmio", "--guest VM opens a virtual machine in the dump of its host" },
	{ "mod", "KWALK_DEBUG_PATH names the folders of vmlinux and modules" },
	{ "src", "kwalk shows files and lines, and no source code" },
	{ "more less CRASHPAGER", "the variable PAGER chooses the pager" },
	{ "no_scroll", "--no-pager shows answers without a pager" },
	{ "no_crashrc", "kwalk reads no .crashrc" },
	{ "hex dec", "p -x, struct -x and rd show numbers in hexadecimal" },
	{ "memory_module memory_device", "give /proc/kcore in the place of DUMP" },
};

bool as_crash_explain(const char *word, struct error *err)
{
	const char *name = word + strspn(word, "-");
	char plain[32];

	snprintf(plain, sizeof(plain), "%.*s", (int)strcspn(name, "="), name);
	for (size_t i = 0; i < sizeof(crash_options) / sizeof(*crash_options); i++) {
		if (!*plain || !text_list_has(crash_options[i].names, plain))
			continue;
		fail(err, ERROR_USAGE, "%.*s is an option of crash: %s",
		     (int)(name - word) + (int)strlen(plain), word, crash_options[i].instead);
		return true;
	}
	return false;
}

/* --- the options of kwalk-crash --- */

static const char help_text[] =
	"Usage: kwalk-crash [OPTION]... VMLINUX DUMP\n"
	"Answer the commands of crash with kwalk, for scripts that were written for crash.\n"
	"\n"
	"  -i FILE            run the commands in FILE, then of standard input\n"
	"  -s                 no banner, no echo of commands, no pager\n"
	"  --build-id FILE    show the build-id of a dump or vmlinux\n"
	"  --log DUMP         show the kernel's log\n"
	"  --osrelease DUMP   show the kernel's release\n"
	"  --kaslr OFFSET, -m phys_base=ADDRESS, -m page_offset=ADDRESS, -p BYTES\n"
	"                     set a fact (hexadecimal numbers begin with 0x)\n"
	"  --no_panic         begin with the idle task of CPU 0\n"
	"  --no_scroll        show long answers without a pager\n"
	"  -h, --help         show this help\n"
	"  -v, --version      show the version\n"
	"\n"
	"Options that crash does not have, as in kwalk:\n"
	"  --no-files, --no-shell, --sandbox=require, --max-memory=BYTES, --timeout=SECONDS\n"
	"\n"
	"Options of crash that change no answer are accepted, others are refused.\n"
	"Exit status: 0 after quit, also if a command could not be answered; 1 at the end\n"
	"of standard input without quit, or if nothing could be opened.\n";

enum {
	IGNORED = 256, /* changes no answer of kwalk */
	REFUSED,
	OPTION_BUILD_ID,
	OPTION_KASLR,
	OPTION_LOG,
	OPTION_NO_PANIC,
	OPTION_NO_SCROLL,
	OPTION_OFFLINE,
	OPTION_OSRELEASE,
	OPTION_NO_FILES,
	OPTION_NO_SHELL,
	OPTION_SANDBOX,
	OPTION_MAX_MEMORY,
	OPTION_TIMEOUT,
};

/* The options of crash 9.0 (main.c). */
// clang-format off
#define ROW(NAME, ARGUMENT, OPTION) { NAME, ARGUMENT##_argument, NULL, OPTION }
static const struct option long_options[] = {
	ROW("help", no, 'h'), ROW("version", no, 'v'), ROW("buildinfo", no, 'v'),
	ROW("build-id", required, OPTION_BUILD_ID), ROW("log", required, OPTION_LOG),
	ROW("osrelease", required, OPTION_OSRELEASE), ROW("kaslr", required, OPTION_KASLR),
	ROW("machdep", required, 'm'), ROW("no_panic", no, OPTION_NO_PANIC),
	ROW("no_scroll", no, OPTION_NO_SCROLL), ROW("offline", required, OPTION_OFFLINE),
	ROW("no_kallsyms", no, IGNORED), ROW("no_modules", no, IGNORED),
	ROW("no_ikconfig", no, IGNORED), ROW("no_data_debug", no, IGNORED),
	ROW("no_crashrc", no, IGNORED), ROW("no_kmem_cache", no, IGNORED),
	ROW("kmem_cache_delay", no, IGNORED), ROW("readnow", no, IGNORED),
	ROW("smp", no, IGNORED), ROW("no_strip", no, IGNORED), ROW("minimal", no, IGNORED),
	ROW("hash", required, IGNORED), ROW("max-malloc-bufs", required, IGNORED),
	ROW("more", no, IGNORED), ROW("less", no, IGNORED), ROW("CRASHPAGER", no, IGNORED),
	ROW("dec", no, IGNORED), ROW("mod", required, IGNORED), ROW("src", required, IGNORED),
	ROW("active", no, REFUSED), ROW("cpus", required, REFUSED), ROW("hex", no, REFUSED),
	ROW("hyper", no, REFUSED), ROW("kvmhost", required, REFUSED),
	ROW("kvmio", required, REFUSED), ROW("memory_device", required, REFUSED),
	ROW("memory_module", required, REFUSED), ROW("no_elf_notes", no, REFUSED),
	ROW("p2m_mfn", required, REFUSED), ROW("reloc", required, REFUSED),
	ROW("xen_phys_start", required, REFUSED), ROW("zero_excluded", no, REFUSED),
	/* of kwalk */
	ROW("no-files", no, OPTION_NO_FILES), ROW("no-shell", no, OPTION_NO_SHELL),
	ROW("sandbox", required, OPTION_SANDBOX), ROW("max-memory", required, OPTION_MAX_MEMORY),
	ROW("timeout", required, OPTION_TIMEOUT),
	{ NULL, 0, NULL, 0 },
};
// clang-format on

/* Sets the error for an option that would change answers, or that crash does not have. */
static enum options_result refuse(struct options *options, const char *name)
{
	struct error why;

	if (as_crash_explain(name, &why))
		fail(&options->err, ERROR_USAGE, "kwalk-crash does not take %s. In kwalk: %s", name,
		     strchr(why.message, ':') + 2);
	else
		fail(&options->err, ERROR_USAGE, "unknown option %s, or it needs a value", name);
	return OPTIONS_HINT;
}

/* Sets a fact from "NAME=VALUE". Numbers of crash are decimal without 0x, and facts hexadecimal, so
 * the number must begin with 0x. */
static enum options_result set_fact(struct options *options, const char *fact)
{
	const char *value = strchr(fact, '=');

	if (!value || (!starts_with(value, "=0x") && !starts_with(fact, "page_size="))) {
		fail(&options->err, ERROR_USAGE, "%s: write NAME=VALUE, and VALUE with 0x", fact);
		return OPTIONS_WRONG;
	}
	options->overrides[options->nr_overrides++] = fact;
	return OPTIONS_RUN;
}

/* Sets a fact whose value is the value of the option. */
static enum options_result set_named(struct options *options, char *text, size_t size,
				     const char *name)
{
	snprintf(text, size, "%s=%s", name, optarg);
	return set_fact(options, text);
}

/* Like crash, uses the last -i. */
static enum options_result set_input(struct options *options)
{
	struct script *script = &options->batches[0].script;

	if (options->nr_batches)
		script_close(script);
	options->nr_batches = 1;
	if (!script_open(script, optarg, &options->err))
		return OPTIONS_WRONG;
	script->grows = true;
	return OPTIONS_RUN;
}

static enum options_result ask(struct options *options, enum crash_question question)
{
	options->question = question;
	options->asked = optarg;
	return OPTIONS_DONE;
}

/* Sets what limits kwalk, with the options of kwalk. */
static enum options_result set_limit(struct options *options, int option)
{
	enum { MOST_SECONDS = 1000000000 };
	char *end = optarg;

	switch (option) {
	case OPTION_NO_FILES: options->no_files = options->no_shell = true; return OPTIONS_RUN;
	case OPTION_NO_SHELL: options->no_shell = true; return OPTIONS_RUN;
	case OPTION_SANDBOX:
		options->sandbox = SANDBOX_REQUIRE;
		if (!strcmp(optarg, "require"))
			return OPTIONS_RUN;
		break;
	case OPTION_MAX_MEMORY:
		if (limit_parse(optarg, &options->max_memory))
			return OPTIONS_RUN;
		break;
	default:
		if (*optarg >= '0' && *optarg <= '9')
			options->timeout = strtoull(optarg, &end, 10);
		if (end > optarg && !*end && options->timeout <= MOST_SECONDS)
			return OPTIONS_RUN;
	}
	fail(&options->err, ERROR_USAGE, "%s is no value of this option", optarg);
	return OPTIONS_WRONG;
}

static enum options_result set_option(struct options *options, int option, const char *name)
{
	static char kaslr[64], page[64];

	switch (option) {
	case 's': options->quiet = options->no_pager = true; break;
	case OPTION_NO_SCROLL: options->no_pager = true; break;
	case OPTION_NO_PANIC: options->no_panic = true; break;
	case 'i': return set_input(options);
	case 'p': return set_named(options, page, sizeof(page), "page_size");
	case 'm':
		if (starts_with(optarg, "phys_base=") || starts_with(optarg, "page_offset="))
			return set_fact(options, optarg);
		return refuse(options, name);
	case OPTION_KASLR:
		if (strcmp(optarg, "auto") != 0)
			return set_named(options, kaslr, sizeof(kaslr), "kaslr_offset");
		break;
	case OPTION_OFFLINE:
		if (strcmp(optarg, "show") != 0)
			return refuse(options, name);
		break;
	case OPTION_BUILD_ID: return ask(options, QUESTION_BUILD_ID);
	case OPTION_LOG: return ask(options, QUESTION_LOG);
	case OPTION_OSRELEASE: return ask(options, QUESTION_RELEASE);
	case 'h': options->text = help_text; return OPTIONS_DONE;
	case 'v': return OPTIONS_DONE;
	case IGNORED: break;
	case OPTION_NO_FILES:
	case OPTION_NO_SHELL:
	case OPTION_SANDBOX:
	case OPTION_MAX_MEMORY:
	case OPTION_TIMEOUT: return set_limit(options, option);
	default: return refuse(options, name);
	}
	return OPTIONS_RUN;
}

/* Writes the name of the option that getopt_long() read. index: of a long option that exists, or -1.
 * last: the last word that was read. */
static void name_option(char *name, size_t size, int option, int index, const char *last)
{
	if (option == '?' || option == ':')
		option = optopt;
	if (index >= 0)
		snprintf(name, size, "--%s", long_options[index].name);
	else if (option && option < IGNORED)
		snprintf(name, size, "-%c", option);
	else
		snprintf(name, size, "%s", last);
}

enum options_result as_crash_parse(struct options *options, int argc, char **argv)
{
	enum options_result result = OPTIONS_RUN;
	int option, index;
	char name[64];

	options->crash = true;
	opterr = 0;
	while (result == OPTIONS_RUN &&
	       (index = -1, option = getopt_long(argc, argv, ":Lkghe:i:sSvc:d:tfp:m:xo:",
						 long_options, &index)) != -1) {
		name_option(name, sizeof(name), option, index, argv[optind - 1]);
		if (option < IGNORED && strchr("LScdefx", option))
			option = IGNORED;
		result = set_option(options, option, name);
	}
	options->files = (const char *const *)argv + optind;
	options->nr_files = (size_t)(argc - optind);
	if (options->question) {
		options->files = &options->asked;
		options->nr_files = 1;
		return OPTIONS_RUN;
	}
	if (result == OPTIONS_RUN && !options->nr_files) {
		fail(&options->err, ERROR_USAGE, "no dump was given");
		return OPTIONS_HINT;
	}
	return result;
}

/* --- what crash prints itself --- */

void as_crash_greet(struct session *session)
{
	output_text(session->output, "\n");
	output_textf(session->output, "kwalk-crash %s\n", PACKAGE_VERSION);
	output_text(session->output, "\n");
	session_run_text(session, "sys; set");
	output_text(session->output, "\n");
}

void as_crash_answer(struct session *session, enum crash_question question)
{
	struct kernel *kernel = session->kernel;
	char build_id[BUILD_ID_TEXT] = "";
	const char *text = kernel->identity->release;

	if (question == QUESTION_LOG) {
		session_run_text(session, "log");
		return;
	}
	if (question == QUESTION_BUILD_ID) {
		text = build_id;
		if (!open_build_id_of_note(kernel, build_id) &&
		    !(kernel->vmlinux && vmlinux_build_id_text(kernel->vmlinux, build_id)))
			open_build_id_of_memory(kernel, build_id);
	}
	output_textf(session->output, "%s\n", *text ? text : "unknown");
	session->failed |= !*text;
}
