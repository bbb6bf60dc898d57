#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What an address is for: areas of vmalloc, modules, slots. mm/vmalloc.c,
# arch/x86/include/asm/fixmap.h, mm/highmem.c.
load common

# usual [MAP_RAM]: answers of the areas that all of these kernels have.
usual() {
	cat <<-END
	* command=areas input=- start=0x${1}000000 end=0x${1}002fff size=12288 kind=vmalloc pages=2 caller=schedule+0x10 physical=- flags=vmalloc,user,vpages
	* start=0x${1}004000 end=0x${1}005fff size=8192 kind=map-ram caller=- pages=- flags=-
	* start=0x${1}010000 end=0x${1}011fff kind=ioremap physical=0xfe001000 physical_end=0xfe001fff caller=asm_exc_divide_error+0x8 caller_address=* flags=ioremap
	* start=0x${1}020000 end=0x${1}021fff kind=unpurged caller=- flags=-
	* start=0x${1}030000 kind=vmap flags=vmap caller=schedule+0x10
	END
}

module='* start=0xffffffffc0000000 end=0xffffffffc0003fff kind=module module=test_mod pages=3 caller=- flags=vmalloc'

@test "areas of Linux 6.1: one list, and one of what is to be purged" {
	dump x86_64-areas
	vmlinux 64
	{ usual ffffc90000; echo "$module"; } | answers vmlinux x86_64-areas areas
}

@test "6.9 and later: nodes; an area with neither vm_struct nor VMAP_RAM is unowned" {
	dump x86_64-areas-nodes
	vmlinux 64 6.12.9
	answers vmlinux x86_64-areas-nodes areas <<-END
	$(usual ffffc90000)
	* start=0xffffc90000050000 end=0xffffc90000050fff kind=unowned flags=-
	* start=0xffffc90000060000 kind=sparse flags=sparse,dma-coherent,no-guard
	$module
	END
	answers vmlinux x86_64-areas-nodes 'region ffffffffc0000010 ffffffffc0001010 ffffffffc0001810 ffffffffc0002010 ffffc90000061000' <<-END
	ffffffffc0000010 module=test_mod section=text
	ffffffffc0001010 module=test_mod section=rodata
	ffffffffc0001810 module=- section=- area.kind=module
	ffffffffc0002010 module=test_mod section=data
	ffffc90000061000 area.kind=sparse area.guard=-
	END
}

# Since 6.13: 5185e7f9f3bd.
@test "an area that modules share is of the module at the address" {
	describe shared <<-END
	include $DUMPS/x86_64-areas-nodes.txt
	at module+80: u64 module_base+0x1000 0x1000
	END
	vmlinux 64 6.12.9
	answers vmlinux shared 'region ffffffffc0000010 ffffffffc0001010' <<-END
	ffffffffc0000010 module=- area.kind=vmalloc
	ffffffffc0001010 module=test_mod section=text area.kind=module area.module=test_mod
	END
	# The list has all of them, each once, though their parts are interleaved.
	describe both <<-END
	include $DUMPS/x86_64-areas-nodes.txt
	at module+8: u64 d+module+0x208 data+0x2f00
	at module+0x208: u64 data+0x2f00 d+module+8
	at module+0x218: str "other\0"
	at module+0x250: u64 module_base+0x1800 0x800 0 0 module_base+0x3000 0x800
	END
	answers vmlinux both 'areas; areas ffffffffc0001010; region ffffffffc0001810 ffffffffc0002010' <<-END
	$(usual ffffc90000)
	* start=0xffffc90000050000
	* start=0xffffc90000060000
	* start=0xffffffffc0000000 kind=module module=- modules=test_mod,other
	ffffffffc0001010 start=0xffffffffc0000000 kind=module module=- modules=test_mod,other
	ffffffffc0001810 module=other area.module=other area.modules=-
	ffffffffc0002010 module=test_mod area.module=test_mod area.modules=-
	END
	"$KWALK" -q -c 'areas ffffffffc0001010' vmlinux both | grep -q ' module .* test_mod|other  *vmalloc'
}

