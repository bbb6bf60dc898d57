#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What a user has in hand is accepted as it stands: addresses from an oops, from gdb, crash and
# C; and an error names its reason and what to try next.
load common

setup_file() {
	"$DUMPS/mkvmlinux" 64 "$BATS_FILE_TMPDIR/vmlinux"
	"$MKDUMP" "$DUMPS/x86_64-tasks.txt" "$BATS_FILE_TMPDIR/dump"
}

setup() {
	not_by_chance
	cd "$BATS_FILE_TMPDIR" || return
}

# same COMMAND: each form on standard input is answered as COMMAND is.
same() {
	local wanted form got

	wanted=$("$KWALK" -q -j -c "$1" vmlinux dump | sed 's/"input":"[^"]*",//')
	[ -n "$wanted" ]
	while read -r form; do
		got=$("$KWALK" -q -j -c "$form" vmlinux dump 2>&1 | sed 's/"input":"[^"]*",//')
		[ "$got" = "$wanted" ] || { echo "$form: $got"; return 1; }
	done
}

@test "an address" {
	same 'vtop ffffffff81002010' <<-'END'
	vtop 0xffffffff81002010
	vtop 0XFFFFFFFF81002010
	vtop ffffffff81002010:
	vtop ffffffff81002010,
	vtop [<ffffffff81002010>]
	vtop <ffffffff81002010>
	vtop (ffffffff81002010)
	vtop `ffffffff81002010`
	vtop "ffffffff81002010"
	vtop 'ffffffff81002010'
	vtop ffff_ffff_8100_2010
	vtop 0xffff_ffff_8100_2010
	vtop 0xFFFF_FFFF_8100_2010
	vtop ffffffff,81002010
	vtop ffffffff`81002010
	vtop `ffffffff`81002010`
	vtop 0xffffffff,81002010
	vtop 0xffffffff'81002010
	vtop 0xffff'ffff'8100'2010
	END
	same 'pte deadbeef' <<-'END'
	pte 0xDEAD_BEEF
	pte 0xDEAD,BEEF
	pte 0xDEAD'BEEF
	pte 0xDEADBEEF:
	END
	# Quotes go on to quote.
	same 'sym schedule' <<-'END'
	sym 'schedule'
	sym 'sched'ule
	sym sch'e'dule
	END
}

@test "a symbol, sums, and places in an oops" {
	same 'vtop ffffffff81002010' <<-'END'
	vtop schedule+10
	vtop schedule+0x10
	vtop schedule + 10
	vtop schedule +10
	vtop schedule+ 10
	vtop "schedule + 10"
	vtop schedule + 20 - 10
	vtop &schedule + 10
	vtop schedule+0x10/0x20
	vtop 0010:schedule+0x10/0x20
	vtop RIP: 0010:schedule+0x10/0x20
	vtop <schedule+0x10>
	END
}

@test "names of the kernel's own, and of other programs" {
	same 'vtop ffffffff81002010' <<-'END'
	virt_to_phys ffffffff81002010
	virt_to_phys(ffffffff81002010)
	__pa schedule + 0x10
	__pa(schedule + 0x10)
	__pa(&schedule+0x10);
	__pa (ffffffff81002010)
	v2p 0xffffffff81002010
	END
	same 'ptov 1000' <<-'END'
	phys_to_virt 1000
	phys_to_virt(0x1000)
	__va 1000
	__va(0x1000)
	p2v 1000
	END
	same 'rd ffffffff81002010 2' <<<'rd(ffffffff81002010, 2)'
	# What is called no command is none.
	fails 1 @usage 'nosuch(1)' -q -c 'nosuch(1)' vmlinux dump
	fails 1 'kwalk: vtop: a number or symbol is missing' -q -c '__pa()' vmlinux dump
	fails 1 @usage '__pa(' -q -c '__pa(' vmlinux dump
	fails 1 @usage '__pa(init_task)' -q -c '__pa(init_task) 1000' vmlinux dump
}

@test "calls at the prompt are commands, not text to explain" {
	talk -q vmlinux dump <<-'END'
	expect kwalk>
	send __pa(ffffffff81002010)\r
	expect PHYSICAL
	expect kwalk>
	send quit\r
	END
}

