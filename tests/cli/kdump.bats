#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# kdump-compressed dumps, flattened ones and split sets: the same memory answers
# the same in each, and kwalk reports what a file lacks.
load common

# Commands for the small x86-64 kernel, and for the 32-bit kernels.
WIDE='vtop ffff888001c00123 ffffc90000001ff8 ffffffff81000000 ffff888000000000 ffffffffff5fd020 ffff888002000000 7fffffffffff 800000000000; ptov 1c00123 9fbf8 1fff000; rd -p 1c00000 4; rd ffffc90000001ff8; page 0xffff888001c00000; regions; region ffff888001c00123 ffffffff81000010; phys_to_page 1c01000'
NARROW='vtop c0000000 c1000000 c1c00123 1000 2000 400000 0; ptov 1c00123; rd -p 1c00000 2; regions; phys_to_page 1c00123'

# kdump NAME BASE: NAME, BASE's memory with the statements on standard input.
kdump() {
	describe "$1" <<-END
	include $DUMPS/$2.txt
	container kdump
	$(cat)
	END
}

# ask COMMANDS FILE...: the answers.
ask() {
	"$KWALK" -q -j -c "$1" "${@:2}"
}

# same COMMANDS FILE...: the FILEs, one dump, answer as "whole" did.
same() {
	[ -s whole ]
	ask "$@" >got 2>complaints || [ $? = 1 ]
	diff whole got >difference || { echo "${*:2}:"; head -n 5 difference complaints; return 1; }
}

@test "each compression" {
	local codec

	dump x86_64
	ask "$WIDE" x86_64 >whole 2>/dev/null || true
	[ "$(wc -l <whole)" -gt 30 ]
	for codec in plain zlib lzo snappy zstd; do
		kdump "$codec" x86_64 <<<"kdump compression=$codec" || continue
		same "$WIDE" "$codec"
		facts "$codec" <<-END
		dump_format kdump-compressed
		pages_present 8096
		END
	done
	[ -s zlib ]
	[ -s plain ]
}

@test "pages of other sizes, where the machine has them" {
	local size codec machine commands='vtop ffff800009001ff8 ffff000001c00123 ffff800008000000; ptov 41c00123; rd ffff000001c00000 4; regions'

	dump arm64
	ask "$commands" arm64 >whole 2>/dev/null || true
	facts arm64 <<<'pages_present 8192'
	for size in 16K 64K; do
		for codec in plain zlib zstd; do
			kdump "$codec-$size" arm64 <<<"kdump compression=$codec page_size=$size" || continue
			same "$commands" "$codec-$size"
			facts "$codec-$size" <<<'pages_present 8192'
		done
		for machine in x86_64 i386; do
			kdump none "$machine" <<<"kdump page_size=$size"
			fails 2 "none block size of $((${size%K} * 1024)) bytes not a page size of" -q -c info none
		done
	done
	# a damaged page is damaged in each of its parts
	kdump damaged arm64 <<-END
	kdump page_size=64K compression=plain
	page 0x41c00000 offset=1
	END
	answers damaged 'vtop ffff000001c00123 ffff000001c0f000' <<-END
	ffff000001c00123 status=mapped page_state=damaged
	ffff000001c0f000 status=mapped page_state=damaged
	END
	for size in 8192 12288 32768 131072; do
		kdump odd arm64 <<<"kdump block_size=$size"
		fails 2 "odd block size 4096 16384 65536 $size" -q -c info odd
	done
}

@test "each version and word size of the header" {
	local version word

	dump x86_64 i386
	# a fact for which older headers have no room is given by hand
	strings -n 1 x86_64 | sed -n '/^OSRELEASE=/,/^KERNELOFFSET/p' >note
	grep -q SYMBOL note
	ask "$WIDE" -o vmcoreinfo=note x86_64 >whole 2>/dev/null || true
	for word in 32 64; do
		for version in 1 2 3 4 5 6; do
			kdump old x86_64 <<<"kdump version=$version word=$word"
			same "$WIDE" -o vmcoreinfo=note old
		done
	done
	ask "$NARROW" i386 >whole 2>/dev/null || true
	for word in 32 64; do
		kdump narrow i386 <<<"kdump word=$word"
		same "$NARROW" narrow
	done
}

@test "a machine that QEMU's header does not say" {
	dump pae-qemu
	ask "$NARROW" pae-qemu >whole 2>/dev/null || true
	kdump qemu pae-qemu <<<'kdump qemu=1 phys_base=0x12345000'
	same "$NARROW" qemu
	kdump other x86_64 <<-END
	elf machine=loongarch
	notes
	kdump notes_size=0 vmcoreinfo_size=0
	END
	fails 2 'other loongarch64' -q -c info other
}

