#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Types and memory that were made to hurt: wrong sizes, and small dumps that ask
# for much work. Each answer must come, or a complaint.
load common

@test "a member that has not the size of what is loaded is refused" {
	dump x86_64-tasks
	HOSTILE=1 vmlinux 64
	fails 1 'struct task_struct: tasks has 1 bytes' -q vmlinux x86_64-tasks -c tasks
}

@test "a type without size, and a range of slots that is all numbers" {
	dump x86_64-areas-nodes x86_64-areas
	HOSTILE=1 vmlinux 64 6.12.0
	answers vmlinux x86_64-areas-nodes 'region ffffffffc0000010' <<<'ffffffffc0000010 region=modules module=-'
	HOSTILE=1 vmlinux 64
	answers vmlinux x86_64-areas 'region ffffffffff5fd123' <<<'ffffffffff5fd123 slot_index=514 cpu=-'
}

# fails_soon DUMP: it cannot be read, which is found out in no time.
fails_soon() {
	local got=0

	patiently "$KWALK" -q -c info "$1" >output 2>complaints || got=$?
	[ "$got" = 2 ] || { echo "exit status $got"; head complaints; return 1; }
}

# modules NR SYMBOLS STRINGS: a kernel with so many modules, each with so many symbols
# and so many bytes of names, out of two pages that are mapped over and over; with ENDLESS names without an end.
modules() {
	local at i next

	{
		echo "include $DUMPS/x86_64.txt"
		"$DUMPS/mkkallsyms" --note --btf
		echo 'let v page_offset'
		echo 'let many vmalloc_base+1G'
		echo 'at pud_vmalloc[pud_row_vmalloc+1]: u64 0x1e40000|k 0x1e41000|k'
		echo 'at 0x1e40000: u64 seq 512 28M|DATA|PS 0'
		echo 'at 0x1e41000: u64 seq 512 0x1a00000|DATA|PS 0'
		# each symbol: its name at 1, in section 1, at an address of no use
		echo 'at 28M: u64 seq 262144 0x1000000000001 0'
		echo 'at 26M: fill 2M 65'
		[ -n "${ENDLESS:-}" ] || echo 'at 28M-1: u8 0'
		echo 'at text_phys+0x400400: u64 v+0x1e50000 0'
		for ((i = 0; i < $1; i++)); do
			at=$((0x1e50000 + 0x100 * i))
			next=v+$((at + 0x100))
			[ $((i + 1)) = "$1" ] && next="text+0x400400"
			printf 'at %d: u64 %s 0 str "m%d\\0"\n' $at $next "$i"
			echo "at $at+80: u64 v+$at+0x60 0 many $2 many+1G many+1G+$3"
		done
	} >kernel.txt
	"$MKDUMP" kernel.txt kernel
}

@test "symbols of modules: a bound on their memory, and a complaint" {
	modules 12 16 16M
	fails 1 'sym no_such symbols of 7 modules only m7 128 MiB' -q kernel -c 'sym no_such; sym _text'
	grep -q '^ffffffff81000000' output
	modules 2 16 1M
	fails 1 @unknown 'sym no_such' -q kernel -c 'sym no_such'
	not grep 'only the symbols' complaints
}

@test "symbols of modules that are refused count as well: long names, and many symbols" {
	ENDLESS=1 modules 12 16 16M
	fails 1 'sym no_such symbols of 7 modules only m7 128 MiB' -q kernel -c 'sym no_such'
	ENDLESS=1 modules 12 1000000 1M
	fails 1 'sym no_such symbols of 5 modules only m5 128 MiB' -q kernel -c 'sym no_such'
}

@test "names of modules' symbols that never end cost no time" {
	modules 2 1000000 16M
	fails 1 @unknown 'sym no_such' -q kernel -c 'sym no_such'
}

@test "flattened: many segments over the same many records cost no time" {
	python3 - <<-'END'
	import struct
	segments, records = 40000, 200000
	size = 64 + 56 * segments
	core = b"\x7fELF\2\1\1".ljust(16, b"\0") + struct.pack("<HHIQQQIHHHHHH", 4, 62, 1, 0, 64, 0, 0, 64, 56, segments, 0, 0, 0)
	core += struct.pack("<IIQQQQQQ", 1, 7, size, 0, 0, records, records, 0) * segments
	with open("core", "wb") as out:
	    out.write((b"makedumpfile".ljust(16, b"\0") + struct.pack(">QQ", 1, 1)).ljust(4096, b"\0"))
	    out.write(struct.pack(">QQ", 0, size) + core)
	    for i in reversed(range(records)):
	        out.write(struct.pack(">QQ", size + i, 1) + b"x")
	    out.write(b"\xff" * 16)
	END
	fails_soon core
}