@test "an error names its reason and what to try next" {
	local command message

	while IFS='|' read -r command message; do
		fails 1 "$message" -q -c "$command" vmlinux dump
	done <<-'END'
	rd ADDR::|kwalk: rd: ADDR:: the name of a symbol is missing after the colon annotate
	whatis RIP:|the name of a symbol is missing after the colon annotate explains whole lines of an oops
	ptov ffffffff81420800|not a physical address, for a virtual address, use vtop
	page 1000|for a physical address, use phys_to_page
	vtop 18446744073709551615|read as hexadecimal, if it is decimal, write 0xffffffffffffffff
	vtop -h|unknown option -h; vtop --help explains the command
	vtop --foo|unknown option --foo; known are: -u -k
	vtop <schedule+16>|gdb and crash write the offset in <...> in decimal, but kwalk reads hexadecimal: use +0x10
	ptov schedule|for the physical address of a symbol, use vtop
	END
	fails 1 @unknown 'p nosuch vmlinux' -q -c 'p nosuch' vmlinux dump
	fails 1 @unknown 'p jifies jiffies' -q -c 'p jifies' vmlinux dump
	fails 1 @usage 'vtp vtop' -q -c 'vtp 1000' vmlinux dump
	fails 1 @usage 'xyzzy help' -q -c xyzzy vmlinux dump
	fails 1 @usage 'zz help' -q -c zz vmlinux dump
	"$KWALK" -q -c 'vtop --help' vmlinux dump | grep -q '^vtop '
	fails 2 'is a program or library of user space, not a kernel' -q -c info /bin/ls
	# What is missing is missing because the file ends.
	head -c 20000000 dump >short
	fails 1 'levels is not known: the dump is damaged: the file is cut short -o levels= sets it' -q -c 'vtop init_task' vmlinux short
	printf 'info\nvtp 1\n' >script
	"$KWALK" -q -j vmlinux dump <script >answers 2>complaints || true
	said=answers complains @usage vtp ' (line 2 of standard input)'
	needs_part report
	fails 1 '. is a directory: name a file in it' -q -c 'report -w .' vmlinux dump
}

# head OFFSET BYTES: the file `head` of a megabyte has these bytes, as printf writes them.
head_at() {
	rm -f head
	truncate -s 1M head
	# shellcheck disable=SC2059 # a format
	printf "$2" | dd of=head bs=1 seek="$1" conv=notrunc status=none
}

@test "files of other programs are named, with the way out" {
	local at bytes words
	while read -r at bytes words; do
		head_at "$at" "$bytes"
		fails 2 "$words" -q -c info head
	done <<-'END'
	0 PAGEDU64\x0f\0 crash dump of Windows without -w
	0 PAGEDUMP crash dump of Windows
	0 \x7fVirtualBox\040SavedState\040V2.0 VirtualBox dumpvmcore
	0 VMA\0\0\0\0\x01 Proxmox vma extract
	0 EVF\x09\x0d\x0a\xff\0 EWF ewfexport
	0 HPAK HPAK hpakextract
	0 MDMP\x93\xa7 minidump of a process
	0 \xcf\xfa\xed\xfe Mach-O
	0 minidump\040FreeBSD/amd64 FreeBSD
	0 HIBR hibernation file of Windows
	4086 S1SUSPEND hibernation image of Linux
	4086 SWAPSPACE2 swap area
	65526 SWAPSPACE2 swap area
	64 \x7f\x10\xda\xbe image of a disk
	0 \xd1\xd2\xd3 first bytes are d1 d2 d3 00
	END
}

@test "a dump whose frames are of a Xen host is refused, under overrides, too" {
	local note
	for note in 'Xen type=0x1000001: u64 0' 'VMCOREINFO_XEN type=0: str "PAGESIZE=4096"' 'Xen type=0x2000001: u64 0xf00febed'; do
		describe xen <<-END
		include $DUMPS/x86_64-tasks.txt
		note $note
		END
		fails 2 'Xen frames of the host' -q -c info xen
		fails 2 'Xen frames of the host' -q -o root=1410000 -o levels=4 -c 'vtop 0' xen
	done
	# a guest that is not paravirtualised
	describe hvm <<-END
	include $DUMPS/x86_64-tasks.txt
	note Xen type=0x2000001: u64 0xf00febee
	END
	"$KWALK" -q -c info hvm
}
