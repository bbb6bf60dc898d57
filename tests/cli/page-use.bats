#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What frames are used for, mapped or not: page, ptov -a.
load common

# pages: frames of x86_64-pages, as ptov takes them.
use() {
	answers -s "${STATUS:-0}" vmlinux "$1" "ptov -a $2"
}

@test "files: inode, file system, device, path and page" {
	dump x86_64-pages
	vmlinux 64
	use x86_64-pages '1c20000 1c21123 1c22000 1c23000 1c24000' <<-END
	1c20000 use=file index=7 inode=4711 filesystem=ext4 device=sda1 file=/init address_space=0xffff88800003a128 anon_vma=- head=-
	1c21123 use=file index=8 inode=12 filesystem=tmpfs device=tmpfs file="/bin/gone (deleted)"
	1c22000 use=file index=9 inode=4712 filesystem=ext4 file=-
	# an address_space that its inode does not know, and one without
	1c23000 use=file index=9 inode=- file=- address_space=0xffff88800003a280
	1c24000 use=file inode=- address_space=0xffff88800003a410
	END
	run "$KWALK" -q vmlinux x86_64-pages -c 'ptov -a 1c20000'
	[[ $output == *'  file ext4 on sda1 inode 4711 /init page 7' ]]
}

@test "anonymous memory: whose it proves to be" {
	dump x86_64-pages
	vmlinux 64
	answers vmlinux x86_64-pages 'page ffffea00000700c0 ffffea0000070140 ffffea000006cc00 ffffea0000070c40 ffffea0000070c80' <<-END
	ffffea00000700c0 use=anon index=0 anon_vma=0xffff88800003a000 owners.#=1 owners.0.pid=1 owners.0.virtual=0x3000 owners.0.mm=0xffff888000031000 swap_type=-
	# PROT_NONE
	ffffea0000070140 index=2 owners.0.pid=1 owners.0.virtual=0x5000
	# in the swap cache: the table has its swap entry
	ffffea000006cc00 index=3 swap_type=2 swap_offset=4660 owners.#=1 owners.0.virtual=0x6000
	# not in the swap cache: nothing proves that it belongs there
	ffffea0000070c40 index=3 swap_type=- owners=-
	ffffea0000070c80 index=1 owners=-
	END
	STATUS=1 use x86_64-pages '-u 1b30000 1c03000' <<-END
	* status=error
	1b30000 mappings.#=2 use=anon owners.#=1 owners.0.virtual=0x6000
	# what a table maps needs no proof
	1c03000 mappings.#=3 use=anon owners=-
	END
	run "$KWALK" -q vmlinux x86_64-pages -c 'page ffffea000006cc00'
	[[ $output == *'  anon page 3 of pid 1 at 6000, swap 2:4660' ]]
}

@test "an anon_vma that is damaged proves nothing" {
	vmlinux 64
	describe loop <<-END
	include $DUMPS/x86_64-pages.txt
	at chain+0x58: u64 d+chain+0x50
	END
	answers vmlinux loop 'page ffffea00000700c0' <<<'ffffea00000700c0 use=anon owners.#=1'
	describe lost <<-END
	include $DUMPS/x86_64-pages.txt
	at anon+8: u64 d+64M
	END
	answers vmlinux lost 'page ffffea00000700c0' <<<'ffffea00000700c0 use=anon owners=-'
}

@test "what is nobody's file or memory" {
	dump x86_64-pages
	vmlinux 64
	use x86_64-pages '1c33000 1c34000 1c35000 1c36000 1c37000 1c38000 1c39000' <<-END
	1c33000 use=ksm index=1 swap_type=-
	1c34000 use=movable index=-
	1c35000 use=reserved
	1c36000 use=page-table index=- address_space=-
	1c37000 use=offline
	# held, by nobody who says so; a mapping that leads nowhere
	1c38000 use=-
	1c39000 use=-
	END
	run "$KWALK" -q vmlinux x86_64-pages -c 'ptov -a 1c38000'
	[[ $output == *'-       -' ]]
}

