#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What the documentation shows is what kwalk prints.
load ../cli/common

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/bin"
	ln -s "$KWALK" "$BATS_FILE_TMPDIR/bin/kwalk"
	"$DUMPS/mksample" "$MKDUMP" "$BATS_FILE_TMPDIR"
}

@test "the man pages' examples" {
	local page

	for page in kwalk.1 kwalk-commands.7 kwalk-json.5; do
		python3 "$BATS_TEST_DIRNAME/examples.py" "$BATS_TEST_DIRNAME/../../doc/$page" "$BATS_FILE_TMPDIR"
	done
}

@test "README's examples" {
	python3 "$BATS_TEST_DIRNAME/examples.py" "$BATS_TEST_DIRNAME/../../README.md" "$BATS_FILE_TMPDIR"
}

@test "the guide's examples" {
	local chapter

	grep -l '^\$ kwalk' "$BATS_TEST_DIRNAME"/../../doc/guide/*.md >chapters
	[ -s chapters ]
	while read -r chapter; do
		python3 "$BATS_TEST_DIRNAME/examples.py" "$chapter" "$BATS_FILE_TMPDIR"
	done <chapters
	python3 "$BATS_TEST_DIRNAME/examples.py" "$BATS_TEST_DIRNAME/wide.md" "$BATS_FILE_TMPDIR"
}

# On a dump that has such a process and object.
@test "the commands to try, in README and the guide" {
	local line

	cd "$BATS_FILE_TMPDIR"
	mkdir try
	ln -s ../panic.core try/vmcore
	ln -s ../vmlinux-panic try/vmlinux
	cd try
	sed -n 's/^    \(kwalk .*[^ ]\)/\1/p' "$BATS_TEST_DIRNAME"/../../README.md "$BATS_TEST_DIRNAME"/../../doc/guide/*.md |
		sed 's/bash 7ffd1234000/init 207000/; s/ffff888004a3c000/ffff888000030300/' >../commands
	[ "$(wc -l <../commands)" -ge 7 ]
	while read -r line; do
		PATH="$BATS_FILE_TMPDIR/bin:$PATH" bash -c "$line" </dev/null >../answer 2>&1 ||
			grep "this kwalk was built without" ../answer || { echo "$line"; cat ../answer; false; }
	done <../commands
}

@test "the table of lines of crash" {
	python3 "$BATS_TEST_DIRNAME/crash.py" "$BATS_TEST_DIRNAME/../../doc/guide/crash.md" "$KWALK" "$BATS_FILE_TMPDIR/blocked.core"
}

@test "no line of an example in README or the guide is wider than 100 columns" {
	awk 'FNR == 1 { block = 0 } /^```/ { block = !block }
		(block || /^    /) && length > 100 { print FILENAME ":" FNR; bad = 1 } END { exit bad }' \
		"$BATS_TEST_DIRNAME"/../../README.md "$BATS_TEST_DIRNAME"/../../doc/guide/*.md
}

@test "the picture in README is what kwalk prints" {
	"$BATS_TEST_DIRNAME/../../build-aux/screen-svg" "$BATS_FILE_TMPDIR" >picture
	cmp picture "$BATS_TEST_DIRNAME/../../doc/vtop.svg"
}

@test "README's comparison is what was measured" {
	sed -n '/Time to first answer/,/Pages translated correctly/p' "$BATS_TEST_DIRNAME/../../README.md" >shown
	[ -s shown ]
	sed -n '/^| Time to first answer/,/^| Pages translated correctly/p' "$BATS_TEST_DIRNAME/../../bench/COMPARED.md" | cmp - shown
}

@test "links of the documents lead to files" {
	local file link

	cd "$BATS_TEST_DIRNAME/../.."
	for file in README.md SECURITY.md HACKING.md doc/*.md doc/guide/*.md; do
		grep -o ']([^)#:]*)' "$file" | tr -d ']()' | while read -r link; do
			[ -e "$(dirname "$file")/$link" ] || { echo "$file: $link"; exit 1; }
		done
	done
}

@test "examples of address-spaces.md, in each mode" {
	"$DUMPS/mkspaces" "$MKDUMP" "$BATS_FILE_TMPDIR"
	python3 "$BATS_TEST_DIRNAME/examples.py" "$BATS_TEST_DIRNAME/../../doc/address-spaces.md" "$BATS_FILE_TMPDIR"
}

@test "groff formats the man pages without a warning" {
	local page

	needs groff
	for page in "$BATS_TEST_DIRNAME"/../../doc/*.[1-9]; do
		run groff -mandoc -ww -Tutf8 -z "$page"
		[ "$status" = 0 ]
		[ -z "$output" ] || { echo "$page: $output"; return 1; }
	done
}

@test "mandoc finds no fault in the man pages" {
	needs mandoc
	# Whether other manuals are installed is the machine's; our pages name kwalk as the system.
	mandoc -T lint -W style "$BATS_TEST_DIRNAME"/../../doc/*.[1-9] 2>/dev/null |
		grep -vE 'referenced manual not found|operating system explicitly specified' >faults || true
	cat faults
	[ ! -s faults ]
	[ "$(mandoc -T lint -W style - <<<'.Dd x' 2>/dev/null | wc -l)" -gt 0 ]
}

@test "quotes and options of the man pages are single words, and dashes stay" {
	local page

	needs groff col
	for page in "$BATS_TEST_DIRNAME"/../../doc/*.[1-9]; do
		groff -mandoc -Tutf8 "$page" | col -b >shown
		not grep -nE "’’|[|] [a-zA-Z] [a-z]" shown
	done
}

@test "sections that documents cite are there" {
	cat "$BATS_TEST_DIRNAME"/../../*.md "$BATS_TEST_DIRNAME"/../../doc/*.md "$BATS_TEST_DIRNAME"/../../doc/guide/*.md >documents
	grep -oE 'kwalk(-[a-z]+)?\([157]\)(, [A-Z ]*[A-Z])?' documents | sort -u >cited
	[ -s cited ]
	while read -r page volume section; do
		page="$BATS_TEST_DIRNAME/../../doc/$page.$volume"
		[ -f "$page" ] || { echo "no $page"; return 1; }
		[ -z "$section" ] || grep -qx "\.Sh $section" "$page" || { echo "$page: no $section"; return 1; }
	done < <(tr -s '(),' ' ' <cited)
	# Those that man pages refer to.
	cat "$BATS_TEST_DIRNAME"/../../doc/*.[1-9] | grep -oE '^\.Xr kwalk[a-z-]* [0-9]' | sort -u >cited
	[ -s cited ]
	while read -r _ page volume; do
		[ -f "$BATS_TEST_DIRNAME/../../doc/$page.$volume" ] || { echo "no $page($volume)"; return 1; }
	done <cited
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
		# Also the variables of the environment.
		grep -o 'KWALK\(_[A-Z]*\)\?:-\|"KWALK"' "$program" | tr -d '":-' | sort -u | while read -r option; do
			grep -q "^\.It Ev $option\$" "$page" || { echo "$option is not in $page"; return 1; }
		done
	done
}

@test "kwalk-commands(7) names every command" {
	local name

	"$KWALK" -q -j -c help "$BATS_FILE_TMPDIR/sample.core" |
		sed 's/.*"name":"\([a-z_]*\)".*/\1/' >names
	[ -s names ]
	while read -r name; do
		grep -q "^\.It Ic $name\$\|^\.It Ic $name " "$BATS_TEST_DIRNAME/../../doc/kwalk-commands.7" ||
			{ echo "$name is not in it"; return 1; }
	done <names
}

@test "kwalk-commands(7) has the options of every command, and no others" {
	local name

	"$KWALK" -q -j -c help "$BATS_FILE_TMPDIR/sample.core" | sed 's/.*"name":"\([a-z_]*\)".*/\1/' |
		while read -r name; do "$KWALK" -q -j -c "help $name" "$BATS_FILE_TMPDIR/sample.core" | head -n 1; done >answers
	[ -s answers ]
	python3 "$BATS_TEST_DIRNAME/options.py" "$BATS_TEST_DIRNAME/../../doc/kwalk-commands.7" <answers
}
