#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# vtop on x86-64 dumps. An address' table rows are its bits 47:39, 38:30, 29:21
# and 20:12; a row's entry is at table + 8 * row.
load common

@test "a plain kernel's mappings, level by level" {
	dump x86_64
	# ffff8880_01c00123: pgd 273 (+888), pud 0, pmd 14 (+70), a 2M page
	# ffffc900_00001ff8: pgd 402 (+c90), pud 0, pmd 0, pte 1
	# ffffffff_81000000: pgd 511 (+ff8), pud 510 (+ff0), pmd 8 (+40)
	answers x86_64 'vtop ffff888001c00123 0xffffc90000001ff8 ffffffff81000000' <<-END
	ffff888001c00123 command=vtop status=mapped virtual=0xffff888001c00123 physical=0x1c00123 \
		page_size=2097152 pfn=0x1c00 page=0xffffea0000070000 region=direct-map \
		writable=true executable=false user=false cache=WB page_state=present levels.#=3 \
		levels.0.name=pgd levels.0.entry_address=0x1410888 levels.0.entry=0x1063 \
		levels.0.flags=PRESENT,RW,ACCESSED,DIRTY levels.1.name=pud \
		levels.1.entry_address=0x1000 levels.1.entry=0x2063 levels.2.name=pmd \
		levels.2.entry_address=0x2070 levels.2.entry=0x8000000001c001e3 \
		levels.2.flags=PRESENT,RW,ACCESSED,DIRTY,PSE,GLOBAL,NX
	0xffffc90000001ff8 status=mapped virtual=0xffffc90000001ff8 physical=0x1c05ff8 \
		page_size=4096 pfn=0x1c05 page=0xffffea0000070140 region=vmalloc writable=true \
		executable=false levels.#=4 levels.0.entry_address=0x1410c90 levels.0.entry=0x4063 \
		levels.1.entry_address=0x4000 levels.1.entry=0x5063 levels.2.entry_address=0x5000 \
		levels.2.entry=0x6063 levels.3.name=pte levels.3.entry_address=0x6008 \
		levels.3.entry=0x8000000001c05163 \
		levels.3.flags=PRESENT,RW,ACCESSED,DIRTY,GLOBAL,NX
	ffffffff81000000 status=mapped physical=0x1000000 page_size=2097152 region=kernel-image \
		writable=false executable=true user=false levels.#=3 \
		levels.0.entry_address=0x1410ff8 levels.0.entry=0x1411067 \
		levels.1.entry_address=0x1411ff0 levels.1.entry=0x1412063 \
		levels.2.entry_address=0x1412040 levels.2.entry=0x10001e1
	END
}

@test "small pages, gaps, fixmap, vsyscall" {
	dump x86_64
	answers x86_64 'vtop ffff888000000000 ffff8880001ff000 ffffc90000002000 ffffc90000003abc ffffc90000004000 ffff888002000000 ffffffff81800000 ffffffffff5fd020 ffffffffff600000 0 7fffffffffff' <<-END
	ffff888000000000 status=mapped physical=0x0 page_size=4096 page_state=present
	ffff8880001ff000 status=mapped physical=0x1ff000 page_size=4096
	ffffc90000002000 status=not-mapped level=pte physical=- levels.#=4 levels.3.entry=0x0
	ffffc90000003abc status=mapped physical=0x1c07abc writable=false executable=false
	ffffc90000004000 status=not-mapped level=pte
	ffff888002000000 status=not-mapped level=pmd levels.#=3
	ffffffff81800000 status=not-mapped level=pmd
	# the local APIC: memory that no segment holds
	ffffffffff5fd020 status=mapped physical=0xfee00020 page_size=4096 cache=UC \
		page_state=absent page=- region=fixmap
	ffffffffff600000 status=mapped physical=0x1201000 user=true writable=false \
		executable=false region=vsyscall
	0 status=not-mapped level=pgd region=user
	7fffffffffff status=not-mapped level=pgd region=user
	END
}

@test "non-canonical addresses, four levels" {
	dump x86_64
	answers x86_64 'vtop 800000000000 ffff7fffffffffff 8000000000000000 ffff800000000000' <<-END
	800000000000 status=non-canonical physical=-
	ffff7fffffffffff status=non-canonical
	8000000000000000 status=non-canonical
	ffff800000000000 status=not-mapped level=pgd
	END
}