@test "phys_base of the header, where no note has it" {
	# no page table is found in memory: this banner is none
	none='at text_phys+2M: str "no banner"'
	kdump old x86_64 <<<"kdump version=2 phys_base=0x1000000
	$none"
	ask info old | grep -q '"fact":"phys_base","value":"0x1000000","source":"header of the dump"'
	kdump qemu x86_64 <<<"kdump version=2 phys_base=0x1000000 qemu=1
	$none"
	fails 2 'qemu architecture is unknown arch=' -q -c info qemu
	ask info -o arch=x86_64 qemu >answers 2>complaints
	not grep '"fact":"phys_base"' answers
}

@test "flattened: records in any order, replaced, left out where zero" {
	local options

	dump x86_64
	ask "$WIDE" x86_64 >whole 2>/dev/null || true
	for options in record=65536 'record=1000 order=1' 'record=4096 order=2' 'record=333 order=2 overlap=1' 'record=512 holes=1'; do
		kdump flat x86_64 <<<"flatten $options"
		same "$WIDE" flat
		facts flat <<<'pages_present 8096'
		[ "$(ask info flat | head -n 1 | grep -c '"flattened kdump-compressed"')" = 1 ]
		describe flat-elf <<-END
		include $DUMPS/x86_64.txt
		flatten $options
		END
		same "${WIDE}" flat-elf || [[ $options == *holes* ]]
		[ "$(ask info flat-elf | head -n 1 | grep -c '"flattened ELF"')" = 1 ]
	done
	kdump odd x86_64 <<<'flatten type=2'
	fails 2 'odd flattened' -q -c info odd
	kdump odd x86_64 <<<'flatten version=3'
	fails 2 'odd flattened' -q -c info odd
	random_bytes 5000 | cat <(head -c 4096 flat) - >odd
	fails 2 odd -q -c info odd
}

@test "flattened without its end" {
	kdump flat x86_64 <<<'flatten record=4096 end=0'
	ask 'vtop ffff888001c00123' flat >answers 2>complaints
	grep -q '"physical":"0x1c00123"' answers
	complains @warning 'flat:'
}

@test "zero pages that were left out, and pages that may hold anything" {
	for level in 1 31; do
		kdump "level$level" x86_64-missing <<<"kdump level=$level"
	done
	answers level1 'vtop ffff888001f80000 ffff888001f7f000' <<-END
	ffff888001f80000 page_state=zero
	ffff888001f7f000 page_state=present
	END
	answers level1 'rd -p 1f80000 2' <<<'1f80000 values.0=0x0 values.1=0x0'
	answers level31 'vtop ffff888001f80000 ffff888001f7f000' <<-END
	ffff888001f80000 page_state=filtered
	ffff888001f7f000 page_state=present
	END
	fails 1 @unreadable 'rd 1f80000 filtered' -q -c 'rd -p 1f80000' level31
	facts level31 <<-END
	pages_present 7968
	pages_filtered 128
	END
}

@test "one page of each kind of trouble" {
	kdump odd x86_64 <<-END
	at 0x1c00000: seq 512 1 0x12345
	at 0x1c01000: seq 512 1 0x12345
	at 0x1c02000: seq 512 1 0x12345
	at 0x1c03000: seq 512 1 0x12345
	at 0x1c04000: seq 512 1 0x12345
	at 0x1c05000: seq 512 1 0x12345
	at 0x1c06000: seq 512 1 0x12345
	page 0x1c00000 wrong=0
	page 0x1c01000 offset=0x7fffffff000
	page 0x1c02000 size=4097
	page 0x1c03000 flags=3
	page 0x1c04000 offset=0 size=0
	page 0x1c05000 offset=64
	page 0x1c06000 size=0
	END
	answers -s 0 odd 'vtop ffff888001c00000 ffff888001c01000 ffff888001c02000 ffff888001c03000 ffff888001c04000 ffff888001c05000 ffff888001c06000 ffff888001c07000' <<-END
	ffff888001c00000 status=mapped physical=0x1c00000 page_state=damaged
	ffff888001c01000 page_state=truncated
	ffff888001c02000 page_state=damaged
	ffff888001c03000 page_state=damaged
	ffff888001c04000 page_state=truncated
	ffff888001c05000 page_state=damaged
	ffff888001c06000 page_state=damaged
	ffff888001c07000 page_state=present
	END
	fails 1 @unreadable 'rd 1c00000 damaged' -q -c 'rd -p 1c00000' odd
}

