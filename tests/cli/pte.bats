#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# pte: what an entry's value says, by the rules of the dump's kernel.
load common

@test "present entries" {
	dump x86_64
	answers x86_64 'pte 8000000001c05163 1c01067 0xfee0017b' <<-END
	8000000001c05163 command=pte status=ok entry=0x8000000001c05163 kind=page \
		physical=0x1c05000 flags=PRESENT,RW,ACCESSED,DIRTY,GLOBAL,NX cache=WB
	1c01067 status=ok kind=page physical=0x1c01000 flags=PRESENT,RW,USER,ACCESSED,DIRTY cache=WB
	0xfee0017b status=ok entry=0xfee0017b kind=page physical=0xfee00000 cache=UC
	END
}

@test "not present, Linux 6.1" {
	dump x86_64
	# swap: type << 59 | (~offset << 14) >> 5
	# the frame under PROT_NONE is inverted over bits 51:12, by older kernels over 45:12;
	# the ones that would be left on top show that fewer bits were inverted
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
	8000000140002067 status=ok kind=page physical=0x140002000 \
		flags=PRESENT,RW,USER,ACCESSED,DIRTY,NX
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

@test "above the last level: a table or a large page; a bit that must be 0" {
	dump x86_64 pae i386
	answers x86_64 'pte -l pgd 1c05067; pte -l pmd 1c05067 1e000e7; pte -l pud 1c05067; pte -l pgd 1c050e7' <<-END
	1c05067 kind=table physical=0x1c05000 cache=- doubt=-
	1c05067 kind=table
	1e000e7 kind=page physical=0x1e00000
	1c05067 kind=table
	1c050e7 kind=table doubt="it has a bit set that must be 0"
	END
	answers pae 'pte -l pgd 1c05001; pte -l pmd 1e000e7' <<-END
	1c05001 kind=table physical=0x1c05000
	1e000e7 kind=page
	END
	answers i386 'pte -l pgd 1c05067 18000e7' <<-END
	1c05067 kind=table
	18000e7 kind=page
	END
}

@test "an entry that leads where nothing is" {
	dump x86_64-device-frames
	vmlinux 64
	# the frame of init's heap with bit 45
	answers vmlinux x86_64-device-frames 'pte 8000200001c03067 8000000001c03067 80000000000a0067 300001c03067 80000000fee0017b' <<-END
	8000200001c03067 kind=page physical=0x200001c03000 \
		doubt="200001c03000 is neither memory nor a device that the kernel lists; with bit 45 flipped, the address would be in frame 1c03, anon page 0 of pid 1 at 3000"
	8000000001c03067 kind=page doubt=-
	80000000000a0067 kind=page doubt=-
	300001c03067 kind=page \
		doubt="300001c03000 is neither memory nor a device that the kernel lists"
	80000000fee0017b kind=page physical=0xfee00000 cache=UC doubt=-
	END
	# the table has it, too: then it no longer has the frame
	describe wild <<-END
	include $DUMPS/x86_64-device-frames.txt
	at pte_user[3]: u64 0x200001c03000|P|RW|US|A|D|NX
	END
	answers vmlinux wild 'vtop -p 1 3010' <<-END
	3010 status=mapped physical=0x200001c03010 page_state=absent \
		doubt="200001c03000 is neither memory nor a device that the kernel lists; with bit 45 flipped, the address would be in frame 1c03, anon page 0"
	END
	"$KWALK" -q -c 'pte 8000200001c03067; vtop -p 1 3010; whatis -p 1 3010' vmlinux wild >text
	cat text
	grep -q '^  DOUBT: 200001c03000 is neither memory nor a device that the kernel lists; with bit 45 flipped, the address would be in frame 1c03' text
	[ "$(grep -c 'DOUBT: 200001c03000' text)" = 2 ]
	grep -q '\[heap\], mapped, but 200001c03010' text
	# Where the kernel's list of devices is not known, there is no doubt.
	describe unlisted <<-END
	include $DUMPS/x86_64-pages.txt
	END
	answers vmlinux unlisted 'pte 8000200001c03067' <<<'8000200001c03067 kind=page doubt=-'
}

@test "an entry that leads to a device that only an area of ioremap() lists" {
	vmlinux 64
	# Area 2 maps one page of the device. The address after it belongs to the guard page.
	describe remapped <<-END
	include $DUMPS/x86_64-areas.txt
	at structs+0x0b0: u64 0x10000fd001000
	at pte_vmalloc[16]: u64 0x10000fd001000|DATA|PCD
	END
	answers vmlinux remapped 'vtop ffffc90000010123; pte 10000fd001163 10000fd002163' <<-END
	ffffc90000010123 status=mapped physical=0x10000fd001123 doubt=-
	10000fd001163 kind=page physical=0x10000fd001000 doubt=-
	10000fd002163 kind=page doubt="10000fd002000 is neither memory nor a device that the kernel lists"
	END
}
