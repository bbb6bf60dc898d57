#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# vtop on PAE dumps. An address' table rows are its bits 31:30, 29:21 and
# 20:12; a row's entry is at table + 8 * row.
load common

@test "a plain kernel's mappings, level by level" {
	dump pae
	# c1c00123: pgd 3, pmd 14 (+70), a 2M page; c2801ff8: pmd 20 (+a0), pte 1
	answers pae 'vtop c1c00123 c2801ff8 c2804010 c1000000 c2802000 c2000000 ffffc030' <<-END
	c1c00123 status=mapped physical=0x1c00123 page_size=2097152 pfn=0x1c00 page=0xc1a38000 \
		region=direct-map writable=true executable=false user=false cache=WB \
		page_state=present levels.#=2 levels.0.name=pgd levels.0.entry_address=0x1410018 \
		levels.0.entry=0x2001 levels.0.flags=PRESENT levels.1.name=pmd \
		levels.1.entry_address=0x2070 levels.1.entry=0x8000000001c001e3 \
		levels.1.flags=PRESENT,RW,ACCESSED,DIRTY,PSE,GLOBAL,NX
	c2801ff8 status=mapped physical=0x1c05ff8 page_size=4096 levels.#=3 \
		levels.1.entry_address=0x20a0 levels.2.name=pte levels.2.entry_address=0x4008 \
		levels.2.entry=0x8000000001c05163
	# frame 140000 is in section 10, whose map is at 31M
	c2804010 status=mapped physical=0x140000010 pfn=0x140000 page=0xc1f00000
	c1000000 status=mapped physical=0x1000000 executable=true writable=false
	c2802000 status=not-mapped level=pte
	c2000000 status=not-mapped level=pmd
	ffffc030 status=mapped physical=0xfee00030 cache=UC page=-
	END
}

@test "2M pages, NX at each level, tables and pages above 4 GiB" {
	dump pae
	answers pae 'vtop 200123 400123 801000 800000 a00010 a01010 e00000 3010 1200010' <<-END
	200123 status=mapped physical=0x1c00123 page_size=2097152 executable=true writable=true \
		user=true
	400123 status=mapped physical=0x1c00123 page_size=2097152 executable=false cache=WB \
		levels.1.entry=0x8000000001c010e7 \
		levels.1.flags=PRESENT,RW,USER,ACCESSED,DIRTY,PSE,PAT,NX
	801000 status=mapped physical=0x1c01000 executable=false
	800000 status=mapped physical=0x1c00000 executable=false \
		levels.2.flags=PRESENT,RW,USER,ACCESSED,DIRTY
	a00010 status=mapped physical=0x140000010 levels.2.entry_address=0x140001000 executable=true
	a01010 status=mapped physical=0x140002010 executable=false levels.2.entry=0x8000000140002067
	e00000 status=mapped physical=0x1c00000 writable=false user=true executable=true
	3010 status=mapped physical=0x140003010 page_state=present
	1200010 status=mapped physical=0x180000010 page_size=2097152 page_state=absent
	END
}

@test "small pages: rights and the top frame bits" {
	dump pae
	answers pae 'vtop 0 1000 2000 5000 9000' <<-END
	# the top-level entries have no rights of their own
	0 status=mapped physical=0x1c00000 writable=true user=true executable=true
	1000 status=mapped physical=0x1c01000 executable=false
	2000 status=mapped physical=0x1c02000 writable=false user=true
	5000 status=mapped physical=0xfffffffff000 page_state=absent
	9000 status=not-mapped level=pte
	END
}

@test "reserved bits: 52-62, a large page's 20:13, and a top-level entry's RW" {
	dump pae
	answers -s 1 pae 'vtop 40000000 600000 c00000 4000 1000000' <<-END
	40000000 status=corrupt level=pgd
	600000 status=corrupt level=pmd
	c00000 status=corrupt level=pmd
	4000 status=corrupt level=pte
	1000000 status=unreadable level=pte reason=absent
	END
}

