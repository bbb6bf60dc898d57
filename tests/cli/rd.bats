#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# rd: memory, virtual and physical, across pages and segments.
load common

@test "widths and counts" {
	dump x86_64
	answers x86_64 'rd -p 1c00000 2; rd -p -32 1c00000 3; rd -p -16 1c00000; rd -p -8 1c00000 9; rd ffff888001c00008; rd -64 ffffc90000000000 2' <<-END
	1c00000 command=rd status=ok address=0x1c00000 width=64 \
		values=0x1122334455667788,0x99aabbccddeeff00
	1c00000 status=ok width=32 values=0x55667788,0x11223344,0xddeeff00
	1c00000 status=ok width=16 values=0x7788
	1c00000 status=ok width=8 values=0x88,0x77,0x66,0x55,0x44,0x33,0x22,0x11,0x0
	ffff888001c00008 status=ok address=0xffff888001c00008 width=64 values=0x99aabbccddeeff00
	ffffc90000000000 status=ok values=0x1122334455667788,0x99aabbccddeeff00
	END
}

@test "virtual pages that lie apart: 1c00000, then 1c05000" {
	dump x86_64
	# the last bytes of vmalloc's second page, then a page that is not mapped
	answers x86_64 'rd ffffc90000001ff8' <<<'ffffc90000001ff8 status=ok values=0xfedcba9876543210'
	answers -s 1 x86_64 'rd ffffc90000001ff8 2; rd -p 1c00000' <<-END
	ffffc90000001ff8 status=error values=0xfedcba9876543210 message=*
	1c00000 status=ok
	END
}

@test "across segments, unaligned" {
	dump x86_64-vcore
	# 9fc00 and 1000000 begin segments that lie elsewhere in the file
	answers x86_64-vcore 'rd -p 9fbfc; rd -p fffffc; rd -p -8 9fbff 2' <<-END
	9fbfc status=ok values=0x2222222211111111
	fffffc status=ok values=0x4444444433333333
	9fbff status=ok values=0x11,0x22
	END
}

@test "i386 reads words of 32 bits" {
	dump i386
	answers i386 'rd -32 c1c00000 2; rd c1c00000' <<-END
	c1c00000 status=ok width=32 values=0x11223344,0x55667788
	c1c00000 status=ok width=32 values=0x11223344
	END
}

@test "pages that are not in the dump, and why" {
	dump x86_64-missing x86_64-cut
	answers -s 1 x86_64-missing 'rd -p 1f80000; rd -p 2000000; rd -p 1f7fff8' <<-END
	1f80000 status=error message=~filtered
	2000000 status=error message=*
	1f7fff8 status=ok
	END
	complains @unreadable 'rd 1f80000 filtered'
	answers -s 1 x86_64-cut 'rd -p 1f80000' <<<'1f80000 status=error message=~truncated'
}

@test "a symbol's memory" {
	dump x86_64-kaslr
	vmlinux 64
	answers vmlinux x86_64-kaslr 'rd page_offset_base 3' <<-END
	page_offset_base status=ok address=0xffffffff9b600000 \
		values=0xffff9c2380000000,0xffffb30f40000000,0xffffe6c5c0000000
	END
}

@test "options: joined, ended by --, one of a kind" {
	dump x86_64
	answers x86_64 'rd -p16 1c00000; rd -32 -p -- 1c00000' <<-END
	1c00000 status=ok width=16 values=0x7788
	1c00000 status=ok width=32 values=0x55667788
	END
	fails 1 'unknown option -7' -q -c 'rd -7 0' x86_64
	fails 1 'unknown option -1' -q -c 'rd -128 0' x86_64
	fails 1 'option -l needs a value' -q -c 'pte -l' x86_64
	fails 1 @usage 'rd ADDR' -q -c 'rd -p' x86_64
	fails 1 '-8 and -32 exclude each other' -q -c 'rd -8 -32 0' x86_64
	fails 1 'too many arguments' -q -c 'rd 0 1 2' x86_64
}

