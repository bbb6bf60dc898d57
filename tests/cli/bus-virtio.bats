#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# devices, dma and whatis behind a virtio IOMMU, whose driver keeps a tree of mappings.
load common
of_part devices

virtio() {
	BUS=virtio vmlinux 64
	dump x86_64-bus-virtio
}

@test "functions behind a virtio IOMMU: with mappings, let pass, in no domain" {
	virtio
	answers vmlinux x86_64-bus-virtio devices <<-'END'
	* device=0000:00:01.0 iommu=0000:00:04.0 dma=translated
	* device=0000:00:02.0 iommu=0000:00:04.0 dma=pass-through
	* device=0000:00:03.0 iommu=0000:00:04.0 dma=unknown message="~in no domain"
	END
}

@test "a bus address through the tree of its domain, with the rights of the mapping" {
	virtio
	answers -s 1 vmlinux x86_64-bus-virtio 'dma 00:01.0 ffffe123 fffff000 ffc0ffff ffc10000 ffbfffff 0; dma 00:02.0 1b00000; dma 00:03.0 1000' <<-'END'
	* status=mapped bus=0xffffe123 physical=0x1b00123 readable=true writable=false page_state=present mapping.start=0xffffe000 mapping.end=0xffffefff mapping.physical=0x1b00000 mapping.address=0xffff888001c03000
	* status=mapped physical=0x1b10000 readable=true writable=true
	* status=mapped physical=0x1b2ffff readable=false writable=true
	* status=not-mapped mapping=-
	* status=not-mapped
	* status=not-mapped
	* status=mapped physical=0x1b00000 mapping=-
	* status=error
	END
	"$KWALK" -q -c 'dma 00:01.0 ffffe123' vmlinux x86_64-bus-virtio |
		grep -x '  MAPPING: ffffe000 to ffffefff is 1b00000, at ffff888001c03000'
}

@test "the mappings next to an address that was refused" {
	virtio
	local line='DMAR: [DMA Read] Request device [00:01.0] fault addr'
	answers vmlinux x86_64-bus-virtio "whatis $line ffffe000; whatis $line ffd00000; whatis $line 0; whatis $line fffff000" <<-'END'
	* bus_status=mapped below.start=0xffc00000 below.end=0xffc0ffff above.start=0xfffff000 above.end=0xffffffff
	* bus_status=not-mapped below.end=0xffc0ffff above.start=0xffffe000
	* below=- above.start=0xffc00000
	* below.start=0xffffe000 above=-
	END
}

@test "a tree that is damaged or not in the dump is no answer" {
	virtio
	describe loop <<-END
		include $DUMPS/x86_64-bus-virtio.txt
		at mappings+0x110: u64 v+mappings+8
	END
	fails 1 'tree of mappings at ffff888001c02208 has a loop' -q -c 'dma 00:01.0 ffd00000' vmlinux loop
	describe missing <<-END
		include $DUMPS/x86_64-bus-virtio.txt
		at mappings+24: u64 v+0x7c00000
	END
	fails 1 'not mapped' -q -c 'dma 00:01.0 ffc00000' vmlinux missing
	"$KWALK" -q -j -c 'dma 00:01.0 fffff000' vmlinux missing | json_hold 'it["status"] == "mapped"'
	describe backwards <<-END
		include $DUMPS/x86_64-bus-virtio.txt
		at mappings+40: u64 0xff000000
	END
	fails 1 'ends before it starts' -q -c 'dma 00:01.0 ffc00000' vmlinux backwards
}

@test "the functions that reach a frame by a tree of mappings, with each bus address" {
	virtio
	answers -s 1 vmlinux x86_64-bus-virtio 'dma -a 1b00123 1b2f456 1b30000' <<-'END'
	1b00123 physical=0x1b00123 mappings.0.device=0000:00:01.0 mappings.0.bus=0xffffe123 mappings.0.readable=true mappings.0.writable=false mappings.0.dma=translated mappings.1.device=0000:00:02.0 mappings.1.bus=0x1b00123 mappings.1.dma=pass-through mappings.2=- unknown.0.device=0000:00:03.0
	1b2f456 mappings.0.device=0000:00:01.0 mappings.0.bus=0xffc0f456 mappings.0.writable=true mappings.1.device=0000:00:02.0
	1b30000 mappings.0.device=0000:00:02.0 mappings.1=-
	* status=error message="~the device is in no domain"
	END
	describe whole <<-END
		include $DUMPS/x86_64-bus-virtio.txt
		at endpoints+0x30: u64 v+domains
		at endpoints+0x50: u64 v+domains
		at mappings+0x100: u64 0x1000000
	END
	# All three are in one domain.
	"$KWALK" -q -j -c 'dma -a 1b10000' vmlinux whole |
		json_hold '[way["device"] for way in it["mappings"]] == ["0000:00:01.0", "0000:00:02.0", "0000:00:03.0"] and "complete" not in it'
	"$KWALK" -q -j -c check vmlinux whole >answers || true
	grep -F '"check":"io-writes"' answers | grep -F 'of kernel text or read-only data, the first at 1000000, by 0000:00:01.0 at the bus address ffc00000:'
	describe loop <<-END
		include $DUMPS/x86_64-bus-virtio.txt
		at endpoints+0x50: u64 v+domains
		at mappings+0x110: u64 v+mappings+8
	END
	fails 1 'the tree of mappings at ffff888001c02208, of 0000:00:01.0 and 1 other device, has parts that are missing or corrupt, the first for the bus address ffc10000' \
		-q -c 'dma -a 1b20000' vmlinux loop
}
