#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Functions and files stay as small as to be read at once.
load common

MOST_FUNCTION=70 MOST_FILE=1200

# "LINES FILE:FUNCTION", of all functions.
functions() {
	# shellcheck disable=SC2046 # names without blanks
	ctags -o - --languages=C,C++ --kinds-C=f --kinds-C++=f --fields=+ne \
		--sort=no $(sources) | awk -F '\t' '{
		line = last = 0
		for (i = 4; i <= NF; i++) {
			if ($i ~ /^line:/) line = substr($i, 6)
			if ($i ~ /^end:/) last = substr($i, 5)
		}
		print last - line + 1, $2 ":" $1
	}'
}

@test "no function is longer than $MOST_FUNCTION lines" {
	if ! ctags --version 2>/dev/null | grep -q Universal; then
		[ -z "$CI" ] || { echo "universal-ctags is missing"; return 1; }
		skip "universal-ctags is missing"
	fi
	[ "$(functions | awk '$1 > 1' | wc -l)" -gt 100 ]
	functions | awk -v most="$MOST_FUNCTION" '$1 > most' |
		none "too long"
}

@test "no source file is longer than $MOST_FILE lines" {
	sources | grep '\.c$' | xargs wc -l | grep -v ' total$' |
		awk -v most="$MOST_FILE" '$1 > most' | none "too long"
}