@test "a table in each kind of trouble" {
	kdump damaged x86_64 <<<'page 0x1000 wrong=0'
	answers -s 1 damaged 'vtop ffff888001c00123' <<<'ffff888001c00123 status=unreadable level=pud reason=damaged physical=-'
	kdump lost x86_64 <<-END
	kdump status=zlib|incomplete
	page 0x2000 offset=0 size=0
	END
	answers -s 1 lost 'vtop ffff888001c00123' <<<'ffff888001c00123 status=unreadable level=pmd reason=truncated'
	complains @warning 'lost:' 'ran out of space'
	facts lost <<-END
	pages_present 8095
	pages_truncated 1
	END
	ask info lost | grep -q '"pages_truncated","value":1,.*"bytes":4096,"first":"0x2000"'
}

# reorder FILE reverse: its pages backwards after the one of zeros, their descriptors as they
# were. With copy DISTANCE WHICH...: of the pages that are not the one of zeros, the descriptors
# of these numbers (negative: from the last) lead to the page DISTANCE pages further on.
reorder() {
	python3 - "$@" <<-END
	import struct, sys
	name, how, *numbers = sys.argv[1:]
	file = bytearray(open(name, "rb").read())
	sub, blocks, pages = struct.unpack_from("<III", file, 432)
	bits = (1 + sub + blocks // 2) * 4096
	at = (1 + sub + blocks) * 4096
	frames = [f for f in range(pages) if file[bits + f // 8] >> f % 8 & 1]
	places = {f: (at + 24 * i,) + struct.unpack_from("<QI", file, at + 24 * i)
	          for i, f in enumerate(frames)}
	if how == "copy":
	    distance, *which = map(int, numbers)
	    first = min(offset for _, offset, _ in places.values())
	    stored = [place for place in places.values() if place[1] != first]
	    for i in which:
	        (one, _, size), (_, other, same) = stored[i], stored[i % len(stored) + distance]
	        assert size == same == 4096
	        struct.pack_into("<Q", file, one, other)
	else:
	    data = {}
	    for _, offset, size in places.values():
	        data[offset] = bytes(file[offset:offset + size])
	    start = min(data)
	    end, moved = start + len(data[start]), {start: start}
	    for offset in sorted(data, reverse=True)[:-1]:
	        moved[offset] = end
	        file[end:end + len(data[offset])] = data[offset]
	        end += len(data[offset])
	    for entry, offset, size in places.values():
	        struct.pack_into("<Q", file, entry, moved[offset])
	open(name, "wb").write(file)
	END
}

@test "pages in another order than their descriptors" {
	local codec

	dump x86_64
	ask "$WIDE" x86_64 >whole 2>/dev/null || true
	for codec in plain zlib; do
		kdump $codec x86_64 <<<"kdump compression=$codec"
		reorder $codec reverse
		same "$WIDE" $codec
		not grep 'make no sense\|contradict' complaints
		facts $codec <<<'pages_present 8096'
	done
}

@test "descriptors that lead to another descriptor's page are damaged" {
	local which ask='rd -8 -p 1800000 2457600'

	kdump ordered x86_64 <<-END
	kdump compression=plain
	at 0x1800000: $(for ((i = 0; i < 600; i++)); do echo -n "u64 $((i + 1)) fill 4088 $((i % 200)) "; done)
	END
	for which in 50 300 -2 -1 '60 61 62'; do
		cp ordered wrong
		# shellcheck disable=SC2086 # one or several
		reorder wrong copy -40 $which
		ask "$ask; rd -p 1c00000; rd -p 1c05000" wrong >got 2>complaints && return 1
		[ "$(grep -c ' damaged$' complaints)" = 1 ] || { cat complaints; return 1; }
	done
}

@test "bitmaps that disagree with the descriptors answer nothing" {
	local kind

	# every page above would read its neighbour's content
	for kind in '' $'\nkdump diskdump=1 status=0'; do
		kdump gone x86_64 <<<"page 0x9000 dumped=0$kind"
		"$KWALK" -q -j -o root=1410000 -c 'rd -p 1c00000; vtop ffff888001c00123' gone >answers 2>complaints || true
		not grep '"mapped"\|0x1122334455667788' answers
		complains @warning 'gone:' 'contradict each other'
		kdump more x86_64-missing <<<"page 0x1f80000 dumped=1$kind"
		"$KWALK" -q -j -o root=1410000 -c 'rd -p 1c00000; vtop ffff888001c00123' more >answers 2>complaints || true
		not grep '"mapped"' answers
		complains @warning 'more:'
	done
	# in the second bitmap only: it is in the file, and that is what counts
	kdump odd x86_64 <<<'page 0x1c00000 memory=0'
	answers odd 'rd -p 1c00000' <<<'1c00000 values.0=0x1122334455667788'
}

@test "wrong sizes in the header" {
	local field

	for field in block_size=8192 block_size=0 sub_blocks=0x7fffffff bitmap_blocks=0xfffffffe bitmap_blocks=0; do
		kdump bad x86_64 <<<"kdump $field"
		fails 2 'kwalk bad' -q -c 'vtop ffff888001c00123' bad
	done
	for field in vmcoreinfo_offset=0xffffffffffffff00 vmcoreinfo_size=0xffffffffff notes_offset=0x7fffffffffffffff notes_size=0xffffffffffff; do
		kdump bad x86_64 <<<"kdump $field"
		"$KWALK" -q -j -o root=1410000 -o arch=x86_64 -o levels=4 -c 'vtop ffff888001c00123' bad >answers 2>complaints
		grep -q '"physical":"0x1c00123"' answers
		complains @warning 'bad:' 'a note extends past the end'
	done
	kdump bad x86_64 <<<'kdump sub_blocks=1 max_mapnr=0xffffffff'
	ask info bad >answers 2>complaints || [ $? -le 2 ]
}

# parts: p1 to p3, three of one dump, the second of them without a frame in it.
parts() {
	kdump p1 x86_64 <<<'kdump split=1 start_pfn=0 end_pfn=0x1410'
	kdump p2 x86_64 <<<'kdump split=1 start_pfn=0x1410 end_pfn=0x1412'
	kdump p3 x86_64 <<<'kdump split=1 start_pfn=0x1412 end_pfn=0x2000'
	kdump empty x86_64 <<<'kdump split=1 start_pfn=0x1412 end_pfn=0x1412'
}

@test "split: parts in any order, flattened ones too" {
	dump x86_64
	ask "$WIDE" x86_64 >whole 2>/dev/null || true
	parts
	same "$WIDE" p1 p2 p3
	same "$WIDE" p3 p1 p2
	same "$WIDE" p2 p3 p1
	same "$WIDE" p2 p3 empty p1 empty
	kdump f2 x86_64 <<-END
	kdump split=1 start_pfn=0x1410 end_pfn=0x1412
	flatten record=5000 order=2
	END
	same "$WIDE" f2 p3 p1
	facts p3 f2 p1 <<<'pages_present 8096'
	# a part without frames, placed inside the frames of another part, hides none of these
	kdump midst x86_64 <<<'kdump split=1 start_pfn=0x1000 end_pfn=0x1000'
	same "$WIDE" p1 midst p2 p3
	facts p1 midst p2 p3 <<<'pages_present 8096'
}

@test "split: a part that is missing, doubled, or of another dump" {
	parts
	"$KWALK" -q -j -c 'vtop ffff888001c00123' p1 p3 >answers 2>complaints || true
	complains @warning 'p1: 1410 1411' 'of the split set with frames'
	grep -q '"reason":"truncated"\|not-mapped\|error' answers
	not grep '"mapped"' answers
	fails 0 'missing frames 1412 1fff' -q -c 'info' p1 p2
	fails 2 'p2 part' -q -c 'info' p1 p2 p3 p2
	kdump midst x86_64 <<<'kdump split=1 start_pfn=0x1400 end_pfn=0x1400'
	kdump over x86_64 <<<'kdump split=1 start_pfn=0x1400 end_pfn=0x1412'
	fails 2 'p1 over part 1400' -q -c 'info' p1 midst over p3
	kdump other x86_64 <<<'kdump split=1 start_pfn=0x1412 end_pfn=0x2000 time=99'
	fails 2 'other not parts' -q -c 'info' p1 p2 other
	kdump other x86_64-missing <<<'kdump split=1 start_pfn=0x1412 end_pfn=0x2000'
	fails 2 'other not parts' -q -c 'info' p1 p2 other
	dump x86_64
	fails 2 'x86_64 not parts' -q -c 'info' p1 x86_64
	fails 2 'x86_64 not parts' -q -c 'info' x86_64 p1
	kdump whole x86_64 </dev/null
	fails 2 'whole not parts' -q -c 'info' p1 p2 whole
}

@test "cut anywhere, damaged anywhere: no wrong translation" {
	kdump zlib x86_64 </dev/null
	kdump flat x86_64 <<<'flatten record=3000'
	for name in zlib flat; do
		python3 "$BATS_TEST_DIRNAME/hurt.py" "$KWALK" "$name" 40 1
	done
}