@test "AVML: many broken ranges before the same many chunks cost no time" {
	python3 - <<-'END'
	import struct
	ranges, padding, size = 30000, 500000, 32 + 10 + 9 + 4
	with open("avml", "wb") as out:
	    for i in range(ranges):
	        out.write(struct.pack("<4sIQQQ", b"AVML", 2, 65536 * i, 65536 * i + 65535, 0))
	        out.write(b"\xff\6\0\0sNaPpY" + b"\1\5\0\0" + b"\0\0\0\0x")
	        out.write(struct.pack("<I", 0xfe | (ranges - i - 1) * size << 8))
	    out.write(struct.pack("<I", 0xfe) * padding)
	END
	fails_soon avml
}

@test "vmlinux: many types with one endless name cost no time" {
	dump x86_64
	vmlinux 64
	python3 - <<-'END'
	import struct
	types = 200000
	with open("abbrev", "wb") as out:  # a unit, and a struct with a name in .debug_str
	    out.write(bytes([1, 0x11, 1, 0, 0, 2, 0x13, 0, 3, 0x0e, 0, 0, 0]))
	unit = struct.pack("<HIB", 4, 0, 8) + b"\1" + struct.pack("<BI", 2, 0) * types + b"\0"
	with open("info", "wb") as out:
	    out.write(struct.pack("<I", len(unit)) + unit)
	with open("str", "wb") as out:
	    out.write(b"a" * 1000000 + b"\0")
	END
	objcopy --strip-debug vmlinux
	objcopy --add-section .debug_abbrev=abbrev --add-section .debug_info=info --add-section .debug_str=str vmlinux
	patiently "$KWALK" -q -c 'tasks' vmlinux x86_64 >output 2>complaints || [ $? = 1 ]
}