@test "VM_SPARSE is a flag since 6.9" {
	local release flags

	dump x86_64-areas-nodes
	vmlinux 64 6.12.9
	# e6f798225a31; its bit was unused before
	while read -r release flags; do
		answers vmlinux x86_64-areas-nodes -o "release=$release" areas <<-END
		$(usual ffffc90000)
		* start=0xffffc90000050000 kind=unowned
		* start=0xffffc90000060000 flags=$flags
		$module
		END
	done <<-END
	6.8.12 dma-coherent,no-guard
	6.9.0 sparse,dma-coherent,no-guard
	END
}

@test "5.4 to 5.10: a chain of what is to be purged" {
	dump x86_64-areas-5.10
	vmlinux 64 5.10.9
	{ usual ffffc90000; echo "$module"; } | answers vmlinux x86_64-areas-5.10 areas
}

@test "until 5.3: flags, and what is to be purged is in the one list" {
	dump x86_64-areas-4.4
	vmlinux 64 4.4.0
	{ usual ffffc90000; echo "$module"; } | answers vmlinux x86_64-areas-4.4 areas
}

@test "4.7 to 4.12: no flag marks vm_map_ram areas that wait for the purge, only a chain lists them" {
	dump x86_64-areas-4.9
	vmlinux 64 4.9.30
	{ usual ffffc90000; echo "$module"; } | answers vmlinux x86_64-areas-4.9 areas
}

@test "before 2.6.28: a chain of vm_structs" {
	dump x86_64-areas-2.6.26
	vmlinux 64 2.6.26-2-amd64
	{ usual ffffc20000 | grep -v 'map-ram\|unpurged'; echo "$module"; } |
		answers vmlinux x86_64-areas-2.6.26 areas
}

@test "i386 and PAE, whose physical addresses have 64 bits" {
	local mode

	for mode in i386:32 pae:pae; do
		dump "${mode%:*}-areas"
		vmlinux "${mode#*:}"
		answers vmlinux "${mode%:*}-areas" areas <<-END
		* start=0xc2800000 end=0xc2802fff kind=vmalloc pages=2 caller=schedule+0x8 \
			physical=- flags=vmalloc
		* start=0xc2810000 end=0xc2811fff kind=ioremap physical=0xfe001000 \
			caller=asm_exc_divide_error+0x4 resource=0000:00:03.0 flags=ioremap
		* start=0xc2820000 end=0xc2823fff kind=module module=test_mod pages=3 caller=-
		END
		answers vmlinux "${mode%:*}-areas" 'region c2810123 c2802000 c2820010 c2821010 c2822010 c2830000' <<-END
		c2810123 resource=0000:00:03.0 area.kind=ioremap area.guard=-
		c2802000 area.kind=vmalloc area.guard=true
		c2820010 module=test_mod section=text area.kind=module
		c2821010 module=test_mod section=rodata
		c2822010 module=test_mod section=data
		c2830000 module=- area.kind=free area.start=0xc2824000
		END
	done
}

@test "the area of an address" {
	dump x86_64-areas
	vmlinux 64
	answers -s 1 vmlinux x86_64-areas 'areas ffffc90000002fff ffffc90000003000 ffff888000000000' <<-END
	ffffc90000002fff status=ok start=0xffffc90000000000
	ffffc90000003000 status=error message="is in no area"
	ffff888000000000 status=error
	END
	answers vmlinux x86_64-areas 'region ffffc90000001fff ffffc90000002000 ffffc90000005fff ffffc90000006000 ffffc90000032000 ffff888000000000' <<-END
	ffffc90000001fff area.kind=vmalloc area.guard=-
	ffffc90000002000 area.kind=vmalloc area.guard=true
	ffffc90000005fff area.kind=map-ram area.guard=-
	ffffc90000006000 area.kind=free area.start=0xffffc90000006000 area.end=0xffffc9000000ffff \
		area.size=40960
	ffffc90000032000 area.kind=free area.end=0xffffe8ffffffffff
	ffff888000000000 region=direct-map area=-
	END
	"$KWALK" -q -c 'region ffffc90000010123' vmlinux x86_64-areas |
		grep -qx '  AREA: ioremap, ffffc90000010000 to ffffc90000011fff, of fe001000 (0000:00:03.0), by asm_exc_divide_error+0x8'
}

