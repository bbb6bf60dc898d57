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
