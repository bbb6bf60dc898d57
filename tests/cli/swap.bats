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
	fails 1 'swap: nr_swapfiles is 33: more swap areas than any kernel allows' -q -c swap vmlinux bad
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
		grep -qx 'kwalk: rd: 7008: 7008 is swapped to /bin/init, slot 4661: it is not in the dump'
	# a RAM disk and zram are in memory
	for device in ram1 zram; do
		describe $device <<-END
		include $DUMPS/x86_64-files.txt
		at names+11: str "dev/$device"
		at area1+16: u64 d+file_zero
		END
	done
	"$KWALK" -q -c 'rd -P init 7008' vmlinux ram1 2>&1 | grep -q 'swapped to /dev/ram1 .*: it is in the memory of this RAM disk$'
	"$KWALK" -q -c 'rd -P init 7008' vmlinux zram 2>&1 | grep -q 'swapped to /dev/zram .*: it is compressed in the kernel.s memory, which kwalk does not decompress, unless zram wrote it to a backing device$'
	# what is not mapped is not swapped
	"$KWALK" -q -c 'rd -P init 9000000' vmlinux x86_64-files 2>&1 | grep -qx 'kwalk: rd: 9000000: 9000000 is not mapped'
}

@test "a page in swap may be in zswap instead, if zswap holds pages" {
	vmlinux 64
	dump x86_64-files
	printf 'include %s\nat text_phys+4M+0x2fc0: u32 24\n' "$DUMPS/x86_64-files.txt" | describe zswapped
	objcopy --add-symbol zswap_stored_pages=.data:0x2fc0,global vmlinux with
	answers with zswapped 'vtop -p init 7000; pte 17ffffffffdb9400' <<-END
	7000 status=swapped swap_file=/bin/init zswap_pages=24 zswap=unknown doubt=-
	* kind=swapped swap_file=/bin/init zswap_pages=24 zswap=unknown doubt=-
	END
	answers with x86_64-files 'vtop -p init 7000' <<<'7000 status=swapped swap_file=/bin/init zswap_pages=- zswap=-'
	"$KWALK" -q -c 'vtop -p init 7000' with zswapped |
		grep -x '  SWAP: type 2, offset 4661, in /bin/init, zswap holds 24 pages, this one: unknown'
	"$KWALK" -q -c 'rd -P init 7000' with zswapped 2>&1 |
		grep -x 'kwalk: rd: 7000: 7000 is swapped to /bin/init, slot 4661: it is not in the dump, unless it is one of the 24 pages that zswap holds compressed'
}

@test "search: pages of the process that were swapped out were not searched" {
	vmlinux 64
	dump x86_64-files
	answers vmlinux x86_64-files 'search -P init -t "no such text"' <<-END
	* status=incomplete swapped_pages=2 message="some memory was not searched: 2 pages swapped out (the first at 6000)"
	END
	"$KWALK" -q -c 'search -P init -t "no such text"' vmlinux x86_64-files >answer 2>notes
	[ "$(cat answer)" = none ]
	grep -qx 'kwalk: search: some memory was not searched: 2 pages swapped out (the first at 6000)' notes
	# only the pages of the search count
	"$KWALK" -q -j -c 'search -P init -s 7000 -t "no such text"' vmlinux x86_64-files | json_hold 'it["swapped_pages"] == 1'
	"$KWALK" -q -j -c 'search -P init -e 5fff -t "no such text"' vmlinux x86_64-files >answer
	not grep -q swapped answer
}

@test "an entry with a swap area that does not exist is doubtful" {
	vmlinux 64
	dump x86_64-files i386
	answers vmlinux x86_64-files 'pte 17ffffffffdb9600 2fffffffffdb9600' <<-END
	* kind=swapped swap_type=2 doubt=-
	* kind=swapped swap_type=5 doubt="the kernel has no swap area 5"
	END
	dump x86_64-tasks
	answers vmlinux x86_64-tasks 'vtop -p init 7000' <<<'7000 status=swapped doubt="the kernel has no swap area 2"'
	# DEBUG_PAGEALLOC: the entry of a page of the direct map, without its present bit
	answers i386 'pte 300062' <<<'300062 kind=swapped doubt="in an entry for the kernel'"'"'s memory, this is frame 300, which the kernel unmapped (DEBUG_PAGEALLOC, KFENCE)"'
}
