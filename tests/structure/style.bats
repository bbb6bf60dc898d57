#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Scripts are as shellcheck and pyflakes want them, C files as clang-format writes them.
load common

setup() {
	cd "$TOP" || return
	git ls-files --error-unmatch configure.ac >/dev/null 2>&1 ||
		skip "not a git folder: generated files cannot be recognised"
}

# release TOOL VERSION: skips without TOOL, and where it is of another release, which finds
# other faults.
release() {
	command -v "$1" >/dev/null || skip "no $1"
	"$1" --version | grep -qE "(version:? |^)$2(\.|\$)" || skip "$1 is not of release $2"
}

# Those that a shell of shellcheck's runs, or reads.
scripts() {
	files | xargs -d '\n' awk '
		FNR == 1 && (/^#!.*\/(env )?(ba)?sh( |$)/ || /^# shellcheck shell=/ || FILENAME ~ /\.(bats|bash)$/) { print FILENAME }
		{ nextfile }'
}

@test "shellcheck has nothing to say of scripts and tests" {
	release shellcheck 0.9
	[ "$(scripts | wc -l)" -gt 10 ]
	# mend, or disable with the reason
	scripts | xargs -P 2 -n 20 shellcheck -f gcc
}

# drgn gives `prog` to its scripts; all names of `results` are the package's.
@test "pyflakes has nothing to say of Python" {
	release pyflakes3 '[23]'
	{
		files | grep '\.py$'
		files | xargs -d '\n' awk 'FNR == 1 && /^#!.*python3/ && FILENAME !~ /\.py$/ { print FILENAME } { nextfile }'
	} | xargs pyflakes3 | grep -vE "^bench/read.py.*'prog'|^python/kwalk/__init__.py.*(import \*|star imports)" |
		none "names that are unknown, unused or given twice"
}

# The release that the settings are for stands in their first lines.
@test "clang-format changes no C file" {
	release clang-format "$(sed -n 's/^# clang-format \([0-9]*\)\..*/\1/p' .clang-format)"
	[ "$(files | grep -c '\.[ch]$')" -gt 100 ]
	files | grep '\.[ch]$' | xargs -P 2 -n 60 clang-format --dry-run -Werror 2>&1 |
		sed 's/^\([^ :]*\):[0-9].* error: .*/\1/; /^[ \t]/d' | sort -u | none "clang-format -i changes these"
}
