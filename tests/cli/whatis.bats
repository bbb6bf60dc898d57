#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# whatis: what an address, frame, CR3, register or poison value is, and whose. Places are
# from tests/dumps/x86_64-slabs.txt and the dumps that it includes.
load common

@test "slab objects: in a slab's list, a CPU's list, in neither" {
	dump x86_64-slabs
	vmlinux 64
	# 0, 1 and 6 are in use; 2 and 5 free; 7 and 8 kept for CPU 0; behind the last one
	answers vmlinux x86_64-slabs 'whatis ffff888000050000 ffff8880000500b0 ffff8880000500c8 ffff8880000501e0 ffff888000050240 ffff8880000502a0 ffff888000050300 ffff888000051fe8' <<-END
	ffff888000050000 kind=slab-object cache=kmalloc-96 object=0xffff888000050000 \
		allocated=true type=-
	ffff8880000500b0 allocated=true object=0xffff888000050060 \
		text="~object ffff888000050060+0x50 of cache kmalloc-96, allocated"
	ffff8880000500c8 allocated=false \
		text="object ffff8880000500c0+0x8 of cache kmalloc-96, free"
	ffff8880000501e0 allocated=false
	ffff888000050240 allocated=true
	ffff8880000502a0 allocated=false \
		text="object ffff8880000502a0 of cache kmalloc-96, free, kept for CPU 0"
	ffff888000050300 allocated=false
	ffff888000051fe8 kind=slab-object allocated=- object=- \
		text="in a slab of cache kmalloc-96, but not in an object"
	END
}

@test "slab objects: red zones before and after an object" {
	describe red <<-END
	include $DUMPS/x86_64-slabs.txt
	# object_size and red_left_pad; no list of free objects
	at caches+12: u32 64
	at caches+24: u32 16
	at memmap+64*0x50+32: u64 0
	at cpu0+0x140: u64 0
	END
	vmlinux 64
	answers vmlinux red 'whatis ffff888000050060 ffff8880000500af ffff8880000500b0 ffff8880000500bf' <<-END
	ffff888000050060 object=0xffff888000050070 text="16 bytes before object ffff888000050070 of cache kmalloc-96, allocated"
	ffff8880000500af object=0xffff888000050070 text="object ffff888000050070+0x3f of cache kmalloc-96, allocated"
	ffff8880000500b0 object=0xffff888000050070 text="object ffff888000050070+0x40, after its 64 bytes, of cache kmalloc-96, allocated"
	ffff8880000500bf object=0xffff888000050070 text="object ffff888000050070+0x4f, after its 64 bytes, of cache kmalloc-96, allocated"
	END
}

@test "slab objects: pointers hardened as before 5.7" {
	describe old <<-END
	include $DUMPS/x86_64-slabs.txt
	at 0x500f0: u64 0x9955aa33447a58
	at 0x50210: u64 0x9955aa33447598
	at 0x502d0: u64 0x9955aa33447758
	at 0x50330: u64 0x9955aa334474b8
	END
	python3 - <<-END >plain.txt
	base = 0xffff888000050000
	def at(i):
	    return base + 96 * i
	for i, next in (2, at(5)), (5, 0), (7, at(8)), (8, 0):
	    place = at(i) + 48
	    print(f"at {place - 0xffff888000000000:#x}: u64 {next ^ 0x1122334455667788 ^ place:#x}")
	END
	{ echo "include $DUMPS/x86_64-slabs.txt"; cat plain.txt; } | describe old
	vmlinux 64
	answers vmlinux old 'whatis ffff888000050060 ffff8880000500c0 ffff8880000501e0 ffff888000050300' <<-END
	ffff888000050060 allocated=true
	ffff8880000500c0 allocated=false
	ffff8880000501e0 allocated=false
	ffff888000050300 allocated=false
	END
}

@test "slab objects: not of a slab that has not the room for those that its cache says" {
	# 64 objects of 128 bytes are the two pages of order 1, 65 are more
	local objects

	vmlinux 64
	for objects in 64 65; do
		describe roomy-$objects <<-END
		include $DUMPS/x86_64-slabs.txt
		at caches+0x180+16: u32 0x10000+$objects 0x10000+$objects
		at memmap+64*0x54+40: u32 $objects<<16|3
		END
	done
	answers vmlinux roomy-64 'whatis ffff888000054080' <<<'ffff888000054080 cache=dentry object=0xffff888000054080'
	answers vmlinux roomy-65 'whatis ffff888000054080' <<<'ffff888000054080 cache=dentry object=-'
}

