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
	[[ $output == *'  file ext4 on sda1 inode 4711 /init within ext4 page 7' ]]
}

@test "anonymous memory: whose it proves to be" {
	dump x86_64-pages
	vmlinux 64
	answers vmlinux x86_64-pages 'page ffffea00000700c0 ffffea0000070140 ffffea000006cc00 ffffea0000070c40 ffffea0000070c80' <<-END
	ffffea00000700c0 use=anon index=0 anon_vma=0xffff88800003a000 owners.#=1 owners.0.pid=1 \
		owners.0.virtual=0x3000 owners.0.mm=0xffff888000031000 swap_type=-
	# PROT_NONE
	ffffea0000070140 index=2 owners.0.pid=1 owners.0.virtual=0x5000
	# in the swap cache: the table has its swap entry
	ffffea000006cc00 index=3 swap_type=2 swap_offset=4660 owners.#=1 owners.0.virtual=0x6000
	# not in the swap cache: nothing proves that it belongs there
	ffffea0000070c40 index=3 swap_type=- owners=-
	ffffea0000070c80 index=1 owners=-
	END
	use x86_64-pages '-u 1b30000 1c03000' <<-END
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

@test "pages that are neither a file's nor a process's memory" {
	dump x86_64-pages
	vmlinux 64
	use x86_64-pages '1c33000 1c34000 1c35000 1c36000 1c37000 1c38000 1c39000' <<-END
	1c33000 use=ksm index=1 swap_type=-
	1c34000 use=movable index=-
	1c35000 use=reserved
	1c36000 use=page-table index=- address_space=-
	1c37000 use=offline
	# held, by nobody who says so; a mapping that leads nowhere
	1c38000 use=other
	1c39000 use=other
	END
	# the mapping of a movable frame is a variable of who can move it; not within one
	describe moved <<-END
	include $DUMPS/x86_64-pages.txt
	at memmap+0x1c34*64+24: u64 init_task|2
	at memmap+0x1c33*64+24: u64 init_task+8|2
	END
	answers vmlinux moved 'page ffffea0000070d00 ffffea0000070cc0; whatis 1c34000' <<-END
	ffffea0000070d00 use=movable movable_by=init_task
	ffffea0000070cc0 use=movable movable_by=-
	1c34000 as=virtual
	1c34000 as=physical text="~movable by init_task"
	END
	run "$KWALK" -q vmlinux x86_64-pages -c 'ptov -a 1c38000'
	[[ $output == *'-               other' ]]
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
	1c88000 use=unknown
	1c7f000 use=unknown
	END
}

@test "without vmlinux: as far as the note shows" {
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
	1c90000 use=unknown
	1ca0000 use=unknown
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
	1cc0000 use=other
	1cc1000 use=other
	END
}

# old RELEASE LINE...: a kernel whose note does not tell how compound pages are made:
# a slab of two, anonymous memory, a free block, and a huge page's head and tail.
old() {
	local release=$1

	shift
	describe "$release" <<-END
	include $DUMPS/x86_64-4level.inc
	include $DUMPS/x86_64-note.inc
	note VMCOREINFO
	  OSRELEASE=$release
	  OFFSET(page.compound_head)=
	  OFFSET(page.compound_dtor)=
	  OFFSET(page.compound_order)=
	  NUMBER(HUGETLB_PAGE_DTOR)=
	  NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-128
	$(printf '  %s\n' "$@")
	end
	at memmap+0x1c40*64: u64 1<<9|1<<16 0 0 1 2 3 u32 0x100010 1
	at memmap+0x1c41*64: u64 1<<17 0 1 0 0 vmemmap_base+0x1c40*64 u32 -1 0
	at memmap+0x1c50*64: u64 0 0 0 page_offset+0x3a000|1 0 0 u32 0 1
	at memmap+0x1c60*64: u64 0 0 0 0xdead000000000400 0 0 u32 -1 0
	at memmap+0x1c80*64: u64 0 0 0 0 0 2 u32 -128
	at memmap+0x1e00*64: u64 1<<16 0 0 page_offset+0x3a000 0 0 u32 -1 1
	at memmap+0x1e01*64: u64 1<<17 text+0x2000 9 0 0 vmemmap_base+0x1e00*64 u32 -1 0
	at memmap+0x1e05*64: u64 1<<17 0 0 0 0 vmemmap_base+0x1e00*64 u32 -1 0
	END
}

@test "old kernels alone: what needs no way from a tail to its head" {
	old 3.10.105 'SYMBOL(free_huge_page)=%x{text+0x2000}'
	answers 3.10.105 'ptov -a 1c40000 1c41000 1c50000 1c60000 1c83000 1e00000 1e05000' <<-END
	1c40000 use=slab head=0x1c40 order=1
	1c41000 use=unknown head=-
	1c50000 use=anon head=-
	# poison is not an address_space
	1c60000 use=unknown
	1c83000 use=free order=2
	1e00000 use=file hugetlb=true head=0x1e00 order=9 index=-
	1e05000 use=unknown head=-
	END
	# what tails hold since 4.4 could be taken for something else
	old 4.9.30
	answers 4.9.30 'ptov -a 1c40000 1c50000 1c83000' <<-END
	1c40000 use=-
	1c50000 use=-
	1c83000 use=-
	END
}

@test "before 4.4: a flag marks tails, the address of a function marks hugetlb" {
	old 3.10.105 'SYMBOL(free_huge_page)=%x{text+0x2000}'
	vmlinux 64 3.10.105
	answers vmlinux 3.10.105 'ptov -a 1c41000 1e00000 1e05000; page ffffea0000071000 ffffea0000071040 ffffea0000071400 ffffea0000078000 ffffea0000078140' <<-END
	1c41000 use=slab head=0x1c40 order=1
	1e00000 use=file hugetlb=true head=0x1e00 order=9 index=-
	1e05000 use=file hugetlb=true head=0x1e00 order=9 index=-
	# the word of the map count has the slab's objects; a tail's is not its own
	ffffea0000071000 use=slab mapcount=- refcount=1 flags=slab,head
	ffffea0000071040 use=slab mapcount=- flags=tail
	ffffea0000071400 use=anon mapcount=1
	ffffea0000078000 use=file mapcount=- order=9
	ffffea0000078140 use=file mapcount=- order=9
	END
}

@test "before 4.4, 32 bits with SPARSEMEM: heads and tails share a flag" {
	describe pae-3.10 <<-END
	include $DUMPS/pae-kdump.inc
	note VMCOREINFO
	  OSRELEASE=3.10.105
	  NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-128
	  SYMBOL(free_huge_page)=%x{text+0x2000}
	end
	at memmap+0x1c40*32: u32 1<<9|1<<16 0 0 1 2 3 0x100010 1
	at memmap+0x1c41*32: u32 1<<16|1<<18 0 1 0 0 page_offset+memmap+0x1c40*32 -1 0
	at memmap+0x1c50*32: u32 1<<18 0 0 page_offset+0x3a000|1 7 0 0 1
	at memmap+0x1c80*32: u32 0 0 0 0 0 2 -128 0
	# hugetlb's pool
	at memmap+0x1e00*32: u32 1<<16 0 0 0 0 0 -1 0
	at memmap+0x1e01*32: u32 1<<16|1<<18 text+0x2000 9 0 0 page_offset+memmap+0x1e00*32 -1 0
	at memmap+0x1e05*32: u32 1<<16|1<<18 0 0 0 0 page_offset+memmap+0x1e00*32 -1 0
	# as large, and not hugetlb's
	at memmap+0x1800*32: u32 1<<16 0 0 page_offset+0x3a000|1 0x200 0 -1 1
	at memmap+0x1801*32: u32 1<<16|1<<18 text+0x2010 9 0 0 page_offset+memmap+0x1800*32 -1 0
	END
	vmlinux pae 3.10.105
	answers vmlinux pae-3.10 'ptov -a 1c40000 1c41000 1c50000 1c83000 1e00000 1e05000 1801000' <<-END
	1c40000 use=slab head=0x1c40 order=1
	1c41000 use=slab head=0x1c40 order=1
	1c50000 use=anon index=7 head=-
	1c83000 use=free order=2
	1e00000 use=hugetlb hugetlb=true head=0x1e00 order=9 index=-
	1e05000 use=hugetlb hugetlb=true head=0x1e00 order=9 index=-
	1801000 use=anon hugetlb=- head=0x1800 order=9 index=513
	END
	answers vmlinux pae-3.10 'page c1a38800 c1a38820 c1a38a00' <<-END
	c1a38800 use=slab mapcount=- refcount=1
	c1a38820 use=slab mapcount=-
	c1a38a00 use=anon mapcount=1
	END
	# Alone PG_head_mask would be the flag that tails have too.
	sed '/SYMBOL(free_huge_page)/a\  NUMBER(PG_head_mask)=65536' pae-3.10.txt >alone.txt
	"$MKDUMP" alone.txt alone
	answers alone 'ptov -a 1c40000 1c41000 1c50000' <<-END
	1c40000 use=slab head=-
	1c41000 use=unknown head=-
	1c50000 use=anon
	END
}

@test "hugetlb by a flag of the first tail (6.6 to 6.8)" {
	describe 6.6 <<-END
	include $DUMPS/x86_64-4level.inc
	include $DUMPS/x86_64-note.inc
	note VMCOREINFO
	  OSRELEASE=6.6.15
	  NUMBER(HUGETLB_PAGE_DTOR)=
	  NUMBER(PG_hugetlb)=6
	end
	at memmap+0x1c40*64: u64 1<<16 0 0 0 2 3 u32 -1 1
	at memmap+0x1c41*64: u64 1<<6 vmemmap_base+0x1c40*64+1 u8 0 1
	# the bit is the head's PG_active
	at memmap+0x1c44*64: u64 1<<6|1<<16 0 0 page_offset+0x3a000|1 0 0 u32 -1 1
	at memmap+0x1c45*64: u64 0 vmemmap_base+0x1c44*64+1 u8 0 1
	END
	answers 6.6 'ptov -a 1c40000 1c41000 1c44000 1c45000' <<-END
	1c40000 use=hugetlb hugetlb=true head=0x1c40 order=1
	1c41000 use=hugetlb hugetlb=true
	1c44000 use=anon hugetlb=- head=0x1c44 order=1
	1c45000 use=anon hugetlb=-
	END
}

@test "the first tail's flags: its own names, and the order is none" {
	describe 6.12 <<-END
	include $DUMPS/x86_64-purpose-6.12.txt
	# order 9: bits 0 and 3; the flags of the second page
	at memmap+0x1c00*64: u64 1<<16|1<<18 0 0 0 0 0 u32 -1 1
	at memmap+0x1c01*64: u64 9|1<<18|1<<3 vmemmap_base+0x1c00*64+1
	at memmap+0x1c02*64: u64 1<<3|1<<18 vmemmap_base+0x1c00*64+1
	END
	vmlinux 64 6.12.1
	# of what nobody says what it is used for, what it is part of is still told
	answers vmlinux 6.12 'page ffffea0000070000 ffffea0000070040 ffffea0000070080' <<-END
	ffffea0000070000 flags=head,reclaim use=vmalloc head=0x1c00 order=9
	ffffea0000070040 flags=partially_mapped flags_word=0x40009 use=other head=0x1c00 order=9
	ffffea0000070080 flags=dirty,reclaim use=other head=0x1c00 order=9
	END
	run "$KWALK" -q vmlinux 6.12 -c 'page ffffea0000070040'
	[[ $output == *'  other, part of the compound page at frame 1c00, order 9' ]]
}

@test "a free block covers its own frames only" {
	describe reach <<-END
	include $DUMPS/x86_64-pages.txt
	# two frames free, two that nobody holds and that are not free
	at memmap+0x1c90*64: u64 0 0 0 0 0 1 u32 0xffffff7f 0
	at memmap+0x1c92*64: u64 0 0 0 0 0 0 u32 -1 0
	# a block says order 3, though it does not begin at a multiple of eight
	at memmap+0x1c9c*64: u64 0 0 0 0 0 3 u32 0xffffff7f 0
	# a small block amid a large one, as while they are joined
	at memmap+0x1ca0*64: u64 0 0 0 0 0 5 u32 0xffffff7f 0
	at memmap+0x1ca8*64: u64 0 0 0 0 0 1 u32 0xffffff7f 0
	END
	vmlinux 64
	use reach '1c91000 1c92000 1c93000 1c9d000 1caa000' <<-END
	1c91000 use=free order=1
	1c92000 use=unknown
	1c93000 use=unknown
	1c9d000 use=unknown
	1caa000 use=free order=5
	END
}

@test "RHEL 8: page types and the swap cache by note and types, not by the release" {
	dump x86_64-rhel-8
	answers x86_64-rhel-8 'page ffffea0000001400 ffffea0000001440 ffffea0000001480 ffffea00000014c0 ffffea0000001500' <<-END
	ffffea0000001400 use=free
	ffffea0000001440 use=offline
	ffffea0000001480 use=other
	ffffea00000014c0 use=other
	ffffea0000001500 use=anon swap_type=-
	END
	vmlinux 64 4.18.0-553.el8_10.x86_64
	answers vmlinux x86_64-rhel-8 'page ffffea0000001480 ffffea00000014c0 ffffea0000001500' <<-END
	ffffea0000001480 use=page-table
	ffffea00000014c0 use=other
	ffffea0000001500 use=anon swap_type=2 swap_offset=4660
	END
}

@test "shmem: pages of files that swap backs, but for hugetlb's" {
	describe shmem <<-END
	include $DUMPS/x86_64-pages.txt
	at memmap+0x1c21*64: u64 1<<19 0 0 d+inode_gone+i_data 8 0 u32 ~0 1
	at memmap+0x1e00*64: u64 1<<16|1<<19 0 0 d+inode_plain+i_data 0 0 u32 0 1
	END
	vmlinux 64
	use shmem '1c20000 1c21123 1e05000' <<-END
	1c20000 use=file
	1c21123 use=shmem index=8 inode=12 filesystem=tmpfs device=tmpfs file="/bin/gone (deleted)" address_space=0xffff88800003a1a8
	1e05000 use=file hugetlb=true
	END
	answers vmlinux shmem 'frames -l 1c20000 1c21fff' <<-END
	* frames=1 use=file
	* frames=1 use=shmem
	END
}

@test "hugetlb is counted whole, whosever it is" {
	dump x86_64-pages
	vmlinux 64
	answers vmlinux x86_64-pages 'frames 1e00000 1ffffff; page ffffea0000078140' <<-END
	* frames=512 use=hugetlb
	ffffea0000078140 use=anon hugetlb=true
	END
}

@test "frames that are corrupted, or were taken out of use before" {
	describe poisoned <<-END
	include $DUMPS/x86_64-pages.txt
	at memmap+0x1c03*64: u64 1<<23 0 0 d+anon|1 0 0 u32 0 1
	at memmap+0x1c38*64: u64 1<<23 0 0 0 0 0 u32 ~0 1
	END
	vmlinux 64
	answers vmlinux poisoned 'page ffffea00000700c0 ffffea0000070e00; frames 1c03000 +0x1000; frames 1c38000 +0x1000; whatis 1c38000' <<-END
	ffffea00000700c0 use=anon hwpoison=true owners.0.pid=1 flags=hwpoison
	ffffea0000070e00 use=hwpoison hwpoison=true
	* frames=1 use=hwpoison
	* frames=1 use=hwpoison
	1c38000 as=virtual
	1c38000 as=physical use=hwpoison text='frame 1c38, zone DMA, hwpoison'
	END
	run "$KWALK" -q vmlinux poisoned -c 'page ffffea00000700c0'
	[[ $output == *'  anon page 0 of pid 1 at 3000, hwpoison' ]]
}

@test "memory that is offline: its struct pages mean nothing, except struct pages of devices" {
	# the bit 2 of the section; a struct page of ZONE_DEVICE, and one that was never set
	describe offline <<-END
	include $DUMPS/x86_64-pages.txt
	at mem_sections: u64 vmemmap_base|0xb page_offset+0x22000
	at memmap+0x800*64: u64 4<<51|1<<12
	at memmap+0xa00*64: fill 64 255
	END
	vmlinux 64
	answers vmlinux offline 'frames; page ffffea0000020000 ffffea0000028000 ffffea0000070040' <<-END
	* frames=8191 use=offline
	* frames=1 use=reserved
	ffffea0000020000 use=reserved zone=Device
	ffffea0000028000 use=offline
	ffffea0000070040 use=offline
	END
	# No bit says so before 4.13.
	describe old <<-END
	include $DUMPS/x86_64-4level.inc
	include $DUMPS/x86_64-note.inc
	note VMCOREINFO
	  OSRELEASE=4.9.0-8-amd64
	end
	at mem_sections: u64 vmemmap_base|0xb page_offset+0x22000
	at memmap+0x1c80*64: u64 1<<9 0 0 0 0 0 u32 -1 1
	END
	answers old 'ptov -a 1c80000' <<<'1c80000 use=slab'
}

# The first frames of the ranges of frames -l.
@test "frames, page and ptov -u give the same use" {
	vmlinux 64
	dump x86_64-kmem x86_64-purpose
	for file in x86_64-kmem x86_64-purpose; do
		"$KWALK" -q -j -c 'frames -l' vmlinux $file >ranges 2>complaints || true
		json_values 'it["start"] + " " + it["use"]' ranges | sort -u >want
		[ "$(wc -l <want)" -gt 8 ]
		echo "ptov -u $(sed 's/ .*//' want | tr '\n' ' ')" >asked
		"$KWALK" -q -j -x asked vmlinux $file >got 2>complaints || true
		# the level of a table is in a separate field
		sed -i 's/ pgd$/ page-table/' want
		json_values 'it["physical"] + " " + it["use"]' got | sort -u >got.uses
		# page also knows the kernel's own tables, which frames and meminfo do not count
		[ -z "$(join want got.uses | awk '$2 != $3 && !($3 == "page-table" && $2 ~ /^(unknown|other)$/)')" ]
		[ "$(wc -l <want)" = "$(join want got.uses | wc -l)" ]
	done
}

@test "a frame in the memory map without a use is not a frame of vmalloc" {
	vmlinux 64
	dump x86_64-pages
	answers vmlinux x86_64-pages 'ptov -a 1b31000; frames -l 1b31000 1b31fff' <<-END
	1b31000 use=unknown mappings.1.region=vmemmap
	* frames=1 use=unknown
	END
}