@test "KASLR: text, direct map, vmalloc and vmemmap all moved" {
	dump x86_64-kaslr
	# 9c2380000000: pgd 312 (+9c0), pud 142 (+470), pmd 14; text: pud 510, pmd 217 (+6c8)
	answers x86_64-kaslr 'vtop ffff9c2381c00123 ffffb30f40001ff8 ffffffff9b200000 ffff888001c00000; ptov 1c00123' <<-END
	ffff9c2381c00123 status=mapped physical=0x1c00123 page=0xffffe6c5c0070000 \
		region=direct-map levels.0.entry_address=0x14109c0 levels.1.entry_address=0x1470 \
		levels.2.entry_address=0x2070
	ffffb30f40001ff8 status=mapped physical=0x1c05ff8
	ffffffff9b200000 status=mapped physical=0x1000000 region=kernel-image \
		levels.1.entry_address=0x1411ff0 levels.2.entry_address=0x14126c8
	ffff888001c00000 status=not-mapped level=pgd
	1c00123 command=ptov status=ok physical=0x1c00123 virtual=0xffff9c2381c00123
	END
}

@test "large pages: PAT is bit 12 and no part of the address" {
	dump x86_64-entries
	# 28M is 1c00000; 200000 is pmd row 1, 40000000 pud row 1
	answers x86_64-entries 'vtop 200123 412345 a00fff 40000000 80123456' <<-END
	200123 status=mapped physical=0x1c00123 page_size=2097152 cache=WB user=true writable=true \
		executable=true levels.2.entry=0x1c000e7 \
		levels.2.flags=PRESENT,RW,USER,ACCESSED,DIRTY,PSE
	# PAT=1 PCD=0 PWT=1: 5, write-protect
	412345 status=mapped physical=0x1c12345 page_size=2097152 cache=WP \
		levels.2.entry=0x1c010ef levels.2.flags=PRESENT,RW,USER,PWT,ACCESSED,DIRTY,PSE,PAT
	a00fff status=mapped physical=0x1c00fff page_size=2097152 cache=UC- user=false \
		executable=false levels.2.flags=PRESENT,RW,PCD,PSE,GLOBAL,NX
	# device memory or nothing: not in the dump, mapped all the same
	40000000 status=mapped physical=0x40000000 page_size=1073741824 page_state=absent \
		levels.#=2 cache=WB
	80123456 status=mapped physical=0x40123456 page_size=1073741824 levels.1.entry=0x400010e7 \
		levels.1.flags=PRESENT,RW,USER,ACCESSED,DIRTY,PSE,PAT cache=WB
	END
}

@test "rights are the rights of all levels together" {
	dump x86_64-entries
	# pud rows 5 (NX), 6 (read only), 7 (kernel only) lead to the same pages
	answers x86_64-entries 'vtop 1008 2008 3008 4008 140001008 180001008 1c0001008 140200000' <<-END
	1008 status=mapped physical=0x1c01008 writable=true executable=true user=true region=user
	2008 status=mapped physical=0x1c02008 writable=true executable=false user=true
	3008 status=mapped physical=0x1c03008 writable=false executable=true user=true
	4008 status=mapped physical=0x1c04008 writable=true executable=true user=false
	140001008 status=mapped physical=0x1c01008 writable=true executable=false user=true
	180001008 status=mapped physical=0x1c01008 writable=false executable=true user=true
	1c0001008 status=mapped physical=0x1c01008 writable=true executable=true user=false
	140200000 status=mapped physical=0x1c00000 executable=false
	END
}

@test "cache types of small pages: PAT is bit 7" {
	dump x86_64-entries
	# the kernel's PAT register: WB WC UC- UC WB WP UC- WT
	answers x86_64-entries 'vtop 5000 6000 7000 8000 9000 a000 b000' <<-END
	5000 status=mapped physical=0x1c05000 cache=WB levels.3.flags=PRESENT,RW,USER,PAT
	6000 status=mapped physical=0x1c06000 cache=WC levels.3.flags=PRESENT,RW,USER,PWT
	7000 status=mapped physical=0x1c07000 cache=UC- levels.3.flags=PRESENT,RW,USER,PCD
	8000 status=mapped physical=0x1c08000 cache=UC levels.3.flags=PRESENT,RW,USER,PCD,PWT
	9000 status=mapped physical=0x1c09000 cache=WP levels.3.flags=PRESENT,RW,USER,PAT,PWT
	a000 status=mapped physical=0x1c0a000 cache=UC- levels.3.flags=PRESENT,RW,USER,PAT,PCD
	b000 status=mapped physical=0x1c0b000 cache=WT levels.3.flags=PRESENT,RW,USER,PAT,PCD,PWT
	END
}

