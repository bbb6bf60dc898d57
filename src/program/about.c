/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program/about.h"

#include "base/text.h"
#include "cli/feature.h"

const char about_help[] =
	"Usage: kwalk [OPTION]... [VMLINUX] DUMP...\n"
	"Translate addresses in a Linux crash dump: page tables, page frames, regions.\n"
	"\n"
	"  -c, --command=CMDS         run CMDS, separated by ';', then exit\n"
	"  -x, --script=FILE          run the commands in FILE ('-': standard input)\n"
	"  -j, --json                 answer in JSON Lines, one object a line\n"
	"      --csv                  answer in CSV, with a heading for each kind of record\n"
	"  -o, --override=NAME=VALUE  set a fact instead of finding it: arch (arm64, i386,\n"
	"                             pae, x86_64), levels, root, phys_base, sme_mask,\n"
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
	"      --max-lines=COUNT      end a command after COUNT lines of answers\n"
	"      --max-memory=SIZE      use at most SIZE bytes of memory; K, M, G or T may\n"
	"                             follow (default: a quarter of the machine's\n"
	"                             memory, at least 1G)\n"
	"      --sandbox[=yes|no|require]  give up all rights that kwalk does not need\n"
	"                             (yes), and end if that is impossible (require)\n"
	"      --no-files             open only the files of the command line, and run no\n"
	"                             shell commands\n"
	"      --no-pager             show long answers on a terminal without a pager\n"
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

const char *about_version(void)
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
