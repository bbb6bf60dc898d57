#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Who may include whom: base <- dump <- paging <- kernel <- { arch, command } <-
# the program (src/*.c). All below command/ prints nothing and keeps no state.
load common

# Each #include "..." of the sources, as "FILE:LINE INCLUDED".
includes() {
	sources | xargs awk '/^[ \t]*#[ \t]*include[ \t]*"/ {
		split($0, part, "\""); print FILENAME ":" FNR, part[2] }'
}

# Layers of the includer and the included, before what includes() says.
with_layers() {
	includes | awk '
	function layer(path) {
		sub(/^src\//, "", path)
		return path ~ /\// ? substr(path, 1, index(path, "/") - 1) : "program"
	}
	{ print layer($1), layer($2), $0 }'
}

@test "there are sources to look at" {
	[ "$(sources | wc -l)" -gt 20 ]
	[ "$(includes | wc -l)" -gt 50 ]
}

@test "no layer includes one above it" {
	with_layers | awk '
	BEGIN {
		height["base"] = 0; height["dump"] = 1; height["paging"] = 2
		height["kernel"] = 3; height["arch"] = 4; height["command"] = 4
		height["program"] = 5
	}
	!($1 in height) || !($2 in height) { print "unknown layer:", $0; next }
	height[$2] > height[$1]            { print $3, $4 }
	' | none "upward includes"
}

@test "arch and command meet only through kernel/arch.h" {
	with_layers | awk '
	$1 == "arch" && $2 == "command" || $1 == "command" && $2 == "arch" {
		print $3, $4
	}' | none "arch and command include each other"
	# The program sees no machine either.
	with_layers | awk '$1 == "program" && $2 == "arch" { print $3, $4 }' |
		none "the program includes arch"
}

@test "every include names its layer" {
	includes | awk '$1 !~ /^src\/[^\/]*$/ && $2 !~ /^[a-z]+\/[a-z0-9_]+\.h$/' |
		none "includes without a layer"
}

@test "every include names a file that is there" {
	includes | while read -r where file; do
		[ -f "src/$file" ] || [ -f "$file" ] || echo "$where $file"
	done | none "no such files"
}

@test "headers are included once, by a pragma" {
	sources | grep '\.h$' | xargs grep -L '^#pragma once$' |
		none "headers without #pragma once"
}

@test "only the prompt includes readline" {
	sources | xargs grep -l '#include <readline/' | grep -vx src/repl.c |
		none "readline outside src/repl.c"
	grep -q '#include <readline/' src/repl.c
}

# Code without comments and strings, as "FILE:LINE:CODE".
code() {
	awk '
	FNR == 1 { inside = 0 }
	{
		line = $0
		gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
		gsub(/\/\*([^*]|\*+[^*\/])*\*+\//, "", line)
		sub(/\/\/.*/, "", line)
		if (inside && sub(/^.*\*\//, "", line)) inside = 0
		if (inside) next
		if (sub(/\/\*.*/, "", line)) inside = 1
		print FILENAME ":" FNR ":" line
	}' "$@"
}

PRINTING='\b(printf|fprintf|vprintf|vfprintf|dprintf|puts|fputs|putc|fputc|putchar|perror|psignal|syslog)[[:space:]]*\('

@test "what lies below command prints nothing" {
	# shellcheck disable=SC2046 # names without blanks
	code $(sources | grep -E '^(src/(base|dump|paging|kernel)|arch)/') |
		grep -E "$PRINTING|\b(stdout|stderr|STD(OUT|ERR)_FILENO)\b|[^_]\bwrite *\(" |
		grep -v '__attribute__((format(printf' |
		none "these print"
}

@test "commands print through the output alone" {
	# shellcheck disable=SC2046 # names without blanks
	code $(sources | grep '^src/command/') |
		grep -E "$PRINTING|\b(stdout|stderr)\b" |
		grep -v '__attribute__((format(printf' |
		none "these print"
}

@test "what lies below command ends nothing and keeps no state" {
	# shellcheck disable=SC2046 # names without blanks
	code $(sources | grep -E '^(src/(base|dump|paging|kernel)|arch)/') |
		grep -E '\b(exit|_exit|abort|longjmp)[[:space:]]*\(' |
		none "these end the program"
	# A variable that is neither const nor a function's own.
	# shellcheck disable=SC2046 # names without blanks
	code $(sources | grep -E '^(src/(base|dump|paging|kernel)|arch)/') |
		grep -E ':[[:space:]]*static [^(]*[;=]' |
		grep -vE '\bconst\b' | none "global state"
}
