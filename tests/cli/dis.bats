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
	has_capstone
}

# has_capstone: skip the test where kwalk was built without this library.
has_capstone() {
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
	"$KWALK" -c 'dis schedule+12 1' vmlinux code 2>&1 >/dev/null | grep -q '+12 is hexadecimal.* +c$'
	for line in 'rd schedule+12' 'sym schedule+12'; do
		"$KWALK" -c "$line" vmlinux code 2>&1 >/dev/null | grep -q '+12 is hexadecimal.* +c$'
	done
	not grep -q . <("$KWALK" -c 'dis schedule+d 1; rd schedule+8; sym schedule+d' vmlinux code 2>&1 >/dev/null)
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

@test "source lines and inlined functions, as addr2line has them" {
	cat >part.c <<-'C'
	struct part { int number; long high; };

	static inline __attribute__((always_inline)) void count(struct part *some) { asm volatile("incl %0" : "+m"(some->number)); }
	static inline __attribute__((always_inline)) void clear(struct part *some)
	{
		some->high = 0;
		count(some);
	}

	void part_clear(struct part *part)
	{
		clear(part);
		part->number += 5;
	}
	C
	MORE=part.c code
	"$KWALK" -q -j -c 'dis -l part_clear' vmlinux code >answers
	python3 - <<-'END'
	import json, os, subprocess
	deepest = 0
	for line in open("answers"):
	    it = json.loads(line)
	    want = subprocess.run(["addr2line", "-f", "-i", "-e", "vmlinux", it["address"]], capture_output=True, text=True, check=True).stdout.split("\n")
	    want = [(name, os.path.basename(place.split(" ")[0])) for name, place in zip(want[::2], want[1::2])]
	    calls = [{"symbol": it.get("inlined", it["symbol"].split("+")[0]), **{name: it[name] for name in ("file", "line")}}] + it.get("inlined_into", [])
	    got = [(call["symbol"], f"{os.path.basename(call['file'])}:{call['line']}") for call in calls]
	    assert got == want, (it["symbol"], got, want)
	    deepest = max(deepest, len(got))
	assert deepest == 3, deepest
	END
	"$KWALK" -q -c 'dis -l part_clear' vmlinux code | grep -q 'part\.c:3 (inlined: count, clear; called at .*part\.c:12)$'
}

# hole [KASLR]: vmlinux, and the dump `hole`, which lacks the page of the function schedule. The last two
# bytes before the page are nop and the start of schedule's second instruction, lea.
hole() {
	describe hole <<-END
	default kaslr ${1:-0}
	include $DUMPS/x86_64.inc
	segment paddr=0 vaddr=page_offset memsz=0xa0000
	segment paddr=1M vaddr=page_offset+1M memsz=15M+0x2000
	segment paddr=text_phys+0x2000 filesz=0 memsz=4K
	segment paddr=text_phys+0x3000 memsz=16M-0x3000
	at root[(page_offset>>39)&511]: u64 pud_direct|k
	at root[511]: u64 pud_image|TABLE
	include $DUMPS/x86_64-note.inc
	at text_phys+0x1ffe: u8 0x90 0x48
	END
}

@test "where the page is not in the dump, vmlinux has the bytes, and a line says so" {
	local kaslr offset
	code
	for kaslr in 0 0x2000000; do
		hole "$kaslr"
		"$KWALK" -q -j -c 'dis schedule' vmlinux hole >answers 2>complaints
		json_hold 'it["bytes_of"] == "vmlinux"' answers
		# As the file has them: schedule is 0x2000 bytes after the start of the first segment.
		json_values 'it["bytes"]' answers | tr -d '"[]\n' >bytes
		offset=$(readelf -lW vmlinux | awk '/LOAD.*ffffffff81000000/ { print $2 }')
		od -An -v -tx1 -j $((offset + 0x2000)) -N $(($(wc -c <bytes) / 2)) vmlinux | tr -d ' \n' | diff - bytes
		[ "$(wc -l <answers)" -gt 2 ]
		[ "$(grep -c 'as in vmlinux; the kernel may have changed it' complaints)" = 1 ]
	done
	"$KWALK" -q -c 'dis schedule 1' vmlinux hole 2>&1 | grep -qE 'BYTES OF$'
	# An instruction of which only the first byte is in the dump.
	hole
	"$KWALK" -q -j -c 'dis schedule-2 2' vmlinux hole >answers 2>complaints
	json_values 'it["bytes"][:4], it.get("bytes_of")' answers >rows
	diff - rows <<-'END'
	["90",null]
	["4848","vmlinux"]
	END
	# What the dump holds is shown without such a line.
	"$KWALK" -q -j -c 'dis simple_dname 1' vmlinux hole >answers 2>complaints
	not grep bytes_of answers
	[ ! -s complaints ]
}

@test "another vmlinux has no bytes of this dump" {
	code
	hole
	BUILD_ID=0xd0 vmlinux 64
	fails 1 @unreadable ffffffff81002000 -q -c 'dis ffffffff81002000' vmlinux hole
	not grep -q bytes_of output
}

@test "without the library" {
	code
	mkdir none
	: >"none/$(grep -ao 'libcapstone\.so\.[0-9]*' "$KWALK" | head -n 1)"
	export LD_LIBRARY_PATH=$PWD/none
	fails 1 @system 'libcapstone' -q -c 'dis schedule; sym schedule' vmlinux code
	# Other commands work.
	grep -q '"command":"sym".*"status":"ok"' output
}

@test "code of i386" {
	code
	vmlinux 32
	describe i386 <<-END
	include $DUMPS/i386.txt
	at text_phys+0x2000: u8 0x55 0x89 0xe5 0x40 0xe8 0 0 0 0 0x65 0x8b 0x15 0x34 0x12 0x57 0xc1 0x0f 0x0b 0x74 0xfe 0xc3
	END
	"$KWALK" -q -j -c 'dis schedule 8' vmlinux i386 >answers
	json_values 'it["address"], it["symbol"], it["bytes"], it["text"][:3], it.get("target_symbol")' answers >rows
	diff - rows <<-'END'
	["0xc1002000","schedule","55","pus",null]
	["0xc1002001","schedule+0x1","89e5","mov",null]
	["0xc1002003","schedule+0x3","40","inc",null]
	["0xc1002004","schedule+0x4","e800000000","cal","schedule+0x9"]
	["0xc1002009","schedule+0x9","658b15341257c1","mov",null]
	["0xc1002010","schedule+0x10","0f0b","ud2",null]
	["0xc1002012","schedule+0x12","74fe","je ","schedule+0x12"]
	["0xc1002014","schedule+0x14","c3","ret",null]
	END
}

# As objdump and crash write them, so that an address can be copied.
@test "immediate operands are unsigned numbers of the size of the operand" {
	code
	describe immediate <<-END
	include $DUMPS/x86_64.txt
	at text_phys+$((0x${schedule:8} - 0x81000000)): u8 0x48 0xc7 0xc7 0xe9 6 0x8a 0x9b 0x48 0x83 0xc4 0x80 0x83 0xe4 0xf0 0x66 0x83 0xf8 0xff 0xc6 0 0xff 0x6a 0xff 0xb8 9 0 0 0
	END
	"$KWALK" -q -j -c 'dis schedule 7' vmlinux immediate | json_values 'it["text"]' >rows
	diff - rows <<-'END'
	mov $0xffffffff9b8a06e9,%rdi
	add $0xffffffffffffff80,%rsp
	and $0xfffffff0,%esp
	cmp $0xffff,%ax
	movb $0xff,(%rax)
	push $0xffffffffffffffff
	mov $0x9,%eax
	END
}

@test "code of arm64" {
	code
	vmlinux arm64
	# The fourth instruction is not allocated.
	describe arm64 <<-END
	include $DUMPS/arm64.txt
	at text_phys+0x2000: u32 0xd503201f 0x94000000 0x90000000 0x02000000 0x54ffff80 0xf9400441 0xd65f03c0
	END
	"$KWALK" -q -j -c 'dis schedule 7' vmlinux arm64 >answers
	json_values 'it["symbol"], it["bytes"], it["text"].split()[0], it.get("target_symbol")' answers >rows
	diff - rows <<-'END'
	["schedule","1f2003d5","nop",null]
	["schedule+0x4","00000094","bl","schedule+0x4"]
	["schedule+0x8","00000090","adrp","schedule"]
	["schedule+0xc","00000002",".inst",null]
	["schedule+0x10","80ffff54","b.eq","schedule"]
	["schedule+0x14","410440f9","ldr",null]
	["schedule+0x18","c0035fd6","ret",null]
	END
	fails 1 @usage 'multiples of 4' -q -c 'dis schedule+2' vmlinux arm64
	# The instruction that contains the address is marked.
	"$KWALK" -q -j -c 'dis -r schedule+6' vmlinux arm64 | tail -1 | grep -q '"symbol":"schedule+0x4".*"marked":true'
}
