#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# How sources include each other, and who prints. Which room may ask which is
# proved by rooms.bats.
load common

# Each #include "..." of the sources, as "FILE:LINE INCLUDED".
includes() {
	sources | xargs awk '/^[ \t]*#[ \t]*include[ \t]*"/ {
		split($0, part, "\""); print FILENAME ":" FNR, part[2] }'
}

@test "there are sources to look at" {
	[ "$(sources | wc -l)" -gt 20 ]
	[ "$(includes | wc -l)" -gt 50 ]
}

@test "every folder of sources is a room" {
	sources | grep / | sed -E 's|/[^/]*$||; s|^src/||' | sort -u |
		grep -vxFf <(sed -n 's/^\([a-z0-9/]*\):.*/\1/p' tests/structure/rooms) |
		none "no rooms"
	[ "$(rooms_below | wc -l)" -gt 20 ]
	# All but the sandbox's.
	[ "$(library | sed 's|/[^/]*$||' | sort -u | wc -l)" = "$(($(rooms_below | wc -l) - 1))" ]
}

@test "every include names its room" {
	includes | awk '$2 !~ /^[a-z0-9\/]+\/[a-z0-9_]+\.h$/' |
		none "includes without a room"
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
	sources | xargs grep -l '#include <readline/\|#include "program/line_editor.h"' |
		grep -vxE 'src/program/(line_editor\.[ch]|repl\.c)' | none "readline outside the prompt"
	grep -q '#include <readline/' src/program/line_editor.h
}

@test "each member of a kernel's struct that a room lists is read" {
	sources | xargs sed -nE 's/^\tX\(([A-Z0-9_]+), "[a-z0-9_]+", "[^"]+".*/\1/p' >"$BATS_TEST_TMPDIR/ids"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/ids")" -gt 300 ]
	sources | xargs grep -ohE '\b[A-Z0-9_]+\b' | sort | uniq -d |
		grep -vxFf - "$BATS_TEST_TMPDIR/ids" | none "members that nobody reads"
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

# The rooms below `output`: tests/structure/rooms has all, from below.
rooms_below() {
	sed -n '/^output:/q; s/^\([a-z0-9/]*\):.*/\1/p' tests/structure/rooms
}

# The sources of these rooms. What goes on in the sandbox and outside of it is the process'.
library() {
	sources | grep -E "^(src/)?($(rooms_below | grep -vx sandbox | paste -sd '|'))/[^/]*$"
}

@test "what lies below the commands prints nothing" {
	# shellcheck disable=SC2046 # names without blanks
	code $(library) |
		grep -E "$PRINTING|\b(stdout|stderr|STD(OUT|ERR)_FILENO)\b|[^_]\bwrite *\(" |
		grep -v '__attribute__((format(printf' |
		none "these print"
}

# What is printed holds text from dumps: it is cleaned where it leaves. A file whose
# bytes come through the helper's pipe gets them as the writer of answers has cleaned them. kwalk
# and the guard write to the socket between them.
@test "all is printed by the writer of answers and by say" {
	# shellcheck disable=SC2046 # names without blanks
	code $(sources | grep -vxE 'src/(output/(say|writer)|sandbox/new_files|qmp/(guard|qmp))\.c') |
		grep -E "$PRINTING|\b(stdout|stderr|f?write|[a-z]+_unlocked|rl_message) *\(|\bwritev? *\(" |
		grep -v '__attribute__((format(printf' |
		none "these print"
	# shellcheck disable=SC2046 # names without blanks
	code $(sources | grep -vxE 'src/(program/repl|output/(say|writer))\.c') |
		grep -E '\b(stdout|stderr)\b' | none "these know standard streams"
	# readline's own: it shows the line that is typed.
	code src/program/repl.c | grep -E '\bstdout\b|\bstderr\b' |
		grep -v 'editor.outstream = stderr;' | none "these know standard streams"
}

