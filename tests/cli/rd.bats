#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# rd: memory, virtual and physical, across pages and segments.
load common

@test "widths and counts" {
	dump x86_64
	answers x86_64 'rd -p 1c00000 2; rd -p -32 1c00000 3; rd -p -16 1c00000; rd -p -8 1c00000 9; rd ffff888001c00008; rd -64 ffffc90000000000 2' <<-END
	1c00000 command=rd status=ok address=0x1c00000 width=64 values=0x1122334455667788,0x99aabbccddeeff00
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
	complains 'kwalk: rd: 1f80000: '
	answers -s 1 x86_64-cut 'rd -p 1f80000' <<<'1f80000 status=error message=~truncated'
}

@test "a symbol's memory" {
	dump x86_64-kaslr
	vmlinux 64
	answers vmlinux x86_64-kaslr 'rd page_offset_base 3' <<-END
	page_offset_base status=ok address=0xffffffff9b600000 values=0xffff9c2380000000,0xffffb30f40000000,0xffffe6c5c0000000
	END
}

@test "options: joined, ended by --, the last one counts" {
	dump x86_64
	answers x86_64 'rd -p16 1c00000; rd -8 -32 -p -- 1c00000' <<-END
	1c00000 status=ok width=16 values=0x7788
	1c00000 status=ok width=32 values=0x55667788
	END
	fails 1 'unknown option -7' -q -c 'rd -7 0' x86_64
	fails 1 'unknown option -1' -q -c 'rd -128 0' x86_64
	fails 1 'option -l needs a value' -q -c 'pte -l' x86_64
	fails 1 'no address was given' -q -c 'rd -p' x86_64
	fails 1 'too many arguments' -q -c 'rd 0 1 2' x86_64
}
