#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# devices and dma: PCI functions, their IOMMUs, and what these make of bus addresses.
load common
of_part devices

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
	* device=0000:01:00.1 group=5 dma=direct dma_reason="~virtio device without VIRTIO_F_ACCESS_PLATFORM"
	END
	answers vmlinux x86_64-bus-amd 'devices 00:00.0 0000:00:02.0 00:1f.0 01:00.0' <<-'END'
	* device=0000:00:00.0 dma=direct dma_reason="~is an IOMMU"
	* device=0000:00:02.0 iommu=ivhd1 dma=translated
	* device=0000:00:1f.0 dma=blocked
	* device=0000:01:00.0 dma=pass-through
	END
	"$KWALK" -q -j -c 'devices 00:02.0' vmlinux x86_64-bus-intel |
		json_hold 'it["resources"] == [{"start":"0xfe000000","end":"0xfe003fff","bar":0},{"start":"0xc000","end":"0xc03f","bar":2}]'
}

@test "a virtio device that no driver uses: its features are not negotiated" {
	bus
	describe unused <<-END
		include $DUMPS/x86_64-bus-intel.txt
		at buses+0x610: u64 0
	END
	answers vmlinux unused 'devices 01:00.0 01:00.1' <<-'END'
	* device=0000:01:00.0 dma=pass-through
	* device=0000:01:00.1 dma=unknown message="~no driver uses this virtio device"
	END
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
		grep -x '  context  1d01100   1d03001  PRESENT'
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

@test "dma -a: all devices that reach a frame, and their bus addresses" {
	bus
	answers -s 1 vmlinux x86_64-bus-intel 'dma -a 1b00123 1b01000 1a00000 1c0000000 fee00000' <<-'END'
	* command=dma input=1b00123 status=ok physical=0x1b00123 complete=false
	* physical=0x1b01000 mappings=*
	* physical=0x1a00000
	* physical=0x1c0000000
	* physical=0xfee00000 mappings.#=0
	* status=error message=~00:00.0
	END
	"$KWALK" -q -j -c 'dma -a 1b01000' vmlinux x86_64-bus-intel 2>/dev/null | head -1 | json_hold '([tuple(way.values()) for way in it["mappings"]] == [
		("0000:00:02.0", "0xffd01000", 2097152, "l2", True, True, "translated", "0xffffffffff"),
		("0000:00:02.0", "0xfffff000", 4096, "l1", False, True, "translated", "0xffffffffff"),
		("0000:01:00.0", "0x1b01000", True, True, "pass-through", "0xffffffffffffffff"),
		("0000:01:00.1", "0x1b01000", True, True, "direct", "0xffffffff")]
		and [way["device"] for way in it["unknown"]] == ["0000:00:00.0"])'
	"$KWALK" -q -c 'dma -a 1c0000000' vmlinux x86_64-bus-intel 2>/dev/null | tail -n +2 | tr -s ' ' >rows
	cat >expected <<-'END' # the last one's mask has 32 bits
	1c0000000 0000:00:02.0 100000000 1G l3 yes no translated
	1c0000000 0000:01:00.0 1c0000000 - - yes yes pass-through
	END
	diff rows expected
}

@test "a large page around the addresses of interrupts reaches no memory by these" {
	local physical bus

	BUS=1 vmlinux 64
	describe around <<-END
	include $DUMPS/x86_64-bus-intel.txt
	at l3[3]: u64 0x200000000|0x83
	END
	# from c0000000 on; interrupts are fee00000 to feefffff
	while read -r physical bus; do
		"$KWALK" -q -c "dma -a $physical" vmlinux around 2>/dev/null | grep 00:02.0 | tr -s ' ' >rows || true
		[ "$(cut -d' ' -f3 rows)" = "${bus#-}" ] || { echo "$physical:"; cat rows; return 1; }
	done <<-END
	200000000 c0000000
	23edff000 fedff000
	23ee00000 -
	23eeff000 -
	23ef00000 fef00000
	23ffff000 fffff000
	END
}

