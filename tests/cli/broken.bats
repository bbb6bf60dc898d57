#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Of a broken file the first line says what is wrong, and -v where.
load common

# kdump NAME BASE: NAME, BASE's memory with the statements on standard input.
kdump() {
	describe "$1" <<-END
	include $DUMPS/$2.txt
	container kdump
	$(cat)
	END
}

# says WHAT WHERE COMMANDS FILE...: standard error's first line has WHAT, and with
# -v a later one of the file WHERE; without -v none of that kind.
says() {
	local what=$1 where=$2 commands=$3

	shift 3
	"$KWALK" -q -c "$commands" "$@" >answers 2>complaints || [ $? -le 2 ]
	not grep '^kwalk: file: ' complaints
	"$KWALK" -q -v -c "$commands" "$@" >answers 2>complaints || [ $? -le 2 ]
	[ -z "$what" ] || head -n 1 complaints | grep -E -- "^kwalk: .*$what" || { cat complaints; return 1; }
	tail -n +"$((${#what} ? 2 : 1))" complaints | grep -E -- "^kwalk: file: .*$where" || { cat complaints; return 1; }
}

# contain NAME FORMAT: NAME's memory as NAME.FORMAT
contain() {
	python3 "$BATS_TEST_DIRNAME/containers.py" "$2" "$1" "$1.$2"
}

@test "ELF: cut memory, cut notes, a segment that is too high" {
	dump x86_64 bad-cut-notes
	head -c 5000000 x86_64 >"cut"
	says 'cut: the file is cut short: [0-9]+ bytes of memory are missing' \
		'cut: segment [0-9]+: the bytes of physical [0-9a-f]+ to 1ffffff should be at offset 0x[0-9a-f]+ of the dump, but the dump ends at 0x4c4b40' info cut
	says 'a note extends past' 'bad-cut-notes: segment 0: the notes at offset 0x[0-9a-f]+ should have 0x[0-9a-f]+ bytes; 0x[0-9a-f]+ bytes are in the file' \
		info bad-cut-notes
	describe high <<-END
	include $DUMPS/x86_64.txt
	segment paddr=64M vaddr=0xffff888008000000 memsz=64K p_paddr=0xfffffffffffff000
	END
	says 'high: 1 segments extend past the last address' 'high: segment [0-9]+: 0x10000 bytes at physical fffffffffffff000 extend' info high
}

@test "kdump-compressed: headers and bitmaps with their tails missing" {
	kdump whole x86_64 </dev/null
	for size in 100 4100 9000; do
		head -c "$size" whole >"cut"
		fails 2 "cut: cut short within its" -q -c info cut
		grep -E 'header, of 464 bytes|sub-header, 104 bytes at offset 0x1000|bitmaps .2 blocks at offset 0x2000' complaints
	done
	kdump size x86_64 <<<'kdump block_size=8192'
	fails 2 'size: block size of 4096 8192' -q -c info size
}

@test "kdump-compressed: cut, incomplete, contradictory, wrong sizes, pages that do not inflate" {
	kdump whole x86_64 <<<'at 0x1fff000: seq 512 1 0x12345'
	head -c -60 whole >"cut"
	says 'cut: .*is cut short: pages are missing' 'cut: page [0-9]+ of 8096: its descriptor at offset 0x[0-9a-f]+ says [0-9]+ bytes at offset 0x[0-9a-f]+, flags 0x1; .*the file ends at 0x' info cut
	kdump lost x86_64 <<-END
	kdump status=zlib|incomplete
	page 0x1c00000 offset=0 size=0
	END
	says 'lost: .*ran out of space' "lost: the header's status is 0x9" info lost
	says 'lost: .*ran out of space' 'lost: page frame 1c00: its descriptor at offset 0x[0-9a-f]+ was not filled in' 'rd -p 1c00000' lost
	kdump gone x86_64 <<<'page 0x9000 dumped=0'
	says 'gone: bitmap and page descriptors of the file contradict each other' \
		'gone: the bitmap at offset 0x3000 has 8095 pages, whose descriptors are at 0x4000 to 0x[0-9a-f]+, but the first descriptor says that pages begin at 0x' info gone
	kdump size x86_64 <<<'page 0x1fff000 size=4097'
	says 'size: pages are damaged, because page descriptors of the file make no sense' 'size: page 8096 of 8096: its descriptor at offset 0x[0-9a-f]+ says 4097 bytes' info size
	facts size <<<'pages_damaged 1'
	kdump wrong x86_64 <<-END
	at 0x1c00000: seq 512 1 0x12345
	page 0x1c00000 wrong=0
	END
	says '' 'wrong: page frame 1c00: the [0-9]+ bytes at offset 0x[0-9a-f]+ are not a page compressed with zlib' 'rd -p 1c00000' wrong
	kdump notes x86_64 <<<'kdump vmcoreinfo_offset=0xffffffffffffff00'
	says 'notes: a note extends past' 'notes: according to the header, [0-9a-fx]+ bytes of VMCOREINFO are at offset 0xffffffffffffff00' info notes
}

