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

# doc/kernel-facts.md, "Kernels of other eras", describes where they are from.
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

# sample-extract is what `extract -l tables` made of sample, described as text; sample-extract.json what it said of it.
@test "what extract made of the sample is shipped, holds what its manifest says, and answers as the whole" {
	needs_part extract
	local shipped=$DUMPS/sample-extract.json root

	"$DUMPS/mksample" "$MKDUMP" .
	dump sample-extract
	# Its pages, counted by the reader and by who copies them all.
	"$KWALK" -q -j -c 'info; extract -l all -w again.core --manifest again.json' vmlinux sample-extract >facts
	python3 - "$shipped" <<-'END'
	import json, sys
	shipped, again = (json.load(open(name)) for name in (sys.argv[1], "again.json"))
	facts = {fact["fact"]: fact["value"] for fact in map(json.loads, open("facts")) if "fact" in fact}
	assert (int(facts["pages_present"]), int(facts["pages_filtered"])) == (shipped["pages"], shipped["left_out"]), facts
	assert facts["dump_extract"] == shipped["level"] == "tables"
	for name in "pages", "zero", "left_out", "unreadable", "bytes":
	    assert shipped[name] == again[name], name
	END
	# extract of today makes the same of the sample.
	"$KWALK" -q -c 'extract -l tables -w sample-extract.core --manifest made.json' vmlinux sample.core || true
	cmp made.json "$shipped"
	"$KWALK" -q -c 'extract -l all -w today.core' vmlinux sample-extract.core
	cmp today.core again.core
	# What the MMU lists is answered alike, of both. The variables that tell vmalloc from a hole are a few bytes of a page
	# each in the sample, of which the rest is filtered: the manifest says that pages are lacking, and regions are silent.
	root=$(sed -n 's/^root //p' "$DUMPS/sample-x86_64.tlb")
	awk '!/^#|^root/ { print "vtop", $1 }' "$DUMPS/sample-x86_64.tlb" >script
	for file in sample.core sample-extract; do
		"$KWALK" -q -j -o root="$root" -x script vmlinux "$file" |
			json_values '[it.get(name) for name in ("input", "status", "physical", "page_size", "writable", "cache", "levels")]' >"$file.answers"
	done
	[ "$(wc -l <sample.core.answers)" -gt 100 ]
	cmp sample.core.answers sample-extract.answers
	grep -q '"part":"pages","message":"16 are filtered"' "$shipped"
	"$KWALK" -q -c 'rd -p 8610000 1; rd schedule' vmlinux sample-extract >said 2>complaints || true
	grep -q 'left out by extract' complaints
}