@test "software's bits, high frames, protection keys" {
	dump x86_64-entries
	answers x86_64-entries 'vtop c000 d678 e000 f000 1a000 1b000 1c000' <<-END
	c000 status=mapped physical=0x1c0c000 levels.3.flags=PRESENT,GLOBAL,SOFTW1,SOFTW2,SOFTW3
	# above 64 TiB: frames are bits 51:12
	d678 status=mapped physical=0x8000012345678 pfn=0x8000012345 page=- page_state=absent
	e000 status=mapped physical=0x1c0e000 levels.3.entry=0x7f0000001c0e007
	f000 status=mapped physical=0x1c0f000 executable=true
	1a000 status=mapped physical=0x1c1a000 page_state=present
	1b000 status=mapped physical=0xa0000 page_state=absent cache=UC
	1c000 status=mapped physical=0x2000000 page_state=absent
	END
}

@test "reserved bits are corruption, with their level" {
	dump x86_64-entries
	answers -s 1 x86_64-entries 'vtop 600000 800000 c0000000 10000000000' <<-END
	600000 status=corrupt level=pmd physical=-
	800000 status=corrupt level=pmd
	c0000000 status=corrupt level=pud
	10000000000 status=corrupt level=pgd
	END
}

@test "empty entries at each level" {
	dump x86_64-entries
	answers x86_64-entries 'vtop 0 e00000 100000000 8000000000' <<-END
	0 status=not-mapped level=pte levels.#=4
	e00000 status=not-mapped level=pmd levels.#=3
	100000000 status=not-mapped level=pud levels.#=2
	8000000000 status=not-mapped level=pgd levels.#=1
	END
}

@test "not present: PROT_NONE, swap, migration" {
	dump x86_64-entries
	# PROT_NONE: the frame is stored inverted: ~1c10000 is ...fffffe3ef000
	# the length of swap_info determines which types are special
	vmlinux 64
	answers vmlinux x86_64-entries 'vtop 10123 c00123 11000 12000 13000 14000 15000 16000 1000000' <<-END
	10123 status=prot-none physical=0x1c10123 levels.3.entry=0x800ffffffe3ef120 \
		levels.3.flags=PROTNONE,ACCESSED,NX
	c00123 status=prot-none physical=0x1c00123 page_size=2097152 levels.#=3
	11000 status=swapped swap_type=2 swap_offset=4660 physical=- \
		levels.3.entry=0x17ffffffffdb9600
	12000 status=swapped swap_type=0 swap_offset=1
	13000 status=swapped swap_type=5 swap_offset=67108863
	# 6.1: types 24 to 26 are migration entries
	14000 status=migration
	15000 status=migration
	16000 status=migration
	1000000 status=migration
	END
	answers x86_64-entries 'vtop 10123 c00123 11000 12000' <<-END
	10123 status=prot-none physical=0x1c10123
	c00123 status=prot-none physical=0x1c00123
	11000 status=swapped swap_type=2 swap_offset=4660
	12000 status=swapped swap_type=0 swap_offset=1
	END
}