@test "of very many troubles a part is reported" {
	kdump wrong x86_64 <<-END
	$(for ((page = 0x1c00; page < 0x1c80; page++)); do
		printf 'at 0x%x000: seq 512 1 0x12345\npage 0x%x000 wrong=0\n' $page $page
	done)
	END
	"$KWALK" -v -q -c "$(for ((page = 0x1c00; page < 0x1c80; page++)); do printf 'rd -p %x000;' $page; done)" wrong 2>&1 | grep '^kwalk: file: ' >told
	[ "$(wc -l <told)" = 65 ]
	tail -n 1 told | grep 'there are more warnings, which are not shown'
}

@test "flattened: cut, and records that cannot be" {
	kdump flat x86_64 <<<'flatten record=65536'
	head -c -100 flat >"cut"
	says 'cut: the file is cut short' 'cut: the header of record [0-9]+, at offset 0x[0-9a-f]+, announces 0x[0-9a-f]+ bytes for offset 0x[0-9a-f]+ of the dump, but the file ends at 0x' info cut
	head -c -16 flat >"cut"
	says 'cut: the file is cut short' 'cut: has no end mark after record [0-9]+: the file ends at 0x' info cut
	head -c 2000 flat >"cut"
	fails 2 'cut: header, after 2000 of 4096 bytes' -q -c info cut
	# A byte too many is damage in the middle, and no reason to look for the end of the file.
	{ head -c 100000 flat; printf '\r'; tail -c +100001 flat; } >"cut"
	says 'cut: the file is damaged from offset 0x[0-9a-f]+ on: pages are missing' 'cut: the header of record' info cut
	not grep -q 'cut short' complaints
	# If only the mark of the end is missing, no page is.
	head -c -16 flat >"cut"
	says 'cut: the file is cut short, but its last pages are there' 'cut: has no end mark' info cut
	describe core <<-END
	include $DUMPS/x86_64.txt
	flatten record=65536
	END
	head -c -16 core >"cut"
	says 'cut: the file is cut short, but has all memory' 'cut: has no end mark' info cut
	head -c 5000000 core >"cut"
	says 'cut: the file is cut short: [0-9]+ bytes' 'cut: segment [0-9]+: the bytes of physical' info cut
}

