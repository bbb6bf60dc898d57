#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What is there is built and shipped, and what is listed is there.
load common

# Words of the makefile, and of those that it includes.
listed() {
	sed -n 's|^include \$(srcdir)/||p' Makefile.am | xargs cat Makefile.am |
		sed 's/#.*//' | tr -s ' \t\134' '\n' | sort -u
}

# names MACRO FILE: what the X-macro list holds.
names() {
	sed -n "/#define $1(X[,)]/,/[^\\\\]\$/p" "$2" | grep -oE '(X\(|PART\([A-Z]+, )[a-z0-9_]+\)' |
		sed 's/.*[( ]\(.*\))/\1/'
}

@test "every source is in the makefile" {
	sources | grep -vxFf <(listed) | none "not in Makefile.am"
}

@test "every source in the makefile is there" {
	listed | grep -E '^(src|arch|tests)/.*\.[ch]$' | while read -r file; do
		[ -f "$file" ] || echo "$file"
	done | none "no such files"
}

@test "every test is in the makefile" {
	files tests | grep -E '\.bats$' | grep -vxFf <(listed) |
		none "not in Makefile.am"
	files tests/unit tests/fuzz | grep -E '/(test|fuzz)_[^/]*\.c$' |
		sed 's/\.c$//' | grep -vxFf <(listed | sed 's/\.c$//') |
		none "not in Makefile.am"
}

# tests/dumps/list names what the archive takes of that folder.
@test "every file of the tests is shipped" {
	files tests | grep -vE '^tests/unit/test_[^/]*\.c$' | grep -vxFf <(listed) |
		none "not in Makefile.am or tests/dumps/files.am"
}

@test "every command has one entry" {
	[ "$(names FOR_EACH_COMMAND src/cli/command_names.h | wc -l)" -gt 10 ]
	for name in $(names FOR_EACH_COMMAND src/cli/command_names.h); do
		count=$(cat src/cli/commands/cmd_*.c |
			grep -c "^const struct command command_$name = {")
		[ "$count" = 1 ] || echo "$name: $count entries"
	done | none "commands"
}

@test "every entry of a command is in the list" {
	sed -n 's/^const struct command command_\([a-z0-9_]*\) = {.*/\1/p' \
		src/cli/commands/*.c |
		grep -vxFf <(names FOR_EACH_COMMAND src/cli/command_names.h) |
		none "not in FOR_EACH_COMMAND"
}

@test "commands are listed in alphabetical order" {
	names FOR_EACH_COMMAND src/cli/command_names.h | LC_ALL=C sort -c
}

@test "every architecture and dump format has its file" {
	[ "$(names FOR_EACH_ARCH src/open/archs.h | wc -l)" -ge 2 ]
	for name in $(names FOR_EACH_ARCH src/open/archs.h); do
		grep -qs "^const struct arch arch_$name = {" arch/*/"$name.c" ||
			echo "arch/*/$name.c"
	done | none "no entry"
	for name in $(names FOR_EACH_DUMP_FORMAT src/dump/formats/formats.h); do
		grep -q "^const struct dump_format dump_format_$name = {" \
			"src/dump/formats/dump_$name.c" || echo "src/dump/formats/dump_$name.c"
	done | none "no entry"
}

@test "every command is in the manual" {
	[ -f doc/kwalk-commands.7 ] || skip "no manual"
	for name in $(names FOR_EACH_COMMAND src/cli/command_names.h); do
		grep -qE "(^|[^a-z_])${name//_/\\\\?_}([^a-z_]|\$)" doc/kwalk-commands.7 ||
			echo "$name"
	done | none "not in doc/kwalk-commands.7"
}

@test "README lists every document" {
	files doc | while read -r file; do
		grep -qF "($file)" README.md || echo "$file"
	done | none "not in README.md"
}

@test "the shell completes the same commands and long options" {
	local table=$BATS_TEST_TMPDIR/table

	completion/table . >"$table"
	[ "$(names FOR_EACH_COMMAND src/cli/command_names.h)" = "$(sed -n 's/^command\t\([^\t]*\).*/\1/p' "$table")" ]
	grep -o '"[a-z-]*", *[a-z]*_argument' src/program/options.c | cut -d '"' -f 2 |
		grep -vxFf <(sed -n 's/^option\t[^\t]*\t\([^\t]*\).*/\1/p' "$table") | none "not completed"
}
