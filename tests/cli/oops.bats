#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# annotate: reports of kernels in texts, without any other file. tests/oops has the texts, and the
# facts about each.
load common

OOPS=${BATS_TEST_DIRNAME%/*}/oops

# facts PATTERN...: the facts about the texts whose names begin so.
facts() {
	local pattern files=()

	for pattern; do
		# shellcheck disable=SC2206 # a pattern of names
		files+=("$OOPS"/$pattern*.facts)
	done
	[ -e "${files[0]}" ]
	"$KWALK" annotate -s "$OOPS/01-null-member.txt" >first
	! grep -q capstone first || skip "without capstone"
	python3 "$OOPS/check.py" "$KWALK" "${files[@]}"
}

@test "addresses, instructions and registers of faults" { facts '0[1-9][b-]'; }

@test "arm64, mails, several boots" { facts '1[0-9][b-]'; }

@test "interleaved reports, flipped bits, page tables, struct pages" { facts '2[0-9][b-]'; }

@test "Rust, CFI, lockups, machine checks, lists" { facts '3[0-9][b-]'; }

@test "processes, single frames, functions of the kernel" { facts '4[0-9]-'; }

@test "Linux 2.6 to 4.18: faults, lists, stacks" { facts '10[0-9]'; }

@test "jumps, warnings, lockups, hung tasks, lack of memory" { facts '11[0-9]' '168'; }

@test "sanitizers, SLUB, page tables, divisions, processes" { facts '12[0-9]'; }

@test "i386 and arm64, old and new" { facts '13[0-9]' '140'; }

@test "riscv64: faults, traps, processes; riscv of 32 bits is not explained" { facts '17[0-9]' '18[0-5]' '203'; }

@test "what must not be concluded" { facts '14[1-9]' '15[0-9]'; }

@test "faults that a driver provoked in a guest" { facts '16[0-7]'; }

@test "other machines, names that look like numbers, words of reports" { facts '18[6-9]' '19[0-9]' '20[0-2]-' '20[45]-'; }

@test "what happened, and not who reports it; broken lines, and lines that contradict each other" { facts '3[56][0-9]-'; }

@test "heads that no list has, machines that are not decoded, old and new titles" { facts '32[0-9]-' '33[0-9]-' '34[0-6]-'; }

@test "texts that lack their first or last lines" { facts '38[0-8]-'; }

@test "sums of registers, cut reports, what ends a walk, lines of editors and programs" { facts '4[2-9][0-9]-' '50[0-9]-'; }

@test "code at the end, Xen, old forms, callers that handle, sizes of pages" { facts '2[2-6][0-9]-'; }

@test "syndromes, tags, sums, thunks, contradictions, words of die()" { facts '2[7-9][0-9]-'; }

@test "each text belongs to a test" {
	local text pattern patterns found

	patterns=$(sed -n "s/^@test.*{ facts \(.*\); }$/\1/p" "$BATS_TEST_FILENAME" | tr -d "'")
	for text in "$OOPS"/*.facts; do
		found=
		for pattern in $patterns; do
			# shellcheck disable=SC2053 # a pattern of names
			[[ ${text##*/} == $pattern* ]] && found=yes
		done
		[ "$found" ] || { echo "$text"; return 1; }
	done
}

@test "i386: the last addresses may be of vmalloc() where there is no high memory" {
	local both='or, in a kernel without high memory, in memory of vmalloc'

	sed -n '/fff9c000$/,/^CR0/p' "$OOPS"/489-*.txt >text
	"$KWALK" -q -c 'annotate -s text' | tr -s ' \n' ' ' >new
	grep -q 'in the fixed mappings, as behind or after kmap_atomic()\.' new
	sed -i 's/5\.14\.0-lab/2.6.24/' text
	"$KWALK" -q -c 'annotate -s text' | tr -s ' \n' ' ' >old
	grep -q "$both" old
}

@test "a taint that a report of another boot may have set names no report" {
	local warning oops

	warning='WARNING: CPU: 1 PID: 76 at fs/bracken.c:77 bracken_stop+0x19/0x20\nCPU: 1 PID: 76 Comm: bracken Not tainted 5.10.0-lab #1\nRIP: 0010:bracken_stop+0x19/0x20\n---[ end trace 0000000000000000 ]---'
	oops='general protection fault: 0000 [#1] SMP NOPTI\nCPU: 1 PID: 77 Comm: bracken Tainted: G        W         5.10.0-lab #1\nRIP: 0010:bracken_alloc+0x89/0x1f0'
	printf '%b\n%b\n' "$warning" "$oops" >text
	"$KWALK" -q -c 'annotate -s text' >shown
	grep -q 'Tainted W: a warning came before: look for it' shown
	not grep -q 'The text has one' shown
	sed 's/^/[  365.200001] /' text >timed
	"$KWALK" -q -c 'annotate -s timed' >shown
	grep -q 'The text has one: WARNING: CPU: 1' shown
}
