#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Instructions: the command dis. The bytes are written by hand, from the manuals of the machines.
load common

# code: vmlinux, and the dump `code`, in which the function schedule has other bytes.
code() {
	vmlinux 64
	local at
	at=$(nm vmlinux | sed -n 's/ [Tt] schedule$//p')
	schedule=$at
	describe code <<-END
	include $DUMPS/x86_64.txt
	at text_phys+$((0x${at:8} - 0x81000000)): u8 0x55 0x48 0x89 0xe5 0x67 0x0f 0xb9 0x40 0x12 0x06 0x01 0xee 0xe8 0 0 0 0 0x90 0x48 0x8d 0x05 0xe7 0xff 0xff 0xff 0x74 0xfe
	END
	"$KWALK" -q -j -c 'dis schedule 1' vmlinux code >first 2>&1 && return
	grep -q 'built without the library capstone' first && skip 'without capstone'
}

@test "instructions of the dump, what the library does not know, and targets" {
	code
	"$KWALK" -q -j -c 'dis schedule 9' vmlinux code >answers
	json_values 'it["symbol"], it["bytes"], it["text"][:3], it.get("target_symbol")' answers >rows
	diff - rows <<-'END'
	["schedule","55","pus",null]
	["schedule+0x1","4889e5","mov",null]
	["schedule+0x4","670fb94012","ud1",null]
	["schedule+0x9","06",".by",null]
	["schedule+0xa","01ee","add",null]
	["schedule+0xc","e800000000","cal","schedule+0x11"]
	["schedule+0x11","90","nop",null]
	["schedule+0x12","488d05e7ffffff","lea","schedule"]
	["schedule+0x19","74fe","je ","schedule+0x19"]
	END
	"$KWALK" -q -c 'dis schedule 1' vmlinux code | grep -qE '^[0-9a-f]{16}  schedule +push'
}

@test "an address, a count, a whole function, to an address and from one" {
	code
	[ "$("$KWALK" -q -j -c "dis $schedule" vmlinux code | wc -l)" = 1 ]
	[ "$("$KWALK" -q -j -c 'dis schedule+1' vmlinux code | wc -l)" = 1 ]
	[ "$("$KWALK" -q -j -c 'dis schedule+1 3' vmlinux code | wc -l)" = 3 ]
	[ "$("$KWALK" -q -j -c 'dis schedule' vmlinux code | wc -l)" -gt 1 ]
	# Only the instruction that contains the address is marked.
	"$KWALK" -q -j -c 'dis -r schedule+d' vmlinux code >answers
	[ "$(wc -l <answers)" = 6 ]
	[ "$(grep -c '"marked":true' answers)" = 1 ]
	tail -1 answers | grep -q '"symbol":"schedule+0xc".*"marked":true'
	"$KWALK" -q -c 'dis -r schedule+d' vmlinux code | tail -1 | grep -qE '=> call'
	"$KWALK" -q -j -c 'dis -f schedule+c' vmlinux code | head -1 | grep -q '"symbol":"schedule+0xc"'
	"$KWALK" -q --csv -c 'dis schedule 2' vmlinux code | grep -q 'schedule+0x1'
	fails 1 @usage '-r -f' -q -c 'dis -r -f schedule' vmlinux code
}

@test "code that is not in the dump" {
	code
	fails 1 @unreadable 'ffff888010000000' -q -c 'dis ffff888010000000 2' vmlinux code
	fails 1 @unknown 'no_such' -q -c 'dis no_such' vmlinux code
	fails 1 @no-answer 'ffff888000001000' -q -c 'dis -r ffff888000001000' vmlinux code
}

@test "an instruction that reaches a page that is not in the dump" {
	code
	describe edge <<-END
	include $DUMPS/x86_64.txt
	at 0x9fffe: u8 0x90 0xe8
	END
	fails 1 @unreadable 'ffff88800009ffff ffff8880000a0000' -q -c 'dis ffff88800009fffe 2' vmlinux edge
	grep -q '"text":"nop"' output
	not grep -q '"text":".byte' output
}

@test "source lines" {
	code
	"$KWALK" -q -j -c 'dis -l schedule 1' vmlinux code >answers
	json_hold 'it["file"].endswith(".c") and it["line"] > 0' answers
}
