#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What the documentation shows is what kwalk prints.
load ../cli/common

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/bin"
	ln -s "$KWALK" "$BATS_FILE_TMPDIR/bin/kwalk"
	"$DUMPS/mksample" "$MKDUMP" "$BATS_FILE_TMPDIR"
}

@test "the man page's examples" {
	python3 "$BATS_TEST_DIRNAME/examples.py" "$BATS_TEST_DIRNAME/../../doc/kwalk.1" "$BATS_FILE_TMPDIR"
}

@test "README's examples" {
	python3 "$BATS_TEST_DIRNAME/examples.py" "$BATS_TEST_DIRNAME/../../README.md" "$BATS_FILE_TMPDIR"
}

@test "examples of address-spaces.md, in each mode" {
	"$DUMPS/mkspaces" "$MKDUMP" "$BATS_FILE_TMPDIR"
	python3 "$BATS_TEST_DIRNAME/examples.py" "$BATS_TEST_DIRNAME/../../doc/address-spaces.md" "$BATS_FILE_TMPDIR"
}

@test "the man pages are well formed" {
	local page

	command -v groff >/dev/null || skip "no groff"
	for page in "$BATS_TEST_DIRNAME"/../../doc/*.1; do
		run groff -man -mandoc -ww -Tutf8 -z "$page"
		[ "$status" = 0 ]
		[ -z "$output" ]
	done
}

@test "quotes and options of the man page are those of one word each" {
	needs groff col
	groff -man -Tutf8 "$BATS_TEST_DIRNAME/../../doc/kwalk.1" | col -b >page
	not grep -nE "’’|\\| r root" page
}

@test "sections that documents cite are there" {
	grep -ho 'kwalk(1), [A-Z ]*[A-Z]' "$BATS_TEST_DIRNAME"/../../doc/*.md >cited
	sort -u cited | while IFS=' ' read -r _ section; do
		grep -qx "\.Sh $section" "$BATS_TEST_DIRNAME/../../doc/kwalk.1" || { echo "$section"; exit 1; }
	done
}

@test "each program beside kwalk has a man page with its options" {
	local program page option

	for program in "$BATS_TEST_DIRNAME"/../../contrib/fleet/kwalk-{fleet,merge,record,watch}; do
		page=$BATS_TEST_DIRNAME/../../doc/${program##*/}.1
		grep -q "^\.Nm ${program##*/}\$" "$page"
		"$program" --help >help 2>&1 || [ $? = 2 ]
		grep -q "^[Uu]sage: " help
		grep -o -e '--[a-z][a-z-]*' help | sort -u | while read -r option; do
			[ "$option" = --help ] || grep -q "^\.It Fl Fl ${option#--}\( \|\$\)" "$page" ||
				{ echo "$option is not in $page"; return 1; }
		done
		# Those of the environment, too.
		grep -o 'KWALK\(_[A-Z]*\)\?:-\|"KWALK"' "$program" | tr -d '":-' | sort -u | while read -r option; do
			grep -q "^\.It Ev $option\$" "$page" || { echo "$option is not in $page"; return 1; }
		done
	done
}

@test "the man page names every command" {
	local name

	"$KWALK" -q -j -c help "$BATS_FILE_TMPDIR/sample.core" |
		sed 's/.*"name":"\([a-z_]*\)".*/\1/' >names
	[ -s names ]
	while read -r name; do
		grep -q "^\.It Ic $name\$\|^\.It Ic $name " "$BATS_TEST_DIRNAME/../../doc/kwalk.1" ||
			{ echo "$name is not in it"; return 1; }
	done <names
}

@test "the man page has the options of every command, and no others" {
	local name

	"$KWALK" -q -j -c help "$BATS_FILE_TMPDIR/sample.core" | sed 's/.*"name":"\([a-z_]*\)".*/\1/' |
		while read -r name; do "$KWALK" -q -j -c "help $name" "$BATS_FILE_TMPDIR/sample.core" | head -n 1; done >answers
	[ -s answers ]
	python3 "$BATS_TEST_DIRNAME/options.py" "$BATS_TEST_DIRNAME/../../doc/kwalk.1" <answers
}