@test "-s and -S: what the values point to" {
	describe pointers <<-END
	include $DUMPS/x86_64-purpose.txt
	at 0x1c40000: u64 text+0x2004 0x1234 page_offset+0x510a0 page_offset+0x51fe0 text+0x1ffffff
	END
	vmlinux 64
	answers -s 1 vmlinux pointers 'rd -s ffff888001c40000 5; rd -S ffff888001c40000 5; rd -s ffff888001c40000; rd -p -s 1c40000 2; rd -s -8 ffff888001c40000' <<-END
	ffff888001c40000 values.#=5 meanings.#=1 meanings.0.address=0xffff888001c40000 \
		meanings.0.value=0xffffffff81002004 meanings.0.symbol=schedule meanings.0.offset=4
	ffff888001c40000 values.#=5 meanings.#=3 meanings.1.slab_cache=kmalloc-96 \
		meanings.1.object=0xffff888000051080 meanings.2.slab_cache=kmalloc-96 \
		meanings.2.object=-
	ffff888001c40000 values.#=1 meanings.#=1
	1c40000 values.#=2 meanings.#=1
	* status=error message="~exclude each other"
	END
	"$KWALK" -q -c 'rd -S ffff888001c40000 3' vmlinux pointers >out
	diff out - <<-END
	ffff888001c40000:  ffffffff81002004  schedule+0x4
	ffff888001c40008:  0000000000001234
	ffff888001c40010:  ffff8880000510a0  [kmalloc-96] ffff888000051080+0x20
	END
}

@test "-a: text up to its end, COUNT, or memory that cannot be read" {
	describe text <<-END
	include $DUMPS/x86_64.txt
	at 0x1c40000: str "two\nlines of which the second one is longer than a row of the answer, and so cut" u8 1 str "no"
	at 0x1c05ffc: str "edge"
	END
	answers -s 1 text 'rd -a ffff888001c40004 5; rd -a ffffc90000001ffc; rd -p -a 1c40000 3; rd -a ffff888001c50000; rd -a ffff888001c40000 5000; rd -a -16 0' <<-END
	ffff888001c40004 text=lines
	ffffc90000001ffc status=ok text=edge
	1c40000 text=two
	ffff888001c50000 status=error message="~no text"
	ffff888001c40000 status=error message="~COUNT 5000: -a shows at most 4096 characters"
	* status=error message="~exclude each other"
	END
	"$KWALK" -q -c 'rd -a ffff888001c40000' text >out
	diff out - <<-END
	ffff888001c40000:  two
	ffff888001c40004:  lines of which the second one is longer than a row of the answer
	ffff888001c40044:  , and so cut
	END
}

@test "-r: bytes to a file, all of them or nothing" {
	dump x86_64
	answers x86_64 'rd -r bytes -8 -p 1c00000 5001' <<<'1c00000 bytes=5001 file=bytes'
	[ "$(stat -c %s bytes)" = 5001 ]
	[ "$(od -An -v -tx1 -N16 bytes | tr -d ' \n')" = 887766554433221100ffeeddccbbaa99 ]
	# what is there stays, and nothing is left beside it
	answers -s 1 x86_64 'rd -r bytes ffffc90000001ff8 2; rd -r /dev/null -p 0; rd -r no/where -p 0; rd -r' <<-END
	ffffc90000001ff8 status=error
	0 status=error message="~not a regular file"
	0 status=error message="~No such file"
	* status=error message="~needs a value"
	END
	[ "$(stat -c %s bytes)" = 5001 ]
	[ "$(echo bytes*)" = bytes ]
}

@test "counts and ends" {
	dump x86_64 i386
	answers -s 1 x86_64 'rd -p fffffffffffffff8 2; rd 0 0x2000000000000001; rd 0 0; rd fffffffffffffff9' <<-END
	fffffffffffffff8 status=error message="~past the last address"
	0 status=error message="~past the last address"
	0 status=error message="~must not be 0"
	fffffffffffffff9 status=error message="~past the last address"
	END
	answers -s 1 i386 'rd fffffffc 2; rd 100000000' <<-END
	fffffffc status=error message="~past the last address"
	100000000 status=error message="~past the last address"
	END
	# rows of a page and more
	"$KWALK" -q -c 'rd -p 1c00000 1025' x86_64 >out
	[ "$(wc -l <out)" = 513 ]
	[ "$(tail -1 out | cut -c1-16)" = 0000000001c02000 ]
}

@test "a wrong ROOT is named with its letter" {
	dump x86_64
	fails 1 'rd: -R ffffffff81000001: neither' -q -c 'rd -R ffffffff81000001 ffffffff81000000' x86_64
	fails 1 'vtop: -r ffffffff81000001: neither' -q -c 'vtop -r ffffffff81000001 ffffffff81000000' x86_64
}
