#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Page tables and notes of real riscv64 guests, Debian's 6.12 with Sv57, Sv48 and Sv39. The emulated MMU of the same
# guests and their own kernels are the witnesses.
load common
load witnesses

@test "Sv57: five levels, and pages of 64K by Svnapot" {
	witnessed guest-riscv64-sv57 <<-END
	arch riscv64
	levels 5
	page_offset 0xff60000000000000
	phys_offset 0x80000000
	kimage_voffset -0x100200000
	root 0x81fcb000
	END
	"$KWALK" -q -j guest-riscv64-sv57 -c "vtop -r $(sed -n 's/^root //p' "$DUMPS/guest-riscv64-sv57.tlb") $(
		sed -n 's/^user \(\w*\) .*page_size=65536$/\1/p' "$DUMPS/guest-riscv64-sv57.tlb" | head -n 1)" >answers
	grep -q '"DIRTY","NAPOT"' answers
	grep -q '"memory_type":"PMA"' answers
}

@test "the memory map begins where the note says, which 7.2 aligns by more than a section" {
	sed 's/SYMBOL(vmemmap)=.*/SYMBOL(vmemmap)=ff1c000000000000/' "$DUMPS/guest-riscv64-sv57.txt" >moved
	describe newer <moved
	"$KWALK" -q newer -c 'info -v' | grep -q '^vmemmap *ff1c000000000000 *taken '
}

@test "Sv48: four levels" {
	witnessed guest-riscv64-sv48 <<-END
	levels 4
	page_offset 0xffffaf8000000000
	vmalloc_start 0xffff8f8000000000
	END
}

@test "Sv39: three levels" {
	witnessed guest-riscv64-sv39 <<-END
	levels 3
	page_offset 0xffffffd600000000
	vmalloc_start 0xffffffc600000000
	END
	# Modules begin 2G below the last page of the image.
	"$KWALK" -q guest-riscv64-sv39 -c 'region ffffffff01e6c000 ffffffff01e6bfff' >regions
	grep -q '^ffffffff01e6c000 .* modules ' regions
	not grep -q '^ffffffff01e6bfff .* modules ' regions
}

@test "a migration stream of QEMU's machine for riscv64" {
	local commands

	commands="vtop $(asked kernel guest-riscv64-sv39)"
	dump guest-riscv64-sv39
	"$KWALK" -q guest-riscv64-sv39 -c "$commands" >whole
	python3 "$BATS_TEST_DIRNAME/containers.py" note guest-riscv64-sv39 note
	python3 "$BATS_TEST_DIRNAME/containers.py" riscv guest-riscv64-sv39 stream
	"$KWALK" -q -o vmcoreinfo=note stream -c "$commands" | cmp whole -
}

# begun CALLER: a CPU is in a function that CALLER has called, where the CPU began. The s0 there is the firmware's.
begun()
{
	describe begun <<-END
	$(sed "/^note VMCOREINFO/i note CORE prstatus pid=1 ip=0xffffffff80002100 sp=$stack fp=$stack+0x10" \
		"$DUMPS/guest-riscv64-sv48.txt")
	at 0x81fc7100: u64 0x80046ef0 $1
	END
	"$KWALK" -q -j System.map begun -c 'bt -c 0' >answers 2>&1 || cat answers
	json_values '[it["frame"], it["symbol"]]' answers
}

@test "bt: a CPU begins where s0 is still the firmware's" {
	local stack=0xffffaf8001fc7100

	cat >System.map <<-END
	ffffffff80000000 T _start
	ffffffff80001066 t secondary_start_sbi
	ffffffff800010d8 t _start_kernel
	ffffffff80002000 T _stext
	ffffffff80003000 T riscv_fill_hwcap
	ffffffff80a7f39e T _etext
	ffffffff81fba000 D __bss_start
	ffffffff8206b3f8 B _end
	END
	[ "$(begun 0xffffffff800010bc)" = $'[0,"_stext+0x100"]\n[1,"secondary_start_sbi+0x56"]' ]
	[ "$(begun 0xffffffff800010ec)" = $'[0,"_stext+0x100"]\n[1,"_start_kernel+0x14"]' ]
}
