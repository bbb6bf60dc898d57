#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# zones, frames, slabs: what the kernel's memory is used for.
load common

@test "zones with their free blocks" {
	dump x86_64-kmem
	vmlinux 64
	answers vmlinux x86_64-kmem zones <<-END
	* command=zones status=ok node=0 zone=DMA start=0x1000 end=0xffffff spanned=4095 \
		present=3998 managed=3840 free=7 min=10 low=20 high=30 free_blocks.#=2 \
		free_blocks.0=1 free_blocks.1=3
	* node=0 zone=DMA32 start=0x1000000 end=0x1ffffff spanned=4096 free=1024 min=40 \
		free_blocks.1=512
	END
	fails 1 @unknown 'zones pglist_data node_zones' -q -c zones x86_64-kmem
}

@test "frames: totals, and runs" {
	dump x86_64-kmem
	vmlinux 64
	answers vmlinux x86_64-kmem 'frames; frames -l 100000 113fff; frames 100000 +0x10000; frames -l 10fff0 10ffff' <<-END
	* command=frames status=ok frames=7622 size=31219712 use=unknown
	* frames=524 size=2146304 use=free-percpu
	* frames=16 size=65536 use=free
	* frames=11 use=vmalloc
	* frames=8 use=slab
	* frames=8 use=stack
	* frames=2 use=pgd
	* frames=1 use=other
	* start=0x100000 end=0x10ffff frames=16 use=free
	* start=0x110000 end=0x110fff frames=1 use=free-percpu
	* start=0x111000 end=0x111fff frames=1 use=other
	* start=0x112000 end=0x113fff frames=2 use=free-percpu
	* frames=16 use=free
	* start=0x10f000 end=0x10ffff frames=1 use=free
	END
	fails 1 'frames: fff: END is below START' -q -c 'frames 1000 fff' vmlinux x86_64-kmem
	fails 1 'frames: xyz: xyz is not a hexadecimal number' -q -c 'frames xyz' vmlinux x86_64-kmem
	fails 1 'too many arguments' -q -c 'frames 1 2 3' vmlinux x86_64-kmem
}

# What the lists hold is in x86_64-kmem.txt.
@test "free frames in the lists of CPUs: blocks of each order, and no others" {
	dump x86_64-kmem
	vmlinux 64
	answers vmlinux x86_64-kmem 'frames -l 110000 120fff; frames 140000 +0x2000; frames 400000 5fffff' <<-END
	* start=0x110000 end=0x110fff use=free-percpu
	* start=0x111000 use=other
	* start=0x112000 end=0x113fff frames=2 use=free-percpu
	* start=0x114000 end=0x117fff frames=4 use=unknown
	* start=0x118000 end=0x11ffff frames=8 use=free-percpu
	* start=0x120000 use=unknown
	* frames=1
	* frames=1
	* frames=512 use=free-percpu
	END
	answers vmlinux x86_64-kmem 'phys_to_page 110000; page ffffea0000004400 ffffea0000004440 ffffea00000044c0 ffffea00000045c0 ffffea00000046c0 ffffea0000015040; whatis 11b000' <<-END
	110000
	ffffea0000004400 use=free-percpu order=0
	ffffea0000004440 use=other
	ffffea00000044c0 use=free-percpu order=1 head=-
	ffffea00000045c0 use=unknown
	ffffea00000046c0 use=free-percpu order=3
	ffffea0000015040 use=free-percpu order=9
	11b000 as=virtual
	11b000 as=physical use=free-percpu text="~free-percpu, order 3"
	END
}