@test "vtop names what ioremap maps, also where the dump has the page" {
	vmlinux 64
	# The memory between two ranges of RAM: the firmware's.
	describe firmware <<-END
	include $DUMPS/x86_64-areas.txt
	at 30M+0x40: u64 0x100000 0x1bfffff resource_name+0x0 0x80000200 0 iomem_root resource+0x200+0x40 resource+0xc0
	at 30M+0x240: u64 0x1c00000 0x1c05fff resource_name+0x60 0x80000200 0 iomem_root resource+0x80 0
	at pte_vmalloc[16]: u64 0x1c05000|DATA
	END
	answers vmlinux firmware 'vtop ffffc90000010123 ffffc90000000000 ffff888001c05000; pagemap ffffc90000010000 +4096' <<-END
	ffffc90000010123 page_state=present resource=0000:00:03.0
	ffffc90000000000 page_state=present resource=0000:00:03.0
	ffff888001c05000 page_state=present resource=-
	* page_state=present resource=0000:00:03.0
	END
	dump x86_64-areas
	answers vmlinux x86_64-areas 'vtop ffffc90000010123 ffffc90000000000' <<-END
	ffffc90000010123 page_state=absent resource=0000:00:03.0
	ffffc90000000000 page_state=present resource=-
	END
}

@test "areas -c: sums by caller, the largest first" {
	vmlinux 64
	dump x86_64-areas
	# Areas without a caller: map-ram, unpurged and the module's.
	answers vmlinux x86_64-areas 'areas -c' <<-END
	* command=areas status=ok caller=- caller_address=- areas=3 size=32768 pages=3 start=-
	* caller=schedule+0x10 caller_address=0xffffffff81002010 areas=2 size=20480 pages=2
	* caller=asm_exc_divide_error+0x8 areas=1 size=8192 pages=-
	END
	"$KWALK" -q -c 'areas -c' vmlinux x86_64-areas >text
	head -n 1 text | grep -qE '^CALLER +AREAS +SIZE +PAGES$'
	sed -n 3p text | grep -qE '^schedule\+0x10 +2 +20K +2$'
	# Code without a symbol; sums that are alike, by address.
	describe unnamed <<-END
	include $DUMPS/x86_64-areas.txt
	at structs+0x0c0+56: u64 0xffff888000000010
	END
	answers vmlinux unnamed 'areas -c' <<-END
	* caller=- caller_address=- areas=3
	* caller=schedule+0x10 areas=1 size=12288 pages=2
	* caller=- caller_address=0xffff888000000010 areas=1 size=8192 pages=-
	* caller=asm_exc_divide_error+0x8 areas=1 size=8192
	END
	"$KWALK" -q -c 'areas -c' vmlinux unnamed | grep -qE '^ffff888000000010 +1 +8K +-$'
	fails 1 '1000: -c takes no arguments' -c 'areas -c 1000' vmlinux x86_64-areas
	fails 1 'areas: -m and -c exclude each other' -c 'areas -m -c' vmlinux x86_64-areas
	# Damage is reported here, too.
	dump x86_64-areas-damaged
	fails 1 ', which points back to' -c 'areas -c' vmlinux x86_64-areas-damaged
}