# As makedumpfile -F -E writes one: a byte where the program headers will end, the
# ELF header, the notes, pages; program headers by the buffer of $1 of them, the
# notes' first.
make_elf() {
	python3 - "$1" <<-'END'
	import struct, sys
	data = open("x86_64", "rb").read()
	phoff, = struct.unpack_from("<Q", data, 32)
	phnum, = struct.unpack_from("<H", data, 56)
	segments = [struct.unpack_from("<IIQQQQ", data, phoff + 56 * i) for i in range(phnum)]
	headers = sorted((s[0] == 1, phoff + 56 * i, 56) for i, s in enumerate(segments))
	notes, = [(s[2], s[5]) for s in segments if s[0] == 4]
	order, kept = [(phoff + 56 * phnum - 1, 1), (0, 64), notes], []
	for load, at, size in headers:
	    kept.append((at, size))
	    if len(kept) > int(sys.argv[1]):
	        order += kept[:-1]
	        kept = kept[-1:]
	    offset, size = [(s[2], s[5]) for s in segments][(at - phoff) // 56]
	    if load:
	        order += [(at, min(65536, offset + size - at)) for at in range(offset, offset + size, 65536)]
	with open("flat", "wb") as out:
	    out.write(b"makedumpfile\0\0\0\0" + struct.pack(">QQ", 1, 1))
	    out.seek(4096)
	    for at, size in order + kept:
	        out.write(struct.pack(">QQ", at, size) + data[at:at + size])
	    out.write(b"\xff" * 16)
	END
}

@test "flattened ELF, cut before some or all program headers" {
	local asked='vtop ffff888001c00123; rd -p 1c00000; rd -p 1000; rd -p b0000'

	dump x86_64
	"$KWALK" -q -j -c "$asked" x86_64 >whole 2>/dev/null || [ $? -eq 1 ]
	make_elf 1
	"$KWALK" -q -j -c "$asked" flat >got 2>/dev/null || [ $? -eq 1 ]
	cmp whole got
	# Without the header of the second segment what is in the first is known.
	head -c -100 flat >"cut"
	says 'cut: .*1 of 3 program headers are missing' 'cut: program header 1 should be at offset 0x' info cut
	answers -s 1 cut 'rd -p 1000; rd -p 1c00000' <<-END
	1000 values.0=0x2063
	1c00000 status=error message=~absent
	END
	# All in one buffer, as in most dumps: nothing shows where pages belong.
	make_elf 1000
	head -c -100 flat >"cut"
	fails 2 'cut: cut short before its program headers -F -E last' -q -c info cut
}

@test "LiME, AVML, VMware, QEMU, raw images" {
	dump x86_64
	contain x86_64 lime
	head -c 700000 x86_64.lime >"cut"
	says 'cut: the file is cut short: [0-9]+ bytes of its last range' 'cut: the header at offset 0x[0-9a-f]+ is for physical [0-9a-f]+ to [0-9a-f]+, but the file ends at 0xaae60, before physical' info -o arch=x86_64 cut
	cp x86_64.lime odd
	printf X | dd of=odd bs=1 seek=$((32 + 0xa0000)) conv=notrunc status=none
	says 'odd: no LiME header at offset 0xa0020' 'odd: the bytes at offset 0xa0020, read as a header: magic 0x4c694d58, version 1, physical 100000 to 1ffffff' info -o arch=x86_64 odd
	contain x86_64 avml
	if "$KWALK" -q -o arch=x86_64 -c 'rd -p 1000' x86_64.avml 2>/dev/null; then
		head -c 100000 x86_64.avml >"cut"
		says 'cut: the file is cut short' 'cut: the range of physical 0 to 9ffff, whose chunks start at offset 0x20, is correct below physical 20000, that is, up to offset 0x[0-9a-f]+: the file ends there' info -o arch=x86_64 cut
	fi
	contain x86_64 vmss
	head -c 8000000 x86_64.vmss >"cut"
	says 'cut: the file is cut short' 'cut: region 1, 0x1f00000 bytes at physical 100000, is at offset 0xa0000' info -o arch=x86_64 cut
	contain x86_64 qemu
	head -c 100000 x86_64.qemu >"cut"
	says 'cut: the file is cut short' 'cut: the stream is valid up to offset 0x[0-9a-f]+ of the file, which has 0x186a0 bytes; the last page is at offset [0-9a-fx]+ of the block "pc.ram"' info -o arch=x86_64 cut
	printf '%4096s' '' | tr ' ' a >./a
	printf '%4096s' '' | tr ' ' b >./b
	says 'b overlaps an image' 'a: b holds physical 1800 to 1fff too' info -o arch=x86_64 a@1000 b@1800
}

@test "while a flattened file is indexed, a terminal shows how far" {
	${CC:-cc} -shared -fPIC -o fast-clock.so "$BATS_TEST_DIRNAME/fast-clock.c" ||
		no_compiler
	kdump flat x86_64 <<<'flatten record=256'
	cat >script <<-'END'
	expect indexing the flattened file:
	expect %
	expect \r\x1b[K
	expect 1122334455667788
	exits 0
	END
	LD_PRELOAD=$PWD/fast-clock.so ASAN_OPTIONS=verify_asan_link_order=0:exitcode=99 \
		python3 "$BATS_TEST_DIRNAME/terminal.py" script "$KWALK" -q -c 'rd -p 1c00000' flat
	# Elsewhere nothing is shown.
	LD_PRELOAD=$PWD/fast-clock.so ASAN_OPTIONS=verify_asan_link_order=0:exitcode=99 \
		"$KWALK" -q -c 'rd -p 1c00000' flat 2>complaints
	[ ! -s complaints ]
}