@test "parts of compound pages are what their head is" {
	dump x86_64-pages
	vmlinux 64
	use x86_64-pages '1c40000 1c41000 1c42000 1c43000 1e00000 1e05000 1f00000' <<-END
	1c40000 use=slab head=0x1c40 order=1 index=-
	1c41000 use=slab head=0x1c40 order=1
	# beyond its head's order; a head that is nowhere
	1c42000 use=- head=-
	1c43000 use=- head=-
	1e00000 use=anon head=0x1e00 order=9 hugetlb=true index=-
	1e05000 use=anon head=0x1e00 order=9 hugetlb=true
	1f00000 use=anon head=0x1e00 order=9 hugetlb=true
	END
}

@test "free blocks, whichever frame of them is asked for" {
	dump x86_64-pages
	vmlinux 64
	use x86_64-pages '1c85000 1c80000 1c87fff 1c88000 1c7f000' <<-END
	1c85000 use=free order=3 head=-
	1c80000 use=free order=3
	1c87fff use=free order=3
	1c88000 use=-
	1c7f000 use=-
	END
}

@test "without vmlinux: as far as the note tells" {
	dump x86_64-pages
	answers x86_64-pages 'ptov -a 1c20000 1c03000 1c85000 1c41000 1e05000' <<-END
	1c20000 use=file index=- inode=-
	1c03000 use=anon index=-
	1c85000 use=free order=3
	1c41000 use=slab
	1e05000 use=anon hugetlb=true
	END
}

@test "page types of other releases: a value (4.9), a byte (6.12)" {
	describe 4.9 <<-END
	include $DUMPS/x86_64-4level.inc
	include $DUMPS/x86_64-note.inc
	note VMCOREINFO
	  OSRELEASE=4.9.0-8-amd64
	  NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-128
	end
	at memmap+0x1c80*64: u64 0 0 0 0 0 2 u32 ~0x7f
	# what is free since 4.18
	at memmap+0x1c90*64: u64 0 0 0 0 0 2 u32 ~0x80
	# the balloon's
	at memmap+0x1ca0*64: u64 0 0 0 0 0 2 u32 ~0xff
	END
	answers 4.9 'ptov -a 1c83000 1c90000 1ca0000' <<-END
	1c83000 use=free order=2
	1c90000 use=-
	1ca0000 use=-
	END
	describe 6.12 <<-END
	include $DUMPS/x86_64-4level.inc
	include $DUMPS/x86_64-note.inc
	note VMCOREINFO
	  OSRELEASE=6.12.0-1-amd64
	  NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-268435456
	  NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)=-184549376
	  NUMBER(PAGE_HUGETLB_MAPCOUNT_VALUE)=-201326592
	  NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-251658240
	end
	at memmap+0x1c80*64: u64 0 0 0 0 0 2 u32 0xf0000000
	at memmap+0x1c90*64: u64 0 0 0 1 2 3 u32 0xf5001234 1
	at memmap+0x1ca0*64: u64 1<<16 0 0 page_offset+0x3a000|1 0 0 u32 0xf4000000 1
	at memmap+0x1ca1*64: u64 0 vmemmap_base+0x1ca0*64+1 u8 0 9
	at memmap+0x1cb0*64: u64 0 0 0 0 0 0 u32 0xf1ffffff 1
	# a map count, and one below zero
	at memmap+0x1cc0*64: u64 0 0 0 0 0 0 u32 0x10000000 1
	at memmap+0x1cc1*64: u64 0 0 0 0 0 0 u32 0xfffffff0 1
	END
	answers 6.12 'ptov -a 1c83000 1c90000 1ca1000 1cb0000 1cc0000 1cc1000' <<-END
	1c83000 use=free order=2
	1c90000 use=slab
	1ca1000 use=anon hugetlb=true head=0x1ca0
	1cb0000 use=offline
	1cc0000 use=-
	1cc1000 use=-
	END
}
