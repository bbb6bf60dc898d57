#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Real guests' page tables against what the emulated MMU made of them.
load common

# agrees NAME: the sample's list holds in its process' table.
agrees() {
	local root

	dump "$1"
	root=$(sed -n 's/^root //p' "$DUMPS/$1.tlb")
	awk '!/^#|^root/ { print "vtop", $1 }' "$DUMPS/$1.tlb" >script
	"$KWALK" -q -j -o root="$root" -x script "$1" >answers
	python3 "$BATS_TEST_DIRNAME/mmu.py" "$DUMPS/$1.tlb" answers
}

@test "x86-64, four levels" {
	agrees sample-x86_64
}

@test "x86-64, five levels" {
	agrees sample-x86_64-5level
}

@test "PAE" {
	agrees sample-pae
}

@test "i386" {
	agrees sample-i386
}

# doc/kernel-facts.md, "Kernels of other eras", tells where they are from.
@test "kernels of all eras: pages, regions, gaps, swapped pages, pages without access" {
	local list

	for list in "$DUMPS"/era-*.tlb; do
		list=${list##*/}
		agrees "${list%.tlb}"
	done
}

@test "what lies outside the tables was left out" {
	dump sample-x86_64
	answers -s 1 sample-x86_64 'rd -p 100000' <<<'100000 status=error message=~filtered'
}
