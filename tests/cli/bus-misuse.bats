#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Memory that a device can write, though its driver freed it: its present owner.
load common
of_part devices

# scene DUMP: the file "made" is that dump, with the functions and the IOMMU of x86_64-bus-intel.txt,
# without damage, and what standard input adds.
scene() {
	BUS=1 vmlinux 64
	{
		echo "include $DUMPS/$1.txt"
		grep -hv '^include' "$DUMPS/bus.inc" "$DUMPS/x86_64-bus-intel.txt"
		echo 'at functions+64: u64 0 v+buses+0x520'
		echo 'at l3[4]: u64 0 0'
		echo 'at l2[509]: u64 0 0'
		cat
	} | describe made
}

# says STATUS TEXT...: `check` says exactly these of what devices can write, in this order.
says() {
	local status=$1 text

	"$KWALK" -q -j -c check vmlinux made >answers 2>complaints || true
	grep '"check":"io-writes"' answers >lines
	for text in "${@:2}"; do
		head -1 lines | grep -F "\"status\":\"$status\"" | grep -F -- "$text" || { cat lines; return 1; }
		sed -i 1d lines
	done
	[ ! -s lines ]
}

@test "free frames in the list of a CPU, but not parts of a block that is in use, which look the same" {
	scene x86_64-pages <<-'END'
		# zone DMA, and of the lists of CPU 0 the second
		note VMCOREINFO
		  SIZE(zone)=96
		end
		at text_phys+4M+0x300: u64 0 0x2000 d+0x3a9f0
		at text_phys+4M+0x300+88: u64 0x800
		at cpu0+0x810+16: u64 vmem+0x1c60*64+8 vmem+0x1c61*64+8
		at l1[0x1f0]: u64 0x1c60000|3 0x1c61000|3 0x1c62000|3 0x1c63000|3
		at memmap+0x1c60*64: u64 0 vmem+0x1c61*64+8 d+cpu0+0x820 0 0 0 u32 -1
		at memmap+0x1c61*64: u64 0 d+cpu0+0x820 vmem+0x1c60*64+8 0 0 0 u32 -1
		at memmap+0x1c62*64: u64 0 vmem+0x1c60*64+8 vmem+0x1c61*64+8
		at memmap+0x1c63*64: u64 0 vmem+0x1c63*64+8 vmem+0x1c63*64+8
	END
	says error 'devices can write 8192 bytes of free memory, the first at 1c60000, by 0000:00:02.0 at the bus address ffff0000:'
	answers vmlinux made 'whatis 1c60000 1c62000' <<-'END'
	1c60000 as=virtual
	1c60000 as=physical use=free-percpu text="~frame 1c60, zone DMA, free-percpu"
	1c62000 as=virtual
	1c62000 as=physical use=unknown text="~its use is not known"
	END
}

@test "a large page around the addresses of interrupts: only the part after them counts" {
	# fee00000 to feffffff, of which the first half is for interrupts
	scene x86_64-pages <<-'END'
		at l2[0x1f7]: u64 0x1c00000|0x83
	END
	says error "devices can write 24576 bytes of IOMMUs' own tables, the first at 1d00000, by 0000:00:02.0 at the bus address fef00000:"
}

@test "anonymous memory that only page tables refer to" {
	scene x86_64-pages <<-'END'
		at l1[0x1f0]: u64 0x1c03000|3 0x1c05000|3 0x1b30000|3 0x1c31000|3 0x1c32000|3
	END
	says error "devices can write 8192 bytes of process memory that no driver has pinned, the first at 1c03000, by 0000:00:02.0 at the bus address ffff0000, mapped by mm ffff888000031000 at 3000:"
	# One frame is held by a second reference, and the device can only read the other.
	scene x86_64-pages <<-'END'
		at l1[0x1f0]: u64 0x1c03000|3 0x1c05000|1
		at memmap+0x1c03*64+48: u32 0 2
	END
	says ok 'devices cannot write free memory'
}

@test "memory that a driver follows by notifiers is not held, and no finding" {
	scene x86_64-pages <<-'END'
		at l1[0x1f0]: u64 0x1c05000|3
		at mm_init+136: u64 data
	END
	says ok 'devices cannot write free memory'
}

@test "slabs of caches that have no buffers: with a constructor, or the kernel's own" {
	scene x86_64-slabs <<-'END'
		at l1[0x1f0]: u64 0x50000|3 0x55000|3
	END
	says ok 'devices cannot write free memory'
	scene x86_64-slabs <<-'END'
		at l1[0x1f0]: u64 0x50000|3 0x54000|3 0x55000|3
	END
	says error 'devices can write 4096 bytes of slab objects that are never used as buffers, the first at 54000, by 0000:00:02.0 at the bus address ffff1000, of cache dentry:'
	scene x86_64-slabs <<-'END'
		at l1[0x1f0]: u64 0x50000|3 0x55000|3
		at cache_file+96: u64 text
	END
	says error 'the first at 55000, by 0000:00:02.0 at the bus address ffff1000, of cache filp:'
}

@test "whatis of a bus address: the device, and whose memory it reaches now" {
	scene x86_64-pages <<-'END'
		at l1[0x1f0]: u64 0x1c05000|3
	END
	answers vmlinux made 'whatis ffff0123' <<-'END'
	ffff0123 as=virtual
	ffff0123 as=bus kind=io-mapping bus=0xffff0123 device=0000:00:02.0 physical=0x1c05123 other_domains=0 text="~ is mapped now to 1c05123, to be read and written; nothing mapped below; next mapped above: ffffe000 to ffffefff; frame 1c05 is anon page 2 at 5000"
	END
	"$KWALK" -q -j -c 'whatis ffff0123' vmlinux made | tail -1 | json_hold 'it["frame"]["use"] == "anon" and it["frame"]["pfn"] == "0x1c05"'
	# The log line of a refused access gives the same answer; a number that no device maps is not a bus address.
	"$KWALK" -q -c 'whatis DMAR: [DMA Write] Request device [00:02.0] fault addr ffff0123' vmlinux made |
		grep -q 'frame 1c05 is anon page 2 .*at 5000$'
	"$KWALK" -q -j -c 'whatis ffff1123 1b00000' vmlinux made | json_hold 'it["as"] != "bus"'
}

@test "of a bus address that several domains map the others are counted" {
	scene x86_64-pages <<-'END'
		at l1[0x1f0]: u64 0x1c05000|3
		at contexts+16*0xf8: u64 29M+0x8000|1 0x401
		at 29M+0x8000+8*3: u64 29M+0x9000|3
		at 29M+0x9000+8*511: u64 29M+0xa000|3
		at 29M+0xa000+8*0x1f0: u64 0x1c03000|3
	END
	"$KWALK" -q -c 'whatis ffff0123' vmlinux made | grep -q 'bus .*0000:00:02.0.*; other domains that map this bus address: 1; frame 1c05 is'
}
