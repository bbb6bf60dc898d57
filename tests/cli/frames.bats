#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Page frames and struct pages, in each memory model.
load common

@test "VMEMMAP: vmemmap + 64 * frame" {
	dump x86_64
	# frame 1c00: 1c00 * 40 = 70000
	answers x86_64 'virt_to_page ffff888001c00123; page_to_pfn ffffea0000070000; pfn_to_page 1c00 0x1fff; page_to_phys ffffea0000070040; phys_to_page 1c00fff' <<-END
	ffff888001c00123 command=virt_to_page status=ok pfn=0x1c00 page=0xffffea0000070000
	ffffea0000070000 command=page_to_pfn status=ok pfn=0x1c00 page=0xffffea0000070000 \
		physical=0x1c00000 virtual=0xffff888001c00000
	1c00 command=pfn_to_page status=ok pfn=0x1c00 page=0xffffea0000070000
	0x1fff status=ok page=0xffffea000007ffc0
	ffffea0000070040 command=page_to_phys status=ok pfn=0x1c01 physical=0x1c01000
	1c00fff command=phys_to_page status=ok pfn=0x1c00 page=0xffffea0000070000
	END
}

@test "VMEMMAP: no page of a frame without section, nor in a page's middle" {
	dump x86_64
	answers -s 1 x86_64 'pfn_to_page 8000 1c00; page_to_pfn ffffea0000070008 ffffea0000200000 ffff888001c00000; virt_to_page ffffc90000000000 ffff888001c00000' <<-END
	8000 status=error message=* page=-
	1c00 status=ok
	ffffea0000070008 status=error message=* pfn=-
	ffffea0000200000 status=error
	ffff888001c00000 status=error
	# by the table: the kernel's own macro is valid in the direct map only
	ffffc90000000000 status=ok pfn=0x1c00
	ffff888001c00000 status=ok pfn=0x1c00
	END
	complains @no-answer 'pfn_to_page 8000'
	complains @no-answer 'page_to_pfn ffffea0000070008'
}

@test "VMEMMAP, mem_section an array of pointers (4.14)" {
	dump x86_64-swap-4.14
	answers x86_64-swap-4.14 'pfn_to_page 1c00; page_to_pfn ffffea0000070000' <<-END
	1c00 status=ok page=0xffffea0000070000
	ffffea0000070000 status=ok pfn=0x1c00
	END
}

@test "VMEMMAP, moved by KASLR, and with five levels" {
	dump x86_64-kaslr x86_64-5level
	answers x86_64-kaslr 'pfn_to_page 1c00; page_to_pfn ffffe6c5c0070000' <<-END
	1c00 status=ok page=0xffffe6c5c0070000
	ffffe6c5c0070000 status=ok pfn=0x1c00
	END
	answers x86_64-5level 'pfn_to_page 1c00; page_to_pfn ffd4000000070000' <<-END
	1c00 status=ok page=0xffd4000000070000
	ffd4000000070000 status=ok pfn=0x1c00
	END
}

@test "SPARSEMEM, extreme: maps stored less their first frame" {
	dump x86_64-sparse
	# section 0's map is at 26M, section 40's (5 GiB) at 30M
	answers -s 1 x86_64-sparse 'pfn_to_page 1c00 140001; page_to_pfn ffff880001a70000 ffff880001e00040; pfn_to_page 8000 138000; page_to_pfn ffff880001e00041; phys_to_page 140001234; vtop ffff880140001234' <<-END
	1c00 status=ok page=0xffff880001a70000
	140001 status=ok page=0xffff880001e00040
	ffff880001a70000 status=ok pfn=0x1c00 physical=0x1c00000
	ffff880001e00040 status=ok pfn=0x140001 physical=0x140001000
	8000 status=error
	138000 status=error
	ffff880001e00041 status=error
	140001234 status=ok pfn=0x140001 page=0xffff880001e00040
	ffff880140001234 status=mapped physical=0x140001234 page=0xffff880001e00040
	END
}

