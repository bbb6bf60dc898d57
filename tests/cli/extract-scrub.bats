#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# extract --scrub: names are pseudonyms, texts are not there, and all else answers as before.
load common
of_part extract

# scrub LEVEL FILE...: writes out.
scrub() {
	"$KWALK" -q "${@:2}" -c "extract -f --scrub -l $1 -w out" >/dev/null
}

# holds FILE TEXT...: prints the texts that the file holds, in plain or with two bytes a letter.
holds() {
	python3 - "$@" <<-'END'
	import sys
	try:
	    data = open(sys.argv[1], "rb").read()
	except OSError as error:
	    print(error)
	    raise
	for text in sys.argv[2:]:
	    if any(text.encode(code) in data for code in ("ascii", "utf-16-le", "utf-16-be", "utf-32-le")):
	        print(text)
	END
}

# unnamed LINES FILE...: the answers without names, and without the state and the unknown use of
# pages that a level leaves out.
unnamed() {
	"$KWALK" -q -j "${@:2}" -c "$1" 2>/dev/null | looked_at |
		sed -E 's/,"page_(state|reason)":"[a-z, ]*"//g; s/,"use":"unknown"//g; s/ of pid ([0-9]+) \([^)]*\)/ of pid \1/; s/"(comm|file|path|resource|slab_cache|device|filesystem)":"[^"]*"/"\1":""/g'
}

# names FIELD LINES FILE...: prints the values of that field in the answers.
names() {
	"$KWALK" -q -j "${@:3}" -c "$2" 2>/dev/null >names.json
	json_values "it.get('$1') or '-'" names.json | tr -d '"'
}

secrets=(init-worker kthreadd shell 'dev/zero' 'pool of buffers')

@test "tables, frames: the answers are as from the whole dump, and no name is left" {
	vmlinux 64
	dump x86_64-tasks
	asked='regions; tasks; check; pt; vtop ffffffff81000000 ffff888001200000; ptov 30000; ptov -a 30000; vmas -p 1; vmas -p 3; pagemap 0 0 -p 1'
	[ "$(holds x86_64-tasks "${secrets[@]}")" = "$(printf '%s\n' "${secrets[@]}")" ]
	for level in tables frames; do
		scrub "$level" vmlinux x86_64-tasks
		unnamed "$asked" vmlinux x86_64-tasks >whole
		unnamed "$asked" vmlinux out >part
		diff whole part
		[ -s whole ]
		[ -z "$(holds out "${secrets[@]}")" ]
	done
}

@test "a number that an answer reads is not kept if it is text" {
	vmlinux 64
	describe textual <<-END
	include $DUMPS/x86_64-tasks.txt
	at t_shell+0x60: str "SECRETLY"
	END
	[ "$(holds textual SECRETLY)" = SECRETLY ]
	for level in tables frames kernel; do
		scrub "$level" vmlinux textual
		[ -z "$(holds out SECRETLY)" ]
	done
}

# The first pointer of the slab's list, or the random bits of the cache, look like text.
@test "pointers of free objects that are hardened stay, whatever they look like" {
	vmlinux 64
	for textual in pointer random; do
		python3 - "$textual" <<-'END' >pointers.inc
		import sys
		swapped = lambda value: int.from_bytes(value.to_bytes(8, "little"), "big")
		place = lambda i: 0xffff888000050000 + 96 * i
		text = int.from_bytes(b"likewise", "little")
		random = text if sys.argv[1] == "random" else text ^ place(5) ^ swapped(place(2) + 48)
		print(f"at caches+72: u64 {random:#x}")
		for i, following in (2, place(5)), (5, 0), (7, place(8)), (8, 0):
		    print(f"at {0x50000 + 96 * i + 48:#x}: u64 {following ^ random ^ swapped(place(i) + 48):#x}")
		END
		{ echo "include $DUMPS/x86_64-slabs.txt"; cat pointers.inc; } | describe hardened
		[ -n "$(holds hardened likewise)" ]
		for level in frames kernel; do
			scrub "$level" vmlinux hardened
			"$KWALK" -q -j -c 'slabs; whatis ffff8880000500c0 ffff8880000501e0' vmlinux hardened |
				json_values 'it.get("allocated")' >whole
			"$KWALK" -q -j -c 'slabs; whatis ffff8880000500c0 ffff8880000501e0' vmlinux out |
				json_values 'it.get("allocated")' >part
			diff whole part
			[ "$(tail -n 1 whole)" = false ]
		done
	done
}