@test "zones -m: free blocks of each migrate type" {
	FREE_LISTS=1 vmlinux 64
	dump x86_64-free-lists
	answers vmlinux x86_64-free-lists 'zones -m' <<-END
	* command=zones status=ok node=0 zone=Normal type=0 migrate_type=unmovable free=1 largest_order=0 \
		free_blocks.0=1 free_blocks.1=0 free_blocks.2=-
	* type=1 migrate_type=movable free=6 largest_order=1 free_blocks.0=2 free_blocks.1=2
	END
	# no blocks
	describe none <<-END
	include $DUMPS/x86_64-free-lists.txt
	at zones_at+80: u64 vzone+80 vzone+80
	END
	answers vmlinux none 'zones -m' <<-END
	* type=0 free=0 largest_order=- free_blocks.0=0 free_blocks.1=0
	* type=1 free=6
	END
	# a list that is damaged, and one whose end is missing in the dump
	describe damaged <<-END
	include $DUMPS/x86_64-free-lists.txt
	at memmap+64*0x117+16: u64 vzone+96
	END
	answers -s 1 vmlinux damaged 'zones -m' <<-END
	* type=0 free=1
	* status=error message="~zone Normal, order 0, type 1: the number of blocks is unknown: the list is damaged after its entry at ffffea0000004508"
	END
	vmlinux 64
	dump x86_64-kmem
	fails 1 @unknown 'zones free_area free_list vmlinux' -q -c 'zones -m' vmlinux x86_64-kmem
}

@test "lists of CPUs that two zones have are read once" {
	vmlinux 64
	describe shared <<-END
	include $DUMPS/x86_64-kmem.txt
	at zones_at+96+88: u64 0x400
	END
	answers -s 1 vmlinux shared 'frames 110000 117fff' <<-END
	* frames=4 use=unknown
	* frames=3 use=free-percpu
	* frames=1
	* status=error message=~"of CPU 0 in zone DMA32 is damaged at " \
		message=~": the list also belongs to another CPU or zone; the rest of the list is not known"
	END
}

@test "the report distinguishes free frames from frames that CPUs keep, as zones does" {
	needs_part report
	dump x86_64-kmem
	vmlinux 64
	"$KWALK" -q -c 'report -w page.html' vmlinux x86_64-kmem || [ $? = 1 ]
	# shellcheck disable=SC2094 # kwalk has written the page
	python3 "$BATS_TEST_DIRNAME/report_page.py" data page.html >data
	json_hold '{use["use"]: use["size"] for use in it["frames"]}.get("free") == 64 << 10' data
	json_hold '{use["use"]: use["size"] for use in it["frames"]}.get("free-percpu") == 524 << 12' data
}

@test "free frames in lists of CPUs that are damaged, or whose frames are not free" {
	local line frames why

	vmlinux 64
	while IFS='|' read -r frames line why; do
		printf 'include %s\n%s\n' "$DUMPS/x86_64-kmem.txt" "$line" | describe bad
		"$KWALK" -q -j -c frames vmlinux bad >answers 2>complaints && return 1
		grep "\"frames\":$frames,.*\"use\":\"free-percpu\"" answers || { cat answers; return 1; }
		complains @format "frames $((8146 - frames))" "frames of unknown use may be free frames in the lists of CPUs: $why"
	done <<-'END'
	524|at kept0+24: u64 vlists+64*0x110|the list of free frames of CPU 0 in zone DMA is damaged at ffff88800003a420: the list does not end at its head
	524|at memmap+64*0x140+8: u64 d+kept0+32|the list of free frames of CPU 0 in zone DMA is damaged at ffffea0000005008: the next entry is not a free block
	523|at memmap+64*0x140+16: u64 vlists|the list of free frames of CPU 0 in zone DMA is damaged at ffffea0000005008: this entry does not point back
	524|at memmap+64*0x140+8: u64 vlists+64*0x110|the list of free frames of CPU 0 in zone DMA is damaged at ffffea0000004408: this entry does not point back
	524|at memmap+64*0x140+8: u64 0|the list of free frames of CPU 0 in zone DMA is damaged at ffffea0000005008: the next entry is not a free block
	522|at kept0+64: u64 vlists+64*0x113 vlists+64*0x113|the list of free frames of CPU 0 in zone DMA is damaged at ffff88800003a450: the next entry is not a free block
	523|at memmap+64*0x110+48: u32 2|frame 110 is in the list of free frames of CPU 0 in zone DMA, but its struct page at ffffea0000004400 does not describe a free frame
	END
	printf 'include %s\nat zones_at+88: u64 64M\n' "$DUMPS/x86_64-kmem.txt" | describe bad
	fails 1 '8146 frames of unknown use may be free frames in the lists of CPUs: the list of free frames of CPU 0 in zone DMA is damaged at ' -q -c frames vmlinux bad
	# a frame with a reference is what its struct page says
	printf 'include %s\nat memmap+64*0x110+52: u32 1\n' "$DUMPS/x86_64-kmem.txt" | describe bad
	fails 1 'frame 110 is in the list of free frames of CPU 0 in zone DMA, but its struct page at ffffea0000004400 does not describe a free frame' -q -c frames vmlinux bad
}