@test "not present: inverted PROT_NONE, swap, migration" {
	dump pae
	vmlinux pae
	answers vmlinux pae 'vtop 6123 7000 8000' <<-END
	6123 status=prot-none physical=0x1c06123 levels.2.entry=0x800ffffffe3f9120
	7000 status=swapped swap_type=3 swap_offset=4660 levels.2.entry=0x1fffffffffdb9600
	8000 status=migration
	END
}

@test "not present before L1TF: swap in the upper word, nothing inverted" {
	dump pae-swap-3.2
	vmlinux pae 3.2.0-4-686-pae
	answers vmlinux pae-swap-3.2 'vtop 10 1010' <<-END
	10 status=swapped swap_type=2 swap_offset=4660 levels.2.entry=0x2468200000000
	1010 status=prot-none physical=0x1c01010 levels.2.entry=0x8000000001c01120
	END
}

@test "other splits" {
	dump pae-split-80000000 pae-split-40000000
	answers pae-split-80000000 'vtop 81c00123 82801ff8 ffffc000; ptov 1c00123 140000000' <<-END
	81c00123 status=mapped physical=0x1c00123 levels.0.entry_address=0x1410010 region=direct-map
	82801ff8 status=mapped physical=0x1c05ff8
	ffffc000 status=mapped physical=0xfee00000
	1c00123 status=ok virtual=0x81c00123
	140000000 status=no-direct-mapping virtual=-
	END
	answers pae-split-40000000 'vtop 41c00123 42801ff8; ptov 1c00123' <<-END
	41c00123 status=mapped physical=0x1c00123 levels.0.entry_address=0x1410008
	42801ff8 status=mapped physical=0x1c05ff8
	1c00123 status=ok virtual=0x41c00123
	END
}

@test "KASLR moves virtual and physical alike" {
	dump pae-kaslr
	# swapper_pg_dir at 1810000, which is in 2M page 12 (+60)
	answers pae-kaslr 'vtop c1810123 c2801ff8' <<-END
	c1810123 status=mapped physical=0x1810123 levels.0.entry_address=0x1810018 \
		levels.1.entry_address=0x2060
	c2801ff8 status=mapped physical=0x1c05ff8
	END
}

@test "without VMCOREINFO: CR4 says PAE, CR3 points into a page" {
	dump pae-qemu
	answers pae-qemu 'vtop c1c00123 c2801ff8; ptov 1c00123' <<-END
	c1c00123 status=mapped physical=0x1c00123 levels.0.entry_address=0x1410ff8
	c2801ff8 status=mapped physical=0x1c05ff8
	1c00123 status=ok virtual=0xc1c00123
	END
}

@test "page-table isolation: the user copy has the kernel's table of its own" {
	dump pae-kpti pae-neighbour
	answers pae-kpti 'vtop 401010 c1c00123' <<-END
	401010 status=mapped physical=0x1c01010 levels.0.entry_address=0x40000
	c1c00123 status=mapped physical=0x1c00123 levels.0.entry_address=0x40018
	END
	answers pae-neighbour 'vtop 401010' <<<'401010 status=mapped physical=0x1c01010 levels.0.entry_address=0x41000'
}

# CONFIG_X86_4G: PAGE_OFFSET is 02000000.
@test "the 4G/4G split of hugemem kernels is found" {
	describe huge <<-END
	let page_offset 0x02000000
	let pmd_fixmap 0x7000
	include $DUMPS/pae-kdump.inc
	at pmd_direct[0]: u64 seq 16 0 0
	at pmd_direct[16]: u64 pte_direct|KTABLE seq 15 2M|DATA|PS 2M
	at pmd_direct[24]: u64 text_phys|0x1e1
	END
	answers huge 'vtop 3001000; ptov 1000; region 3001000' <<-END
	3001000 status=mapped physical=0x1001000
	1000 virtual=0x2001000
	3001000 region=direct-map
	END
	"$KWALK" -q -c info huge | grep '^page_offset  *2000000 '
}