@test "five levels" {
	dump x86_64-5level
	# ff11_000001c00123: pgd 273 (+888), p4d 0, pud 0, pmd 14
	# ffffffff_81000000: pgd 511, p4d 511, pud 510, pmd 8
	answers -s 1 x86_64-5level 'vtop ff11000001c00123 ffa0000000001ff8 ffffffff81000000 10000000000abc 7fffffffe000 10008000000000 11000000000000' <<-END
	ff11000001c00123 status=mapped physical=0x1c00123 page_size=2097152 \
		page=0xffd4000000070000 region=direct-map levels.#=4 levels.0.name=pgd \
		levels.0.entry_address=0x1410888 levels.0.entry=0x13063 levels.1.name=p4d \
		levels.1.entry_address=0x13000 levels.1.entry=0x1063 levels.2.name=pud \
		levels.2.entry_address=0x1000 levels.3.name=pmd levels.3.entry_address=0x2070
	ffa0000000001ff8 status=mapped physical=0x1c05ff8 levels.#=5 levels.4.name=pte \
		region=vmalloc
	ffffffff81000000 status=mapped physical=0x1000000 levels.0.entry_address=0x1410ff8 \
		levels.0.entry=0x14067 levels.1.entry_address=0x14ff8 levels.1.entry=0x1411067 \
		region=kernel-image
	10000000000abc status=mapped physical=0x1d00abc user=true executable=false \
		levels.0.entry_address=0x1410080 levels.0.entry=0x18067 region=user
	7fffffffe000 status=mapped physical=0x1d01000 levels.1.entry_address=0x197f8 \
		levels.4.entry_address=0x1cff0
	10008000000000 status=corrupt level=p4d
	11000000000000 status=corrupt level=pgd
	END
}

@test "non-canonical addresses, five levels" {
	dump x86_64-5level
	answers x86_64-5level 'vtop 100000000000000 feffffffffffffff 800000000000 ff00000000000000 ffff888001c00000' <<-END
	100000000000000 status=non-canonical
	feffffffffffffff status=non-canonical
	800000000000 status=not-mapped level=p4d
	ff00000000000000 status=not-mapped level=pgd
	ffff888001c00000 status=not-mapped level=p4d
	END
}

@test "tables and pages that a filter left out, or that never were" {
	dump x86_64-missing
	answers -s 1 x86_64-missing 'vtop 8000000000 10000000000 18000000000 20000000000 40000000 200000 400000' <<-END
	8000000000 status=unreadable level=pud reason=filtered physical=-
	10000000000 status=unreadable level=pud reason=absent
	18000000000 status=unreadable level=pud reason=absent
	20000000000 status=unreadable level=pud reason=absent
	40000000 status=unreadable level=pmd reason=filtered
	200000 status=unreadable level=pte reason=filtered
	400000 status=unreadable level=pte reason=absent
	END
	complains @unreadable 'vtop 8000000000'
	# A page that is not there is still an answer.
	answers x86_64-missing 'vtop 10 1010 2010 3010' <<-END
	10 status=mapped physical=0x1f7f010 page_state=present
	1010 status=mapped physical=0x1f80010 page_state=filtered
	2010 status=mapped physical=0x1fff010 page_state=filtered
	3010 status=mapped physical=0x2000010 page_state=absent
	END
}

@test "tables and pages beyond the end of a cut file" {
	dump x86_64-cut
	answers -s 1 x86_64-cut 'vtop 8000000000 200000 10 1010' <<-END
	8000000000 status=unreadable level=pud reason=truncated
	200000 status=unreadable level=pte reason=truncated
	10 status=mapped physical=0x1f7f010 page_state=present
	1010 status=mapped physical=0x1f80010 page_state=truncated
	END
}

@test "tables that point at themselves end like any other" {
	dump x86_64-loop
	# pgd, pud, pmd and pte row 300 of the same table; 7 rows of pmd_user (11000)
	# ffff9600_00000000 + 4b_00000000 + 25800000 + 12c000
	answers x86_64-loop 'vtop ffff964b2592c123 e07123 e00000' <<-END
	ffff964b2592c123 status=mapped physical=0x1410123 page_size=4096 levels.#=4 \
		levels.0.entry_address=0x1410960 levels.3.entry_address=0x1410960
	e07123 status=mapped physical=0x11123 levels.2.entry_address=0x11038 \
		levels.3.entry_address=0x11038
	e00000 status=not-mapped level=pte
	END
}

@test "SME: the C-bit is no part of a frame, in tables and pages" {
	dump x86_64-sme
	answers x86_64-sme 'vtop ffff888001c00123 10 1010 200010 40000010 ffffffff81000000' <<-END
	ffff888001c00123 status=mapped physical=0x1c00123 levels.2.entry=0x8000800001c001e3
	10 status=mapped physical=0x1c00010 page=0xffffea0000070000 levels.0.entry=0x800000010067 \
		levels.3.entry=0x800001c00067
	1010 status=mapped physical=0x1c01010
	200010 status=mapped physical=0x1c00010 page_size=2097152
	40000010 status=mapped physical=0x40000010 page_size=1073741824
	ffffffff81000000 status=mapped physical=0x1000000
	END
}