@test "SPARSEMEM, extreme: a section of the second root" {
	# section 300 of 256 a root, at 37.5 GiB
	describe high <<-END
	include $DUMPS/x86_64-sparse.txt
	segment paddr=0x960000000 memsz=1M
	at text_phys+4M+0x2808: u64 page_offset+0x1d80000
	at 0x1d80000+16*44: u64 page_offset+0x1d90000-0x960000*64|3 0
	# its neighbours lead elsewhere
	at 0x1d80000+16*43: u64 page_offset+0x1da0000-0x958000*64|3 0
	END
	answers -s 1 high 'pfn_to_page 960001 958001; page_to_pfn ffff880001d90040 ffff880001da0040; pfn_to_page 968000' <<-END
	960001 status=ok page=0xffff880001d90040
	958001 status=ok page=0xffff880001da0040
	ffff880001d90040 status=ok pfn=0x960001
	ffff880001da0040 status=ok pfn=0x958001
	968000 status=error
	END
}

@test "VMEMMAP: of a section that was plugged in, its parts" {
	# not SECTION_IS_EARLY (bit 3), then early; struct pages of the second 2M alone
	describe plugged <<-END
	include $DUMPS/x86_64.txt
	at mem_sections: u64 vmemmap_base|0x37 page_offset+0x3e000
	at 0x3e000: u64 2
	END
	describe early <<-END
	include $DUMPS/x86_64.txt
	at mem_sections: u64 vmemmap_base|0xb page_offset+0x3e000
	at 0x3e000: u64 2
	END
	vmlinux 64
	answers -s 1 vmlinux plugged 'pfn_to_page 1ff 200 3ff 400' <<-END
	1ff status=error
	200 status=ok page=0xffffea0000008000
	3ff status=ok
	400 status=error
	END
	answers vmlinux early 'pfn_to_page 1ff 200 400' <<-END
	1ff status=ok
	200 status=ok
	400 status=ok
	END
}

@test "SPARSEMEM, static: two-dimensional array" {
	dump pae
	answers -s 1 pae 'pfn_to_page 1c00 140001 20000; page_to_pfn c1a38000 c1f00020; virt_to_page c1c00123 c2804010' <<-END
	1c00 status=ok page=0xc1a38000
	140001 status=ok page=0xc1f00020 physical=0x140001000 virtual=-
	20000 status=error
	c1a38000 status=ok pfn=0x1c00 virtual=0xc1c00000
	c1f00020 status=ok pfn=0x140001
	c1c00123 status=ok page=0xc1a38000
	c2804010 status=ok page=0xc1f00000
	END
}

@test "FLATMEM: mem_map + 32 * frame" {
	dump i386 i386-split-40000000
	answers -s 1 i386 'virt_to_page c1c00123; page_to_pfn c1a38000; pfn_to_page 1c00; page_to_phys c1a38020; page_to_pfn c1a38010 c1000000' <<-END
	c1c00123 status=ok pfn=0x1c00 page=0xc1a38000
	c1a38000 status=ok pfn=0x1c00 physical=0x1c00000 virtual=0xc1c00000
	1c00 status=ok page=0xc1a38000
	c1a38020 status=ok physical=0x1c01000
	c1a38010 status=error
	c1000000 status=error
	END
	answers i386-split-40000000 'pfn_to_page 1c00; page_to_pfn 41a38000' <<-END
	1c00 status=ok page=0x41a38000
	41a38000 status=ok pfn=0x1c00
	END
}

@test "FLATMEM, a wild mem_map: no struct page is above the addresses of the kernel" {
	printf 'include %s/i386.txt\nat text_phys+4M: u32 0xffffe000\n' "$DUMPS" >wild.txt
	"$MKDUMP" wild.txt wild
	answers -s 1 wild 'pfn_to_page 100; page_to_pfn 100000000; page_to_phys 100000020' <<-END
	100 status=ok page=0x0
	100000000 status=error "message=~outside the memory map"
	100000020 status=error "message=~outside the memory map"
	END
}