# sections BITS: a vmlinux that claims four millions of them.
sections() {
	vmlinux "$1"
	python3 - "$1" <<-'END'
	import struct, sys
	many, wide = 4000000, sys.argv[1] == "64"
	with open("vmlinux", "rb") as file:
	    content = bytearray(file.read())
	at = -(-len(content) // 4096) * 4096
	section = bytearray(64 if wide else 40)
	if wide:
	    struct.pack_into("<Q", content, 40, at)  # e_shoff, e_shnum; sh_size of the first
	    struct.pack_into("<H", content, 60, 0)
	    struct.pack_into("<Q", section, 32, many)
	else:
	    struct.pack_into("<I", content, 32, at)
	    struct.pack_into("<H", content, 48, 0)
	    struct.pack_into("<I", section, 20, many)
	with open("vmlinux", "wb") as file:
	    file.write(content.ljust(at, b"\0") + section)
	    file.truncate(at + many * len(section))
	END
}

@test "vmlinux: millions of sections in a hole are not gone through" {
	dump x86_64 i386
	sections 64
	fails 2 'vmlinux: 4000000 sections damaged' -q vmlinux x86_64 -c 'sym ffffffff81001100'
	sections 32
	fails 2 'vmlinux: 4000000 sections damaged' -q vmlinux i386 -c 'sym c1001100'
}

# Gone through for each unit they would take hours; libdw is asked for types by names.
@test "vmlinux: many abbreviations without attributes: the search for a line is given up" {
	dump x86_64
	vmlinux 64
	python3 - <<-'END'
	import struct
	many = 1000000
	with open("abbrev", "wb") as out:
	    out.write(bytes([2, 0x13, 0, 0, 0]) * many + bytes([1, 0x11, 1, 0, 0, 0]))
	unit = struct.pack("<HIB", 4, 0, 8) + b"\1"
	with open("info", "wb") as out:
	    out.write((struct.pack("<I", len(unit)) + unit) * many)
	END
	objcopy --update-section .debug_abbrev=abbrev --update-section .debug_info=info --remove-section .debug_aranges vmlinux
	fails 1 'sym vmlinux: debug information damaged line given up' -q vmlinux x86_64 -c 'sym ffffffff81001100'
	grep -q '^ffffffff81001100' output
}

@test "vmlinux: line tables that need too many steps are given up, in lists as well" {
	dump x86_64
	DEBUG=-gdwarf-4 vmlinux 64
	objcopy --dump-section .debug_line=lines vmlinux
	python3 - <<-'END'
	import struct
	many = 34 << 20
	lines = bytearray(open("lines", "rb").read())
	at = 0
	while at < len(lines):
	    length, = struct.unpack_from("<I", lines, at)
	    struct.pack_into("<I", lines, at, many - at - 4)
	    at += 4 + length
	with open("lines", "wb") as out:
	    out.write(lines)
	    out.truncate(many)
	END
	objcopy --update-section .debug_line=lines vmlinux
	fails 1 'sym vmlinux: debug information damaged line given up' -q vmlinux x86_64 -c 'sym schedule'
	fails 1 'sym vmlinux: debug information damaged line given up' -q vmlinux x86_64 -c 'sym -q -v e'
	grep -q " schedule$" output
}

# libdw up to 0.191 decodes the whole table for the names of files: a row for each byte.
@test "vmlinux: the file of an inlined function's call is found without the rows of its line table" {
	vmlinux 64
	"$DUMPS/add-unwind-symbols" vmlinux
	dump x86_64-unwind
	objcopy --dump-section .debug_abbrev=abbrev --dump-section .debug_info=info --dump-section .debug_line=lines vmlinux
	python3 - <<-'END'
	import os, struct
	TEXT, SIZE = 0xffffffff81001200, 0x100
	place = struct.pack("<QQ", TEXT, SIZE)
	abbrev, lines = (os.stat(name).st_size for name in ("abbrev", "lines"))
	with open("abbrev", "ab") as out:
	    out.write(bytes([1, 0x11, 1, 0x11, 1, 0x12, 7, 0x10, 0x17, 3, 8, 0x1b, 8, 0, 0,
	                     2, 0x2e, 1, 3, 8, 0x11, 1, 0x12, 7, 0, 0,
	                     3, 0x1d, 0, 0x31, 0x13, 0x11, 1, 0x12, 7, 0x58, 0xb, 0x59, 0xb, 0, 0,
	                     4, 0x2e, 0, 3, 8, 0, 0, 0]))
	unit = b"\1" + place + struct.pack("<I", lines) + b"whole.c\0/src\0"
	inlined = 11 + len(unit)
	unit += b"\4inner\0" + b"\2outer\0" + place + b"\3" + struct.pack("<I", inlined) + place + b"\2\5\0\0"
	with open("info", "ab") as out:
	    out.write(struct.pack("<IHIB", len(unit) + 7, 4, abbrev, 8) + unit)
	names = b"include\0\0whole.c\0\0\0\0part.h\0\1\0\0\0"
	header = bytes([1, 1, 1, 0xfb, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1]) + names
	program = b"\0\x09\2" + struct.pack("<Q", TEXT) + bytes([18]) * (8 << 20) + b"\2\x80\2\0\1\1"
	table = struct.pack("<HI", 4, len(header)) + header + program
	with open("lines", "ab") as out:
	    out.write(struct.pack("<I", len(table)) + table)
	END
	objcopy --remove-section .debug_aranges --update-section .debug_abbrev=abbrev \
		--update-section .debug_info=info --update-section .debug_line=lines vmlinux
	# also where the kernel is not at the addresses of vmlinux
	printf 'let kaslr 0x1a200000\ninclude %s/x86_64-unwind.txt\n' "$DUMPS" | describe moved
	for name in x86_64-unwind moved; do
		patiently "$KWALK" -q -j --max-memory=200M -c 'bt 3' vmlinux $name >got
		json_hold '[it["symbol"], it["inlined"], it["file"], it["line"]] == ["inner", True, "whole.c", 1]' <(head -1 got) &&
			json_hold '[it["inlined"], it["file"], it["line"]] == [False, "include/part.h", 5]' <(sed -n 2p got) ||
			{ cat got; return 1; }
	done
}

# stops TEXT ARGUMENT...: as "fails 1", but never shows what may be much output.
stops() {
	local text=$1 got=0 word

	shift
	patiently "$KWALK" "$@" 2>complaints </dev/null | head -c 1000M >output
	got=${PIPESTATUS[0]}
	[ "$got" = 1 ] || { echo "exit status $got"; head complaints; return 1; }
	for word in $text; do
		grep -qiF -- "$word" complaints || { echo "no $word"; head complaints; return 1; }
	done
}

# selfish [LINE...]: processes, of which 3 has one table on all levels.
selfish() {
	vmlinux 64
	{
		echo "include $DUMPS/x86_64-tasks.txt"
		echo 'at 0x35000: u64 seq 512 0x35000|TABLE 0'
		printf '%s\n' "$@"
	} | describe selfish
}

# rows MOST: at least one row was answered, and no more than that.
rows() {
	[ "$(wc -l <output)" -gt 1 ]
	[ "$(wc -l <output)" -le "$1" ]
}

@test "pagemap, shared: tables that name themselves are gone through for a while" {
	selfish
	stops 'pagemap stopped tables repeatedly point to each other so far are shown' -q vmlinux selfish -c 'pagemap -p 3'
	rows 600000
	stops 'shared stopped point to each other so far are shown' -q vmlinux selfish -c 'shared 1 3'
	# the shared page is shown nevertheless
	selfish 'at pte_user[1]: u64 0x35000|P|US|A'
	stops 'shared stopped point to each other so far are shown' -q vmlinux selfish -c 'shared 1 3'
	grep -q '^35000 .* 1000$' output
	rows 600000
}

# As espfix is: 512 entries of four pmd tables' places lead to one table with a page.
@test "pagemap: one table that the kernel maps two thousand times is gone through" {
	{
		echo "include $DUMPS/x86_64.txt"
		echo 'at pud_vmalloc[pud_row_vmalloc+1]: u64 seq 4 0x1e40000|k 0'
		echo 'at 0x1e40000: u64 seq 512 0x1e41000|k 0'
		echo 'at 0x1e41000: u64 28M|DATA'
	} | describe often
	"$KWALK" -q -j often -c 'pagemap ffffc90040000000 ffffc90140000000' >answers || { cat answers; return 1; }
	[ "$(grep -c '"physical":"0x1c00000"' answers)" = 2048 ]
}

@test "shared: large pages over each other are cut in pieces for a while" {
	{
		echo "include $DUMPS/x86_64-tasks.txt"
		# 512 large pages for 1, the same one; its small ones for 3
		echo 'at pud_user[1]: u64 0x3f000|TABLE'
		echo 'at 0x3f000: u64 seq 512 28M|0xe7 0'
		echo 'at pud_user[2]: u64 seq 20 0x3f000|TABLE 0'
		echo 'at 0x36000[1]: u64 0x3e000|TABLE'
		echo 'at 0x3e000: u64 seq 512 28M|0x67 4K'
	} | describe pieces
	vmlinux 64
	stops 'shared stopped mappings so far are shown' -q vmlinux pieces -c 'shared 1 3'
	rows 1200000
}

@test "pt, ptov -a: the same over and over" {
	selfish "$(for ((i = 0; i < 512; i += 2)); do echo "at 0x35000[$i]: u64 0x35000|TABLE|G"; done)"
	stops 'pt stopped ranges so far are shown' -q vmlinux selfish -c 'pt -p 3'
	rows 300000
	selfish
	stops 'ptov more than 1048576 mappings so far are shown' -q vmlinux selfish -c 'ptov -a -u 35000'
	rows 1100000
}

@test "check: a direct map in small pages, and large ones over it many times" {
	describe bomb <<-END
	include $DUMPS/x86_64-4level.inc
	include $DUMPS/x86_64-note.inc
	at pmd_direct[16]: u64 seq 496 pte_direct|k 0
	at 0x43000: u64 seq 512 0|DATA|PS 0
	at 0x43000: u64 0|P|RW|A|D|PS|NX
	at root[((vmalloc_base>>39)&511)+1]: u64 seq 4 0x43000|k 0
	END
	stops '' -q -j bomb -c check
	grep '"check":"cache"' output | grep 'no frame with different cache types'
	{ cat bomb.txt; echo 'at 0x43000+8: u64 0|DATA|PS|PCD'; } >conflict.txt
	"$MKDUMP" conflict.txt conflict
	stops '' -q -j conflict -c check
	grep '"check":"cache"' output | grep '4 mappings have another cache type than the direct map, the first: 0 is mapped as WB at ffff888000000000 and as UC- at ffffc98040000000'
}

@test "a number of frames that no machine has is not believed" {
	local most

	for most in 0xffffffffffffffff 0x10000000001; do
		{
			echo "include $DUMPS/x86_64.txt"
			"$DUMPS/mkkallsyms" --note --btf
			echo "at text_phys+0x400028: u64 $most"
		} >kernel.txt
		"$MKDUMP" kernel.txt kernel
		"$KWALK" -q -j kernel -c 'info -v' >answers
		not grep '"fact":"max_pfn".*"value"' answers
		fails 2 'max_pfn: no machine has this number of frames' -o "max_pfn=$most" kernel -c info
		needs_part report
		"$KWALK" -q -j kernel -c 'report --json' >answers
		grep -q '"map_cell"' answers
	done
}