@test "without VMCOREINFO, by QEMU's note of the CPU" {
	dump x86_64-qemu
	answers x86_64-qemu 'vtop ffff888001c00123 ffffc90000001ff8 ffffffff81000000; ptov 1c00123' <<-END
	ffff888001c00123 status=mapped physical=0x1c00123 levels.0.entry_address=0x1410888
	ffffc90000001ff8 status=mapped physical=0x1c05ff8
	ffffffff81000000 status=mapped physical=0x1000000
	1c00123 status=ok virtual=0xffff888001c00123
	END
}

@test "without VMCOREINFO, five levels by CR4" {
	dump x86_64-5level-qemu
	answers x86_64-5level-qemu 'vtop ff11000001c00123 ffffffff81000000; ptov 1c00123' <<-END
	ff11000001c00123 status=mapped physical=0x1c00123 levels.#=4
	ffffffff81000000 status=mapped physical=0x1000000
	1c00123 status=ok virtual=0xff11000001c00123
	END
}

@test "page-table isolation: CR3 may name the user copy" {
	dump x86_64-kpti
	answers x86_64-kpti 'vtop ffff888001c00123 ffffc90000001ff8 ffffffff81000000; ptov 1c00123' <<-END
	ffff888001c00123 status=mapped physical=0x1c00123
	ffffc90000001ff8 status=mapped physical=0x1c05ff8
	ffffffff81000000 status=mapped physical=0x1000000
	1c00123 status=ok virtual=0xffff888001c00123
	END
	# with a vmlinux the kernel's own table is known: init_top_pgt
	vmlinux 64
	answers vmlinux x86_64-kpti 'vtop ffff888001c00123 401000' <<-END
	ffff888001c00123 status=mapped physical=0x1c00123 levels.0.entry_address=0x1410888
	401000 status=not-mapped level=pgd
	END
	# NX of the kernel copy's user half holds for the whole of it
	answers -o root=0x40000 x86_64-kpti 'vtop 401010' <<-END
	401010 status=mapped physical=0x1c01010 user=true writable=false executable=false \
		levels.0.entry_address=0x40000
	END
}

@test "swap entries of each era" {
	# without l1tf_mitigation nothing is inverted
	dump x86_64-swap-4.14 x86_64-swap-4.9 x86_64-swap-3.2 x86_64-swap-2.6.26
	vmlinux 64 4.14.7
	answers vmlinux x86_64-swap-4.14 'vtop 0 1010' <<-END
	0 status=swapped swap_type=2 swap_offset=4660 levels.3.entry=0x48d0400
	1010 status=prot-none physical=0x1c01010 levels.3.flags=PROTNONE,ACCESSED
	END
	vmlinux 64 4.9.30
	answers vmlinux x86_64-swap-4.9 'vtop 0 1010' <<-END
	0 status=swapped swap_type=2 swap_offset=4660 levels.3.entry=0x91a0400
	1010 status=prot-none physical=0x1c01010
	END
	vmlinux 64 3.2.0-4-amd64
	answers vmlinux x86_64-swap-3.2 'vtop 0 1010' <<-END
	0 status=swapped swap_type=2 swap_offset=4660 levels.3.entry=0x246804
	1010 status=prot-none physical=0x1c01010
	END
	vmlinux 64 2.6.26-2-amd64
	answers vmlinux x86_64-swap-2.6.26 'vtop 0 1010' <<-END
	0 status=swapped swap_type=2 swap_offset=4660 levels.3.entry=0x123404
	1010 status=prot-none physical=0x1c01010 levels.3.entry=0x1c010a0 \
		levels.3.flags=PROTNONE,ACCESSED
	END
}

@test "-o root, arch and levels walk any image" {
	dump x86_64-bare
	answers -o arch=x86_64 -o levels=4 -o root=0x1410000 x86_64-bare 'vtop ffff888001c00123' <<-END
	ffff888001c00123 status=mapped physical=0x1c00123
	END
	# -o root= accepts any page
	answers -o arch=x86_64 -o levels=4 -o root=0x1000 x86_64-bare 'vtop 0' <<-END
	0 status=not-mapped level=pte levels.0.entry_address=0x1000 levels.0.entry=0x2063
	END
}

