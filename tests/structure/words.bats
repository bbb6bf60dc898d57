#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A meaning travels as an enum: the program compares no text that it wrote itself. Each word
# that it does compare is in tests/structure/words, with whose it is.
load common

# The rooms whose subject is text of others: files, names and notes of kernels.
READERS='src/(base|confine|debuginfo|debuginfod|dump|gdb|memory|options|sandbox|script|symbols|types|unpacking)\b'

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
	[ "$(compared | wc -l)" -gt 40 ]
	compared | cut -d ' ' -f 2- | sort -u |
		grep -vxFf <(sed -n 's/^\(.*\): [A-Za-z].*$/\1/p' tests/structure/words) |
		none "whose words are these? see tests/structure/words"
}

@test "no command asks whether answers are text or records" {
	sources | grep '\.[ch]$' | grep -v '^src/output/' |
		xargs grep -nE '\boutput_(json|format) *\(' |
		grep -vE '^src/(cli/commands/cmd_(format|pagemap|report)|cli/request|main)\.c:' |
		none "a question for the form"
}