@test "free frames in lists of CPUs: without types they are unknown, and that is why" {
	dump x86_64-kmem
	fails 1 "frames of unknown use may be free frames in the lists of CPUs: where CPUs keep lists of free frames is not known: the kernel's types do not describe the lists of a zone" -q -o max_pfn=2000 -c frames x86_64-kmem
	grep -v free-percpu <<<"$output"
}

@test "free frames in lists of CPUs: by migrate type alone (2.6.32 to 5.13), hot and cold (until 2.6.24)" {
	describe types <<-END
	include $DUMPS/x86_64-slabs-4.4.txt
	note VMCOREINFO
	  SIZE(zone)=96
	end
	let vlists vmemmap_base+8
	at text_phys+4M+0x300: u64 0 0x2000 d+0x3f600
	at text_phys+4M+0x300+88: u64 0x400
	at 0x3f600: str "DMA\0"
	# free frames, and what each CPU has not added yet
	at text_phys+4M+0x300+64: u64 7
	at cpu0+0x440: u8 3
	at cpu1+0x440: u8 0xfe
	at cpu0+0x400: u32 2
	at cpu1+0x400: u32 1
	at cpu0+0x410: u64 d+cpu0+0x410 d+cpu0+0x410 d+cpu0+0x420 d+cpu0+0x420 vlists+64*0x110 vlists+64*0x111
	at cpu1+0x410: u64 d+cpu1+0x410 d+cpu1+0x410 vlists+64*0x115 vlists+64*0x115 d+cpu1+0x430 d+cpu1+0x430
	at memmap+64*0x110: u64 0 vlists+64*0x111 d+cpu0+0x430 0 0 0 u32 -1 0
	at memmap+64*0x111: u64 0 d+cpu0+0x430 vlists+64*0x110 0 0 0 u32 -1 0
	at memmap+64*0x115: u64 0 d+cpu1+0x420 d+cpu1+0x420 0 0 0 u32 -1 0
	END
	vmlinux 64 4.4.0
	answers vmlinux types 'zones; frames -l 110000 117fff' <<-END
	* zone=DMA free=8
	* start=0x110000 end=0x111fff use=free-percpu
	* start=0x112000 end=0x114fff use=unknown
	* start=0x115000 end=0x115fff use=free-percpu
	* start=0x116000 use=unknown
	END
	# a pointer for each CPU; two structs of 32 bytes
	describe hot <<-END
	include $DUMPS/x86_64-slabs-2.6.18.txt
	let vlists vmemmap_base+8
	let zone 0x3f800
	let set0 0x3fa00
	let set1 0x3fb00
	at zone: u64 0 0x2000 d+0x3fc00
	at zone+88: u64 d+set0 d+set1
	at 0x3fc00: str "DMA\0"
	at text_phys+4M+0x500: u64 d+zone 0
	at set0: u32 1
	at set0+16: u64 vlists+64*0x110 vlists+64*0x110 0 0
	at set0+48: u64 d+set0+48 d+set0+48
	at set1+16: u64 d+set1+16 d+set1+16 0 0
	at set1+32: u32 1
	at set1+48: u64 vlists+64*0x112 vlists+64*0x112
	at memmap+64*0x110: u64 0 d+set0+16 d+set0+16 0 0 0 u32 -1 0
	at memmap+64*0x112: u64 0 d+set1+48 d+set1+48 0 0 0 u32 -1 0
	END
	vmlinux 64 2.6.18
	answers vmlinux hot 'frames -l 110000 113fff' <<-END
	* start=0x110000 end=0x110fff use=free-percpu
	* start=0x111000 use=unknown
	* start=0x112000 end=0x112fff use=free-percpu
	* start=0x113000 use=unknown
	END
}