@test "damaged lists are cut, followed from the other end and told" {
	dump x86_64-areas-damaged
	vmlinux 64
	answers -s 1 vmlinux x86_64-areas-damaged areas <<-END
	* start=0xffffc90000000000 kind=vmalloc
	* start=0xffffc90000004000 kind=map-ram
	* start=0xffffc90000010000 kind=ioremap
	* start=0xffffc90000011000 kind=unowned
	* start=0xffffc90000020000 kind=unpurged
	* start=0xffffffffc0000000 kind=unowned
	* status=error message=~cut
	* status=error message=~vm_struct
	* status=error message=~vm_struct
	* status=error message=~cut
	* status=error message=~overlap
	END
	complains @format ffff8880000400a8 ', which points back to'
	# Where areas may be missing, no address is reported as free.
	answers -s 1 vmlinux x86_64-areas-damaged 'region ffffc90000040000; areas ffffc90000040000' <<-END
	ffffc90000040000 region=vmalloc area=-
	ffffc90000040000 status=error message="~some areas could not be read"
	END
}

@test "a damaged list takes no area from another one" {
	vmlinux 64 6.12.9
	describe stray <<-END
	include $DUMPS/x86_64-areas-nodes.txt
	at areas+link: u64 d+64M
	at areas+0x200+link+8: u64 VA+0x300+link
	END
	answers -s 1 vmlinux stray areas <<-END
	* start=0xffffc90000000000
	* start=0xffffc90000020000
	* start=0xffffc90000050000 kind=unowned
	* start=0xffffc90000060000
	* start=0xffffffffc0000000
	* status=error message=~cut
	* status=error message=~"points back to"
	END
}

@test "lists of a hostile dump come to an end" {
	vmlinux 64
	describe loop <<-END
	include $DUMPS/x86_64-areas.txt
	at areas+0x200+link: u64 VA+0x100+link
	at areas+0x100+link: u64 VA+0x180+link VA+0x200+link
	END
	answers -s 1 vmlinux loop 'areas | tail -n 1' <<<'* status=error message=~cut'
	describe chain <<-END
	include $DUMPS/x86_64-areas-5.10.txt
	at areas+0x280+vm: u64 VA+0x280+vm
	END
	vmlinux 64 5.10.9
	fails 1 'points to ffff888000040280, which was already read' -c areas vmlinux chain
	describe nodes <<-END
	include $DUMPS/x86_64-areas-nodes.txt
	at text_phys+4M+0x2f20: u64 d+0x45000 u32 ~0
	END
	vmlinux 64 6.12.9
	fails 1 'implausible number vmap_nodes' -c areas vmlinux nodes
}

@test "areas reports what is missing, and region leaves it out" {
	dump x86_64-areas
	fails 1 @unknown 'areas vm_struct vmlinux' -c areas x86_64-areas
	answers x86_64-areas 'region ffffc90000010123' <<<'ffffc90000010123 region=vmalloc area=- resource=-'
	vmlinux 64
	strip -g vmlinux
	fails 1 @unknown 'areas vm_struct vmlinux' -c areas vmlinux x86_64-areas
}

@test "slots of the fixmap by name" {
	dump x86_64-areas
	vmlinux 64
	answers vmlinux x86_64-areas 'region ffffffffff5fd123 ffffffffff5ff000 ffffffffff600000 ffffffffff5fc000 ffffffffff7ff000 ffffffffff3ff000 ffffffffff3fe000 ffffffffff200000 ffffffffff1ff000' <<-END
	ffffffffff5fd123 region=fixmap slot=FIX_APIC_BASE slot_index=514 resource="PCI Bus 0000:00"
	ffffffffff5ff000 slot=FIX_DBGP_BASE slot_index=512 cpu=-
	ffffffffff600000 region=vsyscall slot=VSYSCALL_PAGE slot_index=511
	# Between the permanent slots and the slots used at boot: free.
	ffffffffff5fc000 slot=- slot_index=515
	ffffffffff7ff000 region=hole slot_index=-
	ffffffffff3ff000 region=hole slot=FIX_BTMAP_END slot_index=1024
	ffffffffff3fe000 slot=FIX_BTMAP_END+1 slot_index=1025
	ffffffffff200000 slot=FIX_BTMAP_BEGIN slot_index=1535
	ffffffffff1ff000 slot=- slot_index=-
	END
	dump x86_64
	answers x86_64 'region ffffffffff5fd123' <<<'ffffffffff5fd123 region=fixmap slot=- slot_index=-'
}