@test "a page that several entries map is one way for each of its frames" {
	bus
	for frame in 1910000:ffff0000 1911fff:ffff1fff 1913008:ffff3008; do
		"$KWALK" -q -c "dma -a ${frame%:*}" vmlinux x86_64-bus-amd 2>/dev/null | grep 00:02.0 | tr -s ' ' >rows
		[ "$(cat rows)" = "${frame%:*} 0000:00:02.0 ${frame#*:} 64K l1 yes yes translated" ]
	done
	# Its other 12 entries are not there.
	"$KWALK" -q -c 'dma -a 1914000' vmlinux x86_64-bus-amd >rows 2>complaints || [ $? = 1 ]
	not grep 00:02.0 rows
	# A table of one page's entries alone: these are a page, not a page again and again.
	describe whole <<-END
		include $DUMPS/x86_64-bus-amd.txt
		at l2[511]: u64 29M+0x6000|1<<9|rw|1
		at 29M+0x6000: $(for _ in {1..512}; do printf 'u64 0x18ff000|7<<9|rw|1 '; done)
	END
	"$KWALK" -q -c 'dma -a 1800000 18ff000' vmlinux whole 2>/dev/null | grep 00:02.0 | tr -s ' ' >rows
	cat >expected <<-'END'
	1800000 0000:00:02.0 ffe00000 2M l1 yes yes translated
	18ff000 0000:00:02.0 ffeff000 2M l1 yes yes translated
	END
	diff rows expected
}

@test "an answer that may lack devices says so, and why" {
	bus
	fails 1 'the page table at 1d03000, of 0000:00:02.0, has parts that are missing or corrupt, the first for the bus address 100000000' \
		-q -c 'dma -a 1b00000' vmlinux x86_64-bus-amd
	"$KWALK" -q -c 'dma -a fee00000' vmlinux x86_64-bus-amd 2>/dev/null | grep -q 'none found so far$'
	describe sound <<-END
		include $DUMPS/x86_64-bus-amd.txt
		at l3[4]: u64 0 0
	END
	"$KWALK" -q -c 'dma -a fee00000' vmlinux sound | grep -q 'no device reaches the frame$'
	"$KWALK" -q -j -c 'dma -a 1b00000' vmlinux sound | json_hold '"complete" not in it and "unknown" not in it'
	describe endless <<-END
		include $DUMPS/x86_64-bus-amd.txt
		at devices+32*0x10: u64 29M+0x6000|6<<9|rw|3 7
		$(for i in 0 1 2 3 4; do echo "at 29M+0x6000+$i*0x1000: $(for _ in {1..60}; do printf 'u64 29M+0x%x|%d<<9|rw|1 ' $((0x7000 + 0x1000 * i)) $((5 - i)); done)"; done)
	END
	fails 1 'has tables that point to each other' -q -c 'dma -a 1b00000' vmlinux endless
	dump x86_64-tasks
	fails 1 @unknown 'dma pci_dev' -q -c 'dma -a 1000' x86_64-tasks
	fails 1 @usage 'dma PHYS' -q -c 'dma -a' vmlinux sound
	fails 1 @usage 'dma BUS' -q -c 'dma 00:02.0' vmlinux sound
	fails 1 'x: x is not a hexadecimal number' -q -c 'dma -a x 1000' vmlinux sound
}

@test "addresses that map a frame, and the devices that reach it, are one answer" {
	bus
	"$KWALK" -q -j -c 'ptov -d 1b00123' vmlinux x86_64-bus-amd 2>/dev/null | head -1 |
		json_hold 'len(it["mappings"]) == 2 and it["devices_complete"] is False and [way["bus"] for way in it["devices"]] == ["0x1b00123", "0xffffe123", "0x1b00123", "0x1b00123"]'
	[ "$("$KWALK" -q -c 'ptov -a -d 1b00123' vmlinux x86_64-bus-amd 2>/dev/null | grep -c '^1b00123 \|^  0000:')" = 6 ]
	# Each entry of a page that needs several maps another frame, although the entries are equal.
	"$KWALK" -q -j -c 'ptov -d 1912345' vmlinux x86_64-bus-amd 2>/dev/null | head -1 |
		json_hold '[way["bus"] for way in it["devices"] if way["bus"] != "0x1912345"] == ["0xffff2345"]'
	# Without that option nothing is asked of devices.
	"$KWALK" -q -j -c 'ptov -a 1b00123' vmlinux x86_64-bus-amd | json_hold '"devices" not in it'
	# Where there is nothing to ask, what the CPU maps is answered all the same.
	fails 1 @unknown 'ptov pci_dev' -q -c 'ptov -d 1b00123' x86_64-bus-amd
	grep -q ffff888001b00123 output
}

