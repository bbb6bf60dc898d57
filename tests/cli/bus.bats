#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# devices and dma: PCI functions, their IOMMUs, and what these make of bus addresses.
load common

bus() {
	BUS=1 vmlinux 64
	dump x86_64-bus-intel x86_64-bus-amd
}

@test "functions of all buses, and how each reaches memory" {
	bus
	answers vmlinux x86_64-bus-intel devices <<-'END'
	* device=0000:00:00.0 vendor=0x8086 id=0x29c0 class=0x60000 driver=- iommu=- group=- dma=unknown
	* device=0000:00:02.0 vendor=0x1b36 driver=disk?driver iommu=dmar0 group=3 domain=0xffff888001c00480 type=DMA-FQ dma=translated dma_mask=0xffffffffff
	* device=0000:00:1f.0 iommu=dmar0 group=4 domain=- dma=blocked
	* device=0000:01:00.0 driver=virtio-pci group=5 type=identity dma=pass-through dma_mask=0xffffffffffffffff
	* device=0000:01:00.1 group=5 dma=direct
	END
	answers vmlinux x86_64-bus-amd 'devices 00:00.0 0000:00:02.0 00:1f.0 01:00.0' <<-'END'
	* device=0000:00:00.0 dma=direct
	* device=0000:00:02.0 iommu=ivhd1 dma=translated
	* device=0000:00:1f.0 dma=blocked
	* device=0000:01:00.0 dma=pass-through
	END
	"$KWALK" -q -j -c 'devices 00:02.0' vmlinux x86_64-bus-intel |
		json_hold 'it["resources"] == [{"start":"0xfe000000","end":"0xfe003fff","bar":0},{"start":"0xc000","end":"0xc03f","bar":2}]'
}

@test "a bus address through VT-d, level by level" {
	bus
	answers -s 1 vmlinux x86_64-bus-intel \
		'dma 00:02.0 ffffe123 fffff000 ffc12345 ffa00000 ff000000 100000001 140000000 8000000000 fee00010' <<-'END'
	* status=mapped bus=0xffffe123 physical=0x1b00123 page_size=4096 readable=true writable=false page_state=present
	* status=mapped bus=0xfffff000 physical=0x1b01000 readable=false writable=true
	* status=mapped bus=0xffc12345 physical=0x1a12345 page_size=2097152 readable=true writable=true
	* status=corrupt bus=0xffa00000 physical=-
	* status=not-mapped bus=0xff000000
	* status=mapped bus=0x100000001 physical=0x1c0000001 page_size=1073741824 writable=false page_state=absent
	* status=unreadable bus=0x140000000
	* status=non-canonical bus=0x8000000000
	* status=blocked bus=0xfee00010
	END
	"$KWALK" -q -j -c 'dma 00:02.0 ffffe123' vmlinux x86_64-bus-intel |
		json_hold '[level["name"] for level in it["levels"]] == ["root","context","l3","l2","l1"] and it["levels"][1]["entry_high"] == "0x301" and it["levels"][4]["flags"] == ["READ","SNOOP"]'
	"$KWALK" -q -c 'dma 00:02.0 ffffe123' vmlinux x86_64-bus-intel |
		grep -x '  context   1d01100           1d03001           PRESENT'
}

@test "through AMD-Vi: pages of 64K, a level that is skipped, a page that is too small for its level" {
	bus
	answers -s 1 vmlinux x86_64-bus-amd 'dma 00:02.0 ffffe123 ffff0000 ffff3456 fffff000 100000000 140001000' <<-'END'
	* status=mapped physical=0x1b00123 readable=true writable=false
	* status=mapped physical=0x1910000 page_size=65536 readable=true writable=true
	* status=mapped physical=0x1913456
	* status=not-mapped
	* status=corrupt
	* status=corrupt
	END
}

@test "where nothing translates, bus addresses are physical, below the DMA mask" {
	bus
	answers -s 1 vmlinux x86_64-bus-intel 'dma 01:00.0 1b00000; dma 01:00.1 1b00000 100000000; dma 00:1f.0 0; dma 00:00.0 0' <<-'END'
	* status=mapped physical=0x1b00000 page_size=- device=0000:01:00.0
	* status=mapped physical=0x1b00000
	* status=blocked bus=0x100000000
	* status=blocked
	* status=error
	END
}

@test "what a dump lacks is said, and not guessed" {
	bus
	describe lacks <<-END
		include $DUMPS/x86_64-bus-intel.txt
		at root_table: u64 0x7c00000|1
	END
	fails 1 'the context entry at 7c00100 is not in the dump: absent' -q -c 'dma 00:02.0 0' vmlinux lacks
	describe scalable <<-END
		include $DUMPS/x86_64-bus-intel.txt
		at text_phys+4M+0x20c30: u32 1
		at iommus+0x100+8: u64 1<<43
		at contexts+32*0x10: u64 29M+0x6000|1 0
		at 29M+0x6000: u64 29M+0x7000|1
		at 29M+0x7000: u64 3<<6|1
	END
	fails 1 'nests a guest' -q -c 'dma 00:02.0 0' vmlinux scalable
	dump x86_64-tasks
	fails 1 'struct pci_dev' -q -c devices x86_64-tasks
	fails 1 'dma: 00:09.0: no such device; devices lists them' -q -c 'dma 00:09.0 0' vmlinux x86_64-bus-intel
}

@test "lists without an end are cut, and that is told" {
	bus
	describe loops <<-END
		include $DUMPS/x86_64-bus-intel.txt
		at functions+0x800: u64 v+functions+0x400
		at buses+0x100: u64 v+buses+0x100
		at iommus: u64 v+iommus
	END
	fails 1 'buses or functions are missing, the first: a list of' -q -c devices vmlinux loops
	[ "$("$KWALK" -q -j -c devices vmlinux loops 2>/dev/null | grep -c '"device":"0000:00:02.0"')" = 1 ]
}

# An IOMMU that is not seen must not make a device one that none is before.
@test "a list of IOMMUs that is damaged does not make bus addresses physical" {
	local damage

	bus
	for damage in 'at text_phys+4M+0x20c10: u64 0x100' 'at text_phys+4M+0x20c10: u64 0' 'at iommus: u64 v+iommus'; do
		describe damaged <<-END
			include $DUMPS/x86_64-bus-intel.txt
			at iommus+0x100+16: u32 0
			$damage
		END
		"$KWALK" -q -j -c 'devices 00:00.0' vmlinux damaged |
			json_hold 'it["dma"] == "unknown" and "may be behind" in it["message"]'
		fails 1 'cannot be read to its end' -q -c 'dma 00:00.0 1000' vmlinux damaged
	done
	# IOMMUs that do not translate.
	describe off <<-END
		include $DUMPS/x86_64-bus-intel.txt
		at iommus+0x100+16: u32 0
	END
	"$KWALK" -q -j -c 'devices 00:00.0' vmlinux off | json_hold 'it["dma"] == "direct"'
}

@test "segments of more than 16 bits keep their own devices" {
	bus
	describe vmd <<-END
		include $DUMPS/x86_64-bus-intel.txt
		at buses+0x100+48: u64 v+buses+0x740 0
		at buses+0x740: u64 0x10000
	END
	"$KWALK" -q -j -c devices vmlinux vmd | json_values 'it["device"]' | tail -n 2 >devices
	printf '10000:00:00.%d\n' 0 1 | diff devices -
	answers vmlinux vmd 'devices 00:00.0 10000:00:00.1' <<-'END'
	* device=0000:00:00.0 vendor=0x8086
	* device=10000:00:00.1 vendor=0x1af4
	END
}