@test "slab objects: a damaged list is not believed" {
	# of the slab: leads out of it, into the middle of an object, back to its start
	local target

	vmlinux 64
	for target in 0x1234 d+0x50000+7 d+0x60000 d+0x50000+96*85; do
		describe damaged <<-END
		include $DUMPS/x86_64-slabs.txt
		at memmap+64*0x50+32: u64 $target
		END
		answers vmlinux damaged 'whatis ffff888000050060' <<-END
		ffff888000050060 kind=slab-object allocated=- \
			text="~not known whether allocated or free: the slab's list of free objects is damaged"
		END
	done
	dump x86_64-slabs
	answers vmlinux x86_64-slabs 'whatis ffff888000058010' <<-END
	ffff888000058010 cache=inode?cache allocated=- text="~not known"
	END
	# a list that loops
	describe damaged <<-END
	include $DUMPS/x86_64-slabs.txt
	at 0x500f0: u64 $(python3 -c 'at = 0xffff8880000500f0
print(hex(0xffff8880000500c0 ^ 0x1122334455667788 ^ int.from_bytes(at.to_bytes(8, "little"), "big")))')
	END
	answers vmlinux damaged 'whatis ffff888000050060' <<-END
	ffff888000050060 allocated=-
	END
}

@test "slab objects: plain pointers, 32 bits" {
	describe plain <<-END
	include $DUMPS/i386-purpose.txt
	at caches+36: u32 48 text+0x570140
	at memmap+32*0x50+16: u32 d+0x50000+96*3
	at 0x50000+96*3+48: u32 d+0x50000+96*1
	at cpu0+0x140: u32 d+0x50000+96*4 0 d+memmap+32*0x50
	END
	vmlinux 32
	answers vmlinux plain 'whatis c0050000 c0050060 c00500c0 c0050120 c0050180' <<-END
	c0050000 allocated=true
	c0050060 allocated=false
	c00500c0 allocated=true
	c0050120 allocated=false cache=kmalloc-96
	c0050180 allocated=false text="object c0050180 of cache kmalloc-96, free, kept for CPU 0"
	END
}

@test "slab objects: in sheaves of CPUs and nodes" {
	dump x86_64-slabs-7.1
	vmlinux 64 7.1.3
	answers vmlinux x86_64-slabs-7.1 'whatis ffff8880000500c0 ffff888000050120 ffff888000050180 ffff888000050240' <<-END
	ffff8880000500c0 allocated=true
	ffff888000050120 allocated=false text="~free, kept for CPU 1"
	ffff888000050180 allocated=false
	ffff888000050240 allocated=false text="object ffff888000050240 of cache kmalloc-96, free"
	END
	# a node whose list of sheaves leads nowhere
	describe damaged <<-END
	include $DUMPS/x86_64-slabs-7.1.txt
	at node_sheaf: u64 0x10
	END
	answers vmlinux damaged 'whatis ffff8880000500c0 ffff888000050120' <<-END
	ffff8880000500c0 allocated=- text="~not known whether allocated or free: a sheaf of free objects cannot be read"
	ffff888000050120 allocated=false
	END
}

@test "slab objects of SLAB: the slab's array, and arrays of CPUs and nodes" {
	dump x86_64-slabs-4.4
	vmlinux 64 4.4.0
	answers vmlinux x86_64-slabs-4.4 'whatis ffff888000050028 ffff888000050108 ffff888000050258 ffff888000050338 ffff8880000503a8 ffff888000050418 ffff888000050488' <<-END
	ffff888000050028 allocated=true
	ffff888000050108 allocated=false
	ffff888000050258 allocated=false
	ffff888000050338 allocated=false text="~kept for CPU 0"
	ffff8880000503a8 allocated=false
	ffff888000050418 allocated=false
	ffff888000050488 allocated=true
	END
}

@test "slab objects of SLAB until 3.12: a chain of numbers, and arrays of CPUs and nodes" {
	local release

	for release in 2.6.18 3.6.1; do
		dump x86_64-slabs-${release%.1}
		vmlinux 64 $release
		answers vmlinux x86_64-slabs-${release%.1} 'whatis ffff888000050148 ffff888000050200 ffff888000050320 ffff888000050380 ffff888000050f80 ffff8880000503e0 ffff888000050440 ffff8880000504a0 ffff888000050500 ffff888000050560' <<-END
		ffff888000050148 slab_cache=size-96 slab=0xffff888000050000 \
			object=0xffff888000050140 object_index=0 object_size=96 allocated=true
		ffff888000050200 object_index=2 allocated=false text="~, free"
		ffff888000050320 object_index=5 allocated=false
		ffff888000050380 object_index=6 allocated=true
		ffff888000050f80 object_index=38 allocated=false
		ffff8880000503e0 allocated=false text="~kept for CPU 0"
		ffff888000050440 allocated=false text="~kept for CPU 1"
		ffff8880000504a0 allocated=false
		ffff888000050500 allocated=false
		ffff888000050560 allocated=true
		END
		# full, free; described in another cache, its second page; behind the objects and before them
		answers vmlinux x86_64-slabs-${release%.1} 'whatis ffff888000051100 ffff888000052100 ffff888000054040 ffff888000054817 ffff888000055f7f ffff888000055f80 ffff888000050040' <<-END
		ffff888000051100 allocated=true
		ffff888000052100 allocated=false
		ffff888000054040 slab_cache=big slab=0xffff888000054000 object_index=0 \
			allocated=true
		ffff888000054817 slab_cache=big object_index=1 allocated=false
		ffff888000055f7f slab_cache=big object_index=3 allocated=true
		ffff888000055f80 slab_cache=big object=- text="~but not in an object"
		ffff888000050040 slab_cache=size-96 object=-
		END
	done
	dump x86_64-slabs-2.6.11
	vmlinux 64 2.6.11-1-amd64
	answers vmlinux x86_64-slabs-2.6.11 'whatis ffff888000050140 ffff888000050200 ffff888000050f80 ffff8880000503e0 ffff888000050440 ffff8880000504a0 ffff888000050500' <<-END
	ffff888000050140 slab_cache=size-96 allocated=true
	ffff888000050200 object_index=2 allocated=false
	ffff888000050f80 object_index=38 allocated=false
	ffff8880000503e0 allocated=false text="~kept for CPU 0"
	ffff888000050440 allocated=false text="~kept for CPU 1"
	ffff8880000504a0 allocated=false
	ffff888000050500 allocated=true
	END
}

@test "slab objects of SLAB whose struct slab is damaged are not said to be in use" {
	local line why

	vmlinux 64 2.6.18
	while IFS='|' read -r line why; do
		printf 'include %s\n%s\n' "$DUMPS/x86_64-slabs-2.6.18.txt" "$line" | describe bad
		answers vmlinux bad 'whatis ffff888000050148' <<<"ffff888000050148 slab_cache=size-96 object_index=0 allocated=- text=\"~$why\""
	done <<-END
	at 0x50070+4*5: u32 2|the slab's list of free objects is damaged
	at 0x50070+4*5: u32 39|the slab's list of free objects is damaged
	at 0x50070+4*5: u32 end|the slab's list of free objects is damaged
	at 0x50070+4*38: u32 6|the slab's list of free objects is damaged
	at 0x50060: u32 40|the descriptor of the slab is damaged or cannot be read
	at 0x50060: u32 1<<31|the descriptor of the slab is damaged or cannot be read
	at kept1: u32 1<<20|a list of free objects outside the slab cannot be read
	at caches+8: u64 d+4G|an array of free objects cannot be read
	END
	# objects that do not fit, a slab elsewhere, of no size or order
	for line in 'at caches+40: u32 1<<31' 'at caches+40: u32 40' 'at 0x50058: u64 d+0x60140' 'at 0x50050: u64 0x141' \
		'at 0x50050: u64 ~0' 'at caches+16: u32 0' 'at caches+44: u32 40' \
		'at memmap+64*0x50+16: u64 d+4G'; do
		printf 'include %s\n%s\n' "$DUMPS/x86_64-slabs-2.6.18.txt" "$line" | describe bad
		answers vmlinux bad 'whatis ffff888000050148' <<<'ffff888000050148 slab_cache=size-96 object=- allocated=-'
	done
	# behind the nodes that there are nothing was cleared
	printf 'include %s\nat text_phys+4M+0x508: u64 0\nat aliens+8: u64 d+4G\n' "$DUMPS/x86_64-slabs-2.6.18.txt" | describe bad
	answers vmlinux bad 'whatis ffff888000050148' <<<'ffff888000050148 allocated=true'
	# a cache that the list does not have; no mark
	for line in 'at memmap+64*0x50+8: u64 d+caches+8' 'at memmap+64*0x50: u64 0'; do
		printf 'include %s\n%s\n' "$DUMPS/x86_64-slabs-2.6.18.txt" "$line" | describe bad
		answers vmlinux bad 'whatis ffff888000050148' <<<'ffff888000050148 slab_cache=- object=-'
	done
}

@test "the super_block of a frozen file system" {
	local state text

	cat >more.s <<-'END'
	.globl super_blocks
	.type super_blocks, @object
	.set super_blocks, 0xffffffff81420c80
	END
	MORE=more.s vmlinux 64
	# Two objects of the slab look like a super_block; the list has the first.
	cat >object <<-END
	include $DUMPS/x86_64-slabs.txt
	let super 0x50000+96*20
	at super: u64 0 d+type_ext4 str "sdb1\0"
	at super+96: u64 0 d+type_ext4 str "sdc1\0"
	at super+56: u64 0xffffffff81420c80 0xffffffff81420c80
	at vars+0x480: u64 d+super+56 d+super+56
	END
	while read -r state text; do
		{ cat object; echo "at super+48: u32 $state"; } | describe frozen
		answers vmlinux frozen 'whatis ffff888000050790 ffff8880000507e0' <<-END
			ffff888000050790 type=super_block type_address=0xffff888000050780 type_name=sdb1 filesystem=ext4 \
				freeze=${text:+\"}${text:--}${text:+\"} text="~super_block sdb1+0x10 of ext4${text:+, $text}"
			ffff8880000507e0 type=- filesystem=-
		END
	done <<-END
		0
		1 being frozen
		4 frozen
		5
	END
}

@test "whose an object is" {
	dump x86_64-slabs
	vmlinux 64
	answers vmlinux x86_64-slabs 'whatis ffff888000050368 ffff8880000503c0 ffff888000050480 ffff888000050490 ffff888000054080 ffff888000055008 ffff888000056000 init_task+10' <<-END
	ffff888000050368 type=cred pid=1 comm=init tasks=2 \
		text="~cred+0x8 of pid 1 (init) and 1 more"
	ffff8880000503c0 type=files_struct pid=1 tasks=1
	ffff888000050480 type=inode type_address=0xffff888000050488 inode=4711 filesystem=ext4 \
		text="~inode 4711 at ffff888000050488 of ext4"
	ffff888000050490 type=inode text="~inode 4711+0x8 of ext4"
	ffff888000054080 cache=dentry type=dentry file=/motd
	ffff888000055008 cache=filp type=file file=/motd text="~file+0x8 of /motd"
	ffff888000056000 cache=vm_area_struct type=vm_area_struct pid=1
	init_task+10 kind=symbol symbol=init_task+0x10 type=task_struct pid=0 comm=swapper/0
	END
}

@test "the struct of a slab cache has the name of this cache" {
	describe cache <<-END
	include $DUMPS/x86_64-slabs.txt
	at cache_file+32: u64 d+texts+0x200
	at texts+0x200: str "kmem_cache\0"
	# the structs of caches are objects 4, 5 and 7 of this slab; object 6 is not in the list
	at memmap+64*0x3e: u64 slab 0 0 d+cache_file 0 u32 32<<16|3 0 slab_type 1
	END
	vmlinux 64
	answers vmlinux cache 'whatis ffff88800003e200 ffff88800003e208 ffff88800003e380 ffff88800003e300' <<-END
	ffff88800003e200 cache=kmem_cache type=kmem_cache type_name=kmalloc-96 text="~kmem_cache kmalloc-96"
	ffff88800003e208 type_name=kmalloc-96 text="~kmem_cache kmalloc-96+0x8"
	ffff88800003e380 cache=kmem_cache type_name=dentry
	ffff88800003e300 cache=kmem_cache type=- type_name=-
	END
}

@test "stacks: depth, and the page below; per-CPU variables" {
	dump x86_64-purpose
	vmlinux 64
	answers vmlinux x86_64-purpose 'whatis ffffc90000013ff8 ffffc90000010000 ffffc9000000fff8 ffffc9000000ffff ffffc9000000efff ffff888000063fff ffffffff81424010 fffffe000fee1010 fffffe000fee0010 ffffc9000001bff8 ffff88800003a204 ffff88800003d090' <<-END
	ffffc90000013ff8 kind=stack pid=1 comm=init depth=8 \
		text="stack of pid 1 (init), 8 of 16384 bytes deep"
	ffffc90000010000 kind=stack depth=16384
	ffffc9000000fff8 kind=stack \
		text="8 bytes below the stack of pid 1 (init), in the unmapped page that guards it"
	ffffc9000000ffff \
		text="1 byte below the stack of pid 1 (init), in the unmapped page that guards it"
	ffffc9000000efff kind=region text="~not mapped"
	ffff888000063fff kind=stack pid=3 depth=1
	ffffffff81424010 kind=stack pid=0 symbol=init_stack+0x10
	fffffe000fee1010 kind=stack cpu=1 exception=DF text="~DF exception stack of CPU 1"
	fffffe000fee0010 kind=stack guard=true text="guard page of the DF exception stack of CPU 1"
	ffffc9000001bff8 kind=stack cpu=0 text="~interrupt stack of CPU 0"
	ffff88800003a204 kind=per-cpu cpu=0 percpu_symbol=cpu_info+0x4 \
		text="per-CPU variable cpu_info+0x4 of CPU 0"
	ffff88800003d090 kind=per-cpu text="dynamic per-CPU memory, pointer 1090 of CPU 1"
	END
	# region says so too, and of frames of stacks page does.
	answers vmlinux x86_64-purpose 'region ffffc9000000fff8 ffffc90000013ff8 ffffc9000000efff; page ffff888000063fff' <<-END
	ffffc9000000fff8 below_stack=true
	ffffc90000013ff8 below_stack=- pid=1
	ffffc9000000efff below_stack=-
	ffff888000063fff use=stack pid=3
	END
	"$KWALK" -q -c 'region ffffc9000000fff8' vmlinux x86_64-purpose |
		grep -qx '  BELOW A STACK: 8 bytes below the stack of task 1 (init)'
	"$KWALK" -q -c 'region ffffc9000000ffff' vmlinux x86_64-purpose |
		grep -qx '  BELOW A STACK: 1 byte below the stack of task 1 (init)'
}

@test "page tables: level and owner, by address, frame and CR3" {
	dump x86_64-tasks
	vmlinux 64
	answers vmlinux x86_64-tasks 'whatis ffff888000012008 ffff888000011010 ffff888000032420 ffff888000032ff8 ffff888000035000 ffff888000006000; whatis 32000 8000000000032005' <<-END
	ffff888000012008 kind=page-table level=pte pid=1 table_start=0x0 table_end=0x1fffff \
		entry_start=0x1000 entry_end=0x1fff \
		text="entry 1 of the pte page table of pid 1 (init), for 1000 to 1fff"
	ffff888000011010 kind=page-table level=pmd pid=1 entry_start=0x400000 entry_end=0x5fffff \
		text="entry 2 of the pmd page table of pid 1 (init), for 400000 to 5fffff"
	ffff888000032420 kind=page-table level=pgd \
		text="entry 84 of the pgd page table of pid 1 (init), for 420000000000 to 427fffffffff"
	ffff888000032ff8 kind=page-table level=pgd \
		text="entry 1ff of the pgd page table of pid 1 (init), for ffffff8000000000 to ffffffffffffffff"
	ffff888000035000 kind=page-table level=pud pid=3 comm=shell
	ffff888000006000 kind=page-table level=pte pid=- text="~page table of the kernel"
	32000 as=virtual kind=user
	32000 as=physical kind=page-table level=pgd pid=1
	32000 as=root kind=page-table level=pgd pid=1 mm=0xffff888000031000
	8000000000032005 as=virtual kind=non-canonical bit=-
	8000000000032005 as=root pid=1 text="~PCID or flags 5"
	END
}

@test "page tables: the same words for user mode's table wherever it is named" {
	dump x86_64-tasks-isolated
	vmlinux 64
	answers vmlinux x86_64-tasks-isolated 'whatis ffff88800003b008; whatis 3b000; whatis 3a000' <<-END
	ffff88800003b008 kind=page-table \
		text="entry 1 of the pgd page table of pid 1 (init) for user mode, for 8000000000 to ffffffffff"
	3b000 as=virtual kind=user
	3b000 as=physical \
		text="entry 0 of the pgd page table of pid 1 (init) for user mode, for 0 to 7fffffffff"
	3b000 as=root \
		text="root of the page table of pid 1 (init) for user mode, mm ffff888000031000"
	3a000 as=virtual kind=user
	3a000 as=physical kind=per-cpu
	3a000 as=root text="root of the page table of pid 1 (init), mm ffff888000031000"
	END
	"$KWALK" -q -c 'ptov -u 3b000' vmlinux x86_64-tasks-isolated |
		grep -q 'page-table pgd of pid 1 (init) for user mode$'
}

@test "modules, areas and their guard pages, devices, slots" {
	dump x86_64-areas
	vmlinux 64
	answers vmlinux x86_64-areas 'whatis ffffc90000000ff8 ffffc90000002000 ffffffffc0001010 ffffc90000010123 fe001123 ffffffffff5fd020' <<-END
	ffffc90000000ff8 kind=vmalloc area.caller=schedule+0x10 \
		text="vmalloc area ffffc90000000000+0xff8, by schedule+0x10"
	ffffc90000002000 kind=vmalloc area.guard=true text="~guard page of vmalloc area"
	ffffffffc0001010 kind=module module=test_mod section=rodata
	ffffc90000010123 kind=vmalloc \
		text="~ioremap area ffffc90000010000+0x123 of fe001000 (0000:00:03.0)"
	fe001123 as=virtual kind=user
	fe001123 as=physical kind=resource resource=0000:00:03.0
	ffffffffff5fd020 kind=slot slot=FIX_APIC_BASE
	END
}

@test "a device among the pages of a memory section is no memory" {
	dump x86_64-device-frames
	vmlinux 64
	answers vmlinux x86_64-device-frames 'whatis a0123 1d00010' <<-END
	a0123 as=virtual
	a0123 as=physical kind=resource text="no memory: 0000:00:03.0, in the ISA hole"
	1d00010 as=virtual
	1d00010 as=physical kind=frame use=reserved
	END
	# Memory that a driver has added is memory.
	describe added <<-END
		include $DUMPS/x86_64-device-frames.txt
		at 30M+4K: str "System RAM (virtio_mem)\0"
	END
	answers vmlinux added 'whatis 1d00010' <<-END
	1d00010 as=virtual
	1d00010 as=physical kind=frame use=reserved
	END
}

@test "struct pages and frames" {
	dump x86_64-pages
	vmlinux 64
	answers vmlinux x86_64-pages 'whatis ffffea0000070808 ffff888001c20010 1c20' <<-END
	ffffea0000070808 kind=struct-page pfn=0x1c20 page=0xffffea0000070800 physical=0x1c20000 \
		use=file inode=4711 text="~struct page+0x8 of frame 1c20"
	ffff888001c20010 kind=frame pfn=0x1c20 use=file text="~file ext4 on sda1 inode 4711 /init"
	1c20 as=virtual kind=user
	1c20 as=physical kind=page-table pfn=0x1 level=pud
	1c20 as=pfn kind=frame pfn=0x1c20 physical=0x1c20000
	END
	dump pae-areas
	vmlinux pae
	answers vmlinux pae-areas 'whatis c1a38008 140000123 ff800123' <<-END
	c1a38008 as=virtual kind=struct-page pfn=0x1c00
	140000123 as=physical kind=frame pfn=0x140000 zone=HighMem
	ff800123 as=virtual kind=slot kmap_count=3
	END
}

@test "memory of the kernel image by its physical address" {
	dump x86_64
	vmlinux 64
	answers vmlinux x86_64 'whatis 1002000 ffff888001002004' <<-END
	1002000 as=virtual kind=user
	1002000 as=physical kind=symbol symbol=schedule+0x0 source=* \
		text="~at ffffffff81002000, schedule"
	ffff888001002004 as=virtual kind=symbol symbol=schedule+0x4
	END
}

@test "user addresses of a process: -p, and set" {
	dump x86_64-tasks
	vmlinux 64
	answers vmlinux x86_64-tasks 'whatis -p 1 1008; set init; whatis 3000 9000; whatis -p 3 21000' <<-END
	1008 as=virtual kind=user pid=1 comm=init mapping=/bin/init start=0x1000 end=0x2fff \
		pfn=0x1c01 text="~1000 to 2fff r-xp /bin/init+0x17008, in memory at 1c01008"
	1008 as=physical
	1008 as=pfn
	init pid=1
	3000 as=virtual kind=user pid=1 mapping=[heap]
	3000 as=physical
	3000 as=pfn
	9000 as=virtual text="a user address of pid 1 (init): not in its mappings"
	9000 as=physical
	21000 as=virtual pid=3 text="~in memory at"
	21000 as=physical
	END
}

@test "structs of tasks where slabs are not known" {
	dump x86_64-tasks
	vmlinux 64
	answers vmlinux x86_64-tasks 'whatis ffff888000030300 ffff888000030308 ffff888000031100 ffff888000040000' <<-END
	ffff888000030300 kind=frame pid=3 comm=shell task=0xffff888000030300 type=task_struct \
		text="frame 30, zone DMA; task_struct of pid 3 (shell)"
	ffff888000030308 type=task_struct text="frame 30, zone DMA; task_struct+0x8 of pid 3 (shell)"
	ffff888000031100 pid=3 type=mm_struct type_address=0xffff888000031100
	ffff888000040000 pid=- type=- text="~its use is not known"
	END
}

@test "user addresses of a process whose mappings cannot all be read" {
	dump x86_64-tasks-damaged
	vmlinux 64
	answers vmlinux x86_64-tasks-damaged 'whatis -p 1 6000 200008 99000' <<-END
	6000 pfn=- mapping=- text="~not in its mappings that can be read (mappings are missing after 2fff: ffff888000038080 is not a vm_area_struct: its range would be 3000 to 2000), not in memory: swapped"
	6000 as=physical
	6000 as=pfn
	200008 kind=user pid=1 mapping=- pfn=0x1c00 text="~is not a vm_area_struct: its range would be 3000 to 2000), but its page table maps the address, in memory at 1c00008"
	200008 as=physical
	99000 pfn=- text="~not in its mappings that can be read (mappings are missing after 2fff:"
	99000 as=physical
	END
}

@test "a page of a process that is not in memory: what its entry says" {
	dump x86_64-tasks
	vmlinux 64
	"$KWALK" -q -c 'whatis -p 1 6010 4010 5010' vmlinux x86_64-tasks >text
	cat text
	grep -q '^6010 .*\[heap\], not in memory: swapped$' text
	grep -q '^4010 .*\[heap\], not in memory$' text
	grep -q '^5010 .*\[heap\], in memory at 1c05010$' text
}

@test "poison and error pointers, with offsets" {
	dump x86_64
	vmlinux 64
	answers vmlinux x86_64 'whatis dead000000000100 dead000000000108 dead000000000122 dead0000000000c8 6b6b6b6b6b6b6b6b 6b6b6b6b6b6b6b83 aaaaaaaaaaaaaaaa a56b6b6b6b6b6b6b ffffffffffffffea fffffffffffffe00 fffffffffffff000 fffffffffffff001' <<-END
	dead000000000100 as=value kind=poison name=LIST_POISON1 offset=0
	dead000000000108 kind=poison name=LIST_POISON1 offset=8 \
		text="LIST_POISON1+0x8, or LIST_POISON2-0x1a"
	dead000000000122 kind=poison name=LIST_POISON2 offset=0
	dead0000000000c8 kind=poison name=LIST_POISON1 offset=-56
	6b6b6b6b6b6b6b6b kind=poison name=POISON_FREE
	6b6b6b6b6b6b6b83 kind=poison name=POISON_FREE offset=24
	aaaaaaaaaaaaaaaa kind=poison name=PAGE_POISON
	a56b6b6b6b6b6b6b kind=poison name=POISON_END
	ffffffffffffffea kind=error-pointer error=-22 name=EINVAL text="ERR_PTR(-EINVAL), -22"
	fffffffffffffe00 kind=error-pointer name=ERESTARTSYS
	fffffffffffff000 as=virtual kind=unknown
	fffffffffffff001 kind=error-pointer error=-4095 name=-
	END
	dump i386
	vmlinux 32
	answers vmlinux i386 'whatis 100100 ffffffea 6b6b6b6b' <<-END
	100100 as=value kind=poison name=LIST_POISON1
	100100 as=virtual
	100100 as=physical
	ffffffea as=value kind=error-pointer name=EINVAL
	6b6b6b6b as=value kind=poison name=POISON_FREE
	6b6b6b6b as=virtual
	END
}

@test "not canonical: which bit was flipped" {
	dump x86_64
	vmlinux 64
	answers vmlinux x86_64 'whatis fff788000005a000 ffff088001c20000 7ffff88001c20000 0000900000000000 f0ff888000000000' <<-END
	fff788000005a000 as=virtual kind=non-canonical bit=- meant=- text="not canonical"
	ffff088001c20000 kind=non-canonical bit=47 meant=0xffff888001c20000 \
		text="~with bit 47 flipped ffff888001c20000, frame 1c20"
	7ffff88001c20000 kind=non-canonical bit=-
	0000900000000000 as=virtual kind=non-canonical bit=- meant=-
	f0ff888000000000 kind=non-canonical bit=- meant=-
	END
}

@test "notations: pieces of an oops, errors, numbers alone" {
	dump x86_64
	vmlinux 64
	answers vmlinux x86_64 'whatis schedule+0x2/0x40 [<ffffffff81002002>] RIP:0010:ffffffff81002002 CR2=ffffffff81002002, (ffffffff81002002) pfn:0x1c20 -22 -EINVAL ERR_PTR(-22); ffffffff81002002; 0x1c00000' <<-END
	schedule+0x2/0x40 symbol=schedule+0x2
	[<ffffffff81002002>] as=virtual symbol=schedule+0x2
	RIP:0010:ffffffff81002002 symbol=schedule+0x2
	CR2=ffffffff81002002, symbol=schedule+0x2
	(ffffffff81002002) symbol=schedule+0x2
	pfn:0x1c20 as=pfn pfn=0x1c20
	-22 name=EINVAL
	-EINVAL error=-22
	ERR_PTR(-22) name=EINVAL
	ffffffff81002002 command=whatis symbol=schedule+0x2
	0x1c00000 as=virtual
	0x1c00000 as=physical
	END
}

@test "pieces of an oops are addresses to every command" {
	local -a pieces=('[<ffffffff81002002>]' RIP:0010:ffffffff81002002 0010:ffffffff81002002
		'CR2=ffffffff81002002,' 'schedule+0x2/0x40' '(ffffffff81002002)')
	local piece

	dump x86_64
	vmlinux 64
	for piece in "${pieces[@]}"; do
		answers vmlinux x86_64 "vtop $piece; sym $piece; rd $piece; region $piece; page $piece; virt_to_page $piece" <<-END
		$piece command=vtop virtual=0xffffffff81002002 physical=0x1002002
		$piece command=sym name=schedule offset=2
		$piece command=rd address=0xffffffff81002002
		$piece command=region symbol=schedule+0x2
		$piece command=page pfn=0x1002
		$piece command=virt_to_page pfn=0x1002
		END
	done
	# Those that are no virtual address, are cut off, or are a part of something else.
	answers -s 1 vmlinux x86_64 'vtop pfn:0x1002 RAX:1234 schedule+0x2/0x no_module:schedule [nothing] ffffffff81002002' <<-END
	* status=error
	RAX:1234 virtual=0x1234
	* status=error message="~cut off"
	* status=error message="~module no_module"
	* status=error
	ffffffff81002002 status=mapped
	END
}

@test "numbers and sums as they are pasted, in every command" {
	dump x86_64
	vmlinux 64
	local piece
	for piece in ffffffff81002002: 'ffff_ffff_8100_2002' 'ffff,ffff,8100,2002' '<ffffffff81002002>' \
		'`ffffffff81002002`' '"ffffffff81002002"' '<schedule+0x2/0x40>:' 'schedule + 2' \
		'ffffffff81002002,' '`0xffff_ffff_8100_2002`,' '(schedule+2),' '(ffffffff81002002:)' \
		'schedule +2' 'schedule+ 2' 'RIP: 0010:schedule+0x2/0x40' '`schedule`+2'; do
		answers vmlinux x86_64 "vtop $piece; sym $piece; rd $piece; region $piece; page $piece; virt_to_page $piece; whatis $piece" <<-END
		* command=vtop virtual=0xffffffff81002002 physical=0x1002002
		* command=sym name=schedule offset=2
		* command=rd address=0xffffffff81002002
		* command=region symbol=schedule+0x2
		* command=page pfn=0x1002
		* command=virt_to_page pfn=0x1002
		* command=whatis symbol=schedule+0x2
		END
	done
	answers vmlinux x86_64 'ptov 0x10_02002 1000 + 10 [<1002002>] 1002002, (1002002); phys_to_page `1002000`,; pfn_to_page 1,002,; rd -8 schedule - 2 1_0; pte 8000_0000_0100_2163:; pagemap schedule +1,0; sym `schedule`; sym schedule schedule + 2; search -t "a+" ff' <<-END
	0x10_02002 physical=0x1002002
	* input="1000 + 10" physical=0x1010
	[<1002002>] physical=0x1002002
	1002002, physical=0x1002002
	(1002002) physical=0x1002002
	* command=phys_to_page pfn=0x1002
	* command=pfn_to_page pfn=0x1002
	* address=0xffffffff81001ffe values.#=10
	* command=pte physical=0x1002000
	* command=pagemap virtual=0xffffffff81002000
	* command=sym name=schedule offset=0
	* command=sym name=schedule offset=0
	* command=sym name=schedule offset=2
	END
	answers -s 1 vmlinux x86_64 'vtop <schedule+16> 0x 1__0 vmlinux: + 2 18446744073709551615' <<-END
	* status=error message="~offset in <...> in decimal"
	0x status=error
	1__0 status=error
	* input="vmlinux: + 2" status=error
	* status=error message="~if it is decimal, write 0xffffffffffffffff"
	END
}

@test "bad words name themselves, and lose no other answer" {
	dump x86_64
	vmlinux 64
	answers -s 1 vmlinux x86_64 'whatis schedule no_such_thing 12345678901234567 foo+0x1/0x schedule+4' <<-END
	schedule kind=symbol
	no_such_thing status=error
	12345678901234567 status=error message="~64 bits"
	foo+0x1/0x status=error message="~cut off"
	schedule+4 kind=symbol
	END
	complains @usage 'whatis 12345678901234567'
	complains @unknown 'whatis no_such_thing'
	fails 1 @usage 'whatis WORD' -q x86_64 -c whatis
	fails 1 @usage beef -q x86_64 -c beef
}

@test "registers that are typed by hand may lack leading zeros" {
	dump x86_64-slabs
	vmlinux 64
	answers vmlinux x86_64-slabs 'whatis CR3=32000 RAX:1234 CR2: 28' <<-END
	CR3=32000 as=root pid=1 comm=init
	RAX:1234 kind=user
	* kind=user text="~NULL pointer"
	END
}

@test "-v shows all that is known, below the line" {
	dump x86_64-slabs
	vmlinux 64
	"$KWALK" -q -c 'whatis -v ffff8880000500c8 ffff888001c20010' vmlinux x86_64-slabs >text
	cat text
	grep -qx 'ffff8880000500c8  virtual   object ffff8880000500c0+0x8 of cache kmalloc-96, free' text
	grep -qx '  PLACE: ffff8880000500c8, direct-map, ffff888000000000 to ffffc87fffffffff' text
	grep -qx '  SLAB: cache kmalloc-96, slab ffff888000050000, object ffff8880000500c0, number 2, 96 bytes, free' text
	grep -q '^  FRAME: 1c20, struct page ffffea0000070800, use ' text
	# as page shows them
	"$KWALK" -q -c 'kmem ffffea0000001500; page ffffea0000001500' vmlinux x86_64-slabs >text
	cat text
	grep -qx '  STRUCT PAGE: refcount 1, mapping ffff88800003e380, flags slab' text
}

@test "memory of init that the kernel has freed is the new owner's" {
	# the same type of page: a page table; reserved, it is the image's
	local -A image

	vmlinux 64
	image[freed]='at memmap+64*0x1580: u64 0 0 0 5 6 7 u32 0xfffffdff 1'
	image[reserved]="${image[freed]}
	at memmap+64*0x1580: u64 1<<12"
	for use in "${!image[@]}"; do
		describe "$use" <<-END
		include $DUMPS/x86_64-pages.txt
		${image[$use]}
		END
	done
	answers vmlinux freed 'whatis ffffffff81580010; whatis 1580010; whatis ffff888001580010' <<-END
	ffffffff81580010 kind=symbol use=page-table symbol=start_kernel+0x10 \
		text="~, init; freed after boot, now frame 1580, zone DMA, page-table"
	1580010 as=virtual
	1580010 as=physical kind=frame use=page-table symbol=-
	ffff888001580010 kind=frame use=page-table symbol=-
	END
	answers vmlinux reserved 'whatis ffffffff81580010; whatis 1580010; whatis ffff888001580010' <<-END
	ffffffff81580010 kind=symbol use=- symbol=start_kernel+0x10
	1580010 as=virtual
	1580010 as=physical kind=symbol symbol=start_kernel+0x10
	ffff888001580010 kind=symbol symbol=start_kernel+0x10
	END
	# where the image lies in the direct map, a physical address leads there too
	vmlinux 32
	describe freed-32 <<-END
	include $DUMPS/i386-purpose.txt
	at memmap+32*0x1580: u32 1<<9
	END
	answers vmlinux freed-32 'whatis c1580010; whatis 1580010' <<-END
	c1580010 kind=symbol use=slab symbol=start_kernel+0x10
	1580010 as=virtual
	1580010 as=physical kind=frame use=slab symbol=-
	END
}

@test "numbers whose bytes are a text; an address that something has is none" {
	dump x86_64-slabs
	vmlinux 64
	answers vmlinux x86_64-slabs 'whatis 646e6f632d6b; whatis -p 1 414141414141; whatis 4141414141414141; whatis 6362613130; whatis 00412d6b6e6f6364' <<-END
	* as=virtual kind=user
	* as=value kind=text text='the text "k-cond"'
	* as=virtual kind=user
	* kind=text text='the text "AAAAAA"'
	* as=virtual kind=non-canonical
	* as=value kind=text text='the text "AAAAAAAA"'
	* as=virtual kind=user
	* as=virtual
	* kind=text text='the text "dconk-A"'
	END
	# Of a process that maps it, it is an address: 55 41 41 41 41 41 as a mapping's start is as likely.
	vmlinux 32
	dump i386-purpose
	answers vmlinux i386-purpose 'whatis 646e6f63' <<<$'* as=virtual\n* kind=text text=\'the text "cond"\''
}

@test "a struct page of zeros: the zone is unknown, unless the first zone contains the frame" {
	FREE_LISTS=1 vmlinux 64
	printf 'include %s\nat memmap+64*0x123: u64 fill 8 0\n%s\n' "$DUMPS/x86_64-free-lists.txt" 'at zone_names: str "DMA32\0"' |
		describe zeroed
	answers vmlinux zeroed 'whatis 123000' <<-END
	123000 as=virtual
	123000 as=physical pfn=0x123 zone=- struct_page_zero=true text="frame 123, its struct page is zero, its use is not known"
	END
	printf 'include %s\nat memmap+64*0x123: u64 fill 8 0\n%s\n' "$DUMPS/x86_64-free-lists.txt" 'at zone_names: str "DMA\0"' |
		describe first
	answers vmlinux first 'whatis 123000' <<-END
	123000 as=virtual
	123000 as=physical pfn=0x123 zone=DMA struct_page_zero=-
	END
}

@test "where KASAN would look for the shadow of a user address" {
	dump x86_64
	vmlinux 64
	objcopy --add-symbol kasan_init=.text:0x3800,function,global vmlinux kasan
	# as in "KASAN: null-ptr-deref in range [0x0000000000000028-0x000000000000002f]"
	answers kasan x86_64 'whatis dffffc0000000005 dffffc0000001000 dffffc0000000000 ffffec0000000001' <<-END
	dffffc0000000005 kind=non-canonical text="not canonical; KASAN's shadow of 28 to 2f, near NULL"
	dffffc0000001000 kind=non-canonical text="not canonical; KASAN's shadow of 8000 to 8007, a user address"
	dffffc0000000000 kind=non-canonical text="not canonical; KASAN_SHADOW_OFFSET, to which the kernel adds an address divided by 8"
	ffffec0000000001 kind=region text="~KASAN's shadow of ffff800000000008 to ffff80000000000f"
	END
	answers vmlinux x86_64 'whatis dffffc0000000005' <<<'dffffc0000000005 kind=non-canonical text="not canonical"'
	echo 'R13: dffffc0000000000 R14: dffffc0000000005' >line
	"$KWALK" -q -c 'annotate line' kasan x86_64 >annotated
	[ "$(grep -c "shadow of 28 to 2f" annotated)" = 1 ]
	not grep -q KASAN_SHADOW_OFFSET annotated
}