@test "i386 and PAE: slots that kmap_local_page() uses, of each CPU; slots of kmap()" {
	local mode

	for mode in i386:32:ff400 pae:pae:ff800; do
		IFS=: read -r mode bits kmap <<<"$mode"
		dump "$mode-areas"
		vmlinux "$bits"
		answers vmlinux "$mode-areas" "region ffffc020 ffffb000 fffec000 fffeb000 fffbb123 fff7c000 fff7b000 fffff000 ${kmap}123 $(printf %x $((0x${kmap}000 + 0x1000)))" <<-END
		ffffc020 slot=FIX_APIC_BASE slot_index=3 cpu=-
		ffffb000 slot=FIX_KMAP_BEGIN slot_index=4 cpu=0 kmap_index=0
		fffec000 slot=FIX_KMAP_BEGIN+15 slot_index=19 cpu=0 kmap_index=15
		fffeb000 slot=FIX_KMAP_BEGIN+16 slot_index=20 cpu=1 kmap_index=0
		fffbb123 slot=FIX_KMAP_BEGIN+64 slot_index=68 cpu=4 kmap_index=0
		fff7c000 slot=FIX_KMAP_END slot_index=131 cpu=7 kmap_index=15
		fff7b000 slot=- slot_index=132 cpu=-
		fffff000 region=hole slot=FIX_HOLE slot_index=0
		${kmap}123 region=kmap slot_index=0 kmap_count=3
		$(printf %x $((0x${kmap}000 + 0x1000))) region=kmap slot_index=1 kmap_count=0
		END
	done
}

@test "i386: the fixmap hangs on __FIXADDR_TOP" {
	vmlinux 32
	describe moved <<-END
	include $DUMPS/i386-areas.txt
	at text_phys+4M+0x14: u32 0xffbff000
	END
	answers vmlinux moved 'region ffbfc020' <<<'ffbfc020 region=fixmap slot=FIX_APIC_BASE slot_index=3'
}

@test "espfix stacks, in each of their copies" {
	dump x86_64-areas
	vmlinux 64
	answers vmlinux x86_64-areas 'region ffffff0000003040 ffffff000000307f ffffff0012343080 ffffff00123430c0 ffffff0100003040' <<-END
	ffffff0000003040 region=espfix stack=espfix cpu=0 stack_start=0xffffff0000003040 \
		stack_end=0xffffff000000307f
	ffffff000000307f cpu=0
	ffffff0012343080 cpu=1 stack_start=0xffffff0012343080
	ffffff00123430c0 region=espfix cpu=-
	ffffff0100003040 cpu=-
	END
}

@test "parts of the image, finer than its sections" {
	dump x86_64
	vmlinux 64
	answers vmlinux x86_64 'region ffffffff81580000 ffffffff81580fff ffffffff81001100' <<-END
	ffffffff81580000 section=init part=init-text
	ffffffff81580fff part=init-text
	ffffffff81001100 section=text part=-
	END
}

@test "a list whose head leads nowhere in both directions is one damage" {
	vmlinux 64
	describe head <<-END
	include $DUMPS/x86_64-areas.txt
	at 0x1400248: u64 8 0
	END
	"$KWALK" -q -c areas vmlinux head >answers 2>complaints || true
	[ "$(grep -c 'is cut after its entry' complaints)" = 1 ]
}
