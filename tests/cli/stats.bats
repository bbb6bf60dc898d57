#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# --stats: what each command cost.
load common

NUMBERS='ms=[0-9]+\.[0-9]{3} cpu_ms=[0-9]+\.[0-9]{3} read=[0-9]+ unpacked=[0-9]+ pages=[0-9]+ hits=[0-9]+ peak=[0-9]+'

# count NAME LINE: the value of NAME in a line of the file `costs`.
count() {
	sed -n "$2p" costs | grep -o " $1=[0-9]*" | cut -d= -f2
}

@test "--stats: one line for each command on standard error, none without" {
	dump x86_64-tasks
	vmlinux 64
	"$KWALK" -q -j --stats -c 'ptob 1; tasks; ptov 1000' vmlinux x86_64-tasks >answers 2>costs
	[ "$(grep -cE "^kwalk: stats: (ptob|tasks|ptov) $NUMBERS\$" costs)" -eq 3 ]
	[ "$(wc -l <costs)" -eq 3 ]
	"$KWALK" -q -j -c 'ptob 1; tasks; ptov 1000' vmlinux x86_64-tasks >plain 2>complaints
	cmp plain answers
	[ ! -s complaints ]
}

@test "--stats: bytes that are read" {
	dump x86_64-tasks
	"$KWALK" -q --stats -c 'rd -p 1000 64; ptob 1; search -p deadbeefcafe1234' x86_64-tasks >/dev/null 2>costs
	[ "$(count read 1)" -ge 512 ]
	[ "$(count read 2)" -eq 0 ]
	[ "$(count read 3)" -ge 4096 ]
	[ "$(count unpacked 1)" -eq 0 ]
	[ "$(count peak 1)" -gt 0 ]
}

@test "--stats: pages that are unpacked, and found in the cache" {
	describe packed <<-END
	include $DUMPS/x86_64-tasks.txt
	container kdump
	END
	"$KWALK" -q --stats -c 'rd -p 1c02000 8; rd -p 1c02000 8' packed >/dev/null 2>costs
	[ "$(count pages 1)" -ge 1 ]
	[ "$(count unpacked 1)" -ge 4096 ]
	[ "$(count pages 2)" -eq 0 ]
	[ "$(count hits 2)" -ge 1 ]
}

@test "--stats: the line follows the answers" {
	dump x86_64
	"$KWALK" -q --stats -c 'ptob 1' x86_64 >both 2>&1
	[ "$(tail -n 1 both | grep -c '^kwalk: stats: ptob ')" -eq 1 ]
}

# Other parts of extract unpack each of the 2048 pages at most twice.
@test "extract: counting the pages in each state unpacks none" {
	needs_part extract
	describe large <<-END
	include $DUMPS/x86_64-tasks.txt
	container kdump
	segment paddr=4G filesz=8M memsz=8M
	at 4G: u64 seq 1048576 1 1
	END
	vmlinux 64
	"$KWALK" -q --stats -c 'extract -l tables -w out' vmlinux large >/dev/null 2>costs
	[ "$(grep -c 'stats: extract' costs)" -eq 1 ]
	grep 'stats: extract' costs >line
	mv line costs
	[ "$(count pages 1)" -lt $((3 * 2048)) ]
}