@test "frames whose struct pages are not in the dump, or make no sense" {
	describe bad <<-END
	include $DUMPS/x86_64-kmem.txt
	at memmap+64*0x180+8: u64 0x1001
	END
	vmlinux 64
	answers -s 1 vmlinux bad 'frames 180000 +8192' <<-END
	* frames=1 use=damaged
	* frames=1 use=unknown
	* status=error
	END
	complains @unreadable 'frames 1 180' 'cannot be read or make no sense'
}

@test "slabs as in /proc/slabinfo, and damaged lists" {
	dump x86_64-kmem
	vmlinux 64
	answers -s 1 vmlinux x86_64-kmem 'slabs' <<-END
	* command=slabs status=ok slab_cache=kmalloc-96 address=0xffff88800003e200 object_size=96 \
		allocated=251 active=253 objects=255 slabs=3 per_slab=85 order=1
	* status=ok slab_cache=~inode object_size=600 allocated=- active=- damaged=true objects=6 slabs=1 \
		per_slab=27 order=2
	* status=error message=~damaged
	* slab_cache=dentry slabs=0 allocated=0 active=0
	* slab_cache=filp
	* slab_cache=vm_area_struct
	END
	answers -s 1 vmlinux x86_64-kmem 'slabs filp nothing dentry' <<-END
	* slab_cache=dentry
	* slab_cache=filp
	nothing status=error
	END
	complains @no-answer 'slabs nothing' 'no slab cache has this name'
	# the list of caches leads nowhere
	describe cut <<-END
	include $DUMPS/x86_64-kmem.txt
	at caches+0x80+40: u64 8
	END
	fails 1 'slabs:' -q -c slabs vmlinux cut
	complains @line 'slabs: ffff88800003e280 8 10' 'the list of slab caches cannot be followed'
}

@test "slabs: a cache whose numbers contradict each other, or that has no name" {
	local damage cache

	vmlinux 64
	# The cache dentry has 32 objects of 128 bytes in a page: size, then oo (order and objects).
	for damage in '8: u32 128' '8: u32 125' '16: u32 1<<16|64'; do
		printf 'include %s\nat caches+0x180+%s\n' "$DUMPS/x86_64-kmem.txt" "$damage" | describe fits
		answers vmlinux fits 'slabs dentry' <<<'* slab_cache=dentry damaged=-'
	done
	for damage in '8: u32 129' '8: u32 100' '8: u32 0' '16: u32 0' '8: u32 0x80080' '16: u32 33' '16: u32 0x0410' '16: u32 40<<16|32'; do
		printf 'include %s\nat caches+0x180+%s\n' "$DUMPS/x86_64-kmem.txt" "$damage" | describe shape
		fails 1 @format 'do not fit into the order' -q -c 'slabs dentry' vmlinux shape
		answers -s 1 vmlinux shape 'slabs dentry' <<-END
		* slab_cache=dentry damaged=true
		* status=error
		END
	done
	for cache in '' +0x180; do
		printf 'include %s\nat caches%s+32: u64 0\n' "$DUMPS/x86_64-kmem.txt" "$cache" | describe nameless
		fails 1 @format 'has no name' -q -c slabs vmlinux nameless
	done
}

