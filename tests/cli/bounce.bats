#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# bounce: pools of bounce buffers, in the structures of each era, and what their slots stand for.
load common
of_part devices

# pools ERA DUMP
pools() {
	BUS=bounce POOLS=$1 vmlinux 64
	dump "$2"
}

@test "each pool, how full it is, and who may use it" {
	pools 606 x86_64-bounce
	answers vmlinux x86_64-bounce bounce <<-'END'
	* start=0x1a00000 end=0x1a07fff slots=16 used=10 devices=0000:00:01.0,0000:00:02.0
	END
	"$KWALK" -q -c bounce vmlinux x86_64-bounce | grep -x '  DEVICES: 0000:00:01.0 (nvme), 0000:00:02.0 (disk)'
}

@test "an address in a slot: the original, and the size of the allocation" {
	pools 606 x86_64-bounce
	answers vmlinux x86_64-bounce 'bounce 1a02700 1a02f00 1a03000 1a036ff 1a03700 1a03fff 1a04000 1a043ff 1a04400' <<-'END'
	* physical=0x1a02700 slot=4 used=true original=0x1b10700 size=1792 start=0x1a00000 end=0x1a07fff device=-
	* slot=5 used=true original=0x1b20700 size=2048
	* slot=6 used=true original=0x1b20800 size=2048
	* slot=6 used=true original=0x1b20eff size=2048
	* slot=6 used=true original=- size=2048
	* slot=7 used=true original=0x1b307ff size=2048
	* slot=8 used=true original=0x1b30800 size=1024
	* slot=8 used=true original=0x1b30bff
	* slot=8 used=true original=-
	END
}

@test "free slots and padding stand for nothing, whatever they were used for" {
	pools 606 x86_64-bounce
	answers vmlinux x86_64-bounce 'bounce 1a01800 1a07800 1a04900 1a05020 1b00200 1b40020 1b50000' <<-'END'
	* slot=3 used=false original=- size=- message=-
	* slot=15 used=false original=-
	* slot=9 used=true original=- size=-
	* slot=10 used=true original=0x1b40020 size=64
	* physical=0x1a00000 slot=0 original=0x1b00200 originals=-
	* physical=0x1a00200 slot=0 originals=0x1b00400,0x1b00200
	* physical=0x1a05020 original=0x1b40020
	* status=not-bounced physical=0x1b50000
	END
}

@test "the device decides whether low bits were kept; without it both originals are shown" {
	pools 606 x86_64-bounce
	answers vmlinux x86_64-bounce 'bounce 1a00a00; bounce -d 00:01.0 1a00a00 1b00a00; bounce -d 0000:00:02.0 1a00a00 1b00a00' <<-'END'
	* slot=1 original=- originals=0x1b00c00,0x1b00a00 size=4608
	* original=0x1b00a00 originals=- device=0000:00:01.0
	* physical=0x1a00a00
	* original=0x1b00c00 device=0000:00:02.0
	* physical=0x1a00800
	END
	fails 1 'no such device; the command devices lists all' -q -c 'bounce -d 00:09.0 1a00000' vmlinux x86_64-bounce
	fails 1 @usage 'bounce BUS' -q -c 'bounce -d 00:01.0' vmlinux x86_64-bounce
}

@test "pools in the structures of 5.15 to 6.5, and of 5.13" {
	local era

	for era in '601 x86_64-bounce-6.1' '514 x86_64-bounce-5.14'; do
		# shellcheck disable=SC2086 # two words
		pools $era
		answers vmlinux "${era#* }" 'bounce; bounce 1a03000 1b20800' <<-'END'
		* start=0x1a00000 end=0x1a07fff slots=16 used=10
		* slot=6 original=0x1b20800 size=2048
		* physical=0x1a03000 slot=6
		END
	done
}

@test "before 5.13 pools are variables, which need no types" {
	pools 510 x86_64-bounce-5.10
	answers vmlinux x86_64-bounce-5.10 'bounce; bounce 1a00a00 1b01200 1a02000' <<-'END'
	* start=0x1a00000 end=0x1a07fff slots=16 used=4 devices=0000:00:01.0,0000:00:02.0
	* slot=1 used=true original=0x1b00c00 size=-
	* physical=0x1a01000 slot=2 original=0x1b01200
	* slot=4 original=0x1b10100
	END
	strip -g -o stripped vmlinux
	answers stripped x86_64-bounce-5.10 'bounce' <<-'END'
	* slots=16 used=4 devices=-
	END
}

@test "pools that were made later, and one for a single mapping, whose device is known" {
	pools 700 x86_64-bounce-grown
	answers vmlinux x86_64-bounce-grown 'bounce; bounce 1b00a00 1c40400 1b01000' <<-'END'
	* start=0x1a00000 slots=16 used=10 devices=0000:00:01.0,0000:00:02.0
	* start=0x1b00000 slots=4 used=2 devices=0000:00:02.0
	* slot=1 used=true original=0x1c40e00 size=4096 device=0000:00:02.0 start=0x1b00000
	* physical=0x1b00000 slot=0 device=0000:00:02.0
	* slot=2 used=false device=0000:00:02.0
	END
}

@test "damaged and missing slots are reported, and not counted" {
	pools 700 x86_64-bounce-grown
	describe missing <<-END
		include $DUMPS/x86_64-bounce-grown.txt
		at variables+24: u64 v+0x7c00000
		at own+24: u64 v+own+0xff8
		at own: u64 27M 27M+4*2048 5
	END
	fails 1 @unreadable 'bounce 1a00000 ffff888007c00010' -q -c bounce vmlinux missing
	complains @format ffff888001c02800 'has more slots than memory'
	fails 1 'bounce: 1a00000: ffff888007c00010 is not mapped' -q -c 'bounce 1a00000' vmlinux missing
	describe loops <<-END
		include $DUMPS/x86_64-bounce-grown.txt
		at own+32: u64 v+own+32
	END
	fails 1 '1 pool could not be read, the first: the pool at' -q -c bounce vmlinux loops
	describe none <<-END
		include $DUMPS/x86_64-bounce.txt
		at variables: u64 0 0 0 0
	END
	pools 606 x86_64-bounce
	fails 1 'the kernel has no bounce buffers' -q -c bounce vmlinux none
	answers vmlinux none 'bounce 1a00000' <<-'END'
	* status=not-bounced
	END
	describe vast <<-END
		include $DUMPS/x86_64-bounce.txt
		at variables: u64 pool pool+16*2048 0xffffffffffffffff
	END
	fails 1 'has more slots than memory' -q -c bounce vmlinux vast
	dump x86_64-tasks
	fails 1 @unknown 'bounce io_tlb_default_mem' -q -c bounce x86_64-tasks
}