@test "without isolation CR3 names the table, whatever is in the page before" {
	local last

	dump x86_64-neighbour x86_64-neighbour-{43,47,49,4b,4f,51}
	answers x86_64-neighbour 'vtop 401010 ffff888001c00123 ffffffff81000000' <<-END
	401010 status=mapped physical=0x1c01010 levels.0.entry_address=0x41000
	ffff888001c00123 status=mapped physical=0x1c00123 levels.0.entry_address=0x41888
	ffffffff81000000 status=mapped physical=0x1000000
	END
	for last in 43 47 49 4f 51; do
		answers x86_64-neighbour-$last 'vtop ffff888001c00123' <<-END
		ffff888001c00123 status=mapped physical=0x1c00123 \
			levels.0.entry_address=0x${last}888
		END
	done
	answers x86_64-neighbour-4b 'vtop ffff888001c00123' <<-END
	ffff888001c00123 status=mapped physical=0x1c00123 levels.0.entry_address=0x4a888
	END
}

@test "KFENCE's guard pages: the entry shows whether its frame is inverted" {
	dump x86_64-kfence
	vmlinux 64
	answers vmlinux x86_64-kfence 'vtop ffff888000100010 ffff888000101010 ffff888000102010' <<-END
	ffff888000100010 status=prot-none physical=0x100010 levels.3.entry=0x8000000000100162
	ffff888000101010 status=prot-none physical=0x101010 levels.3.entry=0x800fffffffefe162
	ffff888000102010 status=prot-none physical=- levels.3.entry=0x8000004000000162
	END
}

@test "4.4.155: inverted though the release is old, by a symbol or by the entries" {
	dump x86_64-swap-4.4
	answers x86_64-swap-4.4 'vtop 10 1010' <<-END
	10 status=swapped swap_type=2 swap_offset=4660 levels.3.entry=0x17ffffffffdb9600
	1010 status=prot-none physical=0x1c01010 levels.3.entry=0x80003ffffe3fe120
	END
	vmlinux 64 4.4.155
	answers vmlinux x86_64-swap-4.4 'vtop 10 1010; pte 1c01120 247806 fffffe3fa060 fffff03fa060' <<-END
	10 status=swapped swap_type=2 swap_offset=4660
	1010 status=prot-none physical=0x1c01010
	# what such a kernel would not write
	1c01120 status=ok kind=prot-none physical=- doubt=~"frame is in memory without inversion"
	247806 status=ok kind=special swap_type=- \
		doubt="the offset is not inverted, but this kernel inverts offsets"
	# of 1c05000, which the kernel unmapped; of no memory
	fffffe3fa060 status=ok kind=special \
		doubt="the frame is inverted, as in the entry of a page that the kernel itself unmapped"
	fffff03fa060 status=ok kind=special \
		doubt="the offset is not inverted, but this kernel inverts offsets"
	END
	"$KWALK" -q -c 'pte 1c01120' vmlinux x86_64-swap-4.4 |
		grep -qx '  DOUBT: the frame is in memory without inversion, but this kernel inverts the frames of pages without access'
}

@test "entries that contradict the kernel's symbols or its release are reported" {
	dump x86_64-swap-4.4
	vmlinux 64 4.4.0-1-amd64
	# inverted, and no symbol of the mitigation
	answers vmlinux x86_64-swap-4.4 'vtop 10 1010; pte 17ffffffffdb9600 800000000' <<-END
	10 status=swapped swap_type=2 swap_offset=4660 \
		doubt="the offset is inverted, but no symbol shows that this kernel inverts offsets"
	1010 status=prot-none physical=- doubt=~"does not invert frames"
	17ffffffffdb9600 kind=swapped doubt=~"no symbol"
	800000000 kind=swapped doubt="the kernel has no swap area 0"
	END
	"$KWALK" -q -c 'vtop 10 1010' vmlinux x86_64-swap-4.4 >text
	grep -qx '  DOUBT: the offset is inverted, but no symbol shows that this kernel inverts offsets' text
	grep -qx '  DOUBT: the frame is inverted, but this kernel does not invert frames' text
	# of a newer kernel, which inverts: neither
	vmlinux 64
	dump x86_64
	answers vmlinux x86_64 'pte 8000000000000600 17ffffffffdb9600' <<-END
	8000000000000600 kind=special doubt="~not inverted"
	17ffffffffdb9600 kind=swapped doubt="the kernel has no swap area 2"
	END
}

