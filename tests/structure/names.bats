#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A profile, a backtrace and a breakpoint show a function's bare name, a debugger a struct's:
# no two files have the same.
load common

# "KIND NAME FILE" of all functions (f) and structs (s) that have a name.
names() {
	# shellcheck disable=SC2046 # names without blanks
	ctags -o - --langmap=C:.c.h --languages=C --kinds-C=fs --sort=no $(sources) |
		awk -F '\t' '$1 !~ /^__anon/ && $1 != "main" { print $4, $1, $2 }' | sort -u
}

@test "no two files have a function, or a struct, of the same name" {
	if ! ctags --version 2>/dev/null | grep -q Universal; then
		[ -z "$CI" ] || { echo "universal-ctags is missing"; return 1; }
		skip "universal-ctags is missing"
	fi
	[ "$(names | wc -l)" -gt 1000 ]
	names | awk '{
		where[$1 " " $2] = where[$1 " " $2] " " $3
		nr[$1 " " $2]++
	}
	END { for (name in nr) if (nr[name] > 1) print name ":" where[name] }' |
		sort | none "these share a name"
}
