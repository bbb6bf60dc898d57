#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# pte: what an entry's value says, by the rules of the dump's kernel.
load common

@test "present entries" {
	dump x86_64
	answers x86_64 'pte 8000000001c05163 1c01067 0xfee0017b' <<-END
	8000000001c05163 command=pte status=ok entry=0x8000000001c05163 kind=page physical=0x1c05000 flags=PRESENT,RW,ACCESSED,DIRTY,GLOBAL,NX cache=WB
	1c01067 status=ok kind=page physical=0x1c01000 flags=PRESENT,RW,USER,ACCESSED,DIRTY cache=WB
	0xfee0017b status=ok entry=0xfee0017b kind=page physical=0xfee00000 cache=UC
	END
}

@test "not present, Linux 6.1" {
	dump x86_64
	# swap: type << 59 | (~offset << 14) >> 5
	# the frame under PROT_NONE is inverted over bits 51:12, by older kernels over 45:12;
	# a narrower one is told by the ones that would be left on top
	vmlinux 64
	answers vmlinux x86_64 'pte 0 800ffffff5c11120 80003ffff5c11120 8000fffff5c11120 17ffffffffdb9600 d7ffffffffc7d200 bfffffffffc7d000 fffffffffffffc00' <<-END
	0 status=ok kind=empty physical=-
	800ffffff5c11120 status=ok kind=prot-none physical=0xa3ee000 flags=PROTNONE,ACCESSED,NX
	80003ffff5c11120 status=ok kind=prot-none physical=0xa3ee000
	8000fffff5c11120 status=ok kind=prot-none physical=0xa3ee000
	17ffffffffdb9600 status=ok kind=swapped swap_type=2 swap_offset=4660
	d7ffffffffc7d200 status=ok kind=migration
	bfffffffffc7d000 status=ok kind=hwpoison
	fffffffffffffc00 status=ok kind=marker
	END
}

@test "not present, 4.14 and 3.2" {
	dump x86_64-swap-4.14 x86_64-swap-3.2
	vmlinux 64 4.14.7
	answers vmlinux x86_64-swap-4.14 'pte 48d0400 1c01120' <<-END
	48d0400 status=ok kind=swapped swap_type=2 swap_offset=4660
	1c01120 status=ok kind=prot-none physical=0x1c01000
	END
	vmlinux 64 3.2.0-4-amd64
	answers vmlinux x86_64-swap-3.2 'pte 246804 1c01120' <<-END
	246804 status=ok kind=swapped swap_type=2 swap_offset=4660
	1c01120 status=ok kind=prot-none physical=0x1c01000
	END
}

@test "i386 and PAE" {
	dump i386 pae
	answers i386 'pte 1c05163 246806 1c08120' <<-END
	1c05163 status=ok kind=page physical=0x1c05000
	246806 status=ok kind=swapped swap_type=3 swap_offset=4660
	1c08120 status=ok kind=prot-none physical=0x1c08000
	END
	answers pae 'pte 8000000140002067 800ffffffe3f9120 1fffffffffdb9600' <<-END
	8000000140002067 status=ok kind=page physical=0x140002000 flags=PRESENT,RW,USER,ACCESSED,DIRTY,NX
	800ffffffe3f9120 status=ok kind=prot-none physical=0x1c06000
	1fffffffffdb9600 status=ok kind=swapped swap_type=3 swap_offset=4660
	END
}

@test "the C-bit is no part of the frame" {
	dump x86_64-sme
	answers x86_64-sme 'pte 800001c00067' <<<'800001c00067 status=ok kind=page physical=0x1c00000'
}

@test "no entry" {
	dump x86_64
	answers -s 1 x86_64 'pte xyzzy 1c01067 10000000000000000' <<-END
	xyzzy status=error message=*
	1c01067 status=ok
	10000000000000000 status=error
	END
}