@test "a name has one pseudonym, wherever it stands, and others have others" {
	describe twice <<-END
	include $DUMPS/x86_64-tasks.txt
	at t_daemon+72: str "init\0old-secret\0"
	END
	vmlinux 64
	scrub tables vmlinux twice
	names comm tasks vmlinux twice >whole
	names comm tasks vmlinux out >part
	[ "$(paste whole part | sort -u | wc -l)" = "$(sort -u whole | wc -l)" ]
	[ "$(sort -u part | wc -l)" = "$(sort -u whole | wc -l)" ]
	[ "$(paste whole part | awk '$1 == $2 && $1 != "-" && $1 !~ /swapper/' | wc -l)" = 0 ]
	# The process and the file of that name; idle tasks keep their names, which other tools look for.
	name=$(paste whole part | awk '$1 == "init" { print $2; exit }')
	[[ $name =~ ^n[0-9a-z]{3}$ ]]
	names file 'vmas -p 1' vmlinux out | grep -qx "/n[0-9a-z]*/$name"
	grep -qx swapper/0 part
	[ -n "$(holds twice old-sec)" ]
	[ -z "$(holds out old-sec d-secret)" ]
}

@test "lengths of names are not told, but of short ones" {
	describe short <<-END
	include $DUMPS/x86_64-tasks.txt
	at t_daemon+72: str "x\0\0\0\0\0\0\0"
	at t_shell+72: str "longest-of-name\0"
	END
	vmlinux 64
	scrub tables vmlinux short
	names comm tasks vmlinux short >whole
	names comm tasks vmlinux out >part
	[[ $(paste whole part | awk '$1 == "x" { print $2 }') =~ ^[0-9a-z]$ ]]
	[[ $(paste whole part | awk '$1 == "longest-of-name" { print $2 }') =~ ^n[0-9a-z]{5}$ ]]
}

@test "kernel: pointers and small numbers stay, texts and keys do not, in any code" {
	describe canaries <<-END
	include $DUMPS/x86_64-slabs.txt
	at 0x50680: str "secret in a slab\0"
	at 0x506a1: str "odd secret\0"
	at 0x506c0: u32 0x00650073 0x00720063 0x00740065
	at 0x506e0: u32 0x73006500 0x63007200 0x65007400
	at 0x50700: u32 0x73 0x65 0x63 0x72 0x65 0x74
	at 0x50720: u64 0x8f1d2c3b4a596877 0x90a1b2c3d4e5f607
	at 0x50740: u64 d+0x31000 7 0x10ffff ~0
	END
	vmlinux 64
	scrub kernel vmlinux canaries
	[ -n "$(holds canaries secret)" ]
	[ -z "$(holds out secret secr cret ecre)" ]
	answers -s 1 vmlinux out 'rd -p 50740; rd -p 50748; rd -p -32 50750; rd -p 50720; rd -p 50728; rd -p -32 50700; rd -p 50680' <<-END
	50740 values.0=0xffff888000031000
	50748 values.0=0x7
	50750 status=error message=~"left out by extract"
	50720 status=error message=~"left out by extract"
	50728 status=error message=~"left out by extract"
	50700 status=error message=~"left out by extract"
	50680 status=error message=~"left out by extract"
	END
	asked='regions; check; pt; frames; zones; slabs; tasks; ptov 50680; ptov 54000'
	unnamed "$asked" vmlinux canaries >whole
	unnamed "$asked" vmlinux out >part
	diff whole part
}

@test "text that looks like a number is no number, a number beside one is none" {
	describe canaries <<-END
	include $DUMPS/x86_64-slabs.txt
	at 0x50680: str "abcdefgh1\0\0\0\0\0\0\0"
	at 0x506a0: str "ab\0\0\0\0\0\0"
	at 0x506b0: u32 0x61 0 0x61 0x62 0 0x10 0x101
	END
	vmlinux 64
	scrub kernel vmlinux canaries
	answers -s 1 vmlinux out 'rd -p -32 50688; rd -p -32 506a0; rd -p -32 506b0; rd -p -32 506b8; rd -p -32 506bc; rd -p -32 506c4 2' <<-END
	50688 status=error message=~"left out by extract"
	506a0 status=error message=~"left out by extract"
	506b0 values.0=0x61
	506b8 status=error message=~"left out by extract"
	506bc status=error message=~"left out by extract"
	506c4 values.0=0x10 values.1=0x101
	END
}