@test "slabs -o: each object of a cache, and its state" {
	dump x86_64-kmem
	vmlinux 64
	"$KWALK" -q -j -c 'kmem -S kmalloc-96' vmlinux x86_64-kmem >answers
	# a slab of KFENCE has no object, at an address that is known
	[ "$(grep -c '"object":' answers)" -ge 85 ]
	json_hold 'it["slab_cache"] == "kmalloc-96" and ("object" in it) == ("allocated" in it or "message" in it)' answers
	# whatis says the same
	object=$(json_values 'it.get("object", "") if it.get("allocated") is False else ""' answers | grep -m 1 0x)
	"$KWALK" -q -c "whatis $object" vmlinux x86_64-kmem | grep -q free
	"$KWALK" -q -c 'slabs -o kmalloc-96' vmlinux x86_64-kmem | grep -q 'free, kept for CPU 0$'
	fails 1 @usage 'slabs -o' -c 'slabs -o' vmlinux x86_64-kmem
	fails 1 @no-answer 'slabs nothing' -c 'kmem -S nothing' vmlinux x86_64-kmem
	fails 1 @usage 'slabs -o -w' -c 'slabs -o -w dentry' vmlinux x86_64-kmem
}

# broken LINE TEXT: with this line more, slabs and check complain of kmalloc-96.
broken() {
	printf 'include %s\n%s\n' "$DUMPS/x86_64-kmem.txt" "$1" | describe bad
	answers -s 1 vmlinux bad 'slabs kmalloc-96' <<-END
	* slab_cache=kmalloc-96 damaged=true objects=255 allocated=-
	kmalloc-96 status=error message=~"$2"
	END
	"$KWALK" -q -c 'slabs kmalloc-96' vmlinux bad 2>complaints | grep -q ' damaged '
	"$KWALK" -q -j -c check vmlinux bad >answers || true
	grep '"status":"error","check":"slabs"' answers | grep -F 'the lists of 2 caches are damaged, the first: kmalloc-96 (ffff88800003e200): ' |
		grep -F "$2" || { cat answers; return 1; }
}

@test "lists of free objects that are damaged, of slabs, CPUs and other caches" {
	local list='the list of free objects of the slab at ffff888000050000'

	vmlinux 64
	dump x86_64-kmem
	"$KWALK" -q -j -c check vmlinux x86_64-kmem >answers || true
	grep -F '"the lists of 1 cache are damaged: inode?cache (ffff88800003e280): the list of slabs at ffff88800003f748' answers
	"$KWALK" -q -j -c triage vmlinux x86_64-kmem >answers || true
	grep -F 'the lists of 1 cache are damaged' answers
	broken 'at 0x500f0: u64 0x4141414141414141' "$list is damaged: ffff8880000500c0 points to "
	broken 'at memmap+64*0x50+32: u64 d+0x50000+97' "$list is damaged: it starts with ffff888000050061, which is not an object"
	broken 'at memmap+64*0x50+32: u64 d+0x50000+96*5' "$list has length 1, but 2 objects are free, so the list is damaged"
	broken 'at cpu0+0x140: u64 d+0x50000+96*100' "$list is damaged: it starts with ffff888000052580"
	broken 'at cpu0+0x150: u64 vmemmap_base+64*0x54' "the cache's lists contain frame 54, which is a slab of dentry"
	broken 'at cpu0+0x150: u64 vmemmap_base+64*0x30' "the cache's lists contain frame 30, which is no slab"
}

@test "check of caches whose nodes are not in the dump" {
	local sound='at nodes+0x40: u64 0 d+nodes+0x48 d+nodes+0x48 0 0'

	vmlinux 64
	printf '%s\n' "include $DUMPS/x86_64-kmem.txt" "$sound" | describe whole
	"$KWALK" -q -j -c check vmlinux whole >answers || true
	grep -F '"status":"ok","check":"slabs"' answers
	printf '%s\n' "include $DUMPS/x86_64-kmem.txt" "$sound" 'at caches+80: u64 d+0x7000000' | describe lacking
	"$KWALK" -q -j -c check vmlinux lacking >answers || true
	grep -F '"status":"not-checked","check":"slabs","message":"1 of 3 lists of free objects cannot be followed' answers
	not grep -F '"status":"ok","check":"slabs"' answers
}

