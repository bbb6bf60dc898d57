#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# search: values and texts in the kernel's memory, a process' and physical memory.
load common

@test "values of each width at multiples of it" {
	dump x86_64
	answers x86_64 'search 1122334455667788; search -32 55667788; search -16 3344; search -p -s 1c00000 -e 1cfffff -8 dc; search -32 66778899' <<-END
	1122334455667788 command=search status=ok virtual=0xffffc90000000000 \
		value=0x1122334455667788 physical=-
	55667788 status=ok virtual=0xffffc90000000000 value=0x55667788
	3344 status=ok virtual=0xffffc90000000004 value=0x3344
	dc status=ok physical=0x1c05ffe value=0xdc virtual=-
	END
	# 32-bit kernels have pointers of 32 bits
	dump i386
	answers i386 'search 11223344; search -64 5566778811223344; search -p 11223344' <<-END
	11223344 virtual=0xc1c00000 value=0x11223344
	5566778811223344 virtual=0xc1c00000 value=0x5566778811223344
	11223344 physical=0x1c00000
	END
}

@test "several values, ranges and masks" {
	dump x86_64
	answers x86_64 'search -p fedcba9876543210 1122334455667788; search -i 1122334455667700 11223344556677ff; search -i 1122334455667788 +1 fedcba9876543210; search -m ffff 112233445566ffff; search -i 1122334455667789 +100' <<-END
	1122334455667788 physical=0x1c00000
	fedcba9876543210 physical=0x1c05ff8
	"1122334455667700 11223344556677ff" virtual=0xffffc90000000000 value=0x1122334455667788
	"1122334455667788 +1" virtual=0xffffc90000000000
	fedcba9876543210 virtual=0xffffc90000001ff8
	112233445566ffff virtual=0xffffc90000000000 value=0x1122334455667788
	END
	# more values than are compared at once
	answers x86_64 "search $(seq -s ' ' 1122334455660001 2 1122334455660101) $(seq -s ' ' 7711223344556688 -1 7711223344556600) fedcba9876543210 1122334455667788" <<-END
	1122334455667788 virtual=0xffffc90000000000
	fedcba9876543210 virtual=0xffffc90000001ff8
	END
}

@test "symbols" {
	dump x86_64-kaslr
	vmlinux 64
	# what page_offset_base holds
	answers vmlinux x86_64-kaslr 'search ffff9c2380000000; search -s page_offset_base -l 8 ffff9c2380000000' <<-END
	ffff9c2380000000 virtual=0xffffffff9b600000
	ffff9c2380000000 virtual=0xffffffff9b600000
	END
}

@test "texts lie anywhere, and across pages that are neighbours only where they are mapped" {
	describe texts <<-END
	include $DUMPS/x86_64-4level.inc
	include $DUMPS/x86_64-note.inc
	at 0x1c00ffa: str "needle"
	at 0x1c05000: str "-in-hay\n"
	at 0x1cfffff: str "needles"
	END
	answers texts "search -t 'needle'; search -c needle-in needles; search -p -t needle-in; search -R direct-map -c needle" <<-END
	needle virtual=0xffff888001cfffff value=needles
	needle virtual=0xffffc90000000ffa value=needle-in-hay
	needles virtual=0xffff888001cfffff value=needles
	needle-in virtual=0xffffc90000000ffa value=needle-in-hay
	needle virtual=0xffff888001c00ffa value=needle
	needle virtual=0xffff888001cfffff value=needles
	END
}

@test "a frame is searched at one address: that in the image, in modules, in vmalloc, or else in the direct map" {
	dump x86_64 x86_64-aliases
	answers x86_64 'search -a 1122334455667788; search -R direct-map 1122334455667788; search -R vmalloc 1122334455667788; search -R modules 1122334455667788; search -s ffff888000000000 -e ffff8880ffffffff 1122334455667788' <<-END
	1122334455667788 virtual=0xffff888001c00000
	1122334455667788 virtual=0xffffc90000000000
	1122334455667788 virtual=0xffff888001c00000
	1122334455667788 virtual=0xffffc90000000000
	1122334455667788 virtual=0xffff888001c00000
	END
	answers x86_64 "search -t 'Linux version'; search -a -t 'Linux version'" <<-END
	"Linux version" virtual=0xffffffff81200000 value="~Linux version 6.1"
	"Linux version" virtual=0xffff888001200000
	"Linux version" virtual=0xffffffff81200000
	END
}

