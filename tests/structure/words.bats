#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A meaning travels as an enum: the program compares no text that it wrote itself. Each word
# that it does compare is in tests/structure/words, with whose it is.
load common

# The rooms whose subject is text of others: files, names and notes of kernels.
READERS='src/(base|debuginfo|dump|gdb|kernel/(view|vmcoreinfo)|oops|program/(confine|as_crash|debuginfod|options|script|unpacking)|sandbox|symbols|types)\b'

# "FILE WORD" of each literal that is compared, a line each.
compared() {
	sources | grep '\.c$' | grep -vE "^$READERS" | while read -r file; do
		tr '\n' ' ' <"$file" |
			grep -oE '\b(strcmp|strncmp|strstr|starts_with|memmem|strcasecmp)\([^;]*' |
			grep -oE '^[a-z_]+\(([^()"]|\([^()]*\))*"([^"\\]|\\.)*"' |
			sed -E 's/^[^"]*"(([^"\\]|\\.)*)"$/\1/' | sed "s|^|$file |"
	done | sort -u
}

@test "words that are compared are not the program's own" {
	compared >"$BATS_TEST_TMPDIR/compared"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/compared")" -gt 40 ]
	cut -d ' ' -f 2- "$BATS_TEST_TMPDIR/compared" | sort -u |
		grep -vxFf <(sed -n 's/^\(.*\): [A-Za-z].*$/\1/p' tests/structure/words) |
		none "whose words are these? see tests/structure/words"
}

# calls REGEX: "FILE FUNCTION" of each call outside of output, a line each.
calls() {
	sources | grep '\.[ch]$' | grep -v '^src/output/' | xargs grep -oE "\b($1) *\(" |
		sed 's/:\([a-z_]*\).*/ \1/' | sort -u
}

# The command format shows and sets it; what report --json says is JSON always; lines of JSON may be
# requests.
@test "no command asks whether answers are text or records" {
	calls 'output_(format|set_format)' | diff - <(cat <<-END
		src/cli/commands/cmd_format.c output_format
		src/cli/commands/cmd_format.c output_set_format
		src/cli/commands/cmd_report.c output_set_format
		src/cli/request.c output_format
	END
	)
}

# Memory (rd), prose (help), the text that is explained (annotate), a sum of all rows (pagemap), types
# and their values, the line above the answers about a task or a copy of a CPU, what the prompt begins with, and what
# kwalk-crash prints as crash does. Answers that text does not show say the same so, or complain.
@test "no other command lays out text" {
	calls 'output_(text|textf|own_text|text_line|styled_line)|row_end' | cut -d ' ' -f 1 |
		sort -u | diff - <(cat <<-END
		src/cli/commands/cmd_annotate.c
		src/cli/commands/cmd_help.c
		src/cli/commands/cmd_kmem.c
		src/cli/commands/cmd_pagemap.c
		src/cli/commands/cmd_rd.c
		src/cli/commands/cmd_struct.c
		src/cli/commands/cmd_tasks.c
		src/cli/commands/show_definition.c
		src/cli/commands/show_report.c
		src/cli/run.c
		src/cli/show_task.c
		src/cli/show_value.c
		src/program/as_crash.c
		src/program/repl.c
		src/program/script.c
	END
	)
	sources | xargs grep -lE '= \{ \.closed = true \};' | sort | diff - <(cat <<-END
		src/cli/commands/cmd_help.c
		src/cli/commands/cmd_rd.c
		src/cli/commands/cmd_search.c
		src/cli/commands/cmd_tasks.c
		src/cli/commands/show_definition.c
	END
	)
}