@test "DISCONTIGMEM: each node's map from its first frame" {
	dump i386-discontig
	# node 0 from frame 0 at 26M; node 1 from frame 1400 at 27M: 1c00 is its 800th
	answers -s 1 i386-discontig 'pfn_to_page 10 fff 1c00; page_to_pfn c1a00200 c1b10000; pfn_to_page 1000 13ff 2000; virt_to_page c1c00123' <<-END
	10 status=ok page=0xc1a00200
	fff status=ok page=0xc1a1ffe0
	1c00 status=ok page=0xc1b10000
	c1a00200 status=ok pfn=0x10
	c1b10000 status=ok pfn=0x1c00
	1000 status=error
	13ff status=error
	2000 status=error
	c1c00123 status=ok page=0xc1b10000
	END
}

@test "btop and ptob" {
	dump x86_64
	answers x86_64 'btop 1c00fff 0; ptob 1c00 0xfffffffff' <<-END
	1c00fff command=btop status=ok pfn=0x1c00
	0 status=ok pfn=0x0
	1c00 command=ptob status=ok physical=0x1c00000
	0xfffffffff status=ok physical=0xfffffffff000
	END
}

@test "page: a struct page, by its flags, counts, zone and node" {
	dump x86_64
	vmlinux 64
	# by struct page, by direct-mapped address
	answers vmlinux x86_64 'page ffffea0000070000; page ffffea0000070040; page ffff888001c00123' <<-END
	ffffea0000070000 command=page status=ok pfn=0x1c00 page=0xffffea0000070000 \
		physical=0x1c00000 flags=uptodate,lru,swapbacked refcount=2 mapcount=1 mapping=*
	ffffea0000070040 status=ok pfn=0x1c01 flags=slab refcount=1 mapcount=-
	ffff888001c00123 status=ok pfn=0x1c00 refcount=2
	END
}

@test "page: without vmlinux, what the note shows" {
	dump x86_64
	answers x86_64 'page ffffea0000070000' <<-END
	ffffea0000070000 status=ok pfn=0x1c00 physical=0x1c00000 refcount=2 mapcount=1
	END
}

@test "a size of struct page that none can have is refused" {
	dump x86_64
	fails 1 'implausible size of struct page: 4097 bytes' -q -o struct_page_size=4097 -c 'pfn_to_page 1c00' x86_64
	fails 2 'struct_page_size: must not be 0' -o struct_page_size=0 -c info x86_64
	answers x86_64 -o struct_page_size=1 'pfn_to_page 1c00' <<<'1c00 status=ok page=0xffffea0000001c00'
}

# mixed COUNT: random struct pages of the frames below COUNT: free blocks, compound pages, tails without a head, and others.
mixed() {
	python3 - "$1" <<-'END'
	import random
	import sys
	random.seed(1)
	count, pfn = int(sys.argv[1]), 0
	def page(pfn, flags=0, head=0, mapping=0, private=0, kind=0xffffffff, count=1):
	    print(f"at memmap+64*{pfn}: u64 {flags} {head} 0 {mapping} 0 {private} u32 {kind} {count}")
	while pfn < count:
	    order = random.choice([order for order in (0, 0, 0, 1, 2, 3, 5, 9, 10) if pfn % (1 << order) == 0])
	    what = random.choice(("free", "compound", "file", "reserved", "tail", "zero", "anon"))
	    if what == "free":
	        page(pfn, private=order, kind=0xffffff7f, count=0)
	    elif what == "compound" and order:
	        page(pfn, flags=1 << 16, mapping=0xffff888000001001)
	        page(pfn + 1, head=0xffffea0000000000 + 64 * pfn + 1)
	        print(f"at memmap+64*{pfn + 1}+16: u8 0 {order}")
	    elif what == "tail":
	        page(pfn, head=0xffffea0000000000 + 64 * max(0, pfn - 3) + 1)
	    elif what != "zero":
	        page(pfn, flags=(1 << 12) * (what == "reserved"), mapping={"file": 0xffff888000002000, "anon": 0xffff888000001001}.get(what, 0))
	    pfn += 1 << order
	END
}