@test "freed init memory is searched at its address in vmalloc, and in the image where it has none" {
	describe reused <<-END
	include $DUMPS/x86_64-aliases.txt
	at pte_vmalloc[25]: u64 0x1580000|P|RW|G|NX|A|D
	at 0x1580010: u64 0x5ca1ab1e5ca1ab1e
	at 0x157fff8: u64 0x5ca1ab1e5ca1ab1e 0 0 # the last word before the section
	at 0x1581000: u64 0x5ca1ab1e5ca1ab1e
	END
	vmlinux 64
	answers vmlinux reused 'search 5ca1ab1e5ca1ab1e; search -R kernel-image 5ca1ab1e5ca1ab1e' <<-END
	5ca1ab1e5ca1ab1e virtual=0xffffc90000019010
	5ca1ab1e5ca1ab1e virtual=0xffffffff8157fff8
	5ca1ab1e5ca1ab1e virtual=0xffffffff81581000
	5ca1ab1e5ca1ab1e virtual=0xffffffff8157fff8
	5ca1ab1e5ca1ab1e virtual=0xffffffff81580010
	5ca1ab1e5ca1ab1e virtual=0xffffffff81581000
	END
	describe alone <<-END
	include $DUMPS/x86_64-aliases.txt
	at 0x1580010: u64 0x5ca1ab1e5ca1ab1e
	END
	answers vmlinux alone 'search 5ca1ab1e5ca1ab1e' <<-END
	5ca1ab1e5ca1ab1e virtual=0xffffffff81580010
	END
}

@test "parts of memory" {
	dump x86_64
	answers x86_64 'search -s ffffc90000000000 -e ffffc90000000007 1122334455667788; search -s ffffc90000000000 -l 8 1122334455667788; search -s ffffc90000000001 1122334455667788; search -s ffffc90000000000 -e ffffc90000000006 1122334455667788; search -p -e 1c00007 1122334455667788; search -p -l 0x1c00007 1122334455667788; search -p -s 1c00004 -32 11223344' <<-END
	1122334455667788 virtual=0xffffc90000000000
	1122334455667788 virtual=0xffffc90000000000
	1122334455667788 physical=0x1c00000
	11223344 physical=0x1c00004
	END
}

@test "across segments" {
	dump x86_64-vcore
	# 9fc00 and 1000000 begin segments that lie elsewhere in the file
	answers x86_64-vcore 'search -p -t 3333DDDD; search -p -s 9fbfe -e 9fc01 -16 2222' <<-END
	3333DDDD physical=0xfffffc value=3333DDDDDDDD
	2222 physical=0x9fc00
	END
}

@test "a process, by -P and by set; its pages without access too" {
	dump x86_64-tasks
	describe user <<-END
	include $DUMPS/x86_64-tasks.txt
	at 0x1c01010: u64 0x5ca1ab1e5ca1ab1e
	at 0x1c05010: u64 0x5ca1ab1e5ca1ab1e
	at 0x1c07010: u64 0x5ca1ab1e5ca1ab1e
	END
	vmlinux 64
	answers vmlinux user 'search -P init 5ca1ab1e5ca1ab1e; set 1; search -u -s 3000 5ca1ab1e5ca1ab1e; search -P 1 -a -e 200fff 5ca1ab1e5ca1ab1e; search -r 32000 -s 3000 5ca1ab1e5ca1ab1e' <<-END
	5ca1ab1e5ca1ab1e virtual=0x1010
	5ca1ab1e5ca1ab1e virtual=0x5010
	5ca1ab1e5ca1ab1e virtual=0x207010
	* status=incomplete swapped_pages=2
	* pid=1
	5ca1ab1e5ca1ab1e virtual=0x5010
	5ca1ab1e5ca1ab1e virtual=0x201010
	5ca1ab1e5ca1ab1e virtual=0x207010
	* status=incomplete swapped_pages=2
	5ca1ab1e5ca1ab1e virtual=0x1010
	5ca1ab1e5ca1ab1e virtual=0x5010
	* status=incomplete swapped_pages=2
	5ca1ab1e5ca1ab1e virtual=0x5010
	5ca1ab1e5ca1ab1e virtual=0x201010
	5ca1ab1e5ca1ab1e virtual=0x207010
	* status=incomplete swapped_pages=2
	END
	fails 1 'search: -u: no process is chosen' -q -c 'search -u 1' vmlinux user
	fails 1 @no-answer 'search -P nobody' -q -c 'search -P nobody 1' vmlinux user
	fails 1 'search: a kernel thread has no user memory' -q -c 'search -P 2 1' vmlinux user
	fails 1 '-s ffff888000000000: is not a user address' -q -c 'search -P 1 -s ffff888000000000 1' vmlinux user
}