@test "of the boot loader's parameters nothing is kept but the setup header" {
	# The offset is found by the header; before it lie the monitor's EDID with its serial
	# number, and what the firmware says of disks: Documentation/arch/x86/zero-page.rst.
	{
		echo "include $DUMPS/x86_64-kaslr.txt"
		"$DUMPS/mkkallsyms" --note --also=boot_params
		cat <<-'END'
		let params text_phys+0x3a00
		at params+0x140: str "serial-of-the-monitor"
		at params+0x1fe: u8 0x55 0xaa 0xeb
		at params+0x202: str "HdrS" u16 0x20a
		at params+0x230: u32 0x200000
		at params+0x258: u64 0x1000000
		at params+0x2d0: str "first-of-e820"
		END
	} | describe booted
	"$KWALK" -q booted -c 'info -v' | grep -Eq "^kaslr_offset +1a200000 .*image's preferred address$"
	for level in tables frames kernel; do
		"$KWALK" -q booted -c "extract -f --scrub -l $level -w out" >/dev/null || [ $? = 1 ]
		[ -n "$(holds out HdrS)" ]
		[ -z "$(holds out serial monitor first-of)" ]
	done
}

# logged MODE KIND: a dump of that little kernel with a log of that kind.
logged() {
	local include="x86_64-4level x86_64-note" word=8

	[ "$1" = x86_64 ] || include=i386-flat word=4
	{
		# shellcheck disable=SC2086 # names without blanks
		printf "include $DUMPS/%s.inc\n" $include
		"$DUMPS/mklog" "$2" --word=$word --records=30
	} | describe logged
}

@test "the log has its records of each era, and nothing that they say" {
	local mode kind

	for mode in x86_64 i386; do
		for kind in ring records text; do
			logged $mode $kind
			"$KWALK" -q -j logged -c log >whole
			"$KWALK" -q logged -c 'extract -f --scrub -l kernel -w out' >/dev/null || [ $? -eq 1 ]
			"$KWALK" -q -j out -c log >part
			[ -s whole ]
			[ $kind = text ] || diff <(sed -E 's/"text":"[^"]*"//' whole) <(sed -E 's/"text":"[^"]*"//' part)
			[ "$(wc -l <whole)" = "$(wc -l <part)" ]
			json_hold 'set(it["text"]) <= set("*\n")' part
			json_values 'it["text"]' whole | tr -d '"' | awk 'length > 5' >said
			[ -s said ]
			not grep -qaFf said out
		done
	done
}

@test "a dump that was scrubbed says so" {
	vmlinux 64
	dump x86_64-tasks
	for form in '' '-z zlib'; do
		"$KWALK" -q -j vmlinux x86_64-tasks -c "extract -f --scrub $form --manifest list -w out" >answer
		json_hold 'it["scrubbed"] and it["pseudonyms"] >= 8' answer list
		"$KWALK" -q -j out -c info >facts
		[ "$(grep -c dump_scrubbed facts)" = 1 ]
		[ -z "$(holds out "${secrets[@]}")" ]
	done
	"$KWALK" -q -j vmlinux x86_64-tasks -c 'extract -f --manifest list -w out' >answer
	json_hold '"scrubbed" not in it' answer list
	"$KWALK" -q -j out -c info >facts
	[ "$(grep -c dump_scrubbed facts || true)" = 0 ]
	# What is written of it again is as scrubbed.
	scrub tables vmlinux x86_64-tasks
	"$KWALK" -q vmlinux out -c 'extract -f -w again' >/dev/null
	"$KWALK" -q -j again -c info | grep -q dump_scrubbed
}

@test "levels that have memory of processes are refused, and so is another kernel's vmlinux" {
	vmlinux 64
	dump x86_64-tasks
	for level in all 'process'; do
		fails 1 "scrub $level tables frames kernel" -q vmlinux x86_64-tasks -c "extract --scrub -l $level -w out 1"
	done
	[ ! -e out ]
	BUILD_ID=0xdead0001 vmlinux 64 5.10.0-9-amd64
	fails 1 'scrub vmlinux' -q vmlinux x86_64-tasks -c 'extract --scrub -w out'
	[ ! -e out ]
}
