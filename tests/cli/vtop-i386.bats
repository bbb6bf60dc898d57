#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# vtop on two-level i386 dumps. An address' table rows are its bits 31:22 and
# 21:12; a row's entry is at table + 4 * row.
load common

@test "a plain kernel's mappings, level by level" {
	dump i386
	# c1c00123: pgd 775 (+c1c), a 4M page at 1c00000; c2801ff8: pgd 778 (+c28), pte 1
	answers i386 'vtop c1c00123 c2801ff8 c0005678 c2802000 c2803000 c2000000 ffffc030' <<-END
	c1c00123 status=mapped virtual=0xc1c00123 physical=0x1c00123 page_size=4194304 pfn=0x1c00 \
		page=0xc1a38000 region=direct-map writable=true executable=true user=false \
		cache=WB page_state=present levels.#=1 levels.0.name=pgd \
		levels.0.entry_address=0x1410c1c levels.0.entry=0x1c001e3 \
		levels.0.flags=PRESENT,RW,ACCESSED,DIRTY,PSE,GLOBAL
	c2801ff8 status=mapped physical=0x1c05ff8 page_size=4096 page=0xc1a380a0 levels.#=2 \
		levels.0.entry_address=0x1410c28 levels.0.entry=0x4063 levels.1.name=pte \
		levels.1.entry_address=0x4004 levels.1.entry=0x1c05163 \
		levels.1.flags=PRESENT,RW,ACCESSED,DIRTY,GLOBAL
	c0005678 status=mapped physical=0x5678 page_size=4096
	c2802000 status=not-mapped level=pte
	c2803000 status=mapped physical=0x1c07000 writable=false
	c2000000 status=not-mapped level=pgd
	ffffc030 status=mapped physical=0xfee00030 page_state=absent cache=UC page=-
	END
}

@test "4M pages: PAT is bit 12, PSE-36 frame bits 39:32 are bits 20:13" {
	dump i386
	answers -s 1 i386 'vtop 400123 800123 c00123 1000123 1400000' <<-END
	400123 status=mapped physical=0xc00123 page_size=4194304 user=true cache=WB \
		levels.0.flags=PRESENT,RW,USER,ACCESSED,DIRTY,PSE
	# PAT=1 PCD=0 PWT=1: write-protect
	800123 status=mapped physical=0xc00123 cache=WP levels.0.entry=0xc010ef \
		levels.0.flags=PRESENT,RW,USER,PWT,ACCESSED,DIRTY,PSE,PAT
	# bits 14 and 17: frame bits 33 and 36
	c00123 status=mapped physical=0x1200c00123 page_state=absent levels.0.entry=0xc240e7
	1000123 status=mapped physical=0xff00c00123 page_state=absent
	1400000 status=corrupt level=pgd
	END
}

@test "small pages: rights, PAT, the highest frame" {
	dump i386
	# pgd rows 6 (read only) and 7 (kernel only) lead to the same table
	answers i386 'vtop 0 1abc 2000 3000 4000 5000 6000 a000 1801000 1c01000 2000000' <<-END
	0 status=not-mapped level=pte
	1abc status=mapped physical=0x1c01abc writable=true user=true executable=true \
		levels.1.entry=0x1c01067
	2000 status=mapped physical=0x1c02000 writable=false user=true
	3000 status=mapped physical=0x1c03000 writable=true user=false
	4000 status=mapped physical=0x1c04000 cache=WB levels.1.flags=PRESENT,RW,USER,PAT
	5000 status=mapped physical=0x1c05000 cache=WP
	6000 status=mapped physical=0x1c06000 cache=UC-
	a000 status=mapped physical=0xfffff000 page_state=absent
	1801000 status=mapped physical=0x1c01000 writable=false user=true
	1c01000 status=mapped physical=0x1c01000 writable=true user=false
	2000000 status=not-mapped level=pgd
	END
}

@test "not present: PROT_NONE is never inverted, swap is type 1-5 and offset from 9" {
	dump i386
	answers -s 1 i386 'vtop 8123 9000 2400000' <<-END
	8123 status=prot-none physical=0x1c08123 levels.1.entry=0x1c08120 \
		levels.1.flags=PROTNONE,ACCESSED
	9000 status=swapped swap_type=3 swap_offset=4660 levels.1.entry=0x246806
	2400000 status=unreadable level=pte reason=absent
	END
}

@test "an address of more than 32 bits is no i386 address" {
	dump i386
	run "$KWALK" -q -j i386 -c 'vtop 100000000'
	[ "$status" -eq 0 ] || [ "$status" -eq 1 ]
	[[ $output == *'"non-canonical"'* || $output == *'"error"'* ]]
}

@test "each VMSPLIT: direct map, vmalloc, ptov" {
	local split

	for split in b0000000 80000000 78000000 40000000; do
		dump "i386-split-$split"
		po=$((16#$split))
		direct=$(printf %x $((po + 0x1c00123)))
		vmalloc=$(printf %x $((po + 0x2801ff8)))
		# the direct map's rows are page_offset >> 22 and on
		entry=$(printf 0x%x $((0x1410000 + 4 * ((po >> 22) + 7))))
		answers "i386-split-$split" "vtop $direct $vmalloc; ptov 1c00123; region $direct" <<-END
		$direct status=mapped physical=0x1c00123 levels.0.entry_address=$entry \
			region=direct-map
		$vmalloc status=mapped physical=0x1c05ff8
		1c00123 status=ok virtual=0x$direct
		$direct status=ok region=direct-map linear=true physical=0x1c00123
		END
	done
}

@test "KASLR moves virtual and physical alike" {
	dump i386-kaslr
	# the image is 4 MiB further: swapper_pg_dir at 1810000, in 4M page 6
	answers i386-kaslr 'vtop c1810123 c1c00123 c2801ff8; ptov 1810123' <<-END
	c1810123 status=mapped physical=0x1810123 levels.0.entry_address=0x1810c18
	c1c00123 status=mapped physical=0x1c00123
	c2801ff8 status=mapped physical=0x1c05ff8
	1810123 status=ok virtual=0xc1810123
	END
}

@test "QEMU's dump of a 32-bit guest: ELF of 64 bits, no VMCOREINFO" {
	dump i386-qemu
	answers i386-qemu 'vtop c1c00123 c2801ff8; ptov 1c00123' <<-END
	c1c00123 status=mapped physical=0x1c00123 levels.0.entry_address=0x1410c1c
	c2801ff8 status=mapped physical=0x1c05ff8
	1c00123 status=ok virtual=0xc1c00123
	END
}

@test "a page table in high memory; high memory has no direct mapping" {
	dump i386-highmem
	answers i386-highmem 'vtop 123 1123 2123 c2000000 f8801000; ptov 40001000 1c00000' <<-END
	123 status=mapped physical=0x1c00123 levels.1.entry_address=0x40000000
	1123 status=mapped physical=0x40001123 page_state=present levels.1.entry_address=0x40000004
	2123 status=mapped physical=0x40200123 page_state=filtered
	c2000000 status=mapped physical=0x2000000 page_state=filtered
	f8801000 status=mapped physical=0x1c05000
	40001000 status=no-direct-mapping message=* virtual=-
	1c00000 status=ok virtual=0xc1c00000
	END
}