@test "many frames, which threads examine: the same as a few at a time" {
	local container

	for container in elf kdump; do
		{
			printf 'container %s\ninclude %s/x86_64-kmem.txt\n' "$container" "$DUMPS"
			printf 'at pmd_vmemmap[%d]: u64 memmap|DATA|PS\n' 0 1 3 4
			mixed 32000
		} | describe many
		vmlinux 64
		ask=("$KWALK" -q -j -o memory_model=flatmem -o mem_map=ffffea0000000000 -o max_pfn=24000 vmlinux many)
		"${ask[@]}" -c 'frames -l' >whole 2>/dev/null || [ $? -eq 1 ]
		for ((at = 0; at < 0x24000; at += 0x4000)); do
			printf 'frames -l %x +0x%x\n' $((at << 12)) $((0x4000 << 12))
		done >parts.kwalk
		"${ask[@]}" -x parts.kwalk >parts 2>/dev/null || [ $? -eq 1 ]
		python3 - <<-'END'
		import json
		def runs(name):
		    result = []
		    for line in (line for line in map(json.loads, open(name)) if "start" in line):
		        start, end = int(line["start"], 16), int(line["end"], 16)
		        if result and result[-1][1] + 1 == start and result[-1][2] == line["use"]:
		            result[-1][1] = end
		        else:
		            result.append([start, end, line["use"]])
		    return result
		whole = runs("whole")
		uses = {run[2] for run in whole}
		assert len(whole) > 500 and uses >= {"free", "anon", "damaged", "unreadable", "reserved"}, (len(whole), uses)
		parts = runs("parts")
		assert whole == parts, [(a, b) for a, b in zip(whole, parts) if a != b][:3]
		END
	done
}

# cma_areas NUMBER TYPES NUMBERS...: a vmlinux with this struct cma and so many of them, whose words are the numbers. The
# file found gets the start of each run of CMA and its frames.
cma_areas() {
	echo "struct cma { $2 } cma_type;" >cma.c
	MORE=$PWD/cma.c vmlinux 64
	objcopy --add-symbol cma_areas=.data:0x3000,global --add-symbol cma_area_count=.data:0x3100,global vmlinux
	describe areas <<-END
	include $DUMPS/x86_64-pages.txt
	at text_phys+4M+0x3000: u64 ${*:3}
	at text_phys+4M+0x3100: u32 $1
	END
	"$KWALK" -q -j -c 'frames -l' vmlinux areas >answers 2>/dev/null || [ $? = 1 ]
	grep -q '"use":"free"' answers
	json_values '"{start} {frames}".format(**it) if it.get("use") == "cma" else ""' answers | grep . >found || true
}

@test "areas of CMA, also where one begins before another ends" {
	local ranges='unsigned long base_pfn, count;'
	# ten frames and two of these; eight, and one of these and three more; one; one; an area of no frames
	local numbers=(0x1c90 10 0x1c92 2 0x1cb0 8 0x1cb7 4)
	local want=$'0x1c90000 10\n0x1cb0000 11'

	cma_areas 7 "$ranges" "${numbers[@]}" 0x1c88 1 0x1c8a 1 0x1cd0 0
	diff found - <<<$'0x1c88000 1\n0x1c8a000 1\n'"$want"
	# one frame, which is looked up in all labels
	answers vmlinux areas 'page ffff888001c95000' <<<'ffff888001c95000 use=cma'
	# the same in two areas of two ranges each, as since 6.15
	cma_areas 2 "struct cma_memrange { $ranges } ranges[2];" "${numbers[@]}"
	diff found - <<<"$want"
	# more areas than any kernel has are damage
	cma_areas 1025 "$ranges" "${numbers[@]}"
	[ ! -s found ]
}
