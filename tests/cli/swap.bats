#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# swap: areas of swap, and processes that have memory there.
load common

@test "swap: areas, as /proc/swaps shows them" {
	vmlinux 64
	dump x86_64-files
	answers vmlinux x86_64-files swap <<-END
	* command=swap type=0 pages=1023 used=17 priority=-2 device="/dev/zero (deleted)" active=-
	* type=2 pages=16383 used=0 priority=5 device=/bin/init active=false
	END
}

@test "swap: none, an unknown table, and damage" {
	vmlinux 64
	dump x86_64-tasks
	answers vmlinux x86_64-tasks swap <<<'* command=swap status=ok rows=0 type=-'
	[ "$("$KWALK" -q -c swap vmlinux x86_64-tasks)" = none ]
	[ -z "$("$KWALK" -q --csv -c swap vmlinux x86_64-tasks | tail -n +2)" ]
	fails 1 @unknown 'swap nr_swapfiles' -q -c swap x86_64-tasks
	printf 'include %s\nat text_phys+4M+0x2cf0: u32 33\n' "$DUMPS/x86_64-files.txt" | describe bad
	fails 1 'swap: nr_swapfiles is 33, but no kernel has this number of areas' -q -c swap vmlinux bad
	printf 'include %s\nat area0+16: u64 0xdead000000000000\n' "$DUMPS/x86_64-files.txt" | describe bad
	answers -s 1 vmlinux bad swap <<-END
	* type=0 pages=1023 used=17 device=- message=*
	* type=2
	END
}

@test "rd: a page of a process that was swapped out, and where it is" {
	vmlinux 64
	dump x86_64-tasks x86_64-files
	fails 1 @unreadable 'rd 7000' -q -c 'rd -P init 7000' vmlinux x86_64-tasks
	"$KWALK" -q -c 'rd -P init 7000' vmlinux x86_64-tasks 2>&1 | grep -qx 'kwalk: rd: 7000: 7000 is swapped out (type 2, slot 4661)'
	"$KWALK" -q -c 'rd -P init 7008' vmlinux x86_64-files 2>&1 |
		grep -qx 'kwalk: rd: 7008: 7008 is swapped to /bin/init, slot 4661: it is not in the dump, unless compressed by zswap'
	# what is not mapped is not swapped
	"$KWALK" -q -c 'rd -P init 9000000' vmlinux x86_64-files 2>&1 | grep -qx 'kwalk: rd: 9000000: 9000000 is not mapped'
}
