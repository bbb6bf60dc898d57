#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Tables of IOMMUs that no types lead to: proved by the devices in them, named by hand, or not said.
load common
of_part devices

# intel NAME [STATEMENTS]: the functions of x86_64-bus-intel, each in a group with a context of its own.
intel() {
	describe "$1" <<-END
		include $DUMPS/x86_64-bus-intel.txt
		at l2[509]: u64 0
		at contexts+16*0xf8: u64 l3|1 0x401
		at contexts_1+16: u64 1|2<<2 0x502
		${2:-}
	END
}

# valid COUNT: that many entries of a device table, of no device.
valid() { yes 'u64 3 0 0 0' | head -n "$1" | tr '\n' ' '; }

# amd NAME [STATEMENTS]: the same behind an AMD IOMMU, the function 0000:00:00.0.
amd() {
	describe "$1" <<-END
		include $DUMPS/x86_64-bus-amd.txt
		at functions+24: u32 0x80600
		at devices: $(valid 258)
		at devices+32*0x10: u64 l3|3<<9|rw|3 7
		at devices+32*0xf8: u64 l3|3<<9|rw|3 8
		at devices+32*0x100: u64 rw|3 9 0 0 rw|3 9
		${2:-}
	END
}

# The same where the kernel's own pointer to the table is gone: memory must be searched.
hidden_intel() { intel made "at iommus+0x100+40: u64 0
	${1:-}"; }
hidden_amd() { amd made "at iommus+0x100: u64 0
	${1:-}"; }

# unsaid TEXT: with the dump made here kwalk does not guess how a device behind the IOMMU reaches memory.
unsaid() {
	"$KWALK" -q -j -c 'devices 00:02.0' vmlinux made | json_values 'it["dma"]' >reached
	[ "$(cat reached)" = unknown ] || return 1
	fails 1 "$1" -q -c 'dma 00:02.0 ffffe123' vmlinux made
}

@test "without types of IOMMUs their tables are found by the devices in them, and say what types would say" {
	BUS=untyped vmlinux 64
	BUS=1 "$DUMPS/mkvmlinux" 64 typed
	intel intel
	amd amd
	hidden_intel
	mv made hidden-intel
	hidden_amd
	mv made hidden-amd
	for dump in intel amd hidden-intel hidden-amd; do
		for command in 'devices 00:02.0 00:1f.0 01:00.0 01:00.1' 'dma 00:02.0 ffffe123 ffc12345; dma 01:00.0 1000' 'dma -a 1b01000'; do
			"$KWALK" -q -j -c "$command" typed ${dump#hidden-} 2>/dev/null | sed 's/"iommu":"[a-z0-9]*",//; s/,"unknown":.*//; s/,"complete":false//; /"status":"error"/d' >expected || true
			"$KWALK" -q -j -c "$command" vmlinux $dump 2>/dev/null | sed 's/"table":"[^"]*","table_source":"[^"]*",//; s/,"unknown":.*//; s/,"complete":false//; /"status":"error"/d' >found || true
			[ -s expected ]
			diff expected found
		done
	done
	answers vmlinux intel 'devices 00:00.0 00:02.0' <<-'END'
	* dma=unknown "message=~no entry"
	* dma=translated iommu=- table=0x1d00000 "table_source=the kernel's list of IOMMUs, proved by the table's form"
	END
	answers vmlinux hidden-intel 'devices 00:02.0' <<-'END'
	* dma=translated iommu=- table=0x1d00000 "table_source=found in memory, proved by the devices in the table"
	END
	answers vmlinux hidden-amd 'devices 00:00.0 00:02.0' <<-'END'
	* dma=direct table=-
	* dma=translated table=0x1d00000
	END
	"$KWALK" -v -c devices vmlinux hidden-amd 2>&1 >/dev/null | grep -q 'amd_device_table: 1d00000 (found in memory, proved by the devices in the table)'
	# Where the kernel's types tell it, nothing is searched for.
	answers typed intel 'devices 00:02.0' <<-'END'
	* dma=translated iommu=dmar0 table=-
	END
}

@test "scalable mode's root table is distinguished from a table that is not one" {
	BUS=untyped vmlinux 64
	hidden_intel 'at root_table: u64 contexts|1 29M+0x9000|1 contexts_1|1
		at contexts: fill 4096 0
		at contexts_1: fill 4096 0
		at contexts+32*0x10: u64 29M+0xa000|1
		at 29M+0x9000+32*0x78: u64 29M+0xa000|1
		at contexts_1: u64 29M+0xc000|1 0 0 0 29M+0xc000|1
		at 29M+0xa000: u64 29M+0xb000|1
		at 29M+0xb000: u64 l3|2<<6|1<<2|1
		at 29M+0xc000: u64 29M+0xd000|1
		at 29M+0xd000: u64 4<<6|1'
	answers vmlinux made 'devices 00:02.0 00:1f.0 01:00.0; dma 00:02.0 ffffe123' <<-'END'
	* dma=translated table=0x1d00000
	* dma=translated
	* dma=pass-through
	* status=mapped physical=0x1b00123
	END
}

@test "IOMMUs of several units have their devices between them" {
	BUS=untyped vmlinux 64
	hidden_intel 'at root_table: u64 contexts|1 0 0 0
		at 29M+0x9000: u64 0 0 contexts_1|1 0'
	answers vmlinux made 'devices 00:02.0 01:00.0' <<-'END'
	* dma=translated table=0x1d00000
	* dma=pass-through table=0x1d09000
	END
}

@test "of two tables of one device neither is chosen" {
	BUS=untyped vmlinux 64
	hidden_intel 'at 29M+0x9000: u64 contexts|1 0 contexts_1|1 0'
	unsaid 'were not found 2 of them have an entry of 00:02.0 instead of exactly one'
	# A part of it is one, too.
	hidden_intel 'at 29M+0x9000: u64 0 0 contexts_1|1 0'
	unsaid '2 of them have an entry of 01:00.0'
	hidden_amd "at 29M+0x10000: $(valid 258)
		at 29M+0x10000+32*0x10: u64 l3|3<<9|rw|3 7
		at 29M+0x10000+32*0xf8: u64 l3|3<<9|rw|3 8
		at 29M+0x10000+32*0x100: u64 rw|3 9 0 0 rw|3 9"
	unsaid '2 of them have an entry of 00:02.0'
}

@test "a table with one entry too many, too few, or one that no kernel makes, is none" {
	local damage

	BUS=untyped vmlinux 64
	while read -r damage; do
		hidden_intel "$damage"
		unsaid 'were not found no frame of the dump looks like vtd_root= sets' || { echo "$damage"; return 1; }
	done <<-'END'
	at contexts+16*0x18: u64 l3|1 0x401
	at contexts+16*0x10: u64 l3|1 0x300
	at contexts+16*0x10: u64 l3|1 0x381
	at contexts+16*0x10: u64 l3|1 0x1000301
	at contexts+16*0x10: u64 l3|0x11 0x301
	at contexts+16*0x10: u64 l3|0xd 0x301
	at contexts+16*0x10: u64 l3 0x301
	at contexts+16*0x10: u64 0x7c00000|1 0x301
	at contexts+16*0x10: u64 l2|1 0x303
	at l3[3]: u64 0x7c00000|3
	at root_table: u64 0x7c00000|1
	at root_table: u64 contexts|3
	at root_table: u64 contexts|1 contexts|1
	at root_table+0xff0: u64 2
	END
	hidden_intel 'at contexts+16*0x10: u64 0 0'
	unsaid 'were not found 0 of them have an entry of 00:02.0'
	while read -r damage; do
		hidden_amd "$damage"
		unsaid 'were not found no frame of the dump amd_device_table= sets' || { echo "$damage"; return 1; }
	done <<-'END'
	at devices+32*0x18: u64 rw|3 7
	at devices+32*0x10: u64 3 7
	at devices+32*0x10: u64 l3|3<<9|rw|0x13 7
	at devices+32*0x10: u64 l3|3<<9|3 7
	at devices+32*0x10: u64 l2|3<<9|rw|3 7
	at devices+32*0x50: u64 0
	END
}

@test "of two tables the one that the kernel's own structs lead to is right" {
	BUS=untyped vmlinux 64
	intel made 'at 29M+0x9000: u64 contexts|1 0 contexts_1|1 0'
	answers vmlinux made 'devices 00:02.0' <<-'END'
	* dma=translated table=0x1d00000
	END
	# Where they lead to two, none is.
	intel made 'at 29M+0x9000: u64 contexts|1 0 contexts_1|1 0
		at iommus+0x100+80: u64 v+29M+0x9000'
	unsaid '2 of them have an entry of 00:02.0'
	# A table of other devices proves nothing.
	intel made 'at contexts+16*0x10: u64 0 0
		at contexts+16*0xf8: u64 0 0
		at contexts+16*0x20: u64 l3|1 0x301
		at root_table: u64 contexts|1 0 0'
	unsaid 'no frame of the dump'
}

@test "nothing is proved where no device is in a group, or not all can be read" {
	BUS=untyped vmlinux 64
	hidden_intel 'at functions+0x400+64: u64 0
		at functions+0x800+64: u64 0
		at functions+0xc00+64: u64 0
		at functions+0x1000+64: u64 0'
	unsaid 'were not found no device is in an IOMMU group'
	hidden_intel 'at functions+0x800: u64 v+functions+0x400'
	unsaid 'were not found not all devices could be read'
	hidden_intel 'at buses+0x100+48: u64 v+buses+0x740
		at buses+0x740: u64 0x10000'
	unsaid 'were not found of different segments'
	# A kernel without IOMMUs has an empty list of them, whatever lies in memory.
	hidden_intel 'at text_phys+4M+0x20c10: u64 data+0x20c10 data+0x20c10'
	"$KWALK" -q -j -c 'devices 00:00.0' vmlinux made | json_hold 'it["dma"] == "direct"'
}

@test "a table that -o names is asked before all others, if it is one" {
	BUS=1 vmlinux 64
	intel made 'at 29M+0x9000: u64 29M+0xa000|1 0 contexts_1|1 0
		at 29M+0xa000+16*0x10: u64 1|2<<2 0x501'
	answers -s 1 vmlinux made -o vtd_root=1d09000 'dma 00:02.0 1000; dma 00:1f.0 1000' <<-'END'
	* status=mapped physical=0x1000
	* status=error "message=~no entry"
	END
	answers vmlinux made -o vtd_root=0x1d00000 'devices 00:02.0' <<-'END'
	* dma=translated table=0x1d00000 "table_source=option -o"
	END
	facts vmlinux made -o vtd_root=1d09000 <<<'vtd_root 0x1d09000'
	fails 1 'vtd_root: there is no such table at 1d01000: its entry at 1d01' -q -o vtd_root=1d01000 -c 'dma 00:02.0 0' vmlinux made
	fails 1 'it is not aligned to a page' -q -o vtd_root=1d00800 -c 'dma 00:02.0 0' vmlinux made
	fails 1 'it has no entry for a device' -q -o vtd_root=1d0f000 -c 'dma 00:02.0 0' vmlinux made
	fails 1 @format 'dma vtd_root 7c00000 absent' -q -o vtd_root=7c00000 -c 'dma 00:02.0 0' vmlinux made
	amd made
	answers vmlinux made -o amd_device_table=1d00000 'dma 00:02.0 ffffe123' <<-'END'
	* status=mapped physical=0x1b00123
	END
	fails 1 'amd_device_table: there is no such table at 1d01000' -q -o amd_device_table=1d01000 -c 'dma 00:02.0 0' vmlinux made
}

@test "without any types the devices are those that the IOMMU has entries for" {
	BUS=1 DEBUG=-g0 vmlinux 64
	intel made
	answers -s 1 vmlinux made 'devices; dma 00:02.0 ffffe123; dma 00:03.0 0' <<-'END'
	* device=0000:00:02.0 vendor=- class=- driver=- resources=- address=- dma=translated table=0x1d00000
	* device=0000:00:1f.0 dma=translated
	* device=0000:01:00.0 dma=pass-through
	* device=0000:01:00.1 dma=pass-through
	* status=error "message=~the list of devices may be incomplete: only devices with an entry in a table of an IOMMU"
	* status=mapped physical=0x1b00123
	* status=error "message=~no such device"
	END
	"$KWALK" -q -j -c 'dma -a 1b01000' vmlinux made 2>complaints | head -1 | json_hold 'it["complete"] is False and {way["device"] for way in it["mappings"]} == {"0000:00:02.0", "0000:00:1f.0", "0000:01:00.0", "0000:01:00.1"}'
	complains @line 'dma:' 'only devices with an entry in a table of an IOMMU are known'
	# A table that nothing leads to cannot be proved: there are no devices to compare with.
	hidden_intel
	fails 1 @unknown 'devices pci_dev' -q -c devices vmlinux made
	answers vmlinux made -o vtd_root=1d00000 'devices 00:02.0; dma 00:02.0 ffffe123' <<-'END'
	* device=0000:00:02.0 dma=translated "table_source=option -o"
	* status=mapped physical=0x1b00123
	END
	fails 1 'vtd_root: there is no such table at 1d03000' -q -o vtd_root=1d03000 -c devices vmlinux made
	amd made
	answers -s 1 vmlinux made 'devices' <<-'END'
	* device=0000:00:02.0 dma=translated table=0x1d00000
	* device=0000:00:1f.0
	* device=0000:01:00.0 dma=pass-through
	* device=0000:01:00.1
	* status=error
	END
}