# finds [-s STATUS] CHECK STATUS TEXT: `check` of the file "made" has that line.
finds() {
	local got=0

	"$KWALK" -q -j -c check vmlinux made >answers 2>complaints || got=$?
	grep -F "\"status\":\"$2\",\"check\":\"$1\"" answers | grep -F -- "$3" ||
		{ cat answers; return 1; }
	[ "$2" != error ] || [ "$got" = 1 ]
}

@test "devices that can write what nobody can have wanted, by the first place of each kind" {
	bus
	"$MKDUMP" "$DUMPS/x86_64-bus-damaged.txt" made
	finds io-writes error 'devices can write 8192 bytes of free memory, the first at 1909000, by 0000:00:02.0 at the bus address ffff8000:'
	finds io-writes error 'devices can write 4096 bytes of page tables, the first at 1920000, by 0000:00:02.0 at the bus address ffffb000:'
	finds io-writes error "devices can write 4096 bytes of kernel text or read-only data, the first at 1000000, by 0000:00:02.0 at the bus address ffffc000:"
	finds io-writes error "devices can write 12288 bytes of IOMMUs' own tables, the first at 1d00000, by 0000:00:02.0 at the bus address ffffe000:"
	finds io-tables error '1 page is used as a table by an IOMMU, but also has another use: 1d07000 (slab), of 0000:00:1f.0'
	finds io-tables error '1 page is used as a table at two levels: 1d06000, of 0000:00:1f.0'
	# Of two domains: that alone is no damage.
	finds io-sharing ok '4096 bytes are in pages that are mapped for devices of different domains'
	[ "$(grep -c '"check":"io-' answers)" = 7 ]
}

@test "tables without damage are no findings, and what was not checked is listed" {
	bus
	describe made <<-END
		include $DUMPS/x86_64-bus-amd.txt
		at l3[4]: u64 0 0
	END
	finds io-tables ok '1 tables of 5 devices, in 6 pages that have no other use'
	finds io-writes ok 'devices cannot write free memory'
	finds io-sharing ok 'no page is mapped'
	"$MKDUMP" "$DUMPS/x86_64-bus-intel.txt" made
	finds io-tables error '1 entry is corrupt: 1a01083 at 1d04fe8, for the bus address ffa00000 of 0000:00:02.0'
	finds io-tables not-checked 'not all tables were checked: it is not known how 1 devices reach memory'
	finds io-writes not-checked 'not everything was checked; as far as is known'
	# The struct page of a frame that a device can write is not in the dump: in a hole of 2M.
	describe made <<-END
		include $DUMPS/x86_64-bus-amd.txt
		at l3[4]: u64 0
		at l1[511]: u64 0x1b00000|rw|1
		at memmap+64*0x1b00+8: u64 0x1001
	END
	finds io-writes not-checked 'not everything was checked'
	# Of a machine whose IOMMU lets all pass there is nothing to check.
	describe made <<-END
		include $DUMPS/x86_64-bus-amd.txt
		at devices+32*0x10: u64 3<<61|3 7
	END
	finds io-tables ok 'there are no tables: no IOMMU translates addresses for the 5 devices'
	[ "$(grep -c '"check":"io-' answers)" = 1 ]
}

@test "frames that devices can write, by use and all" {
	bus
	dump x86_64-bus-damaged
	# 0000:01:00.0 is not translated, and its mask has 64 bits.
	answers vmlinux x86_64-bus-damaged 'frames -d 1900000 191ffff' <<-'END'
	* frames=24 device_writable=24 use=unknown
	* frames=8 device_writable=8 use=free
	* frames=32 size=131072 device_writable=32 use=all
	END
	describe masked <<-END
		include $DUMPS/x86_64-bus-damaged.txt
		at functions+0xc00+40: u64 0x190bfff
		at functions+0x1000+40: u64 0xffffff
	END
	answers vmlinux masked 'frames -d 1900000 191ffff; frames -d -l 190b000 1920fff' <<-'END'
	* frames=24 device_writable=8 use=unknown
	* frames=8 device_writable=5 use=free
	* frames=32 device_writable=13 use=all
	* start=0x190b000 end=0x190ffff frames=5 device_writable=2 use=free
	* start=0x1910000 end=0x191ffff frames=16 device_writable=0 use=unknown
	* start=0x1920000 end=0x1920fff frames=1 device_writable=1 use=page-table
	END
	answers vmlinux masked 'frames 1900000 191ffff' <<-'END'
	* frames=24 device_writable=- use=unknown
	* frames=8 use=free
	END
	dump x86_64-bus-intel x86_64-tasks
	fails 1 'devices may be able to write more frames than the counted ones: of 1 devices' -q -c 'frames -d' vmlinux x86_64-bus-intel
	fails 1 @unknown 'frames pci_dev' -q -c 'frames -d' x86_64-tasks
}

@test "what a dump lacks is reported, and not guessed" {
	bus
	describe lacks <<-END
		include $DUMPS/x86_64-bus-intel.txt
		at root_table: u64 0x7c00000|1
	END
	fails 1 @unreadable 'dma 0 7c00100 absent' -q -c 'dma 00:02.0 0' vmlinux lacks
	describe scalable <<-END
		include $DUMPS/x86_64-bus-intel.txt
		at text_phys+4M+0x20c30: u32 1
		at iommus+0x100+8: u64 1<<43
		at contexts+32*0x10: u64 29M+0x6000|1 0
		at 29M+0x6000: u64 29M+0x7000|1
		at 29M+0x7000: u64 3<<6|1
	END
	fails 1 'combines a table of a guest' -q -c 'dma 00:02.0 0' vmlinux scalable
	dump x86_64-tasks
	fails 1 @unknown 'devices pci_dev' -q -c devices x86_64-tasks
	fails 1 'dma: 00:09.0: no such device; the command devices lists all' -q -c 'dma 00:09.0 0' vmlinux x86_64-bus-intel
}

@test "lists without an end are cut and reported" {
	bus
	describe loops <<-END
		include $DUMPS/x86_64-bus-intel.txt
		at functions+0x800: u64 v+functions+0x400
		at buses+0x100: u64 v+buses+0x100
		at iommus: u64 v+iommus
	END
	fails 1 '2 PCI buses or functions could not be read, the first: a list of' -q -c devices vmlinux loops
	[ "$("$KWALK" -q -j -c devices vmlinux loops 2>/dev/null | grep -c '"device":"0000:00:02.0"')" = 1 ]
	describe loop <<-END
		include $DUMPS/x86_64-bus-intel.txt
		at buses+0x100: u64 v+buses+0x100
	END
	fails 1 '1 PCI bus or function could not be read, the first: a list of' -q -c devices vmlinux loop
	"$KWALK" -q -j -c check vmlinux loop | grep -q '1 bus or function is missing'
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
			json_hold 'it["dma"] == "unknown" and "may use an IOMMU that was not read" in it["message"]'
		fails 1 'cannot be read to its end' -q -c 'dma 00:00.0 1000' vmlinux damaged
	done
	# IOMMUs that do not translate.
	describe off <<-END
		include $DUMPS/x86_64-bus-intel.txt
		at iommus+0x100+16: u32 0
	END
	"$KWALK" -q -j -c 'devices 00:00.0' vmlinux off | json_hold 'it["dma"] == "direct" and it["dma_reason"] == "no IOMMU is in use"'
	"$KWALK" -q -c 'devices 00:02.0; dma 00:02.0 1000' vmlinux off >text
	[ "$(grep -c 'DMA: translation is off in its IOMMU' text)" = 2 ]
	"$KWALK" -q -c 'devices 00:00.0' vmlinux off | not grep 'no IOMMU'
}

@test "segments of more than 16 bits keep their own devices" {
	bus
	describe vmd <<-END
		include $DUMPS/x86_64-bus-intel.txt
		at buses+0x100+48: u64 v+buses+0x740 0
		at buses+0x740: u64 0x10000
	END
	"$KWALK" -q -j -c devices vmlinux vmd | json_values 'it["device"]' | tail -n 2 >got
	diff got <(printf '10000:00:00.%d\n' 0 1)
	answers vmlinux vmd 'devices 00:00.0 10000:00:00.1' <<-'END'
	* device=0000:00:00.0 vendor=0x8086
	* device=10000:00:00.1 vendor=0x1af4
	END
}