@test "a kernel that does not count slabs (without CONFIG_SLUB_DEBUG): their lists are checked" {
	local sound='at nodes+0x40: u64 0 d+nodes+0x48 d+nodes+0x48 0 0'

	X86_CC="${X86_CC:-${CC:-cc}} -DNO_SLUB_DEBUG" vmlinux 64
	printf '%s\n' "include $DUMPS/x86_64-kmem.txt" "$sound" | describe uncounted
	"$KWALK" -q -j -c check vmlinux uncounted >answers || true
	grep -F '"status":"ok","check":"slabs","message":"' answers
	answers vmlinux uncounted 'slabs kmalloc-96' <<<'* slab_cache=kmalloc-96 objects=- active=- slabs=-'
	dump x86_64-kmem
	"$KWALK" -q -j -c check vmlinux x86_64-kmem >answers || true
	grep -F '"the lists of 1 cache are damaged: inode?cache (ffff88800003e280): the list of slabs at ffff88800003f748' answers
}

# objects TEXT [LINE...]: the numbers of kmalloc-96's objects, with these lines more.
objects() {
	local text=$1

	shift
	printf '%s\n' "include $DUMPS/x86_64-kmem.txt" "$@" | describe kept
	answers vmlinux kept 'slabs kmalloc-96' <<<"* slab_cache=kmalloc-96 objects=255 active=253 $text"
}

# Objects 7 and 8 of the first slab are kept for CPU 0. CPU 1 allocates object 2 of another slab,
# into which others freed object 4, and keeps a third slab, in which object 1 is free.
@test "objects that are kept for CPUs are active, but not allocated" {
	local cpu=(
		'at cpu1+0x140: u64 d+0x5c000+96*2 0 vmemmap_base+64*0x5c vmemmap_base+64*0x5d'
		'at memmap+64*0x5c: u64 slab 0 0 d+caches d+0x5c000+96*4 u32 42<<16|41|1<<31 0 slab_type 1'
		'at memmap+64*0x5d: u64 slab 0 0 d+caches d+0x5d000+96*1 u32 42<<16|41|1<<31 0 slab_type 1'
		'at 0x5c0f0: u64 0xe1e23644d5ee8877'
		'at 0x5c1b0: u64 0xa1e33644d5ee8877'
		'at 0x5d090: u64 0x81f23644d5ee8877'
	)

	vmlinux 64
	objects allocated=251
	objects allocated=248 "${cpu[@]}"
	objects allocated=251 'at cpu0+0x148: u64 0'
	objects allocated=253 'at cpu0+0x140: u64 0 0 0'
	# lists that cannot be counted
	objects allocated=- 'at caches+64: u64 0x7000000'
	objects allocated=- 'at cpu0+0x158: u64 vmemmap_base+64*0x50'
}

# A node and a CPU's lists belong to one cache: another cache does not count them again.
@test "caches that share a node, or lists of CPUs" {
	vmlinux 64
	describe shared <<-END
	include $DUMPS/x86_64-kmem.txt
	at cache_vma+80: u64 d+nodes
	at caches+0x180+64: u64 0x140
	END
	answers -s 1 vmlinux shared 'slabs kmalloc-96; slabs vm_area_struct; slabs dentry' <<-END
	* slab_cache=kmalloc-96 slabs=3 active=253
	* slab_cache=vm_area_struct slabs=- active=-
	vm_area_struct status=error \
		message="the lists of slabs at ffff88800003f700 also belong to another cache or node"
	* slab_cache=dentry damaged=true
	dentry status=error message="the cache's lists for CPUs, at per-CPU pointer 140, also belong to another cache"
	END
	# so does a report's sum
	"$KWALK" -q -j -c triage vmlinux shared >answers || true
	json_hold 'any(u["part"] == "slabs" and "the lists of 3 caches are damaged" in u["message"] for u in it["unknown"])' answers
}