@test "-w shows what each place is" {
	dump x86_64-purpose
	vmlinux 64
	answers vmlinux x86_64-purpose "search -w -s page_offset_base -l 8 ffff888000000000; search -w -p -s 1001000 -l 0x1000000 -t 'Linux version'" <<-END
	ffff888000000000 virtual=0xffffffff81400000 whatis.kind=symbol \
		whatis.symbol=page_offset_base+0x0
	"Linux version" physical=0x1200000 whatis.as=physical whatis.kind=* whatis.text=*
	END
	"$KWALK" -q -c 'search -w -s page_offset_base -l 8 ffff888000000000' vmlinux x86_64-purpose >answers
	grep -q '^  .*page_offset_base' answers
}

@test "memory that is not in the dump is reported; missing memory that should be there is an error" {
	dump x86_64-missing x86_64-cut
	answers x86_64-missing 'search 1122334455667788; search -p 1122334455667788' <<-END
	* status=incomplete filtered=524288 searched=32636928 message=~filtered
	* status=incomplete filtered=524288 message=~1f80000
	END
	complains @unreadable 'search 512 filtered 1f80000' 'some memory was not searched'
	answers -s 1 x86_64-cut 'search -p 1122334455667788' <<<'* status=incomplete truncated=524288'
	answers -s 1 x86_64-missing 'search -P 1 1' <<<'* status=error'
}

@test "tables that are not in the dump" {
	describe gaps <<-END
	include $DUMPS/x86_64-4level.inc
	include $DUMPS/x86_64-note.inc
	at pmd_vmalloc[1]: u64 0x3000000|KTABLE
	at 0x1c00000: u64 0x1122334455667788
	END
	answers -s 1 gaps 'search 1122334455667788' <<-END
	1122334455667788 virtual=0xffffc90000000000
	* status=error \
		"message=~the answer may be incomplete: 1 part of the page tables is missing or corrupt, the first is "
	END
}

@test "compressed dumps have the same" {
	local commands='search -p -c Linux; search -p -s 0 -e ffff 0; search -p -m ffffff ffff888000000000; search -c Linux' name

	for name in plain zlib lzo snappy zstd; do
		describe $name <<-END
		include $DUMPS/x86_64.txt
		container kdump
		kdump compression=$name
		END
		"$KWALK" -q -j -c "$commands" $name >answers
		[ -f expected ] || cp answers expected
		cmp expected answers
	done
	printf 'include %s/x86_64.txt\ncontainer kdump\nflatten record=5000 order=2' "$DUMPS" | describe flat
	"$KWALK" -q -j -c "$commands" flat | cmp - expected
	[ "$(wc -l <expected)" -gt 1000 ]
}

@test "other containers have the same, by many threads" {
	local commands='search -p -s 100000 -e 1ffffff -c Linux x; search -p -s 1100000 -e 12fffff -32 0'

	printf 'include %s/x86_64.txt\nat 18M: seq 20000 0x7878000000000000 1' "$DUMPS" | describe many
	KWALK_THREADS=0 "$KWALK" -q -j -c "$commands" many >expected
	[ "$(wc -l <expected)" -gt 20000 ]
	for container in lime avml vmem qemu virsh; do
		python3 "$BATS_TEST_DIRNAME/containers.py" "$container" many "other.$container"
		KWALK_THREADS=4 "$KWALK" -q -j -o arch=x86_64 -c "$commands" other.$container* >answers
		cmp expected answers
	done
}

