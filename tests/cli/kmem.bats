#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# zones, frames, slabs: what the kernel's memory is used for.
load common

@test "zones with their free blocks" {
	dump x86_64-kmem
	vmlinux 64
	answers vmlinux x86_64-kmem zones <<-END
	* command=zones status=ok node=0 zone=DMA start=0x1000 end=0xffffff spanned=4095 present=3998 managed=3840 free=7 min=10 low=20 high=30 free_blocks.#=2 free_blocks.0=1 free_blocks.1=3
	* node=0 zone=DMA32 start=0x1000000 end=0x1ffffff spanned=4096 free=1024 min=40 free_blocks.1=512
	END
	fails 1 'zones: where struct pglist_data keeps node_zones is not known' -q -c zones x86_64-kmem
}

@test "frames: totals, and runs" {
	dump x86_64-kmem
	vmlinux 64
	answers vmlinux x86_64-kmem 'frames; frames -l 100000 113fff; frames 100000 +0x10000; frames -l 10fff0 10ffff' <<-END
	* command=frames status=ok frames=8167 size=33452032 use=free-percpu
	* frames=16 size=65536 use=free
	* frames=8 use=slab
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

@test "frames whose struct pages are not in the dump, or make no sense" {
	describe bad <<-END
	include $DUMPS/x86_64-kmem.txt
	at memmap+64*0x180+8: u64 0x1001
	END
	vmlinux 64
	answers -s 1 vmlinux bad 'frames 180000 +8192' <<-END
	* frames=1 use=damaged
	* frames=1 use=free-percpu
	* status=error
	END
	complains 'kwalk: frames: the struct pages of 1 frames cannot be read or make no sense, the first is that of 180'
}

@test "slabs as in /proc/slabinfo, and damaged lists" {
	dump x86_64-kmem
	vmlinux 64
	answers -s 1 vmlinux x86_64-kmem 'slabs' <<-END
	* command=slabs status=ok slab_cache=kmalloc-96 address=0xffff88800003e200 object_size=96 active=173 objects=255 slabs=3 per_slab=85 order=1
	* status=ok slab_cache=~inode object_size=600 active=- objects=6 slabs=1 per_slab=27 order=2
	* status=error message=~damaged
	* slab_cache=dentry slabs=0
	* slab_cache=filp
	* slab_cache=vm_area_struct
	END
	answers -s 1 vmlinux x86_64-kmem 'slabs filp nothing dentry' <<-END
	* slab_cache=dentry
	* slab_cache=filp
	nothing status=error
	END
	complains 'kwalk: slabs: nothing: no slab cache has this name'
}

@test "slabs of SLAB, and of kernels with pairs of pointers for each node" {
	describe slab <<-END
	include $DUMPS/x86_64-slabs-4.4.txt
	at caches+72: u32 3
	at node+16: u64 4 1 9
	END
	vmlinux 64 4.4.0
	answers vmlinux slab 'slabs kmalloc-96' <<<'* slab_cache=kmalloc-96 slabs=4 order=3 per_slab=36 objects=144 active=135'
	describe pairs <<-END
	include $DUMPS/x86_64-slabs-7.1.txt
	at caches+80: u64 d+0x3f700
	at 0x3f700: u64 0 d+0x3f708 d+0x3f708 5 425
	END
	vmlinux 64 7.1.3
	answers vmlinux pairs 'slabs kmalloc-96' <<<'* slab_cache=kmalloc-96 slabs=5 objects=425 active=425'
}

# 3 slabs of 39 objects of 96 bytes, of which 3 and all of the free slab are in no use
@test "slabs that a struct slab describes: SLAB until 3.12 counts them by its lists" {
	local release

	for release in 2.6.18 3.6; do
		dump x86_64-slabs-$release
	done
	vmlinux 64 2.6.18
	answers vmlinux x86_64-slabs-2.6.18 slabs <<-END
	* slab_cache=size-96 address=0xffff88800003e200 object_size=96 active=75 objects=117 slabs=3 per_slab=39 order=0
	* slab_cache=big object_size=2000 active=3 objects=4 slabs=1 per_slab=4 order=1
	* slab_cache=empty object_size=64 active=0 objects=0 slabs=0 per_slab=59
	END
	vmlinux 64 3.6.1
	answers vmlinux x86_64-slabs-3.6 slabs <<-END
	* slab_cache=size-96 object_size=96 active=75 objects=117 slabs=3 per_slab=39 order=0
	* slab_cache=big object_size=2000 active=3 objects=4 slabs=1
	* slab_cache=empty objects=0
	END
	dump x86_64-slabs-2.6.11
	vmlinux 64 2.6.11-1-amd64
	answers vmlinux x86_64-slabs-2.6.11 slabs <<<'* slab_cache=size-96 object_size=96 active=37 objects=39 slabs=1 per_slab=39 order=0'
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
	* status=error message="~have 42 free objects, but 41 are counted there"
	END
}

# The page with the kernel's first text shows which release's flags they are.
@test "frames of kernels whose page flags are macros, which no types tell" {
	dump x86_64-slabs-2.6.18
	vmlinux 64 2.6.18
	answers vmlinux x86_64-slabs-2.6.18 'page ffffea0000001400 ffffea0000001440 ffffea0000001800 ffffea0000001840 ffffea0000001900 ffffea0000001980 ffffea0000001a00 ffffea0000040000' <<-END
	ffffea0000001400 use=slab slab_cache=size-96
	ffffea0000001440 use=slab slab_cache=size-96
	ffffea0000001800 use=- head=0x60 order=1
	ffffea0000001840 use=- head=0x60 order=1
	ffffea0000001900 use=free order=2
	ffffea0000001980 use=free order=2
	ffffea0000001a00 use=anon swap_type=2 swap_offset=4660
	ffffea0000040000 use=reserved
	END
	describe skewed <<-END
	include $DUMPS/x86_64-slabs-2.6.18.txt
	at memmap+64*0x1000+52: u32 0
	END
	fails 1 "page flags are macros in kernels before 2.6.26, which types do not tell, and the struct pages of the kernel's text are not as in 2.6.17 and later" -q -c frames vmlinux skewed
	answers vmlinux skewed 'region ffff888000050200' <<<'ffff888000050200 slab_cache=size-96 allocated=false'
}