@test "pages of a nonlinear mapping, before 4.0" {
	dump x86_64-swap-3.2
	answers x86_64-swap-3.2 'vtop 3000; pte 3b8040' <<-END
	3000 status=nonlinear physical=- swap_type=-
	3b8040 status=ok kind=nonlinear physical=- swap_type=-
	END
}

@test "TDX: the shared bit is no part of a frame, as physical_mask says" {
	dump x86_64-tdx
	vmlinux 64
	answers vmlinux x86_64-tdx 'vtop ffffc90000004010 ffffc90000000010 10; ptov -a 1c06010' <<-END
	ffffc90000004010 status=mapped physical=0x1c06010 page_state=present \
		levels.3.entry=0x8008000001c06163
	ffffc90000000010 status=mapped physical=0x1c00010
	10 status=prot-none physical=0x1c01010
	1c06010 mappings.#=2
	END
	facts vmlinux x86_64-tdx <<<'sme_mask 0x8000000000000'
}

@test "a note with swapper_pg_dir and no phys_base" {
	dump x86_64-swapper x86_64-swapper-twice
	answers x86_64-swapper 'vtop ffff888001c00123 ffffffff81000000' <<-END
	ffff888001c00123 status=mapped physical=0x1c00123
	ffffffff81000000 status=mapped physical=0x1000000
	END
	facts x86_64-swapper <<-END
	phys_base 0x0
	root 0x1410000
	END
	fails 1 'root not known' -q x86_64-swapper-twice -c 'vtop ffff888001c00123'
}

@test "RHEL 7.3: 4.8's swap entries in 3.10, told by the swap areas" {
	dump x86_64-swap-rhel-7.3
	vmlinux 64 3.10.0-514.el7.x86_64
	answers vmlinux x86_64-swap-rhel-7.3 'vtop 10 1010 3010 5010; pte 10000 40 91a0200 246802' <<-END
	10 status=swapped swap_type=0 swap_offset=4660
	1010 status=swapped swap_type=0 swap_offset=4661
	3010 status=not-mapped
	5010 status=nonlinear
	# both codings name a page of the area; empty or page 0; of no area in use
	10000 status=ok kind=special swap_type=- doubt=~"may use either of them"
	40 status=ok kind=special doubt=~neither
	91a0200 status=ok kind=special swap_type=- doubt=~neither
	246802 status=ok kind=special swap_type=- doubt=~neither
	END
	# without the areas the bits decide, where they can
	answers -s 1 x86_64-swap-rhel-7.3 'vtop 10 3010 5010; pte 246802 2200' <<-END
	10 status=error
	3010 status=not-mapped
	5010 status=nonlinear
	246802 status=ok kind=swapped swap_type=1 swap_offset=4660
	2200 status=ok kind=swapped swap_type=0 swap_offset=17
	END
}

@test "RHEL 6 and 7 with L1TF: pages of files have their numbers inverted" {
	dump x86_64-swap-rhel-7.7 x86_64-swap-rhel-6.10
	answers -s 1 x86_64-swap-rhel-7.7 'vtop 10 1010 2010 3010 4010' <<-END
	10 status=swapped swap_type=0 swap_offset=4660
	1010 status=prot-none physical=0x1c01010
	2010 status=nonlinear
	3010 status=swapped swap_type=2 swap_offset=4660
	# empty, or page 0 of a file of a kernel that does not invert
	4010 status=error
	END
	answers x86_64-swap-rhel-6.10 'vtop 10 1010 2010' <<-END
	10 status=swapped swap_type=0 swap_offset=4660
	1010 status=prot-none physical=0x1c01010
	2010 status=nonlinear
	END
}

@test "RHEL 9: three migration types in 5.14, told by PG_anon_exclusive" {
	dump x86_64-swap-rhel-9
	vmlinux 64 5.14.0-427.13.1.el9_4.x86_64
	answers vmlinux x86_64-swap-rhel-9 'vtop 10 1010 2010' <<-END
	10 status=migration physical=0x1c15010 swap_type=25
	1010 status=device
	2010 status=marker
	END
}