@test "text of answers is cleaned" {
	# shellcheck disable=SC2046 # names without blanks
	code $(sources | grep -vxE 'src/output/(say|writer|output|output_text|pen|table|csv)\.[ch]') |
		grep -E '\bwriter_put' | none "these go around the output"
	# The program's own text only: output_text() takes nothing but literals.
	# shellcheck disable=SC2046 # names without blanks
	code $(sources | grep -vxE 'src/(cli/commands/cmd_help|output/(output|output_text))\.[ch]') |
		grep -E '\boutput_own_text *\(' | none "these go around the cleaning"
	# shellcheck disable=SC2046 # names without blanks
	code $(sources | grep -vxE 'src/(program/main\.c|output/say\.[ch])') |
		grep -E '\bsay_(in_handler|on_stdout) *\(' |
		none "these go around the cleaning"
}

# The rooms of dumps count in the dump's own pages (base/page.h), which what is kept of one is
# counted in, too. Texts of reports name frames of x86, and adrp counts in 4 KiB. Below are entries and tables of formats that have one size of page.
PAGED='src/(base/page\.h|code/arm64\.c|oops/.*|(dump|extract|paging)/.*|devices/(amd_iommu\.c|tables\.h))|arch/.*'
# What is no page: bits and bounds, written `1 << 12`, and a character's in UTF-8.
NO_PAGE='\b(1|UINT64_C\(1\)) << 12\b|src/cli/request\.c:[0-9]+:.*character >> 12\b'

@test "the size of a page is the kernel's, or belongs to a format of tables" {
	# shellcheck disable=SC2046 # names without blanks
	code $(sources | grep -vxE "$PAGED") |
		grep -E '\bPAGE_(SIZE|SHIFT|MASK|BYTES)\b|\bpage_(first|last) *\(|(<<|>>) *12\b|\b0xfff(\b|[uUlL])|[-~%&|/] *(UINT64_C\()?409[56]\b|\b409[56][uUlL)]* *[-%&|/]' |
		grep -vE "$NO_PAGE" | none "these know the size of a page"
}

# A file can be made for any number of names with one FNV hash. A signature is the same on
# each machine, and chooses no place in a table.
# A copy of all members would share the caches and the data that a reader changes.
@test "a dump is copied by dump_share alone" {
	grep -q '^void dump_share(' src/dump/dump.c
	sources | xargs grep -nE '\*[a-z_]+ = \*([a-z_]+->)?(dump|reader|recorder);' | none "copies of a dump"
}

# libdw up to 0.191 decodes the whole table of lines for both, and cannot be stopped.
@test "lines and names of files are not asked of libdw" {
	[ "$(sources | grep -c ^src/debuginfo/)" -gt 10 ]
	sources | xargs grep -nE '\bdwarf_(getsrc(files|lines|_die)|onesrcline|linesrc|filesrc)\b' | none "calls of libdw"
}

@test "hash values that a file chooses depend on a key" {
	sources | grep -vx src/linux/crash/panic.c | xargs grep -nE '0x100000001b3|0xcbf29ce4|0x01000193|0x811c9dc5|5381' |
		none "these depend on no key"
}

@test "what lies below the commands ends nothing and keeps no state" {
	# shellcheck disable=SC2046 # names without blanks
	code $(library) |
		grep -E '\b(exit|_exit|abort|longjmp)[[:space:]]*\(' |
		none "these end the program"
	# A variable that is neither const nor a function's own.
	# What a thread is doing is of the thread alone.
	# shellcheck disable=SC2046 # names without blanks
	code $(library | grep -vx src/lib/thread.c) |
		grep -E ':[[:space:]]*static [^(]*[;=]' |
		grep -vE '\bconst\b' | none "global state"
}

# The exceptions only drop lines, set a time or add sizes.
@test "each loop of src/oops over lines asks whether to stop" {
	awk '
		/^\t+(for|while) \(.*(lines->nr|lines\.nr|next\.text\)|memchr\(text, .\\n)/ {
			head = $0; at = FILENAME ":" FNR; left = 7
		}
		left && /_stop(s|ped)/ { left = 0 }
		left && !--left { print at, head }' src/oops/*.c |
		grep -vE 'lines->nr > least|entry.first; i < |i\+\+\].size \+ 1' |
		none "loops that do not ask"
	[ "$(grep -cE '_stop(s|ped)' src/oops/lines.c)" -ge 3 ]
}