@test "any number of threads gives the same" {
	local name threads

	dump x86_64
	printf 'include %s/x86_64.txt\ncontainer kdump' "$DUMPS" | describe kdump
	for name in x86_64 kdump; do
		for threads in 0 1 2 3 16; do
			KWALK_THREADS=$threads "$KWALK" -q -j -c 'search -p -8 65 4c; search -c e; search -p -s 0 -e ffff 0' $name >answers.$threads
			cmp answers.0 answers.$threads
		done
		[ "$(wc -l <answers.0)" -gt 1000 ]
	done
}

@test "zeros are found too, in holes of the file and in pages left out as zeros" {
	dump x86_64
	[ "$("$KWALK" -q -j -c 'search -p -s 1d00000 -e 1d00fff 0' x86_64 | wc -l)" = 512 ]
	# all but three of 4 MiB
	[ "$("$KWALK" -q -j -c 'search -p -s 1c00000 -e 1dfffff 0' x86_64 | wc -l)" = $((262144 - 3)) ]
	describe zero <<-END
	include $DUMPS/x86_64-missing.txt
	container kdump
	kdump level=1
	END
	[ "$("$KWALK" -q -j -c 'search -p -s 1f80000 0' zero | wc -l)" = 65536 ]
}

@test "wrong requests name the word that is wrong" {
	dump x86_64
	while IFS='|' read -r command text; do
		fails 1 "$text" -q -c "search $command" x86_64
	done <<-'END'
	-8 100|100: does not fit in 8 bits
	-16 fffff 1|fffff: does not fit in 16 bits
	-32 -i 0 fffffffff|-i fffffffff: does not fit in 32 bits
	-m 100 -8 1|-m 100: does not fit in 8 bits
	-m|option -m needs a value
	-m ff -c text|-m ff: there is no value to mask
	-m xyz 1|-m xyz: not a hexadecimal number
	-m f -i 1 2 3|-m: values from START to END cannot be masked
	-i 1000|option -i needs a second value, END, after 1000
	-i 1000 fff|-i fff: END is below START
	-i 1000 +0|-i +0: SIZE must not be 0
	-i 1000 +ffff|-i +ffff: not a number
	-s ffffc90000001000 -e ffffc90000000fff 1|-e ffffc90000000fff: END is below START
	-s ffffc90000001000 -l 0 1|-l 0: SIZE must not be 0
	-s ffffffffffffff00 -l 4096 1|-l 4096: reaches past the last address
	-s ffffc90000001000 -e ffffc90000001fff -l 9 1|exclude each other
	-s|option -s needs a value
	-e|option -e needs a value
	-s 1000 1|-s 1000: is not a kernel address
	-e 1000 1|-e 1000
	-R nowhere 1|-R nowhere: no such region; direct-map, vmalloc
	-p -R vmalloc 1|-R vmalloc: only virtual memory has regions
	-p -s linux_banner 1|-s linux_banner:
	-t ''|-t : an empty text
	-z 1|unknown option -z
	END
	fails 1 @usage 'search VALUE' -q -c 'search -k' x86_64
	fails 1 @usage 'search VALUE' -q -c 'search -c' x86_64
	fails 1 @unknown 'search -s nonsense' -q -c 'search -s nonsense 1' x86_64
	fails 1 @unknown 'search nonsense' -q -c 'search nonsense' x86_64
	fails 1 'search: aaaa is longer than 256 bytes' -q -c "search -c $(printf 'a%.0s' $(seq 257))" x86_64
}

@test "progress on a terminal, and Ctrl-C" {
	dump x86_64
	cat >script <<-'END'
	expect kwalk: search: 0 s, 0%; Ctrl-C ends it
	exits 0
	END
	KWALK_PROGRESS=0 python3 "$BATS_TEST_DIRNAME/terminal.py" script /bin/sh -c "'$KWALK' -q -c 'search -p 1122334455667788' x86_64 >answers"
	patiently python3 "$BATS_TEST_DIRNAME/interrupt.py" 1 "$KWALK" -q -j -c 'search -p -8 0; info' x86_64 >answers 2>complaints || got=$?
	[ "$got" = 1 ]
	complains @interrupted search 'the answer may be incomplete'
	[ "$(grep -c '"command":"info"' answers)" = 0 ]
	python3 -c 'import json; print(len([json.loads(s) for s in open("answers")]))'
	[ "$(wc -l <answers)" -gt 100 ]
	# also within what a thread has found, of 100000s of places
	[ "$(wc -l <answers)" -lt 20000 ]
}