@test "the direct map maps each address to its own frame: another one is doubtful" {
	printf 'include %s\nat pte_direct[3]: u64 0x1c03000|DATA\nat 0x3018: u64 0x1c03000|DATA\n' "$DUMPS/x86_64.txt" | describe foreign
	vmlinux 64
	answers vmlinux foreign 'vtop ffff888000003018 ffff888000004000' <<-END
	ffff888000003018 status=mapped physical=0x1c03018 \
		doubt="the direct map should map this address to 3018, so an entry is damaged, or a table is the page of another frame"
	ffff888000004000 status=mapped physical=0x4000 doubt=-
	END
	"$KWALK" -q -c 'vtop ffff888000003018' vmlinux foreign | grep -q '^  DOUBT: the direct map should map'
}

@test "memory that crashkernel=,cma lent to processes is not in the dump, because the capture kernel used it" {
	# 8 to 12 MiB are missing; ranges: 8 to 10 MiB, 10 to 11 MiB
	describe cma <<-END
	include $DUMPS/x86_64.inc
	segment paddr=0 memsz=8M
	segment paddr=12M memsz=20M
	at root[(page_offset>>39)&511]: u64 pud_direct|k
	at root[(vmalloc_base>>39)&511]: u64 pud_vmalloc|k
	at root[(vmemmap_base>>39)&511]: u64 pud_vmemmap|k
	at root[511]: u64 pud_image|TABLE
	include $DUMPS/x86_64-note.inc
	at text_phys+4M+0x3000: u64 8M 10M-1 10M 11M-1
	at text_phys+4M+0x3100: u32 2
	END
	vmlinux 64
	objcopy --add-symbol crashk_cma_ranges=.data:0x3000,global --add-symbol crashk_cma_cnt=.data:0x3100,global vmlinux with
	answers with cma 'vtop ffff888000900000 ffff888000afffff ffff888000b00000; whatis 900000; vtop ffff888000c00000' <<-END
	ffff888000900000 page_state=absent page_reason="reserved by crashkernel=,cma for the capture kernel (800000 to 9fffff)"
	ffff888000afffff page_state=absent page_reason="reserved by crashkernel=,cma for the capture kernel (a00000 to afffff)"
	ffff888000b00000 page_state=absent page_reason=-
	900000 as=virtual
	900000 as=physical text="~not in the dump: reserved by crashkernel=,cma for the capture kernel (800000 to 9fffff)"
	ffff888000c00000 page_state=present page_reason=-
	END
	"$KWALK" -q -c 'rd ffff888000900000; rd -p a00000; rd -p b00000' with cma 2>&1 | tee notes
	[ "$(grep -c ': absent: reserved by crashkernel=,cma' notes)" = 2 ]
	# a count that no kernel has
	printf 'include cma.txt\nat text_phys+4M+0x3100: u32 5\n' | describe wild
	answers with wild 'vtop ffff888000900000' <<<'ffff888000900000 page_state=absent page_reason=-'
}

@test "a real guest with DEBUG_PAGEALLOC: free pages of the direct map are not mapped, and not swapped" {
	dump guest-x86_64-pagealloc
	lines() { sed -n "s/^$1 //p" "$DUMPS/guest-x86_64-pagealloc.tlb"; }
	asked() { lines "$1" | cut -d ' ' -f 1 | tr '\n' ' '; }
	answers guest-x86_64-pagealloc "vtop $(asked kernel) $(asked free)" <<<"$(lines kernel; lines free)"
	answers guest-x86_64-pagealloc "vtop -r $(lines root) $(asked user)" <<<"$(lines user)"
	# its symbols, as they are linked
	cat >System.map <<-'END'
	ffffffff81000000 T _text
	ffffffff81000000 T _stext
	ffffffff81000000 T startup_64
	ffffffff813a83d0 T schedule
	ffffffff81600000 T _etext
	ffffffff81653b40 D linux_banner
	ffffffff81a14000 D init_top_pgt
	ffffffff81aa2370 D init_uts_ns
	ffffffff81d23d68 B _debug_pagealloc_enabled
	ffffffff81e20000 B _end
	END
	answers System.map guest-x86_64-pagealloc "vtop $(asked free)" <<<"$(lines free | sed 's/$/ hidden="free memory (DEBUG_PAGEALLOC)"/')"
}