@test "slabs of SLAB, and of kernels with pairs of pointers for each node" {
	describe slab <<-END
	include $DUMPS/x86_64-slabs-4.4.txt
	at caches+72: u32 3
	at node+16: u64 4 1 9
	END
	vmlinux 64 4.4.0
	answers vmlinux slab 'slabs kmalloc-96' <<<'* slab_cache=kmalloc-96 slabs=4 order=3 per_slab=36 objects=144 active=135 allocated=132'
	describe pairs <<-END
	include $DUMPS/x86_64-slabs-7.1.txt
	at caches+80: u64 d+0x3f700
	at 0x3f700: u64 0 d+0x3f708 d+0x3f708 5 425
	END
	vmlinux 64 7.1.3
	answers vmlinux pairs 'slabs kmalloc-96' <<<'* slab_cache=kmalloc-96 slabs=5 objects=425 active=425 allocated=422'
}

# 3 slabs of 39 objects of 96 bytes, of which 3 and all of the free slab are in no use
@test "slabs that a struct slab describes: SLAB until 3.12 counts them by its lists" {
	local release

	for release in 2.6.18 3.6; do
		dump x86_64-slabs-$release
	done
	vmlinux 64 2.6.18
	answers vmlinux x86_64-slabs-2.6.18 slabs <<-END
	* slab_cache=size-96 address=0xffff88800003e200 object_size=96 active=75 allocated=71 objects=117 \
		slabs=3 per_slab=39 order=0
	* slab_cache=big object_size=2000 active=3 allocated=3 objects=4 slabs=1 per_slab=4 order=1
	* slab_cache=empty object_size=64 active=0 objects=0 slabs=0 per_slab=59
	END
	vmlinux 64 3.6.1
	answers vmlinux x86_64-slabs-3.6 slabs <<-END
	* slab_cache=size-96 object_size=96 active=75 allocated=71 objects=117 slabs=3 per_slab=39 order=0
	* slab_cache=big object_size=2000 active=3 objects=4 slabs=1
	* slab_cache=empty objects=0
	END
	dump x86_64-slabs-2.6.11
	vmlinux 64 2.6.11-1-amd64
	answers vmlinux x86_64-slabs-2.6.11 slabs <<<'* slab_cache=size-96 object_size=96 active=37 allocated=34 objects=39 slabs=1 per_slab=39 order=0'
}

@test "slabs in lists of SLAB that are damaged, endless or not what they are called" {
	local line

	vmlinux 64 2.6.18
	while IFS='|' read -r line why; do
		printf 'include %s\n%s\n' "$DUMPS/x86_64-slabs-2.6.18.txt" "$line" | describe bad
		answers -s 1 vmlinux bad 'slabs size-96; slabs big' <<-END
		* slab_cache=size-96 slabs=- objects=- active=-
		* status=error message="~$why"
		* slab_cache=big slabs=1 objects=4
		END
	done <<-END
	at 0x50040: u64 d+0x50040|the list of slabs at ffff88800003f000 is damaged at ffff888000050040
	at 0x50040: u64 d+0x51000|is damaged at ffff888000051000
	at node0: u64 d+0x50040 d+0x51000|is damaged at ffff88800003f000
	at 0x50060: u32 0|the list of slabs at ffff88800003f000 is damaged at ffff888000050040
	at 0x50060: u32 39|the list of slabs at ffff88800003f000 is damaged at ffff888000050040
	at 0x50060: u32 1<<31|the list of slabs at ffff88800003f000 is damaged at ffff888000050040
	at 0x51020: u32 38|the list of slabs at ffff88800003f010 is damaged at ffff888000051000
	at 0x52020: u32 1|the list of slabs at ffff88800003f020 is damaged at ffff888000052000
	at caches+40: u32 1<<31|the list of slabs at ffff88800003f010 is damaged at ffff888000051000
	at 0x50040: u64 0|the list of slabs at ffff88800003f000 is damaged at 0
	END
}

@test "slabs whose free objects are not as many as the node counts" {
	describe other <<-END
	include $DUMPS/x86_64-slabs-2.6.18.txt
	at node0+48: u64 41
	END
	vmlinux 64 2.6.18
	answers -s 1 vmlinux other 'slabs size-96' <<-END
	* slab_cache=size-96 slabs=3 active=75
	* status=error message="~have 42 free objects, but free_objects there is 41"
	END
}

# The page with the kernel's first text shows which release's flags they are.
@test "frames of kernels whose page flags are macros, which no types tell" {
	dump x86_64-slabs-2.6.18
	vmlinux 64 2.6.18
	answers vmlinux x86_64-slabs-2.6.18 'page ffffea0000001400 ffffea0000001440 ffffea0000001800 ffffea0000001840 ffffea0000001900 ffffea0000001980 ffffea0000001a00 ffffea0000040000' <<-END
	ffffea0000001400 use=slab slab_cache=size-96
	ffffea0000001440 use=slab slab_cache=size-96
	ffffea0000001800 use=other head=0x60 order=1
	ffffea0000001840 use=other head=0x60 order=1
	ffffea0000001900 use=free order=2
	ffffea0000001980 use=free order=2
	ffffea0000001a00 use=anon swap_type=2 swap_offset=4660
	ffffea0000040000 use=reserved
	END
	describe skewed <<-END
	include $DUMPS/x86_64-slabs-2.6.18.txt
	at memmap+64*0x1000+52: u32 0
	END
	fails 1 "the values of the page flags are not known: before 2.6.26 the flags are macros, which debug information does not contain, and the pages of the kernel's text do not have the flags and counts of 2.6.17 and later" -q -c frames vmlinux skewed
	answers vmlinux skewed 'region ffff888000050200' <<<'ffff888000050200 slab_cache=size-96 allocated=false'
}

@test "slabs, whatis: a cache that several caches share" {
	describe merged <<-END
	include $DUMPS/x86_64-slabs.txt
	at caches+0x80+28: u32 1
	at cache_vma+28: u32 ~0
	at cache_file+28: u32 4
	END
	vmlinux 64
	"$KWALK" -q -j -c 'slabs' vmlinux merged >out
	[ "$(grep -c '"shared_by"' out)" = 1 ]
	grep '"slab_cache":"filp"' out | grep -F '"shared_by":4'
	"$KWALK" -q -c 'whatis ffff888000055000' vmlinux merged | grep -F 'of cache filp (shared by 4 caches: listing slabnames), allocated'
	answers vmlinux merged 'whatis ffff888000055000' <<<'ffff888000055000 cache=filp shared_by=4'
}

@test "slabnames: the names of a cache that several caches share, which are links of sysfs" {
	cat >more.c <<-'END'
	struct rb_node { unsigned long __rb_parent_color; struct rb_node *rb_right, *rb_left; };
	struct kernfs_node {
		struct kernfs_node *parent;
		const char *name;
		struct rb_node rb;
		union {
			struct { struct { struct rb_node *rb_node; } children; } dir;
			struct { struct kernfs_node *target_kn; } symlink;
		};
		void *priv;
		unsigned short flags;
	};
	struct kset { struct { struct kernfs_node *sd; } kobj; };
	__attribute__((section(".data.clock"))) struct kset *slab_kset = (struct kset *)1;
	END
	MORE=$PWD/more.c X86_CC="${X86_CC:-${CC:-cc}} -DSYSFS" "$DUMPS/mkvmlinux" 64 vmlinux
	# a kset, its directory, a link, the directory of the link's cache, and names
	describe links <<-END
	include $DUMPS/x86_64-slabs.txt
	at text_phys+4M+0x28000: u64 d+0x3f500
	at 0x3f500: u64 d+0x3f540
	at 0x3f540: u64 0 0 0 0 0 d+0x3f5d0 0 1
	at 0x3f5c0: u64 0 d+0x3f700 1 d+0x3f650 0 d+0x3f640 0 4
	at 0x3f640: u64 0 d+0x3f710 d+0x3f5d0 0 0 0 d+cache_file+104 1
	at 0x3f700: str "io_kiocb\0"
	at 0x3f710: str ":0000640\0"
	END
	"$KWALK" -q -j -c 'listing slabnames' vmlinux links >out
	[ "$(cat out)" = "{\"command\":\"slabnames\",\"status\":\"ok\",\"name\":\"io_kiocb\",\"kmem_cache\":\"0xffff88800003f300\",\"cache\":\"filp\"}" ]
}
